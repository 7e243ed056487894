"""Migrations: applied once and whole, refused when edited, and a schema that can be spread over a cluster."""

import asyncio
import re
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from takt.store import admissions
from takt.store.migrate import (
    Migration,
    MigrationFault,
    Stage,
    available,
    migrate,
    pending,
    statements,
)
from takt.store.pool import Conn, connect
from takt.store.site import Spread
from tests.databases import Workshop
from tests.world import tables

OURS_ALONE = {"migration", "installation"}  # the bookkeeping of migrations itself, at one place only
SPREADS = tables()
SPREAD_TABLES = sorted(table for table, spread in SPREADS.items() if table and spread is not Spread.REFERENCE)


@pytest.fixture
async def empty(workshop: Workshop) -> AsyncIterator[str]:
    """Address of a database with nothing in it."""
    name = await workshop.make("template0")
    yield workshop.address.of(name)
    await workshop.drop(name)


def migration(number: int, text: str, stage: Stage = "pre") -> Migration:
    return Migration(f"{number:04}_{stage}_test.sql", stage, text)


THING = migration(1, "-- spread: reference\nCREATE TABLE thing (id int PRIMARY KEY);")


async def catalogue(conn: Conn) -> list[str]:
    """Every column, constraint and index, as PostgreSQL itself writes them down."""
    rows = await conn.fetch(
        """
        SELECT format('%s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod),
                      CASE WHEN attnotnull THEN 'not null' END, pg_get_expr(adbin, adrelid)) AS line
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
             JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
        UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT format('%s %s', oid::regclass, reloptions)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
        ORDER BY line
        """
    )
    return [row["line"] for row in rows]


def test_a_file_is_split_where_its_statements_end() -> None:
    text = """
        -- a comment; with a semicolon
        SELECT 'a;b', "c;d", 'it''s;';  /* and; here */
        DO $body$ BEGIN PERFORM 1; END $body$;
        -- spread: contract
        CREATE TABLE t (part int);
        -- the end
    """
    split = statements(text)
    assert [statement.table for statement in split] == [None, None, "t"]
    assert [statement.spread for statement in split] == [None, None, Spread.CONTRACT]
    assert split[1].text.endswith("DO $body$ BEGIN PERFORM 1; END $body$")


@pytest.mark.parametrize("above", ["", "-- spread: everywhere\n", "-- spread: contract\n-- and more\n"])
def test_a_table_must_say_right_above_it_how_it_is_spread(above: str) -> None:
    with pytest.raises(MigrationFault, match="CREATE TABLE t must stand `-- spread: "):
        statements(f"{above}CREATE TABLE t (part int);")


def test_no_two_of_our_files_share_a_number_and_a_stage() -> None:
    places = [(one.name[:4], one.stage) for one in available()]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("one", available(), ids=lambda one: one.name)
def test_an_alter_has_one_subcommand(one: Migration) -> None:
    for statement in statements(one.text):
        code = re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", statement.text).strip()
        if code.upper().startswith("ALTER"):
            while "(" in code:
                code = re.sub(r"\([^()]*\)", "", code)
            assert "," not in code, statement.text


async def test_it_is_applied_once(empty: str) -> None:
    async with connect(empty, name="test") as conn:
        assert await pending(conn) == [one.name for one in available()]
        assert await migrate(conn, 1) == [one.name for one in available()]
        assert await migrate(conn, 1) == []
        assert await pending(conn) == []


async def test_side_by_side_each_is_applied_once(empty: str) -> None:
    async def run() -> list[str]:
        async with connect(empty, name="test") as conn:
            return await migrate(conn, 1)

    applied = await asyncio.gather(*(run() for _ in range(4)))
    assert sorted(name for names in applied for name in names) == sorted(one.name for one in available())


async def test_a_fresh_schema_equals_a_migrated_one(empty: str, conn: Conn) -> None:
    files = available()
    async with connect(empty, name="test") as upgraded:
        for count in range(1, len(files) + 1):  # release by release, as an operator upgrades
            await migrate(upgraded, 1, stages=("pre",), migrations=files[:count])
            await migrate(upgraded, 1, migrations=files[:count])
        assert await catalogue(upgraded) == await catalogue(conn)


async def test_post_waits_until_it_is_asked_for(empty: str) -> None:
    clean_up = migration(1, "DROP TABLE thing;", "post")
    async with connect(empty, name="test") as conn:
        assert await migrate(conn, 1, stages=("pre",), migrations=[THING, clean_up]) == [THING.name]
        assert await migrate(conn, 1, migrations=[THING, clean_up]) == [clean_up.name]


async def test_an_edited_file_is_refused(empty: str) -> None:
    async with connect(empty, name="test") as conn:
        await migrate(conn, 1, migrations=[THING])
        with pytest.raises(MigrationFault, match=r"0001_pre_test\.sql was edited"):
            await migrate(conn, 1, migrations=[migration(1, THING.text + " ")])


async def test_a_database_of_a_newer_program_is_refused(empty: str) -> None:
    async with connect(empty, name="test") as conn:
        await migrate(conn, 1, migrations=[THING])
        with pytest.raises(MigrationFault, match=r"0001_pre_test\.sql.*run a newer Takt"):
            await migrate(conn, 1, migrations=[])


async def test_the_number_of_parts_never_changes(empty: str) -> None:
    async with connect(empty, name="test") as conn:
        await migrate(conn, 4, migrations=[THING])
        with pytest.raises(MigrationFault, match="TAKT_PARTS=4"):
            await migrate(conn, 1, migrations=[THING])


async def test_a_failing_file_leaves_nothing_behind_and_is_named(empty: str) -> None:
    broken = migration(2, "ALTER TABLE thing ADD COLUMN name text; SELECT no_such_function();")
    async with connect(empty, name="test") as conn:
        with pytest.raises(MigrationFault, match=r"0002_pre_test\.sql failed at `SELECT no_such_function"):
            await migrate(conn, 1, migrations=[THING, broken])
        assert await conn.fetchval("SELECT count(*) FROM information_schema.columns WHERE table_name = 'thing'") == 1
        assert [row["name"] for row in await conn.fetch("SELECT name FROM migration")] == [THING.name]


async def test_a_migration_does_not_wait_long_for_a_busy_table(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("takt.store.migrate.MIGRATION_LOCK_S_MAX", 0.05)
    async with connect(empty, name="test") as conn, connect(empty, name="busy") as busy:
        await migrate(conn, 1, migrations=[THING])
        async with busy.transaction():
            await busy.execute("SELECT FROM thing")
            with pytest.raises(MigrationFault, match="lock timeout"):
                await migrate(conn, 1, migrations=[THING, migration(2, "ALTER TABLE thing ADD COLUMN name text;")])


async def test_every_table_is_spread_when_it_is_made(empty: str) -> None:
    async with connect(empty, name="test") as conn:
        await conn.execute(
            """
            CREATE TABLE told (number serial, name text, whole boolean);
            CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql
                AS $$ INSERT INTO told (name, whole) VALUES (name::text, true) $$;
            CREATE FUNCTION create_distributed_table(name regclass, by text, shard_count int) RETURNS void LANGUAGE sql
                AS $$ INSERT INTO told (name, whole) VALUES (name::text, false) $$;
            """
        )
        await migrate(conn, 64)
        told = {row["name"]: row["whole"] for row in await conn.fetch("SELECT name, whole FROM told ORDER BY number")}
        left = {table: whole for table, whole in told.items() if table in SPREADS}
        assert left == {table: spread is Spread.REFERENCE for table, spread in SPREADS.items()}
        assert list(left) == list(SPREADS)


async def test_what_was_believed_of_people_is_moved_into_one_row(conn: Conn) -> None:
    files = {one.name: statements(one.text) for one in available()}
    for one in files["0028_pre_admission.sql"]:
        if one.table in {"tolerance", "liking"}:
            await conn.execute(one.text)
    await conn.execute(
        "INSERT INTO tolerance (part, recipient_id, logs) SELECT 0, id, '{0,-1}' FROM unnest($1::uuid[]) id",
        [UUID(int=1), UUID(int=2)],
    )
    await conn.execute(
        "INSERT INTO liking (part, recipient_id, owner_id, mean, variance)"
        " SELECT 0, person, owner, n, n / 8.0 FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY u(person, owner, n)",
        [UUID(int=2), UUID(int=2), UUID(int=3)], [UUID(int=9), UUID(int=8), UUID(int=9)],
    )  # fmt: skip
    for one in files["0056_pre_beliefs.sql"]:
        if one.table is None:
            await conn.execute(one.text)
    found = await admissions.lock_beliefs(conn, 0, [UUID(int=number) for number in (1, 2, 3)], 2)
    assert [one.logs.tolist() for one in found.values()] == [[0.0, -1.0], [0.0, -1.0], [0.0, 0.0]]
    assert [one.likings for one in found.values()] == [
        {}, {UUID(int=9): (1.0, 0.125), UUID(int=8): (2.0, 0.25)}, {UUID(int=9): (3.0, 0.375)},
    ]  # fmt: skip


async def test_no_table_is_forgotten(conn: Conn) -> None:
    rows = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {row["tablename"] for row in rows} - OURS_ALONE == set(SPREADS)


@pytest.mark.parametrize("table", SPREAD_TABLES)
async def test_part_comes_first(conn: Conn, table: str) -> None:
    column = await conn.fetchrow(
        "SELECT attnum, attnotnull, format_type(atttypid, NULL) AS type FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attname = 'part'",
        table,
    )
    assert column is not None
    assert tuple(column) == (1, True, "integer")
    indexes = await conn.fetch(
        "SELECT indexrelid::regclass::text AS name, indkey[0] AS first, indisprimary AS is_primary FROM pg_index"
        " WHERE indrelid = $1::text::regclass",
        table,
    )
    assert [index["name"] for index in indexes if index["first"] != 1] == []
    assert sum(index["is_primary"] for index in indexes) == 1


async def test_foreign_keys_stay_within_a_part_and_a_side_or_point_to_reference_rows(conn: Conn) -> None:
    keys = await conn.fetch(
        """
        SELECT conname, conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
               conkey[1] AS first, confkey[1] AS parents_first, confdeltype::text AS on_delete
        FROM pg_constraint WHERE contype = 'f'
        """
    )
    assert keys
    for key in keys:
        assert key["on_delete"] != "n", f"{key['conname']}: no SET NULL"
        child, parent = SPREADS[key["child"]], SPREADS[key["parent"]]
        if parent is not Spread.REFERENCE:
            assert parent is child, f"{key['conname']} leaves its side"
            assert (key["first"], key["parents_first"]) == (1, 1), f"{key['conname']} leaves its part"


async def test_nothing_a_cluster_lacks_is_used(conn: Conn) -> None:
    triggers = await conn.fetchval("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
    sequences = await conn.fetchval("SELECT count(*) FROM pg_sequences WHERE schemaname = 'public'")
    extensions = await conn.fetchval("SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'")
    rules = await conn.fetchval("SELECT count(*) FROM pg_rules WHERE schemaname = 'public'")
    assert (triggers, sequences, extensions, rules) == (0, 0, 0, 0)


async def test_the_bookkeeping_survives_a_fault_of_postgresql_itself(empty: str) -> None:
    async with connect(empty, name="test") as conn:
        with pytest.raises(MigrationFault) as caught:
            await migrate(conn, 1, migrations=[migration(1, "CREATE INDEX CONCURRENTLY i ON nothing (x);")])
        assert isinstance(caught.value.__cause__, asyncpg.PostgresError)
        assert await migrate(conn, 1, migrations=[THING]) == [THING.name]
