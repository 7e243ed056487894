"""The world that benchmarks and the crash test play in: companies with money, and people with devices.

Everything is written through the same functions as the demo world, so that no short cut flatters a figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takt.actions.publish import publish
from takt.clock import CLOCK
from takt.core.entries import Payer
from takt.core.ids import slot_of, slot_of_key
from takt.store import businesses, devices, ledger, recipients
from takt.store.businesses import NewTemplate, NewToken
from takt.store.pool import Conn
from takt.store.recipients import NewRecipient
from takt.store.reference import App, Business, Sender
from takt.store.site import part_of

CARD: Final = "bench"
PRICE_MICROS: Final = 45_600
FUNDS_MICROS: Final = 10**13
THROUGHPUT_PER_S: Final = 100_000
SCOPES: Final = ("whatsapp_business_messaging", "whatsapp_business_management")
TEMPLATE: Final = "order_update"
TEMPLATE_BODY: Final = "Hallo {{1}}, Ihre Bestellung {{2}} ist unterwegs."
CARD_BODY: Final[dict[str, Any]] = {
    "card": CARD,
    "currency": "EUR",
    "rules": [
        {"when": {"category": "service"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "utility", "window": "open"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "marketing", "market": "DE"}, "price": 113_100},
        {"price": PRICE_MICROS},
    ],
}


@dataclass(frozen=True, slots=True)
class Company:
    """A live company: what its program needs to send, and where its money lies."""

    token: str
    senders: tuple[str, ...]
    payer: Payer
    app_secret: str


@dataclass(frozen=True, slots=True)
class Person:
    """A user with one device."""

    wa_id: str
    recipient_id: UUID
    device: str


async def add_prices(conn: Conn) -> None:
    """The rate card that all companies here pay by."""
    await publish(conn, CARD_BODY, CLOCK.now() - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a company's app hears about everything, and how many events it takes in one request."""

    callback_url: str
    events_per_post: int = 1


async def add_company(
    conn: Conn, parts: tuple[int, ...], number: int, *, senders: int = 1, listening: Listening | None = None,
    funds_micros: int = FUNDS_MICROS,
) -> Company:  # fmt: skip
    """A company, with money for 200 million messages unless something else is said."""
    now = CLOCK.now()
    business_id = CLOCK.new_id()
    contract_id = CLOCK.new_id(slot_of(business_id))
    business = Business(
        business_id, f"20{number:010d}", f"Company {number}", "live", True, "", "", "de", contract_id,
        part_of(parts, slot_of(contract_id)), CARD,
    )  # fmt: skip
    payer = (business.contract_part, contract_id)
    await businesses.add_business(conn, business, now)
    await businesses.add_contract(conn, business, "EUR", now)
    await ledger.add_top_up(conn, payer, CLOCK.new_id(slot_of(contract_id)), funds_micros, "", now)
    sender_ids = tuple(f"1{number:04d}{one:06d}" for one in range(senders))
    for sender_id in sender_ids:
        sender = Sender(sender_id, business, "outreach", "live", f"49{sender_id}", "Sender", THROUGHPUT_PER_S, 5)
        await businesses.add_sender(conn, parts, sender, now)
    components = [{"type": "BODY", "text": TEMPLATE_BODY}]
    template = NewTemplate(f"40{number:010d}", business_id, TEMPLATE, "de", "utility", components)
    await businesses.add_template(conn, template, now)
    token, secret = f"EAA{CLOCK.new_secret()}", CLOCK.new_secret(32)
    app = App(f"30{number:010d}", business_id, f"Company {number}", secret)
    await businesses.add_app(conn, app, now)
    await businesses.add_token(conn, NewToken(token, "system_user", app.app_id, business_id, SCOPES), now)
    if listening is not None:
        await _listen(conn, app, listening, now)
    return Company(token, sender_ids, payer, secret)


async def _listen(conn: Conn, app: App, listening: Listening, now: datetime) -> None:
    await conn.execute(
        "INSERT INTO endpoint (endpoint_id, app_id, object, callback_url, verify_token, fields, version, created_at,"
        " events_per_post) VALUES ($1, $2, 'whatsapp_business_account', $3, 'verify', $4, 'v24.0', $5, $6)",
        CLOCK.new_id(), app.app_id, listening.callback_url, ["messages"], now, listening.events_per_post,
    )  # fmt: skip


async def add_people(conn: Conn, parts: tuple[int, ...], numbers: Sequence[int]) -> list[Person]:
    """People with a device each; `numbers` tell them apart."""
    now = CLOCK.now()
    people = []
    for number in numbers:
        wa_id = f"4917{number:08d}"
        slot = slot_of_key(wa_id)
        part = part_of(parts, slot)
        person = Person(wa_id, CLOCK.new_id(slot), f"d{slot:03x}{CLOCK.new_secret()}")
        known_as = NewRecipient(person.recipient_id, wa_id, f"DE.{number:012d}", f"Person {number}", "de", "DE")
        await recipients.add(conn, part, known_as, now)
        await devices.add(conn, part, person.device, person.recipient_id, "bench", now)
        people.append(person)
    return people
