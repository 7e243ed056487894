"""What an agent is about to send: read from the request with the Cloud API's own parser, so that both say the same."""

from collections.abc import Mapping
from typing import Any

from takt.core.content import Content, TextContent
from takt.web.inbox.answers import Refusal, bad
from takt.wire import cloud
from takt.wire.cloud import SendRequest
from takt.wire.errors import WireError


def parse_draft(body: Mapping[str, Any], wa_id: str) -> Content:
    """The content of a message to that person.

    Takes `{type: "text", text: {body}}` or `{type: "template", template: {name, language, components}}`; the language
    is a code or the Cloud API's `{code}`. Raises Refusal that names the field.
    """
    kind = body.get("type")
    if kind not in ("text", "template"):
        raise bad("type", "must be text or template")
    wanted: dict[str, Any] = {"messaging_product": "whatsapp", "to": wa_id, "type": kind, kind: body.get(kind)}
    template = body.get("template")
    if kind == "template" and isinstance(template, dict) and isinstance(template.get("language"), str):
        wanted["template"] = {**template, "language": {"code": template["language"]}}
    parsed = cloud.parse_send(wanted)
    if isinstance(parsed, WireError):
        raise Refusal(400, "invalid", f"{parsed.details}.", parsed.details.partition(" ")[0])
    assert isinstance(parsed, SendRequest), "without a status it is no mark-as-read"
    return parsed.content


def parse_price_draft(body: Mapping[str, Any], wa_id: str) -> Content:
    """As `parse_draft`; the text of a free message does not matter for its price and may be left out."""
    if body.get("type") == "text" and body.get("text") is None:
        return TextContent("…")
    return parse_draft(body, wa_id)
