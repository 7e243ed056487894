"""What `takt check` looks at: settings, database, migrations, parts, ledger."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches

import asyncpg
from rich.markup import escape
from rich.table import Table

from takt.actions.issue import OFFICE_ZONE
from takt.clock import CLOCK
from takt.config import SETTINGS, Config
from takt.core.currency import plain_price
from takt.core.loss import alarms, watched
from takt.core.roll_up import following, start_of
from takt.core.value import value
from takt.database import Database
from takt.store import contracts, losses, rate_cards
from takt.store.audit import ledger_faults
from takt.store.migrate import pending
from takt.store.pool import Conn, connect
from takt.store.site import PARTS

POSTGRESQL_LEAST = 150000
_ALIKE = 0.85  # of a name: a slip of the finger, not one of the names in demo.env


@value
class Finding:
    """One line of the report: what was looked at, what was found, and whether it is well."""

    what: str
    found: str
    well: bool = True


async def examine(config: Config, database: Database, environ: Mapping[str, str]) -> list[Finding]:
    """Look at everything; a database that cannot be reached is a finding, too."""
    findings = [Finding("Python", sys.version.split()[0]), *_settings(config, environ), _place(database)]
    try:
        async with connect(database.url, name="takt check") as conn:
            findings += await _database(conn, config)
    except (OSError, asyncpg.PostgresError) as fault:
        findings.append(Finding("PostgreSQL", f"cannot be reached: {fault}", well=False))
    return findings


def table(findings: list[Finding]) -> Table:
    """Render the findings for a terminal."""
    shown = Table("", "What", "Found", box=None)
    shown.columns[2].overflow = "fold"
    for finding in findings:
        mark = "[green]✓[/]" if finding.well else "[bold red]✗[/]"
        shown.add_row(mark, finding.what, escape(finding.found))
    return shown


def _settings(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    known = [
        Finding(setting.name, "set" if setting.secret else _shown(value))
        for setting in SETTINGS
        if (value := getattr(config, setting.field)) is not None
    ]
    names = [setting.name for setting in SETTINGS]
    strange = [
        Finding(name, f"is no setting; {close[0]} is", well=False)
        for name in sorted(environ)
        if name.startswith("TAKT_") and name not in names and (close := get_close_matches(name, names, 1, _ALIKE))
    ]
    return known + strange


def _shown(value: object) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case tuple():
            return ", ".join(str(one) for one in value)
        case _:
            return str(value)


def _place(database: Database) -> Finding:
    if database.embedded is None:
        return Finding("Database", "the operator's own")
    place = database.embedded.place
    return Finding("Database", f"embedded, in {place.folder}, run by {place.account.name}: {database.url}")


async def _database(conn: Conn, config: Config) -> list[Finding]:
    number = await conn.fetchval("SELECT current_setting('server_version_num')::int")
    version = await conn.fetchval("SELECT split_part(current_setting('server_version'), ' ', 1)")
    durable = await conn.fetchval(
        "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'"
    )
    missing = await pending(conn)
    findings = [
        Finding("PostgreSQL", version, well=number >= POSTGRESQL_LEAST),
        Finding("Durability", "fsync on" if durable else "fsync is off: a power cut loses the database", well=durable),
        Finding("Migrations", f"lacks {', '.join(missing)}" if missing else "up to date", well=not missing),
    ]
    return findings if missing else findings + await _contents(conn, config)


async def _contents(conn: Conn, config: Config) -> list[Finding]:
    parts = await conn.fetchval("SELECT parts FROM installation")
    faults = await ledger_faults(conn, PARTS[parts])
    ledger = [Finding("Ledger", fault, well=False) for fault in faults] or [Finding("Ledger", "adds up")]
    broken = rate_cards.broken(await rate_cards.list_versions(conn))
    prices = [Finding("Rate cards", fault, well=False) for fault in broken] or [Finding("Rate cards", "as published")]
    desk = await office(conn, PARTS[parts], CLOCK.now().astimezone(OFFICE_ZONE).date())
    return [Finding("Parts", f"{parts}", well=parts == config.parts), *ledger, *prices, *desk]


async def office(conn: Conn, parts: Sequence[int], today: date) -> list[Finding]:
    """What the operator's people should look at: losses of the last month and this one, and companies that wait."""
    return [*await _lost(conn, parts, today), await _asking(conn, parts)]


async def _lost(conn: Conn, parts: Sequence[int], today: date) -> list[Finding]:
    found: list[Finding] = []
    for month in watched(today):
        since, until = start_of(month, OFFICE_ZONE), start_of(following(month), OFFICE_ZONE)
        lost = [one for part in parts for one in await losses.sums(conn, part, since, until)]
        found += [
            Finding(
                "Losses",
                f"{plain_price(micros)} {currency} were delivered too late to be charged in {month:%Y-%m}",
                well=False,
            )
            for currency, micros in alarms((one.currency, one.micros) for one in lost).items()
        ]
    return found or [Finding("Losses", "within bounds")]


async def _asking(conn: Conn, parts: Sequence[int]) -> Finding:
    """Companies that wait for an answer about their legal data are no fault."""
    asking = sum([len(await contracts.wishes(conn, part)) for part in parts])
    return Finding("Legal data", f"{asking} companies wait for an answer" if asking else "nobody waits")
