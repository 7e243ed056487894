"""Any history of payments, whose notices come late, twice, out of order or never, beside a model of what must come out.

Invariant 26: a payment settles once, and a return exactly undoes it. After every step states, notices, journal and all
accounts are compared with the model; each account is the sum of its entries.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takt.actions.paying import Begin, Command, Paying, Tell
from takt.actions.payment_steps import Said
from takt.actions.statement import Import, Report, Statements
from takt.clock import CLOCK
from takt.core import iban
from takt.core.ids import slot_of
from takt.core.payment import Payment, Purpose, State, Word, split
from takt.core.statements import Statement, Transaction, keyed
from takt.provider import Notice, PaymentOrder
from takt.providers.fake import Delivery, FakeProvider
from takt.store import mandates
from takt.store.bank import Imported
from takt.store.mandates import OwnAccount
from takt.store.pool import transaction
from takt.wakes import Wakes
from takt.workers.inquirer import ASKED_FOR, SILENT_FOR, Inquirer
from tests.actions.test_close_month import Fixed
from tests.world import NOW, World

OWN = "DE89370400440532013000"
SECRET = "secret of the fake provider"
ACCOUNTS = ("spend", "tax:1900", "receivable", "clearing:fake", "bank")


@pytest.fixture
async def world(rolled_back: World) -> World:
    return rolled_back


@dataclass(slots=True)
class Expected:
    """What the model knows of a payment."""

    payment: Payment
    words: list[Word] = field(default_factory=list)

    @property
    def state(self) -> State:
        if Word.RETURNED in self.words:
            return State.RETURNED
        if Word.SETTLED in self.words:
            return State.SETTLED
        return State.FAILED if self.words else State.INITIATED

    @property
    def credited(self) -> bool:
        return self.state is State.SETTLED


@dataclass(slots=True)
class Play:
    """The real thing, the fake provider, and the model beside them."""

    world: World
    provider: FakeProvider
    before: dict[str, int]
    expected: list[Expected] = field(default_factory=list)
    under_way: list[Delivery] = field(default_factory=list)
    told: list[Transaction] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    days: int = 0

    async def begin(self, cents: int, purpose: Purpose, provider: str) -> None:
        payment_id = CLOCK.new_id(slot_of(self.world.payer[1]))
        reference = iban.reference(iban.OF_PAYMENT, payment_id)
        order = PaymentOrder(reference, cents * 10_000, "EUR", "Guthaben")
        created = await self.provider.create(order)
        one = Payment(
            payment_id, self.world.payer, provider, created.provider_ref, purpose,
            split(cents * 10_000, 1900 if purpose is Purpose.TOP_UP else 0, "EUR"), "S", 1900, "EUR", State.INITIATED,
            reference, NOW, document=f"RE-{payment_id.hex[-12:].upper()}" if purpose is Purpose.INVOICE else "",
        )  # fmt: skip
        for _ in range(2):  # asked for twice, it is one
            await self._pay([Begin(one, "frida")])
        self.expected.append(Expected(one))

    async def pretend(self, number: int, word: Word, fate: str) -> None:
        """The provider says something, which arrives at once, twice, late or never."""
        if not self.expected:
            return
        one = self.expected[number % len(self.expected)]
        delivery = self.provider.pretend(one.payment.reference, word, NOW + timedelta(hours=len(self.seen)))
        if fate == "late":
            self.under_way.append(delivery)
        for _ in range({"now": 1, "twice": 2}.get(fate, 0)):
            await self._deliver(delivery)

    async def arrive(self, number: int) -> None:
        """One of those that were late arrives, in any order."""
        if self.under_way:
            await self._deliver(self.under_way.pop(number % len(self.under_way)))

    async def reconcile(self) -> None:
        """What was lost is asked for again, with all that was not."""
        for notice in await self.provider.reconcile(NOW - timedelta(days=1)):
            await self._take(notice)

    async def statement(self, number: int, word: Word) -> None:
        """The bank tells a transfer, or takes one back, in a statement that begins with what it told before."""
        if not self.expected or word is Word.FAILED:
            return
        one = self.expected[number % len(self.expected)]
        if one.payment.provider != "bank":
            return
        amount = one.payment.split.gross_micros * (1 if word is Word.SETTLED else -1)
        self.told.append(Transaction(date(2026, 11, 23), amount, "EUR", references=(one.payment.reference,)))
        self.days += 1
        statement = Statement(str(self.days), OWN, "EUR", None, None, keyed(OWN, self.told))
        fits = one.state in ((State.INITIATED, State.FAILED) if word is Word.SETTLED else (State.SETTLED,))
        for again in (False, True):
            report = await self._import(statement)
            assert (report.statements, report.repeated) == ((0, 1) if again else (1, 0))
            assert (report.booked, report.suspense) == ((0, 0) if again else (int(fits), int(not fits)))
        if fits:
            one.words.append(word)

    async def _deliver(self, delivery: Delivery) -> None:
        for notice in self.provider.parse_notice(delivery.headers, delivery.body):
            await self._take(notice)

    async def _take(self, notice: Notice) -> None:
        one = next(one for one in self.expected if one.payment.reference == notice.reference)
        if one.payment.provider != "fake":
            return
        said = Said("fake", notice.notice_id, notice.word, notice.at, notice.gross_micros)
        await self._pay([Tell(self.world.payer[0], one.payment.payment_id, said)])
        if notice.notice_id not in self.seen:
            self.seen.add(notice.notice_id)
            one.words.append(notice.word)

    async def _pay(self, commands: Sequence[Command]) -> None:
        async with transaction(self.world.site.pool(self.world.payer[0])) as conn:
            action = Paying(self.world.reference, CLOCK.new_id)
            await action(conn, self.world.payer[0], list(commands), NOW, again=False)

    async def _import(self, statement: Statement) -> Report:
        action = Statements(self.world.site, self.world.reference, CLOCK.new_id)
        command = Import((statement,), Imported(UUID(int=0), f"{self.days:064x}", "olga"))
        async with transaction(self.world.site.everywhere) as conn:
            done = await action(conn, self.world.site.parts[0], [command], NOW, again=False)
        [report] = done.answers
        assert isinstance(report, Report)
        return report

    async def compare(self) -> None:
        ids = [one.payment.payment_id for one in self.expected]
        states = await self.world.rows("SELECT payment_id, state FROM payment WHERE payment_id = any($1)", ids)
        assert dict(states) == {one.payment.payment_id: one.state for one in self.expected}
        money = self._money()
        expected = {name: before + money[name] for name, before in self.before.items()}
        assert await balances(self.world) == expected
        sums = await self.world.rows(
            "SELECT a.kind FROM account a WHERE a.posted_micros <> coalesce((SELECT sum(j.amount_micros) FILTER"
            " (WHERE j.credit = a.kind) FROM journal j WHERE j.part = a.part AND j.contract_id = a.contract_id), 0)"
            " - coalesce((SELECT sum(j.amount_micros) FILTER (WHERE j.debit = a.kind) FROM journal j"
            " WHERE j.part = a.part AND j.contract_id = a.contract_id), 0)"
        )
        assert sums == [], "an account is not the sum of its entries"

    def _money(self) -> Counter[str]:
        money: Counter[str] = Counter()
        for one in self.expected:
            if one.credited:
                parts, top_up = one.payment.split, one.payment.purpose is Purpose.TOP_UP
                money["clearing:fake" if one.payment.provider == "fake" else "bank"] -= parts.gross_micros
                money["spend" if top_up else "receivable"] += parts.net_micros if top_up else parts.gross_micros
                money["tax:1900"] += parts.tax_micros if top_up else 0
        return money


async def balances(world: World) -> dict[str, int]:
    rows = await world.rows("SELECT kind, posted_micros FROM account WHERE contract_id = $1", world.payer[1])
    return {name: dict(rows).get(name, 0) for name in ACCOUNTS}


NUMBER = st.integers(0, 2)
WORD = st.sampled_from([Word.SETTLED, Word.RETURNED, Word.SETTLED, Word.RETURNED, Word.FAILED])
PRETEND = st.tuples(st.just("pretend"), NUMBER, WORD, st.sampled_from(["now", "twice", "late", "lost"]))
STEP = st.one_of(
    PRETEND,
    st.tuples(st.just("arrive"), NUMBER),
    st.tuples(st.just("statement"), NUMBER, WORD),
    st.tuples(st.just("reconcile")),
    st.tuples(st.just("begin"), st.integers(1, 100_000), st.sampled_from(Purpose), st.sampled_from(["fake", "bank"])),
)
FIRST = st.tuples(st.just("begin"), st.integers(1, 100_000), st.just(Purpose.TOP_UP), st.sampled_from(["fake", "bank"]))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(first=FIRST, history=st.lists(st.tuples(PRETEND, STEP, PRETEND), min_size=2, max_size=5))
async def test_invariant_26_a_payment_settles_once_and_a_return_undoes_it(
    world: World, first: Any, history: list[Any]
) -> None:
    async with transaction(world.site.everywhere) as conn:
        await mandates.set_own_account(conn, OwnAccount(OWN, "Takt", "", ""), "olga", NOW)
        await conn.execute("DELETE FROM bank_entry")
        await conn.execute("DELETE FROM bank_statement")
    play = Play(world, FakeProvider(SECRET), await balances(world))
    for name, *values in [first, *chain.from_iterable(history), ("reconcile",)]:
        await getattr(play, name)(*values)
        await play.compare()


async def test_a_return_takes_the_wallet_below_its_limit_which_blocks_sending(world: World) -> None:
    play = Play(world, FakeProvider(SECRET), await balances(world))
    await play.begin(11_900, Purpose.TOP_UP, "fake")
    await play.pretend(0, Word.SETTLED, "now")
    posted, pending = await world.money()
    await world.execute("UPDATE account SET min_available = posted_micros - 1 WHERE kind = 'spend'")
    await play.pretend(0, Word.RETURNED, "twice")
    assert await world.money() == (posted - 100_000_000, pending)
    async with transaction(world.site.everywhere) as conn:
        found = await conn.fetchrow(
            "SELECT posted_micros - min_available AS room, excess_micros FROM account WHERE kind = 'spend'"
        )
    assert found is not None
    assert found["room"] < 0 < found["excess_micros"]


async def test_what_came_counts_not_what_was_asked_for(world: World) -> None:
    play = Play(world, FakeProvider(SECRET), await balances(world))
    await play.begin(11_900, Purpose.TOP_UP, "fake")
    one = play.expected[0].payment
    notice = Notice("n-1", one.reference, Word.SETTLED, NOW, 59_500_000)
    await play._take(notice)
    play.expected[0].payment = replace(one, split=split(59_500_000, 1900, "EUR"))
    await play.compare()
    await play._take(Notice("n-2", one.reference, Word.RETURNED, NOW))
    await play.compare()


async def test_a_lost_notice_is_asked_for_once_nothing_was_heard_for_a_while(world: World) -> None:
    play = Play(world, FakeProvider(SECRET), await balances(world))
    for _ in range(2):
        await play.begin(11_900, Purpose.TOP_UP, "fake")
    await play.pretend(0, Word.SETTLED, "lost")

    async def round_after(waited: timedelta) -> None:
        providers, clock = {"fake": play.provider}, Fixed(NOW + waited)
        await Inquirer(world.site, world.reference, providers, Wakes(), clock).round()

    await round_after(SILENT_FOR - timedelta(seconds=1))
    await round_after(ASKED_FOR + timedelta(seconds=1))
    await play.compare()
    play.expected[0].words.append(Word.SETTLED)
    for _ in range(2):
        await round_after(SILENT_FOR)
        await play.compare()
