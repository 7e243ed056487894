"""Transfers and direct debits: no provider answers, the bank's statements do (`takt.wire.camt`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from takt.core.iban import spaced
from takt.core.value import value
from takt.provider import Created, ForgedError, Notice, NotOfferedError, PaymentOrder


@value
class AtTheBank:
    """Paid by transfer to the operator's account, or collected from the company's; `name` says which (bank, debit)."""

    name: str
    holder: str
    iban: str

    async def create(self, order: PaymentOrder) -> Created:
        """Where to transfer what, with which reference."""
        ways = {"holder": self.holder, "iban": self.iban, "reference": spaced(order.reference)}
        return Created(order.reference, ways if self.name == "bank" else {})

    async def confirm(self, provider_ref: str) -> Notice | None:
        """Nothing is known before a statement tells it."""
        del provider_ref
        return None

    async def refund(self, provider_ref: str) -> None:
        """Only a person can transfer money back."""
        raise NotOfferedError(f"transfer it back with the reference {provider_ref}; the statement tells the rest")

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        """Banks send statements, no notices."""
        del headers, body
        raise ForgedError

    async def reconcile(self, since: datetime) -> Sequence[Notice]:
        """Every statement tells all there is."""
        del since
        return ()
