"""What is kept beside a message as JSON: the facts of its verdict, and its price. Its content: `takt.wire.shown`."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

import msgspec

from takt.core.facts import Facts
from takt.core.rating import Quote


def _written(kept: type) -> tuple[Callable[[Any], Any], Callable[..., Any]]:
    """How the fields of a value are read off, and what writes them as JSON without those that have their default."""
    listed = fields(kept)
    struct = msgspec.defstruct(
        f"_{kept.__name__}",
        [(one.name, Any) if one.default is MISSING else (one.name, Any, one.default) for one in listed],
        omit_defaults=True,
    )
    return attrgetter(*(one.name for one in listed)), struct


_values_of, _Told = _written(Facts)
_prices_of, _Priced = _written(Quote)


def encode_facts(facts: Facts) -> str:
    """The facts of a verdict, for whoever asks why later; what has its usual value is left out."""
    return msgspec.json.encode(_Told(*_values_of(facts))).decode()


def decode_facts(text: str) -> Facts:
    """The facts of a stored verdict."""
    return msgspec.json.decode(text, type=Facts)


def encode_quote(quote: Quote) -> str:
    """The price of a message with the rule that gave it; what has its usual value is left out."""
    return msgspec.json.encode(_Priced(*_prices_of(quote))).decode()


def decode_quote(text: str) -> Quote:
    """The price of a stored message."""
    return msgspec.json.decode(text, type=Quote)
