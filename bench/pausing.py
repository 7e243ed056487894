"""How soon bad templates are paused and how rarely good ones: the product's own test beside the usual ones, same runs."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.report import Table, machine
from takt.core.feedback import slot_of_time
from takt.core.pacing import Outcome, Pacing, Stage, outcome
from takt.core.pausing import Pausing, trips

NAME: Final = "pausing"
RUNS: Final = 1000
CAMPAIGNS: Final = 200
MESSAGES: Final = 20_000
RULES: Final = Pausing()
RATES: Final = (RULES.good_rate, 0.02, 0.04, 0.01)
WALD: Final = math.log(0.95 / 0.01)
GAIN, LOSS = math.log(0.02 / RULES.good_rate), math.log(0.98 / (1 - RULES.good_rate))
"""What a block and a message without one say for 2 % against the good rate."""
START: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
A_MINUTE: Final = 400
"""How many messages of a campaign go out in a minute, as far as there is room."""

Blocks = NDArray[np.int64]
"""At which messages, counted from one, people blocked."""
Rule = Callable[[Blocks], int | None]
"""By which message the rule pauses; None for never."""


def _mixture(at: Blocks) -> int | None:
    return next((int(n) for k, n in enumerate(at, 1) if trips(int(n), k, RULES)), None)


def _wilson(z: float) -> Rule:
    def pauses(at: Blocks) -> int | None:
        for k, n in enumerate(at, 1):
            p = k / n
            low = (p + z * z / (2 * n) - z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
            if low > RULES.good_rate:
                return int(n)
        return None

    return pauses


def _one_look(at: Blocks) -> int | None:
    """At 1,000 messages: so many blocks as the good rate brings with half a percent at most."""
    return 1000 if int(np.searchsorted(at, 1000, side="right")) >= 12 else None


def _cusum(at: Blocks) -> int | None:
    found, before = 0.0, 0
    for n in at:
        found = max(0.0, found + (int(n) - before - 1) * LOSS) + GAIN
        before = int(n)
        if found >= 7:
            return before
    return None


def _wald(at: Blocks) -> int | None:
    """Against 2 %, with its lower boundary, which takes a template for good once and for all."""
    lower = math.log(0.05 / 0.99)
    for k, n in enumerate(at, 1):
        if (k - 1) * GAIN + (int(n) - k) * LOSS <= lower:
            return None
        if k * GAIN + (int(n) - k) * LOSS >= WALD:
            return int(n)
    return None


TESTS: Final[tuple[tuple[str, Rule], ...]] = (
    ("Wilson 95 %, looked at after every message", _wilson(1.96)),
    ("Wilson 99 %, looked at after every message", _wilson(2.576)),
    ("one look at 1,000 messages", _one_look),
    ("CUSUM, h = 7", _cusum),
    ("Wald against 2 %, alpha 1 %", _wald),
    ("**Takt**: mixture, valid at every look, 1 %", _mixture),
)


def measure() -> tuple[Table, str]:
    """All rules on the same runs, then whole campaigns with pacing and people who take their time."""
    runs = {rate: [_run(rate, seed) for seed in range(RUNS)] for rate in RATES}
    rows = [[name, *(_said(rate, [test(at) for at in runs[rate]]) for rate in RATES)] for name, test in TESTS]
    notes = [
        f"{RUNS:,} runs of {MESSAGES:,} messages for each rate, the same for every rule; by which message half are paused",
        "the test alone, exactly and not by chance: tests/core/test_pausing.py (0.61 %, 319, 104)",
        *(_campaigns(rate) for rate in (0.003, 0.005, 0.02, 0.04)),
    ]
    columns = ("rule", "falsely paused at 0.5 %", "median until pause at 2 %", "at 4 %", "at 1 %")
    return Table(NAME, "Bad templates are paused soon, good ones hardly ever", columns, rows, notes), machine()


def _run(rate: float, seed: int) -> Blocks:
    chance = np.random.default_rng((seed, round(rate * 1e6)))
    return np.flatnonzero(chance.random(MESSAGES) < rate) + 1


def _said(rate: float, paused: Sequence[int | None]) -> str:
    hits = [one for one in paused if one is not None]
    if rate == RULES.good_rate:
        return f"{100 * len(hits) / len(paused):.1f} %"
    median = float(np.median([one if one is not None else math.inf for one in paused]))
    missed = "" if len(hits) == len(paused) else f" (missed {100 * (1 - len(hits) / len(paused)):.0f} %)"
    return ("never" if math.isinf(median) else f"{median:,.0f}") + missed


def _campaigns(rate: float) -> str:
    """New templates sent to 20,000 people, by the product's stages: what reached people, and what became of them."""
    found = [_campaign(rate, seed) for seed in range(CAMPAIGNS)]
    halted = [sent for word, sent, _ in found if word is Outcome.HALT]
    opened = [minutes for word, _, minutes in found if word is Outcome.OPEN]
    share = 100 * len(halted) / CAMPAIGNS
    told = [f"halted {share:.1f} %"]
    if halted:
        told.append(f"after {np.median(halted):,.0f} messages (median)")
    if opened:
        told.append(f"the rest let out after {np.median(opened):.0f} min (median)")
    return f"{CAMPAIGNS} campaigns with pacing, {100 * rate:.1f} % blocks, 60 % read, half of them within 20 min: {', '.join(told)}"


def _campaign(rate: float, seed: int) -> tuple[Outcome, int, int]:
    """One campaign by the minute: what became of it, how many messages went out, after how many minutes."""
    rules, chance = Pacing(), np.random.default_rng((seed, round(rate * 1e6), 7))
    reads = np.where(chance.random(MESSAGES) < 0.6, chance.exponential(29, MESSAGES), math.inf)
    blocks = np.where(chance.random(MESSAGES) < rate, np.minimum(reads, 45) + chance.exponential(3, MESSAGES), math.inf)
    sent_at = np.full(MESSAGES, math.inf)
    room, sent, minute = rules.batch, 0, 0
    while minute < 60 * 24:
        more = min(A_MINUTE, room - sent, MESSAGES - sent)
        sent_at[sent : sent + more] = minute
        sent += more
        n, k = _counted(sent_at[:sent], reads[:sent], blocks[:sent], minute)
        word = outcome(Stage(room, START, sent), n, k, rules, RULES, START + timedelta(minutes=minute))
        if word is Outcome.WIDEN:
            room *= rules.ramp
        elif word is not Outcome.WAIT:
            return word, sent, minute
        minute += 1
    return Outcome.WAIT, sent, minute


def _counted(
    sent_at: NDArray[np.float64], reads: NDArray[np.float64], blocks: NDArray[np.float64], minute: int
) -> tuple[int, int]:
    """What counts at that minute, as `store/trials.py` counts: read, or delivered in a slot that is over for an hour."""
    ripe = slot_of_time(START + timedelta(minutes=minute) - RULES.mature) - START
    was_read = sent_at + reads <= minute
    counts = was_read | (sent_at < ripe.total_seconds() / 60)
    against = counts & (sent_at + blocks <= minute)
    return int(counts.sum()), int(against.sum())
