"""The effect of another rate card on a month, as JSON: company by company, greatest change first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from takt.core.what_if import Bill, Effect


def render(card: str, version: int | None, month: date, effects: Sequence[Effect]) -> dict[str, Any]:
    """All effects with their sums by currency; a version is missing where the card is not published yet."""
    return {
        "card": card,
        "version": version,
        "month": f"{month:%Y-%m}",
        "sums": [_sum(effects, currency) for currency in sorted({one.currency for one in effects})],
        "companies": [_effect(one) for one in effects],
    }


def _sum(effects: Sequence[Effect], currency: str) -> dict[str, Any]:
    alike = [one for one in effects if one.currency == currency and one.after is not None]
    return {
        "currency": currency,
        "before_micros": sum(one.before.micros for one in alike),
        "after_micros": sum(one.after.micros for one in alike if one.after is not None),
        "more": sum(one.more_micros > 0 for one in alike),
        "less": sum(one.more_micros < 0 for one in alike),
        "same": sum(one.more_micros == 0 for one in alike),
        "not_comparable": sum(one.currency == currency and one.after is None for one in effects),
    }


def _effect(one: Effect) -> dict[str, Any]:
    return {
        "company": one.wire_id,
        "name": one.name,
        "currency": one.currency,
        "units": one.units,
        "before": _bill(one.before),
        "after": _bill(one.after) if one.after is not None else None,
        "more_micros": one.more_micros if one.after is not None else None,
    }


def _bill(one: Bill) -> dict[str, Any]:
    return {
        "micros": one.micros,
        "messages": dict(one.messages),
        "fees_micros": one.fees_micros,
        "commitment_micros": one.true_up_micros,
    }
