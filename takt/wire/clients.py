"""What the clients of a partner used in a month: what they pay it, what it pays for that, and what is left to it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from takt.core.closing import Charge
from takt.core.terms import Commitment
from takt.core.value import value


@value
class Client:
    """A company that a partner sells to, in one month: delivered messages, amounts in micro-units of its currency.

    `refused` messages did not go out because the partner could not pay for them; None: too many to be counted.
    """

    waba_id: str
    name: str
    messages: int
    retail_micros: int
    wholesale_micros: int
    refused: int | None

    @property
    def margin_micros(self) -> int:
        """What of its price is left to the partner."""
        return self.retail_micros - self.wholesale_micros


@value
class Wholesale:
    """What a wholesale card asks a partner for beside messages in a month: its fees, and at least so much, filled so far."""

    card: str
    fees: Sequence[Charge]
    commitment: Commitment | None
    filled_micros: int


def render(month: date, currency: str, clients: Iterable[Client], cards: Iterable[Wholesale] = ()) -> dict[str, Any]:
    """A month of a partner: each client, what they pay most first, all of them together, and what wholesale cards ask for."""
    listed = sorted(clients, key=lambda one: (-one.retail_micros, one.waba_id))
    return {
        "month": f"{month:%Y-%m}",
        "currency": currency,
        "total": {
            "messages": sum(one.messages for one in listed),
            "retail_micros": sum(one.retail_micros for one in listed),
            "wholesale_micros": sum(one.wholesale_micros for one in listed),
            "margin_micros": sum(one.margin_micros for one in listed),
        },
        "data": [
            {
                "waba_id": one.waba_id, "name": one.name, "messages": one.messages, "retail_micros": one.retail_micros,
                "wholesale_micros": one.wholesale_micros, "margin_micros": one.margin_micros, "refused": one.refused,
            }
            for one in listed
        ],
        "wholesale": [_card(one) for one in cards],
    }  # fmt: skip


def _card(one: Wholesale) -> dict[str, Any]:
    return {
        "card": one.card,
        "fees": [{"id": fee.name, "quantity": fee.quantity, "micros": fee.micros} for fee in one.fees],
        "commitment": None
        if one.commitment is None
        else {"amount_micros": one.commitment.amount_micros, "filled_micros": one.filled_micros},
    }
