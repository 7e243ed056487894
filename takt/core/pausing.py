"""The pausing test: whether people block and report the messages of a template more often than may be.

Always valid: it may be looked at after every message, and a template whose true rate is at most `good_rate` is ever
paused with a probability of at most `false_pause` in one trial. It is the one-sided mixture over all rates above the
good one, weighed by a beta distribution, and pauses when the likelihood of what was seen, against the good rate, is
1 / `false_pause` (Ville's inequality; docs/tact.md has the formula). The mirrored test, against `bad_rate`, releases.

What counts is a message that was read, or delivered an hour ago: people need time to say what they think. Section
`pausing` of the policy document.
"""

import math
from datetime import datetime, timedelta
from typing import Any, Final

from takt.core.beta import Beta, log_above, log_below, log_beta
from takt.core.document import Fields
from takt.core.value import value

AGAINST: Final = Beta(8, 330)
"""How the rates of bad templates are weighed: mean 2.4 %, tuned so that 2 % is seen soon."""
FOR: Final = Beta(1, 200)
"""How the rates of good ones are weighed: mean 0.5 %."""
TRIAL: Final = timedelta(days=28)
"""After so long, the past says little about the present: a new trial begins."""
FEW: Final = 10
"""So many blocks one after the other pause whatever the rules."""
MATURE_MIN_MAX: Final = 1440


@value
class Pausing:
    """Rates are shares of messages; `false_pause` and `false_release` the probabilities that may go wrong."""

    good_rate: float = 0.005
    bad_rate: float = 0.02
    false_pause: float = 0.01
    false_release: float = 0.05
    mature_min: int = 60

    @property
    def mature(self) -> timedelta:
        """How old a delivery must be to count though nobody read it."""
        return timedelta(minutes=self.mature_min)


def trial_since(began: datetime, now: datetime) -> datetime:
    """Since when feedback counts, if the template was let go at `began`: since then, in trials of four weeks."""
    return began + (now - began) // TRIAL * TRIAL


def log_evidence(n: int, k: int, rate: float) -> float:
    """How much likelier `k` of `n` are with a rate above `rate` than with this one, as a logarithm."""
    assert 0 <= k <= n, f"{k} of {n} messages"
    weighed = log_beta(AGAINST.a + k, AGAINST.b + n - k) - log_beta(AGAINST.a, AGAINST.b)
    one_sided = log_above(rate, AGAINST.a + k, AGAINST.b + n - k) - log_above(rate, AGAINST.a, AGAINST.b)
    return weighed + one_sided - k * math.log(rate) - (n - k) * math.log1p(-rate)


def log_relief(n: int, k: int, rate: float) -> float:
    """The mirror: how much likelier `k` of `n` are with a rate below `rate` than with this one, as a logarithm."""
    assert 0 <= k <= n, f"{k} of {n} messages"
    weighed = log_beta(FOR.a + k, FOR.b + n - k) - log_beta(FOR.a, FOR.b)
    one_sided = log_below(rate, FOR.a + k, FOR.b + n - k) - log_below(rate, FOR.a, FOR.b)
    return weighed + one_sided - k * math.log(rate) - (n - k) * math.log1p(-rate)


def trips(n: int, k: int, rules: Pausing) -> bool:
    """Whether the template is to be paused."""
    return k > 0 and log_evidence(n, k, rules.good_rate) >= -math.log(rules.false_pause)


def is_cleared(n: int, k: int, rules: Pausing) -> bool:
    """Whether what was held back may go out."""
    return n > 0 and log_relief(n, k, rules.bad_rate) >= -math.log(rules.false_release)


def tripping(n: int, rules: Pausing) -> int:
    """How many of `n` messages must be blocked or reported to pause: the next threshold, as it is shown.

    It may be more than `n`, where few messages say too little.
    """
    low, high = 0, n + FEW
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if trips(max(n, middle), middle, rules) else (middle, high)
    return high


def figures_of_trial(n: int, k: int, rules: Pausing) -> str:
    """A trial in one line for people, with the interval and the next threshold: never the rate alone."""
    low, high = Beta(0.5 + k, 49.5 + n - k).interval(0.9)
    return (
        f"{k} of {n} messages blocked or reported, {low * 100:.2f} to {high * 100:.2f} % (90 %);"
        f" pauses at {tripping(n, rules)}, allowed {rules.good_rate * 100:.2g} %."
    )


def parse(fields: Fields) -> Pausing:
    """The section from its document."""
    usual = Pausing()
    found = Pausing(
        fields.number("good_rate", usual.good_rate, 0.0005, 0.1),
        fields.number("bad_rate", usual.bad_rate, 0.001, 0.3),
        fields.number("false_pause", usual.false_pause, 0.0001, 0.2),
        fields.number("false_release", usual.false_release, 0.0001, 0.2),
        fields.whole("mature_min", usual.mature_min, 0, MATURE_MIN_MAX),
    )
    if found.bad_rate <= found.good_rate:
        raise fields.wrong("bad_rate", "must be above good_rate")
    fields.end(*render(found))
    return found


def render(section: Pausing) -> dict[str, Any]:
    """The section as a document, whole."""
    return {
        "good_rate": section.good_rate,
        "bad_rate": section.bad_rate,
        "false_pause": section.false_pause,
        "false_release": section.false_release,
        "mature_min": section.mature_min,
    }
