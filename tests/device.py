"""The device door with everything behind it, over real HTTP, for people of several parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from takt.actions.ask_consent import AskConsent
from takt.actions.chat import Chat
from takt.actions.consent import Consent
from takt.actions.erase import ErasePerson
from takt.actions.flow import Flows
from takt.actions.media import look_after
from takt.actions.opinion import take_opinions
from takt.actions.outcome import inbox_topic
from takt.actions.person import set_up
from takt.actions.play import TakePlays
from takt.actions.receipt import TakeReceipts
from takt.actions.receive import Receive
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.config import LOOPBACK
from takt.core.address import Permission
from takt.core.ids import slot_of_key, wamid
from takt.core.message import Accepted, SendMessage
from takt.intake import Intake
from takt.lanes import Lanes
from takt.store import devices
from takt.store.pool import transaction
from takt.vaults.database import DatabaseVault
from takt.wakes import Wakes
from takt.web.device.api import DeviceLanes
from takt.web.device.routes import EVENTS_PATH, Neighbours, routes
from takt.web.device.streams import Streams
from takt.web.proxies import TrustedProxies
from takt.workers.desk import Projector
from takt.workers.erasures import Erasures
from takt.workers.flow_endpoint import FlowEndpoint
from takt.workers.outbound import Outbound
from tests.inbox import StoppedClock, Stream
from tests.serving import served
from tests.world import NOW, ORIGIN, Somebody, World

API: Final = "/device/v1"
WRITE: Final = {"X-Takt": "1"}


@dataclass(frozen=True, slots=True)
class Device:
    """A device of somebody, speaking with its token."""

    person: Somebody
    token: str
    http: httpx.AsyncClient

    @property
    def recipient_id(self) -> Any:
        return self.person.recipient_id


@dataclass(frozen=True, slots=True)
class Messenger:
    """A served device API with its lanes, and the company's send lane beside it."""

    url: str
    world: World
    wakes: Wakes
    clock: StoppedClock
    send_lanes: Lanes[SendMessage, Any]
    streams: Streams
    lanes: DeviceLanes

    @asynccontextmanager
    async def device(self, person: Somebody, label: str = "phone") -> AsyncIterator[Device]:
        """A new device of that person."""
        token = f"d{slot_of_key(person.wa_id):03x}{CLOCK.new_secret()}"
        async with transaction(self.world.site.pool(person.part)) as conn:
            await devices.add(conn, person.part, token, person.recipient_id, label, NOW)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=self.url + API, timeout=30, headers=headers) as client:
            yield Device(person, token, client)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        """A browser that nobody has signed in to."""
        async with httpx.AsyncClient(base_url=self.url + API, timeout=30) as client:
            yield client

    async def person(self, place: int = 0, *, part: int = 0, name: str = "Mara") -> Somebody:
        """Somebody of the n-th part."""
        return await self.world.add_person(self.world.numbers(self.world.site.parts[part], place + 1)[place], name=name)

    async def send(self, command: SendMessage) -> tuple[str, int]:
        """The company sends; id and cursor."""
        answer = await self.send_lanes.submit(slot_of_key(command.wa_id), command)
        assert isinstance(answer, Accepted), answer
        return wamid(answer.message_id), answer.cursor

    def wake(self, person: Somebody) -> None:
        """Let the person's streams look."""
        self.wakes.wake([inbox_topic(person.recipient_id)])


@asynccontextmanager
async def open_messenger(world: World, *, demo: bool = True, projecting: bool = False) -> AsyncIterator[Messenger]:
    """The door with its lanes; `projecting` also lets the company's desk take up what is written."""
    clock, wakes = StoppedClock(), Wakes()
    async with world.site.everywhere.acquire() as conn:
        await world.reference.fresh(conn)

    def lanes(action: Any) -> Lanes[Any, Any]:
        return Lanes(action, world.site, wakes, clock.now)

    own = DeviceLanes(
        receive=lanes(Receive(world.reference, clock.new_id, ORIGIN)),
        receipt=lanes(TakeReceipts(world.reference, clock.new_id)),
        plays=lanes(TakePlays(world.reference, clock.new_id)),
        consent=lanes(Consent(world.reference, clock.new_id)),
        chat=lanes(Chat(world.reference)),
        person=lanes(set_up),
        flows=lanes(Flows(world.reference, clock.new_id)),
        asks=lanes(AskConsent(world.reference, clock.new_id, len(world.site.parts))),
        erasing=lanes(ErasePerson(world.reference, clock.new_id)),
        opinions=lanes(take_opinions),
    )
    send = lanes(Send(world.reference, clock.new_id, len(world.site.parts)))
    media = lanes(look_after)
    intake = Intake(world.site, media, DatabaseVault(world.site), clock)
    loops = [media.run, own.receive.run, own.receipt.run, own.plays.run, own.consent.run, own.chat.run]
    loops += [own.person.run, own.flows.run, own.opinions.run, own.asks.run, own.erasing.run, send.run]
    if projecting:
        loops.append(Projector(world.site, world.reference, wakes, clock.now).run)
    tasks = [asyncio.create_task(run()) for run in loops]
    outbound = Outbound(Permission(loopback=True), CLOCK)
    neighbours = Neighbours(
        intake, FlowEndpoint(outbound, CLOCK), Erasures(world.site, world.reference, wakes, clock).clear_now
    )
    addresses = routes(world.site, world.reference, wakes, clock, own, neighbours, demo=demo)
    try:
        async with served(TrustedProxies(Starlette(routes=addresses), LOOPBACK)) as url:
            yield Messenger(url, world, wakes, clock, send, _streams_of(addresses), own)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await outbound.aclose()


def _streams_of(addresses: list[Route]) -> Streams:
    events: Any = next(one.app for one in addresses if one.path == EVENTS_PATH)
    found: Streams = events._signed["GET"].__self__._streams
    return found


@asynccontextmanager
async def stream(device: Device, after: int | None = None, **headers: str) -> AsyncIterator[Stream]:
    """The events of a device."""
    query = "" if after is None else f"?after={after}"
    async with device.http.stream("GET", f"/events{query}", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Stream(response)


async def ok(answered: httpx.Response, status: int = 200) -> Any:
    assert answered.status_code == status, answered.text
    assert answered.headers["cache-control"] == "no-store"
    return answered.json() if status != 204 else None


async def refused(answered: httpx.Response, status: int, code: str, field: str | None = None) -> str:
    """The sentence of a refusal, which has this status, code and field."""
    assert answered.status_code == status, answered.text
    error = answered.json()["error"]
    assert (error["code"], error.get("field")) == (code, field), error
    return str(error["message"])


def post(to: str, body: str = "Hallo", client_id: str = "c1", **more: Any) -> dict[str, Any]:
    return {"client_id": client_id, "to": to, "type": "text", "text": {"body": body}, **more}
