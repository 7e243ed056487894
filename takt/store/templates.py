"""Templates as they are changed: loaded with their whole life, written back, and what was decided about them.

Templates are reference rows; whoever changes some takes their turn first, so that limits hold and names stay single.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from takt.core.template_life import Life
from takt.core.value import value
from takt.store.pool import Conn
from takt.store.stamp import touch

_STORED = (
    "SELECT template_id, business_id, name, language, parameter_format = 'NAMED' AS named, components, ttl_s,"
    " link_tracking_opted_out, extras, library_template_name, sub_category, created_at, check_result, status, category, submitted_at,"
    " before, previous_category, correct_category, category_at, rejected_reason, quality, quality_at, pauses, paused_until,"
    " approved_at, gone_at, archived_at, edited, checked, tried_since, locked_at, room, paced_at"
    " FROM template"
)
_LIFE = tuple(one.name for one in fields(Life))


@value
class Stored:
    """A template with its life. `check_result` is the last automatic check as JSON; `extras` what is only kept."""

    template_id: str
    business_id: UUID
    name: str
    language: str
    named: bool
    components: list[dict[str, Any]]
    ttl_s: int
    link_tracking_opted_out: bool
    extras: dict[str, Any]
    library_template_name: str | None
    sub_category: str | None
    created_at: datetime
    check_result: str | None
    life: Life


@value
class Review:
    """One thing decided about a template; `findings` is JSON. `command_id` makes a repeat meet itself."""

    review_id: UUID
    command_id: UUID
    template_id: str
    actor: str
    move: str
    from_status: str
    to_status: str
    category: str
    reason: str
    note: str
    findings: str = "[]"


async def load(conn: Conn, template_ids: Sequence[str]) -> dict[str, Stored]:
    """These templates, deleted ones too, by id."""
    rows = await conn.fetch(f"{_STORED} WHERE template_id = any($1)", list(template_ids))
    return {row["template_id"]: _stored(row) for row in rows}


async def load_named(conn: Conn, business_id: UUID, name: str) -> list[Stored]:
    """All languages of a name that a business has."""
    rows = await conn.fetch(
        f"{_STORED} WHERE business_id = $1 AND name = $2 AND status <> 'DELETED' ORDER BY language", business_id, name
    )
    return [_stored(row) for row in rows]


async def load_page(conn: Conn, business_id: UUID, limit: int, offset: int) -> list[Stored]:
    """Templates of a business by name and language, from a place on."""
    rows = await conn.fetch(
        f"{_STORED} WHERE business_id = $1 AND status <> 'DELETED' ORDER BY name, language LIMIT $2 OFFSET $3",
        business_id, limit, offset,
    )  # fmt: skip
    return [_stored(row) for row in rows]


async def load_doubted(conn: Conn, business_id: UUID, statuses: Collection[str], limit: int) -> list[Stored]:
    """Templates of a business in these statuses, or of which somebody said another category; the newest first."""
    rows = await conn.fetch(
        f"{_STORED} WHERE business_id = $1 AND (status = any($2) OR (status = 'APPROVED' AND correct_category IS NOT NULL))"
        " ORDER BY submitted_at DESC, template_id LIMIT $3",
        business_id, list(statuses), limit,
    )  # fmt: skip
    return [_stored(row) for row in rows]


@value
class Due:
    """A template for which something is due."""

    template_id: str
    business_id: UUID
    status: str


async def list_due(conn: Conn, now: datetime, limit: int) -> list[Due]:
    """Templates for which something is due, the longest due first."""
    rows = await conn.fetch(
        "SELECT template_id, business_id, status FROM template WHERE due_at <= $1 ORDER BY due_at LIMIT $2", now, limit
    )
    return [Due(*row) for row in rows]


async def count(conn: Conn, business_id: UUID, since: datetime) -> tuple[int, int]:
    """How many templates a business has, and how many it made since then."""
    row = await conn.fetchrow(
        "SELECT count(*) FILTER (WHERE status <> 'DELETED'), count(*) FILTER (WHERE created_at > $2)"
        " FROM template WHERE business_id = $1",
        business_id, since,
    )  # fmt: skip
    assert row is not None
    return row[0], row[1]


async def resting(conn: Conn, business_id: UUID, name: str, since: datetime) -> datetime | None:
    """When a template of that name was deleted last, if that was after `since` and it had been approved once."""
    found: datetime | None = await conn.fetchval(
        "SELECT max(gone_at) FROM template WHERE business_id = $1 AND name = $2 AND status = 'DELETED'"
        " AND approved_at IS NOT NULL AND gone_at > $3",
        business_id, name, since,
    )  # fmt: skip
    return found


async def has_double(
    conn: Conn, business_id: UUID, template_id: str, language: str, texts: tuple[str, str]
) -> str | None:
    """The name of another template of the business in that language with the same body and footer."""
    found: str | None = await conn.fetchval(
        "SELECT name FROM template WHERE business_id = $1 AND template_id <> $2 AND language = $3"
        " AND category <> 'authentication' AND status NOT IN ('DELETED', 'PENDING_DELETION')"
        " AND jsonb_path_query_first(components, '$[*] ? (@.type == \"BODY\").text') #>> '{}' = $4"
        " AND coalesce(jsonb_path_query_first(components, '$[*] ? (@.type == \"FOOTER\").text') #>> '{}', '') = $5 LIMIT 1",
        business_id, template_id, language, *texts,
    )  # fmt: skip
    return found


async def add(conn: Conn, template: Stored) -> bool:
    """A new template; False when its id is taken."""
    made = await conn.fetchval(
        "INSERT INTO template (template_id, business_id, name, language, parameter_format, components, ttl_s,"
        " link_tracking_opted_out, extras, library_template_name, sub_category, created_at, status, category)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (template_id) DO NOTHING"
        " RETURNING template_id",
        template.template_id, template.business_id, template.name, template.language,
        "NAMED" if template.named else "POSITIONAL", _json(template.components), template.ttl_s,
        template.link_tracking_opted_out, _json(template.extras), template.library_template_name, template.sub_category, template.created_at,
        template.life.status, template.life.category,
    )  # fmt: skip
    return made is not None


async def put(conn: Conn, template: Stored, now: datetime) -> None:
    """Write a template as it is from now on."""
    await touch(conn)
    life = template.life
    await conn.execute(
        "UPDATE template SET components = $2, ttl_s = $3, parameter_format = $4, link_tracking_opted_out = $5,"
        " extras = $6, check_result = $7, updated_at = $8, status = $9, category = $10, submitted_at = $11, before = $12,"
        " previous_category = $13, correct_category = $14, category_at = $15, rejected_reason = $16, quality = $17,"
        " quality_at = $18, pauses = $19, paused_until = $20, approved_at = $21, gone_at = $22, archived_at = $23,"
        " edited = $24, checked = $25, due_at = $26, tried_since = $27, locked_at = $28,"
        " room = $29, paced_at = $30 WHERE template_id = $1",
        template.template_id, _json(template.components), template.ttl_s,
        "NAMED" if template.named else "POSITIONAL", template.link_tracking_opted_out, _json(template.extras),
        template.check_result, now, life.status, life.category, life.submitted_at, life.before, life.previous_category,
        life.correct_category, life.category_at, life.rejected_reason, life.quality, life.quality_at, life.pauses,
        life.paused_until, life.approved_at, life.gone_at, life.archived_at, list(life.edited), life.checked,
        life.due_at(), life.tried_since, life.locked_at, life.room, life.paced_at,
    )  # fmt: skip


async def known(conn: Conn, part: int, command_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Which of these commands were carried out already, each with the templates it was about."""
    rows = await conn.fetch(
        "SELECT command_id, template_id FROM template_review WHERE part = $1 AND command_id = any($2) ORDER BY review_id",
        part, list(command_ids),
    )  # fmt: skip
    found: dict[UUID, list[str]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1])
    return found


async def has_paused_utility(conn: Conn, business_id: UUID, since: datetime) -> bool:
    """Whether feedback turned an order template of the business red since then."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM template WHERE business_id = $1 AND category = 'utility' AND pauses > 0"
            " AND quality_at > $2)",
            business_id, since,
        )
    )  # fmt: skip


async def add_reviews(conn: Conn, part: int, reviews: Sequence[Review], now: datetime) -> None:
    """Write down what was decided."""
    await conn.copy_records_to_table(
        "template_review",
        columns=(
            "part", "review_id", "command_id", "template_id", "at", "actor", "move", "from_status", "to_status",
            "category", "reason", "note", "findings",
        ),
        records=[
            (part, r.review_id, r.command_id, r.template_id, now, r.actor, r.move, r.from_status, r.to_status,
             r.category, r.reason, r.note, r.findings)
            for r in reviews
        ],
    )  # fmt: skip


async def has_undelivered(conn: Conn, part: int, template_id: str) -> bool:
    """Whether messages of a template are still on their way in this part."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM message WHERE part = $1 AND status = 'accepted' AND expires_at IS NOT NULL"
            " AND template_id = $2) OR EXISTS (SELECT FROM message WHERE part = $1 AND status = 'waiting'"
            " AND template_id = $2)",
            part, template_id,
        )
    )  # fmt: skip


def _stored(row: Any) -> Stored:
    values = dict(row)
    life = Life(**{name: values.pop(name) for name in _LIFE} | {"edited": tuple(row["edited"])})
    values["components"] = msgspec.json.decode(values["components"])
    values["extras"] = msgspec.json.decode(values["extras"])
    return Stored(**values, life=life)


def _json(content: Any) -> str:
    return msgspec.json.encode(content).decode()
