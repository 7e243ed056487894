"""The command `takt`: serve, work, migrate, demo, check, explain, version, and what other modules add.

Those are `takt.registering`, which registers, `takt.policies`, about the policy, and `takt.rates`, about prices. Every fault is told in a sentence.
"""

import asyncio
import os
import socket
import sys
from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Final

import asyncpg
import typer
from rich.console import Console

from takt import __version__
from takt.config import WORKERS_MAX, Config, ConfigFault
from takt.core.document import UnsoundError
from takt.database import Database, open_database
from takt.embedded import EmbeddedFault
from takt.faults import NotDone
from takt.store.migrate import MigrationFault, Stage, migrate, pending
from takt.store.pool import connect

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)

GROUPS: Final = {
    "company": ("takt.registering:company", "Companies."),
    "sender": ("takt.registering:sender", "Senders of companies."),
    "app": ("takt.registering:app", "Apps of companies."),
    "token": ("takt.registering:token", "Tokens of programs, and codes that become one."),
    "staff": ("takt.registering:staff", "People who work for a company or for the operator."),
    "person": ("takt.consenting:person", "People who use the messenger."),
    "policy": ("takt.policies:policy", "The policy: who hears what, and when."),
    "twin": ("takt.worlds:twin", "Try policies in a simulated world of people and senders."),
    "tact": ("takt.weighing:tact", "Admission: what a message costs in people's patience, and who learns that."),
    "rates": ("takt.rates:rates", "Price lists and market tables."),
    "month": ("takt.months:month", "The close of months: what companies used, and the lines of their documents."),
    "usage": ("takt.months:usage", "What companies used."),
    "ledger": ("takt.ledgers:ledger", "Whether the ledger is as it was written."),
    "grant": ("takt.ledgers:grant", "Credit that companies are given."),
    "filter": ("takt.filtering:group", "What texts are: service, advertising or fraud."),
    "payments": ("takt.treasury:payments", "Payments: the bank's statements, collections, bookings by hand."),
    "invoices": ("takt.invoices:invoices", "Invoices, credit notes, and the legal data on them."),
    "consent": ("takt.consenting:consent", "Consent: lists, proofs, and the check of all records."),
}
"""Commands with commands of their own: where they are, and what they are about."""

cli = typer.Typer(
    help="Takt: an open, self-hosted business-messaging platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Workers = Annotated[int | None, typer.Option(min=1, max=WORKERS_MAX, help="Processes; default TAKT_WORKERS or 1.")]


class StageChoice(StrEnum):
    """Which migrations to apply."""

    PRE = "pre"
    POST = "post"
    ALL = "all"


def main() -> None:
    """Run the command line; a fault ends it with one clear sentence and status 1."""
    try:
        commands(sys.argv[1] if len(sys.argv) > 1 else "")(standalone_mode=True)
    except ConfigFault as fault:
        _give_up(*fault.faults)
    except (EmbeddedFault, MigrationFault, NotDone, UnsoundError) as fault:
        _give_up(str(fault))
    except asyncpg.UndefinedTableError:
        _give_up(
            "The database has no tables yet: run `takt migrate` first, or see whether TAKT_HOME and DATABASE_URL are right."
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
        _give_up(f"PostgreSQL says: {fault}")
    except OSError as fault:
        where = "" if fault.filename is None else f"{fault.filename}: "
        _give_up(f"{where}{fault.strerror or str(fault) or 'no answer in time'}.")


def commands(asked: str) -> typer.Typer:
    """The command line with the group that is asked for; without one the overview, which loads none of them."""
    overview = asked not in {*(command.name for command in cli.registered_commands), *GROUPS}
    for name, (place, about) in GROUPS.items():
        if asked == name or overview:
            cli.add_typer(typer.Typer() if overview else _load(place), name=name, help=about)
    return cli


def _load(place: str) -> typer.Typer:
    module, _, group = place.partition(":")
    found: typer.Typer = getattr(import_module(module), group)
    return found


def _give_up(*sentences: str) -> None:
    for sentence in sentences:
        ERR.print("takt:", style="bold red", end=" ")
        ERR.print(_tame(sentence), markup=False, soft_wrap=True)
    sys.exit(1)


def _tame(sentence: str) -> str:
    """A sentence that may quote a file: what would steer the terminal is shown as a sign."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in sentence)


@cli.command("serve")
def serve(workers: Workers = None) -> None:
    """Serve: all doors and all loops."""
    from takt import app  # noqa: PLC0415 - takes a second, which the commands that serve nothing do without

    config = _config(workers)
    _require_port(config)
    with open_database(config.database_url, config.home) as database:
        asyncio.run(_make_ready(database, config))
        app.serve(config)


@cli.command("work")
def work() -> None:
    """Run the loops alone: webhooks, expiry, projections."""
    from takt import app  # noqa: PLC0415 - takes a second, which the commands that serve nothing do without

    config = _config()
    with open_database(config.database_url, config.home) as database:
        asyncio.run(_make_ready(database, config))
        app.work(config)


@cli.command("migrate")
def migrate_command(
    stage: Annotated[
        StageChoice, typer.Option(help="pre: before the new program starts; post: after.")
    ] = StageChoice.ALL,
) -> None:
    """Bring the database up to date."""
    config = _config()
    stages: dict[StageChoice, tuple[Stage, ...]] = {
        StageChoice.PRE: ("pre",),
        StageChoice.POST: ("post",),
        StageChoice.ALL: ("pre", "post"),
    }
    with open_database(config.database_url, config.home) as database:
        applied = asyncio.run(_migrate(database, config.parts, stages[stage]))
    OUT.print("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")


@cli.command("demo")
def demo() -> None:
    """Serve the demo world, made on the first run."""
    from takt import app  # noqa: PLC0415 - takes a second, which the commands that serve nothing do without

    os.environ["TAKT_DEMO"] = "on"
    config = _config()
    _require_port(config)
    with open_database(config.database_url, config.home) as database:
        asyncio.run(_migrate(database, config.parts))
        app.demo(config)


@cli.command("check")
def check() -> None:
    """Look over settings, database, migrations and ledger; status 1 when something is wrong."""
    from takt import checkup  # noqa: PLC0415 - takes half a second, as above

    config = _config()
    with open_database(config.database_url, config.home) as database:
        findings = asyncio.run(checkup.examine(config, database, os.environ))
    OUT.print(checkup.table(findings))
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


@cli.command("explain")
def explain(message: Annotated[str, typer.Argument(help="Message id, wamid.…")]) -> None:
    """Say what became of a message, and why."""
    from takt import app  # noqa: PLC0415 - takes a second, which the commands that serve nothing do without

    config = _config()
    try:
        OUT.print(app.explain(config, message), markup=False, soft_wrap=True)
    except LookupError as fault:
        _give_up(str(fault))


@cli.command("version")
def version() -> None:
    """Print the version."""
    OUT.print(__version__)


def _config(workers: int | None = None) -> Config:
    config = Config.read(os.environ)
    return config if workers is None else replace(config, workers=workers)


def _require_port(config: Config) -> None:
    """Try the address before anything is started, so that a taken one is told in a sentence."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        _give_up(f"{config.host} port {config.port}: {fault.strerror}. Set TAKT_PORT (or TAKT_HOST) to a free one.")


async def _make_ready(database: Database, config: Config) -> None:
    """Migrate the embedded database; the operator's own is only looked at, for he decides when it changes."""
    if database.embedded is not None:
        await _migrate(database, config.parts)
        return
    async with connect(database.url, name="takt") as conn:
        missing = await pending(conn)
    if missing:
        raise MigrationFault(f"The database lacks {', '.join(missing)}: run `takt migrate` first.")


async def _migrate(database: Database, parts: int, stages: tuple[Stage, ...] = ("pre", "post")) -> list[str]:
    async with connect(database.url, name="takt migrate") as conn:
        return await migrate(conn, parts, stages=stages)
