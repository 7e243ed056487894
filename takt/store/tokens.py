"""Tokens of programs: found by their SHA-256, the only thing of them that is kept."""

from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class Token:
    """What a token stands for. `kind` is `system_user` or `operator`; `expires_at` None is never."""

    kind: str
    app_id: str | None
    business_id: UUID | None
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime | None


async def find(conn: Conn, sha256: bytes) -> Token | None:
    """The token with this hash. Those of company people (`staff`) open the inbox alone and are not found here."""
    row = await conn.fetchrow(
        "SELECT kind, app_id, business_id, scopes, issued_at, expires_at FROM token"
        " WHERE sha256 = $1 AND kind <> 'staff'",
        sha256,
    )
    if row is None:
        return None
    return Token(row[0], row[1], row[2], frozenset(row[3]), row[4], row[5])
