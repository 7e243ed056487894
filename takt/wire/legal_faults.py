"""All mistakes in legal data at once: each wrong field with what would be right, so that a form can say it beside each.

A parser stops at the first mistake. What it names is put right, or taken out where it may be left out, and the rest is parsed
again, until nothing more is found.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from takt.core.document import UnsoundError
from takt.core.party import Buyer, Seller
from takt.wire.errors import Refusal, unsound
from takt.wire.parties import parse_buyer, parse_seller

T = TypeVar("T")

_ADDRESS: Final = {"street": "Kai 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}
_BUYER: Final = {"name": "Nordwind", "address": _ADDRESS, "email": "rechnung@example.com", "company": True}
_SELLER: Final = {
    "name": "Takt", "address": _ADDRESS, "contact": "Olga", "phone": "+49 40 1234567", "email": "rechnung@example.com",
    "account": {"iban": "DE89370400440532013000"}, "vat_id": "DE136695976", "register": "HRB 1",
}  # fmt: skip
"""What stands in for a wrong field that must be there; every other one is taken out."""


def buyer_or_faults(document: object) -> Buyer:
    """A customer's legal data. Raises Refusal that names every wrong field."""
    return _parsed(parse_buyer, document, _BUYER)


def seller_or_faults(document: object) -> Seller:
    """The operator's legal data. Raises Refusal that names every wrong field."""
    return _parsed(parse_seller, document, _SELLER)


def _parsed(parse: Callable[[object], T], document: object, standing_in: Mapping[str, Any]) -> T:
    try:
        return parse(document)
    except UnsoundError as fault:
        first = unsound(str(fault))
        raise Refusal(replace(first, more={"fields": _faults(parse, document, standing_in)})) from None


def _faults(parse: Callable[[object], object], document: object, standing_in: Mapping[str, Any]) -> dict[str, str]:
    """Every wrong field with what would be right, in the order in which the parser finds them."""
    found: dict[str, str] = {}
    left = document
    while True:
        try:
            parse(left)
        except UnsoundError as fault:
            name, _, requirement = str(fault).partition(": ")
            if name in found or not isinstance(left, Mapping):
                return found or {name: requirement}
            found[name] = requirement
            left = _mended(left, name.split("."), standing_in)
        else:
            return found


def _mended(document: Mapping[str, Any], path: list[str], standing_in: Mapping[str, Any]) -> dict[str, Any]:
    """The document with what stands in for one field, or without it."""
    name, *inner = path
    rest = {key: kept for key, kept in document.items() if key != name}
    kept, right = document.get(name), standing_in.get(name)
    if inner and isinstance(kept, Mapping):
        return {**rest, name: _mended(kept, inner, right if isinstance(right, Mapping) else {})}
    return rest if right is None else {**rest, name: right}
