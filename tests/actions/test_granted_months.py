"""A month that grants paid a part of: its document takes that off, and the wallet is not given what nobody paid."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from takt.actions.refund import Refund, refund
from takt.core.closing import GRANT, USAGE
from takt.store.pool import transaction
from takt.store.site import Site
from takt.workers.issuer import Issuer
from tests.actions.test_close_month import CLOSE, DECEMBER, NOVEMBER, Fixed, balance, closer_at, delivered, lines
from tests.actions.test_grants import add, made, somebody
from tests.actions.test_issue import balances, set_up, sound, unread
from tests.exports import exported, name_frauds
from tests.pricing import document, pay_by
from tests.world import World, make_world

PRICE = 370_000
GIVEN = 2_000_000


class Pleased:
    """A press that looks at nothing."""

    print = staticmethod(unread)


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


async def used(world: World, messages: int, given: int = GIVEN, mode: str = "postpaid") -> int:
    """A company used so many messages, some on a grant; what was in its wallet before."""
    await pay_by(world, document({"price": PRICE}))
    await set_up(world)
    await world.execute("UPDATE contract SET mode = $1", mode)
    if given:
        await add(world, made(world, given))
    before = await balance(world, "spend")
    await delivered(world, [await somebody(world)], messages)
    return before


async def issue(world: World) -> None:
    await Issuer(world.site, Pleased(), Fixed(CLOSE)).round()  # type: ignore[arg-type]


async def nets(world: World) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in await world.rows("SELECT kind, net FROM document ORDER BY number")]


async def test_an_invoice_asks_for_what_grants_did_not_pay(world: World) -> None:
    before = await used(world, 10)
    await closer_at(world).round()
    assert [(one.kind, one.micros) for one in await lines(world)] == [(USAGE, 10 * PRICE), (GRANT, -GIVEN)]
    await issue(world)
    assert await nets(world) == [("invoice", 170)]
    assert await balance(world, "spend") == before, "the wallet is what it was, as of every invoice"
    assert await sound(world)


async def test_who_used_grants_alone_owes_nothing(world: World) -> None:
    before = await used(world, 4)
    await closer_at(world).round()
    await issue(world)
    assert await nets(world) == [("invoice", 0)]
    assert (await balances(world)).get("receivable", 0) == 0
    assert await balance(world, "spend") == before
    assert await sound(world)


async def test_what_comes_back_to_a_grant_is_asked_for_by_the_next_document(world: World) -> None:
    await used(world, 10)
    await closer_at(world).round()
    [(message_id,)] = await world.rows(
        "SELECT entry_id FROM journal WHERE debit LIKE 'grant:%' AND kind = 'capture' ORDER BY entry_id LIMIT 1"
    )
    [(part,)] = await world.rows("SELECT part FROM usage WHERE message_id = $1", message_id)
    async with transaction(world.site.everywhere) as conn:
        await refund(conn, part, [Refund(message_id, "it never came")], CLOSE, again=False)
    await closer_at(world, CLOSE + timedelta(days=31)).round()
    taken = [(one.kind, one.micros) for one in await lines(world, DECEMBER)]
    assert taken == [(USAGE, -PRICE), (GRANT, PRICE)], "the message was a grant's: nothing is owed either way"


async def test_a_month_without_grants_has_no_such_line(world: World) -> None:
    await used(world, 3, given=0)
    await closer_at(world).round()
    assert [one.kind for one in await lines(world, NOVEMBER)] == [USAGE]


async def test_the_verifier_takes_grants_off_too(world: World, tmp_path: Path) -> None:
    await used(world, 10, mode="prepaid")
    await closer_at(world).round()
    await issue(world)
    right = tmp_path / "right"
    await exported(world, right)

    def more(told: Any) -> None:
        [line] = [one for one in told[0]["months"][0]["lines"] if one["key"].startswith("grant/")]
        line["unit_price_micros"] += 10_000

    def none(told: Any) -> None:
        month = told[0]["months"][0]
        month["lines"] = [one for one in month["lines"] if not one["key"].startswith("grant/")]

    name_frauds(right, [("contracts.json", more, "is taken off"), ("contracts.json", none, "is taken off")])
