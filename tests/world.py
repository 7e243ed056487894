"""A small world for tests on a database: one live company with two senders, templates, prices and money.

People come where a test asks for them. Everything is really committed, in a database of the test's own. `twins` proves
that nothing strays into another part.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from takt.actions.publish import publish
from takt.clock import CLOCK
from takt.core.content import Content, Parameter, TemplateComponent, TemplateContent, TextContent
from takt.core.ids import SLOTS, slot_of_key
from takt.core.message import SendMessage
from takt.store import businesses, ledger, recipients, tact
from takt.store.businesses import NewTemplate
from takt.store.migrate import available, statements
from takt.store.pool import Conn, transaction
from takt.store.recipients import NewRecipient
from takt.store.reference import App, Business, Reference, Sender
from takt.store.site import Site, Spread
from takt.store.stamp import touch

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORIGIN: Final = "https://graph.example"
"""Where companies reach the world."""
FUNDS: Final = 10_000_000
UTILITY: Final = 50_000
MARKETING: Final = 100_000
DROP: Final = re.compile(r"^DROP TABLE (\w+)", re.MULTILINE)
TWIN: Final = 1000
"""What the part of a twin is ahead of the part of its row."""

CARD: Final[dict[str, Any]] = {
    "card": "card",
    "currency": "EUR",
    "rules": [
        {"when": {"category": "service"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "utility", "window": "open"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "marketing"}, "price": MARKETING},
        {"price": UTILITY},
    ],
}


OPEN_HOURS: Final[dict[str, Any]] = {"from": "00:00", "to": "24:00", "quiet_days": []}
OPEN: Final[dict[str, Any]] = {
    "quiet_hours": {
        "default": OPEN_HOURS,
        "countries": dict.fromkeys(("BR", "FR", "IN", "KR", "KZ", "US", "VN"), OPEN_HOURS),
    },
    "caps": {"person_per_day": 1000, "person_per_week": 1000, "sender_per_day": 1000, "sender_per_week": 1000},
    "admission": {"mode": "off"},
}
"""A policy under which advertising may arrive at any hour, and as much of it as you like."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person with the part that their rows lie in."""

    part: int
    recipient_id: UUID
    wa_id: str


@dataclass(frozen=True, slots=True)
class World:
    """The company and its senders; what people did is added by the methods."""

    site: Site
    reference: Reference
    business: Business
    outreach: Sender
    support: Sender
    endpoint_id: UUID

    @property
    def payer(self) -> tuple[int, UUID]:
        return self.business.contract_part, self.business.contract_id

    def part_of(self, wa_id: str) -> int:
        return self.site.part_of(slot_of_key(wa_id))

    def numbers(self, part: int, count: int) -> list[str]:
        """So many wa_ids that belong to this part; always the same ones."""
        found = (wa_id for wa_id in map(str, range(491700000001, 491700100000)) if self.part_of(wa_id) == part)
        return [next(found) for _ in range(count)]

    async def add_person(self, wa_id: str, *, name: str = "Mara", market: str = "DE") -> Somebody:
        person = NewRecipient(CLOCK.new_id_beside(wa_id), wa_id, f"DE.{wa_id}", name, "de", market)
        part = self.part_of(wa_id)
        async with transaction(self.site.pool(part)) as conn:
            await recipients.add(conn, part, person, NOW)
        return Somebody(part, person.recipient_id, wa_id)

    async def set_thread(self, person: Somebody, sender: Sender, **columns: Any) -> None:
        """Put a thread of these two into some state."""
        names = ["last_at", *columns]
        await self.execute(
            f"INSERT INTO thread (part, recipient_id, sender_id, {', '.join(names)}) VALUES"
            f" ($1, $2, $3, {', '.join(f'${n + 4}' for n in range(len(names)))})",
            person.part, person.recipient_id, sender.sender_id, NOW - timedelta(hours=1), *columns.values(),
        )  # fmt: skip

    async def invite(self, person: Somebody, sender: Sender) -> None:
        """Let the person have written an hour ago: the window stands open for 23 more."""
        await self.set_thread(
            person, sender, inbound_count=1, inbound_cursor=0, window_until=NOW + timedelta(hours=23), accepted=True
        )

    async def set_marketing(self, person: Somebody, *, granted: bool) -> UUID:
        """Let the person have said yes or no to the company's marketing; the id of the record."""
        record_id = CLOCK.new_id()
        await self.execute(
            "INSERT INTO consent (part, recipient_id, business_id, purpose, granted, source, record_id, at)"
            " VALUES ($1, $2, $3, 'marketing', $4, 'chat', $5, $6)",
            person.part, person.recipient_id, self.business.business_id, granted, record_id, NOW - timedelta(days=9),
        )  # fmt: skip
        return record_id

    async def set_policy(self, document: dict[str, Any]) -> None:
        """Let this policy apply from the beginning on."""
        async with transaction(self.site.everywhere) as conn:
            await tact.add_version(conn, document, "olga", NOW - timedelta(days=30), NOW)
            await touch(conn)

    async def set_reference(self, statement: str, *values: Any) -> None:
        """Change a reference row, as an operator would."""
        async with transaction(self.site.everywhere) as conn:
            await conn.execute(statement, *values)
            await touch(conn)

    async def execute(self, statement: str, *values: Any) -> None:
        await self.site.everywhere.execute(statement, *values)

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.site.everywhere.fetch(query, *values)]

    async def count(self, table: str) -> int:
        found = await self.site.everywhere.fetchval(
            f"SELECT count(*) FROM {table} WHERE part = any($1)", self.site.parts
        )
        return int(found)

    async def money(self) -> tuple[int, int]:
        """Posted and pending micro-units of the company's wallet."""
        part, contract_id = self.payer
        row = await self.site.everywhere.fetchrow(
            "SELECT posted_micros, pending_micros FROM account WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
            part, contract_id,
        )  # fmt: skip
        assert row is not None
        return row[0], row[1]


def text_to(world: World, wa_id: str, body: str = "Hallo", *, sender: Sender | None = None) -> SendMessage:
    """A free text, from the outreach sender unless said otherwise."""
    return _command(world, wa_id, TextContent(body), sender)


def template_to(
    world: World, wa_id: str, name: str = "order_update", *values: str, sender: Sender | None = None
) -> SendMessage:
    """A German template with these body values, by default the utility one, which takes one."""
    given = values or ("4711",)
    content = TemplateContent(
        name, "de", (TemplateComponent("body", tuple(Parameter("text", value) for value in given)),)
    )
    return _command(world, wa_id, content, sender)


def _command(world: World, wa_id: str, content: Content, sender: Sender | None) -> SendMessage:
    spoken_as = (sender or world.outreach).sender_id
    return SendMessage(CLOCK.new_id_beside(wa_id), spoken_as, f"+{wa_id}", wa_id, content)


async def make_world(site: Site) -> World:
    """The company with its money, templates and senders, an endpoint that hears everything, and an open policy."""
    contract_id = CLOCK.new_id(SLOTS - 1)
    business = Business(
        CLOCK.new_id(), "200493023125", "Nordwind", "live", True, "", "", "de", contract_id,
        site.parts[-1], "card",
    )  # fmt: skip
    outreach = Sender("100493023125001", business, "outreach", "live", "493023125001", "Nordwind", 100_000, 5)
    support = Sender("100493023125002", business, "support", "live", "493023125002", "Nordwind Support", 100_000, 5)
    endpoint_id = CLOCK.new_id()
    async with transaction(site.everywhere) as conn:
        await tact.add_version(conn, OPEN, "olga", NOW - timedelta(days=30), NOW)
        await publish(conn, CARD, NOW - timedelta(days=30))
        await businesses.add_business(conn, business, NOW)
        await businesses.add_contract(conn, business, "EUR", NOW)
        await ledger.add_top_up(conn, (business.contract_part, contract_id), CLOCK.new_id(), FUNDS, "", NOW)
        for sender in (outreach, support):
            await businesses.add_sender(conn, site.parts, sender, NOW - timedelta(hours=1))
        for template in _templates(business):
            await businesses.add_template(conn, template, NOW)
        app = App("300493023125", business.business_id, "Nordwind", "secret of sixteen and more")
        await businesses.add_app(conn, app, NOW)
        await conn.execute(
            "INSERT INTO endpoint (endpoint_id, app_id, object, callback_url, verify_token, fields, version, created_at)"
            " VALUES ($1, $2, 'whatsapp_business_account', 'https://nordwind.example/hooks', 'v', $3, 'v24.0', $4)",
            endpoint_id, app.app_id, ["messages", "user_preferences"], NOW,
        )  # fmt: skip
    return World(site, Reference(), business, outreach, support, endpoint_id)


def _templates(business: Business) -> Sequence[NewTemplate]:
    def template(number: int, name: str, category: str, status: str = "APPROVED", ttl_s: int = 3600) -> NewTemplate:
        return NewTemplate(
            f"40049302312500{number}", business.business_id, name, "de", category,
            [{"type": "BODY", "text": "Neues zu {{1}}."}], status=status, ttl_s=ttl_s,
        )  # fmt: skip

    return (
        template(1, "order_update", "utility"),
        template(2, "autumn_offer", "marketing"),
        template(3, "paused_offer", "marketing", "PAUSED"),
        template(4, "disabled_offer", "marketing", "DISABLED"),
        template(5, "new_offer", "marketing", "PENDING"),
    )


class OnePool:
    """Looks like a pool and hands out one connection, so that a test can roll back all that was committed to it."""

    def __init__(self, conn: Conn) -> None:
        self._conn = conn

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Conn]:
        yield self._conn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)


@cache
def _spread_tables() -> tuple[str, ...]:
    """The tables with a part, each after those it refers to."""
    return tuple(table for table, spread in tables().items() if spread is not Spread.REFERENCE)


@cache
def tables() -> dict[str, Spread]:
    """The tables that all migrations leave, each with how it is spread, in the order in which they are made."""
    left: dict[str, Spread] = {}
    for migration in available():
        for one in statements(migration.text):
            dropped = DROP.search(one.text)
            if one.table is not None and one.spread is not None:
                left[one.table] = one.spread
            elif dropped is not None:
                del left[dropped[1]]
    return left


@asynccontextmanager
async def twins(world: World) -> AsyncIterator[None]:
    """Give every row a twin of the same ids in a part that nobody asks for; at the end all must be as they were.

    The twins tell other things than their rows do, so that a statement that forgets its part also decides wrongly.
    """
    async with transaction(world.site.everywhere) as conn:
        columns = await conn.fetch(
            "SELECT attrelid::regclass::text, string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = any($1::text[]::regclass[]) AND attnum > 0 AND NOT attisdropped AND attname <> 'part'"
            " GROUP BY attrelid ORDER BY array_position($1::text[], attrelid::regclass::text)",
            _spread_tables(),
        )
        await conn.execute(
            ";".join(
                f"INSERT INTO {table} (part, {named}) SELECT part + {TWIN}, {named} FROM {table}"
                for table, named in columns
            )
        )
        await conn.execute("UPDATE recipient SET cursor = cursor + 500, name = 'Twin' WHERE part >= $1", TWIN)
        await conn.execute("UPDATE thread SET unanswered = 90, blocked_at = last_at WHERE part >= $1", TWIN)
        await conn.execute("UPDATE consent SET granted = NOT granted WHERE part >= $1", TWIN)
        await conn.execute("UPDATE message SET cursor = cursor + 500 WHERE part >= $1", TWIN)
        await conn.execute(
            "INSERT INTO pilot_member (part, recipient_id, business_id, added_at) SELECT r.part, r.recipient_id,"
            " b.business_id, $2 FROM recipient r CROSS JOIN business b WHERE r.part >= $1 ON CONFLICT DO NOTHING",
            TWIN, NOW,
        )  # fmt: skip
        await conn.execute(
            "INSERT INTO consent (part, recipient_id, business_id, purpose, granted, source, record_id, at)"
            " SELECT r.part, r.recipient_id, b.business_id, 'marketing', true, 'twin', r.recipient_id, $2"
            " FROM recipient r CROSS JOIN business b WHERE r.part >= $1 ON CONFLICT DO NOTHING",
            TWIN, NOW,
        )  # fmt: skip
        await conn.execute("UPDATE account SET posted_micros = posted_micros + 7 WHERE part >= $1", TWIN)
        before = await _of_twins(conn)
    yield
    async with transaction(world.site.everywhere) as conn:
        assert await _of_twins(conn) == before, "a statement reached into a part that it was not asked for"


async def _of_twins(conn: Conn) -> list[tuple[str, str]]:
    all_of_them = " UNION ALL ".join(
        f"SELECT '{table}', t::text FROM {table} t WHERE part >= {TWIN}" for table in _spread_tables()
    )
    return [tuple(row) for row in await conn.fetch(f"{all_of_them} ORDER BY 1, 2")]
