"""What a company's traffic costs, as JSON for programs and pages: sums by what one asks for, and the messages behind them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from takt.core.ids import wamid
from takt.core.roll_up import Cost
from takt.core.usage import Usage
from takt.wire.instants import instant

Key = Callable[[Cost], str]
SIDES: Final[Mapping[str, Key]] = {
    "category": lambda one: one.category,
    "market": lambda one: one.market,
    "template": lambda one: one.template_id,
    "sender": lambda one: one.sender_id,
    "day": lambda one: one.day.isoformat(),
}
"""By what costs are summed."""


def render_month(
    month: date, today: date, currency: str, costs: Iterable[Cost], names: Mapping[str, str]
) -> dict[str, Any]:
    """A month's costs: of today, of all of it, by each side, and by the line that priced them.

    `names` are those of templates and senders by their ids.
    """
    listed = list(costs)
    return {
        "month": f"{month:%Y-%m}",
        "currency": currency,
        "today": _sum(one for one in listed if one.day == today),
        "total": _sum(listed),
        "by": {side: _by(listed, key, names) for side, key in SIDES.items()},
        "lines": _lines(listed),
    }


def _sum(costs: Iterable[Cost]) -> dict[str, int]:
    listed = list(costs)
    return {"units": sum(one.units for one in listed), "micros": sum(one.micros for one in listed)}


def _by(costs: Iterable[Cost], key: Key, names: Mapping[str, str]) -> list[dict[str, Any]]:
    groups: dict[str, list[Cost]] = {}
    for one in costs:
        groups.setdefault(key(one), []).append(one)
    shown = [{"key": found, "name": names.get(found, found), **_sum(some)} for found, some in groups.items()]
    return sorted(shown, key=lambda one: (-one["micros"], -one["units"], one["key"]))


def _lines(costs: Iterable[Cost]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, int, int, str, int], list[Cost]] = {}
    for one in costs:
        groups.setdefault((one.card, one.version, one.rule, one.tier, one.unit_price_micros), []).append(one)
    return [
        {"card": card, "version": version, "rule": rule + 1, "tier": tier, "unit_price_micros": price, **_sum(some)}
        for (card, version, rule, tier, price), some in sorted(groups.items())
    ]


def render_message(one: Usage, booked_at: datetime, batch: UUID, rule: Mapping[str, Any] | None) -> dict[str, Any]:
    """A message behind a figure, with the rule that priced it as its card says it."""
    return {
        "message": wamid(one.message_id),
        "delivered_at": instant(one.delivered_at),
        "booked_at": instant(booked_at),
        "sender": one.sender_id,
        "template": one.template_id or None,
        "category": one.category,
        "market": one.market,
        "card": one.card,
        "version": one.card_version,
        "rule": one.rule + 1,
        "rule_document": rule,
        "tier": one.tier or None,
        "ordinal": one.ordinal,
        "unit_price_micros": one.unit_price_micros,
        "amount_micros": one.amount_micros,
        "forgone_micros": one.forgone_micros,
        "currency": one.currency,
        "reason": one.reason,
        "late": one.late,
        "refund": one.refund,
        "batch": batch.hex,
    }
