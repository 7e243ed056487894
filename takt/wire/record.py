"""What is kept beside a message as JSON: the facts of its verdict, and its price. Its content: `takt.wire.shown`."""

from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

import msgspec

from takt.core.policy import Facts
from takt.core.rating import Quote

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
