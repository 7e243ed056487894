"""The JSON of the inbox API: cards, messages, prices and reasons, as the page of the agents reads them."""

from typing import Any
from uuid import UUID

import msgspec

from takt.core import discretion, verdict
from takt.core.denial import Denied
from takt.core.forecast import forecast
from takt.core.ids import wamid
from takt.core.rating import Quote
from takt.store.explanations import MessageRecord
from takt.store.views import Card, ThreadMessage
from takt.wire import explain, record
from takt.wire.explain import Explanation
from takt.wire.instants import instant
from takt.wire.shown import text_of

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
    """A message of a thread, with what it cost and, for one that failed or waits, why."""
    content = msgspec.json.decode(one.content)
    return {
        "cursor": one.cursor,
        "id": wamid(one.message_id),
        "sender": sender_id,
        "mine": not one.inbound,
        "type": one.type,
        "at": instant(one.accepted_at),
        "status": one.status if not one.inbound else ("read" if one.desk_read else "delivered"),
        "text": text_of(one.type, content),
        "content": content,
        "category": one.category,
        "context": wamid(one.context_id) if one.context_id is not None else None,
        "price": _price(one),
        "reason": _reason(one, locale),
    }


def denial(denied: Denied, locale: str) -> dict[str, Any]:
    """A refusal in words: why, by which rule, the number behind it, when it could go out, what to do."""
    denied = discretion.told(denied)
    cause = denied.reason
    return {
        "code": cause.code,
        "name": cause.name,
        "title": cause.title,
        "text": cause.text.in_locale(locale),
        "remedy": cause.remedy.in_locale(locale),
        "rule": denied.rule,
        "figure": denied.figure,
        "next_at": instant(denied.next_at),
        "forecast": forecast(denied).in_locale(locale),
    }


def explanation(kept: MessageRecord, locale: str) -> dict[str, Any]:
    """Why a message of the company went out or not, as the company's own API tells it; `reason` says all about a no."""
    facts = record.decode_facts(kept.facts)
    denied = verdict.on_record(facts, kept.accepted_at, kept.reason, waiting=kept.due_at is not None)
    quote = record.decode_quote(kept.pricing) if kept.pricing is not None else None
    explained = Explanation(
        facts, kept.accepted_at, denied, quote, kept.hold_state, kept.due_at, at_once=kept.times > 0
    ).for_company()
    told = explain.render(explained, locale)
    return {
        "message": wamid(kept.message_id),
        "sender": kept.sender_id,
        "to": kept.wa_id,
        "type": kept.type,
        "category": kept.category,
        "status": kept.status,
        "consent": str(kept.consent_id) if kept.consent_id is not None else None,
        **told,
        "reason": {**told["reason"], **denial(explained.told, locale)} if explained.told is not None else None,
    }


def because(quote: Quote, locale: str) -> str:
    """Why a send costs what it costs, in one sentence."""
    german = locale.startswith("de")
    if quote.counter and quote.price == 0:
        return (
            "Das ist unter den Nachrichten, die in diesem Monat frei sind."
            if german
            else "This is among the messages that are free this month."
        )
    if quote.kind == "free_customer_service":
        return (
            "Antworten in den 24 Stunden nach einer Nachricht der Person kosten nichts."
            if german
            else "Answers within 24 hours after a message of the person cost nothing."
        )
    category = _CATEGORIES.get(quote.category, (quote.category, quote.category))[german]
    if german:
        return f"Kategorie {category}, Land {quote.market}, Preisliste {quote.card}, Version {quote.version}."
    return f"Category {category}, country {quote.market}, rate card {quote.card}, version {quote.version}."


def _price(one: ThreadMessage) -> dict[str, Any] | None:
    """What is held or was paid; None where no money was ever spoken of, as for refused messages."""
    if one.hold_state is not None:
        found = explain.render_price(record.decode_quote(one.pricing), one.hold_state) if one.pricing else None
        micros, state = (one.amount_micros, one.hold_state) if found is None else (found["micros"], found["state"])
        return {"micros": micros, "currency": one.currency, "state": state}
    if one.pricing is None or one.cursor is None:
        return None
    quote = record.decode_quote(one.pricing)
    return {"micros": quote.price, "currency": quote.currency, "state": "free"}


def _reason(one: ThreadMessage, locale: str) -> dict[str, Any] | None:
    if one.facts is None or (one.reason is None and one.due_at is None):
        return None
    facts, waiting = record.decode_facts(one.facts), one.due_at is not None
    denied = verdict.on_record(facts, one.accepted_at, one.reason, waiting=waiting)
    told = Explanation(facts, one.accepted_at, denied, None, due_at=one.due_at).told
    return denial(told, locale) if told is not None else None
