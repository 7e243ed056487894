"""The shadow price: what one unit of annoyance costs in a segment of people.

Three things set it. What was offered in the last day, laid out by price (`demand`), tells which price spends an allowance: so it
is known before the harm is. What happened against what was predicted, the newest days counting most, tells how much a predicted
unit really is. And what was spent beyond the budget is taken from the days that follow; what was left is given to them.

Advertising that is called utility is not weighed, but people are annoyed by it all the same. So the harm that it did counts as
spent, and what it is going to do is kept back from what a day may do.

It rises at once and falls slowly: harm cannot be taken back, a message can go out later. It rests on a gap in what is known, and
never falls by itself after an alarm.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from takt.core.admission import demand
from takt.core.admission.arrays import Floats
from takt.core.value import value

MOVES_A_DAY: Final = 4
RISE_MAX: Final = 2.0
FALL_MAX: Final = 0.2
ALARM_RATIO: Final = 2.5
ALARM_BEYOND: Final = 30.0
NEWEST_DAYS: Final = 7.0
PAID_BACK_DAYS: Final = 10.0
FORGOTTEN_DAYS: Final = 28.0
SHARE_LEAST: Final = 0.5
SHARE_MOST: Final = 1.25
WEIGHED_LEAST: Final = 0.25
"""So much of the budget is left to what is weighed, whatever slips past."""
YIELD_MAX: Final = 2.0
_FEW: Final = 20.0
_FEW_NEWEST: Final = 60.0
_FEW_SLIPPED: Final = 100.0


@value
class ShadowPrice:
    """The price now, how much more harm happens than was predicted, and whether an alarm holds it up."""

    price: float
    calibration: float = 1.0
    alarmed: bool = False


@value
class Spent:
    """A day's annoyance: predicted of what was let out; of that, what is known by now; and what of it happened."""

    predicted: float = 0.0
    known: float = 0.0
    happened: float = 0.0


@value
class Slipped:
    """A day's utility of owners who file advertising as such: messages, of how many it is known what came of them, and the annoyance of these.

    All of it counts: people hardly block what they need, so nearly all the harm is that of the advertising among it.
    """

    messages: float = 0.0
    known: float = 0.0
    happened: float = 0.0


@value
class Tally:
    """What moves the price: the last day's demand, what of it passed by score and what was let out, and all days, newest first."""

    demand: Floats
    passed: float
    let_out: float
    days: Sequence[Spent]
    slipped: Sequence[Slipped] = ()


def calibrate(days: Sequence[Spent]) -> float:
    """How much more harm happens than is predicted (days newest first): that of all days, moved by the newest; 1 while little is known."""
    usual = (sum(one.happened for one in days) + _FEW) / (sum(one.known for one in days) + _FEW)
    keep, happened, known = 1.0 - 1.0 / NEWEST_DAYS, 0.0, 0.0
    for one in reversed(days):
        if one.known > 0.0:
            happened, known = keep * happened + one.happened, keep * known + one.known
    return (happened + _FEW_NEWEST * usual) / (known + _FEW_NEWEST)


def slipping(slipped: Sequence[Slipped]) -> float:
    """How much a message annoys that slips past, by those of which that is known; nothing while these are few."""
    return sum(one.happened for one in slipped) / (sum(one.known for one in slipped) + _FEW_SLIPPED)


def allowance(
    days: Sequence[Spent], calibration: float, budget_per_day: float, slipped: Sequence[Slipped] = ()
) -> float:
    """The harm that a day may do: the budget, less a part of what was done beyond it, or with a part of what was left of it.

    It lies between `SHARE_LEAST` and `SHARE_MOST` of the budget. What is not known yet counts as it was predicted, calibrated.
    """
    keep, beyond, each = 1.0 - 1.0 / FORGOTTEN_DAYS, 0.0, slipping(slipped)
    for place in reversed(range(len(days))):
        one, past = days[place], slipped[place] if place < len(slipped) else Slipped()
        beyond = keep * beyond + one.happened + calibration * (one.predicted - one.known) - budget_per_day
        beyond += past.happened + each * (past.messages - past.known)
    share = 1.0 - beyond / (PAID_BACK_DAYS * budget_per_day)
    return budget_per_day * max(SHARE_LEAST, min(SHARE_MOST, share))


def move(
    before: ShadowPrice, tally: Tally, budget_per_day: float, *, days: float = 1.0, gap: bool = False
) -> ShadowPrice:
    """The price from now on, so many `days` after it moved last. `budget_per_day` is the harm allowed; on a `gap` in the reports it rests.

    It rises to `RISE_MAX` times itself at most, falls by `FALL_MAX` a day, and stays within the prices of `demand`. Where no harm is
    allowed it rises at once to where nothing of the last day would have passed, and does not fall.
    """
    if gap:
        return before
    if budget_per_day <= 0.0:
        return replace(before, price=max(before.price, demand.price(tally.demand, 0.0)))
    calibration = calibrate(tally.days)
    whole = allowance(tally.days, calibration, budget_per_day, tally.slipped)
    weighed = max(WEIGHED_LEAST * budget_per_day, whole - _coming(tally.slipped))
    allowed = weighed / calibration / _yield(tally)
    alarmed = before.alarmed or _alarming(tally.days)
    least = before.price if alarmed else before.price * (1.0 - FALL_MAX) ** days
    price = max(least, min(before.price * RISE_MAX, demand.price(tally.demand, allowed)))
    return ShadowPrice(max(demand.LEAST, min(demand.MOST, price)), calibration, alarmed)


def _coming(slipped: Sequence[Slipped]) -> float:
    """What is going to slip past in a day will annoy so much, if it is as many messages as in the last."""
    return slipping(slipped) * slipped[0].messages if slipped else 0.0


def _alarming(days: Sequence[Spent]) -> bool:
    return sum(one.happened for one in days) > ALARM_RATIO * sum(one.known for one in days) + ALARM_BEYOND


def _yield(tally: Tally) -> float:
    """How much is let out of what passes by score: caps of a person take from it, explored weeks add to it."""
    if tally.passed <= 0.0 or tally.let_out <= 0.0:
        return 1.0
    return max(1.0 / YIELD_MAX, min(YIELD_MAX, tally.let_out / tally.passed))
