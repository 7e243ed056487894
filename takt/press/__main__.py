"""The process of the press: questions on standard input, answers on standard output, until the input ends."""

import os
import sys
from importlib.metadata import version
from typing import BinaryIO

from takt.core.invoice import Invoice, Kind
from takt.core.invoice_rules import RULES, faults
from takt.core.printed import Check, Finding, Printed, Report
from takt.press.messages import LENGTH_BYTES, Answer, Done, Failed, Judge, Judged, Question, frame, question
from takt.press.page import Pages
from takt.press.rules import Rules
from takt.wire.cii import render_cii
from takt.wire.ubl import render_ubl

MADE_BY = " ".join(f"{name} {version(name)}" for name in ("typst", "pikepdf", "segno", "babel"))
"""What the bytes of a page depend on, besides our own code."""
GENTLE = 10
"""How far this process stands back behind those that serve."""


class Press:
    """Fonts, template and rules, read once."""

    def __init__(self) -> None:
        self._pages = Pages()
        self._rules = Rules()

    def answer(self, wish: Question) -> Answer:
        """Do what is asked; what cannot be done is said, never raised: the next question must be answered, too."""
        try:
            if isinstance(wish, Judge):
                return Judged(tuple(self._rules.judge(xml) for xml in wish.documents))
            return Done(self._print(wish.invoice))
        except Exception as fault:  # noqa: BLE001 - any fault is the answer to this one question
            return Failed(f"{type(fault).__name__}: {fault}")

    def _print(self, invoice: Invoice) -> Printed:
        own = tuple(Finding("Takt", fault.rule, fault.says) for fault in faults(invoice))
        checks = (Check("Takt", "takt", len(RULES)),)
        if own:
            return Printed(b"", b"", b"", Report(checks, own), MADE_BY)
        if invoice.kind is Kind.STATEMENT:
            return Printed(self._pages.make(invoice, b""), b"", b"", Report(checks, ()), MADE_BY)
        cii, ubl = render_cii(invoice), render_ubl(invoice)
        reports = [Report(checks, ()), self._rules.judge(cii), self._rules.judge(ubl)]
        whole = Report(
            tuple(check for report in reports for check in report.checks),
            tuple(finding for report in reports for finding in report.findings),
        )
        return Printed(self._pages.make(invoice, cii), cii, ubl, whole, MADE_BY)


def main() -> None:
    """Answer until nobody asks any more."""
    if hasattr(os, "nice"):
        os.nice(GENTLE)
    press = Press()
    while (body := read(sys.stdin.buffer)) is not None:
        sys.stdout.buffer.write(frame(press.answer(question(body))))
        sys.stdout.buffer.flush()


def read(pipe: BinaryIO) -> bytes | None:
    """The next message; None when there is none any more."""
    length = pipe.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    return pipe.read(int.from_bytes(length))


if __name__ == "__main__":
    main()
