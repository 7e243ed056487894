"""Purposes: what companies ask consent for. A wording that was shown stays; a new one is a new version."""

from datetime import datetime
from uuid import UUID

from takt.core.denial import Text
from takt.core.purpose import Purpose
from takt.store.pool import Conn


async def newest(conn: Conn) -> dict[UUID, dict[str, Purpose]]:
    """The newest version of each company's purposes, by company and key."""
    rows = await conn.fetch(
        "SELECT DISTINCT ON (business_id, key) business_id, key, version, name_en, name_de, wording_en, wording_de,"
        " legal_name FROM purpose ORDER BY business_id, key, version DESC"
    )
    found: dict[UUID, dict[str, Purpose]] = {}
    for business_id, key, version, name_en, name_de, wording_en, wording_de, legal_name in rows:
        made = Purpose(key, version, Text(name_en, name_de), Text(wording_en, wording_de), legal_name)
        found.setdefault(business_id, {})[key] = made
    return found


async def add(conn: Conn, business_id: UUID, one: Purpose, now: datetime) -> None:
    """A version of a purpose."""
    await conn.execute(
        "INSERT INTO purpose (business_id, key, version, name_en, name_de, wording_en, wording_de, legal_name, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        business_id, one.key, one.version, one.name.en, one.name.de, one.wording.en, one.wording.de, one.legal_name, now,
    )  # fmt: skip


async def set_template(conn: Conn, business_id: UUID, template_id: str, purpose: str) -> bool:
    """Which purpose a company's template serves; False when there is no such template."""
    found = await conn.fetchval(
        "UPDATE template SET purpose = $3 WHERE business_id = $1 AND template_id = $2 AND status <> 'DELETED'"
        " RETURNING true",
        business_id, template_id, purpose,
    )  # fmt: skip
    return bool(found)
