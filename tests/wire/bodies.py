"""Good requests to send, as tests change them."""

from typing import Any
from uuid import UUID

from takt.core.ids import wamid

MESSAGE_ID = UUID("01936f3a-0000-7abc-8000-000000000001")
WAMID = wamid(MESSAGE_ID)

TEXT: dict[str, Any] = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "491713920001",
    "type": "text",
    "text": {"body": "Hallo", "preview_url": False},
}
TEMPLATE: dict[str, Any] = {
    "messaging_product": "whatsapp",
    "to": "491713920001",
    "type": "template",
    "template": {
        "name": "order_update",
        "language": {"code": "de", "policy": "deterministic"},
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
            {"type": "body", "parameters": [
                {"type": "text", "text": "Ada", "parameter_name": "first_name"},
                {"type": "currency", "currency": {"fallback_value": "12 €", "code": "EUR", "amount_1000": 12000}},
                {"type": "date_time", "date_time": {"fallback_value": "morgen"}},
            ]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "abc"}]},
            {"type": "button", "sub_type": "quick_reply", "index": 1, "parameters": [{"type": "payload", "payload": "P"}]},
        ],
    },
}  # fmt: skip
READ: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": WAMID}
