"""What a company sends to fill a template: components with their parameters (Cloud API reference, "Template message")."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from takt.core.content import Parameter, TemplateComponent, TemplateContent
from takt.wire import absent_errors, checks
from takt.wire.checks import Fields, wrong
from takt.wire.contents import parse_filename, parse_location, parse_source
from takt.wire.errors import Refusal
from takt.wire.flow_action import FLOW_TOKEN_CHARS_MAX, check_size
from takt.wire.interactive import CARDS_MAX, PRODUCT_CHARS_MAX, parse_product, parse_product_sections

COMPONENTS_MAX: Final = 16
PARAMETERS_MAX: Final = 64
PARAMETER_CHARS_MAX: Final = 1024
LAST_MS: Final = 10**15

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")


def parse_template(template: Fields) -> TemplateContent:
    """`template`: name, exact language, values."""
    name = checks.required(template, "name", "template")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise wrong("template.name", "must be lower-case letters, digits and _")
    code = checks.required(checks.mapping(template, "language", "template"), "code", "template.language")
    if not isinstance(code, str) or _LANGUAGE.fullmatch(code) is None:
        raise wrong("template.language.code", "must be a language such as de or en_US")
    components = checks.entries(template, "components", "template", 0, COMPONENTS_MAX)
    return TemplateContent(name, code, tuple([_parse_component(path, one) for path, one in components]))


def _parse_component(path: str, raw: Fields) -> TemplateComponent:
    kind = checks.word(raw, "type", path)
    if kind == "order_status":
        raise Refusal(absent_errors.payments_not_enabled())
    if kind == "carousel":
        return TemplateComponent(kind, cards=_parse_cards(raw, path))
    found = checks.entries(raw, "parameters", path, 0, PARAMETERS_MAX)
    parsed = tuple([_parse_parameter(place, one) for place, one in found])
    if kind != "button":
        return TemplateComponent(kind, parsed)
    sub_type = checks.word(raw, "sub_type", path)
    if sub_type == "order_details":
        raise Refusal(absent_errors.payments_not_enabled())
    return TemplateComponent(kind, parsed, sub_type, checks.whole(raw, "index", path, 0, 9))


def _parse_cards(raw: Fields, path: str) -> tuple[tuple[TemplateComponent, ...], ...]:
    cards = checks.entries(raw, "cards", path, 1, CARDS_MAX)
    places = [checks.whole(one, "card_index", place, 0, CARDS_MAX - 1) for place, one in cards]
    if sorted(places) != list(range(len(places))):
        raise wrong(f"{path}.cards", "must have the card_index values 0, 1, 2 and so on, each once")
    parsed = {
        index: tuple(
            _parse_component(at, component)
            for at, component in checks.entries(one, "components", place, 0, COMPONENTS_MAX)
        )
        for index, (place, one) in zip(places, cards, strict=True)
    }
    return tuple(parsed[index] for index in range(len(places)))


def _parse_parameter(path: str, raw: Fields) -> Parameter:
    kind = checks.word(raw, "type", path)
    name = raw.get("parameter_name")
    if name is not None and not isinstance(name, str):
        raise wrong(f"{path}.parameter_name", "must be text")
    if kind in ("image", "video", "document", "gif"):
        medium = checks.mapping(raw, kind, path)
        filename = parse_filename(medium, f"{path}.{kind}") if kind == "document" else None
        return Parameter(kind, parse_source(medium, f"{path}.{kind}"), name, filename)
    parse = _VALUES.get(kind)
    if parse is None:
        raise wrong(f"{path}.type", f"must be a kind of parameter such as text, got {checks.shown(kind)}")
    return Parameter(kind, parse(raw, path), name)


def _texts(name: str) -> Callable[[Fields, str], str]:
    return lambda raw, path: checks.text(raw, name, path, PARAMETER_CHARS_MAX)


def _fallback(name: str) -> Callable[[Fields, str], str]:
    return lambda raw, path: checks.text(
        checks.mapping(raw, name, path), "fallback_value", f"{path}.{name}", PARAMETER_CHARS_MAX
    )


def _offer(raw: Fields, path: str) -> int:
    offer = checks.mapping(raw, "limited_time_offer", path)
    return checks.whole(offer, "expiration_time_ms", f"{path}.limited_time_offer", 0, LAST_MS)


def _product(raw: Fields, path: str) -> dict[str, str]:
    return parse_product(checks.mapping(raw, "product", path), f"{path}.product")


def _action(raw: Fields, path: str) -> Mapping[str, Any]:
    """What a button of a catalogue, of products or of a flow is given."""
    action, place = checks.mapping(raw, "action", path), f"{path}.action"
    thumbnail = checks.optional_text(action, "thumbnail_product_retailer_id", place, PRODUCT_CHARS_MAX)
    token = checks.optional_text(action, "flow_token", place, FLOW_TOKEN_CHARS_MAX)
    values = checks.optional_mapping(action, "flow_action_data", place)
    if values is not None:
        check_size(values, f"{place}.flow_action_data")
    sections = parse_product_sections(action, place, None) if action.get("sections") is not None else None
    found = {"thumbnail": thumbnail, "token": token, "data": values, "sections": sections}
    return {name: one for name, one in found.items() if one is not None}


_VALUES: Final[Mapping[str, Callable[[Fields, str], Any]]] = {
    "text": _texts("text"),
    "payload": _texts("payload"),
    "coupon_code": _texts("coupon_code"),
    "currency": _fallback("currency"),
    "date_time": _fallback("date_time"),
    "location": lambda raw, path: parse_location(checks.mapping(raw, "location", path), f"{path}.location"),
    "product": _product,
    "action": _action,
    "limited_time_offer": _offer,
    "ttl_minutes": lambda raw, path: checks.whole(raw, "ttl_minutes", path, 1, 43_200),
    "tap_target_configuration": lambda raw, path: tuple(
        {"title": checks.text(one, "title", at, PARAMETER_CHARS_MAX), "url": checks.link(one, "url", at)}
        for at, one in checks.entries(raw, "tap_target_configuration", path, 1, 1)
    ),
}
