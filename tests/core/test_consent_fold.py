"""What records come to: after a stop nothing goes out until the person says yes again, and every yes names its record."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takt.core.consent import (
    BY_COMPANY,
    CHAIN_START,
    DECAY,
    GRANTING,
    Act,
    ConsentRecord,
    admits,
    broken,
    fold,
    holds_until,
    link,
    number_hash,
    permits,
    resumable,
    step,
)  # fmt: skip
from takt.core.denial import CONSENT_EXPIRED, MARKETING_NOT_GRANTED, MARKETING_STOPPED
from takt.core.purpose import ALL

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOES = (Act.STOP, Act.DECLINE, Act.ERASE)


def record(
    number: int, act: Act, purpose: str = "marketing", *, day: int = 0, valid_until: datetime | None = None
) -> ConsentRecord:
    return ConsentRecord(
        UUID(int=number), UUID(int=1), UUID(int=2), number, purpose, act in GRANTING, "test", "{}",
        START + day * DAY, str(act), "{}", valid_until,
    )  # fmt: skip


def history(*acts: tuple[Act, str]) -> list[ConsentRecord]:
    return [record(number, act, purpose, day=number) for number, (act, purpose) in enumerate(acts, 1)]


ACTS = st.tuples(
    st.sampled_from(list(Act)),
    st.sampled_from(["marketing", "events", ALL]),
    st.integers(0, 500),
    st.none() | st.integers(-100, 900),
)


@st.composite
def histories(draw: st.DrawFn) -> list[ConsentRecord]:
    """Any order of grants, stops, imports, exceptions and so on, days or years apart, some for a time."""
    day, made = 0, []
    for number, (act, purpose, wait, life) in enumerate(draw(st.lists(ACTS, max_size=14)), 1):
        day += wait
        until = None if life is None else START + (day + life) * DAY
        made.append(record(number, act, purpose, day=day, valid_until=until))
    return made


@settings(max_examples=1500)
@given(histories(), st.sampled_from(["marketing", "events"]), st.integers(0, 4000), st.none() | st.integers(0, 4000))
def test_no_history_lets_marketing_out_after_a_stop(
    records: list[ConsentRecord], purpose: str, day: int, used: int | None
) -> None:
    """The oracle looks at the records alone and knows nothing of standings."""
    now = START + max(day, max((one.at - START).days for one in records) if records else 0) * DAY
    last_use = None if used is None else START + used * DAY
    answer = permits(fold(records), purpose, now, last_use)
    noes = [one.number for one in records if one.kind in NOES and one.purpose in (purpose, ALL)]
    yeses = [one.number for one in records if one.kind is Act.GRANT and one.purpose == purpose]
    if not isinstance(answer, UUID):
        assert answer in (MARKETING_NOT_GRANTED, MARKETING_STOPPED, CONSENT_EXPIRED)
        return
    basis = records[answer.int - 1]
    assert (basis.purpose, basis.kind in GRANTING) == (purpose, True)
    assert now < holds_until(basis.at, last_use, basis.valid_until)
    assert max(noes, default=0) < max(yeses, default=0 if noes else 1)


@settings(max_examples=600)
@given(histories())
def test_a_companys_word_changes_nothing_after_a_no(records: list[ConsentRecord]) -> None:
    """Neither a list nor an exception counts against the last word of the person."""
    for place, one in enumerate(records):
        if one.kind not in BY_COMPANY or one.purpose == ALL:
            continue
        before = records[:place]
        noes = [r.number for r in before if r.kind in NOES and r.purpose in (one.purpose, ALL)]
        yeses = [r.number for r in before if r.kind is Act.GRANT and r.purpose == one.purpose]
        if noes and max(noes) > max(yeses, default=0):
            assert step(fold(before), one) == {}


@pytest.mark.parametrize(
    ("acts", "answer"),
    [
        ([], MARKETING_NOT_GRANTED),
        ([(Act.REQUEST, "marketing")], MARKETING_NOT_GRANTED),
        ([(Act.GRANT, "events")], MARKETING_NOT_GRANTED),
        ([(Act.GRANT, "marketing")], UUID(int=1)),
        ([(Act.IMPORT, "marketing"), (Act.GRANT, "marketing")], UUID(int=2)),
        ([(Act.GRANT, "marketing"), (Act.IMPORT, "marketing")], UUID(int=1)),
        ([(Act.IMPORT, "marketing"), (Act.EXCEPT, "marketing")], UUID(int=2)),
        ([(Act.GRANT, "marketing"), (Act.STOP, ALL)], MARKETING_STOPPED),
        ([(Act.STOP, ALL), (Act.IMPORT, "marketing")], MARKETING_STOPPED),
        ([(Act.REQUEST, "marketing"), (Act.DECLINE, "marketing"), (Act.EXCEPT, "marketing")], MARKETING_STOPPED),
        ([(Act.STOP, ALL), (Act.GRANT, "events")], MARKETING_STOPPED),
        ([(Act.STOP, ALL), (Act.GRANT, ALL)], MARKETING_STOPPED),
        ([(Act.STOP, ALL), (Act.GRANT, "marketing")], UUID(int=2)),
        ([(Act.STOP, ALL), (Act.GRANT, ALL), (Act.IMPORT, "marketing")], MARKETING_STOPPED),
    ],
)
def test_records_come_to(acts: list[tuple[Act, str]], answer: object) -> None:
    assert permits(fold(history(*acts)), "marketing", START + 30 * DAY) == answer


def test_a_purpose_nobody_spoke_of_is_stopped_with_all() -> None:
    assert permits(fold(history((Act.STOP, ALL))), "events", START + DAY) is MARKETING_STOPPED


def test_lifting_a_stop_of_all_lets_companies_ask_and_not_bring() -> None:
    records = history((Act.STOP, ALL), (Act.GRANT, ALL), (Act.IMPORT, "events"))
    assert permits(fold(records), "events", START + 9 * DAY) is MARKETING_NOT_GRANTED


def test_consent_unused_for_two_years_is_over_unless_it_was_used() -> None:
    state = fold(history((Act.GRANT, "marketing")))
    end = START + DAY + DECAY
    assert permits(state, "marketing", end - DAY) == UUID(int=1)
    assert permits(state, "marketing", end) is CONSENT_EXPIRED
    assert permits(state, "marketing", end, last_use=START + 9 * DAY) == UUID(int=1)
    assert permits(state, "marketing", START + 9 * DAY + DECAY, last_use=START + 9 * DAY) is CONSENT_EXPIRED


def test_consent_for_a_time_ends_however_often_it_is_used() -> None:
    until = START + 10 * DAY
    state = fold([record(1, Act.GRANT, valid_until=until)])
    assert permits(state, "marketing", until - DAY, last_use=until - DAY) == UUID(int=1)
    assert permits(state, "marketing", until, last_use=until - DAY) is CONSENT_EXPIRED


def test_an_ended_consent_may_be_followed_by_a_lesser_basis() -> None:
    state = fold([record(1, Act.GRANT, valid_until=START + DAY)])
    assert not admits(state, "marketing", Act.IMPORT, START)
    assert admits(state, "marketing", Act.IMPORT, START + DAY)


def test_what_a_stop_of_all_took_can_be_given_back_and_nothing_else() -> None:
    stopped = history((Act.GRANT, "marketing"), (Act.GRANT, "events"), (Act.STOP, "events"), (Act.STOP, ALL))
    assert resumable(stopped) == ("marketing",)
    assert resumable([*stopped, record(5, Act.STOP, ALL, day=5)]) == ("marketing",)
    assert resumable([*stopped, record(5, Act.GRANT, ALL, day=5)]) == ()
    assert resumable(history((Act.GRANT, "marketing"))) == ()


def test_old_and_new_records_stand_in_one_chain() -> None:
    """A record without act or terms has the hash it always had; what breaks a chain is named."""
    old = ConsentRecord(
        UUID(int=9), UUID(int=1), UUID(int=2), 0, "marketing", granted=True, source="a", evidence="{}", at=START
    )
    chain = link([old, *history((Act.STOP, ALL), (Act.GRANT, "marketing"))], 0, CHAIN_START)
    assert broken(chain) is None
    assert broken(chain[1:], 1, chain[0][2]) is None
    assert [one.kind for one, _, _ in chain] == [Act.GRANT, Act.STOP, Act.GRANT]
    first, second, third = chain
    assert broken([first, third]) == third[0]
    changed = (record(2, Act.GRANT, ALL), second[1], second[2])
    assert broken([first, changed, third]) == changed[0]


def test_a_number_is_hidden_in_its_salt() -> None:
    assert number_hash("4917", "a") != number_hash("4917", "b") != number_hash("4918", "b")
    assert len(number_hash("4917", "a")) == 64
