"""The Cloud API's door, but for the sends: finds the answerer for a path and method, and answers everything else, too.

Any version, or none, stands before the path. Whatever goes wrong, from an unknown path to a fault of our own, comes as
the error envelope, for the clients of this API read nothing else.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from starlette.routing import BaseRoute, Match

from takt.clock import Clock
from takt.core.value import value
from takt.store.pool import Pool
from takt.store.reference import Reference
from takt.web.auth import Authenticator, Principal
from takt.web.cloud.calls import Answerer, Call, Methods, Offer, split_path
from takt.web.cloud.meter import Meter
from takt.web.cloud.numbers import PhonePost
from takt.web.cloud.parameters import query_parameters, read_parameters
from takt.web.errors import error_answer, error_of, new_trace_id
from takt.web.http import ClientGoneError, Incoming, Receive, Scope, Send, origin, send_bytes
from takt.web.media import forget
from takt.wire import errors
from takt.wire.errors import Refusal, WireError

DIGITS_MAX: Final = 20
NAME_CHARS_MAX: Final = 512
NOBODY: Final = Principal(None, None, frozenset(), "nobody")

# What has no answerer in this door, but exists: the sends have a door of their own.
_ELSEWHERE: Final[Mapping[str, str]] = {"messages": "POST", "marketing_messages": "POST"}
# Ids that are no digits: uploads under way, groups, and what happened to a message.
_NAME: Final = re.compile(r"upload:[A-Za-z0-9_=-]+|Y2Fw[A-Za-z0-9_=-]+|history:[0-9a-f]{32}")


@value
class _Found:
    node: str
    answer: Answerer
    public: bool = False
    streamed: bool = False
    rest: str = ""


class CloudDoor:
    """An ASGI application for every path that no other door has."""

    def __init__(
        self,
        pool: Pool,
        reference: Reference,
        authenticator: Authenticator,
        meter: Meter,
        clock: Clock,
        offers: Sequence[Offer],
    ) -> None:
        self._pool = pool
        self._reference = reference
        self._authenticator = authenticator
        self._meter = meter
        self._clock = clock
        self._edges = _joined([one.edges for one in offers])
        self._alone = _joined([one.alone for one in offers])
        self._public = _joined([one.public for one in offers])
        self._shelves = tuple(shelf for one in offers for shelf in one.shelves)
        self._streamed = frozenset(edge for one in offers for edge in one.streamed)
        every_node = {method for shelf in self._shelves for method in shelf.methods}
        self._edges[""] = dict.fromkeys(sorted(every_node), self._node)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        version, parts = split_path(scope["path"])
        headers = [(b"facebook-api-version", version.encode()), (b"cache-control", b"no-store")]
        incoming = Incoming(scope, receive)
        try:
            outcome: Any = await self._answer(scope, incoming, version, parts, headers)
        except ClientGoneError:
            return
        except Exception as fault:  # noqa: BLE001 - nothing that happens in here may show outside in another form
            outcome = error_of(fault, scope["path"])
        if isinstance(outcome, WireError):
            await forget(incoming)
            answer = error_answer(outcome, self._clock)
            answer.raw_headers.extend(headers)
            await answer(scope, receive, send)
        elif callable(outcome):
            await outcome(scope, receive, send)
        else:
            trace_id = new_trace_id(self._clock).encode()
            headers += [(b"x-fb-trace-id", trace_id), (b"x-fb-request-id", trace_id)]
            await send_bytes(send, 200, msgspec.json.encode(outcome), headers)

    async def _answer(
        self, scope: Scope, receive: Receive, version: str, parts: list[str], headers: list[tuple[bytes, bytes]]
    ) -> Any:
        found = self._find(scope, parts)
        parameters = query_parameters(scope) if found.streamed else await read_parameters(scope, receive)
        principal = NOBODY
        if not found.public:
            known = await self._authenticator.authenticate(
                scope, parameters.text("access_token"), parameters.text("appsecret_proof")
            )
            if isinstance(known, WireError):
                raise Refusal(known)
            principal = known
        async with self._pool.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        await self._meter.take(principal, found.node, snapshot, headers)
        query = scope["query_string"].decode("latin-1")
        here = f"{origin(scope)}{scope['path']}{f'?{query}' if query else ''}"
        call = Call(
            scope["method"], version, found.node, here, principal, parameters, snapshot, scope, receive, found.rest
        )
        return await found.answer(call)

    async def _node(self, call: Call) -> Any:
        """Whatever can be done with a node itself, by the first shelf that holds it and knows the method."""
        allowed: list[str] = []
        for shelf in self._shelves:
            if await shelf.holds(call):
                if call.method in shelf.methods:
                    return await shelf.methods[call.method](call)
                allowed += shelf.methods
        raise Refusal(errors.unknown_method(call.method, ", ".join(allowed))) if allowed else call.unknown()

    def _find(self, scope: Scope, parts: list[str]) -> _Found:
        first, rest = parts[0], "/".join(parts[1:])
        whole = "/".join(parts)
        edge = rest if rest in self._edges else "/".join([*parts[1:-1], "*"])
        if whole in self._public:
            methods, node, public = self._public[whole], "", True
        elif (alone := whole if whole in self._alone else "/".join([*parts[:-1], "*"])) in self._alone:
            methods, node, public = self._alone[alone], "", False
        elif _is_id(first) and (edge in self._edges or rest in _ELSEWHERE):
            methods, node, public = self._edges.get(edge, {}), first, False
        elif first and (not rest or edge in self._edges) and not _is_id(first):
            raise Refusal(errors.unknown_alias(first))
        else:
            raise Refusal(errors.unknown_path(scope["path"]))
        answer = methods.get(scope["method"])
        if answer is None:
            raise Refusal(errors.unknown_method(scope["method"], ", ".join(methods) or _ELSEWHERE[rest]))
        streamed = edge in self._streamed and scope["method"] == "POST" and (edge or first.startswith("upload:"))
        return _Found(node, answer, public, bool(streamed), parts[-1] if edge.endswith("*") else "")


def routes(
    pool: Pool, reference: Reference, authenticator: Authenticator, meter: Meter, clock: Clock, offers: Sequence[Offer]
) -> list[BaseRoute]:
    """One route that takes every path: it belongs behind those of all other doors. What is not offered is unknown."""
    to_sender = PhonePost({name: answer for one in offers for name, answer in one.phone_keys.items()})
    return [_Everything(CloudDoor(pool, reference, authenticator, meter, clock, [*offers, to_sender.offer()]))]


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
    if text.isascii() and text.isdigit():
        return len(text) <= DIGITS_MAX
    return len(text) <= NAME_CHARS_MAX and _NAME.fullmatch(text) is not None


def _joined(offered: Sequence[Mapping[str, Methods]]) -> dict[str, dict[str, Answerer]]:
    joined: dict[str, dict[str, Answerer]] = {}
    for one in offered:
        for path, methods in one.items():
            known = joined.setdefault(path, {})
            assert known.keys().isdisjoint(methods), f"two modules answer {path}"
            known.update(methods)
    return joined
