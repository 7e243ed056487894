"""Bookings by hand: proposed by one, signed by another, and booked in the transaction that signs. `core/booking.py` has the rules."""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core import booking
from takt.core.booking import Act, Booking, Fault, Kind
from takt.core.value import value
from takt.store import bookings, journal, ledger
from takt.store.pool import Conn


@value
class Do:
    """An act about a booking; a proposal brings its body."""

    booking_id: UUID
    act: Act


Answer = Booking | Fault


async def book_by_hand(conn: Conn, part: int, commands: list[Do], now: datetime, *, again: bool) -> Done[Answer]:
    """Each in turn. An act that was done in a first run that nobody saw end is not done twice."""
    del part
    await bookings.lock(conn)
    return Done([await _do(conn, command, now, again=again) for command in commands])


async def _do(conn: Conn, command: Do, now: datetime, *, again: bool) -> Answer:
    acts = await bookings.acts(conn, command.booking_id)
    standing = booking.fold(acts)
    if again and standing is not None and (acts[-1].kind, acts[-1].actor) == (command.act.kind, command.act.actor):
        return standing
    refused = booking.fault(standing, command.act)
    if refused is None and command.act.kind is Kind.SIGN:
        assert standing is not None
        refused = await _book(conn, command.booking_id, standing, now)
    if refused is not None:
        return refused
    await bookings.add_act(conn, command.booking_id, command.act)
    after = booking.fold([*acts, command.act])
    assert after is not None, "a proposal brings its body"
    return after


async def _book(conn: Conn, booking_id: UUID, standing: Booking, now: datetime) -> Fault | None:
    """Move the money, if the wallet covers what leaves it."""
    body = standing.body
    wallet = (await ledger.wallets(conn, [body.payer], now, locked=True))[body.payer]
    if body.sort is booking.Sort.PAID_BACK and wallet.available_micros < body.amount_micros:
        return Fault.NOT_COVERED
    if body.sort is booking.Sort.PAID_OUT and await ledger.owed_to_partner(conn, body.payer) < body.amount_micros:
        return Fault.NOT_OWED
    await journal.book(conn, [booking.entry(booking_id, body, now)], now)
    return None
