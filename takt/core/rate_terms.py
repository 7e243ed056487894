"""The part of a rate card's document that is not about messages: fees, commitment, grants, reseller. Strictly parsed."""

from collections.abc import Mapping
from typing import Final

from takt.core.card_fields import choice, each, has, inner, some, word
from takt.core.document import Fields
from takt.core.rating import CATEGORIES, Counter
from takt.core.terms import BASIS_POINTS, Commitment, Fee, Grant, Reseller, Terms

TERMS: Final = ("recurring", "commitment", "grants", "reseller")
AMOUNT_MICROS_MAX: Final = 10**15
INCLUDED_MAX: Final = 10**9
DAYS_MAX: Final = 3650
PRIORITY_MAX: Final = 100
FEES_MAX: Final = 50
GRANTS_MAX: Final = 50


def parse_terms(card: Fields, counters: Mapping[str, Counter]) -> Terms:
    """The terms of a card. Raises UnsoundError."""
    fees = each(
        card,
        "recurring",
        lambda one: _fee(one, counters),
        ("id", "per", "every", "price", "includes", "prorate"),
        FEES_MAX,
    )
    grants = each(card, "grants", _grant, ("id", "kind", "amount", "days", "priority", "eligible"), GRANTS_MAX)
    return Terms(
        fees,
        _commitment(inner(card, "commitment", ("period", "amount", "eligible"))) if has(card, "commitment") else None,
        grants,
        _reseller(inner(card, "reseller", ("wholesale", "share_basis_points", "margin")))
        if has(card, "reseller")
        else None,
    )


def _fee(fields: Fields, counters: Mapping[str, Counter]) -> Fee:
    per = choice(fields, "per", ("contract", "sender"))
    choice(fields, "every", ("month",), "month")
    counter, included = "", 0
    if has(fields, "includes"):
        includes = inner(fields, "includes", ("counter", "units"))
        counter, included = word(includes, "counter"), includes.whole("units", None, 1, INCLUDED_MAX)
        if counter not in counters:
            raise includes.wrong("counter", f"must be one of the card's counters: {', '.join(counters) or 'none'}")
        if counters[counter].scope != per:
            raise includes.wrong("counter", f"counts for each {counters[counter].scope}, but the fee is per {per}")
    price = fields.whole("price", None, 0, AMOUNT_MICROS_MAX)
    return Fee(
        word(fields, "id"), per, price, counter, included, choice(fields, "prorate", ("day", "none"), "day") == "day"
    )


def _commitment(fields: Fields) -> Commitment:
    choice(fields, "period", ("month",), "month")
    return Commitment(
        fields.whole("amount", None, 1, AMOUNT_MICROS_MAX),
        some(fields, "eligible", CATEGORIES) or frozenset(CATEGORIES),
    )


def _grant(fields: Fields) -> Grant:
    return Grant(
        word(fields, "id"),
        choice(fields, "kind", ("paid", "promo", "goodwill")),
        fields.whole("amount", None, 1, AMOUNT_MICROS_MAX),
        fields.whole("days", None, 1, DAYS_MAX),
        fields.whole("priority", 0, 0, PRIORITY_MAX),
        some(fields, "eligible", CATEGORIES) or frozenset(CATEGORIES),
    )


def _reseller(fields: Fields) -> Reseller:
    if has(fields, "wholesale") == has(fields, "share_basis_points"):
        raise fields.wrong("wholesale", "exactly one of wholesale (a card) and share_basis_points must be there")
    return Reseller(
        word(fields, "wholesale") if has(fields, "wholesale") else "",
        fields.whole("share_basis_points", 0, 0, BASIS_POINTS),
        choice(fields, "margin", ("kept", "any"), "kept") == "kept",
    )
