"""The own API: what the Cloud API has no word for."""
