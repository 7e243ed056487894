"""Webhook events as the Cloud API sends them: one element of `changes` each, as ASCII text fixed when it is written.

Shapes follow the Cloud API's webhook reference (messages, statuses, user_preferences) from v24.0 on: no
`conversation`, `pricing` in `sent` and in exactly one of delivered and read, `contacts` always present.
"""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.core import discretion
from takt.core.denial import Denied, Reason
from takt.core.forecast import forecast
from takt.core.ids import wamid
from takt.core.rating import Quote
from takt.core.value import value
from takt.wire.heard import Heard

ERRORS_HREF: Final = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

ENTRY_KIND: Final = "free_entry_point"
ENTRY_CATEGORY: Final = "referral_conversion"
_CATEGORIES: Final = {"authentication_international": "authentication-international"}


@value
class Pricing:
    """The `pricing` block: `kind` is `regular`, `free_customer_service` or `free_entry_point`.

    `model` is PMP, by message, or CBP, by conversation.
    """

    category: str
    kind: str
    model: str = "PMP"

    def render(self) -> dict[str, Any]:
        """The block as the wire has it."""
        return {
            "billable": self.kind == "regular",
            "pricing_model": self.model,
            "type": self.kind,
            "category": self.category,
        }


@value
class Person:
    """The user behind an event, as a company may know them."""

    wa_id: str
    user_code: str | None
    name: str
    identity: str | None = None


@value
class Identity:
    """The sender that an event belongs to."""

    sender_id: str
    phone: str


@value
class Context:
    """The message that an answer quotes, and the number of its author if that is not the company."""

    message_id: UUID
    author: str | None = None


def pricing_of(quote: Quote) -> Pricing:
    """What the wire says about a quote."""
    category = ENTRY_CATEGORY if quote.kind == ENTRY_KIND else _CATEGORIES.get(quote.category, quote.category)
    return Pricing(category, quote.kind, "CBP" if quote.conversation else "PMP")


def render_status(
    identity: Identity,
    person: Person,
    message_id: UUID,
    status: str,
    at: datetime,
    *,
    callback: str | None = None,
    pricing: Pricing | None = None,
) -> str:
    """A `sent`, `delivered` or `read` status of a message."""
    entry: dict[str, Any] = _status_entry(person, message_id, status, at, callback)
    if pricing is not None:
        entry["pricing"] = pricing.render()
    return _change("messages", identity, person, "statuses", entry)


def render_failed(
    identity: Identity,
    person: Person,
    message_id: UUID,
    at: datetime,
    reason: Reason,
    details: str,
    *,
    callback: str | None = None,
) -> str:
    """A `failed` status: final, with the reason's code and a sentence of details."""
    entry = _status_entry(person, message_id, "failed", at, callback)
    entry["errors"] = [
        {
            "code": reason.code,
            "title": reason.title,
            "message": reason.title,
            "error_data": {"details": details},
            "href": ERRORS_HREF,
        }
    ]
    return _change("messages", identity, person, "statuses", entry)


def render_inbound(
    identity: Identity, person: Person, message_id: UUID, at: datetime, said: Heard, context: Context | None = None
) -> str:
    """A message of a user."""
    entry: dict[str, Any] = {
        "from": person.wa_id,
        "id": wamid(message_id),
        "timestamp": _seconds(at),
        "type": said.kind,
        said.kind: said.content,
    }
    if person.user_code is not None:
        entry["from_user_id"] = person.user_code
    if context is not None:
        entry["context"] = {"from": context.author or identity.phone, "id": wamid(context.message_id)}
    return _change("messages", identity, person, "messages", entry)


def render_preference(
    identity: Identity, person: Person, at: datetime, *, granted: bool, purpose: str | None = None
) -> str:
    """A user stopped or resumed marketing of this business; `purpose` names what, if it is not all of it."""
    act = "resume" if granted else "stop"
    entry: dict[str, Any] = {
        "wa_id": person.wa_id,
        "detail": f"User requested to {act} marketing messages",
        "category": "marketing_messages",
        "value": act,
        "timestamp": int(at.timestamp()),
    }
    if purpose is not None:
        entry["purpose"] = purpose
    if person.user_code is not None:
        entry["user_id"] = person.user_code
    return _change("user_preferences", identity, person, "user_preferences", entry)


def details(denied: Denied) -> str:
    """The four answers in one English text: what, the number behind it, when it could go out, what to do."""
    denied = discretion.told(denied)
    figure = denied.figure.removesuffix(".")
    return f"{denied.reason.text.en} ({denied.rule}: {figure}). {forecast(denied).en} {denied.reason.remedy.en}"


def _status_entry(person: Person, message_id: UUID, status: str, at: datetime, callback: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": wamid(message_id),
        "status": status,
        "timestamp": _seconds(at),
        "recipient_id": person.wa_id,
    }
    if person.user_code is not None:
        entry["recipient_user_id"] = person.user_code
    if person.identity is not None:
        entry["recipient_identity_key_hash"] = person.identity
    if callback is not None:
        entry["biz_opaque_callback_data"] = callback
    return entry


def _change(field: str, identity: Identity, person: Person, name: str, entry: dict[str, Any]) -> str:
    contact: dict[str, Any] = {"profile": {"name": person.name}, "wa_id": person.wa_id}
    if person.user_code is not None:
        contact["user_id"] = person.user_code
    if person.identity is not None:
        contact["identity_key_hash"] = person.identity
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": identity.phone, "phone_number_id": identity.sender_id},
        "contacts": [contact],
        name: [entry],
    }
    return _ascii({"value": value, "field": field})


def _ascii(change: dict[str, Any]) -> str:
    """JSON in ASCII alone. The fast encoder leaves other letters as they are, so whoever has some takes the slow one."""
    raw = msgspec.json.encode(change)
    return raw.decode() if raw.isascii() else json.dumps(change, separators=(",", ":"))


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))
