"""Counts of calls: one row for each app and node, which holds the sum of one hour and begins anew with the next."""

from datetime import datetime

from takt.store.pool import Conn


async def add(conn: Conn, part: int, app_id: str, node: str, hour: datetime, calls: int) -> int:
    """Add calls of that hour; the sum of the hour. One that comes when a later hour has begun is not counted."""
    found = await conn.fetchval(
        "INSERT INTO call_count AS c (part, app_id, node, hour, calls) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (part, app_id, node) DO UPDATE SET hour = excluded.hour,"
        " calls = CASE WHEN c.hour = excluded.hour THEN c.calls + excluded.calls ELSE excluded.calls END"
        " WHERE c.hour <= excluded.hour RETURNING c.calls",
        part, app_id, node, hour, calls,
    )  # fmt: skip
    return calls if found is None else int(found)
