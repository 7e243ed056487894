"""The doors of one process, built on its engine.

The busiest path goes straight to its coroutine; own pages and APIs have their prefixes; everything else belongs to the
Cloud API, which also answers what does not exist, in the way its clients understand.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from takt.engine import Engine
from takt.web.auth import Authenticator
from takt.web.bank import BankDesk, BankLanes
from takt.web.cloud import routes as cloud
from takt.web.cloud.calls import Offer
from takt.web.cloud.messages import PATH, MessagesDoor, SendLanes
from takt.web.cloud.meter import Meter
from takt.web.cloud.numbers import NumberLanes
from takt.web.cloud.offers import CloudLanes, Foundation, offers
from takt.web.console.bank import ConsoleBank
from takt.web.console.contracts import ConsoleContracts
from takt.web.console.money import ConsoleMoney
from takt.web.console.pages import console_routes
from takt.web.console.routes import ConsoleDoor
from takt.web.contracts import ContractDesk
from takt.web.costs import Costs
from takt.web.decisions import Decisions
from takt.web.device import routes as device
from takt.web.device.api import DeviceLanes
from takt.web.device.routes import Neighbours
from takt.web.documents import DocumentDesk, DocumentLanes
from takt.web.http import Receive, Scope, Send
from takt.web.inbox import pages
from takt.web.inbox.api import InboxApi, InboxLanes
from takt.web.inbox.costs import InboxCosts
from takt.web.inbox.media import InboxMedia
from takt.web.inbox.routes import InboxDoor
from takt.web.inbox.spending import InboxSpending
from takt.web.inbox.standing import InboxStanding
from takt.web.messenger.links import link_routes
from takt.web.messenger.routes import messenger_routes
from takt.web.money import MoneyDesk
from takt.web.numbers import NumberQueue
from takt.web.payments import MoneyLanes, PaymentDesk
from takt.web.policies import PolicyDesk
from takt.web.reviews import ReviewQueue
from takt.web.staff.session import COMPANIES, OPERATOR, Sessions
from takt.web.standings import StandingDesk
from takt.web.suspicions import SuspicionQueue
from takt.web.takt.consent_api import ConsentApi
from takt.web.takt.consents import ConsentLanes, Consents
from takt.web.takt.contracts import ContractApi
from takt.web.takt.door import OwnDoor
from takt.web.takt.filtering import FilterApi
from takt.web.takt.granting import GrantApi, GrantDesk
from takt.web.takt.invoices import InvoiceApi
from takt.web.takt.money import MoneyApi
from takt.web.takt.numbers import NumberApi
from takt.web.takt.office import Office, OfficeLanes
from takt.web.takt.operation import OperatorApi
from takt.web.takt.payments import PaymentApi
from takt.web.takt.policies import PolicyApi
from takt.web.takt.prices import PriceApi
from takt.web.takt.refusals import RefusalApi
from takt.web.takt.registration import RegistrationApi
from takt.web.takt.reviews import ReviewApi
from takt.web.takt.routes import OwnApi
from takt.web.takt.standings import StandingApi
from takt.web.takt.usage import UsageApi
from takt.web.takt.webhooks import WebhookApi
from takt.web.template_appeals import TemplateAppeals
from takt.workers.closer import Closer
from takt.workers.erasures import Erasures
from takt.workers.flow_endpoint import FlowEndpoint

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Desks = tuple[PaymentDesk, BankDesk]


class Front:
    """Passes a request on by its path. Streams stay open for long: without layers around them they hold on to less."""

    def __init__(self, messages: MessagesDoor, streams: Asgi, others: Asgi) -> None:
        self._messages = messages
        self._streams = streams
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "POST" and PATH.fullmatch(scope["path"]) is not None:
            await self._messages(scope, receive, send)
        elif scope["path"] == device.EVENTS_PATH:
            await self._streams(scope, receive, send)
        else:
            await self._others(scope, receive, send)


def build_doors(engine: Engine, *, demo: bool) -> Asgi:
    """The front of all doors of this process; `demo` lets people in without a password."""
    lanes = engine.lanes
    authenticator = Authenticator(engine.site.everywhere, engine.reference, engine.clock)
    messages = MessagesDoor(
        engine.site,
        engine.reference,
        authenticator,
        SendLanes(lanes.send, lanes.acknowledge, lanes.claim),
        engine.resolver,
        engine.clock,
    )
    people = DeviceLanes(
        receive=lanes.receive,
        receipt=lanes.receipts,
        plays=lanes.plays,
        consent=lanes.consent,
        chat=lanes.chat,
        person=lanes.person,
        flows=lanes.flows,
        asks=lanes.asks,
        erasing=lanes.erasing,
        opinions=lanes.opinions,
    )
    forms = FlowEndpoint(engine.outbound, engine.clock)
    neighbours = Neighbours(engine.intake, forms, _clear(engine))
    device_routes = device.routes(
        engine.site, engine.reference, engine.wakes, engine.clock, people, neighbours, demo=demo
    )
    streams = next(route.app for route in device_routes if route.path == device.EVENTS_PATH)
    standings = StandingDesk(engine.site, engine.reference, engine.lanes.standings, engine.clock)
    desks = _money_desks(engine)
    routes: list[BaseRoute] = [
        *device_routes,
        *_inbox_routes(engine, standings, desks[0], demo=demo),
        *_console_routes(engine, standings, desks, demo=demo),
        *messenger_routes(),
        *link_routes(engine.site),
        *_own_routes(engine, authenticator, standings, desks),
        *cloud.routes(
            engine.site.everywhere,
            engine.reference,
            authenticator,
            Meter(lanes.calls, engine.clock),
            engine.clock,
            _cloud_offers(engine, authenticator, forms, demo=demo),
        ),
    ]
    return Front(messages, streams, Starlette(routes=routes))


def _cloud_offers(engine: Engine, authenticator: Authenticator, forms: FlowEndpoint, *, demo: bool) -> list[Offer]:
    lanes, clock = engine.lanes, engine.clock
    numbers = NumberLanes(engine.site, lanes.numbers, lanes.presence, lanes.business_blocks, logged=demo)
    own = CloudLanes(lanes.endpoint, numbers, lanes.flows, lanes.access, lanes.templates)
    return offers(Foundation(authenticator, engine.outbound, forms, engine.intake, engine.resolver, clock, own))


def _own_routes(engine: Engine, authenticator: Authenticator, standings: StandingDesk, desks: Desks) -> list[BaseRoute]:
    lanes, reference, clock = engine.lanes, engine.reference, engine.clock
    door = OwnDoor(authenticator, clock)
    return [
        *OwnApi(door, engine.site, reference, lanes.examine, clock).routes(),
        *UsageApi(door, engine.site, reference, Costs(engine.site, reference, clock)).routes(),
        *PriceApi(door, engine.site, reference, clock).routes(),
        *OperatorApi(door, reference, lanes.members).routes(),
        *GrantApi(door, GrantDesk(engine.site, reference, lanes.grants, clock), reference).routes(),
        *PaymentApi(door, reference, *desks, clock).routes(),
        *ContractApi(door, reference, _contract_desk(engine), desks[0]).routes(),
        *NumberApi(door, _number_queue(engine)).routes(),
        *RegistrationApi(door, _office(engine)).routes(),
        *MoneyApi(door, _money_desk(engine)).routes(),
        *InvoiceApi(door, reference, _document_desk(engine)).routes(),
        *WebhookApi(door, engine.site, reference, lanes.replays, lanes.endpoint).routes(),
        *ReviewApi(door, _review_queue(engine), _template_appeals(engine)).routes(),
        *PolicyApi(door, _policy_desk(engine), Decisions(engine.site, reference, engine.clock)).routes(),
        *StandingApi(door, reference, standings).routes(),
        *RefusalApi(door, engine.site, clock).routes(),
        *FilterApi(door, _suspicion_queue(engine), reference).routes(),
        *ConsentApi(door, Consents(engine.site, reference, _consent_lanes(engine), clock, _clear(engine))).routes(),
    ]


def _office(engine: Engine) -> Office:
    lanes = engine.lanes
    return Office(
        engine.site,
        engine.reference,
        OfficeLanes(lanes.register, lanes.people, lanes.access, lanes.stages, lanes.rates, lanes.shadows),
        engine.clock,
    )


def _money_desk(engine: Engine) -> MoneyDesk:
    site, reference, clock = engine.site, engine.reference, engine.clock
    return MoneyDesk(site, reference, Closer(site, reference, clock), clock)


def _money_desks(engine: Engine) -> Desks:
    lanes = engine.lanes
    desk = PaymentDesk(engine.site, MoneyLanes(lanes.payments, lanes.plans), engine.providers, engine.clock)
    own = BankLanes(lanes.statements, lanes.collecting, lanes.bookings)
    return desk, BankDesk(engine.site, engine.reference, own, engine.clock)


def _contract_desk(engine: Engine) -> ContractDesk:
    return ContractDesk(engine.site, engine.reference, engine.lanes.contracts, _document_desk(engine), engine.clock)


def _document_desk(engine: Engine) -> DocumentDesk:
    lanes = DocumentLanes(engine.lanes.issue, engine.lanes.legal)
    return DocumentDesk(engine.site, engine.reference, lanes, engine.clock)


def _consent_lanes(engine: Engine) -> ConsentLanes:
    lanes = engine.lanes
    return ConsentLanes(lanes.purposes, lanes.asks, lanes.brings, lanes.erasing)


def _clear(engine: Engine) -> Callable[[int, UUID], Awaitable[None]]:
    return Erasures(engine.site, engine.reference, engine.wakes, engine.clock).clear_now


def _inbox_routes(engine: Engine, desk: StandingDesk, payments: PaymentDesk, *, demo: bool) -> list[BaseRoute]:
    lanes = engine.lanes
    sessions = Sessions(COMPANIES, engine.site, lanes.sessions, engine.clock, demo=demo)
    api = InboxApi(
        engine.site,
        engine.reference,
        engine.wakes,
        engine.clock,
        InboxLanes(lanes.send, lanes.acknowledge, lanes.examine),
        engine.resolver,
    )
    media = InboxMedia(api.readers, engine.reference, engine.intake, engine.clock)
    costs = InboxCosts(
        Costs(engine.site, engine.reference, engine.clock), _document_desk(engine), engine.site, engine.reference
    )
    door = InboxDoor(api, media, costs, sessions, engine.wakes, engine.clock)
    spending = InboxSpending(sessions, payments, _contract_desk(engine), engine.reference)
    standing = InboxStanding(sessions, desk, _suspicion_queue(engine), _template_appeals(engine), engine.reference)
    return [*spending.routes(), *standing.routes(), *door.routes(), *pages.inbox_routes()]


def _console_routes(engine: Engine, standings: StandingDesk, desks: Desks, *, demo: bool) -> list[BaseRoute]:
    sessions = Sessions(OPERATOR, engine.site, engine.lanes.sessions, engine.clock, demo=demo)
    decisions = Decisions(engine.site, engine.reference, engine.clock)
    door = ConsoleDoor(
        sessions,
        _review_queue(engine),
        _number_queue(engine),
        _policy_desk(engine),
        decisions,
        _suspicion_queue(engine),
        standings,
    )
    money = ConsoleMoney(sessions, _money_desk(engine), _document_desk(engine), _office(engine))
    bank = ConsoleBank(sessions, *desks)
    contracts = ConsoleContracts(sessions, _contract_desk(engine), _document_desk(engine), desks[0])
    return [*contracts.routes(), *money.routes(), *bank.routes(), *door.routes(), *console_routes()]


def _review_queue(engine: Engine) -> ReviewQueue:
    return ReviewQueue(engine.site, engine.reference, engine.lanes.templates, engine.clock)


def _template_appeals(engine: Engine) -> TemplateAppeals:
    return TemplateAppeals(engine.site, _review_queue(engine), engine.clock)


def _suspicion_queue(engine: Engine) -> SuspicionQueue:
    return SuspicionQueue(engine.site, engine.reference, engine.texts, engine.lanes.vetting)


def _policy_desk(engine: Engine) -> PolicyDesk:
    return PolicyDesk(engine.site, engine.reference, engine.lanes.policies, engine.clock)


def _number_queue(engine: Engine) -> NumberQueue:
    return NumberQueue(engine.site, engine.reference, engine.lanes.numbers, engine.clock)
