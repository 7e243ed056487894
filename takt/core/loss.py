"""What is lost when messages arrive too late to be charged, and from when on that is an alarm: receipts or queues hang."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from takt.core.roll_up import preceding

LOSS_MICROS_MAX: Final = 1_000_000
"""What may be lost in a month and currency before there is an alarm: one unit."""


def alarms(lost: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The currencies of which too much was lost, each with the sum in micro-units; `lost` are amounts by currency."""
    sums: dict[str, int] = {}
    for currency, micros in lost:
        sums[currency] = sums.get(currency, 0) + micros
    return {currency: micros for currency, micros in sorted(sums.items()) if micros > LOSS_MICROS_MAX}


def watched(today: date) -> tuple[date, date]:
    """The months whose losses are looked at unasked: the last one and the present one."""
    this = today.replace(day=1)
    return preceding(this), this
