"""Foreign formats to core types and back; pure."""
