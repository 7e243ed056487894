"""A template as a company submits it: every component checked, and brought into the one form that is kept.

Rules: Cloud API reference, section "Templates". Kinds may come in any letter case. The first thing that is wrong is
raised as a DraftFault, which names the field and says what would be right.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final

from takt.core.draft_buttons import kind_of, parse_buttons
from takt.core.languages import find_language
from takt.core.template_authentication import CODE_MINUTES_MAX, fixed_body, fixed_footer
from takt.core.template_text import (
    BODY_FORMAT,
    FIELD_MISSING,
    FOOTER_FORMAT,
    HEADER_FORMAT,
    bounded,
    check_flow,
    example_of,
    one_line,
    text_of,
    variables_of,
    without_emoji,
    wrong,
)
from takt.core.value import value

NAME_CHARS_MAX: Final = 512
HEADER_CHARS_MAX: Final = 60
BODY_CHARS_MAX: Final = 1024
OFFER_BODY_CHARS_MAX: Final = 600
CARD_BODY_CHARS_MAX: Final = 160
FOOTER_CHARS_MAX: Final = 60
OFFER_CHARS_MAX: Final = 16
HANDLE_CHARS_MAX: Final = 8192
CARDS_MAX: Final = 10
CARDS_LEAST: Final = 2
CARD_BUTTONS_MAX: Final = 2
COMPONENTS_MAX: Final = 10
TTL_S_MAX: Final = 2_592_000

CATEGORIES: Final = ("MARKETING", "UTILITY", "AUTHENTICATION")
SUB_CATEGORIES: Final = ("CUSTOM", "ORDER_DETAILS", "ORDER_STATUS", "RICH_ORDER_STATUS")
MEDIA: Final = ("IMAGE", "VIDEO", "DOCUMENT", "GIF")
KINDS: Final = (
    "HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST",
)  # fmt: skip
TTLS_S: Final = {"authentication": (30, 900), "utility": (30, 43_200), "marketing": (43_200, TTL_S_MAX)}
"""How long messages of a category may be tried, from and to, in seconds."""
AUTHENTICATION_TTL_S: Final = 600

_NAME = re.compile(r"[a-z0-9_]+")
_HANDLE = re.compile(r"[0-9]{1,3}:\S+")
_SELLING: Final = frozenset({"CATALOG", "MPM", "SPM", "COPY_CODE", "APP"})

Components = list[dict[str, Any]]


@value
class Draft:
    """A whole template, checked: `extras` are settings that are kept and shown, and decide nothing here."""

    name: str
    language: str
    category: str
    named: bool
    components: list[dict[str, Any]]
    ttl_s: int
    link_tracking_opted_out: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)
    library_template_name: str | None = None
    sub_category: str | None = None


@value
class Frame:
    """What the components of a template depend on: category in small letters, language, kind of parameters."""

    category: str
    language: str
    named: bool


def parse_name(given: object) -> str:
    """The name of a template. Raises DraftFault."""
    if not isinstance(given, str) or not given:
        raise wrong("name", "is required", FIELD_MISSING)
    bounded(given, "name", NAME_CHARS_MAX)
    if _NAME.fullmatch(given) is None:
        raise wrong("name", "must be lower-case letters, digits and underscores alone, such as order_update")
    return given


def parse_language(given: object) -> str:
    """The code of a language that templates can have. Raises DraftFault."""
    if isinstance(given, dict):
        given = given.get("code")
    found = find_language(given) if isinstance(given, str) and len(given) <= NAME_CHARS_MAX else None
    if found is None:
        raise wrong("language", "must be the code of a language that templates can have, such as de or en_US")
    return found


def parse_category(given: object) -> str:
    """The category in small letters. Raises DraftFault."""
    if not isinstance(given, str) or given.upper() not in CATEGORIES:
        raise wrong("category", f"must be one of {', '.join(CATEGORIES)}")
    return given.lower()


def parse_sub_category(given: object) -> str | None:
    """What a template is about within its category, if the caller says so. Raises DraftFault."""
    if given is None:
        return None
    if not isinstance(given, str) or given.upper() not in SUB_CATEGORIES:
        raise wrong("sub_category", f"must be one of {', '.join(SUB_CATEGORIES)}")
    return given.upper()


def parse_format(given: object) -> bool:
    """Whether parameters have names. Raises DraftFault."""
    if given is None:
        return False
    if not isinstance(given, str) or given.upper() not in ("POSITIONAL", "NAMED"):
        raise wrong("parameter_format", "must be POSITIONAL or NAMED")
    return given.upper() == "NAMED"


def parse_ttl(given: object, category: str) -> int:
    """How long messages may be tried, in seconds; -1 asks for 30 days. Raises DraftFault."""
    if given is None:
        return AUTHENTICATION_TTL_S if category == "authentication" else TTL_S_MAX
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    seconds = int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 0
    least, most = TTLS_S[category]
    if seconds == -1:
        return TTL_S_MAX
    if not least <= seconds <= most:
        raise wrong("message_send_ttl_seconds", f"must be from {least} to {most} for this category, or -1 for 30 days")
    return seconds


def parse_components(given: object, frame: Frame) -> Components:
    """The components of a template, checked and in the form they are kept in. Raises DraftFault."""
    if not isinstance(given, list) or not 1 <= len(given) <= COMPONENTS_MAX:
        raise wrong("components", f"must be a list of 1 to {COMPONENTS_MAX} components", FIELD_MISSING)
    kinds = [kind_of(one, f"components[{place}]", KINDS) for place, one in enumerate(given)]
    twice = [kind for kind, count in Counter(kinds).items() if count > 1]
    if twice:
        raise wrong("components", f"may hold one {twice[0]}, got several")
    if "BODY" not in kinds:
        raise wrong("components", "must hold a BODY", FIELD_MISSING)
    by_kind = dict(zip(kinds, given, strict=True))
    places = {kind: f"components[{place}]" for place, kind in enumerate(kinds)}
    if frame.category == "authentication":
        return _authentication(by_kind, places, frame)
    body_max = OFFER_BODY_CHARS_MAX if "LIMITED_TIME_OFFER" in by_kind else BODY_CHARS_MAX
    parsed = {kind: _component(kind, by_kind[kind], places[kind], frame, body_max) for kind in kinds}
    _check_together(parsed, frame)
    return [parsed[kind] for kind in KINDS_SHOWN if kind in parsed]


KINDS_SHOWN: Final = (
    "HEADER", "LIMITED_TIME_OFFER", "BODY", "CALL_PERMISSION_REQUEST", "FOOTER", "BUTTONS", "CAROUSEL",
)  # fmt: skip
"""The order in which components are kept."""


def _component(kind: str, given: Mapping[str, Any], field: str, frame: Frame, body_max: int) -> dict[str, Any]:
    if kind == "BODY":
        return _body(given, field, frame, body_max)
    if kind == "BUTTONS":
        return {"type": kind, "buttons": parse_buttons(given.get("buttons"), f"{field}.buttons", frame.language)}
    if kind in ("HEADER", "CAROUSEL"):
        return (_header if kind == "HEADER" else _carousel)(given, field, frame)
    if kind in ("FOOTER", "LIMITED_TIME_OFFER"):
        return (_footer if kind == "FOOTER" else _offer)(given, field)
    return {"type": kind}


def _header(given: Mapping[str, Any], field: str, frame: Frame) -> dict[str, Any]:
    shape = given.get("format", "TEXT")
    if not isinstance(shape, str) or shape.upper() not in ("TEXT", *MEDIA, "LOCATION", "PRODUCT"):
        raise wrong(f"{field}.format", f"must be one of TEXT, {', '.join(MEDIA)}, LOCATION, PRODUCT", HEADER_FORMAT)
    parsed: dict[str, Any] = {"type": "HEADER", "format": shape.upper()}
    if parsed["format"] in MEDIA:
        return {**parsed, "example": {"header_handle": [_handle(given, field)]}}
    if parsed["format"] != "TEXT":
        return parsed
    text = text_of(given, "text", field, HEADER_CHARS_MAX)
    one_line(text, f"{field}.text", HEADER_FORMAT)
    without_emoji(text, f"{field}.text", HEADER_FORMAT)
    found = variables_of(text, f"{field}.text", HEADER_FORMAT, named=frame.named)
    if len(found) > 1:
        raise wrong(f"{field}.text", f"may have one variable, got {len(found)}", HEADER_FORMAT)
    example = example_of(given, "header", field, found, named=frame.named)
    return {**parsed, "text": text} | ({"example": example} if example is not None else {})


def _handle(given: Mapping[str, Any], field: str) -> str:
    example = given.get("example")
    handles = example.get("header_handle") if isinstance(example, dict) else None
    if isinstance(handles, str):
        handles = [handles]
    handle = handles[0] if isinstance(handles, list) and len(handles) == 1 else None
    name = f"{field}.example.header_handle"
    if not isinstance(handle, str):
        raise wrong(name, "is required: the handle of one uploaded file", FIELD_MISSING)
    bounded(handle, name, HANDLE_CHARS_MAX)
    if _HANDLE.fullmatch(handle) is None:
        raise wrong(name, "must be a handle as an upload gives it, such as 4::aW…", HEADER_FORMAT)
    return handle


def _body(given: Mapping[str, Any], field: str, frame: Frame, chars_max: int) -> dict[str, Any]:
    text = text_of(given, "text", field, chars_max)
    found = variables_of(text, f"{field}.text", BODY_FORMAT, named=frame.named)
    check_flow(text, f"{field}.text", BODY_FORMAT, found)
    example = example_of(given, "body", field, found, named=frame.named)
    return {"type": "BODY", "text": text} | ({"example": example} if example is not None else {})


def _footer(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    text = text_of(given, "text", field, FOOTER_CHARS_MAX)
    one_line(text, f"{field}.text", FOOTER_FORMAT)
    if "{{" in text or "}}" in text:
        raise wrong(f"{field}.text", "must have no variable", FOOTER_FORMAT)
    return {"type": "FOOTER", "text": text}


def _offer(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    name = f"{field}.limited_time_offer"
    offer = given.get("limited_time_offer")
    if not isinstance(offer, dict):
        raise wrong(name, "is required", FIELD_MISSING)
    parsed: dict[str, Any] = {"text": text_of(offer, "text", name, OFFER_CHARS_MAX)}
    expires = offer.get("has_expiration")
    if expires is not None:
        if not isinstance(expires, bool):
            raise wrong(f"{name}.has_expiration", "must be true or false")
        parsed["has_expiration"] = expires
    return {"type": "LIMITED_TIME_OFFER", "limited_time_offer": parsed}


def _carousel(given: Mapping[str, Any], field: str, frame: Frame) -> dict[str, Any]:
    cards = given.get("cards")
    if not isinstance(cards, list) or not CARDS_LEAST <= len(cards) <= CARDS_MAX:
        raise wrong(f"{field}.cards", f"must be a list of {CARDS_LEAST} to {CARDS_MAX} cards", FIELD_MISSING)
    parsed = [_card(one, f"{field}.cards[{place}]", frame) for place, one in enumerate(cards)]
    shapes = [_shape(one) for one in parsed]
    for place, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise wrong(f"{field}.cards[{place}]", "must have the same components and buttons as the first card")
    return {"type": "CAROUSEL", "cards": [{"components": one} for one in parsed]}


def _card(given: object, field: str, frame: Frame) -> Components:
    components = given.get("components") if isinstance(given, dict) else None
    if not isinstance(components, list) or not 1 <= len(components) <= COMPONENTS_MAX:
        raise wrong(f"{field}.components", "must be a list of components", FIELD_MISSING)
    parsed: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(components):
        name = f"{field}.components[{place}]"
        kind = kind_of(one, name, ("HEADER", "BODY", "BUTTONS"))
        if kind in parsed:
            raise wrong(name, f"is a second {kind}: a card has one of each")
        parsed[kind] = _component(kind, one, name, frame, CARD_BODY_CHARS_MAX)
    header = parsed.get("HEADER", {}).get("format")
    if header not in ("IMAGE", "VIDEO", "PRODUCT"):
        raise wrong(field, "must have a HEADER of format IMAGE, VIDEO or PRODUCT", HEADER_FORMAT)
    if not 1 <= len(parsed.get("BUTTONS", {}).get("buttons", ())) <= CARD_BUTTONS_MAX:
        raise wrong(field, f"must have 1 to {CARD_BUTTONS_MAX} buttons")
    return [parsed[kind] for kind in ("HEADER", "BODY", "BUTTONS") if kind in parsed]


def _shape(card: Components) -> list[Any]:
    return [
        (one["type"], one.get("format"), tuple(button["type"] for button in one.get("buttons", ()))) for one in card
    ]


def _check_together(parsed: Mapping[str, Mapping[str, Any]], frame: Frame) -> None:
    """What does not go together: parts that sell with other categories, offers with footers, carousels with more."""
    header = parsed.get("HEADER", {}).get("format")
    kinds = [one["type"] for one in parsed.get("BUTTONS", {}).get("buttons", ())]
    if "OTP" in kinds:
        raise wrong("category", "must be AUTHENTICATION for a template with an OTP button")
    selling = sorted(_SELLING.intersection(kinds)) or (["PRODUCT"] if header == "PRODUCT" else [])
    selling += ["GIF"] if header == "GIF" else []
    selling += ["LIMITED_TIME_OFFER"] if "LIMITED_TIME_OFFER" in parsed else []
    if selling and frame.category != "marketing":
        raise wrong("category", f"must be MARKETING for a template with {selling[0]}")
    if header == "PRODUCT" and "SPM" not in kinds:
        raise wrong("components", "must hold an SPM button beside a HEADER of format PRODUCT")
    if "LIMITED_TIME_OFFER" in parsed and ("FOOTER" in parsed or header not in (None, "IMAGE", "VIDEO")):
        raise wrong("components", "may hold no FOOTER, and no HEADER but IMAGE or VIDEO, beside LIMITED_TIME_OFFER")
    others = sorted(parsed.keys() - {"BODY", "CAROUSEL"})
    if "CAROUSEL" in parsed and others:
        raise wrong("components", f"may hold BODY alone beside CAROUSEL, got {others[0]}")


def _authentication(by_kind: Mapping[str, Mapping[str, Any]], places: Mapping[str, str], frame: Frame) -> Components:
    """The fixed texts of an authentication template with its one button."""
    for kind in by_kind:
        if kind not in ("BODY", "FOOTER", "BUTTONS"):
            raise wrong(places[kind], "must be BODY, FOOTER or BUTTONS in an AUTHENTICATION template")
    parsed = [_fixed_body(by_kind["BODY"], places["BODY"], frame)]
    footer = by_kind.get("FOOTER", {})
    minutes = footer.get("code_expiration_minutes")
    if minutes is not None:
        parsed.append(
            fixed_footer(frame.language, check_minutes(minutes, f"{places['FOOTER']}.code_expiration_minutes"))
        )
    elif footer.get("text") is not None:
        raise wrong(f"{places['FOOTER']}.text", "must be absent: code_expiration_minutes says it", FOOTER_FORMAT)
    field = places.get("BUTTONS", "components")
    buttons = parse_buttons(by_kind.get("BUTTONS", {}).get("buttons"), f"{field}.buttons", frame.language)
    if [one["type"] for one in buttons] != ["OTP"]:
        raise wrong(f"{field}.buttons", "must be one OTP button in an AUTHENTICATION template")
    return [*parsed, {"type": "BUTTONS", "buttons": buttons}]


def _fixed_body(given: Mapping[str, Any], field: str, frame: Frame) -> dict[str, Any]:
    advice = given.get("add_security_recommendation", False)
    if advice is None:
        advice = False
    if not isinstance(advice, bool):
        raise wrong(f"{field}.add_security_recommendation", "must be true or false")
    body = fixed_body(frame.language, advice=advice)
    if given.get("text") not in (None, body["text"]):
        raise wrong(f"{field}.text", "must be absent: the text of AUTHENTICATION templates is fixed", BODY_FORMAT)
    return body


def check_minutes(given: object, field: str) -> int:
    """How long a code holds, 1 to 90 minutes. Raises DraftFault."""
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    minutes = int(text) if re.fullmatch(r"[0-9]{1,3}", text) else 0
    if not 1 <= minutes <= CODE_MINUTES_MAX:
        raise wrong(field, f"must be a whole number of minutes from 1 to {CODE_MINUTES_MAX}")
    return minutes


def fingerprint(components: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Body and footer, by which a template counts as the double of another one."""
    texts = {one["type"]: str(one.get("text", "")) for one in components}
    return texts.get("BODY", ""), texts.get("FOOTER", "")
