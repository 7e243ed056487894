"""Migrations: plain SQL files, applied in order, each once, in a transaction of its own, and never edited after.

A file is `NNNN_pre_words.sql` (runs before the new program, and the old one must still work on the result) or
`NNNN_post_words.sql` (clears up when only the new program runs). Right above every CREATE TABLE stands
`-- spread: recipient`, `contract` or `reference`, which says how the table is spread over a cluster.
"""

import hashlib
import re
from importlib.resources import files
from typing import Literal, TypeAlias

import asyncpg

from takt.core.value import value
from takt.store.pool import Conn
from takt.store.site import Spread, distribute

Stage: TypeAlias = Literal["pre", "post"]

MIGRATION_LOCK_S_MAX = 4
MIGRATION_STATEMENT_S_MAX = 60
MIGRATION_TURN_S_MAX = 120

_FILE = re.compile(r"(\d{4})_(pre|post)_[a-z0-9_]+\.sql")
# What may hide a semicolon: comments, strings, quoted names and dollar quotes.
_TOKEN = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"[^"]*"|(\$\w*\$).*?\1|;|.""", re.DOTALL)
_TABLE = re.compile(r"(?:-- *spread: *(\w+) *\n\s*)?\bCREATE TABLE\s+(?:IF NOT EXISTS\s+)?([\w.\"]+)", re.IGNORECASE)
_TURN = 0x54616B74  # "Takt": the key of the lock that makes migrating a one-at-a-time affair


class MigrationFault(Exception):
    """A migration cannot be applied; the text says which one and why."""


@value
class Statement:
    """One SQL statement with the comments above it; `table` and `spread` when it makes a table."""

    text: str
    table: str | None
    spread: Spread | None


@value
class Migration:
    """One migration file."""

    name: str
    stage: Stage
    text: str

    @property
    def sha256(self) -> str:
        """What is remembered of the file, to notice an edit."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def available() -> list[Migration]:
    """List the migrations this program brings, in the order they are applied."""
    found: list[tuple[int, int, Migration]] = []
    for file in (files("takt.store") / "migrations").iterdir():
        match = _FILE.fullmatch(file.name)
        if match is None:
            raise MigrationFault(f"{file.name} is not named NNNN_pre_words.sql or NNNN_post_words.sql.")
        stage: Stage = "pre" if match[2] == "pre" else "post"
        found.append((int(match[1]), stage == "post", Migration(file.name, stage, file.read_text("utf-8"))))
    return [migration for _, _, migration in sorted(found, key=lambda entry: (*entry[:2], entry[2].name))]


def statements(text: str) -> list[Statement]:
    """Split a file into its statements.

    Raises:
        MigrationFault: a CREATE TABLE does not say how the table is spread.
    """
    pieces = [""]
    for token in _TOKEN.finditer(text):
        if token[0] == ";":
            pieces.append("")
        else:
            pieces[-1] += token[0]
    return [_statement(piece) for piece in pieces if _code(piece)]


def _code(piece: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", piece, flags=re.DOTALL).strip()


def _statement(piece: str) -> Statement:
    match = _TABLE.search(piece) if _code(piece).upper().startswith("CREATE TABLE") else None
    if match is None:
        return Statement(piece.strip(), None, None)
    if match[1] not in set(Spread):
        kinds = ", ".join(Spread)
        raise MigrationFault(f"Above CREATE TABLE {match[2]} must stand `-- spread: ` and one of {kinds}.")
    return Statement(piece.strip(), match[2], Spread(match[1]))


async def migrate(
    conn: Conn,
    parts: int,
    *,
    stages: tuple[Stage, ...] = ("pre", "post"),
    migrations: list[Migration] | None = None,
) -> list[str]:
    """Bring the database up to date, and return the names of what was applied. Safe to run side by side.

    `parts` is remembered by the first run, and every later one must name the same number.

    Raises:
        MigrationFault: a file was edited after it was applied, the database is newer than this program, it was set
            up with another number of parts, or a statement failed.
    """
    ours = available() if migrations is None else migrations
    async with conn.transaction():
        await _take_turn(conn)
        await _remember_parts(conn, parts)
        await _compare(conn, ours)
    return [one.name for one in ours if one.stage in stages and await _apply(conn, one)]


async def pending(conn: Conn) -> list[str]:
    """List the migrations that this program brings and the database lacks."""
    applied = await _applied(conn)
    return [one.name for one in available() if one.name not in applied]


async def _take_turn(conn: Conn) -> None:
    """Wait until nobody else migrates, until the end of this transaction; then set the limits for the work."""
    await conn.execute(f"SET LOCAL lock_timeout = '{MIGRATION_TURN_S_MAX}s'")
    await conn.execute(f"SET LOCAL statement_timeout = '{MIGRATION_TURN_S_MAX}s'")
    await conn.execute("SELECT pg_advisory_xact_lock($1)", _TURN)
    await conn.execute(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_S_MAX}s'")
    await conn.execute(f"SET LOCAL statement_timeout = '{MIGRATION_STATEMENT_S_MAX}s'")


async def _remember_parts(conn: Conn, parts: int) -> None:
    await conn.execute(
        """
        CREATE TABLE IF NOT EXISTS migration (
            name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE IF NOT EXISTS installation (
            only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), parts int NOT NULL);
        """
    )
    await conn.execute("INSERT INTO installation (parts) VALUES ($1) ON CONFLICT DO NOTHING", parts)
    set_up_with = await conn.fetchval("SELECT parts FROM installation")
    if set_up_with != parts:
        raise MigrationFault(f"This database was set up with TAKT_PARTS={set_up_with}, and that never changes.")


async def _applied(conn: Conn) -> dict[str, str]:
    if not await conn.fetchval("SELECT to_regclass('migration') IS NOT NULL"):
        return {}
    return {row["name"]: row["sha256"] for row in await conn.fetch("SELECT name, sha256 FROM migration")}


async def _compare(conn: Conn, ours: list[Migration]) -> None:
    brought = {one.name: one.sha256 for one in ours}
    for name, sha256 in (await _applied(conn)).items():
        if name not in brought:
            raise MigrationFault(f"The database has {name}, which this Takt does not know: run a newer Takt.")
        if brought[name] != sha256:
            raise MigrationFault(f"{name} was edited after it was applied: undo that, and write a new migration.")


async def _apply(conn: Conn, migration: Migration) -> bool:
    async with conn.transaction():
        await _take_turn(conn)
        if migration.name in await _applied(conn):
            return False
        for statement in statements(migration.text):
            await _execute(conn, migration, statement)
        await conn.execute("INSERT INTO migration (name, sha256) VALUES ($1, $2)", migration.name, migration.sha256)
    return True


async def _execute(conn: Conn, migration: Migration, statement: Statement) -> None:
    try:
        await conn.execute(statement.text)
        if statement.table is not None and statement.spread is not None:
            await distribute(conn, statement.table, statement.spread)
    except asyncpg.PostgresError as fault:
        start = " ".join(_code(statement.text).split())[:60]
        raise MigrationFault(f"{migration.name} failed at `{start}…`: {fault}") from fault
