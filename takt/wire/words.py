"""All words of a content in its JSON (docs/content.md): what somebody sees of it, and where its buttons lead."""

from collections.abc import Iterator
from typing import Any, Final

WORDY: Final = frozenset({
    "body", "text", "caption", "title", "description", "footer", "url", "address", "filename",
    "formatted_name", "company", "department", "street", "city",
})  # fmt: skip
"""Fields whose words are seen, wherever they stand; the last five are of contact cards."""
PLACE: Final = WORDY | {"name"}
"""The same in a location; elsewhere a name is that of a template or a form."""
DEEP_MAX: Final = 8


def words_of(content: Any) -> str:
    """The words, a line each."""
    return "\n".join(_walk(content, 0))


def _walk(content: Any, depth: int) -> Iterator[str]:
    if depth > DEEP_MAX:
        return
    if isinstance(content, dict):
        seen = PLACE if "latitude" in content else WORDY
        for key, inner in content.items():
            if isinstance(inner, str):
                if key in seen and inner:
                    yield inner
            else:
                yield from _walk(inner, depth + 1)
    elif isinstance(content, list):
        for inner in content:
            yield from _walk(inner, depth + 1)
