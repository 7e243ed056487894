"""The commands about the ledger: `takt grant add|list|void`, `takt ledger verify|prove|export`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from takt import bundle
from takt.actions import grant as granting
from takt.clock import CLOCK
from takt.core.ids import parse_wamid, slot_of
from takt.faults import NotDone
from takt.installation import Installation, visit
from takt.ledger_proof import prove, verify
from takt.registering import OUT, Waba, show
from takt.store.site import Site
from takt.web.takt.granting import GrantDesk

T = TypeVar("T")

ledger = typer.Typer(no_args_is_help=True)
grant = typer.Typer(no_args_is_help=True)

Words = Annotated[list[str] | None, typer.Option(help="May come several times; left out: all.")]


@ledger.command("verify")
def verify_ledger() -> None:
    """Read every entry and every row of usage, and name each that was changed, added or taken out."""
    found = _on_site(lambda site: verify(site, CLOCK.now()))
    for fault in found.faults:
        OUT.print(fault, markup=False)
    read = f"{found.batches:,} batches, {found.entries:,} entries, {found.usages:,} rows of usage, {found.roots:,} roots of days"
    if found.faults:
        raise NotDone(f"{read}: not as they were written.")
    OUT.print(f"{read}: as they were written")


@ledger.command("prove")
def prove_message(message: Annotated[str, typer.Argument(help="Message id, wamid.…")]) -> None:
    """Show the path of hashes from a message's row of usage to the root of its day."""
    message_id = parse_wamid(message)
    if message_id is None:
        raise NotDone(f"{message}: must be the id of a message, wamid.…")
    proof = _on_site(lambda site: prove(site, message_id, site.part_of(slot_of(message_id))))
    if proof is None:
        raise NotDone(f"{message}: nothing was booked.")
    show(proof)


@ledger.command("export")
def export_ledger(
    folder: Annotated[Path, typer.Argument(help="Where the files go.", file_okay=False)],
    company: Annotated[str | None, typer.Option("--company", help="What is this company's alone, for itself.")] = None,
) -> None:
    """Write out all that money rests on, for `verifier/verify.py` to recompute: a program that has nothing of ours."""

    async def work(installation: Installation) -> dict[str, int]:
        business = (await installation.read()).by_waba.get(company) if company is not None else None
        if company is not None and business is None:
            raise NotDone(f"There is no company {company}.")
        return await bundle.write(installation.site, folder, business.contract_id if business is not None else None)

    show(visit("takt ledger", work))


@grant.command("list")
def list_grants(company: Waba) -> None:
    """List the grants of a company with what is left of each."""
    show(_run(lambda desk: desk.list(company)))


@grant.command("void")
def void(company: Waba, identifier: Annotated[str, typer.Argument(help="The id of the grant.")]) -> None:
    """Let a grant be over; what is set aside on it already is still used."""
    show(_run(lambda desk: desk.void(company, identifier)))


def _on_site(do: Callable[[Site], Awaitable[T]]) -> T:
    return visit("takt ledger", lambda installation: do(installation.site))


def _run(do: Callable[[GrantDesk], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    async def work(installation: Installation) -> dict[str, Any]:
        await installation.read()
        return await do(GrantDesk(installation.site, installation.reference, installation.lane(granting.void), CLOCK))

    return visit("takt grant", work)
