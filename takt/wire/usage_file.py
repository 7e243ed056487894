"""Usage as a file: CSV by RFC 4180, one row for each message that was used, or given back.

All that was charged is in it, and all that the hash of a row in its batch is made of. Instants are UTC to the
microsecond, amounts whole micro-units; rules are counted from 0, as in the document of the card.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.ids import wamid
from takt.core.usage import Usage

Value = str | int | bool | datetime | None
COLUMNS: Final[tuple[tuple[str, type], ...]] = (
    ("message", str), ("delivered_at", datetime), ("booked_at", datetime), ("sender", str), ("template", str),
    ("category", str), ("market", str), ("region", str), ("window", str), ("form", str), ("card", str), ("version", int),
    ("rule", int), ("tier", str), ("ordinal", int), ("unit_price_micros", int), ("amount_micros", int),
    ("forgone_micros", int), ("currency", str), ("reason", str), ("late", bool), ("refund", bool), ("leg", int),
    ("contract", str), ("batch", str),
)  # fmt: skip
"""Names and types, in the order of the columns. Text is empty where nothing is known, a number then is missing."""


def values(one: Usage, booked_at: datetime, batch: UUID) -> tuple[Value, ...]:
    """A row, in the order of the columns."""
    return (
        wamid(one.message_id), one.delivered_at, booked_at, one.sender_id, one.template_id or "", one.category,
        one.market, one.region, one.window, one.form, one.card, one.card_version, one.rule, one.tier, one.ordinal,
        one.unit_price_micros, one.amount_micros, one.forgone_micros, one.currency, one.reason, one.late, one.refund,
        one.leg, one.payer[1].hex, batch.hex,
    )  # fmt: skip


def head() -> bytes:
    """The first line of a CSV file."""
    return _lines([[name for name, _ in COLUMNS]])


def lines(rows: Iterable[Sequence[Value]]) -> bytes:
    """Lines of a CSV file."""
    return _lines([[_text(one) for one in row] for row in rows])


def _text(one: Value) -> str:
    match one:
        case None:
            return ""
        case bool():
            return "true" if one else "false"
        case datetime():
            return one.isoformat()
        case _:
            return str(one)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()
