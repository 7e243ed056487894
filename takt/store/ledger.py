"""Money: wallets, holds and the journal. The database itself forbids overspending (check on `account`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from takt.core.ledger import Wallet
from takt.core.value import value
from takt.store.pool import Conn, DecideAgainError

Payer = tuple[int, UUID]
"""A contract with the part it lies in."""


class OverspentError(DecideAgainError):
    """Another transaction spent the money meanwhile; the batch decides again with the wallets locked."""


@value
class Hold:
    """Money set aside for one message; `rule` is the line of the rate card that gave the price."""

    message_id: UUID
    payer: Payer
    amount_micros: int
    currency: str
    category: str
    market: str
    card: str
    card_version: int
    rule: int


@value
class Cost:
    """What a delivered message costs of its hold, None: all of it; and its place in a count, if it has one."""

    micros: int | None = None
    ordinal: int | None = None


@value
class Settled:
    """A hold that this transaction captured or released: how much was set aside, and what was taken of it."""

    message_id: UUID
    payer: Payer
    amount_micros: int
    captured_micros: int
    currency: str


async def wallets(conn: Conn, payers: Iterable[Payer], *, locked: bool) -> dict[Payer, Wallet]:
    """The wallets of these contracts; `locked` holds them until the transaction ends, in the order of their ids."""
    found: dict[Payer, Wallet] = {}
    by_part: defaultdict[int, list[UUID]] = defaultdict(list)
    for part, contract_id in payers:
        by_part[part].append(contract_id)
    query = (
        "SELECT contract_id, posted_micros, pending_micros, min_available FROM account"
        " WHERE part = $1 AND contract_id = any($2::uuid[]) AND kind = 'spend' ORDER BY contract_id"
    )
    for part in sorted(by_part):
        for row in await conn.fetch(query + (" FOR NO KEY UPDATE" if locked else ""), part, by_part[part]):
            found[part, row[0]] = Wallet(row[1], row[2], row[3])
    return found


async def add_holds(conn: Conn, part: int, holds: Sequence[Hold], now: datetime) -> None:
    """Write holds beside their messages; the wallets follow with `reserve`."""
    await conn.copy_records_to_table(
        "hold",
        columns=(
            "part", "message_id", "contract_id", "contract_part", "amount_micros", "currency", "category", "market",
            "card", "card_version", "rule", "state", "held_at",
        ),
        records=[
            (
                part, h.message_id, h.payer[1], h.payer[0], h.amount_micros, h.currency, h.category, h.market, h.card,
                h.card_version, h.rule, "held", now,
            )
            for h in holds
        ],
    )  # fmt: skip


async def reserve(conn: Conn, holds: Iterable[Hold]) -> None:
    """Set the sums of these holds aside, one update a payer in the order of their ids; last statements of a batch.

    Raises OverspentError when a wallet no longer covers its sum.
    """
    for (part, contract_id), amount in sorted(_sums((h.payer, h.amount_micros) for h in holds).items()):
        enough = await conn.fetchval(
            "UPDATE account SET pending_micros = pending_micros + $3 WHERE part = $1 AND contract_id = $2"
            " AND kind = 'spend' AND posted_micros - pending_micros - $3 >= min_available RETURNING true",
            part, contract_id, amount,
        )  # fmt: skip
        if not enough:
            raise OverspentError


async def capture_holds(conn: Conn, part: int, costs: Mapping[UUID, Cost], now: datetime) -> list[Settled]:
    """Take what these messages cost out of their open holds; one that is settled already is not among the answers."""
    rows = await conn.fetch(
        "UPDATE hold h SET state = 'captured', settled_at = $5, captured_micros = u.micros, ordinal = u.ordinal"
        " FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) u(message_id, micros, ordinal)"
        " WHERE h.part = $1 AND h.message_id = u.message_id AND h.state = 'held' RETURNING h.message_id,"
        " h.contract_part, h.contract_id, h.amount_micros, coalesce(h.captured_micros, h.amount_micros), h.currency",
        part, list(costs), [one.micros for one in costs.values()], [one.ordinal for one in costs.values()], now,
    )  # fmt: skip
    return [Settled(row[0], (row[1], row[2]), row[3], row[4], row[5]) for row in rows]


async def release_holds(conn: Conn, part: int, message_ids: Sequence[UUID], now: datetime) -> list[Settled]:
    """Give the open holds of these messages back; one that is settled already is not among the answers."""
    rows = await conn.fetch(
        "UPDATE hold SET state = 'released', settled_at = $3 WHERE part = $1 AND message_id = any($2::uuid[])"
        " AND state = 'held' RETURNING message_id, contract_part, contract_id, amount_micros, currency",
        part, message_ids, now,
    )  # fmt: skip
    return [Settled(row[0], (row[1], row[2]), row[3], 0, row[4]) for row in rows]


async def settle(conn: Conn, settled: Sequence[Settled], now: datetime) -> None:
    """Move the money of captured and released holds: journal rows and account updates, last statements of a batch.

    The journal entry of a capture has the id of its message, so that a second one cannot be written.
    """
    charged = [one for one in settled if one.captured_micros > 0]
    if charged:
        await _add_captures(conn, charged, now)
    captured = _sums((s.payer, s.captured_micros) for s in settled)
    for (part, contract_id), amount in sorted(_sums((s.payer, s.amount_micros) for s in settled).items()):
        taken = captured[part, contract_id]
        await conn.execute(
            "UPDATE account SET pending_micros = pending_micros - $3, posted_micros = posted_micros - $4"
            " WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
            part, contract_id, amount, taken,
        )  # fmt: skip
        if taken > 0:
            await conn.execute(
                "UPDATE account SET posted_micros = posted_micros + $3"
                " WHERE part = $1 AND contract_id = $2 AND kind = 'revenue'",
                part, contract_id, taken,
            )  # fmt: skip


async def add_top_up(conn: Conn, payer: Payer, entry_id: UUID, amount_micros: int, note: str, now: datetime) -> None:
    """Money came in: one journal row and both accounts; nothing when this entry is there already.

    `amount_micros` is positive and in the contract's currency.
    """
    part, contract_id = payer
    is_new = await conn.fetchval(
        "INSERT INTO journal (part, contract_id, entry_id, kind, debit, credit, amount_micros, currency, note,"
        " booked_at) SELECT c.part, c.contract_id, $3, 'top_up', 'bank', 'spend', $4, c.currency, $5, $6"
        " FROM contract c WHERE c.part = $1 AND c.contract_id = $2"
        " ON CONFLICT (part, contract_id, entry_id) DO NOTHING RETURNING true",
        part, contract_id, entry_id, amount_micros, note, now,
    )  # fmt: skip
    if not is_new:
        return
    for kind, change in (("bank", -amount_micros), ("spend", amount_micros)):
        await conn.execute(
            "UPDATE account SET posted_micros = posted_micros + $4 WHERE part = $1 AND contract_id = $2 AND kind = $3",
            part, contract_id, kind, change,
        )  # fmt: skip


async def _add_captures(conn: Conn, settled: Sequence[Settled], now: datetime) -> None:
    by_part: defaultdict[int, list[Settled]] = defaultdict(list)
    for one in settled:
        by_part[one.payer[0]].append(one)
    for part, ones in sorted(by_part.items()):
        await conn.execute(
            "INSERT INTO journal (part, contract_id, entry_id, kind, debit, credit, amount_micros, currency, booked_at)"
            " SELECT c.part, c.contract_id, u.message_id, 'capture', 'spend', 'revenue', u.amount, u.currency, $6"
            " FROM contract c JOIN unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[])"
            " u(contract_id, message_id, amount, currency) ON c.contract_id = u.contract_id WHERE c.part = $1",
            part, [o.payer[1] for o in ones], [o.message_id for o in ones], [o.captured_micros for o in ones],
            [o.currency for o in ones], now,
        )  # fmt: skip


def _sums(amounts: Iterable[tuple[Payer, int]]) -> dict[Payer, int]:
    sums: defaultdict[Payer, int] = defaultdict(int)
    for payer, amount in amounts:
        sums[payer] += amount
    return sums
