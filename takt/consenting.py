"""The commands of consent: `takt consent import|proof|verify`, and `takt person erase`.

Each does what the own API does, by the same actions in the same database.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from takt.actions import purpose
from takt.actions.ask_consent import AskConsent
from takt.actions.bring_consent import BringConsent
from takt.actions.erase import ErasePerson
from takt.clock import CLOCK
from takt.faults import NotDone
from takt.installation import Installation, visit
from takt.registering import person, show
from takt.web.takt.consents import ConsentLanes, Consents
from takt.wire.proof import render_page, render_proof
from takt.workers.erasures import Erasures

consent = typer.Typer(no_args_is_help=True)

Waba = Annotated[str, typer.Option("--company", help="The company's id, as `takt company list` shows it.")]
Number = Annotated[str, typer.Argument(help="The person's telephone number, digits with the country code.")]


@consent.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="CSV with a line of names, or JSON lines.", exists=True, dir_okay=False)],
    company: Waba,
) -> None:
    """Take a list of consents that a company brings; every row is answered, faulty ones by name."""
    raw, as_csv = file.read_bytes(), file.suffix.lower() == ".csv"
    shown = _run(lambda found: _bring(found, company, raw, as_csv=as_csv))
    if shown["counts"].get("faulty"):
        raise typer.Exit(1)


async def _bring(consents: Consents, company: str, raw: bytes, *, as_csv: bool) -> dict[str, Any]:
    return await consents.bring(await consents.business(company), raw, as_csv=as_csv)


@consent.command("proof")
def show_proof(
    number: Number,
    company: Waba,
    page: Annotated[Path | None, typer.Option(help="Write a page to print into this file instead.")] = None,
    locale: Annotated[str, typer.Option(help="en or de")] = "en",
) -> None:
    """Show everything on record between a company and a person."""

    async def show(consents: Consents) -> dict[str, Any]:
        proof = await consents.proof(await consents.business(company), number)
        if page is None:
            return render_proof(proof, locale)
        page.write_text(render_page(proof, locale), "utf-8")
        return {"written": str(page)}

    _run(show)


@consent.command("verify")
def verify() -> None:
    """Check the chains of all people; the first broken record is named, and the status is 1."""
    shown = _run(lambda consents: consents.verify())
    if not shown["whole"]:
        raise typer.Exit(1)


@person.command("erase")
def erase(
    number: Number, *, sure: Annotated[bool, typer.Option("--sure", help="It cannot be undone.")] = False
) -> None:
    """Erase a person altogether; the certificate is printed."""
    if not sure:
        raise NotDone("This cannot be undone: say --sure as well.")
    _run(lambda consents: consents.erase(number))


def _run(do: Callable[[Consents], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Do one thing in the installation that the environment names, and print what came of it as JSON."""
    shown = visit("takt consent", lambda installation: do(_consents(installation)))
    show(shown)
    return shown


def _consents(installation: Installation) -> Consents:
    site, reference, lane = installation.site, installation.reference, installation.lane
    lanes = ConsentLanes(
        lane(purpose.set_purposes),
        lane(AskConsent(reference, CLOCK.new_id, len(site.parts))),
        lane(BringConsent(reference, CLOCK.new_id)),
        lane(ErasePerson(reference, CLOCK.new_id)),
    )
    return Consents(site, reference, lanes, CLOCK, Erasures(site, reference, installation.wakes, CLOCK).clear_now)
