"""Finding by words: texts are compared in one form, whatever case and script variants they were typed in."""

import unicodedata


def fold(text: str) -> str:
    """The form of a text in which case, width and composition of its characters make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
