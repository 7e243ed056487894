"""Documents in another currency: they wait for the rate of their month, and the rates stay as they were told."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from takt import bundle
from takt.actions.issue import NotIssued
from takt.actions.legal import AddRates, CorrectRate, set_legal
from takt.core.exchange import Rate
from takt.store import documents, exchange_rates
from takt.store.documents import Listed
from takt.store.pool import transaction
from takt.workers.issuer import Issuer
from takt.workers.press import Press
from tests.actions.test_close_month import CLOSE, NOVEMBER, Fixed, closer_at, crowd, delivered
from tests.actions.test_final_invoices import advanced, topped_up, value
from tests.actions.test_issue import set_up
from tests.exports import change, run
from tests.pricing import document, pay_by
from tests.world import NOW, World

RATE = Rate("USD", NOVEMBER, 1_081_200, "BMF, 2 December 2026")


async def told(world: World, *rates: Rate) -> list[int]:
    async with transaction(world.site.everywhere) as conn:
        return (await set_legal(conn, 0, [AddRates(rates, "olga")], NOW, again=False)).answers


def spoil(where: str, told: Any, name: str, wrong: object) -> None:
    found = next(one for one in told if one["kind"] == where)
    if name == "cii":
        found["cii"] = found["cii"].replace('currencyID="EUR">', 'currencyID="EUR">9')
    else:
        found["exchange"][0][name] = wrong


async def test_tax_in_another_currency_waits_for_its_rate_and_is_told_in_euro(
    world: World, press: Press, tmp_path: Path
) -> None:
    """An advance and a month's invoice: refused with the reason, then proved with the tax in euro, and worked out anew."""
    await pay_by(world, document({"price": 1_234_567}))
    await delivered(world, await crowd(world), 2)
    await closer_at(world).sum_up()
    await closer_at(world).close()
    await set_up(world)
    await world.execute("UPDATE contract SET currency = 'USD', mode = 'postpaid'")
    await world.execute("UPDATE account SET currency = 'USD'")
    await topped_up(world, 100_000_000, currency="USD")
    issuer = Issuer(world.site, press, Fixed(CLOSE))
    said = "TAKT-RATE: the average rate of 2026-11 from USD to EUR is not known"
    [month], [advance] = await issuer.round(), await advanced(world, NOW, press.print)
    assert isinstance(month, NotIssued)
    assert isinstance(advance, NotIssued)
    assert [month.says, advance.says] == [said, said]
    assert await world.rows("SELECT state, fault FROM closing") == [("frozen", said)]
    assert await told(world, RATE, RATE) == [1]
    for found in (*await issuer.round(), *await advanced(world, NOW, press.print)):
        assert isinstance(found, Listed), found
        made = await value(world, found)
        assert [(one.month, one.per_euro_micros, one.tax) for one in made.exchange] == [
            (NOVEMBER, 1_081_200, found.tax)
        ]
        assert made.tax_in_euro == round(found.tax / 1.0812)
    async with transaction(world.site.everywhere) as conn:
        other = CorrectRate(Rate("USD", NOVEMBER, 1_100_000, "BMF, corrected"), "olga", "a digit was wrong")
        assert (await set_legal(conn, 0, [other, other], CLOSE, again=False)).answers == [1, 0]
        assert (await exchange_rates.of_currency(conn, "USD"))[NOVEMBER] == other.rate
    async with world.site.pool(world.payer[0]).acquire() as conn:
        assert len(await documents.issued_by_rate(conn, world.payer[0], RATE)) == 2, "what was issued keeps its rate"
        assert await documents.issued_by_rate(conn, world.payer[0], other.rate) == []
    await bundle.write(world.site, tmp_path)
    faults = [line for line in run(tmp_path)[1].splitlines() if line.startswith("document ")]
    assert faults == []
    for name, wrong, says in (("per_euro_micros", 10**6, "the rate of"), ("euro", 1, "of tax is"),
                              ("tax", 1, "of its tax in euro"), ("cii", "", "its XML tells another tax in euro")):  # fmt: skip
        await bundle.write(world.site, tmp_path)
        change(tmp_path, "documents.jsonl", partial(spoil, "advance", name=name, wrong=wrong))
        code, text = run(tmp_path)
        assert code == 1
        assert says in text


async def test_a_rate_stays_as_it_was_told(world: World) -> None:
    assert await told(world, RATE) == [1]
    other = Rate("USD", NOVEMBER, 1_100_000, "somebody")
    assert await told(world, other, Rate("CHF", NOVEMBER, 935_400, "BMF")) == [1]
    rows = await world.rows("SELECT currency, per_euro_micros, source FROM exchange_rate ORDER BY 1")
    assert rows == [("CHF", 935_400, "BMF"), ("USD", 1_081_200, RATE.source)]
    rights = await world.rows(
        "SELECT a.privilege_type FROM pg_class c, aclexplode(c.relacl) a WHERE c.relname = 'exchange_rate'"
    )
    assert {row[0] for row in rights} & {"UPDATE", "DELETE", "TRUNCATE"} == set()
    for column, wrong in (
        ("currency", "EUR"),
        ("month", datetime(2026, 11, 2, tzinfo=UTC).date()),
        ("per_euro_micros", 0),
    ):
        row = {"currency": "GBP", "month": NOVEMBER, "per_euro_micros": 1, column: wrong}
        with pytest.raises(asyncpg.CheckViolationError):
            await world.execute(
                "INSERT INTO exchange_rate VALUES ($1, $2, $3, 'x', 'x', now())",
                row["currency"], row["month"], row["per_euro_micros"],
            )  # fmt: skip
