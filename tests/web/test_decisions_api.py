"""The operator looks up what was decided: by a message's id, or by somebody's number."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from takt.actions.outgoing import Refused
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.ids import wamid
from takt.core.message import Waits
from takt.core.policy import RULES
from takt.store.pool import transaction
from takt.wire.instants import instant
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


async def rebuff(world: World, wa_id: str, times: int = 1) -> list[str]:
    """What is refused at once; the ids under which it was."""
    part = world.part_of(wa_id)
    commands = [replace(template_to(world, wa_id, "autumn_offer", "20 %"), verdict_at_once=True) for _ in range(times)]
    async with transaction(world.site.pool(part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        answers = (await action(conn, part, list(commands), CLOCK.now(), again=False)).answers
    assert all(isinstance(one, Refused) and not one.stored for one in answers)
    return [wamid(one.message_id) for one in commands]


async def test_what_was_told_at_once_is_found_as_what_was_told_later_is(console: Console, world: World) -> None:
    known, unknown = world.numbers(world.site.parts[-1], 2)
    later = await send(world, known, granted=False)
    at_once, *_ = await rebuff(world, known, times=3)
    (nobodys,) = await rebuff(world, unknown)
    found = await listed(console)
    assert [(one["message"], one["reason"]["name"], one["at_once"], one["times"]) for one in found] == [
        (nobodys, "recipient_unknown", True, 1), (at_once, "marketing_not_granted", True, 3),
        (later, "marketing_not_granted", False, 1),
    ]  # fmt: skip
    assert [one["message"] for one in await listed(console, to=unknown)] == [nobodys]
    (company,) = {one.waba_id for one in world.reference.current.businesses.values()} - {world.business.waba_id}
    assert await listed(console, company=company) == []
    assert len(await listed(console, company=world.business.waba_id)) == 3
    async with console.browser("olga") as olga:
        decision = (await olga.get("/decisions", params={"of": at_once})).json()["decision"]
        looked = {
            who: (await olga.get("/decisions", params={"of": who})).json()["messages"] for who in (known, unknown)
        }
    assert (decision["to"], decision["rule"], decision["policy"]) == (known, "marketing_consent", 1)
    assert (decision["at_once"], decision["times"], decision["status"]) == (True, 3, "failed")
    assert [one["reason"]["reported"] for one in found] == ["at once", "at once", "in a failed status"]
    assert decision["reason"]["reported"] == "at once"
    assert len(decision["rules"]) == len(RULES)
    assert decision["remedy"]
    assert decision["forecast"]
    assert [one["message"] for one in looked[known]] == [at_once, later]
    assert [(one["message"], one["at_once"], one["status"]) for one in looked[unknown]] == [(nobodys, True, "failed")]


async def test_pages_of_both_kinds_follow_one_another(
    console: Console, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takt.web.decisions.LISTED_MAX", 2)
    numbers = [world.numbers(part, 9)[4] for part in dict.fromkeys((world.site.parts[0], world.site.parts[-1]))]
    sent: list[str] = []
    for number in numbers:
        sent += [await send(world, number, granted=False), *await rebuff(world, number)]
    assert [one["message"] for one in await listed(console)] == sent[::-1]


async def test_what_waits_is_told_as_waiting_until_it_is_looked_at_again(console: Console, world: World) -> None:
    """To the operator as to its company."""
    (wa_id,) = world.numbers(world.site.parts[-1], 1)
    person = await world.add_person(wa_id)
    await world.execute(
        "UPDATE recipient SET time_zone = 'UTC', quiet_from_min = 0, quiet_to_min = 1439 WHERE part = $1 AND recipient_id = $2",
        person.part, person.recipient_id,
    )  # fmt: skip
    await world.set_reference("UPDATE template SET ttl_s = 2592000")
    await world.set_marketing(person, granted=True)
    command = template_to(world, wa_id, "autumn_offer", "20 %")
    now = CLOCK.now().replace(hour=12)
    async with transaction(world.site.pool(person.part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        (waits,) = (await action(conn, person.part, [command], now, again=False)).answers
    assert isinstance(waits, Waits)
    decision = (await console.cloud.get(AT, OPERATOR, of=wamid(command.message_id))).json()["decision"]
    assert (decision["status"], decision["verdict"], decision["rule"]) == ("waiting", "waiting", "quiet_hours")
    assert decision["next_at"] == instant(waits.due_at)


async def test_a_score_that_said_no_at_once_names_its_model(console: Console, world: World) -> None:
    await world.set_policy({**OPEN, "admission": {"mode": "cap", "cap_per_week": 0, "cold_exploration": 0}})
    (wa_id,) = world.numbers(world.site.parts[0], 1)
    await world.set_marketing(await world.add_person(wa_id), granted=True)
    (message,) = await rebuff(world, wa_id)
    decision = (await console.cloud.get(AT, OPERATOR, of=message)).json()["decision"]
    assert (decision["rule"], decision["model"]) == ("pressure", None)
    assert [(one["model"], one["policy"], one["let_out"]) for one in decision["weighed"]] == [(0, 2, False)]


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


REFUSED = f"{AT}/refused"


async def listed(console: Console, **query: str) -> list[dict[str, Any]]:
    """What the operator's program sees of refusals, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        answer = (await console.cloud.get(REFUSED, OPERATOR, **query)).json()
        found += answer["data"]
        if answer["before"] is None:
            return found
        query["before"] = answer["before"]


async def test_refusals_to_people_without_a_chat_and_to_nobody_are_listed(console: Console, world: World) -> None:
    known, unknown = world.numbers(world.site.parts[-1], 2)
    refused = await send(world, known, granted=False)
    went_out = await send(world, world.numbers(world.site.parts[0], 3)[2], granted=True)
    command = template_to(world, unknown, "autumn_offer", "20 %")
    async with transaction(world.site.pool(world.site.parts[-1])) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        await action(conn, world.site.parts[-1], [command], CLOCK.now(), again=False)
    all_of_them = await listed(console)
    assert [(one["to"], one["reason"]["name"]) for one in all_of_them] == [
        (unknown, "recipient_unknown"), (known, "marketing_not_granted"),
    ]  # fmt: skip
    assert all_of_them[1]["message"] == refused != went_out
    assert [one["to"] for one in await listed(console, to=f"+{unknown}")] == [unknown]
    assert await listed(console, until="2026-01-01T00:00:00Z", since="2025-12-31T00:00:00Z") == []
    for business in world.reference.current.businesses.values():
        own = business.business_id == world.outreach.business.business_id
        assert len(await listed(console, company=business.waba_id)) == (2 if own else 0)
    async with console.browser("olga") as olga:
        shown = (await olga.get("/decisions/refused", params={"to": known})).json()["data"]
        assert [one["message"] for one in shown] == [refused]
        looked = (await olga.get("/decisions", params={"of": unknown})).json()["messages"]
        assert [one["reason"] for one in looked] == ["recipient_unknown"]


async def test_pages_of_refusals_follow_one_another_without_gap_or_double(
    console: Console, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takt.web.decisions.LISTED_MAX", 2)
    numbers = [number for part in (world.site.parts[0], world.site.parts[-1]) for number in world.numbers(part, 9)[4:7]]
    sent = [await send(world, number, granted=False) for number in dict.fromkeys(numbers)]
    assert [one["message"] for one in await listed(console)] == sent[::-1]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"company": "x"}, "company"), ({"to": "Mara"}, "to"), ({"since": "gestern"}, "since"),
        ({"since": "2020-01-01T00:00:00Z"}, "since"), ({"before": "x"}, "before"), ({"until": "2026-11-24"}, "until"),
        ({"until": "0001-01-01T00:00:00+14:00"}, "until"), ({"until": "0001-01-01T00:00:00Z"}, "until"),
    ],
)  # fmt: skip
async def test_what_is_wrong_in_a_search_is_named(console: Console, query: dict[str, str], named: str) -> None:
    answer = await console.cloud.get(REFUSED, OPERATOR, **query)
    assert answer.status_code == 400
    assert named in answer.text
    assert (await console.cloud.get(REFUSED, TOKEN, **query)).status_code == 403
