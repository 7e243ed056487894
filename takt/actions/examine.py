"""The dry run: what would a send meet now? The same facts, rules and price as a send, and nothing is written."""

from datetime import datetime

from takt.actions import ruling
from takt.actions.glancing import Look, no_glance
from takt.actions.outcome import Done
from takt.actions.ruling import Ruling
from takt.core import policy
from takt.core.denial import Denied
from takt.core.facts import Facts
from takt.core.message import SendMessage
from takt.core.rating import Quote
from takt.core.value import value
from takt.store.pool import Conn
from takt.store.reference import Reference, Snapshot


@value
class Examined:
    """What a send would rest on at that instant, its verdict, and its price if the recipient is known.

    With `due_at` it would be taken, and wait until then.
    """

    facts: Facts
    denied: Denied | None
    quote: Quote | None
    at: datetime
    due_at: datetime | None

    @property
    def would_send(self) -> bool:
        """Whether it would be taken, be it only to wait."""
        return self.denied is None or self.due_at is not None


class Examine:
    """The action of the dry-run lane; `parts` is how many parts there are, `glance` what a send meets."""

    def __init__(self, reference: Reference, parts: int, glance: Look = no_glance) -> None:
        self._reference = reference
        self._parts = parts
        self._glance = glance

    async def __call__(
        self, conn: Conn, part: int, commands: list[SendMessage], now: datetime, *, again: bool
    ) -> Done[Examined]:
        """Look at each command by itself: none of them changes what the next one meets."""
        del again  # nothing is written, so a second run is like the first
        snapshot = await self._reference.fresh(conn)
        prepared = [ruling.prepare(snapshot, command) for command in commands]
        prepared = self._glance(prepared, now, snapshot.tact(now).filter.rate)
        loaded = await ruling.load(conn, part, snapshot, prepared, now, locked_in=())
        rulings = [ruling.rule(one, loaded, snapshot, self._parts, now) for one in prepared]
        return Done([_examined(one, snapshot, now) for one in rulings])


def _examined(ruled: Ruling, snapshot: Snapshot, now: datetime) -> Examined:
    denied = policy.admit(ruled.facts, now)
    due_at = ruling.due_at(ruled, denied, snapshot, now) if denied is not None else None
    return Examined(ruled.facts, denied, ruled.quote, now, due_at)
