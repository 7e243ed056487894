"""What the doors for people with a login share: sessions, answers, addresses, connections for reading."""
