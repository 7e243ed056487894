"""What one person may change about a contract: less credit, a card from a month on; and legal data that a company asks for."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from takt.actions.outcome import Done
from takt.calendars import zone_named
from takt.core import contract
from takt.core.contract import Change, Fault, MonthDocument
from takt.core.entries import Payer
from takt.core.roll_up import start_of
from takt.core.value import value
from takt.store import businesses, contracts, registry
from takt.store.contracts import Agreed
from takt.store.parties import Kept
from takt.store.pool import Conn
from takt.store.stamp import take_turn


@value
class LowerLimit:
    """A company may owe less from now on, or nothing."""

    payer: Payer
    limit_micros: int
    who: str


@value
class AssignCard:
    """A company pays by this card from a month on that has not begun."""

    payer: Payer
    business_id: UUID
    card: str
    month: date
    who: str


@value
class MoveClient:
    """A company is the client of this partner from a month on that has not begun; None: of the operator."""

    payer: Payer
    business_id: UUID
    partner: Payer | None
    named: str
    """The partner by its id on the wire, for the history."""
    month: date
    who: str


@value
class WishLegal:
    """A company asks for this legal data, in the place of what it asked for before; parsed before."""

    payer: Payer
    document: Mapping[str, Any]
    who: str


@value
class DropWish:
    """The operator said yes or no to what a company asked for."""

    payer: Payer
    who: str
    accepted: bool


Command = LowerLimit | AssignCard | MoveClient | WishLegal | DropWish
Answer = Fault | None


async def change_contracts(
    conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
) -> Done[Answer]:
    """Each in turn; why it cannot be, if so. What is so already changes nothing, and so does a repeat."""
    del part, again
    if any(isinstance(one, AssignCard | MoveClient) for one in commands):
        await take_turn(conn)
    return Done([await _change(conn, one, now) for one in commands])


async def set_limit(conn: Conn, payer: Payer, limit_micros: int, who: str, now: datetime) -> None:
    """How much a company may owe from now on, whatever it was before: two people stand for more."""
    before = await contracts.agreed(conn, payer, locked=True)
    await contracts.set_limit(conn, payer, limit_micros)
    await _keep(conn, payer, Change("limit_micros", str(before.limit_micros), str(limit_micros), who, now))


async def choose_month_document(conn: Conn, payer: Payer, chosen: MonthDocument, who: str, now: datetime) -> None:
    """What is written, from now on, of the months that a contract paid ahead and that have no document yet."""
    before = await contracts.agreed(conn, payer, locked=True)
    await contracts.set_month_document(conn, payer, chosen)
    await _keep(conn, payer, Change("month_document", before.month_document, chosen, who, now))


async def _change(conn: Conn, command: Command, now: datetime) -> Answer:
    before = await contracts.agreed(conn, command.payer, locked=True)
    match command:
        case LowerLimit():
            if command.limit_micros > before.limit_micros:
                return Fault.MORE_CREDIT
            await set_limit(conn, command.payer, command.limit_micros, command.who, now)
        case AssignCard():
            return await _assign(conn, command, before, now)
        case MoveClient():
            return await _move(conn, command, before, now)
        case WishLegal():
            await contracts.put_wish(conn, command.payer, Kept(0, command.document, command.who, now))
        case DropWish():
            if await contracts.drop_wish(conn, command.payer) and not command.accepted:
                await _keep(conn, command.payer, Change("legal", "asked for", "declined", command.who, now))
    return None


async def _assign(conn: Conn, command: AssignCard, before: Agreed, now: datetime) -> Answer:
    tz = zone_named(before.time_zone)
    assert tz is not None, "a contract has clocks that are known"
    if not contract.may_begin(command.month, now, tz):
        return Fault.BEGUN
    begins = start_of(command.month, tz)
    if await registry.find_currency(conn, command.card, begins) != before.currency:
        return Fault.CURRENCY
    await contracts.assign_card(conn, command.business_id, command.card, begins, command.who, now)
    change = Change("card", "", f"{command.card} {command.month:%Y-%m}", command.who, now)
    await _keep(conn, command.payer, change)
    return None


async def _move(conn: Conn, command: MoveClient, before: Agreed, now: datetime) -> Answer:
    """Who has a line of credit with its partner moves to the operator without it: to lend anew takes two people."""
    tz = zone_named(before.time_zone)
    assert tz is not None, "a contract has clocks that are known"
    if not contract.may_begin(command.month, now, tz):
        return Fault.BEGUN
    if command.partner is None and before.limit_micros > 0:
        return Fault.LENT
    if command.partner is not None and not await _may_sell(conn, command, before.currency):
        return Fault.PARTNER
    await contracts.move(conn, command.business_id, start_of(command.month, tz), command.partner, command.who, now)
    await _keep(
        conn, command.payer, Change("partner", "", f"{command.named} {command.month:%Y-%m}".strip(), command.who, now)
    )
    return None


async def _may_sell(conn: Conn, command: MoveClient, currency: str) -> bool:
    """A partner is paid alike and is nobody's client; its client sells to nobody."""
    assert command.partner is not None
    if command.partner == command.payer or await contracts.has_clients(conn, command.payer):
        return False
    return await businesses.selling_currency(conn, *command.partner) == currency


async def _keep(conn: Conn, payer: Payer, change: Change) -> None:
    if change.was != change.becomes:
        await contracts.add_change(conn, payer, change)
