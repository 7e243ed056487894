"""The commands about documents of money: `takt invoices check-legal|rules|prove`."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from takt.core.invoice_rules import RULES
from takt.press.findings import Report
from takt.registering import OUT, NotDone
from takt.wire.parties import parse_buyer, parse_seller
from takt.workers.press import NotPrinted, Press

invoices = typer.Typer(help="Invoices, credit notes, and the legal data on them.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="JSON of legal data.", exists=True, dir_okay=False)]
OfCustomer = Annotated[bool, typer.Option("--customer", help="It is a customer's, not the operator's.")]


@invoices.command("check-legal")
def check_legal(file: File, *, customer: OfCustomer = False) -> None:
    """See whether legal data is sound, check digits included. Nothing is changed."""
    try:
        document = json.loads(file.read_text("utf-8"))
    except ValueError as fault:
        raise NotDone(f"{file} is no JSON: {fault}.") from None
    party = parse_buyer(document) if customer else parse_seller(document)
    OUT.print(f"{file}: {party.name}, sound", markup=False)


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
