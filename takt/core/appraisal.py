"""An appraisal: every owner, company, sender and template with its reputation and colour, from one look at all counts."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final, Generic, TypeVar
from uuid import UUID

from takt.core.beta import Beta
from takt.core.reputation import (
    NONE,
    Estimate,
    Evidence,
    Place,
    Standards,
    Usual,
    chain,
    estimate,
    expected_of,
    quality,
    usual_rates,
)
from takt.core.value import value

K = TypeVar("K", bound=Hashable)

STEADY_H: Final = 6
"""For how many hours a colour stands before feedback may change it again, unless there was none."""


@value
class Portion:
    """What was counted of one template (or free words, "") in one place, and who stands behind it."""

    owner_id: UUID
    business_id: UUID
    sender_id: str
    template_id: str
    place: Place
    evidence: Evidence


@value
class Standing:
    """One of them as it stands: its estimate, its colour, and the limits that made the colour."""

    found: Estimate
    quality: str
    green: float
    red: float


@value
class Appraisal:
    """All of them. Templates are told apart by their company, whichever of its senders they went out by."""

    owners: Mapping[UUID, Standing]
    businesses: Mapping[UUID, Standing]
    senders: Mapping[str, Standing]
    templates: Mapping[str, Standing]
    usual: Usual


class _Sums(Generic[K]):
    """What was counted of each owner, company, sender or template, in all and in each place."""

    def __init__(self) -> None:
        self.evidence: defaultdict[K, Evidence] = defaultdict(lambda: NONE)
        self.places: defaultdict[K, defaultdict[Place, Evidence]] = defaultdict(lambda: defaultdict(lambda: NONE))
        self.above: dict[K, Portion] = {}

    def add(self, key: K, item: Portion) -> None:
        self.evidence[key] = self.evidence[key].plus(item.evidence)
        self.places[key][item.place] = self.places[key][item.place].plus(item.evidence)
        self.above[key] = item


def appraise(items: Sequence[Portion], standards: Standards) -> Appraisal:
    """Judge everybody by these counts."""
    owners, businesses, senders, templates = _Sums[UUID](), _Sums[UUID](), _Sums[str](), _Sums[str]()
    places: defaultdict[Place, Evidence] = defaultdict(lambda: NONE)
    sent_by: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        places[item.place] = places[item.place].plus(item.evidence)
        owners.add(item.owner_id, item)
        businesses.add(item.business_id, item)
        senders.add(item.sender_id, item)
        if item.template_id:
            templates.add(item.template_id, item)
            sent_by[item.template_id].add(item.sender_id)
    usual = usual_rates(places)
    expected = {owner_id: expected_of(mine, places) for owner_id, mine in owners.places.items()}

    def above(item: Portion, steps: int) -> list[Evidence]:
        return [owners.evidence[item.owner_id], businesses.evidence[item.business_id]][:steps]

    def over_template(template_id: str) -> list[Evidence]:
        """A template's senders, all that used it, are one step above it."""
        of_senders = NONE
        for sender_id in sent_by[template_id]:
            of_senders = of_senders.plus(senders.evidence[sender_id])
        return [*above(templates.above[template_id], 2), of_senders]

    def judged(sums: _Sums[K], over: Callable[[K], list[Evidence]]) -> dict[K, Standing]:
        return {
            key: _standing(chain([*over(key), found], expected[sums.above[key].owner_id]), sums, key, usual, standards)
            for key, found in sums.evidence.items()
        }

    return Appraisal(
        judged(owners, lambda _: []),
        judged(businesses, lambda key: above(businesses.above[key], 1)),
        judged(senders, lambda key: above(senders.above[key], 2)),
        judged(templates, over_template),
        usual,
    )


def _standing(known: Beta, sums: _Sums[K], key: K, usual: Usual, standards: Standards) -> Standing:
    found = estimate(known, sums.evidence[key])
    shares = {place: one.messages for place, one in sums.places[key].items()}
    green = usual.limit(shares, standards.green_factor)
    red = usual.limit(shares, standards.red_factor)
    return Standing(found, quality(found, green, red, standards), green, red)


def figures_of(standing: Standing) -> str:
    """A standing in one line for people: never the rate alone."""
    found = standing.found
    return (
        f"{_percent(found.low)} to {_percent(found.high)} harm in {found.messages:.0f} messages (90 %),"
        f" limit {_percent(standing.red)}"
    )


def kept_figures(standing: Standing | None) -> dict[str, float]:
    """The same as numbers, to be kept with what is decided by it; nothing where nothing was counted."""
    if standing is None:
        return {}
    found = standing.found
    return {
        "low": round(found.low, 5),
        "high": round(found.high, 5),
        "messages": round(found.messages, 1),
        "red_above": round(standing.red, 5),
    }


def _percent(rate: float) -> str:
    return f"{rate * 100:.2f} %"
