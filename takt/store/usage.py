"""What messages used, as it was written when they were settled (`takt.store.journal`)."""

from collections.abc import Sequence
from uuid import UUID

from takt.core.usage import Usage
from takt.store.pool import Conn


async def find(conn: Conn, part: int, message_ids: Sequence[UUID]) -> list[Usage]:
    """The rows of these messages: of what they used, and of what was given back."""
    rows = await conn.fetch(
        "SELECT message_id, contract_part, contract_id, sender_id, category, market, card, card_version, rule, tier,"
        " ordinal, unit_price_micros, amount_micros, currency, reason, delivered_at, forgone_micros, template_id, late,"
        " leg, refund FROM usage WHERE part = $1 AND message_id = any($2::uuid[]) ORDER BY message_id, leg, refund",
        part, message_ids,
    )  # fmt: skip
    return [Usage(row[0], (row[1], row[2]), *row[3:]) for row in rows]
