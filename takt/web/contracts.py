"""What was agreed with a company, for its page at the console, its own people and programs: terms, cards, legal data, history.

Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping
from typing import Any, Final

from takt.actions.contract import Answer, AssignCard, Command, DropWish, LowerLimit, MoveClient, WishLegal
from takt.clock import Clock
from takt.core import contract
from takt.core.contract import Fault
from takt.core.ids import slot_of
from takt.core.invoice import tax_case
from takt.core.payment import AMOUNT_MICROS_MAX
from takt.lanes import Lanes
from takt.store import contracts, parties
from takt.store.parties import Kept
from takt.store.reference import Business, Reference, Snapshot
from takt.store.site import Site
from takt.web.documents import DocumentDesk
from takt.web.payments import payer_of
from takt.wire import contracts as wire
from takt.wire import errors
from takt.wire.documents import legal as legal_shown
from takt.wire.errors import Refusal
from takt.wire.legal_faults import buyer_or_faults
from takt.wire.months import parse_month
from takt.wire.parties import buyer_document, parse_buyer, parse_seller

Body = Mapping[str, Any]
Shown = dict[str, Any]
_SAYS: Final = {
    Fault.MORE_CREDIT: ("limit_micros", "must be at most what it is: two people stand for more, by a booking"),
    Fault.CURRENCY: ("card", "must be a published rate card in the currency of the contract that is valid by then"),
    Fault.PARTNER: (
        "partner",
        "must be another company in the same currency that is nobody's client; and who sells to others is nobody's client",
    ),
    Fault.LENT: ("partner", "pays afterwards: take its line of credit away first; two people lend it anew"),
    Fault.BEGUN: ("month", f"must be a month that has not begun, at most {contract.MONTHS_AHEAD_MAX} months ahead"),
}


class ContractDesk:
    """Reads contracts and changes what one person may change about them."""

    def __init__(
        self, site: Site, reference: Reference, lane: Lanes[Command, Answer], documents: DocumentDesk, clock: Clock
    ) -> None:
        self._site = site
        self._reference = reference
        self._lane = lane
        self._documents = documents
        self._clock = clock

    async def company(self, waba: str) -> Business:
        """The company with an id on the wire."""
        return await self._documents.company(waba)

    async def show(self, business: Business) -> Shown:
        """All that was agreed with a company, and how it came to be."""
        payer = payer_of(business)
        async with self._site.everywhere.acquire() as conn:
            snapshot, seller = await self._reference.fresh(conn), await parties.find_operator(conn)
            cards = await contracts.assignments(conn, business.business_id)
        async with self._site.pool(payer[0]).acquire() as conn:
            agreed = await contracts.agreed(conn, payer)
            versions = await contracts.legal_versions(conn, payer)
            changes = await contracts.changes(conn, payer)
            wish = await contracts.find_wish(conn, payer)
        own = snapshot.businesses[business.business_id]
        legal = versions[0] if versions else None
        case = tax_case(parse_seller(seller.document), parse_buyer(legal.document)) if seller and legal else None
        return {
            **wire.terms(own, agreed, self._card(own, snapshot)),
            "tax": wire.tax(agreed.vat, case),
            "cards": wire.cards(own, agreed, cards),
            "partners": wire.partners(own, agreed, snapshot),
            "legal": None if legal is None else legal_shown(legal),
            "wish": None if wish is None else wire.wish(wish, legal),
            "history": wire.history(changes, versions),
        }

    async def set_limit(self, business: Business, body: Body, who: str) -> Shown:
        """Let a company owe less, or nothing; more is a booking of two people."""
        limit = body.get("limit_micros")
        if not isinstance(limit, int) or isinstance(limit, bool) or not 0 <= limit <= AMOUNT_MICROS_MAX:
            raise Refusal(errors.bad_value("limit_micros", f"must be a whole number from 0 to {AMOUNT_MICROS_MAX}"))
        await self._do(business, LowerLimit(payer_of(business), limit, who))
        return await self.show(business)

    async def set_month_document(self, business: Business, body: Body, who: str) -> Shown:
        """Choose what the company gets for a month that it paid ahead, for those that have no document yet."""
        await self._documents.set_month_document(business, body, who)
        return await self.show(business)

    async def assign(self, business: Business, body: Body, who: str) -> Shown:
        """Let a company pay by a `card` from a `month` on."""
        card, month = body.get("card"), body.get("month")
        found = parse_month(month) if isinstance(month, str) else None
        if found is None:
            raise Refusal(errors.bad_value("month", "must be a month such as 2026-12"))
        if not isinstance(card, str) or card not in self._reference.current.prices.timelines:
            raise Refusal(errors.bad_value("card", "must be a published rate card"))
        await self._do(business, AssignCard(payer_of(business), business.business_id, card, found, who))
        return await self.show(business)

    async def move(self, business: Business, body: Body, who: str) -> Shown:
        """Let a company be the client of a `partner`, or of the operator where that is null, from a `month` on."""
        month, named = body.get("month"), body.get("partner")
        found = parse_month(month) if isinstance(month, str) else None
        if found is None:
            raise Refusal(errors.bad_value("month", "must be a month such as 2026-12"))
        partner = self._reference.current.by_waba.get(named) if isinstance(named, str) else None
        if named is not None and partner is None:
            raise Refusal(errors.bad_value("partner", "must be the id of a company, or null for the operator"))
        seller = payer_of(partner) if partner is not None else None
        told = partner.waba_id if partner is not None else ""
        await self._do(business, MoveClient(payer_of(business), business.business_id, seller, told, found, who))
        return await self.show(business)

    async def set_legal(self, business: Business, body: Body, who: str) -> Shown:
        """The operator sets a company's legal data: `legal`, with `vat_checked_at` and `vat_proof`."""
        await self._documents.set_customer_legal(business, body, who)
        return await self.show(business)

    async def ask_legal(self, business: Business, body: Body, who: str) -> Shown:
        """A company sets its own; what changes who is billed, how it is taxed or when it pays waits for the operator."""
        payer, legal = payer_of(business), body.get("legal")
        buyer = buyer_or_faults(legal)
        async with self._site.pool(payer[0]).acquire() as conn:
            kept = await parties.find_customer(conn, payer)
        if kept is not None and contract.is_settled(parse_buyer(kept.document), buyer):
            await self._documents.set_customer_legal(
                business, {**_confirmed(kept), "legal": buyer_document(buyer)}, who
            )
        else:
            await self._do(business, WishLegal(payer, buyer_document(buyer), who))
        return await self.show(business)

    async def decide_wish(self, business: Business, body: Body, who: str) -> Shown:
        """Say yes or no to the legal data that a company asked for; `accept` is true or false."""
        payer, accept = payer_of(business), body.get("accept")
        if not isinstance(accept, bool):
            raise Refusal(errors.bad_value("accept", "must be true or false"))
        async with self._site.pool(payer[0]).acquire() as conn:
            wish = await contracts.find_wish(conn, payer)
        if wish is None:
            raise Refusal(errors.unknown_object("legal"))
        if accept:
            await self._documents.set_customer_legal(business, {"legal": wish.document}, f"{wish.set_by}, {who}")
        await self._do(business, DropWish(payer, who, accepted=accept))
        return await self.show(business)

    def _card(self, business: Business, snapshot: Snapshot) -> tuple[str, int]:
        now = self._clock.now()
        card = snapshot.card(business.card_at(now), now)
        return card.card, card.version

    async def _do(self, business: Business, command: Command) -> None:
        answer = await self._lane.submit(slot_of(business.contract_id), command)
        if answer is not None:
            raise Refusal(errors.bad_value(*_SAYS[answer]))


def _confirmed(kept: Kept) -> Shown:
    """What the authorities said about a VAT id that stays as it is."""
    at = kept.vat_checked_at
    return {"vat_checked_at": at.isoformat() if at is not None else None, "vat_proof": kept.vat_proof}
