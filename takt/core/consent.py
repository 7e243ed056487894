"""Consent: records that prove it, and what a person's records come to.

A record is one act between a person and a business for one purpose. Records of a person form a chain: each carries the
SHA-256 of its own fields together with the hash of the record before, so that a changed or missing record shows.
Folded in their order they give a *standing* for each purpose, and `permits` tells by it whether marketing may go out.
Only the person lifts the person's own no: what a company says (`import`, `except`) never counts against it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core.denial import CONSENT_EXPIRED, MARKETING_NOT_GRANTED, MARKETING_STOPPED, Reason
from takt.core.purpose import ALL, DEFAULT, SERVICE
from takt.core.value import value

CHAIN_START: Final = bytes(32)
DECAY: Final = timedelta(days=730)
"""A consent unused for 24 months is asked for again."""
PROOF_LIFE: Final = timedelta(days=5 * 365 + 2)
"""Proof is kept for five years after the grant and after each use (UWG §7a, taken as the house rule)."""
EVERYBODY: Final = UUID(int=0)
"""In the place of a business: all of them."""


class Act(StrEnum):
    """What a record says was done. `IMPORT` and `EXCEPT` are a company's word, all others a person's."""

    GRANT = "grant"
    STOP = "stop"
    REQUEST = "request"
    DECLINE = "decline"
    IMPORT = "import"
    EXCEPT = "except"
    ERASE = "erase"


GRANTING: Final = frozenset({Act.GRANT, Act.IMPORT, Act.EXCEPT})
BY_COMPANY: Final = frozenset({Act.IMPORT, Act.EXCEPT})
TRUST: Final[Mapping[Act, int]] = {Act.IMPORT: 0, Act.EXCEPT: 1, Act.GRANT: 2}
"""How much a basis is worth: a list is worth least, the person's own word most."""


@value
class ConsentRecord:
    """One act: who allowed or refused what to whom, when, by which way (`source`) and what shows it (`evidence`, JSON).

    `terms` (JSON) is what was shown and under which circumstances. Records of the first form have neither act nor terms.
    """

    record_id: UUID
    recipient_id: UUID
    business_id: UUID
    number: int
    purpose: str
    granted: bool
    source: str
    evidence: str
    at: datetime
    act: str = ""
    terms: str = ""
    valid_until: datetime | None = None

    @property
    def kind(self) -> Act:
        """The act, also of a record of the first form."""
        return Act(self.act) if self.act else Act.GRANT if self.granted else Act.STOP


@value
class Standing:
    """What the records of a person come to for one purpose of a business."""

    record_id: UUID
    act: Act
    at: datetime
    valid_until: datetime | None = None

    @property
    def granted(self) -> bool:
        """Whether it is a yes."""
        return self.act in GRANTING


State = Mapping[str, Standing]
"""The standings of a person with one business, by purpose; `*` says what a stop of all came to."""
Link = tuple[ConsentRecord, bytes, bytes]
"""A record with the hash of the one before it and its own."""


def holds_until(at: datetime, last_use: datetime | None, valid_until: datetime | None) -> datetime:
    """When a consent ends by itself: 24 months after its last use, or when it was said to end."""
    unused = max(at, last_use or at) + DECAY
    return unused if valid_until is None else min(unused, valid_until)


def fold(records: Iterable[ConsentRecord]) -> dict[str, Standing]:
    """The standings that records of one person and one business come to, the records being in their order."""
    state: dict[str, Standing] = {}
    for record in records:
        state.update(step(state, record))
    return state


def step(state: State, record: ConsentRecord) -> dict[str, Standing]:
    """The standings that one more record changes; empty if it changes none."""
    act = record.kind
    new = Standing(record.record_id, act, record.at, record.valid_until)
    if act is Act.REQUEST or (act in BY_COMPANY and not admits(state, record.purpose, act, record.at)):
        return {}
    if record.purpose != ALL:
        return {record.purpose: new}
    if act in GRANTING:
        return {ALL: new}
    return dict.fromkeys({ALL, DEFAULT, *state} - {SERVICE}, new)


def admits(state: State, purpose: str, act: Act, now: datetime) -> bool:
    """Whether a company's word counts: never against a person's no, nor in the place of what is worth more.

    Who ever stopped all is asked for each purpose, even after lifting that: lists bring nothing back.
    """
    if purpose not in state and ALL in state:
        return False
    for name in (purpose, ALL):
        if (said := state.get(name)) is not None and not said.granted and _still(state, purpose, said):
            return False
    known = state.get(purpose)
    if known is None or not known.granted or holds_until(known.at, None, known.valid_until) <= now:
        return True
    return TRUST[known.act] < TRUST[act]


def _still(state: State, purpose: str, said: Standing) -> bool:
    """Whether this no still stands for the purpose: a later yes of the person to it lifts it."""
    own = state.get(purpose)
    return own is None or not (own.act is Act.GRANT and own.at >= said.at)


def resumable(records: Iterable[ConsentRecord]) -> tuple[str, ...]:
    """The purposes that the last stop of all took from a business, in order; those stopped one by one stay stopped."""
    state: dict[str, Standing] = {}
    taken: tuple[str, ...] = ()
    for record in records:
        if record.purpose == ALL and record.kind in (Act.STOP, Act.ERASE):
            granted = tuple(sorted(name for name, one in state.items() if one.granted and name not in (ALL, SERVICE)))
            taken = granted or taken
        elif record.purpose == ALL and record.kind in GRANTING:
            taken = ()
        state.update(step(state, record))
    return tuple(name for name in taken if not state[name].granted)


def permits(state: State, purpose: str, now: datetime, last_use: datetime | None = None) -> UUID | Reason:
    """The record that allows marketing for a purpose at `now`, or why there is none. `last_use` is of that consent."""
    said = state.get(purpose)
    if said is None:
        everything = state.get(ALL)
        return MARKETING_STOPPED if everything is not None and not everything.granted else MARKETING_NOT_GRANTED
    if not said.granted:
        return MARKETING_STOPPED
    return said.record_id if now < holds_until(said.at, last_use, said.valid_until) else CONSENT_EXPIRED


def chain_hash(previous: bytes, record: ConsentRecord) -> bytes:
    """SHA-256 over the hash before and the record's fields, each preceded by its length; instants count in UTC."""
    fields = [
        str(record.record_id), str(record.recipient_id), str(record.business_id), str(record.number), record.purpose,
        str(record.granted), record.source, record.evidence, record.at.astimezone(UTC).isoformat(),
    ]  # fmt: skip
    if record.act or record.terms or record.valid_until is not None:
        until = "" if record.valid_until is None else record.valid_until.astimezone(UTC).isoformat()
        fields += [record.act, record.terms, until]
    digest = hashlib.sha256(previous)
    for field in fields:
        raw = field.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()


def link(records: Iterable[ConsentRecord], number: int, previous: bytes) -> list[Link]:
    """These records of one person, numbered and chained behind the one with that number and hash."""
    chained: list[Link] = []
    for record in records:
        number += 1
        numbered = replace(record, number=number)
        this = chain_hash(previous, numbered)
        chained.append((numbered, previous, this))
        previous = this
    return chained


def broken(chain: Iterable[Link], number: int = 0, previous: bytes = CHAIN_START) -> ConsentRecord | None:
    """The first record of a chain that does not follow from the one before; None if all do.

    A chain may come in pieces: `number` and `previous` are those of the last record before the piece.
    """
    for record, before, this in chain:
        number += 1
        if record.number != number or before != previous or chain_hash(before, record) != this:
            return record
        previous = this
    return None


def number_hash(wa_id: str, salt: str) -> str:
    """How a record holds a number: 64 hex digits, which say nothing once the salt is gone."""
    return hashlib.sha256(f"{salt}\x00{wa_id}".encode()).hexdigest()
