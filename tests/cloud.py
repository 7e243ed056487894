"""The Cloud API's door on a world, with a token for its company and one for another company."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from starlette.applications import Starlette

from takt.actions.endpoint import set_endpoints
from takt.actions.flow import Flows
from takt.actions.media import look_after
from takt.actions.replay import replay
from takt.actions.template import Templates
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
from takt.web.cloud.flows import FlowDesk
from takt.web.cloud.media import MediaEdges
from takt.web.cloud.routes import routes
from takt.web.cloud.subscriptions import Subscriptions
from takt.web.cloud.template_shelves import TemplateShelves
from takt.web.cloud.templates import CloudTemplates
from takt.web.cloud.uploads import UploadEdges
from takt.web.takt.door import OwnDoor
from takt.web.takt.reviews import ReviewApi
from takt.web.takt.webhooks import WebhookApi
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
    async with transaction(world.site.everywhere) as conn:
        own, app = world.business.business_id, APP_ID
        await businesses.add_token(conn, NewToken(TOKEN, "system_user", app, own, SCOPES), NOW)
        await businesses.add_token(conn, NewToken(OPERATOR, "operator"), NOW)
        await businesses.add_token(conn, NewToken(POOR, "system_user", app, own, ()), NOW)
    wakes = Wakes()
    endpoints = Lanes(set_endpoints, world.site, wakes, CLOCK.now)
    replays = Lanes(replay, world.site, wakes, CLOCK.now)
    templates = Lanes(template_action(world), world.site, wakes, CLOCK.now)
    media = Lanes(look_after, world.site, wakes, CLOCK.now)
    intake = Intake(world.site, media, DatabaseVault(world.site), CLOCK)
    outbound = Outbound(Permission(loopback=True), CLOCK)
    pool = world.site.everywhere
    authenticator = Authenticator(pool, world.reference, CLOCK)
    api = WebhookApi(OwnDoor(authenticator, CLOCK), world.site, world.reference, replays, endpoints)
    flows = Lanes(Flows(world.reference, CLOCK.new_id), world.site, wakes, CLOCK.now)
    offers = [
        Subscriptions(endpoints, outbound, CLOCK).offer(),
        CloudTemplates(world.site, templates, CLOCK).offer(),
        TemplateShelves().offer(),
        MediaEdges(authenticator, intake, CLOCK).offer(),
        UploadEdges(intake, CLOCK).offer(),
        FlowDesk(pool, flows, FlowEndpoint(outbound, CLOCK), CLOCK).offer(),
    ]
    cloud = routes(pool, world.reference, authenticator, CLOCK, offers)
    reviews = ReviewApi(OwnDoor(authenticator, CLOCK), world.site, world.reference, templates, CLOCK)
    app_ = Starlette(routes=[*api.routes(), *reviews.routes(), *cloud])
    tasks = [asyncio.create_task(one.run()) for one in (endpoints, replays, media, flows, templates)]
    transport = httpx.ASGITransport(app_)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="https://graph.example") as client:
            yield Cloud(app_, client, wakes)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await outbound.aclose()


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
