"""Contracts, entries and the state of months as JSON: for the operator's programs and pages."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from takt.core.currency import plain
from takt.core.entries import Entry
from takt.core.ids import wamid
from takt.wire.instants import instant
from takt.wire.months import Owner, render_closing, whose

ABOUT_MESSAGES = frozenset(("capture", "late"))


def contract(found: Any, owner: Owner | None, card: str, version: int, stage: str) -> dict[str, Any]:
    """A contract with its wallet, in micro-units."""
    return {
        **whose(found.payer, owner),
        "stage": stage,
        "mode": found.mode,
        "state": found.state,
        "currency": found.currency,
        "balance_micros": found.posted_micros,
        "held_micros": found.held_micros,
        "limit_micros": found.limit_micros,
        "available_micros": found.available_micros,
        "excess_micros": found.excess_micros,
        "card": card,
        "version": version,
        "since": instant(found.created_at),
        "month_closed": f"{found.month_closed:%Y-%m}" if found.month_closed is not None else None,
    }


def entry(found: Any, owner: Owner | None) -> dict[str, Any]:
    """An entry with its place in the chain of its part; `message` is what it charged, where it is about one."""
    one: Entry = found.entry
    message = one.entry_id if one.kind.value in ABOUT_MESSAGES else None
    return {
        **whose(one.payer, owner),
        "entry": str(one.entry_id),
        "leg": one.leg,
        "kind": one.kind.value,
        "debit": one.debit,
        "credit": one.credit,
        "amount_micros": one.amount_micros,
        "currency": one.currency,
        "event_at": instant(one.event_at),
        "booked_at": instant(found.booked_at),
        "note": one.note,
        "undoes": str(one.undoes) if one.undoes is not None else None,
        "message": wamid(message) if message is not None else None,
        "chain": (
            {"part": one.payer[0], "batch": found.batch, "hash": found.hash.hex()} if found.batch is not None else None
        ),
    }


def month_state(one: Any, closing: Any, owner: Owner | None, month: date, due: datetime) -> dict[str, Any]:
    """How far a month of a contract is: `open`, or as its close says; from `due_at` on it may be closed."""
    if closing is None:
        return {**whose(one.payer, owner), "month": f"{month:%Y-%m}", "state": "open", "due_at": instant(due)}
    shown = render_closing(closing, (), owner, one.currency)
    del shown["lines"]
    return {**shown, "net": plain(closing.net_minor, one.currency), "due_at": instant(due)}


def losses(
    month: date, lost: Mapping[tuple[UUID, str], Sequence[int]], messages: Sequence[Any], owners: Mapping[UUID, Owner],
    alarm_micros: int,
) -> dict[str, Any]:  # fmt: skip
    """What was lost in a month by company, the sum of each currency with whether it is too much, and the messages."""
    sums: dict[str, int] = {}
    for (_, currency), (_, micros) in lost.items():
        sums[currency] = sums.get(currency, 0) + micros
    return {
        "month": f"{month:%Y-%m}",
        "sums": [
            {"currency": one, "micros": sums[one], "alarm": sums[one] > alarm_micros, "alarm_micros": alarm_micros}
            for one in sorted(sums)
        ],
        "companies": [
            {**_named(contract_id, owners), "messages": count, "micros": micros, "currency": currency}
            for (contract_id, currency), (count, micros) in sorted(lost.items(), key=lambda one: -one[1][1])
        ],
        "messages": [
            {
                **_named(one.contract_id, owners), "message": wamid(one.message_id), "category": one.category,
                "market": one.market, "micros": one.micros, "currency": one.currency,
                "delivered_at": instant(one.delivered_at),
            }
            for one in messages
        ],
    }  # fmt: skip


def _named(contract_id: UUID, owners: Mapping[UUID, Owner]) -> dict[str, Any]:
    company, name = owners.get(contract_id, (None, None))
    return {"company": company, "name": name}
