"""The own API: why a message went out or not, what a send would meet, what it would cost, what the wallet holds.

Same tokens and same error envelope as the Cloud API, so that one client speaks both.
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from takt.actions.examine import Examined
from takt.clock import Clock
from takt.core import verdict
from takt.core.ids import parse_wamid, slot_of, wamid
from takt.core.message import SendMessage
from takt.lanes import Lanes
from takt.store import explanations, views
from takt.store.explanations import MessageRecord
from takt.store.reference import Reference
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.people import with_number
from takt.web.takt.door import MANAGEMENT, MESSAGING, OwnDoor, own_business, own_sender, read_object
from takt.wire import cloud, errors, explain, record
from takt.wire.cloud import SendRequest
from takt.wire.errors import Refusal, WireError
from takt.wire.explain import Explanation

LOCALES: Final = ("en", "de")


class OwnApi:
    """The requests of a company's program about its messages and its money."""

    def __init__(
        self, door: OwnDoor, site: Site, reference: Reference, examine: Lanes[SendMessage, Examined], clock: Clock
    ) -> None:
        self._door = door
        self._site = site
        self._reference = reference
        self._examine_lane = examine
        self._clock = clock

    def routes(self) -> list[Route]:
        """What this API answers."""
        door = self._door
        return [
            Route("/takt/v1/messages/{message}/explain", door.anyone(self._explain), methods=["GET"]),
            Route("/takt/v1/dry-run", door.company(self._dry_run, MESSAGING), methods=["POST"]),
            Route("/takt/v1/price", door.company(self._price, MESSAGING), methods=["POST"]),
            Route("/takt/v1/wallet", door.company(self._wallet, MANAGEMENT), methods=["GET"]),
        ]

    async def _explain(self, request: Request, principal: Principal) -> dict[str, Any]:
        locale = request.query_params.get("locale", "en")
        if locale not in LOCALES:
            raise Refusal(errors.bad_value("locale", "must be en or de"))
        found = await self._record(request.path_params["message"], principal)
        facts = record.decode_facts(found.facts)
        explanation = Explanation(
            facts,
            found.accepted_at,
            verdict.on_record(facts, found.accepted_at, found.reason, waiting=found.due_at is not None),
            record.decode_quote(found.pricing) if found.pricing is not None else None,
            found.hold_state,
            found.due_at,
            at_once=found.times > 0,
        )
        if principal.kind != "operator":
            explanation = explanation.for_company()
        return {
            "message": wamid(found.message_id),
            "sender": found.sender_id,
            "to": found.wa_id,
            "type": found.type,
            "category": found.category,
            "status": found.status,
            "consent": str(found.consent_id) if found.consent_id is not None else None,
            **explain.render(explanation, locale),
        }

    async def _record(self, named: str, principal: Principal) -> MessageRecord:
        message_id = parse_wamid(named)
        if message_id is None:
            raise Refusal(errors.unknown_object(named))
        part = self._site.part_of(slot_of(message_id))
        async with self._site.pool(part).acquire() as conn:
            found = await explanations.message_record(conn, part, message_id)
        if found is None or (principal.kind != "operator" and found.business_id != principal.business_id):
            raise Refusal(errors.unknown_object(named))
        return found

    async def _dry_run(self, request: Request, principal: Principal) -> dict[str, Any]:
        examined = await self._examine(request, principal)
        explanation = Explanation(examined.facts, examined.at, examined.denied, examined.quote, due_at=examined.due_at)
        explanation = explanation.for_company()
        return {"would_send": examined.would_send, **explain.render(explanation, "en")}

    async def _price(self, request: Request, principal: Principal) -> dict[str, Any]:
        examined = await self._examine(request, principal)
        return {"price": explain.render_price(examined.quote, None)}

    async def _examine(self, request: Request, principal: Principal) -> Examined:
        body = await read_object(request)
        sender = own_sender(self._reference, body.get("sender"), principal)
        parsed = cloud.parse_send({"messaging_product": "whatsapp", **body})
        if isinstance(parsed, WireError):
            raise Refusal(parsed)
        if not isinstance(parsed, SendRequest):
            raise Refusal(errors.bad_value("status", "must be absent: a dry run takes a message to send"))
        parsed = await with_number(self._site, parsed)
        if isinstance(parsed, WireError):
            raise Refusal(parsed)
        message_id = self._clock.new_id_beside(parsed.wa_id)
        command = SendMessage(message_id, sender.sender_id, parsed.to, parsed.wa_id, parsed.content)
        return await self._examine_lane.submit(slot_of(message_id), command)

    async def _wallet(self, _request: Request, principal: Principal) -> dict[str, Any]:
        business = own_business(self._reference, principal)
        part = business.contract_part
        async with self._site.pool(part).acquire() as conn:
            balance = await views.balance(conn, part, business.contract_id)
        return {
            "currency": balance.currency,
            "posted_micros": balance.wallet.posted_micros,
            "held_micros": balance.wallet.pending_micros,
            "available_micros": balance.wallet.available_micros,
        }
