"""Bookings by hand as JSON: what comes in is parsed strictly, what goes out is rendered. Amounts are micro-units.

The JSON: docs/payments.md.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from takt.core import card_fields
from takt.core.booking import NOTE_CHARS_MAX, Booking, Fault, Gift, Sort
from takt.core.card_fields import choice, text
from takt.core.document import Fields
from takt.core.grants import GrantKind
from takt.core.ids import parse_wamid, wamid
from takt.core.payment import AMOUNT_MICROS_MAX
from takt.core.rating import CATEGORIES
from takt.core.value import value
from takt.wire.errors import WireError
from takt.wire.instants import instant

COMPANY_CHARS_MAX: Final = 20
GIFT_CHARS_MAX: Final = 200
GIFT_DAYS: Final = 365
GIFT_DAYS_MAX: Final = 3_650
PRIORITY_MAX: Final = 1_000
MARKETS_MAX: Final = 300
_GIFT: Final = ("name", "kind", "days", "priority", "categories", "markets")
_OF: Final = {Sort.REFUND: "message", Sort.REVERSAL: "entry"}


@value
class Wish:
    """A booking that is wished for. What is given back says `of` what, and its amount is what that was."""

    company: str
    sort: Sort
    note: str
    amount_micros: int = 0
    of: UUID | None = None
    gift: Gift | None = None


def parse_booking(body: Mapping[str, Any]) -> Wish:
    """A booking by hand of any sort, each with its own fields. Raises UnsoundError."""
    fields = Fields.of(body)
    sort = Sort(choice(fields, "sort", tuple(Sort)))
    own = (_OF[sort],) if sort in _OF else ("amount_micros", *(_GIFT if sort is Sort.GRANT else ()))
    fields.end("company", "sort", "note", *own)
    company, note = text(fields, "company", COMPANY_CHARS_MAX), text(fields, "note", NOTE_CHARS_MAX).strip()
    if not note:
        raise fields.wrong("note", "must say why")
    if sort in _OF:
        return Wish(company, sort, note, of=_message(fields) if sort is Sort.REFUND else _entry(fields))
    amount = fields.whole("amount_micros", None, 1, AMOUNT_MICROS_MAX)
    return Wish(company, sort, note, amount, gift=_gift(fields) if sort is Sort.GRANT else None)


def render_booking(booking_id: UUID, one: Booking) -> dict[str, Any]:
    """A booking by hand, and who stands for it."""
    signed, of, gift = one.signed, one.body.of, one.body.gift
    return {
        "id": str(booking_id),
        "state": "booked" if signed is not None else "withdrawn" if one.withdrawn else "proposed",
        "sort": one.body.sort.value,
        "amount_micros": one.body.amount_micros,
        "currency": one.body.currency,
        "note": one.body.note,
        "message": wamid(of) if of is not None and one.body.sort is Sort.REFUND else None,
        "entry": str(of) if of is not None and one.body.sort is Sort.REVERSAL else None,
        "grant": None if gift is None else _gift_shown(gift),
        "proposed_by": one.author.name,
        "proposed_at": instant(one.proposed_at),
        "signed_by": signed.name if signed is not None else None,
    }


def fault_of(found: Fault, locale: str) -> WireError:
    """Why something cannot be done with a booking; `fault` is its name."""
    http = 404 if found is Fault.UNKNOWN else 409
    return WireError(
        100, "(#100) Not possible now", found.text.in_locale(locale), http=http, more={"fault": str(found)}
    )


def _message(fields: Fields) -> UUID:
    named = fields.raw.get("message")
    found = parse_wamid(named) if isinstance(named, str) else None
    if found is None:
        raise fields.wrong("message", "must be the id of a message, wamid.…")
    return found


def _entry(fields: Fields) -> UUID:
    try:
        return UUID(str(fields.raw.get("entry")))
    except ValueError:
        raise fields.wrong("entry", "must be the id of an entry of the journal") from None


def _gift(fields: Fields) -> Gift:
    name = text(fields, "name", GIFT_CHARS_MAX, GrantKind.GOODWILL.value)
    kind = GrantKind(choice(fields, "kind", tuple(GrantKind), GrantKind.GOODWILL))
    days = fields.whole("days", GIFT_DAYS, 1, GIFT_DAYS_MAX)
    priority = fields.whole("priority", 0, 0, PRIORITY_MAX)
    return Gift(name, kind, days, priority, tuple(sorted(_categories(fields))), tuple(sorted(_markets(fields))))


def _categories(fields: Fields) -> frozenset[str]:
    found = card_fields.some(fields, "categories", CATEGORIES) if fields.raw.get("categories", []) != [] else None
    return found or frozenset()


def _markets(fields: Fields) -> frozenset[str]:
    found = fields.raw.get("markets", [])
    if (
        not isinstance(found, list)
        or len(found) > MARKETS_MAX
        or not all(isinstance(one, str) and 0 < len(one) <= GIFT_CHARS_MAX for one in found)
    ):
        raise fields.wrong("markets", "must be a list of markets of the rate card, such as DE")
    return frozenset(found)


def _gift_shown(gift: Gift) -> dict[str, Any]:
    return {
        "name": gift.name, "kind": gift.kind.value, "days": gift.days, "priority": gift.priority,
        "categories": list(gift.categories), "markets": list(gift.markets),
    }  # fmt: skip
