"""The operator changes the policy: proposes, asks for previews, signs, applies, withdraws. `core/proposal.py` has the rules.

Every act is written with who and when, in one transaction with what it does.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.proposal import Act, Actor, Fault, Kind, Outcome, Proposal, fault, fold
from takt.core.value import value
from takt.store import proposals, tact
from takt.store.pool import Conn
from takt.store.proposals import ACTS_MAX, NewPreview, Preview, hash_of
from takt.store.reference import Reference
from takt.store.stamp import take_turn, touch

PREVIEWS = "previews"
"""Topic: somebody asked for a preview."""


@value
class Propose:
    """Propose a policy, whole and parsed, or change a proposal to it; `preview_id` names the preview it asks for."""

    proposal_id: UUID
    actor: Actor
    document: Mapping[str, Any]
    preview_id: UUID
    note: str = ""


@value
class AskPreview:
    """Make a preview of the document as it stands."""

    proposal_id: UUID
    actor: Actor
    preview_id: UUID


@value
class Sign:
    """Agree to the document with this hash, and to what its preview shows."""

    proposal_id: UUID
    actor: Actor
    document: str
    note: str = ""


@value
class Apply:
    """Let the document with this hash apply from now on."""

    proposal_id: UUID
    actor: Actor
    document: str


@value
class Withdraw:
    """Let nothing come of it."""

    proposal_id: UUID
    actor: Actor
    note: str = ""


@value
class Unknown:
    """There is no proposal by this id."""


@value
class Busy:
    """A preview waits already, or the proposal has had too many acts."""


Command = Propose | AskPreview | Sign | Apply | Withdraw
Answer = Proposal | Fault | Unknown | Busy


class PolicyChanges:
    """The action of this lane."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Each in turn. What was done in a first run that nobody saw end is not done twice."""
        del part
        await take_turn(conn)
        snapshot = await self._reference.fresh(conn)
        current = snapshot.tact(now).version
        answers: list[Answer] = []
        for command in commands:
            answer = await _Change(conn, command.proposal_id, current, now, again=again).do(command)
            if isinstance(answer, Proposal) and answer.version is not None:
                current = max(current, answer.version)
            answers.append(answer)
        return Done(answers, {PREVIEWS})


class _Change:
    """One command about one proposal."""

    def __init__(self, conn: Conn, proposal_id: UUID, current: int, now: datetime, *, again: bool) -> None:
        self._conn = conn
        self._id = proposal_id
        self._current = current
        self._now = now
        self._again = again
        self._acts: list[Act] = []

    async def do(self, command: Command) -> Answer:
        """Do it, or say why not."""
        self._acts = await proposals.acts(self._conn, self._id)
        if not self._acts and not isinstance(command, Propose):
            return Unknown()
        if len(self._acts) >= ACTS_MAX:
            return Busy()
        return await self._carry_out(command)

    async def _carry_out(self, command: Command) -> Answer:
        match command:
            case Propose():
                return await self._propose(command)
            case AskPreview():
                return await self._ask(command)
            case Sign():
                return await self._act(Act(Kind.SIGN, command.actor, self._now, command.document, note=command.note))
            case Apply():
                return await self._apply(command)
            case Withdraw():
                await proposals.take_back(self._conn, self._id, self._now)
                standing = fold(self._acts).document
                return await self._act(Act(Kind.WITHDRAW, command.actor, self._now, standing, note=command.note))

    async def _propose(self, command: Propose) -> Answer:
        kind = Kind.CHANGE if self._acts else Kind.PROPOSE
        act = Act(kind, command.actor, self._now, hash_of(command.document), note=command.note)
        answer = await self._act(act, command.document)
        if isinstance(answer, Proposal):
            await proposals.take_back(self._conn, self._id, self._now)
            await self._queue(command.preview_id, command.actor, command.document)
        return answer

    async def _ask(self, command: AskPreview) -> Answer:
        standing = fold(self._acts)
        if not standing.open:
            return Fault.CLOSED
        document = await proposals.document(self._conn, self._id)
        return standing if await self._queue(command.preview_id, command.actor, document) else Busy()

    async def _queue(self, preview_id: UUID, actor: Actor, document: Mapping[str, Any]) -> bool:
        asked = NewPreview(preview_id, self._id, document, self._current, actor.name)
        return await proposals.ask(self._conn, asked, self._now)

    async def _apply(self, command: Apply) -> Answer:
        act = Act(Kind.APPLY, command.actor, self._now, command.document)
        refused = self._fault(act)
        if refused is not None:
            return refused
        document = await proposals.document(self._conn, self._id)
        version = await tact.add_version(self._conn, document, command.actor.name, self._now, self._now)
        await touch(self._conn)
        return await self._act(Act(Kind.APPLY, command.actor, self._now, command.document, version=version))

    async def _act(self, act: Act, document: Mapping[str, Any] | None = None) -> Answer:
        """Write an act that can follow, with the preview it rests on."""
        if self._acts and self._done_before(act):
            return fold(self._acts)
        refused = self._fault(act)
        if refused is not None:
            return refused
        if act.kind in (Kind.SIGN, Kind.APPLY):
            act = replace(act, outcome=fold(self._acts).outcome)
        await proposals.add_act(self._conn, self._id, act, document)
        self._acts.append(act)
        return fold(self._acts)

    def _fault(self, act: Act) -> Fault | None:
        return fault(fold(self._acts), act, self._current) if self._acts else None

    def _done_before(self, act: Act) -> bool:
        last = self._acts[-1]
        return self._again and (last.kind, last.actor, last.document) == (act.kind, act.actor, act.document)


async def note_preview(conn: Conn, preview: Preview, result: Mapping[str, Any], now: datetime, *, within: bool) -> None:
    """Keep what a preview came to, and count it if the document has not changed meanwhile."""
    await take_turn(conn)
    if not await proposals.finish(conn, preview.preview_id, result, now, within=within):
        return
    outcome = Outcome(preview.preview_id, preview.sha256, preview.base, within, now)
    act = Act(Kind.PREVIEW, Actor("Takt"), now, preview.sha256, outcome)
    if fault(fold(await proposals.acts(conn, preview.proposal_id)), act, preview.base) is None:
        await proposals.add_act(conn, preview.proposal_id, act)
