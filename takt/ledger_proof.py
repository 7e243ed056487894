"""Whether the ledger is as it was written: every row by its seal, every batch by its root, every batch in the chain.

Also the proof that one message was booked: a path of hashes from its row to the root of its day, which is printed on
the company's statement. `takt.core.chain` is all that is needed to check it.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takt.core import chain, entries, usage
from takt.core.value import value
from takt.store import chains
from takt.store.chains import Batch, DayRoot, Rows
from takt.store.pool import transaction
from takt.store.site import Site

BATCHES_READ_MAX: Final = 200
ROWS_READ_MAX: Final = 10_000
FAULTS_MAX: Final = 100
SETTLED_AFTER: Final = timedelta(minutes=10)
"""How long after midnight the root of the day before is made: longer than any transaction."""


@value
class Verified:
    """What was looked at, and a sentence for each fault, at most 100."""

    batches: int
    entries: int
    usages: int
    roots: int
    faults: tuple[str, ...]


async def verify(site: Site, now: datetime) -> Verified:
    """Read every batch with its rows. It is not stopped by a fault: each changed row, batch, link and root is named."""
    faults: list[str] = []
    read = [0, 0, 0, 0]
    for part in site.parts:
        tree, before = chain.Tree(), (0, chain.START)
        roots = await _roots(site, part)
        read[3] += len(roots)
        async for one, rows in walk(site, part):
            faults += _batch_faults(one, rows) + _link_faults(one, before)
            before = one.number, one.hash
            read[0], read[1], read[2] = read[0] + 1, read[1] + one.entries, read[2] + one.usages
            tree.add(one.digest)
            if roots and one.number == roots[0].last_number:
                faults += _root_faults(roots.pop(0), tree.root)
                tree = chain.Tree()
        faults += [f"the root of {one.day} in part {part} is over batches that are not there" for one in roots]
        async with site.pool(part).acquire() as conn:
            head = await chains.head(conn, part)
        if head[0] != before[0] or (head[0] and head[1] != before[1]):
            faults.append(f"the chain of part {part} ends with batch {before[0]}, and should with batch {head[0]}")
    faults += await _strays(site, now - SETTLED_AFTER)
    return Verified(read[0], read[1], read[2], read[3], tuple(faults[:FAULTS_MAX]))


async def prove(site: Site, message_id: UUID, part: int) -> dict[str, Any] | None:
    """The proof that what a message of a part used was booked; None when nothing was. All hashes are hexadecimal."""
    async with site.pool(part).acquire() as conn:
        place = await chains.batch_of(conn, part, message_id)
    if place is None:
        return None
    async with site.pool(place[0]).acquire() as conn:
        batch = await chains.find_batch(conn, *place)
    if batch is None:
        return None
    rows = await _rows(site, [batch])
    used = usage.in_order([one for one, _ in rows.usages[batch.batch_id]])
    leaves = [usage.leaf(one) for one in used]
    at = next(at for at, one in enumerate(used) if one.message_id == message_id and one.leg == 0 and not one.refund)
    entered = entries.in_order([one for one, _ in rows.entries[batch.batch_id]])
    return {
        "message": str(message_id), "leaf": leaves[at].hex(), "path": _told(chain.path(leaves, at)),
        "entries_root": chain.root([entries.leaf(one) for one in entered]).hex(),
        "booked_at": chain.instant(batch.booked_at), "batch": batch.number, "digest": batch.digest.hex(),
        **await _under_day(site, batch),
    }  # fmt: skip


async def make_roots(site: Site, part: int, now: datetime) -> DayRoot | None:
    """Make the root of the day that is over, if it is due and something was booked; None else. Can be done twice."""
    day = (now - SETTLED_AFTER).astimezone(UTC).date() - timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    async with site.pool(part).acquire() as conn:
        last = await chains.last_root(conn, part)
        if last is not None and last.day >= day:
            return None
        first = 1 if last is None else last.last_number + 1
        until = await chains.last_number_before(conn, part, midnight)
    if until < first:
        return None
    tree, after = chain.Tree(), first - 1
    while after < until:
        async with site.pool(part).acquire() as conn:
            some = await chains.batches(conn, part, after, BATCHES_READ_MAX)
        for one in some:
            if one.number <= until:
                tree.add(one.digest)
        after = some[-1].number
    made = DayRoot(part, day, first, until, tree.root)
    async with transaction(site.pool(part)) as conn:
        await chains.add_root(conn, made, now)
    return made


async def walk(site: Site, part: int) -> AsyncIterator[tuple[Batch, Rows]]:
    """The batches of a part in the order of its chain, with rows that belong to them."""
    after = 0
    while True:
        async with site.pool(part).acquire() as conn:
            some = await chains.batches(conn, part, after, BATCHES_READ_MAX)
        if not some:
            return
        for run in _runs(some):
            rows = await _rows(site, run)
            for one in run:
                yield one, rows
        after = some[-1].number


def _runs(some: Sequence[Batch]) -> Iterator[list[Batch]]:
    """Batches as far as their rows can be read at once; one that is larger comes alone."""
    run: list[Batch] = []
    held = 0
    for one in some:
        if run and held + one.entries + one.usages > ROWS_READ_MAX:
            yield run
            run, held = [], 0
        run.append(one)
        held += one.entries + one.usages
    yield run


async def _rows(site: Site, some: list[Batch]) -> Rows:
    rows = Rows()
    async with site.pool(some[0].part).acquire() as conn:
        await chains.add_entries(conn, some[0].part, some, rows)
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            await chains.add_usages(conn, part, some, rows)
    return rows


async def _roots(site: Site, part: int) -> list[DayRoot]:
    async with site.pool(part).acquire() as conn:
        return await chains.roots(conn, part)


def _batch_faults(one: Batch, rows: Rows) -> list[str]:
    entered, used = rows.entries[one.batch_id], rows.usages[one.batch_id]
    where = f"batch {one.number} of part {one.part}"
    seals = dict(entered)
    faults = [
        f"entry {entry.entry_id} leg {entry.leg} of contract {entry.payer[1]} in {where} was changed"
        for entry, seal in seals.items()
        if chain.seal(entries.leaf(entry)) != seal
    ]
    faults += [
        f"usage of message {row.message_id} in {where} was changed"
        for row, seal in used
        if chain.seal(usage.leaf(row)) != seal
    ]
    if (len(entered), len(used)) != (one.entries, one.usages):
        faults.append(
            f"{where} has {len(entered)} entries and {len(used)} rows of usage, not {one.entries} and {one.usages}"
        )
    leaves = [entries.leaf(entry) for entry in entries.in_order(seals)]
    digest = chain.digest(leaves, [usage.leaf(row) for row in usage.in_order(row for row, _ in used)], one.booked_at)
    if digest != one.digest and not faults:
        faults.append(f"the rows of {where} are not those that it was made of")
    return faults


def _link_faults(one: Batch, before: tuple[int, bytes]) -> list[str]:
    faults = []
    if one.number != before[0] + 1:
        faults.append(f"batches {before[0] + 1} to {one.number - 1} of part {one.part} are missing")
    elif one.previous != before[1]:
        faults.append(f"batch {one.number} of part {one.part} does not follow the one before it")
    if chain.link(one.previous, one.digest) != one.hash or chain.batch_id(one.digest) != one.batch_id:
        faults.append(f"the hash of batch {one.number} of part {one.part} is not its own")
    return faults


def _root_faults(one: DayRoot, root: bytes) -> list[str]:
    return [] if one.root == root else [f"the root of {one.day} in part {one.part} is not that of its batches"]


async def _strays(site: Site, before: datetime) -> list[str]:
    """Rows that are in no batch: so many more, or fewer, than the batches tell of. The newest are left out."""
    written, told = [0, 0], [0, 0]
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            some, others = await chains.written(conn, part, before), await chains.told(conn, part, before)
        written = [written[0] + some[0], written[1] + some[1]]
        told = [told[0] + others[0], told[1] + others[1]]
    if written == told:
        return []
    return [f"there are {written[0]} entries and {written[1]} rows of usage, but batches of {told[0]} and {told[1]}"]


async def _under_day(site: Site, batch: Batch) -> dict[str, Any]:
    """The path from a batch to the root of its day; nothing before the day is over."""
    async with site.pool(batch.part).acquire() as conn:
        day = await chains.root_over(conn, batch.part, batch.number)
        if day is None:
            return {"day": None}
        digests: list[bytes] = []
        after = day.first_number - 1
        while after < day.last_number:
            some = await chains.batches(conn, batch.part, after, BATCHES_READ_MAX)
            digests += [one.digest for one in some if one.number <= day.last_number]
            after = some[-1].number
    steps = chain.path(digests, batch.number - day.first_number)
    return {"day": day.day.isoformat(), "part": batch.part, "day_path": _told(steps), "day_root": day.root.hex()}


def _told(steps: list[tuple[bool, bytes]]) -> list[dict[str, str]]:
    return [{"side": "left" if is_left else "right", "hash": one.hex()} for is_left, one in steps]
