"""The commands about the operator's policy: `takt policy show|check|preview|apply|sign|withdraw|proposals`.

They do what the console does, by the same actions; a preview is computed right here.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from takt.actions.previewing import PAIRS
from takt.clock import CLOCK
from takt.config import Config
from takt.core.document import UnsoundError, parse_json
from takt.core.proposal import Actor
from takt.core.tact import TactPolicy, parse_policy, render_policy
from takt.database import open_database
from takt.faults import NotDone
from takt.installation import Installation, visit
from takt.policy_bench import PolicyBench, bench_of
from takt.store.pool import connect
from takt.store.reference import Reference
from takt.wire.errors import Refusal

POLICY_BYTES_MAX = 1_048_576
OUT = Console(highlight=False, soft_wrap=True)

policy = typer.Typer(no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="JSON of a policy.", exists=True, dir_okay=False)]
Login = Annotated[str, typer.Option("--as", help="Your login; your password is asked for.")]
Note = Annotated[str, typer.Option(help="Why; everybody of the operator reads it.")]
Named = Annotated[str, typer.Argument(help="The proposal's id.")]
Seeds = Annotated[int, typer.Option(min=2, max=100, help="How many pairs of runs in the twin.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@policy.command("show")
def show() -> None:
    """Show the policy that applies now, whole, as the JSON document that would give it."""
    config = Config.read(os.environ)
    with open_database(config.database_url, config.home) as database:
        found = asyncio.run(_current(database.url))
    _print({"version": found.version, "policy": render_policy(found)})


@policy.command("check")
def check(file: File) -> None:
    """See whether a file is a policy, and show it whole; nothing is changed."""
    _print({"policy": render_policy(read_policy(file))})


@policy.command("preview")
def preview(file: File, seeds: Seeds = PAIRS, *, as_json: AsJson = False) -> None:
    """Compute what a policy would do beside the one that applies: on the record, and in the twin. Nothing is changed."""
    document = render_policy(read_policy(file))
    shown = _run(lambda bench: bench.preview(document, seeds))
    if as_json:
        _print(shown)
    else:
        tell(shown)


@policy.command("apply")
def apply(file: File, login: Login, note: Note = "", seeds: Seeds = PAIRS) -> None:
    """Propose a policy, preview it, and let it apply; beyond the budget it waits for a second person to sign."""
    document = render_policy(read_policy(file))
    _as_person(login, lambda bench, actor: bench.propose_and_apply(document, note, actor, seeds))


@policy.command("sign")
def sign(proposal: Named, login: Login, note: Note = "") -> None:
    """Agree to a proposal as a second person, and let it apply."""
    _as_person(login, lambda bench, actor: bench.sign_and_apply(proposal, note, actor))


@policy.command("withdraw")
def withdraw(proposal: Named, login: Login, note: Note = "") -> None:
    """Let nothing come of a proposal."""
    _as_person(login, lambda bench, actor: bench.desk.withdraw(proposal, {"note": note}, actor))


@policy.command("proposals")
def proposals() -> None:
    """List the newest proposals."""
    _print(_run(_list))


def read_policy(file: Path) -> TactPolicy:
    """The policy in a file. Raises NotDone, which names the file and what is wrong in it."""
    with file.open("rb") as opened:
        written = opened.read(POLICY_BYTES_MAX + 1)
    if len(written) > POLICY_BYTES_MAX:
        raise NotDone(f"{file}: the document: must have at most {POLICY_BYTES_MAX} bytes.")
    try:
        return parse_policy(parse_json(written))
    except UnsoundError as fault:
        raise NotDone(f"{file}: {fault}.") from None


async def _list(bench: PolicyBench) -> dict[str, Any]:
    return {"proposals": (await bench.desk.overview())["proposals"]}


async def _current(url: str) -> TactPolicy:
    async with connect(url, name="takt policy") as conn:
        return (await Reference().fresh(conn)).tact(CLOCK.now())


def _run(do: Callable[[PolicyBench], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    return _at(lambda installation: do(bench_of(installation)))


def _at(work: Callable[[Installation], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    async def done(installation: Installation) -> dict[str, Any]:
        try:
            return await work(installation)
        except Refusal as refusal:
            raise NotDone(refusal.error.details) from None  # some are sentences that end already

    return visit("takt policy", done)


def _as_person(login: str, do: Callable[[PolicyBench, Actor], Awaitable[dict[str, Any]]]) -> None:
    """Do one thing as somebody of the operator, who proves it by a password."""
    password = typer.prompt("Password", hide_input=True)

    async def act(installation: Installation) -> dict[str, Any]:
        return await do(bench_of(installation), await installation.operator(login, password))

    shown = _at(act)
    _print({name: shown[name] for name in ("proposal", "state", "version", "within", "signed", "can")})


def tell(shown: dict[str, Any]) -> None:
    """Print a preview (of the policy bench) as tables, for people."""
    OUT.print("One person may apply this." if shown["within"] else "Applying this takes a second person.")
    result = shown["result"]
    recorded, logged, ahead = result["recorded"], result["logged"], result["ahead"]
    if ahead is not None:
        OUT.print(_against_the_budget(ahead))
        OUT.print(_compared(f"In the twin, {ahead['weeks']} weeks ahead", ahead))
    if logged is not None and logged["thin"]:
        OUT.print(f"{logged['decisions']} decisions in the log, too few that count to tell anything.")
    elif logged is not None:
        OUT.print(_compared(f"By {logged['decisions']} decisions of the log", logged))
    table = Table(f"{recorded['messages']} messages on record", "now", "then")
    for name, words in (("out", "went out at once"), ("later", "went out later"), ("refused", "refused")):
        table.add_row(words, str(recorded["now"][name]), str(recorded["then"][name]))
    for one in recorded["reasons"]:
        table.add_row(escape(f"  {one['text']}"), str(one["now"]), str(one["then"]))
    OUT.print(table)


def _against_the_budget(ahead: dict[str, Any]) -> str:
    """What is held against the budget, and what takes a second person whatever the twin shows."""
    annoyance, people = ahead["annoyance"], "as they were seen" if ahead["world"] == "own" else "as is usual"
    told = f"Annoyance will be {annoyance['low']:.3g} to {annoyance['high']:.3g} a week for a thousand people, {people}; the budget is {ahead['budget']:g}."
    unjudged = f" What the twin cannot judge: {', '.join(ahead['unjudged'])}." if ahead["unjudged"] else ""
    return told + unjudged


def _compared(title: str, shown: dict[str, Any]) -> Table:
    """Figures under both policies, and by how much more or less of each sender's messages arrives."""
    table = Table(title, "now", "then", "change", "90 % interval")
    for one in shown["figures"]:
        table.add_row(one["name"].replace("_", " "), f"{one['now']:.4g}", f"{one['then']:.4g}", *_change(one["change"]))
    for one in shown["senders"]:
        table.add_row(escape(f"  arrives from: {one['name']}"), "", "", *_change(one["change"]))
    return table


def _change(change: dict[str, float]) -> tuple[str, str]:
    return f"{change['mid']:+.1%}", f"{change['low']:+.1%} … {change['high']:+.1%}"


def _print(shown: dict[str, Any]) -> None:
    OUT.print(json.dumps(shown, indent=2, ensure_ascii=False), markup=False)
