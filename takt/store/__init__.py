"""All SQL, by hand, beside the function that runs it. Functions take a connection first and never commit."""
