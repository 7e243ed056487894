"""Deciding a batch: by score, or by lot in the weeks of people that are explored. Product and twin go through here."""

import numpy as np

from takt.core.admission import exploration, forecast, hazard, scoring
from takt.core.admission.arrays import Flags, Floats, Ints
from takt.core.admission.hazard import Model
from takt.core.admission.outlook import Outlook
from takt.core.admission.scoring import Candidates, Taste, Terms
from takt.core.value import value


@value
class Rules:
    """What decides: the model, what the future is worth, what people's gain is worth, the least score, the exploration."""

    model: Model
    outlook: Outlook
    taste: Taste
    reserve: float
    exploration: float


@value
class Decided:
    """What came of each message: its score and the terms, whether it passed by that, is let out, and how likely that was."""

    score: Floats
    terms: Terms
    passed: Flags
    let_out: Flags
    propensity: Floats


def decide(rules: Rules, offered: Candidates, person: Ints, room: Ints, multiplier: Floats, lot: Floats) -> Decided:
    """Decide messages. `room` is how many more each one's person may get; `multiplier` (nan: none) is the week's draw."""
    chances = hazard.chances(rules.model, offered.content, offered.affinity, offered.pressure)
    terms = scoring.weigh(rules.outlook, rules.taste, offered, chances)
    score = terms.score
    passed = scoring.best(score, rules.reserve, person, room)
    let_out = exploration.draw(passed, multiplier, lot)
    return Decided(score, terms, passed, let_out, exploration.propensities(passed, rules.exploration))


def forecast_days(rules: Rules, offered: Candidates, score: Floats, chosen: Flags) -> Floats:
    """Days until the chosen ones among these messages would pass by their score, which is this today.

    nan: not in sight; for the others, too.
    """
    days = np.where(chosen & (score > rules.reserve), 0.0, np.nan)
    late = np.flatnonzero(chosen & ~(score > rules.reserve))
    if len(late):
        some = Candidates(*(getattr(offered, name)[late] for name in Candidates.__dataclass_fields__))
        days[late] = forecast.passes_in_days(rules.model, rules.outlook, rules.taste, some, rules.reserve, score[late])
    return days
