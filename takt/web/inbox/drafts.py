"""What an agent is about to send: read from the request with the Cloud API's own parser, so that both say the same."""

from collections.abc import Mapping
from typing import Any

from takt.core.content import TextContent
from takt.web.staff.answers import Refusal
from takt.wire import cloud
from takt.wire.cloud import SendRequest
from takt.wire.errors import WireError


def parse_draft(body: Mapping[str, Any], wa_id: str) -> SendRequest:
    """The message to that person, of any type that the Cloud API sends.

    Takes `{type, <type>: {…}, context: "wamid.…"}` with the object of that type as the Cloud API has it; the language of
    a template may be a code, or the Cloud API's `{code}`. Raises Refusal that names the field.
    """
    kind, context = body.get("type"), body.get("context")
    wanted: dict[str, Any] = {"messaging_product": "whatsapp", "to": wa_id, "type": kind}
    if isinstance(kind, str):
        wanted[kind] = body.get(kind)
    if context is not None:
        wanted["context"] = {"message_id": context}
    template = body.get("template")
    if kind == "template" and isinstance(template, dict) and isinstance(template.get("language"), str):
        wanted["template"] = {**template, "language": {"code": template["language"]}}
    if not isinstance(kind, str) or not kind:
        raise Refusal(400, "invalid", "type must be a type of message, such as text.", "type")
    parsed = cloud.parse_send(wanted)
    if isinstance(parsed, WireError):
        raise Refusal(400, "invalid", f"{parsed.details}.", parsed.details.partition(" ")[0])
    assert isinstance(parsed, SendRequest), "without a status it is no mark-as-read"
    return parsed


def parse_price_draft(body: Mapping[str, Any], wa_id: str) -> SendRequest:
    """As `parse_draft`; the text of a free message does not matter for its price and may be left out."""
    if body.get("type") == "text" and body.get("text") is None:
        return SendRequest(wa_id, wa_id, TextContent("…"), None, None)
    return parse_draft(body, wa_id)
