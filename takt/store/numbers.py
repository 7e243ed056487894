"""The life of numbers and how senders show themselves: reference rows, and what is counted beside the contract."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.number import KEPT, Act
from takt.core.value import value
from takt.store.pool import Conn
from takt.store.stamp import touch


@value
class Life:
    """A sender's row as an act on its number finds it, under its lock."""

    sender_id: str
    phone: str
    verified_name: str
    registered: bool
    verification: str
    pin_hash: bytes | None
    name_status: str
    new_name: str | None
    new_name_status: str | None
    username: str | None

    @property
    def in_review(self) -> str | None:
        """The name that waits for a decision."""
        if self.new_name_status == "PENDING_REVIEW":
            return self.new_name
        return self.verified_name if self.name_status == "PENDING_REVIEW" else None


@value
class Code:
    """A verification code that waits to be typed in: how it shall be delivered, in which language, until when it holds."""

    code: str
    method: str
    language: str
    expires_at: datetime


@value
class Presence:
    """What of a sender changes; None leaves it. Texts are JSON: `profile` and `settings` are merged, by their keys."""

    profile: str | None = None
    automation: str | None = None
    settings: str | None = None
    business_key: str | None = None


async def lock(conn: Conn, sender_id: str) -> Life | None:
    """The row of a sender, held until the end of the transaction."""
    row = await conn.fetchrow(
        "SELECT sender_id, phone, verified_name, registered, verification, pin_hash, name_status, new_name,"
        " new_name_status, username FROM sender"
        " WHERE sender_id = $1 FOR NO KEY UPDATE",
        sender_id,
    )
    return None if row is None else Life(*row)


async def find_by_phone(conn: Conn, phone: str) -> str | None:
    """The sender with this number."""
    found: str | None = await conn.fetchval("SELECT sender_id FROM sender WHERE phone = $1", phone)
    return found


async def find_by_username(conn: Conn, username: str) -> tuple[str, UUID] | None:
    """The sender with this username, and its business."""
    row = await conn.fetchrow("SELECT sender_id, business_id FROM sender WHERE username = $1", username)
    return None if row is None else (row[0], row[1])


async def is_of(conn: Conn, sender_id: str, business_id: UUID) -> bool:
    """Whether this sender is of this business."""
    found = await conn.fetchval(
        "SELECT count(*) FROM sender WHERE sender_id = $1 AND business_id = $2", sender_id, business_id
    )
    return bool(found)


async def count_of(conn: Conn, business_id: UUID) -> int:
    """How many senders a business has."""
    return int(await conn.fetchval("SELECT count(*) FROM sender WHERE business_id = $1", business_id))


async def begin(conn: Conn, sender_id: str) -> None:
    """A new sender begins its life: neither verified nor registered, its name in review."""
    await touch(conn)
    await conn.execute(
        "UPDATE sender SET registered = false, verification = 'NOT_VERIFIED', name_status = 'PENDING_REVIEW'"
        " WHERE sender_id = $1",
        sender_id,
    )


async def set_verified(conn: Conn, sender_id: str) -> None:
    """Somebody typed in the code that was sent to the number."""
    await touch(conn)
    await conn.execute("UPDATE sender SET verification = 'VERIFIED' WHERE sender_id = $1", sender_id)


async def set_registered(conn: Conn, sender_id: str, *, registered: bool) -> None:
    """From now on the number can send, or cannot."""
    await touch(conn)
    await conn.execute("UPDATE sender SET registered = $2 WHERE sender_id = $1", sender_id, registered)


async def set_quality(conn: Conn, sender_id: str, quality: str, now: datetime) -> str:
    """A number's colour from now on; the one before."""
    await touch(conn)
    before: str = await conn.fetchval("SELECT quality FROM sender WHERE sender_id = $1", sender_id)
    await conn.execute("UPDATE sender SET quality = $2, quality_at = $3 WHERE sender_id = $1", sender_id, quality, now)
    return before


async def set_pin(conn: Conn, sender_id: str, pin_hash: bytes) -> None:
    """A new PIN for the two-step verification."""
    await touch(conn)
    await conn.execute("UPDATE sender SET pin_hash = $2 WHERE sender_id = $1", sender_id, pin_hash)


async def wish_name(conn: Conn, sender_id: str, name: str) -> None:
    """A new display name waits for its review."""
    await touch(conn)
    await conn.execute(
        "UPDATE sender SET new_name = $2, new_name_status = 'PENDING_REVIEW' WHERE sender_id = $1", sender_id, name
    )


async def decide_name(conn: Conn, sender_id: str, *, approved: bool) -> None:
    """The review of the wished name, or of the first one, is over."""
    await touch(conn)
    if approved:
        await conn.execute(
            "UPDATE sender SET verified_name = coalesce(new_name, verified_name), name_status = 'APPROVED',"
            " new_name = NULL, new_name_status = NULL WHERE sender_id = $1",
            sender_id,
        )
    else:
        await conn.execute(
            "UPDATE sender SET name_status = CASE WHEN new_name IS NULL THEN 'DECLINED' ELSE name_status END,"
            " new_name_status = CASE WHEN new_name IS NULL THEN NULL ELSE 'DECLINED' END WHERE sender_id = $1",
            sender_id,
        )


async def set_username(conn: Conn, sender_id: str, username: str | None) -> None:
    """A name by which people find the sender, or none."""
    await touch(conn)
    await conn.execute("UPDATE sender SET username = $2 WHERE sender_id = $1", sender_id, username)


async def set_presence(conn: Conn, sender_id: str, changes: Presence) -> None:
    """What a sender shows and what is set for it."""
    await touch(conn)
    await conn.execute(
        "UPDATE sender SET profile = profile || coalesce($2::jsonb, '{}'), automation = coalesce($3::jsonb, automation),"
        " settings = settings || coalesce($4::jsonb, '{}'), business_key = coalesce($5, business_key)"
        " WHERE sender_id = $1",
        sender_id, changes.profile, changes.automation, changes.settings, changes.business_key,
    )  # fmt: skip


async def set_picture(conn: Conn, sender_id: str, media_id: str) -> None:
    """The file that a sender's picture is."""
    await touch(conn)
    await conn.execute("UPDATE sender SET picture_media_id = $2 WHERE sender_id = $1", sender_id, media_id)


async def list_acts(conn: Conn, part: int, sender_id: str, act: Act) -> list[datetime]:
    """When such acts happened, as far back as they are kept."""
    rows = await conn.fetch(
        "SELECT at FROM number_act WHERE part = $1 AND sender_id = $2 AND kind = $3 ORDER BY at",
        part, sender_id, act.value,
    )  # fmt: skip
    return [row[0] for row in rows]


async def add_act(conn: Conn, part: int, sender_id: str, act: Act, act_id: UUID, now: datetime) -> None:
    """Count an act; those of long ago are forgotten."""
    await conn.execute(
        "DELETE FROM number_act WHERE part = $1 AND sender_id = $2 AND at < $3", part, sender_id, now - KEPT
    )
    await conn.execute(
        "INSERT INTO number_act (part, sender_id, act_id, kind, at) VALUES ($1, $2, $3, $4, $5)",
        part, sender_id, act_id, act.value, now,
    )  # fmt: skip


async def forget_acts(conn: Conn, part: int, sender_id: str, act: Act) -> None:
    """A right guess ends the count of wrong ones."""
    await conn.execute(
        "DELETE FROM number_act WHERE part = $1 AND sender_id = $2 AND kind = $3", part, sender_id, act.value
    )


async def put_code(conn: Conn, part: int, sender_id: str, code: Code) -> None:
    """A new code in place of an earlier one."""
    await conn.execute(
        "INSERT INTO number_code (part, sender_id, code, method, language, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (part, sender_id) DO UPDATE SET code = excluded.code, method = excluded.method,"
        " language = excluded.language, expires_at = excluded.expires_at",
        part, sender_id, code.code, code.method, code.language, code.expires_at,
    )  # fmt: skip


async def find_code(conn: Conn, part: int, sender_id: str) -> Code | None:
    """The newest code of a number, valid or not."""
    row = await conn.fetchrow(
        "SELECT code, method, language, expires_at FROM number_code WHERE part = $1 AND sender_id = $2", part, sender_id
    )
    return None if row is None else Code(*row)


async def list_codes(conn: Conn, part: int, sender_ids: Sequence[str], now: datetime) -> dict[str, Code]:
    """The valid codes of these senders, by sender."""
    rows = await conn.fetch(
        "SELECT sender_id, code, method, language, expires_at FROM number_code"
        " WHERE part = $1 AND sender_id = any($2) AND expires_at > $3",
        part, sender_ids, now,
    )  # fmt: skip
    return {row[0]: Code(*row[1:]) for row in rows}


async def drop_code(conn: Conn, part: int, sender_id: str) -> None:
    """A code is used once."""
    await conn.execute("DELETE FROM number_code WHERE part = $1 AND sender_id = $2", part, sender_id)
