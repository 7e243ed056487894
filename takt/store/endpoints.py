"""Where apps listen, and to which companies: webhook endpoints and subscribed apps. Reference rows, rarely written."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn
from takt.store.stamp import touch


@value
class Subscription:
    """What an app asks to hear at which address. `endpoint_id` is taken when the app has none yet for the object."""

    endpoint_id: UUID
    app_id: str
    object: str
    callback_url: str
    verify_token: str
    fields: Sequence[str]
    version: str


async def put(conn: Conn, part: int, wanted: Subscription, now: datetime) -> None:
    """Write an endpoint or its new address; it is tried at once, however the old address answered.

    `part` is the contract's part of the app's company.
    """
    await touch(conn)
    endpoint_id = await conn.fetchval(
        "INSERT INTO endpoint (endpoint_id, app_id, object, callback_url, verify_token, fields, version, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (app_id, object) DO UPDATE"
        " SET callback_url = excluded.callback_url, verify_token = excluded.verify_token, fields = excluded.fields,"
        " version = excluded.version RETURNING endpoint_id",
        wanted.endpoint_id, wanted.app_id, wanted.object, wanted.callback_url, wanted.verify_token,
        list(wanted.fields), wanted.version, now,
    )  # fmt: skip
    await conn.execute(
        "UPDATE delivery SET failures = 0, failing_since = NULL, next_at = NULL WHERE part = $1 AND endpoint_id = $2",
        part, endpoint_id,
    )  # fmt: skip


async def set_fields(conn: Conn, app_id: str, object_name: str, fields: Sequence[str]) -> None:
    """Let an endpoint hear of these fields alone."""
    await touch(conn)
    await conn.execute(
        "UPDATE endpoint SET fields = $3 WHERE app_id = $1 AND object = $2", app_id, object_name, list(fields)
    )


async def set_together(conn: Conn, endpoint_id: UUID, events_per_post: int) -> None:
    """Send an endpoint up to so many events in one POST."""
    await touch(conn)
    await conn.execute("UPDATE endpoint SET events_per_post = $2 WHERE endpoint_id = $1", endpoint_id, events_per_post)


async def close(conn: Conn, app_id: str, object_name: str) -> None:
    """Forget an endpoint's address; the row stays for the sake of its events, and the sweep buries what is owed."""
    await touch(conn)
    await conn.execute(
        "UPDATE endpoint SET callback_url = '', verify_token = '', fields = '{}' WHERE app_id = $1 AND object = $2",
        app_id, object_name,
    )  # fmt: skip


async def link(conn: Conn, business_id: UUID, app_id: str, now: datetime) -> None:
    """Tell an app what happens to a business from now on."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO subscribed_app (business_id, app_id, created_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (business_id, app_id) DO NOTHING",
        business_id, app_id, now,
    )  # fmt: skip


async def unlink(conn: Conn, business_id: UUID, app_id: str) -> None:
    """Tell the app no more."""
    await touch(conn)
    await conn.execute("DELETE FROM subscribed_app WHERE business_id = $1 AND app_id = $2", business_id, app_id)
