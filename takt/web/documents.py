"""Documents of money and legal data, for the own API, the command line and the consoles alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from takt.actions import legal
from takt.actions.issue import OFFICE_ZONE, Answer, Credit, Issue, NotIssued
from takt.actions.legal import AddRates, CorrectRate, SetCustomer, SetMonthDocument, SetOperator
from takt.clock import Clock
from takt.core.claim import OPEN, Standing, standing
from takt.core.entries import Payer
from takt.core.exchange import Rate
from takt.core.ids import slot_of
from takt.core.number_series import gaps
from takt.core.value import value
from takt.lanes import Lanes
from takt.store import contracts, documents, exchange_rates, parties
from takt.store.documents import Bytes, Listed
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.wire import documents as wire
from takt.wire import errors
from takt.wire import exchange_rates as rates_wire
from takt.wire.errors import Refusal
from takt.wire.legal_faults import buyer_or_faults, seller_or_faults
from takt.wire.months import whose

Shown = dict[str, Any]
SHOWN_MAX: Final = 1000


@value
class DocumentLanes:
    """The lanes that documents and legal data go to."""

    issue: Lanes[Issue | Credit, Answer]
    legal: Lanes[legal.Command, int]


class DocumentDesk:
    """Reads and changes. A company is named by its id on the wire; where one may be None, that is all of them."""

    def __init__(self, site: Site, reference: Reference, lanes: DocumentLanes, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._lanes = lanes
        self._clock = clock

    async def operator_legal(self) -> Shown:
        """The operator's legal data."""
        async with self._site.everywhere.acquire() as conn:
            found = await parties.find_operator(conn)
        return {"version": 0, "legal": None} if found is None else wire.legal(found)

    async def set_operator_legal(self, body: Mapping[str, Any], who: str) -> Shown:
        """The operator's legal data from now on. Raises Refusal."""
        seller_or_faults(body)
        return {"version": await self._lanes.legal.submit(0, SetOperator(body, who))}

    async def customer_legal(self, business: Business) -> Shown:
        """A company's legal data."""
        payer = _payer(business)
        async with self._site.pool(payer[0]).acquire() as conn:
            found = await parties.find_customer(conn, payer)
        return {"version": 0, "legal": None} if found is None else wire.legal(found)

    async def set_customer_legal(self, business: Business, body: Mapping[str, Any], who: str) -> Shown:
        """A company's legal data from now on: `legal`, with `vat_checked_at` and `vat_proof`. Raises Refusal."""
        at, proof = wire.parse_confirmation(body)
        legal = body.get("legal")
        buyer_or_faults(legal)
        assert isinstance(legal, Mapping), "it was parsed"
        command = SetCustomer(_payer(business), legal, who, at, proof)
        return {"version": await self._lanes.legal.submit(slot_of(business.contract_id), command)}

    async def month_document(self, business: Business) -> Shown:
        """What a company gets for a month that it paid ahead: `statement` or `final`."""
        payer = _payer(business)
        async with self._site.pool(payer[0]).acquire() as conn:
            return {"month_document": (await contracts.agreed(conn, payer)).month_document}

    async def set_month_document(self, business: Business, body: Mapping[str, Any], who: str) -> Shown:
        """Choose it, for the months that have no document yet. Raises Refusal."""
        chosen = wire.parse_month_document(body)
        command = SetMonthDocument(_payer(business), chosen, who)
        await self._lanes.legal.submit(slot_of(business.contract_id), command)
        return {"month_document": chosen}

    async def rates(self) -> Shown:
        """The average rates by which tax is told in euro, newest first; of those that hold no longer, what was issued by them."""
        async with self._site.everywhere.acquire() as conn:
            told = await exchange_rates.newest(conn)
        shown: list[Shown] = []
        last: tuple[str, date] | None = None
        for one in told:
            month = one.rate.currency, one.rate.month
            issued = await self._issued_by(one.rate) if month == last else []
            shown.append(rates_wire.render(one, holds=month != last, issued=issued))
            last = month
        return {"rates": shown}

    async def _issued_by(self, rate: Rate) -> list[str]:
        found: list[str] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                found += await documents.issued_by_rate(conn, part, rate)
        return sorted(found)

    async def correct_rate(self, body: Mapping[str, Any], who: str) -> Shown:
        """Another rate for a month that has one, with `source` and `why`; what was issued by the one before. Raises Refusal."""
        rate, why = rates_wire.parse_correction(body)
        async with self._site.everywhere.acquire() as conn:
            before = (await exchange_rates.of_currency(conn, rate.currency)).get(rate.month)
        if before is None:
            raise Refusal(errors.bad_value("month", "must be a month whose rate is known; import it first"))
        if not await self._lanes.legal.submit(0, CorrectRate(rate, who, why)):
            raise Refusal(errors.bad_value("per_euro", "must be another than it is"))
        return {"success": True, "issued_before": await self._issued_by(before)}

    async def add_rates(self, body: Mapping[str, Any], who: str) -> Shown:
        """Take rates in, with their `source`; what is known stays, and must be told the same. Raises Refusal."""
        found = rates_wire.parse_rates(body)
        async with self._site.everywhere.acquire() as conn:
            known = {
                (one.currency, one.month): one
                for currency in {one.currency for one in found}
                for one in (await exchange_rates.of_currency(conn, currency)).values()
            }
        rates_wire.check_known(found, known)
        return {"added": await self._lanes.legal.submit(0, AddRates(tuple(found), who)), "rates": len(found)}

    @property
    def today(self) -> date:
        """The operator's day, by which something is overdue."""
        return self._clock.now().astimezone(OFFICE_ZONE).date()

    async def documents(self, business: Business | None, states: frozenset[Standing] | None = None) -> list[Listed]:
        """The documents of a company, or the newest of all, newest first; only those in one of these states, if any are named."""
        owed, found = states is not None and states <= OPEN, list[Listed]()
        if business is not None:
            payer = _payer(business)
            async with self._site.pool(payer[0]).acquire() as conn:
                found = await documents.list_contract(conn, payer, owed=owed)
        else:
            for part in self._site.parts:
                async with self._site.pool(part).acquire() as conn:
                    found += await documents.list_part(conn, part, owed=owed)
        fitting = [one for one in found if states is None or _stands(one, self.today) in states]
        return sorted(fitting, key=lambda one: (one.issued_on, one.number), reverse=True)[:SHOWN_MAX]

    async def listed(self, business: Business | None, states: frozenset[Standing] | None = None) -> Shown:
        """The same as it is shown, with the company of each."""
        owners = self._reference.current.payers()
        found = await self.documents(business, states)
        return {
            "invoices": [wire.listed(one, self.today) | whose(one.payer, owners.get(one.payer[1])) for one in found]
        }

    async def find(self, named: str, business: Business | None) -> Listed:
        """A document by id or number, of a company if one is given. Raises Refusal."""
        for part in self._parts(named):
            async with self._site.pool(part).acquire() as conn:
                found = await _find(conn, part, named)
            if found is not None and (business is None or found.payer == _payer(business)):
                return found
        raise Refusal(errors.unknown_object(named))

    def _parts(self, named: str) -> tuple[int, ...]:
        document_id = _uuid(named)
        return self._site.parts if document_id is None else (self._site.part_of(slot_of(document_id)),)

    async def show(self, found: Listed) -> Shown:
        """A document with its lines and checks."""
        part = found.payer[0]
        async with self._site.pool(part).acquire() as conn:
            invoice = await documents.value_of(conn, part, found.document_id)
            report = await documents.report_of(conn, part, found.document_id)
            return wire.whole(found, invoice, report, self.today)

    async def files(self, found: Listed) -> Bytes:
        """The bytes of a document."""
        part = found.payer[0]
        async with self._site.pool(part).acquire() as conn:
            return await documents.bytes_of(conn, part, found.document_id)

    async def file(self, found: Listed, form: str) -> Response:
        """A document to download: `pdf`, or its XML as `ubl` or `cii`. Raises Refusal."""
        if form not in wire.FORMS:
            raise Refusal(errors.bad_value("syntax", f"must be one of {', '.join(wire.FORMS)}"))
        kept = await self.files(found)
        content = {"pdf": kept.pdf, "ubl": kept.ubl, "cii": kept.cii}[form]
        if not content:
            raise Refusal(errors.unknown_object(found.number))
        headers = {
            "Content-Disposition": f'attachment; filename="{wire.files(found.number, form)}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return Response(content, media_type="application/pdf" if form == "pdf" else "application/xml", headers=headers)

    async def credit(self, original: Listed, body: Mapping[str, Any]) -> Shown:
        """A credit note over a document, or over some of each of its lines. Raises Refusal."""
        quantities = wire.parse_quantities(body)
        slot = slot_of(original.payer[1])
        command = Credit(original.payer, self._clock.new_id(slot), original.document_id, quantities)
        answer = await self._lanes.issue.submit(slot, command)
        if isinstance(answer, NotIssued):
            raise Refusal(errors.bad_value("lines", answer.says))
        return wire.listed(answer, self.today)

    async def gaps(self) -> Shown:
        """The series of numbers, and what is wrong with them."""
        async with self._site.everywhere.acquire() as conn:
            found = await documents.series(conn, self._site.parts)
        return {"series": [wire.series(one.series, one.year, one.given, gaps(one.given, one.places)) for one in found]}

    async def company(self, waba_id: str) -> Business:
        """The company with an id. Raises Refusal."""
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        found = snapshot.by_waba.get(waba_id)
        if found is None:
            raise Refusal(errors.unknown_object(waba_id))
        return found


async def _find(conn: Any, part: int, named: str) -> Listed | None:
    document_id = _uuid(named)
    if document_id is not None:
        return await documents.find(conn, part, document_id)
    return await documents.find_number(conn, part, named)


def _stands(one: Listed, today: date) -> Standing | None:
    return standing(one.claim, today) if one.claim is not None else None


def _uuid(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None


def _payer(business: Business) -> Payer:
    return business.contract_part, business.contract_id
