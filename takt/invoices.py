"""The commands about documents of money and the legal data on them: `takt invoices …`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from takt.actions.issue import IssueDocuments, NotIssued
from takt.actions.legal import set_legal
from takt.clock import CLOCK
from takt.core.document import UnsoundError, parse_json
from takt.core.invoice_rules import RULES
from takt.core.printed import NotPrinted, Report
from takt.faults import NotDone
from takt.installation import Installation, visit
from takt.proving import Proof, prove_documents
from takt.registering import OUT, show
from takt.store.site import Site
from takt.web.documents import DocumentDesk, DocumentLanes
from takt.wire import documents as wire
from takt.wire.exchange_rates import parse_csv
from takt.wire.parties import parse_buyer, parse_seller
from takt.workers.issuer import Issuer
from takt.workers.press import Press

invoices = typer.Typer(no_args_is_help=True)

T = TypeVar("T")
File = Annotated[Path, typer.Argument(help="JSON of legal data.", exists=True, dir_okay=False)]
OfCustomer = Annotated[bool, typer.Option("--customer", help="It is a customer's, not the operator's.")]
Waba = Annotated[str | None, typer.Option("--company", help="The company's id; left out: all, or the operator.")]
Document = Annotated[str, typer.Argument(help="Number or id of a document.")]
Into = Annotated[Path | None, typer.Option("--into", help="File to write; left out: named by its number.")]


class Open:
    """An installation with what these commands need of it."""

    def __init__(self, site: Site, desk: DocumentDesk, press: Press) -> None:
        self.site = site
        self.desk = desk
        self.press = press


@invoices.command("check-legal")
def check_legal(file: File, *, customer: OfCustomer = False) -> None:
    """See whether legal data is sound, check digits included. Nothing is changed."""
    party = parse_buyer(_read(file)) if customer else parse_seller(_read(file))
    OUT.print(f"{file}: {party.name}, sound", markup=False)


@invoices.command("set-legal")
def write_legal(
    file: File,
    waba: Waba = None,
    vat_checked_at: Annotated[datetime | None, typer.Option(help="When its VAT id was confirmed (UTC).")] = None,
    vat_proof: Annotated[str, typer.Option(help="The answer of the authorities.")] = "",
) -> None:
    """Set the operator's legal data, or a company's: what is issued from now on shows it."""
    legal = _read(file)

    async def do(opened: Open) -> Any:
        if waba is None:
            return await opened.desk.set_operator_legal(legal, "command line")
        checked = f"{vat_checked_at.isoformat()}+00:00" if vat_checked_at is not None else None
        body = {"legal": legal, "vat_checked_at": checked, "vat_proof": vat_proof}
        return await opened.desk.set_customer_legal(await opened.desk.company(waba), body, "command line")

    show(_done(do))


@invoices.command("legal")
def show_legal(waba: Waba = None) -> None:
    """Show the operator's legal data, or a company's."""

    async def do(opened: Open) -> Any:
        if waba is None:
            return await opened.desk.operator_legal()
        return await opened.desk.customer_legal(await opened.desk.company(waba))

    show(_done(do))


@invoices.command("month-document")
def month_document(
    waba: Annotated[str, typer.Argument(help="The company's id.")],
    chosen: Annotated[
        str | None, typer.Argument(help="statement, or final: an invoice that takes off what was paid ahead.")
    ] = None,
) -> None:
    """Show or choose what a company gets for a month that it paid ahead."""

    async def do(opened: Open) -> Any:
        business = await opened.desk.company(waba)
        if chosen is None:
            return await opened.desk.month_document(business)
        return await opened.desk.set_month_document(business, {"month_document": chosen}, "command line")

    show(_done(do))


@invoices.command("rates")
def show_rates() -> None:
    """Show the average rates by which tax in another currency is told in euro."""
    show(_done(lambda opened: opened.desk.rates()))


@invoices.command("import-rates")
def import_rates(
    file: Annotated[Path, typer.Argument(help="CSV: month, currency, per_euro.", exists=True, dir_okay=False)],
    source: Annotated[str, typer.Option(help="Who says so, such as: BMF, 2 December 2026.")],
) -> None:
    """Take average rates of months in (§ 16 (6) UStG). What is known must be told the same; another rate is a correction."""

    async def do(opened: Open) -> Any:
        rates = parse_csv(file.read_bytes())
        return await opened.desk.add_rates({"source": source, "rates": rates}, "command line")

    show(_done(do))


@invoices.command("correct-rate")
def correct_rate(
    month: Annotated[str, typer.Argument(help="Such as 2026-11.")],
    currency: Annotated[str, typer.Argument(help="Three letters.")],
    per_euro: Annotated[str, typer.Argument(help="How much of it a euro was, such as 1.0812.")],
    source: Annotated[str, typer.Option(help="Who says so.")],
    why: Annotated[str, typer.Option(help="Why it is another than before.")],
) -> None:
    """Correct the rate of a month for what is issued from now on, and name what was issued by the one before."""
    body = {"month": month, "currency": currency, "per_euro": per_euro, "source": source, "why": why}
    show(_done(lambda opened: opened.desk.correct_rate(body, "command line")))


@invoices.command("list")
def list_documents(
    waba: Waba = None,
    *,
    owed: Annotated[bool, typer.Option("--open", help="Only what is still to be paid, wholly or in part.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been paid by now.")] = False,
    state: Annotated[str | None, typer.Option(help="issued, part_paid, paid, overdue or cancelled.")] = None,
) -> None:
    """List the newest documents, each with where its payment is."""
    named = [*(["open"] if owed else []), *(["overdue"] if overdue else []), *([state] if state is not None else [])]
    if len(named) > 1:
        raise NotDone("Name one of --open, --overdue and --state.")

    async def do(opened: Open) -> Any:
        states = wire.parse_state(named[0] if named else None)
        company = await opened.desk.company(waba) if waba is not None else None
        return [wire.listed(one, opened.desk.today) for one in await opened.desk.documents(company, states)]

    show(_done(do))


@invoices.command("show")
def show_document(document: Document) -> None:
    """Show a document with its lines and the checks that it passed."""

    async def do(opened: Open) -> Any:
        return await opened.desk.show(await opened.desk.find(document, None))

    show(_done(do))


@invoices.command("pdf")
def write_pdf(document: Document, into: Into = None) -> None:
    """Write a document's PDF, with its XML inside, into a file."""
    _write_file(document, "pdf", into)


@invoices.command("xml")
def write_xml(
    document: Document,
    syntax: Annotated[str, typer.Option(help="ubl (XRechnung) or cii (Factur-X).")] = wire.SYNTAXES[0],
    into: Into = None,
) -> None:
    """Write a document's XML into a file."""
    if syntax not in wire.SYNTAXES:
        raise NotDone(f"syntax must be one of {', '.join(wire.SYNTAXES)}.")
    _write_file(document, syntax, into)


@invoices.command("credit")
def credit(
    document: Document,
    line: Annotated[
        list[str] | None, typer.Option(help="Part of a line, as line:quantity; several times. Else all of it.")
    ] = None,
) -> None:
    """Give back a document by a credit note."""
    lines = [_quantity(one) for one in line or ()]

    async def do(opened: Open) -> Any:
        original = await opened.desk.find(document, None)
        return await opened.desk.credit(original, {"lines": lines} if lines else {})

    show(_done(do))


@invoices.command("issue")
def issue() -> None:
    """Issue the documents of all closed months now; a server does it by itself."""

    async def do(opened: Open) -> Any:
        answers = await Issuer(opened.site, opened.press, CLOCK).round()
        today = opened.desk.today
        return [{"not_issued": one.says} if isinstance(one, NotIssued) else wire.listed(one, today) for one in answers]

    show(_done(do))


@invoices.command("gaps")
def gaps() -> None:
    """Say for each series of numbers whether it runs without a gap."""
    found = _done(lambda opened: opened.desk.gaps())
    show(found)
    if not all(one["sound"] for one in found["series"]):
        raise typer.Exit(1)


@invoices.command("verify")
def verify() -> None:
    """Prove everything that was issued: its bytes are those that were issued, and come out the same if made anew."""

    async def do(opened: Open) -> list[Proof]:
        return [one async for one in prove_documents(opened.site, opened.press)]

    found = _done(do)
    for one in found:
        if one.faults:
            OUT.print(f"{one.number}: {'; '.join(one.faults)}", markup=False)
    bad = sum(bool(one.faults) for one in found)
    again = sum(one.made_again for one in found)
    OUT.print(f"{len(found)} documents, {again} made again byte by byte, {bad} with faults")
    if bad:
        raise typer.Exit(1)


@invoices.command("rules")
def rules() -> None:
    """Name the rules that every document keeps before anything is rendered of it."""
    OUT.print("\n".join(name for name, _ in RULES), markup=False)


@invoices.command("prove")
def prove(files: Annotated[list[Path], typer.Argument(help="XML of invoices: CII or UBL.", exists=True)]) -> None:
    """Prove XML of electronic invoices by schema, schematron and the rules of XRechnung."""
    reports = asyncio.run(_prove([file.read_bytes() for file in files]))
    for file, report in zip(files, reports, strict=True):
        OUT.print(f"{file}: {'sound' if report.clean else 'not sound'}", markup=False)
        for one in report.findings:
            OUT.print(f"  {one.check} {one.rule}: {one.says}", markup=False)
    if not all(report.clean for report in reports):
        raise typer.Exit(1)


async def _prove(documents: list[bytes]) -> tuple[Report, ...]:
    try:
        async with Press() as press:
            return await press.judge(*documents)
    except NotPrinted as fault:
        raise NotDone(f"{fault}.") from None


def _read(file: Path) -> Any:
    try:
        return parse_json(file.read_bytes())
    except UnsoundError as fault:
        raise NotDone(f"{file}: {fault}.") from None


def _quantity(given: str) -> dict[str, int]:
    line, colon, quantity = given.partition(":")
    try:
        return {"line": int(line), "quantity": int(quantity)}
    except ValueError:
        raise NotDone(f"{given}: must be line{colon or ':'}quantity, such as 1:500.") from None


def _write_file(document: str, syntax: str, into: Path | None) -> None:
    async def do(opened: Open) -> tuple[str, bytes]:
        found = await opened.desk.find(document, None)
        files = await opened.desk.files(found)
        return wire.files(found.number, syntax), {"pdf": files.pdf, "cii": files.cii, "ubl": files.ubl}[syntax]

    name, content = _done(do)
    if not content:
        raise NotDone(f"{document} is a statement: it has no XML.")
    file = into or Path(name)
    file.write_bytes(content)
    OUT.print(f"{file}: {len(content)} bytes", markup=False)


def _done(do: Callable[[Open], Awaitable[T]]) -> T:
    async def work(installation: Installation) -> T:
        async with Press() as press:
            lanes = DocumentLanes(installation.lane(IssueDocuments(press.print)), installation.lane(set_legal))
            desk = DocumentDesk(installation.site, installation.reference, lanes, CLOCK)
            return await do(Open(installation.site, desk, press))

    return visit("takt invoices", work)
