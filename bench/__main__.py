"""`python -m bench [names] [--change NAME] [--keep]`: run the benchmarks, print a table each, and keep them in docs/figures.md."""

import argparse
from collections.abc import Callable
from typing import Final

from bench import (
    admitting,
    checking,
    closing,
    decide,
    filtering,
    invoices,
    leases,
    ledger,
    life,
    pausing,
    previews,
    sends,
    steering,
    streams,
)
from bench.report import Table, keep, show

ALL: Final[dict[str, Callable[[], tuple[Table, str]]]] = {
    one.NAME: one.measure
    for one in (
        decide,
        ledger,
        leases,
        sends,
        checking,
        life,
        streams,
        filtering,
        admitting,
        pausing,
        steering,
        previews,
        closing,
        invoices,
    )
}
LONG: Final = (previews.NAME,)
"""These run when they are named alone."""


def main() -> None:
    """Run those that are named, or all."""
    words = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    words.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(ALL)}; none is all that are short")
    words.add_argument("--change", action="append", choices=previews.CHANGES, help="of previews, this change alone")
    words.add_argument("--keep", action="store_true", help="put the tables into docs/figures.md")
    asked = words.parse_args()
    for name in asked.names:
        if name not in ALL:
            words.error(f"there is no {name}; there are {', '.join(ALL)}")
    if asked.change and (asked.names != [previews.NAME] or asked.keep):
        words.error(f"--change goes with {previews.NAME} alone, and what it shows is not kept")
    for name in asked.names or (one for one in ALL if one not in LONG):
        table, machine = previews.measure(asked.change) if asked.change else ALL[name]()
        show(table)
        print(f"  {machine}\n")
        if asked.keep:
            keep(table, machine)


if __name__ == "__main__":
    main()
