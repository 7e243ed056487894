"""The command `takt twin`: try policies in a simulated world. Needs no database."""

import json
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from takt.core.admission.scoring import Taste
from takt.twin import comparing, policies, shelf
from takt.twin.oracle import Oracle
from takt.twin.running import Figures
from takt.twin.start import Start, set_out
from takt.twin.tact import Setting, Tact
from takt.twin.world import USERS_MAX, World

OUT = Console(highlight=False)
JOBS_MAX = 64

twin = typer.Typer(help="Try policies in a simulated world of people and senders.", no_args_is_help=True)

WorldPlace = Annotated[str, typer.Option("--world", help="A world of `takt twin worlds`, or a JSON file.")]
Users = Annotated[int | None, typer.Option(min=10, max=USERS_MAX, help="So many people instead of the world's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON document instead of tables.")]


class Kind(StrEnum):
    """A policy to run."""

    TACT = "tact"
    STATIC = "static"
    READING = "reading"
    ORACLE = "oracle"
    NONE = "none"


@twin.command()
def worlds() -> None:
    """List the worlds that come with Takt."""
    for name in shelf.shipped():
        OUT.print(f"{name:12} {shelf.open_world(name).about}", markup=False)


@twin.command()
def run(
    policy: Annotated[Kind, typer.Argument(help="Which policy.")] = Kind.TACT,
    at: Annotated[float, typer.Option(help="Its setting: shadow price, messages a week, or factor.")] = 4.0,
    alpha: Annotated[float, typer.Option(help="What a useful message is worth beyond its price.")] = 0.1,
    world: WorldPlace = "ordinary",
    seed: Annotated[int, typer.Option(help="All chance comes from it.")] = 1,
    users: Users = None,
    as_json: AsJson = False,  # noqa: FBT002 - an option of the command line
) -> None:
    """Run one policy once."""
    start = set_out(_world(world, users), seed)
    figures = start.run(lambda life: _policy(policy, at, alpha, start, life))
    told = {name: getattr(figures, name) for name in Figures.__dataclass_fields__}
    if as_json:
        typer.echo(json.dumps(told))
        return
    for name, number in told.items():
        shown = ", ".join(f"{one:.1f}" for one in number) if isinstance(number, tuple) else f"{number:,.2f}"
        OUT.print(f"{name.replace('_', ' '):20} {shown}", markup=False)


@twin.command()
def compare(
    world: WorldPlace = "ordinary",
    seeds: Annotated[str, typer.Option(help="Whole numbers with commas between; figures are means over them.")] = "1",
    users: Users = None,
    jobs: Annotated[int, typer.Option(min=1, max=JOBS_MAX, help="Processes, a seed each.")] = 1,
    as_json: AsJson = False,  # noqa: FBT002 - an option of the command line
) -> None:
    """Run every policy at many settings; show frontiers and the gaps at equal revenue and at equal harm."""
    found = comparing.compare(_world(world, users), _seeds(seeds), jobs)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        _show(found)


def _world(place: str, users: int | None) -> World:
    found = shelf.open_world(place)
    return found if users is None else replace(found, users=users)


def _seeds(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() for part in parts):
        raise typer.BadParameter("must be whole numbers with commas between, such as 1,2,3")
    return [int(part) for part in parts]


def _policy(kind: Kind, at: float, alpha: float, start: Start, life: Any) -> Any:
    match kind:
        case Kind.TACT:
            setting = Setting(at, taste=Taste(alpha))
            return Tact(start.known.copy(), start.sample, setting, start.offers.seed, start.begun)
        case Kind.STATIC:
            return policies.PerWeek(int(at), price_first=True)
        case Kind.READING:
            return policies.ByReading(at)
        case Kind.ORACLE:
            return Oracle(life, at, Taste(alpha), Setting().stakes, start.begun)
        case Kind.NONE:
            return policies.NoCap()


def _show(found: dict[str, Any]) -> None:
    _table(
        f"World {found['world']}, {found['users']:,} people, seeds {found['seeds']}",
        ["policy", "revenue", "last 4 weeks", "per user-week", "blocks per 1,000", "harm", "wanted arrives",
         "unwanted", "reachable"],
        [
            [f"{one['policy']}{', ' + one['variant'] if one['family'] in {'tact', 'oracle'} else ''}",
             f"{one['revenue']:,.0f}", f"{one['revenue_last']:,.0f}", f"{one['per_user_week']:.2f}",
             f"{one['blocks_per_1000']:.1f}", f"{one['harm']:.1f}", f"{one['wanted_delivered']:.2f}",
             f"{one['unwanted_share']:.2f}", f"{one['reachable']:.0%}"]
            for one in found["policies"]
        ],
    )  # fmt: skip
    families = list(found["equal_revenue"][0]["harm"])
    _table(
        "Harm at equal revenue",
        ["revenue", *families, "tact : static", "tact : by reading", "gap closed"],
        [
            [f"{one['revenue']:,.0f}", *(_number(one["harm"][family]) for family in families),
             *(_share(change) for change in one["tact_against"].values()), _share(one["gap_closed"])]
            for one in found["equal_revenue"]
        ],
    )  # fmt: skip
    _table(
        "Revenue at equal harm",
        ["harm", *families, "tact : static", "tact : by reading"],
        [
            [f"{one['harm']:g}", *(_number(one["revenue"][family], 0) for family in families),
             *(_share(change) for change in one["tact_against"].values())]
            for one in found["equal_harm"]
        ],
    )  # fmt: skip
    _table(
        f"What arrives at revenue {comparing.GAP_REVENUE:,.0f}",
        ["policy", "wanted arrives", "unwanted", "harm"],
        [
            [f"{one['family']} {one['variant']}", f"{one['wanted_delivered']:.2f}", f"{one['unwanted_share']:.2f}",
             f"{one['harm']:.1f}"]
            for at in found["equal_revenue"] if at["revenue"] == comparing.GAP_REVENUE for one in at["wanted"]
        ],
    )  # fmt: skip
    _table(
        "A budget of harm, kept by the shadow price (after 4 weeks, over the budget)",
        ["budget", "mean", "worst 4 weeks of a seed", "revenue"],
        [[f"{one['budget']:g}", f"{one['mean']:.2f}", f"{one['worst_four_weeks']:.2f}", f"{one['revenue']:,}"]
         for one in found["budget"]],
    )  # fmt: skip


def _table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    shown = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        shown.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        shown.add_row(*row)
    OUT.print(shown)


def _number(number: float | None, digits: int = 1) -> str:
    return "-" if number is None else f"{number:,.{digits}f}"


def _share(number: float | None) -> str:
    return "-" if number is None else f"{number:+.0%}"
