"""Where a person's clock is, by their own word, else by their number; and which days are holidays there."""

from datetime import UTC, date, datetime

import pytest

from takt.calendars import place_of, zone_named

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wa_id", "country", "zones"),
    [
        ("491713920001", "DE", ["Europe/Berlin"]),
        ("33612345678", "FR", ["Europe/Paris"]),
        ("12125550101", "US", ["America/New_York"]),
        ("13105550101", "US", ["America/Los_Angeles"]),
        ("14165550101", "CA", ["America/Toronto"]),
        ("821012345678", "KR", ["Asia/Seoul"]),
        ("5511987654321", "BR", ["America/Sao_Paulo"]),
        ("18005550101", "US", ["America/Adak", "America/New_York"]),
        ("99999", "ZZ", ["Europe/Berlin"]),
        ("00000", "", ["Europe/Berlin"]),
    ],
)
def test_a_number_has_a_clock(wa_id: str, country: str, zones: list[str]) -> None:
    """Or the two outermost of its country, where it tells no more."""
    assert [str(zone) for zone in place_of(wa_id, country, None, NOW).zones] == zones


def test_a_person_s_own_word_counts_before_the_number() -> None:
    assert [str(zone) for zone in place_of("491713920001", "DE", "Asia/Tokyo", NOW).zones] == ["Asia/Tokyo"]
    assert [str(zone) for zone in place_of("491713920001", "DE", "Gone/Zone", NOW).zones] == ["Europe/Berlin"]


@pytest.mark.parametrize(
    "name", ["", "Europe", "europe/berlin", "../etc/passwd", "/etc/passwd", "a" * 300, "Europe/Berlin\0"]
)
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize(
    ("country", "day", "holiday"),
    [
        ("DE", date(2026, 10, 3), True),
        ("DE", date(2026, 10, 5), False),
        ("FR", date(2026, 7, 14), True),
        ("VN", date(2026, 2, 17), True),
        ("ZZ", date(2026, 1, 1), False),
    ],
)
def test_holidays_are_those_of_the_country(country: str, day: date, *, holiday: bool) -> None:
    assert place_of("491713920001", country, None, NOW).is_holiday(day) is holiday
