"""What a message used and what it cost, once it was delivered; free ones, too. Nothing here says whom it went to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from takt.core import chain
from takt.core.entries import Payer
from takt.core.rating import Quote
from takt.core.value import value


class UsageReason(StrEnum):
    """Why it cost what it did, beyond the types of the wire (regular, free_customer_service, free_entry_point)."""

    CONVERSATION = "conversation"
    """In a conversation that another message paid for."""
    ABSORBED = "absorbed"
    """Delivered so late that it is not charged: the operator's loss, in `forgone_micros`."""
    REFUND = "refund"
    """What it had cost was given back."""


@value
class Usage:
    """One row: by which line of which card a unit was priced, what it cost, and why.

    `unit_price_micros` times the units is `amount_micros`, which is below zero in a refund. `forgone_micros` is what was
    not charged though the card would have it. `leg` 0 is the company's, 1 its partner's.
    `region`, `window` and `form` are what another card would ask.
    """

    message_id: UUID
    payer: Payer
    sender_id: str
    category: str
    market: str
    card: str
    card_version: int
    rule: int
    tier: str
    ordinal: int | None
    unit_price_micros: int
    amount_micros: int
    currency: str
    reason: str
    delivered_at: datetime
    forgone_micros: int = 0
    template_id: str | None = None
    late: bool = False
    leg: int = 0
    refund: bool = False
    region: str = ""
    window: str = ""
    form: str = ""


def usage_of(
    message_id: UUID, payer: Payer, sender_id: str, quote: Quote, delivered_at: datetime, *,
    template_id: str | None = None, late: bool = False,
) -> Usage:  # fmt: skip
    """What a delivered message used, by its final quote."""
    reason = UsageReason.CONVERSATION if quote.paid_by else quote.kind
    return Usage(
        message_id, payer, sender_id, quote.category, quote.market, quote.card, quote.version, quote.rule, quote.tier,
        quote.ordinal or None, quote.price, quote.price, quote.currency, reason, delivered_at,
        quote.forgone_micros, template_id, late,
        region=quote.region or quote.market, window=quote.window, form=quote.form,
    )  # fmt: skip


def second_leg(one: Usage, payer: Payer, amount_micros: int) -> Usage:
    """What its client's message cost a partner."""
    return replace(
        one, payer=payer, leg=1, unit_price_micros=amount_micros, amount_micros=amount_micros, forgone_micros=0
    )  # fmt: skip


def absorbed(one: Usage) -> Usage:
    """The same where it is not charged, because it came too late."""
    return replace(
        one, unit_price_micros=0, amount_micros=0, reason=UsageReason.ABSORBED, ordinal=None,
        forgone_micros=one.forgone_micros + one.amount_micros,
    )  # fmt: skip


def refunded(one: Usage) -> Usage:
    """What takes it back: the same amount below zero."""
    return replace(one, amount_micros=-one.amount_micros, forgone_micros=0, reason=UsageReason.REFUND, refund=True)


def leaf(one: Usage) -> bytes:
    """The hash of a row in its batch."""
    return chain.leaf(
        f"{one.message_id.int:x}\x1f{one.leg}\x1f{one.refund:d}\x1f{chain.name(one.payer[1])}\x1f{one.sender_id}\x1f"
        f"{one.category}\x1f{one.market}\x1f{one.card}\x1f{one.card_version}\x1f{one.rule}\x1f{one.tier}\x1f"
        f"{one.ordinal or 0}\x1f{one.unit_price_micros}\x1f{one.amount_micros}\x1f{one.forgone_micros}\x1f"
        f"{one.currency}\x1f{one.reason}\x1f{one.template_id or ''}\x1f{one.late:d}\x1f{chain.instant(one.delivered_at)}\x1f"
        f"{one.region}\x1f{one.window}\x1f{one.form}\x1f"
    )


def in_order(usages: Iterable[Usage]) -> Sequence[Usage]:
    """The order of rows in their batch."""
    return sorted(usages, key=lambda one: (one.message_id.int, one.leg, one.refund))
