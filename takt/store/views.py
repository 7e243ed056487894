"""What doors may read. Nothing here writes; every list is bounded, and its pages stay whole while rows change."""

import heapq
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from takt.core.ledger import Wallet
from takt.core.search import fold
from takt.core.value import value
from takt.store.pool import Conn

SEARCHED_CARDS_MAX = 100_000
TEMPLATES_MAX = 1000
DEMO_PEOPLE_MAX = 50

_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@value
class Staff:
    """A person who works for a company, or without one for the operator.

    `password_hash` None cannot sign in with a password.
    """

    staff_id: UUID
    business_id: UUID | None
    name: str
    role: str
    locale: str
    password_hash: str | None


@value
class DemoPerson:
    """Somebody whom one can be in the demo without a password."""

    key: str
    name: str
    role: str
    business: str


@value
class Session:
    """Who holds a staff token, until when."""

    staff_id: UUID
    business_id: UUID | None
    name: str
    role: str
    locale: str
    expires_at: datetime


@value
class Card:
    """A thread as the people of a company see it in their list. `last_status` is empty while nothing was said."""

    sender_id: str
    recipient_id: UUID
    number: int
    name: str
    wa_id: str
    last_text: str
    last_mine: bool
    last_status: str
    last_at: datetime
    unread: int
    window_until: datetime | None
    blocked: bool


@value
class ThreadMessage:
    """A message of a thread with what became of its money. `content`, `facts` and `pricing` are JSON texts.

    `cursor` is None for a message that was refused, or waits until `due_at`, and so is not in the inbox. `desk_read`: it is the person's,
    and the company has read it.
    """

    message_id: UUID
    cursor: int | None
    inbound: bool
    type: str
    content: str
    category: str
    context_id: UUID | None
    status: str
    reason: str | None
    facts: str | None
    pricing: str | None
    accepted_at: datetime
    amount_micros: int | None
    currency: str | None
    hold_state: str | None
    desk_read: bool
    due_at: datetime | None = None


@value
class TemplateView:
    """An approved template; `components` is JSON in the shape of the Cloud API's list."""

    name: str
    language: str
    category: str
    parameter_format: str
    components: str


async def find_staff(conn: Conn, login: str, *, operator: bool) -> Staff | None:
    """Who signs in with this login and works for a company, or for the `operator`."""
    row = await conn.fetchrow(
        "SELECT staff_id, business_id, name, role, locale, password_hash FROM staff"
        " WHERE login = $1 AND (business_id IS NULL) = $2",
        login,
        operator,
    )
    return None if row is None else Staff(*row)


async def find_demo_staff(conn: Conn, key: str, *, operator: bool) -> Staff | None:
    """Who has this key in the demo and works for a company, or for the `operator`."""
    row = await conn.fetchrow(
        "SELECT staff_id, business_id, name, role, locale, password_hash FROM staff"
        " WHERE demo_key = $1 AND (business_id IS NULL) = $2",
        key,
        operator,
    )
    return None if row is None else Staff(*row)


async def list_demo_staff(conn: Conn, roles: Sequence[str]) -> list[DemoPerson]:
    """The first 50 demo people who have one of these roles; the operator's own have no business."""
    rows = await conn.fetch(
        "SELECT s.demo_key, s.name, s.role, coalesce(b.name, '') FROM staff s LEFT JOIN business b USING (business_id)"
        " WHERE s.demo_key IS NOT NULL AND s.role = any($1::text[])"
        " ORDER BY b.created_at, b.name, s.role <> 'agent', s.created_at, s.name LIMIT $2",
        roles, DEMO_PEOPLE_MAX,
    )  # fmt: skip
    return [DemoPerson(*row) for row in rows]


async def find_session(conn: Conn, sha256: bytes, now: datetime, *, operator: bool) -> Session | None:
    """Who holds the staff token with this hash, if it is still valid; people of companies, or of the `operator`."""
    row = await conn.fetchrow(
        "SELECT s.staff_id, s.business_id, s.name, s.role, s.locale, t.expires_at FROM token t"
        " JOIN staff s USING (staff_id)"
        " WHERE t.sha256 = $1 AND t.kind = 'staff' AND t.expires_at > $2 AND (s.business_id IS NULL) = $3",
        sha256, now, operator,
    )  # fmt: skip
    return None if row is None else Session(*row)


_CARD = (
    "SELECT c.sender_id, c.recipient_id, c.number, c.name, c.wa_id, c.last_text, c.last_mine, c.last_status,"
    " c.last_at, c.unread, c.window_until, c.blocked FROM desk_card c"
)


_OLDEST_SEARCHED = (
    "SELECT n.number FROM desk_card n WHERE n.part = $1 AND n.business_id = $2 ORDER BY n.number DESC OFFSET $5 LIMIT 1"
)
_FIND = (
    f"{_CARD} WHERE c.part = $1 AND c.business_id = $2 AND c.number < $3 AND strpos(c.words, $6) > 0"
    f" AND (c.unread > 0 OR NOT $7) AND c.number > coalesce(({_OLDEST_SEARCHED}), 0) ORDER BY c.number DESC LIMIT $4"
)


async def desk_number(conn: Conn, part: int, business_id: UUID) -> int:
    """The number of the newest card of a business; 0 before the first."""
    number = await conn.fetchval("SELECT number FROM desk WHERE part = $1 AND business_id = $2", part, business_id)
    return number or 0


async def find_card(conn: Conn, part: int, business_id: UUID, sender_id: str, recipient_id: UUID) -> Card | None:
    """The card of one thread, if the business has it."""
    row = await conn.fetchrow(
        f"{_CARD} WHERE c.part = $1 AND c.business_id = $2 AND c.sender_id = $3 AND c.recipient_id = $4",
        part, business_id, sender_id, recipient_id,
    )  # fmt: skip
    return None if row is None else Card(*row)


async def list_cards(conn: Conn, part: int, business_id: UUID, before: int, limit: int, *, unread: bool) -> list[Card]:
    """The cards with the highest numbers below `before`, highest first. A card that changes leaves for the front."""
    only = " AND c.unread > 0" if unread else ""
    rows = await conn.fetch(
        f"{_CARD} WHERE c.part = $1 AND c.business_id = $2 AND c.number < $3{only} ORDER BY c.number DESC LIMIT $4",
        part, business_id, before, limit,
    )  # fmt: skip
    return [Card(*row) for row in rows]


async def find_cards(
    conn: Conn, part: int, business_id: UUID, words: str, before: int, limit: int, *, unread: bool
) -> list[Card]:
    """As `list_cards`, those in whose name, number or last text the words stand; looks at the newest 100,000."""
    rows = await conn.fetch(_FIND, part, business_id, before, limit, SEARCHED_CARDS_MAX, fold(words), unread)
    return [Card(*row) for row in rows]


async def list_cards_after(conn: Conn, part: int, business_id: UUID, after: int, limit: int) -> list[Card]:
    """The cards with the lowest numbers above `after`, lowest first: what changed since."""
    rows = await conn.fetch(
        f"{_CARD} WHERE c.part = $1 AND c.business_id = $2 AND c.number > $3 ORDER BY c.number LIMIT $4",
        part, business_id, after, limit,
    )  # fmt: skip
    return [Card(*row) for row in rows]


_MESSAGE = (
    "SELECT m.message_id, m.cursor, m.inbound, m.type, m.content, m.category, m.context_id, m.status, m.reason,"
    " m.facts, m.pricing, m.accepted_at, h.amount_micros, h.currency, h.state,"
    " m.inbound AND m.cursor <= t.desk_read, m.due_at FROM message m"
    " JOIN thread t ON t.part = $1 AND t.recipient_id = m.recipient_id AND t.sender_id = m.sender_id"
    " LEFT JOIN hold h ON h.part = $1 AND h.message_id = m.message_id AND h.leg = 0"
    " WHERE m.part = $1 AND m.recipient_id = $2 AND m.sender_id = $3"
)


async def list_thread_messages(
    conn: Conn, part: int, recipient_id: UUID, sender_id: str, before: int | None, limit: int
) -> list[ThreadMessage]:
    """The newest `limit` messages of a thread below the cursor `before`, oldest first.

    Messages that were refused have no cursor; the newest `limit` of them that fell into the time of the page come in
    their places. A page ends where the next one begins, so none is missing and none comes twice.
    """
    end = before if before is not None else 1 << 62
    numbered = await conn.fetch(
        f"{_MESSAGE} AND m.cursor < $4 ORDER BY m.cursor DESC LIMIT $5", part, recipient_id, sender_id, end, limit
    )
    until = _NEVER if before is None else await _accepted_at(conn, part, recipient_id, sender_id, before)
    since = numbered[-1]["accepted_at"] if len(numbered) == limit else _ALWAYS
    refused = await conn.fetch(
        f"{_MESSAGE} AND m.cursor IS NULL AND m.accepted_at >= $4 AND m.accepted_at < $5"
        " ORDER BY m.accepted_at DESC LIMIT $6",
        part, recipient_id, sender_id, since, until, limit,
    )  # fmt: skip
    pages = ([ThreadMessage(*row) for row in reversed(rows)] for rows in (numbered, refused))
    return list(heapq.merge(*pages, key=lambda message: message.accepted_at))


async def _accepted_at(conn: Conn, part: int, recipient_id: UUID, sender_id: str, cursor: int) -> datetime:
    """When the first message of a thread from this cursor on was accepted; never, if there is none."""
    found: datetime | None = await conn.fetchval(
        "SELECT accepted_at FROM message WHERE part = $1 AND recipient_id = $2 AND sender_id = $3 AND cursor >= $4"
        " ORDER BY cursor LIMIT 1",
        part, recipient_id, sender_id, cursor,
    )  # fmt: skip
    return found if found is not None else _NEVER


async def list_templates(conn: Conn, business_id: UUID) -> list[TemplateView]:
    """The first 1,000 approved templates of a business by name and language."""
    rows = await conn.fetch(
        "SELECT name, language, category, parameter_format, components FROM template"
        " WHERE business_id = $1 AND status IN ('APPROVED', 'FLAGGED') ORDER BY name, language LIMIT $2",
        business_id, TEMPLATES_MAX,
    )  # fmt: skip
    return [TemplateView(*row) for row in rows]


@value
class Balance:
    """What a contract has, in micro-units of its currency."""

    currency: str
    wallet: Wallet


async def balance(conn: Conn, part: int, contract_id: UUID) -> Balance:
    """The wallet of a contract; its spend account is there since the contract is."""
    row = await conn.fetchrow(
        "SELECT currency, posted_micros, pending_micros, min_available FROM account"
        " WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        part, contract_id,
    )  # fmt: skip
    assert row is not None
    return Balance(row[0], Wallet(row[1], row[2], row[3]))


async def counts(conn: Conn, part: int, contract_id: UUID, month: date, keys: Sequence[str]) -> dict[str, int]:
    """How far these counts of a contract are in the month that begins on a day; one without a unit is missing."""
    rows = await conn.fetch(
        "SELECT key, counted FROM counter WHERE part = $1 AND contract_id = $2 AND period = $3 AND key = any($4::text[])",
        part, contract_id, month, keys,
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


async def find_wa_id(conn: Conn, part: int, recipient_id: UUID) -> str | None:
    """The number of a person, or None when there is no such person."""
    found: str | None = await conn.fetchval(
        "SELECT wa_id FROM recipient WHERE part = $1 AND recipient_id = $2", part, recipient_id
    )
    return found
