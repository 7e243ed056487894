"""Proposed changes of the policy: their acts, written once and never changed, and the queue of previews. Reference rows.

Acts are rare, and each looks at all before it; `lock` lets them happen one after another.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from takt.core.proposal import Act, Actor, Kind, Outcome
from takt.core.value import value
from takt.store.pool import Conn

ACTS_MAX = 200
"""Acts of one proposal: whoever needs more makes a new one."""


@value
class Preview:
    """A preview that was asked for, and what came of it. `state` is asked, running, done or failed."""

    preview_id: UUID
    proposal_id: UUID
    document: dict[str, Any]
    sha256: str
    base: int
    who: str
    asked_at: datetime
    state: str
    ended_at: datetime | None
    within: bool | None
    result: dict[str, Any] | None
    fault: str | None


@value
class NewPreview:
    """A preview to be made, of a document beside version `base` of the policy."""

    preview_id: UUID
    proposal_id: UUID
    document: Mapping[str, Any]
    base: int
    who: str


def hash_of(document: Mapping[str, Any]) -> str:
    """By which a document is known: the SHA-256, in hex, of its JSON with its fields in order."""
    return sha256(msgspec.json.encode(document, order="deterministic")).hexdigest()


async def acts(conn: Conn, proposal_id: UUID) -> list[Act]:
    """What was done with a proposal, in that order; nothing when there is none by this id."""
    rows = await conn.fetch(
        "SELECT a.kind, a.who, a.staff_id, a.at, encode(a.sha256, 'hex') AS sha256, a.version, a.note, a.preview_id,"
        " p.base, p.within, p.ended_at, encode(p.sha256, 'hex') AS previewed"
        " FROM tact_act a LEFT JOIN tact_preview p USING (preview_id)"
        " WHERE a.proposal_id = $1 ORDER BY a.number LIMIT $2",
        proposal_id, ACTS_MAX,
    )  # fmt: skip
    return [_act(row) for row in rows]


async def add_act(conn: Conn, proposal_id: UUID, act: Act, document: Mapping[str, Any] | None = None) -> None:
    """Write the next act; a proposal or a change brings its document."""
    await conn.execute(
        "INSERT INTO tact_act (proposal_id, number, kind, who, staff_id, at, document, sha256, preview_id, version, note)"
        " SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6::text::jsonb, decode($7, 'hex'), $8, $9, $10"
        " FROM tact_act WHERE proposal_id = $1",
        proposal_id, act.kind, act.actor.name, act.actor.person, act.at, _encoded(document), act.document,
        act.outcome.preview_id if act.outcome is not None else None, act.version, act.note,
    )  # fmt: skip


async def document(conn: Conn, proposal_id: UUID) -> dict[str, Any]:
    """The document of a proposal as it stands."""
    found = await conn.fetchval(
        "SELECT document FROM tact_act WHERE proposal_id = $1 AND document IS NOT NULL ORDER BY number DESC LIMIT 1",
        proposal_id,
    )
    return _object(found)


async def list_ids(conn: Conn, limit: int) -> Sequence[UUID]:
    """The newest proposals, at most so many, the newest first."""
    rows = await conn.fetch(
        "SELECT proposal_id FROM tact_act WHERE number = 1 ORDER BY at DESC, proposal_id LIMIT $1", limit
    )
    return [row["proposal_id"] for row in rows]


async def count_open(conn: Conn) -> int:
    """How many proposals are neither applied nor withdrawn."""
    found = await conn.fetchval(
        "SELECT count(*) FROM tact_act a WHERE a.number = 1 AND NOT EXISTS (SELECT FROM tact_act l"
        " WHERE l.proposal_id = a.proposal_id AND l.kind IN ('apply', 'withdraw'))"
    )
    return int(found)


async def ask(conn: Conn, asked: NewPreview, now: datetime) -> bool:
    """Ask for a preview; no when another one waits already."""
    found = await conn.fetchval(
        "INSERT INTO tact_preview (preview_id, proposal_id, sha256, document, base, who, asked_at, state)"
        " VALUES ($1, $2, decode($3, 'hex'), $4::text::jsonb, $5, $6, $7, 'asked')"
        " ON CONFLICT DO NOTHING RETURNING preview_id",
        asked.preview_id, asked.proposal_id, hash_of(asked.document), _encoded(asked.document), asked.base, asked.who,
        now,
    )  # fmt: skip
    return found is not None


async def begin(conn: Conn, asked: NewPreview, until: datetime, now: datetime) -> None:
    """Say that a preview is being made, out of turn, until then: by somebody at the command line."""
    await conn.execute(
        "INSERT INTO tact_preview (preview_id, proposal_id, sha256, document, base, who, asked_at, state, lease_until)"
        " VALUES ($1, $2, decode($3, 'hex'), $4::text::jsonb, $5, $6, $7, 'running', $8)",
        asked.preview_id, asked.proposal_id, hash_of(asked.document), _encoded(asked.document), asked.base, asked.who,
        now, until,
    )  # fmt: skip


async def take_back(conn: Conn, proposal_id: UUID, now: datetime) -> None:
    """Let previews of a proposal that still wait be made no more."""
    await conn.execute(
        "UPDATE tact_preview SET state = 'failed', ended_at = $2, fault = 'withdrawn'"
        " WHERE proposal_id = $1 AND state = 'asked'",
        proposal_id, now,
    )  # fmt: skip


async def claim(conn: Conn, now: datetime, until: datetime) -> Preview | None:
    """Take the preview that waits, for until then; none when one is being made or none waits.

    A preview whose maker did not come back in time has failed.
    """
    await conn.execute(
        "UPDATE tact_preview SET state = 'failed', ended_at = $1, lease_until = NULL, fault = 'its maker was lost'"
        " WHERE state = 'running' AND lease_until <= $1",
        now,
    )
    claimed = await conn.fetchval(
        "UPDATE tact_preview SET state = 'running', lease_until = $1 WHERE state = 'asked'"
        " AND NOT EXISTS (SELECT FROM tact_preview WHERE state = 'running') RETURNING preview_id",
        until,
    )
    return await _find(conn, claimed)


async def finish(conn: Conn, preview_id: UUID, result: Mapping[str, Any], now: datetime, *, within: bool) -> bool:
    """Keep what a preview came to; no when it was given up meanwhile."""
    status = await conn.execute(
        "UPDATE tact_preview SET state = 'done', ended_at = $2, lease_until = NULL, within = $3,"
        " result = $4::text::jsonb WHERE preview_id = $1 AND state = 'running'",
        preview_id, now, within, _encoded(result),
    )  # fmt: skip
    return bool(status == "UPDATE 1")


async def fail(conn: Conn, preview_id: UUID, fault: str, now: datetime) -> None:
    """Keep why a preview was not made."""
    await conn.execute(
        "UPDATE tact_preview SET state = 'failed', ended_at = $2, lease_until = NULL, fault = $3"
        " WHERE preview_id = $1 AND state = 'running'",
        preview_id, now, fault,
    )  # fmt: skip


async def newest_preview(conn: Conn, proposal_id: UUID) -> Preview | None:
    """The preview that was asked for last."""
    newest = await conn.fetchval(
        "SELECT preview_id FROM tact_preview WHERE proposal_id = $1 ORDER BY asked_at DESC, preview_id LIMIT 1",
        proposal_id,
    )
    return await _find(conn, newest)


async def _find(conn: Conn, preview_id: UUID | None) -> Preview | None:
    row = await conn.fetchrow(
        "SELECT preview_id, proposal_id, document, encode(sha256, 'hex') AS sha256, base, who, asked_at, state,"
        " ended_at, within, result, fault FROM tact_preview WHERE preview_id = $1",
        preview_id,
    )
    return _preview(row)


def _act(row: Record) -> Act:
    outcome = None
    if row["previewed"] is not None:
        assert row["within"] is not None, "only a preview that is done is acted on"
        outcome = Outcome(row["preview_id"], row["previewed"], row["base"], row["within"], row["ended_at"])
    actor = Actor(row["who"], row["staff_id"])
    return Act(Kind(row["kind"]), actor, row["at"], row["sha256"], outcome, row["version"], row["note"])


def _preview(row: Record | None) -> Preview | None:
    if row is None:
        return None
    return Preview(
        row["preview_id"], row["proposal_id"], _object(row["document"]), row["sha256"], row["base"], row["who"],
        row["asked_at"], row["state"], row["ended_at"], row["within"],
        _object(row["result"]) if row["result"] is not None else None, row["fault"],
    )  # fmt: skip


def _object(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


def _encoded(document: Mapping[str, Any] | None) -> str | None:
    return None if document is None else msgspec.json.encode(document, order="deterministic").decode()
