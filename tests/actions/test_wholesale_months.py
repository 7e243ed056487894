"""Fees, commitments and grants of a wholesale card through the workers: the partner has them once, for all its clients."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from takt.clock import CLOCK
from takt.core.entries import Payer
from takt.core.invoice import Kind
from takt.store import closings, documents, ledger
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.workers.lapser import Lapser
from tests.actions.test_close_month import NOVEMBER, Fixed, crowd, delivered
from tests.actions.test_verifier_partners import month, pay_afterwards, version
from tests.exports import Fraud, exported, name_frauds
from tests.letters import add_company
from tests.partners import sell_through_partner
from tests.pricing import SINCE, deliver, document, pay_by, publish_at, sent, stepped
from tests.world import FUNDS, NOW, World, text_to

RETAIL, COST = 100_000, 60_000
INCLUDED = 2
GIVEN = 30_000
FEE, SEAT, LEAST = 30_000_000, 6_000_000, 15_000_000
BULK: dict[str, Any] = {
    "counters": {"bulk": {"scope": "contract"}},
    "recurring": [
        {
            "id": "line", "per": "contract", "every": "month", "price": FEE,
            "includes": {"counter": "bulk", "units": INCLUDED},
        },
        {"id": "seat", "per": "sender", "every": "month", "price": SEAT},
    ],
    "commitment": {"period": "month", "amount": LEAST},
    "grants": [{"id": "start", "kind": "promo", "amount": GIVEN, "days": 90}],
}  # fmt: skip


async def other_client(world: World, partner: Payer) -> Any:
    """Another company that the partner sells to by the same card."""
    other = await add_company(world, world.site.parts[0])
    await world.set_reference(
        "UPDATE business SET card = 'tested', partner_part = $1, partner_id = $2 WHERE business_id = $3",
        *partner, other.business.business_id,
    )  # fmt: skip
    payer = (other.business.contract_part, other.business.contract_id)
    async with transaction(world.site.everywhere) as conn:
        await ledger.add_top_up(conn, payer, CLOCK.new_id(), FUNDS, "", NOW)
    return other


def partner_of(told: Any) -> Any:
    return next(one for one in told if one["clients"])


def line(told: Any, kind: str) -> Any:
    return next(one for one in partner_of(told)["months"][0]["lines"] if one["key"].startswith(kind))


def fewer_seats(told: Any) -> None:
    line(told, "fee/bulk@1/-1/fee///seat").update(quantity=1)


def without_fee(told: Any) -> None:
    lines = partner_of(told)["months"][0]["lines"]
    lines.remove(line(told, "fee/bulk@1/-1/fee///line"))


def dearer(told: Any) -> str:
    return str(version(told, "bulk", 1)["body"]).replace(str(FEE), str(FEE + 1))


FRAUDS: list[Fraud] = [
    ("contracts.json", fewer_seats, "is due 3 times, and on its lines 1 times"),
    ("contracts.json", without_fee, "is due 1 times, and on its lines 0 times"),
    (
        "contracts.json",
        lambda told: line(told, "commitment/bulk").update(unit_price_micros=1),
        "the commitment of 2026-11 by bulk asks for",
    ),
    (
        "contracts.json",
        lambda told: partner_of(told).update(clients=[]),
        "0 clients are told of it, and they are not the 2",
    ),
    ("contracts.json", lambda told: partner_of(told)["clients"].pop(), "1 clients are told of it"),
    ("contracts.json", lambda told: partner_of(told)["clients"][0]["senders"].pop(), "2 clients are told of it"),
    ("cards.json", lambda told: version(told, "bulk", 1).update(body=dearer(told)), "is not as it was published"),
]


async def test_a_partner_has_what_its_wholesale_card_asks_for_and_gives_once(world: World, tmp_path: Path) -> None:
    partner = await sell_through_partner(world, FUNDS)
    await publish_at(world, document(stepped("bulk", (0, COST)), card="bulk", **BULK), SINCE - timedelta(days=1))
    await pay_by(world, document({"price": RETAIL}, reseller={"wholesale": "bulk"}))
    other = await other_client(world, partner)
    lapser = Lapser(world.site, world.reference, Fixed(NOW))
    assert [await lapser.give(part) for part in world.site.parts].count(1) == 1
    assert sum([await lapser.give(part) for part in world.site.parts]) == 0
    await pay_afterwards(world, partner)
    people = await crowd(world)
    await delivered(world, people, 3)
    for person in people:
        await world.invite(person, other)
        await sent(world, text_to(world, person.wa_id, sender=other))
        await deliver(world, person)
    priced = 4 * len(people) - INCLUDED
    await month(world)
    async with world.site.everywhere.acquire() as conn:
        lines = await closings.lines(conn, partner, NOVEMBER)
        issued = await documents.list_contract(conn, partner)
        assert await ledger_faults(conn, world.site.parts) == []
        assert await closings.commitments(conn, partner, NOVEMBER) != {}
    least = LEAST * 30 // 30 - LEAST * 21 // 30
    assert [(one.name or one.kind, one.quantity, one.micros) for one in lines] == [
        ("usage", len(people), len(people) * COST),
        ("usage", priced - len(people), (priced - len(people)) * COST),
        ("grant", -1, -GIVEN),
        ("line", 1, FEE - FEE * 21 // 30),
        ("seat", 3, 3 * (SEAT - SEAT * 21 // 30)),
        ("commitment", 1, least - priced * COST),
    ]
    assert [(one.kind, one.net) for one in issued] == [(Kind.INVOICE, sum(one.micros for one in lines) // 10_000)]
    right = tmp_path / "right"
    await exported(world, right)
    name_frauds(right, FRAUDS)
    alone = tmp_path / "alone"
    assert (await exported(world, alone, partner[1]))["documents"] == 1
    client = tmp_path / "client"
    await exported(world, client, world.payer[1])
    assert '"bulk"' not in (client / "cards.json").read_text("utf-8").replace('"wholesale": "bulk"', "")
