"""The database's own rules of money, each alone: the last word, whatever the code above it believed.

For each rule there is a row that breaks it and no other: it is refused, and it passes once the rule is gone.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from takt.store.pool import Conn
from tests.world import NOW

SHA: Final = b"\x01" * 32
MONTH: Final = NOW.date().replace(day=1)
LATER: Final = NOW.date().replace(day=2)
CONTRACT: Final = {"part": 0, "contract_id": UUID(int=1)}
RATED: Final = {"category": "utility", "market": "DE", "card": "c", "card_version": 1, "rule": 0}
MICROS: Final = {"amount_micros": 5, "currency": "EUR"}

SOUND: Final[dict[str, dict[str, Any]]] = {
    "contract": {
        **CONTRACT, "business_id": UUID(int=2), "mode": "prepaid", "currency": "EUR", "time_zone": "UTC", "created_at": NOW,
    },
    "account": {**CONTRACT, "kind": "spend", "currency": "EUR", "min_available": 0, "posted_micros": 9, "pending_micros": 9},
    "journal": {
        **CONTRACT, **MICROS, "entry_id": UUID(int=3), "kind": "payment", "debit": "bank", "credit": "spend",
        "booked_at": NOW, "event_at": NOW,
    },
    "hold": {
        **CONTRACT, **MICROS, **RATED, "message_id": UUID(int=4), "contract_part": 0, "state": "held", "held_at": NOW,
        "drawn_on": ["grant:1", "spend"], "drawn_micros": [3, 2], "captured_micros": 5, "share": 10_000,
    },
    "usage": {
        **CONTRACT, **MICROS, **RATED, "message_id": UUID(int=4), "contract_part": 0, "sender_id": "1", "tier": "",
        "unit_price_micros": 5, "reason": "delivered", "delivered_at": NOW, "booked_at": NOW, "batch": UUID(int=5),
    },
    "batch": {
        "part": 0, "number": 1, "batch_id": UUID(int=5), "entries": 0, "usages": 0, "sum_micros": 0, "digest": SHA,
        "previous": SHA, "hash": SHA, "booked_at": NOW,
    },
    "day_root": {"part": 0, "day": MONTH, "first_number": 1, "last_number": 1, "root": SHA, "made_at": NOW},
    "credit_grant": {
        **CONTRACT, **MICROS, "grant_id": UUID(int=6), "account": "grant:1", "name": "trial", "kind": "promo", "priority": 0,
        "categories": [], "markets": [], "issued_at": NOW, "expires_at": NOW,
    },
    "lease": {
        **CONTRACT, "contract_part": 0, "currency": "EUR", "granted_micros": 5, "used_micros": 5, "returned_micros": 0,
        "is_open": True, "valid_until": NOW,
    },
    "counter": {**CONTRACT, "key": "n", "period": MONTH, "counted": 1},
    "closing": {
        **CONTRACT, "month": MONTH, "state": "frozen", "used_micros": 0, "net_minor": 0, "rounding_micros": 0,
        "commitment_micros": 0, "commitment_eligible": [], "frozen_at": NOW,
    },
    "closing_line": {
        **CONTRACT, **RATED, "month": MONTH, "number": 1, "kind": "usage", "begins": MONTH, "ends": LATER, "quantity": 1,
        "unit_price_micros": 1, "tier": "", "name": "",
    },
}  # fmt: skip

BROKEN: Final[dict[str, dict[str, Any]]] = {
    "contract_currency_check": {"currency": "EURO"},
    "contract_mode_check": {"mode": "free"},
    "contract_month_document_check": {"month_document": "letter"},
    "contract_tax_basis_points_check": {"tax_basis_points": 10_001},
    "contract_tax_category_check": {"tax_category": "X"},
    "account_kind_check": {"kind": "purse"},
    "account_limit": {"pending_micros": 10},
    "account_excess": {"excess_micros": 1},
    "account_excess_micros_check": {"excess_micros": -1, "pending_micros": 0},
    "account_budget_micros_check": {"budget_micros": -1},
    "account_leased_micros_check": {"leased_micros": -1},
    "account_pending_micros_check": {"pending_micros": -1},
    "journal_amount_micros_check": {"amount_micros": 0},
    "journal_check": {"credit": "bank"},
    "journal_kind_check": {"kind": "Payment"},
    "journal_leg_check": {"leg": -1},
    "hold_amount_micros_check": {"amount_micros": 0, "captured_micros": 0},
    "hold_check": {"captured_micros": 6},
    "hold_drawn": {"drawn_micros": [5]},
    "hold_leg_check": {"leg": 2},
    "hold_share_check": {"share": 10_001},
    "hold_state_check": {"state": "lost"},
    "usage_check": {"amount_micros": -1},
    "usage_forgone_micros_check": {"forgone_micros": -1},
    "usage_unit_price_micros_check": {"unit_price_micros": -1},
    "batch_digest_check": {"digest": SHA[1:]},
    "batch_hash_check": {"hash": SHA[1:]},
    "batch_previous_check": {"previous": SHA[1:]},
    "batch_entries_check": {"entries": -1},
    "batch_usages_check": {"usages": -1},
    "batch_number_check": {"number": 0},
    "day_root_check": {"first_number": 2},
    "day_root_first_number_check": {"first_number": 0},
    "day_root_root_check": {"root": SHA[1:]},
    "credit_grant_amount_micros_check": {"amount_micros": 0},
    "credit_grant_kind_check": {"kind": "gift"},
    "credit_grant_name_check": {"name": ""},
    "lease_granted_micros_check": {"granted_micros": -1, "used_micros": 0, "returned_micros": -1, "is_open": False},
    "lease_limit": {"used_micros": 6},
    "lease_over": {"is_open": False, "used_micros": 4},
    "lease_returned_micros_check": {"returned_micros": -1, "used_micros": 6, "is_open": False},
    "lease_used_micros_check": {"used_micros": -1},
    "counter_counted_check": {"counted": 0},
    "closing_check": {"state": "issued"},
    "closing_commitment_micros_check": {"commitment_micros": -1},
    "closing_month_check": {"month": LATER},
    "closing_state_check": {"state": "open"},
    "closing_line_check": {"ends": MONTH},
    "closing_line_kind_check": {"kind": "gift"},
    "closing_line_number_check": {"number": 0},
    "closing_line_quantity_check": {"quantity": 0},
    "closing_line_unit_price_micros_check": {"unit_price_micros": 0},
}
IMPLIED: Final = {"lease_granted_micros_check"}
"""Says what others say together: what is used and what is returned are not below zero, and at most what was granted."""
STRANGER: Final = {"contract_id": UUID(int=9)}
"""What breaks the rule that a row is of a contract, or of a closing, that there is."""


@pytest.fixture
async def rules(conn: Conn) -> dict[str, tuple[str, str]]:
    """All rules of these tables: the table of each, and its kind: `c` a condition, `p` or `u` a key, `f` a reference."""
    for table in ("contract", "closing"):
        await insert(conn, table)
    rows = await conn.fetch(
        "SELECT conname, conrelid::regclass::text AS home, contype::text AS kind FROM pg_constraint"
        " WHERE conrelid::regclass::text = ANY ($1) AND contype IN ('c', 'p', 'u', 'f')",
        list(SOUND),
    )
    return {row["conname"]: (row["home"], row["kind"]) for row in rows}


async def insert(conn: Conn, table: str, **changes: Any) -> None:
    row = SOUND[table] | changes
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    await conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())


@contextlib.asynccontextmanager
async def undone(conn: Conn) -> AsyncIterator[None]:
    """What happens within is taken back."""
    transaction = conn.transaction()
    await transaction.start()
    yield
    await transaction.rollback()


async def refused(conn: Conn, table: str, **changes: Any) -> str:
    """The rule that refuses a row."""
    transaction = conn.transaction()
    await transaction.start()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as caught:
        await insert(conn, table, **changes)
    await transaction.rollback()
    return str(caught.value.constraint_name)


async def test_every_condition_has_a_row_that_breaks_it(rules: dict[str, tuple[str, str]]) -> None:
    """A new condition needs one here."""
    assert set(BROKEN) == {name for name, (_, kind) in rules.items() if kind == "c"}


async def test_each_rule_alone_refuses_what_breaks_it(conn: Conn, rules: dict[str, tuple[str, str]]) -> None:
    for name, (table, kind) in rules.items():
        async with undone(conn):
            if kind in "pu" and table not in {"contract", "closing"}:
                await insert(conn, table)
            changes = BROKEN.get(name, STRANGER if kind == "f" else {})
            if kind == "c" and table in {"contract", "closing"}:
                changes = STRANGER | changes
                if table == "closing":
                    await insert(conn, "contract", **STRANGER)
            assert await refused(conn, table, **changes) == name
            await conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
            if name in IMPLIED:
                assert await refused(conn, table, **changes) in BROKEN
            else:
                await insert(conn, table, **changes)


WRITTEN_ONCE = ("journal", "usage", "batch", "day_root", "closing_line", "document", "document_line", "consent_record")


async def test_what_was_written_once_nobody_may_change(conn: Conn) -> None:
    rights = await conn.fetch(
        "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a WHERE c.relname = ANY ($1)",
        list(WRITTEN_ONCE),
    )
    told = {(row["relname"], row["privilege_type"]) for row in rights}
    for table in WRITTEN_ONCE:
        assert {(table, "INSERT"), (table, "SELECT")} <= told
        assert not told & {(table, right) for right in ("UPDATE", "DELETE", "TRUNCATE")}
