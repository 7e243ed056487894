"""Media as doors may read them: what one is and whose, and who may see it. Nothing here writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.content import File
from takt.core.media import Found
from takt.core.value import value
from takt.store.pool import Conn

_MEDIUM: Final = (
    "SELECT m.media_id, m.state, m.business_id, m.sender_id, m.app_id, m.recipient_id, m.url_key, m.mime_type, m.filename,"
    " m.size, m.received, m.sha256, m.animated, m.width, m.height, m.channels, m.used, m.served_until, m.expires_at FROM media m"
)


@value
class Medium:
    """A medium, `open` or `whole`. Of an open one `size` is the length that was said, `mime_type` what it was called.

    A company may use it until `served_until`; the bytes are there until `expires_at`.
    """

    media_id: str
    state: str
    business_id: UUID | None
    sender_id: str | None
    app_id: str | None
    recipient_id: UUID | None
    url_key: str
    mime_type: str
    filename: str | None
    size: int
    received: int
    sha256: bytes | None
    animated: bool
    width: int | None
    height: int | None
    channels: int | None
    used: bool
    served_until: datetime
    expires_at: datetime

    @property
    def file(self) -> File:
        """It as contents name it; only a whole one is."""
        assert self.sha256 is not None
        return File(self.media_id, self.mime_type, self.sha256.hex(), self.size, self.filename, self.animated)

    @property
    def found(self) -> Found:
        """What its bytes are."""
        return Found(self.mime_type, self.animated, self.width, self.height, self.channels)


async def find(conn: Conn, part: int, media_id: str, now: datetime) -> Medium | None:
    """The medium with this id, open or whole, unless its time is over."""
    row = await conn.fetchrow(
        f"{_MEDIUM} WHERE m.part = $1 AND m.media_id = $2 AND m.state <> 'gone'"
        " AND m.expires_at > $3",
        part, media_id, now,
    )  # fmt: skip
    return None if row is None else Medium(*row)


async def find_brought(
    conn: Conn, part: int, recipient_id: UUID, media_ids: Sequence[str], now: datetime
) -> dict[str, Medium]:
    """Those of these media that are whole and that this person brought, by id."""
    rows = await conn.fetch(
        f"{_MEDIUM} WHERE m.part = $1 AND m.media_id = any($2::text[]) AND m.recipient_id = $3"
        " AND m.state = 'whole' AND m.expires_at > $4",
        part, media_ids, recipient_id, now,
    )  # fmt: skip
    return {row[0]: Medium(*row) for row in rows}


async def may_see(conn: Conn, part: int, recipient_id: UUID, media_id: str) -> bool:
    """Whether a medium is in this person's inbox or was brought by them; `part` is the person's."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM media_use u WHERE u.part = $1 AND u.recipient_id = $2 AND u.media_id = $3)"
            " OR EXISTS (SELECT FROM media m WHERE m.part = $1 AND m.media_id = $3 AND m.recipient_id = $2)",
            part, recipient_id, media_id,
        )
    )  # fmt: skip


async def given_at(conn: Conn, part: int, recipient_id: UUID, media_id: str, business_id: UUID) -> datetime | None:
    """When a person last sent this medium to the business, or None when they never did; `part` is the person's."""
    given: datetime | None = await conn.fetchval(
        "SELECT max(at) FROM media_use WHERE part = $1 AND recipient_id = $2 AND media_id = $3 AND business_id = $4",
        part, recipient_id, media_id, business_id,
    )  # fmt: skip
    return given


async def find_link(conn: Conn, part: int, business_id: UUID, sha256: bytes, now: datetime) -> str | None:
    """The id of what was found behind the link with this hash, while that counts; `part` is the contract's."""
    found: str | None = await conn.fetchval(
        "SELECT media_id FROM media_link WHERE part = $1 AND business_id = $2 AND sha256 = $3 AND until > $4",
        part, business_id, sha256, now,
    )  # fmt: skip
    return found
