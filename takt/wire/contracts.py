"""What was agreed with a company as JSON: terms, cards, legal data that waits, and the history of all of it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from takt.core.contract import Change, difference
from takt.core.tax import TaxCase, Vat
from takt.wire.instants import instant

Shown = dict[str, Any]


def terms(business: Any, agreed: Any, card: tuple[str, int]) -> Shown:
    """What a company pays in, by which clocks, card and limit, and what it has, in micro-units."""
    return {
        "company": business.waba_id,
        "name": business.name,
        "contract": str(business.contract_id),
        "stage": business.stage,
        "mode": agreed.mode,
        "currency": agreed.currency,
        "time_zone": agreed.time_zone,
        "since": instant(agreed.created_at),
        "limit_micros": agreed.limit_micros,
        "balance_micros": agreed.posted_micros,
        "held_micros": agreed.held_micros,
        "month_document": agreed.month_document.value,
        "card": card[0],
        "version": card[1],
    }


def tax(vat: Vat, case: TaxCase | None) -> Shown:
    """How payments ahead are taxed; `case` follows from the legal data of both sides, once it is there."""
    return {
        "category": vat.category.value,
        "rate_basis_points": vat.rate_basis_points,
        "case": case.value if case is not None else None,
    }


def cards(business: Any, agreed: Any, assigned: Sequence[Any]) -> list[Shown]:
    """By which card from when to when, oldest first; the last has no end."""
    turns: list[tuple[str, datetime, str | None]] = [(business.card, agreed.created_at, None)]
    turns += [(one["card"], one["valid_from"], one["assigned_by"]) for one in assigned]
    ends = [later[1] for _, later in pairwise(turns)]
    return [
        {"card": card, "from": instant(since), "to": instant(until), "by": who}
        for (card, since, who), until in zip(turns, [*ends, None], strict=True)
    ]


def partners(business: Any, agreed: Any, snapshot: Any) -> list[Shown]:
    """Who sells to a company from when to when, oldest first; the last has no end, and the operator no name."""
    turns = [(agreed.created_at, business.partner), *business.partners]
    ends = [later[0] for _, later in pairwise(turns)]
    names = {one.contract_id: (one.waba_id, one.name) for one in snapshot.businesses.values()}
    return [
        {
            "partner": names[partner[1]][0] if partner is not None else None,
            "name": names[partner[1]][1] if partner is not None else None,
            "from": instant(since), "to": instant(until),
        }
        for (since, partner), until in zip(turns, [*ends, None], strict=True)
    ]  # fmt: skip


def wish(wished: Any, kept: Any) -> Shown:
    """Legal data that a company asks for, and in what it differs from what holds."""
    before = kept.document if kept is not None else {}
    return {
        "legal": wished.document,
        "by": wished.set_by,
        "at": instant(wished.set_at),
        "changes": [_changed(*one) for one in difference(before, wished.document)],
    }


def history(changes: Sequence[Change], versions: Sequence[Any]) -> list[Shown]:
    """Every change of terms and of legal data, the newest first."""
    found = [{**_changed(one.field, one.was, one.becomes), "who": one.who, "at": one.at} for one in changes]
    for later, earlier in pairwise((*versions, None)):
        before = earlier.document if earlier is not None else {}
        told = difference(before, later.document)
        if earlier is not None and later.vat_checked_at != earlier.vat_checked_at:
            told.append(("vat_checked_at", instant(earlier.vat_checked_at) or "", instant(later.vat_checked_at) or ""))
        found += [{**_changed(f"legal.{name}", was, becomes), "who": later.set_by, "at": later.set_at} for name, was, becomes in told]  # fmt: skip
    found.sort(key=lambda one: one["at"], reverse=True)
    return [{**one, "at": instant(one["at"])} for one in found]


def _changed(field: str, was: str, becomes: str) -> Shown:
    return {"field": field, "was": was, "becomes": becomes}
