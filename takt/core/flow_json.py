"""Reading Flow JSON: a text becomes a flow, or a list of faults, each with the path that leads to it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from takt.core.flow import SUCCESS, Flow, Screen, is_dynamic, nested, references
from takt.core.flow_components import COMPONENTS, Property
from takt.core.flow_fault import Fault, Path, shown_path
from takt.core.value import value

JSON_CHARS_MAX: Final = 600_000
SCREENS_MAX: Final = 100
CHILDREN_MAX: Final = 50
DEPTH_MAX: Final = 6
FAULTS_MAX: Final = 50
TITLE_CHARS_MAX: Final = 60
NAME_CHARS_MAX: Final = 80
VERSIONS: Final = (
    "2.1", "3.0", "3.1", "4.0", "5.0", "5.1", "6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2", "7.3",
)  # fmt: skip
DATA_API_VERSIONS: Final = ("3.0", "4.0")

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,14}")
_FLOW_KEYS: Final = frozenset({"version", "data_api_version", "data_channel_uri", "routing_model", "screens"})
_SCREEN_KEYS: Final = frozenset({
    "id", "title", "terminal", "success", "data", "layout", "refresh_on_back", "sensitive",
})  # fmt: skip


@value
class Read:
    """What was read: the flow, unless there are faults. `version` and `data_api_version` as far as they are known."""

    flow: Flow | None
    faults: tuple[Fault, ...]
    version: str | None = None
    data_api_version: str | None = None


def read(text: str) -> Read:
    """A flow from its JSON; at most 50 faults are told."""
    if len(text) > JSON_CHARS_MAX:
        return Read(None, (_fault("INVALID_JSON", (), f"The flow must have at most {JSON_CHARS_MAX} characters."),))
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as fault:
        return Read(None, (_fault("INVALID_JSON", (), f"The flow is not JSON: {fault}."),))
    if not isinstance(written, dict) or "\\u0000" in text:
        return Read(None, (_fault("INVALID_JSON", (), "The flow must be a JSON object without U+0000."),))
    reader = _Reader(written)
    reader.check()
    faults = tuple(reader.faults[:FAULTS_MAX])
    version, data_api_version = _known(written.get("version")), _known(written.get("data_api_version"))
    return Read(None if faults else _flow(written), faults, version, data_api_version)


def _known(version: object) -> str | None:
    return version if isinstance(version, str) and version in (*VERSIONS, *DATA_API_VERSIONS) else None


def _flow(written: Mapping[str, Any]) -> Flow:
    screens = tuple(
        Screen(
            one["id"], one.get("title", ""), one.get("terminal", False), one.get("data", {}),
            tuple(one["layout"]["children"]),
        )
        for one in written["screens"]
    )  # fmt: skip
    routing = {name: tuple(targets) for name, targets in written.get("routing_model", {}).items()}
    return Flow(written["version"], written.get("data_api_version"), routing, screens)


class _Reader:
    """Goes through what was written once, and notes what is wrong."""

    def __init__(self, written: dict[str, Any]) -> None:
        self._written = written
        self.faults: list[Fault] = []
        self._screens: dict[str, Screen] = {}

    def check(self) -> None:
        """Note every fault."""
        written = self._written
        self._keys(written, _FLOW_KEYS, ())
        if written.get("version") not in VERSIONS:
            self._say("INVALID_PROPERTY_VALUE", ("version",), f"must be one of {', '.join(VERSIONS)}")
        if written.get("data_api_version", DATA_API_VERSIONS[0]) not in DATA_API_VERSIONS:
            self._say("INVALID_PROPERTY_VALUE", ("data_api_version",), f"must be {' or '.join(DATA_API_VERSIONS)}")
        screens = written.get("screens")
        if not isinstance(screens, list) or not 0 < len(screens) <= SCREENS_MAX:
            self._say("INVALID_PROPERTY_TYPE", ("screens",), f"must be a list of 1 to {SCREENS_MAX} screens")
            return
        for number, one in enumerate(screens):
            self._frame(one, ("screens", number))
        if self.faults:
            return
        for number, one in enumerate(screens):
            self._screen(one, ("screens", number))
        if not any(one.get("terminal") is True for one in screens):
            self._say("MISSING_TERMINAL_SCREEN", ("screens",), "must hold one with terminal: true")
        self._routing()

    def _frame(self, one: object, path: Path) -> None:
        """What must be right before anything in a screen can be judged: id, layout, and the shape of its components."""
        if not isinstance(one, dict):
            self._say("INVALID_PROPERTY_TYPE", path, "must be an object")
            return
        identifier, layout, declared = one.get("id"), one.get("layout"), one.get("data", {})
        if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier) or len(identifier) > NAME_CHARS_MAX:
            self._say("INVALID_PROPERTY_VALUE", (*path, "id"), "must be letters, digits and underscores")
        elif identifier == SUCCESS or identifier in self._screens:
            self._say("DUPLICATE_SCREEN_ID", (*path, "id"), f"must be its own, and not {SUCCESS}")
        if not isinstance(declared, dict) or not all(isinstance(each, dict) for each in declared.values()):
            self._say("INVALID_PROPERTY_TYPE", (*path, "data"), "must be an object of objects with a type each")
        if not isinstance(layout, dict) or layout.get("type") != "SingleColumnLayout":
            self._say("INVALID_PROPERTY_VALUE", (*path, "layout"), "must be an object with type SingleColumnLayout")
            return
        self._shape(layout.get("children"), (*path, "layout", "children"), 0)
        if not self.faults and isinstance(identifier, str) and isinstance(declared, dict):
            self._screens[identifier] = Screen(identifier, "", False, declared, tuple(layout["children"]))

    def _shape(self, children: object, path: Path, depth: int) -> None:
        if not isinstance(children, list) or len(children) > CHILDREN_MAX or depth > DEPTH_MAX:
            self._say(
                "INVALID_PROPERTY_TYPE", path,
                f"must be a list of at most {CHILDREN_MAX} components, at most {DEPTH_MAX} deep",
            )  # fmt: skip
            return
        for number, child in enumerate(children):
            here = (*path, number)
            if not isinstance(child, dict):
                self._say("INVALID_PROPERTY_TYPE", here, "must be a component: an object with a type")
            elif not isinstance(child.get("type"), str) or child["type"] not in COMPONENTS:
                self._say("INVALID_PROPERTY_VALUE", (*here, "type"), f"must be one of {', '.join(COMPONENTS)}")
            else:
                for more, inner in nested(child):
                    self._shape(inner, (*here, *more), depth + 1)

    def _screen(self, one: dict[str, Any], path: Path) -> None:
        self._keys(one, _SCREEN_KEYS, path)
        for name in ("terminal", "success", "refresh_on_back"):
            if not isinstance(one.get(name, False), bool):
                self._say("INVALID_PROPERTY_TYPE", (*path, name), "must be true or false")
        title = one.get("title", "")
        if not isinstance(title, str) or len(title) > TITLE_CHARS_MAX:
            self._say(
                "INVALID_PROPERTY_VALUE", (*path, "title"), f"must be a text of at most {TITLE_CHARS_MAX} characters"
            )
        screen = self._screens[one["id"]]
        names = [
            c.get("name") for c in screen.components() if c["type"] not in ("Form", "If", "Switch") and "name" in c
        ]
        if len({str(name) for name in names}) < len(names):
            self._say("DUPLICATE_COMPONENT_NAME", (*path, "layout"), "must give every component a name of its own")
        if one.get("terminal") is True and not any(c["type"] == "Footer" for c in screen.components()):
            self._say("MISSING_FOOTER", (*path, "layout"), "of a terminal screen must hold a Footer")
        self._children(
            one["layout"]["children"], (*path, "layout", "children"), screen, terminal=one.get("terminal") is True
        )

    def _children(self, children: list[dict[str, Any]], path: Path, screen: Screen, *, terminal: bool) -> None:
        for number, child in enumerate(children):
            self._component(child, (*path, number), screen, terminal=terminal)
            for more, inner in nested(child):
                self._children(inner, (*path, number, *more), screen, terminal=terminal)

    def _component(self, child: dict[str, Any], path: Path, screen: Screen, *, terminal: bool) -> None:
        kind = COMPONENTS[child["type"]]
        self._keys(child, frozenset({"type", *kind}), path)
        for name, wanted in kind.items():
            if name not in child:
                if wanted.required:
                    self._say(
                        "REQUIRED_PROPERTY_MISSING", path, f"lacks the property {name}, which {child['type']} needs"
                    )
                continue
            here = (*path, name)
            fault = None if is_dynamic(child[name]) else _fault_of(child[name], wanted)
            if fault is not None:
                self._say("INVALID_PROPERTY_VALUE", here, fault)
            elif wanted.sort == "action":
                self._action(child[name], wanted, here, screen, terminal=terminal)
            if wanted.sort != "children":
                self._references(child[name], here, screen)

    def _action(self, action: dict[str, Any], wanted: Property, path: Path, screen: Screen, *, terminal: bool) -> None:
        name, payload = action.get("name"), action.get("payload", {})
        if name not in wanted.one_of:
            self._say("INVALID_PROPERTY_VALUE", (*path, "name"), f"must be one of {', '.join(wanted.one_of)}")
        if not isinstance(payload, dict):
            self._say("INVALID_PROPERTY_TYPE", (*path, "payload"), "must be an object")
        following = action.get("next")
        target = following.get("name") if isinstance(following, dict) else None
        if name == "navigate" and (not isinstance(target, str) or target not in self._screens):
            self._say("INVALID_NAVIGATION", (*path, "next"), "must name a screen of this flow")
        elif name == "navigate" and target == screen.id:
            self._say("INVALID_NAVIGATION", (*path, "next"), "must not lead to the screen itself")
        if name == "complete" and not terminal:
            self._say("INVALID_COMPLETE_ACTION", path, "may complete on a screen with terminal: true only")
        if name == "data_exchange" and "data_api_version" not in self._written:
            self._say("MISSING_DATA_API_VERSION", path, "needs the flow's data_api_version")
        if name == "open_url" and not str(action.get("url", "")).startswith(("https://", "http://", "${")):
            self._say("INVALID_PROPERTY_VALUE", (*path, "url"), "must be an http or https address")

    def _references(self, found: object, path: Path, screen: Screen) -> None:
        if isinstance(found, str):
            for other, source, name in references(found):
                owner = self._screens.get(other) if other is not None else screen
                if owner is None:
                    self._say("UNKNOWN_REFERENCE", path, f"refers to a screen {other}, which is not there")
                elif source == "data" and name not in owner.data:
                    self._say("UNKNOWN_REFERENCE", path, f"refers to data.{name}, which {owner.id} does not declare")
                elif source == "form" and name not in owner.inputs():
                    self._say("UNKNOWN_REFERENCE", path, f"refers to form.{name}, which {owner.id} does not ask for")
        elif isinstance(found, dict | list):
            inner = found.items() if isinstance(found, dict) else enumerate(found)
            for step, one in inner:
                self._references(one, (*path, step), screen)

    def _routing(self) -> None:
        routing = self._written.get("routing_model")
        if routing is None:
            if "data_api_version" in self._written:
                self._say(
                    "REQUIRED_PROPERTY_MISSING", (), "lacks the property routing_model, which data_api_version needs"
                )
            return
        if not isinstance(routing, dict):
            self._say("INVALID_PROPERTY_TYPE", ("routing_model",), "must be an object of lists of screens")
            return
        for name, targets in routing.items():
            known = isinstance(targets, list) and all(isinstance(one, str) and one in self._screens for one in targets)
            if name not in self._screens or not known or name in targets:
                self._say("INVALID_ROUTING_MODEL", ("routing_model", name), "must lead from a screen to other ones")

    def _keys(self, written: dict[str, Any], known: frozenset[str], path: Path) -> None:
        for name in written:
            if name not in known:
                self._say("INVALID_PROPERTY", (*path, name), "is not a property that can stand here")

    def _say(self, error: str, path: Path, requirement: str) -> None:
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(_fault(error, path, f"{shown_path(path)} {requirement}."))


def _fault(error: str, path: Path, message: str) -> Fault:
    sort = "JSON_SCHEMA_ERROR" if error in ("INVALID_JSON", "INVALID_PROPERTY") else "FLOW_JSON_ERROR"
    return Fault(error, sort, message, path)


def _fault_of(found: object, wanted: Property) -> str | None:
    """What is wrong with a value that is not dynamic, as the end of a sentence; None when nothing is."""
    match wanted.sort:
        case "text":
            right = isinstance(found, str) and len(found) <= wanted.most
            return None if right else f"must be a text of at most {wanted.most} characters"
        case "rich":
            lines = found if isinstance(found, list) else [found]
            right = all(isinstance(one, str) for one in lines) and sum(len(str(one)) for one in lines) <= wanted.most
            return None if right else f"must be a text, or a list of texts, of at most {wanted.most} characters"
        case "name":
            right = isinstance(found, str) and 0 < len(found) <= NAME_CHARS_MAX and found.isprintable()
            return None if right else f"must be a name of at most {NAME_CHARS_MAX} characters"
        case "choice":
            return None if found in wanted.one_of else f"must be one of {', '.join(wanted.one_of)}"
        case "options" | "list":
            return _fault_of_list(found, wanted)
        case _:
            return _fault_of_plain(found, wanted.sort)


def _fault_of_plain(found: object, sort: str) -> str | None:
    match sort:
        case "bool":
            return None if isinstance(found, bool) else "must be true or false"
        case "number":
            right = isinstance(found, int | float) and not isinstance(found, bool) and found >= 0
            return None if right else "must be a number of at least 0"
        case "date":
            right = isinstance(found, str) and _DATE.fullmatch(found) is not None
            return None if right else "must be a date such as 2026-11-22"
        case "action":
            return None if isinstance(found, dict) else "must be an action: an object with a name"
        case _:
            return None


def _fault_of_list(found: object, wanted: Property) -> str | None:
    if not isinstance(found, list) or not 0 < len(found) <= wanted.most:
        return f"must be a list of 1 to {wanted.most} entries"
    if not all(isinstance(one, dict) for one in found):
        return "must hold objects"
    if wanted.sort == "options":
        if not all(isinstance(one.get("id"), str) and isinstance(one.get("title"), str) for one in found):
            return "must hold objects with the texts id and title"
        if len({one["id"] for one in found}) < len(found):
            return "must give every entry an id of its own"
    return None
