"""Closed months: their state, and the lines of their documents, which are written once and never changed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar
from uuid import UUID

from takt.calendars import zone_named
from takt.core.closing import COMMITMENT, GRANT, Charge, Closing, Due
from takt.core.contract import MonthDocument
from takt.core.entries import Payer
from takt.core.roll_up import UsageKey, start_of
from takt.core.terms import Commitment
from takt.core.value import value
from takt.store.pool import Conn

T = TypeVar("T")
LISTED_MAX = 1000
POSTPAID: Final = "postpaid"


@value
class Contract:
    """What the close of a month must know of a contract."""

    payer: Payer
    business_id: UUID
    mode: str
    currency: str
    time_zone: str
    created_at: datetime
    partner_id: UUID | None = None
    """The contract of the partner that sold to the company when it was registered, and billed it."""
    month_document: str = MonthDocument.STATEMENT
    """What is written of a month that was paid ahead: a statement, or a final invoice."""

    moves: tuple[tuple[datetime, UUID | None], ...] = ()
    """Whose client the company is from which moment on, oldest first; moves are with the first moment of a month."""

    def partner_in(self, month: date) -> UUID | None:
        """The contract of the partner that sells to the company in a month, and bills it for all of it."""
        until = start_of(month, zone_named(self.time_zone) or UTC)
        return next((partner for at, partner in reversed(self.moves) if at <= until), self.partner_id)

    def final(self, month: date) -> bool:
        """Whether a month's document is an invoice that takes off what was paid ahead."""
        return self.mode != POSTPAID and self.month_document == MonthDocument.FINAL and self.partner_in(month) is None

    def invoiced(self, month: date) -> bool:
        """Whether a month's document is an invoice of the operator."""
        return (self.mode == POSTPAID and self.partner_in(month) is None) or self.final(month)


@value
class Client:
    """A company that a partner sells to: since when it is there, and whether it is its client, first and from which moments on."""

    business_id: UUID
    created_at: datetime
    time_zone: str
    first: bool
    moves: tuple[tuple[datetime, bool], ...]


_CONTRACT = (
    "SELECT part, contract_id, business_id, mode, currency, time_zone, created_at, (SELECT partner_id"
    " FROM business b WHERE b.business_id = contract.business_id), month_document,"
    " (SELECT array_agg(m.valid_from ORDER BY m.valid_from) FROM partner_assignment m"
    " WHERE m.business_id = contract.business_id),"
    " (SELECT array_agg(m.partner_id ORDER BY m.valid_from) FROM partner_assignment m"
    " WHERE m.business_id = contract.business_id) FROM contract WHERE part = $1"
)
_CLOSING = (
    "SELECT part, contract_id, month, state, used_micros, net_minor, rounding_micros, commitment_micros,"
    " commitment_eligible, frozen_at, document_id, issued_at, fault FROM closing WHERE part = $1"
)


async def contracts(conn: Conn, part: int) -> list[Contract]:
    """All contracts of a part, in the order of their ids."""
    return [_contract(row) for row in await conn.fetch(f"{_CONTRACT} ORDER BY contract_id", part)]


async def lock_contract(conn: Conn, payer: Payer) -> Contract:
    """A contract, for nobody else to close a month of until the transaction ends."""
    row = await conn.fetchrow(f"{_CONTRACT} AND contract_id = $2 FOR NO KEY UPDATE", *payer)
    assert row is not None, "a company has its contract"
    return _contract(row)


async def senders_since(conn: Conn, business_id: UUID) -> list[datetime]:
    """Since when each sender of a company is there."""
    rows = await conn.fetch("SELECT created_at FROM sender WHERE business_id = $1 ORDER BY 1", business_id)
    return [row[0] for row in rows]


async def clients(conn: Conn, payer: Payer) -> list[Client]:
    """The companies that a contract's company sold to at any time, in the order of their registration."""
    rows = await conn.fetch(
        "SELECT business_id, created_at, time_zone, partner_id,"
        " (SELECT array_agg(m.valid_from ORDER BY m.valid_from) FROM partner_assignment m"
        " WHERE m.business_id = b.business_id),"
        " (SELECT array_agg(m.partner_id ORDER BY m.valid_from) FROM partner_assignment m"
        " WHERE m.business_id = b.business_id) FROM business b"
        " WHERE partner_id = $1 OR business_id IN (SELECT business_id FROM partner_assignment WHERE partner_id = $1)"
        " ORDER BY 2, 1",
        payer[1],
    )
    return [
        Client(row[0], row[1], row[2], row[3] == payer[1], _moves(row[4], [one == payer[1] for one in row[5] or ()]))
        for row in rows
    ]


async def begun(conn: Conn, businesses: Sequence[UUID]) -> dict[UUID, datetime]:
    """Since when some companies are there with their contracts."""
    rows = await conn.fetch("SELECT business_id, created_at FROM business WHERE business_id = ANY($1)", businesses)
    return {row[0]: row[1] for row in rows}


async def card_of(conn: Conn, business_id: UUID) -> str:
    """The rate card that a company pays by."""
    found: str = await conn.fetchval("SELECT card FROM business WHERE business_id = $1", business_id)
    return found


async def find(conn: Conn, payer: Payer, month: date) -> Closing | None:
    """The close of a month, if it was begun."""
    row = await conn.fetchrow(f"{_CLOSING} AND contract_id = $2 AND month = $3", *payer, month)
    return None if row is None else _closing(row)


async def last_months(conn: Conn, part: int) -> dict[UUID, date]:
    """The newest closed month of each contract of a part."""
    rows = await conn.fetch("SELECT contract_id, max(month) FROM closing WHERE part = $1 GROUP BY contract_id", part)
    return {row[0]: row[1] for row in rows}


async def list_month(conn: Conn, part: int, month: date) -> list[Closing]:
    """How far a month is, for the first 1,000 contracts of a part that were begun with."""
    rows = await conn.fetch(f"{_CLOSING} AND month = $2 ORDER BY contract_id LIMIT $3", part, month, LISTED_MAX)
    return [_closing(row) for row in rows]


async def list_contract(conn: Conn, payer: Payer) -> list[Closing]:
    """The closed months of a contract, newest first."""
    rows = await conn.fetch(f"{_CLOSING} AND contract_id = $2 ORDER BY month DESC LIMIT $3", *payer, LISTED_MAX)
    return [_closing(row) for row in rows]


async def unissued(conn: Conn, part: int) -> list[Closing]:
    """Frozen months of a part whose document has no number yet, oldest first."""
    rows = await conn.fetch(f"{_CLOSING} AND state = 'frozen' ORDER BY month, contract_id LIMIT $2", part, LISTED_MAX)
    return [_closing(row) for row in rows]


async def waiting_before(conn: Conn, payer: Payer, month: date) -> list[Closing]:
    """The earlier months of a contract that are on no document yet, oldest first."""
    rows = await conn.fetch(
        f"{_CLOSING} AND contract_id = $2 AND state IN ('frozen', 'carried') AND month < $3 ORDER BY month",
        *payer, month,
    )  # fmt: skip
    return [_closing(row) for row in rows]


async def add(
    conn: Conn, closing: Closing, lines: Sequence[Charge], wholesale: Mapping[str, Commitment] = MappingProxyType({})
) -> None:
    """Fix the lines of a month, and what its wholesale cards asked for at least, by card.

    The caller holds the contract, and knows that the month is not closed.
    """
    part, contract_id = closing.payer
    asked = closing.commitment
    await conn.execute(
        "INSERT INTO closing (part, contract_id, month, state, used_micros, net_minor, rounding_micros,"
        " commitment_micros, commitment_eligible, frozen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        part, contract_id, closing.month, closing.state, closing.used_micros, closing.net_minor,
        closing.rounding_micros, asked.amount_micros if asked is not None else 0,
        sorted(asked.eligible) if asked is not None else [], closing.frozen_at,
    )  # fmt: skip
    for card, one in sorted(wholesale.items()):
        await conn.execute(
            "INSERT INTO wholesale_commitment (part, contract_id, month, card, amount_micros, eligible)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            part, contract_id, closing.month, card, one.amount_micros, sorted(one.eligible),
        )  # fmt: skip
    await conn.copy_records_to_table(
        "closing_line",
        columns=(
            "part", "contract_id", "month", "number", "kind", "begins", "ends", "quantity", "unit_price_micros",
            "category", "market", "card", "card_version", "rule", "tier", "name",
        ),
        records=[
            (
                part, contract_id, closing.month, number, one.kind, one.begins, one.ends, one.quantity,
                one.unit_price_micros, one.category, one.market, one.card, one.version, one.rule, one.tier, one.name,
            )
            for number, one in enumerate(lines, 1)
        ],
    )  # fmt: skip


async def lines(conn: Conn, payer: Payer, month: date) -> list[Charge]:
    """The lines of a closed month, in their order."""
    rows = await conn.fetch(
        "SELECT kind, begins, ends, quantity, unit_price_micros, category, market, card, card_version, rule, tier, name"
        " FROM closing_line WHERE part = $1 AND contract_id = $2 AND month = $3 ORDER BY number",
        *payer,
        month,
    )
    return [Charge(*row) for row in rows]


async def billed(conn: Conn, payer: Payer, since: date) -> dict[UsageKey, int]:
    """What the documents of a contract have of the usage of the months from `since` on."""
    rows = await conn.fetch(
        "SELECT begins, card, card_version, rule, category, market, tier, unit_price_micros, sum(quantity)::bigint"
        " FROM closing_line WHERE part = $1 AND contract_id = $2 AND begins >= $3 AND kind = 'usage'"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
        *payer,
        since,
    )
    return {UsageKey(*row[:8]): row[8] for row in rows}


async def true_ups(conn: Conn, payer: Payer, since: date) -> dict[Due, int]:
    """What the documents of a contract ask for on account of commitments of the months from `since` on, in micro-units."""
    rows = await conn.fetch(
        "SELECT begins, card, sum(quantity * unit_price_micros)::bigint FROM closing_line"
        " WHERE part = $1 AND contract_id = $2 AND begins >= $3 AND kind = $4 GROUP BY begins, card",
        *payer,
        since,
        COMMITMENT,
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def granted(conn: Conn, payer: Payer, until: datetime) -> int:
    """What grants of a contract paid before an instant, less what they got back, in micro-units."""
    found: int = await conn.fetchval(
        "SELECT coalesce(sum(CASE WHEN debit LIKE 'grant:%' THEN amount_micros ELSE -amount_micros END), 0)::bigint"
        " FROM journal WHERE part = $1 AND contract_id = $2 AND event_at < $3 AND kind IN ('capture', 'refund')"
        " AND (debit LIKE 'grant:%' OR credit LIKE 'grant:%')",
        *payer, until,
    )  # fmt: skip
    return found


async def taken_off(conn: Conn, payer: Payer) -> int:
    """What the documents of a contract took off so far because grants had paid it, in micro-units."""
    found: int = await conn.fetchval(
        "SELECT coalesce(-sum(quantity * unit_price_micros), 0)::bigint FROM closing_line"
        " WHERE part = $1 AND contract_id = $2 AND kind = $3",
        *payer, GRANT,
    )  # fmt: skip
    return found


async def commitments(conn: Conn, payer: Payer, since: date) -> dict[Due, Commitment]:
    """What the closed months of a contract from `since` on asked for at least, by its own card and by wholesale cards."""
    rows = await conn.fetch(
        "SELECT month, '' AS card, commitment_micros, commitment_eligible FROM closing"
        " WHERE part = $1 AND contract_id = $2 AND month >= $3 AND commitment_micros > 0"
        " UNION ALL SELECT month, card, amount_micros, eligible FROM wholesale_commitment"
        " WHERE part = $1 AND contract_id = $2 AND month >= $3",
        *payer,
        since,
    )
    return {(row[0], row[1]): Commitment(row[2], frozenset(row[3])) for row in rows}


async def set_issued(conn: Conn, closing: Closing, document_id: UUID, now: datetime) -> bool:
    """The document that a month is on has its number; False when it had one already."""
    done = await conn.fetchval(
        "UPDATE closing SET state = 'issued', document_id = $4, issued_at = $5, fault = ''"
        " WHERE part = $1 AND contract_id = $2 AND month = $3 AND state IN ('frozen', 'carried') RETURNING true",
        *closing.payer, closing.month, document_id, now,
    )  # fmt: skip
    return bool(done)


async def set_carried(conn: Conn, closing: Closing) -> None:
    """A frozen month gives back more than it asks for: it waits for a later one."""
    await conn.execute(
        "UPDATE closing SET state = 'carried', fault = ''"
        " WHERE part = $1 AND contract_id = $2 AND month = $3 AND state = 'frozen'",
        *closing.payer, closing.month,
    )  # fmt: skip


async def set_fault(conn: Conn, closing: Closing, fault: str) -> None:
    """Say why a frozen month has no document yet."""
    await conn.execute(
        "UPDATE closing SET fault = $4 WHERE part = $1 AND contract_id = $2 AND month = $3 AND state = 'frozen'",
        *closing.payer,
        closing.month,
        fault,
    )


def _contract(row: Any) -> Contract:
    return Contract(
        (row[0], row[1]), row[2], row[3], row[4], row[5], row[6], row[7], row[8], _moves(row[9], row[10])
    )  # fmt: skip


def _moves(instants: Sequence[datetime] | None, sellers: Sequence[T] | None) -> tuple[tuple[datetime, T], ...]:
    return tuple(zip(instants or (), sellers or (), strict=True))


def _closing(row: Any) -> Closing:
    asked = Commitment(row[7], frozenset(row[8])) if row[7] else None
    payer = (row[0], row[1])
    return Closing(payer, row[2], row[3], row[4], row[5], row[6], asked, row[9], row[10], row[11], row[12])
