"""Accounts of companies: what is switched on for them, and which users may do what."""

from collections.abc import Iterable
from uuid import UUID

from takt.store.pool import Conn
from takt.store.stamp import touch


async def set_insights(conn: Conn, business_id: UUID) -> None:
    """A business wants figures of its templates, for good."""
    await touch(conn)
    await conn.execute("UPDATE business SET insights = true WHERE business_id = $1", business_id)


async def put_user(conn: Conn, business_id: UUID, user_id: str, tasks: Iterable[str]) -> None:
    """A user may do these tasks in a business."""
    await conn.execute(
        "INSERT INTO assigned_user (business_id, user_id, tasks) VALUES ($1, $2, $3)"
        " ON CONFLICT (business_id, user_id) DO UPDATE SET tasks = excluded.tasks",
        business_id, user_id, list(tasks),
    )  # fmt: skip


async def drop_user(conn: Conn, business_id: UUID, user_id: str) -> None:
    """A user has no task in a business any more."""
    await conn.execute("DELETE FROM assigned_user WHERE business_id = $1 AND user_id = $2", business_id, user_id)


async def list_users(conn: Conn, business_id: UUID, after: str, limit: int) -> list[tuple[str, str | None, list[str]]]:
    """The users behind this id with their names, as far as they are known here, and tasks, in the order of ids."""
    rows = await conn.fetch(
        "SELECT a.user_id, p.name, a.tasks FROM assigned_user a LEFT JOIN program_user p USING (user_id)"
        " WHERE a.business_id = $1 AND a.user_id > $2 ORDER BY a.user_id LIMIT $3",
        business_id, after, limit,
    )  # fmt: skip
    return [(row[0], row[1], row[2]) for row in rows]


async def count_users(conn: Conn, business_id: UUID) -> int:
    """How many users a business has."""
    return int(await conn.fetchval("SELECT count(*) FROM assigned_user WHERE business_id = $1", business_id))
