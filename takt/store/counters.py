"""How far the counts of contracts are. One row a count and month, moved on once a batch, among its last statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from takt.core.charging import CountKey
from takt.store.pool import Conn


async def read(conn: Conn, keys: Iterable[CountKey]) -> dict[CountKey, int]:
    """How many units each of these counts has; one that has none is missing."""
    found: dict[CountKey, int] = {}
    for part, wanted in sorted(_by_part(keys).items()):
        rows = await conn.fetch(
            "SELECT c.contract_id, c.key, c.period, c.counted FROM counter c"
            " JOIN unnest($2::uuid[], $3::text[], $4::date[]) k(contract_id, key, period)"
            " ON c.contract_id = k.contract_id AND c.key = k.key AND c.period = k.period WHERE c.part = $1",
            part, [one.contract_id for one in wanted], [one.key for one in wanted], [one.period for one in wanted],
        )  # fmt: skip
        found |= {CountKey(part, row[0], row[1], row[2]): row[3] for row in rows}
    return found


async def move_on(conn: Conn, added: Mapping[CountKey, int]) -> dict[CountKey, int]:
    """Count so many units more; how far each count was before. Held until the transaction ends, in order of the keys.

    No two batches see the same place in a count: the second waits for the first, and goes on where it ended.
    """
    before: dict[CountKey, int] = {}
    for part, keys in sorted(_by_part(added).items()):
        rows = await conn.fetch(
            "INSERT INTO counter (part, contract_id, key, period, counted)"
            " SELECT c.part, c.contract_id, u.key, u.period, u.added FROM contract c"
            " JOIN unnest($2::uuid[], $3::text[], $4::date[], $5::bigint[]) u(contract_id, key, period, added)"
            " ON c.contract_id = u.contract_id WHERE c.part = $1 ORDER BY c.contract_id, u.key, u.period"
            " ON CONFLICT (part, contract_id, key, period) DO UPDATE SET counted = counter.counted + excluded.counted"
            " RETURNING contract_id, key, period, counted",
            part, [one.contract_id for one in keys], [one.key for one in keys], [one.period for one in keys],
            [added[one] for one in keys],
        )  # fmt: skip
        reached = {CountKey(part, row[0], row[1], row[2]): row[3] for row in rows}
        before |= {key: counted - added[key] for key, counted in reached.items()}
    assert before.keys() == added.keys(), "every count has its contract"
    return before


def _by_part(keys: Iterable[CountKey]) -> dict[int, list[CountKey]]:
    found: defaultdict[int, list[CountKey]] = defaultdict(list)
    for key in keys:
        found[key.part].append(key)
    return found
