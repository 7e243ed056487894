"""SEPA mandates: the leave to collect from a company's account, how a collection is announced, and when it may fall due.

Rules: EPC rulebooks for direct debit, core (EPC016-06) and business to business (EPC222-07).
"""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core.bank_days import bank_day_from, bank_days_after
from takt.core.entries import Payer
from takt.core.value import value

NOTICE_DAYS: Final = 14
"""How many days before it is due a collection is announced, unless less was agreed."""
NOTICE_DAYS_MAX: Final = 60
LEAD_BANK_DAYS: Final = 2
"""Bank days that the order must be at the bank before: one by the rulebooks, and one for the bank's own hours."""
MANDATE_REFERENCE: Final = re.compile(r"[A-Za-z0-9+?/\-:().,']{1,35}", re.ASCII)
LAPSE_YEARS: Final = 3
HOLDER_CHARS_MAX: Final = 70


class Scheme(StrEnum):
    """Core: the payer can have the money back for eight weeks. B2B: never, but the payer's bank knows the mandate."""

    CORE = "CORE"
    B2B = "B2B"


class Sequence(StrEnum):
    """Which collection of a mandate it is."""

    FIRST = "FRST"
    RECURRENT = "RCUR"


@value
class Mandate:
    """A mandate. It is over when it was withdrawn, or when nothing was collected by it for 36 months."""

    mandate_id: UUID
    payer: Payer
    reference: str
    holder: str
    iban: str
    bic: str
    scheme: Scheme
    signed_on: date
    notice_days: int
    created_at: datetime
    used_on: date | None = None
    ended_at: datetime | None = None

    def usable(self, on: date) -> bool:
        """Whether something may be collected on a day."""
        return self.ended_at is None and on <= lapses_on(self.used_on or self.signed_on)


def lapses_on(used_on: date) -> date:
    """The last day on which a mandate that was used (or signed) then may be used again: 36 months later."""
    year, day = used_on.year + LAPSE_YEARS, used_on.day
    return date(year, used_on.month, 28 if (used_on.month, day) == (2, 29) else day)


def sequence(mandate: Mandate) -> Sequence:
    """How the next collection is marked: a mandate that brought nothing yet is collected for the first time."""
    return Sequence.FIRST if mandate.used_on is None else Sequence.RECURRENT


def due_on(mandate: Mandate, asked_on: date) -> date:
    """When a collection that is announced today falls due: after its notice, on a day on which banks settle."""
    announced = bank_day_from(asked_on + timedelta(days=mandate.notice_days))
    return max(announced, bank_days_after(asked_on, LEAD_BANK_DAYS))


def collected_on(due: date, today: date) -> date:
    """The day that is written into the order: the announced one, or, when that is too near by now, the next possible."""
    return max(due, bank_days_after(today, LEAD_BANK_DAYS))
