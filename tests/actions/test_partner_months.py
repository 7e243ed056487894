"""The months of a partner and of its clients: one bill of the operator, and that is the partner's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from takt.actions.issue import IssueDocuments
from takt.actions.issue_months import IssueMonths
from takt.actions.register import AddBusiness, Register
from takt.clock import CLOCK
from takt.core.document import UnsoundError
from takt.core.invoice import Kind
from takt.store import closings
from takt.store.audit import ledger_faults
from takt.store.documents import Listed
from takt.store.pool import transaction
from tests.actions.test_close_month import CLOSE, balance, closer_at, crowd, delivered
from tests.actions.test_issue import set_up, unread
from tests.letters import add_company
from tests.partners import sell_through_partner
from tests.pricing import SINCE, deliver, document, pay_by, publish_at, sent
from tests.world import FUNDS, NOW, World, text_to

PRICE, COST = 100_000, 85_000


@pytest.mark.parametrize("mode", ["postpaid", "prepaid"])
async def test_the_operator_bills_the_partner_and_not_its_client(world: World, mode: str) -> None:
    partner = await sell_through_partner(world, FUNDS)
    await pay_by(world, document({"price": PRICE}, reseller={"share_basis_points": 1_500}))
    await set_up(world)
    await world.execute("UPDATE contract SET mode = $1 WHERE contract_id = $2", mode, world.payer[1])
    await world.execute("UPDATE contract SET mode = 'postpaid' WHERE contract_id = $1", partner[1])
    people = await crowd(world)
    await delivered(world, people, 2)
    used = 2 * len(people)
    await closer_at(world).sum_up()
    closed = {one.payer: one for one in (await closer_at(world).close()).closed}
    assert (closed[world.payer].used_micros, closed[partner].used_micros) == (used * PRICE, used * COST)
    free = mode == "postpaid"
    assert await world.money() == (FUNDS - used * PRICE * (not free), 0)
    assert await balance(world, "partner") == used * PRICE * (not free)
    async with transaction(world.site.pool(world.payer[0])) as conn:
        action = IssueMonths(IssueDocuments(unread))
        [found] = (await action(conn, world.payer[0], [closed[world.payer]], CLOSE, again=False)).answers
    assert isinstance(found, Listed)
    assert found.kind is Kind.STATEMENT
    assert await balance(world, "receivable") == 0
    async with world.site.everywhere.acquire() as conn:
        [theirs] = await closings.lines(conn, partner, closed[partner].month)
        assert await ledger_faults(conn, world.site.parts) == []
    assert (theirs.quantity, theirs.unit_price_micros) == (used, COST)


async def test_a_partner_has_no_partner_itself(world: World) -> None:
    await sell_through_partner(world, 0)
    sold = replace(
        world.business, business_id=CLOCK.new_id(), waba_id="200493023778", contract_id=CLOCK.new_id(),
        partner=world.payer,
    )  # fmt: skip
    async with transaction(world.site.everywhere) as conn:
        done = await Register(world.site.parts)(conn, 0, [AddBusiness(sold, "EUR")], NOW, again=False)
    assert done.answers == ["partner"]


async def test_a_dearer_wholesale_card_keeps_the_margin_of_the_cards_that_name_it(world: World) -> None:
    """Invariant 13."""
    await publish_at(world, document({"price": 60_000}, card="bulk"), SINCE - timedelta(days=1))
    await pay_by(world, document({"price": PRICE}, reseller={"wholesale": "bulk"}))
    valid = {"from": "2026-12-01T00:00", "tz": "UTC"}
    with pytest.raises(UnsoundError, match=r"reseller\.margin"):
        await publish_at(world, document({"price": PRICE + 1}, card="bulk", valid=valid), NOW)
    await publish_at(world, document({"price": PRICE}, card="bulk", valid=valid), NOW)


async def test_the_month_of_a_partner_is_over_all_its_clients(world: World) -> None:
    partner = await sell_through_partner(world, FUNDS)
    await publish_at(world, document({"price": 60_000}, card="bulk"), SINCE - timedelta(days=1))
    await pay_by(world, document({"price": PRICE}, reseller={"wholesale": "bulk"}))
    other = await add_company(world, world.site.parts[0])
    await world.set_reference(
        "UPDATE business SET card = 'tested', partner_part = $1, partner_id = $2 WHERE business_id = $3",
        *partner,
        other.business.business_id,
    )
    await world.execute(
        "UPDATE account SET posted_micros = $1 WHERE contract_id = $2 AND kind = 'spend'",
        FUNDS,
        other.business.contract_id,
    )
    people = await crowd(world)
    await delivered(world, people, 2)
    for person in people:
        await world.invite(person, other)
        await sent(world, text_to(world, person.wa_id, sender=other))
        await deliver(world, person)
    await closer_at(world).sum_up()
    closed = {one.payer: one for one in (await closer_at(world).close()).closed}
    async with world.site.everywhere.acquire() as conn:
        found = await closings.lines(conn, partner, closed[partner].month)
    assert {(one.card, one.rule) for one in found} == {("bulk", 0)}
    assert sum(one.quantity for one in found) == 3 * len(people)
