"""After a change of policy what waits by an older one is looked at again, soon and spread.

Whatever waits is decided anew at its slot, by the policy of then; but a new policy may have earlier slots. So all that waits
for something a policy says is brought forward, one slice at a time, each message by the chance in its own id over as many
minutes as those of one slot are spread. What may still not go out then waits on.
"""

from datetime import datetime, timedelta
from typing import Final

from takt.core.tact import TactPolicy
from takt.core.waiting import chance_of
from takt.store import messages
from takt.store.messages import Place
from takt.store.pool import Conn

SLICE_MAX: Final = 2_000
BY_POLICY: Final = frozenset(("quiet_hours", "caps", "pressure", "pacing"))
"""What a message waits for whose end follows from the policy."""


async def hasten(conn: Conn, part: int, tact: TactPolicy, after: Place, now: datetime) -> Place | None:
    """Bring the next slice forward, if it was decided by another version than this; where that ended, None when it was the last."""
    found = await messages.list_waiting(conn, part, after, SLICE_MAX)
    spread = timedelta(minutes=tact.waiting.spread_min)
    due = {
        one.message_id: now + spread * chance_of(one.message_id)
        for one in found
        if one.waits_for in BY_POLICY and one.tact_version != tact.version
    }
    if due:
        await messages.bring_forward(conn, part, due)
    return found[-1].place if len(found) == SLICE_MAX else None
