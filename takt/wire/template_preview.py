"""A template as people would see it, its own examples in the places of its variables.

Examples stand in a template in the forms in which the Cloud API keeps them: by position, by name, or a whole address for
a button.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from takt.core.template_authentication import otp_texts
from takt.core.variables import replace, variables

Components = Sequence[Mapping[str, Any]]

CODE: Final = "123456"
"""Stands for the code of an authentication template, as in its examples."""


def preview(name: str, language: str, components: Components) -> dict[str, Any]:
    """The content of a template message (docs/content.md) whose values are the examples."""
    by_type = _by_type(components)
    content = {"name": name, "language": language, **_card(by_type, language)}
    if "CAROUSEL" in by_type:
        content["cards"] = [_card(_by_type(one["components"]), language) for one in by_type["CAROUSEL"]["cards"]]
    offer = by_type.get("LIMITED_TIME_OFFER", {}).get("limited_time_offer")
    if offer is not None:
        content["offer"] = {"text": offer.get("text", "")}
    return content


def example_of(examples: Mapping[str, Any], where: str, place: int, name: str) -> str:
    """The example of a variable of the `header` or the `body`: the one at its place, or of its name."""
    for one in examples.get(f"{where}_text_named_params") or ():
        if one.get("param_name") == name:
            return str(one.get("example", ""))
    values = examples.get(f"{where}_text") or ()
    if values and isinstance(values[0], list):  # the body's examples are a list of lists, the heading's a plain list
        values = values[0]
    return str(values[place]) if place < len(values) else ""


def suffix_of(url: str, examples: object) -> str:
    """What stands for the variable in an example address; an example that is no such address is the suffix itself."""
    example = str(examples[0]) if isinstance(examples, list) and examples else ""
    return example.removeprefix(url.partition("{{")[0])


def _by_type(components: Components) -> dict[str, Mapping[str, Any]]:
    return {str(component["type"]).upper(): component for component in components}


def _card(by_type: Mapping[str, Mapping[str, Any]], language: str) -> dict[str, Any]:
    body = by_type.get("BODY", {})
    return {
        "header": _header(by_type.get("HEADER")),
        "body": _text(body, "body"),
        "footer": by_type.get("FOOTER", {}).get("text"),
        "buttons": [_button(one, language) for one in by_type.get("BUTTONS", {}).get("buttons") or ()],
    }


def _header(header: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Files are not shown: their kind stands in their place."""
    if header is None:
        return None
    kind = str(header.get("format", "TEXT"))
    return {"kind": "text", "text": _text(header, "header") if kind.upper() == "TEXT" else f"[{kind.lower()}]"}


def _text(component: Mapping[str, Any], where: str) -> str:
    text, examples = component.get("text") or "", component.get("example") or {}
    found = enumerate(variables(text))
    return replace(text, {name: example_of(examples, where, place, name) or f"[{name}]" for place, name in found})


def _button(button: Mapping[str, Any], language: str) -> dict[str, Any]:
    kind, text = str(button.get("type", "")).lower(), button.get("text") or ""
    match kind:
        case "otp":
            return {"kind": "copy_code", "text": text or otp_texts(language)[0], "code": CODE}
        case "copy_code":
            return {"kind": kind, "text": text or otp_texts(language)[0], "code": str(button.get("example") or "")}
        case "url":
            url = button.get("url") or ""
            suffix = suffix_of(url, button.get("example"))
            return {
                "kind": kind,
                "text": text,
                "url": replace(url, {one: suffix or f"[{one}]" for one in variables(url)}),
            }
        case "phone_number":
            return {"kind": kind, "text": text, "phone_number": str(button.get("phone_number") or "")}
        case _:
            return {"kind": kind, "text": text}
