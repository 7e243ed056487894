"""Interactive messages as a company sends them: the frame, and what each kind invites to.

Shapes and limits: Cloud API reference, "Interactive messages". What comes out is what a person sees: a card with
buttons, whose kinds docs/content.md lists.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from takt.core.content import Button, Card, Header, InteractiveContent
from takt.core.value import value
from takt.wire import absent_errors, checks, errors
from takt.wire.checks import Fields, wrong
from takt.wire.contents import parse_filename, parse_source
from takt.wire.errors import Refusal
from takt.wire.flow_action import parse_flow

HEADER_CHARS_MAX: Final = 60
CARD_TEXT_CHARS_MAX: Final = 1024
LIST_TEXT_CHARS_MAX: Final = 4096
FOOTER_CHARS_MAX: Final = 60
REPLIES_MAX: Final = 3
REPLY_ID_CHARS_MAX: Final = 256
LABEL_CHARS_MAX: Final = 20
SECTIONS_MAX: Final = 10
ROWS_MAX: Final = 10
SECTION_CHARS_MAX: Final = 24
ROW_ID_CHARS_MAX: Final = 200
ROW_CHARS_MAX: Final = 24
ROW_MORE_CHARS_MAX: Final = 72
PRODUCTS_MAX: Final = 30
PRODUCT_CHARS_MAX: Final = 128
CARDS_LEAST: Final = 2
CARDS_MAX: Final = 10
CAROUSEL_TEXT_CHARS_MAX: Final = 160
CAROUSEL_BREAKS_MAX: Final = 2
CALL_MINUTES_MAX: Final = 43_200
CALL_MINUTES: Final = 10_080
PAYLOAD_CHARS_MAX: Final = 512
FORM_VALUES_MAX: Final = 20

ANY_HEADER: Final = frozenset({"text", "image", "video", "document"})
MEDIA: Final = frozenset({"image", "video", "document", "gif"})
PAID_KINDS: Final = frozenset({"order_details", "order_status"})
ADDRESS_FIELDS: Final = (
    "name", "phone_number", "in_pin_code", "sg_post_code", "house_number", "floor_number", "tower_number",
    "building_name", "unit_number", "address", "landmark_area", "city", "state",
)  # fmt: skip

_ACTION = "interactive.action"
_PARAMETERS = "interactive.action.parameters"


@value
class _Invitation:
    """What an action asks for, as people see it."""

    buttons: tuple[Button, ...] = ()
    sections: tuple[Mapping[str, Any], ...] = ()
    cards: tuple[Card, ...] = ()


@value
class _Kind:
    """A kind: which headers it may have, how long its text may be, whether it needs one, and its action."""

    parse: Callable[[Fields], _Invitation]
    headers: frozenset[str] = frozenset()
    text_chars_max: int = CARD_TEXT_CHARS_MAX
    needs_text: bool = True
    needs_header: bool = False


def parse_interactive(raw: Fields) -> InteractiveContent:
    """`interactive`, of any kind that does not need payments."""
    named = checks.word(raw, "type", "interactive")
    if named in PAID_KINDS:
        raise Refusal(absent_errors.payments_not_enabled())
    kind = KINDS.get(named)
    if kind is None:
        raise wrong("interactive.type", f"must be one of {', '.join(KINDS)}, got {checks.shown(named)}")
    header = _parse_header(raw, kind)
    body = _parse_frame_text(raw, "body", "interactive", kind.text_chars_max, needed=kind.needs_text)
    footer = _parse_frame_text(raw, "footer", "interactive", FOOTER_CHARS_MAX, needed=False)
    if named == "carousel" and footer is not None:
        raise wrong("interactive.footer", "does not belong to a carousel")
    found = kind.parse(checks.mapping(raw, "action", "interactive"))
    card = Card(header, body or "", footer, found.buttons)
    return InteractiveContent(named, card, found.sections, found.cards)


def parse_media_header(raw: Fields, kind: str, path: str) -> Header:
    """A header that shows a medium."""
    medium = checks.mapping(raw, kind, path)
    place = f"{path}.{kind}"
    filename = parse_filename(medium, place) if kind == "document" else None
    return Header(kind, source=parse_source(medium, place), filename=filename)


def parse_product(raw: Fields, path: str, catalog_id: str | None = None) -> dict[str, str]:
    """A product of a catalogue."""
    product = {"product_retailer_id": checks.text(raw, "product_retailer_id", path, PRODUCT_CHARS_MAX)}
    catalog = catalog_id or checks.optional_text(raw, "catalog_id", path, PRODUCT_CHARS_MAX)
    return {"catalog_id": catalog, **product} if catalog is not None else product


def parse_product_sections(raw: Fields, path: str, catalog_id: str | None) -> tuple[Mapping[str, Any], ...]:
    """Sections of products: at most 10, with at most 30 products in all."""
    found = checks.entries(raw, "sections", path, 1, SECTIONS_MAX)
    sections: list[Mapping[str, Any]] = []
    for place, one in found:
        products = checks.entries(one, "product_items", place, 1, PRODUCTS_MAX)
        title = _section_title(one, place, needed=len(found) > 1)
        sections.append({"title": title, "products": [parse_product(p, at, catalog_id) for at, p in products]})
    if sum(len(section["products"]) for section in sections) > PRODUCTS_MAX:
        raise wrong(f"{path}.sections", f"must hold at most {PRODUCTS_MAX} products in all")
    return tuple(sections)


def _parse_header(raw: Fields, kind: _Kind) -> Header | None:
    header = checks.optional_mapping(raw, "header", "interactive")
    if header is None:
        if kind.needs_header:
            raise Refusal(errors.missing("interactive.header"))
        return None
    if not kind.headers:
        raise wrong("interactive.header", "does not belong to this kind of message")
    sort = checks.choice(header, "type", "interactive.header", kind.headers)
    if sort == "text":
        return Header("text", checks.text(header, "text", "interactive.header", HEADER_CHARS_MAX))
    return parse_media_header(header, sort, "interactive.header")


def _parse_frame_text(raw: Fields, name: str, path: str, chars_max: int, *, needed: bool) -> str | None:
    if not needed and raw.get(name) is None:
        return None
    return checks.text(checks.mapping(raw, name, path), "text", f"{path}.{name}", chars_max)


def _parse_replies(action: Fields) -> _Invitation:
    return _Invitation(_replies(action, _ACTION, "reply"))


def _replies(action: Fields, path: str, sort: str) -> tuple[Button, ...]:
    buttons: list[Button] = []
    for place, one in checks.entries(action, "buttons", path, 1, REPLIES_MAX):
        checks.choice(one, "type", place, {sort})
        reply = checks.mapping(one, sort, place)
        identifier = checks.text(reply, "id", f"{place}.{sort}", REPLY_ID_CHARS_MAX)
        title = checks.text(reply, "title", f"{place}.{sort}", LABEL_CHARS_MAX)
        buttons.append(Button("reply", title, {"id": identifier}))
    _check_unlike([one.text for one in buttons], f"{path}.buttons", "titles")
    _check_unlike([one.more["id"] for one in buttons], f"{path}.buttons", "ids")
    return tuple(buttons)


def _parse_list(action: Fields) -> _Invitation:
    label = checks.text(action, "button", _ACTION, LABEL_CHARS_MAX)
    found = checks.entries(action, "sections", _ACTION, 1, SECTIONS_MAX)
    sections: list[Mapping[str, Any]] = []
    for place, one in found:
        rows = [_parse_row(row, at) for at, row in checks.entries(one, "rows", place, 1, ROWS_MAX)]
        sections.append({"title": _section_title(one, place, needed=len(found) > 1), "rows": rows})
    every = [row for section in sections for row in section["rows"]]
    if len(every) > ROWS_MAX:
        raise wrong(f"{_ACTION}.sections", f"must hold at most {ROWS_MAX} rows in all")
    _check_unlike([row["id"] for row in every], f"{_ACTION}.sections", "row ids")
    return _Invitation((Button("list", label),), tuple(sections))


def _parse_row(row: Fields, path: str) -> dict[str, str]:
    found = {
        "id": checks.text(row, "id", path, ROW_ID_CHARS_MAX),
        "title": checks.text(row, "title", path, ROW_CHARS_MAX),
    }
    more = checks.optional_text(row, "description", path, ROW_MORE_CHARS_MAX)
    return found if more is None else {**found, "description": more}


def _section_title(section: Fields, path: str, *, needed: bool) -> str:
    if needed:
        return checks.text(section, "title", path, SECTION_CHARS_MAX)
    return checks.optional_text(section, "title", path, SECTION_CHARS_MAX) or ""


def _parse_url(action: Fields, path: str) -> Button:
    parameters = checks.mapping(action, "parameters", path)
    place = f"{path}.parameters"
    label = checks.text(parameters, "display_text", place, LABEL_CHARS_MAX)
    return Button("url", label, {"url": checks.link(parameters, "url", place)})


def _parse_one_product(action: Fields) -> _Invitation:
    checks.text(action, "catalog_id", _ACTION, PRODUCT_CHARS_MAX)
    return _Invitation((Button("product", "", {"product": parse_product(action, _ACTION)}),))


def _parse_products(action: Fields) -> _Invitation:
    catalog_id = checks.text(action, "catalog_id", _ACTION, PRODUCT_CHARS_MAX)
    sections = parse_product_sections(action, _ACTION, catalog_id)
    return _Invitation((Button("products", "", {"catalog_id": catalog_id}),), sections)


def _parse_catalog(action: Fields) -> _Invitation:
    parameters = checks.optional_mapping(action, "parameters", _ACTION) or {}
    thumbnail = checks.optional_text(parameters, "thumbnail_product_retailer_id", _PARAMETERS, PRODUCT_CHARS_MAX)
    return _Invitation((Button("catalog", "", {"thumbnail": thumbnail} if thumbnail is not None else {}),))


def _parse_address(action: Fields) -> _Invitation:
    parameters = checks.mapping(action, "parameters", _ACTION)
    country = checks.text(parameters, "country", _PARAMETERS, 2).upper()
    saved = [
        {"id": checks.text(one, "id", place, REPLY_ID_CHARS_MAX), "value": _form_values(one, "value", place)}
        for place, one in checks.entries(parameters, "saved_addresses", _PARAMETERS, 0, FORM_VALUES_MAX)
    ]
    more = {
        "country": country,
        "values": _form_values(parameters, "values", _PARAMETERS),
        "saved_addresses": saved,
        "validation_errors": _form_values(parameters, "validation_errors", _PARAMETERS),
    }
    return _Invitation((Button("address", "", {name: one for name, one in more.items() if one}),))


def _form_values(raw: Fields, name: str, path: str) -> dict[str, str]:
    found = checks.optional_mapping(raw, name, path) or {}
    place = f"{path}.{name}"
    texts = {field: checks.optional_text(found, field, place, CARD_TEXT_CHARS_MAX) for field in ADDRESS_FIELDS}
    return {field: one for field, one in texts.items() if one is not None}


def _parse_call(action: Fields) -> _Invitation:
    parameters = checks.optional_mapping(action, "parameters", _ACTION) or {}
    label = checks.optional_text(parameters, "display_text", _PARAMETERS, LABEL_CHARS_MAX) or ""
    asked = parameters.get("ttl_minutes") is not None
    minutes = checks.whole(parameters, "ttl_minutes", _PARAMETERS, 1, CALL_MINUTES_MAX) if asked else CALL_MINUTES
    payload = checks.optional_text(parameters, "payload", _PARAMETERS, PAYLOAD_CHARS_MAX)
    more: dict[str, Any] = {"ttl_minutes": minutes, **({"payload": payload} if payload is not None else {})}
    return _Invitation((Button("voice_call", label, more),))


def _parse_carousel(action: Fields) -> _Invitation:
    cards = checks.entries(action, "cards", _ACTION, CARDS_LEAST, CARDS_MAX)
    places = [checks.whole(one, "card_index", place, 0, CARDS_MAX - 1) for place, one in cards]
    _check_unlike(places, f"{_ACTION}.cards", "card_index values")
    ordered = [cards[number] for _, number in sorted((index, number) for number, index in enumerate(places))]
    found = tuple(_parse_card(one, place) for place, one in ordered)
    if len({card.header.kind if card.header is not None else "" for card in found}) > 1:
        raise wrong(f"{_ACTION}.cards", "must all have the same kind of header")
    catalogs = {card.header.product.get("catalog_id") for card in found if card.header is not None}
    if len(catalogs) > 1:
        raise wrong(f"{_ACTION}.cards", "must all be of one catalogue")
    return _Invitation(cards=found)


def _parse_card(raw: Fields, path: str) -> Card:
    kind = checks.choice(raw, "type", path, {"cta_url", "quick_reply", "product"})
    action = checks.mapping(raw, "action", path)
    place = f"{path}.action"
    if kind == "product":
        checks.text(action, "catalog_id", place, PRODUCT_CHARS_MAX)
        product = parse_product(action, place)
        return Card(Header("product", product=product), buttons=(Button("product", "", {"product": product}),))
    header = checks.mapping(raw, "header", path)
    sort = checks.choice(header, "type", f"{path}.header", {"image", "video"})
    body = _parse_frame_text(raw, "body", path, CAROUSEL_TEXT_CHARS_MAX, needed=False) or ""
    if body.count("\n") > CAROUSEL_BREAKS_MAX:
        raise wrong(f"{path}.body.text", f"must have at most {CAROUSEL_BREAKS_MAX} line breaks")
    replies = action.get("buttons") is not None
    buttons = _replies(action, place, "quick_reply") if replies else (_parse_url(action, place),)
    return Card(parse_media_header(header, sort, f"{path}.header"), body, None, buttons)


def _check_unlike(values: list[Any], path: str, what: str) -> None:
    if len(set(values)) < len(values):
        raise wrong(path, f"must have {what} that differ from one another")


def _plain(kind: str) -> Callable[[Fields], _Invitation]:
    return lambda _action: _Invitation((Button(kind, ""),))


KINDS: Final[Mapping[str, _Kind]] = {
    "button": _Kind(_parse_replies, ANY_HEADER),
    "list": _Kind(_parse_list, frozenset({"text"}), LIST_TEXT_CHARS_MAX),
    "cta_url": _Kind(lambda action: _Invitation((_parse_url(action, _ACTION),)), ANY_HEADER),
    "flow": _Kind(lambda action: _Invitation((parse_flow(action, _ACTION),)), ANY_HEADER),
    "product": _Kind(_parse_one_product, needs_text=False),
    "product_list": _Kind(_parse_products, frozenset({"text"}), needs_header=True),
    "catalog_message": _Kind(_parse_catalog),
    "location_request_message": _Kind(_plain("send_location")),
    "address_message": _Kind(_parse_address, ANY_HEADER),
    "carousel": _Kind(_parse_carousel),
    "call_permission_request": _Kind(_plain("call_permission"), needs_text=False),
    "voice_call": _Kind(_parse_call),
    "request_contact_info": _Kind(_plain("request_contact_info")),
}
"""The kinds of interactive messages; payments (order_details, order_status) are not enabled."""
