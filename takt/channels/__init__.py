"""Push-style ways to a device: they return an outcome and know no database."""
