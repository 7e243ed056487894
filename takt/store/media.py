"""Media: their rows from the first byte to the last day, and where they are used."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.media import Found
from takt.core.value import value
from takt.store.pool import Conn


@value
class Owner:
    """Whose a medium is: a business', with the sender or app it came by, or the person's who brought it."""

    business_id: UUID | None = None
    sender_id: str | None = None
    app_id: str | None = None
    recipient_id: UUID | None = None


@value
class NewMedium:
    """A medium whose bytes are to come. `size` is what its sender says, 0 when nothing is said."""

    media_id: str
    owner: Owner
    url_key: str
    mime_type: str = ""
    filename: str | None = None
    size: int = 0


@value
class Use:
    """A medium in a person's inbox, by a message of or to a business."""

    recipient_id: UUID
    media_id: str
    message_id: UUID
    business_id: UUID


async def add(conn: Conn, part: int, new: NewMedium, now: datetime, until: datetime) -> bool:
    """A new open medium, given up at `until`; whether it is there and this very one."""
    owner = new.owner
    await conn.execute(
        "INSERT INTO media (part, media_id, business_id, sender_id, app_id, recipient_id, url_key, mime_type, filename,"
        " size, created_at, served_until, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)"
        " ON CONFLICT (part, media_id) DO NOTHING",
        part, new.media_id, owner.business_id, owner.sender_id, owner.app_id, owner.recipient_id, new.url_key,
        new.mime_type, new.filename, new.size, now, until,
    )  # fmt: skip
    key = await conn.fetchval("SELECT url_key FROM media WHERE part = $1 AND media_id = $2", part, new.media_id)
    return bool(key == new.url_key)


async def count_unsent(conn: Conn, part: int, recipient_id: UUID) -> int:
    """How many media a person brought and did not send yet."""
    return int(
        await conn.fetchval(
            "SELECT count(*) FROM media WHERE part = $1 AND recipient_id = $2 AND NOT used", part, recipient_id
        )
    )


async def set_writer(conn: Conn, part: int, media_id: str, writer: str, now: datetime, until: datetime) -> bool:
    """Let this writer alone add to an open medium for a while, if nobody else does; whether it may."""
    done = await conn.execute(
        "UPDATE media SET writer = $3, writer_until = $5 WHERE part = $1 AND media_id = $2 AND state = 'open'"
        " AND (writer IS NULL OR writer = $3 OR writer_until <= $4)",
        part, media_id, writer, now, until,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def set_received(
    conn: Conn, part: int, media_id: str, writer: str, received: int, until: datetime | None
) -> bool:
    """Say how many bytes of an open medium are there; without `until` the writer is done. Whether it still was one."""
    done = await conn.execute(
        "UPDATE media SET received = $4, writer = CASE WHEN $5::timestamptz IS NULL THEN NULL ELSE writer END,"
        " writer_until = $5 WHERE part = $1 AND media_id = $2 AND state = 'open' AND writer = $3",
        part, media_id, writer, received, until,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def set_whole(
    conn: Conn, part: int, media_id: str, found: Found, size: int, sha256: bytes, filename: str | None
) -> bool:
    """All bytes of a medium are there, and this is what they are; whether it was open, or is whole already so."""
    done = await conn.execute(
        "UPDATE media SET state = 'whole', mime_type = $3, animated = $4, width = $5, height = $6, channels = $7,"
        " size = $8, received = $8, sha256 = $9, filename = $10, writer = NULL"
        " WHERE part = $1 AND media_id = $2 AND (state = 'open' OR (state = 'whole' AND sha256 = $9))",
        part, media_id, found.mime_type, found.animated, found.width, found.height, found.channels, size, sha256,
        filename,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def set_times(conn: Conn, part: int, media_id: str, served_until: datetime, expires_at: datetime) -> None:
    """How long a company may use a medium, and how long its bytes are kept."""
    await conn.execute(
        "UPDATE media SET served_until = $3, expires_at = $4 WHERE part = $1 AND media_id = $2",
        part, media_id, served_until, expires_at,
    )  # fmt: skip


async def keep(conn: Conn, part: int, media_id: str, now: datetime, until: datetime) -> bool:
    """A message uses a medium: its bytes stay at least until then. Whether it is still there."""
    done = await conn.execute(
        "UPDATE media SET used = true, expires_at = greatest(expires_at, $4)"
        " WHERE part = $1 AND media_id = $2 AND state = 'whole' AND expires_at > $3",
        part, media_id, now, until,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def withdraw(conn: Conn, part: int, media_id: str, now: datetime) -> bool:
    """A company takes a medium back: what no message uses goes, the rest stays for those who got it."""
    done = await conn.execute(
        "UPDATE media SET served_until = least(served_until, $3),"
        " expires_at = CASE WHEN used THEN expires_at ELSE $3 END"
        " WHERE part = $1 AND media_id = $2 AND state <> 'gone'",
        part, media_id, now,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def set_gone(conn: Conn, part: int, media_id: str, now: datetime) -> None:
    """Nobody gets a medium any more; its bytes are about to be dropped."""
    await conn.execute(
        "UPDATE media SET state = 'gone', expires_at = least(expires_at, $3) WHERE part = $1 AND media_id = $2",
        part, media_id, now,
    )  # fmt: skip


async def take_expired(conn: Conn, part: int, now: datetime, limit: int) -> list[str]:
    """Mark media whose time is over as gone, the longest overdue first; their ids. What is locked is left out."""
    rows = await conn.fetch(
        "UPDATE media m SET state = 'gone' FROM (SELECT media_id FROM media WHERE part = $1 AND expires_at <= $2"
        " ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED) overdue"
        " WHERE m.part = $1 AND m.media_id = overdue.media_id RETURNING m.media_id",
        part, now, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def remove(conn: Conn, part: int, media_ids: Sequence[str]) -> None:
    """Forget media that are gone and whose bytes were dropped."""
    await conn.execute(
        "DELETE FROM media WHERE part = $1 AND media_id = any($2::text[]) AND state = 'gone'", part, media_ids
    )


async def note_uses(conn: Conn, part: int, uses: Sequence[Use], now: datetime, until: datetime) -> None:
    """These media are in these people's inboxes from now on; what the people brought themselves is kept until then.

    `part` is that of the people. It belongs into the transaction that writes the messages.
    """
    rows = sorted(uses, key=lambda use: (use.media_id, use.recipient_id, use.message_id))
    await conn.execute(
        "INSERT INTO media_use (part, recipient_id, media_id, message_id, business_id, at)"
        " SELECT r.part, u.recipient_id, u.media_id, u.message_id, u.business_id, $6 FROM recipient r"
        " JOIN unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[]) u(recipient_id, media_id, message_id, business_id)"
        " ON r.recipient_id = u.recipient_id WHERE r.part = $1"
        " ON CONFLICT (part, recipient_id, media_id, message_id) DO NOTHING",
        part, [use.recipient_id for use in rows], [use.media_id for use in rows], [use.message_id for use in rows],
        [use.business_id for use in rows], now,
    )  # fmt: skip
    await conn.execute(
        "UPDATE media m SET used = true, expires_at = greatest(m.expires_at, $4) FROM (SELECT media_id FROM media"
        " WHERE part = $1 AND media_id = any($3::text[]) AND recipient_id = any($2::uuid[]) AND state = 'whole'"
        " ORDER BY media_id FOR NO KEY UPDATE) own WHERE m.part = $1 AND m.media_id = own.media_id",
        part, [use.recipient_id for use in rows], [use.media_id for use in rows], until,
    )  # fmt: skip


async def set_link(conn: Conn, part: int, business_id: UUID, sha256: bytes, media_id: str, until: datetime) -> None:
    """For a while this medium is what is behind the link with this hash; `part` is the contract's."""
    await conn.execute(
        "INSERT INTO media_link (part, business_id, sha256, media_id, until) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (part, business_id, sha256) DO UPDATE SET media_id = excluded.media_id, until = excluded.until",
        part, business_id, sha256, media_id, until,
    )  # fmt: skip


async def prune(conn: Conn, part: int, now: datetime, used_by: datetime, limit: int) -> None:
    """Forget links that count no more, and uses of before then."""
    await conn.execute(
        "DELETE FROM media_link l USING (SELECT business_id, sha256 FROM media_link WHERE part = $1 AND until <= $2"
        " LIMIT $3 FOR UPDATE SKIP LOCKED) old"
        " WHERE l.part = $1 AND l.business_id = old.business_id AND l.sha256 = old.sha256",
        part, now, limit,
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM media_use u USING (SELECT recipient_id, media_id, message_id FROM media_use WHERE part = $1"
        " AND at <= $2 LIMIT $3 FOR UPDATE SKIP LOCKED) old WHERE u.part = $1"
        " AND u.recipient_id = old.recipient_id AND u.media_id = old.media_id AND u.message_id = old.message_id",
        part, used_by, limit,
    )  # fmt: skip
