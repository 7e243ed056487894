"""Flows of a company as nodes of the Cloud API: made, written, published, deprecated, listed, and shown."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol

from takt.actions.flow import Answer, Change, Command, Create, Delete, Deprecate, Publish, RenewPreview, Write
from takt.clock import Clock
from takt.core.flow import CATEGORIES
from takt.core.flow_exchange import Question
from takt.core.flow_json import read
from takt.core.flow_state import FLOWS_MAX, FlowDenial
from takt.core.ids import NodeSort, slot_of
from takt.lanes import Lanes
from takt.store import flow_views
from takt.store.flow_views import FlowView
from takt.store.flows import Written
from takt.store.pool import Pool
from takt.store.reference import Business
from takt.web.cloud import views
from takt.web.cloud.calls import Call, NodeShelf, Offer
from takt.web.http import Receive, Scope, Send, send_bytes
from takt.wire import errors, flows, nodes
from takt.wire.errors import Refusal, WireError

FLOW_NAME_CHARS_MAX: Final = 200
MIGRATED_AT_ONCE_MAX: Final = 100
URI_CHARS_MAX: Final = 2048
ASSET: Final = "flow.json"
SUCCESS: Final[dict[str, Any]] = {"success": True}
_CAN_SEND: Final = {"THROTTLED": "LIMITED", "BLOCKED": "BLOCKED"}
_SAME_NAME: Final = "4233041"


class Prober(Protocol):
    """Who finds out whether an endpoint answers."""

    async def is_active(self, question: Question, find_key: Callable[[], Awaitable[str | None]]) -> bool:
        """Whether the endpoint answers a ping as it should."""
        ...


class FlowDesk:
    """Answers about flows, and writes them through their lane."""

    def __init__(self, pool: Pool, lane: Lanes[Command, Answer], prober: Prober, clock: Clock) -> None:
        self._pool = pool
        self._lane = lane
        self._prober = prober
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "flows": {"GET": self.list, "POST": self.create},
                "migrate_flows": {"POST": self.migrate},
                "assets": {"GET": self.assets, "POST": self.write},
                f"assets/{ASSET}": {"GET": self.asset},
                "publish": {"POST": self.publish},
                "deprecate": {"POST": self.deprecate},
            },
            public={"flows/preview": {"GET": self.preview}},
            shelves=(NodeShelf(self._is_flow, {"GET": self.flow, "POST": self.change, "DELETE": self.delete}),),
        )

    async def list(self, call: Call) -> dict[str, Any]:
        """`GET /{waba}/flows`: the flows of a company, by id, in pages."""
        business = call.business()
        call.check_may_read()
        fields = nodes.parse_fields(call.parameters.text("fields"), nodes.FLOW)
        limit = nodes.parse_limit(call.parameters.get("limit"))
        after = nodes.parse_cursor("after", call.parameters.get("after"), 1)
        before = nodes.parse_cursor("before", call.parameters.get("before"), 1) if after is None else None
        async with self._pool.acquire() as conn:
            if before is not None:
                found = await flow_views.list_before(conn, business.business_id, before[0], limit + 1)
                page, more, earlier = found[-limit:], True, len(found) > limit
            else:
                start = after[0] if after is not None else ""
                found = await flow_views.list_after(conn, business.business_id, start, limit + 1)
                page, more, earlier = found[:limit], len(found) > limit, after is not None
        rows = [nodes.select(_shown(one, call), fields) for one in page]
        return nodes.render_page(rows, [(one.flow_id,) for one in page], call.here, more=more, earlier=earlier)

    async def create(self, call: Call) -> dict[str, Any]:
        """`POST /{waba}/flows`."""
        business = call.business()
        call.check_may_change()
        given = call.parameters
        text, faults, written = _written(given.get("flow_json"))
        publish = given.text("publish") == "true"
        if publish and written is None:
            raise Refusal(errors.invalid_parameter("flow_json", "is required to publish at once"))
        clone_of = given.text("clone_flow_id")
        if clone_of is not None and written is not None:
            raise Refusal(errors.invalid_parameter("clone_flow_id", "and flow_json exclude each other"))
        flow_id = self._clock.new_node_id(NodeSort.FLOW, slot_of(business.contract_id))
        command = Create(
            flow_id, business.business_id, call.principal.app_id, _name(call.required("name")),
            _categories(given.get("categories"), required=True), _uri(given.text("endpoint_uri")),
            self._clock.new_secret(), written, clone_of, publish,
        )  # fmt: skip
        if publish and written is not None and written.data_api_version is not None and not faults:
            await self._check_active(call, business, command.endpoint_uri, command.app_id, written.data_api_version)
        await self._do(business, command)
        answer: dict[str, Any] = {"id": flow_id, "success": not faults}
        if faults:
            answer["validation_errors"] = flows.render_faults(text, faults)
        return answer

    async def flow(self, call: Call) -> dict[str, Any]:
        """`GET /{flow}`: what it is, its faults, its preview and its health."""
        call.check_may_read()
        wanted = call.parameters.text("fields")
        fields = nodes.parse_fields(wanted, nodes.FLOW)
        if "metric" in fields:
            raise Refusal(WireError(139006, "(#139006) Metrics threshold not reached", "metric has too few values yet"))
        view = await self._view(call)
        renewed = "preview.invalidate(true)" in (wanted or "").replace(" ", "")
        if "preview" in fields and (renewed or view.preview_until <= self._clock.now()):
            await self._do(self._owner(call, view), RenewPreview(view.flow_id, self._clock.new_secret()))
            view = await self._view(call)
        return nodes.select(_shown(view, call), fields)

    async def change(self, call: Call) -> dict[str, Any]:
        """`POST /{flow}`: other facts about a draft."""
        call.check_may_change()
        view, given = await self._view(call), call.parameters
        app_id = given.text("application_id")
        if app_id is not None and (app_id not in call.snapshot.apps or not _own_app(call, app_id, view)):
            raise Refusal(errors.invalid_parameter("application_id", "must be one of your apps"))
        name = given.text("name")
        categories = _categories(given.get("categories"), required=False)
        command = Change(
            view.flow_id,
            _name(name) if name is not None else None,
            categories,
            _uri(given.text("endpoint_uri")),
            app_id,
        )
        await self._do(self._owner(call, view), command)
        return SUCCESS

    async def delete(self, call: Call) -> dict[str, Any]:
        """`DELETE /{flow}`: a draft goes."""
        return await self._simply(call, Delete)

    async def deprecate(self, call: Call) -> dict[str, Any]:
        """`POST /{flow}/deprecate`."""
        return await self._simply(call, Deprecate)

    async def publish(self, call: Call) -> dict[str, Any]:
        """`POST /{flow}/publish`; an endpoint must answer a ping first."""
        call.check_may_change()
        view = await self._view(call)
        business = self._owner(call, view)
        if view.status in ("DRAFT", "BLOCKED") and view.data_api_version is not None and view.faults == "[]":
            await self._check_active(call, business, view.endpoint_uri, view.app_id, view.data_api_version)
        await self._do(business, Publish(view.flow_id))
        return SUCCESS

    async def assets(self, call: Call) -> dict[str, Any]:
        """`GET /{flow}/assets`: where its JSON can be fetched, with the caller's token."""
        call.check_may_read()
        view = await self._view(call)
        async with self._pool.acquire() as conn:
            body = await flow_views.find_body(conn, view.flow_id)
        url = f"{_origin(call)}/{call.version}/{view.flow_id}/assets/{ASSET}"
        rows = [] if body is None else [{"name": ASSET, "asset_type": "FLOW_JSON", "download_url": url}]
        return nodes.render_page(rows, [(ASSET,)] * len(rows), call.here, more=False, earlier=False)

    async def asset(self, call: Call) -> Any:
        """`GET /{flow}/assets/flow.json`: the JSON as it was brought."""
        call.check_may_read()
        view = await self._view(call)
        async with self._pool.acquire() as conn:
            body = await flow_views.find_body(conn, view.flow_id)
        if body is None:
            raise call.unknown()
        return _plain(body)

    async def preview(self, call: Call) -> Any:
        """`GET /flows/preview?token=`: the JSON, for whoever was given the address of the preview."""
        async with self._pool.acquire() as conn:
            body = await flow_views.find_previewed(conn, call.required("token"), self._clock.now())
        if body is None:
            raise Refusal(errors.invalid_parameter("token", "is not that of a preview, or is no longer"))
        return _plain(body)

    async def write(self, call: Call) -> dict[str, Any]:
        """`POST /{flow}/assets`: other JSON for a draft; what is wrong with it is told, and stands with the flow."""
        call.check_may_change()
        view = await self._view(call)
        if call.parameters.text("asset_type") not in (None, "FLOW_JSON"):
            raise Refusal(errors.invalid_parameter("asset_type", "must be FLOW_JSON"))
        text, faults, written = _written(call.parameters.get("file"))
        if written is None:
            raise Refusal(errors.invalid_parameter("file", "is required"))
        await self._do(self._owner(call, view), Write(view.flow_id, written))
        return {"success": True, "validation_errors": flows.render_faults(text, faults)}

    async def migrate(self, call: Call) -> dict[str, Any]:
        """`POST /{waba}/migrate_flows`. A company has one account here, so every flow of its is there already."""
        business = call.business()
        call.check_may_change()
        source = call.snapshot.by_waba.get(call.required("source_waba_id"))
        if source is None or source.business_id != business.business_id:
            raise Refusal(errors.invalid_parameter("source_waba_id", "must be an account of the same company"))
        names = nodes.parse_list("source_flow_names", call.parameters.get("source_flow_names"))
        if len(names) > MIGRATED_AT_ONCE_MAX:
            raise Refusal(errors.invalid_parameter("source_flow_names", f"must be at most {MIGRATED_AT_ONCE_MAX}"))
        async with self._pool.acquire() as conn:
            known = await flow_views.list_names(conn, business.business_id, FLOWS_MAX)
        failed = []
        for name in names or list(known)[:MIGRATED_AT_ONCE_MAX]:
            words = "Flow with the same name exists in destination WABA" if name in known else "There is no such Flow"
            code = _SAME_NAME if name in known else "100"
            failed.append(
                {"source_name": name, "error_code": code, "error_message": f"Flows Migration Error: {words}."}
            )
        return {"migrated_flows": [], "failed_flows": failed}

    async def _simply(self, call: Call, command: Callable[[str], Delete | Deprecate]) -> dict[str, Any]:
        call.check_may_change()
        view = await self._view(call)
        await self._do(self._owner(call, view), command(view.flow_id))
        return SUCCESS

    async def _do(self, business: Business, command: Command) -> None:
        denial = await self._lane.submit(slot_of(business.contract_id), command)
        if denial is not None:
            raise Refusal(flows.denied(denial))

    async def _view(self, call: Call) -> FlowView:
        async with self._pool.acquire() as conn:
            view = await flow_views.find(conn, call.node)
        if view is None or not call.owns(call.snapshot.businesses[view.business_id]):
            raise call.unknown()
        return view

    def _owner(self, call: Call, view: FlowView) -> Business:
        return call.snapshot.businesses[view.business_id]

    async def _is_flow(self, call: Call) -> bool:
        async with self._pool.acquire() as conn:
            view = await flow_views.find(conn, call.node)
        return view is not None and call.owns(call.snapshot.businesses[view.business_id])

    async def _check_active(
        self, call: Call, business: Business, uri: str | None, app_id: str | None, version: str
    ) -> None:
        """Ask an endpoint whether it is there; what is missing for that is the lane's to say."""
        app = call.snapshot.apps.get(app_id or "")
        find_key = partial(self._key, business)
        if uri is None or app is None or await find_key() is None:
            return
        question = Question(uri, app.secret, version, "ping", None, {}, "")
        if not await self._prober.is_active(question, find_key):
            raise Refusal(flows.denied(FlowDenial.NO_ANSWER))

    async def _key(self, business: Business) -> str | None:
        async with self._pool.acquire() as conn:
            return await flow_views.key_of_business(conn, business.business_id)


def _shown(view: FlowView, call: Call) -> dict[str, Any]:
    business = call.snapshot.businesses[view.business_id]
    app = call.snapshot.apps.get(view.app_id or "")
    can_send = _CAN_SEND.get(view.status, "AVAILABLE")
    entity = {"entity_type": "FLOW", "id": view.flow_id, "can_send_message": can_send}
    return {
        "id": view.flow_id,
        "name": view.name,
        "status": view.status,
        "categories": list(view.categories),
        "validation_errors": json.loads(view.faults),
        "json_version": view.json_version,
        "data_api_version": view.data_api_version,
        "endpoint_uri": view.endpoint_uri,
        "data_channel_uri": view.endpoint_uri,
        "preview": {
            "preview_url": f"{_origin(call)}/flows/preview?token={view.preview_key}",
            "expires_at": _instant(view.preview_until),
        },
        "whatsapp_business_account": nodes.select(
            views.of_business(business, call.snapshot, [], funded=True), nodes.BUSINESS_ACCOUNT.shown
        ),
        "application": {"id": app.app_id, "name": app.name, "link": f"{_origin(call)}/{app.app_id}"} if app else None,
        "updated_at": _instant(view.updated_at),
        "health_status": {"can_send_message": can_send, "entities": [entity]},
    }


def _written(given: object) -> tuple[str, Any, Written | None]:
    """The JSON that was brought, its faults, and what of it is kept; None when there was none."""
    if given is None or given == "":
        return "", (), None
    # A body in JSON may hold the flow as an object rather than as a text.
    text = given if isinstance(given, str) else json.dumps(given)
    found = read(text)
    if "\x00" in text or any(fault.error == "INVALID_JSON" for fault in found.faults):
        raise Refusal(WireError(139001, "(#139001) Error while processing Flow JSON", found.faults[0].message))
    shown = json.dumps(flows.render_faults(text, found.faults), separators=(",", ":"))
    return text, found.faults, Written(text, shown, found.version, found.data_api_version)


def _name(text: str) -> str:
    if not text.strip() or len(text) > FLOW_NAME_CHARS_MAX or not text.isprintable():
        raise Refusal(errors.invalid_parameter("name", f"must be 1 to {FLOW_NAME_CHARS_MAX} printable characters"))
    return text


def _categories(given: object, *, required: bool) -> tuple[str, ...]:
    found = nodes.parse_choice("categories", given, CATEGORIES)
    if required and not found:
        raise Refusal(errors.invalid_parameter("categories", "must hold at least one"))
    return tuple(dict.fromkeys(found))


def _uri(text: str | None) -> str | None:
    if text is None or text == "":
        return None
    if len(text) > URI_CHARS_MAX or not text.startswith(("https://", "http://")) or not text.isprintable():
        raise Refusal(errors.invalid_parameter("endpoint_uri", "must be an http or https address"))
    return text


def _own_app(call: Call, app_id: str, view: FlowView) -> bool:
    return call.snapshot.apps[app_id].business_id == view.business_id


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _origin(call: Call) -> str:
    return "/".join(call.here.split("/", 3)[:3])


def _plain(body: str) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send_bytes(send, 200, body.encode("utf-8", "replace"), [(b"cache-control", b"no-store")])

    return answer
