"""How endpoints of flows are doing: exchanges by windows of half an hour, and the alerts that hold."""

from datetime import datetime

from takt.core.flow_health import Alert, Count, Kind
from takt.store.pool import Conn


async def count(conn: Conn, part: int, flow_id: str, began_at: datetime) -> Count:
    """What a window counts so far; lock the flow first."""
    row = await conn.fetchrow(
        "SELECT exchanges, failures, unreached, tempo FROM flow_count"
        " WHERE part = $1 AND flow_id = $2 AND began_at = $3",
        part, flow_id, began_at,
    )  # fmt: skip
    return Count() if row is None else Count(row[0], row[1], row[2], tuple(row[3]))


async def put_count(conn: Conn, part: int, flow_id: str, began_at: datetime, counted: Count) -> None:
    """Keep what a window counts."""
    await conn.execute(
        "INSERT INTO flow_count (part, flow_id, began_at, exchanges, failures, unreached, tempo)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (part, flow_id, began_at) DO UPDATE"
        " SET exchanges = excluded.exchanges, failures = excluded.failures, unreached = excluded.unreached,"
        " tempo = excluded.tempo",
        part, flow_id, began_at, counted.exchanges, counted.failures, counted.unreached, list(counted.tempo),
    )  # fmt: skip


async def alerts(conn: Conn, part: int, flow_id: str) -> dict[Kind, Alert]:
    """The alerts that hold."""
    rows = await conn.fetch(
        "SELECT kind, threshold, began_at FROM flow_alert WHERE part = $1 AND flow_id = $2", part, flow_id
    )
    return {row[0]: Alert(*row) for row in rows}


async def put_alert(conn: Conn, part: int, flow_id: str, alert: Alert) -> None:
    """Remember an alert, in the place of the one of its kind."""
    await conn.execute(
        "INSERT INTO flow_alert (part, flow_id, kind, threshold, began_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (part, flow_id, kind) DO UPDATE SET threshold = excluded.threshold, began_at = excluded.began_at",
        part, flow_id, alert.kind, alert.threshold, alert.began_at,
    )  # fmt: skip


async def drop_alert(conn: Conn, part: int, flow_id: str, kind: Kind) -> None:
    """An alert is over."""
    await conn.execute(
        "DELETE FROM flow_alert WHERE part = $1 AND flow_id = $2 AND kind = $3", part, flow_id, kind
    )  # fmt: skip


async def forget_counts(conn: Conn, part: int, flow_id: str, before: datetime) -> None:
    """Drop the windows that began earlier."""
    await conn.execute(
        "DELETE FROM flow_count WHERE part = $1 AND flow_id = $2 AND began_at < $3", part, flow_id, before
    )


async def forget(conn: Conn, part: int, flow_id: str) -> None:
    """Drop all that was counted and told of a flow."""
    await conn.execute("DELETE FROM flow_count WHERE part = $1 AND flow_id = $2", part, flow_id)
    await conn.execute("DELETE FROM flow_alert WHERE part = $1 AND flow_id = $2", part, flow_id)
