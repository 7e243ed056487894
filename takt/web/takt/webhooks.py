"""Webhooks as a company looks at them: its endpoints, each attempt, each event, and sending events again.

`/takt/v1/webhooks/…`, with the tokens and the error envelope of the Cloud API. Lists are newest first and go on behind
the id given as `after`.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from takt.actions.endpoint import Command, SetTogether
from takt.actions.replay import Replay
from takt.core.batching import EVENTS_MAX
from takt.core.ids import make_id, slot_of
from takt.core.value import value
from takt.lanes import Lanes
from takt.store import events
from takt.store.events import Event, Tried
from takt.store.hooks import Standing
from takt.store.reference import Endpoint, Reference
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.takt.door import OwnDoor, read_object
from takt.wire import errors
from takt.wire.errors import Refusal

PAGE: Final = 50
PAGE_MAX: Final = 500
REPLAY_MAX: Final = 1000
STATES: Final = ("owed", "done", "buried")
MANAGEMENT: Final = "whatsapp_business_management"

_LAST: Final = UUID(int=(1 << 128) - 1)
_FIRST: Final = UUID(int=0)
# The clocks of two processes may differ by so much.
_SLACK: Final = timedelta(minutes=1)


@value
class _Own:
    """The endpoints that a request may be about."""

    endpoints: dict[UUID, Endpoint]

    def by_part(self) -> dict[int, list[UUID]]:
        found: defaultdict[int, list[UUID]] = defaultdict(list)
        for endpoint in self.endpoints.values():
            found[endpoint.contract_part].append(endpoint.endpoint_id)
        return found


class WebhookApi:
    """The requests of a company's program about its webhooks."""

    def __init__(
        self,
        door: OwnDoor,
        site: Site,
        reference: Reference,
        replays: Lanes[Replay, int],
        endpoints: Lanes[Command, None],
    ) -> None:
        self._door = door
        self._site = site
        self._reference = reference
        self._replays = replays
        self._set = endpoints

    def routes(self) -> list[Route]:
        """What this door answers."""
        at = "/takt/v1/webhooks"
        door = self._door.company
        return [
            Route(f"{at}/endpoints", door(self._endpoints, MANAGEMENT), methods=["GET"]),
            Route(f"{at}/endpoints/{{endpoint}}", door(self._set_endpoint, MANAGEMENT), methods=["PUT"]),
            Route(f"{at}/attempts", door(self._attempts, MANAGEMENT), methods=["GET"]),
            Route(f"{at}/events", door(self._events, MANAGEMENT), methods=["GET"]),
            Route(f"{at}/events/{{event}}", door(self._event, MANAGEMENT), methods=["GET"]),
            Route(f"{at}/events/{{event}}/replay", door(self._replay_one, MANAGEMENT), methods=["POST"]),
            Route(f"{at}/replay", door(self._replay_many, MANAGEMENT), methods=["POST"]),
        ]

    async def _endpoints(self, request: Request, principal: Principal) -> dict[str, Any]:
        own = self._own(request, principal)
        standings = {}
        for part, endpoint_ids in own.by_part().items():
            async with self._site.pool(part).acquire() as conn:
                standings.update(await events.list_standings(conn, part, endpoint_ids))
        return {"endpoints": [_endpoint(one, standings.get(one.endpoint_id)) for one in own.endpoints.values()]}

    async def _set_endpoint(self, request: Request, principal: Principal) -> dict[str, Any]:
        """How many events may share a POST: one, which every client understands, or up to 1,000."""
        own = self._own(request, principal, request.path_params["endpoint"])
        together = (await read_object(request)).get("events_per_post")
        if not isinstance(together, int) or isinstance(together, bool) or not 1 <= together <= EVENTS_MAX:
            raise Refusal(errors.bad_value("events_per_post", f"must be an integer from 1 to {EVENTS_MAX}"))
        (endpoint_id,) = own.endpoints
        await self._set.submit(slot_of(endpoint_id), SetTogether(endpoint_id, together))
        return {"success": True}

    async def _attempts(self, request: Request, principal: Principal) -> dict[str, Any]:
        own, limit, before = self._own(request, principal), _limit(request), _after(request)
        pages: list[list[Tried]] = []
        for part, endpoint_ids in own.by_part().items():
            async with self._site.pool(part).acquire() as conn:
                pages.append(await events.list_attempts(conn, part, endpoint_ids, before, limit))
        found = list(merge(*pages, key=lambda one: one.attempt_id, reverse=True))[:limit]
        return {"attempts": [_tried(one) for one in found], "after": _next([o.attempt_id for o in found], limit)}

    async def _events(self, request: Request, principal: Principal) -> dict[str, Any]:
        own, limit, before = self._own(request, principal), _limit(request), _after(request)
        state = request.query_params.get("state", "owed")
        if state not in STATES:
            raise Refusal(errors.bad_value("state", f"must be one of {', '.join(STATES)}"))
        pages: list[list[Event]] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                pages.append(await events.list_events(conn, part, list(own.endpoints), state, before, limit))
        found = list(merge(*pages, key=lambda one: one.event_id, reverse=True))[:limit]
        return {"events": [_event(one) for one in found], "after": _next([one.event_id for one in found], limit)}

    async def _event(self, request: Request, principal: Principal) -> dict[str, Any]:
        event, body = await self._find(request, principal)
        endpoint = self._reference.current.endpoints[event.endpoint_id]
        part = endpoint.contract_part
        until = event.settled_at + _SLACK if event.settled_at is not None else None
        between = (_first_id(event.created_at - _SLACK), _first_id(until) if until is not None else _LAST)
        async with self._site.pool(part).acquire() as conn:
            tried = await events.list_attempts_with(conn, part, event.endpoint_id, event.event_id, between)
        return {**_event(event), "body": msgspec.Raw(body.encode()), "tries": [_tried(one) for one in tried]}

    async def _replay_one(self, request: Request, principal: Principal) -> dict[str, Any]:
        event, _ = await self._find(request, principal)
        if event.state == "owed":
            raise Refusal(errors.bad_value("event", "is still owed: it goes out by itself"))
        await self._replays.submit(slot_of(event.event_id), Replay((event.event_id,)))
        return {"success": True}

    async def _replay_many(self, request: Request, principal: Principal) -> dict[str, Any]:
        """Up to 1,000 events, oldest first; `after` in the answer goes on where this call ended."""
        body = await read_object(request)
        own = self._own(request, principal, body.get("endpoint"))
        states = _states(body)
        after = max(_since(body), _uuid("after", body.get("after"), _FIRST))
        found: list[tuple[UUID, int]] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                listed = await events.list_settled(conn, part, list(own.endpoints), states, after, REPLAY_MAX)
            found += [(event_id, part) for event_id in listed]
        # Each part gave its oldest, so the oldest of all of them are complete.
        chosen = sorted(found)[:REPLAY_MAX]
        return {"replayed": await self._replay(chosen), "after": _next([one[0] for one in chosen], REPLAY_MAX)}

    async def _replay(self, chosen: Sequence[tuple[UUID, int]]) -> int:
        by_part: defaultdict[int, list[UUID]] = defaultdict(list)
        for event_id, part in chosen:
            by_part[part].append(event_id)
        replayed = 0
        for event_ids in by_part.values():
            replayed += await self._replays.submit(slot_of(event_ids[0]), Replay(tuple(event_ids)))
        return replayed

    def _own(self, request: Request, principal: Principal, named: object = None) -> _Own:
        """The endpoints of the caller's company, or the one that is named."""
        snapshot = self._reference.current
        own = {
            endpoint.endpoint_id: endpoint
            for endpoint in snapshot.endpoints.values()
            if snapshot.apps[endpoint.app_id].business_id == principal.business_id and principal.business_id is not None
        }
        wanted = named if named is not None else request.query_params.get("endpoint")
        if wanted is None:
            return _Own(own)
        endpoint_id = _uuid("endpoint", wanted, _FIRST)
        if endpoint_id not in own:
            raise Refusal(errors.unknown_object(str(wanted), request.method))
        return _Own({endpoint_id: own[endpoint_id]})

    async def _find(self, request: Request, principal: Principal) -> tuple[Event, str]:
        named = request.path_params["event"]
        unknown = Refusal(errors.unknown_object(named, request.method))
        try:
            event_id = UUID(named)
        except ValueError:
            raise unknown from None
        part = self._site.part_of(slot_of(event_id))
        async with self._site.pool(part).acquire() as conn:
            found = await events.find_event(conn, part, event_id)
        if found is None or found[0].endpoint_id not in self._own(request, principal).endpoints:
            raise unknown
        return found


def _endpoint(one: Endpoint, standing: Standing | None) -> dict[str, Any]:
    return {
        "id": str(one.endpoint_id),
        "app": one.app_id,
        "object": one.object,
        "callback_url": one.callback_url or None,
        "fields": sorted(one.fields),
        "events_per_post": one.events_per_post,
        "failures": standing.failures if standing is not None else 0,
        "failing_since": _instant(standing.failing_since) if standing is not None else None,
        "next_at": _instant(standing.next_at) if standing is not None else None,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": str(event.event_id),
        "endpoint": str(event.endpoint_id),
        "field": event.field,
        "waba": event.waba_id,
        "state": event.state,
        "failed_alone": event.attempts,
        "created_at": _instant(event.created_at),
        "due_at": _instant(event.due_at) if event.state == "owed" else None,
        "settled_at": _instant(event.settled_at),
        "replayed_at": _instant(event.replayed_at),
    }


def _tried(tried: Tried) -> dict[str, Any]:
    return {
        "id": str(tried.attempt_id),
        "endpoint": str(tried.endpoint_id),
        "at": _instant(tried.at),
        "duration_s": round(tried.duration_s, 3),
        "status": tried.status,
        "error": tried.error,
        "answer": tried.answer,
        "events": [str(event_id) for event_id in tried.events],
    }


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= PAGE_MAX):
        raise Refusal(errors.bad_value("limit", f"must be a whole number from 1 to {PAGE_MAX}"))
    return int(text)


def _after(request: Request) -> UUID:
    return _uuid("after", request.query_params.get("after"), _LAST)


def _uuid(name: str, value: object, otherwise: UUID) -> UUID:
    if value is None:
        return otherwise
    try:
        return UUID(str(value)[:64])
    except ValueError:
        raise Refusal(errors.bad_value(name, "must be an id as these lists give it")) from None


def _states(body: dict[str, Any]) -> list[str]:
    state = body.get("state")
    if state is None and body.get("since") is None:
        raise Refusal(errors.missing("state or since"))
    if state not in (None, "done", "buried"):
        raise Refusal(errors.bad_value("state", "must be done or buried"))
    return ["done", "buried"] if state is None else [state]


def _since(body: dict[str, Any]) -> UUID:
    """The id below all events made since then; `since` is an instant such as 2026-11-22T12:00:00Z."""
    since = body.get("since")
    if since is None:
        return _FIRST
    try:
        at = datetime.fromisoformat(since)
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return UUID(int=_first_id(at).int - 1)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(errors.bad_value("since", "must be an instant such as 2026-11-22T12:00:00Z")) from None


def _first_id(at: datetime) -> UUID:
    return make_id(max(1, int(at.timestamp() * 1000)), 0, 0)


def _next(ids: Sequence[UUID], limit: int) -> str | None:
    """Where the next page begins, if this one is full."""
    return str(ids[-1]) if len(ids) == limit else None


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
