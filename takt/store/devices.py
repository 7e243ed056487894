"""Devices: tokens that speak for a person, of which only the SHA-256 is kept, and what a person set up."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.quiet_time import OwnQuiet
from takt.store.pool import Conn
from takt.store.reading import token_hash

BROWSERS_EACH_MAX = 20
BROWSER = "browser"


async def add(conn: Conn, part: int, token: str, recipient_id: UUID, label: str, now: datetime) -> None:
    """Let this token speak for a person; one that does so already stays."""
    await add_hashed(conn, part, [(token_hash(token), recipient_id)], label, now)


async def add_hashed(conn: Conn, part: int, devices: Sequence[tuple[bytes, UUID]], label: str, now: datetime) -> None:
    """As `add`, for tokens by their hashes."""
    await conn.execute(
        "INSERT INTO device (part, token_sha256, recipient_id, label, created_at)"
        " SELECT r.part, u.token, r.recipient_id, $4, $5 FROM recipient r"
        " JOIN unnest($2::bytea[], $3::uuid[]) u(token, recipient_id) ON r.recipient_id = u.recipient_id"
        " WHERE r.part = $1 ON CONFLICT (part, token_sha256) DO NOTHING",
        part, [one[0] for one in devices], [one[1] for one in devices], label, now,
    )  # fmt: skip


async def drop_old_browsers(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> None:
    """End the oldest browser sessions of these people beyond the newest 20 of each."""
    await conn.execute(
        "DELETE FROM device d USING (SELECT o.token_sha256, row_number() OVER"
        " (PARTITION BY o.recipient_id ORDER BY o.created_at DESC, o.token_sha256) AS place FROM device o"
        " WHERE o.part = $1 AND o.recipient_id = any($2::uuid[]) AND o.label = $3) old"
        " WHERE d.part = $1 AND d.token_sha256 = old.token_sha256 AND old.place > $4",
        part, recipient_ids, BROWSER, BROWSERS_EACH_MAX,
    )  # fmt: skip


async def remove(conn: Conn, part: int, hashes: Sequence[bytes]) -> None:
    """Let these tokens no longer speak for anybody."""
    await conn.execute("DELETE FROM device WHERE part = $1 AND token_sha256 = any($2::bytea[])", part, hashes)


async def set_locales(conn: Conn, part: int, locales: Sequence[tuple[UUID, str]]) -> None:
    """Speak these languages with these people from now on; each may come once."""
    await conn.execute(
        "UPDATE recipient r SET locale = u.locale FROM unnest($2::uuid[], $3::text[]) u(recipient_id, locale)"
        " WHERE r.part = $1 AND r.recipient_id = u.recipient_id",
        part, [one[0] for one in locales], [one[1] for one in locales],
    )  # fmt: skip


async def set_read_receipts(conn: Conn, part: int, wishes: Sequence[tuple[UUID, bool]]) -> None:
    """Tell companies of these people's reading from now on, or no longer; each may come once."""
    await conn.execute(
        "UPDATE recipient r SET read_receipts = u.wished FROM unnest($2::uuid[], $3::bool[]) u(recipient_id, wished)"
        " WHERE r.part = $1 AND r.recipient_id = u.recipient_id",
        part, [one[0] for one in wishes], [one[1] for one in wishes],
    )  # fmt: skip


async def set_quiet(conn: Conn, part: int, wishes: Sequence[tuple[UUID, OwnQuiet | None]]) -> None:
    """These people want quiet at these times from now on; each may come once."""
    await conn.execute(
        "UPDATE recipient r SET quiet_from_min = u.from_min, quiet_to_min = u.to_min, quiet_for_all = u.for_all"
        " FROM unnest($2::uuid[], $3::smallint[], $4::smallint[], $5::bool[]) u(recipient_id, from_min, to_min, for_all)"
        " WHERE r.part = $1 AND r.recipient_id = u.recipient_id",
        part, [one[0] for one in wishes], [own and own.from_min for _, own in wishes],
        [own and own.to_min for _, own in wishes], [own is not None and own.for_all for _, own in wishes],
    )  # fmt: skip


async def set_zones(conn: Conn, part: int, zones: Sequence[tuple[UUID, str | None]]) -> None:
    """These people live by these clocks from now on; each may come once."""
    await conn.execute(
        "UPDATE recipient r SET time_zone = u.zone FROM unnest($2::uuid[], $3::text[]) u(recipient_id, zone)"
        " WHERE r.part = $1 AND r.recipient_id = u.recipient_id",
        part, [one[0] for one in zones], [one[1] for one in zones],
    )  # fmt: skip
