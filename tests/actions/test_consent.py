"""Consent: each act that changes something is one record of an unbroken chain, told to devices and to the company."""

import json
from typing import Any
from uuid import UUID

from takt.actions.consent import Answer, Consent, SetConsent
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.clock import CLOCK
from takt.core import refusal
from takt.core.consent import CHAIN_START, ConsentRecord, chain_hash
from takt.core.ids import slot_of
from takt.store.pool import transaction
from takt.store.reference import Sender
from tests.letters import add_company
from tests.world import NOW, Somebody, World, twins


async def somebody(world: World, place: int = 0) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])


def word(
    person: Somebody, sender: Sender, purpose: str = "marketing", *, granted: bool = True, record_id: UUID | None = None
) -> SetConsent:
    made = record_id or CLOCK.new_id(slot_of(person.recipient_id))
    return SetConsent(made, person.recipient_id, sender.sender_id, purpose, granted)


async def run(world: World, person: Somebody, *words: SetConsent, again: bool = False) -> Done[Answer]:
    async with transaction(world.site.pool(person.part)) as conn:
        return await Consent(world.reference, CLOCK.new_id)(conn, person.part, list(words), NOW, again=again)


async def chain(world: World, person: Somebody) -> list[tuple[ConsentRecord, bytes, bytes]]:
    rows = await world.rows(
        "SELECT record_id, recipient_id, business_id, number, purpose, granted, source, evidence::text, at, act,"
        " coalesce(terms::text, ''), valid_until, previous, hash FROM consent_record WHERE part = $1 AND recipient_id = $2 ORDER BY number",
        person.part, person.recipient_id,
    )  # fmt: skip
    return [(ConsentRecord(*row[:12]), row[12], row[13]) for row in rows]


async def told(world: World) -> list[dict[str, Any]]:
    rows = await world.rows(
        "SELECT body FROM outbox WHERE part = any($1) AND field = 'user_preferences' ORDER BY event_id",
        world.site.parts,
    )
    return [json.loads(row[0])["value"] for row in rows]


async def test_an_act_is_a_record_a_state_a_notice_and_an_event(world: World) -> None:
    person = await somebody(world)
    allowed = word(person, world.outreach)
    async with twins(world):
        done = await run(world, person, allowed)
    assert done == Done([True], {HOOKS, inbox_topic(person.recipient_id)})
    [(record, previous, this)] = await chain(world, person)
    assert (record.record_id, record.number, record.purpose, record.granted) == (
        allowed.record_id,
        1,
        "marketing",
        True,
    )
    assert (record.source, record.at, record.business_id) == ("messenger", NOW, world.business.business_id)
    assert json.loads(record.evidence) == {"by": "switch in the messenger", "sender": world.outreach.sender_id}
    assert (previous, this) == (CHAIN_START, chain_hash(CHAIN_START, record))
    assert await world.rows(
        "SELECT business_id, purpose, granted, source, record_id, at FROM consent WHERE part = $1", person.part
    ) == [(world.business.business_id, "marketing", True, "messenger", allowed.record_id, NOW)]
    assert await world.rows(
        "SELECT cursor, sender_id, kind, body::text, at FROM notice WHERE part = $1", person.part
    ) == [(1, world.outreach.sender_id, "consent", '{"granted": true, "purpose": "marketing"}', NOW)]
    assert await world.rows("SELECT cursor FROM recipient WHERE part = $1", person.part) == [(1,)]
    [event] = await told(world)
    assert event["user_preferences"][0]["value"] == "resume"
    assert event["metadata"]["phone_number_id"] == world.outreach.sender_id


async def test_saying_again_what_holds_changes_nothing(world: World) -> None:
    person = await somebody(world)
    await run(world, person, word(person, world.outreach))
    done = await run(world, person, word(person, world.outreach))
    assert done == Done([True], set())
    assert [await world.count(table) for table in ("consent_record", "notice", "outbox")] == [1, 1, 1]


async def test_the_acts_of_a_person_form_one_chain_over_all_companies_and_batches(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    await run(world, person, word(person, world.outreach), word(other, world.outreach))
    async with twins(world):
        await run(
            world, person, word(person, world.outreach, granted=False), word(person, world.support, "service"),
            word(person, world.outreach),
        )  # fmt: skip
    # A record of the same person in another part is not theirs.
    await world.execute(
        "INSERT INTO consent_record SELECT part + 5000, record_id, recipient_id, business_id, number + 50, purpose,"
        " granted, source, evidence, at, previous, hash, act, terms, valid_until FROM consent_record WHERE part = $1",
        person.part,
    )
    await run(world, person, word(person, world.outreach, granted=False))
    records = await chain(world, person)
    assert [(r.number, r.purpose, r.granted) for r, _, _ in records] == [
        (1, "marketing", True), (2, "marketing", False), (3, "service", True), (4, "marketing", True),
        (5, "marketing", False),
    ]  # fmt: skip
    hashes = [CHAIN_START, *(this for _, _, this in records)]
    assert [previous for _, previous, _ in records] == hashes[:-1]
    assert [chain_hash(previous, record) for record, previous, _ in records] == hashes[1:]
    assert len(await chain(world, other)) == 1
    assert await world.rows(
        "SELECT purpose, granted FROM consent WHERE part = $1 AND recipient_id = $2 ORDER BY purpose",
        person.part, person.recipient_id,
    ) == [("marketing", False), ("service", True)]  # fmt: skip
    values = [event["user_preferences"][0]["value"] for event in await told(world)]
    assert values == ["resume", "resume", "stop", "resume", "stop"]


async def test_without_service_the_company_loses_the_right_to_answer(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    stranger = await add_company(world, world.business.contract_part)
    for sender in (world.outreach, world.support, stranger):
        await world.invite(person, sender)
    await world.invite(other, world.support)
    done = await run(world, person, word(person, world.support, "service", granted=False))
    assert done == Done([True], {DESK, inbox_topic(person.recipient_id)})
    assert await world.rows(
        "SELECT recipient_id, sender_id, window_until IS NULL, version, inbound_count FROM thread WHERE part = $1"
        " ORDER BY recipient_id, sender_id",
        person.part,
    ) == sorted(
        [
            (person.recipient_id, world.outreach.sender_id, True, 2, 1),
            (person.recipient_id, world.support.sender_id, True, 2, 1),
            (person.recipient_id, stranger.sender_id, False, 1, 1),
            (other.recipient_id, world.support.sender_id, False, 1, 1),
        ]
    )


async def test_service_taken_back_in_the_same_breath_leaves_the_window_open(world: World) -> None:
    person = await somebody(world)
    await world.invite(person, world.support)
    await run(
        world, person, word(person, world.support, "service", granted=False), word(person, world.support, "service")
    )
    assert await world.rows("SELECT window_until IS NULL FROM thread WHERE part = $1", person.part) == [(False,)]


async def test_a_batch_that_was_committed_unseen_is_recorded_once(world: World) -> None:
    person = await somebody(world)
    words = [word(person, world.outreach), word(person, world.outreach, granted=False)]
    await run(world, person, *words)
    done = await run(world, person, *words, again=True)
    assert done == Done([True, True], {inbox_topic(person.recipient_id)})
    assert [record.granted for record, _, _ in await chain(world, person)] == [True, False]
    assert await world.rows("SELECT granted FROM consent WHERE part = $1", person.part) == [(False,)]


async def test_what_cannot_be_said_is_refused(world: World) -> None:
    person = await somebody(world)
    nobody = Somebody(person.part, CLOCK.new_id(slot_of(person.recipient_id)), "1")
    nowhere = SetConsent(CLOCK.new_id(), person.recipient_id, "99999", "marketing", granted=True)
    done = await run(
        world, person, word(nobody, world.outreach), nowhere, word(person, world.support, "marketing"),
        word(person, world.outreach, "utility"),
    )  # fmt: skip
    assert done == Done(
        [refusal.PERSON_UNKNOWN, refusal.SENDER_UNKNOWN, refusal.PURPOSE_UNKNOWN, refusal.PURPOSE_UNKNOWN], set()
    )
    assert await world.count("consent_record") == 0
