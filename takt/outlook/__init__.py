"""What a change of the policy would do, computed from what was recorded and in the twin; nothing here waits or writes."""
