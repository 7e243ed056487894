"""People: their rows are the lock under which everything in their inbox is numbered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@dataclass(slots=True)
class LockedRecipient:
    """A recipient whose row this transaction holds; `cursor` is the number of the newest inbox row."""

    recipient_id: UUID
    wa_id: str
    user_code: str
    name: str
    market: str
    cursor: int
    read_receipts: bool


@value
class NewRecipient:
    """A person to be taken in; `market` is the country of the number, which decides prices."""

    recipient_id: UUID
    wa_id: str
    user_code: str
    name: str
    locale: str
    market: str
    demo_key: str | None = None


async def lock_by_wa_id(conn: Conn, part: int, wa_ids: Sequence[str]) -> dict[str, LockedRecipient]:
    """The recipients with these wa_ids, locked in the order of their ids; unknown ones are missing."""
    rows = await conn.fetch(
        "SELECT recipient_id, wa_id, user_code, name, market, cursor, read_receipts FROM recipient"
        " WHERE part = $1 AND wa_id = any($2::text[]) ORDER BY recipient_id FOR NO KEY UPDATE",
        part, wa_ids,
    )  # fmt: skip
    return {row[1]: LockedRecipient(*row) for row in rows}


async def find_ids(conn: Conn, part: int, wa_ids: Sequence[str]) -> dict[UUID, str]:
    """The people with these wa_ids, unlocked: their ids and numbers."""
    rows = await conn.fetch(
        "SELECT recipient_id, wa_id FROM recipient WHERE part = $1 AND wa_id = any($2::text[])", part, wa_ids
    )
    return {row[0]: row[1] for row in rows}


async def lock(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> dict[UUID, LockedRecipient]:
    """The recipients with these ids, locked in the order of their ids; unknown ones are missing."""
    rows = await conn.fetch(
        "SELECT recipient_id, wa_id, user_code, name, market, cursor, read_receipts FROM recipient"
        " WHERE part = $1 AND recipient_id = any($2::uuid[]) ORDER BY recipient_id FOR NO KEY UPDATE",
        part, recipient_ids,
    )  # fmt: skip
    return {row[0]: LockedRecipient(*row) for row in rows}


async def lock_free(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> dict[UUID, LockedRecipient]:
    """As `lock`, without waiting: those that somebody else holds now are missing, too."""
    rows = await conn.fetch(
        "SELECT recipient_id, wa_id, user_code, name, market, cursor, read_receipts FROM recipient"
        " WHERE part = $1 AND recipient_id = any($2::uuid[]) ORDER BY recipient_id FOR NO KEY UPDATE SKIP LOCKED",
        part, recipient_ids,
    )  # fmt: skip
    return {row[0]: LockedRecipient(*row) for row in rows}


async def set_cursors(conn: Conn, part: int, recipients: Sequence[LockedRecipient]) -> None:
    """Write back the newest inbox numbers of locked recipients."""
    await conn.execute(
        "UPDATE recipient r SET cursor = k.cursor FROM unnest($2::uuid[], $3::bigint[]) k(recipient_id, cursor)"
        " WHERE r.part = $1 AND r.recipient_id = k.recipient_id",
        part, [r.recipient_id for r in recipients], [r.cursor for r in recipients],
    )  # fmt: skip


async def add(conn: Conn, part: int, person: NewRecipient, now: datetime) -> None:
    """A new person. Raises asyncpg.UniqueViolationError when the wa_id is taken."""
    await conn.execute(
        "INSERT INTO recipient (part, recipient_id, wa_id, user_code, name, locale, market, demo_key, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        part, person.recipient_id, person.wa_id, person.user_code, person.name, person.locale, person.market,
        person.demo_key, now,
    )  # fmt: skip


async def add_new(conn: Conn, part: int, people: Sequence[NewRecipient], now: datetime) -> None:
    """New people, but for those whose wa_id is taken."""
    await conn.executemany(
        "INSERT INTO recipient (part, recipient_id, wa_id, user_code, name, locale, market, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (part, wa_id) DO NOTHING",
        [
            (part, one.recipient_id, one.wa_id, one.user_code, one.name, one.locale, one.market, now)
            for one in sorted(people, key=lambda one: one.wa_id)
        ],
    )


async def add_pilot_members(conn: Conn, part: int, pairs: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    """Let these recipients into the pilots of these businesses; who is in stays in."""
    await conn.execute(
        "INSERT INTO pilot_member (part, recipient_id, business_id, added_at)"
        " SELECT r.part, u.recipient_id, u.business_id, $4 FROM recipient r"
        " JOIN unnest($2::uuid[], $3::uuid[]) u(recipient_id, business_id) ON r.recipient_id = u.recipient_id"
        " WHERE r.part = $1 ON CONFLICT (part, recipient_id, business_id) DO NOTHING",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs], now,
    )  # fmt: skip


async def remove_pilot_members(conn: Conn, part: int, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Take these recipients out of the pilots of these businesses."""
    await conn.execute(
        "DELETE FROM pilot_member p USING unnest($2::uuid[], $3::uuid[]) u(recipient_id, business_id)"
        " WHERE p.part = $1 AND p.recipient_id = u.recipient_id AND p.business_id = u.business_id",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs],
    )  # fmt: skip
