"""Buttons of a template that a company submits, each kind with its fields and limits (Cloud API, "Components").

What comes out is what is kept: known fields alone, kinds in capitals, every button with a text.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

from takt.core.template_authentication import otp_texts
from takt.core.template_text import FIELD_MISSING, bounded, text_of, variables_of, wrong

BUTTONS_MAX: Final = 10
TEXT_CHARS_MAX: Final = 25
URL_CHARS_MAX: Final = 2000
PHONE_CHARS_MAX: Final = 20
CODE_CHARS_MAX: Final = 20
FLOW_CHARS_MAX: Final = 200_000
APPS_MAX: Final = 5
PACKAGE_CHARS_MAX: Final = 224
SIGNATURE_CHARS: Final = 11
TTL_MINUTES_MAX: Final = 43_200
TTL_MINUTES_LEAST: Final = 1440

PER_KIND: Final = {
    "QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "OTP": 1, "FLOW": 1, "CATALOG": 1, "MPM": 1,
    "SPM": 1, "VOICE_CALL": 1, "REQUEST_CONTACT_INFO": 1, "CALL_PERMISSION_REQUEST": 1, "ORDER_DETAILS": 1, "APP": 1,
}  # fmt: skip
"""The kinds there are, and how many of each a template may have."""

_TEXTS: Final = {
    "COPY_CODE": {"en": "Copy offer code", "de": "Code kopieren"},
    "CATALOG": {"en": "View catalog", "de": "Katalog ansehen"},
    "MPM": {"en": "View items", "de": "Artikel ansehen"},
    "SPM": {"en": "View", "de": "Ansehen"},
    "REQUEST_CONTACT_INFO": {"en": "Share Contact Info", "de": "Share Contact Info"},
    "CALL_PERMISSION_REQUEST": {"en": "Allow calls", "de": "Anrufe erlauben"},
    "ORDER_DETAILS": {"en": "Review and pay", "de": "Prüfen und zahlen"},
}
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")
_HOST = re.compile(r"(?!-)[A-Za-z0-9\u00a1-\uffff-]{1,63}(\.[A-Za-z0-9\u00a1-\uffff-]{1,63})*")
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")

Parsed = dict[str, Any]


def parse_buttons(given: object, field: str, language: str) -> list[Parsed]:
    """The buttons of a BUTTONS component. Raises DraftFault."""
    if not isinstance(given, list) or not given:
        raise wrong(field, "must be a list of buttons", FIELD_MISSING)
    if len(given) > BUTTONS_MAX:
        raise wrong(field, f"must be at most {BUTTONS_MAX}, got {len(given)}")
    buttons = [_parse(one, f"{field}[{place}]", language) for place, one in enumerate(given)]
    for kind, count in Counter(one["type"] for one in buttons).items():
        if count > PER_KIND[kind]:
            raise wrong(field, f"may hold at most {PER_KIND[kind]} of type {kind}, got {count}")
    _check_groups(buttons, field)
    _check_texts(buttons, field)
    return buttons


def kind_of(given: object, field: str, kinds: Sequence[str]) -> str:
    """The `type` of a component or button in capitals; it must be one of these."""
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind.upper() not in kinds:
        raise wrong(f"{field}.type", f"must be one of {', '.join(kinds)}", FIELD_MISSING)
    return kind.upper()


def _parse(given: object, field: str, language: str) -> Parsed:
    kind = kind_of(given, field, tuple(PER_KIND))
    assert isinstance(given, dict), "kind_of looked at it"
    more = _PARSERS.get(kind)
    parsed: Parsed = {"type": kind}
    if kind in _TEXTS and given.get("text") is None:
        parsed["text"] = _TEXTS[kind]["de" if language.startswith("de") else "en"]
    elif kind != "OTP":
        parsed["text"] = text_of(given, "text", field, TEXT_CHARS_MAX)
    if "{{" in parsed.get("text", ""):
        raise wrong(f"{field}.text", "must have no variable")
    return parsed if more is None else {**parsed, **more(given, field, language)}


def _check_groups(buttons: Sequence[Parsed], field: str) -> None:
    """Quick replies stand together, and so do all others."""
    kinds = [one["type"] == "QUICK_REPLY" for one in buttons]
    changes = sum(1 for before, after in pairwise(kinds) if before != after)
    if changes > 1:
        raise wrong(field, "must be two groups: quick replies together, before or behind all other buttons")


def _check_texts(buttons: Sequence[Parsed], field: str) -> None:
    twice = [text for text, count in Counter(one["text"] for one in buttons).items() if count > 1]
    if twice:
        raise wrong(field, f"must have different texts, got '{twice[0]}' twice")


def _url(given: Mapping[str, Any], field: str, _language: str) -> Parsed:
    url = text_of(given, "url", field, URL_CHARS_MAX)
    found = variables_of(url, f"{field}.url", FIELD_MISSING, named="{{1}}" not in url)
    if len(found) > 1 or (found and not url.endswith("}}")):
        raise wrong(f"{field}.url", "may have one variable, at its very end")
    _check_address(url, f"{field}.url")
    parsed: Parsed = {"url": url}
    if found:
        parsed["example"] = [_example(given, field, URL_CHARS_MAX)]
    deep = given.get("app_deep_link")
    if isinstance(deep, dict):
        parsed["app_deep_link"] = {
            name: bounded(str(deep[name]), f"{field}.app_deep_link.{name}", URL_CHARS_MAX)
            for name in ("meta_app_id", "android_deep_link", "android_fallback_playstore_url")
            if deep.get(name) is not None
        }
    return parsed


def _check_address(url: str, field: str) -> None:
    fixed = url.partition("{{")[0]
    try:
        parts = urlsplit(fixed)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if not host or _HOST.fullmatch(host) is None or any(char.isspace() for char in fixed):
        raise wrong(field, "must be an address such as https://example.com/orders/{{1}} with a fixed host")


def _example(given: Mapping[str, Any], field: str, chars_max: int) -> str:
    example = given.get("example")
    if isinstance(example, list) and len(example) == 1:
        example = example[0]
    if not isinstance(example, str) or not example:
        raise wrong(f"{field}.example", "is required: one sample", FIELD_MISSING)
    return bounded(example, f"{field}.example", chars_max)


def _phone_number(given: Mapping[str, Any], field: str, _language: str) -> Parsed:
    number = text_of({"phone_number": _as_text(given.get("phone_number"))}, "phone_number", field, PHONE_CHARS_MAX)
    if _PHONE.fullmatch(number) is None:
        raise wrong(f"{field}.phone_number", "must be a telephone number with its country code")
    return {"phone_number": number}


def _copy_code(given: Mapping[str, Any], field: str, _language: str) -> Parsed:
    return {"example": _example(given, field, CODE_CHARS_MAX)}


def _flow(given: Mapping[str, Any], field: str, _language: str) -> Parsed:
    sources = [name for name in ("flow_id", "flow_name", "flow_json") if given.get(name)]
    if len(sources) != 1:
        raise wrong(field, "must have exactly one of flow_id, flow_name and flow_json", FIELD_MISSING)
    parsed: Parsed = {sources[0]: bounded(_as_text(given[sources[0]]), f"{field}.{sources[0]}", FLOW_CHARS_MAX)}
    action = given.get("flow_action")
    if action is not None:
        if not isinstance(action, str) or action.lower() not in ("navigate", "data_exchange"):
            raise wrong(f"{field}.flow_action", "must be navigate or data_exchange")
        parsed["flow_action"] = action.lower()
    if given.get("navigate_screen") is not None:
        parsed["navigate_screen"] = text_of(given, "navigate_screen", field, URL_CHARS_MAX)
    icon = given.get("icon")
    if icon is not None:
        if not isinstance(icon, str) or icon.upper() not in ("DOCUMENT", "PROMOTION", "REVIEW"):
            raise wrong(f"{field}.icon", "must be DOCUMENT, PROMOTION or REVIEW")
        parsed["icon"] = icon.upper()
    return parsed


def _voice_call(given: Mapping[str, Any], field: str, _language: str) -> Parsed:
    minutes = given.get("ttl_minutes")
    if minutes is None:
        return {}
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not TTL_MINUTES_LEAST <= minutes <= TTL_MINUTES_MAX:
        raise wrong(f"{field}.ttl_minutes", f"must be a whole number from {TTL_MINUTES_LEAST} to {TTL_MINUTES_MAX}")
    return {"ttl_minutes": minutes}


def _otp(given: Mapping[str, Any], field: str, language: str) -> Parsed:
    kind = given.get("otp_type")
    if not isinstance(kind, str) or kind.upper() not in ("COPY_CODE", "ONE_TAP", "ZERO_TAP"):
        raise wrong(f"{field}.otp_type", "must be COPY_CODE, ONE_TAP or ZERO_TAP", FIELD_MISSING)
    copy, autofill = otp_texts(language)
    parsed: Parsed = {"otp_type": kind.upper(), "text": copy}
    if given.get("text") is not None:
        parsed["text"] = text_of(given, "text", field, TEXT_CHARS_MAX)
    if kind.upper() == "COPY_CODE":
        return parsed
    parsed["autofill_text"] = autofill
    if given.get("autofill_text") is not None:
        parsed["autofill_text"] = text_of(given, "autofill_text", field, TEXT_CHARS_MAX)
    parsed["supported_apps"] = _apps(given, field)
    if kind.upper() == "ZERO_TAP":
        if given.get("zero_tap_terms_accepted") is not True:
            raise wrong(f"{field}.zero_tap_terms_accepted", "must be true for ZERO_TAP", FIELD_MISSING)
        parsed["zero_tap_terms_accepted"] = True
    return parsed


def _apps(given: Mapping[str, Any], field: str) -> list[dict[str, str]]:
    apps = given.get("supported_apps")
    if apps is None and "package_name" in given:
        apps = [{name: given.get(name) for name in ("package_name", "signature_hash")}]
    if not isinstance(apps, list) or not 1 <= len(apps) <= APPS_MAX:
        raise wrong(f"{field}.supported_apps", f"must be a list of 1 to {APPS_MAX} apps", FIELD_MISSING)
    return [_app(one, f"{field}.supported_apps[{place}]") for place, one in enumerate(apps)]


def _app(given: object, field: str) -> dict[str, str]:
    if not isinstance(given, dict):
        raise wrong(field, "must have package_name and signature_hash", FIELD_MISSING)
    package = text_of(given, "package_name", field, PACKAGE_CHARS_MAX)
    if _PACKAGE.fullmatch(package) is None:
        raise wrong(f"{field}.package_name", "must be a name such as com.example.shop")
    signature = given.get("signature_hash")
    if not isinstance(signature, str) or len(signature) != SIGNATURE_CHARS:
        raise wrong(f"{field}.signature_hash", f"must have exactly {SIGNATURE_CHARS} characters")
    return {"package_name": package, "signature_hash": bounded(signature, f"{field}.signature_hash", SIGNATURE_CHARS)}


def _as_text(given: object) -> str:
    if isinstance(given, str):
        return given
    whole = isinstance(given, int) and not isinstance(given, bool) and given.bit_length() < 128
    return str(given) if whole else ""


_PARSERS: Final[Mapping[str, Callable[[Mapping[str, Any], str, str], Parsed]]] = {
    "URL": _url,
    "PHONE_NUMBER": _phone_number,
    "COPY_CODE": _copy_code,
    "FLOW": _flow,
    "VOICE_CALL": _voice_call,
    "OTP": _otp,
}
