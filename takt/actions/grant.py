"""Credit of companies is given, and taken off again when it is over: ended by time or by the operator."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from takt.actions.outcome import Done
from takt.core import grants as rules
from takt.core.entries import Payer
from takt.core.grants import Grant, GrantKind
from takt.core.ids import derive_id, slot_of
from takt.core.rating import RateCard
from takt.core.value import value
from takt.store import grants, journal
from takt.store.pool import Conn

SLICE_MAX = 200


@value
class VoidGrant:
    """A grant of a contract is over from now on; what is set aside on it already is still used."""

    payer: Payer
    grant_id: UUID


async def void(conn: Conn, part: int, commands: list[VoidGrant], now: datetime, *, again: bool) -> Done[bool]:
    """Void grants of contracts of a part; whether there was something to do."""
    del part, again
    return Done([await grants.void(conn, one.payer, one.grant_id, now) for one in commands])


async def issue(conn: Conn, some: Sequence[Grant], now: datetime) -> None:
    """Issue grants: row, account and entry, each once."""
    new = [one for one in some if await grants.add(conn, one)]
    if new:
        await journal.book(conn, [rules.issue(one) for one in new], now)


def welcome(card: RateCard, payer: Payer, now: datetime, *wholesale: str) -> list[Grant]:
    """What a rate card gives to a contract that is new, or to a partner that begins to buy by this wholesale card."""
    return [
        Grant(
            derive_id(slot_of(payer[1]), "grant", str(payer[1]), *wholesale, one.name), payer, one.name, GrantKind(one.kind),
            one.amount_micros, card.currency, one.priority, tuple(sorted(one.eligible)), (), now,
            now + timedelta(days=one.days),
        )
        for one in card.terms.grants
    ]  # fmt: skip


class Lapse:
    """Takes off what is left of grants that are over. `new_id` makes the id of an entry in a slot."""

    def __init__(self, new_id: Callable[[int], UUID]) -> None:
        self._new_id = new_id

    async def __call__(self, conn: Conn, part: int, now: datetime) -> int:
        """One slice of a part, at most 200; how many there were. What is still set aside lapses when it comes back.

        Raises OverspentError when somebody sets aside on one of them at this moment; the next round finds it.
        """
        over = await grants.list_over(conn, part, now, SLICE_MAX)
        booked = [
            entry
            for one in over
            if (entry := rules.lapse(one, self._new_id(slot_of(one.grant.payer[1])), now)) is not None
        ]
        settled = [one.grant for one in over if one.pending_micros == 0]
        if settled:
            await grants.close(conn, part, settled, now)
        if booked:
            await journal.book(conn, booked, now)
        return len(over)
