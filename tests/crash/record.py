"""What the database holds after a crash run, read in one piece."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from takt.store.pool import Conn


@dataclass(frozen=True, slots=True)
class Row:
    """A message as it ended. `number` is what its sender called it; that of a person is the client id."""

    message_id: UUID
    wa_id: str
    number: str
    inbound: bool
    cursor: int | None
    status: str
    hold: str | None
    amount_micros: int


@dataclass(frozen=True, slots=True)
class Account:
    """A payer's money: what accounts say, and what journal and holds say."""

    posted: int
    pending: int
    earned: int
    topped_up: int
    captured: int
    held: int
    booked: int
    captures: int


@dataclass(frozen=True, slots=True)
class Record:
    """Everything to compare with."""

    messages: dict[UUID, Row]
    cursors: dict[str, int]
    numbers_used: dict[str, list[int]]
    journal: Counter[UUID]
    accounts: list[Account]
    events: list[tuple[str, str]]
    leases: int
    overused: int


async def read(conn: Conn) -> Record:
    """Read it all."""
    rows = [Row(*row) for row in await conn.fetch(_MESSAGES)]
    used: dict[str, list[int]] = {}
    for row in await conn.fetch(_NUMBERS):
        used.setdefault(row[0], []).append(row[1])
    return Record(
        {row.message_id: row for row in rows},
        {row[0]: row[1] for row in await conn.fetch("SELECT wa_id, cursor FROM recipient")},
        used,
        Counter(row[0] for row in await conn.fetch("SELECT entry_id FROM journal WHERE kind = 'capture'")),
        [Account(*row) for row in await conn.fetch(_ACCOUNTS)],
        [(row[0], row[1]) for row in await conn.fetch("SELECT state, body FROM outbox")],
        await conn.fetchval("SELECT count(*) FROM lease WHERE granted_micros > 0"),
        await conn.fetchval("SELECT count(*) FROM lease WHERE granted_micros <> used_micros + returned_micros"),
    )


async def unfinished(conn: Conn) -> dict[str, int]:
    """What is still under way, by kind; empty when all has come to rest."""
    row = await conn.fetchrow(
        "SELECT (SELECT count(*) FROM outbox WHERE state = 'owed') AS events,"
        " (SELECT count(*) FROM message WHERE status IN ('waiting', 'accepted') AND NOT inbound) AS undelivered,"
        " (SELECT count(*) FROM lease WHERE is_open) AS leases"
    )
    assert row is not None
    return {name: count for name, count in dict(row).items() if count}


_MESSAGES = (
    "SELECT m.message_id, m.wa_id, coalesce(m.callback, m.client_id, ''), m.inbound, m.cursor, m.status, h.state,"
    " coalesce(h.amount_micros, 0) FROM message m LEFT JOIN hold h ON h.part = m.part AND h.message_id = m.message_id"
)
_NUMBERS = (
    "SELECT r.wa_id, u.cursor FROM recipient r JOIN (SELECT part, recipient_id, cursor FROM message"
    " WHERE cursor IS NOT NULL UNION ALL SELECT part, recipient_id, cursor FROM notice) u"
    " ON u.part = r.part AND u.recipient_id = r.recipient_id ORDER BY r.wa_id, u.cursor"
)
_ACCOUNTS = (
    "SELECT a.posted_micros, a.pending_micros,"
    " (SELECT coalesce(sum(e.posted_micros), 0)::bigint FROM account e WHERE e.part = a.part AND e.contract_id = a.contract_id"
    "   AND e.kind LIKE 'revenue:%'),"
    " coalesce((SELECT sum(j.amount_micros) FROM journal j WHERE j.part = a.part AND j.contract_id = a.contract_id"
    "   AND j.kind = 'top_up'), 0)::bigint,"
    " coalesce((SELECT sum(h.amount_micros) FROM hold h WHERE h.contract_id = a.contract_id"
    "   AND h.state = 'captured'), 0)::bigint,"
    " coalesce((SELECT sum(h.amount_micros) FROM hold h WHERE h.contract_id = a.contract_id"
    "   AND h.state = 'held'), 0)::bigint + coalesce((SELECT sum(l.granted_micros - l.used_micros) FROM lease l"
    "   WHERE l.contract_id = a.contract_id AND l.is_open), 0)::bigint,"
    " coalesce((SELECT sum(j.amount_micros) FROM journal j WHERE j.part = a.part AND j.contract_id = a.contract_id"
    "   AND j.kind = 'capture'), 0)::bigint,"
    " (SELECT count(*) FROM journal j WHERE j.part = a.part AND j.contract_id = a.contract_id AND j.kind = 'capture')"
    " FROM account a WHERE a.kind = 'spend'"
)
