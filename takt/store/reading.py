"""What a person's devices may read. Nothing here writes; every list is bounded."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from takt.core.quiet_time import OwnQuiet
from takt.core.value import value
from takt.store.pool import Conn

THREADS_MAX = 200
DEMO_PEOPLE_MAX = 50


@value
class DeviceOwner:
    """Whom a device speaks for, and in which language they are spoken to."""

    recipient_id: UUID
    locale: str


@value
class Me:
    """A person as they see themselves; `cursor` is the newest number of their inbox."""

    recipient_id: UUID
    wa_id: str
    name: str
    locale: str
    read_receipts: bool
    cursor: int
    time_zone: str | None = None
    quiet: OwnQuiet | None = None


@value
class DemoPerson:
    """Somebody whom one can be in the demo."""

    recipient_id: UUID
    wa_id: str
    key: str
    name: str
    locale: str


@value
class Entry:
    """A row of the inbox. `kind` is `message` or that of a notice; `body` is its content, as JSON.

    A notice has nothing behind `at`. The status of a person's own message is how far the company is with it. `basis` is
    `customer` where a message rests on the exception for existing customers.
    """

    cursor: int
    kind: str
    sender_id: str
    body: str
    at: datetime
    message_id: UUID | None = None
    inbound: bool = False
    type: str = ""
    context_id: UUID | None = None
    client_id: str | None = None
    status: str = ""
    category: str = ""
    basis: str = ""


@value
class ThreadView:
    """A chat in the list, with its newest message and how many are unread."""

    sender_id: str
    blocked: bool
    accepted: bool
    muted: bool
    last_at: datetime
    unread: int
    last: Entry | None


@value
class Footing:
    """The footing of a person with a sender: blocked or not, whether they ever wrote, until when it may answer, muted or not."""

    blocked: bool
    wrote: bool
    window_until: datetime | None
    muted: bool = False


@value
class Said:
    """What a person said to one purpose of a business."""

    granted: bool
    source: str
    at: datetime


@value
class Origin:
    """What is on record about a message of a company. `facts` is JSON; the hash is that of the consent's record."""

    sender_id: str
    category: str
    at: datetime
    facts: str
    record_hash: bytes | None


_STATUS = (
    "CASE WHEN NOT m.inbound THEN m.status WHEN m.cursor <= t.desk_read THEN 'read'"
    " WHEN m.cursor <= t.desk_received THEN 'delivered' ELSE 'accepted' END"
)
# The facts of a message that needed no consent are not even opened.
_BASIS = "CASE WHEN m.consent_id IS NOT NULL AND m.facts ->> 'consent_act' = 'except' THEN 'customer' ELSE '' END"
_MESSAGE = (
    "SELECT m.cursor, 'message' AS kind, m.sender_id, m.content::text AS body, m.accepted_at AS at, m.message_id,"  # noqa: S608 - constants
    f" m.inbound, m.type, m.context_id, m.client_id, {_STATUS} AS status, m.category, {_BASIS} FROM message m"
    " JOIN thread t ON t.part = $1 AND t.recipient_id = m.recipient_id AND t.sender_id = m.sender_id"
)
# What failed was never shown, and what a person cleared away is shown no more.
_SHOWN = "m.cursor > t.cleared_through AND (m.inbound OR m.status <> 'failed')"
_NOTICE = (
    "SELECT n.cursor, n.kind, n.sender_id, n.body::text, n.at, NULL::uuid, false, '', NULL::uuid, NULL::text, '', '', ''"
    " FROM notice n"
)
# One statement sees one moment: read one after the other, a notice could hide a message that came before it.
_ENTRIES = (
    "SELECT u.place, e.* FROM unnest($2::int[], $3::uuid[], $4::bigint[]) u(place, recipient_id, after)"  # noqa: S608 - constants
    f" CROSS JOIN LATERAL (({_MESSAGE} WHERE m.part = $1 AND m.recipient_id = u.recipient_id AND m.cursor > u.after"
    f" AND {_SHOWN} ORDER BY m.cursor LIMIT $5) UNION ALL ({_NOTICE} WHERE n.part = $1"
    " AND n.recipient_id = u.recipient_id AND n.cursor > u.after ORDER BY n.cursor LIMIT $5) ORDER BY 1 LIMIT $5) e"
    " ORDER BY u.place, e.cursor"
)
_PAGE = (
    f"{_MESSAGE} WHERE m.part = $1 AND m.recipient_id = $2 AND m.sender_id = $3 AND m.cursor < $4 AND {_SHOWN}"
    " ORDER BY m.cursor DESC LIMIT $5"
)
_THREADS = (
    "SELECT t.sender_id, t.blocked_at IS NOT NULL, t.accepted, t.muted_at IS NOT NULL, t.last_at, t.last_cursor FROM thread t"
    " WHERE t.part = $1 AND t.recipient_id = $2 AND t.last_cursor > t.cleared_through"
)
_LAST = f"{_MESSAGE} WHERE m.part = $1 AND m.recipient_id = $2 AND m.message_id = t.last_message_id AND {_SHOWN}"
_UNREAD = (
    "SELECT m.sender_id, count(*) FROM message m JOIN thread t ON t.part = $1 AND t.recipient_id = m.recipient_id"  # noqa: S608 - constants
    " AND t.sender_id = m.sender_id WHERE m.part = $1 AND m.recipient_id = $2 AND m.cursor > ("
    "SELECT min(o.user_read) FROM thread o WHERE o.part = $1 AND o.recipient_id = $2 AND o.last_cursor > o.user_read)"
    f" AND m.cursor > t.user_read AND NOT m.inbound AND {_SHOWN} GROUP BY m.sender_id"
)
_ORIGIN = (
    "SELECT m.sender_id, m.category, m.accepted_at, m.facts::text, c.hash FROM message m"  # noqa: S608 - constants
    " JOIN thread t ON t.part = $1 AND t.recipient_id = m.recipient_id AND t.sender_id = m.sender_id"
    " LEFT JOIN consent_record c ON c.part = $1 AND c.record_id = m.consent_id"
    " WHERE m.part = $1 AND m.message_id = $3 AND m.recipient_id = $2 AND m.cursor IS NOT NULL AND NOT m.inbound"
    f" AND m.facts IS NOT NULL AND {_SHOWN}"
)


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


async def find_owner(conn: Conn, part: int, token_sha256: bytes) -> DeviceOwner | None:
    """Whom the device with this token's hash speaks for."""
    row = await conn.fetchrow(
        "SELECT r.recipient_id, r.locale FROM device d"
        " JOIN recipient r ON r.part = $1 AND r.recipient_id = d.recipient_id"
        " WHERE d.part = $1 AND d.token_sha256 = $2",
        part, token_sha256,
    )  # fmt: skip
    return None if row is None else DeviceOwner(*row)


async def find_me(conn: Conn, part: int, recipient_id: UUID) -> Me | None:
    """A person's own page."""
    row = await conn.fetchrow(
        "SELECT recipient_id, wa_id, name, locale, read_receipts, cursor, time_zone, quiet_from_min, quiet_to_min,"
        " quiet_for_all FROM recipient WHERE part = $1 AND recipient_id = $2",
        part, recipient_id,
    )  # fmt: skip
    if row is None:
        return None
    own = None if row[7] is None else OwnQuiet(row[7], row[8], row[9])
    return Me(row[0], row[1], row[2], row[3], row[4], row[5], row[6], own)


async def list_demo_people(conn: Conn, part: int) -> list[DemoPerson]:
    """The first 50 people of a part whom one can be in the demo."""
    rows = await conn.fetch(
        "SELECT recipient_id, wa_id, demo_key, name, locale FROM recipient WHERE part = $1 AND demo_key IS NOT NULL"
        " ORDER BY wa_id LIMIT $2",
        part, DEMO_PEOPLE_MAX,
    )  # fmt: skip
    return [DemoPerson(*row) for row in rows]


async def list_entries(conn: Conn, part: int, behind: Sequence[tuple[UUID, int]], limit: int) -> list[list[Entry]]:
    """For each person and cursor the next rows of their inbox behind it, at most `limit` each, in order."""
    rows = await conn.fetch(
        _ENTRIES, part, list(range(len(behind))), [one[0] for one in behind], [one[1] for one in behind], limit
    )
    found: list[list[Entry]] = [[] for _ in behind]
    for row in rows:
        found[row[0]].append(Entry(*row[1:]))
    return found


async def list_messages(
    conn: Conn, part: int, recipient_id: UUID, sender_id: str, before: int, limit: int
) -> list[Entry]:
    """The newest messages of a chat below a cursor, oldest first."""
    rows = await conn.fetch(_PAGE, part, recipient_id, sender_id, before, limit)
    return [Entry(*row) for row in reversed(rows)]


async def list_confirmations(
    conn: Conn, part: int, recipient_id: UUID, sender_id: str, between: tuple[int, int], limit: int
) -> list[Entry]:
    """The newest confirmations of stops in a chat between two cursors, ends left out, oldest first."""
    rows = await conn.fetch(
        f"{_NOTICE} JOIN thread t ON t.part = $1 AND t.recipient_id = n.recipient_id AND t.sender_id = n.sender_id"
        " WHERE n.part = $1 AND n.recipient_id = $2 AND n.sender_id = $3 AND n.cursor > $4 AND n.cursor < $5"
        " AND n.cursor > t.cleared_through AND n.body ? 'confirm' ORDER BY n.cursor DESC LIMIT $6",
        part, recipient_id, sender_id, *between, limit,
    )  # fmt: skip
    return [Entry(*row) for row in reversed(rows)]


async def list_threads(conn: Conn, part: int, recipient_id: UUID, sender_id: str | None = None) -> list[ThreadView]:
    """The first 200 chats of a person in which something was said, newest first; or the one with that sender."""
    only = " AND t.sender_id = $3" if sender_id is not None else ""
    asked = (part, recipient_id) if sender_id is None else (part, recipient_id, sender_id)
    threads = await conn.fetch(f"{_THREADS}{only} ORDER BY t.last_cursor DESC LIMIT {THREADS_MAX}", *asked)
    last = {row[2]: Entry(*row) for row in await conn.fetch(f"{_LAST}{only}", *asked)}
    unread = {row[0]: row[1] for row in await conn.fetch(_UNREAD, part, recipient_id)}
    views: list[ThreadView] = []
    for found, blocked, accepted, muted, last_at, last_cursor in threads:
        newest = last.get(found)
        if newest is None:
            # The newest message failed; the one before it is looked for, which costs more but happens seldom.
            page = await list_messages(conn, part, recipient_id, found, last_cursor, 1)
            newest = page[0] if page else None
        if newest is not None:
            views.append(ThreadView(found, blocked, accepted, muted, last_at, unread.get(found, 0), newest))
    return views


async def footings(conn: Conn, part: int, recipient_id: UUID, sender_ids: Sequence[str]) -> dict[str, Footing]:
    """How a person stands to these senders; who never had to do with them is missing."""
    rows = await conn.fetch(
        "SELECT sender_id, blocked_at IS NOT NULL, inbound_count > 0, window_until, muted_at IS NOT NULL FROM thread"
        " WHERE part = $1 AND recipient_id = $2 AND sender_id = any($3::text[])",
        part, recipient_id, sender_ids,
    )  # fmt: skip
    return {row[0]: Footing(*row[1:]) for row in rows}


async def words(
    conn: Conn, part: int, recipient_id: UUID, business_ids: Sequence[UUID]
) -> dict[tuple[UUID, str], Said]:
    """What a person said to the purposes of these businesses; silence is missing."""
    rows = await conn.fetch(
        "SELECT business_id, purpose, granted, source, at FROM consent"
        " WHERE part = $1 AND recipient_id = $2 AND business_id = any($3::uuid[])",
        part, recipient_id, business_ids,
    )  # fmt: skip
    return {(row[0], row[1]): Said(row[2], row[3], row[4]) for row in rows}


async def memberships(conn: Conn, part: int, recipient_id: UUID) -> set[UUID]:
    """The businesses in whose pilot a person is."""
    rows = await conn.fetch(
        "SELECT business_id FROM pilot_member WHERE part = $1 AND recipient_id = $2", part, recipient_id
    )
    return {row[0] for row in rows}


async def opinions(conn: Conn, part: int, recipient_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What a person said of these messages: `interested` or `not_interested`; silence is missing."""
    rows = await conn.fetch(
        "SELECT message_id, kind FROM feedback WHERE part = $1 AND recipient_id = $2 AND message_id = any($3::uuid[])"
        " AND kind IN ('interested', 'not_interested') AND undone_at IS NULL",
        part, recipient_id, message_ids,
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


async def find_origin(conn: Conn, part: int, recipient_id: UUID, message_id: UUID) -> Origin | None:
    """What is on record about a message of a company that this person was shown."""
    row = await conn.fetchrow(_ORIGIN, part, recipient_id, message_id)
    return None if row is None else Origin(*row)
