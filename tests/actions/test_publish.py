"""Publishing prices: append-only, chained by hashes, once for the same document, refused where it is unsound."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from takt import cards
from takt.actions.publish import Publish, Published, Unsound, publish_all
from takt.core.document import UnsoundError
from takt.store import rate_cards
from takt.store.pool import transaction
from tests.pricing import SINCE, document, publish_at, stepped
from tests.world import NOW, World


@pytest.fixture
async def world(rolled_back: World) -> World:
    return rolled_back


async def versions(world: World) -> list[rate_cards.Version]:
    async with world.site.everywhere.acquire() as conn:
        return await rate_cards.list_versions(conn, "tested")


def at(hours: int) -> dict[str, str]:
    return {"from": f"{NOW + timedelta(hours=hours):%Y-%m-%dT%H:%M}", "tz": "UTC"}


async def test_versions_are_numbered_and_chained(world: World) -> None:
    """Each carries the hash of the one before it."""
    first = await publish_at(world, document({"price": 1}))
    second = await publish_at(world, document({"price": 2}, valid=at(1)), NOW)
    assert [(one.name, one.version, one.is_new) for one in (first, second)] == [
        ("tested", 1, True),
        ("tested", 2, True),
    ]
    one, two = await versions(world)
    assert (one.previous, two.previous) == (b"", one.sha256)
    assert two.sha256 == sha256(one.sha256 + two.body.encode()).digest()
    assert rate_cards.broken([one, two]) == []


async def test_the_same_document_is_published_once(world: World) -> None:
    """White space and repetition change nothing."""
    first = await publish_at(world, document({"price": 1}))
    again = await publish_at(world, dict(document({"price": 1})), NOW)
    assert (again.version, again.is_new, again.sha256) == (1, False, first.sha256)
    assert len(await versions(world)) == 1


async def test_a_changed_document_is_found(world: World) -> None:
    """Invariant 17: whoever changes what was published is found by the chain, wherever in it that was."""
    for price in (1, 2, 3):
        await publish_at(world, document({"price": price}, valid=at(price)), NOW)
    await world.execute(
        "UPDATE rate_card SET body = replace(body::text, '2', '9')::json WHERE card = 'tested' AND version = 2"
    )
    assert rate_cards.broken(await versions(world)) == ["rate card tested version 2 is not as it was published"]
    await world.execute("DELETE FROM rate_card WHERE card = 'tested' AND version = 2")
    assert rate_cards.broken(await versions(world)) == [
        "rate card tested version 3 does not follow the version before it"
    ]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (document({"when": {"category": "utility"}, "price": 1}), "rules: no rule gives a price for category"),
        (document({"price": 1}, {"price": 2}), "rules[1].when: rules[0] take all"),
        (document({"price": 2}, valid=at(-1)), "valid.from: must not be before now"),
        (document({"price": 2}, valid=at(1), currency="USD"), "currency: must stay EUR"),
        (document(stepped("n", (0, 5)), counters={"n": {"scope": "contract"}}, valid=at(1)), "valid.from: must be the first"),
        (document({"price": 2}, valid={"from": "tomorrow", "tz": "UTC"}), "valid.from: must be a day"),
        (document({"price": 2}, reseller={"wholesale": "none"}, valid=at(1)), "reseller.wholesale: there is no"),
        (document({"price": 2}, reseller={"wholesale": "card"}, valid=at(1)), "reseller.margin: "),
        (document({"price": 2}, market_table="none", valid=at(1)), "market_table: must be published before"),
        ({"rules": [{"price": 1}]}, "card: "),
    ],
)  # fmt: skip
async def test_what_is_unsound_is_refused_and_leaves_nothing(world: World, wanted: dict[str, Any], says: str) -> None:
    await publish_at(world, document({"price": 1}), SINCE)
    before = await world.rows("SELECT card, version FROM rate_card")
    with pytest.raises(UnsoundError) as caught:
        await publish_at(world, wanted, NOW)
    assert str(caught.value).startswith(says)
    assert await world.rows("SELECT card, version FROM rate_card") == before


async def test_a_wholesale_card_that_is_never_dearer_lets_the_retail_card_through(world: World) -> None:
    await publish_at(world, document({"price": 1}, card="cheap"))
    retail = document({"price": 2}, reseller={"wholesale": "cheap"})
    assert (await publish_at(world, retail, NOW)).is_new


async def test_a_market_table_never_changes(world: World) -> None:
    table = cards.document("markets-cloud-2026-10")
    assert await publish_at(world, table) == Published("cloud-2026-10", 0, is_new=True)
    assert await publish_at(world, table) == Published("cloud-2026-10", 0, is_new=False)
    with pytest.raises(UnsoundError, match="never changes"):
        await publish_at(world, {**table, "other": "Elsewhere"})
    assert (await publish_at(world, cards.document("start"))).version == 1


async def test_a_batch_answers_each_document_by_itself(world: World) -> None:
    async with transaction(world.site.everywhere) as conn:
        wanted = [Publish(document({"price": 1})), Publish(document()), Publish(document({"price": 1}))]
        done = await publish_all(conn, 0, wanted, NOW, again=False)
    first, fault, second = done.answers
    assert isinstance(first, Published)
    assert isinstance(second, Published)
    assert (first.is_new, second.is_new) == (True, False)
    assert isinstance(fault, Unsound)
    assert fault.fault.startswith("rules: ")


async def test_a_season_ends_and_what_was_before_goes_on(world: World) -> None:
    """A version with an end gives way to the one before it."""
    await publish_at(world, document({"price": 1}))
    await publish_at(
        world, document({"price": 2}, valid={**at(1), "to": f"{NOW + timedelta(hours=2):%Y-%m-%dT%H:%M}"}), NOW
    )
    async with world.site.everywhere.acquire() as conn:
        snapshot = await world.reference.fresh(conn)
    found = [snapshot.card("tested", NOW + timedelta(hours=hours)).version for hours in (0, 1, 2)]
    assert found == [1, 2, 1]
    assert snapshot.prices.valid_at("tested", SINCE - timedelta(seconds=1)) is None


async def test_prices_of_before_the_chain_are_read(world: World) -> None:
    """A card from before documents were whole: name and currency stand beside it."""
    await world.set_reference(
        "INSERT INTO rate_card (card, version, currency, valid_from, body, sha256)"
        " VALUES ('old', 1, 'EUR', $1, '{\"rules\": [{\"price\": 7}]}', $2)",
        SINCE, bytes(32),
    )  # fmt: skip
    async with world.site.everywhere.acquire() as conn:
        snapshot = await world.reference.fresh(conn)
        assert snapshot.card("old", NOW).rules[0].tariff.prices == (7,)
        assert rate_cards.broken(await rate_cards.list_versions(conn, "old")) == []
    later = await publish_at(world, document({"price": 8}, card="old", valid=at(1)), NOW)
    assert later.version == 2
