"""Usage: what a message cost becomes rows that say why, in an order and with hashes that stay the same for years."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from takt.core import chain
from takt.core.rating import Quote
from takt.core.usage import Usage, UsageReason, absorbed, in_order, leaf, refunded, second_leg, usage_of

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PAYER, PARTNER = (3, UUID(int=7)), (3, UUID(int=8))
MESSAGE = UUID(int=26)
QUOTE = Quote(
    60_000, "EUR", "utility", "Home", "start", 2, 4, "regular", 50_000, "DE", "open", "free",
    ordinal=101, tier="101:MAX", forgone_micros=7,
)  # fmt: skip
ROW = Usage(
    MESSAGE, PAYER, "15", "utility", "Home", "start", 2, 4, "101:MAX", 101, 50_000, 50_000, "EUR", "regular", AT, 7,
    region="DE", window="open", form="free",
)  # fmt: skip


def test_a_delivered_message_used_what_its_quote_says() -> None:
    assert usage_of(MESSAGE, PAYER, "15", QUOTE, AT) == ROW
    assert usage_of(MESSAGE, PAYER, "15", QUOTE, AT, template_id="9", late=True) == replace(
        ROW, template_id="9", late=True
    )


def test_what_is_not_counted_has_no_place_and_what_another_paid_for_says_so() -> None:
    bare = Quote(60_000, "EUR", "utility", "DE", "start", 2, 4, "regular", paid_by="x")
    assert usage_of(MESSAGE, PAYER, "15", bare, AT) == replace(
        ROW, market="DE", tier="", ordinal=None, unit_price_micros=60_000, amount_micros=60_000, reason="conversation",
        forgone_micros=0, window="closed", form="template",
    )  # fmt: skip


def test_the_partners_leg_what_is_absorbed_and_what_is_given_back() -> None:
    assert second_leg(ROW, PARTNER, 40_000) == replace(
        ROW, payer=PARTNER, leg=1, unit_price_micros=40_000, amount_micros=40_000, forgone_micros=0
    )
    assert absorbed(ROW) == replace(
        ROW, unit_price_micros=0, amount_micros=0, reason="absorbed", ordinal=None, forgone_micros=50_007
    )
    assert refunded(ROW) == replace(ROW, amount_micros=-50_000, forgone_micros=0, reason="refund", refund=True)
    assert list(UsageReason) == ["conversation", "absorbed", "refund"]


def test_rows_are_hashed_as_they_always_were() -> None:
    payer = PAYER[1].hex
    at = "2026-11-22T08:30:00.000000+00:00"
    assert leaf(ROW) == chain.leaf(
        f"1a\x1f0\x1f0\x1f{payer}\x1f15\x1futility\x1fHome\x1fstart\x1f2\x1f4\x1f101:MAX\x1f101\x1f50000\x1f50000\x1f7\x1f"
        f"EUR\x1fregular\x1f\x1f0\x1f{at}\x1fDE\x1fopen\x1ffree\x1f"
    )
    other = replace(refunded(ROW), leg=1, ordinal=None, template_id="9", late=True, region="", window="", form="")
    assert leaf(other) == chain.leaf(
        f"1a\x1f1\x1f1\x1f{payer}\x1f15\x1futility\x1fHome\x1fstart\x1f2\x1f4\x1f101:MAX\x1f0\x1f50000\x1f-50000\x1f0\x1f"
        f"EUR\x1frefund\x1f9\x1f1\x1f{at}\x1f\x1f\x1f\x1f"
    )


def test_rows_stand_by_message_then_leg_and_what_was_given_back_after_what_it_cost() -> None:
    rows = [
        replace(ROW, message_id=UUID(int=message), leg=leg, refund=refund)
        for message in (1, 2)
        for leg in (0, 1)
        for refund in (False, True)
    ]
    assert list(in_order(reversed(rows))) == rows


def test_a_row_is_on_time_of_the_company_and_no_refund_until_that_is_said() -> None:
    bare = Usage(MESSAGE, PAYER, "15", "u", "DE", "start", 2, 4, "", None, 5, 5, "EUR", "regular", AT)
    assert bare == replace(bare, forgone_micros=0, late=False, leg=0, refund=False, region="", window="", form="")
