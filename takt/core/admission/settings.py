"""What the operator may set about admission. Section `admission` of the policy document.

`cap` is the cold start: so many marketing messages a week for everybody, and a little chance to learn from. `priced` lets
the score decide (`scoring`), `off` leaves everything to the other rules.
"""

from dataclasses import field
from typing import Any, Final

from takt.core.document import Fields
from takt.core.value import value

MODES: Final = ("off", "cap", "priced")
CAP_MAX: Final = 100
BUDGET_MAX: Final = 10_000
SEGMENTS_MAX: Final = 300
WEIGHT_MAX: Final = 1_000
WORTH_MAX: Final = 100_000
_MARKET_CHARS: Final = 2


@value
class Weights:
    """How much each of these annoys, beside one block."""

    block: float = 1.0
    report: float = 5.0
    stop: float = 5.0
    leave: float = 50.0


@value
class Admission:
    """The section.

    `budget` is annoyance a week per 1,000 people, `budgets` the same for single markets by their letters; `alpha` is money
    for each useful message, `other_worth` what a person brings besides marketing within the horizon, both in units of the currency.
    """

    mode: str = "cap"
    cap_per_week: int = 2
    person_per_week: int = 7
    budget: float = 15.0
    budgets: tuple[tuple[str, float], ...] = ()
    weights: Weights = field(default_factory=Weights)
    alpha: float = 0.1
    eta: float = 1.0
    reserve: float = 0.0
    horizon_days: int = 120
    floor_per_week: int = 50
    cold_exploration: float = 0.05
    exploration: float = 0.03
    hold_out: float = 0.01
    other_worth: float = 0.0

    def budget_of(self, segment: str) -> float:
        """The annoyance allowed in a segment, a week per 1,000 people."""
        return dict(self.budgets).get(segment, self.budget)

    @property
    def explored(self) -> float:
        """The share of people-weeks that are explored in this mode."""
        return {"cap": self.cold_exploration, "priced": self.exploration}.get(self.mode, 0.0)


def parse(fields: Fields) -> Admission:
    """The section from its document."""
    usual = Admission()
    mode = fields.raw.get("mode", usual.mode)
    if mode not in MODES:
        raise fields.wrong("mode", f"must be one of {', '.join(MODES)}")
    section = Admission(
        mode,
        fields.whole("cap_per_week", usual.cap_per_week, 0, CAP_MAX),
        fields.whole("person_per_week", usual.person_per_week, 0, CAP_MAX),
        fields.number("budget", usual.budget, 0, BUDGET_MAX),
        _budgets(fields.section("budgets")),
        _weights(fields.section("weights")),
        fields.number("alpha", usual.alpha, 0, WEIGHT_MAX),
        fields.number("eta", usual.eta, 0, 10),
        fields.number("reserve", usual.reserve, 0, WEIGHT_MAX),
        fields.whole("horizon_days", usual.horizon_days, 7, 730),
        fields.whole("floor_per_week", usual.floor_per_week, 0, 1_000_000),
        fields.number("cold_exploration", usual.cold_exploration, 0, 0.2),
        fields.number("exploration", usual.exploration, 0, 0.2),
        fields.number("hold_out", usual.hold_out, 0, 0.1),
        fields.number("other_worth", usual.other_worth, 0, WORTH_MAX),
    )
    fields.end(*render(section))
    return section


def render(section: Admission) -> dict[str, Any]:
    """The section as a document, whole."""
    told = {name: getattr(section, name) for name in Admission.__dataclass_fields__}
    told["budgets"] = dict(section.budgets)
    told["weights"] = {name: getattr(section.weights, name) for name in Weights.__dataclass_fields__}
    return told


def _budgets(fields: Fields) -> tuple[tuple[str, float], ...]:
    if len(fields.raw) > SEGMENTS_MAX:
        raise fields.wrong("", f"must name at most {SEGMENTS_MAX} markets")
    for market in fields.raw:
        if len(market) != _MARKET_CHARS or not market.isascii() or not market.isupper():
            raise fields.wrong(market, "must stand under the two letters of a market, such as DE")
    return tuple((market, fields.number(market, 0.0, 0, BUDGET_MAX)) for market in sorted(fields.raw))


def _weights(fields: Fields) -> Weights:
    usual = Weights()
    fields.end(*Weights.__dataclass_fields__)
    return Weights(*(fields.number(name, getattr(usual, name), 0, WEIGHT_MAX) for name in Weights.__dataclass_fields__))
