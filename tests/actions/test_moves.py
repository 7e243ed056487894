"""A client moves: what was accepted before is the old partner's, whenever it arrives; months, documents and the verifier agree."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from takt.actions.contract import Answer, MoveClient, change_contracts
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.contract import Fault
from takt.core.entries import Payer
from takt.core.ids import made_at, make_id, slot_of
from takt.core.invoice import Kind
from takt.core.message import Accepted
from takt.store import documents
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from tests.actions.test_close_month import DECEMBER, crowd
from tests.actions.test_verifier_partners import month, pay_afterwards
from tests.exports import Fraud, exported, name_frauds
from tests.partners import sell_through_partner
from tests.pricing import deliver, document, pay_by
from tests.world import FUNDS, NOW, World, template_to

PRICE, COST = 100_000, 80_000
LAST, FIRST = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
LATER, JANUARY = FIRST + timedelta(days=1), datetime(2027, 1, 5, 12, tzinfo=UTC)


async def move(world: World, partner: Payer | None, begins: date = DECEMBER) -> Answer:
    command = MoveClient(world.payer, world.business.business_id, partner, "", begins, "olga")
    async with transaction(world.site.everywhere) as conn:
        return (await change_contracts(conn, world.payer[0], [command], NOW, again=False)).answers[0]


async def sent_at(world: World, wa_id: str, at: datetime) -> UUID:
    """A message whose id is of the moment at which it was accepted, as everywhere but in tests."""
    part = world.part_of(wa_id)

    asked = template_to(world, wa_id)
    slot = slot_of(asked.message_id)
    message_id = make_id(int(at.timestamp() * 1000), slot, asked.message_id.int & (1 << 62) - 1)
    async with transaction(world.site.pool(part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        done = await action(conn, part, [replace(asked, message_id=message_id)], at, again=False)
    assert isinstance(done.answers[0], Accepted), done.answers
    assert made_at(message_id) == at
    return message_id


def mover(told: Any) -> Any:
    return next(one for one in told if one["partners"])


FRAUDS: list[Fraud] = [
    ("contracts.json", lambda told: mover(told)["partners"].clear(), "leg of its"),
    ("contracts.json", lambda told: mover(told)["partners"][0].update({"from": "2026-11-30T22:00:00Z"}), "leg of its"),
    ("contracts.json", lambda told: mover(told)["partners"].clear(), "clients are told of it"),
]


@pytest.mark.parametrize("away", [True, False])
async def test_what_was_accepted_before_is_settled_by_who_sold_it(world: World, tmp_path: Path, *, away: bool) -> None:
    partner = await sell_through_partner(world, FUNDS)
    if not away:
        await world.set_reference(
            "UPDATE business SET partner_part = NULL, partner_id = NULL WHERE business_id = $1",
            world.business.business_id,
        )
    await pay_by(world, document({"price": PRICE}, reseller={"share_basis_points": 2_000}))
    await pay_afterwards(world, partner)
    assert await move(world, partner, date(2026, 11, 1)) is Fault.BEGUN
    assert await move(world, world.payer) is Fault.PARTNER
    assert await move(world, None if away else partner) is None
    people = await crowd(world)
    ids: dict[datetime, list[UUID]] = {}
    for at in (NOW, LAST, FIRST):
        for person in people:
            ids.setdefault(at, []).append(await sent_at(world, person.wa_id, at))
            if at == NOW:
                await deliver(world, person, now=at)
    for person in people:
        await deliver(world, person, now=LATER)
    count = len(people)
    sold = (NOW, LAST) if away else (FIRST,)
    legs = await world.rows("SELECT message_id, amount_micros, contract_id FROM usage WHERE leg = 1")
    assert {row[0] for row in legs} == {one for at in sold for one in ids[at]}
    assert {(row[1], row[2]) for row in legs} == {(COST, partner[1])}
    earned = dict(
        await world.rows(
            "SELECT kind, posted_micros FROM account WHERE contract_id = $1 AND kind IN ('partner', 'revenue:utility')",
            world.payer[1],
        )
    )
    assert earned == {"partner": len(sold) * count * PRICE, "revenue:utility": (3 - len(sold)) * count * PRICE}
    await month(world)
    await month(world, JANUARY)
    async with world.site.everywhere.acquire() as conn:
        own, theirs = [await documents.list_contract(conn, one) for one in (world.payer, partner)]
        assert await ledger_faults(conn, world.site.parts) == []
    shown = [(one.kind, one.net * 10_000) for one in sorted(own, key=lambda one: one.issued_at)]
    kinds = [Kind.STATEMENT, Kind.INVOICE] if away else [Kind.INVOICE, Kind.STATEMENT]
    assert shown == [(kinds[0], count * PRICE), (kinds[1], 2 * count * PRICE)]
    assert sorted(one.net * 10_000 for one in theirs) == ([count * COST] * 2 if away else [count * COST])
    right = tmp_path / "right"
    await exported(world, right)
    name_frauds(right, FRAUDS)
    for place, payer in enumerate((world.payer, partner)):
        await exported(world, tmp_path / f"own-{place}", payer[1])


async def test_who_sells_to_others_is_nobodys_client_and_credit_does_not_move(world: World) -> None:
    partner = await sell_through_partner(world, FUNDS)
    await world.execute(
        "UPDATE account SET min_available = -5 WHERE contract_id = $1 AND kind = 'spend'", world.payer[1]
    )
    assert await move(world, None) is Fault.LENT
    assert await move(world, partner) is None
    back = MoveClient(partner, await of(world, partner), world.payer, "", DECEMBER, "olga")
    async with transaction(world.site.everywhere) as conn:
        assert (await change_contracts(conn, partner[0], [back], NOW, again=False)).answers == [Fault.PARTNER]
    [(field, becomes, who)] = await world.rows("SELECT field, becomes, who FROM contract_change")
    assert (field, becomes, who) == ("partner", "2026-12", "olga")


async def of(world: World, payer: Payer) -> UUID:
    """The company of a contract."""
    [(found,)] = await world.rows("SELECT business_id FROM business WHERE contract_id = $1", payer[1])
    return UUID(str(found))
