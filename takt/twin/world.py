"""The world of the twin: its parameters, as a document. docs/tact.md says what each of them means."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from takt.core.document import Fields, UnsoundError
from takt.core.value import value

USERS_MAX: Final = 200_000
SENDERS_MAX: Final = 1_000
WEEKS_MAX: Final = 520
EDGES_MAX: Final = 20_000_000
"""People times senders: of each pair something is kept."""
MESSAGES_MAX: Final = 50_000_000
SHAPES: Final = ("logistic", "complementary", "quadratic")
LOGS: Final = ("random", "cold")
_SHARE: Final = (0.0, 1.0)
_SIGMA: Final = (0.0, 5.0)
_USUAL: Final = (0.0, 100.0)
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        **dict.fromkeys(("useful_wanted", "useful_unwanted", "read_wanted", "read_unwanted", "report_share"), _SHARE),
        **dict.fromkeys(("keep", "mislabelled", "detected", "scandal_senders"), _SHARE),
        **dict.fromkeys(("tolerance_sigma", "sender_sigma", "liking_sigma"), _SIGMA),
        **dict.fromkeys(("volume_sigma", "price_sigma", "relevance_sigma"), _SIGMA),
        "liking_mean": (-100.0, 100.0),
    }
)
"""The least and the most of numbers that have no others than usual."""


@value
class People:
    """How people differ, and how they like senders (in log odds)."""

    tolerance_sigma: float = 0.6
    liking_mean: float = -0.8
    sender_sigma: float = 0.8
    liking_sigma: float = 1.2
    senders_each: float = 9.0


@value
class Traffic:
    """What is offered: messages a week, how people differ in that, peaks, prices, and how messages differ."""

    per_week: float = 5.0
    volume_sigma: float = 0.5
    peak_from: int = 12
    peak_weeks: int = 2
    peak_factor: float = 3.0
    price_median: float = 0.082
    price_sigma: float = 0.4
    relevance_sigma: float = 0.7
    content_noise: float = 1.0
    content_knows_liking: bool = False


@value
class Fatigue:
    """How tiredness stays from day to day, and what a message adds: always, and for what is unwanted."""

    keep: float = 0.85
    each: float = 0.4
    unwanted: float = 0.6


@value
class Hazard:
    """Log odds of an outcome: constant, times irrelevance, times tiredness over tolerance."""

    constant: float
    irrelevance: float
    fatigue: float


@value
class Reactions:
    """What people do: chances of blocking, stopping all, leaving; what they want; how that shows in reading and using."""

    shape: str = "logistic"
    block: Hazard = Hazard(-7.0, 2.4, 0.55)
    stop: Hazard = Hazard(-9.0, 1.5, 0.7)
    leave: Hazard = Hazard(-11.0, 0.0, 0.8)
    wanted_above: float = 0.35
    wanted_fatigue: float = 0.1
    useful_wanted: float = 0.5
    useful_unwanted: float = 0.04
    read_wanted: float = 0.85
    read_unwanted: float = 0.5
    report_share: float = 0.0


@value
class Trouble:
    """What goes wrong: senders that file marketing as utility, a scandal, and owners with several senders."""

    mislabelled: float = 0.0
    detected: float = 0.8
    scandal_week: int = 0
    scandal_senders: float = 0.0
    scandal_drop: float = 0.0
    weariness: float = 0.0
    senders_per_owner: int = 1


@value
class World:
    """A whole world; `name` and `about` are for people."""

    name: str
    about: str = ""
    users: int = 12_000
    senders: int = 40
    log_weeks: int = 6
    log: str = "random"
    weeks: int = 26
    people: People = field(default_factory=People)
    traffic: Traffic = field(default_factory=Traffic)
    fatigue: Fatigue = field(default_factory=Fatigue)
    reactions: Reactions = field(default_factory=Reactions)
    trouble: Trouble = field(default_factory=Trouble)


def parse_world(body: object) -> World:
    """The world in a decoded JSON document; what it leaves out is as in the ordinary world.

    Raises takt.core.document.UnsoundError, which names the field and what would be right.
    """
    top, usual = Fields.of(body), World("")
    top.end(*World.__dataclass_fields__)
    return bounded(
        World(
            _words(top, "name"),
            _words(top, "about"),
            top.whole("users", usual.users, 10, USERS_MAX),
            top.whole("senders", usual.senders, 1, SENDERS_MAX),
            top.whole("log_weeks", usual.log_weeks, 1, WEEKS_MAX),
            _one_of(top, "log", usual.log, LOGS),
            top.whole("weeks", usual.weeks, 1, WEEKS_MAX),
            _numbers(top.section("people"), usual.people),
            _numbers(top.section("traffic"), usual.traffic),
            _numbers(top.section("fatigue"), usual.fatigue),
            _numbers(top.section("reactions"), usual.reactions),
            _numbers(top.section("trouble"), usual.trouble),
        )
    )


def bounded(world: World) -> World:
    """The world, if it has room in memory.

    Raises takt.core.document.UnsoundError if it has too many people for its senders, or too many messages.
    """
    traffic, weeks = world.traffic, world.log_weeks + world.weeks
    peak = max(0, min(traffic.peak_weeks, world.weeks - traffic.peak_from)) * (traffic.peak_factor - 1.0)
    messages = world.users * traffic.per_week * (weeks + peak)
    if world.users * world.senders > EDGES_MAX:
        raise UnsoundError(f"users: times senders must be at most {EDGES_MAX}, got {world.users * world.senders}")
    if messages > MESSAGES_MAX:
        raise UnsoundError(f"traffic: must come to at most {MESSAGES_MAX} messages in all weeks, got {messages:.0f}")
    return world


def _numbers(fields: Fields, usual: Any) -> Any:
    """A section whose fields are numbers, flags, the shape, or hazards, after the pattern of its usual value."""
    names = type(usual).__dataclass_fields__
    fields.end(*names)
    return type(usual)(*(_field(fields, name, getattr(usual, name)) for name in names))


def _field(fields: Fields, name: str, usual: Any) -> Any:
    match usual:
        case bool():
            return fields.flag(name, usual=usual)
        case int():
            return fields.whole(name, usual, 0, WEEKS_MAX)
        case float():
            return fields.number(name, usual, *_BOUNDS.get(name, _USUAL))
        case str():
            return _one_of(fields, name, usual, SHAPES)
        case _:
            return _hazard(fields.section(name), usual)


def _hazard(fields: Fields, usual: Hazard) -> Hazard:
    names = Hazard.__dataclass_fields__
    fields.end(*names)
    return Hazard(*(fields.number(name, getattr(usual, name), -100.0, 100.0) for name in names))


def _words(fields: Fields, name: str) -> str:
    found = fields.raw.get(name, "")
    if not isinstance(found, str):
        raise fields.wrong(name, "must be a text")
    return found


def _one_of(fields: Fields, name: str, usual: str, allowed: tuple[str, ...]) -> str:
    found = fields.raw.get(name, usual)
    if found not in allowed:
        raise fields.wrong(name, f"must be one of {', '.join(allowed)}")
    return str(found)
