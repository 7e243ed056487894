"""Closed months as JSON: for the command line, for the operator's API and for the pages."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from takt.core.closing import Charge, Closing
from takt.core.entries import Payer
from takt.wire.instants import instant

Owner = tuple[str, str]
"""The id of a company on the wire, and its name."""

_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


def parse_month(text: str) -> date | None:
    """The first day of a month such as 2026-11; None when the text is none."""
    match = _MONTH.fullmatch(text)
    return date(int(match[1]), int(match[2]), 1) if match is not None else None


def render_closing(one: Closing, lines: Sequence[Charge], owner: Owner | None, currency: str) -> dict[str, Any]:
    """A closed month of a contract with the lines of its document."""
    return {
        **whose(one.payer, owner),
        "month": f"{one.month:%Y-%m}",
        "state": one.state,
        "currency": currency,
        "used_micros": one.used_micros,
        "net_minor": one.net_minor,
        "rounding_micros": one.rounding_micros,
        "frozen_at": instant(one.frozen_at),
        "issued_at": instant(one.issued_at),
        "document": str(one.document_id) if one.document_id is not None else None,
        "fault": one.fault or None,
        "lines": [render_charge(one) for one in lines],
    }


def render_charge(one: Charge) -> dict[str, Any]:
    """A line: exact, before rounding. The last day is part of it; rules are counted from 1, as people do."""
    return {
        "kind": one.kind,
        "from": one.begins.isoformat(),
        "to": (one.ends - timedelta(days=1)).isoformat(),
        "quantity": one.quantity,
        "unit_price_micros": one.unit_price_micros,
        "amount_micros": one.micros,
        "category": one.category,
        "market": one.market or None,
        "card": one.card or None,
        "version": one.version or None,
        "rule": one.rule + 1 or None,
        "tier": one.tier or None,
        "name": one.name or None,
    }


def render_round(
    closed: Sequence[Closing], left: Sequence[tuple[Payer, date, str]], owners: Mapping[UUID, Owner]
) -> dict[str, Any]:
    """What a round of closing did, and what is open yet, with the reason."""
    return {
        "closed": [
            {**whose(one.payer, owners.get(one.payer[1])), "month": f"{one.month:%Y-%m}", "state": one.state}
            for one in closed
        ],
        "open": [
            {**whose(payer, owners.get(payer[1])), "month": f"{month:%Y-%m}", "why": why}
            for payer, month, why in left
        ],
    }  # fmt: skip


def whose(payer: Payer, owner: Owner | None) -> dict[str, Any]:
    """A contract by its id and its company."""
    return {
        "contract": str(payer[1]),
        "company": owner[0] if owner is not None else None,
        "name": owner[1] if owner is not None else None,
    }
