"""The price lists that come with Takt: each is sound, and charges what the rules of its time say."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from takt import cards
from takt.core import charging, rate_proof, rating
from takt.core.charging import CountKey, Due, Opening, Pair
from takt.core.document import UnsoundError
from takt.core.markets import MarketTable, is_table, parse_table
from takt.core.rate_calendar import parse_validity
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.reseller import check_margin, derived
from takt.core.terms import fee_micros, true_up_micros

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MARA, CONTRACT = UUID(int=1), UUID(int=2)
LISTS = [name for name in cards.names() if not is_table(cards.document(name))]


@cache
def tables() -> dict[str, MarketTable]:
    found = (parse_table(cards.document(name)) for name in cards.names() if is_table(cards.document(name)))
    return {one.name: one for one in found}


@cache
def card(name: str) -> RateCard:
    return parse_card(cards.document(name), 1, tables())


@dataclass
class Till:
    """Charges messages one after the other, as batches of one would."""

    card: RateCard
    counts: dict[CountKey, int] = field(default_factory=dict)
    talks: dict[tuple[Pair, str], Opening] = field(default_factory=dict)
    now: datetime = NOW

    def charge(
        self, category: str, region: str = "DE", window: str = "closed", form: str = "template", *, person: UUID = MARA
    ) -> tuple[int, str]:
        """What a delivered message costs, and its type on the wire."""
        line = rating.find(self.card, category, region, window, form)
        counter = line.rule.counter
        key = CountKey(0, CONTRACT, counter.key(line.market, "1"), date(2026, 11, 1)) if counter else None
        quote = line.quote(self.counts.get(key, 0) if key else 0)
        due = Due(uuid4(), (person, "1"), quote, line.rule, key)
        opened, riding = charging.converse([due], self.talks, self.now)
        self.talks |= {(one.pair, one.name): one for one in opened}
        added = charging.counted([due], riding)
        final = charging.charges([due], riding, {one: self.counts.get(one, 0) for one in added})[due.message_id]
        for one, count in added.items():
            self.counts[one] = self.counts.get(one, 0) + count
        assert final.price <= quote.amount_micros
        return final.price, final.kind

    def count(self, key: str, units: int) -> None:
        """Let so many be counted already."""
        self.counts[CountKey(0, CONTRACT, key, date(2026, 11, 1))] = units


@pytest.mark.parametrize("name", LISTS)
def test_every_shipped_card_is_sound(name: str) -> None:
    """Complete, without shadows, with a name that tells what it is, valid at some time."""
    rate_proof.check(card(name))
    assert name.removeprefix("archetype-") == card(name).card
    parse_validity(cards.document(name), NOW, ZoneInfo)


def test_there_are_five_regimes_seven_archetypes_and_a_beginning() -> None:
    assert [name for name in LISTS if name.startswith("cloud-")] == [
        "cloud-2022-02", "cloud-2023-06", "cloud-2024-11", "cloud-2025-07", "cloud-2026-10",
    ]  # fmt: skip
    assert len([name for name in LISTS if name.startswith("archetype-")]) == 7
    assert set(LISTS) >= {cards.DEFAULT}
    assert len(tables()["cloud-2026-10"].markets) == 47


FREE, PAID, ENTRY = "free_customer_service", "regular", "free_entry_point"
CASES: list[tuple[str, dict[str, int], list[tuple[tuple[str, ...], tuple[int, str]]]]] = [
    # 2022: one conversation of 24 hours, whoever opens it, and 1,000 of a month are free
    ("cloud-2022-02", {}, [(("marketing",), (0, FREE)), (("utility",), (0, FREE))]),
    ("cloud-2022-02", {"free": 1000}, [
        (("marketing",), (113_100, PAID)), (("utility",), (0, FREE)), (("service", "DE", "open", "free"), (0, FREE)),
    ]),
    ("cloud-2022-02", {"free": 1000}, [(("service", "DE", "open", "free"), (67_900, PAID)), (("marketing",), (0, FREE))]),
    ("cloud-2022-02", {"free": 1000}, [(("service", "DE", "entry", "free"), (0, ENTRY)), (("marketing",), (113_100, PAID))]),
    ("cloud-2022-02", {"free": 999}, [(("marketing", "FR"), (0, FREE))]),
    ("cloud-2022-02", {"free": 1000}, [(("utility", "KZ"), (54_900, PAID))]),
    # 2023: by category; an answer rides in any conversation that is open
    ("cloud-2023-06", {"service": 1000}, [
        (("marketing",), (113_100, PAID)), (("utility",), (67_900, PAID)), (("marketing",), (0, FREE)),
        (("service", "DE", "open", "free"), (0, FREE)),
    ]),
    ("cloud-2023-06", {"service": 1000}, [
        (("service", "DE", "open", "free"), (67_900, PAID)), (("service", "DE", "open", "free"), (0, FREE)),
        (("marketing", "DE", "open"), (113_100, PAID)),
    ]),
    ("cloud-2023-06", {"service": 3}, [(("service", "DE", "open", "free"), (0, FREE))]),
    # 2024-11: service is free
    ("cloud-2024-11", {}, [(("service", "DE", "open", "free"), (0, FREE)), (("marketing",), (113_100, PAID))]),
    # 2025-07: each delivered template; utility is free in the window; steps by volume
    ("cloud-2025-07", {}, [
        (("service", "DE", "open", "free"), (0, FREE)), (("utility", "DE", "open"), (0, FREE)),
        (("utility",), (55_000, PAID)), (("utility",), (55_000, PAID)), (("marketing", "DE", "open"), (136_500, PAID)),
        (("authentication",), (55_000, PAID)), (("authentication_international", "IN"), (28_000, PAID)),
        (("marketing", "FR", "entry"), (0, ENTRY)), (("service", "DE", "open", "reaction"), (0, FREE)),
    ]),
    ("cloud-2025-07", {"utility/Germany": 100_000}, [(("utility",), (52_250, PAID)), (("utility", "FR"), (30_000, PAID))]),
    ("cloud-2025-07", {"utility/Germany": 99_999}, [(("utility",), (55_000, PAID)), (("utility",), (52_250, PAID))]),
    # 2026-10: answers cost what utility does after 1,000 of a number and month; utility in the window, too
    ("cloud-2026-10", {"service:1": 999}, [
        (("service", "DE", "open", "free"), (0, FREE)), (("service", "DE", "open", "free"), (55_000, PAID)),
        (("utility", "DE", "open"), (55_000, PAID)), (("service", "DE", "open", "reaction"), (0, FREE)),
        (("service", "DE", "entry", "free"), (0, ENTRY)), (("marketing", "HU"), (86_000, PAID)),
        (("authentication_international", "MA"), (81_100, PAID)),
        (("authentication_international", "DE"), (55_000, PAID)), (("service", "ZZ", "open", "free"), (7_700, PAID)),
    ]),
    # ours to begin with: the same rules in euro, without steps for utility
    ("start", {"service:1": 1000, "utility/Germany": 10**7}, [
        (("marketing",), (113_100, PAID)), (("utility",), (45_600, PAID)), (("utility", "DE", "open"), (45_600, PAID)),
        (("service", "DE", "open", "free"), (45_600, PAID)), (("authentication",), (45_600, PAID)),
    ]),
    ("start", {}, [(("service", "DE", "open", "free"), (0, FREE))]),
    # usual ways to charge
    ("archetype-flat", {}, [(("marketing",), (50_000, PAID)), (("service", "DE", "open", "free"), (0, FREE))]),
    ("archetype-list", {}, [
        (("marketing",), (113_100, PAID)), (("marketing", "CH"), (120_000, PAID)), (("marketing", "FR"), (130_000, PAID)),
        (("utility", "AT"), (45_600, PAID)), (("authentication", "FR"), (60_000, PAID)),
    ]),
    ("archetype-volume", {"marketing": 9_999, "utility/DE": 100_000}, [
        (("marketing",), (110_000, PAID)), (("marketing", "FR"), (100_000, PAID)), (("utility",), (43_000, PAID)),
        (("utility", "AT"), (45_600, PAID)),
    ]),
    ("archetype-conversation", {}, [
        (("utility",), (60_000, PAID)), (("authentication",), (0, FREE)), (("marketing",), (150_000, PAID)),
        (("service", "DE", "open", "free"), (0, FREE)),
    ]),
    ("archetype-conversation", {}, [(("marketing",), (150_000, PAID)), (("utility",), (0, FREE))]),
    ("archetype-subscription", {"messages:1": 1_999}, [
        (("utility",), (0, FREE)), (("utility",), (40_000, PAID)), (("marketing",), (110_000, PAID)),
    ]),
    ("archetype-commitment", {}, [(("marketing",), (95_000, PAID)), (("utility",), (39_000, PAID))]),
    ("archetype-reseller", {}, [(("marketing",), (130_000, PAID)), (("utility",), (52_500, PAID))]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "counted", "messages"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_a_card_charges_what_its_rules_say(
    name: str, counted: dict[str, int], messages: list[tuple[tuple[str, ...], tuple[int, str]]]
) -> None:
    """Message after message to one person, from counts as they are told."""
    till = Till(card(name))
    for key, units in counted.items():
        till.count(key, units)
    assert [till.charge(*asked) for asked, _ in messages] == [expected for _, expected in messages]


def test_a_conversation_ends_after_its_hours_and_is_one_person_s() -> None:
    till = Till(card("archetype-conversation"))
    assert till.charge("utility")[0] == 60_000
    assert till.charge("utility", person=uuid4())[0] == 60_000
    till.now += timedelta(hours=24, microseconds=-1)
    assert till.charge("utility")[0] == 0
    till.now += timedelta(microseconds=1)
    assert till.charge("utility")[0] == 60_000


def test_tokens_cost_two_dollars_a_million() -> None:
    line = rating.line_of(card("cloud-2026-10"), ("service", "Germany", "open", "free", "token", False))
    assert rating.quote_units(line, 1_000_000).amount_micros == 2_000_000


def test_a_bid_is_the_most_and_the_list_price_the_usual() -> None:
    line = rating.line_of(card("cloud-2026-10"), ("marketing", "Germany", "closed", "template", "message", True))
    assert rating.quote_units(line, 1, bid_micros=100_000).price == 100_000
    assert rating.quote_units(line, 1, bid_micros=200_000).price == 136_500


def test_a_seat_costs_a_share_of_its_month_and_stretches_add_up() -> None:
    (seat,) = card("archetype-subscription").terms.fees
    november = date(2026, 11, 1)
    whole = fee_micros(seat, november, november, date(2026, 12, 1))
    assert whole == 49_000_000
    parts = [
        fee_micros(seat, november, date(2026, 11, first), date(2026, 11, last))
        for first, last in ((1, 8), (8, 21), (21, 30))
    ]
    assert sum(parts) + fee_micros(seat, november, date(2026, 11, 30), date(2027, 1, 1)) == whole
    assert fee_micros(seat, november, date(2026, 12, 1), date(2026, 12, 31)) == 0


def test_a_commitment_is_paid_up_by_what_counts() -> None:
    promised = card("archetype-commitment").terms.commitment
    assert promised is not None
    assert true_up_micros(promised, {"marketing": 400_000_000, "service": 90_000_000}) == 100_000_000
    assert true_up_micros(promised, {"marketing": 400_000_000, "utility": 200_000_000}) == 0
    (grant,) = card("archetype-commitment").terms.grants
    assert (grant.kind, grant.amount_micros, grant.days) == ("promo", 20_000_000, 90)


def test_a_partner_keeps_its_share_and_never_pays_more_than_its_client() -> None:
    """Invariant 13: both legs are rated alike, the partner's never dearer."""
    retail = card("archetype-reseller")
    assert retail.terms.reseller is not None
    wholesale = derived(retail, retail.terms.reseller.share_basis_points)
    legs = [
        rating.find(one, "marketing", "DE", "closed", "template").quote().amount_micros for one in (retail, wholesale)
    ]
    assert legs == [130_000, 110_500]
    check_margin(retail, wholesale)
    with pytest.raises(UnsoundError, match=r"reseller\.margin: .*may cost the client 44625 and the partner 52500"):
        check_margin(wholesale, retail)


def test_the_tables_know_every_country_once() -> None:
    """Countries that the numbering plan tells apart, such as the Dominican Republic from the United States."""
    newest: Any = tables()["cloud-2026-10"]
    assert [newest.market(one) for one in ("DE", "US", "DO", "KZ", "RU", "ZW", "JE", "XX")] == [
        "Germany", "North America", "Rest of Latin America", "Kazakhstan", "Russia", "Rest of Africa", "UK", "Other",
    ]  # fmt: skip
