"""The bank's statements come in: each transaction once, what is certain booked, all else kept for a person to decide.

One transaction of ours for a file. Whoever brings the same statement, or one that overlaps, finds what it tells already
there: the keys of transactions are unique.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Final
from uuid import UUID

from takt.actions import claims, payment_steps, spending, taxing
from takt.actions.outcome import HOOKS, Done
from takt.actions.payment_steps import Said, Step
from takt.core import iban, matching
from takt.core.entries import Entry, Payer
from takt.core.ids import derive_id, slot_of
from takt.core.matching import Collected, Doubt, Known, Match, Overpays, PaysPart, Returns, Settles, TopsUp, Unsure
from takt.core.payment import BY_BANK, Payment, Purpose, State, Word, part_of, split
from takt.core.statements import Statement, Transaction
from takt.core.value import value
from takt.store import bank, documents, journal, mandates, payments
from takt.store.bank import Imported, Verdict
from takt.store.pool import Conn
from takt.store.reference import Reference
from takt.store.site import Site

BANK_PROVIDER: Final = "statement"


@value
class Import:
    """A file of statements, parsed."""

    statements: tuple[Statement, ...]
    imported: Imported


@value
class Assign:
    """A person says to which payment a transaction belongs, or, without one, whose wallet it tops up."""

    key: str
    payer: Payer
    payment_id: UUID | None
    who: str
    note: str = ""


@value
class SetAside:
    """A person says that a transaction is no payment of a company."""

    key: str
    who: str
    note: str


@value
class Report:
    """What came of a file: statements new and known before, transactions by what became of them, doubts by their number."""

    statements: int = 0
    repeated: int = 0
    known_before: int = 0
    booked: int = 0
    suspense: int = 0
    unbalanced: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


Command = Import | Assign | SetAside
Answer = Report | Doubt | bool
"""What came of a file; whether a person's decision was done, or why it cannot be."""


class Statements:
    """The action of the lane of statements. `new_id` makes an id in a slot."""

    def __init__(self, site: Site, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._site = site
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Each in turn."""
        del part, again
        snapshot = await self._reference.fresh(conn)
        standing = {
            iban.reference(iban.OF_CONTRACT, one.contract_id): (one.contract_part, one.contract_id)
            for one in snapshot.businesses.values()
        }
        answers: list[Answer] = []
        for command in commands:
            turn = _Turn(conn, self._site, standing, now)
            answers.append(await turn.do(command, self._new_id))
            for one in turn.returned:
                await spending.alert_returned(conn, snapshot, one, self._new_id, now)
            if turn.entries:
                await journal.book(conn, turn.entries, now)
        return Done(answers, {HOOKS})


@dataclass(slots=True)
class _Turn:
    """One command."""

    conn: Conn
    site: Site
    standing: dict[str, Payer]
    now: datetime
    payments: dict[UUID, Payment] = field(default_factory=dict)
    batches: dict[str, list[UUID]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    returned: list[Payment] = field(default_factory=list)

    async def do(self, command: Command, new_id: Callable[[int], UUID]) -> Answer:
        """Do it; what it moves is booked by the caller."""
        match command:
            case Import():
                return await self._import(command, new_id)
            case Assign():
                return await self._assign(command)
            case SetAside():
                return await self._set_aside(command)

    async def _import(self, command: Import, new_id: Callable[[int], UUID]) -> Report:
        own, report = await mandates.own_ibans(self.conn), Report()
        for one in command.statements:
            if one.iban not in own:
                report = replace(report, foreign=(*report.foreign, one.iban))
                continue
            if not one.balanced:
                report = replace(report, unbalanced=(*report.unbalanced, one.ident))
                continue
            imported = replace(command.imported, statement_id=new_id(0))
            if not await bank.add_statement(self.conn, one, imported, self.now):
                report = replace(report, repeated=report.repeated + 1)
                continue
            report = await self._statement(one, imported, report)
        return report

    async def _statement(self, one: Statement, imported: Imported, report: Report) -> Report:
        fresh = await bank.add_entries(self.conn, imported.statement_id, one.transactions)
        new = [transaction for transaction in one.transactions if transaction.key in fresh]
        known = await self._known(new)
        booked = 0
        for transaction in new:
            found = matching.match(transaction, self._current(known))
            verdict = await self._carry_out(transaction, found)
            await bank.decide(self.conn, transaction.key, verdict, "", "", self.now)
            booked += verdict.state == "booked"
        return replace(
            report,
            statements=report.statements + 1,
            known_before=report.known_before + len(one.transactions) - len(new),
            booked=report.booked + booked,
            suspense=report.suspense + len(new) - booked,
        )

    async def _known(self, new: Sequence[Transaction]) -> Known:
        """Everything that these transactions could be about, its payments held."""
        references = {ref for one in new for ref in matching.references_of(one)}
        by_part = defaultdict(set)
        for ref in references:
            slot = iban.slot_of_reference(ref)
            assert slot is not None, "only references of ours are looked at"
            by_part[self.site.part_of(slot[1])].add(ref)
        numbers = {number for one in new for number in matching.numbers_of(one)}
        batches = {one.batch for one in new if one.batch}
        ibans = {one.iban for one in new if one.iban}
        accounts: defaultdict[str, set[Payer]] = defaultdict(set)
        for part in self.site.parts:
            found = await payments.by_references(self.conn, part, by_part[part]) if by_part[part] else []
            found += await payments.by_documents(self.conn, part, numbers) if numbers else []
            for batch, payment in await payments.by_batches(self.conn, part, batches) if batches else []:
                self.batches.setdefault(batch, []).append(payment.payment_id)
                found.append(payment)
            for account, contract_id in await payments.accounts(self.conn, part, ibans) if ibans else set():
                accounts[account].add((part, contract_id))
            contracts = {payer[1] for payers in accounts.values() for payer in payers if payer[0] == part}
            found += await payments.awaited(self.conn, part, contracts) if contracts else []
            await self._hold_all(part, found)
        contracts_known = {
            ref: (self.standing[ref], (await payments.terms(self.conn, self.standing[ref])).currency)
            for ref in sorted(references & self.standing.keys())
        }
        return Known(contracts=contracts_known, accounts={key: frozenset(some) for key, some in accounts.items()})

    async def _hold_all(self, part: int, found: Sequence[Payment]) -> None:
        """Hold payments, and before them the contracts whose invoices they pay: what is open of these stays as it is."""
        for payer in sorted({one.payer for one in found if one.document}):
            await documents.hold_contract(self.conn, payer)
        for number in sorted({one.document for one in found if one.document}):
            await claims.keep(self.conn, part, number, self.now)
        of_invoices = await payments.by_documents(self.conn, part, {one.document for one in found if one.document})
        await self._hold(part, {one.payment_id for one in [*found, *of_invoices]})

    async def _hold(self, part: int, payment_ids: Iterable[UUID]) -> None:
        wanted = [one for one in payment_ids if one not in self.payments]
        if wanted:
            locked = await payments.lock(self.conn, part, wanted)
            self.payments |= {key: kept.payment for key, kept in locked.items()}

    def _current(self, known: Known) -> Known:
        """The payments as they are by now, in the ways they are found."""
        by_document: defaultdict[str, list[Payment]] = defaultdict(list)
        awaited: defaultdict[Payer, list[Payment]] = defaultdict(list)
        for one in self.payments.values():
            if one.document:
                by_document[one.document.upper()].append(one)
            awaited[one.payer].append(one)
        return replace(
            known,
            by_reference={one.reference: one for one in self.payments.values()},
            by_document=by_document,
            collections={batch: [self.payments[one] for one in ids] for batch, ids in self.batches.items()},
            awaited=awaited,
        )

    async def _carry_out(self, one: Transaction, found: Match, settled: int = 0) -> Verdict:
        """Book what is sure of a transaction, `settled` micro-units of which were booked before."""
        match found:
            case Settles() | PaysPart() | Overpays():
                return await self._pay(one, found, settled)
            case Returns(payment):
                await self._say(payment, one, Word.RETURNED)
                return Verdict("booked", None, payment.payer, payment.payment_id)
            case TopsUp(payer):
                payment = await self._unannounced(payer, one)
                await self._say(payment, one, Word.SETTLED)
                return Verdict("booked", None, payer, payment.payment_id)
            case Collected(batch):
                for place, payment_id in enumerate(self.batches[batch]):
                    await self._say(self.payments[payment_id], one, Word.SETTLED, place)
                return Verdict("booked")
            case Unsure(doubt):
                return Verdict("suspense", doubt)

    async def _pay(self, one: Transaction, found: Settles | PaysPart | Overpays, settled: int) -> Verdict:
        """Money came for a payment: all that it waits for, a part, or more, of which the rest waits."""
        payment, waits = found.payment, Verdict("booked")
        if isinstance(found, PaysPart):
            payment = part_of(payment, one.paid_micros, f"{one.key}-{settled}")
            await payments.add(self.conn, payment, "transfer")
            await self._hold(payment.payer[0], [payment.payment_id])
        elif isinstance(found, Overpays):
            waits = Verdict("suspense", Doubt.OVERPAID, settled_micros=settled + payment.split.gross_micros)
        await self._say(payment, one, Word.SETTLED, settled)
        return replace(waits, payer=payment.payer, payment_id=payment.payment_id)

    async def _say(self, payment: Payment, one: Transaction, word: Word, place: int = 0) -> None:
        """Tell a payment what a transaction says of it; the sum of a collection says so to each of its payments.

        `place` tells the words of one transaction apart: which of a collection's, or how much of it was booked before.
        """
        at = datetime.combine(one.booked_on, time(12), UTC)
        alone = not one.batch or one.count == 1
        gross = abs(one.paid_micros) if alone else None
        said = Said(BANK_PROVIDER, f"{one.key}-{place}", word, at, gross, one.iban, one.why)
        step: Step = await payment_steps.take(self.conn, payment, said, self.now)
        self.payments[payment.payment_id] = step.payment
        self.entries += step.entries
        if step.entries and step.payment.state is State.RETURNED:
            self.returned.append(step.payment)
        if place == 0:
            self.entries += payment_steps.charged(payment, one, at)
        if payment.document:
            await self._keep(payment)

    async def _keep(self, payment: Payment) -> None:
        """What is open of the invoice that it pays waits for its payment again, or no more."""
        part = payment.payer[0]
        await claims.keep(self.conn, part, payment.document, self.now)
        of_invoice = await payments.by_documents(self.conn, part, [payment.document])
        self.payments |= {one.payment_id: one for one in of_invoice}

    async def _unannounced(self, payer: Payer, one: Transaction) -> Payment:
        """A top-up that nobody announced, made out of its transaction, or out of what was over of it."""
        terms = await taxing.terms_of(self.conn, payer)
        payment_id = derive_id(slot_of(payer[1]), "transfer", one.key)
        reference = iban.reference(iban.OF_PAYMENT, payment_id)
        payment = Payment(
            payment_id, payer, BY_BANK, reference, Purpose.TOP_UP,
            split(one.paid_micros, terms.vat.rate_basis_points, terms.currency), terms.vat.category.value,
            terms.vat.rate_basis_points, terms.currency, State.INITIATED, reference, self.now,
        )  # fmt: skip
        await payments.add(self.conn, payment, "transfer")
        await self._hold(payer[0], [payment_id])
        return self.payments[payment_id]

    async def _assign(self, command: Assign) -> Answer:
        entry = await bank.lock_entry(self.conn, command.key)
        if entry is None or entry.state != "suspense":
            return False
        one = entry.rest
        doubt = await self._cannot(command, one)
        if doubt is not None:
            return doubt
        payment = await self._meant(command, one)
        if payment is None:
            return False
        found = matching.decided(one, payment, self._current(Known()))
        if isinstance(found, Unsure):
            return found.doubt
        verdict = await self._carry_out(one, found, entry.settled_micros)
        await bank.decide(self.conn, command.key, verdict, command.who, command.note, self.now)
        return True

    async def _cannot(self, command: Assign, one: Transaction) -> Doubt | None:
        terms = await taxing.terms_of(self.conn, command.payer)
        if one.currency != terms.currency:
            return Doubt.CURRENCY
        if not matching.is_whole(one):
            return Doubt.FLAW
        return Doubt.OUTGOING if command.payment_id is None and one.amount_micros <= 0 else None

    async def _meant(self, command: Assign, one: Transaction) -> Payment | None:
        """The payment that a person means, held; without one it is made, a top-up."""
        if command.payment_id is None:
            return await self._unannounced(command.payer, one)
        found = await payments.find(self.conn, command.payer, command.payment_id)
        if found is None:
            return None
        await self._hold_all(command.payer[0], [found.payment])
        return self.payments[command.payment_id]

    async def _set_aside(self, command: SetAside) -> bool:
        entry = await bank.lock_entry(self.conn, command.key)
        if entry is None or entry.state != "suspense":
            return False
        await bank.decide(self.conn, command.key, Verdict("aside"), command.who, command.note, self.now)
        return True
