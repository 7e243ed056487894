"""Consent: a chain in which no record can be changed, swapped or dropped unseen, and what records come to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from takt.core.consent import CHAIN_START, ConsentRecord, chain_hash

UUID0 = UUID(int=0)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
WORDS = st.text(max_size=8)
RECORDS = st.builds(
    ConsentRecord, st.uuids(), st.uuids(), st.uuids(), st.integers(1, 1 << 62), WORDS, st.booleans(), WORDS, WORDS, INSTANTS
)  # fmt: skip


@given(RECORDS, RECORDS, st.binary(min_size=32, max_size=32))
def test_the_hash_shows_a_change_of_any_field(record: ConsentRecord, other: ConsentRecord, previous: bytes) -> None:
    """Whatever single field differs, the hash differs, and so it does after another record."""
    assume(previous != CHAIN_START)
    original = chain_hash(CHAIN_START, record)
    assert chain_hash(previous, record) != original
    for field in ConsentRecord.__dataclass_fields__:
        value: Any = getattr(other, field)
        changed = replace(record, **{field: value})
        assert (chain_hash(CHAIN_START, changed) == original) == (changed == record), field


def test_moving_a_letter_from_one_field_to_the_next_shows() -> None:
    """Fields are told apart by their lengths."""
    one = ConsentRecord(UUID0, UUID0, UUID0, 1, "marketing", granted=True, source="ab", evidence="c", at=AT)
    assert chain_hash(CHAIN_START, one) != chain_hash(CHAIN_START, replace(one, source="a", evidence="bc"))


def test_the_hash_is_the_same_in_every_time_zone() -> None:
    """A record read back in UTC proves what was written in another zone: it is the same instant."""
    one = ConsentRecord(UUID0, UUID0, UUID0, 1, "marketing", granted=True, source="", evidence="", at=AT)
    there = replace(one, at=AT.astimezone(timezone(timedelta(hours=2))))
    assert chain_hash(CHAIN_START, there) == chain_hash(CHAIN_START, one)


def test_the_hash_of_a_record_never_changes() -> None:
    """Proofs must hold for years: this value is fixed."""
    one = ConsentRecord(UUID0, UUID0, UUID0, 1, "marketing", granted=True, source="chat", evidence="{}", at=AT)
    assert chain_hash(CHAIN_START, one).hex() == "4e791ff04db020c56a0fddff8865635f17448cc9883488166c4dd865091dc1a3"


@given(st.lists(RECORDS, min_size=2, max_size=6, unique_by=lambda record: record.number), st.data())
def test_a_dropped_or_swapped_record_breaks_the_chain(records: list[ConsentRecord], data: st.DataObject) -> None:
    """The last hash vouches for all records before it and for their order."""
    whole = _last_hash(records)
    place = data.draw(st.integers(0, len(records) - 1))
    assert _last_hash(records[:place] + records[place + 1 :]) != whole
    other = data.draw(st.integers(0, len(records) - 1).filter(lambda index: index != place))
    swapped = list(records)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    assert _last_hash(swapped) != whole


def _last_hash(records: Sequence[ConsentRecord]) -> bytes:
    last = CHAIN_START
    for record in records:
        last = chain_hash(last, record)
    return last
