"""The door for people’s devices."""
