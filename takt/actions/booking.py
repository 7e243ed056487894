"""What two people decide about money: proposed by one, signed by another, and done in the transaction that signs.

`core/booking.py` has the rules. What is given back, given or lent goes the ways of its own kind from there.
"""

from datetime import datetime
from uuid import UUID

from takt.actions import contract, grant, refund
from takt.actions.outcome import Done
from takt.actions.refund import Refund, Reverse
from takt.core import booking
from takt.core.booking import Act, Booking, Fault, Sort
from takt.core.ids import slot_of
from takt.core.value import value
from takt.store import bookings, documents, journal, ledger
from takt.store.pool import Conn
from takt.store.site import part_of


@value
class Do:
    """An act about a booking; a proposal brings its body."""

    booking_id: UUID
    act: Act


Answer = Booking | Fault


class BookByHand:
    """The action of this lane. `parts` are all that there are: a message lies in one of them."""

    def __init__(self, parts: tuple[int, ...]) -> None:
        self._parts = parts

    async def __call__(self, conn: Conn, part: int, commands: list[Do], now: datetime, *, again: bool) -> Done[Answer]:
        """Each in turn. An act that was done in a first run that nobody saw end is not done twice."""
        del part
        await bookings.take_turn(conn)
        return Done([await self._do(conn, command, now, again=again) for command in commands])

    async def _do(self, conn: Conn, command: Do, now: datetime, *, again: bool) -> Answer:
        acts = await bookings.acts(conn, command.booking_id)
        standing = booking.fold(acts)
        if again and standing is not None and (acts[-1].kind, acts[-1].actor) == (command.act.kind, command.act.actor):
            return standing
        refused = booking.fault(standing, command.act)
        after = booking.fold([*acts, command.act])
        assert after is not None or refused is not None, "a proposal brings its body"
        if refused is None and after is not None and after.signed is not None:
            refused = await self._book(conn, command.booking_id, after, now)
        if refused is not None:
            return refused
        await bookings.add_act(conn, command.booking_id, command.act)
        assert after is not None, "else it was refused"
        return after

    async def _book(self, conn: Conn, booking_id: UUID, signed: Booking, now: datetime) -> Fault | None:
        """Do what was signed."""
        body = signed.body
        match body.sort:
            case Sort.GRANT:
                await grant.issue(conn, [booking.given(booking_id, body, now)], now)
            case Sort.LIMIT:
                assert signed.signed is not None
                who = f"{signed.author.name}, {signed.signed.name}"
                await contract.set_limit(conn, body.payer, body.amount_micros, who, now)
            case Sort.REFUND | Sort.REVERSAL:
                return await self._give_back(conn, body, now)
            case _:
                return await _move(conn, booking_id, body, now)
        return None

    async def _give_back(self, conn: Conn, body: booking.Body, now: datetime) -> Fault | None:
        assert body.of is not None, "it says what of"
        if await journal.find(conn, body.payer, [undoing(body)]):
            return Fault.GONE
        note = body.note[: refund.NOTE_CHARS_MAX]
        if body.sort is Sort.REFUND:
            part = part_of(self._parts, slot_of(body.of))
            done = await refund.refund(conn, part, [Refund(body.of, note)], now, again=False)
        else:
            done = await refund.reverse(conn, body.payer[0], [Reverse(body.payer, body.of, note)], now, again=False)
        return None if done.answers[0] is not None else Fault.GONE


def undoing(body: booking.Body) -> UUID:
    """The id of the entry by which a booking gives something back."""
    assert body.of is not None, "it says what of"
    return refund.refund_id(body.of) if body.sort is Sort.REFUND else refund.reversal_id(body.payer, body.of)


async def _move(conn: Conn, booking_id: UUID, body: booking.Body, now: datetime) -> Fault | None:
    """Move the money, if the wallet covers what leaves it. The contract is held before the wallet, as everywhere."""
    await documents.hold_contract(conn, body.payer)
    wallet = (await ledger.wallets(conn, [body.payer], now, locked=True))[body.payer]
    if body.sort is Sort.PAID_BACK and wallet.available_micros < body.amount_micros:
        return Fault.NOT_COVERED
    if body.sort is Sort.PAID_OUT and await ledger.owed_to_partner(conn, body.payer) < body.amount_micros:
        return Fault.NOT_OWED
    await journal.book(conn, [booking.entry(booking_id, body, now)], now)
    return None
