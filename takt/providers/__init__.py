"""Ways of paying: by the bank, whose word are its statements, and one that pretends, for tests and the demo."""
