"""What the operator does with the bank: account, statements, what is unsure, orders to collect, bookings by hand.

The console's pages, the own API and the command line ask for the same. Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from takt.actions import booking as hand
from takt.actions import collecting, statement
from takt.actions.booking import Do
from takt.actions.collecting import Collect, NoAccount, SetAccount
from takt.actions.refund import REVERSIBLE
from takt.actions.statement import Assign, Import, Report, SetAside
from takt.clock import Clock
from takt.core import booking
from takt.core.booking import Act, Booking, Fault, Kind, Sort
from takt.core.entries import Payer
from takt.core.iban import compact, spaced
from takt.core.matching import Doubt
from takt.core.payment import Payment, State
from takt.core.proposal import Actor
from takt.core.value import value
from takt.lanes import Lanes
from takt.store import bank, bookings, contracts, ledger_search, mandates, payments
from takt.store.bank import Imported
from takt.store.mandates import Order, OwnAccount
from takt.store.payments import Wanted
from takt.store.pool import Conn
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.web.payments import payer_of
from takt.web.reviews import read_note
from takt.wire import bookings as hand_wire
from takt.wire import errors
from takt.wire import payments as wire
from takt.wire.bookings import Wish
from takt.wire.camt import parse_camt
from takt.wire.errors import Refusal
from takt.wire.instants import instant
from takt.wire.months import whose

Body = Mapping[str, Any]
IDENT_CHARS_MAX = 20
SEARCH_CHARS_MAX = 200


@value
class BankLanes:
    """The lanes of the bank."""

    statements: Lanes[statement.Command, statement.Answer]
    collecting: Lanes[collecting.Command, collecting.Answer]
    bookings: Lanes[Do, hand.Answer]


class BankDesk:
    """Reads what the bank told, and hands commands to their lanes. All of them go to the lane of slot 0."""

    def __init__(self, site: Site, reference: Reference, lanes: BankLanes, clock: Clock) -> None:
        self.site = site
        self._reference = reference
        self._lanes = lanes
        self._clock = clock

    async def account(self) -> dict[str, Any]:
        """The operator's account."""
        async with self.site.everywhere.acquire() as conn:
            own = await mandates.own_account(conn)
        if own is None:
            return {"iban": None, "holder": None, "bic": None, "creditor_id": None}
        return {"iban": spaced(own.iban), "holder": own.holder, "bic": own.bic, "creditor_id": own.creditor_id}

    async def set_account(self, body: Body, actor: Actor) -> dict[str, Any]:
        """Name the operator's account."""
        iban, holder, bic, creditor_id = errors.sound(lambda: wire.parse_account(body))
        await self._lanes.collecting.submit(0, SetAccount(OwnAccount(iban, holder, bic, creditor_id), actor.name))
        return await self.account()

    async def take_file(self, document: bytes, actor: Actor) -> dict[str, Any]:
        """Take a camt.053 file in; what it tells is booked or kept for a person, and never twice."""
        found = errors.sound(lambda: parse_camt(document))
        imported = Imported(UUID(int=0), sha256(document).hexdigest(), actor.name)
        report = await self._lanes.statements.submit(0, Import(tuple(found), imported))
        assert isinstance(report, Report), "a file gives a report"
        return {
            "statements": report.statements,
            "imported_before": report.repeated,
            "booked": report.booked,
            "suspense": report.suspense,
            "known_before": report.known_before,
            "not_balanced": list(report.unbalanced),
            "other_accounts": list(report.foreign),
        }

    async def statements(self) -> dict[str, Any]:
        """The newest statements."""
        async with self.site.everywhere.acquire() as conn:
            found = await bank.statements(conn)
        return {"data": [{**one, "imported_at": instant(one["imported_at"])} for one in found]}

    async def suspense(self) -> dict[str, Any]:
        """What a person must decide."""
        async with self.site.everywhere.acquire() as conn:
            found = await bank.suspense(conn)
        return {
            "data": [
                wire.render_transaction(one.transaction, one.state, one.doubt, one.settled_micros) for one in found
            ]
        }

    async def decide(self, key: str, body: Body, actor: Actor) -> dict[str, Any]:
        """Say to which payment, or to which company's wallet, a transaction belongs; or that it is none of theirs."""
        note = read_note(body, "note", booking.NOTE_CHARS_MAX)
        if len(key) != 64 or not all(one in "0123456789abcdef" for one in key):
            raise Refusal(errors.unknown_object(key))
        command: Assign | SetAside = SetAside(key, actor.name, note)
        if body.get("aside") is not True:
            business = self.named(body.get("company"))
            command = Assign(key, payer_of(business), _payment(body), actor.name, note)
        answer = await self._lanes.statements.submit(0, command)
        if isinstance(answer, Doubt):
            raise Refusal(wire.doubt_of(answer))
        if answer is not True:
            raise Refusal(errors.unknown_object(key))
        return {"success": True}

    async def collect(self, body: Body, actor: Actor) -> dict[str, Any]:
        """Make the orders that are due."""
        ident = body.get("ident", f"TAKT{self._clock.now():%Y%m%d%H%M%S}")
        if not isinstance(ident, str) or not (ident.isascii() and ident.isalnum() and len(ident) <= IDENT_CHARS_MAX):
            raise Refusal(errors.bad_value("ident", f"must be 1 to {IDENT_CHARS_MAX} letters and digits"))
        made = await self._lanes.collecting.submit(0, Collect(ident, actor.name))
        if isinstance(made, NoAccount):
            raise Refusal(errors.bad_value("account", "must be named first, with a creditor identifier"))
        return {"data": [_order(one) for one in made]}

    async def orders(self) -> dict[str, Any]:
        """The newest orders."""
        async with self.site.everywhere.acquire() as conn:
            found = await mandates.orders(conn)
        return {"data": [_order(one) for one in found]}

    async def order(self, ident: str) -> bytes:
        """An order, as the bank takes it."""
        async with self.site.everywhere.acquire() as conn:
            found = await mandates.find_order(conn, ident)
        if found is None:
            raise Refusal(errors.unknown_object(ident))
        return found.document.encode()

    async def list(self, asked: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The newest payments, each with its company: in a `state`, of a `company`, `of` a reference, document, IBAN or id."""
        wanted = self._wanted(asked or {})
        found: list[Payment] = []
        for part in self.site.parts:
            async with self.site.pool(part).acquire() as conn:
                found += [one.payment for one in await payments.newest(conn, part, wanted)]
        found.sort(key=lambda one: one.created_at, reverse=True)
        owners = self._reference.current.payers()
        shown = found[: payments.LISTED_MAX]
        return {
            "data": [{**whose(one.payer, owners.get(one.payer[1])), **wire.render_payment(one)} for one in shown],
            "more": len(found) > len(shown) or len(found) == payments.LISTED_MAX,
        }

    def _wanted(self, asked: Mapping[str, str]) -> Wanted:
        state, company, of = asked.get("state", ""), asked.get("company", ""), compact(asked.get("of", ""))
        if state and state not in tuple(State):
            raise Refusal(errors.bad_value("state", f"must be one of {', '.join(State)}"))
        if len(of) > SEARCH_CHARS_MAX or not of.isprintable():
            raise Refusal(errors.bad_value("of", f"must be text of at most {SEARCH_CHARS_MAX} characters"))
        return Wanted(state, self.named(company).contract_id if company else None, of)

    async def bookings(self, actor: Actor) -> dict[str, Any]:
        """The newest bookings by hand, each with its company, and whether this actor may sign it."""
        async with self.site.everywhere.acquire() as conn:
            ids = await bookings.newest(conn)
            found = [(one, booking.fold(await bookings.acts(conn, one))) for one in ids]
        sign = Act(Kind.SIGN, actor, self._clock.now())
        owners = self._reference.current.payers()
        return {
            "data": [
                {
                    **whose(standing.body.payer, owners.get(standing.body.payer[1])),
                    **hand_wire.render_booking(one, standing),
                    "may_sign": booking.fault(standing, sign) is None,
                }
                for one, standing in found
                if standing is not None
            ]
        }

    async def propose(self, body: Body, actor: Actor, locale: str) -> dict[str, Any]:
        """Propose a booking."""
        wish = errors.sound(lambda: hand_wire.parse_booking(body))
        payer = payer_of(self.named(wish.company))
        async with self.site.pool(payer[0]).acquire() as conn:
            found = await contracts.agreed(conn, payer)
            amount = await _amount(conn, payer, wish)
        if wish.sort is Sort.LIMIT and amount <= found.limit_micros:
            raise Refusal(errors.bad_value("amount_micros", "must be above the limit there is: less needs one person"))
        wanted = booking.Body(payer, wish.sort, amount, found.currency, wish.note, wish.of, wish.gift)
        return await self._act(self._clock.new_id(), Act(Kind.PROPOSE, actor, self._clock.now(), wanted), locale)

    async def act(self, named: str, kind: Kind, actor: Actor, locale: str) -> dict[str, Any]:
        """Sign a booking, which books it, or withdraw it."""
        try:
            booking_id = UUID(named)
        except ValueError:
            raise Refusal(errors.unknown_object(named)) from None
        return await self._act(booking_id, Act(kind, actor, self._clock.now()), locale)

    async def _act(self, booking_id: UUID, act: Act, locale: str) -> dict[str, Any]:
        answer = await self._lanes.bookings.submit(0, Do(booking_id, act))
        if isinstance(answer, Fault):
            raise Refusal(hand_wire.fault_of(answer, locale))
        assert isinstance(answer, Booking)
        return hand_wire.render_booking(booking_id, answer)

    def named(self, waba: object) -> Business:
        """The company of this id. Raises Refusal."""
        found = self._reference.current.by_waba.get(waba) if isinstance(waba, str) else None
        if found is None:
            raise Refusal(errors.bad_value("company", "must be the id of a company, as `takt company list` shows it"))
        return found


def _order(one: Order) -> dict[str, Any]:
    return {
        "ident": one.ident,
        "scheme": one.scheme.value,
        "payments": one.payments,
        "sum_micros": one.sum_micros,
        "made_by": one.made_by,
        "made_at": instant(one.made_at),
    }


def _payment(body: Body) -> UUID | None:
    named = body.get("payment")
    if named is None:
        return None
    try:
        return UUID(str(named))
    except ValueError:
        raise Refusal(errors.bad_value("payment", "must be the id of a payment of this company")) from None


async def _amount(conn: Conn, payer: Payer, wish: Wish) -> int:
    """What is booked: as it was wished, or what is given back, if the company was charged that and has not got it back."""
    if wish.of is None:
        return wish.amount_micros
    found = [one.entry for one in await ledger_search.named(conn, payer, [wish.of])]
    wrong = [one for one in found if wish.sort is Sort.REFUND or one.kind in REVERSIBLE]
    if not wrong:
        raise Refusal(errors.unknown_object(str(wish.of)))
    return sum(one.amount_micros for one in wrong)
