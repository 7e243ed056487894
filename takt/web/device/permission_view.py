"""A person's permissions as JSON: every company with its purposes, on which basis, since when, how often used; requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takt.core.asking import REQUEST_LIFE
from takt.core.consent import Standing, permits
from takt.core.purpose import ALL, SERVICE, Purpose
from takt.core.value import value
from takt.store.consent_requests import Request
from takt.store.permissions import Chain, Held, Use, Written
from takt.store.reference import Business, Snapshot
from takt.wire import proof as wire_proof
from takt.wire.instants import instant
from takt.wire.proof import Proof, render_record
from takt.wire.why import source_text

LATELY: Final = timedelta(days=30)
NEVER: Final = Written(0, 0, None)
BASES: Final[Mapping[str, str]] = {"grant": "consent", "import": "list", "except": "customer"}


@value
class Permissions:
    """All that is known between a person and companies."""

    recipient_id: UUID
    locale: str
    snapshot: Snapshot
    held: Mapping[UUID, Sequence[Held]]
    uses: Mapping[UUID, Use]
    written: Mapping[UUID, Written]
    chain: Chain
    numbers: Sequence[tuple[str, str]]
    now: datetime

    def companies(self, met: Sequence[str]) -> list[Business]:
        """Those who ever had to do with the person, by name."""
        senders = self.snapshot.senders
        ids = set(self.held) | set(self.written) | {link[0].business_id for link in self.chain.links}
        ids |= {senders[one].business.business_id for one in met if one in senders}
        known = [self.snapshot.businesses[one] for one in ids if one in self.snapshot.businesses]
        return sorted(known, key=lambda one: (one.name.casefold(), one.waba_id))


def render_company(business: Business, known: Permissions) -> dict[str, Any]:
    """One company with its purposes, those that hold and those it could ask for, and the history between the two."""
    state = {one.purpose: one for one in known.held.get(business.business_id, ())}
    purposes = known.snapshot.purposes_of(business)
    names = [*purposes, *(name for name in sorted(state) if name not in purposes and name not in (ALL, SERVICE))]
    written = known.written.get(business.business_id, NEVER)
    standings = {name: one.standing for name, one in state.items()}
    stopped = state.get(ALL)
    return {
        "company": business.waba_id,
        "name": business.name,
        "verified": business.verified,
        "imprint": business.imprint,
        "senders": [
            {"id": one.sender_id, "name": one.verified_name, "kind": one.kind}
            for one in known.snapshot.senders.values()
            if one.business.business_id == business.business_id
        ],
        "purposes": [_purpose(name, purposes.get(name), state.get(name), standings, known) for name in names],
        "stopped_all": stopped is not None and not stopped.standing.granted,
        "written": {"ever": written.ever, "last_30_days": written.lately, "last_at": instant(written.last_at)},
        "history": history(business, known),
    }


def history(business: Business, known: Permissions) -> list[dict[str, Any]]:
    """The records between the two, the newest first."""
    uses = {one.record_id: wire_proof.Use(one.count, one.last_at) for one in known.uses.values()}
    own = [link for link in known.chain.links if link[0].business_id == business.business_id]
    shown = [render_record(link, uses, known.numbers, known.locale) for link in own]
    return [{**one, "method": source_text(one["method"], known.locale, one["act"])} for one in reversed(shown)]


def render_chain(known: Permissions) -> dict[str, Any]:
    """Whether all records hang together."""
    return {"records": len(known.chain.links), "whole": known.chain.broken is None}


def render_request(request: Request, purpose: Purpose, snapshot: Snapshot, locale: str) -> dict[str, Any]:
    """A request as the dialogue shows it: who asks, for what, in which words, until when."""
    sender = snapshot.senders[request.sender_id]
    return {
        "id": str(request.request_id),
        "sender": request.sender_id,
        "company": sender.business.name,
        "legal_name": purpose.legal_name,
        "verified": sender.business.verified,
        "purpose": {"key": purpose.key, "name": purpose.name.in_locale(locale)},
        "wording": purpose.wording.in_locale(locale),
        "version": purpose.version,
        "asked_at": instant(request.asked_at),
        "until": instant(request.asked_at + REQUEST_LIFE),
    }


def proof_of(business: Business, known: Permissions) -> Proof:
    """The proof between the person and one company."""
    links = [link for link in known.chain.links if link[0].business_id == business.business_id]
    uses = {one.record_id: wire_proof.Use(one.count, one.last_at) for one in known.uses.values()}
    return Proof(
        business.name, known.recipient_id, known.numbers, links, len(known.chain.links), known.chain.broken, uses, known.now
    )  # fmt: skip


def _purpose(
    name: str, purpose: Purpose | None, said: Held | None, state: Mapping[str, Standing], known: Permissions
) -> dict[str, Any]:
    use = known.uses.get(said.standing.record_id) if said is not None else None
    answer = permits(state, name, known.now, use.last_at if use is not None else None)
    granted = isinstance(answer, UUID)
    return {
        "purpose": name,
        "name": purpose.name.in_locale(known.locale) if purpose is not None else name,
        "wording": purpose.wording.in_locale(known.locale) if purpose is not None else "",
        "granted": granted,
        "basis": BASES.get(said.standing.act) if said is not None and granted else None,
        "reason": None if isinstance(answer, UUID) else answer.name,
        "since": instant(said.standing.at) if said is not None else None,
        "act": said.standing.act if said is not None else None,
        "source": source_text(said.source, known.locale, said.standing.act) if said is not None else None,
        "valid_until": instant(said.standing.valid_until) if said is not None else None,
        "last_use": instant(use.last_at) if use is not None else None,
        "uses": use.count if use is not None else 0,
    }
