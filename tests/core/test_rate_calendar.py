"""When price lists are valid, and in which month a message counts: by given clocks alone (invariant 30)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.calendars import zone_named
from takt.core.document import UnsoundError
from takt.core.rate_calendar import Validity, check_succession, parse_validity, period, timeline
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def card(*steps: tuple[int, int], currency: str = "EUR") -> RateCard:
    rules: list[dict[str, Any]] = [{"price": 1}]
    fields: dict[str, Any] = {}
    if steps:
        fields = {"counters": {"n": {"scope": "contract"}}}
        rules = [{"tiers": {"counter": "n", "steps": [list(step) for step in steps]}}]
    return parse_card({"card": "c", "currency": currency, "rules": rules, **fields}, 1, {})


def test_a_validity_is_read_off_local_clocks() -> None:
    found = parse_validity(
        {"valid": {"from": "2026-07-01T00:00", "to": "2027-01-01T00:00", "tz": "Europe/Berlin"}}, NOW, zone_named
    )
    assert found == Validity(datetime(2026, 6, 30, 22, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC), BERLIN)
    assert not found.holds(found.valid_from - timedelta(microseconds=1))
    assert found.holds(found.valid_from)
    assert found.valid_to is not None
    assert not found.holds(found.valid_to)
    assert parse_validity({}, NOW, zone_named) == Validity(NOW)


@pytest.mark.parametrize(
    ("valid", "says"),
    [
        ([], "valid"),
        ({}, "valid.tz"),
        ({"tz": "Berlin", "from": "2026-07-01T00:00"}, "valid.tz"),
        ({"tz": "../x", "from": "2026-07-01T00:00"}, "valid.tz"),
        ({"tz": "UTC"}, "valid.from"),
        ({"tz": "UTC", "from": "2026-07-01"}, "valid.from"),
        ({"tz": "UTC", "from": "2026-13-01T00:00"}, "valid.from"),
        ({"tz": "UTC", "from": "2026-07-01T00:00Z"}, "valid.from"),
        ({"tz": "Europe/Berlin", "from": "2026-03-29T02:30"}, "valid.from"),
        ({"tz": "UTC", "from": "2026-07-01T00:00", "to": "2026-07-01T00:00"}, "valid.to"),
        ({"tz": "UTC", "from": "2026-07-01T00:00", "until": 1}, "valid.until"),
    ],
)  # fmt: skip
def test_a_wrong_validity_is_refused_with_the_field_named(valid: Any, says: str) -> None:
    with pytest.raises(UnsoundError) as caught:
        parse_validity({"valid": valid}, NOW, zone_named)
    assert str(caught.value).partition(": ")[0] == says


SPANS = st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(1, 9)), min_size=1, max_size=5)


@given(spans=SPANS, hour=st.integers(-1, 20))
def test_of_several_valid_versions_the_newest_counts(spans: list[tuple[int, int | None]], hour: int) -> None:
    versions = [
        (Validity(NOW + timedelta(hours=since), None if length is None else NOW + timedelta(hours=since + length)), n)
        for n, (since, length) in enumerate(spans)
    ]
    at = NOW + timedelta(hours=hour)
    valid = [n for validity, n in versions if validity.holds(at)]
    line = timeline(versions)
    found = [card for begins, card in line if begins <= at]
    assert (found[-1] if found else None) == (valid[-1] if valid else None)


def test_a_month_begins_on_the_clocks_of_the_contract() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert period(new_year, BERLIN) == (date(2027, 1, 1), datetime(2027, 1, 31, 23, tzinfo=UTC))
    assert period(new_year, ZoneInfo("America/New_York")) == (date(2026, 12, 1), datetime(2027, 1, 1, 5, tzinfo=UTC))
    assert period(datetime(2026, 3, 31, 21, 59, tzinfo=UTC), BERLIN)[0] == date(2026, 3, 1)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_every_instant_is_in_its_month(at: datetime) -> None:
    month, over_at = period(at, BERLIN)
    assert (at.astimezone(BERLIN).year, at.astimezone(BERLIN).month) == (month.year, month.month)
    assert at < over_at
    assert period(over_at, BERLIN)[0] == (month.replace(day=28) + 5 * DAY).replace(day=1)
    assert period(over_at - timedelta(microseconds=1), BERLIN)[0] == month


def test_versions_follow_one_another_without_rewriting_the_past() -> None:
    first = [(Validity(NOW - DAY), card())]
    check_succession([], Validity(NOW - 400 * DAY), card(), NOW)
    check_succession(first, Validity(NOW), card(), NOW)
    check_succession(first, Validity(NOW + DAY, NOW + 2 * DAY), card(), NOW)
    for earlier, validity, following, says in (
        ([], Validity(NOW, NOW + DAY), card(), "valid.to"),
        (first, Validity(NOW - timedelta(seconds=1)), card(), "valid.from"),
        (first, Validity(NOW), card(currency="USD"), "currency"),
        (first, Validity(NOW + DAY, tz=BERLIN), card((0, 1)), "valid.from"),
        ([(Validity(NOW - DAY, NOW + DAY), card())], Validity(NOW + 2 * DAY), card(), "valid"),
    ):
        with pytest.raises(UnsoundError) as caught:
            check_succession(earlier, validity, following, NOW)
        assert str(caught.value).partition(": ")[0] == says


def test_steps_change_with_a_month() -> None:
    first = [(Validity(NOW - DAY), card((0, 2), (5, 1)))]
    begins = datetime(2026, 12, 1, tzinfo=BERLIN).astimezone(UTC)
    check_succession(first, Validity(begins, tz=BERLIN), card((0, 2), (6, 1)), NOW)
    check_succession(first, Validity(NOW + DAY, tz=BERLIN), card((0, 2), (5, 1)), NOW)
    for validity in (
        Validity(begins, tz=UTC),
        Validity(begins + timedelta(hours=1), tz=BERLIN),
        Validity(begins + timedelta(minutes=1), tz=BERLIN),
        Validity(begins + DAY, tz=BERLIN),
    ):
        with pytest.raises(UnsoundError, match=r"^valid\.from: must be the first minute of a month"):
            check_succession(first, validity, card((0, 2), (6, 1)), NOW)


def test_a_season_of_other_steps_ends_with_a_month_too() -> None:
    """When it is over, the version before goes on with its own steps: also that may not happen within a month."""
    first = [(Validity(NOW - DAY), card((0, 2), (5, 1)))]
    begins, ends = (datetime(year, month, 1, tzinfo=BERLIN).astimezone(UTC) for year, month in ((2026, 12), (2027, 1)))
    check_succession(first, Validity(begins, ends, BERLIN), card((0, 2), (6, 1)), NOW)
    check_succession(first, Validity(begins, ends - DAY, BERLIN), card((0, 2), (5, 1)), NOW)
    with pytest.raises(UnsoundError, match=r"^valid\.to: must be the first minute of a month"):
        check_succession(first, Validity(begins, ends - DAY, BERLIN), card((0, 2), (6, 1)), NOW)


def test_steps_are_compared_with_what_would_be_valid_then() -> None:
    """Of the earlier versions the newest that is valid at that instant counts, and none before the first begins."""
    old, new = card((0, 2), (5, 1)), card((0, 2), (6, 1))
    december = datetime(2026, 12, 1, tzinfo=UTC)
    earlier = [(Validity(NOW - 40 * DAY), old), (Validity(december), new)]
    check_succession(earlier, Validity(december - DAY), old, NOW)
    check_succession(earlier, Validity(december + DAY), new, NOW)
    for at, other in ((december - DAY, new), (december + DAY, old)):
        with pytest.raises(UnsoundError, match="first minute of a month"):
            check_succession(earlier, Validity(at), other, NOW)
    check_succession([(Validity(NOW + 2 * DAY), old)], Validity(NOW + DAY), new, NOW)


def test_a_version_closes_a_gap_and_never_leaves_one() -> None:
    season = [(Validity(NOW - DAY, NOW + DAY), card())]
    check_succession(season, Validity(NOW + DAY), card(), NOW)
    check_succession([(Validity(NOW - 2 * DAY, NOW - DAY), card())], Validity(NOW), card(), NOW)
    for earlier in (season, [(Validity(NOW - DAY, NOW), card())]):
        with pytest.raises(UnsoundError, match=r"^valid: leaves a time without a valid version$"):
            check_succession(earlier, Validity(NOW + DAY + timedelta(minutes=1)), card(), NOW)


def test_the_name_of_a_zone_is_short() -> None:
    valid = {"tz": "Z" * 60, "from": "2026-07-01T00:00"}
    assert parse_validity({"valid": valid}, NOW, lambda _: UTC).valid_from == datetime(2026, 7, 1, tzinfo=UTC)
    with pytest.raises(UnsoundError, match=r"^valid\.tz: must be a printable text of 1 to 60 characters"):
        parse_validity({"valid": {**valid, "tz": "Z" * 61}}, NOW, lambda _: UTC)
