"""Buttons of templates: what each kind takes when a message is sent, and what a person then sees.

Cloud API reference, "Template message" (sub types and parameters) and "Components" (creation form).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Final

from takt.core.content import NOTHING, Button, Parameter, TemplateComponent
from takt.core.denial import PARAMETER_COUNT, PARAMETER_FORMAT, PARAMETER_VALUE, TEXT_TOO_LONG
from takt.core.value import value
from takt.core.variables import Mismatch, fill_in_order, variables

PAYLOAD_CHARS_MAX: Final = 128
CODE_CHARS_MAX: Final = 20
CALL_MINUTES: Final = 10_080

_CODE = re.compile(r"[A-Za-z0-9_-]+")


@value
class ButtonPlan:
    """A button of a template before it is filled. `sub_types` is what a send may call it; `more` is kept as it is."""

    kind: str
    text: str
    url: str = ""
    sub_types: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


Filling = Callable[[str, ButtonPlan, tuple[Parameter, ...]], Button | Mismatch]


def plan_button(raw: Mapping[str, Any]) -> ButtonPlan:
    """A button from its creation form."""
    sort = str(raw["type"]).lower()
    kind, keep = _SORTS.get(sort, (sort, ()))
    more = {name: raw[name] for name in keep if raw.get(name) is not None}
    sub_types = ("url", "copy_code", "otp") if sort == "otp" else (sort,)
    return ButtonPlan(kind, str(raw.get("text") or ""), str(raw.get("url") or ""), sub_types, more)


def fill_button(place: str, plan: ButtonPlan, given: TemplateComponent | None) -> Button | Mismatch:
    """The button as a person sees it, or why what was given for it does not fit."""
    if given is not None and given.sub_type not in plan.sub_types:
        return Mismatch(PARAMETER_FORMAT, f"{place}: sub_type must be {plan.sub_types[0]}, got '{given.sub_type}'")
    parameters = given.parameters if given is not None else ()
    return _FILLINGS.get(plan.kind, _fill_fixed)(place, plan, parameters)


def _fill_fixed(place: str, plan: ButtonPlan, parameters: tuple[Parameter, ...]) -> Button | Mismatch:
    if parameters:
        return Mismatch(PARAMETER_COUNT, f"{place}: expected no parameter, got {len(parameters)}")
    return Button(plan.kind, plan.text, plan.more)


def _fill_quick_reply(place: str, plan: ButtonPlan, parameters: tuple[Parameter, ...]) -> Button | Mismatch:
    found = _only(place, parameters, "payload")
    if isinstance(found, Mismatch):
        return found
    payload = found.value if found is not None else plan.text
    if len(payload) > PAYLOAD_CHARS_MAX:
        return Mismatch(TEXT_TOO_LONG, f"{place}: payload is longer than {PAYLOAD_CHARS_MAX} characters")
    return Button("quick_reply", plan.text, {"payload": payload})


def _fill_url(place: str, plan: ButtonPlan, parameters: tuple[Parameter, ...]) -> Button | Mismatch:
    expected = len(variables(plan.url))
    if len(parameters) != expected:
        return Mismatch(PARAMETER_COUNT, f"{place}: expected {expected} parameter(s), got {len(parameters)}")
    wrong = next((p for p in parameters if p.kind != "text"), None)
    if wrong is not None:
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter type must be text, got '{wrong.kind}'")
    return Button("url", plan.text, {"url": fill_in_order(plan.url, parameters)})


def _fill_code(place: str, plan: ButtonPlan, parameters: tuple[Parameter, ...]) -> Button | Mismatch:
    """A coupon, or the code of an authentication template, which comes as a text."""
    if len(parameters) != 1:
        return Mismatch(PARAMETER_COUNT, f"{place}: expected 1 parameter, got {len(parameters)}")
    one = parameters[0]
    if one.kind not in ("coupon_code", "text"):
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter type must be coupon_code, got '{one.kind}'")
    if len(one.value) > CODE_CHARS_MAX or _CODE.fullmatch(one.value) is None:
        return Mismatch(PARAMETER_VALUE, f"{place}: the code must be 1 to {CODE_CHARS_MAX} letters and digits")
    return Button("copy_code", plan.text, {"code": one.value})


def _fill_flow(place: str, plan: ButtonPlan, parameters: tuple[Parameter, ...]) -> Button | Mismatch:
    found = _only(place, parameters, "action")
    if isinstance(found, Mismatch):
        return found
    given = found.value if found is not None else {}
    more = {
        **{name: plan.more[name] for name in ("flow_id", "flow_name") if name in plan.more},
        "token": given.get("token", "unused"),
        "action": str(plan.more.get("flow_action", "navigate")).lower(),
        "mode": "published",
        **({"screen": plan.more["navigate_screen"]} if "navigate_screen" in plan.more else {}),
        **({"data": given["data"]} if given.get("data") else {}),
    }
    return Button("flow", plan.text, more)


def _fill_products(place: str, plan: ButtonPlan, parameters: tuple[Parameter, ...]) -> Button | Mismatch:
    found = _only(place, parameters, "action")
    if isinstance(found, Mismatch):
        return found
    given = found.value if found is not None else {}
    if plan.kind == "products" and not given.get("sections"):
        return Mismatch(PARAMETER_COUNT, f"{place}: expected 1 parameter of type action with sections")
    return Button(plan.kind, plan.text, {name: given[name] for name in ("thumbnail", "sections") if name in given})


def _fill_call(place: str, plan: ButtonPlan, parameters: tuple[Parameter, ...]) -> Button | Mismatch:
    wrong = next((p for p in parameters if p.kind not in ("ttl_minutes", "payload")), None)
    if wrong is not None:
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter type must be ttl_minutes or payload, got '{wrong.kind}'")
    given = {p.kind: p.value for p in parameters}
    return Button("voice_call", plan.text, {"ttl_minutes": CALL_MINUTES, **plan.more, **given})


def _only(place: str, parameters: tuple[Parameter, ...], kind: str) -> Parameter | Mismatch | None:
    """The one parameter there may be."""
    if len(parameters) > 1:
        return Mismatch(PARAMETER_COUNT, f"{place}: expected at most 1 parameter, got {len(parameters)}")
    if parameters and parameters[0].kind != kind:
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter type must be {kind}, got '{parameters[0].kind}'")
    return parameters[0] if parameters else None


# Creation form → what a person's button is called, and which fields it keeps.
_SORTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "otp": ("copy_code", ()),
    "mpm": ("products", ()),
    "spm": ("product", ()),
    "phone_number": ("phone_number", ("phone_number",)),
    "flow": ("flow", ("flow_id", "flow_name", "flow_action", "navigate_screen")),
    "voice_call": ("voice_call", ("ttl_minutes",)),
    "send_location": ("send_location", ()),
    "call_permission_request": ("call_permission", ()),
}
_FILLINGS: Final[Mapping[str, Filling]] = {
    "quick_reply": _fill_quick_reply,
    "url": _fill_url,
    "copy_code": _fill_code,
    "flow": _fill_flow,
    "catalog": _fill_products,
    "products": _fill_products,
    "voice_call": _fill_call,
}
