"""The command `takt twin`: try policies in a simulated world. Needs no database."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer

from takt.twin import shelf
from takt.twin.world import USERS_MAX, World, bounded

JOBS_MAX = 64
SEED_DIGITS_MAX = 18
SETTING_MAX = 1e6

twin = typer.Typer(no_args_is_help=True)

WorldPlace = Annotated[str, typer.Option("--world", help="A world of `takt twin worlds`, or a JSON file.")]
Users = Annotated[int | None, typer.Option(min=10, max=USERS_MAX, help="So many people instead of the world's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON document instead of tables.")]


@twin.command()
def worlds() -> None:
    """List the worlds that come with Takt."""
    for name in shelf.shipped():
        typer.echo(f"{name:12} {shelf.open_world(name).about}")


@twin.command()
def run(
    policy: Annotated[str, typer.Argument(help="tact, static, reading, oracle or none.")] = "tact",
    at: Annotated[float, typer.Option(help="Its setting: shadow price, messages a week, or factor.")] = 4.0,
    alpha: Annotated[float, typer.Option(help="What a useful message is worth beyond its price.")] = 0.1,
    world: WorldPlace = "ordinary",
    seed: Annotated[int, typer.Option(min=0, max=10**SEED_DIGITS_MAX - 1, help="All chance comes from it.")] = 1,
    users: Users = None,
    as_json: AsJson = False,  # noqa: FBT002 - an option of the command line
) -> None:
    """Run one policy once."""
    from takt.twin import single  # noqa: PLC0415 - loads arrays, which the other commands do without

    if policy not in single.KINDS:
        raise typer.BadParameter(f"must be one of {', '.join(single.KINDS)}")
    if not all(0.0 <= one <= SETTING_MAX for one in (at, alpha)):
        raise typer.BadParameter(f"--at and --alpha must be numbers from 0 to {SETTING_MAX:.0f}")
    if policy == "static" and at != int(at):
        raise typer.BadParameter("--at of static must be a whole number: messages a week")
    told = single.run_once(_world(world, users), seed, policy, at, alpha)
    if as_json:
        typer.echo(json.dumps(told))
        return
    for name, number in told.items():
        shown = ", ".join(f"{one:.1f}" for one in number) if isinstance(number, tuple) else f"{number:,.2f}"
        typer.echo(f"{name.replace('_', ' '):20} {shown}")


@twin.command()
def compare(
    world: WorldPlace = "ordinary",
    seeds: Annotated[str, typer.Option(help="Whole numbers with commas between; figures are means over them.")] = "1",
    users: Users = None,
    jobs: Annotated[int, typer.Option(min=1, max=JOBS_MAX, help="Processes, a seed each.")] = 1,
    as_json: AsJson = False,  # noqa: FBT002 - an option of the command line
) -> None:
    """Run every policy at many settings; show frontiers and the gaps at equal revenue and at equal harm."""
    from takt.twin import comparing, tables  # noqa: PLC0415 - the same

    _tell(comparing.compare(_world(world, users), _seeds(seeds), jobs), tables.show, as_json=as_json)


@twin.command()
def budget(
    world: WorldPlace = "ordinary",
    seeds: Annotated[str, typer.Option(help="Whole numbers with commas between.")] = "1",
    users: Users = None,
    jobs: Annotated[int, typer.Option(min=1, max=JOBS_MAX, help="Processes, a seed each.")] = 1,
    as_json: AsJson = False,  # noqa: FBT002 - an option of the command line
) -> None:
    """Let the price follow budgets of harm; show how they are kept, by what happened and by the true chances."""
    from takt.twin import keeping, tables  # noqa: PLC0415 - the same

    _tell(keeping.compare(_world(world, users), _seeds(seeds), jobs), tables.show_budget, as_json=as_json)


def _tell(found: dict[str, Any], show: Callable[[dict[str, Any]], None], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        show(found)


def _world(place: str, users: int | None) -> World:
    found = shelf.open_world(place)
    return found if users is None else bounded(replace(found, users=users))


def _seeds(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) <= SEED_DIGITS_MAX for part in parts) or len(set(parts)) < len(parts):
        raise typer.BadParameter("must be different whole numbers with commas between, such as 1,2,3")
    return [int(part) for part in parts]
