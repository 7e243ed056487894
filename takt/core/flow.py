"""A flow: a form in screens that a company writes as JSON and a person fills in (Flow JSON 2.1 to 7.3).

Here is what a flow is once it was read; `takt.core.flow_json` reads and checks it, `takt.core.flow_answers` holds
against it what a person said.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from takt.core.value import value

SUCCESS: Final = "SUCCESS"
"""The screen that no flow has: an endpoint that answers with it ends the form."""
INPUTS: Final = frozenset({
    "TextInput", "TextArea", "CheckboxGroup", "RadioButtonsGroup", "Dropdown", "ChipsSelector", "DatePicker",
    "CalendarPicker", "OptIn", "PhotoPicker", "DocumentPicker",
})  # fmt: skip
CATEGORIES: Final = frozenset({
    "SIGN_UP", "SIGN_IN", "APPOINTMENT_BOOKING", "LEAD_GENERATION", "CONTACT_US", "CUSTOMER_SUPPORT", "SURVEY", "OTHER",
})  # fmt: skip
STATUSES: Final = ("DRAFT", "PUBLISHED", "DEPRECATED", "BLOCKED", "THROTTLED")

REFERENCE: Final = re.compile(
    r"\$\{(?:screen\.(?P<screen>[A-Za-z_][A-Za-z0-9_]*)\.)?(?P<source>data|form)\.(?P<path>[^${}]+)\}"
)


@value
class Screen:
    """One page of a form. `data` declares what it is given; `children` are its components as they were written."""

    id: str
    title: str
    terminal: bool
    data: Mapping[str, Any]
    children: tuple[Mapping[str, Any], ...]

    def components(self) -> Iterator[Mapping[str, Any]]:
        """Every component, those within forms and conditions included."""
        for component, _ in _walk(self.children, certain=True):
            yield component

    def inputs(self) -> dict[str, Mapping[str, Any]]:
        """What can be filled in, by name."""
        return {
            one["name"]: one
            for one in self.components()
            if one.get("type") in INPUTS and isinstance(one.get("name"), str)
        }

    def always_shown(self) -> frozenset[str]:
        """The names of those inputs that no condition can hide."""
        return frozenset(
            one["name"]
            for one, certain in _walk(self.children, certain=True)
            if certain and one.get("type") in INPUTS and one.get("visible", True) is True
        )

    def actions(self) -> Iterator[Mapping[str, Any]]:
        """Every action of its components."""
        for one in self.components():
            yield from _actions(one)


@value
class Flow:
    """A flow that was read without faults. One with a `data_api_version` talks to an endpoint of its company."""

    version: str
    data_api_version: str | None
    routing: Mapping[str, tuple[str, ...]]
    screens: tuple[Screen, ...]

    @property
    def has_endpoint(self) -> bool:
        """Whether its screens may come from an endpoint."""
        return self.data_api_version is not None

    def screen(self, identifier: str) -> Screen | None:
        """The screen of that id."""
        return next((one for one in self.screens if one.id == identifier), None)

    def first(self) -> Screen:
        """The screen to begin with: the one that no other leads to, the first written one where all are led to."""
        led_to = {target for targets in self.routing.values() for target in targets}
        return next((one for one in self.screens if one.id not in led_to), self.screens[0])


def references(text: str) -> Iterator[tuple[str | None, str, str]]:
    """What a text refers to: the other screen if one is named, `data` or `form`, and the name behind."""
    for match in REFERENCE.finditer(text):
        yield match["screen"], match["source"], match["path"].split(".")[0].split("[")[0]


def is_dynamic(value: object) -> bool:
    """Whether a value of a flow stands for another one: a reference, or an expression between backticks."""
    return isinstance(value, str) and ("${" in value or (len(value) > 1 and value[0] == value[-1] == "`"))


def nested(component: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The lists of components within one, each with the path that leads to it; what is no list comes, too."""
    kind = component.get("type")
    if kind == "Form":
        yield ("children",), component.get("children")
    elif kind == "If":
        yield ("then",), component.get("then")
        if "else" in component:
            yield ("else",), component["else"]
    elif kind == "Switch" and isinstance(component.get("cases"), Mapping):
        for name, inner in component["cases"].items():
            yield ("cases", name), inner


def _walk(children: object, *, certain: bool) -> Iterator[tuple[Mapping[str, Any], bool]]:
    for child in children if isinstance(children, list | tuple) else ():
        yield child, certain
        within = certain and child.get("type") == "Form"
        for _, inner in nested(child):
            yield from _walk(inner, certain=within)


def _actions(component: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name, found in component.items():
        if name.endswith("-action") and isinstance(found, Mapping):
            yield found
        elif name in ("data-source", "list-items") and isinstance(found, list):
            for entry in found:
                yield from _actions(entry)
