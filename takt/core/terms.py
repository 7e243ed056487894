"""What a rate card says beside the prices of messages: recurring fees, a commitment, grants, and a reseller's share.

Fees and shares are worked out once a period or when a card is made, away from the path of messages, so they may
divide; what a division leaves over is never lost: parts of a whole add up to it.
"""

from calendar import monthrange
from datetime import date
from typing import Final

from takt.core.value import value

BASIS_POINTS: Final = 10_000


@value
class Fee:
    """A recurring fee of each month, for the contract or for each sender. `included` units of a counter come with it."""

    name: str
    per: str
    price_micros: int
    counter: str = ""
    included: int = 0
    prorated: bool = True


@value
class Commitment:
    """At least so much is paid each month; what these categories cost counts towards it."""

    amount_micros: int
    eligible: frozenset[str]


@value
class Grant:
    """Credit that a new contract gets: paid, promo or goodwill, for so many days; small priorities are used first."""

    name: str
    kind: str
    amount_micros: int
    days: int
    priority: int
    eligible: frozenset[str]


@value
class Reseller:
    """The partner's side: it pays by a wholesale card of its own, or keeps a share of what its client pays.

    With `margin_kept` no message may cost the partner more than its client.
    """

    wholesale: str = ""
    share_basis_points: int = 0
    margin_kept: bool = True


@value
class Terms:
    """All of them."""

    fees: tuple[Fee, ...] = ()
    commitment: Commitment | None = None
    grants: tuple[Grant, ...] = ()
    reseller: Reseller | None = None


def fee_micros(fee: Fee, month: date, begins: date, ends: date) -> int:
    """What a fee costs for the days from `begins` up to but not including `ends` of a month.

    Stretches that make up the month add up to the whole fee. A fee that is not prorated is due for any day at all.
    """
    days = monthrange(month.year, month.month)[1]
    first, last = max((begins - month).days, 0), min((ends - month).days, days)
    if last <= first:
        return 0
    if not fee.prorated:
        return fee.price_micros
    return fee.price_micros * last // days - fee.price_micros * first // days


def true_up_micros(commitment: Commitment, spent_micros: dict[str, int]) -> int:
    """What is still due at the end of a month; `spent_micros` is by category."""
    counted = sum(amount for category, amount in spent_micros.items() if category in commitment.eligible)
    return max(0, commitment.amount_micros - counted)


def wholesale_micros(price_micros: int, share_basis_points: int) -> int:
    """What the partner pays of a price of which it keeps a share; it never keeps more than that."""
    return price_micros - price_micros * share_basis_points // BASIS_POINTS
