"""Marketing is weighed: what is believed of the people of a batch is loaded, and all its messages are decided at once.

The decision itself is `takt.core.admission`. What comes of it are facts of the rules `pressure` and `held_out`, and a
row of the log. A second message of a batch to the same person is weighed anew, after what the first added.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Final
from uuid import UUID

import numpy as np

from takt.core.admission import belief, book, cold, deciding, exploration, exposure
from takt.core.admission.arrays import Flags, Floats, Ints
from takt.core.admission.book import Book, Segment
from takt.core.admission.deciding import Decided, Rules
from takt.core.admission.exposure import KEEP_PER_DAY, WEIGHTS
from takt.core.admission.scoring import Candidates, Taste
from takt.core.admission.settings import Admission
from takt.core.caps import WEEK
from takt.core.facts import Facts
from takt.core.tact import TactPolicy
from takt.core.value import value
from takt.core.weighed import Parts, Weighed
from takt.store import admissions
from takt.store.admissions import UNKNOWN, Belief, Decision
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient

MICROS: Final = 1_000_000
NOTHING: Final[Parts] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_DAY: Final = timedelta(days=1)


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
    """What came of one: whether it may go out by this rule, when if not, and its row of the log.

    `figure` is the number behind a cap; behind a score stand the numbers of the row.
    """

    passed: bool
    next_at: datetime | None
    decision: Decision
    figure: str = ""


@dataclass(slots=True)
class Admissions:
    """What decides about the marketing of a batch, what is believed of its people, and what came of its messages."""

    policy: TactPolicy = field(default_factory=TactPolicy)
    book: Book = field(default_factory=Book)
    beliefs: dict[UUID, Belief] = field(default_factory=dict)
    opinions: dict[UUID, Opinion] = field(default_factory=dict)

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
    asking = asyncio.create_task(admissions.beliefs(conn, part, edges))
    try:
        await asyncio.sleep(0)  # the statement is sent
        seen = see(loaded, asks, now) if loaded.settings.mode == "priced" else None
    finally:
        found = await asking
    ids = [one.message_id for one in asks]
    loaded.beliefs = dict(zip(ids, found, strict=True))
    loaded.opinions = dict(zip(ids, decide(loaded, asks, now, seen), strict=True))
    return loaded


def look(loaded: Admissions, ask: Ask, now: datetime) -> Opinion:
    """What came of a message, or what comes of it now if the batch let another one out to the same person before."""
    if ask.message_id in loaded.opinions and not ask.person.added:
        return loaded.opinions[ask.message_id]
    return decide(loaded, [ask], now)[0]


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


def decide(loaded: Admissions, asks: Sequence[Ask], now: datetime, seen: Seen | None = None) -> list[Opinion]:
    """Decide messages by the mode of the policy; where nothing is known of a market, by the cap of the cold start.

    `seen` is what `see` found for these messages, if it was asked before.
    """
    found: dict[int, Opinion] = {}
    if loaded.settings.mode == "priced":
        seen = seen or see(loaded, asks, now)
        for market in sorted({one.person.market for one in asks}):
            segment = loaded.book.segment(market)
            if segment is not None and book.fits(segment, loaded.book.model):
                places = [place for place, one in enumerate(asks) if one.person.market == market]
                weighed = _by_score(loaded, segment, [asks[place] for place in places], _at(seen, places), now)
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
    affinity = loaded.book.owner(one.owner_id).mean + loaded.beliefs.get(one.message_id, UNKNOWN)[1]
    seen = (_content(loaded, one), affinity, pressure(one.person, now))
    price = (one.price_micros / MICROS, *NOTHING[1:])
    explored = found.allowed != settings.cap_per_week
    decision = Decision(
        one.message_id, one.person.recipient_id, one.owner_id, one.template_id, one.person.market, "cap",
        loaded.policy.version, loaded.book.model.version, 0.0, False, found.passed, explored, False, found.propensity,
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


def _at(seen: Seen, places: Sequence[int]) -> Seen:
    """What is seen of the messages at these places."""
    if len(places) == len(seen.price):
        return seen
    luck = Luck(*(getattr(seen.luck, name)[places] for name in Luck.__dataclass_fields__))
    columns = {name: getattr(seen, name)[places] for name in Seen.__dataclass_fields__ if name != "luck"}
    return replace(seen, **columns, luck=luck)


def _by_score(loaded: Admissions, segment: Segment, asks: Sequence[Ask], seen: Seen, now: datetime) -> list[Opinion]:
    settings, book_model = loaded.settings, loaded.book.model
    rules = Rules(
        book_model, book.ahead(segment, settings), Taste(settings.alpha), settings.reserve, settings.exploration
    )
    offered, luck = _candidates(loaded, asks, seen), seen.luck
    decided = deciding.decide(rules, offered, seen.person, seen.room, luck.multiplier, luck.lot)
    days = deciding.forecast_days(rules, offered, ~decided.let_out & ~luck.held_out)
    rows = _rows(loaded, segment, asks, offered, luck, decided)
    return [
        Opinion(let_out, None if let_out else _next_at(settings, row, one.person, wait, now), row)
        for one, row, let_out, wait in zip(asks, rows, decided.let_out.tolist(), days.tolist(), strict=True)
    ]


def _rows(
    loaded: Admissions, segment: Segment, asks: Sequence[Ask], offered: Candidates, luck: Luck, decided: Decided
) -> Iterable[Decision]:
    """The rows of the log, made column by column."""
    terms = decided.terms
    parts = (terms.price, terms.gain, terms.loss, terms.annoyance, terms.charge, terms.tiring, terms.bonus)
    numbers = (
        decided.passed, luck.explored, luck.held_out, np.where(luck.held_out, 0.0, decided.propensity),
        offered.content, offered.affinity, offered.pressure,
    )  # fmt: skip
    same = (loaded.policy.version, loaded.book.model.version, segment.shadow.price, False)
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
        return now + days * _DAY
    recent = [at for at in person.marketing_at if at > now - WEEK]
    return recent[-settings.person_per_week] + WEEK if 0 < settings.person_per_week <= len(recent) else None


def _candidates(loaded: Admissions, asks: Sequence[Ask], seen: Seen) -> Candidates:
    model = loaded.book.model
    nothing = [0.0] * len(model.nodes)
    believed = [loaded.beliefs.get(one.message_id, UNKNOWN) for one in asks]
    logs = [one if one is not None and len(one) == len(nothing) else nothing for one, _, _ in believed]
    liking = seen.affinity + np.asarray([mean for _, mean, _ in believed])
    weights = belief.weights(model, np.fromiter(chain.from_iterable(logs), float).reshape(len(logs), -1))
    return Candidates(seen.price, seen.content, liking, seen.pressure, weights, np.ones(len(asks)), seen.bonus)


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
