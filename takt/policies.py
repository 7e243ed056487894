"""The commands about the operator's policy: `takt policy show|check`."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from takt.clock import CLOCK
from takt.config import Config
from takt.core.document import UnsoundError
from takt.core.tact import TactPolicy, parse_policy, render_policy
from takt.database import open_database
from takt.registering import NotDone
from takt.store.pool import connect
from takt.store.reference import Reference

OUT = Console(highlight=False, soft_wrap=True)

policy = typer.Typer(help="The policy: who hears what, and when.", no_args_is_help=True)


@policy.command("show")
def show() -> None:
    """Show the policy that applies now, whole, as the JSON document that would give it."""
    config = Config.read(os.environ)
    with open_database(config.database_url, config.home) as database:
        found = asyncio.run(_current(database.url))
    _print({"version": found.version, "policy": render_policy(found)})


@policy.command("check")
def check(file: Annotated[Path, typer.Argument(help="JSON of a policy.", exists=True, dir_okay=False)]) -> None:
    """See whether a file is a policy, and show it whole; nothing is changed."""
    _print({"policy": render_policy(read_policy(file))})


def read_policy(file: Path) -> TactPolicy:
    """The policy in a file. Raises NotDone, which names the file and what is wrong in it."""
    try:
        return parse_policy(json.loads(file.read_text("utf-8")))
    except UnsoundError as fault:
        raise NotDone(f"{file}: {fault}.") from None
    except ValueError as fault:
        raise NotDone(f"{file} is no JSON: {fault}.") from None


async def _current(url: str) -> TactPolicy:
    async with connect(url, name="takt policy") as conn:
        return (await Reference().fresh(conn)).tact(CLOCK.now())


def _print(shown: dict[str, Any]) -> None:
    OUT.print(json.dumps(shown, indent=2, ensure_ascii=False), markup=False)
