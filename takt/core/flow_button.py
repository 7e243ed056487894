"""Forms that a message opens: whose they are, and whether they may go out.

Flow states and codes: Cloud API reference, sections 9.4 (132068, 132069) and 10.5.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from takt.core.content import Button, Card, Filled, InteractiveContent, Shown
from takt.core.value import value

THROTTLED_PER_H: Final = 10


@value
class FlowRef:
    """A flow of a business, as a send needs it."""

    flow_id: str
    name: str
    status: str


FindFlow = Callable[[str, str], FlowRef | None]
"""The flow with this id (first) or, where that is empty, of this name."""


@value
class Opening:
    """A content with its form named by its id, the form itself, and what is wrong with it: `unknown`, `blocked`, or nothing."""

    shown: Shown
    flow: FlowRef | None = None
    fault: str = ""


def open_flow(shown: Shown, find: FindFlow) -> Opening:
    """Look up the form that a content opens; most open none."""
    if not isinstance(shown, InteractiveContent | Filled):
        return Opening(shown)
    for place, button in enumerate(shown.card.buttons):
        if button.kind == "flow":
            return _opened(shown, place, button, find)
    return Opening(shown)


def look_up(more: Mapping[str, Any], find: FindFlow) -> tuple[FlowRef | None, str]:
    """The form that a button names, and what is wrong with it."""
    flow = find(str(more.get("flow_id", "")), str(more.get("flow_name", "")))
    wanted = ("DRAFT",) if more.get("mode") == "draft" else ("PUBLISHED", "THROTTLED")
    if flow is None:
        return None, "unknown"
    if flow.status not in wanted:
        return flow, "blocked" if flow.status == "BLOCKED" else "unknown"
    return flow, ""


def _opened(shown: InteractiveContent | Filled, place: int, button: Button, find: FindFlow) -> Opening:
    flow, fault = look_up(button.more, find)
    if flow is None or fault:
        return Opening(shown, flow, fault)
    more = {name: one for name, one in button.more.items() if name != "flow_name"}
    named = replace(button, more={**more, "flow_id": flow.flow_id})
    return Opening(replace(shown, card=_with_button(shown.card, place, named)), flow)


def _with_button(card: Card, place: int, button: Button) -> Card:
    return replace(card, buttons=(*card.buttons[:place], button, *card.buttons[place + 1 :]))
