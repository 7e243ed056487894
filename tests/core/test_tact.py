"""The policy document: what it leaves out has its usual value, and what is wrong in it is named with what would be right."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.document import UnsoundError, parse_time, show_time
from takt.core.quiet_hours import Hours
from takt.core.tact import TactPolicy, parse_policy, render_policy


def test_an_empty_document_is_the_usual_policy() -> None:
    assert parse_policy({}) == TactPolicy()


def test_the_usual_policy_survives_being_shown() -> None:
    """As JSON, too: a document holds nothing that JSON has not."""
    shown = json.loads(json.dumps(render_policy(TactPolicy())))
    assert render_policy(parse_policy(shown)) == shown


def test_a_section_left_out_keeps_its_usual_value() -> None:
    policy = parse_policy({"caps": {"person_per_day": 1}, "waiting": {"wait_h": 0}}, 7)
    assert policy.version == 7
    assert (policy.caps.person_per_day, policy.caps.person_per_week) == (1, TactPolicy().caps.person_per_week)
    assert policy.waiting.longest.total_seconds() == 0


def test_a_country_of_the_document_takes_the_place_of_ours() -> None:
    hours = parse_policy({"quiet_hours": {"countries": {"US": {"from": "09:00", "quiet_days": []}}}}).quiet_hours
    assert hours.of("US") == Hours(9 * 60, 20 * 60, frozenset())
    assert hours.of("FR") == Hours(8 * 60, 22 * 60, frozenset({"sunday", "holiday"}))
    assert hours.of("DE") == hours.of("XX") == Hours(8 * 60, 20 * 60, frozenset({"sunday", "holiday"}))


WRONG: list[tuple[Any, str]] = [
    (None, "the document: must be an object, got nothing"),
    ([], "the document: must be an object"),
    ({"cap": {}}, "cap: is no field here; there are quiet_hours, caps, support, waiting"),
    ({"caps": 3}, "caps: must be an object, got 3"),
    ({"caps": {"person_per_day": -1}}, "caps.person_per_day: must be a whole number from 0 to 1000, got -1"),
    ({"caps": {"person_per_day": True}}, "caps.person_per_day: must be a whole number"),
    ({"caps": {"person_per_day": 1.5}}, "caps.person_per_day: must be a whole number"),
    ({"caps": {"person_per_day": None}}, "caps.person_per_day: must be a whole number from 0 to 1000, got nothing"),
    ({"caps": {"per_day": 1}}, "caps.per_day: is no field here; there are person_per_day"),
    ({"support": {"unanswered": 0}}, "support.unanswered: must be a whole number from 1 to 100"),
    ({"waiting": {"wait_h": 721}}, "waiting.wait_h: must be a whole number from 0 to 720"),
    ({"waiting": {"spread_min": "30"}}, "waiting.spread_min: must be a whole number from 0 to 240"),
    ({"quiet_hours": {"default": {"from": "8:00"}}}, "quiet_hours.default.from: must be a time such as 08:00"),
    ({"quiet_hours": {"default": {"to": "24:01"}}}, "quiet_hours.default.to: must be a time"),
    ({"quiet_hours": {"default": {"from": "20:00"}}}, "quiet_hours.default.from: must be before to (20:00)"),
    ({"quiet_hours": {"default": {"quiet_days": "sunday"}}}, "quiet_hours.default.quiet_days: must be a list of some"),
    ({"quiet_hours": {"default": {"quiet_days": ["sundays"]}}}, "quiet_hours.default.quiet_days: must be a list"),
    ({"quiet_hours": {"default": {"quiet_days": [[]]}}}, "quiet_hours.default.quiet_days: must be a list"),
    (
        {"quiet_hours": {"default": {"quiet_days": [
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]}}},
        "quiet_hours.default.quiet_days: must leave one day of the week",
    ),
    ({"quiet_hours": {"countries": {"Germany": {}}}}, "quiet_hours.countries: a country is two capital letters"),
    ({"quiet_hours": {"countries": {"DE": {"until": "20:00"}}}}, "quiet_hours.countries.DE.until: is no field here"),
    ({"quiet_hours": {"hours": {}}}, "quiet_hours.hours: is no field here; there are default, countries"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "says"), WRONG)
def test_what_is_wrong_is_named(body: Any, says: str) -> None:
    with pytest.raises(UnsoundError) as caught:
        parse_policy(body)
    assert str(caught.value).startswith(says)


JSON = st.sampled_from(
    [None, True, -1, 0, 7, 1.5, "", "08:00", "21:30", [], ["sunday"], ["holiday", 3], {}, {"to": "09:00"}]
)
NAMES = st.sampled_from(["quiet_hours", "caps", "support", "waiting", "default", "countries", "DE", "from", "wait_h"])


INNER = st.dictionaries(NAMES, JSON, max_size=3)


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, INNER | JSON, max_size=3) | JSON, max_size=3))
def test_any_json_is_a_policy_or_unsound(body: Any) -> None:
    """Nothing else is raised, and what is read shows itself whole."""
    try:
        policy = parse_policy(body)
    except UnsoundError:
        return
    assert parse_policy(render_policy(policy)) == policy


@given(st.integers(0, 24 * 60))
def test_a_time_of_the_day_survives_being_shown(minutes: int) -> None:
    assert parse_time(show_time(minutes)) == minutes
