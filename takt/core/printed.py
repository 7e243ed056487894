"""A document as the press made it, with the report on which checks ran and what they found."""

from takt.core.value import value


@value
class Finding:
    """A rule that a document breaks: by whose check, which rule, and what it says."""

    check: str
    rule: str
    says: str


@value
class Check:
    """A check that ran: its name, whose rules it used, and how many of them looked at the document."""

    name: str
    source: str
    fired: int


@value
class Report:
    """Every check that ran, and all that they found."""

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether something was checked and nothing found."""
        return bool(self.checks) and not self.findings


@value
class Printed:
    """A document as it is kept; without XML for a statement. What a report finds fault with may not be issued.

    `made_by` names the programs that made it: only with these it can be made again byte by byte.
    """

    pdf: bytes
    cii: bytes
    ubl: bytes
    report: Report
    made_by: str


class NotPrinted(Exception):
    """A document could not be made or proved; the text says why."""
