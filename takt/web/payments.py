"""What a company does about its money: pays, gives leave to collect, sets a budget. Also hears what providers tell.

Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from takt.actions.paying import Answer, Begin, Command, EndMandate, SetTax, SignMandate, Tell
from takt.actions.payment_steps import heard
from takt.actions.spending import SetPlan
from takt.actions.taxing import terms_of
from takt.clock import Clock
from takt.core import iban, mandate
from takt.core.currency import to_minor
from takt.core.entries import Payer
from takt.core.ids import derive_id, slot_of
from takt.core.payment import BY_BANK, BY_DEBIT, Payment, Purpose, Split, State, Word, grossed, split
from takt.core.value import value
from takt.lanes import Lanes
from takt.provider import ForgedError, Notice, NotOfferedError, PaymentOrder, Provider
from takt.providers import fake
from takt.providers.bank import AtTheBank
from takt.store import mandates, payments, spend_plans
from takt.store.payments import Terms
from takt.store.pool import Conn
from takt.store.reference import Business
from takt.store.site import Site
from takt.wire import errors
from takt.wire import payments as wire
from takt.wire.errors import Refusal
from takt.wire.giro_code import CURRENCY, Transfer, giro_code
from takt.wire.instants import instant

Body = Mapping[str, Any]
ORDER_TEXT = "Takt"
LOST_FOR = timedelta(days=7)
"""How far back a provider is asked for what was lost."""


@value
class MoneyLanes:
    """The lanes of a company's money."""

    payments: Lanes[Command, Answer]
    plans: Lanes[SetPlan, bool]


class PaymentDesk:
    """Reads payments and plans of one company at a time, and hands commands to their lanes.

    `providers` are those beside the bank, by name.
    """

    def __init__(self, site: Site, lanes: MoneyLanes, providers: Mapping[str, Provider], clock: Clock) -> None:
        self._site = site
        self._lanes = lanes
        self._providers = providers
        self._clock = clock

    @property
    def names(self) -> frozenset[str]:
        """The ways to pay."""
        return frozenset(("bank", BY_DEBIT, *self._providers))

    async def list(self, business: Business) -> dict[str, Any]:
        """The newest payments of a company, and its standing reference."""
        payer = payer_of(business)
        async with self._site.pool(payer[0]).acquire() as conn:
            found = await payments.of_contract(conn, payer)
            own = await mandates.own_account(conn)
        standing = iban.spaced(iban.reference(iban.OF_CONTRACT, payer[1]))
        to = {"holder": own.holder, "iban": iban.spaced(own.iban)} if own is not None else None
        return {"data": [wire.render_payment(one.payment) for one in found], "standing_reference": standing, "to": to}

    async def one(self, business: Business, named: str) -> dict[str, Any]:
        """A payment of a company."""
        payer = payer_of(business)
        async with self._site.pool(payer[0]).acquire() as conn:
            found = await payments.find(conn, payer, _id(named))
        if found is None:
            raise Refusal(errors.unknown_object(named))
        return wire.render_payment(found.payment)

    async def giro_code(self, business: Business, named: str) -> str:
        """A payment that waits for a transfer in euro, as an SVG on white. Raises Refusal."""
        payer = payer_of(business)
        async with self._site.pool(payer[0]).acquire() as conn:
            found = await payments.find(conn, payer, _id(named))
            own = await mandates.own_account(conn)
        one = found.payment if found is not None else None
        if (
            one is None
            or own is None
            or (one.provider, one.state, one.currency) != (BY_BANK, State.INITIATED, CURRENCY)
        ):
            raise Refusal(errors.unknown_object(named))
        cents = to_minor(one.split.gross_micros, one.currency)
        told = Transfer(own.holder, own.iban, own.bic, cents, one.document or iban.spaced(one.reference))
        return giro_code(told, light="#fff", scale=4)

    async def begin(self, business: Business, body: Body, key: str | None, who: str) -> dict[str, Any]:
        """Ask for a top-up; with the same `key` it is the same one."""
        payer, slot = payer_of(business), slot_of(business.contract_id)
        async with self._site.pool(payer[0]).acquire() as conn:
            terms = await terms_of(conn, payer)
            provider = await self._provider(conn, body)
            wish = errors.sound(lambda: wire.parse_wish(body, terms.currency, self.names))
            held = await self._mandate(conn, payer, wish.mandate) if wish.mandate is not None else None
        payment_id = derive_id(slot, "payment", business.waba_id, key) if key else self._clock.new_id(slot)
        parts = _split(wish, terms)
        reference = iban.reference(iban.OF_PAYMENT, payment_id)
        created = await provider.create(PaymentOrder(reference, parts.gross_micros, terms.currency, ORDER_TEXT))
        now = self._clock.now()
        one = Payment(
            payment_id, payer, wish.provider, created.provider_ref, Purpose.TOP_UP, parts, terms.vat.category.value,
            terms.vat.rate_basis_points, terms.currency, State.INITIATED, reference, now,
            mandate_id=held.mandate_id if held is not None else None,
            due_on=mandate.due_on(held, now.date()) if held is not None else None,
        )  # fmt: skip
        kept = await self._lanes.payments.submit(slot, Begin(one, who))
        assert isinstance(kept, Payment), "it began"
        if (kept.provider, kept.split) != (one.provider, one.split) and kept.state is State.INITIATED:
            raise Refusal(errors.key_reused())
        return wire.render_payment(kept, created.ways)

    async def mandates(self, business: Business) -> dict[str, Any]:
        """The mandates of a company."""
        payer = payer_of(business)
        async with self._site.pool(payer[0]).acquire() as conn:
            found = await mandates.of_contract(conn, payer)
        return {"data": [wire.render_mandate(one, self._clock.now().date()) for one in found]}

    async def sign(self, business: Business, body: Body) -> dict[str, Any]:
        """Keep a mandate that a company gives."""
        payer, slot, now = payer_of(business), slot_of(business.contract_id), self._clock.now()
        given = errors.sound(lambda: wire.parse_mandate(body, self._clock.new_id(slot), payer, now))
        if not await self._lanes.payments.submit(slot, SignMandate(given)):
            raise Refusal(errors.bad_value("reference", "must be new, of at most 20 mandates"))
        return wire.render_mandate(given, now.date())

    async def end(self, business: Business, named: str) -> dict[str, Any]:
        """Take a mandate back."""
        command = EndMandate(payer_of(business), _id(named))
        if not await self._lanes.payments.submit(slot_of(business.contract_id), command):
            raise Refusal(errors.unknown_object(named))
        return {"success": True}

    async def plan(self, business: Business) -> dict[str, Any]:
        """What a company wishes for its money, and its alerts."""
        payer = payer_of(business)
        async with self._site.pool(payer[0]).acquire() as conn:
            found = await spend_plans.find(conn, payer)
            told = await spend_plans.alerts(conn, payer)
        return {
            **wire.render_plan(*(found or (None, None))),
            "alerts": [
                {"kind": one.alert.value, "micros": one.micros, "limit_micros": one.limit_micros, "at": instant(one.at)}
                for one in told
            ],
        }

    async def set_plan(self, business: Business, body: Body, who: str) -> dict[str, Any]:
        """Set it, whole: what is left out is wished no more."""
        payer, now = payer_of(business), self._clock.now()
        plan = errors.sound(lambda: wire.parse_plan(body, payer, now, self.names))
        if plan.auto is not None and plan.auto.mandate_id is not None:
            async with self._site.pool(payer[0]).acquire() as conn:
                await self._mandate(conn, payer, str(plan.auto.mandate_id))
        await self._lanes.plans.submit(slot_of(business.contract_id), SetPlan(plan, who))
        return await self.plan(business)

    async def set_tax(self, business: Business, body: Body) -> dict[str, Any]:
        """How what a company pays from now on is taxed."""
        vat = errors.sound(lambda: wire.parse_tax(body))
        await self._lanes.payments.submit(slot_of(business.contract_id), SetTax(payer_of(business), vat))
        return {"success": True, "category": vat.category.value, "rate_basis_points": vat.rate_basis_points}

    async def hear(self, name: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Take the notices of a provider; unknown payments are passed over, so that it does not ask for ever."""
        try:
            notices = self._named(name).parse_notice(headers, body)
        except ForgedError:
            raise Refusal(errors.token_invalid()) from None
        return await self._take(name, notices)

    async def reconcile(self, name: str) -> dict[str, Any]:
        """Ask a provider for all that it told within a week, for the sake of what was lost."""
        provider = self._named(name)
        return await self._take(name, await provider.reconcile(self._clock.now() - LOST_FOR))

    async def refund(self, named: str) -> dict[str, Any]:
        """Have a settled payment paid back, all of it, by its provider, whose notice then takes it out of the wallet."""
        payment_id = _id(named)
        part = self._site.part_of(slot_of(payment_id))
        async with self._site.pool(part).acquire() as conn:
            found = (await payments.lock(conn, part, [payment_id])).get(payment_id)
        if found is None:
            raise Refusal(errors.unknown_object(named))
        one = found.payment
        if one.state is not State.SETTLED:
            raise Refusal(errors.bad_value("payment", "must be one that settled and has not gone back"))
        provider = self._providers.get(one.provider) or AtTheBank(one.provider, "", "")
        try:
            await provider.refund(one.provider_ref)
        except NotOfferedError as fault:
            raise Refusal(errors.bad_value("payment", f"must be paid back by hand: {fault}")) from None
        return wire.render_payment(one)

    def _named(self, name: str) -> Provider:
        provider = self._providers.get(name)
        if provider is None:
            raise Refusal(errors.unknown_object(name))
        return provider

    async def _take(self, name: str, notices: Sequence[Notice]) -> dict[str, Any]:
        taken = 0
        for notice in notices:
            found = await self._find(notice.reference)
            if found is None:
                continue
            command = Tell(found.payer[0], found.payment_id, heard(name, notice))
            taken += await self._lanes.payments.submit(slot_of(found.payment_id), command) is not None
        return {"taken": taken}

    async def pretend(self, reference: str, word: object) -> dict[str, Any]:
        """Let the provider that pretends settle, return or fail an order, and tell so."""
        provider = self._providers.get(fake.NAME)
        if not isinstance(provider, fake.FakeProvider):
            raise Refusal(errors.unknown_object(fake.NAME))
        if word not in tuple(Word):
            raise Refusal(errors.bad_value("word", f"must be one of {', '.join(Word)}"))
        told = provider.pretend(iban.compact(reference), Word(str(word)), self._clock.now())
        return await self.hear(fake.NAME, told.headers, told.body)

    async def _find(self, reference: str) -> Payment | None:
        known = iban.slot_of_reference(reference)
        if known is None:
            return None
        part = self._site.part_of(known[1])
        async with self._site.pool(part).acquire() as conn:
            return next(iter(await payments.by_references(conn, part, [reference])), None)

    async def _provider(self, conn: Conn, body: Body) -> Provider:
        named = body.get("provider", "bank")
        if isinstance(named, str) and named in self._providers:
            return self._providers[named]
        own = await mandates.own_account(conn)
        if own is None:
            raise Refusal(errors.bad_value("provider", "must be another one: the operator has named no account yet"))
        return AtTheBank("bank" if named == "bank" else BY_DEBIT, own.holder, iban.spaced(own.iban))

    async def _mandate(self, conn: Conn, payer: Payer, named: str) -> mandate.Mandate:
        found = await mandates.of_contract(conn, payer)
        held = next((one for one in found if str(one.mandate_id) == named), None)
        if held is None or not held.usable(self._clock.now().date()):
            raise Refusal(errors.bad_value("mandate", "must be the id of a usable mandate of yours"))
        return held


def payer_of(business: Business) -> Payer:
    """The contract that pays for a company."""
    return business.contract_part, business.contract_id


def _split(wish: wire.Wish, terms: Terms) -> Split:
    rate = terms.vat.rate_basis_points
    if wish.net_micros is not None:
        return grossed(wish.net_micros, rate, terms.currency)
    assert wish.gross_micros is not None, "a wish has one of both"
    return split(wish.gross_micros, rate, terms.currency)


def _id(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise Refusal(errors.unknown_object(named)) from None
