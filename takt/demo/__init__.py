"""The demo world: three companies, three people, and everything a newcomer needs to try Takt in a minute."""
