"""The console door with the lanes behind it, over real HTTP, for Olga of the operator and Ines of a company."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from starlette.applications import Starlette

from takt.actions import sign_in, vetting
from takt.actions.booking import BookByHand
from takt.actions.collecting import Collecting
from takt.actions.contract import change_contracts
from takt.actions.legal import set_legal
from takt.actions.number import Numbers
from takt.actions.paying import Paying
from takt.actions.policy_change import PolicyChanges
from takt.actions.publish import publish_all
from takt.actions.spending import Spending
from takt.actions.standing import Standings
from takt.actions.statement import Statements
from takt.actions.text_reading import TextReader
from takt.clock import CLOCK
from takt.lanes import Lanes
from takt.store import businesses
from takt.store.businesses import NewStaff
from takt.store.pool import transaction
from takt.web.bank import BankDesk, BankLanes
from takt.web.console.bank import ConsoleBank
from takt.web.console.contracts import ConsoleContracts
from takt.web.console.money import ConsoleMoney
from takt.web.console.pages import console_routes
from takt.web.console.routes import ConsoleDoor
from takt.web.contracts import ContractDesk
from takt.web.decisions import Decisions
from takt.web.documents import DocumentDesk, DocumentLanes
from takt.web.money import MoneyDesk
from takt.web.numbers import NumberQueue
from takt.web.payments import MoneyLanes, PaymentDesk
from takt.web.policies import PolicyDesk
from takt.web.reviews import ReviewQueue
from takt.web.staff.session import OPERATOR, Sessions
from takt.web.standings import StandingDesk
from takt.web.suspicions import SuspicionQueue
from takt.web.takt.office import Office, OfficeLanes
from takt.workers.closer import Closer
from tests.cloud import Cloud, open_cloud, template_action
from tests.serving import served
from tests.world import NOW, World

API: Final = "/console/api"
WRITE: Final = {"X-Takt": "1"}


@dataclass(frozen=True, slots=True)
class Console:
    """A served console beside the doors of companies."""

    url: str
    world: World
    cloud: Cloud

    @asynccontextmanager
    async def browser(self, person: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A browser of its own, signed in as that demo person."""
        async with httpx.AsyncClient(base_url=self.url + API, timeout=30, headers=WRITE) as client:
            if person is not None:
                answered = await client.post("/sign-in", json={"person": person})
                assert answered.status_code == 200, answered.text
            yield client


@asynccontextmanager
async def open_console(world: World, *, demo: bool = True) -> AsyncIterator[Console]:
    """The door, with Olga at the operator and Ines at Nordwind."""
    async with transaction(world.site.everywhere) as conn:
        for business_id, key, role in (
            (None, "olga", "operator"),
            (None, "otto", "operator"),
            (world.business.business_id, "ines", "agent"),
        ):
            member = NewStaff(CLOCK.new_id(), business_id, f"{key}@takt.example", key.title(), role, key)
            await businesses.add_staff(conn, member, NOW)
    async with open_cloud(world) as cloud:

        def lanes(action: Any) -> Lanes[Any, Any]:
            return Lanes(action, world.site, cloud.wakes, CLOCK.now)

        sessions_lane, templates = lanes(sign_in.keep_sessions), lanes(template_action(world))
        policies = lanes(PolicyChanges(world.reference))
        standings = lanes(Standings(world.reference, CLOCK.new_id))
        numbers = lanes(Numbers(world.reference, world.site.parts, CLOCK.new_id))
        vetted, rates = lanes(vetting.Vetting(world.reference, CLOCK.new_id)), lanes(publish_all)
        agreeing = lanes(change_contracts), lanes(set_legal)
        paying = (
            lanes(Paying(world.reference, CLOCK.new_id)),
            lanes(Spending(world.reference, CLOCK.new_id, world.site.parts)),
            lanes(Statements(world.site, world.reference, CLOCK.new_id)), lanes(Collecting(world.site)),
            lanes(BookByHand(world.site.parts)),
        )  # fmt: skip
        sessions = Sessions(
            OPERATOR, world.site, sessions_lane, CLOCK, demo=demo, check=lambda kept, password: kept == password
        )
        door = ConsoleDoor(
            sessions,
            ReviewQueue(world.site, world.reference, templates, CLOCK),
            NumberQueue(world.site, world.reference, numbers, CLOCK),
            PolicyDesk(world.site, world.reference, policies, CLOCK),
            Decisions(world.site, world.reference, CLOCK),
            SuspicionQueue(world.site, world.reference, TextReader(), vetted),
            StandingDesk(world.site, world.reference, standings, CLOCK),
        )
        tasks = [
            asyncio.create_task(lane.run())
            for lane in (sessions_lane, templates, numbers, policies, vetted, standings, rates, *paying, *agreeing)
        ]
        try:
            async with served(
                Starlette(
                    routes=[
                        *_contracts(world, sessions, paying, agreeing).routes(),
                        *_money(world, sessions, rates).routes(),
                        *_bank(world, sessions, paying).routes(),
                        *door.routes(),
                        *console_routes(),
                    ]
                )
            ) as url:
                yield Console(url, world, cloud)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _contracts(
    world: World, sessions: Sessions, paying: tuple[Lanes[Any, Any], ...], agreeing: tuple[Lanes[Any, Any], ...]
) -> ConsoleContracts:
    """The pages of contracts."""
    contracts, legal = agreeing
    documents = DocumentDesk(world.site, world.reference, DocumentLanes(legal, legal), CLOCK)
    desk = ContractDesk(world.site, world.reference, contracts, documents, CLOCK)
    payments = PaymentDesk(world.site, MoneyLanes(paying[0], paying[1]), {}, CLOCK)
    return ConsoleContracts(sessions, desk, documents, payments)


def _money(world: World, sessions: Sessions, rates: Lanes[Any, Any]) -> ConsoleMoney:
    """The pages of money; rate cards are all that is written there."""
    site, reference = world.site, world.reference
    office = Office(site, reference, OfficeLanes(rates, rates, rates, rates, rates, rates), CLOCK)
    documents = DocumentDesk(site, reference, DocumentLanes(rates, rates), CLOCK)
    return ConsoleMoney(sessions, MoneyDesk(site, reference, Closer(site, reference, CLOCK), CLOCK), documents, office)


def _bank(world: World, sessions: Sessions, lanes: tuple[Lanes[Any, Any], ...]) -> ConsoleBank:
    """The pages of payments."""
    payments, plans, statements, collecting, bookings = lanes
    desk = PaymentDesk(world.site, MoneyLanes(payments, plans), {}, CLOCK)
    bank = BankDesk(world.site, world.reference, BankLanes(statements, collecting, bookings), CLOCK)
    return ConsoleBank(sessions, desk, bank)
