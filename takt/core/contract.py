"""What may be changed about a contract, by whom, and from when on.

The currency and the clocks of a contract never change: the months of its documents rest on them. A card changes with a
month, because counts and commitments go by the month. More credit is more risk, and needs two people (`core/booking.py`);
less needs one. Whoever sells to a company changes with a month, too: a month has one bill, and whoever sells in it writes it.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Final

from takt.core.party import Buyer
from takt.core.roll_up import month_of
from takt.core.value import value

MONTHS_AHEAD_MAX: Final = 24


class Fault(StrEnum):
    """Why something about a contract cannot be changed as it was wished."""

    MORE_CREDIT = "more_credit"
    CURRENCY = "currency"
    BEGUN = "begun"
    PARTNER = "partner"
    LENT = "lent"


class MonthDocument(StrEnum):
    """What is written of a month that was paid ahead: a statement of use, or an invoice that takes the advances off."""

    STATEMENT = "statement"
    FINAL = "final"


@value
class Change:
    """One line of a contract's history: what it was and what it becomes, in words of the API; amounts in micro-units."""

    field: str
    was: str
    becomes: str
    who: str
    at: datetime


def may_begin(month: date, now: datetime, tz: tzinfo) -> bool:
    """Whether something about prices may change with this month: one that has not begun, at most two years ahead."""
    this = month_of(now, tz)
    return (
        month.day == 1 and this < month and (month.year - this.year) * 12 + month.month - this.month <= MONTHS_AHEAD_MAX
    )


def is_settled(before: Buyer, after: Buyer) -> bool:
    """Whether a company may set this legal data itself: who is billed, how it is taxed and when it pays stay as they are."""
    return _weighty(before) == _weighty(after)


def difference(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> list[tuple[str, str, str]]:
    """The fields in which two documents differ, each with what it was and what it becomes."""
    found: list[tuple[str, str, str]] = []
    for name in sorted({*before, *after}):
        was, becomes = before.get(name), after.get(name)
        if isinstance(was, Mapping) or isinstance(becomes, Mapping):
            found += difference(was or {}, becomes or {}, f"{path}{name}.")
        elif was != becomes:
            found.append((f"{path}{name}", _plain(was), _plain(becomes)))
    return found


def _weighty(buyer: Buyer) -> tuple[object, ...]:
    return buyer.name, buyer.company, buyer.vat_id, buyer.due_days, buyer.address.country


def _plain(found: object) -> str:
    return "" if found is None else str(found).lower() if isinstance(found, bool) else str(found)
