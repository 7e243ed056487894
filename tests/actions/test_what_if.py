"""Another card's price of a month, against PostgreSQL: from sums or message by message, and without moving money."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from takt.actions.what_if import what_if
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.value import value
from takt.core.what_if import Effect, Sort, line_of
from takt.store import traffic
from tests.actions.test_close_month import closer_at, crowd, delivered, sums
from tests.pricing import REACTION, document, pay_by, stepped
from tests.world import NOW, World

NOVEMBER = date(2026, 11, 1)
TALK: dict[str, Any] = {"conversation": {"name": "talk", "hours": 24, "price": 70_000}}


async def effect(world: World, card: dict[str, Any]) -> Effect:
    async with world.site.everywhere.acquire() as conn:
        snapshot = await world.reference.fresh(conn)
    (found,) = await what_if(world.site, snapshot, parse_card(card, 0, {}), NOVEMBER)
    return found


@pytest.fixture
async def parts(world: World) -> int:
    """Three utility messages and an advertisement to somebody of each part, a day later one more of each."""
    await pay_by(world, document(stepped("n", (0, 50_000), (2, 40_000)), counters={"n": {"scope": "contract"}}))
    people = await crowd(world)
    await delivered(world, people, 3)
    await delivered(world, people, 1, NOW + timedelta(hours=1), name="autumn_offer")
    await delivered(world, people, 1, NOW + timedelta(days=1))
    await delivered(world, people, 1, NOW + timedelta(days=1), name="autumn_offer")
    await closer_at(world).sum_up()
    return len(people)


async def test_the_own_card_changes_nothing(world: World, parts: int) -> None:
    found = await effect(world, document(stepped("n", (0, 50_000), (2, 40_000)), counters={"n": {"scope": "contract"}}))
    assert found.units == 6 * parts
    assert found.before.micros == 2 * 10_000 + 6 * parts * 40_000
    assert found.after is not None
    assert (found.after.micros, found.more_micros) == (found.before.micros, 0)


async def test_fees_and_commitments_count(world: World, parts: int) -> None:
    card = document(
        REACTION,
        {"price": 1_000},
        recurring=[{"id": "seat", "per": "sender", "every": "month", "price": 30_000_000}],
        commitment={"period": "month", "amount": 30_000_000, "eligible": ["marketing"]},
    )
    found = await effect(world, card)
    assert found.after is not None
    assert found.after.messages == {"utility": 4 * parts * 1_000, "marketing": 2 * parts * 1_000}
    # The contract and both senders began on the 22nd: nine days of thirty.
    assert found.after.fees_micros == 2 * 9_000_000
    assert found.after.true_up_micros == 9_000_000 - 2 * parts * 1_000


async def test_conversations_are_gone_through_message_by_message(
    world: World, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each person has two days, and so two conversations; pages that end anywhere lose nothing."""
    money = await world.money()
    for page in (50_000, 1, 2):
        monkeypatch.setattr(traffic, "READ_MAX", page)
        found = await effect(world, document(TALK))
        assert found.after is not None
        assert found.after.micros == 2 * parts * 70_000
    assert await world.money() == money


BORDER = datetime(2026, 10, 31, 23, tzinfo=UTC)
"""When November begins on the company's clocks."""
END = datetime(2026, 11, 30, 23, tzinfo=UTC)
MIXED = document(
    {"when": {"category": "marketing"}, "conversation": {"name": "ad", "hours": 24, "rides": ["talk"], "price": 90_000}},
    {"when": {"category": "service"}, "conversation": {"name": "talk", "hours": 30, "price": 50_000}},
    stepped("n", (0, 1_000), (20, 300), category="utility"),
    {"when": {"category": "authentication", "market": "DE"}, "price": 7},
    stepped("n", (0, 900), (5, 200)),
    counters={"n": {"scope": "contract"}},
)  # fmt: skip
COUNTED_TALK = document(
    {"conversation": {"name": "talk", "hours": 24, "tiers": {"counter": "n", "steps": [[0, 700], [30, 50]]}}},
    counters={"n": {"scope": "sender"}},
)


@value
class Told:
    """A message of random traffic, as the plainest way would have it."""

    sort: Sort
    to: UUID | None
    at: datetime
    message_id: UUID
    refunded: bool
    booked_at: datetime


def traffic_of(world: World, chance: random.Random, count: int) -> list[Told]:
    """Messages around both borders of the month and in bursts, to few people; some late, refunded, to the erased."""
    told = []
    instants = [BORDER, END, NOW, NOW + timedelta(seconds=1)]
    spans = [timedelta(microseconds=1), timedelta(minutes=3), timedelta(days=2), timedelta(days=25)]
    people = [UUID(int=one) for one in range(1, 5)]
    for _ in range(count):
        at = chance.choice(instants) + chance.randint(-2, 2) * chance.choice(spans) / 2
        sort = Sort(
            chance.choice(["service", "utility", "marketing", "authentication"]), chance.choice(["DE", "AT"]),
            chance.choice(["open", "closed"]), "template", chance.choice([world.outreach, world.support]).sender_id,
        )  # fmt: skip
        late = at + chance.choice([timedelta(seconds=1), timedelta(hours=70), timedelta(days=20)])
        to = None if chance.random() < 0.1 else chance.choice(people)
        told.append(Told(sort, to, at, UUID(int=chance.getrandbits(128)), chance.random() < 0.2, late))
    return told


async def deliver_all(world: World, told: list[Told], chance: random.Random) -> None:
    """Write them as delivered, each in some part; refunds are rows of their own, some booked after the sums were made."""
    part, contract_id = world.payer
    for one in told:
        sort, parted = one.sort, chance.choice(world.site.parts)
        for refund in (False, True) if one.refunded else (False,):
            await world.execute(
                "INSERT INTO usage (part, message_id, contract_part, contract_id, sender_id, category, market, card,"
                " card_version, rule, tier, unit_price_micros, amount_micros, currency, reason, delivered_at, booked_at,"
                " batch, region, window_kind, form, refund, late) VALUES ($1, $2, $3, $4, $5, $6, $7, 'card', 1, 0, '',"
                " 10, $8, 'EUR', 'regular', $9, $10, $2, $11, $12, $13, $14, $15)",
                parted, one.message_id, part, contract_id, sort.sender_id, sort.category, sort.region,
                -10 if refund else 10, one.at, one.booked_at + timedelta(hours=refund), chance.choice(["", sort.region]),
                sort.window if sort.window == "open" else chance.choice(["", "closed"]), chance.choice(["", "template"]),
                refund, one.booked_at > one.at + timedelta(hours=1),
            )  # fmt: skip
        await world.execute(
            "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, type, content,"
            " category, status, accepted_at) VALUES ($1, $2, $3, '49', $4, $5, false, 'text', '{}', $6, 'delivered', $7)",
            parted, one.message_id, one.to, sort.sender_id, world.business.business_id, sort.category, one.at,
        )  # fmt: skip


def plainly(card: RateCard, told: list[Told], summed_until: datetime) -> dict[str, int]:
    """What they cost by the plainest way: one after another, with nothing looked up twice and nothing left to a sum."""
    found: dict[str, int] = {}
    open_until: dict[tuple[object, str, str], datetime] = {}
    counted: dict[str, int] = {}
    for one in sorted(told, key=lambda one: one.at):
        left_out = one.booked_at > summed_until or (one.refunded and one.booked_at + timedelta(hours=1) <= summed_until)
        if left_out or not BORDER <= one.at < END:
            continue
        line, sender = line_of(card, one.sort), one.sort.sender_id
        talk = line.rule.conversation
        if talk is not None and one.to is not None:
            if any(open_until.get((one.to, sender, name), one.at) > one.at for name in talk.rides):
                continue
            open_until[one.to, sender, talk.name] = one.at + timedelta(hours=talk.hours)
        before = 0
        if line.rule.counter is not None:
            key = line.rule.counter.key(line.market, sender)
            before = counted.get(key, 0)
            counted[key] = before + 1
        found[one.sort.category] = found.get(one.sort.category, 0) + line.rule.tariff.cost(before)
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_stretches_come_to_what_single_messages_do(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late, refunded and erased ones among them, over both borders of the month, in one stretch, in many, and in halves."""
    chance = random.Random(seed)
    told = traffic_of(world, chance, 150)
    # At one instant there is no order: whoever is first pays, and both must agree on who that is.
    told = list({(one.at, one.to, one.sort.sender_id): one for one in told}.values())
    told = list({one.at: one for one in told}.values())
    await deliver_all(world, told, chance)
    await closer_at(world).sum_up()
    mark = await world.rows("SELECT through FROM usage_mark WHERE part = $1", world.site.parts[0])
    for wanted in (MIXED, COUNTED_TALK):
        right = plainly(parse_card(wanted, 0, {}), told, mark[0][0])
        for read_max in (50_000, 13, 1):
            monkeypatch.setattr(traffic, "READ_MAX", read_max)
            found = await effect(world, wanted)
            assert found.after is not None
            assert {name: micros for name, micros in found.after.messages.items() if micros} == right


async def test_steps_that_share_a_count_go_by_the_order_of_delivery(world: World, parts: int) -> None:
    card = document(
        stepped("n", (0, 0), (3 * parts, 7), category="utility"),
        stepped("n", (0, 1_000), (3 * parts, 10_000), category="marketing"),
        {"price": 3},
        counters={"n": {"scope": "contract"}},
    )
    found = await effect(world, card)
    assert found.after is not None
    # The first day's three of each person come first, then its advertisements, then the next day's.
    assert found.after.messages == {"utility": parts * 7, "marketing": 2 * parts * 10_000}


async def test_another_currency_is_not_compared(world: World, parts: int) -> None:
    found = await effect(world, {**document({"price": 1}), "currency": "CHF"})
    assert (found.after, found.more_micros) == (None, 0)
    assert sum((await sums(world)).values()) == 6 * parts
