"""The commands about money: `takt payments …`. They do what the operator's API does, by the same actions.

A booking by hand is proposed by one person and signed by another, each with their own login.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from takt.actions.booking import BookByHand
from takt.actions.collecting import Collecting
from takt.actions.statement import Statements
from takt.clock import CLOCK
from takt.core.booking import Kind, Sort
from takt.core.proposal import Actor
from takt.faults import NotDone
from takt.installation import Installation, visit
from takt.registering import show
from takt.web.bank import BankDesk, BankLanes

payments = typer.Typer(no_args_is_help=True)

Login = Annotated[str, typer.Option("--as", help="Your login; your password is asked for.")]
Key = Annotated[str, typer.Argument(help="The transaction's key in `takt payments list --suspense`.")]
Note = Annotated[str, typer.Option(help="Why.")]
Company = Annotated[str | None, typer.Option("--company", help="The company's id.")]

HERE = Actor("command line")


@payments.command("account")
def account(
    iban: Annotated[str | None, typer.Option(help="The operator's account; left out: show it.")] = None,
    holder: Annotated[str, typer.Option(help="Whose it is.")] = "",
    bic: Annotated[str, typer.Option(help="The bank's code, if it is asked for.")] = "",
    creditor_id: Annotated[str, typer.Option(help="Creditor identifier, to collect by direct debit.")] = "",
) -> None:
    """Show or set the operator's account."""
    if iban is None:
        _show(lambda desk: desk.account())
        return
    body = {"iban": iban, "holder": holder, "bic": bic, "creditor_id": creditor_id}
    _show(lambda desk: desk.set_account(body, HERE))


@payments.command("import")
def import_file(
    files: Annotated[list[Path], typer.Argument(help="Statements in camt.053.", exists=True, dir_okay=False)],
) -> None:
    """Take statements in: what is certain is booked, all else waits for a person. The same twice changes nothing."""
    for file in files:
        document = file.read_bytes()
        _show(lambda desk, document=document: desk.take_file(document, HERE))  # type: ignore[misc]


@payments.command("list")
def list_payments(
    *,
    suspense: Annotated[bool, typer.Option("--suspense", help="What a person must decide.")] = False,
    statements: Annotated[bool, typer.Option("--statements", help="Statements that were imported.")] = False,
) -> None:
    """List payments of all companies, transactions that are unsure, or statements."""
    if suspense:
        _show(lambda desk: desk.suspense())
    elif statements:
        _show(lambda desk: desk.statements())
    else:
        _show(lambda desk: desk.list())


@payments.command("match")
def match(
    key: Key, company: Company = None, payment: str | None = None, note: Note = "", *, aside: bool = False
) -> None:
    """Decide what a transaction is: a payment of a company, a top-up of its wallet, or (--aside) none of theirs."""
    if aside == (company is not None):
        raise NotDone("Name a --company, perhaps with a --payment, or say --aside.")
    body = {"aside": True, "note": note} if aside else {"company": company, "payment": payment, "note": note}
    _show(lambda desk: desk.decide(key, body, HERE))


@payments.command("collect")
def collect(
    out: Annotated[Path, typer.Option(help="The folder to write the orders (pain.008) to.", file_okay=False)],
) -> None:
    """Make the orders to collect that are due, and write them for the bank."""
    made = _done(lambda desk: _collected(desk, out))
    show(made)


@payments.command("book")
def book(
    company: str, sort: Annotated[str, typer.Argument(help=f"One of {', '.join(Sort)}.")],
    note: Note, login: Login,
    amount_micros: Annotated[int | None, typer.Argument(help="How much; not for refund and reversal.")] = None,
    of: Annotated[str | None, typer.Option(help="The message of a refund, the entry of a reversal.")] = None,
    days: Annotated[int | None, typer.Option(help="For how long a grant is good.")] = None,
) -> None:  # fmt: skip
    """Propose a booking by hand; somebody else must sign it."""
    given = {"amount_micros": amount_micros, "message" if sort == Sort.REFUND else "entry": of, "days": days}
    body = {"company": company, "sort": sort, "note": note, **{k: one for k, one in given.items() if one is not None}}
    _as_person(login, lambda desk, actor: desk.propose(body, actor, "en"))


@payments.command("sign")
def sign(booking: str, login: Login) -> None:
    """Sign somebody else's booking, which books it."""
    _as_person(login, lambda desk, actor: desk.act(booking, Kind.SIGN, actor, "en"))


@payments.command("withdraw")
def withdraw(booking: str, login: Login) -> None:
    """Take a proposed booking back."""
    _as_person(login, lambda desk, actor: desk.act(booking, Kind.WITHDRAW, actor, "en"))


@payments.command("bookings")
def bookings() -> None:
    """List bookings by hand."""
    _show(lambda desk: desk.bookings(HERE))


async def _collected(desk: BankDesk, out: Path) -> dict[str, Any]:
    made = await desk.collect({}, HERE)
    for one in made["data"]:
        (out / f"{one['ident']}.xml").write_bytes(await desk.order(one["ident"]))
    return made


def _as_person(login: str, do: Callable[[BankDesk, Actor], Awaitable[dict[str, Any]]]) -> None:
    password = typer.prompt("Password", hide_input=True)

    async def work(installation: Installation) -> dict[str, Any]:
        return await do(await _desk(installation), await installation.operator(login, password))

    show(visit("takt payments", work))


def _show(do: Callable[[BankDesk], Awaitable[dict[str, Any]]]) -> None:
    show(_done(do))


def _done(do: Callable[[BankDesk], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    async def work(installation: Installation) -> dict[str, Any]:
        return await do(await _desk(installation))

    return visit("takt payments", work)


async def _desk(installation: Installation) -> BankDesk:
    await installation.read()
    site, reference = installation.site, installation.reference
    lanes = BankLanes(
        statements=installation.lane(Statements(site, reference, CLOCK.new_id)),
        collecting=installation.lane(Collecting(site)),
        bookings=installation.lane(BookByHand(site.parts)),
    )
    return BankDesk(site, reference, lanes, CLOCK)
