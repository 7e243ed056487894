"""The verifier on what a partner sells: both legs of each message, months of partner and client, each fraud by its name."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from takt import bundle
from takt.actions.contract import set_limit
from takt.actions.expire import Expire
from takt.actions.legal import SetCustomer, set_legal
from takt.actions.refund import Refund, refund
from takt.clock import CLOCK
from takt.core.entries import Payer
from takt.core.invoice import Invoice, Kind
from takt.core.printed import Printed
from takt.core.tax import TaxCase
from takt.store.pool import transaction
from takt.wire.parties import buyer_document
from takt.workers.issuer import Issuer
from tests.actions.test_close_month import CLOSE, Fixed, closer_at, crowd, delivered
from tests.actions.test_issue import CLEAN, set_up
from tests.documents import buyer_for
from tests.exports import Fraud, exported, name_frauds, run
from tests.partners import sell_through_partner
from tests.pricing import SINCE, deliver, document, pay_by, publish_at, sent, stepped
from tests.world import FUNDS, NOW, Somebody, World, template_to

STEPS = {"counters": {"bulk": {"scope": "contract"}}}
CHANGED = "2026-11-25T00:00"
BEFORE = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Pleased:
    """A press that writes down the total and nothing else."""

    @staticmethod
    async def print(invoice: Invoice) -> Printed:
        coins = invoice.totals.gross
        xml = b"" if invoice.kind is Kind.STATEMENT else f"<GrandTotalAmount>{coins // 100}.{coins % 100:02}<".encode()
        return Printed(invoice.number.encode(), xml, xml, CLEAN, "nobody")


async def end(world: World, person: Somebody, at: datetime) -> None:
    """Their messages expire."""
    async with transaction(world.site.pool(person.part)) as conn:
        await Expire(world.reference, CLOCK.new_id)(conn, person.part, at)


async def give_back(world: World, person: Somebody, message_id: Any, at: datetime) -> None:
    async with transaction(world.site.pool(person.part)) as conn:
        await refund(conn, person.part, [Refund(message_id, "sorry")], at, again=False)


async def month(world: World, at: datetime = CLOSE) -> None:
    await closer_at(world, at).round()
    await Issuer(world.site, Pleased(), Fixed(at)).round()  # type: ignore[arg-type]


async def pay_afterwards(world: World, partner: Payer) -> None:
    """Both are billed when a month is over: the one by the operator, the other by its partner."""
    await world.execute("UPDATE contract SET mode = 'postpaid'")
    await set_up(world)
    customer = SetCustomer(partner, dict(buyer_document(buyer_for(TaxCase.DOMESTIC))), "test")
    async with transaction(world.site.everywhere) as conn:
        await set_legal(conn, partner[0], [customer], NOW, again=False)


async def lend(world: World, micros: int, at: datetime) -> None:
    """The line of credit of the client is so long from then on; without one it pays ahead."""
    async with transaction(world.site.everywhere) as conn:
        await set_limit(conn, world.payer, micros, "olga", at)


async def trade(world: World) -> None:
    """All that can become of a message: in time, late, too late, given back, by one version of the cards or the next."""
    people = [await world.add_person(number) for number in world.numbers(world.site.parts[0], 3)]
    for person in people:
        await world.set_marketing(person, granted=True)
    await delivered(world, people[:1], 3)
    (back,) = await sent(world, template_to(world, people[0].wa_id))
    await deliver(world, people[0])
    await give_back(world, people[0], back, NOW + HOUR)
    for person in people[1:]:
        await sent(world, template_to(world, person.wa_id))
        await end(world, person, NOW + 2 * HOUR)
    await deliver(world, people[1], now=NOW + 3 * HOUR)
    await deliver(world, people[2], now=NOW + 4 * DAY)
    await sent(world, template_to(world, people[0].wa_id), now=BEFORE)
    await deliver(world, people[0], now=BEFORE + HOUR)
    await delivered(world, people[:1], 2, NOW + 5 * DAY)
    await delivered(world, people[:1], 1, NOW + 5 * DAY + HOUR, name="autumn_offer")


def rows(told: Any, **wanted: Any) -> Iterator[Any]:
    """The rows of usage that say this."""
    for batch in told:
        for row in batch["usage"]:
            if all(row[name] == value for name, value in {"refund": False, **wanted}.items()):
                yield row


def one(change: dict[str, Any], **wanted: Any) -> Callable[[Any], None]:
    """Change the first row of usage that says this."""
    return lambda told: next(rows(told, **wanted)).update(change)


def without(**wanted: Any) -> Callable[[Any], None]:
    """Take a row of usage out, and what it moved."""

    def change(told: Any) -> None:
        gone = next(rows(told, **wanted))
        for batch in told:
            batch["usage"] = [row for row in batch["usage"] if row is not gone]
            batch["entries"] = [
                entry
                for entry in batch["entries"]
                if entry["contract"] != gone["contract"]
                or gone["message"] != entry["undoes" if gone["refund"] else "entry"]
            ]

    return change


def taken(told: Any, **wanted: Any) -> Any:
    """The first entry that says this."""
    return next(
        entry
        for batch in told
        for entry in batch["entries"]
        if all(entry[name] == value for name, value in wanted.items())
    )


def version(told: Any, card: str, number: int) -> Any:
    return next(each for each in told["cards"] if (each["card"], each["version"]) == (card, number))


def company(told: Any, *, sold: bool) -> Any:
    return next(each for each in told if (each["partner"] is not None) is sold)


def to_the_client(told: Any) -> None:
    own = next(rows(told, leg=0))["contract"]
    next(rows(told, leg=1)).update(contract=own)


def booked_apart(told: Any) -> None:
    first, second, *_ = [batch for batch in told if any(row["leg"] == 1 for row in batch["usage"])][::2]
    leg = next(row for row in first["usage"] if row["leg"] == 1)
    first["usage"].remove(leg)
    second["usage"].append(leg)


def billed(told: Any) -> None:
    kinds = [each for each in told if each["kind"] == "statement"]
    kinds[0].update(kind="invoice")


BOTH: list[Fraud] = [
    ("batches.jsonl", without(leg=1, late=False), "and that of its partner is missing"),
    ("batches.jsonl", without(leg=0, late=False), "and that of no client of it"),
    ("batches.jsonl", without(leg=1, refund=True), "was given back, is there, and that of its partner is missing"),
    ("batches.jsonl", without(leg=0, refund=True), "was given back, is there, and that of no client"),
    ("batches.jsonl", to_the_client, "its second leg is booked to"),
    ("batches.jsonl", booked_apart, "one leg was booked at"),
    ("batches.jsonl", one({"late": False}, leg=1, late=True), "do not agree on late"),
    ("batches.jsonl", one({"delivered_at": "2026-11-23T12:00:00Z"}, leg=1), "do not agree on delivered_at"),
    (
        "batches.jsonl",
        one({"late": False}, reason="absorbed", leg=0),
        "is absorbed, and was charged, counted or in time",
    ),
    (
        "batches.jsonl",
        lambda told: taken(told, kind="capture", credit="partner").update(credit="revenue:utility"),
        "and should to partner",
    ),
    (
        "batches.jsonl",
        lambda told: taken(told, kind="refund", debit="partner").update(debit="revenue:utility"),
        "and should to partner",
    ),
    ("batches.jsonl", lambda told: taken(told, kind="late").update(kind="capture"), "its message was delivered late"),
    (
        "batches.jsonl",
        lambda told: taken(told, kind="adjustment").update(amount_micros=5),
        "and 5 of it is in the journal",
    ),
    ("contracts.json", lambda told: company(told, sold=True).update(partner=None), "and that of no client of it"),
    ("contracts.json", lambda told: company(told, sold=True).update(partner=None), "its partner bills 0, and "),
    ("contracts.json", lambda told: company(told, sold=False)["months"][0]["lines"][0].update(quantity=9), "units of"),
    ("documents.jsonl", billed, "to the client of a partner, who bills it"),
]


def early(told: Any) -> None:
    version(told, "bulk", 2).update(valid_from="2026-11-20T00:00:00Z")


WHOLESALE: list[Fraud] = [
    *BOTH,
    ("batches.jsonl", one({"unit_price_micros": 9, "amount_micros": 9}, leg=1), "costs 40000 by its rule, not 9"),
    (
        "batches.jsonl",
        one({"unit_price_micros": 200_000, "amount_micros": 200_000}, leg=1),
        "costs its partner 200000, and its client 100000",
    ),
    ("batches.jsonl", one({"card": "bulk"}, leg=0), "is priced by bulk, by which its company never paid"),
    ("batches.jsonl", one({"card": "tested"}, leg=1), "its partner pays by bulk, not by tested"),
    ("batches.jsonl", one({"version": 2}, leg=1), "bulk version 2 did not count when"),
    ("batches.jsonl", one({"rule": 1}, leg=1), "rule 0 prices it, not rule 1"),
    ("batches.jsonl", one({"ordinal": 9}, leg=1), "a hole or a repeat"),
    ("batches.jsonl", one({"ordinal": 9}, leg=1, late=True, reason="regular"), "a hole or a repeat"),
    ("batches.jsonl", one({"tier": "3:MAX"}, leg=1), "costs what another step says by its rule"),
    ("batches.jsonl", one({"forgone_micros": 7}, leg=1, reason="absorbed"), "costs 30000 by its rule, not 7"),
    ("batches.jsonl", one({"forgone_micros": 7}, leg=0, reason="absorbed"), "costs 100000 by its rule, not 7"),
    ("batches.jsonl", one({"forgone_micros": 0}, leg=1, reason="absorbed"), "costs 30000 by its rule, not 0"),
    ("cards.json", early, "and its document says 2026-11-25T00:00"),
    (
        "cards.json",
        lambda told: version(told, "bulk", 2).update(published_at="2026-11-28T00:00:00Z"),
        "before it was published",
    ),
    (
        "cards.json",
        lambda told: version(told, "bulk", 2).update(published_at="2026-12-28T00:00:00Z"),
        "before rate card bulk version 2 was published",
    ),
]


def hidden(told: Any) -> None:
    next(batch for batch in told if batch["usage"])["beside"]["usage"]["of"] += 1


def another_place(told: Any) -> None:
    batch = next(batch for batch in told if batch["usage"])
    batch["beside"]["usage"]["places"][0] += 1


ALONE: list[Fraud] = [
    ("batches.jsonl", one({"market": "AT"}), "its rows are not those"),
    ("batches.jsonl", without(late=False), "its rows are not those"),
    ("batches.jsonl", hidden, "its rows are not those"),
    ("batches.jsonl", another_place, "its rows are not those"),
    ("batches.jsonl", lambda told: told.append(told[0]), "so that some are missing"),
    ("batches.jsonl", lambda told: taken(told, kind="capture").update(amount_micros=1), "was taken for it"),
    ("contracts.json", lambda told: told[0]["months"][0]["lines"][0].update(quantity=99), "units of"),
    ("documents.jsonl", lambda told: told[0]["lines"][0].update(quantity=99), "line 1 is 99 of"),
    ("documents.jsonl", lambda told: told[0].update(gross=told[0]["gross"] + 1), "its totals are not"),
    ("documents.jsonl", lambda told: told[0].update(contract="0" * 32), "is of another company"),
    ("company.json", lambda told: told.update(contract="0" * 32), "is of other companies than company.json says"),
]


async def each_alone(world: World, partner: Payer, folder: Path) -> None:
    """Each of them verifies what is its own, and finds nothing of the other in it but whose client it is."""
    for own, other in ((world.payer, partner), (partner, world.payer)):
        alone = folder / own[1].hex
        told = await exported(world, alone, own[1])
        assert (told["contracts"], told["documents"]) == (1, 1)
        assert f"of contract {own[1].hex} alone" in run(alone)[1]
        text = "".join(file.read_text("utf-8") for file in alone.iterdir())
        assert text.replace(f'"partner": "{other[1].hex}"', "").count(other[1].hex) == 0
        name_frauds(alone, ALONE)
        (alone / "company.json").unlink()
        assert "leaves rows out" in run(alone)[1]


async def test_a_partner_s_own_card_is_recomputed(world: World, tmp_path: Path) -> None:
    """Steps of the partner's count, its conversations' place taken by plain prices, both cards changed within the month."""
    partner = await sell_through_partner(world, FUNDS)
    utility = stepped("bulk", (0, 40_000), (2, 30_000), category="utility")
    valid = {"from": CHANGED, "tz": "UTC"}
    seat = {"id": "seat", "per": "sender", "every": "month", "price": 990_000}
    await publish_at(world, document(utility, {"price": 60_000}, card="bulk", **STEPS), SINCE - DAY)
    retail: dict[str, Any] = {"reseller": {"wholesale": "bulk"}, "recurring": [seat]}
    await pay_by(world, document({"price": 100_000}, **retail))
    await publish_at(world, document(utility, {"price": 70_000}, card="bulk", valid=valid, **STEPS))
    await publish_at(
        world,
        document({"price": 90_000}, valid=valid, reseller=retail["reseller"], recurring=[{**seat, "price": 500_000}]),
    )
    await pay_afterwards(world, partner)
    await trade(world)
    await month(world)
    right = tmp_path / "right"
    told = await exported(world, right)
    assert told["documents"] == 2
    name_frauds(right, WHOLESALE)
    for place, payer in enumerate((world.payer, partner)):
        own = tmp_path / f"own-{place}"
        await bundle.write(world.site, own, payer[1])
        code, said = run(own)
        assert (code, said.splitlines()[-1]) == (0, "everything is as it must be"), said
    await each_alone(world, partner, tmp_path)


SHARE: list[Fraud] = [
    *BOTH,
    (
        "batches.jsonl",
        one({"amount_micros": 84_999, "unit_price_micros": 84_999}, leg=1),
        "85000 (amount_micros), not 84999",
    ),
    ("batches.jsonl", one({"forgone_micros": 1}, leg=1, reason="absorbed"), "owes 85000 (forgone_micros), not 1"),
    ("batches.jsonl", one({"card": "card", "rule": 0}, leg=1), "do not agree on card"),
]


async def test_a_partner_s_share_is_recomputed(world: World, tmp_path: Path) -> None:
    """Priced at delivery, so that the price is of the next version and the share of the one that accepted it.

    The client pays ahead afterwards, which says nothing of the month before.
    """
    partner = await sell_through_partner(world, FUNDS)
    pinned: dict[str, Any] = {"price_pin": "delivery", "reseller": {"share_basis_points": 1_500}}
    await pay_by(world, document({"price": 100_000}, **pinned))
    valid = {"from": CHANGED, "tz": "UTC"}
    await publish_at(
        world, document({"price": 90_000}, valid=valid, price_pin="delivery", reseller={"share_basis_points": 2_000})
    )
    await pay_afterwards(world, partner)
    await lend(world, 5_000_000, NOW)
    await trade(world)
    await month(world)
    await lend(world, 0, CLOSE + DAY)
    right = tmp_path / "right"
    await exported(world, right)
    name_frauds(right, SHARE)


def uncarried(told: Any) -> None:
    told[0]["months"][1].update(document=None, state="frozen")


def without_carried(told: Any) -> None:
    for each in told:
        each["lines"] = [line for line in each["lines"] if line["quantity"] > 0]


MONTHS: list[Fraud] = [
    ("contracts.json", uncarried, "its document carries nothing, and should 2026-12-01"),
    ("contracts.json", lambda told: told[0]["months"][1]["lines"].pop(0), "on documents so far"),
    ("contracts.json", lambda told: told[0]["months"].pop(1), "so that a month is missing"),
    ("contracts.json", lambda told: told[0]["months"][0].update(state="frozen"), "a document before it was issued"),
    (
        "contracts.json",
        lambda told: told[0]["months"][0]["lines"].append(told[0]["months"][0]["lines"][0]),
        "a line is there twice",
    ),
    ("documents.jsonl", without_carried, "lines, and its month"),
    (
        "documents.jsonl",
        lambda told: max(told, key=lambda each: str(each["number"])).update(
            issued_on="2026-01-01", number="RE-2026-000002"
        ),
        "is of a day before that of",
    ),
    ("batches.jsonl", one({"unit_price_micros": 7}, refund=False), "was charged at a price of 7"),
]


@pytest.mark.parametrize("committed", [False, True])
async def test_months_that_give_back_are_carried(world: World, tmp_path: Path, *, committed: bool) -> None:
    """And what a commitment asks for goes on with the version that begins in between."""
    valid = {"from": CHANGED, "tz": "UTC"}
    more: dict[str, Any] = (
        {"commitment": {"period": "month", "amount": 100_000, "eligible": ["utility"]}} if committed else {}
    )
    await pay_by(world, document({"price": 50_000}, **more))
    await publish_at(world, document({"price": 60_000}, valid=valid, **more))
    await world.execute("UPDATE contract SET mode = 'postpaid'")
    await set_up(world)
    people = await crowd(world)
    await delivered(world, people, 5)
    await month(world)
    for part, message_id in await world.rows("SELECT part, message_id FROM usage"):
        person = next(each for each in people if each.part == part)
        await give_back(world, person, message_id, CLOSE + DAY)
    january, february = datetime(2027, 1, 5, 12, tzinfo=UTC), datetime(2027, 2, 4, 12, tzinfo=UTC)
    await month(world, january)
    await exported(world, tmp_path / "waiting")
    await delivered(world, people, 9, january + DAY)
    await month(world, february)
    right = tmp_path / "right"
    assert (await exported(world, right))["documents"] == 2
    name_frauds(right, MONTHS)
