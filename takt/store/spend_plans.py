"""What companies wish for their money, where it stands, and the alerts they had. Rows of the contract side."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from takt.core.entries import Payer
from takt.core.spending import Alert, AutoTopUp, Plan, Standing, Told
from takt.core.value import value
from takt.store.pool import Conn

ALERTS_SHOWN_MAX: Final = 100
PLANS_MAX: Final = 1000
_ALL: Final = (
    "SELECT p.part, p.contract_id, p.month, p.budget_micros, p.hard, p.low_micros, p.auto_below_micros,"
    " p.auto_net_micros, p.auto_month_max_micros, p.auto_pause_s, p.auto_provider, p.auto_mandate_id, p.auto_at,"
    " p.low_told, p.budget_told, a.posted_micros, a.pending_micros, a.min_available, a.mark_micros,"
    " EXISTS (SELECT FROM payment y WHERE y.part = $1 AND y.contract_id = p.contract_id AND y.automatic"
    " AND y.state = 'initiated') AS open"
    " FROM spend_plan p JOIN account a ON a.contract_id = p.contract_id"
    " WHERE p.part = $1 AND a.part = $1 AND a.kind = 'spend'"
)


@value
class AlertRow:
    """An alert that a company had."""

    alert: Alert
    micros: int
    limit_micros: int
    at: datetime


async def find(conn: Conn, payer: Payer) -> tuple[Plan, Standing] | None:
    """The plan of one contract, and where its money stands; what was topped up automatically is not counted."""
    row = await conn.fetchrow(f"{_ALL} AND p.contract_id = $2", *payer)
    return (_plan(row), _standing(row)) if row is not None else None


async def after(conn: Conn, part: int, contract_id: UUID) -> list[tuple[Plan, Standing]]:
    """The next plans of a part, in the order of their contracts."""
    rows = await conn.fetch(
        f"{_ALL} AND p.contract_id > $2 ORDER BY p.contract_id LIMIT $3", part, contract_id, PLANS_MAX
    )
    return [(_plan(row), _standing(row)) for row in rows]


async def lock(conn: Conn, payer: Payer) -> bool:
    """Hold a plan to the end of the transaction; no when somebody else does, or there is none."""
    found = await conn.fetchval(
        "SELECT true FROM spend_plan WHERE part = $1 AND contract_id = $2 FOR NO KEY UPDATE SKIP LOCKED", *payer
    )
    return bool(found)


async def put(conn: Conn, plan: Plan, who: str, now: datetime) -> None:
    """Write what a company wishes from now on; what was done about it begins anew."""
    auto = plan.auto
    await conn.execute(
        "INSERT INTO spend_plan (part, contract_id, month, budget_micros, hard, low_micros, auto_below_micros,"
        " auto_net_micros, auto_month_max_micros, auto_pause_s, auto_provider, auto_mandate_id, changed_by, changed_at)"
        " SELECT c.part, c.contract_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM contract c"
        " WHERE c.part = $1 AND c.contract_id = $2 ON CONFLICT (part, contract_id) DO UPDATE SET month = excluded.month,"
        " budget_micros = excluded.budget_micros, hard = excluded.hard, low_micros = excluded.low_micros,"
        " auto_below_micros = excluded.auto_below_micros, auto_net_micros = excluded.auto_net_micros,"
        " auto_month_max_micros = excluded.auto_month_max_micros, auto_pause_s = excluded.auto_pause_s,"
        " auto_provider = excluded.auto_provider, auto_mandate_id = excluded.auto_mandate_id, low_told = false,"
        " budget_told = 0, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        *plan.payer, plan.month, plan.budget_micros, plan.hard, plan.low_micros,
        auto.below_micros if auto else None, auto.net_micros if auto else None,
        auto.month_max_micros if auto else None, auto.pause_s if auto else None, auto.provider if auto else None,
        auto.mandate_id if auto else None, who, now,
    )  # fmt: skip


async def remember(conn: Conn, plan: Plan) -> None:
    """Write what was done about a plan: its month, what was told, when it was topped up."""
    await conn.execute(
        "UPDATE spend_plan SET month = $3, low_told = $4, budget_told = $5, auto_at = $6"
        " WHERE part = $1 AND contract_id = $2",
        *plan.payer, plan.month, plan.low_told, plan.budget_told, plan.auto_at,
    )  # fmt: skip


async def set_mark(conn: Conn, payer: Payer, spent_micros: int, budget_micros: int | None) -> None:
    """Let the month have begun so that this much of settled money is spent in it, and set how much may be; last in a transaction.

    What is on hold counts as spent beside it. `budget_micros` None: nothing stops.
    """
    await conn.execute(
        "UPDATE account SET mark_micros = posted_micros + $3, budget_micros = $4"
        " WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        *payer, spent_micros, budget_micros,
    )  # fmt: skip


async def begin_month(conn: Conn, payer: Payer) -> None:
    """Measure a budget from here on: what is on hold was promised in the month before. Last in a transaction."""
    await conn.execute(
        "UPDATE account SET mark_micros = posted_micros - pending_micros"
        " WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        *payer,
    )


async def spent_since(conn: Conn, payer: Payer, since: datetime) -> int:
    """Micro-units that left the wallet for messages and fees since then, less what was given back."""
    found = await conn.fetchval(
        "SELECT coalesce(sum(CASE WHEN debit = 'spend' THEN amount_micros ELSE -amount_micros END), 0)::bigint"
        " FROM journal WHERE part = $1 AND contract_id = $2 AND booked_at >= $3 AND (debit = 'spend' OR credit = 'spend')"
        " AND kind IN ('capture', 'late', 'refund', 'reversal', 'fee', 'true_up')",
        *payer, since,
    )  # fmt: skip
    return int(found)


async def add_alert(conn: Conn, payer: Payer, alert_id: UUID, told: Told, now: datetime) -> None:
    """Keep an alert."""
    await conn.execute(
        "INSERT INTO money_alert (part, contract_id, alert_id, kind, micros, limit_micros, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *payer, alert_id, told.alert, told.micros, told.limit_micros, now,
    )  # fmt: skip


async def alerts(conn: Conn, payer: Payer) -> list[AlertRow]:
    """The newest alerts of one contract; nobody else's."""
    rows = await conn.fetch(
        "SELECT kind, micros, limit_micros, at FROM money_alert WHERE part = $1 AND contract_id = $2"
        " ORDER BY at DESC, alert_id LIMIT $3",
        *payer, ALERTS_SHOWN_MAX,
    )  # fmt: skip
    return [AlertRow(Alert(row[0]), row[1], row[2], row[3]) for row in rows]


def _plan(row: Record) -> Plan:
    auto = None
    if row["auto_net_micros"] is not None:
        auto = AutoTopUp(
            row["auto_below_micros"], row["auto_net_micros"], row["auto_month_max_micros"], row["auto_pause_s"],
            row["auto_provider"], row["auto_mandate_id"],
        )  # fmt: skip
    month: date = row["month"]
    return Plan(
        (row["part"], row["contract_id"]), month, row["budget_micros"], row["hard"], row["low_micros"], auto,
        row["auto_at"], row["low_told"], row["budget_told"],
    )  # fmt: skip


def _standing(row: Record) -> Standing:
    return Standing(
        row["posted_micros"], row["pending_micros"], row["min_available"], row["mark_micros"], 0, row["open"]
    )
