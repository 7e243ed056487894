"""Documents as lists of the consoles show them: one in each state of payment, and one that nobody owes anything by."""

from typing import Any

STATES = (
    ("issued", "134.59"),
    ("part_paid", "34.59"),
    ("overdue", "134.59"),
    ("paid", "0.00"),
    ("cancelled", "0.00"),
    (None, "0.00"),
)


def rows() -> list[dict[str, Any]]:
    """One document of each state, with what is open of it."""
    return [
        {
            "id": f"00000000-0000-4000-8000-00000000000{place}", "number": f"RE-2026-00000{place}", "name": "Nordwind",
            "kind": "invoice" if state is not None else "statement", "state": state, "open": still, "gross": "134.59",
            "credited": "134.59" if state == "cancelled" else "0.00", "payable": "134.59", "currency": "EUR",
            "issued_on": "2026-11-03", "due_on": "2026-11-17", "period": {"from": "2026-10-01", "to": "2026-10-31"},
        }
        for place, (state, still) in enumerate(STATES, 1)
    ]  # fmt: skip


OVERPAID: dict[str, Any] = {
    "key": "00", "booked_on": "2026-11-20", "amount_micros": 150_000_000, "charges_micros": 0, "settled_micros": 134_590_000,
    "currency": "EUR", "name": "Nordwind", "iban": "DE02120300000000202051", "remittance": "RE-2026-000001", "end_to_end": "",
    "why": "", "reversal": False, "doubt": "overpaid",
}  # fmt: skip
"""A transfer that pays an invoice of 134.59 and more, as it waits for a person."""


CLIENTS = {
    "currency": "EUR",
    "total": {"messages": 1000, "retail_micros": 100_000_000, "wholesale_micros": 60_000_000, "margin_micros": 40_000_000},
    "data": [
        {
            "waba_id": "1", "name": "Segelschule Wind", "messages": 1000, "retail_micros": 100_000_000,
            "wholesale_micros": 60_000_000, "margin_micros": 40_000_000, "refused": None,
        }
    ],
    "wholesale": [
        {
            "card": "großhandel", "fees": [{"id": "Anschluss", "quantity": 2, "micros": 30_000_000}],
            "commitment": {"amount_micros": 500_000_000, "filled_micros": 30_000_000},
        }
    ],
}  # fmt: skip
"""What a partner is told of its clients."""
