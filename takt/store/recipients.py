"""People: their rows are the lock under which everything in their inbox is numbered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from takt.core.admission.exposure import KEEP_PER_DAY
from takt.core.caps import WEEK
from takt.core.quiet_time import OwnQuiet
from takt.core.value import value
from takt.store.pool import Conn


@dataclass(slots=True)
class LockedRecipient:
    """A recipient whose row this transaction holds; `cursor` is the number of the newest inbox row.

    Loaded for a send, it also has what they set about quiet hours, when advertising reached them within a week, and how
    much of everything did of late; `added` is what a batch adds to that.
    """

    recipient_id: UUID
    wa_id: str
    user_code: str
    name: str
    market: str
    cursor: int
    read_receipts: bool
    time_zone: str | None = None
    own_quiet: OwnQuiet | None = None
    marketing_at: list[datetime] = field(default_factory=list)
    heard: int = 0
    exposure: float = 0.0
    exposed_at: datetime | None = None
    added: float = 0.0


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


_FOR_SEND: Final = (
    "SELECT recipient_id, wa_id, user_code, name, market, cursor, read_receipts, time_zone, quiet_from_min,"
    " quiet_to_min, quiet_for_all, {heard} FROM recipient"
    " WHERE part = $1 AND wa_id = any($2::text[]) ORDER BY recipient_id FOR NO KEY UPDATE"
)
_FOR_ADVERTS: Final = _FOR_SEND.format(heard="marketing_at, exposure, exposed_at")
_FOR_OTHERS: Final = _FOR_SEND.format(heard="NULL::timestamptz[]")


async def lock_for_send(
    conn: Conn, part: int, wa_ids: Sequence[str], *, adverts: bool, waiting: bool = True
) -> dict[str, LockedRecipient]:
    """The recipients with these wa_ids, locked in the order of their ids; unknown ones are missing.

    `adverts` also loads what advertising they heard. Not `waiting`, those that somebody else holds now are missing, too.
    """
    query = _FOR_ADVERTS if adverts else _FOR_OTHERS
    rows = await conn.fetch(query + ("" if waiting else " SKIP LOCKED"), part, wa_ids)
    return {row[1]: _for_send(row) for row in rows}


def _for_send(row: Record) -> LockedRecipient:
    person = LockedRecipient(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7])
    if row[8] is not None:
        person.own_quiet = OwnQuiet(row[8], row[9], row[10])
    if row[11] is not None:
        person.marketing_at, person.exposure, person.exposed_at = row[11], row[12], row[13]
    return person


async def lock_by_wa_id(conn: Conn, part: int, wa_ids: Sequence[str]) -> dict[str, LockedRecipient]:
    """As `lock_for_send`, without what is for sending alone."""
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


async def set_heard(conn: Conn, part: int, recipients: Sequence[LockedRecipient], now: datetime) -> None:
    """Write back the newest inbox numbers of locked recipients, and how much advertising reached them `now`."""
    await conn.execute(
        "UPDATE recipient r SET cursor = k.cursor, marketing_at = CASE WHEN k.heard = 0 THEN r.marketing_at ELSE"
        " ARRAY(SELECT at FROM unnest(r.marketing_at) at WHERE at > $6) || array_fill($5::timestamptz, ARRAY[k.heard])"
        " END, exposure = r.exposure * power($8::float8, greatest(0, extract(epoch FROM $5 - coalesce(r.exposed_at, $5))"
        " / 86400)) + k.added, exposed_at = $5"
        " FROM unnest($2::uuid[], $3::bigint[], $4::int[], $7::float8[]) k(recipient_id, cursor, heard, added)"
        " WHERE r.part = $1 AND r.recipient_id = k.recipient_id",
        part, [r.recipient_id for r in recipients], [r.cursor for r in recipients], [r.heard for r in recipients],
        now, now - WEEK, [r.added for r in recipients], KEEP_PER_DAY,
    )  # fmt: skip


async def set_cursors(conn: Conn, part: int, recipients: Sequence[LockedRecipient]) -> None:
    """Write back the newest inbox numbers of locked recipients."""
    await conn.execute(
        "UPDATE recipient r SET cursor = k.cursor FROM unnest($2::uuid[], $3::bigint[]) k(recipient_id, cursor)"
        " WHERE r.part = $1 AND r.recipient_id = k.recipient_id",
        part, [r.recipient_id for r in recipients], [r.cursor for r in recipients],
    )  # fmt: skip


async def set_reached(conn: Conn, part: int, recipients: Sequence[LockedRecipient], now: datetime) -> None:
    """As `set_cursors`, and how much more reached them `now`."""
    await conn.execute(
        "UPDATE recipient r SET cursor = k.cursor,"
        " exposure = r.exposure * power($6::float8, greatest(0, extract(epoch FROM $5 - coalesce(r.exposed_at, $5))"
        " / 86400)) + k.added, exposed_at = $5"
        " FROM unnest($2::uuid[], $3::bigint[], $4::float8[]) k(recipient_id, cursor, added)"
        " WHERE r.part = $1 AND r.recipient_id = k.recipient_id",
        part, [r.recipient_id for r in recipients], [r.cursor for r in recipients], [r.added for r in recipients], now,
        KEEP_PER_DAY,
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
