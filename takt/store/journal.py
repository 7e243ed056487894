"""The journal: entries are written, balances follow, and the batch is chained, always together and last in a transaction.

Locks are taken in a fixed order: accounts that have a limit, by part, contract and name; then all others; then the chain
of each part. The database forbids overspending (check on `account`) and changing what was written (rights).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from takt.core import chain, entries, usage
from takt.core.entries import Changes, Entry, EntryKind, Payer
from takt.core.usage import Usage
from takt.core.value import value
from takt.store.booked import ENTRY_COLUMNS, USAGE_COLUMNS, entry_rows, usage_rows
from takt.store.copying import stream
from takt.store.pool import Conn, DecideAgainError


class OverspentError(DecideAgainError):
    """An account no longer covers what was decided on; the batch decides again with the wallets locked."""


class AccountUnknownError(Exception):
    """An account with a limit is not there, or in another currency."""


class EntryDiffersError(Exception):
    """There is an entry of this id already, and it says something else."""


@value
class _Link:
    """A batch that is to be chained: how much is in it, and its hash."""

    entries: int
    usages: int
    sum_micros: int
    digest: bytes


async def book(conn: Conn, booked: Sequence[Entry], now: datetime) -> list[Entry]:
    """Move money: journal rows, balances and chain, among the last statements of a transaction. Those that are new.

    An entry whose id (with its leg) is there already moves nothing again.

    Raises:
        OverspentError: an account with a limit does not cover it, and its kind may not pass the limit.
        AccountUnknownError: an account with a limit (spend, a grant) is not there in this currency.
        EntryDiffersError: an entry of this id says something else.
    """
    known = await _known(conn, booked)
    new = [one for one in booked if (one.payer, one.entry_id, one.leg) not in known]
    for one in booked:
        found = known.get((one.payer, one.entry_id, one.leg))
        if found is not None and found != _said(one):
            raise EntryDiffersError(f"entry {one.entry_id} is {found}, not {_said(one)}")
    if new:
        changes: Changes = {}
        entries.post(changes, new)
        await write(conn, new, (), changes, 0, now)
    return new


async def find(conn: Conn, payer: Payer, entry_ids: Sequence[UUID]) -> list[Entry]:
    """The entries of a contract with these ids, with all their legs."""
    rows = await conn.fetch(
        "SELECT entry_id, kind, debit, credit, amount_micros, currency, event_at, leg, note, undoes FROM journal"
        " WHERE part = $1 AND contract_id = $2 AND entry_id = any($3::uuid[]) ORDER BY entry_id, leg",
        payer[0], payer[1], entry_ids,
    )  # fmt: skip
    return [Entry(payer, row[0], EntryKind(row[1]), *row[2:]) for row in rows]


async def write(
    conn: Conn, new: Sequence[Entry], used: Sequence[Usage], changes: Changes, used_part: int, now: datetime
) -> None:
    """Write entries that are surely new, and what was used by messages of `used_part`; then `changes` and the chain.

    Raises OverspentError and AccountUnknownError as `book` does.
    """
    by_part: defaultdict[int, tuple[list[Entry], list[Usage]]] = defaultdict(lambda: ([], []))
    for entry in new:
        by_part[entry.payer[0]][0].append(entry)
    for usage_row in used:
        by_part[usage_row.payer[0]][1].append(usage_row)
    links: dict[int, _Link] = {}
    for part, (entered, use) in sorted(by_part.items()):
        links[part] = await _add(conn, part, entries.in_order(entered), usage.in_order(use), used_part, now)
    await move(conn, changes)
    for part, one in links.items():
        await _chain(conn, part, one, now)


async def move(conn: Conn, changes: Changes) -> None:
    """Change balances and what is set aside, each account once, in the fixed order.

    Raises OverspentError and AccountUnknownError as `book` does.
    """
    by_part: defaultdict[int, list[tuple[UUID, str, str]]] = defaultdict(list)
    for (part, contract_id), account, currency in changes:
        by_part[part].append((contract_id, account, currency))
    for is_limited in (True, False):
        for part, keys in sorted(by_part.items()):
            some = sorted(key for key in keys if entries.is_limited(key[1]) is is_limited)
            if some:
                await (_move_limited if is_limited else _move_others)(conn, part, some, changes)


async def _move_limited(conn: Conn, part: int, keys: Sequence[tuple[UUID, str, str]], changes: Changes) -> None:
    moves = [changes[(part, key[0]), key[1], key[2]] for key in keys]
    moved = await conn.fetch(
        "UPDATE account a SET posted_micros = a.posted_micros + u.posted, pending_micros = a.pending_micros + u.pending,"
        " excess_micros = least(a.excess_micros + u.passes, greatest(0,"
        " a.min_available - a.posted_micros - u.posted + a.pending_micros + u.pending)),"
        " mark_micros = a.mark_micros + u.mark, leased_micros = a.leased_micros + u.leased"
        " FROM (SELECT l.contract_id, l.kind, n.posted, n.pending, n.passes, n.mark, n.leased FROM account l"
        " JOIN unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],"
        " $9::bigint[])"
        " n(contract_id, kind, currency, posted, pending, passes, mark, leased)"
        " ON l.contract_id = n.contract_id AND l.kind = n.kind AND l.currency = n.currency"
        " WHERE l.part = $1 ORDER BY l.contract_id, l.kind FOR NO KEY UPDATE OF l) u"
        " WHERE a.part = $1 AND a.contract_id = u.contract_id AND a.kind = u.kind AND a.posted_micros + u.posted"
        " - a.pending_micros - u.pending + a.excess_micros + u.passes >= a.min_available"
        " AND (u.pending <= 0 OR a.budget_micros IS NULL OR a.mark_micros + u.mark - a.posted_micros - u.posted"
        " + a.pending_micros + u.pending <= a.budget_micros) RETURNING true",
        part, [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys],
        [one.posted_micros for one in moves], [one.pending_micros for one in moves],
        [one.passes_micros for one in moves], [one.mark_micros for one in moves],
        [one.leased_micros for one in moves],
    )  # fmt: skip
    if len(moved) < len(keys):
        await _explain(conn, part, keys)


async def _explain(conn: Conn, part: int, keys: Sequence[tuple[UUID, str, str]]) -> None:
    """Raise for accounts that are not there, else because one does not cover what was decided."""
    rows = await conn.fetch(
        "SELECT contract_id, kind, currency FROM account WHERE part = $1 AND contract_id = any($2::uuid[])",
        part, [key[0] for key in keys],
    )  # fmt: skip
    missing = set(keys) - {(row[0], row[1], row[2]) for row in rows}
    if missing:
        raise AccountUnknownError(f"no account {min(missing)}")
    raise OverspentError


async def _move_others(conn: Conn, part: int, keys: Sequence[tuple[UUID, str, str]], changes: Changes) -> None:
    moved = await conn.fetch(
        "INSERT INTO account (part, contract_id, kind, currency, posted_micros)"
        " SELECT c.part, c.contract_id, n.kind, c.currency, n.posted FROM contract c"
        " JOIN unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) n(contract_id, kind, currency, posted)"
        " ON c.contract_id = n.contract_id AND c.currency = n.currency WHERE c.part = $1"
        " ORDER BY c.contract_id, n.kind ON CONFLICT (part, contract_id, kind)"
        " DO UPDATE SET posted_micros = account.posted_micros + excluded.posted_micros RETURNING true",
        part, [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys],
        [changes[(part, key[0]), key[1], key[2]].posted_micros for key in keys],
    )  # fmt: skip
    if len(moved) < len(keys):
        raise AccountUnknownError(f"a contract of part {part} is not there in the currency of an entry")


async def _add(
    conn: Conn, part: int, entered: Sequence[Entry], used: Sequence[Usage], used_part: int, now: datetime
) -> _Link:
    hashed, hashed_used = [entries.leaf(one) for one in entered], [usage.leaf(one) for one in used]
    digest = chain.digest(hashed, hashed_used, now)
    batch = chain.batch_id(digest)
    if entered:
        rows = entry_rows(part, entered, hashed, batch, now)
        await conn.copy_to_table("journal", source=stream(rows), columns=ENTRY_COLUMNS, format="binary")
    if used:
        rows = usage_rows(used_part, used, hashed_used, batch, now)
        await conn.copy_to_table("usage", source=stream(rows), columns=USAGE_COLUMNS, format="binary")
    return _Link(len(entered), len(used), sum(one.amount_micros for one in entered), digest)


async def _chain(conn: Conn, part: int, one: _Link, now: datetime) -> None:
    head = await conn.fetchrow(
        "INSERT INTO chain (part, number, previous, hash) VALUES ($1, 1, $2, sha256($2::bytea || $3::bytea))"
        " ON CONFLICT (part) DO UPDATE SET number = chain.number + 1, previous = chain.hash,"
        " hash = sha256(chain.hash || $3::bytea) RETURNING number, previous, hash",
        part, chain.START, one.digest,
    )  # fmt: skip
    assert head is not None, "an upsert gives its row"
    await conn.execute(
        "INSERT INTO batch (part, number, batch_id, entries, usages, sum_micros, digest, previous, hash, booked_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        part, head[0], chain.batch_id(one.digest), one.entries, one.usages, one.sum_micros, one.digest, head[1],
        head[2], now,
    )  # fmt: skip


_Known = tuple[str, str, str, int, str]


async def _known(conn: Conn, booked: Iterable[Entry]) -> dict[tuple[Payer, UUID, int], _Known]:
    """Which of these entries are there already, and what they say."""
    by_part: defaultdict[int, list[Entry]] = defaultdict(list)
    for one in booked:
        by_part[one.payer[0]].append(one)
    found: dict[tuple[Payer, UUID, int], _Known] = {}
    for part, some in sorted(by_part.items()):
        await conn.fetch(  # whoever books the same entry at once waits here, and then finds it
            "SELECT contract_id FROM contract WHERE part = $1 AND contract_id = any($2::uuid[]) ORDER BY contract_id"
            " FOR NO KEY UPDATE",
            part, sorted({one.payer[1] for one in some}),
        )  # fmt: skip
        rows = await conn.fetch(
            "SELECT contract_id, entry_id, leg, kind, debit, credit, amount_micros, currency FROM journal"
            " WHERE part = $1 AND contract_id = any($2::uuid[]) AND entry_id = any($3::uuid[])",
            part, [one.payer[1] for one in some], [one.entry_id for one in some],
        )  # fmt: skip
        found |= {((part, row[0]), row[1], row[2]): (row[3], row[4], row[5], row[6], row[7]) for row in rows}
    return found


def _said(one: Entry) -> _Known:
    return EntryKind(one.kind).value, one.debit, one.credit, one.amount_micros, one.currency
