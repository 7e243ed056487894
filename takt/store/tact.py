"""The versions of the operator's policy: written once, never changed. Reference rows."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from takt.core.tact import TactPolicy, parse_policy
from takt.core.value import value
from takt.store.pool import Conn

Versions = tuple[tuple[datetime, TactPolicy], ...]
"""Each version with the instant from which it applies, in that order."""


@value
class PolicyRow:
    """One version as it is on record; `body` is the document as it was given."""

    version: int
    body: dict[str, Any]
    sha256: str
    who: str
    at: datetime
    applies_at: datetime


async def add_version(conn: Conn, body: Mapping[str, Any], who: str, applies_at: datetime, now: datetime) -> int:
    """Write the next version; its number. `who` names the author for people.

    The caller raises the reference stamp (`store.stamp.touch`). Raises takt.core.document.UnsoundError when the
    document is wrong, asyncpg.UniqueViolationError when somebody else wrote a version in the same moment.
    """
    parse_policy(body)
    kept = msgspec.json.encode(body, order="deterministic")
    version = await conn.fetchval(
        "INSERT INTO tact_policy (version, body, sha256, who, at, applies_at)"
        " SELECT coalesce(max(version), 0) + 1, $1::text::jsonb, $2, $3, $4, $5 FROM tact_policy RETURNING version",
        kept.decode(), sha256(kept).digest(), who, now, applies_at,
    )  # fmt: skip
    return int(version)


async def versions(conn: Conn) -> Versions:
    """All versions, parsed, in the order in which they apply."""
    rows = await conn.fetch("SELECT version, body, applies_at FROM tact_policy ORDER BY applies_at, version")
    return tuple((row["applies_at"], parse_policy(msgspec.json.decode(row["body"]), row["version"])) for row in rows)


async def list_rows(conn: Conn, limit: int) -> list[PolicyRow]:
    """The newest versions as they are on record, at most so many, the newest first."""
    rows = await conn.fetch(
        "SELECT version, body, sha256, who, at, applies_at FROM tact_policy ORDER BY version DESC LIMIT $1", limit
    )
    return [
        PolicyRow(
            row["version"],
            msgspec.json.decode(row["body"]),
            row["sha256"].hex(),
            row["who"],
            row["at"],
            row["applies_at"],
        )
        for row in rows
    ]
