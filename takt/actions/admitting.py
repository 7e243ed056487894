"""Marketing is weighed: what is believed of the people of a batch is loaded, and all its messages are decided at once.

The decision itself is `takt.core.admission`. What comes of it are facts of the rules `pressure` and `held_out`, and a
row of the log. A second message of a batch to the same person is weighed anew, after what the first added.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any, Final, TypeVar
from uuid import UUID

import numpy as np

from takt.core.admission import belief, book, cold, deciding, exploration, exposure
from takt.core.admission.arrays import Flags, Floats, Ints
from takt.core.admission.book import Book, Segment
from takt.core.admission.deciding import Decided, Rules
from takt.core.admission.exposure import KEEP_PER_DAY, WEIGHTS
from takt.core.admission.hazard import Model
from takt.core.admission.scoring import Candidates, Taste
from takt.core.admission.settings import Admission
from takt.core.caps import WEEK
from takt.core.facts import Facts
from takt.core.tact import TactPolicy
from takt.core.value import value
from takt.core.weighed import Parts, Weighed
from takt.store import admissions
from takt.store.admissions import Beliefs, Decision
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient

MICROS: Final = 1_000_000
NOTHING: Final[Parts] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_DAY: Final = timedelta(days=1)
_DAY_S: Final = 86_400.0


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
class Luck:
    """What lots say of each: the week's multiplier (nan: not explored), one of its own where that counts, held out."""

    multiplier: Floats
    explored: Flags
    lot: Floats
    held_out: Flags


@value
class Seen:
    """What is seen of messages before what is believed of their people is there, in arrays with a place for each.

    `affinity` is how much people like the owner in general, `person` a number of each person, `room` how many more they
    may get.
    """

    price: Floats
    content: Floats
    affinity: Floats
    pressure: Floats
    bonus: Floats
    person: Ints
    room: Ints
    luck: Luck


@value
class Opinion:
    """What came of one: whether it may go out by this rule, when if not, and its row of the log, were this rule the last word.

    `figure` is the number behind a cap; behind a score stand the numbers of the row.
    """

    passed: bool
    next_at: datetime | None
    decision: Decision
    figure: str = ""


_Arrays = TypeVar("_Arrays", Seen, Luck, Beliefs)


@dataclass(slots=True)
class Admissions:
    """What decides about the marketing of a batch, what is believed of its people, and what came of its messages.

    `places` says where a message stands in the batch.
    """

    policy: TactPolicy = field(default_factory=TactPolicy)
    book: Book = field(default_factory=Book)
    places: dict[UUID, int] = field(default_factory=dict)
    beliefs: Beliefs | None = None
    opinions: list[Opinion] = field(default_factory=list)

    @property
    def settings(self) -> Admission:
        """What the operator set."""
        return self.policy.admission


async def load(
    conn: Conn, part: int, policy: TactPolicy, ground: Book, asks: Sequence[Ask], now: datetime
) -> Admissions:
    """Load what is believed of the people, and decide all of these messages.

    While the database looks for it, all that needs no beliefs is worked out.
    """
    loaded = Admissions(policy, ground)
    if not asks:
        return loaded
    edges = [(one.person.recipient_id, one.owner_id) for one in asks]
    asking = asyncio.create_task(admissions.beliefs(conn, part, edges, len(ground.model.nodes)))
    try:
        await asyncio.sleep(0)  # the statement is sent
        loaded.places = {one.message_id: place for place, one in enumerate(asks)}
        seen = see(loaded, asks, now) if loaded.settings.mode == "priced" else None
    finally:
        loaded.beliefs = await asking
    loaded.opinions = decide(loaded, asks, loaded.beliefs, now, seen)
    return loaded


def look(loaded: Admissions, ask: Ask, now: datetime) -> Opinion:
    """What came of a message, or what comes of it now if the batch let another one out to the same person before."""
    place = loaded.places.get(ask.message_id)
    if place is not None and not ask.person.added:
        return loaded.opinions[place]
    return decide(loaded, [ask], _believed(loaded, place), now)[0]


def _believed(loaded: Admissions, place: int | None) -> Beliefs:
    """What is believed of the message at this place of the batch; of one that is not in it, nothing."""
    if place is None or loaded.beliefs is None:
        return Beliefs(np.zeros((1, len(loaded.book.model.nodes))), np.zeros(1))
    return _at(loaded.beliefs, [place])


def add_facts(found: Facts, opinion: Opinion) -> None:
    """What the rules look at."""
    decision = opinion.decision
    found.pressure_mode, found.held_out = decision.mode, decision.held_out
    found.pressure_passed, found.pressure_next_at = opinion.passed, opinion.next_at
    found.pressure_figure = opinion.figure
    if decision.mode == "priced":
        found.pressure_weighed = Weighed(
            decision.terms, decision.shadow, decision.model_version, decision.policy_version, decision.explored
        )


def add_exposure(ground: Book, person: LockedRecipient, owner_id: UUID, category: str) -> None:
    """One more message of this category and owner on its way to the person."""
    share = ground.misfiled.get(owner_id) if category == "utility" else None
    person.added += WEIGHTS[category] if share is None else float(exposure.utility_weights(np.asarray(share)))


def pressure(person: LockedRecipient, now: datetime) -> float:
    """How much has reached a person of late, with what the batch adds."""
    if person.exposed_at is None:
        return person.added
    days = max(0.0, (now - person.exposed_at) / _DAY)
    return float(person.exposure * KEEP_PER_DAY**days) + person.added


def decide(
    loaded: Admissions, asks: Sequence[Ask], beliefs: Beliefs, now: datetime, seen: Seen | None = None
) -> list[Opinion]:  # fmt: skip
    """Decide messages by the mode of the policy; where nothing is known of a market, by the cap of the cold start.

    `beliefs` are those of their people, `seen` is what `see` found for these messages, if it was asked before.
    """
    if loaded.settings.mode != "priced":
        return _by_cap(loaded, asks, beliefs, now)
    seen = seen or see(loaded, asks, now)
    markets = [one.person.market for one in asks]
    if len(set(markets)) == 1:
        return _in_market(loaded, markets[0], asks, beliefs, seen, now)
    found: dict[int, Opinion] = {}
    for market in set(markets):
        places = [place for place, one in enumerate(markets) if one == market]
        some = [asks[place] for place in places]
        opinions = _in_market(loaded, market, some, _at(beliefs, places), _at(seen, places), now)
        found.update(zip(places, opinions, strict=True))
    return [found[place] for place in range(len(asks))]


def _in_market(
    loaded: Admissions, market: str, asks: Sequence[Ask], beliefs: Beliefs, seen: Seen, now: datetime
) -> list[Opinion]:  # fmt: skip
    segment = loaded.book.segment(market)
    if segment is None or not book.fits(segment, loaded.book.model):
        return _by_cap(loaded, asks, beliefs, now)
    return _by_score(loaded, segment, asks, beliefs, seen, now)


def _by_cap(loaded: Admissions, asks: Sequence[Ask], beliefs: Beliefs, now: datetime) -> list[Opinion]:
    settings = loaded.settings
    people = [one.person.recipient_id for one in asks]
    lots = exploration.lots(loaded.book.key, f"cap {_week(now)}", people).tolist()
    return [
        _capped(loaded, settings, one, mean, lot, now)
        for one, mean, lot in zip(asks, beliefs.mean.tolist(), lots, strict=True)
    ]


def _capped(
    loaded: Admissions, settings: Admission, one: Ask, liking: float, lot: float, now: datetime
) -> Opinion:  # fmt: skip
    found = cold.decide(settings.cap_per_week, lot, settings.cold_exploration, one.person.marketing_at, now)
    figure = f"{found.count} of {found.allowed} advertising messages in 7 days, while little is known"
    affinity = loaded.book.owner(one.owner_id).mean + liking
    seen = (_content(loaded, one), affinity, pressure(one.person, now))
    price = (one.price_micros / MICROS, *NOTHING[1:])
    explored = found.allowed != settings.cap_per_week
    decision = Decision(
        one.message_id, one.person.recipient_id, one.owner_id, one.template_id, one.person.market, "cap",
        loaded.policy.version, loaded.book.model.version, 0.0, found.passed, found.passed, explored, False, found.propensity,
        *seen, price,
    )  # fmt: skip
    return Opinion(found.passed, found.next_at, decision, figure)


def see(loaded: Admissions, asks: Sequence[Ask], now: datetime) -> Seen:
    """What is seen of these messages, and what lots say of each; needs no beliefs."""
    ids = [one.person.recipient_id for one in asks]
    numbers: dict[UUID, int] = {}
    known = {one: loaded.book.owner(one) for one in {one.owner_id for one in asks}}
    owners = [known[one.owner_id] for one in asks]
    return Seen(
        np.asarray([one.price_micros for one in asks]) / MICROS,
        np.asarray([_content(loaded, one) for one in asks]),
        np.asarray([one.mean for one in owners]),
        np.asarray([pressure(one.person, now) for one in asks]),
        np.asarray([one.bonus for one in owners]),
        np.asarray([numbers.setdefault(one, len(numbers)) for one in ids]),
        np.asarray([loaded.settings.person_per_week - _heard(one.person, now) for one in asks]),
        _draw(loaded, asks, ids, now),
    )


def _at(arrays: _Arrays, places: Sequence[int]) -> _Arrays:
    """What these arrays say of the messages at these places."""
    columns = {one.name: getattr(arrays, one.name) for one in fields(arrays)}
    taken: dict[str, Any] = {
        name: column[places] if isinstance(column, np.ndarray) else _at(column, places)
        for name, column in columns.items()
    }
    return replace(arrays, **taken)


def _by_score(
    loaded: Admissions, segment: Segment, asks: Sequence[Ask], beliefs: Beliefs, seen: Seen, now: datetime
) -> list[Opinion]:  # fmt: skip
    settings, book_model = loaded.settings, loaded.book.model
    rules = Rules(
        book_model, book.ahead(segment, settings), Taste(settings.alpha), settings.reserve, settings.exploration
    )
    offered, luck = _candidates(book_model, beliefs, seen), seen.luck
    decided = deciding.decide(rules, offered, seen.person, seen.room, luck.multiplier, luck.lot)
    refused = ~decided.let_out
    days = deciding.forecast_days(rules, offered, decided.score, refused & ~luck.held_out)
    rows = list(_rows(loaded, segment, asks, offered, luck, decided))
    next_at: list[datetime | None] = [None] * len(asks)
    for place in np.flatnonzero(refused).tolist():
        next_at[place] = _next_at(settings, rows[place], asks[place].person, float(days[place]), now)
    return list(map(Opinion, decided.let_out.tolist(), next_at, rows))


def _rows(
    loaded: Admissions, segment: Segment, asks: Sequence[Ask], offered: Candidates, luck: Luck, decided: Decided
) -> Iterable[Decision]:
    """The rows of the log, made column by column."""
    terms = decided.terms
    parts = (terms.price, terms.gain, terms.loss, terms.annoyance, terms.charge, terms.tiring, terms.bonus)
    numbers = (
        decided.let_out, decided.passed, luck.explored, luck.held_out, np.where(luck.held_out, 0.0, decided.propensity),
        offered.content, offered.affinity, offered.pressure,
    )  # fmt: skip
    same = (loaded.policy.version, loaded.book.model.version, segment.shadow.price)
    return map(
        Decision,
        [one.message_id for one in asks], [one.person.recipient_id for one in asks], [one.owner_id for one in asks],
        [one.template_id for one in asks], [one.person.market for one in asks], repeat("priced"), *map(repeat, same),
        *(column.tolist() for column in numbers), zip(*(part.tolist() for part in parts), strict=True),
    )  # fmt: skip


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
        return now + timedelta(seconds=days * _DAY_S)
    recent = [at for at in person.marketing_at if at > now - WEEK]
    return recent[-settings.person_per_week] + WEEK if 0 < settings.person_per_week <= len(recent) else None


def _candidates(model: Model, beliefs: Beliefs, seen: Seen) -> Candidates:
    weights, alike = belief.weights(model, beliefs.logs), np.ones(len(seen.price))
    return Candidates(seen.price, seen.content, seen.affinity + beliefs.mean, seen.pressure, weights, alike, seen.bonus)


def _content(loaded: Admissions, one: Ask) -> float:
    return loaded.book.scores.get(one.template_id, 0.0)


def _heard(person: LockedRecipient, now: datetime) -> int:
    return sum(at > now - WEEK for at in person.marketing_at) if person.marketing_at else 0


def _week(now: datetime) -> str:
    year, week, _ = now.isocalendar()
    return f"{year}-{week}"


def _monday_after(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())
