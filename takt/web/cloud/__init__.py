"""The door for companies’ programs: the Cloud API."""
