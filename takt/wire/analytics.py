"""Questions about figures and their answers (Cloud API reference, "Analytics").

A question comes as a field with methods (`pricing_analytics.start(1).end(2).granularity(DAILY)`) or as the parameters
of an edge; `words` gives the words of either. Days and months are those of UTC. An empty list means all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from takt.core.figures import Tally
from takt.core.value import value
from takt.wire import errors
from takt.wire.errors import Refusal

LOOK_BACK_DAYS_MAX: Final = 365
TEMPLATE_LOOK_BACK_DAYS_MAX: Final = 90
POINTS_MAX: Final = 1500
TEMPLATES_MAX: Final = 10
WORDS_MAX: Final = 100
WORDS_CHARS_MAX: Final = 8192
NUMBER_BITS: Final = 64
NAMES: Final = ("analytics", "conversation_analytics", "pricing_analytics", "call_analytics")
TEMPLATE_NAMES: Final = ("template_analytics", "template_group_analytics")

Words = Callable[[str], Sequence[str]]

_PLAIN: Final = {"HALF_HOUR": "HALF_HOUR", "DAY": "DAY", "MONTH": "MONTH"}
_DAILY: Final = {"HALF_HOUR": "HALF_HOUR", "DAILY": "DAY", "MONTHLY": "MONTH"}
_ONLY_DAILY: Final = {"DAILY": "DAY"}
_GRANULARITIES: Final[Mapping[str, Mapping[str, str]]] = {
    "analytics": _PLAIN,
    "conversation_analytics": _DAILY,
    "pricing_analytics": _DAILY,
    "call_analytics": _DAILY,
    "template_analytics": _ONLY_DAILY,
    "template_group_analytics": _ONLY_DAILY,
}
_STEPS: Final = {"HALF_HOUR": timedelta(minutes=30), "DAY": timedelta(days=1), "MONTH": timedelta(days=31)}
_CHOICES: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "analytics": {"product_types": frozenset({"0", "2", "100"})},
    "conversation_analytics": {
        "metric_types": frozenset({"COST", "CONVERSATION"}),
        "conversation_categories": frozenset({"AUTHENTICATION", "MARKETING", "SERVICE", "UTILITY"}),
        "conversation_types": frozenset({"FREE_ENTRY", "FREE_TIER", "REGULAR"}),
        "conversation_directions": frozenset({"BUSINESS_INITIATED", "USER_INITIATED", "UNKNOWN"}),
        "dimensions": frozenset(
            {"CONVERSATION_CATEGORY", "CONVERSATION_DIRECTION", "CONVERSATION_TYPE", "COUNTRY", "PHONE"}
        ),
    },
    "pricing_analytics": {
        "metric_types": frozenset({"COST", "VOLUME"}),
        "pricing_types": frozenset({"REGULAR", "FREE_CUSTOMER_SERVICE", "FREE_ENTRY_POINT"}),
        "pricing_categories": frozenset({
            "MARKETING", "MARKETING_LITE", "UTILITY", "AUTHENTICATION", "AUTHENTICATION_INTERNATIONAL", "SERVICE",
            "REFERRAL_CONVERSION",
        }),
        "dimensions": frozenset({"COUNTRY", "PHONE", "PRICING_CATEGORY", "PRICING_TYPE", "TIER"}),
    },
    "call_analytics": {"metric_types": frozenset({"COST", "COUNT", "AVERAGE_DURATION"})},
    "template_analytics": {"metric_types": frozenset({"SENT", "DELIVERED", "READ", "CLICKED", "COST"})},
    "template_group_analytics": {"metric_types": frozenset({"SENT", "DELIVERED", "READ", "CLICKED", "COST"})},
}  # fmt: skip
_TYPES: Final = {"regular": "REGULAR", "free_entry_point": "FREE_ENTRY", "free_customer_service": "FREE_TIER"}


@value
class Question:
    """What is asked for: the stretch, its step (and as the asker called it), phones and countries, and other lists."""

    name: str
    start: datetime
    end: datetime
    step: str
    granularity: str
    phones: frozenset[str]
    countries: frozenset[str]
    lists: Mapping[str, frozenset[str]]

    def wants(self, metric: str) -> bool:
        """Whether a figure is asked for; all are when none is named."""
        named = self.lists.get("metric_types", frozenset())
        return not named or metric in named

    def takes(self, name: str, found: str) -> bool:
        """Whether a list lets this value through."""
        named = self.lists.get(name, frozenset())
        return not named or found in named


def parse(name: str, words: Words, now: datetime) -> Question:
    """The question that a field or an edge of this name asks. Raises Refusal."""
    known = _GRANULARITIES[name]
    granularity = _word(name, words, "granularity").upper()
    if granularity not in known:
        raise _wrong(name, "granularity", f"must be one of {', '.join(known)}")
    step = known[granularity]
    start, end = _instant(name, words, "start"), _instant(name, words, "end")
    days = TEMPLATE_LOOK_BACK_DAYS_MAX if name in TEMPLATE_NAMES else LOOK_BACK_DAYS_MAX
    if not start < end:
        raise _wrong(name, "end", "must be later than start")
    if start < now - timedelta(days=days + 1):
        raise _wrong(name, "start", f"must be at most {days} days ago")
    if (end - start) / _STEPS[step] > POINTS_MAX:
        raise _wrong(name, "granularity", f"gives more than {POINTS_MAX} points: take a coarser one or less time")
    lists = {one: _choices(name, words, one, choices) for one, choices in _CHOICES[name].items()}
    phones = frozenset("".join(filter(str.isdigit, word)) for word in words("phone_numbers"))
    countries = frozenset(word.upper() for word in words("country_codes"))
    return Question(name, start, end, step, granularity, phones, countries, lists)


def parse_words(name: str, given: object) -> list[str]:
    """The words of an edge's parameter: a number, a text, or a list of them, in JSON or only in brackets."""
    if given is None or given == "":
        return []
    if isinstance(given, str) and len(given) <= WORDS_CHARS_MAX:
        given = given.strip().strip("[]()").split(",")
    found = given if isinstance(given, list) else [given]
    if len(found) > WORDS_MAX or not all(isinstance(one, str | int) for one in found):
        raise Refusal(errors.invalid_parameter(name, f"must be a list of at most {WORDS_MAX} words"))
    words = [
        str(one).strip().strip("\"'") for one in found if not isinstance(one, int) or one.bit_length() < NUMBER_BITS
    ]
    return [one for one in words if one]


def parse_ids(name: str, parameter: str, words: Words) -> tuple[str, ...]:
    """Ids that must be named, ten at most."""
    found = tuple(dict.fromkeys(words(parameter)))
    if not 1 <= len(found) <= TEMPLATES_MAX or not all(one.isascii() and one.isdigit() for one in found):
        raise _wrong(name, parameter, f"must be a list of 1 to {TEMPLATES_MAX} ids")
    return found


def span(question: Question, at: datetime) -> dict[str, int]:
    """First and last second of a step, as the wire has them."""
    after = at + _STEPS[question.step]
    if question.step == "MONTH":
        after = after.replace(day=1)
    return {"start": int(at.timestamp()), "end": int(after.timestamp())}


def render(question: Question, tallies: Iterable[Tally], phones: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a question about messages; `phones` are the numbers of the senders by id."""
    fitting = [
        one
        for one in tallies
        if (not question.phones or phones.get(one.sender_id) in question.phones)
        and (not question.countries or one.market in question.countries)
    ]
    match question.name:
        case "analytics":
            return _messages(question, fitting, phones)
        case "conversation_analytics":
            return {"data": [{"data_points": _conversations(question, fitting, phones)}]}
        case "pricing_analytics":
            return {"data": [{"data_points": _prices(question, fitting, phones)}]}
        case _:
            return {"data": [{"data_points": []}]}


def amount(micros: int) -> float:
    """Micro-units as the wire has money here: a number of whole units."""
    return round(micros / 1_000_000, 6)


def _messages(question: Question, tallies: Iterable[Tally], phones: Mapping[str, str]) -> dict[str, Any]:
    sums: defaultdict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    for one in tallies:
        if question.takes("product_types", "0" if one.by_template else "2"):
            sums[one.at][0] += one.sent
            sums[one.at][1] += one.delivered
    points = [{**span(question, at), "sent": sums[at][0], "delivered": sums[at][1]} for at in sorted(sums)]
    return {
        "phone_numbers": sorted(question.phones or set(phones.values())),
        **({"country_codes": sorted(question.countries)} if question.countries else {}),
        "granularity": question.granularity,
        "data_points": points,
    }


def _conversations(question: Question, tallies: Iterable[Tally], phones: Mapping[str, str]) -> list[dict[str, Any]]:
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    dimensions = question.lists["dimensions"]
    for one in tallies:
        category, kind = one.category.upper(), _TYPES.get(one.kind, "REGULAR")
        direction = "USER_INITIATED" if category == "SERVICE" else "BUSINESS_INITIATED"
        if not (
            question.takes("conversation_categories", category)
            and question.takes("conversation_types", kind)
            and question.takes("conversation_directions", direction)
        ):
            continue
        shown = {
            "phone_number": ("PHONE", phones.get(one.sender_id, "")),
            "country": ("COUNTRY", one.market),
            "conversation_type": ("CONVERSATION_TYPE", kind),
            "conversation_direction": ("CONVERSATION_DIRECTION", direction),
            "conversation_category": ("CONVERSATION_CATEGORY", category),
        }
        key = tuple((name, found) for name, (dimension, found) in shown.items() if dimension in dimensions)
        sums[one.at, key][0] += one.conversations
        sums[one.at, key][1] += one.cost_micros
    return _points(question, sums, ("CONVERSATION", "conversation"))


def _prices(question: Question, tallies: Iterable[Tally], phones: Mapping[str, str]) -> list[dict[str, Any]]:
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    dimensions = question.lists["dimensions"]
    for one in tallies:
        category, kind = one.category.upper(), one.kind.upper()
        if not one.delivered or not (
            question.takes("pricing_categories", category) and question.takes("pricing_types", kind)
        ):
            continue
        shown = {
            "country": ("COUNTRY", one.market),
            "phone_number": ("PHONE", phones.get(one.sender_id, "")),
            "tier": ("TIER", (one.tier or "0:MAX") if kind == "REGULAR" else None),
            "pricing_type": ("PRICING_TYPE", kind),
            "pricing_category": ("PRICING_CATEGORY", category),
        }
        key = tuple(
            (name, found) for name, (dimension, found) in shown.items() if dimension in dimensions and found is not None
        )
        sums[one.at, key][0] += one.delivered
        sums[one.at, key][1] += one.cost_micros
    return _points(question, sums, ("VOLUME", "volume"))


def _points(
    question: Question, sums: Mapping[tuple[Any, ...], Sequence[int]], counted: tuple[str, str]
) -> list[dict[str, Any]]:
    metric, name = counted
    points: list[dict[str, Any]] = []
    for (at, key), (count, micros) in sorted(sums.items(), key=lambda entry: entry[0]):
        point = {**span(question, at), **dict(key)}
        if question.wants(metric):
            point[name] = count
        if question.wants("COST"):
            point["cost"] = amount(micros)
        points.append(point)
    return points


def _word(name: str, words: Words, method: str) -> str:
    found = words(method)
    if len(found) != 1:
        raise _wrong(name, method, "is required, once")
    return found[0]


def _instant(name: str, words: Words, method: str) -> datetime:
    text = _word(name, words, method)
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise _wrong(name, method, "must be an instant in whole seconds since 1970")
    return datetime.fromtimestamp(int(text), UTC)


def _choices(name: str, words: Words, method: str, choices: frozenset[str]) -> frozenset[str]:
    found = frozenset(word.upper() for word in words(method))
    if not choices.issuperset(found):
        raise _wrong(name, method, f"must be some of {', '.join(sorted(choices))}")
    return found


def _wrong(name: str, method: str, requirement: str) -> Refusal:
    return Refusal(errors.invalid_parameter(f"{name}.{method}", requirement))
