"""The months of a partner and of its clients: one bill of the operator, and that is the partner's."""

from dataclasses import replace

import pytest

from takt.actions.issue import IssueDocuments
from takt.actions.issue_months import IssueMonths
from takt.actions.register import AddBusiness, Register
from takt.clock import CLOCK
from takt.core.invoice import Kind
from takt.store import closings
from takt.store.audit import ledger_faults
from takt.store.documents import Listed
from takt.store.pool import transaction
from tests.actions.test_close_month import CLOSE, balance, closer_at, crowd, delivered
from tests.actions.test_issue import set_up, unread
from tests.partners import sell_through_partner
from tests.pricing import document, pay_by
from tests.world import FUNDS, NOW, World

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
