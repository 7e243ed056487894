"""Approved templates with the fields that an agent has to fill in.

A field is a variable of the heading, of the body or of a button's address. Its example comes from the template's own
examples, in the forms in which the Cloud API keeps them: by position, by name, or a whole address for a button.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from takt.core.variables import variables
from takt.store.views import TemplateView


def template(one: TemplateView) -> dict[str, Any]:
    """A template as the inbox API lists it."""
    components = msgspec.json.decode(one.components)
    return {
        "name": one.name,
        "language": one.language,
        "category": one.category,
        "parameter_format": one.parameter_format,
        "components": components,
        "parameters": list(_fields(components)),
    }


def _fields(components: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    by_type = {str(component["type"]).upper(): component for component in components}
    for where in ("header", "body"):
        component = by_type.get(where.upper(), {})
        for place, name in enumerate(variables(component.get("text") or "")):
            example = _example(component.get("example") or {}, where, place, name)
            yield {"where": where, "name": name, "example": example}
    for index, button in enumerate(by_type.get("BUTTONS", {}).get("buttons") or ()):
        for name in variables(button.get("url") or ""):
            example = _suffix(button["url"], button.get("example"))
            yield {"where": "button", "name": name, "example": example, "index": index}


def _example(examples: Mapping[str, Any], where: str, place: int, name: str) -> str:
    for one in examples.get(f"{where}_text_named_params") or ():
        if one.get("param_name") == name:
            return str(one.get("example", ""))
    values = examples.get(f"{where}_text") or ()
    if values and isinstance(values[0], list):  # the body's examples are a list of lists, the heading's a plain list
        values = values[0]
    return str(values[place]) if place < len(values) else ""


def _suffix(url: str, examples: object) -> str:
    """What stands for the variable in an example address; an example that is no such address is the suffix itself."""
    example = str(examples[0]) if isinstance(examples, list) and examples else ""
    return example.removeprefix(url.partition("{{")[0])
