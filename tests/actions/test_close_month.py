"""Months are closed against PostgreSQL: sums that are right whoever dies, lines that are exact, nothing twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from takt.actions.close_month import CloseMonth, CloseMonths, NotYet
from takt.clock import Clock
from takt.core.closing import Charge, Closing
from takt.store import closings, usage_sums
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.workers.closer import Closer
from tests.pricing import deliver, document, pay_by, sent, stepped
from tests.world import NOW, Somebody, World, template_to, twins

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
CLOSE = datetime(2026, 12, 4, 12, tzinfo=UTC)
UTILITY = stepped("n", (0, 0), (2, 45_555), category="utility")


class Fixed(Clock):
    """A clock that stands where it is set."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


def closer_at(world: World, at: datetime = CLOSE) -> Closer:
    return Closer(world.site, world.reference, Fixed(at))


async def crowd(world: World) -> list[Somebody]:
    """Somebody of each part who takes advertising."""
    found = [await world.add_person(world.numbers(part, 1)[0]) for part in world.site.parts]
    for person in found:
        await world.set_marketing(person, granted=True)
    return found


async def delivered(
    world: World, people: list[Somebody], count: int, now: datetime = NOW, *, name: str = "order_update"
) -> None:
    """So many messages to each of these, delivered at `now`."""
    for person in people:
        await sent(world, *(template_to(world, person.wa_id, name) for _ in range(count)), now=now)
        await deliver(world, person, now=now)


async def come_late(world: World, booked_at: datetime) -> None:
    """All that was used was used once more, but only booked then."""
    await world.execute(
        "INSERT INTO usage SELECT (jsonb_populate_record(u, jsonb_build_object('message_id', gen_random_uuid(),"
        " 'booked_at', $1::timestamptz))).* FROM usage u",
        booked_at,
    )


async def lines(world: World, month: date = NOVEMBER) -> list[Charge]:
    async with world.site.everywhere.acquire() as conn:
        return await closings.lines(conn, world.payer, month)


async def balance(world: World, kind: str) -> int:
    part, contract = world.payer
    rows = await world.rows(
        "SELECT posted_micros FROM account WHERE part = $1 AND contract_id = $2 AND kind = $3", part, contract, kind
    )
    return int(rows[0][0]) if rows else 0


async def sums(world: World) -> dict[tuple[date, int], int]:
    rows = await world.rows(
        "SELECT day, unit_price_micros, sum(quantity)::bigint FROM usage_sum WHERE part = $1 GROUP BY 1, 2",
        world.payer[0],
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def test_usage_is_summed_up_once_and_a_month_is_what_was_delivered(world: World) -> None:
    await pay_by(world, document(UTILITY, {"price": 10_000}, counters={"n": {"scope": "contract"}}))
    parts = len(world.site.parts)
    people = await crowd(world)
    await delivered(world, people, 3)
    await delivered(world, people, 1, NOW + timedelta(days=1), name="autumn_offer")
    early = closer_at(world, NOW + timedelta(hours=1))
    async with twins(world):
        assert await early.sum_up() == 3 * parts
        assert await early.sum_up() == 0
        assert await closer_at(world).sum_up() == parts
        closed = await closer_at(world).close()
    assert [one.month for one in closed.closed] == [NOVEMBER]
    assert closed.open == []
    assert sum((await sums(world)).values()) == 4 * parts
    utility, marketing = (3 * parts - 2) * 45_555, parts * 10_000
    found = await lines(world)
    assert sorted(one.micros for one in found) == sorted(x for x in (utility, marketing) if x)
    assert [one.tier for one in found if one.category == "utility"] == ["0:MAX"]
    (closing,) = closed.closed
    assert (
        closing.used_micros
        == utility + marketing
        == await balance(world, "revenue:utility") + await balance(world, "revenue:marketing")
    )
    assert closing.net_minor * 10_000 - closing.used_micros == closing.rounding_micros


async def test_a_month_is_closed_once_and_not_before_its_time(world: World) -> None:
    await delivered(world, await crowd(world), 2)
    action = CloseMonths(world.reference, world.site.parts)

    async def close(month: date, now: datetime) -> Any:
        async with transaction(world.site.everywhere) as conn:
            return (await action(conn, world.payer[0], [CloseMonth(world.payer, month)], now, again=False)).answers[0]

    assert await close(NOVEMBER, CLOSE) == NotYet("usage is summed up to nothing only; 2026-12-03 23:00 UTC is needed")
    await closer_at(world).sum_up()
    early = await close(NOVEMBER, datetime(2026, 12, 3, 22, 59, tzinfo=UTC))
    assert early == NotYet("2026-11 may be closed from 2026-12-03 23:00 UTC on", datetime(2026, 12, 3, 23, tzinfo=UTC))
    assert await close(date(2026, 10, 1), CLOSE) == NotYet("the contract began in 2026-11")
    assert await close(DECEMBER, datetime(2027, 2, 1, tzinfo=UTC)) == NotYet(
        "usage is summed up to 2026-12-04 11:59:00+00:00 only; 2027-01-03 23:00 UTC is needed"
    )
    first = await close(NOVEMBER, CLOSE)
    assert isinstance(first, Closing)
    before = await lines(world)
    assert await close(NOVEMBER, CLOSE + timedelta(days=9)) == first
    assert await lines(world) == before


async def test_late_usage_comes_with_the_next_month_under_its_own(world: World) -> None:
    """Invariant 25: an issued document stays as it is."""
    await delivered(world, await crowd(world), 1)
    await closer_at(world).round()
    before = await lines(world)
    await come_late(world, CLOSE + timedelta(days=1))
    later = closer_at(world, datetime(2027, 1, 4, 12, tzinfo=UTC))
    await later.round()
    assert await lines(world) == before
    (late,) = await lines(world, DECEMBER)
    assert (late.begins, late.ends) == (NOVEMBER, DECEMBER)
    assert late.quantity == before[0].quantity == len(world.site.parts)


async def test_fees_and_commitments_are_booked_with_the_close(world: World) -> None:
    """And what a commitment asked for is taken back by messages that came late."""
    card = document(
        {"price": 10_000},
        recurring=[{"id": "seat", "per": "sender", "every": "month", "price": 3_000_001}],
        commitment={"period": "month", "amount": 100_000_000, "eligible": ["utility"]},
    )
    await pay_by(world, card)
    await delivered(world, await crowd(world), 1)
    used = 10_000 * len(world.site.parts)
    await closer_at(world).round()
    _, seat, asked = await lines(world)
    assert (seat.kind, asked.kind) == ("fee", "commitment")
    # Both senders and the contract came on the 22nd: nine days of thirty.
    assert (seat.quantity, seat.micros) == (2, 2 * 900_001)
    assert asked.micros == 30_000_000 - used
    assert await balance(world, "revenue:fees") == seat.micros + asked.micros
    assert (await world.money())[0] < 0, "what is owed is booked whether or not the wallet covers it"
    await come_late(world, CLOSE + timedelta(days=1))
    await closer_at(world, datetime(2027, 1, 4, 12, tzinfo=UTC)).round()
    later = await lines(world, DECEMBER)
    assert [(one.kind, one.begins, one.micros) for one in later] == [
        ("usage", NOVEMBER, used), ("fee", DECEMBER, 6_000_002), ("commitment", NOVEMBER, -used),
        ("commitment", DECEMBER, 100_000_000),
    ]  # fmt: skip
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []


async def test_sums_that_are_wrong_are_found_and_made_anew(world: World) -> None:
    await delivered(world, await crowd(world), 2)
    closer = closer_at(world)
    await closer.sum_up()
    right = await sums(world)
    await world.execute("UPDATE usage_sum SET quantity = quantity + 1")
    async with world.site.everywhere.acquire() as conn:
        assert await usage_sums.differing(conn, world.site.parts, NOVEMBER) == [world.payer]
    assert await closer.prove(NOVEMBER) == 1
    assert await sums(world) == right
    assert await closer.prove(NOVEMBER) == 0


async def test_the_mark_stays_behind_transactions_under_way(world: World) -> None:
    """What one of them booked long ago by our clock becomes visible only when it commits."""
    await delivered(world, await crowd(world), 1)
    async with world.site.everywhere.acquire() as slow, slow.transaction():
        begun = await slow.fetchval("SELECT now()")
        async with world.site.everywhere.acquire() as conn:
            assert await usage_sums.bound(conn, begun + timedelta(days=1)) <= begun - usage_sums.BEHIND


@pytest.mark.parametrize("broken", ["add", "book"])
async def test_a_close_that_breaks_off_leaves_nothing(
    world: World, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 9: what comes after is as if nothing had happened."""
    await pay_by(
        world, document({"price": 10_000}, recurring=[{"id": "line", "per": "contract", "every": "month", "price": 7}])
    )
    await delivered(world, await crowd(world), 1)
    closer = closer_at(world)
    await closer.sum_up()

    async def fail(*_: Any) -> None:
        raise RuntimeError(broken)

    with monkeypatch.context() as patched:
        patched.setattr(f"takt.actions.close_month.{'closings' if broken == 'add' else 'journal'}.{broken}", fail)
        with pytest.raises(RuntimeError, match=broken):
            await closer.close()
    assert await lines(world) == []
    found = await closer.close()
    assert [one.month for one in found.closed] == [NOVEMBER]
    assert [one.kind for one in await lines(world)] == ["usage", "fee"]
