"""The own API about money over HTTP, for two companies and the operator's people."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette

from takt.actions.booking import BookByHand
from takt.actions.collecting import Collecting
from takt.actions.paying import Paying
from takt.actions.spending import Spending
from takt.actions.statement import Statements
from takt.clock import CLOCK
from takt.lanes import Lanes
from takt.providers.fake import FakeProvider
from takt.store import businesses
from takt.store.businesses import NewStaff, NewToken
from takt.store.pool import transaction
from takt.store.reference import Business
from takt.wakes import Wakes
from takt.web.auth import Authenticator
from takt.web.bank import BankDesk, BankLanes
from takt.web.payments import MoneyLanes, PaymentDesk
from takt.web.takt.door import OwnDoor
from takt.web.takt.payments import PaymentApi
from tests.actions.processes import running
from tests.serving import served
from tests.world import NOW, World

MANAGES = ("whatsapp_business_management",)
OTHER = "200493023199"


@dataclass(slots=True)
class Doors:
    """Clients of the company, of another company, of the operator's program and of two of its people."""

    company: httpx.AsyncClient
    other: httpx.AsyncClient
    operator: httpx.AsyncClient
    olga: httpx.AsyncClient
    otto: httpx.AsyncClient
    provider: FakeProvider


async def _another(world: World) -> Business:
    """A second company, whose contract lies in the same part."""
    contract_id = CLOCK.new_id(4095)
    other = Business(
        CLOCK.new_id(), OTHER, "Kurz", "live", True, "", "", "de", contract_id, world.site.parts[-1], "card"
    )  # fmt: skip
    async with transaction(world.site.everywhere) as conn:
        await businesses.add_business(conn, other, NOW)
        await businesses.add_contract(conn, other, "EUR", NOW)
    return other


async def _let_in(world: World, other: Business) -> None:
    async with transaction(world.site.everywhere) as conn:
        for name, business in (("company", world.business), ("other", other)):
            token = NewToken(name, "system_user", "300493023125", business.business_id, MANAGES)
            await businesses.add_token(conn, token, CLOCK.now())
        await businesses.add_token(conn, NewToken("operator", "operator"), CLOCK.now())
        for name in ("olga", "otto"):
            staff = NewStaff(CLOCK.new_id(), None, name, name.title(), "operator")
            await businesses.add_staff(conn, staff, CLOCK.now())
            await businesses.add_token(conn, NewToken(name, "operator"), CLOCK.now())
            await conn.execute(
                "UPDATE token SET staff_id = $1 WHERE sha256 = sha256($2)", staff.staff_id, name.encode()
            )


@asynccontextmanager
async def open_doors(world: World) -> AsyncIterator[Doors]:
    """The own API about money, served to all of them."""
    await _let_in(world, await _another(world))
    async with world.site.everywhere.acquire() as conn:
        await world.reference.fresh(conn)
    site, reference, now, wakes = world.site, world.reference, CLOCK.now, Wakes()
    provider = FakeProvider("a secret for the provider")
    money = MoneyLanes(
        Lanes(Paying(reference, CLOCK.new_id), site, wakes, now),
        Lanes(Spending(reference, CLOCK.new_id, site.parts), site, wakes, now),
    )
    own = BankLanes(
        Lanes(Statements(site, reference, CLOCK.new_id), site, wakes, now), Lanes(Collecting(site), site, wakes, now),
        Lanes(BookByHand(site.parts), site, wakes, now),
    )  # fmt: skip
    desk = PaymentDesk(site, money, {"fake": provider}, CLOCK)
    bank = BankDesk(site, reference, own, CLOCK)
    api = PaymentApi(OwnDoor(Authenticator(site.everywhere, reference, CLOCK), CLOCK), reference, desk, bank, CLOCK)
    lanes: tuple[Lanes[Any, Any], ...] = (money.payments, money.plans, own.statements, own.collecting, own.bookings)
    async with AsyncExitStack() as stack:
        for lane in lanes:
            _ = await stack.enter_async_context(running(lane.run))
        url = await stack.enter_async_context(served(Starlette(routes=api.routes())))
        clients = [
            httpx.AsyncClient(base_url=f"{url}/takt/v1", headers={"Authorization": f"Bearer {who}"}, timeout=30)
            for who in ("company", "other", "operator", "olga", "otto")
        ]
        company, other, operator, olga, otto = clients
        yield Doors(company, other, operator, olga, otto, provider)
        for client in clients:
            await client.aclose()


async def ok(answered: httpx.Response) -> Any:
    assert answered.status_code == 200, answered.text
    return answered.json()


async def refused(answered: httpx.Response, http: int) -> str:
    assert answered.status_code == http, answered.text
    return str(answered.json()["error"]["error_data"]["details"])
