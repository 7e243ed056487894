"""Bookings by hand: one person proposes, another one signs, and that books it. Programs do neither: they are nobody."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core.denial import Text
from takt.core.entries import ADJUSTMENT, BANK, LOSS, PARTNER, RECEIVABLE, SPEND, Entry, EntryKind, Payer
from takt.core.grants import Grant, GrantKind
from takt.core.ids import derive_id, slot_of
from takt.core.proposal import Actor
from takt.core.value import value

NOTE_CHARS_MAX: Final = 500


class Sort(StrEnum):
    """What is booked: money beside the bank's statements, a correction, what nobody will pay; what is given, given back or lent.

    Paid out is what a client paid for its partner, to the partner.
    """

    RECEIVED = "received"
    PAID_BACK = "paid_back"
    PAID_OUT = "paid_out"
    CREDIT = "credit"
    DEBIT = "debit"
    WRITE_OFF = "write_off"
    GRANT = "grant"
    REFUND = "refund"
    REVERSAL = "reversal"
    LIMIT = "limit"


SIDES: Final = {
    Sort.RECEIVED: (EntryKind.TOP_UP, BANK, SPEND),
    Sort.PAID_BACK: (EntryKind.PAYMENT, SPEND, BANK),
    Sort.PAID_OUT: (EntryKind.PAYMENT, PARTNER, BANK),
    Sort.CREDIT: (EntryKind.ADJUSTMENT, ADJUSTMENT, SPEND),
    Sort.DEBIT: (EntryKind.ADJUSTMENT, SPEND, ADJUSTMENT),
    Sort.WRITE_OFF: (EntryKind.WRITE_OFF, LOSS, RECEIVABLE),
}
"""What is one move between two accounts: its kind, the debited and the credited account."""


class Kind(StrEnum):
    """What can be done with a booking."""

    PROPOSE = "propose"
    SIGN = "sign"
    WITHDRAW = "withdraw"


class Fault(StrEnum):
    """Why something cannot be done with a booking."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    NO_PERSON = "no_person"
    OWN = "own"
    NOT_COVERED = "not_covered"
    NOT_OWED = "not_owed"
    GONE = "gone"

    @property
    def text(self) -> Text:
        """The sentence for people."""
        return _TEXTS[self]


_TEXTS: Final = {
    Fault.UNKNOWN: Text("There is no such booking.", "Diese Buchung gibt es nicht."),
    Fault.CLOSED: Text("The booking is signed or withdrawn.", "Die Buchung ist unterschrieben oder zurückgezogen."),
    Fault.NO_PERSON: Text("Two people must stand for it; a token that is no person's counts as nobody.",
                          "Zwei Personen müssen dafür einstehen; ein Token, das keiner Person gehört, zählt als niemand."),
    Fault.OWN: Text("Whoever proposed it cannot sign it: somebody else must.",
                    "Wer sie vorgeschlagen hat, kann sie nicht unterschreiben: Das muss jemand anderes tun."),
    Fault.NOT_COVERED: Text("The wallet does not cover it.", "Das Guthaben deckt sie nicht."),
    Fault.NOT_OWED: Text("So much was not earned for the partner of this company.",
                         "So viel wurde für den Partner dieses Unternehmens nicht eingenommen."),
    Fault.GONE: Text("There is nothing left to give back.", "Es ist nichts mehr da, das zurückgegeben werden kann."),
}  # fmt: skip


@value
class Gift:
    """What a grant is for, for how many days, and before which others it is used; no categories or markets: all."""

    name: str
    kind: GrantKind
    days: int
    priority: int = 0
    categories: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()


@value
class Body:
    """What is to be booked. `amount_micros` is above 0; what is received is net, its tax a document's affair.

    A line of credit may be owed as a whole, earlier ones included. What is given back is `of` a message or an entry.
    """

    payer: Payer
    sort: Sort
    amount_micros: int
    currency: str
    note: str
    of: UUID | None = None
    gift: Gift | None = None


@value
class Act:
    """One line of the record; a proposal brings its body."""

    kind: Kind
    actor: Actor
    at: datetime
    body: Body | None = None
    note: str = ""


@value
class Booking:
    """Where a booking stands."""

    body: Body
    author: Actor
    proposed_at: datetime
    signed: Actor | None = None
    withdrawn: bool = False

    @property
    def open(self) -> bool:
        """Whether anything can still come of it."""
        return self.signed is None and not self.withdrawn


def fold(acts: Iterable[Act]) -> Booking | None:
    """Where a booking stands after these acts; None if there are none."""
    found: Booking | None = None
    for act in acts:
        if act.body is not None:
            found = Booking(act.body, act.actor, act.at)
        elif found is not None and act.kind is Kind.SIGN:
            found = replace(found, signed=act.actor)
        elif found is not None:
            found = replace(found, withdrawn=True)
    return found


def fault(booking: Booking | None, act: Act) -> Fault | None:
    """Why this act cannot follow; None if it can."""
    if act.kind is Kind.PROPOSE:
        return Fault.CLOSED if booking is not None else _fault_of_people(act.actor)
    if booking is None:
        return Fault.UNKNOWN
    if not booking.open:
        return Fault.CLOSED
    return None if act.kind is Kind.WITHDRAW else _fault_of_people(booking.author, act.actor)


def _fault_of_people(*actors: Actor) -> Fault | None:
    """Whether these are people, and not one and the same."""
    people = [one.person for one in actors]
    if None in people:
        return Fault.NO_PERSON
    return Fault.OWN if len(set(people)) < len(people) else None


def entry(booking_id: UUID, body: Body, at: datetime) -> Entry:
    """The entry that a signed booking makes, always with the same id."""
    kind, debit, credited = SIDES[body.sort]
    entry_id = derive_id(slot_of(body.payer[1]), "booking", str(booking_id))
    return Entry(
        body.payer, entry_id, kind, debit, credited, body.amount_micros, body.currency, at, note=body.note[:200]
    )


def given(booking_id: UUID, body: Body, at: datetime) -> Grant:
    """The grant that a signed booking gives, always with the same id."""
    assert body.gift is not None, "a grant says what it is for"
    slot, gift = slot_of(body.payer[1]), body.gift
    return Grant(
        derive_id(slot, "grant", str(booking_id)), body.payer, gift.name, gift.kind, body.amount_micros, body.currency,
        gift.priority, gift.categories, gift.markets, at, at + timedelta(days=gift.days),
    )  # fmt: skip
