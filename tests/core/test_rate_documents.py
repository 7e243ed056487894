"""Documents of rate cards, field by field: what one says is what the card has, and what it may not say is named."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from takt.core.document import UnsoundError
from takt.core.markets import MarketTable
from takt.core.rate_card import parse_card
from takt.core.rating import CATEGORIES, Conversation, Counter, RateCard, Rule
from takt.core.tariff import flat, tariff
from takt.core.terms import Commitment, Fee, Grant, Reseller, Terms

TABLE = MarketTable("dach", "World", {"DE": "DACH", "AT": "DACH"})
WORLD = MarketTable("world", "World")
FULL: dict[str, Any] = {
    "card": "full",
    "about": "All that a card can say",
    "currency": "CHF",
    "price_pin": "delivery",
    "market_table": "dach",
    "units": ["token", "message"],
    "counters": {"n": {"scope": "sender", "period": "month", "by": "market"}, "talks": {"scope": "contract"}},
    "rules": [
        {
            "id": "bids",
            "when": {
                "category": "marketing", "market": ["DACH", "World"], "window": ["closed", "open"], "form": "template",
                "unit": "message", "bid": True,
            },
            "max_price": {"floor": 3, "list": 9},
            "units_max": 4,
        },
        {
            "id": "tokens", "when": {"unit": "token"}, "type": "free_entry_point", "units_max": 500,
            "tiers": {"counter": "n", "mode": "graduated", "steps": [[0, 1], [1000, 5], [2000, 4]]},
        },
        {
            "id": "talk", "when": {"category": ["utility", "service"]}, "units_max": 2,
            "conversation": {
                "name": "talk", "hours": 48, "rides": ["more"], "tiers": {"counter": "talks", "steps": [[0, 7], [10, 6]]},
            },
        },
        {"id": "more", "conversation": {"name": "more", "hours": 72, "price": 8}, "when": {"window": "entry"}},
        {"id": "gift", "when": {"form": "reaction"}, "price": 0, "type": "free_customer_service"},
        {"id": "rest", "price": 8, "type": "regular", "units_max": 7},
    ],
    "recurring": [
        {
            "id": "seat", "per": "sender", "every": "month", "price": 49, "prorate": "none",
            "includes": {"counter": "n", "units": 100},
        },
        {"id": "more", "per": "sender", "price": 9, "includes": {"counter": "n", "units": 20}},
    ],
    "commitment": {"period": "month", "amount": 500, "eligible": ["marketing"]},
    "grants": [
        {"id": "trial", "kind": "promo", "amount": 20, "days": 90, "priority": 5, "eligible": ["marketing", "utility"]},
        {"id": "bought", "kind": "paid", "amount": 1, "days": 1},
    ],
    "reseller": {"wholesale": "buying", "margin": "any"},
}  # fmt: skip


def parsed(document: object) -> RateCard:
    """The card of a document, with the two market tables that there are."""
    return parse_card(document, 3, {"dach": TABLE, "world": WORLD})


def refused(document: object) -> str:
    """What is said against a document."""
    with pytest.raises(UnsoundError) as caught:
        parsed(document)
    return str(caught.value)


def changed(path: tuple[str | int, ...], new: object, document: object = FULL) -> Any:
    """The document with another value at a place."""
    found: Any = deepcopy(document)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return found


def places(found: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """All that is in a document, each with its place."""
    yield path, found
    if isinstance(found, dict | list):
        for step, one in found.items() if isinstance(found, dict) else enumerate(found):
            yield from places(one, (*path, step))


def name_of(path: tuple[str | int, ...]) -> str:
    """A place as errors name it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def test_a_card_has_all_that_its_document_says() -> None:
    n, talks = Counter("n", "sender", by_market=True), Counter("talks", "contract")
    anything = (None,) * 6
    rules = (
        Rule(
            flat(9), "regular", bid_floor=3, units_max=4, name="bids",
            when=(
                frozenset(["marketing"]), frozenset(["DACH", "World"]), frozenset(["closed", "open"]), frozenset(["template"]),
                frozenset(["message"]), frozenset([True]),
            ),
        ),
        Rule(
            tariff([(0, 0), (120, 1), (1120, 5), (2120, 4)]), "free_entry_point", (*(None,) * 4, frozenset(["token"]), None),
            n, units_max=500, name="tokens",
        ),
        Rule(
            tariff([(0, 7), (10, 6)]), "free_customer_service", (frozenset(["utility", "service"]), *(None,) * 5), talks,
            Conversation("talk", 48, frozenset(["talk", "more"])), units_max=2, name="talk",
        ),
        Rule(
            flat(8), "regular", (None, None, frozenset(["entry"]), *(None,) * 3),
            conversation=Conversation("more", 72, frozenset(["more"])), name="more",
        ),
        Rule(flat(0), "free_customer_service", (*(None,) * 3, frozenset(["reaction"]), None, None), name="gift"),
        Rule(flat(8), "regular", anything, units_max=7, name="rest"),
    )  # fmt: skip
    terms = Terms(
        (Fee("seat", "sender", 49, "n", 100, prorated=False), Fee("more", "sender", 9, "n", 20)),
        Commitment(500, frozenset(["marketing"])),
        (
            Grant("trial", "promo", 20, 90, 5, frozenset(["marketing", "utility"])),
            Grant("bought", "paid", 1, 1, 0, frozenset(CATEGORIES)),
        ),
        Reseller("buying", 0, margin_kept=False),
    )
    assert parsed(FULL) == RateCard(
        "full", 3, "CHF", rules, "delivery", TABLE, {"n": n, "talks": talks}, ("message", "token"), terms
    )


def test_what_a_card_leaves_out_is_as_usual() -> None:
    document = {
        "card": "c", "currency": "EUR", "counters": {"n": {"scope": "contract"}},
        "rules": [
            {"when": {"bid": True}, "max_price": {"list": 0}},
            {"when": {"bid": False, "form": "free"}, "conversation": {"name": "talk", "price": 0}},
            {"tiers": {"counter": "n", "steps": [[0, 5]]}},
        ],
        "recurring": [{"id": "seat", "per": "contract", "price": 0}],
        "commitment": {"amount": 1},
        "reseller": {"share_basis_points": 0},
    }  # fmt: skip
    counter = Counter("n", "contract")
    bids: tuple[Any, ...] = (*(None,) * 5, frozenset([True]))
    others: tuple[Any, ...] = (*(None,) * 3, frozenset(["free"]), None, frozenset([False]))
    assert parsed(document) == RateCard(
        "c", 3, "EUR",
        (
            Rule(flat(0), "regular", bids, bid_floor=0),
            Rule(flat(0), "regular", others, conversation=Conversation("talk", 24, frozenset(["talk"]))),
            Rule(flat(5), "free_customer_service", (None,) * 6, counter),
        ),
        "acceptance", None, {"n": counter}, ("message",),
        Terms((Fee("seat", "contract", 0),), Commitment(1, frozenset(CATEGORIES)), (), Reseller("", 0, margin_kept=True)),
    )  # fmt: skip
    assert parsed({"card": "c", "currency": "EUR", "rules": [{"price": 1}]}).terms == Terms()


def test_every_kind_of_credit_fee_and_condition_can_be_said() -> None:
    for kind in ("paid", "promo", "goodwill"):
        assert parsed(changed(("grants", 0, "kind"), kind)).terms.grants[0].kind == kind
    for prorate, prorated in (("day", True), ("none", False)):
        assert parsed(changed(("recurring", 0, "prorate"), prorate)).terms.fees[0].prorated is prorated
    for margin, kept in (("kept", True), ("any", False)):
        share = {"share_basis_points": 1500, "margin": margin}
        assert parsed(changed(("reseller",), share)).terms.reseller == Reseller("", 1500, margin_kept=kept)
    for pin in ("acceptance", "delivery"):
        assert parsed(changed(("price_pin",), pin)).price_pin == pin
    for form in ("template", "free", "reaction"):
        assert parsed(changed(("rules", 5, "when"), {"form": form})).rules[5].when[3] == frozenset([form])


WRONG: dict[type, tuple[object, ...]] = {
    str: (7, "", "Ä\n", ["x"], {}),
    int: ("7", True, 1.5, None, -1),
    bool: ("yes", 1),
    list: (7, "abc", {"a": 1}),
    dict: (7, "abc", [1]),
}
PLACES = [(path, found) for path, found in places(FULL) if path]
OBJECTS = [path for path, found in places(FULL) if isinstance(found, dict) and path != ("counters",)]


def test_what_is_of_another_kind_is_refused_with_its_place() -> None:
    """Every value of a document, in turn, is replaced by some that cannot stand there."""
    for path, found in PLACES:
        names = {name_of(path), name_of(path[:-1])} if isinstance(path[-1], int) else {name_of(path)}
        for wrong in WRONG[type(found)]:
            said = refused(changed(path, wrong))
            assert said.partition(": ")[0] in names, (path, wrong, said)


def test_a_field_that_does_not_exist_is_refused_with_its_place() -> None:
    """Nobody writes a price for nothing: what is not understood is not left aside."""
    for path in OBJECTS:
        said = refused(changed((*path, "more"), 1))
        assert said.startswith(f"{name_of((*path, 'more'))}: is no field here; there are "), said


@pytest.mark.parametrize(
    ("path", "least", "most"),
    [
        (("rules", 5, "price"), 0, 10**12),
        (("rules", 5, "units_max"), 1, 10**9),
        (("rules", 0, "max_price", "floor"), 0, 9),
        (("rules", 1, "tiers", "steps", 2), [1001, 4], [10**9, 4]),
        (("rules", 1, "tiers", "steps", 2), [2000, 0], [2000, 10**12]),
        (("rules", 2, "conversation", "hours"), 1, 168),
        (("rules", 3, "conversation", "price"), 0, 10**12),
        (("recurring", 0, "price"), 0, 10**15),
        (("recurring", 0, "includes", "units"), 1, 10**9),
        (("commitment", "amount"), 1, 10**15),
        (("grants", 0, "amount"), 1, 10**15),
        (("grants", 0, "days"), 1, 3650),
        (("grants", 0, "priority"), 0, 100),
    ],
)
def test_numbers_have_their_limits(path: tuple[str | int, ...], least: Any, most: Any) -> None:
    """The least and the most are accepted, and nothing beyond."""
    parsed(changed(path, least))
    parsed(changed(path, most))
    if isinstance(least, int):
        below, beyond = least - 1, most + 1
    else:
        place = 0 if least[0] != most[0] else 1
        below, beyond = changed((place,), least[place] - 1, least), changed((place,), most[place] + 1, most)
    for wrong in (below, beyond):
        assert refused(changed(path, wrong)).startswith(f"{name_of(path)}: "), wrong


def test_a_bid_has_a_list_price_and_a_floor_of_at_most_that() -> None:
    for wrong, said in (
        ({"floor": 0, "list": -1}, "list: must be a whole number from 0 to 1000000000000, got -1"),
        ({"floor": 0, "list": 10**12 + 1}, "list: must be a whole number from 0 to 1000000000000, got 1000000000001"),
        ({"floor": 3, "list": 2}, "floor: must be a whole number from 0 to 2, got 3"),
    ):
        assert refused(changed(("rules", 0, "max_price"), wrong)) == f"rules[0].max_price.{said}"
    assert parsed(changed(("rules", 0, "max_price"), {"floor": 10**12, "list": 10**12})).rules[0].bid_floor == 10**12


def test_a_share_is_at_most_the_whole() -> None:
    for share in (0, 10_000):
        parsed(changed(("reseller",), {"share_basis_points": share}))
    for share in (-1, 10_001):
        assert refused(changed(("reseller",), {"share_basis_points": share})).startswith(
            "reseller.share_basis_points: "
        )


def many(name: str, number: int) -> dict[str, Any]:
    """A card with so many of something."""
    card: dict[str, Any] = {"card": "c", "currency": "EUR", "rules": [{"price": 1}]}
    match name:
        case "rules":
            return {**card, "rules": [{"price": 1}] * number}
        case "counters":
            counted = [{"tiers": {"counter": f"n{one}", "steps": [[0, 1]]}} for one in range(number)]
            return {**card, "counters": {f"n{one}": {"scope": "sender"} for one in range(number)}, "rules": counted}
        case "recurring":
            return {**card, name: [{"id": "fee", "per": "contract", "price": 1}] * number}
        case "grants":
            return {**card, name: [{"id": "gift", "kind": "promo", "amount": 1, "days": 1}] * number}
        case _:
            steps = {"counter": "n", "steps": [[one, 1] for one in range(number)]}
            return {**card, "counters": {"n": {"scope": "sender"}}, "rules": [{"tiers": steps}]}


@pytest.mark.parametrize(
    ("name", "most"),
    [("rules", 1000), ("counters", 100), ("recurring", 50), ("grants", 50), ("rules[0].tiers.steps", 100)],
)
def test_lists_have_their_limits(name: str, most: int) -> None:
    parsed(many(name, most))
    assert refused(many(name, most + 1)).startswith(f"{name}: ")


def test_a_country_is_told_in_a_few_characters() -> None:
    """Without a market table, a market is whatever the card names."""
    right: tuple[object, ...] = ("D", "D" * 60, ["D", "D" * 60])
    wrong: tuple[object, ...] = ("", "D" * 61, ["DE", ""], ["DE", 1], [])
    for market in right:
        parsed({"card": "c", "currency": "EUR", "rules": [{"when": {"market": market}, "price": 1}]})
    for market in wrong:
        said = refused({"card": "c", "currency": "EUR", "rules": [{"when": {"market": market}, "price": 1}]})
        assert said.startswith("rules[0].when.market: must be a country such as DE, or a list of countries, got ")


def test_a_currency_is_three_capital_letters() -> None:
    for wrong in ("EU", "EURO", "eur", "Eur", "E1R", "ÄÖÜ", "   ", 978):
        said = refused(changed(("currency",), wrong))
        assert said == f"currency: must be three capital letters, such as EUR, got {wrong!r}"


COUNTERS = {"n": {"scope": "contract"}, "m": {"scope": "sender"}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"market_table": "moon"}, "market_table: must be published before its card; there are dach, world, got 'moon'"),
        ({"counters": {"N" * 61: 1}}, f"counters: {'N' * 60!r} must be small letters, digits, - and _"),
        ({"counters": {"n": {"scope": "sender", "by": "sender"}}}, "counters.n.by: must be one of market, got 'sender'"),
        ({"rules": []}, "rules: must be a list of 1 to 1000 rules, got []"),
        ({"rules": [{}]}, "rules[0].price: exactly one of price, tiers, conversation, max_price must be there, got nothing"),
        ({"rules": [{"price": 1, "max_price": 2}]}, (
            "rules[0].max_price: exactly one of price, tiers, conversation, max_price must be there, got 2"
        )),
        ({"rules": [{"price": 1, "type": "free_entry_point"}]}, (
            "rules[0].price: must be 0, because the type free_entry_point says that it costs nothing, got 1"
        )),
        ({"counters": COUNTERS, "rules": [{"tiers": {"counter": "o"}}]}, (
            "rules[0].tiers.counter: must be one of the card's counters: n, m, got 'o'"
        )),
        ({"rules": [{"tiers": {"counter": "o"}}]}, (
            "rules[0].tiers.counter: must be one of the card's counters: none, got 'o'"
        )),
        ({"counters": COUNTERS, "rules": [{"tiers": {"counter": "n", "steps": [[1, 5]]}}]}, (
            "rules[0].tiers.steps[0]: must begin at 0: steps ascend from 0, got nothing"
        )),
        ({"counters": COUNTERS, "rules": [{"tiers": {"counter": "n", "steps": [[0, 5], [7, 4], [3, 2]]}}]}, (
            "rules[0].tiers.steps[2]: must begin at more than 7: steps ascend from 0, got nothing"
        )),
        ({"rules": [{"conversation": {"name": "a"}}]}, (
            "rules[0].conversation.price: exactly one of price and tiers must be there, got nothing"
        )),
        ({"counters": COUNTERS, "rules": [{"conversation": {
            "name": "a", "price": 1, "tiers": {"counter": "n", "steps": [[0, 1]]},
        }}]}, "rules[0].conversation.price: exactly one of price and tiers must be there, got 1"),
        ({"rules": [{"conversation": {"name": "a", "price": 1, "rides": ["a", 1]}}]}, (
            "rules[0].conversation.rides: must be a list of names of conversations, got ['a', 1]"
        )),
        ({"rules": [{"max_price": {"list": 1}}]}, (
            "rules[0].when.bid: must be true, for only a message with a bid has one to keep to, got nothing"
        )),
        ({"counters": COUNTERS, "recurring": [{
            "id": "seat", "per": "sender", "price": 1, "includes": {"counter": "o", "units": 1},
        }]}, "recurring[0].includes.counter: must be one of the card's counters: n, m, got 'o'"),
        ({"recurring": [{"id": "seat", "per": "sender", "price": 1, "includes": {"counter": "o", "units": 1}}]}, (
            "recurring[0].includes.counter: must be one of the card's counters: none, got 'o'"
        )),
        ({"counters": COUNTERS, "recurring": [{
            "id": "seat", "per": "sender", "price": 1, "includes": {"counter": "n", "units": 1},
        }]}, "recurring[0].includes.counter: counts for each contract, but the fee is per sender, got 'n'"),
        ({"reseller": {"wholesale": "w", "share_basis_points": 1}}, (
            "reseller.wholesale: exactly one of wholesale (a card) and share_basis_points must be there, got 'w'"
        )),
    ],
)  # fmt: skip
def test_an_error_says_what_would_be_right(fields: dict[str, Any], said: str) -> None:
    assert refused({"card": "c", "currency": "EUR", "rules": [{"price": 1}], **fields}) == said


def test_without_tables_there_are_none_to_name() -> None:
    with pytest.raises(UnsoundError, match="there are none, got 'dach'"):
        parse_card(FULL, 1, {})


def test_a_name_has_at_most_sixty_characters() -> None:
    assert parsed(changed(("rules", 5, "id"), "x" * 60)).rules[5].name == "x" * 60
    said = refused(changed(("rules", 5, "id"), "x" * 61))
    assert said.startswith("rules[5].id: must be 1 to 60 small letters, digits, - and _, got 'xxx")


def test_a_list_of_words_names_some() -> None:
    said = "rules[1].when.unit: must be one of message, token, or a list of some, got []"
    assert refused(changed(("rules", 1, "when", "unit"), [])) == said


def test_of_several_loose_ends_the_first_by_name_is_told() -> None:
    """Whatever order a set has: the same document gives the same sentence."""
    names = [f"talk{number}" for number in range(9)]
    talk = {"name": "a", "price": 1, "rides": names[::-1]}
    assert refused({"card": "c", "currency": "EUR", "rules": [{"price": 1}, {"conversation": talk}]}) == (
        "rules[1].conversation.rides: no rule opens a conversation talk0"
    )
    counters = {name: {"scope": "contract"} for name in names[::-1]}
    assert refused({"card": "c", "currency": "EUR", "rules": [{"price": 1}], "counters": counters}) == (
        "counters.talk0: no rule counts with it"
    )
