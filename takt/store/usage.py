"""What messages used, as it was written when they were settled (`takt.store.journal`)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from takt.core.usage import Usage
from takt.store.pool import Conn

FIELDS: Final = (
    "message_id, contract_part, contract_id, sender_id, category, market, card, card_version, rule, tier, ordinal,"
    " unit_price_micros, amount_micros, currency, reason, delivered_at, forgone_micros, template_id, late, leg, refund,"
    " coalesce(region, '') AS region, coalesce(window_kind, '') AS window_kind, coalesce(form, '') AS form"
)
WIDTH: Final = 24


def read(row: asyncpg.Record) -> Usage:
    """A row of `FIELDS` as a value."""
    return Usage(row[0], (row[1], row[2]), *row[3:WIDTH])


async def find(conn: Conn, part: int, message_ids: Sequence[UUID]) -> list[Usage]:
    """The rows of these messages: of what they used, and of what was given back."""
    rows = await conn.fetch(
        f"SELECT {FIELDS} FROM usage WHERE part = $1 AND message_id = any($2::uuid[]) ORDER BY message_id, leg, refund",  # noqa: S608 - constants
        part, message_ids,
    )  # fmt: skip
    return [read(row) for row in rows]
