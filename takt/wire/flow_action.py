"""The button that opens a form, as a company sends it (Cloud API reference, "Flow message")."""

from typing import Any, Final

import msgspec

from takt.core.content import Button
from takt.wire import checks, errors
from takt.wire.checks import Fields, wrong
from takt.wire.errors import Refusal

FLOW_LABEL_CHARS_MAX: Final = 30
FLOW_NAME_CHARS_MAX: Final = 200
FLOW_TOKEN_CHARS_MAX: Final = 1024
FLOW_BYTES_MAX: Final = 16_384
UNUSED: Final = "unused"


def parse_flow(action: Fields, path: str) -> Button:
    """The action of an interactive message of kind `flow`."""
    parameters = checks.mapping(action, "parameters", path)
    place = f"{path}.parameters"
    identifier = checks.optional_text(parameters, "flow_id", place, 20)
    name = checks.optional_text(parameters, "flow_name", place, FLOW_NAME_CHARS_MAX)
    if (identifier is None) == (name is None):
        raise wrong(place, "must have flow_id or flow_name, one of the two")
    if identifier is not None and not (identifier.isascii() and identifier.isdigit()):
        raise wrong(f"{place}.flow_id", "must be the id of a flow, which is digits")
    mode = checks.choice(parameters, "mode", place, {"draft", "published"}) if parameters.get("mode") else "published"
    label = checks.text(parameters, "flow_cta", place, FLOW_LABEL_CHARS_MAX)
    more: dict[str, Any] = {
        **({"flow_id": identifier} if identifier is not None else {"flow_name": name}),
        "token": checks.optional_text(parameters, "flow_token", place, FLOW_TOKEN_CHARS_MAX) or UNUSED,
        "mode": mode,
        **_opening(parameters, place),
    }
    return Button("flow", label, more)


def check_size(value: Any, path: str) -> None:
    """That what is given to a form is not too large."""
    if len(msgspec.json.encode(value)) > FLOW_BYTES_MAX:
        raise Refusal(errors.too_long(path, len(msgspec.json.encode(value)), FLOW_BYTES_MAX))


def _opening(parameters: Fields, path: str) -> dict[str, Any]:
    """How the form begins: on a screen with values, or by asking the company."""
    asked = parameters.get("flow_action") is not None
    action = checks.choice(parameters, "flow_action", path, {"navigate", "data_exchange"}) if asked else "navigate"
    payload = checks.optional_mapping(parameters, "flow_action_payload", path)
    if action == "data_exchange":
        if payload is not None:
            raise wrong(f"{path}.flow_action_payload", "does not belong to the action data_exchange")
        return {"action": action}
    if payload is None:
        return {"action": action}
    place = f"{path}.flow_action_payload"
    values = checks.optional_mapping(payload, "data", place)
    if values is not None:
        check_size(values, f"{place}.data")
    screen = checks.text(payload, "screen", place, 80)
    return {"action": action, "screen": screen, **({"data": values} if values else {})}
