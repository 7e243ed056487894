"""The commands about admission: `takt tact show|fit|learn|clear`."""

from collections.abc import Awaitable, Callable

import typer

from takt.clock import CLOCK
from takt.installation import Installation, visit
from takt.workers.learner import Learner

tact = typer.Typer(no_args_is_help=True)

Work = Callable[[Learner, Installation], Awaitable[str]]


@tact.command("show")
def show() -> None:
    """Show the model and what a unit of annoyance costs in each market."""
    typer.echo(_run(_show))


@tact.command("learn")
def learn() -> None:
    """Learn now from what people did, and move the prices if six hours have passed."""
    typer.echo(_run(_learn))


@tact.command("fit")
def fit() -> None:
    """Fit the model anew, and value the future by it; prices stay."""
    typer.echo(_run(_fit))


@tact.command("clear")
def clear() -> None:
    """Say that somebody has looked at the alarms: prices may fall again."""
    typer.echo(_run(_clear))


async def _show(_: Learner, installation: Installation) -> str:
    snapshot = await installation.read()
    book, settings = snapshot.admission, snapshot.tact(CLOCK.now()).admission
    lines = [f"mode {settings.mode}, model {book.model.version}"]
    for market, one in sorted(book.segments.items()):
        alarm = ", alarm" if one.shadow.alarmed else ""
        lines.append(
            f"{market or 'anywhere'}: {one.shadow.price:.3f} for a unit of annoyance, budget"
            f" {settings.budget_of(market):g} a week per 1,000 people, harm {one.shadow.calibration:.2f} of what was"
            f" predicted{alarm}"
        )
    return "\n".join(lines)


async def _learn(learner: Learner, _: Installation) -> str:
    count = await learner.learn()
    moved = await learner.tune() or await learner.steer()
    return f"learned from {count} messages; prices {'moved' if moved else 'stay until six hours have passed'}"


async def _fit(learner: Learner, _: Installation) -> str:
    found = await learner.fit()
    if found.version is None:
        return f"the model stays: {found.deliveries} deliveries are too few"
    return f"model {found.version}, fitted from {found.deliveries} deliveries"


async def _clear(learner: Learner, _: Installation) -> str:
    await learner.clear_alarms()
    return "prices may fall again"


def _run(work: Work) -> str:
    return visit("takt tact", lambda at: work(Learner(at.site, at.reference, CLOCK), at))
