"""Which senders are watched or frozen because of what they said. Reference rows."""

from collections.abc import Sequence
from datetime import datetime

from takt.core.value import value
from takt.store.pool import Conn
from takt.store.stamp import take_turn, touch


@value
class Watch:
    """A sender's row: `watch` is watched, frozen or empty; older suspicions than `since` are forgiven."""

    sender_id: str
    watch: str
    since: datetime
    at: datetime | None
    appeal: str

    @property
    def by_hand(self) -> bool:
        """Whether a person set it, who can only be overruled by worse."""
        return self.at is not None and self.at == self.since


_WATCH = "SELECT sender_id, watch, watch_from, watch_at, watch_appeal FROM sender"


async def load(conn: Conn, sender_ids: Sequence[str]) -> dict[str, Watch]:
    """How these senders are watched, under their lock."""
    rows = await conn.fetch(
        f"{_WATCH} WHERE sender_id = any($1::text[]) ORDER BY sender_id FOR NO KEY UPDATE", sender_ids
    )
    return {row[0]: Watch(*row) for row in rows}


async def names_watched(conn: Conn) -> list[str]:
    """The senders that are watched or frozen."""
    rows = await conn.fetch("SELECT sender_id FROM sender WHERE watch <> '' ORDER BY sender_id")
    return [row[0] for row in rows]


async def list_watched(conn: Conn, limit: int) -> list[Watch]:
    """Those that are watched or frozen, the newest first."""
    rows = await conn.fetch(f"{_WATCH} WHERE watch <> '' ORDER BY watch_at DESC, sender_id LIMIT $1", limit)
    return [Watch(*row) for row in rows]


async def list_of(conn: Conn, sender_ids: Sequence[str]) -> list[Watch]:
    """Those of these senders that are watched or frozen."""
    rows = await conn.fetch(
        f"{_WATCH} WHERE sender_id = any($1::text[]) AND watch <> '' ORDER BY sender_id", sender_ids
    )
    return [Watch(*row) for row in rows]


async def set_watch(conn: Conn, sender_id: str, watch: str, now: datetime, *, forgive: bool = False) -> None:
    """Watch a sender, freeze it, or neither; `forgive` lets older suspicions count no more and ends an appeal."""
    await touch(conn)
    await conn.execute(
        "UPDATE sender SET watch = $2, watch_at = $3, watch_from = CASE WHEN $4 THEN $3::timestamptz ELSE watch_from END,"
        " watch_appeal = CASE WHEN $4 OR $2 = '' THEN '' ELSE watch_appeal END WHERE sender_id = $1",
        sender_id, watch, now, forgive,
    )  # fmt: skip


async def set_appeal(conn: Conn, sender_id: str, words: str) -> bool:
    """What a company says to it; False when the sender is neither watched nor frozen."""
    await take_turn(conn)
    done: str = await conn.execute(
        "UPDATE sender SET watch_appeal = $2 WHERE sender_id = $1 AND watch <> ''", sender_id, words
    )
    return done != "UPDATE 0"


async def set_detected(conn: Conn, template_id: str, category: str) -> None:
    """The category that the filter reads in what a template sends; empty when it has no quarrel, or a person decided."""
    done = await conn.execute(
        "UPDATE template SET detected = $2 WHERE template_id = $1 AND detected <> $2", template_id, category
    )
    if done != "UPDATE 0":
        await touch(conn)
