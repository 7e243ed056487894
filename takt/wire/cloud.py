"""The Cloud API's request to send, and its answers.

`parse_send` turns the body of `POST /{sender}/messages` into a command or a wire error that names the field. It keeps
the tolerances that real clients rely on (Cloud API reference, "Tolerances to keep"): numbers and booleans may come as
strings, absent and null are the same, unknown fields are passed over.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.core.content import BODY_CHARS_MAX, Content, Parameter, TemplateComponent, TemplateContent, TextContent
from takt.core.ids import WA_ID, parse_user_code, parse_wamid, wamid
from takt.core.message import CALLBACK_CHARS_MAX, Accepted
from takt.core.value import value
from takt.wire import errors
from takt.wire.errors import WireError

COMPONENTS_MAX: Final = 16
PARAMETERS_MAX: Final = 64
PARAMETER_CHARS_MAX: Final = 1024
TO_CHARS_MAX: Final = 64
OTHER_TYPES: Final = frozenset({
    "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "interactive", "pin",
})  # fmt: skip

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_WORD = re.compile(r"[A-Za-z_]{1,64}")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # a database of UTF-8 texts takes all but these
_PUNCTUATION = str.maketrans("", "", "+-() .\u00a0")
_SHOWN_CHARS: Final = 40
_NUMBER_END: Final = 10**18


@value
class SendRequest:
    """What a company asks to send, before it has an id.

    `to` is what the caller typed. It named a number (`wa_id`), or a person by `recipient_id`; then the door finds the
    number.
    """

    to: str
    wa_id: str
    content: Content
    context: str | None
    callback: str | None
    recipient_id: UUID | None = None


@value
class MarkRead:
    """A company has read up to this message; `typing` also shows that it is about to answer."""

    message_id: str
    typing: bool


class _Refusal(Exception):
    def __init__(self, error: WireError) -> None:
        super().__init__(error.message)
        self.error = error


def parse_send(body: Mapping[str, Any]) -> SendRequest | MarkRead | WireError:
    """The command in a decoded body, or the first thing wrong with it as the wire says it."""
    try:
        _check_product(body)
        if body.get("status") is not None:
            return _parse_mark_read(body)
        return _parse_message(body)
    except _Refusal as refusal:
        return refusal.error


def render_accepted(accepted: Accepted, to: str, *, template: bool) -> bytes:
    """The answer to an accepted send; it promises no delivery."""
    user = f',"user_id":{json.dumps(accepted.user_code)}' if accepted.user_code is not None else ""
    status = ',"message_status":"accepted"' if template else ""
    return (
        f'{{"messaging_product":"whatsapp","contacts":[{{"input":{json.dumps(to)},"wa_id":"{accepted.wa_id}"{user}}}],'
        f'"messages":[{{"id":"{wamid(accepted.message_id)}"{status}}}]}}'
    ).encode()


def render_taken(message_id: UUID, wa_id: str, to: str) -> bytes:
    """The answer to a send whose refusal is reported later, in a `failed` status: it looks accepted, as on the wire."""
    return (
        f'{{"messaging_product":"whatsapp","contacts":[{{"input":{json.dumps(to)},"wa_id":"{wa_id}"}}],'
        f'"messages":[{{"id":"{wamid(message_id)}"}}]}}'
    ).encode()


def decode_body(raw: bytes) -> dict[str, Any] | WireError:
    """The JSON object in a body, or an error saying that there is none."""
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return errors.broken_json()
    if not isinstance(body, dict):
        return errors.broken_json()
    return body


def _parse_mark_read(body: Mapping[str, Any]) -> MarkRead:
    if body["status"] != "read":
        raise _Refusal(errors.bad_value("status", "must be 'read'"))
    message_id = _required(body, "message_id", "")
    if not isinstance(message_id, str) or parse_wamid(message_id) is None:
        raise _Refusal(errors.bad_value("message_id", "must be the id of a message, such as wamid.…"))
    indicator = body.get("typing_indicator")
    if indicator is not None and (not isinstance(indicator, dict) or indicator.get("type") != "text"):
        raise _Refusal(errors.bad_value("typing_indicator", 'must be {"type": "text"}'))
    return MarkRead(message_id, indicator is not None)


def _parse_message(body: Mapping[str, Any]) -> SendRequest:
    if (recipient_type := body.get("recipient_type")) not in (None, "individual"):
        raise _Refusal(errors.bad_value("recipient_type", f"must be individual, got {_shown(recipient_type)}"))
    to, wa_id, recipient_id = _parse_to(body)
    kind = body.get("type") or "text"
    if kind == "text":
        content: Content = _parse_text(_object(body, "text", ""))
    elif kind == "template":
        content = _parse_template(_object(body, "template", ""))
    elif isinstance(kind, str) and kind in OTHER_TYPES:
        raise _Refusal(errors.unsupported_type(kind))
    else:
        raise _Refusal(errors.bad_value("type", f"must be text or template, got {_shown(kind)}"))
    return SendRequest(to, wa_id, content, _parse_context(body), _parse_callback(body), recipient_id)


def _check_product(body: Mapping[str, Any]) -> None:
    product = body.get("messaging_product")
    if product is None:
        raise _Refusal(errors.missing("messaging_product"))
    if product != "whatsapp":
        raise _Refusal(errors.bad_value("messaging_product", "must be 'whatsapp'"))


def _parse_to(body: Mapping[str, Any]) -> tuple[str, str, UUID | None]:
    raw = body.get("to")
    if raw is None or raw == "":
        return _parse_recipient(body)
    to = _as_text(raw)
    if not isinstance(to, str) or len(to) > TO_CHARS_MAX:
        raise _Refusal(errors.bad_value("to", "must be a phone number as text"))
    digits = to.translate(_PUNCTUATION)
    if WA_ID.fullmatch(digits) is None:
        raise _Refusal(errors.bad_value("to", "must be a phone number with country code, 5 to 15 digits"))
    return to, digits, None


def _parse_recipient(body: Mapping[str, Any]) -> tuple[str, str, UUID | None]:
    """A person named by the id that webhooks carry as `user_id`; `to` wins where both are given."""
    code = body.get("recipient")
    if code is None or code == "":
        raise _Refusal(errors.missing("to"))
    recipient_id = parse_user_code(code) if isinstance(code, str) else None
    if not isinstance(code, str) or recipient_id is None:
        raise _Refusal(errors.bad_value("recipient", "must be a user_id from a webhook, such as DE.123"))
    return code, "", recipient_id


def _parse_context(body: Mapping[str, Any]) -> str | None:
    context = body.get("context")
    if context is None:
        return None
    if not isinstance(context, dict):
        raise _Refusal(errors.bad_value("context", "must be an object with message_id"))
    message_id = context.get("message_id")
    if message_id is None:
        return None
    if not isinstance(message_id, str) or parse_wamid(message_id) is None:
        raise _Refusal(errors.bad_value("context.message_id", "must be the id of a message, such as wamid.…"))
    return message_id


def _parse_callback(body: Mapping[str, Any]) -> str | None:
    value = body.get("biz_opaque_callback_data")
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > CALLBACK_CHARS_MAX or _UNSTORABLE.search(value):
        raise _Refusal(
            errors.bad_value("biz_opaque_callback_data", f"must be text of at most {CALLBACK_CHARS_MAX} characters")
        )
    return value


def _parse_text(text: Mapping[str, Any]) -> TextContent:
    body = _required(text, "body", "text")
    _check_string(body, "text.body", BODY_CHARS_MAX)
    preview = text.get("preview_url")
    if preview not in (None, True, False, "true", "false", 0, 1):
        raise _Refusal(errors.bad_value("text.preview_url", "must be true or false"))
    return TextContent(body, preview in (True, "true"))


def _parse_template(template: Mapping[str, Any]) -> TemplateContent:
    name = _required(template, "name", "template")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise _Refusal(errors.bad_value("template.name", "must be lower-case letters, digits and _"))
    language = _object(template, "language", "template")
    code = _required(language, "code", "template.language")
    if not isinstance(code, str) or _LANGUAGE.fullmatch(code) is None:
        raise _Refusal(errors.bad_value("template.language.code", "must be a locale such as de or en_US"))
    components = template.get("components") or []
    if not isinstance(components, list) or len(components) > COMPONENTS_MAX:
        raise _Refusal(errors.bad_value("template.components", f"must be a list of at most {COMPONENTS_MAX}"))
    return TemplateContent(name, code, tuple(_parse_component(i, one) for i, one in enumerate(components)))


def _parse_component(index: int, raw: object) -> TemplateComponent:
    path = f"template.components[{index}]"
    if not isinstance(raw, dict):
        raise _Refusal(errors.bad_value(path, "must be an object"))
    kind = _word(raw, "type", path)
    parameters = raw.get("parameters") or []
    if not isinstance(parameters, list) or len(parameters) > PARAMETERS_MAX:
        raise _Refusal(errors.bad_value(f"{path}.parameters", f"must be a list of at most {PARAMETERS_MAX}"))
    parsed = tuple(_parse_parameter(f"{path}.parameters[{i}]", one) for i, one in enumerate(parameters))
    if kind != "button":
        return TemplateComponent(kind, parsed)
    return TemplateComponent(kind, parsed, _word(raw, "sub_type", path), _button_index(raw, path))


def _button_index(raw: Mapping[str, Any], path: str) -> int:
    value = _as_text(_required(raw, "index", path))
    if not isinstance(value, str) or re.fullmatch(r"[0-9]", value) is None:
        raise _Refusal(errors.bad_value(f"{path}.index", "must be a number from 0 to 9"))
    return int(value)


def _parse_parameter(path: str, raw: object) -> Parameter:
    if not isinstance(raw, dict):
        raise _Refusal(errors.bad_value(path, "must be an object"))
    kind = _word(raw, "type", path)
    name = raw.get("parameter_name")
    if name is not None and not isinstance(name, str):
        raise _Refusal(errors.bad_value(f"{path}.parameter_name", "must be text"))
    match kind:
        case "text" | "payload":
            value = _as_text(_required(raw, kind, path))
        case "currency" | "date_time":
            value = _required(_object(raw, kind, path), "fallback_value", f"{path}.{kind}")
        case _:
            return Parameter(kind, "", name)
    _check_string(value, f"{path}.{kind}", PARAMETER_CHARS_MAX)
    return Parameter(kind, value, name)


def _check_string(value: object, path: str, chars_max: int) -> None:
    if not isinstance(value, str):
        raise _Refusal(errors.bad_value(path, "must be text"))
    if not value.strip():
        raise _Refusal(errors.bad_value(path, "must not be empty"))
    if len(value) > chars_max:
        raise _Refusal(errors.too_long(path, len(value), chars_max))
    if _UNSTORABLE.search(value):
        raise _Refusal(errors.bad_value(path, "must not contain U+0000 or half of a surrogate pair"))


def _word(raw: Mapping[str, Any], name: str, path: str) -> str:
    value = _required(raw, name, path)
    if not isinstance(value, str) or _WORD.fullmatch(value) is None:
        raise _Refusal(errors.bad_value(f"{path}.{name}", "must be a word"))
    return value.lower()


def _required(raw: Mapping[str, Any], name: str, path: str) -> Any:
    value = raw.get(name)
    if value is None:
        raise _Refusal(errors.missing(_join(path, name)))
    return value


def _object(raw: Mapping[str, Any], name: str, path: str) -> Mapping[str, Any]:
    value = _required(raw, name, path)
    if not isinstance(value, dict):
        raise _Refusal(errors.bad_value(_join(path, name), "must be an object"))
    return value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _as_text(value: Any) -> Any:
    """A number as its digits, all else as it is: careless clients leave out the quotes."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _NUMBER_END:
        return str(value)
    return value


def _shown(value: object) -> str:
    """What was sent, as far as it is short."""
    match value:
        case str():
            return repr(value[:_SHOWN_CHARS])
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return "another kind of value"
