"""Bookings by hand: two people agree to each, and what comes of it is one entry, or one grant, always the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from takt.core.booking import (
    NOTE_CHARS_MAX,
    Act,
    Body,
    Booking,
    Fault,
    Gift,
    Kind,
    Sort,
    entry,
    fault,
    fold,
    given,
)
from takt.core.entries import ADJUSTMENT, BANK, LOSS, PARTNER, RECEIVABLE, SPEND, Entry, EntryKind
from takt.core.grants import Grant, GrantKind
from takt.core.ids import derive_id, make_id
from takt.core.proposal import Actor

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SLOT = 7
PAYER = (0, make_id(1, SLOT, 7))

OLGA, OTTO, PROGRAM = Actor("Olga", UUID(int=1)), Actor("Otto", UUID(int=2)), Actor("token")
BODY = Body(PAYER, Sort.CREDIT, 5, "EUR", "Kulanz")
PROPOSED = Act(Kind.PROPOSE, OLGA, NOW, BODY)


@pytest.mark.parametrize(
    ("acts", "act", "found"),
    [
        ([PROPOSED], Act(Kind.SIGN, OTTO, NOW), None),
        ([PROPOSED], Act(Kind.SIGN, OLGA, NOW), Fault.OWN),
        ([PROPOSED], Act(Kind.SIGN, PROGRAM, NOW), Fault.NO_PERSON),
        ([replace(PROPOSED, actor=PROGRAM)], Act(Kind.SIGN, OLGA, NOW), Fault.NO_PERSON),
        ([], replace(PROPOSED, actor=PROGRAM), Fault.NO_PERSON),
        ([replace(PROPOSED, actor=PROGRAM)], Act(Kind.WITHDRAW, PROGRAM, NOW), None),
        ([PROPOSED], Act(Kind.WITHDRAW, OTTO, NOW), None),
        ([PROPOSED, Act(Kind.SIGN, OTTO, NOW)], Act(Kind.WITHDRAW, OLGA, NOW), Fault.CLOSED),
        ([PROPOSED, Act(Kind.WITHDRAW, OLGA, NOW)], Act(Kind.SIGN, OTTO, NOW), Fault.CLOSED),
        ([], Act(Kind.SIGN, OTTO, NOW), Fault.UNKNOWN),
        ([PROPOSED], PROPOSED, Fault.CLOSED),
        ([], PROPOSED, None),
    ],
)
def test_a_booking_needs_a_second_person(acts: list[Act], act: Act, found: Fault | None) -> None:
    assert fault(fold(acts), act) is found


def test_the_record_says_where_a_booking_stands() -> None:
    assert fold([]) is None
    assert fold([Act(Kind.SIGN, OTTO, NOW)]) is None
    assert fold([Act(Kind.WITHDRAW, OTTO, NOW)]) is None
    later = NOW + timedelta(hours=1)
    assert fold([PROPOSED]) == Booking(BODY, OLGA, NOW, signed=None, withdrawn=False)
    assert fold([PROPOSED, Act(Kind.SIGN, OTTO, later)]) == Booking(BODY, OLGA, NOW, signed=OTTO)
    assert fold([PROPOSED, Act(Kind.WITHDRAW, OTTO, later)]) == Booking(BODY, OLGA, NOW, withdrawn=True)


@pytest.mark.parametrize(("changes", "is_open"), [({}, True), ({"signed": OTTO}, False), ({"withdrawn": True}, False)])
def test_it_is_open_until_it_is_signed_or_withdrawn(changes: dict[str, Any], *, is_open: bool) -> None:
    assert replace(Booking(BODY, OLGA, NOW), **changes).open is is_open


@pytest.mark.parametrize(
    ("sort", "kind", "debit", "credit"),
    [
        ("received", EntryKind.TOP_UP, BANK, SPEND),
        ("paid_back", EntryKind.PAYMENT, SPEND, BANK),
        ("paid_out", EntryKind.PAYMENT, PARTNER, BANK),
        ("credit", EntryKind.ADJUSTMENT, ADJUSTMENT, SPEND),
        ("debit", EntryKind.ADJUSTMENT, SPEND, ADJUSTMENT),
        ("write_off", EntryKind.WRITE_OFF, LOSS, RECEIVABLE),
    ],
)
def test_what_moves_money_is_one_entry_between_two_accounts(
    sort: str, kind: EntryKind, debit: str, credit: str
) -> None:
    number = UUID(int=9)
    moved = entry(number, replace(BODY, sort=Sort(sort)), NOW)
    entry_id = derive_id(SLOT, "booking", str(number))
    assert moved == Entry(PAYER, entry_id, kind, debit, credit, 5, "EUR", NOW, note="Kulanz")


def test_an_entry_keeps_the_beginning_of_a_long_note() -> None:
    long = "n" * NOTE_CHARS_MAX
    assert NOTE_CHARS_MAX == 500
    assert entry(UUID(int=9), replace(BODY, note=long), NOW).note == "n" * 200


def test_a_grant_has_the_days_and_the_uses_that_its_gift_says() -> None:
    number = UUID(int=9)
    gift = Gift("Autumn", GrantKind.PROMO, 30, 2, ("marketing",), ("DE",))
    assert given(number, replace(BODY, sort=Sort.GRANT, gift=gift), NOW) == Grant(
        derive_id(SLOT, "grant", str(number)), PAYER, "Autumn", GrantKind.PROMO, 5, "EUR", 2, ("marketing",), ("DE",),
        NOW, NOW + timedelta(days=30),
    )  # fmt: skip
    assert Gift("Autumn", GrantKind.PROMO, 30) == Gift("Autumn", GrantKind.PROMO, 30, 0, (), ())
    with pytest.raises(AssertionError):
        given(number, BODY, NOW)


def test_words_that_records_and_pages_rely_on() -> None:
    assert [*Sort] == [
        "received", "paid_back", "paid_out", "credit", "debit", "write_off", "grant", "refund", "reversal", "limit",
    ]  # fmt: skip
    assert [*Kind] == ["propose", "sign", "withdraw"]
    assert PROPOSED.note == ""


@pytest.mark.parametrize(
    ("word", "english", "german"),
    [
        ("unknown", "There is no such booking.", "Diese Buchung gibt es nicht."),
        ("closed", "The booking is signed or withdrawn.", "Die Buchung ist unterschrieben oder zurückgezogen."),
        ("no_person", "Two people must stand for it; a token that is no person's counts as nobody.",
         "Zwei Personen müssen dafür einstehen; ein Token, das keiner Person gehört, zählt als niemand."),
        ("own", "Whoever proposed it cannot sign it: somebody else must.",
         "Wer sie vorgeschlagen hat, kann sie nicht unterschreiben: Das muss jemand anderes tun."),
        ("not_covered", "The wallet does not cover it.", "Das Guthaben deckt sie nicht."),
        ("not_owed", "So much was not earned for the partner of this company.",
         "So viel wurde für den Partner dieses Unternehmens nicht eingenommen."),
        ("gone", "There is nothing left to give back.", "Es ist nichts mehr da, das zurückgegeben werden kann."),
    ],
)  # fmt: skip
def test_each_fault_is_told_in_both_languages(word: str, english: str, german: str) -> None:
    text = Fault(word).text
    assert (text.en, text.de) == (english, german)
