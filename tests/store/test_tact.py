"""The versions of the policy: written once, and each applies from its instant on."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from takt.core.document import UnsoundError
from takt.core.tact import TactPolicy
from takt.store import tact
from takt.store.pool import Conn
from takt.store.reference import Reference
from takt.store.stamp import touch

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_a_version_applies_from_its_instant_until_the_next(conn: Conn) -> None:
    reference = Reference()
    assert (await reference.fresh(conn)).tact(NOW) == TactPolicy()
    first = await tact.add_version(conn, {"caps": {"person_per_day": 1}}, "olga", NOW, NOW)
    second = await tact.add_version(conn, {"caps": {"person_per_day": 2}}, "olga", NOW + timedelta(days=1), NOW)
    assert (first, second) == (1, 2)
    assert (await reference.fresh(conn)).tact(NOW) == TactPolicy(), "nobody raised the stamp"
    await touch(conn)
    snapshot = await reference.fresh(conn)
    then = [snapshot.tact(NOW + timedelta(days=days)) for days in (-1, 0, 1)]
    assert [found.version for found in then] == [0, 1, 2]
    assert [found.caps.person_per_day for found in then] == [TactPolicy().caps.person_per_day, 1, 2]


async def test_of_versions_for_one_instant_the_later_counts(conn: Conn) -> None:
    for cap in (1, 2):
        await tact.add_version(conn, {"caps": {"person_per_day": cap}}, "olga", NOW, NOW)
    assert (await Reference().fresh(conn)).tact(NOW).caps.person_per_day == 2


async def test_a_version_is_on_record_as_it_was_given(conn: Conn) -> None:
    await tact.add_version(conn, {"caps": {"person_per_day": 1}}, "olga", NOW, NOW)
    (row,) = await tact.list_rows(conn, 10)
    assert (row.version, row.body, row.who, row.applies_at) == (1, {"caps": {"person_per_day": 1}}, "olga", NOW)
    assert len(row.sha256) == 64


async def test_what_is_no_policy_is_not_written(conn: Conn) -> None:
    with pytest.raises(UnsoundError):
        await tact.add_version(conn, {"caps": {"person_per_day": "many"}}, "olga", NOW, NOW)
    assert await tact.list_rows(conn, 10) == []


async def test_a_message_that_waits_knows_until_when(conn: Conn) -> None:
    """The table itself does not take a message that would wait for ever."""
    with pytest.raises(asyncpg.CheckViolationError, match="message_waits"):
        await conn.execute(
            "INSERT INTO message (part, message_id, wa_id, sender_id, business_id, inbound, type, content, category,"
            " status, accepted_at) VALUES (0, gen_random_uuid(), '49', '1', gen_random_uuid(), false, 'text', '{}',"
            " 'service', 'waiting', now())"
        )
