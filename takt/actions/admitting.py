"""Marketing is weighed: what is believed of the people of a batch is loaded, and all its messages are decided at once.

The decision itself is `takt.core.admission`. What comes of it are facts of the rules `pressure` and `held_out`, and a
row of the log. A second message of a batch to the same person is weighed anew, after what the first added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from takt.core.admission import belief, book, cold, deciding, exploration
from takt.core.admission.arrays import Flags, Floats
from takt.core.admission.book import Book, Owner, Segment
from takt.core.admission.deciding import Rules
from takt.core.admission.exposure import KEEP_PER_DAY, WEIGHTS
from takt.core.admission.scoring import Candidates, Taste
from takt.core.admission.settings import Admission
from takt.core.caps import WEEK
from takt.core.facts import Facts
from takt.core.tact import TactPolicy
from takt.core.value import value
from takt.store import admissions
from takt.store.admissions import Beliefs, Decision, Parts
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient

Seen = tuple[float, float, float]
"""Content score, liking and exposure, as they were seen."""
MICROS: Final = 1_000_000
NOTHING: Final[Parts] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_DAY: Final = timedelta(days=1)
_FIGURE: Final = (
    "score %.4f = price %.4f + gain %.4f - loss %.4f - charge %.4f (%.2f x annoyance %.5f) - tiring %.4f"
    " + bonus %.4f; model %d, policy %d%s"
)


@value
class Ask:
    """A marketing message that waits for its decision. `answers`: the person wrote to the sender within a day."""

    message_id: UUID
    person: LockedRecipient
    owner_id: UUID
    template_id: str
    price_micros: int
    answers: bool = False


@value
class Drawn:
    """How one was decided: the mode and its price of annoyance, by score, by lot, held out, and how likely that was."""

    mode: str
    shadow: float
    passed: bool
    explored: bool
    held_out: bool
    propensity: float


@value
class Luck:
    """What lots say of each: the week's multiplier (nan: not explored), one of its own where that counts, held out."""

    multiplier: Floats
    explored: Flags
    lot: Floats
    held_out: Flags


@value
class Opinion:
    """What came of one: whether it may go out by this rule, when if not, the number behind it, and its row of the log."""

    passed: bool
    next_at: datetime | None
    figure: str
    decision: Decision


@dataclass(slots=True)
class Admissions:
    """What decides about the marketing of a batch, what is believed of its people, and what came of its messages."""

    policy: TactPolicy = field(default_factory=TactPolicy)
    book: Book = field(default_factory=Book)
    beliefs: Beliefs = field(default_factory=Beliefs)
    opinions: dict[UUID, Opinion] = field(default_factory=dict)

    @property
    def settings(self) -> Admission:
        """What the operator set."""
        return self.policy.admission


async def load(
    conn: Conn, part: int, policy: TactPolicy, ground: Book, asks: Sequence[Ask], now: datetime
) -> Admissions:
    """Load what is believed of the people, and decide all of these messages."""
    loaded = Admissions(policy, ground)
    if not asks:
        return loaded
    edges = list({(one.person.recipient_id, one.owner_id) for one in asks})
    loaded.beliefs = await admissions.beliefs(conn, part, edges)
    loaded.opinions = {one.decision.message_id: one for one in decide(loaded, asks, now)}
    return loaded


def look(loaded: Admissions, ask: Ask, now: datetime) -> Opinion:
    """What came of a message, or what comes of it now if the batch let another one out to the same person before."""
    if ask.message_id in loaded.opinions and not ask.person.added:
        return loaded.opinions[ask.message_id]
    return decide(loaded, [ask], now)[0]


def add_facts(found: Facts, opinion: Opinion) -> None:
    """What the rules look at."""
    found.pressure_mode = opinion.decision.mode
    found.pressure_passed, found.pressure_next_at = opinion.passed, opinion.next_at
    found.pressure_figure, found.held_out = opinion.figure, opinion.decision.held_out


def add_exposure(person: LockedRecipient, category: str) -> None:
    """One more message of this category on its way to the person."""
    person.added += WEIGHTS[category]


def pressure(person: LockedRecipient, now: datetime) -> float:
    """How much has reached a person of late, with what the batch adds."""
    if person.exposed_at is None:
        return person.added
    days = max(0.0, (now - person.exposed_at) / _DAY)
    return float(person.exposure * KEEP_PER_DAY**days) + person.added


def decide(loaded: Admissions, asks: Sequence[Ask], now: datetime) -> list[Opinion]:
    """Decide messages by the mode of the policy; where nothing is known of a market, by the cap of the cold start."""
    found: dict[int, Opinion] = {}
    if loaded.settings.mode == "priced":
        for market in sorted({one.person.market for one in asks}):
            segment = loaded.book.segment(market)
            if segment is not None and book.fits(segment, loaded.book.model):
                places = [place for place, one in enumerate(asks) if one.person.market == market]
                weighed = _by_score(loaded, segment, [asks[place] for place in places], now)
                found.update(zip(places, weighed, strict=True))
    rest = [place for place in range(len(asks)) if place not in found]
    if rest:
        found.update(zip(rest, _by_cap(loaded, [asks[place] for place in rest], now), strict=True))
    return [found[place] for place in range(len(asks))]


def _by_cap(loaded: Admissions, asks: Sequence[Ask], now: datetime) -> list[Opinion]:
    settings = loaded.settings
    people = [one.person.recipient_id for one in asks]
    lots = exploration.lots(loaded.book.key, f"cap {_week(now)}", people)
    return [_capped(loaded, settings, one, float(lot), now) for one, lot in zip(asks, lots, strict=True)]


def _capped(loaded: Admissions, settings: Admission, one: Ask, lot: float, now: datetime) -> Opinion:
    found = cold.decide(settings.cap_per_week, lot, settings.cold_exploration, one.person.marketing_at, now)
    figure = f"{found.count} of {found.allowed} advertising messages in 7 days, while little is known"
    seen = (_content(loaded, one), _affinity(loaded, one, loaded.book.owner(one.owner_id)), pressure(one.person, now))
    price = (one.price_micros / MICROS, *NOTHING[1:])
    explored = found.allowed != settings.cap_per_week
    drawn = Drawn("cap", 0.0, found.passed, explored, False, found.propensity)
    decision = _decision(loaded, one, drawn, seen, price)
    return Opinion(found.passed, found.next_at, figure, decision)


def _by_score(loaded: Admissions, segment: Segment, asks: Sequence[Ask], now: datetime) -> list[Opinion]:
    settings = loaded.settings
    ids = [one.person.recipient_id for one in asks]
    rules = Rules(
        loaded.book.model, book.ahead(segment, settings), Taste(settings.alpha), settings.reserve, settings.exploration
    )
    offered = _candidates(loaded, asks, now)
    numbers = {recipient_id: place for place, recipient_id in enumerate(dict.fromkeys(ids))}
    person = np.asarray([numbers[one] for one in ids])
    room = np.asarray([settings.person_per_week - _heard(one.person, now) for one in asks])
    luck = _draw(loaded, asks, ids, now)
    decided = deciding.decide(rules, offered, person, room, luck.multiplier, luck.lot)
    days = deciding.forecast_days(rules, offered, ~decided.let_out & ~luck.held_out)
    terms = decided.terms
    columns = (
        np.stack((terms.price, terms.gain, terms.loss, terms.annoyance, terms.charge, terms.tiring, terms.bonus), 1),
        np.stack((offered.content, offered.affinity, offered.pressure), 1),
        decided.let_out, decided.passed, luck.explored, luck.held_out,
        np.where(luck.held_out, 0.0, decided.propensity), terms.score, days,
    )  # fmt: skip
    opinions, shadow = [], segment.shadow.price
    for one, row, seen, let_out, passed, explored, held_out, propensity, score, wait in zip(
        asks, *(column.tolist() for column in columns), strict=True
    ):
        drawn = Drawn("priced", shadow, passed, explored, held_out, propensity)
        decision = _decision(loaded, one, drawn, tuple(seen), tuple(row))
        next_at = None if let_out else _next_at(settings, decision, one.person, wait, now)
        opinions.append(Opinion(let_out, next_at, _figure(score, decision), decision))
    return opinions


def _draw(loaded: Admissions, asks: Sequence[Ask], ids: Sequence[UUID], now: datetime) -> Luck:
    settings, key = loaded.settings, loaded.book.key
    multiplier = exploration.multipliers(exploration.lots(key, f"week {_week(now)}", ids), settings.exploration)
    explored = ~np.isnan(multiplier)
    lot = np.full(len(asks), 0.5)
    some = np.flatnonzero(explored)
    lot[some] = exploration.lots(key, "message", [asks[int(place)].message_id for place in some])
    out = exploration.held_out(exploration.lots(key, f"held out {now:%Y}", ids), settings.hold_out)
    return Luck(multiplier, explored, lot, out & np.asarray([not one.answers for one in asks]))


def _next_at(
    settings: Admission, decision: Decision, person: LockedRecipient, days: float, now: datetime
) -> datetime | None:
    """When a refused message may pass: after an explored week, when there is room again, or when exposure has faded."""
    if decision.passed and decision.explored:
        return _monday_after(now)
    if days != days:  # noqa: PLR0124 - not a number: not in sight
        return None
    if days > 0.0:
        return now + days * _DAY
    recent = [at for at in person.marketing_at if at > now - WEEK]
    return recent[-settings.person_per_week] + WEEK if 0 < settings.person_per_week <= len(recent) else None


def _figure(score: float, decision: Decision) -> str:
    price, gain, loss, annoyance, charge, tiring, bonus = decision.terms
    lot = ", decided by lot" if decision.explored else ""
    numbers = (
        score, price, gain, loss, charge, decision.shadow, annoyance, tiring, bonus,
        decision.model_version, decision.policy_version, lot,
    )  # fmt: skip
    return _FIGURE % numbers


def _candidates(loaded: Admissions, asks: Sequence[Ask], now: datetime) -> Candidates:
    model, tolerances = loaded.book.model, loaded.beliefs.tolerances
    nothing = [0.0] * len(model.nodes)
    logs = [tolerances.get(one.person.recipient_id, nothing) for one in asks]
    tolerance = np.asarray([one if len(one) == len(nothing) else nothing for one in logs])
    owners = {owner_id: loaded.book.owner(owner_id) for owner_id in {one.owner_id for one in asks}}
    return Candidates(
        np.asarray([one.price_micros for one in asks]) / MICROS,
        np.asarray([_content(loaded, one) for one in asks]),
        np.asarray([_affinity(loaded, one, owners[one.owner_id]) for one in asks]),
        np.asarray([pressure(one.person, now) for one in asks]),
        belief.weights(model, tolerance),
        np.ones(len(asks)),
        np.asarray([owners[one.owner_id].bonus for one in asks]),
    )


def _content(loaded: Admissions, one: Ask) -> float:
    return loaded.book.scores.get(one.template_id, 0.0)


def _affinity(loaded: Admissions, one: Ask, owner: Owner) -> float:
    return owner.mean + loaded.beliefs.likings.get((one.person.recipient_id, one.owner_id), (0.0, 0.0))[0]


def _heard(person: LockedRecipient, now: datetime) -> int:
    return sum(at > now - WEEK for at in person.marketing_at)


def _week(now: datetime) -> str:
    year, week, _ = now.isocalendar()
    return f"{year}-{week}"


def _monday_after(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def _decision(loaded: Admissions, one: Ask, drawn: Drawn, seen: Seen, terms: Parts) -> Decision:
    return Decision(
        one.message_id, one.person.recipient_id, one.owner_id, one.template_id, one.person.market, drawn.mode,
        loaded.policy.version, loaded.book.model.version, drawn.shadow, False, drawn.passed, drawn.explored,
        drawn.held_out, drawn.propensity, *seen, terms,
    )  # fmt: skip
