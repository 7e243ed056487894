"""What the doors for people with a login share: sessions, answers, addresses, pages, connections for reading."""
