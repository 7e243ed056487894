"""Where an app listens and what it hears: subscriptions of apps, subscribed apps of companies, overrides.

An override is another callback of the same app, for the messages of one company or one sender alone; the nearest one
counts (Cloud API reference, "Subscription and verification"). Each callback passes the handshake before it is written.
"""

from collections.abc import Mapping
from typing import Any, Final

from takt.actions.endpoint import Command, LinkApp, SetEndpoint, SetFields
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.lanes import Lanes
from takt.store.reference import OVERRIDABLE, App, Endpoint
from takt.web.cloud.calls import MANAGEMENT, Call, Offer
from takt.web.cloud.handshake import Caller, Handshake
from takt.wire import errors, nodes
from takt.wire.errors import Refusal

OVERRIDE_CHARS_MAX: Final = 200
SUCCESS: Final[dict[str, Any]] = {"success": True}


class Subscriptions:
    """Answers about endpoints and linked apps, and writes them."""

    def __init__(self, lane: Lanes[Command, None], caller: Caller, clock: Clock) -> None:
        self._lane = lane
        self._clock = clock
        self._handshake = Handshake(caller, clock)

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "subscribed_apps": {"POST": self.link, "DELETE": self.unlink},
                "subscriptions": {"GET": self.list, "POST": self.set, "DELETE": self.remove},
            },
            phone_keys={"webhook_configuration": self.set_callback},
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
        await self._handshake.verify("callback_url", url, verify_token)
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
        """`POST /{waba}/subscribed_apps`: the token's app hears what happens to the company.

        With `override_callback_uri` it hears of its messages there; without, at the app's own callback again.
        """
        business = call.business()
        app = _own_app(call)
        await self._override(call, app, business.waba_id, call.parameters.values)
        return await self._write(call, app, LinkApp(business.business_id, app.app_id, linked=True))

    async def unlink(self, call: Call) -> dict[str, Any]:
        """`DELETE /{waba}/subscribed_apps`."""
        business = call.business()
        app = _own_app(call)
        await self._override(call, app, business.waba_id, {})
        return await self._write(call, app, LinkApp(business.business_id, app.app_id, linked=False))

    async def set_callback(self, call: Call) -> None:
        """Do what `webhook_configuration` in a POST on a sender says; an empty `override_callback_uri` clears it."""
        given = nodes.parse_object("webhook_configuration", call.parameters.get("webhook_configuration"))
        if "override_callback_uri" not in given:
            raise Refusal(errors.invalid_parameter("webhook_configuration.override_callback_uri", "is required"))
        await self._override(call, _own_app(call), call.sender().sender_id, given)

    async def _override(self, call: Call, app: App, node: str, given: Mapping[str, Any]) -> None:
        """Set or clear the callback of an app for the messages of one company or sender."""
        name = "override_callback_uri"
        url, verify_token = given.get(name) or "", given.get("verify_token") or ""
        if not isinstance(url, str) or len(url) > OVERRIDE_CHARS_MAX:
            raise Refusal(errors.invalid_parameter(name, f"must be a text of at most {OVERRIDE_CHARS_MAX} characters"))
        if not url:
            if (app.app_id, node) in call.snapshot.overrides:
                await self._write(call, app, SetFields(app.app_id, node, ()))
            return
        if not isinstance(verify_token, str) or not verify_token or "\x00" in url + verify_token:
            raise Refusal(errors.invalid_parameter("verify_token", "must be a text, and is required beside a callback"))
        await self._handshake.verify(name, url, verify_token)
        endpoint_id = self._clock.new_id(self._slot(call, app))
        wanted = SetEndpoint(endpoint_id, app.app_id, node, url, verify_token, (OVERRIDABLE,), call.version)
        await self._write(call, app, wanted)

    async def _write(self, call: Call, app: App, command: Command) -> dict[str, Any]:
        await self._lane.submit(self._slot(call, app), command)
        return SUCCESS

    def _slot(self, call: Call, app: App) -> int:
        """The slot of the contract that the app's company has; of the first part for an app of the operator."""
        business = call.snapshot.businesses.get(app.business_id) if app.business_id is not None else None
        return slot_of(business.contract_id) if business is not None else 0


async def _is_sender(call: Call) -> bool:
    return call.node in call.snapshot.senders


def _own_app(call: Call) -> App:
    """The app of a token that may change things."""
    call.check_may_change()
    app = call.snapshot.apps.get(call.principal.app_id or "")
    if app is None:
        raise Refusal(errors.token_unusable("one that belongs to an app"))
    return app


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
    own = (one for one in endpoints if one.app_id == app.app_id and one.object == nodes.WEBHOOK_OBJECT)
    return next((one for one in own if one.callback_url), None)


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "object": endpoint.object,
        "callback_url": endpoint.callback_url,
        "active": True,
        "fields": [{"name": name, "version": endpoint.version} for name in sorted(endpoint.fields)],
    }
