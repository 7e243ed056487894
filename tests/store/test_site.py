"""The map from slots to parts."""

from takt.core.ids import SLOTS
from takt.store.pool import Conn
from takt.store.site import PARTS, Site, Spread, distribute, part_of


def test_each_part_gets_an_equal_run_of_slots() -> None:
    for parts in PARTS.values():
        owned = [part_of(parts, slot) for slot in range(SLOTS)]
        assert [part for index, part in enumerate(owned) if index % (SLOTS // len(parts)) == 0] == list(parts)
        assert all(owned.count(part) == SLOTS // len(parts) for part in parts)


async def test_64_parts_fall_on_64_shards_one_on_each_and_in_order(conn: Conn) -> None:
    shards = await conn.fetch(
        """
        SELECT (hashint4(part)::bigint + 2147483648) / (4294967296 / 64) AS shard
        FROM unnest($1::int[]) WITH ORDINALITY AS part (part, number) ORDER BY number
        """,
        PARTS[64],
    )
    assert [row["shard"] for row in shards] == list(range(64))


async def test_a_site_reaches_each_of_its_parts(site: Site) -> None:
    for part in site.parts:
        assert await site.pool(part).fetchval("SELECT 1") == 1


async def test_on_plain_postgresql_nothing_is_distributed(conn: Conn) -> None:
    await distribute(conn, "no_such_table", Spread.REFERENCE)


async def test_on_a_cluster_each_kind_is_distributed_in_its_way(conn: Conn) -> None:
    await conn.execute(
        """
        CREATE TABLE told (how text, name text, shards int);
        CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql
            AS $$ INSERT INTO told VALUES ('whole', name::text, NULL) $$;
        CREATE FUNCTION create_distributed_table(name regclass, by text, shard_count int) RETURNS void LANGUAGE sql
            AS $$ INSERT INTO told VALUES ('by ' || by, name::text, shard_count) $$;
        """
    )
    await distribute(conn, "sender", Spread.REFERENCE)
    await distribute(conn, "message", Spread.RECIPIENT)
    await distribute(conn, "account", Spread.CONTRACT)
    told = await conn.fetch("SELECT * FROM told")
    assert [tuple(row) for row in told] == [
        ("whole", "sender", None),
        ("by part", "message", 64),
        ("by part", "account", 64),
    ]
