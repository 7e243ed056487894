"""Credit that a company is given: in which order it is used, for what, and what becomes of what is left."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from takt.core import entries
from takt.core.entries import BANK, BREAKAGE, MARKETING, Entry, EntryKind, Payer
from takt.core.ledger import Credit
from takt.core.value import value


class GrantKind(StrEnum):
    """Where it comes from: paid for in advance, part of an offer, or given out of goodwill."""

    PAID = "paid"
    PROMO = "promo"
    GOODWILL = "goodwill"


class GrantState(StrEnum):
    """How far a grant is."""

    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    VOIDED = "voided"


@value
class Grant:
    """A grant of a contract. Empty `categories` or `markets`: it is good for all of them."""

    grant_id: UUID
    payer: Payer
    name: str
    kind: GrantKind
    amount_micros: int
    currency: str
    priority: int
    categories: tuple[str, ...]
    markets: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime

    @property
    def account(self) -> str:
        """The account that it lies on."""
        return entries.grant(self.grant_id)


@value
class Standing:
    """What is on the account of a grant, and how much of it is set aside."""

    grant: Grant
    posted_micros: int
    pending_micros: int
    voided_at: datetime | None = None

    @property
    def left_micros(self) -> int:
        """What is neither used nor set aside."""
        return self.posted_micros - self.pending_micros

    @property
    def credit(self) -> Credit:
        """As far as messages can be paid by it."""
        return Credit(self.grant.account, self.left_micros, self.grant.categories, self.grant.markets)

    def state(self, now: datetime) -> GrantState:
        """How far it is."""
        if self.voided_at is not None:
            return GrantState.VOIDED
        if now >= self.grant.expires_at:
            return GrantState.EXPIRED
        return GrantState.ACTIVE if self.posted_micros > 0 else GrantState.EXHAUSTED


def issue(grant: Grant) -> Entry:
    """The entry by which a grant comes into being; it has the id of its grant."""
    source = BANK if grant.kind is GrantKind.PAID else MARKETING
    return Entry(
        grant.payer, grant.grant_id, EntryKind.GRANT, source, grant.account, grant.amount_micros, grant.currency,
        grant.issued_at, note=grant.name,
    )  # fmt: skip


def lapse(standing: Standing, entry_id: UUID, now: datetime) -> Entry | None:
    """The entry that takes off what is left of a grant that is over; None when all of it is used or set aside."""
    if standing.left_micros <= 0:
        return None
    voided = standing.voided_at is not None
    return Entry(
        standing.grant.payer, entry_id, EntryKind.VOID if voided else EntryKind.BREAKAGE, standing.grant.account,
        MARKETING if voided else BREAKAGE, standing.left_micros, standing.grant.currency, now,
    )  # fmt: skip


def in_order(standings: Sequence[Standing]) -> list[Standing]:
    """The order in which grants are used: small priorities first, then what ends sooner, then what is older."""
    return sorted(
        standings,
        key=lambda one: (one.grant.priority, one.grant.expires_at, one.grant.issued_at, one.grant.grant_id.int),
    )
