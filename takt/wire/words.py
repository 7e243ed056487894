"""All words of a content in its JSON (docs/content.md): what somebody sees of it, and where its buttons lead."""

from collections.abc import Iterator
from typing import Any, Final

WORDY: Final = frozenset({"body", "text", "caption", "title", "description", "footer", "url", "address", "filename"})
DEEP_MAX: Final = 8


def words_of(content: Any) -> str:
    """The words, a line each."""
    return "\n".join(_walk(content, 0))


def _walk(content: Any, depth: int) -> Iterator[str]:
    if depth > DEEP_MAX:
        return
    if isinstance(content, dict):
        for key, inner in content.items():
            if isinstance(inner, str):
                if key in WORDY and inner:
                    yield inner
            else:
                yield from _walk(inner, depth + 1)
    elif isinstance(content, list):
        for inner in content:
            yield from _walk(inner, depth + 1)
