"""Flows as they are written: drafts, their JSON, and their status."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.flow_state import Standing
from takt.core.value import value
from takt.store.pool import Conn


@value
class Written:
    """A flow's JSON as it was brought, with its faults as JSON, and the versions it names."""

    body: str
    faults: str
    json_version: str | None
    data_api_version: str | None


@value
class NewFlow:
    """A flow to add."""

    flow_id: str
    business_id: UUID
    app_id: str | None
    name: str
    categories: tuple[str, ...]
    status: str
    written: Written | None
    endpoint_uri: str | None
    preview_key: str


_STANDING = (
    "SELECT flow_id, business_id, app_id, name, status, body IS NULL OR faults::text <> '[]',"
    " data_api_version IS NOT NULL, endpoint_uri FROM flow"
)


async def lock(conn: Conn, flow_ids: Sequence[str]) -> dict[str, Standing]:
    """Lock these flows, in the order of their ids; those that are not there are left out."""
    rows = await conn.fetch(f"{_STANDING} WHERE flow_id = any($1) ORDER BY flow_id FOR UPDATE", list(flow_ids))
    return {row[0]: Standing(*row) for row in rows}


async def find_written(conn: Conn, business_id: UUID, flow_id: str) -> Written | None:
    """The JSON of a flow of this business; None when there is no such flow, or none in it."""
    row = await conn.fetchrow(
        "SELECT body, faults::text, json_version, data_api_version FROM flow"
        " WHERE flow_id = $1 AND business_id = $2 AND body IS NOT NULL",
        flow_id, business_id,
    )  # fmt: skip
    return None if row is None else Written(*row)


async def count(conn: Conn, business_id: UUID) -> int:
    """How many flows a business has."""
    found = await conn.fetchval("SELECT count(*) FROM flow WHERE business_id = $1", business_id)
    return int(found)


async def find_named(conn: Conn, business_id: UUID, name: str) -> str | None:
    """The id of the flow of that name."""
    found: str | None = await conn.fetchval(
        "SELECT flow_id FROM flow WHERE business_id = $1 AND name = $2", business_id, name
    )
    return found


async def has_key(conn: Conn, business_id: UUID) -> bool:
    """Whether a sender of the business has a public key."""
    found = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM sender WHERE business_id = $1 AND business_key IS NOT NULL)", business_id
    )
    return bool(found)


async def add(conn: Conn, flow: NewFlow, preview_until: datetime, now: datetime) -> None:
    """Add a flow; its name must be free."""
    written = flow.written or Written("", "[]", None, None)
    await conn.execute(
        "INSERT INTO flow (flow_id, business_id, app_id, name, categories, status, body, faults, json_version,"
        " data_api_version, endpoint_uri, preview_key, preview_until, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8::json, $9, $10, $11, $12, $13, $14, $14)",
        flow.flow_id, flow.business_id, flow.app_id, flow.name, list(flow.categories), flow.status, written.body,
        written.faults, written.json_version, written.data_api_version, flow.endpoint_uri, flow.preview_key,
        preview_until, now,
    )  # fmt: skip


async def set_written(conn: Conn, flow_id: str, written: Written, now: datetime) -> None:
    """Put other JSON in the place of what was there."""
    await conn.execute(
        "UPDATE flow SET body = $2, faults = $3::json, json_version = $4, data_api_version = $5, updated_at = $6"
        " WHERE flow_id = $1",
        flow_id, written.body, written.faults, written.json_version, written.data_api_version, now,
    )  # fmt: skip


async def set_facts(
    conn: Conn, flow_id: str, name: str | None, categories: Sequence[str], endpoint_uri: str | None, app_id: str | None
) -> None:
    """Change what was given; what is None or empty stays."""
    await conn.execute(
        "UPDATE flow SET name = coalesce($2, name), endpoint_uri = coalesce($4, endpoint_uri),"
        " app_id = coalesce($5, app_id),"
        " categories = CASE WHEN cardinality($3::text[]) > 0 THEN $3 ELSE categories END WHERE flow_id = $1",
        flow_id, name, list(categories), endpoint_uri, app_id,
    )  # fmt: skip


async def set_status(conn: Conn, flow_id: str, status: str, now: datetime) -> None:
    """Let it go on in its life."""
    await conn.execute("UPDATE flow SET status = $2, updated_at = $3 WHERE flow_id = $1", flow_id, status, now)


async def set_preview(conn: Conn, flow_id: str, key: str, until: datetime) -> None:
    """Let the preview be seen with another key."""
    await conn.execute("UPDATE flow SET preview_key = $2, preview_until = $3 WHERE flow_id = $1", flow_id, key, until)


async def remove(conn: Conn, flow_id: str) -> None:
    """Delete it."""
    await conn.execute("DELETE FROM flow WHERE flow_id = $1", flow_id)
