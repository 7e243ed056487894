"""Any history of sends, writings, receipts and expiries, beside a model that knows what must come out of it.

After every step statuses, holds, journal, wallet and the webhook events of all messages are compared. Several batches
are run twice, as happens when a commit went unseen. In half of the histories a partner sells to the company: each message has
a second leg then, by a wholesale card that changes on the way, and a partner that has little.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takt.actions.expire import Expire
from takt.actions.outgoing import Refused
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.receive import Receive, Write
from takt.actions.refund import Refund, refund
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.content import TextContent
from takt.core.entries import Payer
from takt.core.ids import slot_of, wamid
from takt.core.message import Accepted, Status
from takt.ledger_proof import verify
from takt.store.pool import transaction
from tests.actions.money_model import CHANGED, PEOPLE, ROOM, WHOLESALE, Model, letter_state, paid
from tests.partners import sell_through_partner
from tests.pricing import document, publish_at
from tests.world import CARD, FUNDS, NOW, ORIGIN, Somebody, World, template_to, text_to


@dataclass(slots=True)
class Play:
    """The real thing, and the model beside it."""

    world: World
    people: list[Somebody]
    model: Model
    posted: int
    partner: Payer

    async def send(self, person: int, kind: str, sender: str) -> None:
        who, spoken = self.people[person], getattr(self.world, sender)
        match kind:
            case "marketing":
                command = template_to(self.world, who.wa_id, "autumn_offer", sender=spoken)
            case "utility":
                command = template_to(self.world, who.wa_id, sender=spoken)
            case _:
                command = text_to(self.world, who.wa_id, sender=spoken)
        [answer] = await self._run(Send(self.world.reference, CLOCK.new_id, len(self.world.site.parts)), who, [command])
        lacks = self.model.lacks(person, spoken.sender_id, kind)
        if isinstance(answer, Accepted):
            assert not lacks, "both legs are held or neither"
            self.model.sent(person, spoken.sender_id, kind, answer)
        elif isinstance(answer, Refused):
            assert lacks >= (answer.denied.reason.name == "partner_funds")

    async def write(self, person: int, sender: str) -> None:
        who, spoken = self.people[person], getattr(self.world, sender)
        message_id = CLOCK.new_id(slot_of(who.recipient_id))
        command = Write(message_id, who.recipient_id, spoken.sender_id, str(message_id), TextContent("Hallo"))
        await self._run(Receive(self.world.reference, CLOCK.new_id, ORIGIN), who, [command])
        self.model.wrote(person, spoken.sender_id)

    async def take(self, said: list[tuple[int, Status, int, str | None]], *, twice: bool) -> None:
        senders = [None if sender is None else getattr(self.world, sender).sender_id for *_, sender in said]
        for person, who in enumerate(self.people):
            own = [(*one[:3], sender) for one, sender in zip(said, senders, strict=True) if one[0] == person]
            commands = [Receipt(who.recipient_id, status, through, sender) for _, status, through, sender in own]
            if commands:
                await self._run(TakeReceipts(self.world.reference, CLOCK.new_id), who, commands)
                self.model.took(own)
            if commands and twice:
                # What has been said already moves nothing: the numbers of notices aside, all stays as it is.
                await self._run(TakeReceipts(self.world.reference, CLOCK.new_id), who, commands, again=True)

    async def set_receipts(self, person: int, wished: bool) -> None:  # noqa: FBT001
        who = self.people[person]
        await self.world.execute(
            "UPDATE recipient SET read_receipts = $3 WHERE part = $1 AND recipient_id = $2",
            who.part, who.recipient_id, wished,
        )  # fmt: skip
        self.model.receipts_on[person] = wished

    async def expire(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)
        for part in self.world.site.parts:
            async with transaction(self.world.site.pool(part)) as conn:
                await Expire(self.world.reference, CLOCK.new_id)(conn, part, self.model.now)
        self.model.expired()

    async def give_back(self, number: int, *, twice: bool) -> None:
        """Refund one of the messages so far; only what was charged comes back, and only once."""
        if not self.model.letters:
            return
        message_id = list(self.model.letters)[number % len(self.model.letters)]
        letter = self.model.letters[message_id]
        is_charged = letter.price > 0 and letter.status in ("delivered", "read")
        for _ in range(1 + twice):
            [answer] = await self._run(refund, self.people[letter.person], [Refund(message_id, "sorry")])
            assert (answer.amount_micros if answer is not None else 0) == (letter.price if is_charged else 0)
        letter.refunded |= is_charged

    async def _run(self, action: Any, who: Somebody, commands: list[Any], *, again: bool = False) -> list[Any]:
        async with transaction(self.world.site.pool(who.part)) as conn:
            done = await action(conn, who.part, commands, self.model.now, again=again)
        return list(done.answers)

    async def compare(self) -> None:
        letters, rows = self.model.letters, self.world.rows
        ids = list(letters)
        assert dict(await rows("SELECT message_id, status FROM message WHERE message_id = any($1)", ids)) == {
            one: letter.status for one, letter in letters.items()
        }
        for leg, payer in enumerate((self.world.payer, self.partner)):
            await self._compare_leg(leg, payer[1])
        assert await self.world.money() == (self.posted - self.model.earned(), self.model.held())
        assert await wallet(self.world, self.partner) == (ROOM - self.model.earned(1), self.model.held(1))
        assert dict(await rows(
            "SELECT (recipient_id, sender_id)::text, user_read FROM thread WHERE user_read > 0"
            " AND recipient_id = any($1)", [who.recipient_id for who in self.people],
        )) == {
            f"({self.people[person].recipient_id},{sender})": read
            for (person, sender), read in self.model.user_read.items()
        }  # fmt: skip
        await self._compare_events()

    async def _compare_leg(self, leg: int, contract_id: UUID) -> None:
        rows, ids = self.world.rows, list(self.model.letters)
        letters = {one: letter for one, letter in self.model.letters.items() if paid(letter, leg) is not None}
        holds = "SELECT message_id, (state, late)::text FROM hold WHERE message_id = any($1) AND leg = $2"
        assert dict(await rows(holds, ids, leg)) == {
            one: f"({letter_state(letter)},{'t' if letter.late else 'f'})"
            for one, letter in letters.items()
            if paid(letter, leg)
        }
        charged = {one: letter for one, letter in letters.items() if letter.status in ("delivered", "read")}
        booked = (
            "SELECT entry_id, (kind, amount_micros)::text FROM journal WHERE entry_id = any($1) AND contract_id = $2"
        )
        assert dict(await rows(booked, ids, contract_id)) == {
            one: f"({'late' if letter.late else 'capture'},{paid(letter, leg)})"
            for one, letter in charged.items()
            if paid(letter, leg)
        }
        back = "SELECT message_id, -amount_micros FROM usage WHERE message_id = any($1) AND refund AND leg = $2"
        assert dict(await rows(back, ids, leg)) == {
            one: paid(letter, leg) for one, letter in letters.items() if letter.refunded
        }
        used = (
            "SELECT message_id, (amount_micros, forgone_micros, late)::text FROM usage"
            " WHERE message_id = any($1) AND NOT refund AND leg = $2 AND contract_id = $3"
        )
        assert dict(await rows(used, ids, leg, contract_id)) == {
            one: (
                f"({0 if letter.absorbed else paid(letter, leg)},{paid(letter, leg) if letter.absorbed else 0},"
                f"{'t' if letter.late else 'f'})"
            )
            for one, letter in letters.items()
            if letter.absorbed or one in charged
        }

    async def _compare_events(self) -> None:
        told: dict[str, list[tuple[str, bool]]] = {wamid(one): [] for one in self.model.letters}
        for (body,) in await self.world.rows("SELECT body FROM outbox ORDER BY event_id"):
            for entry in json.loads(body)["value"].get("statuses", ()):
                if entry["id"] in told:
                    told[entry["id"]].append((entry["status"], "pricing" in entry))
        assert told == {wamid(one): letter.told for one, letter in self.model.letters.items()}


async def wallet(world: World, payer: Payer) -> tuple[int, int]:
    [(posted, pending)] = await world.rows(
        "SELECT posted_micros, pending_micros FROM account WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        *payer,
    )
    return posted, pending


PERSON = st.integers(0, PEOPLE - 1)
SENDER = st.sampled_from(["outreach", "support"])
SAID = st.tuples(
    PERSON, st.sampled_from([Status.DELIVERED, Status.READ]), st.integers(0, 12) | st.just(2**62), st.none() | SENDER
)
OFFER = st.tuples(st.just("send"), PERSON, st.sampled_from(["utility", "marketing"]), st.just("outreach"))
ANSWER = st.tuples(st.just("send"), PERSON, st.sampled_from(["utility", "marketing", "text"]), SENDER)
TAKE = st.tuples(st.just("take"), st.lists(SAID, min_size=1, max_size=4), st.booleans())
STEP = st.one_of(
    OFFER,
    TAKE,
    ANSWER,
    st.tuples(st.just("write"), PERSON, SENDER),
    st.tuples(st.just("receipts"), PERSON, st.booleans()),
    st.tuples(st.just("expire"), st.integers(1, 90) | st.just(60 * 24 * 4)),
    st.tuples(st.just("give back"), st.integers(0, 20), st.booleans()),
)
HISTORY = st.lists(st.tuples(OFFER, STEP, TAKE, STEP), min_size=2, max_size=6)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(history=HISTORY, sold=st.booleans())
async def test_any_history_comes_out_as_the_model_says(world: World, history: list[Any], *, sold: bool) -> None:
    play = await _begin(world, sold=sold)
    for name, *values in chain.from_iterable(history):
        match name:
            case "send":
                await play.send(*values)
            case "write":
                await play.write(*values)
            case "take":
                await play.take(values[0], twice=values[1])
            case "give back":
                await play.give_back(values[0], twice=values[1])
            case "receipts":
                await play.set_receipts(*values)
            case _:
                await play.expire(*values)
        await play.compare()
    await _end(play)


async def _begin(world: World, *, sold: bool) -> Play:
    """New people in two parts, who allow marketing; earlier examples have left nothing open."""
    partner = await _partner(world, sold=sold)
    await world.execute("DELETE FROM outbox")
    await world.execute("UPDATE pace SET tat = $1", NOW - timedelta(hours=1))
    await world.execute("UPDATE account SET posted_micros = $1, excess_micros = 0 WHERE kind = 'spend'", FUNDS)
    await world.execute(
        "UPDATE account SET posted_micros = $1, excess_micros = 0 WHERE kind = 'spend' AND contract_id = $2",
        ROOM,
        partner[1],
    )
    taken = await world.count("recipient")
    parts = [world.site.parts[0], world.site.parts[-1]]
    people = [await world.add_person(world.numbers(part, taken + 2)[taken + place]) for place, part in enumerate(parts)]
    for who in people:
        await world.set_marketing(who, granted=True)
    posted, pending = await world.money()
    assert pending == 0
    return Play(world, people, Model(sold=sold), posted, partner)


async def _partner(world: World, *, sold: bool) -> Payer:
    """Whoever sells to the company, if anybody does; its card has two versions, of which the next begins soon."""
    known = await world.rows("SELECT contract_part, contract_id FROM business WHERE waba_id = '200493023777'")
    partner: Payer = (known[0][0], known[0][1]) if known else await sell_through_partner(world, ROOM)
    if not known:
        free, open_, marketing, rest = CARD["rules"]
        for at, prices in zip((NOW, CHANGED), WHOLESALE, strict=True):
            rules = [free, open_, {**marketing, "price": prices["marketing"]}, {**rest, "price": prices["utility"]}]
            valid = {"from": f"{at:%Y-%m-%dT%H:%M}", "tz": "UTC"}
            await publish_at(world, document(*rules, card="bulk", valid=valid), NOW)
        await publish_at(world, {**CARD, "reseller": {"wholesale": "bulk"}}, NOW)
    await world.set_reference(
        "UPDATE business SET partner_part = $1, partner_id = $2 WHERE business_id = $3",
        *(partner if sold else (None, None)),
        world.business.business_id,
    )
    return partner


async def _end(play: Play) -> None:
    """At the end of all times nothing is held, whatever happened."""
    await play.expire(60 * 24 * 40)
    await play.compare()
    assert play.model.held() == 0
    assert (await verify(play.world.site, CLOCK.now() + timedelta(days=99))).faults == ()
