"""The page about money tells the truth: each of the 32 promises stands there once, and each test it names is there."""

import ast
import re
from pathlib import Path

from takt.core import charging, ledger, rating, tariff

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "docs" / "money.md"
ROW = re.compile(r"^\| (\d+) \| .+ \| (.*) ?\|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_each_promise_stands_there_once_with_tests_that_are_there() -> None:
    rows = ROW.findall(PAGE.read_text("utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, 33))
    for number, held_by in rows:
        for path, name in NAMED.findall(held_by):
            file = TESTS / path
            assert file.exists(), f"{number}: {path}"
            assert re.search(rf"def {name}\(", file.read_text("utf-8")), f"{number}: {name}"


def test_rating_does_not_ask_for_the_time() -> None:
    """Invariant 30: nothing that prices a message has a clock within reach."""
    for module in (rating, tariff, charging, ledger):
        assert module.__file__ is not None
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not asked & {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}, module.__name__
