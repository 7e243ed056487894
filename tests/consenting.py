"""The own API of consent beside a messenger: a company asks, brings and proves; people answer on their devices."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette

from takt.actions.bring_consent import BringConsent
from takt.actions.purpose import set_purposes
from takt.clock import CLOCK
from takt.lanes import Lanes
from takt.store import businesses
from takt.store.businesses import NewToken
from takt.store.pool import transaction
from takt.web.auth import Authenticator
from takt.web.takt.consent_api import ConsentApi
from takt.web.takt.consents import ConsentLanes, Consents
from takt.web.takt.door import OwnDoor
from takt.workers.erasures import Erasures
from tests.device import Messenger, open_messenger
from tests.letters import add_company
from tests.world import NOW, World

TOKEN, FOREIGN, OPERATOR, POOR = "EAAconsent", "EAAforeign", "OPconsent", "EAApoor"
SCOPES = ("whatsapp_business_management",)


@dataclass(frozen=True)
class Office:
    """The company's side, and the messenger that its people use."""

    messenger: Messenger
    consents: Consents
    erasures: Erasures
    client: httpx.AsyncClient

    @property
    def world(self) -> World:
        return self.messenger.world

    async def call(self, method: str, path: str, token: str | None = TOKEN, **request: Any) -> httpx.Response:
        headers: Mapping[str, str] = {
            **request.pop("headers", {}),
            **({"Authorization": f"Bearer {token}"} if token else {}),
        }
        return await self.client.request(method, f"/takt/v1/{path}", headers=headers, **request)

    async def ok(self, method: str, path: str, token: str | None = TOKEN, **request: Any) -> Any:
        answered = await self.call(method, path, token, **request)
        assert answered.status_code == 200, answered.text
        return answered.json()

    async def refused(self, method: str, path: str, token: str | None = TOKEN, **request: Any) -> str:
        """The details of a refusal."""
        answered = await self.call(method, path, token, **request)
        assert answered.status_code in (400, 401, 403), answered.text
        details: str = answered.json()["error"]["error_data"]["details"]
        return details


@asynccontextmanager
async def open_office(world: World) -> AsyncIterator[Office]:
    """Both doors with their lanes, over one world."""
    stranger = await add_company(world, world.business.contract_part)
    async with transaction(world.site.everywhere) as conn:
        own = world.business.business_id
        app_id = "300493023125"
        await businesses.add_token(conn, NewToken(TOKEN, "system_user", app_id, own, SCOPES), NOW)
        await businesses.add_token(
            conn, NewToken(FOREIGN, "system_user", app_id, stranger.business.business_id, SCOPES), NOW
        )
        await businesses.add_token(conn, NewToken(POOR, "system_user", app_id, own, ()), NOW)
        await businesses.add_token(conn, NewToken(OPERATOR, "operator"), NOW)
    async with open_messenger(world) as messenger:
        site, wakes, clock = world.site, messenger.wakes, messenger.clock
        lanes = ConsentLanes(
            Lanes(set_purposes, site, wakes, clock.now),
            messenger.lanes.asks,
            Lanes(BringConsent(world.reference, clock.new_id), site, wakes, clock.now),
            messenger.lanes.erasing,
        )
        erasures = Erasures(site, world.reference, wakes, clock)
        consents = Consents(site, world.reference, lanes, clock, erasures.clear_now)
        door = OwnDoor(Authenticator(site.everywhere, world.reference, CLOCK), CLOCK)
        app = Starlette(routes=ConsentApi(door, consents).routes())
        tasks = [asyncio.create_task(run()) for run in (lanes.purposes.run, lanes.brings.run)]
        transport = httpx.ASGITransport(app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="https://graph.example") as client:
                yield Office(messenger, consents, erasures, client)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
