"""What the operator's queue shows: templates that wait or stand in some status, and what was decided about them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from takt.core.template_life import Life
from takt.core.value import value
from takt.store import templates
from takt.store.pool import Conn

HISTORY_MAX = 100


@value
class Queued:
    """A template as a reviewer sees it; `components` and `check_result` are JSON."""

    template_id: str
    business_id: UUID
    name: str
    language: str
    category: str
    status: str
    parameter_format: str
    components: str
    submitted_at: datetime
    check_result: str | None
    rejected_reason: str
    previous_category: str | None
    correct_category: str | None
    category_at: datetime | None
    quality: str
    pauses: int
    paused_until: datetime | None


@value
class Decided:
    """One line of a template's history; `findings` is JSON."""

    at: datetime
    actor: str
    move: str
    from_status: str
    to_status: str
    category: str
    reason: str
    note: str
    findings: str


_QUEUED = (
    "SELECT template_id, business_id, name, language, category, status, parameter_format, components, submitted_at,"
    " check_result, rejected_reason, previous_category, correct_category, category_at, quality, pauses, paused_until"
    " FROM template"
)


@value
class Wanted:
    """Which templates are asked for: in these statuses, of one business or of all, of one category or of all."""

    statuses: tuple[str, ...]
    business_id: UUID | None = None
    category: str | None = None


_WANTED = "status = any($1) AND ($2::uuid IS NULL OR business_id = $2) AND ($3::text IS NULL OR category = $3)"


async def list_queue(conn: Conn, wanted: Wanted, after: str, limit: int) -> list[Queued]:
    """Templates that are asked for, the longest waiting first, behind the one named `after`."""
    before = await find(conn, after) if after else None
    rows = await conn.fetch(
        f"{_QUEUED} WHERE {_WANTED} AND ($4::timestamptz IS NULL OR (submitted_at, template_id) > ($4, $5))"
        " ORDER BY submitted_at, template_id LIMIT $6",
        list(wanted.statuses), wanted.business_id, wanted.category,
        before.submitted_at if before else None, after, limit,
    )  # fmt: skip
    return [Queued(*row) for row in rows]


async def count(conn: Conn, wanted: Wanted) -> int:
    """How many templates are asked for."""
    found: int = await conn.fetchval(
        f"SELECT count(*) FROM template WHERE {_WANTED}",  # noqa: S608 - a constant
        list(wanted.statuses), wanted.business_id, wanted.category,
    )  # fmt: skip
    return found


async def find(conn: Conn, template_id: str) -> Queued | None:
    """One template, deleted or not."""
    row = await conn.fetchrow(f"{_QUEUED} WHERE template_id = $1", template_id)
    return None if row is None else Queued(*row)


async def history(conn: Conn, part: int, template_id: str) -> list[Decided]:
    """What was decided about a template, the last hundred, newest first; `part` is that of the company's contract."""
    rows = await conn.fetch(
        "SELECT at, actor, move, from_status, to_status, category, reason, note, findings FROM template_review"
        " WHERE part = $1 AND template_id = $2 ORDER BY review_id DESC LIMIT $3",
        part, template_id, HISTORY_MAX,
    )  # fmt: skip
    return [Decided(*row) for row in rows]


@value
class Doubted:
    """A template that somebody decided against, or of which somebody said another category."""

    template_id: str
    name: str
    language: str
    life: Life


async def doubted(conn: Conn, business_id: UUID, statuses: Collection[str], limit: int) -> list[Doubted]:
    """Those of a business, in these statuses or of another category; the newest first."""
    found = await templates.load_doubted(conn, business_id, statuses, limit)
    return [Doubted(one.template_id, one.name, one.language, one.life) for one in found]


async def newest(conn: Conn, part: int, template_ids: Sequence[str]) -> dict[tuple[str, bool], Decided]:
    """The newest line of each of these templates, and whether it is its company's; `part` as above."""
    rows = await conn.fetch(
        "SELECT DISTINCT ON (template_id, actor = 'company') template_id, at, actor, move, from_status, to_status,"
        " category, reason, note, findings FROM template_review WHERE part = $1 AND template_id = any($2)"
        " ORDER BY template_id, actor = 'company', review_id DESC",
        part, template_ids,
    )  # fmt: skip
    return {(row[0], row[2] == "company"): Decided(*row[1:]) for row in rows}
