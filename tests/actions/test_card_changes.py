"""A month in which the card changes, and the next one by another card: lines by version and rule, through workers and verifier."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from takt.actions.contract import AssignCard, change_contracts
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from tests.actions.test_close_month import DECEMBER, NOVEMBER, crowd, delivered, lines
from tests.actions.test_issue import set_up
from tests.actions.test_verifier_partners import BEFORE, CHANGED, DAY, HOUR, end, month, one, version
from tests.exports import Fraud, exported, name_frauds
from tests.pricing import SINCE, deliver, document, pay_by, publish_at, sent
from tests.world import NOW, World, template_to

OLD, NEW, OTHER, OTHER_NEW = 50_000, 60_000, 70_000, 80_000
TURNED = datetime(2026, 12, 10, 12, tzinfo=UTC)
LAST = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
JANUARY = datetime(2027, 1, 5, 12, tzinfo=UTC)
SEAT = {"id": "seat", "per": "contract", "every": "month", "price": 30_000_000}


def of(told: Any, month: int, key: str) -> Any:
    return next(each for each in told[0]["months"][month]["lines"] if each["key"].startswith(key))


FRAUDS: list[Fraud] = [
    ("batches.jsonl", one({"version": 2}, version=1, card="tested", late=False), "version 2"),
    ("batches.jsonl", one({"card": "other"}, card="tested", version=1, late=False), "by its rule"),
    ("batches.jsonl", one({"late": False}, late=True), "its message was delivered in time"),
    ("batches.jsonl", one({"unit_price_micros": NEW, "amount_micros": NEW}, late=True), "by its rule"),
    ("contracts.json", lambda told: of(told, 0, "usage/tested@1").update(quantity=9), "units of usage/tested@1"),
    ("contracts.json", lambda told: of(told, 0, "usage/tested@2").update(quantity=9), "units of usage/tested@2"),
    ("contracts.json", lambda told: of(told, 1, "usage/other@1").update(quantity=9), "units of usage/other@1"),
    ("contracts.json", lambda told: of(told, 1, "fee/other@1").update(unit_price_micros=1), "fee/other@1"),
    ("contracts.json", lambda told: told[0]["cards"].clear(), "by which its company never paid"),
    ("contracts.json", lambda told: told[0]["cards"][0].update(month="2027-01-01"), "fee/tested@2"),
    ("cards.json", lambda told: version(told, "tested", 2).update(valid_from="2026-11-29T00:00:00Z"), "its document says"),
]  # fmt: skip


@pytest.mark.parametrize("pin", ["acceptance", "delivery"])
async def test_each_message_is_billed_by_the_version_that_counts_for_it(world: World, tmp_path: Path, pin: str) -> None:
    """A version begins within the month, another card with the next; messages on both sides, over the border, and late.

    What was accepted before and delivered after is by the old version, or, pinned at delivery, by the new one, but no dearer.
    """
    valid = {"from": CHANGED, "tz": "UTC"}
    rules: dict[str, Any] = {"price_pin": pin, "recurring": [SEAT]}
    await pay_by(world, document({"price": OLD}, **rules))
    await publish_at(world, document({"price": NEW}, valid=valid, **rules))
    await publish_at(world, document({"price": OTHER}, card="other", **rules), SINCE)
    later = {"from": "2026-12-15T00:00", "tz": "Europe/Berlin"}
    await publish_at(world, document({"price": OTHER_NEW}, card="other", valid=later, **rules))
    await world.execute("UPDATE contract SET mode = 'postpaid'")
    await set_up(world)
    async with transaction(world.site.everywhere) as conn:
        assign = AssignCard(world.payer, world.business.business_id, "other", DECEMBER, "olga")
        assert (await change_contracts(conn, world.payer[0], [assign], NOW, again=False)).answers == [None]
    people = await crowd(world)
    count = len(people)
    await delivered(world, people, 3)
    for person in people:
        await sent(world, template_to(world, person.wa_id), now=NOW + HOUR)
        await end(world, person, NOW + 2 * HOUR)
        await deliver(world, person, now=NOW + 2 * DAY)
        await sent(world, template_to(world, person.wa_id), now=BEFORE)
        await deliver(world, person, now=BEFORE + HOUR)
    await delivered(world, people, 2, NOW + 5 * DAY)
    for person in people:
        await sent(world, template_to(world, person.wa_id), now=LAST)
        await deliver(world, person, now=LAST + HOUR)
    await delivered(world, people, 4, TURNED)
    await delivered(world, people, 1, TURNED + timedelta(days=10))
    await month(world)
    await month(world, JANUARY)
    within, over = (5 * OLD, 2 * NEW) if pin == "acceptance" else (4 * OLD, 2 * NEW + OLD)
    assert told(await lines(world, NOVEMBER)) == {("tested", 1): count * within, ("tested", 2): count * over}
    assert told(await lines(world, DECEMBER)) == {
        ("tested", 2): count * NEW, ("other", 1): 4 * count * OTHER, ("other", 2): count * OTHER_NEW,
    }  # fmt: skip
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []
    right = tmp_path / "right"
    assert (await exported(world, right))["documents"] == 2
    name_frauds(right, FRAUDS if pin == "acceptance" else [])


def told(lines: Any) -> dict[tuple[str, int], int]:
    """What messages came to by card and version."""
    found: dict[tuple[str, int], int] = {}
    for one_ in lines:
        if one_.kind == "usage":
            found[one_.card, one_.version] = found.get((one_.card, one_.version), 0) + one_.micros
    return found
