"""What a company wishes for its money is set, and what is due about it is done: alerts, and top-ups by themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from takt.actions import leasing, taxing
from takt.actions.outcome import HOOKS, Done
from takt.calendars import zone_named
from takt.core import iban, mandate, spending
from takt.core.entries import Payer
from takt.core.ids import slot_of
from takt.core.payment import BY_DEBIT, Payment, Purpose, State, grossed
from takt.core.rate_calendar import period
from takt.core.roll_up import start_of
from takt.core.spending import Alert, Due, Plan, Standing, Told
from takt.core.value import value
from takt.store import mandates, outbox, payments, spend_plans
from takt.store.pool import Conn
from takt.store.reference import Business, Reference, Snapshot
from takt.wire import webhook_accounts


@value
class SetPlan:
    """What a company wishes from now on; its month is found here."""

    plan: Plan
    who: str


class Spending:
    """Sets plans (the action of their lane), and looks after them. `new_id` makes an id in a slot; `parts` are all there are."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID], parts: Sequence[int]) -> None:
        self._reference = reference
        self._parts = parts
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[SetPlan], now: datetime, *, again: bool
    ) -> Done[bool]:
        """Write plans; from now on the wallet refuses what passes a hard budget."""
        del part, again
        snapshot = await self._reference.fresh(conn)
        for command in commands:
            business = _business(snapshot, command.plan.payer)
            month, begun = _month(business, now)
            plan = replace(command.plan, month=month)
            await spend_plans.put(conn, plan, command.who, now)
            await leasing.hold_unleased(conn, self._parts, plan.payer, now)  # what is captured from here on waits
            spent = await spend_plans.spent_since(conn, plan.payer, begun)
            await spend_plans.set_mark(conn, plan.payer, spent, plan.budget_micros if plan.hard else None)
        return Done([True for _ in commands])

    async def look_after(self, conn: Conn, payer: Payer, now: datetime) -> Done[bool]:
        """Do what is due about a plan, unless somebody else does; whether there was something."""
        if not await spend_plans.lock(conn, payer):
            return Done([False])
        found = await spend_plans.find(conn, payer)
        assert found is not None, "its row is held"
        snapshot = await self._reference.fresh(conn)
        turn = _Turn(conn, snapshot, _business(snapshot, payer), self._new_id, self._parts, now)
        return await turn.do(*found)

    def is_due(self, plan: Plan, standing: Standing, now: datetime) -> bool:
        """Whether there may be something to do about a plan, by what is known without a lock."""
        business = _business(self._reference.current, plan.payer)
        return _month(business, now)[0] != plan.month or not spending.is_quiet(plan, spending.look(plan, standing, now))


@dataclass(slots=True)
class _Turn:
    """One plan, its row held."""

    conn: Conn
    snapshot: Snapshot
    business: Business
    new_id: Callable[[int], UUID]
    parts: Sequence[int]
    now: datetime

    async def do(self, plan: Plan, standing: Standing) -> Done[bool]:
        month, begun = _month(self.business, self.now)
        begins = plan.month != month
        if begins:
            plan = replace(plan, month=month, budget_told=0)
            standing = replace(standing, mark_micros=standing.posted_micros - standing.pending_micros)
        asked = await payments.automatic_net(self.conn, plan.payer, begun)
        due = spending.look(plan, replace(standing, asked_micros=asked), self.now)
        if not begins and spending.is_quiet(plan, due):
            return Done([False])
        for told in due.told:
            await alert(self.conn, self.snapshot, self.business, told, self.new_id, self.now)
        topped_up = due.top_up_micros is not None and await self._top_up(plan, due.top_up_micros)
        await spend_plans.remember(self.conn, _after(plan, due, self.now if topped_up else plan.auto_at))
        if begins:
            await leasing.hold_unleased(self.conn, self.parts, plan.payer, self.now)  # what is leased is no promise
            await spend_plans.begin_month(self.conn, plan.payer)
        return Done([True], {HOOKS} if due.told else set())

    async def _top_up(self, plan: Plan, net_micros: int) -> bool:
        """Ask for money as the plan says; no when its mandate is over."""
        auto = plan.auto
        assert auto is not None
        terms = await taxing.terms_of(self.conn, plan.payer)
        due_on = None
        if auto.mandate_id is not None:
            known = await mandates.by_ids(self.conn, plan.payer[0], [auto.mandate_id])
            held = known.get(auto.mandate_id)
            if held is None or not held.usable(self.now.date()):
                return False
            due_on = mandate.due_on(held, self.now.date())
        payment_id = self.new_id(slot_of(plan.payer[1]))
        reference = iban.reference(iban.OF_PAYMENT, payment_id)
        one = Payment(
            payment_id, plan.payer, auto.provider, reference, Purpose.TOP_UP,
            grossed(net_micros, terms.vat.rate_basis_points, terms.currency), terms.vat.category.value,
            terms.vat.rate_basis_points, terms.currency, State.INITIATED, reference, self.now,
            mandate_id=auto.mandate_id if auto.provider == BY_DEBIT else None, due_on=due_on, automatic=True,
        )  # fmt: skip
        return await payments.add(self.conn, one, "automatic")


async def alert(
    conn: Conn, snapshot: Snapshot, business: Business, told: Told, new_id: Callable[[int], UUID], now: datetime
) -> None:
    """Keep an alert for the console, and tell the company's webhooks."""
    payer, slot = (business.contract_part, business.contract_id), slot_of(business.contract_id)
    await spend_plans.add_alert(conn, payer, new_id(slot), told, now)
    body = webhook_accounts.render_money(told.alert, told.micros, told.limit_micros)
    events = [
        outbox.Event(new_id(slot), one.endpoint_id, webhook_accounts.ALERTS, business.waba_id, body)
        for one in snapshot.listeners(business.business_id, webhook_accounts.ALERTS)
    ]
    if events:
        await outbox.add(conn, business.contract_part, events, now)


async def alert_returned(
    conn: Conn, snapshot: Snapshot, payment: Payment, new_id: Callable[[int], UUID], now: datetime
) -> None:
    """Tell a company that a payment went back, and what was taken out of its wallet for it."""
    taken = payment.split.net_micros if payment.purpose is Purpose.TOP_UP else 0
    told = Told(Alert.PAYMENT_RETURNED, payment.split.gross_micros, taken)
    await alert(conn, snapshot, _business(snapshot, payment.payer), told, new_id, now)


def _after(plan: Plan, due: Due, auto_at: datetime | None) -> Plan:
    return replace(plan, low_told=due.low_told, budget_told=due.budget_told, auto_at=auto_at)


def _month(business: Business, now: datetime) -> tuple[date, datetime]:
    zone = zone_named(business.time_zone) or UTC
    month, _ = period(now, zone)
    return month, start_of(month, zone)


def _business(snapshot: Snapshot, payer: Payer) -> Business:
    """Whose contract it is."""
    return next(one for one in snapshot.businesses.values() if one.contract_id == payer[1])
