"""Tokens of programs, and codes that become one: both found by their SHA-256, the only thing of them that is kept.

None of it is part of the reference snapshot; what a door remembers of a token it asks for anew within seconds, or at
once when a reference row changes. A token that was taken away stays for a while, so that its bearer hears why.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn
from takt.store.stamp import touch

TOKENS_LISTED_MAX = 500
MARK_BYTES = 8
"""So much of its hash is a token's name in lists; nobody can guess a token from it."""


@value
class Token:
    """What a token stands for. `kind` is `system_user` or `operator`; `expires_at` None is never."""

    kind: str
    app_id: str | None
    business_id: UUID | None
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    user_id: str | None
    name: str
    staff_id: UUID | None = None
    staff_name: str | None = None


@value
class NewToken:
    """A token of kind `system_user` or `operator`, by its SHA-256."""

    sha256: bytes
    kind: str
    name: str
    app_id: str | None = None
    business_id: UUID | None = None
    user_id: str | None = None
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    staff_id: UUID | None = None


@value
class Listed:
    """A token in a list: `mark` is the beginning of its hash in hex digits."""

    mark: str
    token: Token


@value
class SystemUser:
    """Somebody of a company who is a program."""

    user_id: str
    business_id: UUID
    name: str


@value
class NewCode:
    """What an app may exchange once for a token of a company, until then."""

    sha256: bytes
    app_id: str
    business_id: UUID
    scopes: tuple[str, ...]
    expires_at: datetime


async def find(conn: Conn, sha256: bytes) -> Token | None:
    """The token with this hash. Those of company people (`staff`) open the inbox alone and are not found here."""
    row = await conn.fetchrow(
        "SELECT t.kind, t.app_id, t.business_id, t.scopes, t.issued_at, t.expires_at, t.revoked_at, t.user_id, t.name,"
        " s.staff_id, s.name FROM token t LEFT JOIN staff s USING (staff_id) WHERE t.sha256 = $1 AND t.kind <> 'staff'",
        sha256,
    )
    return None if row is None else _token(*row)


async def list_tokens(conn: Conn, business_id: UUID | None) -> list[Listed]:
    """The newest 500 tokens of a company, or of the operator when there is none, newest first."""
    rows = await conn.fetch(
        "SELECT encode(substring(sha256 FROM 1 FOR $2), 'hex'), kind, app_id, business_id, scopes, issued_at,"
        " expires_at, revoked_at, user_id, name FROM token WHERE business_id IS NOT DISTINCT FROM $1"
        " AND kind <> 'staff' ORDER BY issued_at DESC, sha256 LIMIT $3",
        business_id, MARK_BYTES, TOKENS_LISTED_MAX,
    )  # fmt: skip
    return [Listed(row[0], _token(*row[1:])) for row in rows]


async def find_user(conn: Conn, user_id: str) -> SystemUser | None:
    """A system user by id."""
    row = await conn.fetchrow("SELECT user_id, business_id, name FROM program_user WHERE user_id = $1", user_id)
    return None if row is None else SystemUser(*row)


async def add_user(conn: Conn, user: SystemUser, now: datetime) -> None:
    """A new system user; one that is there stays."""
    await conn.execute(
        "INSERT INTO program_user (user_id, business_id, name, created_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (user_id) DO NOTHING",
        user.user_id, user.business_id, user.name, now,
    )  # fmt: skip


async def add(conn: Conn, token: NewToken, now: datetime) -> None:
    """A new token; one that is there stays."""
    await conn.execute(
        "INSERT INTO token (sha256, kind, app_id, business_id, user_id, scopes, name, issued_at, expires_at, staff_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (sha256) DO NOTHING",
        token.sha256, token.kind, token.app_id, token.business_id, token.user_id, list(token.scopes), token.name, now,
        token.expires_at, token.staff_id,
    )  # fmt: skip


async def revoke(conn: Conn, mark: bytes, business_id: UUID | None, now: datetime) -> int:
    """Take the tokens with this beginning of their hash away from a company, or from the operator; how many it were.

    One that was taken away before counts, too. All processes forget what they know of tokens.
    """
    await touch(conn)
    status = await conn.execute(
        "UPDATE token SET revoked_at = coalesce(revoked_at, $4) WHERE substring(sha256 FROM 1 FOR $2) = $1"
        " AND business_id IS NOT DISTINCT FROM $3 AND kind <> 'staff'",
        mark, MARK_BYTES, business_id, now,
    )  # fmt: skip
    return int(status.rpartition(" ")[2])


async def add_code(conn: Conn, code: NewCode, now: datetime) -> None:
    """A new code; those that are long over go."""
    await conn.execute("DELETE FROM code WHERE expires_at < $1::timestamptz - interval '1 day'", now)
    await conn.execute(
        "INSERT INTO code (sha256, app_id, business_id, scopes, expires_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (sha256) DO NOTHING",
        code.sha256, code.app_id, code.business_id, list(code.scopes), code.expires_at,
    )  # fmt: skip


async def use_code(conn: Conn, sha256: bytes, app_id: str, now: datetime) -> tuple[UUID, Sequence[str]] | None:
    """Use a code up: company and permissions of the token it becomes; None when it is another's, used or over."""
    row = await conn.fetchrow(
        "UPDATE code SET used_at = $3 WHERE sha256 = $1 AND app_id = $2 AND used_at IS NULL AND expires_at > $3"
        " RETURNING business_id, scopes",
        sha256, app_id, now,
    )  # fmt: skip
    return None if row is None else (row[0], row[1])


def _token(
    kind: str,
    app_id: str | None,
    business_id: UUID | None,
    scopes: list[str],
    *more: object,
) -> Token:
    return Token(kind, app_id, business_id, frozenset(scopes), *more)  # type: ignore[arg-type]
