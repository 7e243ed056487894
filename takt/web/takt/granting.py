"""Grants of companies: given and voided by the operator, by the API and the command line alike; listed for both sides."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.routing import Route

from takt.actions import wishes
from takt.actions.grant import Command, VoidGrant
from takt.clock import Clock
from takt.core.grants import Grant, GrantKind, Standing
from takt.core.ids import derive_id, slot_of
from takt.core.rating import CATEGORIES
from takt.lanes import Lanes
from takt.store import grants, views
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.takt.door import MANAGEMENT, OwnDoor, own_business, read_object
from takt.wire import errors
from takt.wire.errors import Refusal

AMOUNT_MICROS_MAX: Final = 10**15
DAYS_MAX: Final = 3_650
PRIORITY_MAX: Final = 1_000
NAME_CHARS_MAX: Final = 200
GOODWILL_DAYS: Final = 365

Body = Mapping[str, Any]
Shown = dict[str, Any]


class GrantDesk:
    """Gives, voids and lists grants. A company is named by its id on the wire."""

    def __init__(self, site: Site, reference: Reference, lane: Lanes[Command, bool], clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._lane = lane
        self._clock = clock

    async def add(self, waba_id: str, body: Body, key: str | None = None) -> Shown:
        """Give a grant: `amount_micros`, `name`, `kind` (goodwill), `days` (365), `priority` (0), `categories` (all), `markets` (all).

        The same `key` twice is one grant.
        """
        business = self._business(waba_id)
        slot, now = slot_of(business.contract_id), self._clock.now()
        grant_id = derive_id(slot, "grant", business.waba_id, key) if key else self._clock.new_id(slot)
        payer = (business.contract_part, business.contract_id)
        async with self._site.pool(payer[0]).acquire() as conn:
            balance = await views.balance(conn, *payer)
        given = Grant(
            grant_id, payer, wishes.text(body, "name", NAME_CHARS_MAX, "goodwill"),
            GrantKind(wishes.choice(body, "kind", tuple(GrantKind), GrantKind.GOODWILL)), _amount(body),
            balance.currency, wishes.number(body, "priority", 0, PRIORITY_MAX, 0), _categories(body), _markets(body), now,
            now + timedelta(days=wishes.number(body, "days", 1, DAYS_MAX, GOODWILL_DAYS)),
        )  # fmt: skip
        await self._lane.submit(slot, given)
        return {"id": str(grant_id), "expires_at": given.expires_at.isoformat()}

    async def list(self, waba_id: str) -> Shown:
        """The grants of a company, the newest first."""
        return await self.shown(self._business(waba_id))

    async def shown(self, business: Business) -> Shown:
        """The same of a company that is known."""
        payer = (business.contract_part, business.contract_id)
        async with self._site.pool(payer[0]).acquire() as conn:
            listed = await grants.list_grants(conn, payer)
        return {"grants": [self._grant(one) for one in listed]}

    async def void(self, waba_id: str, named: str) -> Shown:
        """Let a grant be over."""
        business = self._business(waba_id)
        try:
            grant_id = UUID(named)
        except ValueError:
            raise Refusal(errors.unknown_object(named)) from None
        command = VoidGrant((business.contract_part, business.contract_id), grant_id)
        if not await self._lane.submit(slot_of(business.contract_id), command):
            raise Refusal(errors.unknown_object(named))
        return {"success": True}

    def _grant(self, one: Standing) -> Shown:
        grant = one.grant
        return {
            "id": str(grant.grant_id), "name": grant.name, "kind": grant.kind, "state": one.state(self._clock.now()),
            "amount_micros": grant.amount_micros, "left_micros": one.left_micros, "held_micros": one.pending_micros,
            "currency": grant.currency, "priority": grant.priority, "categories": list(grant.categories),
            "markets": list(grant.markets), "issued_at": grant.issued_at.isoformat(),
            "expires_at": grant.expires_at.isoformat(),
        }  # fmt: skip

    def _business(self, waba_id: str) -> Business:
        business = self._reference.current.by_waba.get(waba_id)
        if business is None:
            raise Refusal(errors.unknown_object(waba_id))
        return business


class GrantApi:
    """The addresses: the operator's for any company, and a company's own list."""

    def __init__(self, door: OwnDoor, desk: GrantDesk, reference: Reference) -> None:
        self._door = door
        self._desk = desk
        self._reference = reference

    def routes(self) -> list[Route]:
        """What this API answers."""
        at, operator = "/takt/v1/businesses/{waba}/grants", self._door.operator
        return [
            Route(at, operator(self._list), methods=["GET"]),
            Route(at, operator(self._add), methods=["POST"]),
            Route(f"{at}/{{grant}}", operator(self._void), methods=["DELETE"]),
            Route("/takt/v1/grants", self._door.company(self._own, MANAGEMENT), methods=["GET"]),
        ]

    async def _list(self, request: Request, _principal: Principal) -> Shown:
        return await self._desk.list(request.path_params["waba"])

    async def _add(self, request: Request, _principal: Principal) -> Shown:
        key = request.headers.get("idempotency-key")
        return await self._desk.add(request.path_params["waba"], await read_object(request), key)

    async def _void(self, request: Request, _principal: Principal) -> Shown:
        return await self._desk.void(request.path_params["waba"], request.path_params["grant"])

    async def _own(self, _request: Request, principal: Principal) -> Shown:
        return await self._desk.shown(own_business(self._reference, principal))


def _amount(body: Body) -> int:
    if body.get("amount_micros") is None:
        raise Refusal(errors.missing("amount_micros"))
    return wishes.number(body, "amount_micros", 1, AMOUNT_MICROS_MAX, 0)


def _categories(body: Body) -> tuple[str, ...]:
    given = body.get("categories", [])
    if not isinstance(given, list) or not all(one in CATEGORIES for one in given):
        raise Refusal(errors.bad_value("categories", f"must be a list of some of {', '.join(CATEGORIES)}"))
    return tuple(sorted(set(given)))


def _markets(body: Body) -> tuple[str, ...]:
    given = body.get("markets", [])
    if not isinstance(given, list) or not all(isinstance(one, str) and 0 < len(one) <= NAME_CHARS_MAX for one in given):
        raise Refusal(errors.bad_value("markets", "must be a list of markets of the rate card, such as DE"))
    return tuple(sorted(set(given)))
