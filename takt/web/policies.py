"""The operator's policy: its versions, what is proposed, and what becomes of that.

Programs with the operator's token and people at the console ask for the same. Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

from takt.actions.policy_change import (
    Answer,
    Apply,
    AskPreview,
    Busy,
    Command,
    Propose,
    Sign,
    Unknown,
    Withdraw,
)
from takt.clock import Clock
from takt.core.document import UnsoundError
from takt.core.ids import slot_of
from takt.core.proposal import Actor, Fault
from takt.core.tact import TactPolicy, parse_policy, render_policy
from takt.lanes import Lanes
from takt.store import proposals, tact
from takt.store.pool import Conn
from takt.store.proposals import Preview
from takt.store.reference import Reference
from takt.store.site import Site
from takt.web.reviews import read_note
from takt.wire import errors
from takt.wire import policies as wire
from takt.wire.errors import Refusal
from takt.wire.instants import instant
from takt.wire.policies import Shown

VERSIONS_SHOWN_MAX: Final = 100
PROPOSALS_SHOWN_MAX: Final = 20
NOTE_CHARS_MAX: Final = 500

Body = Mapping[str, Any]


class PolicyDesk:
    """Reads policies and proposals, and hands acts to their lane."""

    def __init__(self, site: Site, reference: Reference, lane: Lanes[Command, Answer], clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._lane = lane
        self._clock = clock

    async def overview(self) -> dict[str, Any]:
        """What applies now, the versions there were, and the newest proposals."""
        async with self._site.everywhere.acquire() as conn:
            applies = await self._applies(conn)
            rows = await tact.list_rows(conn, VERSIONS_SHOWN_MAX)
            ids = await proposals.list_ids(conn, PROPOSALS_SHOWN_MAX)
            acts = [await proposals.acts(conn, one) for one in ids]
        return {
            "version": applies.version,
            "policy": render_policy(applies),
            "versions": [_version(row, before) for row, before in zip_longest(rows, rows[1:])],
            "proposals": [wire.render_brief(str(one), done) for one, done in zip(ids, acts, strict=True)],
        }

    async def waiting(self) -> int:
        """How many proposals are open."""
        async with self._site.everywhere.acquire() as conn:
            return await proposals.count_open(conn)

    async def check(self, body: Body) -> dict[str, Any]:
        """Whether a document is a policy: what it says in full, and what differs from what applies now."""
        async with self._site.everywhere.acquire() as conn:
            document = await self._document(conn, body)
            applies = await self._applies(conn)
        return {"policy": document, "changes": wire.render_changes(render_policy(applies), document)}

    async def one(self, named: str, actor: Actor, locale: str = "en") -> dict[str, Any]:
        """A proposal, whole."""
        proposal_id = _id(named)
        async with self._site.everywhere.acquire() as conn:
            acts = await proposals.acts(conn, proposal_id)
            if not acts:
                raise Refusal(errors.unknown_object(named))
            applies = await self._applies(conn)
            shown = Shown(
                named, acts, await proposals.document(conn, proposal_id),
                _preview(await proposals.newest_preview(conn, proposal_id), locale), applies.version, render_policy(applies),
            )  # fmt: skip
        return wire.render(shown, actor, self._clock.now(), locale)

    async def propose(self, body: Body, actor: Actor, named: str | None = None, locale: str = "en") -> dict[str, Any]:
        """Propose the `policy` of the body, or that of an older `version`; or change the proposal `named` to it."""
        proposal_id = self._clock.new_id() if named is None else _id(named)
        async with self._site.everywhere.acquire() as conn:
            document = await self._document(conn, body)
            if named is not None and not await proposals.acts(conn, proposal_id):
                raise Refusal(errors.unknown_object(named))
        command = Propose(
            proposal_id,
            actor,
            document,
            self._clock.new_id(slot_of(proposal_id)),
            read_note(body, "note", NOTE_CHARS_MAX),
        )
        return await self._do(command, locale)

    async def ask_preview(self, named: str, actor: Actor, locale: str = "en") -> dict[str, Any]:
        """Have the document previewed as it stands."""
        proposal_id = _id(named)
        return await self._do(AskPreview(proposal_id, actor, self._clock.new_id(slot_of(proposal_id))), locale)

    async def sign(self, named: str, body: Body, actor: Actor, locale: str = "en") -> dict[str, Any]:
        """Agree to the document whose hash the body names, as a second person."""
        return await self._do(Sign(_id(named), actor, _hash(body), read_note(body, "note", NOTE_CHARS_MAX)), locale)

    async def apply(self, named: str, body: Body, actor: Actor, locale: str = "en") -> dict[str, Any]:
        """Let the document whose hash the body names apply from now on."""
        return await self._do(Apply(_id(named), actor, _hash(body)), locale)

    async def withdraw(self, named: str, body: Body, actor: Actor, locale: str = "en") -> dict[str, Any]:
        """Let nothing come of a proposal."""
        return await self._do(Withdraw(_id(named), actor, read_note(body, "note", NOTE_CHARS_MAX)), locale)

    async def _do(self, command: Command, locale: str) -> dict[str, Any]:
        answer = await self._lane.submit(slot_of(command.proposal_id), command)
        match answer:
            case Unknown():
                raise Refusal(errors.unknown_object(str(command.proposal_id)))
            case Busy():
                raise Refusal(wire.busy())
            case Fault():
                raise Refusal(wire.error_of(answer, locale))
            case _:
                return await self.one(str(command.proposal_id), command.actor, locale)

    async def _applies(self, conn: Conn) -> TactPolicy:
        return (await self._reference.fresh(conn)).tact(self._clock.now())

    async def _document(self, conn: Conn, body: Body) -> dict[str, Any]:
        """The policy that a body names, whole: nothing in it hangs on what the program takes for usual later."""
        given, version = body.get("policy"), body.get("version")
        if (given is None) == (version is None):
            raise Refusal(errors.bad_value("policy", "must be a policy, or version the number of an older one"))
        if version is not None:
            given = await self._older(conn, version)
        try:
            return render_policy(parse_policy(given))
        except UnsoundError as fault:
            where, _, requirement = str(fault).partition(": ")
            raise Refusal(
                errors.bad_value(f"policy.{where}" if where != "the document" else "policy", requirement)
            ) from None

    async def _older(self, conn: Conn, version: object) -> dict[str, Any]:
        if version == 0:
            return {}
        rows = await tact.list_rows(conn, VERSIONS_SHOWN_MAX)
        found = next((row.body for row in rows if row.version == version and not isinstance(version, bool)), None)
        if found is None:
            raise Refusal(errors.bad_value("version", "must be the number of a version that is on record"))
        return found


def _version(row: tact.PolicyRow, before: tact.PolicyRow | None) -> dict[str, Any]:
    """A version, and what it changed in the one before it; of the last one of a page that is the usual policy."""
    policy, was = _whole(row.body), _whole(before.body if before is not None else {})
    return {
        "version": row.version,
        "who": row.who,
        "at": instant(row.at),
        "applies_at": instant(row.applies_at),
        "sha256": row.sha256,
        "policy": policy,
        "changes": wire.render_changes(was, policy),
    }


def _whole(body: Body) -> dict[str, Any]:
    return render_policy(parse_policy(body))


def _preview(found: Preview | None, locale: str) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "preview": str(found.preview_id),
        "document": found.sha256,
        "base": found.base,
        "state": found.state,
        "who": found.who,
        "asked_at": instant(found.asked_at),
        "ended_at": instant(found.ended_at),
        "within": found.within,
        "fault": found.fault,
        "result": wire.render_result(found.result, locale) if found.result is not None else None,
    }


def _id(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise Refusal(errors.unknown_object(named)) from None


def _hash(body: Body) -> str:
    given = body.get("document")
    if not isinstance(given, str) or len(given) != 64:
        raise Refusal(errors.bad_value("document", "must be the document of the proposal that you have seen"))
    return given
