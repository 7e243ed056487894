"""Market tables: to which market of a price list the countries belong. Immutable, each version under a name of its own.

Numbers are told apart by the numbering plan (which splits +1 and +7 by area) when a person is registered; a table sees
the country that this gave.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from takt.core.card_fields import ABOUT_CHARS_MAX, entries, opened, text, word
from takt.core.document import UnsoundError
from takt.core.value import value

MARKETS_MAX: Final = 300
MARKET_CHARS_MAX: Final = 60
REGION: Final = re.compile(r"[A-Z]{2}|[0-9]{3}")


@value
class MarketTable:
    """The market of each country, and of all others."""

    name: str
    other: str
    regions: Mapping[str, str] = field(default_factory=dict, hash=False)

    def market(self, region: str) -> str:
        """Where a country belongs."""
        return self.regions.get(region, self.other)

    @property
    def markets(self) -> tuple[str, ...]:
        """All markets, in the order of the table."""
        return tuple(dict.fromkeys([*self.regions.values(), self.other]))


def is_table(document: object) -> bool:
    """Whether a document is a market table rather than a rate card."""
    return isinstance(document, Mapping) and "markets" in document


def parse_table(document: object) -> MarketTable:
    """A table `{"market_table": name, "markets": {market: [countries]}, "other": market}`. Raises UnsoundError."""
    fields = opened(document, "", ("market_table", "about", "markets", "other"))
    name = word(fields, "market_table")
    text(fields, "about", ABOUT_CHARS_MAX, "-")
    regions: dict[str, str] = {}
    for market, countries in entries(fields, "markets", MARKETS_MAX).items():
        where = f"markets.{market}"
        if not market.isprintable() or not 1 <= len(market) <= MARKET_CHARS_MAX:
            raise UnsoundError(f"{where}: a market's name has 1 to {MARKET_CHARS_MAX} printable characters")
        if not isinstance(countries, list) or not countries:
            raise UnsoundError(f"{where}: must be a list of countries, each two capital letters such as DE")
        for country in countries:
            if not isinstance(country, str) or REGION.fullmatch(country) is None:
                raise UnsoundError(f"{where}: {country!r} must be two capital letters such as DE, or 001 and the like")
            if country in regions:
                raise UnsoundError(f"{where}: {country} is in {regions[country]} already")
            regions[country] = market
    if not regions:
        raise UnsoundError("markets: must have at least one market")
    return MarketTable(name, text(fields, "other", MARKET_CHARS_MAX), regions)
