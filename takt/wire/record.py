"""What is kept beside a message as JSON: its content as people see it, the facts of its verdict, its price."""

from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

import msgspec

from takt.core.content import TextContent
from takt.core.message import preview
from takt.core.policy import Facts
from takt.core.rating import Quote
from takt.core.template import Filled, FilledButton

_FACTS = tuple(field.name for field in fields(Facts))
_values_of = attrgetter(*_FACTS)
_Told = msgspec.defstruct(
    "_Told",
    [(field.name, Any) if field.default is MISSING else (field.name, Any, field.default) for field in fields(Facts)],
    omit_defaults=True,
)


def encode_facts(facts: Facts) -> str:
    """The facts of a verdict, for whoever asks why later; what has its usual value is left out."""
    return msgspec.json.encode(_Told(*_values_of(facts))).decode()


def decode_facts(text: str) -> Facts:
    """The facts of a stored verdict."""
    return msgspec.json.decode(text, type=Facts)


def encode_quote(quote: Quote) -> str:
    """The price of a message with the rule that gave it."""
    return msgspec.json.encode(quote).decode()


def decode_quote(text: str) -> Quote:
    """The price of a stored message."""
    return msgspec.json.decode(text, type=Quote)


def encode_text(content: TextContent) -> str:
    """A free text as its stored content."""
    return msgspec.json.encode(content).decode()


def encode_filled(filled: Filled) -> str:
    """A template with its values in place as stored content."""
    return msgspec.json.encode({
        "name": filled.name,
        "language": filled.language,
        "header": filled.header,
        "body": filled.body,
        "footer": filled.footer,
        "buttons": [_button(button) for button in filled.buttons],
    }).decode()  # fmt: skip


def preview_of(content: TextContent | Filled) -> str:
    """One line for lists."""
    return preview(content.body)


def _button(button: FilledButton) -> dict[str, str]:
    if button.kind == "url":
        return {"kind": "url", "text": button.text, "url": button.url}
    return {"kind": button.kind, "text": button.text, "payload": button.payload}
