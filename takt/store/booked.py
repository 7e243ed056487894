"""What a transaction books, as rows: entries and usage in the binary form of COPY, each with the seal of its own hash."""

from collections.abc import Sequence
from datetime import datetime
from struct import Struct
from typing import Final
from uuid import UUID

from takt.core import chain
from takt.core.entries import Entry
from takt.core.usage import Usage
from takt.store.copying import Encoder, Shared, bigint, boolean, instant, integer, smallint, text, uuid

_ENTRY: Final = Struct(">hiii16si16sihiqiq").pack
_ENTRY_SHARED: Final[dict[str, Encoder]] = {
    "kind": text, "debit": text, "credit": text, "currency": text, "note": text,
    "event_at": instant, "undoes": uuid,
}  # fmt: skip
ENTRY_COLUMNS: Final = (
    "part", "entry_id", "contract_id", "leg", "amount_micros", "seal", *_ENTRY_SHARED, "booked_at", "batch",
)  # fmt: skip
_USAGE: Final = Struct(">hiii16siii16siqiqiq").pack
_USAGE_SHARED: Final[dict[str, Encoder]] = {
    "leg": smallint, "refund": boolean, "sender_id": text,
    "category": text, "market": text, "card": text, "card_version": integer, "rule": integer, "tier": text,
    "forgone_micros": bigint, "currency": text, "reason": text, "template_id": text, "late": boolean,
    "delivered_at": instant, "region": text, "window_kind": text, "form": text,
}  # fmt: skip
USAGE_COLUMNS: Final = (
    "part", "message_id", "contract_part", "contract_id", "unit_price_micros", "amount_micros", "seal", "ordinal",
    *_USAGE_SHARED, "booked_at", "batch",
)  # fmt: skip


def entry_rows(part: int, entered: Sequence[Entry], hashed: Sequence[bytes], batch: UUID, now: datetime) -> list[bytes]:
    """Entries of `part` with their hashes, as rows of `ENTRY_COLUMNS`."""
    shared, count = Shared(_ENTRY_SHARED, instant(now) + uuid(batch)), len(ENTRY_COLUMNS)
    return [
        _ENTRY(
            count, 4, part, 16, one.entry_id.bytes, 16, one.payer[1].bytes, 2, one.leg, 8, one.amount_micros, 8,
            chain.seal(hash_),
        )
        + shared[one.kind, one.debit, one.credit, one.currency, one.note, one.event_at, one.undoes]
        for one, hash_ in zip(entered, hashed, strict=True)
    ]  # fmt: skip


def usage_rows(part: int, used: Sequence[Usage], hashed: Sequence[bytes], batch: UUID, now: datetime) -> list[bytes]:
    """What messages of `part` used, with its hashes, as rows of `USAGE_COLUMNS`."""
    shared, count = Shared(_USAGE_SHARED, instant(now) + uuid(batch)), len(USAGE_COLUMNS)
    return [
        _USAGE(
            count, 4, part, 16, one.message_id.bytes, 4, one.payer[0], 16, one.payer[1].bytes, 8, one.unit_price_micros,
            8, one.amount_micros, 8, chain.seal(hash_),
        )
        + bigint(one.ordinal)
        + shared[
            one.leg, one.refund, one.sender_id, one.category, one.market, one.card, one.card_version,
            one.rule, one.tier, one.forgone_micros, one.currency, one.reason, one.template_id, one.late,
            one.delivered_at, one.region, one.window, one.form,
        ]
        for one, hash_ in zip(used, hashed, strict=True)
    ]  # fmt: skip
