"""Market tables: every country is in one market, and what is no table is refused with its place."""

from typing import Any

import pytest

from takt.core.document import UnsoundError
from takt.core.markets import MarketTable, is_table, parse_table

TABLE: dict[str, Any] = {
    "market_table": "mine", "about": "Ours", "markets": {"Home": ["DE", "AT"], "Sea": ["001"]}, "other": "World",
}  # fmt: skip


def test_a_table_gives_each_country_its_market() -> None:
    table = parse_table(TABLE)
    assert table == MarketTable("mine", "World", {"DE": "Home", "AT": "Home", "001": "Sea"})
    assert [table.market(region) for region in ("DE", "AT", "001", "FR", "")] == [
        "Home",
        "Home",
        "Sea",
        "World",
        "World",
    ]
    assert table.markets == ("Home", "Sea", "World")
    assert hash(table) == hash(MarketTable("mine", "World"))
    assert parse_table({key: one for key, one in TABLE.items() if key != "about"}) == table


def test_others_may_be_a_market_that_has_countries() -> None:
    assert parse_table({**TABLE, "other": "Home"}).markets == ("Home", "Sea")


@pytest.mark.parametrize(
    ("document", "told"), [(TABLE, True), ({"markets": 1}, True), ({"card": "c"}, False), (["markets"], False)]
)
def test_a_document_with_markets_is_a_table(document: object, told: bool) -> None:  # noqa: FBT001
    assert is_table(document) is told


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"market_table": "Mine"}, "market_table: must be 1 to 60 small letters, digits, - and _, got 'Mine'"),
        ({"about": ""}, "about: must be a printable text of 1 to 1000 characters, got ''"),
        ({"about": "x" * 1001}, f"about: must be a printable text of 1 to 1000 characters, got '{'x' * 38}…"),
        ({"other": None}, "other: must be a printable text of 1 to 60 characters, got nothing"),
        ({"other": "x" * 61}, f"other: must be a printable text of 1 to 60 characters, got '{'x' * 38}…"),
        ({"more": 1}, "more: is no field here; there are market_table, about, markets, other"),
        ({"markets": {}}, "markets: must have at least one market"),
        ({"markets": {"": ["DE"]}}, "markets.: a market's name has 1 to 60 printable characters"),
        ({"markets": {"x\n": ["DE"]}}, "markets.x\n: a market's name has 1 to 60 printable characters"),
        ({"markets": {"x" * 61: ["DE"]}}, f"markets.{'x' * 61}: a market's name has 1 to 60 printable characters"),
        ({"markets": {"x": []}}, "markets.x: must be a list of countries, each two capital letters such as DE"),
        ({"markets": {"x": "DE"}}, "markets.x: must be a list of countries, each two capital letters such as DE"),
        ({"markets": {"x": ["DE", "AT", "DE"]}}, "markets.x: DE is in x already"),
        ({"markets": {"x": ["DE"], "y": ["DE"]}}, "markets.y: DE is in x already"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(UnsoundError) as caught:
        parse_table({**TABLE, **fields})
    assert str(caught.value) == says


@pytest.mark.parametrize("country", ["de", "D", "DEU", "01", "0011", "D1", "1D", 49, None, ["DE"], "DE\n", "ÄÖ"])
def test_a_country_is_two_capital_letters_or_three_digits(country: object) -> None:
    with pytest.raises(UnsoundError) as caught:
        parse_table({**TABLE, "markets": {"x": ["DE", country]}})
    assert str(caught.value) == f"markets.x: {country!r} must be two capital letters such as DE, or 001 and the like"


def test_a_table_has_its_limits() -> None:
    def table(number: int) -> dict[str, Any]:
        return {**TABLE, "markets": {f"m{one}": [f"{one:03}"] for one in range(number)}}

    assert len(parse_table(table(300)).markets) == 301
    with pytest.raises(UnsoundError, match=r"^markets: must be an object of at most 300 entries"):
        parse_table(table(301))
    long = {**TABLE, "about": "x" * 1000, "other": "o" * 60, "markets": {"m" * 60: ["ZZ", "AA", "999", "000"]}}
    assert parse_table(long).market("ZZ") == "m" * 60
