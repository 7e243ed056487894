"""Doors: authenticate, parse, hand one command to a lane, render the answer."""
