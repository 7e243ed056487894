"""Companies pay: payments begin, are told of, mandates come and go. By contracts; nothing is credited before it settled."""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from uuid import UUID

from takt.actions import payment_steps, spending
from takt.actions.outcome import HOOKS, Done
from takt.actions.payment_steps import Said
from takt.core.entries import Entry, Payer
from takt.core.mandate import Mandate
from takt.core.payment import Payment, State, Word
from takt.core.tax import Vat
from takt.core.value import value
from takt.store import journal, mandates, payments
from takt.store.pool import Conn
from takt.store.reference import Reference


@value
class Begin:
    """A payment that is asked for; the same `payment_id` twice is one."""

    payment: Payment
    who: str


@value
class Tell:
    """A word about a payment."""

    payer_part: int
    payment_id: UUID
    said: Said


@value
class SignMandate:
    """A company gives leave to collect."""

    mandate: Mandate


@value
class EndMandate:
    """A company takes that leave back. What is announced and not at the bank yet is not collected any more."""

    payer: Payer
    mandate_id: UUID


@value
class SetTax:
    """How what a company pays ahead is taxed from now on."""

    payer: Payer
    vat: Vat


Command = Begin | Tell | SignMandate | EndMandate | SetTax
Answer = Payment | bool | None
"""A payment as it is now, None when it is unknown; of all else, whether it was done."""


@value
class _Turn:
    """What a batch comes to."""

    conn: Conn
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    returned: list[Payment] = field(default_factory=list)


class Paying:
    """The action of this lane. `new_id` makes an id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Do what a batch says in its order; a repeat changes nothing."""
        del part, again
        turn = _Turn(conn, now)
        answers = [await _do(turn, command) for command in commands]
        snapshot = await self._reference.fresh(conn)
        for one in turn.returned:
            await spending.alert_returned(conn, snapshot, one, self._new_id, now)
        if turn.entries:
            await journal.book(conn, turn.entries, now)
        return Done(answers, {HOOKS} if turn.returned else set())


async def _do(turn: _Turn, command: Command) -> Answer:
    match command:
        case Begin():
            return await _begin(turn, command)
        case Tell():
            return await _tell(turn, command)
        case SignMandate():
            return await mandates.add(turn.conn, command.mandate)
        case EndMandate():
            return await _end(turn, command)
        case SetTax():
            await payments.set_tax(turn.conn, command.payer, command.vat)
            return True


async def _begin(turn: _Turn, command: Begin) -> Payment:
    await payments.add(turn.conn, command.payment, command.who)
    kept = await payments.find(turn.conn, command.payment.payer, command.payment.payment_id)
    assert kept is not None, "it was written, or was there"
    return kept.payment


async def _tell(turn: _Turn, command: Tell) -> Payment | None:
    found = await payments.lock(turn.conn, command.payer_part, [command.payment_id])
    if command.payment_id not in found:
        return None
    one = found[command.payment_id].payment
    if one.provider != command.said.provider:
        return None
    step = await payment_steps.take(turn.conn, one, command.said, turn.now)
    turn.entries.extend(step.entries)
    if step.entries and step.payment.state is State.RETURNED:
        turn.returned.append(step.payment)
    return step.payment


async def _end(turn: _Turn, command: EndMandate) -> bool:
    if not await mandates.end(turn.conn, command.payer, command.mandate_id, turn.now):
        return False
    for one in await payments.awaited(turn.conn, command.payer[0], [command.payer[1]]):
        await _give_up(turn, one, command.mandate_id)
    return True


async def _give_up(turn: _Turn, one: Payment, mandate_id: UUID) -> None:
    found = (await payments.lock(turn.conn, one.payer[0], [one.payment_id]))[one.payment_id]
    if found.payment.mandate_id == mandate_id and not found.batch and found.payment.state is State.INITIATED:
        said = Said("debit", f"mandate-ended-{one.payment_id}", Word.FAILED, turn.now, why="MD01")
        await payment_steps.take(turn.conn, found.payment, said, turn.now)
