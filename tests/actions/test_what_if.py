"""Another card's price of a month, against PostgreSQL: from sums or message by message, and without moving money."""

from datetime import date, timedelta
from typing import Any

import pytest

from takt.actions.what_if import what_if
from takt.core.rate_card import parse_card
from takt.core.what_if import Effect, Sort, Till
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


async def test_columns_come_to_what_single_messages_do(
    world: World, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the plainest way: every row by itself in one order, whoever it went to and whatever came before."""
    card = document(
        {"when": {"category": "utility"}, **TALK},
        stepped("n", (0, 1_000), (parts + 1, 300)),
        {"price": 3},
        counters={"n": {"scope": "contract"}},
    )
    rows = [
        row
        for part in world.site.parts
        for row in await world.site.pool(part).fetch(
            "SELECT u.category, u.market, u.window_kind, u.form, u.sender_id, m.recipient_id, u.delivered_at FROM usage u"
            " JOIN message m ON m.part = $1 AND m.message_id = u.message_id WHERE u.part = $1 ORDER BY 7, u.message_id",
            part,
        )
    ]
    till = Till(parse_card(card, 0, {}))
    for row in sorted(rows, key=lambda one: one[6]):
        sort = Sort(row[0], row[1], row[2] or "closed", row[3] or "template", row[4])
        till.take(till.price_of(sort), row[5], row[6])
    assert len(rows) == 6 * parts
    for expected in (50_000, 1):
        monkeypatch.setattr(traffic, "READ_MAX", expected)
        found = await effect(world, card)
        assert found.after is not None
        assert found.after.messages == till.micros


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
