"""The door for the agents of a company."""
