"""Running a policy in a world: day by day, decided by what may be seen, counted by what is true."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from takt.core.admission.arrays import Floats, Ints
from takt.core.admission.hazard import BLOCK, LEAVE, REPORT, STOP
from takt.twin import life as living
from takt.twin.life import Life, Reaction
from takt.twin.offers import DAYS_A_WEEK, LOTS, Day, Offers
from takt.twin.policies import Delivery, Policy, Sight

_LOG, _DETECT = LOTS.index("log"), LOTS.index("detect")
LAST_WEEKS = 4
STOP_WEIGHT = 5.0


@dataclass(slots=True)
class Counts:
    """What a policy did to a world, by week; `reachable` is the share of people at the end."""

    users: int
    revenue: list[float] = field(default_factory=list)
    harm: list[float] = field(default_factory=list)
    expected: list[float] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    wanted_offered: list[int] = field(default_factory=list)
    reachable: float = 1.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The same in the figures that policies are compared by: per 1,000 users and week, or shares."""

    revenue: float
    revenue_last: float
    per_user_week: float
    blocks_per_1000: float
    harm: float
    wanted_delivered: float
    unwanted_share: float
    reachable: float
    weekly_harm: tuple[float, ...]
    weekly_expected: tuple[float, ...]


def figures(counts: Counts) -> Figures:
    """The figures of a run. Revenue is of the whole run, per 1,000 users; harm is blocks + 5 stops (+ 5 reports)."""
    users, weeks, delivered = counts.users, len(counts.revenue), sum(counts.delivered)
    per = 1_000.0 / users
    return Figures(
        sum(counts.revenue) * per,
        sum(counts.revenue[-LAST_WEEKS:]) * per,
        delivered / users / weeks,
        1_000.0 * sum(counts.blocks) / max(delivered, 1),
        sum(counts.harm) * per / weeks,
        sum(counts.wanted) / max(sum(counts.wanted_offered), 1),
        (delivered - sum(counts.wanted)) / max(delivered, 1),
        counts.reachable,
        tuple(one * per for one in counts.harm),
        tuple(one * per for one in counts.expected),
    )


def between(low: Figures, high: Figures, part: float) -> Figures:
    """The figures on the line from one to another, `part` of the way."""
    return Figures(*(_mixed(getattr(low, name), getattr(high, name), part) for name in Figures.__dataclass_fields__))


def _mixed(low: Any, high: Any, part: float) -> Any:
    if isinstance(low, tuple):
        return tuple(_mixed(a, b, part) for a, b in zip(low, high, strict=True))
    return low + (high - low) * part


def mean(several: Sequence[Figures]) -> Figures:
    """The means of figures, as of several seeds."""
    found = several[0]
    for count, one in enumerate(several[1:], 2):
        found = between(found, one, 1.0 / count)
    return found


def run(offers: Offers, life: Life, policy: Policy, weeks: range) -> Counts:
    """Live through these weeks (counted from the start of the log) under a policy; `life` moves on."""
    counts = Counts(offers.world.users)
    for week in weeks:
        life.week = week - offers.world.log_weeks
        _open_week(counts)
        for number in range(week * DAYS_A_WEEK, (week + 1) * DAYS_A_WEEK):
            _day(offers, life, policy, number, counts)
    counts.reachable = float(life.reachable.mean())
    return counts


def _open_week(counts: Counts) -> None:
    for sums in (counts.revenue, counts.harm, counts.expected):
        sums.append(0.0)
    for numbers in (
        counts.delivered, counts.blocks, counts.stops, counts.leaves, counts.wanted, counts.wanted_offered,
    ):  # fmt: skip
        numbers.append(0)


def _day(offers: Offers, life: Life, policy: Policy, number: int, counts: Counts) -> None:
    day = offers.days[number]
    there = living.open_to(life, day)
    slips = offers.mislabelled[day.sender[there]] & (day.lots[_DETECT, there] >= offers.world.trouble.detected)
    asked, forced = there[~slips], there[slips]
    chosen = asked[policy.decide(_sight(offers, life, day, asked, number))]
    chosen = np.concatenate([chosen, forced])
    _count_offered(offers, life, day, there, counts)
    reaction = living.deliver(life, day, chosen)
    _count(day, chosen, reaction, counts)
    as_marketing = np.arange(len(chosen)) < len(chosen) - len(forced)
    policy.learn(
        Delivery(
            day.person[chosen], offers.owner[day.sender[chosen]], day.sender[chosen], day.content[chosen],
            reaction.outcomes, as_marketing, _found_out(offers, day, asked),
        )
    )  # fmt: skip


def _found_out(offers: Offers, day: Day, asked: Ints) -> Ints:
    """By owner, what was filed as utility and found to be marketing."""
    sender = day.sender[asked]
    found: Ints = np.bincount(offers.owner[sender[offers.mislabelled[sender]]], minlength=int(offers.owner.max()) + 1)
    return found


def _sight(offers: Offers, life: Life, day: Day, asked: Ints, number: int) -> Sight:
    sender = day.sender[asked]
    return Sight(
        number, asked, day.person[asked], offers.owner[sender], sender, day.price[asked], day.content[asked],
        day.lots[_LOG, asked], life.recent, offers.world.users,
    )  # fmt: skip


def _count_offered(offers: Offers, life: Life, day: Day, there: Ints, counts: Counts) -> None:
    wanted = living.wants(offers.world.reactions, day.relevance[there], life.tired[day.person[there]])
    counts.wanted_offered[-1] += int(wanted.sum())


def _count(day: Day, chosen: Ints, reaction: Reaction, counts: Counts) -> None:
    happened = reaction.outcomes.sum(1)
    counts.revenue[-1] += float(day.price[chosen].sum())
    counts.delivered[-1] += len(chosen)
    counts.blocks[-1] += int(happened[BLOCK])
    counts.stops[-1] += int(happened[STOP])
    counts.leaves[-1] += int(happened[LEAVE])
    counts.harm[-1] += _harm(happened)
    counts.expected[-1] += _harm(reaction.chances.sum(1))
    counts.wanted[-1] += int(reaction.wanted.sum())


def _harm(outcomes: Floats) -> float:
    return float(outcomes[BLOCK] + STOP_WEIGHT * (outcomes[STOP] + outcomes[REPORT]))
