"""The Cloud API's door on a world, with a token for its company and one for another company."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from starlette.applications import Starlette

from takt.actions.access import let_in
from takt.actions.business_block import block_people
from takt.actions.count_calls import count_calls
from takt.actions.endpoint import set_endpoints
from takt.actions.flow import Flows
from takt.actions.media import look_after
from takt.actions.number import Numbers
from takt.actions.policy_change import PolicyChanges
from takt.actions.presence import set_presence
from takt.actions.replay import replay
from takt.actions.template import Templates
from takt.actions.text_reading import TextReader
from takt.actions.vetting import Vetting
from takt.clock import CLOCK
from takt.core.address import Permission
from takt.core.ids import SLOTS, NodeSort
from takt.intake import Intake
from takt.lanes import Lanes
from takt.store import businesses
from takt.store.businesses import NewToken
from takt.store.pool import transaction
from takt.store.reference import App, Sender
from takt.vaults.database import DatabaseVault
from takt.wakes import Wakes
from takt.web.auth import Authenticator
from takt.web.cloud.meter import Meter
from takt.web.cloud.numbers import NumberLanes
from takt.web.cloud.offers import CloudLanes, Foundation, offers
from takt.web.cloud.routes import routes
from takt.web.decisions import Decisions
from takt.web.messenger.links import link_routes
from takt.web.numbers import NumberQueue
from takt.web.policies import PolicyDesk
from takt.web.resolver import MediaResolver
from takt.web.reviews import ReviewQueue
from takt.web.suspicions import SuspicionQueue
from takt.web.takt.door import OwnDoor
from takt.web.takt.filtering import FilterApi
from takt.web.takt.numbers import NumberApi
from takt.web.takt.policies import PolicyApi
from takt.web.takt.refusals import RefusalApi
from takt.web.takt.reviews import ReviewApi
from takt.web.takt.webhooks import WebhookApi
from takt.web.template_appeals import TemplateAppeals
from takt.workers.flow_endpoint import FlowEndpoint
from takt.workers.outbound import Outbound
from tests.world import NOW, World

TOKEN = "EAAnordwind"
FOREIGN = "EAAfremd"
POOR = "EAAwithoutscopes"
OPERATOR = "OPoperator"
SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
APP_ID = "300493023125"
APP_TOKEN = f"{APP_ID}|secret of sixteen and more"
FOREIGN_WABA = "200493023199"
FOREIGN_SENDER = "100493023199001"
FOREIGN_APP = "300493023199"


@dataclass(frozen=True)
class Cloud:
    """The application and a client without a token."""

    app: Starlette
    client: httpx.AsyncClient
    wakes: Wakes

    async def get(self, path: str, token: str | None = TOKEN, **query: Any) -> httpx.Response:
        return await self.call("GET", path, token, params=query or None)

    async def call(self, method: str, path: str, token: str | None = TOKEN, **request: Any) -> httpx.Response:
        headers = {**request.pop("headers", {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return await self.client.request(method, path, headers=headers, **request)


def template_action(world: World) -> Templates:
    """What the lane of templates runs."""
    return Templates(world.reference, CLOCK.new_id, lambda slot: CLOCK.new_node_id(NodeSort.TEMPLATE, slot))


@asynccontextmanager
async def open_cloud(world: World) -> AsyncIterator[Cloud]:
    """The door with its lanes running; calls to this machine are allowed."""
    await _add_foreigner(world)
    await _add_tokens(world)
    wakes = Wakes()
    endpoints = Lanes(set_endpoints, world.site, wakes, CLOCK.now)
    replays = Lanes(replay, world.site, wakes, CLOCK.now)
    site = world.site
    numbers = NumberLanes(
        site,
        Lanes(Numbers(world.reference, site.parts, CLOCK.new_id), site, wakes, CLOCK.now),
        Lanes(set_presence, site, wakes, CLOCK.now),
        Lanes(block_people, site, wakes, CLOCK.now),
    )
    outbound = Outbound(Permission(loopback=True), CLOCK)
    media = Lanes(look_after, site, wakes, CLOCK.now)
    flows = Lanes(Flows(world.reference, CLOCK.new_id), site, wakes, CLOCK.now)
    templates = Lanes(template_action(world), site, wakes, CLOCK.now)
    access = Lanes(let_in, site, wakes, CLOCK.now)
    authenticator = Authenticator(site.everywhere, world.reference, CLOCK)
    intake = Intake(site, media, DatabaseVault(site), CLOCK)
    foundation = Foundation(
        authenticator, outbound, FlowEndpoint(outbound, CLOCK), intake, MediaResolver(site, intake, outbound, CLOCK), CLOCK,
        CloudLanes(endpoints, numbers, flows, access, templates),
    )  # fmt: skip
    own_door = OwnDoor(authenticator, CLOCK)
    webhooks = WebhookApi(own_door, site, world.reference, replays, endpoints)
    operator = NumberApi(own_door, NumberQueue(site, world.reference, numbers.numbers, CLOCK))
    queue = ReviewQueue(site, world.reference, templates, CLOCK)
    reviews = ReviewApi(own_door, queue, TemplateAppeals(site, queue, CLOCK))
    changes = Lanes(PolicyChanges(world.reference), site, wakes, CLOCK.now)
    policies = PolicyApi(
        own_door, PolicyDesk(site, world.reference, changes, CLOCK), Decisions(site, world.reference, CLOCK)
    )
    refused = RefusalApi(own_door, site, CLOCK)
    vetted = Lanes(Vetting(world.reference, CLOCK.new_id), site, wakes, CLOCK.now)
    suspicions = SuspicionQueue(site, world.reference, TextReader(), vetted)
    filtering = FilterApi(own_door, suspicions, world.reference)
    calls = Lanes(count_calls, site, wakes, CLOCK.now)
    cloud = routes(site.everywhere, world.reference, authenticator, Meter(calls, CLOCK), CLOCK, offers(foundation))
    apis = (webhooks, operator, reviews, policies, refused, filtering)
    ours = [route for api in apis for route in api.routes()]
    app_ = Starlette(routes=[*ours, *link_routes(site), *cloud])
    lanes: list[Lanes[Any, Any]] = [
        endpoints, replays, numbers.numbers, numbers.presence, numbers.blocks, media, flows, access, templates, changes,
        calls, vetted,
    ]  # fmt: skip
    tasks = [asyncio.create_task(lane.run()) for lane in lanes]
    transport = httpx.ASGITransport(app_)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="https://graph.example") as client:
            yield Cloud(app_, client, wakes)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await outbound.aclose()


async def _add_tokens(world: World) -> None:
    async with transaction(world.site.everywhere) as conn:
        own, app = world.business.business_id, APP_ID
        await businesses.add_token(conn, NewToken(TOKEN, "system_user", app, own, SCOPES), NOW)
        await businesses.add_token(conn, NewToken(OPERATOR, "operator"), NOW)
        await businesses.add_token(conn, NewToken(POOR, "system_user", app, own, ()), NOW)


async def _add_foreigner(world: World) -> None:
    business = replace(
        world.business,
        business_id=CLOCK.new_id(),
        waba_id=FOREIGN_WABA,
        name="Fremd",
        contract_id=CLOCK.new_id(SLOTS - 1),
    )
    sender = Sender(FOREIGN_SENDER, business, "outreach", "live", "493023199001", "Fremd", 80, 5)
    app = App(FOREIGN_APP, business.business_id, "Fremd", "another secret of sixteen")
    async with transaction(world.site.everywhere) as conn:
        await businesses.add_business(conn, business, NOW)
        await businesses.add_contract(conn, business, "EUR", NOW)
        await businesses.add_sender(conn, world.site.parts, sender, NOW)
        await businesses.add_app(conn, app, NOW)
        await businesses.add_token(
            conn, NewToken(FOREIGN, "system_user", app.app_id, business.business_id, SCOPES), NOW
        )
