"""The inbox door with everything behind it, over real HTTP, for the people of two companies."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx
from starlette.applications import Starlette

from takt.actions import sign_in, vetting
from takt.actions.acknowledge import acknowledge
from takt.actions.contract import change_contracts
from takt.actions.examine import Examine
from takt.actions.issue import IssueDocuments
from takt.actions.legal import set_legal
from takt.actions.media import look_after
from takt.actions.outcome import DESK, inbox_topic
from takt.actions.paying import Paying
from takt.actions.send import Send
from takt.actions.spending import Spending
from takt.actions.standing import Standings
from takt.actions.text_reading import TextReader
from takt.clock import CLOCK, Clock
from takt.config import LOOPBACK
from takt.core.address import Permission
from takt.core.invoice import Invoice
from takt.core.printed import NotPrinted, Printed
from takt.intake import Intake
from takt.lanes import Lanes
from takt.passwords import is_password
from takt.store import businesses
from takt.store.businesses import NewStaff
from takt.store.pool import transaction
from takt.store.reference import Sender
from takt.vaults.database import DatabaseVault
from takt.wakes import Wakes
from takt.web.contracts import ContractDesk
from takt.web.costs import Costs
from takt.web.documents import DocumentDesk, DocumentLanes
from takt.web.inbox.api import InboxApi, InboxLanes
from takt.web.inbox.costs import InboxCosts
from takt.web.inbox.media import InboxMedia
from takt.web.inbox.routes import InboxDoor
from takt.web.inbox.spending import InboxSpending
from takt.web.inbox.standing import InboxStanding
from takt.web.payments import MoneyLanes, PaymentDesk
from takt.web.proxies import TrustedProxies
from takt.web.resolver import MediaResolver
from takt.web.reviews import ReviewQueue
from takt.web.staff.session import COMPANIES, Check, Sessions
from takt.web.standings import StandingDesk
from takt.web.suspicions import SuspicionQueue
from takt.web.template_appeals import TemplateAppeals
from takt.workers.desk import Projector
from takt.workers.outbound import Outbound
from tests.cloud import template_action
from tests.letters import add_company, answer, write
from tests.serving import served
from tests.world import NOW, Somebody, World

API: Final = "/inbox/api"
WRITE: Final = {"X-Takt": "1"}
COOKIE: Final = COMPANIES.cookie
PASSWORD: Final = "four small words here"


class StoppedClock(Clock):
    """A clock that a test moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    name: str
    number: int | None
    data: Any


@dataclass(frozen=True, slots=True)
class Inbox:
    """A served inbox: Nordwind with Ines and Tom (agents) and Frida (finance), Rabattkiste with Rita (agent)."""

    url: str
    world: World
    wakes: Wakes
    clock: StoppedClock
    stranger: Sender

    @asynccontextmanager
    async def browser(self, person: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A browser of its own, signed in as that demo person."""
        async with httpx.AsyncClient(base_url=self.url + API, timeout=30) as client:
            if person is not None:
                answered = await client.post("/sign-in", json={"person": person}, headers=WRITE)
                assert answered.status_code == 200, answered.text
            yield client

    async def write(self, person: Somebody, sender: Sender, body: str = "Hallo", *, at: datetime = NOW) -> int:
        """The person writes, and the desk is woken; the cursor."""
        _, cursor = await write(self.world, person, sender, body, at=at)
        self.wakes.wake([DESK])
        return cursor

    async def answer(self, person: Somebody, sender: Sender, body: str = "Moin", *, at: datetime = NOW) -> int:
        """The sender writes without the inbox, and the desk is woken; the cursor."""
        _, cursor = await answer(self.world, person, sender, body, at=at)
        self.wakes.wake([DESK, inbox_topic(person.recipient_id)])
        return cursor

    async def projected(self) -> None:
        """Wait until every change has come to the desks."""
        async with asyncio.timeout(30):
            while await self.world.rows(
                "SELECT 1 FROM thread WHERE unprojected AND part = any($1)", self.world.site.parts
            ):
                await asyncio.sleep(0.01)

    async def person(self, place: int = 0, *, part: int = 0, name: str = "Mara") -> Somebody:
        """Somebody of the n-th part."""
        return await self.world.add_person(self.world.numbers(self.world.site.parts[part], place + 1)[place], name=name)


def key_of(person: Somebody, sender: Sender) -> str:
    return f"{sender.sender_id}.{person.recipient_id}"


@asynccontextmanager
async def open_inbox(world: World, *, demo: bool = True, check: Check = is_password) -> AsyncIterator[Inbox]:
    """The door with its lanes and the projector running."""
    clock, wakes = StoppedClock(), Wakes()
    stranger = await add_company(world, world.business.contract_part)
    await _add_people(world, stranger)
    async with world.site.everywhere.acquire() as conn:
        await world.reference.fresh(conn)

    def lanes(action: Any) -> Lanes[Any, Any]:
        return Lanes(action, world.site, wakes, clock.now)

    inbox_lanes = InboxLanes(
        send=lanes(Send(world.reference, clock.new_id, len(world.site.parts))),
        acknowledge=lanes(acknowledge),
        examine=lanes(Examine(world.reference, len(world.site.parts))),
    )
    staff_lanes = lanes(sign_in.keep_sessions)
    sessions = Sessions(COMPANIES, world.site, staff_lanes, clock, demo=demo, check=check)
    media = lanes(look_after)
    intake = Intake(world.site, media, DatabaseVault(world.site), clock)
    outbound = Outbound(Permission(loopback=True), CLOCK)
    issue_lane, legal_lane = lanes(IssueDocuments(_unasked)), lanes(set_legal)
    resolver = MediaResolver(world.site, intake, outbound, clock)
    api = InboxApi(world.site, world.reference, wakes, clock, inbox_lanes, resolver)
    documents = DocumentDesk(world.site, world.reference, DocumentLanes(issue_lane, legal_lane), clock)
    door = InboxDoor(
        api,
        InboxMedia(api.readers, world.reference, intake, clock),
        InboxCosts(Costs(world.site, world.reference, clock), documents, world.site, world.reference),
        sessions,
        wakes,
        clock,
    )
    money = MoneyLanes(
        lanes(Paying(world.reference, clock.new_id)), lanes(Spending(world.reference, clock.new_id, world.site.parts))
    )  # fmt: skip
    contracts = ContractDesk(world.site, world.reference, agreeing := lanes(change_contracts), documents, clock)
    spending = InboxSpending(sessions, PaymentDesk(world.site, money, {}, clock), contracts, world.reference)
    standings, vetted = (
        lanes(Standings(world.reference, clock.new_id)),
        lanes(vetting.Vetting(world.reference, CLOCK.new_id)),
    )
    standing = _standing(world, sessions, standings, vetted, templates := lanes(template_action(world)), clock)
    loops: list[Callable[[], Any]] = [
        money.payments.run, money.plans.run, agreeing.run, legal_lane.run,
        media.run, standings.run, vetted.run, templates.run,
        inbox_lanes.send.run, inbox_lanes.acknowledge.run, inbox_lanes.examine.run, staff_lanes.run,
        Projector(world.site, world.reference, wakes, clock.now).run,
    ]  # fmt: skip
    tasks = [asyncio.create_task(run()) for run in loops]
    try:
        async with served(
            TrustedProxies(Starlette(routes=[*spending.routes(), *standing.routes(), *door.routes()]), LOOPBACK)
        ) as url:
            yield Inbox(url, world, wakes, clock, stranger)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await outbound.aclose()


def _standing(
    world: World, sessions: Sessions, standings: Lanes[Any, Any], vetted: Lanes[Any, Any], templates: Lanes[Any, Any],
    clock: StoppedClock,
) -> InboxStanding:  # fmt: skip
    desk = StandingDesk(world.site, world.reference, standings, clock)
    suspicions = SuspicionQueue(world.site, world.reference, TextReader(), vetted)
    queue = ReviewQueue(world.site, world.reference, templates, clock)
    return InboxStanding(sessions, desk, suspicions, TemplateAppeals(world.site, queue, clock), world.reference)


async def _unasked(_invoice: Invoice) -> Printed:
    raise NotPrinted("nothing is issued at the inbox")


async def _add_people(world: World, stranger: Sender) -> None:
    async with transaction(world.site.everywhere) as conn:
        for business, key, name, role in (
            (world.business, "ines", "Ines", "agent"), (world.business, "tom", "Tom", "agent"),
            (world.business, "frida", "Frida", "finance"), (world.business, "dora", "Dora", "developer"), (stranger.business, "rita", "Rita", "agent"),
        ):  # fmt: skip
            member = NewStaff(CLOCK.new_id(), business.business_id, f"{key}@takt.example", name, role, key)
            await businesses.add_staff(conn, member, NOW)


class Stream:
    """An open event stream, read event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.pings = 0

    async def next(self, timeout_s: float = 30) -> Event:
        """The next event; pings are counted and passed over."""
        async with asyncio.timeout(timeout_s):
            name, number, data = "", None, None
            async for line in self._lines:
                field, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if line == "":
                    if data is not None:
                        return Event(name, number, json.loads(data))
                elif field == "":
                    self.pings += 1
                elif field == "event":
                    name = value
                elif field == "id":
                    number = int(value)
                elif field == "data":
                    data = value
        raise EOFError("the stream has ended")

    async def until(self, name: str, timeout_s: float = 30) -> Event:
        """The next event of that name."""
        while True:
            event = await self.next(timeout_s)
            if event.name == name:
                return event


@asynccontextmanager
async def stream(client: httpx.AsyncClient, after: int | None = None, **headers: str) -> AsyncIterator[Stream]:
    """The events of a signed-in browser, with the hello already read."""
    query = "" if after is None else f"?after={after}"
    async with client.stream("GET", f"/events{query}", headers=headers) as response:
        assert response.status_code == 200
        opened = Stream(response)
        yield opened


__all__ = ["API", "COOKIE", "PASSWORD", "WRITE", "Event", "Inbox", "Stream", "key_of", "open_inbox", "stream"]
