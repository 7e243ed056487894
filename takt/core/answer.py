"""Whether an answer belongs to the message it answers: what comes back must be what was offered.

The message is given as its stored content (docs/content.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from takt.core.content import CallReply, FormReply, OrderContent, Press, Reply, Said

PRODUCTS = frozenset({"catalog", "products", "product"})


def needs_context(said: Said) -> bool:
    """Whether it is an answer that means nothing without the message it answers."""
    return isinstance(said, Press | Reply | FormReply | CallReply | OrderContent)


def fits(said: Said, offered: Mapping[str, Any]) -> bool:
    """Whether a message with this content invited to that answer. What needs no invitation fits every message."""
    buttons = list(_buttons(offered))
    kinds = {one["kind"] for one in buttons}
    match said:
        case Press():
            return {"kind": "quick_reply", "text": said.text, "payload": said.payload} in buttons
        case Reply():
            return _is_offered(said, buttons, offered)
        case FormReply():
            return ("flow" if said.name == "flow" else "address") in kinds
        case CallReply():
            return "call_permission" in kinds
        case OrderContent():
            return not PRODUCTS.isdisjoint(kinds)
        case _:
            return True


def _is_offered(reply: Reply, buttons: Sequence[Mapping[str, Any]], offered: Mapping[str, Any]) -> bool:
    if reply.kind == "button_reply":
        return {"kind": "reply", "text": reply.title, "id": reply.id} in buttons
    return _picked(reply) in [row for section in offered.get("sections", ()) for row in section.get("rows", ())]


def origin_of(offered: Mapping[str, Any] | None) -> str:
    """Why a person sends address cards: because the message answered asked for them, or for another reason."""
    asked = offered is not None and any(one["kind"] == "request_contact_info" for one in _buttons(offered))
    return "contact_request" if asked else "other"


def _buttons(offered: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from offered.get("buttons", ())
    for card in offered.get("cards", ()):
        yield from card.get("buttons", ())


def _picked(reply: Reply) -> dict[str, str]:
    row = {"id": reply.id, "title": reply.title}
    return row if reply.description is None else {**row, "description": reply.description}
