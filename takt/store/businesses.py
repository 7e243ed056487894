"""Companies with what belongs to them: senders, templates, rate cards, apps and tokens. All of it reference rows."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from takt.core.value import value
from takt.store.pool import Conn
from takt.store.reference import App, Business, Sender
from takt.store.stamp import touch


@value
class NewTemplate:
    """A template in one language, with its components as the Cloud API lists them."""

    template_id: str
    business_id: UUID
    name: str
    language: str
    category: str
    components: list[dict[str, Any]]
    named: bool = False
    status: str = "APPROVED"
    ttl_s: int = 2_592_000


@value
class NewToken:
    """A token of kind `system_user`, `operator` or `staff`; only its SHA-256 is kept."""

    token: str
    kind: str
    app_id: str | None = None
    business_id: UUID | None = None
    scopes: tuple[str, ...] = ()


@value
class NewStaff:
    """A person who works for a company, or for the operator when there is no company."""

    staff_id: UUID
    business_id: UUID | None
    login: str
    name: str
    role: str
    demo_key: str | None = None
    password_hash: str | None = None


async def add_business(conn: Conn, business: Business, now: datetime) -> None:
    """A new company, at its stage and with its contract and card."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO business (business_id, waba_id, name, stage, verified, about, imprint, locale, contract_id,"
        " contract_part, card, created_at, owner_id, tier, tier_at, time_zone, partner_part, partner_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $12, $15, $16, $17)",
        business.business_id, business.waba_id, business.name, business.stage, business.verified, business.about,
        business.imprint, business.locale, business.contract_id, business.contract_part, business.card, now,
        business.owner_id, business.tier, business.time_zone, *(business.partner or (None, None)),
    )  # fmt: skip


async def set_shadow_card(conn: Conn, business_id: UUID, card: str | None) -> None:
    """Let a company's traffic be priced by another card, too, without moving money; None: no longer."""
    await touch(conn)
    await conn.execute("UPDATE business SET shadow_card = $2 WHERE business_id = $1", business_id, card)


async def add_contract(conn: Conn, business: Business, currency: str, now: datetime) -> None:
    """The contract of a company with its spend account; prepaid, for nothing may be owed yet."""
    part, contract_id = business.contract_part, business.contract_id
    await conn.execute(
        "INSERT INTO contract (part, contract_id, business_id, mode, currency, time_zone, created_at)"
        " VALUES ($1, $2, $3, 'prepaid', $4, $5, $6)",
        part, contract_id, business.business_id, currency, business.time_zone, now,
    )  # fmt: skip
    await conn.execute(
        "INSERT INTO account (part, contract_id, kind, currency, min_available) VALUES ($1, $2, 'spend', $3, 0)",
        part, contract_id, currency,
    )  # fmt: skip


async def selling_currency(conn: Conn, part: int, contract_id: UUID) -> str | None:
    """In what a contract is paid; None when there is no such contract, or a partner sells to its company itself."""
    found: str | None = await conn.fetchval(
        "SELECT c.currency FROM contract c JOIN business b USING (business_id)"
        " WHERE c.part = $1 AND c.contract_id = $2 AND b.partner_id IS NULL",
        part,
        contract_id,
    )
    return found


async def add_sender(conn: Conn, parts: Iterable[int], sender: Sender, now: datetime) -> None:
    """A new sender of a company, with its pace in every part."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO sender (sender_id, business_id, kind, status, phone, verified_name, throughput_per_s,"
        " unanswered_max, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        sender.sender_id, sender.business.business_id, sender.kind, sender.status, sender.phone, sender.verified_name,
        sender.throughput_per_s, sender.unanswered_max, now,
    )  # fmt: skip
    for part in parts:
        await conn.execute("INSERT INTO pace (part, sender_id, tat) VALUES ($1, $2, $3)", part, sender.sender_id, now)


async def add_template(conn: Conn, template: NewTemplate, now: datetime) -> None:
    """A new template."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO template (template_id, business_id, name, language, category, status, parameter_format,"
        " components, ttl_s, created_at, submitted_at, updated_at, approved_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, $11)",
        template.template_id, template.business_id, template.name, template.language, template.category,
        template.status, "NAMED" if template.named else "POSITIONAL",
        msgspec.json.encode(template.components).decode(), template.ttl_s, now,
        None if template.status in ("PENDING", "REJECTED") else now,
    )  # fmt: skip


async def add_app(conn: Conn, app: App, now: datetime) -> None:
    """A new app of a company, told about everything that happens to it; one that is there stays."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO app (app_id, business_id, name, secret, proof_required, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (app_id) DO NOTHING",
        app.app_id, app.business_id, app.name, app.secret, app.proof_required, now,
    )  # fmt: skip
    await conn.execute(
        "INSERT INTO subscribed_app (business_id, app_id, created_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (business_id, app_id) DO NOTHING",
        app.business_id, app.app_id, now,
    )  # fmt: skip


async def set_app(conn: Conn, app_id: str, secret: str | None = None, *, proof_required: bool | None = None) -> None:
    """A new secret for an app, with which webhooks are signed from the next batch on, or another wish for proofs.

    None leaves it as it is.
    """
    await touch(conn)
    await conn.execute(
        "UPDATE app SET secret = coalesce($2, secret), proof_required = coalesce($3, proof_required) WHERE app_id = $1",
        app_id, secret, proof_required,
    )  # fmt: skip


async def add_token(conn: Conn, token: NewToken, now: datetime) -> None:
    """A new token, valid until it is taken away."""
    await conn.execute(
        "INSERT INTO token (sha256, kind, app_id, business_id, scopes, issued_at) VALUES ($1, $2, $3, $4, $5, $6)",
        sha256(token.token.encode()).digest(), token.kind, token.app_id, token.business_id, list(token.scopes), now,
    )  # fmt: skip


async def has_token(conn: Conn, token: str) -> bool:
    """Whether this token was ever given out and is still there."""
    return bool(await conn.fetchval("SELECT count(*) FROM token WHERE sha256 = $1", sha256(token.encode()).digest()))


async def has_business(conn: Conn, waba_id: str) -> bool:
    """Whether a company of this WABA id is there."""
    return bool(await conn.fetchval("SELECT count(*) FROM business WHERE waba_id = $1", waba_id))


async def add_staff(conn: Conn, member: NewStaff, now: datetime) -> None:
    """A new person on the staff."""
    await conn.execute(
        "INSERT INTO staff (staff_id, business_id, login, name, role, created_at, demo_key, password_hash)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        member.staff_id, member.business_id, member.login, member.name, member.role, now, member.demo_key,
        member.password_hash,
    )  # fmt: skip


async def set_stage(conn: Conn, business_id: UUID, stage: str) -> None:
    """A company moves to this stage of the pilot."""
    await touch(conn)
    await conn.execute("UPDATE business SET stage = $2 WHERE business_id = $1", business_id, stage)


async def set_tier(conn: Conn, business_id: UUID, tier: str, now: datetime) -> None:
    """How many people a company may reach from now on."""
    await touch(conn)
    await conn.execute("UPDATE business SET tier = $2, tier_at = $3 WHERE business_id = $1", business_id, tier, now)


async def set_owner(conn: Conn, business_id: UUID, owner_id: UUID | None) -> None:
    """Who stands behind a company; None is itself."""
    await touch(conn)
    await conn.execute("UPDATE business SET owner_id = $2 WHERE business_id = $1", business_id, owner_id)


async def set_cut(conn: Conn, business_id: UUID, until: datetime) -> None:
    """A company may reach few people until then."""
    await touch(conn)
    await conn.execute("UPDATE business SET cut_until = $2 WHERE business_id = $1", business_id, until)
