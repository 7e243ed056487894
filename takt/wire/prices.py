"""Price lists and estimates for programs: versions, documents, what a campaign would cost. Amounts in micro-units."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from takt.core.estimate import MESSAGES_MAX, Estimate, Lot
from takt.core.markets import REGION
from takt.core.rate_calendar import Validity
from takt.core.rating import CATEGORIES, FORMS, WINDOWS
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant

LOTS_MAX: Final = 1000
BID_MICROS_MAX: Final = 10**12
LOT: Final = ("category", "region", "window", "form", "count", "bid_micros")


def validity(found: Validity) -> dict[str, Any]:
    """From when and until when something holds."""
    return {"from": instant(found.valid_from), "to": instant(found.valid_to)}


def published(answer: Any) -> dict[str, Any]:
    """What was published, or found published: the version of a card, or a market table."""
    if answer.version == 0:
        return {"market_table": answer.name, "new": answer.is_new}
    return {
        "card": answer.name,
        "version": answer.version,
        "new": answer.is_new,
        "sha256": answer.sha256.hex(),
        "valid": validity(answer.validity),
    }


def version(found: Any, *, whole: bool) -> dict[str, Any]:
    """A version on record, with its document if it is asked for as a whole."""
    shown = {
        "card": found.card,
        "version": found.version,
        "currency": found.currency,
        "valid": validity(found.validity),
        "published_at": instant(found.published_at),
        "sha256": found.sha256.hex(),
        "previous": found.previous.hex() if found.previous is not None else None,
    }
    return {**shown, "document": msgspec.json.decode(found.body)} if whole else shown


def parse_lots(body: Mapping[str, Any]) -> list[Lot]:
    """The messages of a campaign, by what their price depends on. Raises Refusal."""
    given = body.get("messages")
    if not isinstance(given, list) or not 1 <= len(given) <= LOTS_MAX:
        raise Refusal(errors.bad_value("messages", f"must be a list of 1 to {LOTS_MAX} objects"))
    return [_lot(f"messages[{place}]", one) for place, one in enumerate(given)]


def _lot(path: str, raw: object) -> Lot:
    if not isinstance(raw, Mapping):
        raise Refusal(errors.bad_value(path, "must be an object"))
    strange = sorted(set(raw) - set(LOT))
    if strange:
        raise Refusal(errors.bad_value(f"{path}.{strange[0]}", f"is no field here; there are {', '.join(LOT)}"))
    category = _word(path, raw, "category", CATEGORIES, None)
    region = raw.get("region")
    if not isinstance(region, str) or REGION.fullmatch(region) is None:
        raise Refusal(errors.bad_value(f"{path}.region", "must be the country of the numbers, such as DE"))
    usual = "free" if category == CATEGORIES[0] else "template"
    bid = _whole(path, raw, "bid_micros", 0, BID_MICROS_MAX) if raw.get("bid_micros") is not None else None
    return Lot(
        category, region, _word(path, raw, "window", WINDOWS, "open" if usual == "free" else "closed"),
        _word(path, raw, "form", FORMS, usual), _whole(path, raw, "count", 1, MESSAGES_MAX), bid,
    )  # fmt: skip


def _word(path: str, raw: Mapping[str, Any], name: str, choices: Sequence[str], usual: str | None) -> str:
    given = raw.get(name, usual)
    if not isinstance(given, str) or given not in choices:
        raise Refusal(errors.bad_value(f"{path}.{name}", f"must be one of {', '.join(choices)}"))
    return given


def _whole(path: str, raw: Mapping[str, Any], name: str, low: int, high: int) -> int:
    given = raw.get(name)
    if not isinstance(given, int) or isinstance(given, bool) or not low <= given <= high:
        raise Refusal(errors.bad_value(f"{path}.{name}", f"must be a whole number from {low} to {high}"))
    return given


def render_estimate(found: Estimate, available_micros: int) -> dict[str, Any]:
    """What a campaign would cost, lot by lot and in all; `covered`: the wallet has the most that it can cost."""
    return {
        "card": found.card,
        "version": found.version,
        "currency": found.currency,
        "least_micros": sum(one.least_micros for one in found.lots),
        "expected_micros": sum(one.expected_micros for one in found.lots),
        "most_micros": found.most_micros,
        "available_micros": available_micros,
        "covered": found.most_micros <= available_micros,
        "messages": [
            {
                "category": one.lot.category,
                "region": one.lot.region,
                "market": one.market,
                "count": one.lot.count,
                "rule": one.rule,
                "least_micros": one.least_micros,
                "expected_micros": one.expected_micros,
                "most_micros": one.most_micros,
                "counter": one.counter or None,
                "counted_before": one.counted_before,
                "steps": [{"messages": n, "price_micros": price} for n, price in one.steps],
            }
            for one in found.lots
        ],
    }
