"""The stamp of reference rows: who changes one of them raises it, and all processes load theirs anew."""

from takt.store.pool import Conn


async def take_turn(conn: Conn) -> None:
    """Wait until nobody else changes reference rows, and keep it so until the end of this transaction."""
    await conn.execute("SELECT version FROM reference_stamp FOR UPDATE")


async def touch(conn: Conn) -> None:
    """Say that reference rows change in this transaction; every write to one of them calls this, before it writes."""
    await conn.execute("UPDATE reference_stamp SET version = version + 1")
