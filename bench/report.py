"""Tables of figures: printed for people, and kept in docs/figures.md for the next ones."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table as RichTable

from takt.clock import CLOCK
from takt.embedded import Embedded

FIGURES: Final = Path(__file__).resolve().parent.parent / "docs" / "figures.md"
WIDTH_MIN: Final = 140
HEAD: Final = """# Figures

Measured by `make bench`, on the machine and at the time named with each table; `make bench ARGS=--keep` writes them
here. The database is durable in every run (fsync on). Each table has its baseline from the same run: read the ratios
and compare them with yours; the absolute figures belong to the machine. Server, database and load generator share its
processor cores.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """The outcome of one benchmark: what was measured, in rows of text, and what one has to know to read it."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default=())


def show(table: Table) -> None:
    """Print a table with its command and its notes."""
    out = Console(highlight=False, width=max(WIDTH_MIN, Console().width))
    shown = RichTable(title=table.title, title_justify="left", caption=command(table), caption_justify="left")
    for index, column in enumerate(table.columns):
        shown.add_column(column, justify="left" if index == 0 else "right")
    for row in table.rows:
        shown.add_row(*row)
    out.print(shown)
    for note in table.notes:
        out.print(f"  {note}", soft_wrap=True)
    out.print()


def keep(table: Table, machine: str, path: Path = FIGURES) -> None:
    """Put a table into the page of figures, in the place of the one before it."""
    text = path.read_text("utf-8") if path.exists() else HEAD
    opening, closing = f"<!-- {table.name} -->", f"<!-- end of {table.name} -->"
    section = f"{opening}\n{_markdown(table, machine)}{closing}\n"
    found = re.compile(re.escape(opening) + ".*?" + re.escape(closing) + "\n", re.DOTALL)
    text = found.sub(lambda _: section, text) if found.search(text) else f"{text}\n{section}"
    path.write_text(text, "utf-8")


def command(table: Table) -> str:
    """The command that measures it again."""
    return f"make bench ARGS={table.name}"


def machine(embedded: Embedded | None = None) -> str:
    """The machine, the programs and the day, in one line."""
    programs = [f"Python {platform.python_version()}"]
    if embedded is not None:
        programs.append(f"PostgreSQL {embedded.place.major} (embedded)")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()};"
        f" {', '.join(programs)}; {CLOCK.now():%Y-%m-%d}"
    )


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _markdown(table: Table, machine_line: str) -> str:
    lines = [
        f"## {table.title}",
        "",
        f"`{command(table)}` on {machine_line}",
        "",
        f"| {' | '.join(table.columns)} |",
        f"|---|{'---:|' * (len(table.columns) - 1)}",
        *(f"| {' | '.join(row)} |" for row in table.rows),
        "",
        *(f"- {note}" for note in table.notes),
    ]
    return "\n".join(lines) + "\n"
