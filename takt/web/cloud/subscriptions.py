"""Where an app listens and what it hears: subscriptions of apps, subscribed apps of companies, tokens about tokens.

A callback is asked before it is believed: it must answer the challenge of a GET with `hub.verify_token` in it (Cloud
API reference, "Subscription and verification").
"""

import asyncio
import hmac
from typing import Any, Final, Protocol

from takt.actions.endpoint import Command, LinkApp, SetEndpoint, SetFields
from takt.clock import Clock
from takt.core.address import Permission, fault_of
from takt.core.ids import slot_of
from takt.core.retry import Outcome
from takt.lanes import Lanes
from takt.store.reference import App, Endpoint
from takt.web.auth import Authenticator, Principal
from takt.web.cloud.calls import MANAGEMENT, Call, Offer
from takt.wire import errors, nodes
from takt.wire.errors import Refusal, WireError

HANDSHAKES_AT_ONCE_MAX: Final = 16
VERIFY_TOKEN_CHARS_MAX: Final = 512
CHALLENGE_BITS: Final = 31
SUCCESS: Final[dict[str, Any]] = {"success": True}

_WORDS: Final = {
    "address_refused": "must not lead to a private, loopback or reserved address",
    "name_unknown": "has a host name that does not resolve",
    "timeout": "did not answer in time",
    "connect": "could not be reached",
    "tls": "has no valid certificate",
    "broken": "broke the connection off",
}


class Caller(Protocol):
    """The client for foreign addresses."""

    permission: Permission

    async def get(self, url: str, parameters: dict[str, str]) -> Outcome:
        """Ask a foreign address."""
        ...


class Subscriptions:
    """Answers about endpoints and linked apps, and writes them."""

    def __init__(self, lane: Lanes[Command, None], caller: Caller, clock: Clock) -> None:
        self._lane = lane
        self._caller = caller
        self._clock = clock
        self._handshakes = asyncio.Semaphore(HANDSHAKES_AT_ONCE_MAX)

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "subscribed_apps": {"POST": self.link, "DELETE": self.unlink},
                "subscriptions": {"GET": self.list, "POST": self.set, "DELETE": self.remove},
            }
        )

    async def list(self, call: Call) -> dict[str, Any]:
        """`GET /{app}/subscriptions`."""
        app = _managed_app(call)
        endpoint = _endpoint(call, app)
        return {"data": [] if endpoint is None else [_shown(endpoint)]}

    async def set(self, call: Call) -> dict[str, Any]:
        """`POST /{app}/subscriptions`: the app listens there, once the callback has answered the challenge."""
        app = _managed_app(call)
        _check_object(call.required("object"))
        fields = tuple(dict.fromkeys(nodes.parse_list("fields", call.parameters.get("fields"))))
        if not fields:
            raise Refusal(errors.invalid_parameter("fields", "is required"))
        unknown = next((one for one in fields if one not in nodes.WEBHOOK_FIELDS), None)
        if unknown is not None:
            raise Refusal(errors.invalid_parameter("fields", f"has no webhook field {unknown[:80]!r}"))
        known = _endpoint(call, app)
        if known is not None and call.parameters.get("callback_url") is None:
            return await self._write(call, app, SetFields(app.app_id, nodes.WEBHOOK_OBJECT, fields))
        url, verify_token = call.required("callback_url"), call.required("verify_token")
        if len(verify_token) > VERIFY_TOKEN_CHARS_MAX:
            raise Refusal(
                errors.invalid_parameter("verify_token", f"must have at most {VERIFY_TOKEN_CHARS_MAX} characters")
            )
        await self._verify(url, verify_token)
        endpoint_id = self._clock.new_id(self._slot(call, app))
        wanted = SetEndpoint(
            endpoint_id, app.app_id, nodes.WEBHOOK_OBJECT, url, verify_token, fields, call.version
        )  # fmt: skip
        return await self._write(call, app, wanted)

    async def remove(self, call: Call) -> dict[str, Any]:
        """`DELETE /{app}/subscriptions`: these fields, or all of it."""
        app = _managed_app(call)
        if (named := call.parameters.text("object")) is not None:
            _check_object(named)
        endpoint = _endpoint(call, app)
        if endpoint is None:
            return SUCCESS
        dropped = nodes.parse_list("fields", call.parameters.get("fields"))
        kept = tuple(sorted(endpoint.fields.difference(dropped))) if dropped else ()
        return await self._write(call, app, SetFields(app.app_id, nodes.WEBHOOK_OBJECT, kept))

    async def link(self, call: Call) -> dict[str, Any]:
        """`POST /{waba}/subscribed_apps`: the token's app hears what happens to the company."""
        if call.parameters.text("override_callback_uri"):
            raise Refusal(
                errors.invalid_parameter(
                    "override_callback_uri",
                    "is not supported here: set the callback of the app by /{app}/subscriptions",
                )
            )
        return await self._link(call, linked=True)

    async def unlink(self, call: Call) -> dict[str, Any]:
        """`DELETE /{waba}/subscribed_apps`."""
        return await self._link(call, linked=False)

    async def _link(self, call: Call, *, linked: bool) -> dict[str, Any]:
        business = call.business()
        call.check_may_change()
        app = call.snapshot.apps.get(call.principal.app_id or "")
        if app is None:
            raise Refusal(errors.token_unusable("one that belongs to an app"))
        await self._lane.submit(slot_of(business.contract_id), LinkApp(business.business_id, app.app_id, linked))
        return SUCCESS

    async def _write(self, call: Call, app: App, command: Command) -> dict[str, Any]:
        await self._lane.submit(self._slot(call, app), command)
        return SUCCESS

    def _slot(self, call: Call, app: App) -> int:
        """The slot of the contract that the app's company has; of the first part for an app of the operator."""
        business = call.snapshot.businesses.get(app.business_id) if app.business_id is not None else None
        return slot_of(business.contract_id) if business is not None else 0

    async def _verify(self, url: str, verify_token: str) -> None:
        fault = fault_of(url, self._caller.permission)
        if fault is not None:
            raise Refusal(errors.invalid_parameter("callback_url", fault))
        challenge = str(self._clock.new_id().int % (1 << CHALLENGE_BITS))
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        async with self._handshakes:
            outcome = await self._caller.get(url, asked)
        if outcome.status is None:
            raise Refusal(errors.not_verified(_WORDS.get(outcome.error or "", "could not be reached")))
        if not outcome.taken:
            raise Refusal(errors.not_verified(f"answered HTTP {outcome.status} to the challenge instead of 200"))
        if not hmac.compare_digest(outcome.answer.strip(), challenge.encode()):
            raise Refusal(errors.not_verified("did not answer with the challenge as its whole body"))


class TokenDesk:
    """Answers about tokens: what one stands for, and an app's own."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def offer(self) -> Offer:
        """What is answered here."""
        exchange = {"GET": self.exchange, "POST": self.exchange}
        return Offer(alone={"debug_token": {"GET": self.debug}}, public={"oauth/access_token": exchange})

    async def debug(self, call: Call) -> dict[str, Any]:
        """`GET /debug_token`: what `input_token` stands for, as far as the caller may know."""
        found = await self._authenticator.resolve(call.required("input_token"))
        if isinstance(found, Principal) and found.business_id != call.principal.business_id:
            found = errors.token_invalid()
        if isinstance(found, WireError):
            fault = {"code": found.code, "message": found.message, "subcode": found.subcode}
            return {"data": {"error": nodes.select(fault, list(fault)), "is_valid": False, "scopes": []}}
        return {"data": _token_facts(call, found)}

    async def exchange(self, call: Call) -> dict[str, Any]:
        """`/oauth/access_token` with `grant_type=client_credentials`: the token of the app itself."""
        if call.parameters.get("code") is not None:
            raise Refusal(
                errors.invalid_parameter("code", "is not supported here: tokens are given out by the operator")
            )
        if call.required("grant_type") != "client_credentials":
            raise Refusal(errors.invalid_parameter("grant_type", "must be client_credentials"))
        token = f"{call.required('client_id')}|{call.required('client_secret')}"
        if isinstance(await self._authenticator.resolve(token), WireError):
            raise Refusal(errors.client_unknown())
        return {"access_token": token, "token_type": "bearer"}


def _managed_app(call: Call) -> App:
    app = call.app()
    if call.principal.app_id == app.app_id and call.principal.kind == "app":
        return app
    if not call.principal.may(MANAGEMENT):
        raise Refusal(errors.permission_missing(MANAGEMENT))
    return app


def _check_object(named: str) -> None:
    if named != nodes.WEBHOOK_OBJECT:
        raise Refusal(errors.invalid_parameter("object", f"must be {nodes.WEBHOOK_OBJECT}"))


def _endpoint(call: Call, app: App) -> Endpoint | None:
    endpoints = call.snapshot.endpoints.values()
    return next((one for one in endpoints if one.app_id == app.app_id and one.callback_url), None)


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "object": endpoint.object,
        "callback_url": endpoint.callback_url,
        "active": True,
        "fields": [{"name": name, "version": endpoint.version} for name in sorted(endpoint.fields)],
    }


def _token_facts(call: Call, found: Principal) -> dict[str, Any]:
    app = call.snapshot.apps.get(found.app_id or "")
    business = call.snapshot.businesses.get(found.business_id) if found.business_id is not None else None
    scopes = sorted(found.scopes)
    targets = [business.waba_id] if business is not None else []
    return {
        "app_id": found.app_id,
        "application": app.name if app is not None else None,
        "type": "APP" if found.kind == "app" else "SYSTEM_USER",
        "is_valid": True,
        "issued_at": int(found.issued_at.timestamp()) if found.issued_at is not None else 0,
        "expires_at": int(found.expires_at.timestamp()) if found.expires_at is not None else 0,
        "data_access_expires_at": 0,
        "scopes": scopes,
        "granular_scopes": [{"scope": scope, "target_ids": targets} for scope in scopes],
    }
