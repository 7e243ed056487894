"""What people do about messages: kept once, joined with the message that caused it, counted where it was delivered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from takt.actions.chat import Block, Chat, Complaint, Mute
from takt.actions.consent import Consent, SetConsent, StopEverybody
from takt.actions.opinion import Opine, take_opinions
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.receive import Receive, Write
from takt.clock import CLOCK
from takt.core.content import ReactionContent, TextContent
from takt.core.ids import wamid
from takt.core.message import Accepted, Status
from takt.store.pool import transaction
from tests.actions.sending import send
from tests.world import NOW, ORIGIN, Somebody, World, template_to, text_to, twins

LATER = NOW + timedelta(hours=2, minutes=20)
COUNTS = ("delivered", "read", "replied", "interested", "not_interested", "muted", "stopped", "blocked", "reported")


@pytest.fixture
def world(rolled_back: World) -> World:
    return rolled_back


async def somebody(world: World, place: int = 0) -> Somebody:
    """Somebody who is here for a long time and wants offers."""
    person = await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])
    await world.execute("UPDATE recipient SET created_at = $2 WHERE part = $1", person.part, NOW - timedelta(days=90))
    await world.set_marketing(person, granted=True)
    return person


async def offer(world: World, person: Somebody) -> UUID:
    done = await send(world, template_to(world, person.wa_id, "autumn_offer"))
    (answer,) = done.answers
    assert isinstance(answer, Accepted)
    return answer.message_id


async def receive(world: World, person: Somebody, status: Status, at: datetime) -> None:
    async with transaction(world.site.pool(person.part)) as conn:
        action = TakeReceipts(world.reference, CLOCK.new_id)
        await action(conn, person.part, [Receipt(person.recipient_id, status, 999)], at, again=False)


async def chat(world: World, person: Somebody, *commands: Any, at: datetime = LATER) -> None:
    async with transaction(world.site.pool(person.part)) as conn:
        await Chat(world.reference)(conn, person.part, list(commands), at, again=False)


async def allow(world: World, person: Somebody, *, granted: bool, at: datetime = LATER) -> None:
    command = SetConsent(CLOCK.new_id(), person.recipient_id, world.outreach.sender_id, "marketing", granted)
    async with transaction(world.site.pool(person.part)) as conn:
        await Consent(world.reference, CLOCK.new_id)(conn, person.part, [command], at, again=False)


async def say(world: World, person: Somebody, content: Any, context: UUID | None = None) -> None:
    command = Write(
        CLOCK.new_id(), person.recipient_id, world.outreach.sender_id, str(CLOCK.new_id()), content, context
    )
    async with transaction(world.site.pool(person.part)) as conn:
        await Receive(world.reference, CLOCK.new_id, ORIGIN)(conn, person.part, [command], LATER, again=False)


async def opine(world: World, person: Somebody, message: UUID, opinion: str | None) -> Sequence[bool]:
    async with transaction(world.site.pool(person.part)) as conn:
        done = await take_opinions(
            conn, person.part, [Opine(person.recipient_id, message, opinion)], LATER, again=False
        )
    return done.answers


async def counted(world: World) -> dict[str, dict[str, int]]:
    """The counts above zero, by template, and the harm."""
    rows = await world.rows(
        f"SELECT template_id, {', '.join(COUNTS)}, harm FROM resonance WHERE part = any($1)", world.site.parts
    )
    return {row[0]: {name: n for name, n in zip((*COUNTS, "harm"), row[1:], strict=True) if n} for row in rows}


OFFER = "400493023125002"


async def test_deliveries_are_counted_by_the_quarter_of_an_hour_and_read_once(world: World) -> None:
    person = await somebody(world)
    await offer(world, person)
    assert await counted(world) == {}
    async with twins(world):
        await receive(world, person, Status.DELIVERED, NOW + timedelta(minutes=16))
        await receive(world, person, Status.DELIVERED, NOW + timedelta(minutes=17))
        await receive(world, person, Status.READ, LATER)
        await receive(world, person, Status.READ, LATER)
    assert await world.rows(
        "SELECT sender_id, template_id, slot_at, market, category, business_id, delivered, read FROM resonance"
        " WHERE part = $1", person.part,
    ) == [(
        world.outreach.sender_id, OFFER, NOW + timedelta(minutes=15), "DE", "marketing", world.business.business_id, 1, 1,
    )]  # fmt: skip


async def test_a_block_with_its_reason_belongs_to_the_newest_message(world: World) -> None:
    person = await somebody(world)
    await send(world, template_to(world, person.wa_id))
    message = await offer(world, person)
    await receive(world, person, Status.READ, NOW + timedelta(minutes=1))
    async with twins(world):
        await chat(
            world, person, Block(person.recipient_id, world.outreach.sender_id, blocked=True, reason="not_asked")
        )
    assert await world.rows(
        "SELECT message_id, kind, reason, template_id, category, market, weight, newcomer, was_read, slot_at, at"
        " FROM feedback WHERE part = $1", person.part,
    ) == [(message, "block", "not_asked", OFFER, "marketing", "DE", 1000, False, True, NOW, LATER)]  # fmt: skip
    assert (await counted(world))[OFFER] == {"delivered": 1, "read": 1, "blocked": 1, "harm": 1000}


async def test_a_reason_may_be_said_afterwards_and_then_stands(world: World) -> None:
    person = await somebody(world)
    await offer(world, person)
    for reason in ("", "spam", "other"):
        block = Block(person.recipient_id, world.outreach.sender_id, blocked=True, reason=reason)
        await chat(world, person, block)
    assert await world.rows("SELECT kind, reason FROM feedback WHERE part = $1", person.part) == [("block", "spam")]
    assert await counted(world) == {OFFER: {"blocked": 1, "harm": 1000}}


async def test_an_act_belongs_to_the_message_that_it_names(world: World) -> None:
    person = await somebody(world)
    message = await offer(world, person)
    await send(world, template_to(world, person.wa_id))
    await chat(world, person, Block(person.recipient_id, world.outreach.sender_id, blocked=True, about=message))
    assert list(await counted(world)) == [OFFER]


async def test_what_no_message_can_have_caused_is_no_feedback(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    theirs = await offer(world, other)
    sender_id = world.outreach.sender_id
    await chat(world, person, Block(person.recipient_id, sender_id, blocked=True, about=theirs))
    await chat(world, other, Mute(other.recipient_id, sender_id, muted=True), at=NOW + timedelta(days=7, minutes=1))
    assert await counted(world) == {}
    assert await opine(world, person, theirs, "interested") == [False]


async def test_a_report_counts_beside_its_block_and_once(world: World) -> None:
    person = await somebody(world)
    await offer(world, person)
    for _ in range(2):
        said = Complaint(CLOCK.new_id(), "spam")
        await chat(world, person, Block(person.recipient_id, world.outreach.sender_id, blocked=True, complaint=said))
    assert (await counted(world))[OFFER] == {"blocked": 1, "reported": 1, "harm": 6000}


async def test_a_report_counts_without_a_block(world: World) -> None:
    person = await somebody(world)
    await offer(world, person)
    said = Complaint(CLOCK.new_id(), "spam")
    await chat(world, person, Block(person.recipient_id, world.outreach.sender_id, None, said))
    assert (await counted(world))[OFFER] == {"reported": 1, "harm": 5000}
    assert await world.count("report") == 1


@pytest.mark.parametrize("command", [Block, Mute])
async def test_what_is_taken_back_within_a_day_counts_no_more(world: World, command: Any) -> None:
    person = await somebody(world)
    await offer(world, person)
    sender_id = world.outreach.sender_id
    await chat(world, person, command(person.recipient_id, sender_id, True))
    await chat(world, person, command(person.recipient_id, sender_id, False), at=LATER + timedelta(hours=1))
    assert await counted(world) == {OFFER: {}}
    again = [command(person.recipient_id, sender_id, yes) for yes in (True, False, True)]
    await chat(world, person, *again, at=LATER + timedelta(hours=2))
    assert sum((await counted(world))[OFFER].values()) > 1
    await chat(world, person, command(person.recipient_id, sender_id, False), at=LATER + timedelta(days=2))
    assert sum((await counted(world))[OFFER].values()) > 1


async def test_a_stop_by_switch_is_about_the_newest_advertisement(world: World) -> None:
    person = await somebody(world)
    await offer(world, person)
    await send(world, template_to(world, person.wa_id))
    await allow(world, person, granted=False)
    assert await counted(world) == {OFFER: {"stopped": 1, "harm": 500}}
    await allow(world, person, granted=True, at=LATER + timedelta(minutes=1))
    assert await counted(world) == {OFFER: {}}


async def test_a_stop_of_everybody_is_one_act_however_many_companies_it_ends(world: World) -> None:
    person = await somebody(world)
    await offer(world, person)
    for stopped in (True, False):
        async with transaction(world.site.pool(person.part)) as conn:
            command = StopEverybody(CLOCK.new_id(), person.recipient_id, stopped)
            await Consent(world.reference, CLOCK.new_id)(conn, person.part, [command], LATER, again=False)
        assert await counted(world) == {OFFER: {"stopped": 1, "harm": 5000} if stopped else {}}


async def test_the_first_answer_speaks_for_a_message_and_a_word_of_stopping_against_it(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    for who in (person, other):
        await offer(world, who)
    await say(world, person, TextContent("Danke!"))
    await say(world, person, TextContent("Wirklich."))
    await say(world, other, TextContent("Stopp"))
    assert await counted(world) == {OFFER: {"replied": 1, "stopped": 1, "harm": 500}}


async def test_an_answer_to_a_message_speaks_for_that_one_and_a_reaction_for_none(world: World) -> None:
    person = await somebody(world)
    message = await offer(world, person)
    await send(world, template_to(world, person.wa_id))
    await say(world, person, ReactionContent(wamid(message), "👍"))
    assert await counted(world) == {}
    await say(world, person, TextContent("Gern"), message)
    assert await counted(world) == {OFFER: {"replied": 1}}


async def test_free_words_are_counted_without_a_template(world: World) -> None:
    person = await somebody(world)
    await world.invite(person, world.outreach)
    await send(world, text_to(world, person.wa_id))
    await receive(world, person, Status.DELIVERED, NOW)
    assert await counted(world) == {"": {"delivered": 1}}


async def test_of_a_message_the_last_opinion_counts(world: World) -> None:
    person = await somebody(world)
    message = await offer(world, person)
    assert await opine(world, person, message, "not_interested") == [True]
    assert await opine(world, person, message, "not_interested") == [True]
    assert await counted(world) == {OFFER: {"not_interested": 1, "harm": 200}}
    assert await opine(world, person, message, "interested") == [True]
    assert await counted(world) == {OFFER: {"interested": 1}}
    assert await opine(world, person, message, None) == [True]
    assert await counted(world) == {OFFER: {}}


async def test_a_brigade_of_new_accounts_counts_five_times(world: World) -> None:
    people = [await somebody(world, place) for place in range(7)]
    await world.execute("UPDATE recipient SET created_at = $2 WHERE part = $1", people[0].part, NOW - timedelta(days=1))
    for person in people:
        await offer(world, person)
    for person in people[:2]:
        await chat(world, person, Block(person.recipient_id, world.outreach.sender_id, blocked=True))
    rest = [Block(person.recipient_id, world.outreach.sender_id, blocked=True) for person in people[2:]]
    await chat(world, people[2], *rest)
    assert (await counted(world))[OFFER] == {"blocked": 7, "harm": 5000}


async def test_who_blocks_everyone_counts_less(world: World) -> None:
    person = await somebody(world)
    await offer(world, person)
    await world.execute(
        "INSERT INTO thread (part, recipient_id, sender_id, last_at, blocked_at)"
        " SELECT $1, $2, s::text, $3, $3 FROM generate_series(10001, 10005) s",
        person.part, person.recipient_id, NOW,
    )  # fmt: skip
    await chat(world, person, Block(person.recipient_id, world.outreach.sender_id, blocked=True))
    assert (await counted(world))[OFFER] == {"blocked": 1, "harm": 500}
