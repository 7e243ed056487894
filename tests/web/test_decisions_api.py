"""The operator looks up what was decided: by a message's id, or by somebody's number."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.ids import wamid
from takt.core.policy import RULES
from takt.store.pool import transaction
from tests.cloud import OPERATOR, TOKEN
from tests.console import Console, open_console
from tests.world import OPEN, World, template_to

AT = "/takt/v1/decisions"


@pytest.fixture
async def console(world: World) -> AsyncIterator[Console]:
    async with open_console(world) as opened:
        yield opened


async def send(world: World, wa_id: str, *, granted: bool) -> str:
    """Advertising to somebody; the id of the message."""
    person = await world.add_person(wa_id)
    if granted:
        await world.set_marketing(person, granted=True)
    command = template_to(world, wa_id, "autumn_offer", "20 %")
    async with transaction(world.site.pool(person.part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        await action(conn, person.part, [command], CLOCK.now(), again=False)
    return wamid(command.message_id)


@pytest.mark.parametrize("granted", [True, False])
async def test_every_rules_finding_and_the_version_of_the_policy(
    console: Console, world: World, *, granted: bool
) -> None:
    (wa_id,) = world.numbers(world.site.parts[-1], 1)
    message = await send(world, wa_id, granted=granted)
    async with console.browser("olga") as olga:
        decision = (await olga.get("/decisions", params={"of": message})).json()["decision"]
    assert (decision["message"], decision["to"], decision["company"]) == (message, wa_id, "Nordwind")
    assert decision["policy"] == 1
    assert len(decision["rules"]) == len(RULES)
    assert decision["rule"] == (None if granted else "marketing_consent")
    assert (decision["forecast"] is None) is granted
    program = (await console.cloud.get(AT, OPERATOR, of=message)).json()["decision"]
    assert (program["message"], program["policy"]) == (message, 1)


async def test_every_decision_knows_the_version_of_the_policy_not_those_on_advertising_alone(
    console: Console, world: World
) -> None:
    (wa_id,) = world.numbers(world.site.parts[0], 1)
    person = await world.add_person(wa_id)
    command = template_to(world, wa_id)
    async with transaction(world.site.pool(person.part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        await action(conn, person.part, [command], CLOCK.now(), again=False)
    found = (await console.cloud.get(AT, OPERATOR, of=wamid(command.message_id))).json()["decision"]
    assert (found["category"], found["policy"]) == ("utility", 1)


async def test_a_number_lists_its_newest_messages(console: Console, world: World) -> None:
    (wa_id,) = world.numbers(world.site.parts[-1], 1)
    message = await send(world, wa_id, granted=False)
    for written in (wa_id, f"+{wa_id[:2]} {wa_id[2:5]} {wa_id[5:]}"):
        (one,) = (await console.cloud.get(AT, OPERATOR, of=written)).json()["messages"]
        assert (one["message"], one["reason"], one["company"]) == (message, "marketing_not_granted", "Nordwind")


async def test_how_advertising_was_weighed_is_told_with_every_term(console: Console, world: World) -> None:
    await world.set_policy({**OPEN, "admission": {"mode": "cap", "cap_per_week": 1, "cold_exploration": 0}})
    (wa_id,) = world.numbers(world.site.parts[0], 1)
    message = await send(world, wa_id, granted=True)
    (weighed,) = (await console.cloud.get(AT, OPERATOR, of=message)).json()["decision"]["weighed"]
    assert (weighed["mode"], weighed["let_out"], weighed["propensity"], weighed["model"]) == ("cap", True, 1.0, 0)
    assert weighed["terms"]["price"] == pytest.approx(0.1)
    assert set(weighed["terms"]) == {"price", "gain", "loss", "annoyance", "charge", "tiring", "bonus"}


@pytest.mark.parametrize(
    ("of", "status"), [("", 400), ("Mara", 400), ("\x00", 400), ("wamid.x", 400), ("4917", 400), ("9" * 300, 400)]
)
async def test_what_is_neither_is_told(console: Console, of: str, status: int) -> None:
    answer = await console.cloud.get(AT, OPERATOR, of=of)
    assert answer.status_code == status
    async with console.browser("olga") as olga:
        assert (await olga.get("/decisions", params={"of": of})).status_code in (400, 404)


async def test_it_is_for_the_operator_alone(console: Console) -> None:
    refused: Any = await console.cloud.get(AT, TOKEN, of="wamid.x")
    assert refused.status_code == 403
    async with console.browser() as nobody:
        assert (await nobody.get("/decisions")).status_code == 401
