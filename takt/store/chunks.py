"""The bytes of media in the database, chunk by chunk."""

from takt.store.pool import Conn


async def put(conn: Conn, part: int, media_id: str, number: int, body: bytes) -> None:
    """Write a chunk, again where it was written before. Raises asyncpg.ForeignKeyViolationError without its medium."""
    await conn.execute(
        "INSERT INTO media_chunk (part, media_id, number, body) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (part, media_id, number) DO UPDATE SET body = excluded.body",
        part, media_id, number, body,
    )  # fmt: skip


async def find(conn: Conn, part: int, media_id: str, number: int) -> bytes | None:
    """A chunk, or None when it is not there."""
    body: bytes | None = await conn.fetchval(
        "SELECT body FROM media_chunk WHERE part = $1 AND media_id = $2 AND number = $3", part, media_id, number
    )
    return body


async def drop(conn: Conn, part: int, media_id: str) -> None:
    """Drop all chunks of a medium."""
    await conn.execute("DELETE FROM media_chunk WHERE part = $1 AND media_id = $2", part, media_id)
