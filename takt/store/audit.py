"""Whether the ledger adds up: each account is what its journal says, and what is set aside is what holds and leases say."""

from collections import Counter
from collections.abc import Sequence

from takt.core.entries import SPEND
from takt.store.pool import Conn

AUDIT_S_MAX = 600
_LEASES = (
    "SELECT contract_part, contract_id, granted_micros - used_micros, granted_micros FROM lease"
    " WHERE part = $1 AND is_open"
)


async def ledger_faults(conn: Conn, parts: Sequence[int]) -> list[str]:
    """Compare all accounts of these parts with journal and holds, as of one moment. One sentence for each fault.

    Reads every journal row, within 600 s. Amounts are micro-units.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        await conn.execute(f"SET LOCAL statement_timeout = '{AUDIT_S_MAX}s'")
        held: Counter[tuple[object, object, object]] = Counter()
        for part in parts:
            rows = await conn.fetch(
                "SELECT h.contract_part, h.contract_id, d.account, sum(d.micros)::bigint FROM hold h CROSS JOIN LATERAL"
                " unnest(coalesce(h.drawn_on, ARRAY['spend']), coalesce(h.drawn_micros, ARRAY[h.amount_micros]))"
                " d(account, micros) WHERE h.part = $1 AND h.state = 'held' GROUP BY 1, 2, 3",
                part,
            )
            held.update({(row[0], row[1], row[2]): row[3] for row in rows})
        leased: Counter[tuple[object, object]] = Counter()
        for part in parts:
            for row in await conn.fetch(_LEASES, part):
                held[row[0], row[1], SPEND] += row[2]
                leased[row[0], row[1]] += row[3]
        return [fault for part in parts for fault in await _part_faults(conn, part, held, leased)]


async def _part_faults(
    conn: Conn, part: int, held: Counter[tuple[object, object, object]], leased: Counter[tuple[object, object]]
) -> list[str]:
    accounts = await conn.fetch(
        """
        WITH moved AS (
            SELECT contract_id, credit AS kind, amount_micros FROM journal WHERE part = $1
            UNION ALL SELECT contract_id, debit, -amount_micros FROM journal WHERE part = $1
        )
        SELECT a.contract_id, a.kind, a.posted_micros, a.pending_micros, a.leased_micros,
               coalesce((SELECT sum(m.amount_micros) FROM moved m
                         WHERE m.contract_id = a.contract_id AND m.kind = a.kind), 0)::bigint AS moved_micros
        FROM account a WHERE a.part = $1 ORDER BY a.contract_id, a.kind
        """,
        part,
    )
    faults = []
    for account in accounts:
        name = f"account {account['kind']} of contract {account['contract_id']}"
        if account["posted_micros"] != account["moved_micros"]:
            faults.append(f"{name} stands at {account['posted_micros']}, its journal at {account['moved_micros']}")
        owed = held[part, account["contract_id"], account["kind"]]
        if account["pending_micros"] != owed:
            faults.append(f"{name} sets {account['pending_micros']} aside, its holds {owed}")
        granted = leased[part, account["contract_id"]] if account["kind"] == SPEND else 0
        if account["leased_micros"] != granted:
            faults.append(f"{name} has leased {account['leased_micros']}, its leases {granted}")
    return faults
