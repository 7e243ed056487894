"""How a company stands, at the inbox: its numbers, measures, watched senders and templates, what it says to them, its link domains."""

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from takt.core.reach import ORDER, TIERS
from takt.store.reference import Business, Reference
from takt.store.views import Session
from takt.web.inbox.company import LOOKING, company_of
from takt.web.staff import address
from takt.web.staff.address import nowhere
from takt.web.staff.answers import as_here, json_answer, read_object
from takt.web.staff.session import Sessions
from takt.web.standings import StandingDesk
from takt.web.suspicions import SuspicionQueue
from takt.web.template_appeals import TemplateAppeals

ACTING: Final = ("developer", "marketer")


class InboxStanding:
    """The requests of a signed-in person about standing. Finance looks; developers and marketers act."""

    def __init__(
        self, sessions: Sessions, desk: StandingDesk, suspicions: SuspicionQueue, templates: TemplateAppeals,
        reference: Reference,
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._desk = desk
        self._suspicions = suspicions
        self._templates = templates
        self._reference = reference

    def routes(self) -> list[Mount]:
        """One mount below `/inbox/api/standing`."""
        signed = partial(address.signed, self._sessions, as_here)

        return [
            Mount("/inbox/api/standing", routes=[
                signed("/all", GET=self._all),
                signed("/measures/{measure}/objection", POST=self._object),
                signed("/senders/{sender}/appeal", POST=self._appeal),
                signed("/templates/{template}/appeal", POST=self._appeal_template),
                signed("/domains", POST=self._add),
                signed("/domains/{domain}", DELETE=self._drop),
                nowhere(self._sessions),
            ]),
        ]  # fmt: skip

    async def _all(self, _request: Request, session: Session) -> Response:
        return await self._told(self._business(session, LOOKING), session)

    async def _object(self, request: Request, session: Session) -> Response:
        business = self._business(session, ACTING)
        await self._desk.object(business, request.path_params["measure"], await read_object(request))
        return await self._told(business, session)

    async def _appeal(self, request: Request, session: Session) -> Response:
        business = self._business(session, ACTING)
        await self._suspicions.appeal(request.path_params["sender"], business.waba_id, await read_object(request))
        return await self._told(business, session)

    async def _appeal_template(self, request: Request, session: Session) -> Response:
        business = self._business(session, ACTING)
        await self._templates.appeal(request.path_params["template"], business.business_id, await read_object(request))
        return await self._told(business, session)

    async def _add(self, request: Request, session: Session) -> Response:
        business = self._business(session, ACTING)
        await self._suspicions.domains.add(business, await read_object(request))
        return await self._told(business, session)

    async def _drop(self, request: Request, session: Session) -> Response:
        business = self._business(session, ACTING)
        await self._suspicions.domains.drop(business, request.path_params["domain"])
        return await self._told(business, session)

    async def _told(self, business: Business, session: Session) -> Response:
        found: dict[str, Any] = await self._desk.of(business)
        return json_answer({
            **found,
            "next": _next(found["reach"]["tier"]),
            "watched": await self._suspicions.of(business),
            "templates": await self._templates.of(business),
            "domains": await self._suspicions.domains.of(business),
            "may_act": session.role in ACTING,
        })  # fmt: skip

    def _business(self, session: Session, roles: tuple[str, ...]) -> Business:
        says = "Standing is for developers and marketers; finance may see it."
        return company_of(self._reference, session, roles, says)


def _next(tier: str) -> dict[str, Any] | None:
    """What comes after a tier; None after the last."""
    after = ORDER[ORDER.index(tier) + 1 :]
    return {"tier": after[0], "people_max": TIERS[after[0]]} if after else None
