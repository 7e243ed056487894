"""What a person says, as their device sends it: `POST /device/v1/messages` (docs/content.md, "Types of people").

The same parsers as for companies read what both may send, so that a place or an address card is judged once.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from takt.core.content import (
    MEDIA_KINDS,
    CallReply,
    ContactsContent,
    FormReply,
    OrderContent,
    Press,
    Reply,
    Said,
    TextContent,
)
from takt.core.value import value
from takt.wire import checks, contents
from takt.wire.checks import Fields, wrong
from takt.wire.device import ButtonBody, ClientId, InvalidError, SenderId, Strict, TextBody, parse
from takt.wire.errors import Refusal
from takt.wire.flow_action import check_size
from takt.wire.interactive import (
    LABEL_CHARS_MAX,
    PRODUCT_CHARS_MAX,
    REPLY_ID_CHARS_MAX,
    ROW_CHARS_MAX,
    ROW_ID_CHARS_MAX,
    ROW_MORE_CHARS_MAX,
)

ORDER_LINES_MAX: Final = 30
ORDER_QUANTITY_MAX: Final = 999
ORDER_TEXT_CHARS_MAX: Final = 1024
PRICE_CHARS_MAX: Final = 20

_Type = Literal[
    "text", "button", "interactive", "location", "image", "video", "audio", "document", "sticker", "contacts",
    "reaction", "order",
]  # fmt: skip
_Fields = dict[str, Any] | None


class _PostMessage(Strict, frozen=True):
    client_id: ClientId
    to: SenderId
    type: _Type
    context: str | None = None
    text: TextBody | None = None
    button: ButtonBody | None = None
    interactive: _Fields = None
    location: _Fields = None
    image: _Fields = None
    video: _Fields = None
    audio: _Fields = None
    document: _Fields = None
    sticker: _Fields = None
    contacts: Annotated[list[Any], msgspec.Meta(max_length=contents.CONTACTS_MAX)] | None = None
    reaction: _Fields = None
    order: _Fields = None


@value
class Post:
    """A message of a person: the device's own id for it, the sender it goes to, and what is said."""

    client_id: str
    to: str
    content: Said
    context: str | None


def parse_post(raw: bytes) -> Post:
    """A message to send: exactly the content that its type names. Raises InvalidError."""
    post = parse(raw, _PostMessage)
    if getattr(post, post.type) is None:
        raise InvalidError(post.type, f"{post.type} is missing, for type is {post.type}.")
    for name in _CONTENTS:
        if name != post.type and getattr(post, name) is not None:
            raise InvalidError(name, f"{name} does not belong to a message whose type is {post.type}.")
    try:
        return Post(post.client_id, post.to, _CONTENTS[post.type](post), post.context)
    except Refusal as refusal:
        details = refusal.error.details
        raise InvalidError(details.partition(" ")[0], f"{details}.") from None


def _text(post: _PostMessage) -> Said:
    assert post.text is not None
    if not post.text.body.strip():
        raise InvalidError("text.body", "text.body must not be blank.")
    return TextContent(post.text.body)


def _press(post: _PostMessage) -> Said:
    assert post.button is not None
    return Press(post.button.payload, post.button.text)


def _contacts(post: _PostMessage) -> Said:
    found = contents.parse_contacts({"contacts": post.contacts})
    return ContactsContent(found.contacts, "other")


def _medium(kind: str) -> Callable[[_PostMessage], Said]:
    def read(post: _PostMessage) -> Said:
        raw = getattr(post, kind)
        if raw.get("link") is not None:
            raise wrong(f"{kind}.link", "is not for devices: upload the medium and give its id")
        return contents.parse_media(raw, kind)

    return read


def _interactive(post: _PostMessage) -> Said:
    raw: Fields = post.interactive or {}
    kind = checks.choice(raw, "type", "interactive", _REPLIES)
    return _REPLIES[kind](raw)


def _button_reply(raw: Fields) -> Said:
    identifier = checks.text(raw, "id", "interactive", REPLY_ID_CHARS_MAX)
    return Reply("button_reply", identifier, checks.text(raw, "title", "interactive", LABEL_CHARS_MAX))


def _list_reply(raw: Fields) -> Said:
    identifier = checks.text(raw, "id", "interactive", ROW_ID_CHARS_MAX)
    title = checks.text(raw, "title", "interactive", ROW_CHARS_MAX)
    more = checks.optional_text(raw, "description", "interactive", ROW_MORE_CHARS_MAX)
    return Reply("list_reply", identifier, title, more)


def _form_reply(raw: Fields) -> Said:
    name = checks.choice(raw, "name", "interactive", {"flow", "address_message"})
    response = checks.mapping(raw, "response", "interactive")
    check_size(response, "interactive.response")
    return FormReply(name, response)


def _call_reply(raw: Fields) -> Said:
    return CallReply(checks.choice(raw, "response", "interactive", {"accept", "reject"}) == "accept")


def _order(post: _PostMessage) -> Said:
    raw: Fields = post.order or {}
    lines = [
        {
            "product_retailer_id": checks.text(one, "product_retailer_id", place, PRODUCT_CHARS_MAX),
            "quantity": checks.whole(one, "quantity", place, 1, ORDER_QUANTITY_MAX),
            "item_price": one.get("item_price", 0) if isinstance(one.get("item_price", 0), int | float) else 0,
            "currency": checks.optional_text(one, "currency", place, PRICE_CHARS_MAX) or "",
        }
        for place, one in checks.entries(raw, "product_items", "order", 1, ORDER_LINES_MAX)
    ]
    text = checks.optional_text(raw, "text", "order", ORDER_TEXT_CHARS_MAX) or ""
    # A company with one catalogue does not name it in its messages, so that people cannot either. Its id is then the
    # sender's, as the commerce settings say.
    catalog_id = checks.optional_text(raw, "catalog_id", "order", PRODUCT_CHARS_MAX) or post.to
    return OrderContent(catalog_id, text, tuple(lines))


_REPLIES: Final[Mapping[str, Callable[[Fields], Said]]] = {
    "button_reply": _button_reply,
    "list_reply": _list_reply,
    "nfm_reply": _form_reply,
    "call_permission_reply": _call_reply,
}
_CONTENTS: Final[Mapping[str, Callable[[_PostMessage], Said]]] = {
    "text": _text,
    "button": _press,
    "interactive": _interactive,
    "location": lambda post: contents.parse_location(post.location or {}),
    **{kind: _medium(kind) for kind in sorted(MEDIA_KINDS)},
    "contacts": _contacts,
    "reaction": lambda post: contents.parse_reaction(post.reaction or {}),
    "order": _order,
}
