"""What an invoice asks for and what came of it: open, paid in part, paid, overdue, or given back.

Nothing of it is kept. It follows from what moved the claim (the document, credit notes, payments that settled and did not
go back) and from the day it is due, so no order of these can lead elsewhere, and a return reopens by itself. Amounts are
whole smallest coins.
"""

from datetime import date
from enum import StrEnum

from takt.core.value import value


class Standing(StrEnum):
    """Where an invoice is. What is overdue may have been paid in part; what is cancelled was given back wholly."""

    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"


OPEN = frozenset((Standing.ISSUED, Standing.PART_PAID, Standing.OVERDUE))
"""Where something is still to be paid."""


@value
class Claim:
    """The sums of an invoice: `payable` is asked for (BT-115), `credited` was given back, gross; `paid` came and stayed."""

    gross: int
    payable: int
    credited: int
    paid: int
    due_on: date

    @property
    def open(self) -> int:
        """What is still to be paid."""
        return max(self.payable - self.credited - self.paid, 0)

    @property
    def over(self) -> int:
        """What is the customer's: paid, and then given back by a credit note."""
        return max(self.credited + self.paid - self.payable, 0)


def standing(claim: Claim, today: date) -> Standing:
    """Where an invoice is on this day. The day it is due is still in time (§ 188 BGB)."""
    if claim.gross and claim.credited >= claim.gross:
        return Standing.CANCELLED
    if claim.open == 0:
        return Standing.PAID
    if today > claim.due_on:
        return Standing.OVERDUE
    return Standing.PART_PAID if claim.paid else Standing.ISSUED
