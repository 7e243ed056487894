"""What doors may read of flows, of the messages that open them, and of the keys their data is wrapped under."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class FlowView:
    """A flow without its JSON; `faults` is JSON in the shape of `validation_errors`."""

    flow_id: str
    business_id: UUID
    app_id: str | None
    name: str
    categories: Sequence[str]
    status: str
    faults: str
    json_version: str | None
    data_api_version: str | None
    endpoint_uri: str | None
    preview_key: str
    preview_until: datetime
    updated_at: datetime


_VIEW = (
    "SELECT flow_id, business_id, app_id, name, categories, status, faults::text, json_version, data_api_version,"
    " endpoint_uri, preview_key, preview_until, updated_at FROM flow"
)


async def find(conn: Conn, flow_id: str) -> FlowView | None:
    """A flow by its id."""
    row = await conn.fetchrow(f"{_VIEW} WHERE flow_id = $1", flow_id)
    return None if row is None else FlowView(*row)


async def find_previewed(conn: Conn, key: str, now: datetime) -> str | None:
    """The JSON of the flow whose preview that key opens."""
    found: str | None = await conn.fetchval(
        "SELECT body FROM flow WHERE preview_key = $1 AND preview_until > $2", key, now
    )
    return found


async def find_body(conn: Conn, flow_id: str) -> str | None:
    """The JSON of a flow as it was brought; None while it has none."""
    found: str | None = await conn.fetchval("SELECT body FROM flow WHERE flow_id = $1", flow_id)
    return found


async def list_after(conn: Conn, business_id: UUID, after: str, limit: int) -> list[FlowView]:
    """The first flows of a business behind that id, by id."""
    rows = await conn.fetch(
        f"{_VIEW} WHERE business_id = $1 AND flow_id > $2 ORDER BY flow_id LIMIT $3", business_id, after, limit
    )
    return [FlowView(*row) for row in rows]


async def list_before(conn: Conn, business_id: UUID, before: str, limit: int) -> list[FlowView]:
    """The last flows of a business before that id, by id."""
    rows = await conn.fetch(
        f"{_VIEW} WHERE business_id = $1 AND flow_id < $2 ORDER BY flow_id DESC LIMIT $3", business_id, before, limit
    )
    return [FlowView(*row) for row in reversed(rows)]


async def list_names(conn: Conn, business_id: UUID, limit: int) -> dict[str, str]:
    """The ids of the first flows of a business, by name."""
    rows = await conn.fetch(
        "SELECT name, flow_id FROM flow WHERE business_id = $1 ORDER BY name LIMIT $2", business_id, limit
    )
    return {row[0]: row[1] for row in rows}


async def public_key(conn: Conn, sender_id: str) -> str | None:
    """The public key, as PEM, under which data for a sender's forms is wrapped."""
    found: str | None = await conn.fetchval("SELECT business_key FROM sender WHERE sender_id = $1", sender_id)
    return found


async def key_of_business(conn: Conn, business_id: UUID) -> str | None:
    """The public key of the first sender of a business that has one."""
    found: str | None = await conn.fetchval(
        "SELECT business_key FROM sender WHERE business_id = $1 AND business_key IS NOT NULL"
        " ORDER BY sender_id LIMIT 1",
        business_id,
    )
    return found


async def find_message(conn: Conn, part: int, recipient_id: UUID, message_id: UUID) -> tuple[str, str] | None:
    """Sender and content (JSON) of a message of a company that lies in this person's inbox."""
    row = await conn.fetchrow(
        "SELECT sender_id, content::text FROM message WHERE part = $1 AND message_id = $3 AND recipient_id = $2"
        " AND NOT inbound AND cursor IS NOT NULL AND status <> 'failed'",
        part, recipient_id, message_id,
    )  # fmt: skip
    return None if row is None else (row[0], row[1])
