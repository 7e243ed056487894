"""A batch of marketing is decided as its messages would be one by one, whatever is known of its people."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takt.actions import admitting
from takt.actions.admitting import Admissions, Ask, Opinion
from takt.core.admission.book import ANYWHERE, Book, Owner, Segment
from takt.core.admission.hazard import NODES
from takt.core.admission.settings import Admission
from takt.core.tact import TactPolicy
from takt.store.admissions import Beliefs
from takt.store.recipients import LockedRecipient
from tests.actions.admitting import segment
from tests.world import NOW

DEAR, CHEAP = segment(4.0), segment(0.5)
OWNERS = (UUID(int=1), UUID(int=2))
PEOPLE_MAX = 30


def drawn(seed: int, count: int) -> tuple[Admissions, list[Ask], Beliefs]:
    """So many messages, each to another person, by chance; the second owner is known, and of some people something."""
    chance = np.random.default_rng(seed)
    held = Admission(mode="priced", exploration=0.3, hold_out=0.1, person_per_week=2)
    segments: dict[str, Segment] = {"DE": DEAR, ANYWHERE: CHEAP}
    book = Book(segments=segments, owners={OWNERS[1]: Owner(0.4, 0.2, 0.05)}, scores={"1": 0.5}, key=b"key")
    loaded, asks = Admissions(TactPolicy(admission=held), book), []
    for number in range(count):
        person = LockedRecipient(
            UUID(int=1000 + number), "", "", "", str(chance.choice(["DE", "FR"])), 0, read_receipts=True
        )
        person.marketing_at = _heard_at(chance)
        if chance.random() < 0.8:
            person.exposure, person.exposed_at = float(chance.uniform(0, 9)), NOW - timedelta(days=chance.uniform(0, 3))
        price, answers = int(chance.integers(0, 200_000)), bool(chance.random() < 0.2)
        one = Ask(UUID(int=seed << 16 | number), person, OWNERS[number % 2], str(number % 3), price, answers)
        asks.append(one)
    return loaded, asks, _beliefs(chance, count)


def _heard_at(chance: np.random.Generator) -> list[datetime]:
    return sorted(NOW - timedelta(days=days) for days in chance.uniform(0, 10, chance.integers(0, 4)))


def _beliefs(chance: np.random.Generator, count: int) -> Beliefs:
    known = chance.random(count) < 0.6
    logs = np.where(known[:, None], chance.normal(0, 1, (count, len(NODES))), 0.0)
    return Beliefs(logs, np.where(known, chance.normal(0, 1, count), 0.0))


@settings(max_examples=25)
@given(st.integers(0, 1 << 30), st.integers(1, PEOPLE_MAX))
def test_a_batch_is_decided_as_its_messages_alone(seed: int, count: int) -> None:
    loaded, asks, beliefs = drawn(seed, count)
    together = admitting.decide(loaded, asks, beliefs, NOW)
    alone = [
        admitting.decide(loaded, [one], Beliefs(beliefs.logs[at], beliefs.mean[at]), NOW)[0]
        for one, at in ((one, slice(place, place + 1)) for place, one in enumerate(asks))
    ]
    assert [_said(one) for one in together] == [_said(one) for one in alone]
    for one, other in zip(together, alone, strict=True):
        assert _numbers(one) == pytest.approx(_numbers(other), rel=1e-9, abs=1e-12)
        assert (one.next_at is None) == (other.next_at is None)
        assert one.next_at is None or other.next_at is None or abs(one.next_at - other.next_at) < timedelta(seconds=1)


def _said(one: Opinion) -> tuple[object, ...]:
    row = one.decision
    return one.passed, row.message_id, row.recipient_id, row.owner_id, row.passed, row.explored, row.held_out


def _numbers(one: Opinion) -> list[float]:
    row = one.decision
    return [row.shadow, row.propensity, row.content, row.affinity, row.pressure, *row.terms]
