"""The library of templates on the wire: how its entries are listed, and how a call makes a template of one.

Cloud API reference, "Endpoints". A company brings a name and its links; the words are the library's.
"""

from collections.abc import Mapping
from typing import Any, Final

from takt.core.template_authentication import fixed_body
from takt.core.template_draft import (
    Draft,
    Frame,
    parse_category,
    parse_components,
    parse_language,
    parse_name,
    parse_ttl,
)
from takt.core.template_library import CODE_NAME, LIBRARY, LibraryText
from takt.core.template_text import FIELD_MISSING, wrong
from takt.wire.templates import checked, unpacked

FILTERS: Final = ("search", "topic", "usecase", "industry", "language", "category", "name")
SEARCH_CHARS_MAX: Final = 200


def find(filters: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """The entries that fit all filters, by name and language; words of `search` may stand anywhere."""
    entries = [*map(_render, LIBRARY), *(_code(language) for language in ("de", "en_US"))]
    entries = [one for one in entries if _fits(one, filters)]
    return sorted(entries, key=lambda one: (one["name"], one["language"]))


def parse_draft(given: Mapping[str, Any]) -> Draft:
    """A template made of a library entry by the parameters of a call. Raises Refusal."""
    return checked(_draft, given)


def _draft(given: Mapping[str, Any]) -> Draft:
    name, language = parse_name(given.get("name")), parse_language(given.get("language"))
    source = given.get("library_template_name")
    if source == CODE_NAME:
        category, components = "authentication", _code_components(given)
        types: list[str] = []
    else:
        entry = next((one for one in LIBRARY if one.name == source and one.language == language), None)
        if entry is None:
            raise wrong("library_template_name", f"must be a template that the library has in the language {language}")
        category, types = "utility", [kind for kind, _ in entry.params]
        components = _components(entry, given)
    if parse_category(given.get("category", category)) != category:
        raise wrong("category", f"must be {category.upper()}, as the library has it")
    parsed = parse_components(components, Frame(category, language, named=False))
    ttl_s = parse_ttl(given.get("message_send_ttl_seconds"), category)
    extras = {"body_param_types": types} if types else {}
    return Draft(name, language, category, False, parsed, ttl_s, False, extras, str(source))


def _components(entry: LibraryText, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    samples = [sample for _, sample in entry.params]
    components: list[dict[str, Any]] = [{"type": "BODY", "text": entry.body, "example": {"body_text": [samples]}}]
    inputs = unpacked(given.get("library_template_button_inputs"))
    if entry.button:
        components.append({"type": "BUTTONS", "buttons": [_link(entry.button, inputs)]})
    elif inputs:
        raise wrong("library_template_button_inputs", "must be absent: this template has no button")
    return components


def _link(text: str, inputs: object) -> dict[str, Any]:
    """The link of a template: `{"type":"URL","url":{"base_url","url_suffix_example"}}`."""
    field = "library_template_button_inputs"
    one = inputs[0] if isinstance(inputs, list) and len(inputs) == 1 else None
    url = one.get("url") if isinstance(one, dict) and str(one.get("type", "")).upper() == "URL" else None
    base = url.get("base_url") if isinstance(url, dict) else None
    if not isinstance(url, dict) or not isinstance(base, str):
        raise wrong(field, "must be one input of type URL with url.base_url", FIELD_MISSING)
    suffix = url.get("url_suffix_example")
    return {"type": "URL", "text": text, "url": base} | ({"example": [suffix]} if suffix is not None else {})


def _code_components(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    wishes = unpacked(given.get("library_template_body_inputs"))
    wishes = wishes if isinstance(wishes, dict) else {}
    components: list[dict[str, Any]] = [
        {"type": "BODY", "add_security_recommendation": wishes.get("add_security_recommendation", False)}
    ]
    if wishes.get("code_expiration_minutes") is not None:
        components.append({"type": "FOOTER", "code_expiration_minutes": wishes["code_expiration_minutes"]})
    inputs = unpacked(given.get("library_template_button_inputs")) or [{"type": "OTP", "otp_type": "COPY_CODE"}]
    return [*components, {"type": "BUTTONS", "buttons": inputs}]


def _render(entry: LibraryText) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": entry.name,
        "language": entry.language,
        "category": "UTILITY",
        "topic": entry.topic,
        "usecase": entry.usecase,
        "industry": list(entry.industries),
        "body": entry.body,
        "body_params": [sample for _, sample in entry.params],
        "body_param_types": [kind for kind, _ in entry.params],
        "id": f"{entry.name}:{entry.language}",
    }
    if entry.button:
        shown["buttons"] = [{"type": "URL", "text": entry.button, "url": "https://www.example.com"}]
    return shown


def _code(language: str) -> dict[str, Any]:
    return {
        "name": CODE_NAME,
        "language": language,
        "category": "AUTHENTICATION",
        "topic": "IDENTITY_VERIFICATION",
        "usecase": "AUTHENTICATION",
        "industry": [],
        "body": fixed_body(language, advice=True)["text"],
        "body_params": ["123456"],
        "body_param_types": ["TEXT"],
        "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}],
        "id": f"{CODE_NAME}:{language}",
    }


def _fits(entry: Mapping[str, Any], filters: Mapping[str, str | None]) -> bool:
    for name, wanted in filters.items():
        if not wanted:
            continue
        words = wanted[:SEARCH_CHARS_MAX].lower()
        if name == "search":
            if words not in f"{entry['name']} {entry['body']}".lower():
                return False
        elif name == "industry":
            if words.upper() not in entry["industry"]:
                return False
        elif entry[name].lower() != words:
            return False
    return True
