"""Registering: who is there stays, what is taken is named, and nothing strays into another part."""

from dataclasses import replace
from hashlib import sha256

from takt.actions.count_calls import CountCalls, count_calls
from takt.actions.register import AddBusiness, AddPerson, AddSender, Command, Register, add_people
from takt.clock import CLOCK
from takt.core.ids import derive_id, slot_of, slot_of_key
from takt.store.pool import transaction
from takt.store.recipients import NewRecipient
from tests.world import NOW, World, twins


async def register(world: World, *commands: Command, again: bool = False) -> list[str | None]:
    part = world.site.parts[0]
    async with transaction(world.site.pool(part)) as conn:
        return (await Register(world.site.parts)(conn, part, list(commands), NOW, again=again)).answers


def enroll(wa_id: str, token: str) -> AddPerson:
    person_id = derive_id(slot_of_key(wa_id), "person", wa_id)
    person = NewRecipient(person_id, wa_id, f"DE.{person_id.int}", "Franz", "de", "DE")
    return AddPerson(person, sha256(token.encode()).digest(), "registered")


async def test_a_company_and_its_sender_are_registered_once(world: World) -> None:
    contract_id = CLOCK.new_id(0)
    wish = replace(
        world.business, business_id=CLOCK.new_id(0), waba_id="200493023888", contract_id=contract_id,
        contract_part=world.site.part_of(slot_of(contract_id)),
    )  # fmt: skip
    sender = replace(world.outreach, sender_id="100493023125088", phone="493023125088", business=wish)
    async with twins(world):
        assert await register(world, AddBusiness(wish, "EUR"), AddSender(sender)) == [None, None]
        assert await register(world, AddBusiness(wish, "EUR"), AddSender(sender), again=True) == [None, None]
    assert len(await world.rows("SELECT 1 FROM account WHERE contract_id = $1 AND part < 1000", contract_id)) == 1
    assert len(await world.rows("SELECT 1 FROM pace WHERE sender_id = $1 AND part < 1000", sender.sender_id)) == len(
        world.site.parts
    )
    stranger = replace(wish, business_id=CLOCK.new_id(0))
    assert await register(
        world,
        AddBusiness(stranger, "EUR"),
        AddBusiness(replace(stranger, waba_id="200493023889", card="none"), "EUR"),
        AddSender(replace(sender, sender_id="100493023125089")),
        AddSender(replace(sender, phone="493023125089")),
    ) == ["id", "card", "phone", "id"]


async def test_a_person_is_registered_once_and_may_have_several_devices(world: World) -> None:
    known = await world.add_person(world.numbers(world.site.parts[-1], 2)[0])
    fresh = world.numbers(world.site.parts[-1], 2)[1]
    wishes = [enroll(known.wa_id, "d1"), enroll(fresh, "d2"), enroll(fresh, "d3"), enroll(fresh, "d2")]
    async with twins(world), transaction(world.site.pool(known.part)) as conn:
        answers = (await add_people(conn, known.part, wishes, NOW, again=False)).answers
    assert answers == [known.recipient_id, *[wishes[1].person.recipient_id] * 3]
    assert await world.count("device") == 3
    assert await world.count("recipient") == 2


async def test_calls_are_summed_and_begin_anew_with_the_hour(world: World) -> None:
    part = world.site.parts[0]
    hour = NOW.replace(minute=0)
    later = hour.replace(hour=hour.hour + 1)
    async with twins(world), transaction(world.site.pool(part)) as conn:
        first = [CountCalls("1", "2", hour, 3), CountCalls("1", "2", hour, 4), CountCalls("1", "1", hour, 1)]
        assert (await count_calls(conn, part, first, NOW, again=False)).answers == [7, 7, 1]
        assert (await count_calls(conn, part, [CountCalls("1", "2", later, 2)], NOW, again=False)).answers == [2]
        # A process whose clock is behind counts by itself.
        assert (await count_calls(conn, part, [CountCalls("1", "2", hour, 5)], NOW, again=False)).answers == [5]
    assert await world.count("call_count") == 2
