"""Where the parts live: slot → part → pool, and how a new table is spread. All that differs on a cluster.

Every recipient, contract and message carries a 12-bit slot in its id. A part is a run of slots. On one machine
there is one part, 0; on a cluster there are 64, and one part is one shard. The number is chosen once, when an
installation is set up, and never changed after that.
"""

from enum import StrEnum

from takt.core.ids import SLOTS
from takt.core.value import value
from takt.store.pool import Conn, Pool

# The values of `part` by number of parts. Citus places a row by hashint4(part): shard i of 64 holds the i-th
# 64th of the 32-bit hash range. Numbers 0 to 63 would crowd some shards and leave others empty, so part i is the
# smallest integer whose hash falls into shard i. tests/store/test_site.py recomputes the list with PostgreSQL.
PARTS: dict[int, tuple[int, ...]] = {
    1: (0,),
    4: (0, 1, 2, 3),
    64: (
        *(60, 8, 82, 1, 31, 88, 79, 24, 10, 92, 48, 109, 5, 112, 50, 166),
        *(4, 7, 17, 172, 16, 96, 170, 85, 36, 89, 19, 0, 37, 45, 101, 3),
        *(113, 52, 62, 99, 136, 168, 46, 28, 6, 66, 70, 21, 83, 39, 43, 13),
        *(2, 351, 27, 95, 58, 149, 41, 179, 9, 80, 59, 22, 12, 11, 44, 18),
    ),
}


class Spread(StrEnum):
    """How a table is spread over a cluster: the first two by their column `part`, the third whole on every node."""

    RECIPIENT = "recipient"
    CONTRACT = "contract"
    REFERENCE = "reference"


@value
class Site:
    """The parts of an installation and the pool that reaches each. On plain PostgreSQL it is always the same pool."""

    parts: tuple[int, ...]
    everywhere: Pool

    def pool(self, part: int) -> Pool:
        """Return the pool of the node that owns `part`, one of `parts`."""
        assert part in self.parts, f"{part} is not a part of this installation"
        return self.everywhere

    def part_of(self, slot: int) -> int:
        """Return the part that owns `slot` (0 to 4095)."""
        return part_of(self.parts, slot)


def part_of(parts: tuple[int, ...], slot: int) -> int:
    """Return which of `parts` owns `slot` (0 to 4095): equal runs of slots, in order."""
    assert 0 <= slot < SLOTS, f"slot {slot} is outside 0..{SLOTS - 1}"
    return parts[slot * len(parts) // SLOTS]


async def distribute(conn: Conn, table: str, spread: Spread) -> None:
    """Spread a new, still empty table over the nodes. Plain PostgreSQL has one node, so there is nothing to do."""
    clustered = await conn.fetchval("SELECT to_regproc('create_distributed_table') IS NOT NULL")
    if not clustered:
        return
    if spread is Spread.REFERENCE:
        await conn.execute("SELECT create_reference_table($1::text::regclass)", table)
    else:
        await conn.execute(
            "SELECT create_distributed_table($1::text::regclass, 'part', shard_count => $2)", table, len(PARTS[64])
        )
