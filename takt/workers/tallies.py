"""What moves the prices of markets, read from the rows of all parts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from takt.core.admission.book import Book
from takt.core.admission.demand import PLACES
from takt.core.admission.settings import Admission, Weights
from takt.core.admission.shadow import Slipped, Spent, Tally
from takt.store import demands
from takt.store.admissions import MATURE
from takt.store.demands import Offered, Past, Sums
from takt.store.site import Site


async def sums(site: Site, now: datetime) -> Mapping[str, Sums]:
    """What was decided in 28 days, by market."""
    by_market: defaultdict[str, list[Sums]] = defaultdict(list)
    for part in site.parts:
        async with site.pool(part).acquire() as at:
            for one in await demands.sums(at, part, now):
                by_market[one.market].append(one)
    return {market: _together(market, several) for market, several in sorted(by_market.items())}


async def tallies(site: Site, now: datetime, settings: Admission, book: Book) -> Mapping[str, Tally]:
    """What was offered in the last day, what was spent in 28, and what slipped past; nothing of markets without an offer in the last day."""
    offered: defaultdict[str, list[Offered]] = defaultdict(list)
    spent: defaultdict[str, defaultdict[int, list[Spent]]] = defaultdict(lambda: defaultdict(list))
    past: defaultdict[str, defaultdict[int, list[Past]]] = defaultdict(lambda: defaultdict(list))
    for part in site.parts:
        async with site.pool(part).acquire() as at:
            for one in await demands.demand(at, part, now, settings.reserve):
                offered[one.market].append(one)
            for market, ago, day in await demands.spent(at, part, now):
                spent[market][ago].append(day)
            for utility in await demands.past(at, part, sorted(book.misfiled), now) if book.misfiled else ():
                past[utility.market][utility.ago].append(utility)
    return {
        market: _tally(several, spent[market], _slipped(past[market], settings.weights))
        for market, several in sorted(offered.items())
    }


def _tally(offered: Sequence[Offered], spent: Mapping[int, Iterable[Spent]], slipped: Sequence[Slipped]) -> Tally:
    laid_out = np.zeros(PLACES)
    for one in offered:
        if one.place >= 0:
            laid_out[one.place] += one.annoyance
    days = [_day(spent.get(ago, ())) for ago in range(max(spent, default=-1) + 1)]
    passed, let_out = sum(one.passed for one in offered), sum(one.let_out for one in offered)
    return Tally(laid_out, passed, let_out, days, slipped)


def _slipped(past: Mapping[int, Sequence[Past]], weights: Weights) -> list[Slipped]:
    """The days, newest first; what came of the youngest is not known yet."""
    days = []
    for ago in range(max(past, default=-1) + 1):
        several = past.get(ago, ())
        messages = sum(one.messages for one in several)
        harm = sum(weights.block * one.block + weights.report * one.report + weights.stop * one.stop for one in several)
        days.append(Slipped(messages, messages, harm) if ago >= MATURE.days else Slipped(messages))
    return days


def _day(several: Iterable[Spent]) -> Spent:
    found = Spent()
    for one in several:
        found = Spent(found.predicted + one.predicted, found.known + one.known, found.happened + one.happened)
    return found


def _together(market: str, several: Sequence[Sums]) -> Sums:
    return Sums(
        market,
        sum(one.people for one in several),
        sum(one.decisions for one in several),
        sum(one.delivered for one in several),
    )
