"""Erasing a person, at one company or altogether: each statement can be repeated and then finds nothing more.

Messages leave their row, empty and without whose it was: what was sent, delivered and paid still adds up. Records of
consent stay for five years (`proofs`), under an id that no longer leads to anybody. Where `business_id` is None,
everything goes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

KEPT: Final[Mapping[str, str]] = {
    "consent_record": "the proof, under an id that leads to nobody once the person's row and the salt are gone",
    "suppression": "the keyed hash of the number, so that no list brings it back",
    "erasure": "what was done, under the same id as the proof",
}
"""Tables that hold whom they are about and are left as they are, each with the reason; every other one is handled here."""


TELLING_CHARS_MIN: Final = 4
"""Shorter answers of endpoints (OK) repeat nothing."""


@value
class Erasure:
    """An erasure: whom it is about, and how far it is."""

    erasure_id: UUID
    recipient_id: UUID
    business_id: UUID | None
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    settled_at: datetime | None
    certificate: str | None


_ERASURES = (
    "SELECT erasure_id, recipient_id, business_id, asked_by, asked_at, done_at, settled_at, certificate::text"
    " FROM erasure"
)


async def find(conn: Conn, part: int, erasure_ids: Sequence[UUID]) -> dict[UUID, Erasure]:
    """The erasures with these ids."""
    rows = await conn.fetch(f"{_ERASURES} WHERE part = $1 AND erasure_id = any($2::uuid[])", part, erasure_ids)
    return {row[0]: Erasure(*row) for row in rows}


async def unsettled(conn: Conn, part: int, before: datetime, limit: int) -> list[Erasure]:
    """Erasures of before then that are not settled yet, the oldest first."""
    rows = await conn.fetch(
        f"{_ERASURES} WHERE part = $1 AND settled_at IS NULL AND asked_at <= $2 ORDER BY asked_at LIMIT $3",
        part, before, limit,
    )  # fmt: skip
    return [Erasure(*row) for row in rows]


async def add(conn: Conn, part: int, one: Erasure) -> None:
    """Note an erasure with its certificate, in the transaction that does it."""
    await conn.execute(
        "INSERT INTO erasure (part, erasure_id, recipient_id, business_id, asked_by, asked_at, certificate)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (part, erasure_id) DO NOTHING",
        part, one.erasure_id, one.recipient_id, one.business_id, one.asked_by, one.asked_at, one.certificate,
    )  # fmt: skip


async def set_done(conn: Conn, part: int, erasure_id: UUID, now: datetime, *, settled: bool) -> None:
    """The companies' views are clean; `settled` when nothing can bring anything back."""
    await conn.execute(
        "UPDATE erasure SET done_at = coalesce(done_at, $3), settled_at = CASE WHEN $4 THEN $3::timestamptz ELSE settled_at"
        " END WHERE part = $1 AND erasure_id = $2",
        part, erasure_id, now, settled,
    )  # fmt: skip


async def fail_unfinished(
    conn: Conn, part: int, recipient_id: UUID, business_id: UUID | None, now: datetime
) -> list[UUID]:
    """Messages on their way to the person fail; which."""
    rows = await conn.fetch(
        "UPDATE message SET status = 'failed', reason = 'recipient_unknown', failed_at = $4, due_at = NULL WHERE part = $1"
        " AND recipient_id = $2 AND ($3::uuid IS NULL OR business_id = $3) AND NOT inbound"
        " AND status NOT IN ('delivered', 'read', 'failed') RETURNING message_id",
        part, recipient_id, business_id, now,
    )  # fmt: skip
    return [row[0] for row in rows]


async def empty_messages(conn: Conn, part: int, recipient_id: UUID, business_id: UUID | None) -> list[UUID]:
    """Take from messages what they said and whose they were, and from suspicions what was quoted of them; the messages' ids."""
    rows = await conn.fetch(
        "UPDATE message SET recipient_id = NULL, wa_id = '', content = '{}', context_id = NULL, client_id = NULL,"
        " callback = NULL, facts = NULL WHERE part = $1 AND recipient_id = $2"
        " AND ($3::uuid IS NULL OR business_id = $3) RETURNING message_id",
        part, recipient_id, business_id,
    )  # fmt: skip
    emptied = [row[0] for row in rows]
    await conn.execute(
        "UPDATE suspicion s SET findings = '[]', note = '' FROM unnest($2::uuid[]) emptied(message_id)"
        " WHERE s.part = $1 AND s.message_id = emptied.message_id",
        part, emptied,
    )  # fmt: skip
    return emptied


async def drop_events(conn: Conn, part: int, slot: int, marks: Sequence[str], waba_id: str | None) -> int:
    """Drop events, owed and told, in which one of these marks of the person stands; how many."""
    # The slot of an event's id is that of its person: by the index of ids alone, so that the texts of others are not even read.
    beside = await conn.fetch(
        "SELECT event_id FROM outbox WHERE part = $1 AND substring(event_id::text FROM 16 FOR 3) = $2",
        part,
        f"{slot:03x}",
    )
    rows = await conn.fetch(
        "DELETE FROM outbox o USING unnest($2::uuid[]) beside(event_id) WHERE o.part = $1 AND o.event_id = beside.event_id"
        " AND ($4::text IS NULL OR o.waba_id = $4)"
        " AND EXISTS (SELECT FROM unnest($3::text[]) mark WHERE position(mark IN o.body) > 0) RETURNING o.event_id",
        part, [row[0] for row in beside], marks, waba_id,
    )  # fmt: skip
    return len(rows)


async def give_up_media(conn: Conn, part: int, recipient_id: UUID, business_id: UUID | None, now: datetime) -> int:
    """What the person brought is for nobody any more; the sweep drops the bytes. How many media."""
    rows = await conn.fetch(
        "UPDATE media m SET state = 'gone', filename = NULL, expires_at = least(m.expires_at, $4) WHERE m.part = $1"
        " AND m.recipient_id = $2 AND ($3::uuid IS NULL OR (EXISTS (SELECT FROM media_use u WHERE u.part = $1"
        " AND u.recipient_id = $2 AND u.media_id = m.media_id AND u.business_id = $3) AND NOT EXISTS (SELECT FROM"
        " media_use o WHERE o.part = $1 AND o.recipient_id = $2 AND o.media_id = m.media_id AND o.business_id <> $3)))"
        " RETURNING m.media_id",
        part, recipient_id, business_id, now,
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM media_use WHERE part = $1 AND recipient_id = $2 AND ($3::uuid IS NULL OR business_id = $3)",
        part, recipient_id, business_id,
    )  # fmt: skip
    return len(rows)


async def drop_chats(conn: Conn, part: int, recipient_id: UUID, sender_ids: Sequence[str] | None) -> int:
    """Drop threads and notices; reports and feedback count on as nobody's; of these senders alone, if some are named. How many threads."""
    await conn.execute(
        "DELETE FROM conversation WHERE part = $1 AND recipient_id = $2 AND ($3::text[] IS NULL OR sender_id = any($3))",
        part, recipient_id, sender_ids,
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM notice WHERE part = $1 AND recipient_id = $2 AND ($3::text[] IS NULL OR sender_id = any($3))",
        part, recipient_id, sender_ids,
    )  # fmt: skip
    await conn.execute(
        "UPDATE report SET note = '', recipient_id = '00000000-0000-0000-0000-000000000000' WHERE part = $1"
        " AND recipient_id = $2 AND ($3::text[] IS NULL OR sender_id = any($3))",
        part, recipient_id, sender_ids,
    )  # fmt: skip
    await conn.execute(
        "UPDATE feedback SET recipient_id = '00000000-0000-0000-0000-000000000000' WHERE part = $1"
        " AND recipient_id = $2 AND ($3::text[] IS NULL OR sender_id = any($3))",
        part, recipient_id, sender_ids,
    )  # fmt: skip
    rows = await conn.fetch(
        "DELETE FROM thread WHERE part = $1 AND recipient_id = $2 AND ($3::text[] IS NULL OR sender_id = any($3))"
        " RETURNING sender_id",
        part, recipient_id, sender_ids,
    )  # fmt: skip
    return len(rows)


async def drop_ties(conn: Conn, part: int, recipient_id: UUID, business_id: UUID | None, owner_id: UUID | None) -> None:
    """Drop what else ties the person to companies: pilots, requests, and that the owner reached them first."""
    await conn.execute(
        "DELETE FROM pilot_member WHERE part = $1 AND recipient_id = $2 AND ($3::uuid IS NULL OR business_id = $3)",
        part, recipient_id, business_id,
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM consent_request WHERE part = $1 AND recipient_id = $2 AND ($3::uuid IS NULL OR business_id = $3)",
        part, recipient_id, business_id,
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM reach WHERE part = $1 AND recipient_id = $2 AND ($3::uuid IS NULL OR owner_id = $3)",
        part, recipient_id, owner_id,
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM admission WHERE part = $1 AND recipient_id = $2 AND ($3::uuid IS NULL OR owner_id = $3)",
        part, recipient_id, owner_id,
    )  # fmt: skip
    await conn.execute(
        "UPDATE belief SET owners = array_remove(owners, $3),"
        " means = means[:array_position(owners, $3) - 1] || means[array_position(owners, $3) + 1:],"
        " variances = variances[:array_position(owners, $3) - 1] || variances[array_position(owners, $3) + 1:]"
        " WHERE part = $1 AND recipient_id = $2 AND $3::uuid = any(owners)",
        part, recipient_id, owner_id,
    )  # fmt: skip


async def drop_rebuffs(conn: Conn, part: int, wa_id: str, business_id: UUID | None) -> None:
    """Drop what companies were refused at once when they wrote to this number."""
    await conn.execute(
        "DELETE FROM rebuff WHERE part = $1 AND wa_id = $2 AND wa_id <> '' AND ($3::uuid IS NULL OR business_id = $3)",
        part, wa_id, business_id,
    )  # fmt: skip


async def drop_person(conn: Conn, part: int, recipient_id: UUID) -> list[bytes]:
    """Drop devices, standings, the salt of the number, and the person's own row; the devices' token hashes."""
    rows = await conn.fetch(
        "DELETE FROM device WHERE part = $1 AND recipient_id = $2 RETURNING token_sha256", part, recipient_id
    )
    await conn.execute("DELETE FROM consent WHERE part = $1 AND recipient_id = $2", part, recipient_id)
    await conn.execute("DELETE FROM consent_number WHERE part = $1 AND recipient_id = $2", part, recipient_id)
    await conn.execute("DELETE FROM belief WHERE part = $1 AND recipient_id = $2", part, recipient_id)
    await conn.execute("DELETE FROM recipient WHERE part = $1 AND recipient_id = $2", part, recipient_id)
    return [bytes(row[0]) for row in rows]


async def suppress(conn: Conn, part: int, form: bytes, recipient_id: UUID, now: datetime) -> None:
    """No list brings this number back."""
    await conn.execute(
        "INSERT INTO suppression (part, number_hash, recipient_id, at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (part, number_hash) DO UPDATE SET recipient_id = excluded.recipient_id, at = excluded.at",
        part, form, recipient_id, now,
    )  # fmt: skip


async def empty_answers(conn: Conn, part: int, slot: int) -> None:
    """Take away what endpoints answered to events of anybody in this slot: it may repeat what they were told of the person."""
    await conn.execute(
        "UPDATE attempt SET answer = '' WHERE part = $1 AND length(answer) >= $3"
        " AND EXISTS (SELECT FROM unnest(events) event_id WHERE substring(event_id::text FROM 16 FOR 3) = $2)",
        part, f"{slot:03x}", TELLING_CHARS_MIN,
    )  # fmt: skip


async def drop_cards(conn: Conn, part: int, business_ids: Sequence[UUID], recipient_id: UUID) -> list[UUID]:
    """Drop the person's cards from the desks of these businesses, whose contracts lie in this part; whose changed."""
    rows = await conn.fetch(
        "DELETE FROM desk_card WHERE part = $1 AND business_id = any($2::uuid[]) AND recipient_id = $3"
        " RETURNING business_id",
        part, business_ids, recipient_id,
    )  # fmt: skip
    return [row[0] for row in rows]
