"""The messenger web app."""
