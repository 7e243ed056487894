"""The desk: what the people of a company see of each thread, copied from the recipients' parts into the contract's.

A thread says by `unprojected` that its company has not been shown its present `version`. A projector reads such
threads, writes their cards under the desk's row lock (so that the order of numbers is the order of commits), and then
settles them: the person's messages have been received, and `unprojected` falls if the version still stands. Every step
may be repeated or cut off anywhere: a card is only replaced by a newer version, marks only go up.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from takt.core.search import fold
from takt.core.value import value
from takt.store import recipients
from takt.store.marks import Mark, add_marks
from takt.store.pool import Conn


@value
class Shown:
    """A thread as its card shows it. `received` is the newest message of the person that comes with it, as a cursor."""

    recipient_id: UUID
    sender_id: str
    version: int
    name: str
    wa_id: str
    last_text: str
    last_mine: bool
    last_status: str
    last_at: datetime
    unread: int
    window_until: datetime | None
    blocked: bool
    received: int
    news: bool


@value
class Desk:
    """The desk of a business and the contract beside which it lies."""

    business_id: UUID
    contract_id: UUID


# What a person wrote counts as delivered on a card: the company is being shown it by this very projection.
_THREADS = (
    "SELECT t.recipient_id, t.sender_id, t.version, r.name, r.wa_id, t.last_text,"
    " m.message_id IS NOT NULL AND NOT m.inbound,"
    " CASE WHEN m.message_id IS NULL THEN '' WHEN NOT m.inbound THEN m.status"
    " WHEN m.cursor <= t.desk_read THEN 'read' ELSE 'delivered' END,"
    " t.last_at, t.inbound_count - t.desk_read_count, t.window_until, t.blocked_at IS NOT NULL, t.inbound_cursor,"
    " t.inbound_cursor > t.desk_received"
    " FROM thread t JOIN recipient r ON r.part = $1 AND r.recipient_id = t.recipient_id"
    " LEFT JOIN message m ON m.part = $1 AND m.message_id = t.last_message_id"
    " WHERE t.part = $1 AND t.unprojected AND t.sender_id > $2"
)
_CHATS = _THREADS + " AND t.inbound_count > 0 ORDER BY t.sender_id LIMIT $3"
_QUIET = _THREADS + " AND t.inbound_count = 0 ORDER BY t.sender_id LIMIT $3"


async def list_unprojected(conn: Conn, part: int, after_sender: str, limit: int) -> list[Shown]:
    """Chats that their companies have not been shown, of the senders after this one, in the order of senders."""
    return [Shown(*row) for row in await conn.fetch(_CHATS, part, after_sender, limit)]


async def list_quiet(conn: Conn, part: int, after_sender: str, limit: int) -> list[Shown]:
    """As `list_unprojected`, the threads in which the person never said a word."""
    return [Shown(*row) for row in await conn.fetch(_QUIET, part, after_sender, limit)]


async def put_cards(conn: Conn, part: int, cards: Mapping[Desk, Sequence[Shown]]) -> set[UUID]:
    """Write cards into the contracts' part, numbered anew; the businesses for which one really changed."""
    numbers = await _lock_desks(conn, part, list(cards))
    rows: list[tuple[UUID, int, Shown]] = []
    for desk, shown in cards.items():
        first = numbers[desk.business_id] + 1
        recent_last = sorted(shown, key=lambda one: one.last_at)
        rows.extend((desk.business_id, number, one) for number, one in enumerate(recent_last, first))
    reached = await _upsert(conn, part, rows)
    await conn.execute(
        "UPDATE desk d SET number = u.number FROM unnest($2::uuid[], $3::bigint[]) u(business_id, number)"
        " WHERE d.part = $1 AND d.business_id = u.business_id",
        part, list(reached), list(reached.values()),
    )  # fmt: skip
    return set(reached)


async def _lock_desks(conn: Conn, part: int, desks: Sequence[Desk]) -> dict[UUID, int]:
    query = (
        "SELECT business_id, number FROM desk WHERE part = $1 AND business_id = any($2::uuid[])"
        " ORDER BY business_id FOR NO KEY UPDATE"
    )
    wanted = [desk.business_id for desk in desks]
    numbers = {row[0]: row[1] for row in await conn.fetch(query, part, wanted)}
    if len(numbers) == len(wanted):
        return numbers
    # The first card of a business opens its desk. Locked again from the start, so that the order of locks stays.
    await conn.execute(
        "INSERT INTO desk (part, business_id) SELECT c.part, c.business_id FROM contract c"
        " WHERE c.part = $1 AND c.contract_id = any($2::uuid[]) ORDER BY c.business_id"
        " ON CONFLICT (part, business_id) DO NOTHING",
        part, [desk.contract_id for desk in desks],
    )  # fmt: skip
    return {row[0]: row[1] for row in await conn.fetch(query, part, wanted)}


async def _upsert(conn: Conn, part: int, rows: Sequence[tuple[UUID, int, Shown]]) -> dict[UUID, int]:
    """Write the cards that are newer than what is there; the highest number given out for each business."""
    shown = [one for _, _, one in rows]
    written = await conn.fetch(
        "INSERT INTO desk_card (part, business_id, sender_id, recipient_id, number, version, name, wa_id, last_text,"
        " last_mine, last_status, last_at, unread, window_until, blocked, words)"
        " SELECT d.part, d.business_id, u.sender_id, u.recipient_id, u.number, u.version, u.name, u.wa_id,"
        " u.last_text, u.last_mine, u.last_status, u.last_at, u.unread, u.window_until, u.blocked, u.words"
        " FROM desk d JOIN unnest($2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::bigint[], $7::text[],"
        " $8::text[], $9::text[], $10::bool[], $11::text[], $12::timestamptz[], $13::bigint[], $14::timestamptz[],"
        " $15::bool[], $16::text[]) u(business_id, number, sender_id, recipient_id, version, name, wa_id, last_text,"
        " last_mine, last_status, last_at, unread, window_until, blocked, words)"
        " ON d.business_id = u.business_id WHERE d.part = $1"
        " ON CONFLICT (part, business_id, sender_id, recipient_id) DO UPDATE SET number = excluded.number,"
        " version = excluded.version, name = excluded.name, wa_id = excluded.wa_id, last_text = excluded.last_text,"
        " last_mine = excluded.last_mine, last_status = excluded.last_status, last_at = excluded.last_at,"
        " unread = excluded.unread, window_until = excluded.window_until, blocked = excluded.blocked,"
        " words = excluded.words"
        " WHERE desk_card.version < excluded.version RETURNING business_id, number",
        part, [business_id for business_id, _, _ in rows], [number for _, number, _ in rows],
        [s.sender_id for s in shown], [s.recipient_id for s in shown], [s.version for s in shown],
        [s.name for s in shown], [s.wa_id for s in shown], [s.last_text for s in shown],
        [s.last_mine for s in shown], [s.last_status for s in shown], [s.last_at for s in shown],
        [s.unread for s in shown], [s.window_until for s in shown], [s.blocked for s in shown],
        [fold(f"{s.name}\n{s.wa_id}\n{s.last_text}") for s in shown],
    )  # fmt: skip
    highest: dict[UUID, int] = {}
    for business_id, number in written:
        highest[business_id] = max(number, highest.get(business_id, 0))
    return dict(sorted(highest.items()))


async def settle(conn: Conn, part: int, shown: Sequence[Shown], now: datetime) -> set[UUID]:
    """Say of these threads that their companies have been shown this version; the people who have news by it.

    What a person wrote up to `received` counts as received from now on, and the person is told once. A thread that
    changed meanwhile stays to be projected again.
    """
    people = await recipients.lock(conn, part, list({one.recipient_id for one in shown}))
    marks = await _unreceived(conn, part, [one for one in shown if one.news])
    await conn.execute(
        "UPDATE thread t SET unprojected = t.version <> u.version,"
        " desk_received = greatest(t.desk_received, u.received)"
        " FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[])"
        " u(recipient_id, sender_id, version, received)"
        " WHERE t.part = $1 AND t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id"
        " AND (t.unprojected AND t.version = u.version OR t.desk_received < u.received)",
        part, [one.recipient_id for one in shown], [one.sender_id for one in shown],
        [one.version for one in shown], [one.received for one in shown],
    )  # fmt: skip
    await add_marks(conn, part, people, marks, now)
    return {mark.pair[0] for mark in marks}


async def _unreceived(conn: Conn, part: int, shown: Sequence[Shown]) -> list[Mark]:
    """Those of these threads, under the locks of their people, in which somebody's message becomes received now."""
    if not shown:
        return []
    rows = await conn.fetch(
        "SELECT t.recipient_id, t.sender_id, u.received FROM thread t"
        " JOIN unnest($2::uuid[], $3::text[], $4::bigint[]) u(recipient_id, sender_id, received)"
        " ON t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id"
        " WHERE t.part = $1 AND t.desk_received < u.received ORDER BY t.recipient_id, t.sender_id",
        part, [one.recipient_id for one in shown], [one.sender_id for one in shown], [one.received for one in shown],
    )  # fmt: skip
    return [Mark((row[0], row[1]), "delivered", row[2]) for row in rows]
