"""The Cloud API's door, but for the sends: finds the answerer for a path and method, and answers everything else, too.

Any version, or none, stands before the path. Whatever goes wrong, from an unknown path to a fault of our own, comes as
the error envelope, for the clients of this API read nothing else.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.routing import BaseRoute, Match

from takt.actions.endpoint import Command
from takt.clock import Clock
from takt.core.value import value
from takt.lanes import Lanes
from takt.store.pool import Pool
from takt.store.reference import Reference
from takt.web.auth import Authenticator, Principal
from takt.web.cloud.calls import Answerer, Call, split_path
from takt.web.cloud.nodes import NodeReader
from takt.web.cloud.parameters import read_parameters
from takt.web.cloud.subscriptions import Caller, Subscriptions, TokenDesk
from takt.web.errors import error_answer, error_of, new_trace_id
from takt.web.http import ClientGoneError, Receive, Scope, Send, origin, send_bytes
from takt.wire import errors
from takt.wire.errors import Refusal, WireError

ID_CHARS_MAX: Final = 20
NOBODY: Final = Principal(None, None, frozenset(), "nobody")

# What has no answerer in this door, but exists: the sends have a door of their own.
_ELSEWHERE: Final[Mapping[str, str]] = {"messages": "POST"}


@value
class _Found:
    node: str
    answer: Answerer
    public: bool = False


class CloudDoor:
    """An ASGI application for every path that no other door has."""

    def __init__(self, pool: Pool, reference: Reference, authenticator: Authenticator, clock: Clock) -> None:
        self._pool = pool
        self._reference = reference
        self._authenticator = authenticator
        self._clock = clock
        self._edges: dict[str, dict[str, Answerer]] = {}
        self._alone: dict[str, dict[str, Answerer]] = {}
        self._public: dict[str, dict[str, Answerer]] = {}

    def fill(self, nodes: NodeReader, subscriptions: Subscriptions, tokens: TokenDesk) -> None:
        """Say who answers what: edges behind an id, and paths without one."""
        self._edges = {
            "": {"GET": nodes.node},
            "phone_numbers": {"GET": nodes.phone_numbers},
            "message_templates": {"GET": nodes.templates},
            "subscribed_apps": {"GET": nodes.linked_apps, "POST": subscriptions.link, "DELETE": subscriptions.unlink},
            "subscriptions": {"GET": subscriptions.list, "POST": subscriptions.set, "DELETE": subscriptions.remove},
        }
        self._alone = {"app": {"GET": nodes.own_app}, "debug_token": {"GET": tokens.debug}}
        self._public = {"oauth/access_token": {"GET": tokens.exchange, "POST": tokens.exchange}}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        version, parts = split_path(scope["path"])
        try:
            outcome: dict[str, Any] | WireError = await self._answer(scope, receive, version, parts)
        except ClientGoneError:
            return
        except Exception as fault:  # noqa: BLE001 - nothing that happens in here may show outside in another form
            outcome = error_of(fault, scope["path"])
        headers = [(b"facebook-api-version", version.encode()), (b"cache-control", b"no-store")]
        if isinstance(outcome, WireError):
            answer = error_answer(outcome, self._clock)
            answer.raw_headers.extend(headers)
            await answer(scope, receive, send)
        else:
            headers.append((b"x-fb-trace-id", new_trace_id(self._clock).encode()))
            await send_bytes(send, 200, msgspec.json.encode(outcome), headers)

    async def _answer(self, scope: Scope, receive: Receive, version: str, parts: list[str]) -> dict[str, Any]:
        found = self._find(scope, parts)
        parameters = await read_parameters(scope, receive)
        principal = NOBODY
        if not found.public:
            known = await self._authenticator.authenticate(scope, parameters.text("access_token"))
            if isinstance(known, WireError):
                raise Refusal(known)
            principal = known
        async with self._pool.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        query = scope["query_string"].decode("latin-1")
        here = f"{origin(scope)}{scope['path']}{f'?{query}' if query else ''}"
        return await found.answer(Call(scope["method"], version, found.node, here, principal, parameters, snapshot))

    def _find(self, scope: Scope, parts: list[str]) -> _Found:
        first, rest = parts[0], "/".join(parts[1:])
        whole = "/".join(parts)
        if whole in self._public:
            methods, node, public = self._public[whole], "", True
        elif whole in self._alone:
            methods, node, public = self._alone[whole], "", False
        elif _is_id(first) and (rest in self._edges or rest in _ELSEWHERE):
            methods, node, public = self._edges.get(rest, {}), first, False
        else:
            raise Refusal(errors.unknown_path(scope["path"]))
        answer = methods.get(scope["method"])
        if answer is None:
            raise Refusal(errors.unknown_method(scope["method"], ", ".join(methods) or _ELSEWHERE[rest]))
        return _Found(node, answer, public)


def routes(
    pool: Pool,
    reference: Reference,
    authenticator: Authenticator,
    lane: Lanes[Command, None],
    caller: Caller,
    clock: Clock,
) -> list[BaseRoute]:
    """One route that takes every path: it belongs behind those of all other doors."""
    door = CloudDoor(pool, reference, authenticator, clock)
    door.fill(NodeReader(pool), Subscriptions(lane, caller, clock), TokenDesk(authenticator))
    return [_Everything(door)]


class _Everything(BaseRoute):
    """Matches every path; a pattern would leave out those with a line break in them."""

    def __init__(self, door: CloudDoor) -> None:
        self._door = door

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every HTTP request."""
        return (Match.FULL if scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand it to the door."""
        await self._door(scope, receive, send)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= ID_CHARS_MAX
