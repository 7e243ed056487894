"""Write docs/compatibility.md from the tables in tests/compatibility: `python tools/compatibility.py`.

With `--check` it writes nothing and prints one line per breach: of the form of a table, of a test that is not there, of an
error code that is in the table and not in the code or the other way about, or of a page that is not current.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
TABLES = {
    "endpoints": "Paths and methods",
    "fields": "Sending: the fields of `POST /{Phone-Number-ID}/messages`",
    "webhooks": "Webhooks: the fields, and what they say",
    "errors": "Error codes",
}
SIGNS = {"full": "full", "partly": "**partly**", "not": "–"}
# Where an answer gets its code: constructors whose calls carry one as a number, and the place of it.
CODED = {"WireError": 0, "Reason": 1}
FAULTS = range(2_388_000, 2_389_000)
ERROR_MIN = 100_000
HEAD = """# What works as in the Cloud API

Made by `python tools/compatibility.py` from `tests/compatibility`: change it there. *Full* is what an unmodified client
can rely on, *partly* lacks what is said beside it, – is not there. Behind each stands the test that shows it.
"""


class Row(NamedTuple):
    """One line of a table; `tests` are `file.py::test_name` below tests/."""

    name: str
    level: str
    tests: list[str]
    says: str
    title: str


def main() -> int:
    """Write or check the page; returns the exit status."""
    if "--check" not in sys.argv[1:]:
        page(PROJECT).write_text(render(PROJECT), "utf-8")
        return 0
    breaches = list(check(PROJECT))
    print("\n".join(breaches) or "compatibility: the page is what its tables say")
    return 1 if breaches else 0


def page(project: Path) -> Path:
    """Where the page lies."""
    return project / "docs" / "compatibility.md"


def check(project: Path) -> Iterator[str]:
    """Every breach: of a table's form, of its tests, of its error codes, and a page that is not current."""
    faults = list(_check_rows(project))
    yield from faults
    if not faults and (not page(project).exists() or page(project).read_text("utf-8") != render(project)):
        yield "docs/compatibility.md is not current: python tools/compatibility.py"
    yield from _check_codes(project)


def rows(project: Path, table: str) -> dict[str, list[Row]]:
    """A table by its sections."""
    text = (project / "tests" / "compatibility" / f"{table}.toml").read_text("utf-8")
    return {
        section: [_row(name, said) for name, said in inside.items()] for section, inside in tomllib.loads(text).items()
    }


def render(project: Path) -> str:
    """The page."""
    return "\n".join(
        [HEAD, *(line for table, title in TABLES.items() for line in _render_table(project, table, title))]
    )


def _render_table(project: Path, table: str, title: str) -> Iterator[str]:
    sections = rows(project, table)
    every = [row for inside in sections.values() for row in inside]
    counted = ", ".join(f"{sum(row.level == level for row in every)} {level}" for level in SIGNS)
    yield f"## {title}\n\n{counted}.\n"
    for section, inside in sections.items():
        yield f"### {section}\n\n| What | Here | Shown by |\n|---|---|---|"
        for row in inside:
            name = f"`{row.name}`" + (f" {row.title}" if row.title else "")
            here = SIGNS[row.level] + (f": {row.says}" if row.says else "")
            shown = ", ".join(f"[{test.split('::')[1]}](../tests/{test.split('::')[0]})" for test in row.tests)
            yield f"| {name} | {here} | {shown} |"
        yield ""


def _row(name: str, said: dict[str, Any]) -> Row:
    return Row(name, said.get("is", ""), said.get("tests", []), said.get("says", ""), said.get("title", ""))


def _check_rows(project: Path) -> Iterator[str]:
    defined: dict[str, set[str]] = {}
    for table in TABLES:
        for row in (row for inside in rows(project, table).values() for row in inside):
            place = f"tests/compatibility/{table}.toml: {row.name}"
            if row.level not in SIGNS:
                yield f"{place} is {row.level!r}, not one of {', '.join(SIGNS)}"
            if (row.level == "not") == bool(row.tests):
                yield f"{place} is {row.level} and has {len(row.tests)} tests"
            if (row.level == "full") == bool(row.says):
                yield f"{place} is {row.level} and says {row.says!r}"
            for test in row.tests:
                file, _, name = test.partition("::")
                if file not in defined:
                    defined[file] = set(_functions(project / "tests" / file))
                if name not in defined[file]:
                    yield f"{place}: there is no {test}"


def _check_codes(project: Path) -> Iterator[str]:
    table = [row for inside in rows(project, "errors").values() for row in inside]
    there = {int(row.name) for row in table if row.level != "not"}
    code = {number for file in sorted((project / "takt").rglob("*.py")) for number in _answered(file)}
    for number in sorted(there - code):
        yield f"tests/compatibility/errors.toml: {number} is said to be there, but no answer in takt/ has it"
    for number in sorted(code - there):
        yield f"tests/compatibility/errors.toml: takt/ answers with {number}, which is not said to be there"
    for row in table:
        files = sorted({project / "tests" / test.split("::")[0] for test in row.tests})
        if files and not any(int(row.name) in _numbers(file) for file in files if file.exists()):
            yield f"tests/compatibility/errors.toml: none of the tests of {row.name} has the number in its file"


def _functions(file: Path) -> Iterator[str]:
    """The tests of a file; none when there is no such file."""
    if file.exists():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.name


def _numbers(file: Path) -> set[int]:
    return {
        node.value
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and type(node.value) is int
    }


def _answered(file: Path) -> Iterator[int]:
    """The codes that a file gives to errors and reasons: in calls, in rows of tables (code, maybe subcode, words), in constants."""
    tree = ast.parse(file.read_text("utf-8"))
    for made in tree.body:
        if isinstance(made, ast.AnnAssign) and isinstance(made.value, ast.Constant) and made.value.value in FAULTS:
            yield int(str(made.value.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple):
            yield from _listed(node)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in CODED:
            continue
        named = [word.value for word in node.keywords if word.arg == "code"]
        given = [*node.args[CODED[node.func.id] :][:1], *named]
        yield from (one.value for one in given if isinstance(one, ast.Constant) and type(one.value) is int)


def _listed(row: ast.Tuple) -> Iterator[int]:
    """Code and subcode of a row that has words behind them."""
    if len(row.elts) > 2 and any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in row.elts):
        numbers = [one.value for one in row.elts[:2] if isinstance(one, ast.Constant) and type(one.value) is int]
        yield from (one for one in numbers if one >= ERROR_MIN)


if __name__ == "__main__":
    sys.exit(main())
