"""The months of a partner and of its clients: one bill of the operator, and that is the partner's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from takt.actions.issue import IssueDocuments
from takt.actions.issue_months import IssueMonths
from takt.actions.legal import SetCustomer, set_legal
from takt.actions.register import AddBusiness, Register
from takt.clock import CLOCK
from takt.core.document import UnsoundError
from takt.core.invoice import Kind
from takt.core.tax import TaxCase
from takt.proving import prove_documents
from takt.store import closings
from takt.store.audit import ledger_faults
from takt.store.documents import Listed
from takt.store.pool import transaction
from takt.wire.parties import buyer_document
from takt.workers.issuer import Issuer
from takt.workers.press import Press
from tests.actions.test_close_month import CLOSE, Fixed, balance, closer_at, crowd, delivered
from tests.actions.test_issue import set_up, unread
from tests.documents import buyer_for
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


async def test_the_invoice_of_a_partner_is_printed_and_says_what_its_ledger_does(world: World, press: Press) -> None:
    """By the real press: it finds nothing against the norm, and XML, document, month and wallet are one amount."""
    partner = await sell_through_partner(world, FUNDS)
    await publish_at(world, document({"price": 60_000}, card="bulk"), SINCE - timedelta(days=1))
    await pay_by(world, document({"price": PRICE}, reseller={"wholesale": "bulk"}))
    await set_up(world)
    customer = SetCustomer(partner, dict(buyer_document(buyer_for(TaxCase.DOMESTIC))), "test")
    async with transaction(world.site.everywhere) as conn:
        await set_legal(conn, partner[0], [customer], NOW, again=False)
    await world.execute("UPDATE contract SET mode = 'postpaid'")
    people = await crowd(world)
    await delivered(world, people, 3)
    await closer_at(world).round()
    found = {one.payer: one for one in await Issuer(world.site, press, Fixed(CLOSE)).round() if isinstance(one, Listed)}
    assert (found[partner].kind, found[world.payer].kind) == (Kind.INVOICE, Kind.STATEMENT)
    micros = 3 * len(people) * 60_000
    net = micros // 10_000
    tax = (net * 19 + 50) // 100
    assert (found[partner].net, found[partner].tax, found[partner].gross) == (net, tax, net + tax)
    [(cii, pdf)] = await world.rows("SELECT cii, pdf FROM document WHERE document_id = $1", found[partner].document_id)
    assert f">{(net + tax) // 100}.{(net + tax) % 100:02}</ram:GrandTotalAmount>" in cii.decode()
    assert pdf.startswith(b"%PDF")
    assert [one.faults async for one in prove_documents(world.site, press)] == [(), ()]
    rows = await world.rows(
        "SELECT kind, posted_micros FROM account WHERE contract_id = $1 AND kind IN ('spend', 'receivable', 'revenue:utility')"
        " ORDER BY 1",
        partner[1],
    )
    assert rows == [("receivable", -(net + tax) * 10_000), ("revenue:utility", micros), ("spend", FUNDS)]
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []


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


async def test_a_card_keeps_its_margin_against_what_its_wholesale_card_will_be(world: World) -> None:
    """Invariant 13: a dearer version that is published and not yet valid counts, for as long as the client's card lasts."""
    december, january = ({"from": f"{day}T00:00", "tz": "UTC"} for day in ("2026-12-01", "2027-01-01"))
    await publish_at(world, document({"price": 60_000}, card="bulk"), SINCE - timedelta(days=1))
    await publish_at(world, document({"price": PRICE + 1}, card="bulk", valid=december), NOW)
    sold: dict[str, Any] = {"reseller": {"wholesale": "bulk"}}
    with pytest.raises(UnsoundError, match=r"reseller\.margin"):
        await publish_at(world, document({"price": PRICE}, **sold), NOW)
    await publish_at(world, document({"price": PRICE + 1}, **sold), NOW)
    season = {"from": "2026-11-25T00:00", "to": "2026-12-01T00:00", "tz": "UTC"}
    await publish_at(world, document({"price": PRICE}, valid=season, **sold), NOW)
    with pytest.raises(UnsoundError, match=r"reseller\.margin"):
        await publish_at(world, document({"price": PRICE}, valid={**season, "to": "2026-12-02T00:00"}, **sold), NOW)
    await publish_at(world, document({"price": 60_000}, card="bulk", valid=january), NOW)
    await publish_at(world, document({"price": PRICE}, valid=january, **sold), NOW)


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
