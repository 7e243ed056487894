"""XML written as plain values: the same value is the same bytes. Namespaces are prefixes that the root declares."""

from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

Node = tuple[str, "str | list[Node]", Mapping[str, str]]


def node(name: str, content: "str | list[Node | None]", **attributes: str) -> Node:
    """An element with a text, or with elements within; None stands for one that is left out."""
    if isinstance(content, str):
        return name, content, attributes
    return name, [child for child in content if child is not None], attributes


def maybe(name: str, text: str, **attributes: str) -> Node | None:
    """An element with a text, left out if there is none."""
    return node(name, text, **attributes) if text else None


def render(root: Node) -> bytes:
    """The document, in UTF-8."""
    return (HEAD + "".join(_parts(root))).encode()


def _parts(one: Node) -> Iterator[str]:
    name, content, attributes = one
    yield f"<{name}"
    yield from (f" {key}={quoteattr(text)}" for key, text in attributes.items())
    yield ">"
    if isinstance(content, str):
        yield escape(content)
    else:
        for child in content:
            yield from _parts(child)
    yield f"</{name}>\n"
