"""What a partner owes beside messages: once for each card however many clients, by the days on which one pays by it."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from takt.core import closing, wholesale
from takt.core.closing import Charge, Month, Stretch, Trade, charges
from takt.core.roll_up import UsageKey
from takt.core.terms import Commitment, Fee, Reseller, Terms
from takt.core.wholesale import Client

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
TENTH, TWENTIETH = date(2026, 11, 10), date(2026, 11, 20)
LINE = Fee("line", "contract", 30_000_000)
SEAT = Fee("seat", "sender", 3_000_000)
LEAST = Commitment(3_000_000, frozenset(["utility"]))
BULK = [Stretch(NOVEMBER, DECEMBER, "bulk", 1, Terms((LINE, SEAT), LEAST))]


def sold(begins: date, ends: date = DECEMBER, card: str = "bulk") -> Stretch:
    return Stretch(begins, ends, "retail", 1, Terms(reseller=Reseller(wholesale=card)))


def plain(begins: date, ends: date) -> Stretch:
    return Stretch(begins, ends, "retail", 1, Terms(reseller=Reseller(share_basis_points=1)))


def lines(*clients: Client, own: str = "start") -> list[Charge]:
    trades = wholesale.trades(clients, lambda _: BULK, own)
    asked = closing.asked(NOVEMBER, (), trades)
    return charges(Month(NOVEMBER, [], [], {}, {}, {}, asked, trades=trades))


def told(found: list[Charge]) -> list[tuple[str, date, int, int]]:
    return [(one.name or one.kind, one.begins, one.quantity, one.unit_price_micros) for one in found]


def test_a_fee_is_due_once_and_for_each_sender_of_the_clients() -> None:
    one = Client([sold(NOVEMBER)], [NOVEMBER, NOVEMBER])
    other = Client([sold(TENTH)], [TENTH, TWENTIETH])
    found = told(lines(one, other))
    assert found == [
        ("line", NOVEMBER, 1, 30_000_000), ("seat", NOVEMBER, 2, 3_000_000), ("seat", TENTH, 1, 2_100_000),
        ("seat", TWENTIETH, 1, 1_100_000), ("commitment", NOVEMBER, 1, 3_000_000),
    ]  # fmt: skip
    assert {one.card for one in lines(one, other)} == {"bulk"}


def test_it_asks_for_the_days_on_which_a_client_pays_by_it() -> None:
    first, last = Client([sold(NOVEMBER, TENTH), plain(TENTH, DECEMBER)], []), Client([sold(TWENTIETH)], [])
    assert told(lines(first, last)) == [
        ("line", NOVEMBER, 1, 9_000_000), ("line", TWENTIETH, 1, 11_000_000), ("commitment", NOVEMBER, 1, 2_000_000),
    ]  # fmt: skip
    assert lines(Client([plain(NOVEMBER, DECEMBER)], [NOVEMBER])) == []
    assert lines() == []


def test_a_card_that_the_partner_pays_by_itself_asks_only_for_its_clients_senders() -> None:
    assert told(lines(Client([sold(NOVEMBER)], [NOVEMBER]), own="bulk")) == [("seat", NOVEMBER, 1, 3_000_000)]


@given(st.lists(st.integers(0, 30), max_size=5), st.lists(st.integers(1, 29), max_size=2, unique=True))
def test_the_days_of_several_clients_are_those_of_one_from_the_first_on(begun: list[int], borders: list[int]) -> None:
    """And versions in between share the fee without losing a millionth."""
    days = [NOVEMBER, *sorted(NOVEMBER + timedelta(days=one) for one in borders), DECEMBER]
    versions = [
        Stretch(one, two, "bulk", at, Terms((Fee("line", "contract", 29_999_999, "n", at),)))
        for at, (one, two) in enumerate(pairwise(days), 1)
    ]
    clients = [Client([sold(NOVEMBER + timedelta(days=one))], []) for one in begun if one < 30]
    trades = wholesale.trades(clients, lambda _: versions, "start")
    found = charges(Month(NOVEMBER, [], [], {}, {}, {}, {}, trades=trades))
    first = min(begun, default=30)
    assert sum(one.micros for one in found) == (29_999_999 - 29_999_999 * first // 30 if first < 30 else 0)


def key(card: str, price: int) -> UsageKey:
    return UsageKey(NOVEMBER, card, 1, 0, "utility", "DE", "", price)


def test_a_commitment_is_filled_by_what_its_card_priced_and_the_own_one_by_the_rest() -> None:
    """What a wholesale card without one priced fills the own one; and late messages give back what was asked of theirs."""
    used = {key("bulk", 10): 100, key("start", 7): 100, key("other", 3): 100}
    asked = {(NOVEMBER, ""): Commitment(2_000, LEAST.eligible), (NOVEMBER, "bulk"): Commitment(1_500, LEAST.eligible)}
    found = charges(Month(NOVEMBER, [], [], used, {}, {}, asked))
    assert [(one.card, one.micros) for one in found if one.kind == "commitment"] == [("", 1_000), ("bulk", 500)]
    late = {**used, key("bulk", 10): 130}
    true_ups = {(NOVEMBER, one.card): one.micros for one in found if one.kind == "commitment"}
    again = charges(Month(DECEMBER, [], [], late, used, true_ups, asked))
    assert [(one.kind, one.card, one.micros) for one in again] == [("usage", "bulk", 300), ("commitment", "bulk", -300)]


def test_what_asks_for_nothing_is_no_commitment() -> None:
    tiny = [Stretch(NOVEMBER, TENTH, "bulk", 1, Terms(commitment=Commitment(1, LEAST.eligible)))]
    assert closing.asked(NOVEMBER, tiny, [Trade("bulk", tiny, [])]) == {}


def test_the_own_card_asks_beside_the_wholesale_cards_down_to_a_millionth() -> None:
    least = [Stretch(NOVEMBER, DECEMBER, "start", 1, Terms(commitment=Commitment(1, LEAST.eligible)))]
    assert closing.asked(NOVEMBER, least, [Trade("bulk", BULK, [])]) == {
        (NOVEMBER, ""): Commitment(1, LEAST.eligible), (NOVEMBER, "bulk"): LEAST,
    }  # fmt: skip


def test_cards_come_by_their_names_and_a_client_whose_card_sells_nothing_asks_for_none() -> None:
    alone = Client([Stretch(NOVEMBER, DECEMBER, "start", 1, Terms())], [NOVEMBER])
    clients = [alone, *(Client([sold(NOVEMBER, card=one)], []) for one in ("east", "bulk", "west", "coast", "alpine"))]
    assert [one.card for one in wholesale.trades(clients, lambda _: BULK, "start")] == [
        "alpine", "bulk", "coast", "east", "west",
    ]  # fmt: skip
