"""What is kept beside a message can be read back as it was."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from takt.core.facts import Facts
from takt.core.rating import Quote
from takt.core.weighed import Weighed
from takt.wire import record

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
USUAL = Facts("live", "outreach", "live", 5, 80, 1, recipient_known=True)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WEIGHED = st.builds(Weighed, st.tuples(*[NUMBERS] * 7), NUMBERS)
INSTANTS = st.none() | st.datetimes(timezones=st.just(UTC))


@given(st.builds(Facts, window_until=INSTANTS, blocked_at=INSTANTS, deleted_at=INSTANTS, consent_at=INSTANTS,
                 pair_tat=INSTANTS, pace_tat=INSTANTS, pressure_weighed=st.none() | WEIGHED))  # fmt: skip
def test_facts_are_read_back_as_they_were(facts: Facts) -> None:
    """An explanation in a year rests on the very facts of the verdict, to the microsecond."""
    assert record.decode_facts(record.encode_facts(facts)) == facts


def test_only_what_is_unusual_is_kept() -> None:
    """Facts stand beside every message, so that which goes without saying is left out."""
    assert record.encode_facts(USUAL) == (
        '{"sender_status":"live","sender_kind":"outreach","business_stage":"live","unanswered_max":5,'
        '"throughput_per_s":80,"parts":1,"recipient_known":true}'
    )
    assert record.encode_facts(replace(USUAL, consent_at=AT)).endswith('"consent_at":"2026-11-22T12:00:00.123456Z"}')


@given(st.builds(Quote))
def test_a_price_is_read_back_as_it_was(quote: Quote) -> None:
    """Years later an invoice line still knows its rule."""
    assert record.decode_quote(record.encode_quote(quote)) == quote
