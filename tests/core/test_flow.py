"""Flows: what is read, what is told to be wrong and where, and which answers fit a form."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.flow_answers import check_answers, check_response, check_step
from takt.core.flow_fault import place_of
from takt.core.flow_json import VERSIONS, read
from takt.demo import world
from tests.flowing import RIGHT, fitting, with_endpoint

FLOW = read(json.dumps(fitting())).flow
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PATHS = st.lists(st.integers(0, 30), min_size=1, max_size=8)


def errors_of(flow: Any) -> list[tuple[str, str]]:
    return [(fault.error, fault.shown_path()) for fault in read(json.dumps(flow)).faults]


def footer(flow: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = flow["screens"][1]["layout"]["children"][3]
    return found


def test_a_flow_is_read() -> None:
    assert FLOW is not None
    assert [one.id for one in FLOW.screens] == ["WHEN", "MORE"]
    assert FLOW.first().id == "WHEN"
    assert set(FLOW.screens[0].inputs()) == {"time", "day"}
    assert not FLOW.has_endpoint
    assert errors_of(with_endpoint()) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(version: str) -> None:
    assert errors_of({**fitting(), "version": version}) == []


def test_faults_name_what_is_wrong_and_where() -> None:
    flow = fitting()
    first, second = flow["screens"]
    first["layout"]["children"][0]["text"] = "x" * 81
    first["layout"]["children"][1]["children"][0]["colour"] = "red"
    first["layout"]["children"][1]["children"][2]["on-click-action"]["next"]["name"] = "NOWHERE"
    second["layout"]["children"][0]["text"] = "${data.nothing}"
    del second["layout"]["children"][2]["label"]
    footer(flow)["on-click-action"]["payload"]["day"] = "${screen.WHEN.form.year}"
    where = "screens[0].layout.children"
    assert errors_of(flow) == [
        ("INVALID_PROPERTY_VALUE", f"{where}[0].text"),
        ("INVALID_PROPERTY", f"{where}[1].children[0].colour"),
        ("INVALID_NAVIGATION", f"{where}[1].children[2].on-click-action.next"),
        ("UNKNOWN_REFERENCE", "screens[1].layout.children[0].text"),
        ("REQUIRED_PROPERTY_MISSING", "screens[1].layout.children[2]"),
        ("UNKNOWN_REFERENCE", "screens[1].layout.children[3].on-click-action.payload.day"),
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"version": "1.0"}, "INVALID_PROPERTY_VALUE"),
        ({"screens": []}, "INVALID_PROPERTY_TYPE"),
        ({"routing_model": {"WHEN": ["WHEN"]}}, "INVALID_ROUTING_MODEL"),
        ({"data_api_version": "3.0"}, "REQUIRED_PROPERTY_MISSING"),
        ({"nonsense": 1}, "INVALID_PROPERTY"),
        ({"screens": [{**fitting()["screens"][1], "terminal": False}]}, "INVALID_COMPLETE_ACTION"),
        ({"screens": [{**fitting()["screens"][1], "id": "SUCCESS"}]}, "DUPLICATE_SCREEN_ID"),
    ],
)
def test_a_flow_must_hold_together(change: dict[str, Any], error: str) -> None:
    assert error in [one for one, _ in errors_of({**fitting(), **change})]


def test_a_fault_stands_at_its_lines_and_columns() -> None:
    text = json.dumps({"a": 1, "screens": [{"id": "A"}, {"id": "B,]}"}]}, indent=2)
    place = place_of(text, ("screens", 1, "id"))
    line = text.splitlines()[place.line_start - 1]
    assert line[place.column_start - 1 : place.column_end] == '"B,]}"'
    missing = place_of(text, ("screens", 1, "title"))
    assert (missing.line_start, missing.line_end) == (place.line_start - 1, place.line_end + 1)


@given(JSONS)
def test_whatever_is_brought_gets_an_answer(written: object) -> None:
    found = read(json.dumps(written))
    assert found.faults
    assert found.flow is None


@given(JSONS, PATHS)
def test_a_flow_with_anything_in_it_gets_an_answer(strange: Any, path: list[int]) -> None:
    flow: Any = fitting()
    text = json.dumps(_put(flow, strange, path))
    for fault in read(text).faults:
        place = place_of(text, fault.path)
        assert place.column_start >= 1
        assert place.line_start <= place.line_end


def _put(flow: Any, strange: Any, path: list[int]) -> Any:
    """The flow, with something strange in the place that the path leads to."""
    if not path or not isinstance(flow, dict | list) or not flow:
        return strange
    keys = list(flow) if isinstance(flow, dict) else list(range(len(flow)))
    key = keys[path[0] % len(keys)]
    flow[key] = _put(flow[key], strange, path[1:])
    return flow


def test_answers_that_fit_are_taken() -> None:
    assert FLOW is not None
    assert check_response(FLOW, RIGHT, "t-1") is None
    assert check_answers(FLOW, "WHEN", {"time": "10", "day": "2026-12-01"}) == ()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("flow_token", "t-2"),
        ("time", "11"),
        ("time", None),
        ("day", "morgen"),
        ("day", "2025-12-31"),
        ("day", "2026-02-30"),
        ("day", {}),
        ("remarks", "x" * 201),
        ("agreed", False),
        ("agreed", "yes"),
        ("kind", "theft"),
        ("more", "than asked"),
    ],
)
def test_answers_that_do_not_fit_are_named(name: str, answer: Any) -> None:
    assert FLOW is not None
    refusal = check_response(FLOW, {**RIGHT, name: answer}, "t-1")
    assert refusal is not None
    assert refusal.field == name
    assert refusal.text.en != refusal.text.de


def test_a_screen_is_held_against_its_own_questions() -> None:
    assert FLOW is not None
    faults = check_answers(FLOW, "WHEN", {"time": "12", "wish": "x"})
    assert sorted(fault.name for fault in faults) == ["day", "time", "wish"]
    assert [fault.name for fault in check_answers(FLOW, "NOWHERE", {})] == ["NOWHERE"]


@pytest.mark.parametrize(
    ("component", "right", "wrong"),
    [
        ({"type": "TextInput", "input-type": "email"}, "a@b.de", "a@b"),
        ({"type": "TextInput", "input-type": "number"}, "12,5", "zwölf"),
        ({"type": "TextInput", "min-chars": 3, "max-chars": 5}, "abcd", "ab"),
        ({"type": "CheckboxGroup", "max-selected-items": 1, "data-source": [{"id": "a", "title": "A"}]}, ["a"], ["b"]),
        ({"type": "ChipsSelector", "max-selected-items": 1, "data-source": "${data.o}"}, ["x"], ["x", "y"]),
        ({"type": "Dropdown", "data-source": [{"id": "a", "title": "A"}]}, "a", ["a"]),
        ({"type": "CalendarPicker", "mode": "range"}, {"start-date": "2026-01-01", "end-date": "2026-01-02"}, "x"),
        ({"type": "CalendarPicker"}, "2026-01-01", {"start-date": "2026-01-01"}),
        ({"type": "PhotoPicker"}, [{"id": "1"}], "1"),
    ],
)
def test_each_kind_of_question_knows_its_answers(component: dict[str, Any], right: Any, wrong: Any) -> None:
    flow = fitting()
    asked = {"name": "x", "label": "X", **component}
    flow["screens"][1]["data"]["o"] = {"type": "array"}
    flow["screens"][1]["layout"]["children"].insert(0, asked)
    found = read(json.dumps(flow))
    assert found.flow is not None, found.faults
    assert check_answers(found.flow, "MORE", {"x": right, "agreed": True}) == ()
    assert [one.name for one in check_answers(found.flow, "MORE", {"x": wrong, "agreed": True})] == ["x"]


def test_what_a_condition_hides_need_not_be_answered() -> None:
    flow = fitting()
    children = flow["screens"][1]["layout"]["children"]
    children[2] = {"type": "If", "condition": "`${data.time} == '10'`", "then": [children[2]]}
    found = read(json.dumps(flow)).flow
    assert found is not None
    assert check_response(found, {**RIGHT, "agreed": None}, "t-1") is None


def test_an_endpoint_judges_for_itself() -> None:
    found = read(json.dumps(with_endpoint())).flow
    assert found is not None
    assert check_response(found, {"flow_token": "t-1", "anything": {"goes": 1}}, "t-1") is None
    assert check_response(found, {"flow_token": "t-2"}, "t-1") is not None


@pytest.mark.parametrize(
    ("screen", "said", "fits"),
    [
        ("WHEN", {"time": "10"}, True),
        ("WHEN", {"time": "11"}, False),
        ("WHEN", {"time": "10", "more": 1}, False),
        ("WHEN", {}, False),
        ("NOWHERE", {}, False),
    ],
)
def test_a_step_sends_what_its_screen_says(screen: str, said: dict[str, Any], *, fits: bool) -> None:
    found = read(json.dumps(with_endpoint())).flow
    assert found is not None
    assert (check_step(found, screen, said) is None) is fits


@pytest.mark.parametrize("flow", world.FLOWS, ids=lambda flow: flow.name)
def test_the_flows_of_the_demo_are_without_faults(flow: world.FlowSeed) -> None:
    assert read(json.dumps(flow.body)).faults == ()
