"""Policies, proposals and their previews as JSON, for programs of the operator and for the console alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from takt.core.denial import REASONS
from takt.core.proposal import Act, Actor, Fault, Kind, Proposal, fault, fold
from takt.core.tact_changes import changes
from takt.core.value import value
from takt.wire.errors import WireError
from takt.wire.instants import instant

Document = Mapping[str, Any]


@value
class Shown:
    """All there is to know about a proposal: its acts, its document, the newest preview asked for, and what applies now."""

    proposal_id: str
    acts: Sequence[Act]
    document: Document
    preview: Mapping[str, Any] | None
    current: int
    applies: Document


def render_brief(proposal_id: str, acts: Sequence[Act]) -> dict[str, Any]:
    """A proposal in a list."""
    standing = fold(acts)
    return {
        "proposal": proposal_id,
        "state": _state(standing),
        "author": standing.author.name,
        "at": instant(acts[0].at),
        "note": acts[0].note,
        "document": standing.document,
        "version": standing.version,
        "previewed": standing.outcome is not None,
        "within": standing.outcome.within if standing.outcome is not None else None,
        "signed": ", ".join(one.name for one in standing.signers) if standing.signed else None,
    }


def render(shown: Shown, actor: Actor, now: datetime, locale: str) -> dict[str, Any]:
    """A proposal, whole, with what `actor` may do about it now and why not, in the locale."""
    standing = fold(shown.acts)
    tried = (Act(kind, actor, now, standing.document) for kind in (Kind.SIGN, Kind.APPLY, Kind.WITHDRAW))
    return {
        **render_brief(shown.proposal_id, shown.acts),
        "policy": shown.document,
        "base": shown.current,
        "changes": render_changes(shown.applies, shown.document),
        "preview": shown.preview,
        "can": {str(act.kind): _allowed(fault(standing, act, shown.current), locale) for act in tried},
        "acts": [_act(act) for act in shown.acts],
    }


def render_changes(old: Document, new: Document) -> list[dict[str, Any]]:
    """What differs between two whole policies."""
    return [{"path": one.path, "from": one.old, "to": one.new} for one in changes(old, new)]


def render_result(result: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """What a preview came to, as it was kept, with the sentences of its reasons in the locale."""
    recorded = result.get("recorded")
    if recorded is None:
        return dict(result)
    reasons = [{**one, "text": _sentence(one["reason"], locale)} for one in recorded["reasons"]]
    return {**result, "recorded": {**recorded, "reasons": reasons}}


def error_of(found: Fault, locale: str) -> WireError:
    """Why something cannot be done with a proposal, as programs get it; `fault` is its name."""
    return WireError(100, "(#100) Not possible now", found.text.in_locale(locale), http=409, more={"fault": str(found)})


def busy() -> WireError:
    """A preview waits already, or too much was done about one proposal."""
    return WireError(
        4, "(#4) Too many requests", "One preview is being made and one waits already. Repeat in some minutes.",
        http=429, retry_after_s=60, is_transient=True, more={"fault": "busy"},
    )  # fmt: skip


def _sentence(reason: str, locale: str) -> str:
    """A reason that this release does not know is named as it is."""
    found = REASONS.get(reason)
    return reason if found is None else found.text.in_locale(locale)


def _state(standing: Proposal) -> str:
    if standing.withdrawn:
        return "withdrawn"
    return "open" if standing.version is None else "applied"


def _allowed(found: Fault | None, locale: str) -> dict[str, str] | None:
    return None if found is None else {"fault": str(found), "text": found.text.in_locale(locale)}


def _act(act: Act) -> dict[str, Any]:
    return {
        "kind": str(act.kind),
        "who": act.actor.name,
        "person": str(act.actor.person) if act.actor.person is not None else None,
        "at": instant(act.at),
        "document": act.document,
        "preview": str(act.outcome.preview_id) if act.outcome is not None else None,
        "version": act.version,
        "note": act.note,
    }
