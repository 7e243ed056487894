"""One call at the Cloud API's door, as the code behind the door sees it. What is wrong with it is raised as a Refusal."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from takt.core.value import value
from takt.store.reference import App, Business, Sender, Snapshot
from takt.web.auth import Principal
from takt.web.cloud.parameters import Parameters
from takt.web.http import Receive, Scope
from takt.wire import errors, nodes
from takt.wire.errors import Refusal

API_VERSION: Final = "v24.0"
MANAGEMENT: Final = "whatsapp_business_management"
MESSAGING: Final = "whatsapp_business_messaging"

_PATH = re.compile(r"/(?:(v[0-9]{1,3}\.[0-9]{1,2})(?:/|$))?(.*?)/?", re.DOTALL)


@value
class Call:
    """Who asks for what: `node` is the id in the path, `here` the absolute address the client used.

    `rest` is the text that stood for `*` in the edge. `scope` and `receive` are for bodies that are read as a stream
    (`Offer.streamed`): then `parameters` are those of the query alone.
    """

    method: str
    version: str
    node: str
    here: str
    principal: Principal
    parameters: Parameters
    snapshot: Snapshot
    scope: Scope
    receive: Receive
    rest: str = ""

    def unknown(self) -> Refusal:
        """There is no such node for this caller."""
        return Refusal(errors.unknown_object(self.node, self.method))

    def owns(self, business: Business) -> bool:
        """Whether the caller speaks for this company."""
        return self.principal.kind == "system_user" and business.business_id == self.principal.business_id

    def business(self) -> Business:
        """The company that the node is; it must be the caller's own."""
        business = self.snapshot.by_waba.get(self.node)
        if business is None or not self.owns(business):
            raise self.unknown()
        return business

    def portfolio(self) -> Business:
        """The company whose portfolio the node is; it must be the caller's own."""
        own = self.snapshot.businesses.get(self.principal.business_id) if self.principal.business_id else None
        if own is None or not self.owns(own) or own.portfolio_id != self.node:
            raise self.unknown()
        return own

    def app(self) -> App:
        """The app that the node is; the caller must be it or belong to the same company."""
        app = self.snapshot.apps.get(self.node)
        if app is None or (app.business_id != self.principal.business_id and app.app_id != self.principal.app_id):
            raise self.unknown()
        return app

    def sender(self) -> Sender:
        """The sender that the node is; it must be the caller's own."""
        sender = self.snapshot.senders.get(self.node)
        if sender is None or not self.owns(sender.business):
            raise self.unknown()
        return sender

    def read_sender(self) -> Sender:
        """The sender that the node is, for whoever may look at it."""
        sender = self.sender()
        self.check_may_read()
        return sender

    def changed_sender(self) -> Sender:
        """The sender that the node is, for whoever may manage it."""
        sender = self.sender()
        self.check_may_change()
        return sender

    def used_sender(self) -> Sender:
        """The sender that the node is, for whoever may speak or manage: profile and block list are theirs, too."""
        sender = self.sender()
        if not self.principal.may(MANAGEMENT) and not self.principal.may(MESSAGING):
            raise Refusal(errors.permission_missing(MESSAGING))
        return sender

    def check_may_read(self) -> None:
        """The caller must hold a permission to look at what its company has."""
        if not self.principal.may(MANAGEMENT) and not self.principal.may(MESSAGING):
            raise Refusal(errors.permission_missing(MANAGEMENT))

    def check_may_change(self) -> None:
        """The caller must hold the permission to change what its company has."""
        if not self.principal.may(MANAGEMENT):
            raise Refusal(errors.permission_missing(MANAGEMENT))

    def required(self, name: str) -> str:
        """A parameter that must be there, as text."""
        value = self.parameters.text(name)
        if not value:
            raise Refusal(errors.invalid_parameter(name, "is required"))
        return value


Answerer: TypeAlias = Callable[[Call], Awaitable[Any]]
"""Answers a call: with what becomes JSON, or with an ASGI application that answers by itself."""

Methods: TypeAlias = Mapping[str, Answerer]
"""Answerers by HTTP method."""

_NONE: Final[Mapping[str, Methods]] = MappingProxyType({})
_NO_KEYS: Final[Mapping[str, Answerer]] = MappingProxyType({})


@value
class NodeShelf:
    """Nodes of one sort: whether it holds the node of a call, and what can be done with it."""

    holds: Callable[[Call], Awaitable[bool]]
    methods: Methods


@value
class Offer:
    """What one module answers: `edges` behind an id, paths that stand `alone`, `public` ones without a token, nodes.

    An edge may have several segments, the last of which may be `*`: any text, which is then `call.rest`. Of `streamed`
    edges (the empty one are the nodes) the answerer itself reads the body of a POST. `phone_keys` are answerers of a POST to
    the node of a sender, by the parameter that they are about.
    """

    edges: Mapping[str, Methods] = field(default_factory=lambda: _NONE)
    alone: Mapping[str, Methods] = field(default_factory=lambda: _NONE)
    public: Mapping[str, Methods] = field(default_factory=lambda: _NONE)
    phone_keys: Mapping[str, Answerer] = field(default_factory=lambda: _NO_KEYS)
    shelves: tuple[NodeShelf, ...] = ()
    streamed: frozenset[str] = frozenset()


def selected(call: Call, kind: nodes.NodeKind, values: dict[str, Any]) -> dict[str, Any]:
    """Those of the values that the caller selected; all but apps need a permission to look."""
    if kind is not nodes.APP:
        call.check_may_read()
    return nodes.pick(values, nodes.parse_selection(call.parameters.text("fields"), kind))


def page_place(call: Call, length: int) -> tuple[int, tuple[str, ...] | None, tuple[str, ...] | None]:
    """Limit, cursor after and cursor before of a page; the keys of its cursors have so many texts."""
    given = call.parameters
    after = nodes.parse_cursor("after", given.get("after"), length)
    before = nodes.parse_cursor("before", given.get("before"), length) if after is None else None
    return nodes.parse_limit(given.get("limit")), after, before


def split_path(path: str) -> tuple[str, list[str]]:
    """The version of a path, `v24.0` when it has none, and its parts."""
    match = _PATH.fullmatch(path)
    if match is None:
        return API_VERSION, [path]
    return match.group(1) or API_VERSION, match.group(2).split("/")
