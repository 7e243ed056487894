"""A change of the policy on its way: proposed, previewed, signed by a second person where it must be, applied.

What is kept of a proposal are its acts, each with who and when; where it stands is folded from them. Four rules:

- what is applied is exactly the document that was previewed, beside the policy that applies now;
- whoever changes the document starts anew: preview and signature are gone;
- where the preview does not show that annoyance stays within the budget, two people must stand for the document: whoever wrote it and
  whoever signs it;
- a program may propose and apply, but it is nobody: what it wrote takes two who sign.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core.denial import Text
from takt.core.value import value

PREVIEW_AGE: Final = timedelta(days=7)
"""What people do changes: an older preview counts no more."""


PEOPLE_NEEDED: Final = 2
"""How many people stand for what may go beyond the budget."""


class Kind(StrEnum):
    """What can be done with a proposal."""

    PROPOSE = "propose"
    CHANGE = "change"
    PREVIEW = "preview"
    SIGN = "sign"
    APPLY = "apply"
    WITHDRAW = "withdraw"


class Fault(StrEnum):
    """Why something cannot be done with a proposal."""

    CLOSED = "closed"
    NO_PREVIEW = "no_preview"
    STALE = "stale"
    OLD = "old"
    SECOND_PERSON = "second_person"
    OWN_DOCUMENT = "own_document"
    NO_PERSON = "no_person"
    SIGNED = "signed"
    OTHER_DOCUMENT = "other_document"

    @property
    def text(self) -> Text:
        """The sentence for people."""
        return _TEXTS[self]


_TEXTS: Final = {
    Fault.CLOSED: Text("The proposal is applied or withdrawn.", "Der Vorschlag ist angewendet oder zurückgezogen."),
    Fault.NO_PREVIEW: Text("The document has no preview yet.", "Für das Dokument gibt es noch keine Vorschau."),
    Fault.STALE: Text("Another policy applies since the preview was made. Make it again.",
                      "Seit der Vorschau gilt eine andere Policy. Bitte die Vorschau neu rechnen."),
    Fault.OLD: Text("The preview is older than seven days. Make it again.",
                    "Die Vorschau ist älter als sieben Tage. Bitte neu rechnen."),
    Fault.SECOND_PERSON: Text("The preview does not show that annoyance stays within the budget: a second person must sign.",
                              "Die Vorschau zeigt nicht, dass die Belästigung im Budget bleibt: Eine zweite Person muss zustimmen."),
    Fault.OWN_DOCUMENT: Text("Whoever wrote the document or signed it cannot sign it: somebody else must.",
                             "Wer das Dokument geschrieben oder ihm zugestimmt hat, kann nicht zustimmen: Das muss jemand anderes tun."),
    Fault.NO_PERSON: Text("Only a person can sign; this token is no person's.",
                          "Nur eine Person kann zustimmen; dieses Token gehört niemandem."),
    Fault.SIGNED: Text("The document is signed already.", "Dem Dokument ist schon zugestimmt."),
    Fault.OTHER_DOCUMENT: Text("The document has changed since. Look at it again.",
                               "Das Dokument hat sich inzwischen geändert. Bitte noch einmal ansehen."),
}  # fmt: skip


@value
class Actor:
    """Who acts: somebody of the operator (`person` is their id), or a program with a token. `name` is for people."""

    name: str
    person: UUID | None = None


@value
class Outcome:
    """What a preview came to: of which document (its SHA-256 in hex), beside which version of the policy.

    `within`: annoyance stays within the budget, its whole interval; False when it may not, or when that cannot be told.
    """

    preview_id: UUID
    document: str
    base: int
    within: bool
    at: datetime


@value
class Act:
    """One line of a proposal's record. A proposal or change names its document, a preview its outcome, an apply the version."""

    kind: Kind
    actor: Actor
    at: datetime
    document: str = ""
    outcome: Outcome | None = None
    version: int | None = None
    note: str = ""


@value
class Proposal:
    """Where a proposal stands. `author` wrote the document that stands now, `signers` agreed to it and to its preview."""

    document: str
    author: Actor
    outcome: Outcome | None = None
    signers: tuple[Actor, ...] = ()
    version: int | None = None
    withdrawn: bool = False

    @property
    def open(self) -> bool:
        """Whether anything can still come of it."""
        return self.version is None and not self.withdrawn

    @property
    def people(self) -> frozenset[UUID]:
        """Who stands for the document; a program is nobody."""
        return frozenset(one.person for one in (self.author, *self.signers) if one.person is not None)

    @property
    def signed(self) -> bool:
        """Whether as many stand for it as ever must."""
        return len(self.people) >= PEOPLE_NEEDED


def fold(acts: Iterable[Act]) -> Proposal:
    """Where a proposal stands after these acts, in their order; the first one proposes."""
    found: Proposal | None = None
    for act in acts:
        found = Proposal(act.document, act.actor) if found is None else _after(found, act)
    assert found is not None, "a proposal begins with an act"
    return found


def fault(proposal: Proposal, act: Act, current: int) -> Fault | None:
    """Why this act cannot follow, while version `current` of the policy applies; None if it can."""
    if not proposal.open:
        return Fault.CLOSED
    match act.kind:
        case Kind.PREVIEW:
            assert act.outcome is not None
            return None if act.outcome.document == proposal.document else Fault.OTHER_DOCUMENT
        case Kind.SIGN:
            return _fault_of_signing(proposal, act, current)
        case Kind.APPLY:
            if act.document != proposal.document:
                return Fault.OTHER_DOCUMENT
            return _fault_of_preview(proposal, act.at, current) or _fault_of_budget(proposal)
        case _:
            return None


def _fault_of_signing(proposal: Proposal, act: Act, current: int) -> Fault | None:
    if act.actor.person is None:
        return Fault.NO_PERSON
    if act.document != proposal.document:
        return Fault.OTHER_DOCUMENT
    if act.actor.person in proposal.people:
        return Fault.OWN_DOCUMENT
    if proposal.signed:
        return Fault.SIGNED
    return _fault_of_preview(proposal, act.at, current)


def _fault_of_preview(proposal: Proposal, now: datetime, current: int) -> Fault | None:
    if proposal.outcome is None:
        return Fault.NO_PREVIEW
    if proposal.outcome.base != current:
        return Fault.STALE
    return Fault.OLD if proposal.outcome.at < now - PREVIEW_AGE else None


def _fault_of_budget(proposal: Proposal) -> Fault | None:
    assert proposal.outcome is not None
    return None if proposal.outcome.within or proposal.signed else Fault.SECOND_PERSON


def _after(proposal: Proposal, act: Act) -> Proposal:
    match act.kind:
        case Kind.PROPOSE | Kind.CHANGE:
            return Proposal(act.document, act.actor)
        case Kind.PREVIEW:
            return replace(proposal, outcome=act.outcome, signers=())
        case Kind.SIGN:
            return replace(proposal, signers=(*proposal.signers, act.actor))
        case Kind.APPLY:
            return replace(proposal, version=act.version)
        case Kind.WITHDRAW:
            return replace(proposal, withdrawn=True)
