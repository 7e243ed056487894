"""The commands about months: `takt month show|close`, `takt usage export`.

A server that runs closes months by itself; `close` does the same at once, and says what is not closed yet and why.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from takt import exports
from takt.clock import CLOCK
from takt.core.roll_up import preceding
from takt.core.value import value
from takt.exports import Format
from takt.faults import NotDone
from takt.installation import Installation, visit
from takt.registering import show
from takt.store import closings
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wire import months as wire
from takt.workers.closer import Closer

month = typer.Typer(no_args_is_help=True)

usage = typer.Typer(no_args_is_help=True)

Month = Annotated[str | None, typer.Option("--month", help="Such as 2026-11; left out: the one before this.")]


@value
class Desk:
    """What the commands work with."""

    site: Site
    reference: Reference
    closer: Closer


@month.command("show")
def show_month(month: Month = None) -> None:
    """Show how far the close of a month is, contract by contract."""
    show(_run(lambda desk: _shown(desk, _named(month))))


@month.command("close")
def close(month: Month = None) -> None:
    """Sum usage up and close everything up to a month whose time of grace is over. What is closed stays as it is."""
    show(_run(lambda desk: _close(desk, _named(month))))


@usage.command("export")
def export(
    company: Annotated[str, typer.Argument(help="The company's id, as `takt company list` shows it.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.", dir_okay=False)],
    month: Month = None,
    form: Annotated[Format, typer.Option("--format", help="csv or parquet.")] = Format.CSV,
) -> None:
    """Write what a company used in a month into a file, a row for each message; anything there is replaced."""
    show(_run(lambda desk: _export(desk, company, _named(month), form, out)))


async def _export(desk: Desk, company: str, named: date, form: Format, out: Path) -> dict[str, Any]:
    business = desk.reference.current.by_waba.get(company)
    if business is None:
        raise NotDone(f"There is no company {company}.")
    size = 0
    with out.open("wb") as file:
        async for piece in exports.usage(desk.site, business, named, form):
            size += file.write(piece)
    return {"file": str(out), "bytes": size}


def _named(text: str | None) -> date:
    if text is None:
        return preceding(CLOCK.now().date().replace(day=1))
    found = wire.parse_month(text)
    if found is None:
        raise NotDone(f"{text}: must be a month such as 2026-11.")
    return found


async def _shown(desk: Desk, named: date) -> dict[str, Any]:
    owners = desk.reference.current.payers()
    listed: list[dict[str, Any]] = []
    for part in desk.site.parts:
        async with desk.site.pool(part).acquire() as conn:
            currencies = {one.payer[1]: one.currency for one in await closings.contracts(conn, part)}
            for one in await closings.list_month(conn, part, named):
                lines = await closings.lines(conn, one.payer, named)
                listed.append(wire.render_closing(one, lines, owners.get(one.payer[1]), currencies[one.payer[1]]))
    return {"month": f"{named:%Y-%m}", "contracts": listed}


async def _close(desk: Desk, named: date) -> dict[str, Any]:
    units = await desk.closer.sum_up()
    done = await desk.closer.close(named)
    return {"summed_up": units, **wire.render_round(done.closed, done.open, desk.reference.current.payers())}


def _run(do: Callable[[Desk], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    async def work(installation: Installation) -> dict[str, Any]:
        await installation.read()
        site, reference = installation.site, installation.reference
        return await do(Desk(site, reference, Closer(site, reference, CLOCK)))

    return visit("takt month", work)
