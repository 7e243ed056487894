"""The JSON of the inbox API: cards, messages, prices and reasons, as the page of the agents reads them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from takt.core import policy
from takt.core.denial import REASONS, Denied, Reason
from takt.core.ids import wamid
from takt.core.rating import Quote
from takt.store.explanations import MessageRecord
from takt.store.views import Card, ThreadMessage
from takt.web.inbox.answers import instant
from takt.wire import explain, record
from takt.wire.explain import Explanation

_CATEGORIES = {
    "service": ("service", "Service"),
    "utility": ("utility", "Utility"),
    "authentication": ("authentication", "Authentifizierung"),
    "marketing": ("marketing", "Marketing"),
}


def key_of(sender_id: str, recipient_id: UUID) -> str:
    """The name of a thread in addresses and events."""
    return f"{sender_id}.{recipient_id}"


def card(one: Card) -> dict[str, Any]:
    """A thread in the list."""
    last = {"text": one.last_text, "mine": one.last_mine, "status": one.last_status, "at": instant(one.last_at)}
    return {
        "key": key_of(one.sender_id, one.recipient_id),
        "number": one.number,
        "sender": one.sender_id,
        "recipient": str(one.recipient_id),
        "name": one.name,
        "wa_id": one.wa_id,
        "last": last if one.last_status else None,
        "unread": one.unread,
        "window_until": instant(one.window_until),
        "blocked": one.blocked,
    }


def message(one: ThreadMessage, sender_id: str, locale: str) -> dict[str, Any]:
    """A message of a thread, with what it cost and, for a failed one, why."""
    content = msgspec.json.decode(one.content)
    return {
        "cursor": one.cursor,
        "id": wamid(one.message_id),
        "sender": sender_id,
        "mine": not one.inbound,
        "type": one.type,
        "at": instant(one.accepted_at),
        "status": one.status if not one.inbound else ("read" if one.desk_read else "delivered"),
        "text": content["text"] if one.type == "button" else content["body"],
        "content": content,
        "category": one.category,
        "context": wamid(one.context_id) if one.context_id is not None else None,
        "price": _price(one),
        "reason": _reason(one, locale),
    }


def denial(denied: Denied, locale: str) -> dict[str, Any]:
    """A refusal with its rule, the number behind it, when it could go out and what to do."""
    told = reason(denied.reason, locale)
    return told | {"rule": denied.rule, "figure": denied.figure, "next_at": instant(denied.next_at)}


def reason(one: Reason, locale: str) -> dict[str, Any]:
    """A cause of refusal in words."""
    return {
        "code": one.code,
        "name": one.name,
        "title": one.title,
        "text": one.text.in_locale(locale),
        "remedy": one.remedy.in_locale(locale),
    }


def explanation(kept: MessageRecord, locale: str) -> dict[str, Any]:
    """Why a message of the company went out or not, as the company's own API tells it, with the reason in words."""
    denied = _verdict(kept.facts, kept.accepted_at)
    quote = record.decode_quote(kept.pricing) if kept.pricing is not None else None
    told = explain.render(
        Explanation(record.decode_facts(kept.facts), kept.accepted_at, denied, quote, kept.hold_state), locale
    )
    later = REASONS.get(kept.reason or "")  # a message that was let out may still have expired
    why = denial(denied, locale) if denied is not None else reason(later, locale) if later is not None else None
    about = {"message": wamid(kept.message_id), "status": kept.status, "type": kept.type, "category": kept.category}
    return {**told, **about, "reason": why}


def because(quote: Quote, locale: str) -> str:
    """Why a send costs what it costs, in one sentence."""
    german = locale.startswith("de")
    if quote.kind == "free_customer_service":
        return (
            "Antworten in den 24 Stunden nach einer Nachricht der Person kosten nichts."
            if german
            else "Answers within 24 hours after a message of the person cost nothing."
        )
    category = _CATEGORIES.get(quote.category, (quote.category, quote.category))[german]
    if german:
        return f"Kategorie {category}, Land {quote.market}, Preisliste {quote.card}, Fassung {quote.version}."
    return f"Category {category}, country {quote.market}, rate card {quote.card}, version {quote.version}."


def _price(one: ThreadMessage) -> dict[str, Any] | None:
    """What is held or was paid; None where no money was ever spoken of, as for refused messages."""
    if one.hold_state is not None:
        return {"micros": one.amount_micros, "currency": one.currency, "state": one.hold_state}
    if one.pricing is None or one.cursor is None:
        return None
    quote = record.decode_quote(one.pricing)
    return {"micros": quote.amount_micros, "currency": quote.currency, "state": "free"}


def _reason(one: ThreadMessage, locale: str) -> dict[str, Any] | None:
    found = REASONS.get(one.reason or "")
    if found is None:
        return None
    denied = _verdict(one.facts, one.accepted_at)
    if denied is not None and denied.reason.name == found.name:
        return denial(denied, locale)
    return reason(found, locale)


def _verdict(facts: str | None, at: datetime) -> Denied | None:
    return policy.admit(record.decode_facts(facts), at) if facts is not None else None
