"""What Takt asks of whoever brings money in, and what it hears: the interface of payment providers.

A provider is told our reference with every order, and every notice of it carries that reference, so no table of foreign
ids is needed. Notices may come late, twice, out of order or never: `reconcile` is for those that were lost.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from takt.core.payment import Word
from takt.core.value import value


class ForgedError(Exception):
    """A notice is not signed by the provider, or says nothing that can be understood."""


class NotOfferedError(Exception):
    """A provider cannot do this by itself; the text says who does it, and how."""


@value
class PaymentOrder:
    """Money that is wished for. The same `reference` twice is one order."""

    reference: str
    gross_micros: int
    currency: str
    text: str


@value
class Created:
    """How the provider calls the order, and what the payer does now: an address to go to, or account and reference."""

    provider_ref: str
    ways: Mapping[str, str]


@value
class Notice:
    """What a provider says of an order. `notice_id` is unique for it; `gross_micros` is what came, if it says so."""

    notice_id: str
    reference: str
    word: Word
    at: datetime
    gross_micros: int | None = None
    why: str = ""


class Provider(Protocol):
    """One way of paying."""

    @property
    def name(self) -> str:
        """What stands in payments and in the name of its clearing account: small letters."""
        ...

    async def create(self, order: PaymentOrder) -> Created:
        """Ask for money; nothing is credited by that. The same order twice is one."""
        ...

    async def confirm(self, provider_ref: str) -> Notice | None:
        """How an order stands, if anything became of it."""
        ...

    async def refund(self, provider_ref: str) -> None:
        """Pay all of a settled order back; that it happened is told by a notice. Raises NotOfferedError."""
        ...

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        """The notices in a request, whose headers have small letters. Raises ForgedError."""
        ...

    async def reconcile(self, since: datetime) -> Sequence[Notice]:
        """All notices since then again, for those that were lost."""
        ...
