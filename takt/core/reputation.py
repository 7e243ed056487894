"""Reputation: how much harm the messages of a template, sender, company or owner do, with how much we do not know.

Beta-binomial. Harm is counted in blocks (a report is five, a mute 0.3: `core/feedback.HARM`), replies and words of
interest speak for a message as one more that was well taken. Each level takes its expectation from the one above it:
template, sender, company, owner, category; and of that one what it would be without this very child, so that nothing
counts twice. The past fades with a half-life of 28 days. What is shown is an interval, never the bare rate.

A level stands within its market and category: the limits are multiples of what is usual there. Section `reputation`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import Any, Final

from takt.core.beta import Beta
from takt.core.document import Fields
from takt.core.value import value

PRIOR: Final = Beta(0.5, 49.5)
"""What is expected where nothing is known: one percent, as if fifty messages had said so."""
HALF_LIFE: Final = timedelta(days=28)
SPAN: Final = timedelta(days=112)
"""How far back counts are looked at: what is older weighs a sixteenth and less."""
INTERVAL: Final = 0.9
RATE_LEAST: Final = 0.01
RATE_MOST: Final = 0.04
MESSAGES_MAX: Final = 100_000


@value
class Standards:
    """`known_from`: messages that say something. `green_factor`, `red_factor`: multiples of the usual rate.

    `stop_covers_owner`: who stops advertising of one company stops that of all companies of its owner.
    """

    known_from: int = 50
    green_factor: float = 2.0
    red_factor: float = 2.0
    stop_covers_owner: bool = True


@value
class Evidence:
    """Messages, and what was counted against and for them; all fade, so none need be whole."""

    messages: float = 0.0
    harm: float = 0.0
    favour: float = 0.0

    def plus(self, other: "Evidence") -> "Evidence":
        """Both together."""
        return Evidence(self.messages + other.messages, self.harm + other.harm, self.favour + other.favour)

    def without(self, other: "Evidence") -> "Evidence":
        """What is left without a part of it; rounding never leaves less than nothing."""
        rest = (self.messages - other.messages, self.harm - other.harm, self.favour - other.favour)
        return Evidence(*(max(0.0, one) for one in rest))


NONE: Final = Evidence()


@value
class Estimate:
    """A rate of harm as it is known: the middle, and the interval that holds it with 90 %. `messages` say so."""

    rate: float
    low: float
    high: float
    messages: float


@value
class Place:
    """Where messages were received: the market and their category."""

    market: str
    category: str


@value
class Usual:
    """The rates that are usual in each place; elsewhere that of the prior."""

    rates: Mapping[Place, float] = field(default_factory=dict)

    def limit(self, shares: Mapping[Place, float], factor: float) -> float:
        """So many times the usual rate, weighed by how many messages went where; never below 1 % or above 4 %."""
        whole = sum(shares.values())
        if whole <= 0:
            return _bounded(PRIOR.mean * factor)
        return sum(_bounded(self.rates.get(place, PRIOR.mean) * factor) * n for place, n in shares.items()) / whole


def posterior(evidence: Evidence, expected: float = PRIOR.mean) -> Beta:
    """What is known of a rate, of which `expected` is thought before; as strong as fifty messages."""
    strength = PRIOR.a + PRIOR.b
    harm = min(evidence.harm, evidence.messages)
    return Beta(strength * expected + harm, strength * (1 - expected) + evidence.messages - harm + evidence.favour)


def chain(levels: Sequence[Evidence], expected: float = PRIOR.mean) -> Beta:
    """What is known of the last of these levels, each of which is part of the one before it; the broadest first.

    `expected` is thought of the first one before anything is known of it.
    """
    known = posterior(NONE, expected)
    for place, level in enumerate(levels):
        own = level.without(levels[place + 1]) if place + 1 < len(levels) else level
        known = posterior(own, known.mean)
    return known


def estimate(known: Beta, evidence: Evidence) -> Estimate:
    """The same as it is shown."""
    low, high = known.interval(INTERVAL)
    return Estimate(known.mean, low, high, evidence.messages)


def expected_of(own: Mapping[Place, Evidence], everybody: Mapping[Place, Evidence]) -> float:
    """What the others do in the places of somebody's own messages, weighed by how many went where: all there is to expect."""
    whole = sum(one.messages for one in own.values())
    if whole <= 0:
        return PRIOR.mean
    rates = {place: posterior(everybody.get(place, NONE).without(mine)).mean for place, mine in own.items()}
    return sum(rates[place] * mine.messages for place, mine in own.items()) / whole


def usual_rates(places: Mapping[Place, Evidence]) -> Usual:
    """What is usual in each place, by what all senders did there."""
    return Usual({place: posterior(found).mean for place, found in places.items()})


def quality(found: Estimate, green: float, red: float, standards: Standards) -> str:
    """GREEN: surely below its limit; RED: surely above; YELLOW: neither; UNKNOWN: too few messages to say."""
    if found.messages < standards.known_from:
        return "UNKNOWN"
    if found.high <= green:
        return "GREEN"
    return "RED" if found.low > red else "YELLOW"


def _bounded(rate: float) -> float:
    return min(RATE_MOST, max(RATE_LEAST, rate))


def parse(fields: Fields) -> Standards:
    """The section from its document."""
    usual = Standards()
    found = Standards(
        fields.whole("known_from", usual.known_from, 1, MESSAGES_MAX),
        fields.number("green_factor", usual.green_factor, 0.5, 20),
        fields.number("red_factor", usual.red_factor, 0.5, 20),
        fields.flag("stop_covers_owner", usual=usual.stop_covers_owner),
    )
    if found.red_factor < found.green_factor:
        raise fields.wrong("red_factor", "must be green_factor or more")
    fields.end(*render(found))
    return found


def render(section: Standards) -> dict[str, Any]:
    """The section as a document, whole."""
    return {
        "known_from": section.known_from,
        "green_factor": section.green_factor,
        "red_factor": section.red_factor,
        "stop_covers_owner": section.stop_covers_owner,
    }
