"""The judge of tests names what no test notices, believes explanations as long as they hold, and is never satisfied by nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.mutations import mutations

PROJECT = Path(__file__).parent.parent.parent

TOY = '''"""Says."""

LIMIT: int = 3


def is_much(count: int) -> bool:
    """Whether it is beyond the limit."""
    return count > LIMIT

'''
WEAK = """
from toy import is_much

def test_toy():
    assert is_much(9)
    assert not is_much(0)
"""
PLAN = '[tests]\n"toy.py" = ["test_toy.py"]\n'
BORDERS = "\n\ndef test_borders():\n    assert is_much(4)\n    assert not is_much(3)\n"
EXPLAINED = """
[[explained]]
module = "toy.py"
in = "is_much"
was = "return count > LIMIT"
now = "return count >= LIMIT"
why = "three of them are neither much nor little"
"""
GONE = EXPLAINED.replace("return count >= LIMIT", "return count == LIMIT")


def judged(root: Path, plan: str, tests: str) -> "subprocess.CompletedProcess[str]":
    (root / "tools").mkdir(exist_ok=True)
    (root / "tools/mutants.toml").write_text(plan)
    (root / "toy.py").write_text(TOY)
    (root / "test_toy.py").write_text(tests)
    command = [sys.executable, "-m", "tools.mutants", "--root", str(root)]
    return subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, text=True, timeout=100)


def test_what_a_weak_test_leaves_is_named(tmp_path: Path) -> None:
    found = judged(tmp_path, PLAN, WEAK)
    assert found.returncode == 1, found.stderr
    assert "toy.py:8: is_much\n    - return count > LIMIT\n    + return count >= LIMIT" in found.stdout
    assert "    - LIMIT: int = 3\n    + LIMIT: int = 4" in found.stdout
    assert "+ return count <= LIMIT" not in found.stdout, "the weak test notices that"


def test_explanations_are_believed_while_they_hold(tmp_path: Path) -> None:
    believed = judged(tmp_path, PLAN + EXPLAINED + GONE, WEAK).stdout
    assert "+ return count >= LIMIT" not in believed
    assert "stale: is_much: return count > LIMIT -> return count == LIMIT: there is no such mutant" in believed
    sharp = judged(tmp_path, PLAN + EXPLAINED, WEAK + BORDERS)
    assert "stale: is_much: return count > LIMIT -> return count >= LIMIT: a test notices it by now" in sharp.stdout
    assert sharp.returncode == 1


def test_without_survivors_it_is_content(tmp_path: Path) -> None:
    content = judged(tmp_path, PLAN, WEAK + BORDERS)
    assert (content.returncode, "0 left" in content.stdout) == (0, True), content.stdout


@pytest.mark.parametrize("tests", ["def test_toy():\n    assert False\n", "import nowhere\n", ""])
def test_tests_that_cannot_judge_are_refused(tmp_path: Path, tests: str) -> None:
    """Else every mutant would seem to be noticed."""
    refused = judged(tmp_path, PLAN, tests)
    assert refused.returncode == 1
    assert "its tests fail without any change" in refused.stderr


def test_arguments_change_places_only_where_that_changes_something() -> None:
    assert [one.now for one in mutations(b"f(n, n, m)\n") if one.now.startswith("f")] == ["f(n, m, n)"]
