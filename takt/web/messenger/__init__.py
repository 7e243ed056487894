"""The messenger web app: static files and the door that serves them."""
