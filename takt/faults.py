"""What ends a command with a sentence instead of what it was asked for."""


class NotDone(Exception):
    """A wish was refused; the text says why."""
