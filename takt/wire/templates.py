"""A template as a call brings it, and what a call about templates is told when something is wrong with it.

Cloud API reference, "Templates" and "Error envelope": code 100, the number of the trouble as subcode, a title and a
sentence for people.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from takt.core.template_draft import (
    Draft,
    Frame,
    parse_category,
    parse_components,
    parse_format,
    parse_language,
    parse_name,
    parse_sub_category,
    parse_ttl,
)
from takt.core.template_text import DraftFault, Fault
from takt.wire.errors import Refusal, WireError

EXTRAS_CHARS_MAX: Final = 10_000

T = TypeVar("T")


def error_of(fault: Fault) -> WireError:
    """The envelope for a fault of a template."""
    sentence = f"{fault.field} {fault.requirement}"
    return WireError(
        100, f"(#100) Invalid parameter: {sentence}", sentence, subcode=fault.subcode, user_title=fault.title,
        user_msg=f"{sentence[:1].upper()}{sentence[1:]}.",
    )  # fmt: skip


def checked(parse: Callable[..., T], *values: Any) -> T:
    """What a parser of the core makes of these values; its fault becomes a Refusal."""
    try:
        return parse(*values)
    except DraftFault as fault:
        raise Refusal(error_of(fault.fault)) from None


def parse_draft(given: Mapping[str, Any], language: object = None) -> Draft:
    """A whole template from the parameters of a call, in the given language or in that of the call. Raises Refusal."""
    return checked(_draft, given, given.get("language") if language is None else language)


def _draft(given: Mapping[str, Any], language: object) -> Draft:
    name = parse_name(given.get("name"))
    category = parse_category(given.get("category"))
    frame = Frame(category, parse_language(language), parse_format(given.get("parameter_format")))
    components = parse_components(unpacked(given.get("components")), frame)
    return Draft(
        name, frame.language, category, frame.named, components,
        parse_ttl(given.get("message_send_ttl_seconds"), category),
        parse_truth("cta_url_link_tracking_opted_out", given.get("cta_url_link_tracking_opted_out")) or False,
        parse_extras(given), sub_category=parse_sub_category(given.get("sub_category")),
    )  # fmt: skip


def unpacked(given: object) -> object:
    """What came as JSON in a text, as forms bring it; anything else as it is."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        return given


def parse_truth(name: str, given: object) -> bool | None:
    """True or false in any of the spellings that occur; None when absent. Raises Refusal."""
    if given is None:
        return None
    word = str(given).lower() if isinstance(given, str | bool | int) and len(str(given)) < 8 else ""
    if word not in ("true", "false", "1", "0"):
        raise Refusal(error_of(Fault(name, "must be true or false")))
    return word in ("true", "1")


def parse_extras(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings about the looks of messages: kept and shown, no more. Raises Refusal."""
    freedom = unpacked(given.get("degrees_of_freedom_spec"))
    if freedom is None:
        return {}
    features = freedom.get("creative_features_spec") if isinstance(freedom, dict) else None
    if not isinstance(features, dict) or len(json.dumps(features)) > EXTRAS_CHARS_MAX:
        raise Refusal(error_of(Fault("degrees_of_freedom_spec", "must hold an object creative_features_spec")))
    if "\\u0000" in json.dumps(features):
        raise Refusal(error_of(Fault("degrees_of_freedom_spec", "must not contain the character U+0000")))
    return {"creative_features_spec": features}
