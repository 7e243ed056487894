"""Money: wallets, and the holds of messages. What moved is in the journal (`takt.store.journal`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from struct import Struct
from typing import TypeVar
from uuid import UUID

import asyncpg

from takt.core import entries
from takt.core.entries import BANK, PARTNER, SPEND, Changes, Entry, EntryKind, Payer
from takt.core.ledger import Credit, Draw, Wallet, on_spend, take
from takt.core.usage import Usage
from takt.core.value import value
from takt.store import journal
from takt.store.copying import Encoder, Shared, bigint, bigints, instant, integer, smallint, stream, text, texts
from takt.store.pool import Conn

T = TypeVar("T")


@value
class Hold:
    """Money set aside for one message; `rule` is the line of the rate card that gave the price.

    `draws` says on which accounts, if not on the spend account alone. A client's hold is `earned_on` what its partner is
    owed; the partner's own is leg 1. With a `share` it takes what is left of what its client pays when it keeps so many
    basis points of it; without, it has a price of its own.
    """

    message_id: UUID
    payer: Payer
    amount_micros: int
    currency: str
    category: str
    market: str
    card: str
    card_version: int
    rule: int
    draws: tuple[Draw, ...] = ()
    leg: int = 0
    share: int | None = None
    earned_on: str | None = None

    @property
    def drawn(self) -> tuple[Draw, ...]:
        """On which accounts it is set aside, and how much on each."""
        return self.draws or on_spend(self.amount_micros)


@value
class Cost:
    """What a delivered message costs of its hold, None: all of it; and its place in a count, if it has one.

    `late`: its time was over, so that nothing is set aside for it any more. The last two are the partner's, where it pays
    by a card of its own.
    """

    micros: int | None = None
    ordinal: int | None = None
    late: bool = False
    partner_micros: int | None = None
    partner_ordinal: int | None = None


@value
class Settled:
    """A hold that this transaction settled: where how much was set aside (nothing any more, if late), and what is taken."""

    message_id: UUID
    payer: Payer
    category: str
    currency: str
    captured_micros: int
    draws: tuple[Draw, ...]
    late: bool = False
    leg: int = 0
    earned_on: str | None = None


_WALLETS = (
    "SELECT a.contract_id, a.kind, a.posted_micros, a.pending_micros, a.min_available, g.priority, g.expires_at,"
    " g.issued_at, g.grant_id, g.categories, g.markets,"
    " a.budget_micros - a.mark_micros + a.posted_micros - a.pending_micros AS budget_left, a.leased_micros FROM account a LEFT JOIN credit_grant g ON g.part = $1"
    " AND g.contract_id = a.contract_id AND g.account = a.kind AND g.closed_at IS NULL AND g.voided_at IS NULL"
    " AND g.expires_at > $3 WHERE a.part = $1 AND a.contract_id = any($2::uuid[])"
    " AND (a.kind = 'spend' OR g.account IS NOT NULL) ORDER BY a.contract_id, a.kind"
)
_HOLD = Struct(">hiii16siii16s").pack
_HOLD_SHARED: dict[str, Encoder] = {
    "amount_micros": bigint, "currency": text, "category": text,
    "market": text, "card": text, "card_version": integer, "rule": integer,
    "drawn_on": lambda draws: texts([one.account for one in draws]),
    "drawn_micros": lambda draws: bigints([one.amount_micros for one in draws]),
    "leg": smallint, "share": smallint, "earned_on": text,
}  # fmt: skip
_HOLD_COLUMNS = ("part", "message_id", "contract_part", "contract_id", *_HOLD_SHARED, "state", "held_at")
_GRANT_ORDER = itemgetter("priority", "expires_at", "issued_at", "grant_id")


async def wallets(conn: Conn, payers: Iterable[Payer], now: datetime, *, locked: bool) -> dict[Payer, Wallet]:
    """The wallets of these contracts with the grants that are good `now`.

    `locked` holds them until the transaction ends, in the order of their ids.
    """
    found: dict[Payer, Wallet] = {}
    by_part: defaultdict[int, list[UUID]] = defaultdict(list)
    for part, contract_id in payers:
        by_part[part].append(contract_id)
    for part in sorted(by_part):
        granted: defaultdict[Payer, list[asyncpg.Record]] = defaultdict(list)
        for row in await conn.fetch(_WALLETS + (" FOR NO KEY UPDATE OF a" if locked else ""), part, by_part[part], now):
            if row["kind"] == SPEND:
                found[part, row[0]] = Wallet(
                    row[2], row[3], row[4], budget_left_micros=row["budget_left"], leased_micros=row["leased_micros"]
                )
            else:
                granted[part, row[0]].append(row)
        for payer, rows in granted.items():
            credit = tuple(
                Credit(row["kind"], row[2] - row[3], tuple(row["categories"]), tuple(row["markets"]))
                for row in sorted(rows, key=_GRANT_ORDER)
            )
            found[payer] = replace(found[payer], credits=credit)
    return found


async def owed_to_partner(conn: Conn, payer: Payer) -> int:
    """What a contract's partner has earned of it and was not paid yet; nobody else moves it until the transaction ends."""
    found: int | None = await conn.fetchval(
        "SELECT posted_micros FROM account WHERE part = $1 AND contract_id = $2 AND kind = $3 FOR NO KEY UPDATE",
        *payer, PARTNER,
    )  # fmt: skip
    return found or 0


async def add_holds(conn: Conn, part: int, holds: Sequence[Hold], now: datetime) -> None:
    """Write holds beside their messages; the wallets follow with `reserve`."""
    shared, count = Shared(_HOLD_SHARED, text("held") + instant(now)), len(_HOLD_COLUMNS)
    rows = [
        _HOLD(count, 4, part, 16, h.message_id.bytes, 4, h.payer[0], 16, h.payer[1].bytes)
        + shared[
            h.amount_micros, h.currency, h.category, h.market, h.card, h.card_version, h.rule, h.draws,
            h.draws, h.leg, h.share, h.earned_on,
        ]
        for h in holds
    ]  # fmt: skip
    await conn.copy_to_table("hold", source=stream(rows), columns=_HOLD_COLUMNS, format="binary")


def set_aside(holds: Iterable[Hold]) -> Changes:
    """What these holds set aside on each account."""
    changes: Changes = {}
    for one in holds:
        for draw in one.drawn:
            entries.change(changes, one.payer, draw.account, one.currency).pending_micros += draw.amount_micros
    return changes


async def capture_holds(conn: Conn, part: int, costs: Mapping[UUID, Cost], now: datetime) -> list[Settled]:
    """Take what these messages cost: out of their open holds, or late. One that is settled is not among the answers."""
    rows = await conn.fetch(
        "UPDATE hold h SET state = 'captured', settled_at = $6, late = u.late IS TRUE,"
        " ordinal = CASE WHEN h.leg = 1 AND h.share IS NULL THEN u.partner_ordinal ELSE u.ordinal END, captured_micros ="
        " CASE WHEN h.leg = 0 THEN u.micros WHEN h.share IS NULL THEN u.partner_micros"
        " ELSE u.micros - u.micros * h.share / 10000 END"
        " FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::boolean[], $7::bigint[], $8::bigint[])"
        " u(message_id, micros, ordinal, late, partner_micros, partner_ordinal) WHERE h.part = $1 AND h.message_id = u.message_id"
        " AND h.state = CASE WHEN u.late THEN 'released' ELSE 'held' END RETURNING h.message_id, h.contract_part,"
        " h.contract_id, h.category, h.currency, coalesce(h.captured_micros, h.amount_micros), h.amount_micros,"
        " h.drawn_on, h.drawn_micros, h.late, h.leg, h.earned_on",
        part, list(costs), _given(one.micros for one in costs.values()), _given(one.ordinal for one in costs.values()),
        _given(one.late or None for one in costs.values()), now, _given(one.partner_micros for one in costs.values()),
        _given(one.partner_ordinal for one in costs.values()),
    )  # fmt: skip
    return [
        Settled(row[0], (row[1], row[2]), row[3], row[4], row[5], _draws(row[6], row[7], row[8]), *row[9:])
        for row in rows
    ]


def _given(values: Iterable[T | None]) -> list[T | None]:
    """These as an array beside that of their messages; where all are None one without elements says the same."""
    found = list(values)
    return [] if all(one is None for one in found) else found


async def absorb_holds(conn: Conn, part: int, message_ids: Sequence[UUID], now: datetime) -> None:
    """These messages were delivered too late to be charged: their released holds stay what they are for good."""
    await conn.execute(
        "UPDATE hold SET state = 'absorbed', settled_at = $3, late = true WHERE part = $1"
        " AND message_id = any($2::uuid[]) AND state = 'released'",
        part, message_ids, now,
    )  # fmt: skip


async def refund_holds(conn: Conn, part: int, message_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Mark what these messages cost as given back; those of them that cost something and were not given back before."""
    rows = await conn.fetch(
        "UPDATE hold SET state = 'refunded', settled_at = $3 WHERE part = $1 AND message_id = any($2::uuid[])"
        " AND state = 'captured' AND coalesce(captured_micros, amount_micros) > 0 RETURNING message_id",
        part, message_ids, now,
    )  # fmt: skip
    return {row[0] for row in rows}


async def payers(conn: Conn, part: int, message_ids: Sequence[UUID]) -> dict[UUID, dict[int, Payer]]:
    """Who pays each leg of these messages, its partner leg 1; one without a price is missing."""
    rows = await conn.fetch(
        "SELECT message_id, contract_part, contract_id, leg FROM hold WHERE part = $1 AND message_id = any($2::uuid[])"
        " ORDER BY message_id, leg",
        part, message_ids,
    )  # fmt: skip
    found: defaultdict[UUID, dict[int, Payer]] = defaultdict(dict)
    for row in rows:
        found[row[0]][row[3]] = (row[1], row[2])
    return found


async def release_holds(conn: Conn, part: int, message_ids: Sequence[UUID], now: datetime) -> list[Settled]:
    """Give the open holds of these messages back; one that is settled already is not among the answers."""
    rows = await conn.fetch(
        "UPDATE hold SET state = 'released', settled_at = $3 WHERE part = $1 AND message_id = any($2::uuid[])"
        " AND state = 'held' RETURNING message_id, contract_part, contract_id, category, currency, amount_micros,"
        " drawn_on, drawn_micros",
        part, message_ids, now,
    )  # fmt: skip
    return [Settled(row[0], (row[1], row[2]), row[3], row[4], 0, _draws(row[5], row[6], row[7])) for row in rows]


async def settle(conn: Conn, part: int, settled: Sequence[Settled], used: Sequence[Usage], now: datetime) -> None:
    """Move the money of settled holds, and keep what messages of this part used; last statements of a batch.

    The entry of a capture has the id of its message, so that a second one cannot be written.
    """
    changes: Changes = {}
    booked: list[Entry] = []
    for one in settled:
        for draw in () if one.late else one.draws:
            entries.change(changes, one.payer, draw.account, one.currency).pending_micros -= draw.amount_micros
        booked += _captured(one, now)
    entries.post(changes, booked)
    if changes or used:
        await journal.write(conn, booked, used, changes, part, now)


async def add_top_up(conn: Conn, payer: Payer, entry_id: UUID, amount_micros: int, note: str, now: datetime) -> None:
    """Money came in: one entry; nothing when it is there already.

    `amount_micros` is positive and in the contract's currency.
    """
    currency = await conn.fetchval(
        "SELECT currency FROM contract WHERE part = $1 AND contract_id = $2", payer[0], payer[1]
    )
    await journal.book(
        conn, [Entry(payer, entry_id, EntryKind.TOP_UP, BANK, SPEND, amount_micros, currency, now, note=note)], now
    )


def _captured(one: Settled, now: datetime) -> list[Entry]:
    """The entries of a capture: one for each account that pays a part of it."""
    if one.captured_micros == 0:
        return []
    kind = EntryKind.LATE if one.late else EntryKind.CAPTURE
    earned = one.earned_on or entries.revenue(one.category)
    draws = on_spend(one.captured_micros) if one.late else one.draws
    return [
        Entry(one.payer, one.message_id, kind, draw.account, earned, draw.amount_micros, one.currency, now, leg)
        for leg, draw in enumerate(take(draws, one.captured_micros))
        if draw.amount_micros > 0
    ]


def _draws(amount_micros: int, drawn_on: Sequence[str] | None, drawn_micros: Sequence[int] | None) -> tuple[Draw, ...]:
    if drawn_on is None or drawn_micros is None:
        return on_spend(amount_micros)
    return tuple(Draw(account, amount) for account, amount in zip(drawn_on, drawn_micros, strict=True))
