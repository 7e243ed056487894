"""Grants are used in order and for what they are good for; a hold takes from several; nothing is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from takt.core import grants
from takt.core.entries import BANK, BREAKAGE, MARKETING, SPEND, Entry, EntryKind
from takt.core.grants import Grant, GrantKind, GrantState, Standing
from takt.core.ledger import Credit, Draw, Held, Wallet, beyond_spend, hold

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PAYER = (0, UUID(int=1))


def grant(number: int, *, priority: int = 0, days: int = 30, kind: GrantKind = GrantKind.PROMO) -> Grant:
    return Grant(
        UUID(int=number), PAYER, "trial", kind, 100, "EUR", priority, ("marketing",), (), NOW, NOW + timedelta(days=days)
    )  # fmt: skip


def test_small_priorities_come_first_then_what_ends_sooner() -> None:
    ordered = [grant(4), grant(3, days=60), grant(2, priority=1, days=1), grant(1, priority=2)]
    for some in permutations(ordered):
        assert [one.grant for one in grants.in_order([Standing(one, 100, 0) for one in some])] == ordered


WALLET = Wallet(
    100, 30, 0,
    (Credit("grant:a", 20, ("marketing",)), Credit("grant:b", 15), Credit("grant:c", 50, (), ("FR",))),
)  # fmt: skip


def test_a_hold_takes_from_what_is_good_for_it_and_the_rest_from_the_wallet() -> None:
    assert hold(WALLET, 50, "marketing", "DE") == Held(
        Wallet(100, 45, 0, (Credit("grant:a", 0, ("marketing",)), Credit("grant:b", 0), WALLET.credits[2])),
        (Draw("grant:a", 20), Draw("grant:b", 15), Draw(SPEND, 15)),
    )
    assert hold(WALLET, 85, "utility", "DE") is not None
    assert hold(WALLET, 86, "utility", "DE") is None
    held = hold(Wallet(-5, 0, 0, WALLET.credits), 10, "utility", "DE")
    assert held is not None, "a grant pays though the wallet is beyond its limit"
    assert held.draws == (Draw("grant:b", 10),)


def test_what_is_on_the_wallet_alone_is_not_written_down() -> None:
    assert beyond_spend((Draw(SPEND, 5),)) == ()
    assert beyond_spend((Draw("grant:a", 5),)) == (Draw("grant:a", 5),)
    assert beyond_spend((Draw(SPEND, 5), Draw("grant:a", 5))) == (Draw(SPEND, 5), Draw("grant:a", 5))


@given(
    st.integers(-50, 200), st.integers(0, 100), st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=5),
    st.integers(1, 300),
)  # fmt: skip
def test_a_hold_is_possible_exactly_when_it_is_covered(
    posted: int, line: int, given_credit: list[tuple[int, bool]], amount: int
) -> None:
    credit = tuple(
        Credit(f"grant:{place}", left, ("marketing",) if good else ("utility",))
        for place, (left, good) in enumerate(given_credit)
    )
    wallet = Wallet(posted, 0, -line, credit)
    held = hold(wallet, amount, "marketing", "DE")
    assert (held is not None) == (amount <= wallet.available_for("marketing", "DE"))
    if held is None:
        return
    assert sum(one.amount_micros for one in held.draws) == amount
    assert all(one.amount_micros > 0 for one in held.draws)
    left = {one.account: one.left_micros for one in credit}
    good = [one for one in credit if one.covers("marketing", "DE")]
    drawn = {one.account: one.amount_micros for one in held.draws}
    assert all(one.left_micros == left[one.account] - drawn.get(one.account, 0) >= 0 for one in held.wallet.credits)
    assert set(drawn) <= {one.account for one in good} | {SPEND}
    for before, after in pairwise([*(one.account for one in good), SPEND]):
        if after in drawn and before != SPEND:
            assert drawn.get(before, 0) == left[before], "the earlier one is used up first"
    assert held.wallet.pending_micros == drawn.get(SPEND, 0)
    assert drawn.get(SPEND, 0) <= max(0, wallet.available_micros)


def test_a_grant_comes_from_where_its_kind_says_and_ends_where_it_must() -> None:
    assert [grants.issue(grant(1, kind=kind)).debit for kind in GrantKind] == [BANK, MARKETING, MARKETING]
    over = grants.lapse(Standing(grant(1), 70, 20), UUID(int=9), NOW)
    assert over is not None
    assert (over.debit, over.credit, over.amount_micros, over.kind) == (grant(1).account, BREAKAGE, 50, "breakage")
    voided = grants.lapse(Standing(grant(1), 70, 20, NOW), UUID(int=9), NOW)
    assert voided is not None
    assert (voided.credit, voided.kind) == (MARKETING, "void")
    assert grants.lapse(Standing(grant(1), 20, 20), UUID(int=9), NOW) is None


def test_the_states_of_a_grant() -> None:
    one = grant(1)
    assert Standing(one, 1, 1).state(NOW) is GrantState.ACTIVE
    assert Standing(one, 0, 0).state(NOW) is GrantState.EXHAUSTED
    assert Standing(one, 1, 0).state(one.expires_at) is GrantState.EXPIRED
    assert Standing(one, 1, 0, NOW).state(NOW) is GrantState.VOIDED


def test_kinds_and_states_keep_their_names() -> None:
    assert [one.value for one in GrantKind] == ["paid", "promo", "goodwill"]
    assert [one.value for one in GrantState] == ["active", "exhausted", "expired", "voided"]


def test_the_entries_of_a_grant_say_all_of_it() -> None:
    one = grant(5)
    assert grants.issue(one) == Entry(
        PAYER, UUID(int=5), EntryKind.GRANT, MARKETING, one.account, 100, "EUR", NOW, note="trial"
    )
    later = NOW + timedelta(days=40)
    assert grants.lapse(Standing(one, 21, 20), UUID(int=9), later) == Entry(
        PAYER, UUID(int=9), EntryKind.BREAKAGE, one.account, BREAKAGE, 1, "EUR", later
    )
    some = replace(one, markets=("DE",))
    assert Standing(some, 70, 20).credit == Credit(one.account, 50, ("marketing",), ("DE",))


def test_of_grants_that_are_alike_the_older_one_is_used_first_then_the_smaller_id() -> None:
    older = replace(grant(3), issued_at=NOW - timedelta(days=1))
    for some in permutations([older, grant(1), grant(2)]):
        standings = [Standing(one, 100, 0) for one in some]
        assert [one.grant for one in grants.in_order(standings)] == [older, grant(1), grant(2)]
