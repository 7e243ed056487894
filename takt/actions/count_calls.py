"""Calls of the management API are counted: what a process counted by itself is added to the sum of all processes."""

from collections import Counter
from datetime import datetime

from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import call_counts
from takt.store.pool import Conn


@value
class CountCalls:
    """So many calls of an app about a node, in the hour that begins then."""

    app_id: str
    node: str
    hour: datetime
    calls: int


async def count_calls(conn: Conn, part: int, commands: list[CountCalls], now: datetime, *, again: bool) -> Done[int]:
    """Add the counts of a batch; each is answered with the sum of all. A batch repeated may count twice, and may."""
    del now, again
    sums: Counter[tuple[str, str, datetime]] = Counter()
    for command in commands:
        sums[command.app_id, command.node, command.hour] += command.calls
    totals = {key: await call_counts.add(conn, part, *key, calls) for key, calls in sorted(sums.items())}
    return Done([totals[command.app_id, command.node, command.hour] for command in commands])
