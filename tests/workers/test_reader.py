"""The reader: suspicions, watched and frozen senders, held messages; and it never loads what people write."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from takt.actions.release import Release
from takt.actions.review import Judge, Settle
from takt.actions.template import Appeal as AppealTemplate
from takt.actions.template import Command as TemplateCommand
from takt.actions.template import Templates
from takt.actions.text_reading import Read, Said, TextReader
from takt.actions.vetting import Appeal, Command, Decide, SetWatch, Vetting
from takt.clock import CLOCK, Clock
from takt.core.ids import NodeSort, slot_of
from takt.core.message import Accepted, Waits
from takt.core.template_life import NOTICE
from takt.store.pool import Conn, transaction
from takt.store.reference import Sender, Snapshot
from takt.wakes import Wakes
from takt.workers.reader import Hand, Reader
from tests.actions.sending import reasons, send
from tests.world import NOW, OPEN, Somebody, World, template_to, text_to

LATER = NOW + timedelta(minutes=1)
SCAM = "Dear customer, your account is locked. Confirm your card number and PIN at http://verify.example.test/{} within 24 hours"
FINE = "Your table for two is booked for tomorrow at eight."


class Still(Clock):
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = LATER

    def now(self) -> datetime:
        return self.at


class Counting(TextReader):
    """Remembers what it was given to read."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    async def read(self, conn: Conn, said: Any, snapshot: Snapshot, now: datetime, rate: str) -> list[Read]:
        self.given += [one.text for one in said]
        assert all(isinstance(one, Said) for one in said)
        return await super().read(conn, said, snapshot, now, rate)


class Desk:
    """A reader and what people do, by hand."""

    def __init__(self, world: World) -> None:
        self.world, self.clock, self.texts = world, Still(), Counting()
        templates = Templates(world.reference, CLOCK.new_id, lambda slot: CLOCK.new_node_id(NodeSort.TEMPLATE, slot))
        self.templates = templates
        self.reader = Reader(world.site, world.reference, self.texts, Hand(templates, Wakes()), self.clock)

    async def vet(self, command: Command, slot: int) -> bool:
        part, vetting = self.world.site.part_of(slot), Vetting(self.world.reference, CLOCK.new_id)
        async with transaction(self.world.site.pool(part)) as conn:
            return (await vetting(conn, part, [command], self.clock.at, again=False)).answers[0]

    async def release(self, person: Somebody) -> None:
        action = Release(self.world.reference, CLOCK.new_id, len(self.world.site.parts))
        async with transaction(self.world.site.pool(person.part)) as conn:
            await action(conn, person.part, self.clock.at, again=False)

    async def review(self, command: TemplateCommand) -> None:
        business = self.sender.business
        async with transaction(self.world.site.pool(business.contract_part)) as conn:
            await self.templates(conn, business.contract_part, [command], self.clock.at, again=False)

    async def watch(self) -> str:
        ((found,),) = await self.world.rows("SELECT watch FROM sender WHERE sender_id = $1", self.sender.sender_id)
        return str(found)

    async def told(self) -> list[tuple[str, str, str]]:
        """The alerts that the company heard: about which sender, which, and whether it holds."""
        rows = await self.world.rows("SELECT body FROM outbox WHERE field = 'account_alerts' ORDER BY event_id")
        values = [json.loads(row[0])["value"] for row in rows]
        return [
            (one["entity_id"], one["alert_info"]["alert_type"], one["alert_info"]["alert_status"]) for one in values
        ]

    async def messages(self) -> list[tuple[Any, ...]]:
        return await self.world.rows(
            "SELECT status, waits_for, reason FROM message WHERE part < 1000 ORDER BY message_id"
        )

    @property
    def sender(self) -> Sender:
        return self.world.outreach


@pytest.fixture
async def desk(world: World) -> Desk:
    await world.set_policy(OPEN)
    found = Desk(world)
    found.clock.at = NOW
    await found.reader.look()  # reading begins where the reader is first started
    found.clock.at = LATER
    return found


@pytest.fixture
async def mara(world: World) -> Somebody:
    person = await world.add_person("491510001111")
    await world.set_thread(person, world.outreach, window_until=NOW + timedelta(hours=24))
    return person


async def say(world: World, person: Somebody, *texts: str) -> list[UUID]:
    commands = [text_to(world, person.wa_id, text, sender=world.outreach) for text in texts]
    await send(world, *commands)
    return [command.message_id for command in commands]


async def test_one_message_like_fraud_has_its_sender_watched(world: World, desk: Desk, mara: Somebody) -> None:
    await world.set_reference("UPDATE endpoint SET fields = $1", ["account_alerts"])
    await say(world, mara, FINE, SCAM.format("a"))
    assert await desk.reader.look() == 1
    assert await desk.watch() == "watched"
    assert await desk.told() == [(desk.sender.sender_id, "SENDER_WATCHED", "ACTIVE")]
    ((held, findings),) = await world.rows("SELECT held, findings::text FROM suspicion WHERE part < 1000")
    assert held is False
    assert "reads_like_fraud" in findings
    assert "customer" not in findings, "what a message says is not kept twice"
    assert await desk.reader.look() == 0, "each message is read once"


async def test_what_is_too_young_is_read_later_and_once(world: World, desk: Desk, mara: Somebody) -> None:
    await say(world, mara, FINE)
    desk.clock.at = NOW + timedelta(seconds=3)
    await desk.reader.look()
    assert desk.texts.given == []
    desk.clock.at = LATER
    await desk.reader.look()
    await desk.reader.look()
    assert desk.texts.given == [FINE]


async def test_a_watched_sender_s_messages_are_read_before_they_go_out(
    world: World, desk: Desk, mara: Somebody
) -> None:
    assert await desk.vet(SetWatch(desk.sender.sender_id, "watched"), slot_of(desk.sender.business.contract_id))
    fine, scam = (text_to(world, mara.wa_id, text, sender=world.outreach) for text in (FINE, SCAM.format("b")))
    answers = (await send(world, fine, scam)).answers
    assert [type(one) for one in answers] == [Waits, Waits]
    desk.clock.at = NOW + timedelta(seconds=1)
    assert await desk.reader.look() == 1
    await desk.release(mara)
    assert await desk.messages() == [("accepted", None, None), ("waiting", "filter", None)]
    assert await desk.vet(Decide(scam.message_id, "confirm", "Olga", "clearly"), slot_of(scam.message_id))
    await desk.release(mara)
    assert await desk.messages() == [("accepted", None, None), ("failed", None, "read_as_fraud")]
    assert await world.rows("SELECT state, decided_by, note, held FROM suspicion WHERE part < 1000") == [
        ("confirmed", "Olga", "clearly", True)
    ]


async def test_what_a_person_clears_goes_out_and_its_sender_is_let_be(world: World, desk: Desk, mara: Somebody) -> None:
    (first,) = await say(world, mara, SCAM.format("c"))
    await desk.reader.look()
    held = text_to(world, mara.wa_id, SCAM.format("d"), sender=world.outreach)
    (answer,) = (await send(world, held)).answers
    assert isinstance(answer, Waits)
    await desk.reader.look()
    for message_id in (first, held.message_id):
        assert await desk.vet(Decide(message_id, "clear", "Olga"), slot_of(message_id))
        assert await desk.vet(Decide(message_id, "clear", "Olga"), slot_of(message_id)), "twice is the same"
        assert not await desk.vet(Decide(message_id, "confirm", "Olga"), slot_of(message_id)), "it is decided"
    await desk.release(mara)
    assert {status for status, _, _ in await desk.messages()} == {"accepted"}
    await desk.reader.look()
    assert await desk.watch() == ""


async def test_three_freeze_a_sender_until_a_person_decides(world: World, desk: Desk, mara: Somebody) -> None:
    await world.set_reference("UPDATE endpoint SET fields = $1", ["account_alerts"])
    await say(world, mara, *(SCAM.format(one) for one in "efg"))
    assert await desk.reader.look() == 3
    assert await desk.watch() == "frozen"
    again = text_to(world, mara.wa_id, FINE, sender=world.outreach)
    assert reasons(await send(world, again)) == ["sender_frozen"]
    slot = slot_of(desk.sender.business.contract_id)
    assert await desk.vet(Appeal(desk.sender.sender_id, "A drill for our staff."), slot)
    desk.clock.at += timedelta(seconds=1)
    assert await desk.vet(SetWatch(desk.sender.sender_id, ""), slot)
    assert await desk.vet(SetWatch(desk.sender.sender_id, ""), slot), "twice is the same"
    assert not await desk.vet(Appeal(desk.sender.sender_id, "Again"), slot), "there is nothing to appeal against"
    await desk.reader.look()
    assert await desk.watch() == "", "what was found before is forgiven"
    assert await desk.told() == [
        (desk.sender.sender_id, "SENDER_FROZEN", "ACTIVE"), (desk.sender.sender_id, "SENDER_FREE", "NONE"),
    ], "once each"  # fmt: skip
    assert isinstance((await send(world, again)).answers[0], Accepted)


async def test_what_a_person_set_is_kept_unless_worse_comes(world: World, desk: Desk, mara: Somebody) -> None:
    await desk.vet(SetWatch(desk.sender.sender_id, "watched"), slot_of(desk.sender.business.contract_id))
    await desk.reader.look()
    assert await desk.watch() == "watched"
    for one in "hij":
        await send(world, text_to(world, mara.wa_id, SCAM.format(one), sender=world.outreach))
    desk.clock.at += timedelta(seconds=1)
    await desk.reader.look()
    assert await desk.watch() == "frozen"


async def test_codes_of_a_watched_sender_wait_for_nobody(world: World, desk: Desk, mara: Somebody) -> None:
    await desk.vet(SetWatch(desk.sender.sender_id, "watched"), slot_of(desk.sender.business.contract_id))
    await world.set_reference("UPDATE template SET category = 'authentication' WHERE name = 'order_update'")
    code = template_to(world, mara.wa_id, "order_update", "123456")
    answer = (await send(world, code)).answers[0]
    assert isinstance(answer, Accepted)


async def test_what_people_write_is_never_loaded(world: World, desk: Desk, mara: Somebody) -> None:
    await say(world, mara, FINE)
    await world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type, content,"
        " category, status, facts, accepted_at) SELECT part, $1, recipient_id, wa_id, sender_id, business_id, true, 99, 'text',"
        " '{\"body\": \"my secret\"}', category, status, facts, accepted_at FROM message WHERE part = $2 AND NOT inbound",
        CLOCK.new_id(slot_of((await world.rows("SELECT message_id FROM message WHERE part < 1000"))[0][0])), mara.part,
    )  # fmt: skip
    await desk.reader.look()
    assert desk.texts.given == [FINE]


SMUGGLED = (
    "Sale! 30 % off all shoes and bags only this weekend, shop now at https://shop.example.org - don't miss our offer"
)
FILED = "SELECT template_id, status, category, correct_category, detected FROM template WHERE name = 'order_update'"


async def smuggle(world: World, desk: Desk, mara: Somebody) -> list[str | None]:
    """Three messages of a template whose values advertise, read; what the next one is refused for."""
    commands = [template_to(world, mara.wa_id, "order_update", f"{SMUGGLED} {CLOCK.new_id()}") for _ in range(3)]
    assert reasons(await send(world, *commands)) == [None] * 3
    await desk.reader.look()
    return reasons(await send(world, template_to(world, mara.wa_id, "order_update", "4711")))


async def test_a_template_that_smuggles_advertising_is_stopped_and_its_company_told(
    world: World, desk: Desk, mara: Somebody
) -> None:
    await world.set_reference(
        "UPDATE endpoint SET fields = array['template_category_update', 'template_correct_category_detection']"
    )
    assert await smuggle(world, desk, mara) == ["category_mismatch"]
    ((_, *filed),) = await world.rows(FILED)
    assert filed == ["APPROVED", "utility", "marketing", "marketing"]
    fields = await world.rows("SELECT DISTINCT field FROM outbox WHERE part < 1000 AND field LIKE 'template%'")
    assert {field for (field,) in fields} == {"template_category_update", "template_correct_category_detection"}


async def test_an_appeal_that_is_granted_gives_the_category_back(world: World, desk: Desk, mara: Somebody) -> None:
    await smuggle(world, desk, mara)
    ((template_id, *_),) = await world.rows(FILED)
    await desk.review(AppealTemplate(CLOCK.new_id(), template_id, "It is what was ordered."))
    assert (await world.rows(FILED))[0][1] == "IN_APPEAL"
    await desk.review(Judge(CLOCK.new_id(), template_id, "approve"))
    assert [tuple(row)[1:] for row in await world.rows(FILED)] == [("APPROVED", "utility", "utility", "")]
    desk.clock.at += timedelta(minutes=1)
    assert await smuggle(world, desk, mara) == [None], "a person has said that it is right"


async def test_an_appeal_that_is_lost_leaves_it_to_the_clock(world: World, desk: Desk, mara: Somebody) -> None:
    await smuggle(world, desk, mara)
    ((template_id, *_),) = await world.rows(FILED)
    await desk.review(AppealTemplate(CLOCK.new_id(), template_id, "It is what was ordered."))
    await desk.review(Judge(CLOCK.new_id(), template_id, "reject"))
    desk.clock.at += NOTICE
    await desk.review(Settle(CLOCK.new_id(), template_id, alone=False, idle=False))
    assert [tuple(row)[1:4] for row in await world.rows(FILED)] == [("APPROVED", "marketing", "marketing")]
