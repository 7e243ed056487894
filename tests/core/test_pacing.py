"""Pacing: whose turn it is by chance, and what feedback means for the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from takt.core.pacing import Outcome, Pacing, Stage, outcome, turn_at
from takt.core.pausing import Pausing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES, PAUSING = Pacing(), Pausing()
HOLD = timedelta(minutes=RULES.hold_min)


def test_a_few_go_at_once_and_the_rest_by_the_chance_in_their_ids() -> None:
    assert turn_at(NOW, 0.9, 49, RULES) == NOW
    assert turn_at(NOW, 0.9, 50, RULES) == NOW + timedelta(minutes=9)
    assert turn_at(NOW, 0.0, 50, RULES) == NOW


@pytest.mark.parametrize(
    ("stage", "n", "k", "found"),
    [
        (Stage(400, NOW, 400), 400, 8, Outcome.HALT),
        (Stage(400, NOW, 120), 60, 5, Outcome.HALT),
        (Stage(400, NOW, 400), 300, 0, Outcome.OPEN),
        (Stage(400, NOW, 200), 200, 0, Outcome.OPEN),
        (Stage(400, NOW, 399), 150, 0, Outcome.WAIT),
        (Stage(400, NOW, 400), 150, 0, Outcome.WAIT),
        (Stage(400, NOW, 400), 220, 2, Outcome.WIDEN),
        (Stage(400, NOW - HOLD, 400), 100, 2, Outcome.WIDEN),
        (Stage(800, NOW - HOLD, 800), 200, 4, Outcome.WAIT),
        (Stage(800, NOW - 2 * HOLD, 800), 200, 4, Outcome.WIDEN),
        (Stage(3200, NOW - 4 * HOLD, 3200), 100, 2, Outcome.OPEN),
        (Stage(400, NOW, 400), 220, 5, Outcome.WAIT),
    ],
)
def test_feedback_opens_widens_waits_or_halts(stage: Stage, n: int, k: int, found: Outcome) -> None:
    assert outcome(stage, n, k, RULES, PAUSING, NOW) is found
