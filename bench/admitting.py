"""How fast marketing is decided: a batch of 200 by score, beside the plainest cap on the same batch."""

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from bench.report import Table, machine
from takt.core.admission import belief, exploration, hazard, outlook, scoring
from takt.core.admission.arrays import places
from takt.core.admission.outlook import GRID, Prospect, Stakes
from takt.core.admission.scoring import Candidates, Taste

NAME: Final = "admitting"
BATCH: Final = 200
SECONDS: Final = 4.0
COLUMNS: Final = ("case", "decisions per s", "p50 ms", "p99 ms", "p99 ms of processor time", "times the cap's p50")


def measure(seconds: float = SECONDS) -> tuple[Table, str]:
    """Time batches of 200."""
    cases = (("a plain weekly cap", _cap()), ("by score, every term kept", _score()))
    spans = [(name, _spans(call, seconds)) for name, call in cases]
    first = float(np.median(spans[0][1][0]))
    rows = [
        (
            name, f"{BATCH / float(np.mean(span)):,.0f}", f"{1e3 * float(np.median(span)):.3f}",
            f"{1e3 * float(np.quantile(span, 0.99)):.3f}", f"{1e3 * float(np.quantile(own, 0.99)):.3f}",
            f"{float(np.median(span)) / first:,.1f}",
        )
        for name, (span, own) in spans
    ]  # fmt: skip
    notes = [
        f"Batches of {BATCH} messages, one thread; the baseline is a cap with the dearest first, on arrays as well."
    ]
    return Table(NAME, "Admission of marketing", COLUMNS, rows, notes), machine()


def _score() -> Callable[[], object]:
    model, chance = hazard.prior(), np.random.default_rng(1)
    ahead = outlook.outlook(_prospect(), 4.0, Stakes())
    person = chance.integers(0, 150, BATCH)
    tolerance = chance.normal(0, 1, (BATCH, len(model.nodes)))
    seen = [chance.normal(0, 1, BATCH) for _ in range(2)]
    price, pressure, lot = chance.uniform(0.05, 0.15, BATCH), chance.uniform(0, 6, BATCH), chance.random(BATCH)
    multiplier = exploration.multipliers(chance.random(BATCH), 0.03)
    room = np.full(BATCH, 7)

    def decide() -> object:
        offered = Candidates(
            price, seen[0], seen[1], pressure, belief.weights(model, tolerance), np.ones(BATCH), np.zeros(BATCH)
        )
        chances = hazard.chances(model, offered.content, offered.affinity, offered.pressure)
        terms = scoring.weigh(ahead, Taste(0.1), offered, chances)
        passed = scoring.best(terms.score, 0.0, person, room)
        return exploration.draw(passed, multiplier, lot), exploration.propensities(passed, 0.03), terms

    return decide


def _cap() -> Callable[[], object]:
    chance = np.random.default_rng(1)
    person, price = chance.integers(0, 150, BATCH), chance.uniform(0.05, 0.15, BATCH)
    room = chance.integers(0, 3, BATCH)

    def decide() -> object:
        order = np.lexsort((-price, person))
        passed = np.zeros(BATCH, bool)
        passed[order] = places(person, order) < room[order]
        return passed

    return decide


def _prospect() -> Prospect:
    model, chance, count = hazard.prior(), np.random.default_rng(2), 100
    content, affinity, grid = chance.standard_normal(count), chance.standard_normal(count), len(GRID)
    flat = hazard.chances(model, np.repeat(content, grid), np.repeat(affinity, grid), np.tile(GRID, count))
    chances = flat.reshape(len(hazard.OUTCOMES), count, grid, len(model.nodes)).transpose(0, 3, 1, 2)
    return Prospect(np.full(count, 0.09), np.zeros(count), chances, np.ones(count), 0.7)


def _spans(call: Callable[[], object], seconds: float) -> tuple[list[float], list[float]]:
    """How long each call took: by the clock, and of the processor's time."""
    found: list[float] = []
    own: list[float] = []
    begun = time.perf_counter()
    while (before := time.perf_counter()) - begun < seconds:
        used = time.thread_time()
        call()
        own.append(time.thread_time() - used)
        found.append(time.perf_counter() - before)
    return found, own
