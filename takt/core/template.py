"""Templates: their variables, and filling them in.

The stored components have the shape of the Cloud API's template list (HEADER, BODY, FOOTER, BUTTONS); variables are
written `{{1}}` or `{{name}}`. Filling checks number, name and kind of every parameter, as the real platform does when
a message is posted (Cloud API, "Template message").
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from takt.core.content import Parameter, TemplateComponent, TemplateContent
from takt.core.denial import PARAMETER_COUNT, PARAMETER_FORMAT, TEXT_TOO_LONG, Reason
from takt.core.value import value

HEADER_CHARS_MAX: Final = 60
FILLED_BODY_CHARS_MAX: Final = 1024
PAYLOAD_CHARS_MAX: Final = 128

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


@value
class Button:
    """A button of a template: `quick_reply` answers with its payload, `url` opens an address, maybe with a suffix."""

    kind: str
    text: str
    url: str = ""


@value
class Template:
    """An own text of a business in one language, with its category and review state."""

    template_id: str
    business_id: str
    name: str
    language: str
    category: str
    status: str
    named: bool
    ttl_s: int
    header: str | None
    body: str
    footer: str | None
    buttons: tuple[Button, ...]


@value
class FilledButton:
    """A button as the person sees it."""

    kind: str
    text: str
    payload: str = ""
    url: str = ""


@value
class Filled:
    """A template with its values in place."""

    name: str
    language: str
    header: str | None
    body: str
    footer: str | None
    buttons: tuple[FilledButton, ...]


@value
class Mismatch:
    """Why the values do not fit the template: the reason and one sentence that names component and parameter."""

    reason: Reason
    details: str


@lru_cache(maxsize=4096)
def variables(text: str) -> tuple[str, ...]:
    """The variables of a text in order of first appearance, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


@lru_cache(maxsize=4096)
def _in_order(text: str) -> tuple[str, ...]:
    """The variables of a text by number, wherever in it they stand."""
    return tuple(sorted(variables(text), key=lambda name: (len(name), name)))


def from_components(row: Mapping[str, Any], components: Sequence[Mapping[str, Any]]) -> Template:
    """A template from its stored columns and its components as the Cloud API lists them."""
    by_type = {str(component["type"]).upper(): component for component in components}
    buttons = by_type.get("BUTTONS", {}).get("buttons", ())
    header = by_type.get("HEADER")
    footer = by_type.get("FOOTER")
    return Template(
        template_id=row["template_id"],
        business_id=str(row["business_id"]),
        name=row["name"],
        language=row["language"],
        category=row["category"],
        status=row["status"],
        named=row["parameter_format"] == "NAMED",
        ttl_s=row["ttl_s"],
        header=header.get("text") if header else None,
        body=by_type["BODY"]["text"],
        footer=footer["text"] if footer else None,
        buttons=tuple(Button(str(b["type"]).lower(), b["text"], b.get("url", "")) for b in buttons),
    )


def fill(template: Template, content: TemplateContent) -> Filled | Mismatch:
    """The template with the values of `content`, or the first thing about them that does not fit."""
    stray = _stray_component(template, content)
    if stray is not None:
        return stray
    header = _fill_text(template, "header", template.header, _of_kind(content, "header"))
    if isinstance(header, Mismatch):
        return header
    body = _fill_text(template, "body", template.body, _of_kind(content, "body"))
    if isinstance(body, Mismatch):
        return body
    buttons = _fill_buttons(template, content)
    if isinstance(buttons, Mismatch):
        return buttons
    assert body is not None
    too_long = _too_long(header, body)
    if too_long is not None:
        return too_long
    return Filled(template.name, template.language, header, body, template.footer, buttons)


def _of_kind(content: TemplateContent, kind: str) -> tuple[Parameter, ...]:
    return tuple(p for component in content.components if component.kind == kind for p in component.parameters)


def _stray_component(template: Template, content: TemplateContent) -> Mismatch | None:
    for component in content.components:
        if component.kind not in ("header", "body", "button"):
            return Mismatch(PARAMETER_FORMAT, f"component '{component.kind}' is not part of template '{template.name}'")
        if component.kind == "button" and not 0 <= component.index < len(template.buttons):
            return Mismatch(
                PARAMETER_FORMAT,
                f"button index {component.index} does not exist; template '{template.name}' has "
                f"{len(template.buttons)} button(s)",
            )
    return None


def _fill_text(
    template: Template, place: str, text: str | None, parameters: tuple[Parameter, ...]
) -> str | Mismatch | None:
    expected = variables(text or "")
    if len(parameters) != len(expected):
        return Mismatch(
            PARAMETER_COUNT,
            f"{place}: number of localizable_params ({len(parameters)}) does not match the expected number of "
            f"params ({len(expected)})",
        )
    if text is None or not expected:
        return text
    wrong = next((p for p in parameters if p.kind not in ("text", "currency", "date_time")), None)
    if wrong is not None:
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter type must be text, got '{wrong.kind}'")
    if template.named:
        return _fill_named(place, text, expected, parameters)
    return _fill_in_order(text, parameters)


def _fill_in_order(text: str, parameters: tuple[Parameter, ...]) -> str:
    """The first parameter belongs to the lowest number."""
    values = dict(zip(_in_order(text), (p.value for p in parameters), strict=True))
    return _VARIABLE.sub(lambda match: values[match.group(1)], text)


def _fill_named(place: str, text: str, expected: tuple[str, ...], parameters: tuple[Parameter, ...]) -> str | Mismatch:
    values = {p.name: p.value for p in parameters}
    missing = [name for name in expected if name not in values]
    if missing:
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter_name '{missing[0]}' is missing")
    return _VARIABLE.sub(lambda match: values[match.group(1)], text)


def _fill_buttons(template: Template, content: TemplateContent) -> tuple[FilledButton, ...] | Mismatch:
    given = {c.index: c for c in content.components if c.kind == "button"}
    filled: list[FilledButton] = []
    for index, button in enumerate(template.buttons):
        one = _fill_button(index, button, given.get(index))
        if isinstance(one, Mismatch):
            return one
        filled.append(one)
    return tuple(filled)


def _fill_button(index: int, button: Button, given: TemplateComponent | None) -> FilledButton | Mismatch:
    parameters = given.parameters if given is not None else ()
    if given is not None and given.sub_type != button.kind:
        return Mismatch(PARAMETER_FORMAT, f"button {index}: sub_type must be {button.kind}, got '{given.sub_type}'")
    if button.kind == "quick_reply":
        return _fill_quick_reply(index, button, parameters)
    expected = len(variables(button.url))
    if len(parameters) != expected:
        return Mismatch(PARAMETER_COUNT, f"button {index}: expected {expected} parameter(s), got {len(parameters)}")
    wrong = next((p for p in parameters if p.kind != "text"), None)
    if wrong is not None:
        return Mismatch(PARAMETER_FORMAT, f"button {index}: parameter type must be text, got '{wrong.kind}'")
    return FilledButton(button.kind, button.text, url=_fill_in_order(button.url, parameters))


def _fill_quick_reply(index: int, button: Button, parameters: tuple[Parameter, ...]) -> FilledButton | Mismatch:
    if len(parameters) > 1:
        return Mismatch(PARAMETER_COUNT, f"button {index}: expected at most 1 parameter, got {len(parameters)}")
    if parameters and parameters[0].kind != "payload":
        return Mismatch(PARAMETER_FORMAT, f"button {index}: parameter type must be payload, got '{parameters[0].kind}'")
    payload = parameters[0].value if parameters else button.text
    if len(payload) > PAYLOAD_CHARS_MAX:
        return Mismatch(TEXT_TOO_LONG, f"button {index}: payload is longer than {PAYLOAD_CHARS_MAX} characters")
    return FilledButton(button.kind, button.text, payload=payload)


def _too_long(header: str | None, body: str) -> Mismatch | None:
    if header is not None and len(header) > HEADER_CHARS_MAX:
        return Mismatch(TEXT_TOO_LONG, f"header is {len(header)} characters long, at most {HEADER_CHARS_MAX}")
    if len(body) > FILLED_BODY_CHARS_MAX:
        return Mismatch(TEXT_TOO_LONG, f"body is {len(body)} characters long, at most {FILLED_BODY_CHARS_MAX}")
    return None
