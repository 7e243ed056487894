"""Makes the demo world in an empty installation, and keeps its secrets in `demo.env`."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from takt import cards
from takt.actions.ask_consent import Ask, AskConsent
from takt.actions.consent import any_sender
from takt.actions.consent_acts import Acts, Circumstances, Declaration
from takt.actions.contract import set_limit
from takt.actions.legal import SetCustomer, SetOperator, set_legal
from takt.actions.publish import publish
from takt.clock import Clock
from takt.core.consent import Act
from takt.core.ids import derive_id, slot_of, slot_of_key, user_code
from takt.core.purpose import DEFAULT
from takt.core.reach import UNVERIFIED_TIER
from takt.core.value import value
from takt.demo import legal, season, world
from takt.demo.world import BusinessSeed, PersonSeed, TemplateSeed
from takt.store import businesses, devices, flows, ledger, purposes, recipients, tact
from takt.store.businesses import NewStaff, NewTemplate, NewToken
from takt.store.flows import NewFlow, Written
from takt.store.pool import Conn
from takt.store.recipients import NewRecipient
from takt.store.reference import App, Business, Reference, Sender
from takt.store.site import part_of

ENV_NAME = "demo.env"
AGE = timedelta(days=100)
"""The demo has a past: its prices hold and its senders send since then."""
SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management", "business_management")


@value
class Secrets:
    """What only `demo.env` knows: the database keeps hashes of it."""

    app_secret: str
    token: str
    operator_token: str
    devices: dict[str, str]


def business_id(key: str) -> UUID:
    """The same id for the same demo company in every installation."""
    return derive_id(slot_of_key(f"demo business {key}"), "demo business", key)


def recipient_id(person: PersonSeed) -> UUID:
    """The same id for the same demo person in every installation."""
    return derive_id(slot_of_key(person.wa_id), "demo person", person.key)


def read_secrets(home: Path) -> Secrets | None:
    """The secrets of an earlier run, or None when there was none."""
    path = home / ENV_NAME
    if not path.exists():
        return None
    values = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    try:
        return Secrets(
            values["TAKT_APP_SECRET"],
            values["TAKT_TOKEN"],
            values["TAKT_OPERATOR_TOKEN"],
            {person.key: values[f"TAKT_DEVICE_{person.key.upper()}"] for person in world.PEOPLE},
        )
    except KeyError:
        return None


def new_secrets(clock: Clock) -> Secrets:
    """Fresh secrets; a device token begins with the slot of its person."""
    return Secrets(
        app_secret=clock.new_secret(32),
        token=f"EAA{clock.new_secret(60)}",
        operator_token=f"OP{clock.new_secret(60)}",
        devices={person.key: f"d{slot_of_key(person.wa_id):03x}{clock.new_secret(40)}" for person in world.PEOPLE},
    )


def write_env(home: Path, url: str, secrets: Secrets) -> Path:
    """Write `demo.env` (readable by its owner alone) and give its path."""
    nordwind = world.BUSINESSES[0]
    senders = {sender.key: sender.sender_id for sender in nordwind.senders}
    values = {
        "TAKT_URL": url,
        "TAKT_API_VERSION": world.API_VERSION,
        "TAKT_APP_ID": nordwind.app_id,
        "TAKT_APP_SECRET": secrets.app_secret,
        "TAKT_WABA_ID": nordwind.waba_id,
        "TAKT_TOKEN": secrets.token,
        "TAKT_SENDER_OUTREACH": senders["outreach"],
        "TAKT_SENDER_SUPPORT": senders["support"],
        **{f"TAKT_USER_{person.key.upper()}": person.wa_id for person in world.PEOPLE},
        **{f"TAKT_DEVICE_{person.key.upper()}": secrets.devices[person.key] for person in world.PEOPLE},
        "TAKT_OPERATOR_TOKEN": secrets.operator_token,
    }
    path = home / ENV_NAME
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    return path


async def seed(conn: Conn, parts: tuple[int, ...], secrets: Secrets, clock: Clock) -> None:
    """Write the whole demo world in the caller's transaction."""
    now = clock.now()
    await tact.add_version(conn, world.POLICY, "demo", now - AGE, now)
    for name in cards.STARTING:
        await publish(conn, cards.document(name), now - AGE)
    await set_legal(conn, 0, [SetOperator(legal.OPERATOR, "demo")], now, again=False)
    for business in (*world.BUSINESSES, season.BUSINESS):
        await _add_business(conn, parts, business, clock)
    for template in world.TEMPLATES:
        await businesses.add_template(conn, _new_template(template), now)
    for template in season.TEMPLATES:
        await businesses.add_template(conn, _new_template(template), now - season.SINCE)
    nordwind = world.BUSINESSES[0]
    app = App(nordwind.app_id, business_id("nordwind"), nordwind.name, secrets.app_secret)
    await businesses.add_app(conn, app, now)
    for plan in world.FLOWS:
        written = Written(json.dumps(plan.body, ensure_ascii=False, indent=2), "[]", plan.body["version"], None)
        made = NewFlow(
            plan.flow_id, business_id("nordwind"), app.app_id, plan.name, (plan.category,), "PUBLISHED", written, None,
            clock.new_secret(),
        )  # fmt: skip
        await flows.add(conn, made, now, now)
    for member in (*world.STAFF, *season.STAFF):
        owner = business_id(member.business) if member.business is not None else None
        await businesses.add_staff(
            conn,
            NewStaff(clock.new_id(), owner, f"{member.key}@takt.example", member.name, member.role, member.key),
            now,
        )
    for one in world.PURPOSES:
        await purposes.add(conn, business_id(one.business), one.purpose, now - AGE)
    reference = Reference()  # one for all people: to read price lists takes longest
    for person in world.PEOPLE:
        await _add_person(conn, parts, person, clock)
        await _add_consents(conn, parts, person, reference, clock)
        await _add_requests(conn, parts, person, reference, clock)
    await renew_secrets(conn, parts, secrets, now)


async def is_seeded(conn: Conn) -> bool:
    """Whether the demo world is there, whoever's secrets it has."""
    return await businesses.has_business(conn, world.BUSINESSES[0].waba_id)


async def knows(conn: Conn, secrets: Secrets) -> bool:
    """Whether these are secrets of this installation."""
    return await businesses.has_token(conn, secrets.token)


async def renew_secrets(conn: Conn, parts: tuple[int, ...], secrets: Secrets, now: datetime) -> None:
    """Let these secrets in, beside earlier ones."""
    nordwind = world.BUSINESSES[0]
    await businesses.set_app(conn, nordwind.app_id, secrets.app_secret)
    owner = business_id("nordwind")
    await businesses.add_token(conn, NewToken(secrets.token, "system_user", nordwind.app_id, owner, SCOPES), now)
    await businesses.add_token(conn, NewToken(secrets.operator_token, "operator"), now)
    for person in world.PEOPLE:
        part = part_of(parts, slot_of_key(person.wa_id))
        await devices.add(conn, part, secrets.devices[person.key], recipient_id(person), "demo.env", now)


async def _add_business(conn: Conn, parts: tuple[int, ...], plan: BusinessSeed, clock: Clock) -> None:
    now = clock.now() - plan.since
    identifier = business_id(plan.key)
    contract_id = clock.new_id(slot_of(identifier))
    business = Business(
        identifier, plan.waba_id, plan.name, plan.stage, plan.verified, plan.about, plan.imprint, "de", contract_id,
        part_of(parts, slot_of(contract_id)), cards.DEFAULT,
        tier="TIER_UNLIMITED" if plan.verified and plan.stage == "live" else UNVERIFIED_TIER,
    )  # fmt: skip
    await businesses.add_business(conn, business, now)
    await businesses.add_contract(conn, business, world.CURRENCY, now)
    if plan.credit_micros:
        await set_limit(conn, (business.contract_part, contract_id), plan.credit_micros, "demo", now)
    customer = SetCustomer((business.contract_part, contract_id), legal.CUSTOMERS[plan.key], "demo")
    await set_legal(conn, 0, [customer], now, again=False)
    if plan.funds_micros:
        payer = (business.contract_part, contract_id)
        await ledger.add_top_up(conn, payer, clock.new_id(slot_of(contract_id)), plan.funds_micros, "demo", now)
    for one in plan.senders:
        sender = Sender(one.sender_id, business, one.kind, "live", one.phone, one.name, 80, 5)
        await businesses.add_sender(conn, parts, sender, clock.now() - AGE)


async def _add_person(conn: Conn, parts: tuple[int, ...], plan: PersonSeed, clock: Clock) -> None:
    now = clock.now()
    identifier = recipient_id(plan)
    part = part_of(parts, slot_of(identifier))
    code = user_code("DE", identifier)
    person = NewRecipient(identifier, plan.wa_id, code, plan.name, plan.locale, "DE", plan.key)
    await recipients.add(conn, part, person, now)


async def _add_consents(
    conn: Conn, parts: tuple[int, ...], plan: PersonSeed, reference: Reference, clock: Clock
) -> None:
    """What a demo person allowed before the demo began: records without a notice, for no device was there to see one."""
    identifier = recipient_id(plan)
    part = part_of(parts, slot_of(identifier))
    person = (await recipients.lock(conn, part, [identifier]))[identifier]
    snapshot = await reference.fresh(conn)
    acts = Acts(snapshot, clock.new_id, clock.now())
    for key in plan.marketing_of:
        sender = any_sender(snapshot, business_id(key))
        evidence = {"note": "opted in at the start of the demo"}
        where = Circumstances(f"profile:{key}", plan.locale, "Europe/Berlin")
        record_id = clock.new_id(slot_of(identifier))
        acts.add(Declaration(record_id, person, sender, DEFAULT, Act.GRANT, "demo", evidence, where))
    acts.notices.clear()
    await acts.write(conn, part)


async def _add_requests(
    conn: Conn, parts: tuple[int, ...], plan: PersonSeed, reference: Reference, clock: Clock
) -> None:
    """What companies ask the person for: it waits when they first sign in."""
    slot = slot_of(recipient_id(plan))
    asks = [Ask(clock.new_id(slot), plan.wa_id, r.sender_id, r.purpose) for r in world.REQUESTS if r.person == plan.key]
    action = AskConsent(reference, clock.new_id, len(parts))
    await action(conn, part_of(parts, slot), list(asks), clock.now(), again=False)


def _new_template(plan: TemplateSeed) -> NewTemplate:
    return NewTemplate(
        plan.template_id, business_id(plan.business), plan.name, plan.language, plan.category, list(plan.components),
        plan.named, plan.status, plan.ttl_s,
    )  # fmt: skip
