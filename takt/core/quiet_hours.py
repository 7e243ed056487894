"""Quiet hours: at which local hours and on which days advertising may reach a person, by country.

Section `quiet_hours` of the policy document. `default` holds where no country says otherwise; the table of `countries`
is ours, and an entry of the document takes the place of ours for that country alone.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from takt.core.document import Fields, UnsoundError, show_time
from takt.core.value import value

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLIDAY: Final = "holiday"
COUNTRIES_MAX: Final = 250


@value
class Hours:
    """When advertising may arrive, in minutes of the local day; on `quiet_days` (weekdays, `holiday`) never."""

    from_min: int = 8 * 60
    to_min: int = 20 * 60
    quiet_days: frozenset[str] = frozenset({"sunday", HOLIDAY})


def _daily(from_hour: int, to_hour: int, *quiet_days: str) -> Hours:
    return Hours(from_hour * 60, to_hour * 60, frozenset(quiet_days))


COUNTRIES: Final[Mapping[str, Hours]] = {
    "BR": _daily(8, 21),
    "FR": _daily(8, 22, "sunday", HOLIDAY),
    "IN": _daily(7, 22),
    "KR": _daily(8, 21),
    "KZ": _daily(9, 22),
    "US": _daily(8, 21),
    "VN": _daily(8, 22, HOLIDAY),
}
"""What law or custom says; elsewhere the house rule of `Hours()` holds."""


@value
class QuietHours:
    """The section: the hours of each country, and those of all others."""

    default: Hours = field(default_factory=Hours)
    countries: Mapping[str, Hours] = field(default_factory=lambda: COUNTRIES, hash=False)

    def of(self, country: str) -> Hours:
        """The hours of a country, by its two letters."""
        return self.countries.get(country, self.default)


def parse(fields: Fields) -> QuietHours:
    """The section from its document."""
    table = fields.section("countries")
    if len(table.raw) > COUNTRIES_MAX:
        raise UnsoundError(f"{table.path}: must have at most {COUNTRIES_MAX} countries, got {len(table.raw)}")
    given = {_country(table, code): _hours(table.section(code)) for code in table.raw}
    parsed = QuietHours(_hours(fields.section("default")), {**COUNTRIES, **given})
    fields.end("default", "countries")
    return parsed


def render(section: QuietHours) -> dict[str, Any]:
    """The section as a document, whole."""
    return {
        "default": _shown(section.default),
        "countries": {code: _shown(section.countries[code]) for code in sorted(section.countries)},
    }


def _country(table: Fields, code: str) -> str:
    if len(code) != 2 or not code.isascii() or not code.isalpha() or not code.isupper():
        raise UnsoundError(f"{table.path}: a country is two capital letters such as FR, got {code[:40]!r}")
    return code


def _hours(fields: Fields) -> Hours:
    usual = Hours()
    hours = Hours(
        fields.time_of_day("from", show_time(usual.from_min)),
        fields.time_of_day("to", show_time(usual.to_min)),
        fields.choices("quiet_days", sorted(usual.quiet_days), (*WEEKDAYS, HOLIDAY)),
    )
    if hours.from_min >= hours.to_min:
        raise fields.wrong("from", f"must be before to ({show_time(hours.to_min)})")
    if hours.quiet_days >= set(WEEKDAYS):
        raise fields.wrong("quiet_days", "must leave one day of the week")
    fields.end("from", "to", "quiet_days")
    return hours


def _shown(hours: Hours) -> dict[str, Any]:
    return {
        "from": show_time(hours.from_min),
        "to": show_time(hours.to_min),
        "quiet_days": [day for day in (*WEEKDAYS, HOLIDAY) if day in hours.quiet_days],
    }
