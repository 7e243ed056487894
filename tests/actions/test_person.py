"""What people set up: browsers, of which each keeps the newest 20, language and read receipts."""

from datetime import datetime, timedelta

from takt.actions.person import CloseDevice, Command, OpenBrowser, Settings, set_up
from takt.store import devices
from takt.store.pool import transaction
from takt.store.reading import token_hash
from tests.world import NOW, Somebody, World, twins


async def somebody(world: World, place: int = 0) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])


async def run(world: World, person: Somebody, *commands: Command, now: datetime = NOW) -> None:
    async with transaction(world.site.pool(person.part)) as conn:
        done = await set_up(conn, person.part, list(commands), now, again=False)
    assert done.answers == [None] * len(commands)


async def test_a_browser_is_signed_in_and_out(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    mine, theirs = token_hash("mine"), token_hash("theirs")
    async with twins(world):
        await run(world, person, OpenBrowser(person.recipient_id, mine), OpenBrowser(other.recipient_id, theirs))
        await run(world, person, OpenBrowser(person.recipient_id, mine))
    assert await world.rows(
        "SELECT token_sha256, recipient_id, label, created_at FROM device WHERE part = $1 ORDER BY token_sha256",
        person.part,
    ) == sorted([(mine, person.recipient_id, "browser", NOW), (theirs, other.recipient_id, "browser", NOW)])
    await run(world, person, CloseDevice(person.recipient_id, mine))
    assert await world.rows("SELECT token_sha256 FROM device WHERE part = $1", person.part) == [(theirs,)]


async def test_signing_out_stays_in_its_part(world: World) -> None:
    person = await somebody(world)
    await run(world, person, OpenBrowser(person.recipient_id, token_hash("mine")))
    async with twins(world):
        await run(world, person, CloseDevice(person.recipient_id, token_hash("mine")))
    assert await world.count("device") == 0


async def test_of_many_browsers_the_newest_stay_and_other_devices_are_not_counted(world: World) -> None:
    person = await somebody(world)
    async with transaction(world.site.pool(person.part)) as conn:
        await devices.add(conn, person.part, "phone", person.recipient_id, "phone", NOW - timedelta(days=9))
    for number in range(25):
        opened = OpenBrowser(person.recipient_id, token_hash(str(number)))
        await run(world, person, opened, now=NOW + timedelta(minutes=number))
    kept = {row[0] for row in await world.rows("SELECT token_sha256 FROM device WHERE part = $1", person.part)}
    assert kept == {token_hash(name) for name in ["phone", *map(str, range(5, 25))]}


async def test_settings_are_set_one_by_one(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    async with twins(world):
        await run(world, person, Settings(person.recipient_id, locale="en"))
        await run(
            world, person, Settings(other.recipient_id, read_receipts=False),
            Settings(person.recipient_id, read_receipts=False), Settings(person.recipient_id, read_receipts=True),
        )  # fmt: skip
    assert await world.rows(
        "SELECT recipient_id, locale, read_receipts FROM recipient WHERE part = $1 ORDER BY wa_id", person.part
    ) == [(person.recipient_id, "en", True), (other.recipient_id, "de", False)]
