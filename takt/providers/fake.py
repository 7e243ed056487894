"""A provider that pretends: it settles, returns, tells late, twice or not at all, as a test or somebody in the demo wishes.

All it knows is in memory. Its notices are signed as a real one's would be.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from takt.core import signing
from takt.core.payment import Word
from takt.core.value import value
from takt.provider import Created, ForgedError, Notice, PaymentOrder

NAME: Final = "fake"
SIGNATURE: Final = "x-fake-signature"
ORDERS_MAX: Final = 10_000


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    notice_id: str
    reference: str
    word: Word
    at: datetime
    gross_micros: int | None = None
    why: str = ""


@value
class Delivery:
    """A notice on its way: its body and its headers."""

    body: bytes
    headers: Mapping[str, str]


class FakeProvider:
    """Keeps orders and what it told of them. `secret` signs."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._orders: dict[str, PaymentOrder] = {}
        self._told: list[Notice] = []

    @property
    def name(self) -> str:
        """Its name."""
        return NAME

    async def create(self, order: PaymentOrder) -> Created:
        """Take an order; who wants it paid says so to `pretend`."""
        if len(self._orders) >= ORDERS_MAX:
            del self._orders[next(iter(self._orders))]
        self._orders.setdefault(order.reference, order)
        return Created(f"fake-{order.reference}", {"pretend": order.reference})

    async def confirm(self, provider_ref: str) -> Notice | None:
        """The last thing that happened to an order."""
        reference = provider_ref.removeprefix("fake-")
        return next((one for one in reversed(self._told) if one.reference == reference), None)

    async def refund(self, provider_ref: str) -> None:
        """Pay back; that it happened is told to whoever reconciles."""
        reference = provider_ref.removeprefix("fake-")
        settled = next((one for one in self._told if (one.reference, one.word) == (reference, Word.SETTLED)), None)
        if settled is not None:
            self.pretend(reference, Word.RETURNED, settled.at, "refund")

    def pretend(self, reference: str, word: Word, at: datetime, why: str = "") -> Delivery:
        """Let something happen to an order; the delivery that tells it may be lost, doubled or kept back by the caller."""
        order = self._orders.get(reference)
        gross = order.gross_micros if order is not None and word is Word.SETTLED else None
        notice = Notice(f"{reference}-{word}-{len(self._told)}", reference, word, at, gross, why)
        self._told.append(notice)
        return self.deliver(notice)

    def deliver(self, notice: Notice) -> Delivery:
        """The notice as it is posted."""
        body = msgspec.json.encode(
            _Sent(notice.notice_id, notice.reference, notice.word, notice.at, notice.gross_micros, notice.why)
        )
        return Delivery(body, {SIGNATURE: signing.sign(self._secret, body)})

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        """The one notice of a request."""
        if not signing.verify(self._secret, body, headers.get(SIGNATURE, "")):
            raise ForgedError
        try:
            sent = msgspec.json.decode(body, type=_Sent)
        except msgspec.DecodeError:
            raise ForgedError from None
        return [Notice(sent.notice_id, sent.reference, sent.word, sent.at, sent.gross_micros, sent.why)]

    async def reconcile(self, since: datetime) -> Sequence[Notice]:
        """Everything that happened since then."""
        return [one for one in self._told if one.at >= since]
