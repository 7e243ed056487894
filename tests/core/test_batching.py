"""Batches and their outcomes, by a simulated endpoint: nothing is lost, nobody blocks the others, order is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takt.core import batching
from takt.core.batching import (
    BODY_BYTES_MAX,
    EVENTS_MAX,
    Due,
    Health,
    Verdict,
    choose,
    choose_singles,
    judge,
    judge_singles,
)
from takt.core.ids import make_id, slot_of
from takt.core.retry import LIFE, Outcome

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
OK, ERROR, BUSY, GONE = Outcome(200, 0.1), Outcome(500, 0.1), Outcome(429, 0.1), Outcome(None, 5.0, error="connect")

PEOPLE = 7

Answer = Callable[[list[int], datetime], Outcome]


def due(number: int, attempts: int = 0, size: int = 500) -> Due:
    return Due(make_id(number, number % PEOPLE, number * 2_654_435_761 % (1 << 62)), attempts, size, START)


def number_of(event_id: UUID) -> int:
    return event_id.int >> 80


@dataclass
class Line:
    """What the worker does with the verdicts, in memory."""

    answer: Answer
    together: int = EVENTS_MAX
    owed: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)
    buried: list[int] = field(default_factory=list)
    posts: list[list[int]] = field(default_factory=list)
    health: Health = field(default_factory=Health)
    now: datetime = START

    def add(self, *numbers: int) -> None:
        self.owed.update(dict.fromkeys(numbers, (0, self.now)))

    def turn(self) -> bool:
        """One POST, or a jump to when there is something to do; False when nothing is owed."""
        ready = [number for number, (_, at) in sorted(self.owed.items()) if at <= self.now]
        if not ready:
            if not self.owed:
                return False
            self.now = min(at for _, at in self.owed.values())
            return True
        window = [due(number, self.owed[number][0]) for number in ready[:EVENTS_MAX]]
        verdict = self._singles(window) if self.together == 1 else self._batch(window)
        self.health = verdict.health
        for one in verdict.done:
            del self.owed[number_of(one)]
            self.taken.append(number_of(one))
        for one in verdict.buried:
            del self.owed[number_of(one)]
            self.buried.append(number_of(one))
        for one in verdict.struck:
            attempts, at = self.owed[number_of(one)]
            self.owed[number_of(one)] = attempts + 1, at
        for one in verdict.acquitted:
            self.owed[number_of(one)] = 0, self.owed[number_of(one)][1]
        if verdict.recall:
            self.owed = {number: (attempts, min(at, self.now)) for number, (attempts, at) in self.owed.items()}
        for aside in verdict.aside:
            self.owed[number_of(aside.event_id)] = aside.attempts, aside.due_at
        if verdict.rest_until is not None:
            assert verdict.rest_until > self.now
            self.now = verdict.rest_until
        return True

    def _batch(self, window: list[Due]) -> Verdict:
        sent = choose(self.health, window, self.together)
        outcome = self._post(sent)
        self.now += timedelta(seconds=outcome.duration_s)
        return judge(self.health, window, sent, outcome, self.now, 0.5)

    def _singles(self, window: list[Due]) -> Verdict:
        tried: list[tuple[Due, Outcome]] = []
        for queue in choose_singles(self.health, window):
            for event in queue:
                tried.append((event, self._post([event])))
                if not tried[-1][1].taken:
                    break
        self.now += timedelta(seconds=max(outcome.duration_s for _, outcome in tried))
        return judge_singles(self.health, window, tried, self.now, 0.5)

    def _post(self, sent: list[Due]) -> Outcome:
        numbers = [number_of(one.event_id) for one in sent]
        self.posts.append(numbers)
        return self.answer(numbers, self.now)

    def run(self, turns: int = 10_000) -> None:
        for _ in range(turns):
            if not self.turn():
                return
        raise AssertionError(f"{len(self.owed)} events are still owed after {turns} turns")


both = pytest.mark.parametrize("together", [1, EVENTS_MAX])
ways = st.sampled_from([1, EVENTS_MAX])


def poisoned(poison: set[int], outcome: Outcome = ERROR) -> Answer:
    return lambda numbers, _now: outcome if poison & set(numbers) else OK


def test_a_healthy_endpoint_gets_full_batches_in_order() -> None:
    line = Line(lambda _numbers, _now: OK)
    line.add(*range(2500))
    line.run()
    assert line.taken == list(range(2500))
    assert [len(post) for post in line.posts] == [1000, 1000, 500]


@given(st.lists(st.integers(1, 2 * BODY_BYTES_MAX), min_size=1, max_size=30))
def test_a_batch_keeps_its_bytes_and_is_never_empty(sizes: list[int]) -> None:
    window = [due(number, size=size) for number, size in enumerate(sizes)]
    sent = choose(Health(), window)
    assert sent == window[: len(sent)]
    assert sent
    assert len(sent) == 1 or sum(one.size_bytes for one in sent) <= BODY_BYTES_MAX


@settings(max_examples=25)
@given(st.sets(st.integers(0, 299), max_size=6), st.sampled_from([ERROR, Outcome(413, 0.1), Outcome(302, 0.1)]), ways)
def test_poison_blocks_nobody_and_is_buried_in_the_end(poison: set[int], outcome: Outcome, together: int) -> None:
    line = Line(poisoned(poison, outcome), together)
    line.add(*range(300))
    while set(line.owed) - poison:
        assert line.turn()
        assert line.now - START < timedelta(minutes=10), "the others wait for the poison"
    assert set(line.taken) == set(range(300)) - poison
    line.run()
    assert set(line.buried) == poison
    assert line.now - START >= LIFE or not poison


@both
def test_what_comes_while_one_poison_event_is_owed_goes_at_once(together: int) -> None:
    line = Line(poisoned({0}), together)
    line.add(0)
    while line.now - START < timedelta(hours=5):
        line.turn()
    line.add(1)
    came = line.now
    while 1 in line.owed:
        line.turn()
    assert line.now - came < timedelta(seconds=10)


@both
def test_an_event_that_kills_the_receiver_is_told_from_a_receiver_that_is_down(together: int) -> None:
    up_at = START

    def fragile(numbers: list[int], now: datetime) -> Outcome:
        nonlocal up_at
        if now < up_at:
            return GONE
        if 5 in numbers:
            up_at = now + timedelta(seconds=1)
            return Outcome(None, 0.1, error="broken")
        return OK

    line = Line(fragile, together)
    line.add(*range(20))
    while set(line.owed) != {5}:
        assert line.turn()
        assert line.now - START < timedelta(minutes=15)


@settings(max_examples=25)
@given(st.sampled_from([ERROR, BUSY, GONE]), st.integers(1, 3 * 24 * 3600), st.integers(1, 1500), ways)
def test_after_an_outage_everything_comes_soon_and_almost_in_order(
    outcome: Outcome, down_s: int, count: int, together: int
) -> None:
    back = START + timedelta(seconds=down_s)
    line = Line(lambda _numbers, now: outcome if now < back else OK, together)
    line.add(*range(count))
    line.run()
    assert sorted(line.taken) == list(range(count))
    assert line.now - back < timedelta(hours=1, minutes=1)
    for person in range(PEOPLE):
        taken = [number for number in line.taken if number % PEOPLE == person]
        early = [number for place, number in enumerate(taken) if number > place * PEOPLE + person]
        assert len(early) <= 2, "a probe may have gone ahead, no more"


def test_singles_go_at_the_same_time_but_those_of_one_person_in_order() -> None:
    window = [due(number) for number in range(200)]
    queues = choose_singles(Health(), window)
    assert 1 < len(queues) <= batching.POSTS_AT_ONCE_MAX
    assert sorted(event.event_id for queue in queues for event in queue) == [event.event_id for event in window]
    for queue in queues:
        assert queue == sorted(queue, key=lambda event: event.event_id)
    for slot in range(PEOPLE):
        assert sum(any(slot_of(event.event_id) == slot for event in queue) for queue in queues) == 1


def test_an_endpoint_that_takes_five_gets_five() -> None:
    line = Line(lambda _numbers, _now: OK, together=5)
    line.add(*range(12))
    line.run()
    assert [len(post) for post in line.posts] == [5, 5, 2]


def test_of_singles_some_failed_ones_are_set_aside_when_others_pass() -> None:
    window = [due(number) for number in range(4)]
    tried = [(window[0], OK), (window[1], ERROR), (window[2], OK)]
    verdict = judge_singles(Health(), window, tried, START, 0.5)
    assert verdict.done == (window[0].event_id, window[2].event_id)
    assert [one.event_id for one in verdict.aside] == [window[1].event_id]
    assert verdict.rest_until is None


def test_a_busy_answer_to_one_single_lets_the_endpoint_rest_though_others_pass() -> None:
    window = [due(number) for number in range(3)]
    verdict = judge_singles(Health(), window, [(window[0], OK), (window[1], BUSY)], START, 0.5)
    assert verdict.done == (window[0].event_id,)
    assert (verdict.aside, verdict.struck) == ((), (window[1].event_id,))
    assert verdict.rest_until is not None


def test_when_all_singles_fail_none_is_to_blame() -> None:
    window = [due(number) for number in range(3)]
    verdict = judge_singles(Health(), window, [(window[0], ERROR), (window[1], ERROR)], START, 0.5)
    assert (verdict.aside, verdict.struck, verdict.health.failures) == ((), (), 1)


def test_a_short_outage_changes_no_order_at_all() -> None:
    line = Line(lambda _numbers, now: ERROR if now - START < timedelta(seconds=5) else OK)
    line.add(*range(40))
    line.run()
    assert line.taken == list(range(40))


def test_while_down_an_endpoint_gets_one_event_a_round_and_few_rounds() -> None:
    line = Line(lambda _numbers, _now: GONE)
    line.add(*range(500))
    while line.now - START < timedelta(days=1):
        line.turn()
    assert {len(post) for post in line.posts[1:]} == {1}
    assert len(line.posts) < 50


def test_a_receiver_that_takes_only_small_batches_gets_small_ones() -> None:
    line = Line(lambda numbers, _now: Outcome(413, 0.1) if len(numbers) > 100 else OK)
    line.add(*range(5000))
    line.run()
    assert line.taken == list(range(5000))
    assert len(line.posts) < 300


def test_when_the_first_passes_after_an_outage_the_others_were_not_to_blame() -> None:
    window = [due(0, 5), due(1, 4), due(2)]
    verdict = judge(Health(failures=9), window, window[:1], OK, START, 0)
    assert verdict.acquitted == (window[1].event_id,)
    assert judge(Health(failures=9), window, window[1:2], OK, START, 0).acquitted == ()


def test_a_busy_receiver_is_left_alone_at_once() -> None:
    verdict = judge(Health(), [due(1), due(2)], [due(1), due(2)], Outcome(429, 0.1, retry_after_s=30), START, 0)
    assert verdict.rest_until == START + timedelta(seconds=30)
    assert verdict.health.failures == 1


def test_whatever_fails_alone_past_its_days_is_buried() -> None:
    old = Due(UUID(int=1), 7, 500, START - LIFE)
    verdict = judge(Health(), [old], [old], ERROR, START, 0)
    assert verdict.buried == (old.event_id,)


@settings(max_examples=25)
@given(st.data())
def test_whatever_an_endpoint_does_no_event_is_lost_or_taken_twice(data: st.DataObject) -> None:
    outcomes = data.draw(st.lists(st.sampled_from([OK, OK, ERROR, BUSY, GONE]), min_size=1, max_size=200))
    turns = iter(outcomes)
    line = Line(lambda _numbers, _now: next(turns, OK), data.draw(ways))
    line.add(*range(data.draw(st.integers(1, 60))))
    total = len(line.owed)
    line.run()
    assert sorted(line.taken + line.buried) == list(range(total))
    assert batching.EVENTS_MAX >= line.health.cap >= 1


@both
def test_when_one_that_was_set_aside_passes_the_others_follow_at_once(together: int) -> None:
    poison, mended = set(range(0, 80, 10)), START + timedelta(hours=20)
    line = Line(lambda numbers, now: ERROR if poison & set(numbers) and now < mended else OK, together)
    passed_at: dict[int, datetime] = {}
    for number in range(25 * 60):
        line.add(number)
        while line.now < START + timedelta(minutes=number + 1) and line.turn():
            passed_at |= dict.fromkeys(poison & set(line.taken) - set(passed_at), line.now)
    assert set(passed_at) == poison
    assert max(passed_at.values()) - min(passed_at.values()) < timedelta(minutes=3)
