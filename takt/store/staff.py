"""Sessions of company people: tokens of the kind `staff`, of which only the SHA-256 is kept.

They are not part of the reference snapshot, so nothing here moves the reference stamp: whoever can sign in must not be
able to make every process load its snapshot anew.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

SESSIONS_EACH_MAX = 20


@value
class NewSession:
    """A token for a person, by its SHA-256."""

    sha256: bytes
    staff_id: UUID
    expires_at: datetime


async def add_sessions(conn: Conn, sessions: Sequence[NewSession], now: datetime) -> None:
    """New sessions. A person keeps the newest 20 that have not expired; the others end."""
    await conn.execute(
        "INSERT INTO token (sha256, kind, business_id, staff_id, issued_at, expires_at)"
        " SELECT u.sha256, 'staff', s.business_id, s.staff_id, $4, u.expires_at"
        " FROM unnest($1::bytea[], $2::uuid[], $3::timestamptz[]) u(sha256, staff_id, expires_at)"
        " JOIN staff s USING (staff_id) ON CONFLICT (sha256) DO NOTHING",
        [one.sha256 for one in sessions], [one.staff_id for one in sessions],
        [one.expires_at for one in sessions], now,
    )  # fmt: skip
    await conn.execute(
        "DELETE FROM token t USING (SELECT o.sha256, row_number() OVER"
        " (PARTITION BY o.staff_id ORDER BY o.expires_at DESC, o.sha256) AS place FROM token o"
        " WHERE o.kind = 'staff' AND o.staff_id = any($1::uuid[])) old"
        " WHERE t.sha256 = old.sha256 AND (old.place > $2 OR t.expires_at <= $3)",
        [one.staff_id for one in sessions], SESSIONS_EACH_MAX, now,
    )  # fmt: skip


async def set_expiry(conn: Conn, sha256s: Sequence[bytes], expires_at: datetime) -> None:
    """Let these sessions last until then."""
    await conn.execute(
        "UPDATE token SET expires_at = greatest(expires_at, $2) WHERE sha256 = any($1::bytea[]) AND kind = 'staff'",
        sha256s, expires_at,
    )  # fmt: skip


async def remove_sessions(conn: Conn, sha256s: Sequence[bytes]) -> None:
    """End these sessions."""
    await conn.execute("DELETE FROM token WHERE sha256 = any($1::bytea[]) AND kind = 'staff'", sha256s)


async def set_locale(conn: Conn, staff_id: UUID, locale: str) -> None:
    """Speak this language with a person from now on."""
    await conn.execute("UPDATE staff SET locale = $2 WHERE staff_id = $1", staff_id, locale)


async def is_operator_there(conn: Conn, now: datetime) -> bool:
    """Whether somebody of the operator is signed in."""
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM token t JOIN staff s USING (staff_id)"
        " WHERE t.kind = 'staff' AND s.role = 'operator' AND s.business_id IS NULL AND t.expires_at > $1)",
        now,
    )
    return found
