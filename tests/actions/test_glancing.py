"""The glance: what may be fraud waits until it was read, from the very first message on; all else goes straight out."""

from datetime import timedelta

import pytest

from takt.actions.examine import Examine
from takt.actions.glancing import GLANCES_S_MAX, Glance
from takt.actions.ruling import prepare
from takt.actions.send import Send
from takt.actions.text_reading import TextReader
from takt.clock import CLOCK
from takt.core.filtering import SUSPECT
from takt.core.message import Accepted, SendMessage, Waits
from takt.store.pool import transaction
from tests.suspecting import SCAM
from tests.world import NOW, OPEN, Somebody, World, template_to, text_to

FINE = "Your table for two is booked for tomorrow at eight."
RATE = "0.001"


@pytest.fixture
async def glance(world: World) -> Glance:
    await world.set_policy(OPEN)
    texts = TextReader()
    async with world.site.everywhere.acquire() as conn:
        await texts.model(conn)
    return Glance(texts)


@pytest.fixture
async def mara(world: World) -> Somebody:
    person = await world.add_person("491510001111")
    await world.set_thread(person, world.outreach, window_until=NOW + timedelta(hours=24))
    return person


async def marks(world: World, glance: Glance, *commands: SendMessage) -> list[str]:
    async with world.site.everywhere.acquire() as conn:
        snapshot = await world.reference.fresh(conn)
    prepared = [prepare(snapshot, command) for command in commands]
    return [one.read_as for one in glance(prepared, NOW, RATE)]


async def test_the_first_message_like_fraud_waits(world: World, glance: Glance, mara: Somebody) -> None:
    commands = [text_to(world, mara.wa_id, text, sender=world.outreach) for text in (FINE, SCAM)]
    send = Send(world.reference, CLOCK.new_id, len(world.site.parts), glance)
    async with transaction(world.site.pool(mara.part)) as conn:
        answers = (await send(conn, mara.part, commands, NOW, again=False)).answers
    assert [type(one) for one in answers] == [Accepted, Waits]
    assert isinstance(answers[1], Waits)
    assert answers[1].waits_for == "filter"
    examine = Examine(world.reference, len(world.site.parts), glance)
    async with transaction(world.site.pool(mara.part)) as conn:
        (found,) = (await examine(conn, mara.part, commands[1:], NOW, again=False)).answers
    assert found.denied is not None
    assert (found.denied.rule, found.denied.figure) == ("filter", "reads like fraud at a glance")
    assert found.would_send


async def test_of_a_template_only_links_among_its_values_are_worth_it(
    world: World, glance: Glance, mara: Somebody
) -> None:
    await world.set_reference("UPDATE template SET category = 'utility' WHERE name = 'order_update'")
    plain = template_to(world, mara.wa_id, "order_update", "your PIN and card number, or your account is locked")
    linked = template_to(
        world, mara.wa_id, "order_update", "locked. Confirm your card number and PIN at http://verify.example.test"
    )
    assert await marks(world, glance, plain, linked) == ["", SUSPECT]
    await world.set_reference("UPDATE template SET category = 'authentication' WHERE name = 'order_update'")
    assert await marks(world, glance, linked) == [""]


async def test_a_second_has_only_so_many_glances(world: World, glance: Glance, mara: Somebody) -> None:
    said = [text_to(world, mara.wa_id, f"{SCAM} {number}") for number in range(GLANCES_S_MAX + 5)]
    assert await marks(world, glance, *said) == [SUSPECT] * GLANCES_S_MAX + [""] * 5
    assert await marks(world, glance, *said) == [SUSPECT] * GLANCES_S_MAX + [""] * 5, "what was seen is remembered"


async def test_before_a_model_is_loaded_nothing_is_marked(world: World, mara: Somebody) -> None:
    assert await marks(world, Glance(TextReader()), text_to(world, mara.wa_id, SCAM)) == [""]
