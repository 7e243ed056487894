"""Which events go to an endpoint next, and what the outcome means for each of them.

An endpoint is *healthy* until a request fails in a way that speaks against the endpoint; then it is *failing*, rests
with growing pauses and is probed with single events. While healthy it gets its events in one of two ways:

- one event a POST, several POSTs at a time; those of one person never at the same time and never out of order. Most
  clients of the Cloud API read only the first event of a POST, so this is what an endpoint gets unless it asks for more.
- many events a POST, in order, when the endpoint asked for it. If such a batch is answered with an error, somebody in
  it may be to blame: the next one is a single event, and the size grows again from there, as TCP's slow start does.

A single event that fails while another one passes is set aside: it goes alone from then on, at its own growing
intervals, and blocks nobody. Whatever fails alone past its seven days is buried.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core import retry
from takt.core.ids import slot_of
from takt.core.retry import Outcome
from takt.core.value import value

EVENTS_MAX: Final = 1000
BODY_BYTES_MAX: Final = 3_000_000
POSTS_AT_ONCE_MAX: Final = 16

# What one event costs besides its own text: the entry around it, at worst.
FRAME_BYTES: Final = 100
SUSPECT_AFTER: Final = 3
STRIKES_MAX: Final = 3
OTHERS_PROBED_AFTER: Final = 4


@value
class Due:
    """An event that may go now: how often it failed alone, its size, and since when it has been owed."""

    event_id: UUID
    attempts: int
    size_bytes: int
    owed_since: datetime

    @property
    def is_suspect(self) -> bool:
        """Whether it failed alone so often that it goes alone for good."""
        return self.attempts >= SUSPECT_AFTER


@value
class Health:
    """How an endpoint has been answering.

    `cap` is the most events of the next POST and grows fast up to `threshold`, slowly beyond. `accused` failed alone
    just now, and the next event tells whether it or the endpoint is to blame. `strikes` counts suspects that failed
    with nothing passing in between; `alone_last` says that the last one to go was a suspect.
    """

    failures: int = 0
    failing_since: datetime | None = None
    cap: int = EVENTS_MAX
    threshold: int = EVENTS_MAX
    accused: Due | None = None
    strikes: int = 0
    alone_last: bool = False


@value
class Aside:
    """An event that goes alone from now on, and not before `due_at`."""

    event_id: UUID
    attempts: int
    due_at: datetime


@value
class Verdict:
    """What follows from an outcome. `rest_until` None: go on at once.

    `struck` failed alone once more. `acquitted` failed only because the endpoint did. `recall`: an event that had been
    set aside passed, so those still set aside may try their luck now.
    """

    health: Health
    done: tuple[UUID, ...] = ()
    struck: tuple[UUID, ...] = ()
    aside: tuple[Aside, ...] = ()
    buried: tuple[UUID, ...] = ()
    acquitted: tuple[UUID, ...] = ()
    recall: bool = False
    rest_until: datetime | None = None


def choose(health: Health, due: Sequence[Due], events_max: int = EVENTS_MAX) -> list[Due]:
    """The events of the next POST, in order, at most so many. `due` is not empty and in order."""
    assert due
    if health.failures > 0:
        return [_probe(health, due)]
    plain = [event for event in due if not event.is_suspect]
    if health.accused is not None:
        return [event for event in plain if event.event_id != health.accused.event_id][:1] or [due[0]]
    suspects = [event for event in due if event.is_suspect]
    if suspects and (not plain or not health.alone_last):
        return suspects[:1]
    return _fitting(plain[: min(health.cap, events_max)])


def choose_singles(health: Health, due: Sequence[Due]) -> list[list[Due]]:
    """Events that go one a POST: queues to be sent at the same time, each in its order until one of it fails.

    A person's events share the slot in their ids, and so the queue.
    """
    first = choose(health, due, 1)
    if health.failures > 0 or health.accused is not None or first[0].is_suspect:
        return [first]
    queues: list[list[Due]] = [[] for _ in range(POSTS_AT_ONCE_MAX)]
    for event in due:
        if not event.is_suspect:
            queues[slot_of(event.event_id) % POSTS_AT_ONCE_MAX].append(event)
    return [queue for queue in queues if queue]


def judge(
    health: Health, due: Sequence[Due], sent: Sequence[Due], outcome: Outcome, now: datetime, fraction: float
) -> Verdict:
    """What the outcome of sending `sent`, chosen from `due`, means. `fraction` (0 up to 1) is chance for the pauses."""
    assert sent
    if outcome.taken:
        return _passed(health, due, sent, outcome, now, fraction)
    if len(sent) > 1:
        smaller = replace(health, cap=1, threshold=max(1, len(sent) // 2), alone_last=False)
        # An error answered to many may be one event's fault: ask for one alone before the endpoint is blamed.
        return Verdict(smaller) if _blames_content(outcome) else _rest(smaller, outcome, now, fraction)
    return _failed_alone(health, due, sent[0], outcome, now, fraction)


def judge_singles(
    health: Health, due: Sequence[Due], tried: Sequence[tuple[Due, Outcome]], now: datetime, fraction: float
) -> Verdict:
    """What the outcomes of single events mean that were sent at about the same time."""
    assert tried
    if len(tried) == 1:
        event, outcome = tried[0]
        return judge(health, due, [event], outcome, now, fraction)
    done = tuple(event.event_id for event, outcome in tried if outcome.taken)
    failed = [(replace(event, attempts=event.attempts + 1), outcome) for event, outcome in tried if not outcome.taken]
    if not failed:
        return Verdict(Health(), done=done)
    if not done:
        return _rest(health, failed[0][1], now, fraction)
    # Others passed at the same time, so an error that was answered speaks against the event and not the endpoint.
    mild = [(event, outcome) for event, outcome in failed if not retry.is_over(event.owed_since, now)]
    against = next((outcome for _, outcome in failed if not _blames_content(outcome)), None)
    verdict = Verdict(Health()) if against is None else _rest(health, against, now, fraction)
    return replace(
        verdict,
        done=done,
        buried=tuple(event.event_id for event, _ in failed if retry.is_over(event.owed_since, now)),
        aside=tuple(_aside(event, outcome, now, fraction) for event, outcome in mild if _blames_content(outcome)),
        struck=tuple(event.event_id for event, outcome in mild if not _blames_content(outcome)),
    )


def _probe(health: Health, due: Sequence[Due]) -> Due:
    """The first event; now and then another one, in case the first is what brings the endpoint down."""
    if health.failures < OTHERS_PROBED_AFTER or health.failures % 2 == 1 or len(due) == 1:
        return due[0]
    return min(due[1:], key=lambda event: event.attempts)


def _fitting(events: Sequence[Due]) -> list[Due]:
    total, count = 0, 0
    for event in events:
        total += event.size_bytes + FRAME_BYTES
        if total > BODY_BYTES_MAX and count > 0:
            break
        count += 1
    return list(events[:count])


def _blames_content(outcome: Outcome) -> bool:
    return outcome.status is not None and outcome.status not in (429, 503)


def _passed(
    health: Health, due: Sequence[Due], sent: Sequence[Due], outcome: Outcome, now: datetime, fraction: float
) -> Verdict:
    grown = health.cap * 2 if health.cap < health.threshold else health.cap + max(1, health.cap // 8)
    if health.cap < health.threshold:
        grown = min(grown, health.threshold)
    better = Health(cap=min(grown, EVENTS_MAX), threshold=health.threshold, alone_last=sent[0].is_suspect)
    aside: tuple[Aside, ...] = ()
    if health.accused is not None and health.accused.event_id != sent[0].event_id:
        aside = (_aside(health.accused, outcome, now, fraction),)
    acquitted: tuple[UUID, ...] = ()
    if health.failures > 0 and sent[0] == due[0]:
        acquitted = tuple(event.event_id for event in due[1:] if event.attempts > 0)
    return Verdict(
        better,
        done=tuple(event.event_id for event in sent),
        aside=aside,
        acquitted=acquitted,
        recall=sent[0].is_suspect,
    )


def _failed_alone(
    health: Health, due: Sequence[Due], event: Due, outcome: Outcome, now: datetime, fraction: float
) -> Verdict:
    if retry.is_over(event.owed_since, now):
        return replace(_rest(health, outcome, now, fraction), buried=(event.event_id,))
    tried = replace(event, attempts=event.attempts + 1)
    if health.accused is None and health.failures == 0:
        return _first_failed(health, due, tried, outcome, now, fraction)
    if health.accused is None and tried.is_suspect and len(due) == 1:
        # Nothing else is there to ask: the endpoint may be well, so the next event gets its chance at once.
        lone = Health(cap=1, threshold=health.threshold)
        return Verdict(lone, aside=(_aside(tried, outcome, now, fraction),))
    return replace(_rest(health, outcome, now, fraction), struck=(event.event_id,))


def _first_failed(
    health: Health, due: Sequence[Due], tried: Due, outcome: Outcome, now: datetime, fraction: float
) -> Verdict:
    """A single event failed while the endpoint was thought to be well; it has been struck already."""
    if tried.attempts > SUSPECT_AFTER:
        return _suspect_failed(health, tried, outcome, now, fraction)
    others = any(not other.is_suspect and other.event_id != tried.event_id for other in due)
    if others and _blames_content(outcome):
        return Verdict(replace(health, cap=1, accused=tried), struck=(tried.event_id,))
    return replace(_rest(health, outcome, now, fraction), struck=(tried.event_id,))


def _suspect_failed(health: Health, tried: Due, outcome: Outcome, now: datetime, fraction: float) -> Verdict:
    aside = (_aside(tried, outcome, now, fraction),)
    if health.strikes + 1 >= STRIKES_MAX:
        return replace(_rest(health, outcome, now, fraction), aside=aside)
    return Verdict(replace(health, strikes=health.strikes + 1, alone_last=True), aside=aside)


def _aside(event: Due, outcome: Outcome, now: datetime, fraction: float) -> Aside:
    attempts = max(event.attempts, SUSPECT_AFTER)
    return Aside(event.event_id, attempts, retry.next_at(outcome, event.attempts, now, fraction))


def _rest(health: Health, outcome: Outcome, now: datetime, fraction: float) -> Verdict:
    failures = health.failures + 1
    worse = Health(failures, health.failing_since or now, cap=1, threshold=health.threshold)
    return Verdict(worse, rest_until=retry.next_at(outcome, failures, now, fraction))
