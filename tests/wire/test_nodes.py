"""Fields, lists, cursors and pages: what a caller may write, and what we write for them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.wire import nodes
from takt.wire.errors import Refusal
from takt.wire.nodes import APP, PHONE_NUMBER, TEMPLATE, NodeKind

HERE = "https://graph.example/v24.0/200/message_templates"


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        (None, APP, ("id", "name", "link", "category")),
        (" ", APP, ("id", "name", "link", "category")),
        ("name", APP, ("id", "name")),
        ("name,id,name", APP, ("id", "name")),
        ("id, status ,health_status", PHONE_NUMBER, ("id", "status", "health_status")),
        ("throughput{level,x{y,z}},status", PHONE_NUMBER, ("id", "throughput", "status")),
        ("health_status.limit(5).x(a,b),status", PHONE_NUMBER, ("id", "health_status", "status")),
    ],
)
def test_fields_are_selected(text: str | None, kind: NodeKind, names: tuple[str, ...]) -> None:
    assert nodes.parse_fields(text, kind) == names


@pytest.mark.parametrize("text", [",", "id,", "1", "id,,name", "{a}", "ü", "x" * 9000])
def test_fields_that_are_no_names_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        nodes.parse_fields(text, APP)
    assert refused.value.error.code == 100


def test_an_unknown_field_is_named_with_the_node() -> None:
    with pytest.raises(Refusal) as refused:
        nodes.parse_fields("id,colour", TEMPLATE)
    assert (
        refused.value.error.message
        == "(#100) Tried accessing nonexisting field (colour) on node type (MessageTemplate)"
    )


def test_what_is_none_is_left_out() -> None:
    assert nodes.select({"id": "1", "name": None, "x": 2}, ("id", "name")) == {"id": "1"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, []),
        ("", []),
        ("a", ["a"]),
        ("a, b", ["a", "b"]),
        ('["a","b"]', ["a", "b"]),
        (["a", "b"], ["a", "b"]),
    ],
)
def test_a_list_may_come_joined_as_json_or_as_a_list(value: object, words: list[str]) -> None:
    assert nodes.parse_list("fields", value) == words


@pytest.mark.parametrize("value", [5, True, {"a": 1}, "[1]", "[", "[" * 5000, ["a", 1], "x" * 9000, ["a"] * 101])
def test_what_is_no_list_is_refused_by_name(value: object) -> None:
    with pytest.raises(Refusal) as refused:
        nodes.parse_list("fields", value)
    assert refused.value.error.details.startswith("fields must be a list")


def test_choices_come_in_any_case_and_others_are_refused() -> None:
    assert nodes.parse_choice("status", "approved,Paused", nodes.TEMPLATE_STATUSES) == ["APPROVED", "PAUSED"]
    with pytest.raises(Refusal):
        nodes.parse_choice("status", "approved,fine", nodes.TEMPLATE_STATUSES)


@pytest.mark.parametrize(("value", "limit"), [(None, 25), ("", 25), ("1", 1), (7, 7), ("1000", 1000), ("999999", 1000)])
def test_limits(value: object, limit: int) -> None:
    assert nodes.parse_limit(value) == limit


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "9" * 30, True, "²", [], 0])
def test_limits_that_are_none(value: object) -> None:
    with pytest.raises(Refusal):
        nodes.parse_limit(value)


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), max_size=20), min_size=1, max_size=3))
def test_a_cursor_leads_back_to_its_place(key: list[str]) -> None:
    assert nodes.parse_cursor("after", nodes.render_cursor(key), len(key)) == tuple(key)


@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1")), st.integers(), st.lists(st.integers())))
def test_a_foreign_cursor_is_refused_and_nothing_else_happens(value: object) -> None:
    try:
        found = nodes.parse_cursor("after", value, 2)
    except Refusal:
        return
    assert found is None or len(found) == 2


@pytest.mark.parametrize("key", [["a"], ["a", "b", "c"], ["a", 1], {"a": 1}, ["a", "\x00"], None])
def test_a_cursor_of_another_shape_is_refused(key: Any) -> None:
    import base64  # noqa: PLC0415 - the one place that makes wrong cursors

    cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
    with pytest.raises(Refusal):
        nodes.parse_cursor("after", cursor, 2)


def test_a_page_in_the_middle_leads_both_ways_and_keeps_what_was_asked() -> None:
    page = nodes.render_page(
        [{"id": "1"}], [("a", "de")], f"{HERE}?limit=1&access_token=T&after=x&name=%C3%BC", more=True, earlier=True
    )
    cursor = nodes.render_cursor(("a", "de"))
    assert page["paging"]["cursors"] == {"before": cursor, "after": cursor}
    assert page["paging"]["next"].startswith(f"{HERE}?limit=1&access_token=T&name=%C3%BC&after=")
    assert page["paging"]["previous"].startswith(f"{HERE}?limit=1&access_token=T&name=%C3%BC&before=")


def test_the_last_page_has_no_next_and_an_empty_one_no_cursors() -> None:
    assert "next" not in nodes.render_page([{}], [("a",)], HERE, more=False, earlier=False)["paging"]
    assert nodes.render_page([], [], HERE, more=False, earlier=False) == {"data": []}
