"""The comparer of webhooks finds what differs, and no webhook goes uncompared."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.shapes import same_shape

PROJECT = Path(__file__).parent.parent.parent
SAME = {"a": [{"b": 1, "c": "x"}, {"b": 2}], "d": {"e": True}}


@pytest.mark.parametrize(
    ("ours", "found"),
    [
        (SAME, []),
        ({"a": [{"b": 1, "c": "x"}], "d": {"e": False}}, []),
        ({"a": [{"b": 1.5, "c": "x"}], "d": {"e": False}}, []),
        ({"a": [{"b": 1}], "d": {"e": True}}, ["a[].c is not in ours"]),
        ({**SAME, "f": 1}, ["f is only in ours"]),
        ({**SAME, "d": {"e": 1}}, ["d.e is number in ours and bool in theirs"]),
        ({**SAME, "d": {"e": None}}, ["d.e is NoneType in ours and bool in theirs"]),
        ({**SAME, "d": []}, ["d.e is not in ours", "d is list in ours and dict in theirs"]),
    ],
)
def test_what_differs_is_named(ours: object, found: list[str]) -> None:
    assert same_shape(ours, SAME) == found


def test_an_optional_key_may_be_there_or_not_with_all_in_it() -> None:
    for ours, theirs in (({"a": 1}, SAME | {"a": 1}), (SAME | {"a": 1}, {"a": 1})):
        assert same_shape(ours, theirs, {"d": "a reason"}) == []
    assert same_shape({"a": 1, "de": 1}, {"a": 1}, {"d": "a reason"}) == ["de is only in ours"]


def test_every_webhook_that_is_rendered_is_compared() -> None:
    """Each `render_` function of takt/wire that an action uses, and each of webhook*.py, is used by a test that compares."""
    wire = {name for file in (PROJECT / "takt" / "wire").glob("*.py") for name in defined(file)}
    webhooks = {name for file in (PROJECT / "takt" / "wire").glob("webhook*.py") for name in defined(file)}
    told = wire & {name for file in (PROJECT / "takt" / "actions").glob("*.py") for name in used(file)}
    tests = [file for file in (PROJECT / "tests" / "wire").glob("test_*.py") if "same_shape(" in file.read_text()]
    compared = {name for file in tests if file.name != Path(__file__).name for name in used(file)}
    assert {"render_inbound", "render_status_change"} <= webhooks | told
    assert (webhooks | told) - compared == set()


def defined(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("render_"):
            yield node.name


def used(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
