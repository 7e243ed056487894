"""What a company wishes for its money, and what is due about it: alerts once a crossing, top-ups that happen by themselves.

Spent in a month is what the wallet lost since its mark: the mark is where the wallet stood when the month began, and
moves along with all that is no spending. Open holds count as spent, for they are promised.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core.entries import Payer
from takt.core.value import value

BUDGET_MARKS: Final = (50, 80, 100)
"""At how many percent of a budget its company hears of it."""
PAUSE_S_LEAST: Final = 60
PAUSE_S_MAX: Final = 31 * 86_400


class Alert(StrEnum):
    """What a company hears about its money."""

    LOW_BALANCE = "low_balance"
    BUDGET = "budget"
    PAYMENT_RETURNED = "payment_returned"


@value
class AutoTopUp:
    """Top up by `net_micros` when less than `below_micros` is left.

    At most `month_max_micros` (net) a month, with a pause of `pause_s` between; collected by the mandate, or asked of a
    provider.
    """

    below_micros: int
    net_micros: int
    month_max_micros: int
    pause_s: int
    provider: str
    mandate_id: UUID | None = None


@value
class Plan:
    """The wishes of a company for a month, and what was done about them so far.

    A `hard` budget stops sends (the wallet itself refuses). `low_told`: it was told that little is left; `budget_told`: the
    highest percentage it was told of.
    """

    payer: Payer
    month: date
    budget_micros: int | None = None
    hard: bool = False
    low_micros: int | None = None
    auto: AutoTopUp | None = None
    auto_at: datetime | None = None
    low_told: bool = False
    budget_told: int = 0


@value
class Standing:
    """Where the money of a contract stands.

    `asked_micros` is what was topped up automatically this month, `open` whether one of those is still under way.
    """

    posted_micros: int
    pending_micros: int
    min_available_micros: int
    mark_micros: int
    asked_micros: int = 0
    open: bool = False

    @property
    def available_micros(self) -> int:
        """What may still be set aside before the limit is reached."""
        return self.posted_micros - self.pending_micros - self.min_available_micros

    @property
    def spent_micros(self) -> int:
        """What was spent or promised since the mark."""
        return self.mark_micros - self.posted_micros + self.pending_micros


@value
class Told:
    """One alert: the figure, and the limit that it passed."""

    alert: Alert
    micros: int
    limit_micros: int


@value
class Due:
    """What is to be done now: alerts, a top-up of so much (net), and what is remembered of it."""

    told: tuple[Told, ...]
    top_up_micros: int | None
    low_told: bool
    budget_told: int


def look(plan: Plan, standing: Standing, now: datetime) -> Due:
    """What is due: each alert once, when its limit is passed; again only after the figure was back on the other side."""
    told: list[Told] = []
    low = plan.low_micros is not None and standing.available_micros < plan.low_micros
    if low and not plan.low_told:
        assert plan.low_micros is not None
        told.append(Told(Alert.LOW_BALANCE, standing.available_micros, plan.low_micros))
    reached = _reached(plan, standing)
    if reached > plan.budget_told:
        assert plan.budget_micros is not None
        told.append(Told(Alert.BUDGET, standing.spent_micros, plan.budget_micros * reached // 100))
    return Due(tuple(told), _top_up(plan, standing, now), low, reached)


def is_quiet(plan: Plan, due: Due) -> bool:
    """Whether nothing is to be done or remembered."""
    return not due.told and due.top_up_micros is None and (due.low_told, due.budget_told) == (
        plan.low_told, plan.budget_told,
    )  # fmt: skip


def _reached(plan: Plan, standing: Standing) -> int:
    """The highest mark of the budget that was reached; 0 for none."""
    budget = plan.budget_micros
    if not budget:
        return 0
    return max((one for one in BUDGET_MARKS if standing.spent_micros * 100 >= budget * one), default=0)


def _top_up(plan: Plan, standing: Standing, now: datetime) -> int | None:
    auto = plan.auto
    if auto is None or standing.open or standing.available_micros >= auto.below_micros:
        return None
    if plan.auto_at is not None and now < plan.auto_at + timedelta(seconds=auto.pause_s):
        return None
    return auto.net_micros if standing.asked_micros + auto.net_micros <= auto.month_max_micros else None
