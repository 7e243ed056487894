"""Approved templates with the fields that an agent has to fill in.

A field is a variable of the heading, of the body or of a button's address; its example is the template's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from takt.core.variables import variables
from takt.store.views import TemplateView
from takt.wire.template_preview import example_of, suffix_of


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
            example = example_of(component.get("example") or {}, where, place, name)
            yield {"where": where, "name": name, "example": example}
    for index, button in enumerate(by_type.get("BUTTONS", {}).get("buttons") or ()):
        for name in variables(button.get("url") or ""):
            example = suffix_of(button["url"], button.get("example"))
            yield {"where": "button", "name": name, "example": example, "index": index}
