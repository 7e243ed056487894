"""A company has read what a person wrote, and maybe begins to answer.

Reading goes up to a message, which makes everything before it in the thread read, too (Cloud API, "Mark messages as
read"). It moves one way only: a repeat changes nothing and tells nobody. Typing is never stored: it is a passing
signal, and given only while the company may answer freely and the person still wants to hear from it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from takt.actions.outcome import DESK, Done, inbox_topic
from takt.core import window
from takt.core.ids import slot_of
from takt.core.value import value
from takt.store import marks, recipients
from takt.store.facts import Pair
from takt.store.marks import Mark, Read, Reading, Written
from takt.store.pool import Conn


@value
class Acknowledge:
    """What a company has read of a sender's thread, named by a message of the person or by the person.

    `through` is the cursor up to which the thread was read when the person is named; None is all of it. `typing` also
    shows the person that an answer is being written.
    """

    sender_id: str
    recipient_id: UUID | None = None
    message_id: UUID | None = None
    through: int | None = None
    typing: bool = False

    @property
    def slot(self) -> int:
        """Whose lane this belongs to."""
        named = self.message_id or self.recipient_id
        assert named is not None
        return slot_of(named)


@value
class Acknowledged:
    """The thread is read through this cursor, by this command or since before it."""

    recipient_id: UUID
    through: int


Answer = Acknowledged | None
"""None: the person never wrote such a message, or anything at all, to this sender."""


@value
class _Wish:
    """A command whose thread is found; `through` None reads all of it."""

    pair: Pair
    through: int | None
    typing: bool


async def acknowledge(
    conn: Conn, part: int, commands: list[Acknowledge], now: datetime, *, again: bool
) -> Done[Answer]:
    """The action of the acknowledging lane: mark threads read, tell people by a notice, leave the cards to follow."""
    written = await marks.find_written(conn, part, [c.message_id for c in commands if c.message_id is not None])
    wishes = [_wish(command, written) for command in commands]
    pairs = sorted({wish.pair for wish in wishes if wish is not None})
    people = await recipients.lock(conn, part, [pair[0] for pair in pairs])
    states = await marks.readings(conn, part, pairs)
    reads = await _reads(conn, part, _targets(wishes, states), states)
    if reads:
        await marks.set_read(conn, part, reads)
        await marks.add_marks(conn, part, people, [Mark(read.pair, "read", read.through) for read in reads], now)
    through = {pair: state.desk_read for pair, state in states.items()} | {r.pair: r.through for r in reads}
    answers: list[Answer] = [
        Acknowledged(wish.pair[0], through[wish.pair]) if wish is not None and wish.pair in through else None
        for wish in wishes
    ]
    moved = list(through) if again else [read.pair for read in reads]
    return Done(answers, _wakes(moved) | _typing(wishes, states, now))


def typing_signal(recipient_id: UUID, sender_id: str) -> str:
    """Topic with signal: this sender writes to this person now."""
    return f"{inbox_topic(recipient_id)}#typing:{sender_id}"


def may_type(window_until: datetime | None, now: datetime, *, closed: bool) -> bool:
    """Whether a person is shown that a company types: it may answer freely, and is neither blocked nor cleared away."""
    return window.is_open(window_until, now) and not closed


def _wish(command: Acknowledge, written: Mapping[UUID, Written]) -> _Wish | None:
    if command.message_id is None:
        assert command.recipient_id is not None
        return _Wish((command.recipient_id, command.sender_id), command.through, command.typing)
    found = written.get(command.message_id)
    if found is None or found.pair[1] != command.sender_id:
        return None
    return _Wish(found.pair, found.cursor, command.typing)


def _targets(wishes: Sequence[_Wish | None], states: Mapping[Pair, Reading]) -> dict[Pair, int]:
    """How far each thread is read now, where that is further than before."""
    targets: dict[Pair, int] = {}
    for wish in wishes:
        state = states.get(wish.pair) if wish is not None else None
        if wish is None or state is None:
            continue
        end = state.inbound_cursor
        through = end if wish.through is None else min(wish.through, end)
        if through > max(state.desk_read, targets.get(wish.pair, 0)):
            targets[wish.pair] = through
    return targets


async def _reads(conn: Conn, part: int, targets: Mapping[Pair, int], states: Mapping[Pair, Reading]) -> list[Read]:
    """The targets with the number of messages each makes read; only those short of the end have to be counted."""
    short = {
        pair: (states[pair].desk_read, through)
        for pair, through in targets.items()
        if through < states[pair].inbound_cursor
    }
    counted = await marks.count_written(conn, part, short) if short else {}
    return [
        Read(
            pair, through,
            states[pair].desk_read_count + counted[pair] if pair in short else states[pair].inbound_count,
        )
        for pair, through in sorted(targets.items())
    ]  # fmt: skip


def _wakes(pairs: Sequence[Pair]) -> set[str]:
    return {DESK, *(inbox_topic(pair[0]) for pair in pairs)} if pairs else set()


def _typing(wishes: Sequence[_Wish | None], states: Mapping[Pair, Reading], now: datetime) -> set[str]:
    return {
        typing_signal(*wish.pair)
        for wish in wishes
        if wish is not None
        and wish.typing
        and wish.pair in states
        and may_type(states[wish.pair].window_until, now, closed=states[wish.pair].closed)
    }
