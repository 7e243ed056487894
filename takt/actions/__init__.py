"""What can happen: each action loads facts, lets the core decide, and writes, for a whole batch in one transaction."""
