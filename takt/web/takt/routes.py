"""The own API: why a message went out or not, what a send would meet, what it would cost, what the wallet holds.

Same tokens and same error envelope as the Cloud API, so that one client speaks both.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from takt.actions.examine import Examined
from takt.actions.pilot import SetMember, SetStage
from takt.actions.top_up import TopUp
from takt.clock import Clock
from takt.core import verdict
from takt.core.ids import WA_ID, derive_id, parse_wamid, slot_of, slot_of_key, wamid
from takt.core.ledger import Wallet
from takt.core.message import SendMessage
from takt.lanes import LaneFullError, Lanes, UnavailableError
from takt.store import explanations, views
from takt.store.reference import Business, Reference, Sender
from takt.store.site import Site
from takt.web.auth import Authenticator, Principal
from takt.web.errors import error_answer
from takt.web.http import BodyTooLargeError, BodyTooSlowError, read_body
from takt.wire import cloud, errors, explain, record
from takt.wire.cloud import SendRequest
from takt.wire.errors import WireError
from takt.wire.explain import Explanation

TOP_UP_MICROS_MAX: Final = 10**15
NOTE_CHARS_MAX: Final = 200
LOCALES: Final = ("en", "de")
STAGES: Final = ("applied", "pilot", "live", "paused")

Answer = dict[str, Any] | WireError


@dataclass(frozen=True, slots=True)
class OwnLanes:
    """The lanes this door hands its commands to."""

    examine: Lanes[SendMessage, Examined]
    top_up: Lanes[TopUp, Wallet]
    stages: Lanes[SetStage, None]
    members: Lanes[SetMember, bool]


class OwnApi:
    """The requests of a company's program, or of the operator's."""

    def __init__(
        self, site: Site, reference: Reference, authenticator: Authenticator, lanes: OwnLanes, clock: Clock
    ) -> None:
        self._site = site
        self._reference = reference
        self._authenticator = authenticator
        self._lanes = lanes
        self._clock = clock

    def routes(self) -> list[Route]:
        """What this door answers."""
        return [
            Route("/takt/v1/messages/{message}/explain", self._door(self._explain), methods=["GET"]),
            Route("/takt/v1/dry-run", self._door(self._dry_run), methods=["POST"]),
            Route("/takt/v1/price", self._door(self._price), methods=["POST"]),
            Route("/takt/v1/wallet", self._door(self._wallet), methods=["GET"]),
            Route("/takt/v1/businesses/{waba}/top-ups", self._door(self._top_up), methods=["POST"]),
            Route("/takt/v1/businesses/{waba}/stage", self._door(self._set_stage), methods=["PUT"]),
            Route(
                "/takt/v1/businesses/{waba}/pilot-members/{wa_id}",
                self._door(self._set_member),
                methods=["PUT", "DELETE"],
            ),
        ]

    def _door(
        self, answer: Callable[[Request, Principal], Awaitable[Answer]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def door(request: Request) -> Response:
            try:
                principal = await self._authenticator.authenticate(
                    request.scope, request.query_params.get("access_token")
                )
                outcome = principal if isinstance(principal, WireError) else await answer(request, principal)
            except BodyTooLargeError:
                outcome = errors.body_too_large()
            except BodyTooSlowError:
                outcome = errors.body_too_slow()
            except LaneFullError:
                outcome = errors.overloaded()
            except UnavailableError:
                outcome = errors.unavailable()
            if isinstance(outcome, WireError):
                return error_answer(outcome, self._clock)
            return Response(msgspec.json.encode(outcome), media_type="application/json")

        return door

    async def _explain(self, request: Request, principal: Principal) -> Answer:
        named = request.path_params["message"]
        message_id = parse_wamid(named)
        if message_id is None:
            return errors.unknown_object(named)
        part = self._site.part_of(slot_of(message_id))
        async with self._site.pool(part).acquire() as conn:
            found = await explanations.message_record(conn, part, message_id)
        if found is None or (principal.kind != "operator" and found.business_id != principal.business_id):
            return errors.unknown_object(named)
        facts = record.decode_facts(found.facts)
        explanation = Explanation(
            facts,
            found.accepted_at,
            verdict.on_record(facts, found.accepted_at, found.reason),
            record.decode_quote(found.pricing) if found.pricing is not None else None,
            found.hold_state,
        )
        locale = request.query_params.get("locale", "en")
        if locale not in LOCALES:
            return errors.bad_value("locale", "must be en or de")
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

    async def _dry_run(self, request: Request, principal: Principal) -> Answer:
        examined = await self._examine(request, principal)
        if isinstance(examined, WireError):
            return examined
        explanation = Explanation(examined.facts, examined.at, examined.denied, examined.quote)
        return {"would_send": examined.denied is None, **explain.render(explanation, "en")}

    async def _price(self, request: Request, principal: Principal) -> Answer:
        examined = await self._examine(request, principal)
        if isinstance(examined, WireError):
            return examined
        return {"price": explain.render_price(examined.quote, None)}

    async def _examine(self, request: Request, principal: Principal) -> Examined | WireError:
        body = cloud.decode_body(await read_body(request.scope, request.receive))
        if isinstance(body, WireError):
            return body
        sender = self._sender(body.get("sender"), principal)
        if isinstance(sender, WireError):
            return sender
        parsed = cloud.parse_send({"messaging_product": "whatsapp", **body})
        if isinstance(parsed, WireError):
            return parsed
        if not isinstance(parsed, SendRequest):
            return errors.bad_value("status", "a dry run takes a message to send")
        message_id = self._clock.new_id_beside(parsed.wa_id)
        command = SendMessage(message_id, sender.sender_id, parsed.to, parsed.wa_id, parsed.content)
        return await self._lanes.examine.submit(slot_of(message_id), command)

    def _sender(self, named: object, principal: Principal) -> Sender | WireError:
        if named is None:
            return errors.missing("sender")
        sender = self._reference.current.senders.get(named) if isinstance(named, str) else None
        if sender is None or sender.business.business_id != principal.business_id:
            return errors.bad_value("sender", "must be the id of one of your senders")
        return sender

    async def _wallet(self, request: Request, principal: Principal) -> Answer:
        del request
        business = self._reference.current.businesses.get(principal.business_id or UUID(int=0))
        if business is None:
            return errors.permission_missing("business_management")
        part = business.contract_part
        async with self._site.pool(part).acquire() as conn:
            balance = await views.balance(conn, part, business.contract_id)
        return {
            "currency": balance.currency,
            "posted_micros": balance.wallet.posted_micros,
            "held_micros": balance.wallet.pending_micros,
            "available_micros": balance.wallet.available_micros,
        }

    async def _top_up(self, request: Request, principal: Principal) -> Answer:
        business = self._business(request, principal)
        if isinstance(business, WireError):
            return business
        body = cloud.decode_body(await read_body(request.scope, request.receive))
        if isinstance(body, WireError):
            return body
        amount, note = body.get("amount_micros"), body.get("note", "")
        if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= TOP_UP_MICROS_MAX:
            return errors.bad_value("amount_micros", f"must be an integer from 1 to {TOP_UP_MICROS_MAX}")
        if not isinstance(note, str) or len(note) > NOTE_CHARS_MAX or "\x00" in note:
            return errors.bad_value("note", f"must be text of at most {NOTE_CHARS_MAX} characters")
        slot = slot_of(business.contract_id)
        key = request.headers.get("idempotency-key")
        entry = derive_id(slot, "top-up", business.waba_id, key) if key else self._clock.new_id(slot)
        payer = (business.contract_part, business.contract_id)
        wallet = await self._lanes.top_up.submit(slot, TopUp(payer, entry, amount, note))
        return {"entry": str(entry), "available_micros": wallet.available_micros}

    async def _set_stage(self, request: Request, principal: Principal) -> Answer:
        business = self._business(request, principal)
        if isinstance(business, WireError):
            return business
        body = cloud.decode_body(await read_body(request.scope, request.receive))
        if isinstance(body, WireError):
            return body
        stage = body.get("stage")
        if not isinstance(stage, str) or stage not in STAGES:
            return errors.bad_value("stage", f"must be one of {', '.join(STAGES)}")
        await self._lanes.stages.submit(slot_of(business.business_id), SetStage(business.business_id, stage))
        return {"success": True}

    async def _set_member(self, request: Request, principal: Principal) -> Answer:
        business = self._business(request, principal)
        if isinstance(business, WireError):
            return business
        wa_id = request.path_params["wa_id"]
        if WA_ID.fullmatch(wa_id) is None:
            return errors.bad_value("wa_id", "must be 5 to 15 digits")
        command = SetMember(business.business_id, wa_id, request.method == "PUT")
        known = await self._lanes.members.submit(slot_of_key(wa_id), command)
        return {"success": True} if known else errors.unknown_object(wa_id)

    def _business(self, request: Request, principal: Principal) -> Business | WireError:
        if principal.kind != "operator":
            return errors.permission_missing("operator")
        named = request.path_params["waba"]
        return self._reference.current.by_waba.get(named) or errors.unknown_object(named)
