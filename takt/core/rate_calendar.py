"""When a version of a price list is valid, and which month a message counts in: pure, over given instants and zones.

A version is valid from an instant up to but not including another, both read off the clock of its time zone. Of
several that are valid the newest counts, so that a version for a season ends and the one before it goes on.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Final, TypeVar

from takt.core.card_fields import has, opened, text
from takt.core.document import Fields, UnsoundError
from takt.core.rating import RateCard
from takt.core.value import value

ZONE_CHARS_MAX: Final = 60
MONTHS: Final = 12
_MINUTE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")

T = TypeVar("T")

ZoneNamed = Callable[[str], tzinfo | None]
"""Gives the time zone of a name."""


@value
class Validity:
    """From an instant on, up to another or for good; `tz` is the zone it was told in, as far as that is known."""

    valid_from: datetime
    valid_to: datetime | None = None
    tz: tzinfo = UTC

    def holds(self, at: datetime) -> bool:
        """Whether an instant is within."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def parse_validity(document: object, otherwise: datetime, zone_named: ZoneNamed) -> Validity:
    """When the document of a card says that it is valid; without a word from `otherwise` on. Raises UnsoundError."""
    raw = document.get("valid") if isinstance(document, Mapping) else None
    if raw is None:
        return Validity(otherwise)
    fields = opened(raw, "valid", ("from", "to", "tz"))
    tz = zone_named(text(fields, "tz", ZONE_CHARS_MAX))
    if tz is None:
        raise fields.wrong("tz", "must be a time zone such as Europe/Berlin")
    since = _instant(fields, "from", tz)
    until = _instant(fields, "to", tz) if has(fields, "to") else None
    if until is not None and until <= since:
        raise fields.wrong("to", "must be later than from")
    return Validity(since, until, tz)


def _instant(fields: Fields, name: str, tz: tzinfo) -> datetime:
    given = fields.raw.get(name)
    if not isinstance(given, str) or _MINUTE.fullmatch(given) is None:
        raise fields.wrong(name, "must be a day and minute such as 2027-01-01T00:00")
    try:
        local = datetime.fromisoformat(given)
    except ValueError:
        raise fields.wrong(name, "is no such day or minute") from None
    at = local.replace(tzinfo=tz).astimezone(UTC)
    if at.astimezone(tz).replace(tzinfo=None) != local:
        raise fields.wrong(name, f"does not exist on the clocks of {tz}: they were put forward")
    return at


def timeline(versions: Iterable[tuple[Validity, T]]) -> tuple[tuple[datetime, T | None], ...]:
    """What is valid from which instant on: `versions` from the oldest to the newest; None where none is."""
    listed = list(versions)
    borders = sorted(
        {at for one, _ in listed for at in (one.valid_from, one.valid_to) if at is not None}
    )  # a version begins or ends
    return tuple(
        (at, next((card for validity, card in reversed(listed) if validity.holds(at)), None)) for at in borders
    )


def period(at: datetime, tz: tzinfo) -> tuple[date, datetime]:
    """The first day of the month on the clocks of a zone, and the instant at which that month is over."""
    local = at.astimezone(tz)
    years, month = divmod(local.month, MONTHS)
    following = datetime(local.year + years, month + 1, 1, tzinfo=tz)
    return date(local.year, local.month, 1), following.astimezone(UTC)


def check_succession(
    earlier: Sequence[tuple[Validity, RateCard]], validity: Validity, card: RateCard, now: datetime
) -> None:
    """Raise UnsoundError when a version may not follow the earlier ones of its card.

    The past is not priced anew, no moment is left without a price, and a count goes on by the same steps until its
    month is over on the clocks of the version's validity.
    """
    if not earlier:
        if validity.valid_to is not None:
            raise UnsoundError("valid.to: must be left out: nothing would be valid after the first version")
        return
    if validity.valid_from < now:
        raise UnsoundError(f"valid.from: must not be before now ({now:%Y-%m-%dT%H:%M} UTC): prices are told ahead")
    if card.currency != earlier[0][1].currency:
        raise UnsoundError(f"currency: must stay {earlier[0][1].currency}: another currency is another card")
    if any(found is None for at, found in timeline([*earlier, (validity, card)]) if at >= now):
        raise UnsoundError("valid: leaves a time without a valid version")
    for name, at in (("from", validity.valid_from), ("to", validity.valid_to)):
        if at is not None and _steps_change(earlier, card, at) and not _begins_month(at, validity.tz):
            raise UnsoundError(f"valid.{name}: must be the first minute of a month, for steps of a counter change")


def _steps_change(earlier: Sequence[tuple[Validity, RateCard]], card: RateCard, at: datetime) -> bool:
    """Whether a counter has other steps by a card than by what is valid at an instant without it."""
    other = next((one for validity, one in reversed(earlier) if validity.holds(at)), None)
    return other is not None and _counted(other) != _counted(card)


def _begins_month(at: datetime, tz: tzinfo) -> bool:
    local = at.astimezone(tz)
    return (local.day, local.hour, local.minute) == (1, 0, 0)


def _counted(card: RateCard) -> dict[str, set[object]]:
    """The steps that each counter of a card leads through."""
    found: dict[str, set[object]] = {}
    for rule in card.rules:
        if rule.counter is not None:
            found.setdefault(rule.counter.name, set()).add((rule.tariff, rule.when, rule.counter))
    return found
