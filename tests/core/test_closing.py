"""The close of a month: lines that are exact, late usage on its own, fees by the day, and what a commitment asks for."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import closing, roll_up
from takt.core.closing import Charge, Closing, Month, Stretch, charges, rounding_micros
from takt.core.roll_up import UsageKey
from takt.core.terms import Commitment, Fee, Terms

BERLIN = ZoneInfo("Europe/Berlin")
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
SEAT = Fee("seat", "sender", 49_000_000)


def key(month: date = NOVEMBER, price: int = 45_600, **more: object) -> UsageKey:
    fields = {"card": "start", "version": 1, "rule": 2, "category": "utility", "market": "DE", "tier": "1:MAX"} | more
    return UsageKey(month, unit_price_micros=price, **fields)  # type: ignore[arg-type]


def month_with(month: date = NOVEMBER, **fields: object) -> Month:
    usual: dict[str, object] = {
        "stretches": [], "senders": [], "used": {}, "billed": {}, "true_ups": {}, "commitments": {},
    }  # fmt: skip
    return Month(month, **{**usual, **fields})  # type: ignore[arg-type]


def stretch(begins: date, ends: date, version: int, *fees: Fee, commitment: Commitment | None = None) -> Stretch:
    return Stretch(begins, ends, "start", version, Terms(fees, commitment))


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), OCTOBER),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), NOVEMBER),
        (datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_month_begins_and_ends_on_the_clocks_of_the_contract(at: datetime, month: date) -> None:
    """October has an hour more and March one less; neither loses a message."""
    assert roll_up.month_of(at, BERLIN) == month


def test_a_month_may_be_closed_72_hours_after_its_end() -> None:
    assert roll_up.cut_off(OCTOBER, BERLIN) == datetime(2026, 11, 3, 23, tzinfo=UTC)
    assert roll_up.cut_off(date(2026, 3, 1), BERLIN) == datetime(2026, 4, 3, 22, tzinfo=UTC)
    assert roll_up.cut_off(DECEMBER, ZoneInfo("America/New_York")) == datetime(2027, 1, 4, 5, tzinfo=UTC)
    assert roll_up.preceding(date(2027, 1, 1)) == DECEMBER


PRICES = st.sampled_from([0, 1, 5_000, 45_600, 113_100])
KEYS = st.builds(
    key,
    month=st.sampled_from([OCTOBER, NOVEMBER]),
    price=PRICES,
    rule=st.integers(0, 2),
    category=st.sampled_from(["utility", "marketing"]),
    tier=st.sampled_from(["", "0:1000", "1001:MAX"]),
)
SUMS = st.dictionaries(KEYS, st.integers(1, 10**9), max_size=12)


@given(first=SUMS, then=SUMS)
def test_every_unit_is_on_one_document_under_the_month_of_its_service(
    first: dict[UsageKey, int], then: dict[UsageKey, int]
) -> None:
    """Invariants 20 and 25: what came after a document was made is on the next; both together are the usage."""
    earlier = charges(month_with(OCTOBER, used=first))
    used = dict(Counter(first) + Counter(then))
    later = charges(month_with(NOVEMBER, used=used, billed=first))
    lines = [*earlier, *later]
    assert sum(one.micros for one in lines) == sum(key.unit_price_micros * units for key, units in used.items())
    assert sum(one.micros for one in later) == sum(key.unit_price_micros * units for key, units in then.items())
    for one in lines:
        units = [n for k, n in used.items() if (k.month, k.rule, k.category, k.tier, k.unit_price_micros) == (
            one.begins, one.rule, one.category, one.tier, one.unit_price_micros)]  # fmt: skip
        assert 0 < one.quantity <= sum(units)
    for currency, coin in (("JPY", 1_000_000), ("EUR", 10_000), ("KWD", 1_000)):
        assert abs(rounding_micros(lines, currency)) * 2 <= coin * len(lines)


def test_a_line_has_what_it_was_priced_by_and_free_units_have_none() -> None:
    used = {key(): 3, key(tier="", price=0): 1000, key(OCTOBER, rule=1): 2}
    late, own = charges(month_with(used=used))
    assert (late.begins, late.ends, late.quantity, late.rule) == (OCTOBER, NOVEMBER, 2, 1)
    assert (own.begins, own.ends, own.micros, own.tier) == (NOVEMBER, DECEMBER, 3 * 45_600, "1:MAX")


def test_senders_pay_their_fee_from_the_day_they_came() -> None:
    senders = [date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 16), date(2026, 12, 1)]
    found = charges(month_with(stretches=[stretch(NOVEMBER, DECEMBER, 1, SEAT)], senders=senders))
    assert [(one.quantity, one.begins, one.unit_price_micros) for one in found] == [
        (2, NOVEMBER, 49_000_000), (1, date(2026, 11, 16), 24_500_000),
    ]  # fmt: skip


def test_a_fee_that_goes_on_unchanged_in_a_new_version_is_one_line() -> None:
    middle = date(2026, 11, 11)
    cheaper = Fee("seat", "sender", 30_000_000)
    same = charges(month_with(stretches=[
        stretch(NOVEMBER, middle, 1, SEAT), stretch(middle, DECEMBER, 2, SEAT)], senders=[OCTOBER]))  # fmt: skip
    assert [(one.version, one.micros, one.begins, one.ends) for one in same] == [(1, 49_000_000, NOVEMBER, DECEMBER)]
    other = charges(month_with(stretches=[
        stretch(NOVEMBER, middle, 1, SEAT), stretch(middle, DECEMBER, 2, cheaper)], senders=[OCTOBER]))  # fmt: skip
    assert [(one.version, one.micros) for one in other] == [(1, 16_333_333), (2, 20_000_000)]


def test_a_fee_that_is_not_prorated_is_due_once() -> None:
    whole = Fee("line", "contract", 10_000_000, prorated=False)
    dearer = Fee("line", "contract", 90_000_000, prorated=False)
    middle = date(2026, 11, 11)
    found = charges(
        month_with(stretches=[stretch(date(2026, 11, 5), middle, 1, whole), stretch(middle, DECEMBER, 2, dearer)])
    )
    assert [one.micros for one in found] == [10_000_000]


@given(days=st.lists(st.integers(1, 29), max_size=4, unique=True))
def test_the_days_of_a_fee_add_up_to_the_whole_of_it(days: list[int]) -> None:
    borders = [NOVEMBER, *sorted(date(2026, 11, day + 1) for day in days), DECEMBER]
    parts = [
        stretch(one, two, version, Fee("seat", "sender", 49_000_001, included=version, counter="n"))
        for version, (one, two) in enumerate(itertools.pairwise(borders), 1)
    ]
    assert sum(one.micros for one in charges(month_with(stretches=parts, senders=[OCTOBER]))) == 49_000_001


def test_days_have_the_version_that_is_valid_on_them() -> None:
    valid = [(date(2026, 1, 1), "start", 1, Terms()), (date(2026, 11, 11), "start", 2, Terms())]
    found = closing.stretches(NOVEMBER, date(2026, 11, 3), valid)
    assert [(one.begins, one.ends, one.version) for one in found] == [
        (date(2026, 11, 3), date(2026, 11, 11), 1), (date(2026, 11, 11), DECEMBER, 2),
    ]  # fmt: skip
    assert closing.stretches(NOVEMBER, DECEMBER, valid) == []
    assert [one.version for one in closing.stretches(DECEMBER, OCTOBER, valid)] == [2]


@given(amount=st.integers(1, 10**9), first=SUMS, then=SUMS)
def test_a_month_costs_its_commitment_or_its_messages_whichever_is_more(
    amount: int, first: dict[UsageKey, int], then: dict[UsageKey, int]
) -> None:
    """Late messages are first paid by what the commitment asked for already."""
    asked = {(OCTOBER, ""): Commitment(amount, frozenset(["utility"]))}
    earlier = charges(month_with(OCTOBER, used=first, commitments=asked))
    true_ups = {(OCTOBER, ""): sum(one.micros for one in earlier if one.kind == closing.COMMITMENT)}
    used = dict(Counter(first) + Counter(then))
    later = charges(month_with(used=used, billed=first, true_ups=true_ups, commitments=asked))
    both = [*earlier, *later]
    counted = sum(one.micros for one in both if one.begins == OCTOBER and one.category in ("utility", "commitment"))
    assert counted == max(amount, roll_up.spent(used, OCTOBER).get("utility", 0))


def test_a_begun_month_has_the_days_of_its_commitment() -> None:
    asked = Commitment(500_000_000, frozenset(["utility"]))
    parts = [stretch(date(2026, 11, 16), DECEMBER, 1, commitment=asked)]
    assert closing.commitment_of(parts, NOVEMBER) == Commitment(250_000_000, asked.eligible)
    assert closing.commitment_of([], NOVEMBER) is None
    found: list[Charge] = charges(month_with(commitments={(NOVEMBER, ""): asked}))
    assert [(one.kind, one.micros) for one in found] == [("commitment", 500_000_000)]


def test_a_line_says_all_that_it_was_made_of() -> None:
    used = {key(price=3): 2, key(price=5): 2}
    dear, cheap = charges(month_with(used=used))
    assert dear == Charge("usage", NOVEMBER, DECEMBER, 2, 5, "utility", "DE", "start", 1, 2, "1:MAX", "")
    assert cheap == replace(dear, unit_price_micros=3)
    [fee] = charges(month_with(stretches=[stretch(NOVEMBER, DECEMBER, 4, Fee("line", "contract", 1))]))
    assert fee == Charge("fee", NOVEMBER, DECEMBER, 1, 1, "fee", "", "start", 4, -1, "", "line")
    assert (
        closing.Closing((0, UUID(int=1)), NOVEMBER, "empty", 0, 0, 0, None, datetime(2026, 12, 4, tzinfo=UTC)).fault
        == ""
    )


def test_fees_are_told_apart_by_name_and_by_days() -> None:
    """One that was away for a while is due for its days; whether it is prorated makes it another one."""
    ten, twenty = date(2026, 11, 11), date(2026, 11, 21)
    away = [stretch(NOVEMBER, ten, 1, SEAT), stretch(ten, twenty, 2), stretch(twenty, DECEMBER, 3, SEAT)]
    found = charges(month_with(stretches=away, senders=[OCTOBER]))
    assert [(one.begins, one.ends) for one in found] == [(NOVEMBER, ten), (twenty, DECEMBER)]
    line, more = (Fee(name, "contract", 10, prorated=False) for name in ("line", "more"))
    parts = [stretch(NOVEMBER, ten, 1, line, more), stretch(ten, DECEMBER, 2, replace(line, prorated=True), line)]
    assert [(one.name, one.version, one.micros) for one in charges(month_with(stretches=parts))] == [
        ("line", 1, 10), ("more", 1, 10), ("line", 2, 7),
    ]  # fmt: skip
    turned = [stretch(NOVEMBER, ten, 1, replace(line, prorated=True)), stretch(ten, DECEMBER, 2, line)]
    assert [one.micros for one in charges(month_with(stretches=turned))] == [3, 10]


def test_commitments_are_asked_for_by_month_and_taken_back() -> None:
    least = Commitment(1, frozenset(["utility"]))
    asked = {(month, ""): least for month in (DECEMBER, NOVEMBER, OCTOBER)}
    found = charges(month_with(DECEMBER, commitments=asked, true_ups={(OCTOBER, ""): 3, (DECEMBER, ""): 1}))
    assert [(one.begins, one.ends, one.quantity, one.unit_price_micros) for one in found] == [
        (OCTOBER, NOVEMBER, -1, 2), (NOVEMBER, DECEMBER, 1, 1),
    ]  # fmt: skip
    assert found[1] == Charge("commitment", NOVEMBER, DECEMBER, 1, 1, "commitment", "", "", 0, -1, "", "")
    assert closing.commitment_of([stretch(NOVEMBER, DECEMBER, 1)], NOVEMBER) is None
    middle = date(2026, 11, 21)
    whole = Commitment(10, least.eligible)
    parts = [stretch(date(2026, 11, 11), middle, 1, commitment=whole), stretch(middle, DECEMBER, 2, commitment=least)]
    assert closing.commitment_of(parts, NOVEMBER) == Commitment(7, least.eligible)


def test_the_first_version_is_valid_before_its_day() -> None:
    valid = [(date(2026, 12, 24), "start", 1, Terms())]
    assert closing.stretches(NOVEMBER, OCTOBER, valid) == [Stretch(NOVEMBER, DECEMBER, "start", 1, Terms())]


def test_sums_of_usage() -> None:
    assert roll_up.Cost(NOVEMBER, "s", "t", "utility", "DE", "start", 1, 2, "", 5, 3).micros == 15
    assert roll_up.outstanding({}, {key(): 2}) == {key(): -2}


@pytest.mark.parametrize(
    ("nets", "waiting"),
    [([], 0), ([-5], 1), ([5], 0), ([-5, 3], 2), ([-5, 5], 0), ([-5, 6, -1], 1), ([6, -5, -1], 2)],
)
def test_a_month_below_zero_waits_for_one_that_outweighs_it(nets: list[int], waiting: int) -> None:
    payer = (0, UUID(int=1))
    now = datetime(2026, 12, 4, tzinfo=UTC)
    months = [
        Closing(payer, date(2026, 1 + place, 1), "frozen", 0, net, 0, None, now) for place, net in enumerate(nets)
    ]
    assert closing.carried(months) == months[len(months) - waiting :]


@pytest.mark.parametrize(
    ("micros", "quantity", "price"), [(2_000_000, -1, 2_000_000), (1, -1, 1), (-370_000, 1, 370_000)]
)
def test_what_grants_paid_is_taken_off_and_what_came_back_to_them_is_asked_for(
    micros: int, quantity: int, price: int
) -> None:
    used = {key(): 7}
    lines = charges(month_with(used=used, granted_micros=micros))
    assert lines[1:] == [Charge("grant", NOVEMBER, DECEMBER, quantity, price, "grant")]
    assert sum(one.micros for one in lines) == 7 * 45_600 - micros
    assert charges(month_with(used=used)) == lines[:1], "without grants there is no such line"
