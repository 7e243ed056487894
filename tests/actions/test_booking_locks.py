"""Bookings by hand beside everything else that moves money: nobody waits for another in a circle, and the books stay right."""

import asyncio
from datetime import date
from typing import Any, cast
from uuid import UUID

from takt.actions.booking import BookByHand, Do
from takt.actions.contract import AssignCard, LowerLimit, change_contracts
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.booking import Act, Body, Booking, Gift, Kind, Sort
from takt.core.grants import GrantKind
from takt.core.message import Status
from takt.core.proposal import Actor
from takt.store.audit import ledger_faults
from takt.store.businesses import NewStaff, add_staff
from takt.store.pool import Conn, transaction
from tests.actions.locking import Gated, somebody_waits
from tests.world import FUNDS, NOW, Somebody, World, template_to

PEOPLE = 6


async def staff(world: World) -> tuple[Actor, Actor]:
    """Two people who work for the operator."""
    async with transaction(world.site.everywhere) as conn:
        for name in ("olga", "otto"):
            await add_staff(conn, NewStaff(CLOCK.new_id(), None, name, name.title(), "operator"), NOW)
    rows = await world.rows("SELECT name, staff_id FROM staff ORDER BY name")
    one, other = (Actor(name, staff_id) for name, staff_id in rows)
    return one, other


async def act(world: World, booking_id: UUID, one: Act) -> Any:
    """One act in a transaction of its own, which nobody repeats."""
    async with transaction(world.site.everywhere) as conn:
        return (await BookByHand(world.site.parts)(conn, 0, [Do(booking_id, one)], NOW, again=False)).answers[0]


async def both(world: World, people: tuple[Actor, Actor], body: Body) -> Any:
    """A booking that one proposes and the other signs."""
    booking_id = CLOCK.new_id()
    assert isinstance(await act(world, booking_id, Act(Kind.PROPOSE, people[0], NOW, body)), Booking)
    return await act(world, booking_id, Act(Kind.SIGN, people[1], NOW))


def a_card(world: World) -> AssignCard:
    """The company pays by the same card from a later month on."""
    return AssignCard(world.payer, world.business.business_id, "card", date(2027, 3, 1), "Olga")


def money_back(world: World, micros: int = 1_000) -> Body:
    """Money that goes back to the company."""
    return Body(world.payer, Sort.PAID_BACK, micros, "EUR", "too much")


async def test_a_change_of_the_contract_and_a_booking_take_their_locks_in_one_order(world: World) -> None:
    """The change is in the middle when the booking comes; the booking waits for it, and both come to their end."""
    people = await staff(world)

    async def change() -> Any:
        async with transaction(world.site.everywhere) as conn:
            gated = Gated(conn, "INSERT INTO card_assignment")
            reached.set_result(gated)
            return await change_contracts(cast("Conn", gated), 0, [a_card(world)], NOW, again=False)

    reached: asyncio.Future[Gated] = asyncio.get_running_loop().create_future()
    changing = asyncio.create_task(change())
    gated = await reached
    await gated.reached.wait()
    booking = asyncio.create_task(both(world, people, money_back(world)))
    await somebody_waits(world)
    gated.open.set()
    assert (await changing).answers == [None]
    booked = await booking
    assert isinstance(booked, Booking)
    assert booked.signed == people[1]
    assert await world.money() == (FUNDS - 1_000, 0)


async def charge(world: World, person: Somebody) -> UUID:
    """A message that arrives."""
    command = template_to(world, person.wa_id)
    async with transaction(world.site.pool(person.part)) as conn:
        send = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        await send(conn, person.part, [command], NOW, again=True)
    async with transaction(world.site.pool(person.part)) as conn:
        receipt = Receipt(person.recipient_id, Status.DELIVERED, 1)
        await TakeReceipts(world.reference, CLOCK.new_id)(conn, person.part, [receipt], NOW, again=False)
    return command.message_id


async def test_bookings_of_every_sort_beside_sends_and_changes_never_wait_in_a_circle(world: World) -> None:
    """No transaction here is repeated: one circle would fail the test. Afterwards every account is as its journal has it."""
    people = await staff(world)
    crowd = [await world.add_person(wa_id) for part in world.site.parts for wa_id in world.numbers(part, PEOPLE)]
    charged = [await charge(world, person) for person in crowd[:PEOPLE]]
    gift = Gift("welcome", GrantKind.PROMO, 30)

    async def change(command: AssignCard | LowerLimit) -> None:
        async with transaction(world.site.everywhere) as conn:
            assert (await change_contracts(conn, 0, [command], NOW, again=False)).answers == [None]

    works: list[Any] = []
    for number in range(PEOPLE):
        refund = Body(world.payer, Sort.REFUND, 1, "EUR", "sorry", of=charged[number])
        works += [
            both(world, people, refund), both(world, people, money_back(world)), charge(world, crowd[number]),
            both(world, people, Body(world.payer, Sort.GRANT, 5_000, "EUR", "hello", gift=gift)),
            both(world, people, Body(world.payer, Sort.LIMIT, 1_000 * number, "EUR", "trust")),
            change(a_card(world)), change(LowerLimit(world.payer, 0, "Olga")),
        ]  # fmt: skip
    done = await asyncio.gather(*works)
    assert sum(isinstance(one, Booking) for one in done) == 4 * PEOPLE
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []
