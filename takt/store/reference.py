"""Reference rows, kept in memory and never stale where it counts.

Everything small that is read everywhere (businesses, senders, templates, rate cards, endpoints) is held as one
snapshot. Whoever changes such a row raises `reference_stamp` in the same transaction; whoever decides reads the stamp
first in its own transaction and loads the snapshot anew when it moved.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from takt.core.admission.book import Book
from takt.core.entries import Payer
from takt.core.flow_button import FlowRef
from takt.core.measures import InForce
from takt.core.number import Automation, Number, Profile
from takt.core.purpose import DEFAULT, Purpose, default_purpose
from takt.core.rating import RateCard
from takt.core.reach import Allowance
from takt.core.tact import TactPolicy
from takt.core.template import Template, from_components
from takt.core.value import value
from takt.store import admissions, purposes, rate_cards, tact, turns
from takt.store.pool import Conn
from takt.store.rate_cards import PriceLists

WEBHOOK_OBJECT = "whatsapp_business_account"
"""What an app subscribes to; the one object there is."""
OVERRIDABLE = "messages"
"""The only webhook field that overrides are for."""


@value
class Business:
    """A company: our tenant, its stage in the pilot, and where its money lies.

    `siblings` are the other companies of its owner; `tier`, `allowance` (None where there is no limit) and the `measures` in force are those of its owner.
    `partner` is the contract of whoever sold to it when it was registered, if that is somebody else than the operator, `partners` who does from a
    moment on, oldest first. `card` is what it was registered with, `cards` those that it paid or will pay by from a moment on.
    """

    business_id: UUID
    waba_id: str
    name: str
    stage: str
    verified: bool
    about: str
    imprint: str
    locale: str
    contract_id: UUID
    contract_part: int
    card: str
    portfolio_id: str = ""
    insights: bool = False
    time_zone: str = "Europe/Berlin"
    owner_id: UUID | None = None
    tier: str = "TIER_UNLIMITED"
    allowance: Allowance | None = None
    measures: tuple[InForce, ...] = ()
    siblings: tuple[UUID, ...] = ()
    shadow_card: str | None = None
    partner: Payer | None = None
    cards: tuple[tuple[datetime, str], ...] = ()
    partners: tuple[tuple[datetime, Payer | None], ...] = ()

    @property
    def owner(self) -> UUID:
        """The company that stands behind this one; itself, if no other."""
        return self.owner_id or self.business_id

    def card_at(self, at: datetime) -> str:
        """The name of the card by which it pays at a moment."""
        place = bisect_right(self.cards, at, key=lambda one: one[0])
        return self.cards[place - 1][1] if place > 0 else self.card

    def partner_at(self, at: datetime) -> Payer | None:
        """The contract of whoever sells to it at a moment; None is the operator."""
        if not self.partners:
            return self.partner
        place = bisect_right(self.partners, at, key=lambda one: one[0])
        return self.partners[place - 1][1] if place > 0 else self.partner


@value
class Sender:
    """An identity that a business speaks as."""

    sender_id: str
    business: Business
    kind: str
    status: str
    phone: str
    verified_name: str
    throughput_per_s: int
    unanswered_max: int
    registered: bool = True
    number: Number = field(default_factory=Number)
    quality: str = "UNKNOWN"
    quality_at: datetime | None = None
    watch: str = ""


@value
class App:
    """A program of a business: it holds the secret that signs webhooks.

    With `proof_required` its tokens count only beside `appsecret_proof`.
    """

    app_id: str
    business_id: UUID | None
    name: str
    secret: str
    proof_required: bool = False


@value
class Endpoint:
    """Where an app listens, and to which webhook fields. `version` shapes the payloads (`v24.0`).

    `object` is what it listens to: all that the app hears, or the one company or sender whose override this is, by its
    id on the wire. An override stands in the place of the app's own endpoint.
    `events_per_post` is the most events it takes in one request; most clients read only the first of several.
    """

    endpoint_id: UUID
    app_id: str
    object: str
    callback_url: str
    verify_token: str
    fields: frozenset[str]
    version: str
    secret: str
    contract_part: int
    events_per_post: int = 1


@value
class Snapshot:
    """All reference rows as of one stamp.

    `listening` has the endpoints of all linked apps under a company's id, and those that hear `messages` under the wire
    ids of companies and senders; `flows` are found by id and by name; `numbers` counts the senders of each owner; `overrides` has those
    of an app (first) for a node (second). `pictures` are the media that senders show as their faces; `policies` the
    versions of the operator's policy; `admission` what decides about marketing; `purposes` the newest versions of each company's own ones, by their keys.
    """

    version: int
    businesses: Mapping[UUID, Business]
    by_waba: Mapping[str, Business]
    senders: Mapping[str, Sender]
    templates: Mapping[tuple[UUID, str, str], Template]
    flows: Mapping[tuple[UUID, str], FlowRef]
    apps: Mapping[str, App]
    endpoints: Mapping[UUID, Endpoint]
    listening: Mapping[str, tuple[Endpoint, ...]]
    overrides: Mapping[tuple[str, str], Endpoint]
    prices: PriceLists = field(repr=False)
    pictures: frozenset[str] = frozenset()
    purposes: Mapping[UUID, Mapping[str, Purpose]] = field(default_factory=dict)
    policies: tact.Versions = field(default=(), repr=False)
    admission: Book = field(default_factory=Book, repr=False)
    by_contract: Mapping[UUID, Business] = field(default_factory=dict, repr=False)
    numbers: Mapping[UUID, int] = field(default_factory=dict, repr=False)

    def listeners(self, business_id: UUID, webhook_field: str, sender_id: str | None = None) -> list[Endpoint]:
        """The endpoints that must hear about this business in this field; about this sender of it, if one is named.

        Of the field `messages` each app hears at one place: the override of the sender, of the company, or its own.
        """
        if webhook_field == OVERRIDABLE:
            node = self.businesses[business_id].waba_id if sender_id is None else sender_id
            return [e for e in self.listening.get(node, ()) if OVERRIDABLE in e.fields]
        return [e for e in self.listening.get(str(business_id), ()) if webhook_field in e.fields]

    def purposes_of(self, business: Business) -> Mapping[str, Purpose]:
        """What a company may ask consent for: its own purposes, and `marketing` in any case."""
        own = self.purposes.get(business.business_id, _NOTHING)
        return own if DEFAULT in own else {DEFAULT: default_purpose(business.name, business.name), **own}

    def payers(self) -> dict[UUID, tuple[str, str]]:
        """The company of each contract, by its id on the wire and its name."""
        return {one.contract_id: (one.waba_id, one.name) for one in self.businesses.values()}

    def card(self, name: str, now: datetime) -> RateCard:
        """The version of a rate card that is valid at `now`."""
        found = self.prices.valid_at(name, now)
        assert found is not None, f"rate card {name} has no version valid at {now}"
        return found

    def timeline(self, business: Business) -> list[tuple[datetime, RateCard]]:
        """The versions by which a company pays, each with the moment from which on, oldest first."""
        found: list[tuple[datetime, RateCard]] = []
        turns = ((_ALWAYS, business.card), *business.cards)
        for (since, name), (until, _) in pairwise((*turns, (_NEVER, ""))):
            first = self.prices.valid_at(name, since)
            found += [(since, first)] if first is not None else []
            later = ((at, card) for at, card in self.prices.timelines.get(name, ()) if since < at < until)
            found += [(at, card) for at, card in later if card is not None]
        return found

    def tact(self, now: datetime) -> TactPolicy:
        """The version of the operator's policy that applies at `now`; our own where none does yet."""
        place = bisect_right(self.policies, now, key=lambda version: version[0])
        return self.policies[place - 1][1] if place > 0 else USUAL_TACT


USUAL_TACT = TactPolicy()
_ALWAYS = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTHING: Mapping[Any, Any] = MappingProxyType({})
EMPTY = Snapshot(
    0, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, PriceLists()
)


class Reference:
    """The newest snapshot that this process has seen."""

    def __init__(self) -> None:
        self.current = EMPTY

    async def fresh(self, conn: Conn) -> Snapshot:
        """The snapshot that belongs to this transaction: the kept one, or a new one if the stamp moved."""
        version = await conn.fetchval("SELECT version FROM reference_stamp")
        kept = self.current
        if version == kept.version:
            return kept
        loaded = await _load(conn, version, kept)
        if version > self.current.version:
            self.current = loaded
        return loaded


async def _load(conn: Conn, version: int, kept: Snapshot) -> Snapshot:
    businesses = await _load_businesses(conn)
    endpoints = await _load_endpoints(conn, businesses)
    senders = await _load_senders(conn, businesses)
    overrides = {
        (one.app_id, one.object): one for one in endpoints.values() if one.object != WEBHOOK_OBJECT and one.callback_url
    }
    return Snapshot(
        version=version,
        businesses=businesses,
        by_waba={business.waba_id: business for business in businesses.values()},
        senders=senders,
        templates=await _load_templates(conn),
        flows=await _load_flows(conn),
        apps={
            row["app_id"]: App(**dict(row))
            for row in await conn.fetch("SELECT app_id, business_id, name, secret, proof_required FROM app")
        },
        endpoints=endpoints,
        listening=await _load_listening(conn, businesses, senders, endpoints, overrides),
        overrides=overrides,
        prices=await rate_cards.load(conn, kept.prices),
        pictures=frozenset(one.number.picture_media_id for one in senders.values() if one.number.picture_media_id),
        purposes=await purposes.newest(conn),
        policies=await tact.versions(conn),
        admission=await admissions.load_book(conn),
        by_contract={business.contract_id: business for business in businesses.values()},
        numbers=Counter(one.business.owner for one in senders.values()),
    )


async def _load_businesses(conn: Conn) -> dict[UUID, Business]:
    """Each with the limit of whoever stands behind it."""
    rows = await conn.fetch(
        "SELECT business_id, waba_id, name, stage, verified, about, imprint, locale, contract_id, contract_part,"
        " card, portfolio_id, insights, owner_id, tier, cut_until, time_zone, partner_part, partner_id,"
        " shadow_card FROM business"
    )
    allowances = {
        row["business_id"]: Allowance(row["business_id"], row["contract_part"], row["tier"], row["cut_until"])
        for row in rows
    }
    in_force: dict[UUID, tuple[InForce, ...]] = {}
    for one in await conn.fetch(
        "SELECT business_id, measure_id, kind, until FROM measure WHERE state = 'in_force' ORDER BY measure_id"
    ):
        in_force[one[0]] = (*in_force.get(one[0], ()), InForce(*one[1:]))
    cards, partners = await turns.cards(conn), await turns.sellers(conn)
    families: dict[UUID, list[UUID]] = {}
    for row in rows:
        families.setdefault(row["owner_id"] or row["business_id"], []).append(row["business_id"])
    made: dict[UUID, Business] = {}
    for row in rows:
        columns = dict(row)
        del columns["cut_until"]
        partner = columns.pop("partner_part"), columns.pop("partner_id")
        allowance = allowances[row["owner_id"] or row["business_id"]]
        is_free = allowance.tier == "TIER_UNLIMITED" and allowance.cut_until is None
        columns |= {
            "tier": allowance.tier,
            "partner": None if partner[0] is None else partner,
            "allowance": None if is_free else allowance,
            "cards": cards.get(row["business_id"], ()),
            "partners": partners.get(row["business_id"], ()),
            "measures": in_force.get(allowance.owner_id, ()),
            "siblings": tuple(one for one in families[allowance.owner_id] if one != row["business_id"]),
        }
        made[row["business_id"]] = Business(**columns)
    return made


async def _load_senders(conn: Conn, businesses: Mapping[UUID, Business]) -> dict[str, Sender]:
    rows = await conn.fetch(
        "SELECT sender_id, business_id, kind, status, phone, verified_name, throughput_per_s, unanswered_max,"
        " registered, verification, pin_hash IS NOT NULL AS has_pin, name_status, new_name, new_name_status, username,"
        " profile, picture_media_id, automation, settings, business_key, quality, quality_at, watch FROM sender ORDER BY sender_id"
    )
    return {
        row["sender_id"]: Sender(
            row["sender_id"], businesses[row["business_id"]], row["kind"], row["status"], row["phone"],
            row["verified_name"], row["throughput_per_s"], row["unanswered_max"], row["registered"], _number(row),
            row["quality"], row["quality_at"], row["watch"],
        )
        for row in rows
    }  # fmt: skip


def _number(row: Record) -> Number:
    change = msgspec.json.decode(row["settings"], type=dict[str, Any]).get("user_identity_change", {})
    return Number(
        row["verification"], row["has_pin"], row["name_status"], row["new_name"], row["new_name_status"],
        row["username"], msgspec.json.decode(row["profile"], type=Profile), row["picture_media_id"],
        msgspec.json.decode(row["automation"], type=Automation), row["settings"], row["business_key"],
        bool(change.get("enable_identity_key_check")),
    )  # fmt: skip


async def _load_templates(conn: Conn) -> dict[tuple[UUID, str, str], Template]:
    rows = await conn.fetch(
        "SELECT template_id, business_id, name, language, category, status, parameter_format, components, ttl_s,"
        " extras, purpose, room, paced_at, detected FROM template WHERE status <> 'DELETED'"
    )
    return {
        (row["business_id"], row["name"], row["language"]): from_components(
            {**row, "kinds": msgspec.json.decode(row["extras"], type=dict[str, Any]).get("body_param_types", ())},
            msgspec.json.decode(row["components"]),
        )
        for row in rows
    }


async def _load_flows(conn: Conn) -> dict[tuple[UUID, str], FlowRef]:
    rows = await conn.fetch("SELECT business_id, flow_id, name, status FROM flow")
    by_name = {(row["business_id"], row["name"]): FlowRef(row["flow_id"], row["name"], row["status"]) for row in rows}
    return by_name | {(business_id, one.flow_id): one for (business_id, _), one in by_name.items()}


async def _load_endpoints(conn: Conn, businesses: Mapping[UUID, Business]) -> dict[UUID, Endpoint]:
    rows = await conn.fetch(
        "SELECT e.endpoint_id, e.app_id, e.object, e.callback_url, e.verify_token, e.fields, e.version, a.secret,"
        " a.business_id, e.events_per_post FROM endpoint e JOIN app a USING (app_id)"
    )
    return {
        row["endpoint_id"]: Endpoint(
            row["endpoint_id"], row["app_id"], row["object"], row["callback_url"], row["verify_token"],
            frozenset(row["fields"]), row["version"], row["secret"],
            businesses[row["business_id"]].contract_part if row["business_id"] else 0,
            row["events_per_post"],
        )
        for row in rows
    }  # fmt: skip


async def _load_listening(
    conn: Conn,
    businesses: Mapping[UUID, Business],
    senders: Mapping[str, Sender],
    endpoints: Mapping[UUID, Endpoint],
    overrides: Mapping[tuple[str, str], Endpoint],
) -> dict[str, tuple[Endpoint, ...]]:
    """Decided here once, so that a send only looks it up."""
    of_app = {one.app_id: one for one in endpoints.values() if one.object == WEBHOOK_OBJECT}
    linked: dict[UUID, list[str]] = {}
    for row in await conn.fetch("SELECT business_id, app_id FROM subscribed_app ORDER BY business_id, app_id"):
        linked.setdefault(row["business_id"], []).append(row["app_id"])

    def chosen(business: Business, *nodes: str) -> tuple[Endpoint, ...]:
        places = (
            next((overrides[app_id, node] for node in nodes if (app_id, node) in overrides), of_app.get(app_id))
            for app_id in linked.get(business.business_id, ())
        )
        return tuple(one for one in places if one is not None)

    listening = {str(one.business_id): chosen(one) for one in businesses.values()}
    listening |= {one.waba_id: chosen(one, one.waba_id) for one in businesses.values()}
    listening |= {one.sender_id: chosen(one.business, one.sender_id, one.business.waba_id) for one in senders.values()}
    return listening
