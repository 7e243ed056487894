"""The operator's own models of the filter: versions that are only ever added. The newest one is in use. Reference rows."""

from datetime import datetime
from hashlib import sha256

from takt.core.value import value
from takt.store.pool import Conn
from takt.store.stamp import touch


@value
class ModelRow:
    """A version on record: its number, how large it is, its sum, who brought it and when. No bytes: the one that comes along."""

    version: int
    size: int
    sha256: str
    who: str
    at: datetime


async def newest(conn: Conn) -> int:
    """The number of the version in use; 0 when there never was any."""
    found: int = await conn.fetchval("SELECT coalesce(max(version), 0) FROM filter_model")
    return found


async def body(conn: Conn, version: int) -> bytes:
    """The bytes of a version; empty means the model that comes with Takt."""
    found: bytes | None = await conn.fetchval("SELECT body FROM filter_model WHERE version = $1", version)
    return found or b""


async def add(conn: Conn, written: bytes, who: str, now: datetime) -> int:
    """Take a model into use; its version."""
    await touch(conn)
    version: int = await conn.fetchval(
        "INSERT INTO filter_model (version, body, sha256, who, at)"
        " SELECT coalesce(max(version), 0) + 1, $1, $2, $3, $4 FROM filter_model RETURNING version",
        written, sha256(written).digest(), who, now,
    )  # fmt: skip
    return version


async def list_rows(conn: Conn, limit: int) -> list[ModelRow]:
    """The newest versions, at most so many, the newest first."""
    rows = await conn.fetch(
        "SELECT version, length(body), encode(sha256, 'hex'), who, at FROM filter_model ORDER BY version DESC LIMIT $1",
        limit,
    )
    return [ModelRow(*row) for row in rows]
