"""What a company's program lists: its templates, filtered and in pages, the apps that hear of it, and if it can pay."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

LINKED_APPS_MAX = 100

_TEMPLATE = (
    "SELECT business_id, template_id, name, language, category, status, parameter_format, components, ttl_s, created_at,"
    " previous_category, correct_category, rejected_reason, quality, coalesce(quality_at, created_at), sub_category,"
    " library_template_name, link_tracking_opted_out, extras, updated_at FROM template"
)
_FITS = (
    "($2::text = '' OR strpos(name, $2) > 0)"
    " AND (cardinality($3::text[]) = 0 OR language = any($3)) AND (cardinality($4::text[]) = 0 OR status = any($4))"
    " AND (cardinality($5::text[]) = 0 OR category = any($5))"
    " AND ($6::text = '' OR strpos(lower(components::text), $6) > 0)"
    " AND ($7::text = '' OR strpos(name, $7) > 0 OR strpos(lower(components::text), $7) > 0)"
    " AND (cardinality($8::text[]) = 0 OR quality = any($8)) AND (status <> 'DELETED' OR 'DELETED' = any($4))"
)

_FITTING = "SELECT count(*) FILTER (WHERE "


@value
class Listed:
    """A template; `components` is JSON in the shape of the Cloud API's list."""

    business_id: UUID
    template_id: str
    name: str
    language: str
    category: str
    status: str
    parameter_format: str
    components: str
    ttl_s: int
    created_at: datetime
    previous_category: str | None
    correct_category: str | None
    rejected_reason: str
    quality: str
    quality_at: datetime
    sub_category: str | None
    library_template_name: str | None
    link_tracking_opted_out: bool
    extras: str
    updated_at: datetime


@value
class Wanted:
    """Which templates of a business: parts of the name or of the content, and lists of which one must fit."""

    business_id: UUID
    name: str = ""
    languages: Sequence[str] = ()
    statuses: Sequence[str] = ()
    categories: Sequence[str] = ()
    content: str = ""
    name_or_content: str = ""
    qualities: Sequence[str] = ()


async def list_after(conn: Conn, wanted: Wanted, after: tuple[str, str], limit: int) -> list[Listed]:
    """The first templates behind that name and language, in the order of names and languages."""
    rows = await conn.fetch(
        f"{_TEMPLATE} WHERE business_id = $1 AND {_FITS} AND (name, language) > ($9, $10)"
        " ORDER BY name, language LIMIT $11",
        *_values(wanted), *after, limit,
    )  # fmt: skip
    return [Listed(*row) for row in rows]


async def list_before(conn: Conn, wanted: Wanted, before: tuple[str, str], limit: int) -> list[Listed]:
    """The last templates before that name and language, in the same order."""
    rows = await conn.fetch(
        f"{_TEMPLATE} WHERE business_id = $1 AND {_FITS} AND (name, language) < ($9, $10)"
        " ORDER BY name DESC, language DESC LIMIT $11",
        *_values(wanted), *before, limit,
    )  # fmt: skip
    return [Listed(*row) for row in reversed(rows)]


async def count(conn: Conn, wanted: Wanted) -> tuple[int, int]:
    """How many templates fit, and how many the business has in all."""
    row = await conn.fetchrow(
        f"{_FITTING}{_FITS}), count(*) FILTER (WHERE status <> 'DELETED') FROM template WHERE business_id = $1",
        *_values(wanted),
    )
    assert row is not None
    return row[0], row[1]


async def find(conn: Conn, template_id: str) -> Listed | None:
    """A template by its id, unless it is deleted."""
    row = await conn.fetchrow(f"{_TEMPLATE} WHERE template_id = $1 AND status <> 'DELETED'", template_id)
    return None if row is None else Listed(*row)


@value
class Compared:
    """How often a template was sent in one part."""

    template_id: str
    sends: int


@value
class Blocked:
    """How many people blocked the sender of a template's messages for one reason, in one part; "" is none given."""

    template_id: str
    reason: str
    blocks: int


async def count_sends(
    conn: Conn, part: int, template_ids: Sequence[str], start: datetime, end: datetime
) -> list[Compared]:
    """Sends of these templates in one part, accepted in that time."""
    rows = await conn.fetch(
        "SELECT template_id, count(*) FROM message WHERE part = $1 AND accepted_at >= $3 AND accepted_at < $4"
        " AND template_id = any($2) AND status <> 'failed' GROUP BY template_id",
        part, list(template_ids), start, end,
    )  # fmt: skip
    return [Compared(*row) for row in rows]


async def count_blocks(
    conn: Conn, part: int, template_ids: Sequence[str], start: datetime, end: datetime
) -> list[Blocked]:
    """Blocks that messages of these templates caused, delivered in that time, by the reasons that people gave."""
    rows = await conn.fetch(
        "SELECT template_id, reason, count(*) FROM feedback WHERE part = $1 AND template_id = any($2)"
        " AND kind = 'block' AND undone_at IS NULL AND slot_at >= $3 AND slot_at < $4 GROUP BY template_id, reason",
        part, list(template_ids), start, end,
    )  # fmt: skip
    return [Blocked(*row) for row in rows]


async def list_linked(conn: Conn, business_id: UUID) -> list[tuple[str, str]]:
    """The first 100 apps that hear what happens to a business, each with its name."""
    rows = await conn.fetch(
        "SELECT app_id, a.name FROM subscribed_app JOIN app a USING (app_id)"
        " WHERE subscribed_app.business_id = $1 ORDER BY app_id LIMIT $2",
        business_id, LINKED_APPS_MAX,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def has_funds(conn: Conn, part: int, contract_id: UUID, now: datetime) -> bool:
    """Whether a contract has any money to send with, granted money that is good `now` included."""
    found = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM account a LEFT JOIN credit_grant g ON g.part = $1"
        " AND g.contract_id = a.contract_id AND g.account = a.kind AND g.closed_at IS NULL AND g.voided_at IS NULL"
        " AND g.expires_at > $3 WHERE a.part = $1 AND a.contract_id = $2"
        " AND (a.kind = 'spend' OR g.account IS NOT NULL) AND a.posted_micros - a.pending_micros > a.min_available)",
        part, contract_id, now,
    )  # fmt: skip
    return bool(found)


def _values(wanted: Wanted) -> tuple[object, ...]:
    return (
        wanted.business_id, wanted.name, list(wanted.languages), list(wanted.statuses), list(wanted.categories),
        wanted.content.lower(), wanted.name_or_content.lower(),
        list(wanted.qualities),
    )  # fmt: skip
