"""Bounded loops over what is owed after a commit."""
