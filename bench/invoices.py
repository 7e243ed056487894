"""Documents by chance, of every tax case: printed as PDF and both XML, and proved; how many a minute, and what breaks a rule.

The press is one process with one thread, so that its processor time is what one core needs.
"""

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.report import Table, machine
from takt.core.invoice import Invoice
from takt.wire.cii import render_cii
from takt.wire.ubl import render_ubl
from takt.workers.press import Press
from tests.documents import random_invoice

NAME: Final = "invoices"
TITLE: Final = "Documents of money"
COLUMNS: Final = ("what", "documents", "a minute", "a minute of one core", "findings")
COUNT: Final = int(os.environ.get("TAKT_BENCH_INVOICES", "300"))
BUNCH: Final = 25
_CLOCK_TICKS: Final = 100


@dataclass(frozen=True, slots=True)
class Run:
    """How long it took, on the clock and of the press's processor, and what was found."""

    documents: int
    wall_s: float
    cpu_s: float
    findings: int

    def row(self, what: str) -> tuple[str, ...]:
        a_minute, a_core = self.documents * 60 / self.wall_s, self.documents * 60 / self.cpu_s
        return what, f"{self.documents:,}", f"{a_minute:,.0f}", f"{a_core:,.0f}", f"{self.findings:,}"


def measure() -> tuple[Table, str]:
    """Measure, and count what is found."""
    drawn = [random_invoice(seed) for seed in range(COUNT)]
    proved, judged = asyncio.run(_measure(drawn))
    cases = Counter(one.case for one in drawn)
    return Table(
        NAME, TITLE, COLUMNS,
        [proved.row("printed and proved: PDF, CII, UBL"), judged.row("baseline: CII and UBL proved, no page")],
        (
            f"Cases: {', '.join(f'{case} {count:,}' for case, count in sorted(cases.items()))}.",
            (f"Kinds: {', '.join(f'{kind} {n:,}' for kind, n in sorted(Counter(one.kind for one in drawn).items()))};"
            f" {sum(len(one.lines) for one in drawn) / len(drawn):.1f} lines each."),
            "Findings: of schema, schematron (Factur-X for CII, CEN for UBL) and the rules of XRechnung, over all documents.",
            "TAKT_BENCH_INVOICES says how many.",
        ),
    ), machine()  # fmt: skip


async def _measure(drawn: list[Invoice]) -> tuple[Run, Run]:
    async with Press() as press:
        await press.print(drawn[0])
        return await _proved(press, drawn[: min(COUNT, 300)]), await _judged(press, drawn)


async def _proved(press: Press, drawn: list[Invoice]) -> Run:
    began, cpu = time.perf_counter(), _cpu_s(press)
    reports = [(await press.print(one)).report for one in drawn]
    return Run(len(drawn), time.perf_counter() - began, _cpu_s(press) - cpu, sum(len(one.findings) for one in reports))


async def _judged(press: Press, drawn: list[Invoice]) -> Run:
    began, cpu, findings = time.perf_counter(), _cpu_s(press), 0
    for place in range(0, len(drawn), BUNCH):
        texts = [xml for one in drawn[place : place + BUNCH] for xml in (render_cii(one), render_ubl(one))]
        findings += sum(len(one.findings) + (not one.checks) for one in await press.judge(*texts))
    return Run(len(drawn), time.perf_counter() - began, _cpu_s(press) - cpu, findings)


def _cpu_s(press: Press) -> float:
    """The processor time of the press so far (Linux)."""
    assert press._process is not None, "it was asked before"  # noqa: SLF001 - only a bench looks at it
    told = Path(f"/proc/{press._process.pid}/stat").read_text().rpartition(")")[2].split()  # noqa: SLF001
    return (int(told[11]) + int(told[12])) / _CLOCK_TICKS
