"""A company sends: the hot path, for a whole batch in one transaction.

Lock the recipients, load what the verdicts rest on, let `policy.admit` and `rating.quote` decide each message in turn,
then write all of it set-wise (`actions/outgoing.py`). Reasons that the real platform answers at once store no message, but are
counted (`store/rebuffs.py`); the others store a failed message and its `failed` webhook event. What may go out later is kept, and waits.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from takt.actions import ruling
from takt.actions.glancing import Look, no_glance
from takt.actions.leasing import Flows
from takt.actions.outcome import Done
from takt.actions.outgoing import Answer, Outgoing, Refused
from takt.actions.ruling import Loaded, Prepared
from takt.core.denial import REASONS, Denied
from takt.core.message import Accepted, SendMessage, Waits
from takt.store import messages
from takt.store.messages import Known
from takt.store.pool import Conn
from takt.store.reference import Reference
from takt.store.site import PARTS


class Send:
    """The action of the send lane. `new_id` makes an event id in a slot; `parts` is how many parts there are.

    `glance` marks what is to be read before it goes out; `flows` remembers how fast payers' messages come.
    """

    def __init__(
        self,
        reference: Reference,
        new_id: Callable[[int], UUID],
        parts: int,
        glance: Look = no_glance,
        flows: Flows | None = None,
    ) -> None:
        self._reference = reference
        self._new_id = new_id
        self._parts = parts
        self._glance = glance
        self._flows = flows or Flows()

    async def __call__(
        self, conn: Conn, part: int, commands: list[SendMessage], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Decide and write a batch.

        Paces and wallets are read without a lock first: that somebody else uses up the same pace or money in the same
        moment is rare, and then the batch runs `again`, with both locked.
        """
        snapshot = await self._reference.fresh(conn)
        prepared = [ruling.prepare(snapshot, command) for command in commands]
        prepared = self._glance(prepared, now, snapshot.tact(now).filter.rate)
        loaded = await ruling.load(conn, part, snapshot, prepared, now, locked_in=PARTS[self._parts] if again else ())
        before = await _known(conn, part, commands, again=again)
        flows = self._flows if self._parts > 1 and not again else None
        outgoing = Outgoing(snapshot, loaded, self._new_id, self._parts, now, flows)
        answers: dict[UUID, Answer] = {}
        for one in prepared:
            message_id = one.command.message_id
            if message_id in before:
                answers[message_id] = _answer_known(one.command, before[message_id], loaded)
            elif message_id not in answers:  # a repeated request may meet itself within the batch
                answers[message_id] = _decide(one, outgoing)
        wakes = await outgoing.add(conn, part)
        return Done([answers[command.message_id] for command in commands], wakes)


def _decide(prepared: Prepared, outgoing: Outgoing) -> Answer:
    ruled, denied = outgoing.rule(prepared)
    if denied is None:
        return outgoing.let_out(ruled)
    due_at = outgoing.due_at(ruled, denied)
    if due_at is not None:
        return outgoing.keep_waiting(ruled, denied, due_at)
    command = prepared.command
    stored = not denied.reason.sync and not command.verdict_at_once
    if stored:
        outgoing.refuse(ruled, denied)
    else:
        outgoing.rebuff(ruled, denied)
    return Refused(command.message_id, command.wa_id, denied, stored)


async def _known(conn: Conn, part: int, commands: list[SendMessage], *, again: bool) -> dict[UUID, Known]:
    asked = [command.message_id for command in commands if again or command.repeatable]
    return await messages.known(conn, part, asked) if asked else {}


def _answer_known(command: SendMessage, known: Known, loaded: Loaded) -> Answer:
    person = loaded.people.get(command.wa_id)
    if known.due_at is not None:
        assert person is not None
        assert known.waits_for is not None
        return Waits(command.message_id, command.wa_id, person.user_code, known.due_at, known.waits_for)
    if known.cursor is None:  # an accepted one may have a reason, too: it expired since
        assert known.reason is not None
        reason = REASONS[known.reason]
        return Refused(command.message_id, command.wa_id, Denied("stored", reason, "decided before"), stored=True)
    assert person is not None
    return Accepted(command.message_id, command.wa_id, person.user_code, known.cursor, known.accepted_at)
