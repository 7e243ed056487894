"""Every SQL statement of the program: it fits the real schema, and it names the part of every spread table in it.

The statements are read from the source of `takt/store`, not collected while something runs, so that none is missed.
"""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import takt
from takt.store.pool import Conn
from takt.store.site import Spread
from tests.world import tables

ROOT = Path(takt.__file__).parent
CALLS = {"cursor", "execute", "executemany", "fetch", "fetchmany", "fetchrow", "fetchval", "prepare"}
COPIES = {"copy_records_to_table", "copy_to_table"}
# These set up databases or look at the server; what they run is not about our rows.
ABOUT_THE_SERVER = {"checkup.py", "store/migrate.py", "store/pool.py", "store/site.py"}


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement and where it is run."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A COPY: its table and columns, and how many values each record has."""

    place: str
    table: str
    columns: tuple[str, ...]
    values: int | None


class Unreadable(Exception):
    """A statement is put together from more than constants."""


def readings(node: ast.expr, names: dict[str, Any]) -> list[str]:
    """The texts that an expression can have."""
    if isinstance(node, ast.Name | ast.Subscript):
        return named(node, names)
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(one) for one in product(*(readings(part, names) for part in parts))]
        case ast.FormattedValue(value=value):
            return readings(value, names)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return ["".join(one) for one in product(readings(left, names), readings(right, names))]
        case ast.IfExp(body=body, orelse=orelse):
            return readings(body, names) + readings(orelse, names)
        case _:
            raise Unreadable(ast.unparse(node))


def named(node: ast.Name | ast.Subscript, names: dict[str, Any]) -> list[str]:
    """The texts that a name stands for: a constant, a local text with all its readings, or any value of a table."""
    match node:
        case ast.Name(id=name) if isinstance(names.get(name), str | int):
            return [str(names[name])]
        case ast.Name(id=name) if isinstance(names.get(name), list):
            return [text for text in names[name] if isinstance(text, str)]
        case ast.Subscript(value=ast.Name(id=name)) if isinstance(names.get(name), dict):
            return [text for text in names[name].values() if isinstance(text, str)]
        case _:
            raise Unreadable(ast.unparse(node))


def locals_of(function: ast.AST, names: dict[str, Any]) -> dict[str, Any]:
    """The names within a function: those of the module, and the texts that are assigned in it."""
    known = dict(names)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                known[node.targets[0].id] = readings(node.value, known)
            except Unreadable:
                known.pop(node.targets[0].id, None)
    return known


def calls(path: Path) -> Iterator[tuple[ast.Call, dict[str, Any]]]:
    """The calls within the functions of a file that go to a connection, with the names known there."""
    names = vars(importlib.import_module(".".join(("takt", *path.relative_to(ROOT).with_suffix("").parts))))
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        known = locals_of(function, names)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                yield node, known


@cache
def all_statements() -> tuple[Sql, ...]:
    """The statements of the store."""
    return tuple(
        Sql(f"{path.relative_to(ROOT)}:{call.lineno}", text)
        for path in sorted((ROOT / "store").glob("*.py"))
        if str(path.relative_to(ROOT)) not in ABOUT_THE_SERVER
        for call, names in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in CALLS
        for text in readings(call.args[0], names)
    )


@cache
def all_copies() -> tuple[Copy, ...]:
    """The COPYs of the store."""
    found: list[Copy] = []
    for path in sorted((ROOT / "store").glob("*.py")):
        for call, names in calls(path):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in COPIES:
                continue
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            columns = given["columns"]
            listed = names[columns.id] if isinstance(columns, ast.Name) else ast.literal_eval(columns)
            records = given.get("records")
            record = records.elt if isinstance(records, ast.ListComp) else None
            values = len(record.elts) if isinstance(record, ast.Tuple) else None
            (table,) = readings(call.args[0], names)
            found.append(Copy(f"{path.relative_to(ROOT)}:{call.lineno}", table, tuple(listed), values))
    return tuple(found)


def place_of(one: Sql | Copy) -> str:
    """How a test is called."""
    return one.place


@cache
def spread_tables() -> frozenset[str]:
    """The tables with a column `part`."""
    return frozenset(table for table, spread in tables().items() if spread is not Spread.REFERENCE)


REFERENCE = re.compile(
    r"(?P<verb>FROM|JOIN|UPDATE|USING|INTO)\s+(?P<table>\w+)"
    r"(?:\s+(?:AS\s+)?(?!SET\b|WHERE\b|ON\b|USING\b|JOIN\b|LEFT\b|CROSS\b|ORDER\b|GROUP\b|FOR\b|SELECT\b|LIMIT\b|RETURNING\b)"
    r"(?P<alias>\w+))?"
)


def strays(text: str) -> list[str]:
    """The spread tables of a statement whose part it does not name, each as the statement calls it."""
    missing: list[str] = []
    called: Counter[str] = Counter()
    for match in REFERENCE.finditer(text):
        table = match["table"]
        if table not in spread_tables():
            continue
        if match["verb"] != "INTO":
            called[match["alias"] or table] += 1
        elif not re.match(r"\s*(?:AS\s+\w+\s*)?\(part\b", text[match.end("table") :]):
            missing.append(table)
    bare = len(re.findall(r"(?<![\w.])part = \$1(?!\d)", text))
    for name, times in called.items():
        lacking = times - len(re.findall(rf"\b{name}\.part = \$1(?!\d)", text))
        if lacking > 0 and name in spread_tables():
            lacking, bare = lacking - bare, bare - lacking
        if lacking > 0:
            missing.append(name)
    return missing


def test_the_check_itself_sees_what_is_missing() -> None:
    """A check that never says no proves nothing."""
    for wrong in (
        "SELECT 1 FROM message",
        "SELECT 1 FROM message WHERE message_id = $1",
        "SELECT 1 FROM message WHERE part = $2",
        "SELECT 1 FROM message WHERE part = $11",
        "SELECT 1 FROM message m JOIN thread t ON t.recipient_id = m.recipient_id WHERE m.part = $1",
        "SELECT 1 FROM message m JOIN thread t ON t.part = m.part WHERE m.part = $1",
        "UPDATE message SET status = 'read' WHERE message_id = $1",
        "UPDATE thread t SET unanswered = 0 FROM recipient r WHERE r.part = $1",
        "DELETE FROM consent c USING recipient r WHERE r.part = $1",
        "INSERT INTO hold (message_id) SELECT $1",
        "SELECT 1 FROM message WHERE part = $1 UNION ALL SELECT 1 FROM message",
        "SELECT 1 FROM message, thread WHERE part = $1 AND EXISTS (SELECT FROM hold)",
        "SELECT 1 FROM message m WHERE m.part = $1 AND m.cursor > (SELECT min(m.cursor) FROM message m WHERE m.inbound)",
    ):
        assert strays(wrong), wrong
    for right in (
        "SELECT 1 FROM message WHERE part = $1",
        "SELECT 1 FROM message m JOIN thread t ON t.part = $1 WHERE m.part = $1",
        "UPDATE message SET status = 'read' WHERE part = $1 RETURNING message_id",
        "INSERT INTO hold (part, message_id) SELECT r.part, $2 FROM recipient r WHERE r.part = $1",
        "SELECT 1 FROM business",
        "SELECT 1 FROM message WHERE part = $1 UNION ALL SELECT 1 FROM message WHERE part = $1",
        "SELECT cursor FROM recipient WHERE part = $1 FOR NO KEY UPDATE",
    ):
        assert not strays(right), right


def test_all_statements_were_found() -> None:
    """The source is read as it is meant to be: there are many statements, and all begin like one."""
    assert len(all_statements()) > 80
    rights = [one for one in all_statements() if one.text.startswith(("GRANT ", "REVOKE "))]
    assert {one.place.split(":")[0] for one in rights} == {"store/proofs.py"}, "nobody else takes a right"
    begins = {one.text.split()[0] for one in all_statements() if one not in rights}
    assert begins <= {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SET"}
    assert {one.table for one in all_copies()} >= {"message", "hold", "outbox", "journal", "usage"}


def test_sql_is_run_by_the_store_alone() -> None:
    """Whatever else talks to a connection talks about the server."""
    outside = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "conn." in path.read_text()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CALLS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "conn"
        and not str(path.relative_to(ROOT)).startswith(("store/", "embedded/"))
    }
    assert outside <= ABOUT_THE_SERVER


@pytest.mark.parametrize("one", all_statements(), ids=place_of)
def test_a_statement_names_the_part_of_every_spread_table(one: Sql) -> None:
    """Without `part = $1` for each such table a cluster asks all shards, and a twin in another part is hit."""
    assert strays(one.text) == [], f"{one.place} must say `part = $1` for these tables: {one.text}"


@pytest.mark.parametrize("one", all_statements(), ids=place_of)
async def test_a_statement_fits_the_schema(conn: Conn, one: Sql) -> None:
    """The server itself reads every statement: tables, columns, types and parameters are there."""
    await conn.prepare(one.text)


@pytest.mark.parametrize("one", all_copies(), ids=place_of)
async def test_a_copy_fits_the_schema(conn: Conn, one: Copy) -> None:
    """The columns exist, none that must be filled is missing, the part comes first, and records are as long."""
    rows = await conn.fetch(
        "SELECT attname, attnotnull AND NOT atthasdef FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped",
        one.table,
    )
    needed = {name for name, must in rows if must}
    assert needed <= set(one.columns) <= {name for name, _ in rows}
    assert one.columns[0] == "part"
    assert one.values in (None, len(one.columns))
