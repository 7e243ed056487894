"""The door for the people of the operator."""
