"""Messages of companies that people complained about, or the operator decided about: what an own model is learned from."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from takt.core.value import value
from takt.store.pool import Conn

AT_ONCE: Final = 1_000


@value
class Labelled:
    """A message's content as JSON, and what it was: fraud, advertising nobody wanted, or service."""

    content: str
    label: str


async def read_all(conn: Conn, part: int, since: datetime) -> AsyncIterator[Labelled]:
    """Each such message once, in no order; a person's decision stands above complaints, fraud above advertising.

    What people write is not among them, nor is what was erased.
    """
    async with conn.transaction():
        cursor = conn.cursor(
            "SELECT DISTINCT ON (m.message_id) m.content::text, u.label FROM ("
            " SELECT message_id, CASE state WHEN 'confirmed' THEN 'fraud' ELSE 'service' END AS label, 1 AS rank"
            " FROM suspicion WHERE part = $1 AND state <> 'open' AND found_at >= $2 UNION ALL"
            " SELECT message_id, CASE reason WHEN 'fraud' THEN 'fraud' ELSE 'advertising' END,"
            " CASE reason WHEN 'fraud' THEN 2 ELSE 3 END"
            " FROM feedback WHERE part = $1 AND kind = 'report' AND undone_at IS NULL AND at >= $2"
            " AND reason IN ('fraud', 'spam', 'not_asked', 'too_many')) u"
            " JOIN message m ON m.part = $1 AND m.message_id = u.message_id WHERE NOT m.inbound AND m.content IS NOT NULL"
            " ORDER BY m.message_id, u.rank",
            part, since, prefetch=AT_ONCE,
        )  # fmt: skip
        async for row in cursor:
            yield Labelled(row[0], row[1])
