"""The Cloud API's request to send, and its answers.

`parse_send` turns the body of `POST /{sender}/messages` into a command or a wire error that names the field. It keeps
the tolerances that real clients rely on (Cloud API reference, "Tolerances to keep"): numbers and booleans may come as
strings, absent and null are the same, unknown fields are passed over.
"""

from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.core.content import MEDIA_KINDS, Content, ReactionContent
from takt.core.ids import WA_ID, parse_user_code, parse_wamid, wamid
from takt.core.message import CALLBACK_CHARS_MAX, Accepted, Waits
from takt.core.storable import is_storable
from takt.core.value import value
from takt.wire import absent_errors, checks, contents, errors
from takt.wire.checks import Fields, wrong
from takt.wire.errors import Refusal, WireError
from takt.wire.interactive import parse_interactive
from takt.wire.template_values import parse_template

TO_CHARS_MAX: Final = 64
IDENTITY_CHARS_MAX: Final = 128
PACING: Final = "pacing"
"""What a message of a new template waits for, which the Cloud API has a word of its own for."""
DIRECT_SEND: Final = ("category", "direct_send_config")

_PUNCTUATION = str.maketrans("", "", "+-() .\u00a0")


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
    identity: str | None = None


@value
class MarkRead:
    """A company has read up to this message; `typing` also shows that it is about to answer."""

    message_id: str
    typing: bool


def parse_send(body: Mapping[str, Any]) -> SendRequest | MarkRead | WireError:
    """The command in a decoded body, or the first thing wrong with it as the wire says it."""
    try:
        _check_product(body)
        if body.get("status") is not None:
            return _parse_mark_read(body)
        return _parse_message(body)
    except Refusal as refusal:
        return refusal.error


def parse_marketing(body: Mapping[str, Any]) -> SendRequest | WireError:
    """The command in the body of `POST /{sender}/marketing_messages`: a template, and nothing else."""
    try:
        _check_product(body)
        if (body.get("type") or "template") != "template":
            return errors.invalid_parameter("type", "must be template: only templates go out by this path")
        policy = body.get("product_policy")
        if policy not in (None, "CLOUD_API_FALLBACK", "STRICT"):
            return errors.bad_value("product_policy", "must be CLOUD_API_FALLBACK or STRICT")
        checks.flag(body, "message_activity_sharing", "")
        return _parse_message({**body, "type": "template"})
    except Refusal as refusal:
        return refusal.error


def render_accepted(accepted: Accepted | Waits, to: str, *, template: bool) -> bytes:
    """The answer to an accepted send; it promises no delivery, and of waiting it tells what the real platform knows."""
    user = f',"user_id":{quoted(accepted.user_code)}' if accepted.user_code is not None else ""
    held = isinstance(accepted, Waits) and accepted.waits_for == PACING
    word = "held_for_quality_assessment" if held else "accepted"
    status = f',"message_status":"{word}"' if template else ""
    return (
        f'{{"messaging_product":"whatsapp","contacts":[{{"input":{quoted(to)},"wa_id":"{accepted.wa_id}"{user}}}],'
        f'"messages":[{{"id":"{wamid(accepted.message_id)}"{status}}}]}}'
    ).encode()


def render_taken(message_id: UUID, wa_id: str, to: str) -> bytes:
    """The answer to a send whose refusal is reported later, in a `failed` status: it looks accepted, as on the wire."""
    return (
        f'{{"messaging_product":"whatsapp","contacts":[{{"input":{quoted(to)},"wa_id":"{wa_id}"}}],'
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


def _parse_mark_read(body: Fields) -> MarkRead:
    if body["status"] != "read":
        raise wrong("status", "must be 'read'")
    message_id = checks.required(body, "message_id", "")
    if not isinstance(message_id, str) or parse_wamid(message_id) is None:
        raise wrong("message_id", "must be the id of a message, such as wamid.…")
    indicator = body.get("typing_indicator")
    if indicator is not None and (not isinstance(indicator, dict) or indicator.get("type") != "text"):
        raise wrong("typing_indicator", 'must be {"type": "text"}')
    return MarkRead(message_id, indicator is not None)


def _parse_message(body: Fields) -> SendRequest:
    if (recipient_type := body.get("recipient_type")) == "group":
        raise Refusal(absent_errors.groups_not_enabled())
    if body.get("type") == "pin":
        raise Refusal(errors.unsupported_type("pin"))
    if recipient_type not in (None, "individual"):
        raise wrong("recipient_type", f"must be individual, got {checks.shown(recipient_type)}")
    for name in DIRECT_SEND:
        if body.get(name) is not None:
            raise Refusal(absent_errors.direct_send_not_enabled())
    to, wa_id, recipient_id = _parse_to(body)
    kind = body.get("type") or "text"
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise wrong("type", f"must be one of {', '.join(_PARSERS)}, got {checks.shown(kind)}")
    content = parse(body)
    context = _parse_context(body)
    if context is not None and isinstance(content, ReactionContent):
        raise wrong("context", "does not belong to a reaction: reaction.message_id names the message")
    return SendRequest(to, wa_id, content, context, _parse_callback(body), recipient_id, _parse_identity(body))


def _check_product(body: Fields) -> None:
    product = body.get("messaging_product")
    if product is None:
        raise Refusal(errors.missing("messaging_product"))
    if product != "whatsapp":
        raise wrong("messaging_product", "must be 'whatsapp'")


def _parse_to(body: Fields) -> tuple[str, str, UUID | None]:
    raw = body.get("to")
    if raw is None or raw == "":
        return _parse_recipient(body)
    to = checks.as_text(raw)
    if not isinstance(to, str) or len(to) > TO_CHARS_MAX:
        raise wrong("to", "must be a phone number as text")
    digits = to.translate(_PUNCTUATION)
    if WA_ID.fullmatch(digits) is None:
        raise wrong("to", "must be a phone number with country code, 5 to 15 digits")
    return to, digits, None


def _parse_recipient(body: Mapping[str, Any]) -> tuple[str, str, UUID | None]:
    """A person named by the id that webhooks carry as `user_id`; `to` wins where both are given."""
    code = body.get("recipient")
    if code is None or code == "":
        raise Refusal(errors.missing("to"))
    recipient_id = parse_user_code(code) if isinstance(code, str) else None
    if not isinstance(code, str) or recipient_id is None:
        raise wrong("recipient", "must be a user_id from a webhook, such as DE.123")
    return code, "", recipient_id


def _parse_context(body: Mapping[str, Any]) -> str | None:
    context = body.get("context")
    if context is None:
        return None
    if not isinstance(context, dict):
        raise wrong("context", "must be an object with message_id")
    message_id = context.get("message_id")
    if message_id is None:
        return None
    if not isinstance(message_id, str) or parse_wamid(message_id) is None:
        raise wrong("context.message_id", "must be the id of a message, such as wamid.…")
    return message_id


def _parse_callback(body: Mapping[str, Any]) -> str | None:
    value = body.get("biz_opaque_callback_data")
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > CALLBACK_CHARS_MAX or not is_storable(value):
        raise Refusal(
            errors.bad_value("biz_opaque_callback_data", f"must be text of at most {CALLBACK_CHARS_MAX} characters")
        )
    return value


def _parse_identity(body: Fields) -> str | None:
    return checks.optional_text(body, "recipient_identity_key_hash", "", IDENTITY_CHARS_MAX)


def _of(kind: str, parse: Callable[[Fields], Content]) -> Callable[[Fields], Content]:
    return lambda body: parse(checks.mapping(body, kind, ""))


def _of_media(kind: str) -> Callable[[Fields], Content]:
    return lambda body: contents.parse_media(checks.mapping(body, kind, ""), kind)


_PARSERS: Final[Mapping[str, Callable[[Fields], Content]]] = {
    "text": _of("text", contents.parse_text),
    **{kind: _of_media(kind) for kind in sorted(MEDIA_KINDS)},
    "location": _of("location", contents.parse_location),
    "contacts": contents.parse_contacts,
    "reaction": _of("reaction", contents.parse_reaction),
    "interactive": _of("interactive", parse_interactive),
    "template": _of("template", parse_template),
}
