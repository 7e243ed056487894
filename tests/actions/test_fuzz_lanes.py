"""The same against the real database: people do what they like, companies send by their lanes, and nothing illegal goes out.

The oracle of the million commands judges what is in the inboxes; the proof of each message is what its row says.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from os import environ
from random import Random
from zoneinfo import ZoneInfo

from takt.actions import person
from takt.actions.chat import Block, Chat, Delete, Mute
from takt.actions.consent import Consent, SetConsent
from takt.actions.outgoing import Answer
from takt.actions.person import SetQuiet, SetZone
from takt.actions.receive import Receive, Write
from takt.actions.release import Release
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.content import TextContent
from takt.core.ids import slot_of, slot_of_key
from takt.core.message import Accepted, SendMessage, Waits
from takt.core.quiet_time import OwnQuiet
from takt.core.refusal import Refusal
from takt.lanes import Lanes
from takt.store.reference import Sender
from takt.wakes import Wakes
from takt.workers.releaser import Releaser
from tests.actions.oracle import Oracle, Past
from tests.actions.processes import running
from tests.world import NOW, ORIGIN, Somebody, World, template_to, text_to

SEED = int(environ.get("TAKT_FUZZ_SEED", "20261123"))
ROUNDS = 60
SENDS_EACH = 12
HOMES = (("DE", "Europe/Berlin"), ("FR", "Europe/Berlin"), ("KR", "Europe/Berlin"))
"""All numbers are German, so all clocks are; laws are those of the market."""


class Town:
    """A few people, one company with its two senders, and a clock."""

    def __init__(self, world: World, people: dict[str, Somebody]) -> None:
        self.world = world
        self.people = people
        self.chance = Random(SEED)
        self.now = NOW - timedelta(days=10)
        self.oracle = Oracle()
        self.oracle.caps = (2, 6, 1, 4)
        self.judged: set[object] = set()
        self.illegal: list[str] = []
        self.answers: Counter[str] = Counter()
        site, wakes, reference = world.site, Wakes(), world.reference
        self.send = Lanes[SendMessage, Answer](
            Send(reference, CLOCK.new_id, len(site.parts)), site, wakes, self.time, abreast=2
        )
        self.consent = Lanes(Consent(reference, CLOCK.new_id), site, wakes, self.time)
        self.chat = Lanes(Chat(reference), site, wakes, self.time)
        self.receive = Lanes(Receive(reference, CLOCK.new_id, ORIGIN), site, wakes, self.time)
        self.person = Lanes(person.set_up, site, wakes, self.time)
        self.releaser = Releaser(site, reference, Release(reference, CLOCK.new_id, len(site.parts)), wakes, self.time)

    def time(self) -> datetime:
        return self.now

    async def play(self) -> None:
        for _ in range(ROUNDS):
            self.now += timedelta(minutes=self.chance.randrange(20, 300))
            for part in self.world.site.parts:
                await self.releaser.release(part)
            await self.judge()
            for _ in range(3):
                await self.act()
            answers = await asyncio.gather(*(self.send.submit(slot_of_key(c.wa_id), c) for c in self.commands()))
            for answer in answers:
                self.answers[
                    answer.denied.reason.name if not isinstance(answer, Accepted | Waits) else type(answer).__name__
                ] += 1
            await self.judge()

    def commands(self) -> list[SendMessage]:
        found: list[SendMessage] = []
        for _ in range(SENDS_EACH):
            wa_id, sender = self.chance.choice(list(self.people)), self.sender()
            name = self.chance.choice(["autumn_offer", "autumn_offer", "autumn_offer", "order_update", ""])
            found.append(
                template_to(self.world, wa_id, name, "x", sender=sender)
                if name
                else text_to(self.world, wa_id, sender=sender)
            )
        return found

    def sender(self) -> Sender:
        return self.chance.choice([self.world.outreach, self.world.outreach, self.world.support])

    async def act(self) -> None:
        wa_id, sender = self.chance.choice(list(self.people)), self.sender()
        somebody, past = self.people[wa_id], self.oracle.past[wa_id]
        slot, name, at = slot_of(somebody.recipient_id), sender.sender_id, self.now.timestamp()
        match self.chance.randrange(10):
            case 0 | 1 | 2:
                write = Write(CLOCK.new_id(slot), somebody.recipient_id, name, str(CLOCK.new_id()), TextContent("Hm"))
                if not isinstance(await self.receive.submit(slot, write), Refusal):
                    past.wrote[name] = at
                    past.unanswered[name] = 0
                    past.deleted.pop(name, None)
            case 3 | 4 | 5:
                granted, record_id = self.chance.random() < 0.7, CLOCK.new_id(slot)
                said_so = SetConsent(record_id, somebody.recipient_id, name, "marketing", granted)
                if isinstance(await self.consent.submit(slot, said_so), Refusal):
                    return  # a support sender has no advertising to speak of
                rows = await self.world.rows(
                    "SELECT record_id, at FROM consent WHERE part = $1 AND recipient_id = $2 AND purpose = 'marketing'",
                    somebody.part, somebody.recipient_id,
                )  # fmt: skip
                past.consents += [
                    (said.timestamp(), sender.business.waba_id, granted, 1e18, record, True) for record, said in rows
                ]
            case 6:
                blocked = self.chance.random() < 0.4
                await self.chat.submit(slot, Block(somebody.recipient_id, name, blocked))
                (past.blocks.add if blocked else past.blocks.discard)(name)
            case 7:
                await self.chat.submit(slot, Delete(somebody.recipient_id, name))
                rows = await self.world.rows(
                    "SELECT 1 FROM thread WHERE part = $1 AND recipient_id = $2 AND sender_id = $3 AND deleted_at = $4",
                    somebody.part, somebody.recipient_id, name, self.now,
                )  # fmt: skip
                if rows:
                    past.deleted[name] = at
                    past.wrote.pop(name, None)
            case 8:
                muted = self.chance.random() < 0.4
                if await self.chat.submit(slot, Mute(somebody.recipient_id, name, muted)) is True:
                    (past.muted.add if muted else past.muted.discard)(name)
            case _:
                await self.wish_quiet(somebody, past)

    async def wish_quiet(self, somebody: Somebody, past: Past) -> None:
        slot = slot_of(somebody.recipient_id)
        start, length = self.chance.randrange(1440), self.chance.randrange(1, 700)
        own = OwnQuiet(start, (start + length) % 1440, self.chance.random() < 0.5)
        past.own = None if self.chance.random() < 0.4 else (own.from_min, own.to_min, own.for_all)
        zone = self.chance.choice([None, "Asia/Tokyo", "America/New_York"])
        past.zone = ZoneInfo(zone or "Europe/Berlin")
        await self.person.submit(slot, SetQuiet(somebody.recipient_id, own if past.own is not None else None))
        await self.person.submit(slot, SetZone(somebody.recipient_id, zone))

    async def judge(self) -> None:
        """Look at what has come into inboxes since the last time; all of it came just now."""
        rows = await self.world.rows(
            "SELECT message_id, wa_id, sender_id, template_id, consent_id, accepted_at FROM message WHERE NOT inbound"
            " AND cursor IS NOT NULL AND accepted_at >= $1 ORDER BY wa_id, cursor",
            self.now,
        )
        templates = {one.template_id: one for one in self.world.reference.current.templates.values()}
        for message_id, wa_id, sender_id, template_id, consent_id, accepted_at in rows:
            if message_id in self.judged:
                continue
            self.judged.add(message_id)
            sender, template = self.world.reference.current.senders[sender_id], templates.get(template_id)
            faults = self.oracle.faults(wa_id, sender, template, consent_id, accepted_at)
            if faults:
                self.illegal.append(f"{accepted_at} {sender.kind} to {wa_id}: {sorted(faults)}")
            self.oracle.note(wa_id, sender_id, template, accepted_at)


async def test_nothing_illegal_comes_into_an_inbox(world: World) -> None:
    await world.set_reference("UPDATE template SET ttl_s = 259200")
    await world.set_reference("UPDATE sender SET unanswered_max = 3, created_at = $1", NOW - timedelta(days=20))
    await world.execute("UPDATE pace SET tat = $1 WHERE part >= 0", NOW - timedelta(days=20))
    caps = {"person_per_day": 2, "person_per_week": 6, "sender_per_day": 1, "sender_per_week": 4}
    await world.set_policy({"caps": caps})
    people: dict[str, Somebody] = {}
    for part in world.site.parts:
        for wa_id, (market, _) in zip(world.numbers(part, len(HOMES)), HOMES, strict=True):
            people[wa_id] = await world.add_person(wa_id, market=market)
    town = Town(world, people)
    for number, wa_id in enumerate(people):
        market, zone = HOMES[number % len(HOMES)]
        town.oracle.past[wa_id] = Past(market, ZoneInfo(zone))
    rows = await world.rows("SELECT template_id, status FROM template")
    town.oracle.templates.update({row[0]: row[1] for row in rows})
    lanes = (town.send, town.consent, town.chat, town.receive, town.person)
    async with (
        running(lanes[0].run),
        running(lanes[1].run),
        running(lanes[2].run),
        running(lanes[3].run),
        running(lanes[4].run),
    ):
        await town.play()
    shown = f"seed {SEED}: {town.answers}"
    assert town.illegal == [], shown
    assert town.answers["Accepted"] > 20, shown
    assert town.answers["Waits"] > 20, shown
    released = await world.rows("SELECT count(*) FROM message WHERE taken_at IS NOT NULL AND cursor IS NOT NULL")
    assert released[0][0] > 0, shown
