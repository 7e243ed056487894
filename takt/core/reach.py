"""Reach: how many different people an owner may write to first, outside the window, within 24 hours that move on.

Limits are tiers (Cloud API, "Messaging limits"). They grow by use and good quality and shrink by bad quality; all numbers
and companies of an owner share one. Hours are counted whole, so that a person counts for 24 to 25 hours. Section `reach`
of the policy document.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takt.core.document import Fields
from takt.core.value import value

TIERS: Final[dict[str, int | None]] = {
    "TIER_250": 250, "TIER_2K": 2_000, "TIER_10K": 10_000, "TIER_100K": 100_000, "TIER_UNLIMITED": None,
}  # fmt: skip
"""How many people each tier lets an owner reach."""
ORDER: Final = tuple(TIERS)
CUT: Final = "TIER_250"
"""What is left of a limit while it is cut, because templates were filed under the wrong category."""
DAY: Final = timedelta(hours=24)
WEEK: Final = timedelta(days=7)
STEADY: Final = timedelta(hours=6)
"""For how long a tier stands before it changes again."""
CUT_LIFE: Final = timedelta(days=7)
UNVERIFIED_TIER: Final = "TIER_250"
VERIFIED_TIER: Final = "TIER_2K"


@value
class Growth:
    """`used_share` of a limit within one of the last seven days lets it grow; so do `proved` people for the lowest."""

    used_share: float = 0.5
    proved: int = 2000


@value
class Allowance:
    """What an owner may reach, and in which part its use is counted. `cut_until`: it is less than its tier until then."""

    owner_id: UUID
    part: int
    tier: str
    cut_until: datetime | None = None

    def most(self, now: datetime) -> int | None:
        """How many people; None for all."""
        return TIERS[CUT] if self.is_cut(now) else TIERS[self.tier]

    def is_cut(self, now: datetime) -> bool:
        """Whether the limit is cut for wrong categories."""
        return self.cut_until is not None and self.cut_until > now

    @property
    def subject(self) -> str:
        """What its use is counted under."""
        return f"reach:{self.owner_id}"


def hour_of(at: datetime) -> datetime:
    """The hour (UTC) that an instant lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


def first_hour(now: datetime) -> datetime:
    """The first of the hours that count now."""
    return hour_of(now - DAY)


def free_at(used: dict[datetime, int]) -> datetime | None:
    """When the first of those who count no longer does."""
    hours = [hour for hour, people in used.items() if people > 0]
    return min(hours) + DAY + timedelta(hours=1) if hours else None


@value
class Use:
    """What decides about a tier: the most people of one day of the last week, the people of the last 30 days, quality.

    `colours` are those of the owner's numbers and of its templates in use.
    """

    best_day: int
    month: int
    verified: bool
    colours: frozenset[str]


def next_tier(tier: str, use: Use, rules: Growth) -> str:
    """The tier from now on: one up, one down, or the same."""
    place = ORDER.index(tier)
    if "RED" in use.colours:
        return ORDER[max(0, place - 1)]
    most = TIERS[tier]
    if most is None or "YELLOW" in use.colours:
        return tier
    if tier == UNVERIFIED_TIER:
        return ORDER[place + 1] if use.verified or (use.month >= rules.proved and "GREEN" in use.colours) else tier
    return ORDER[place + 1] if use.best_day >= rules.used_share * most and "GREEN" in use.colours else tier


def parse(fields: Fields) -> Growth:
    """The section from its document."""
    usual = Growth()
    found = Growth(
        fields.number("used_share", usual.used_share, 0.01, 1),
        fields.whole("proved", usual.proved, 1, 1_000_000),
    )
    fields.end(*render(found))
    return found


def render(section: Growth) -> dict[str, Any]:
    """The section as a document, whole."""
    return {"used_share": section.used_share, "proved": section.proved}
