"""Webhook events have the shapes that existing clients were written for, key for key."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.denial import REASONS, Denied
from takt.core.ids import wamid
from takt.core.rating import Quote
from takt.wire import webhook
from takt.wire.heard import Heard
from takt.wire.webhook import Context, Identity, Person, Pricing
from tests.wire.shapes import same_shape, sample

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MESSAGE_ID = UUID("01936f3a-0000-7abc-8000-000000000001")
IDENTITY = Identity("1122334455667", "972123456789")
PERSON = Person("972987654321", "US.13491208655302741918", "Zoë 🎈")
PRICING = Pricing("marketing", "regular")


def status(name: str, **more: Any) -> str:
    """A status event of the message."""
    return webhook.render_status(IDENTITY, PERSON, MESSAGE_ID, name, AT, **more)


def failed(**more: Any) -> str:
    """A failed status of the message."""
    return webhook.render_failed(IDENTITY, PERSON, MESSAGE_ID, AT, REASONS["window_closed"], "details", **more)


def inbound(kind: str, content: dict[str, Any], context_id: UUID | None = None) -> str:
    """A message of the person."""
    heard, context = Heard(kind, content), Context(context_id) if context_id is not None else None
    return webhook.render_inbound(IDENTITY, PERSON, MESSAGE_ID, AT, heard, context)


EVENTS = [
    ("message_status", "sent", status("sent", pricing=PRICING, callback="Bestellung 7")),
    ("message_status", "delivered", status("delivered", pricing=PRICING)),
    ("message_status", "read", status("read", pricing=PRICING)),
    ("message_status", "with_tracker", status("sent", pricing=PRICING, callback="Bestellung 7")),
    ("message_status", "failed", failed()),
    ("message", "text", inbound("text", {"body": "Grüße 👋"})),
    ("message", "reply", inbound("text", {"body": "ja"}, MESSAGE_ID)),
    ("callback_button", "quick_reply", inbound("button", {"payload": "P", "text": "Passt"}, MESSAGE_ID)),
    ("callback_button", "quick_reply_without_context", inbound("button", {"payload": "P", "text": "Passt"})),
    ("user_marketing_preferences", "resume", webhook.render_preference(IDENTITY, PERSON, AT, granted=True)),
]


@pytest.mark.parametrize(("file", "name", "body"), EVENTS, ids=[f"{file}-{name}" for file, name, _ in EVENTS])
def test_an_event_has_the_keys_that_clients_know(file: str, name: str, body: str) -> None:
    """No key of a sample is missing and none is new, and values are of the same kind; or there is a reason."""
    assert same_shape(json.loads(body), sample(file, name)) == []


@pytest.mark.parametrize(("file", "name", "body"), EVENTS, ids=[f"{file}-{name}" for file, name, _ in EVENTS])
def test_an_event_says_whom_it_is_about(file: str, name: str, body: str) -> None:
    """Clients route by `metadata` and `contacts`; an event without them calls nobody."""
    change = json.loads(body)
    assert change["field"] == sample(file, name)["field"]
    assert change["value"]["metadata"] == {"display_phone_number": "972123456789", "phone_number_id": "1122334455667"}
    assert change["value"]["contacts"] == [
        {"profile": {"name": "Zoë 🎈"}, "wa_id": "972987654321", "user_id": "US.13491208655302741918"}
    ]


@given(st.text(), st.text(), st.text(max_size=50))
def test_an_event_is_ascii_whatever_people_are_called_and_write(name: str, body: str, callback: str) -> None:
    """Signatures are over bytes: ASCII survives every client that decodes and encodes on the way."""
    person = Person("972987654321", None, name)
    written = webhook.render_inbound(IDENTITY, person, MESSAGE_ID, AT, Heard("text", {"body": body}))
    told = webhook.render_status(IDENTITY, person, MESSAGE_ID, "sent", AT, callback=callback)
    assert written.isascii()
    assert told.isascii()
    value = json.loads(written)["value"]
    assert value["messages"][0]["text"]["body"] == body
    assert value["contacts"][0]["profile"]["name"] == name
    assert json.loads(told)["value"]["statuses"][0]["biz_opaque_callback_data"] == callback


def test_the_hash_of_an_identity_stands_with_the_person() -> None:
    """Only for senders that ask for it: in the contact, and in a status."""
    person = Person("972987654321", None, "Zoë", "DF2lS5v2W6x")
    value = json.loads(webhook.render_status(IDENTITY, person, MESSAGE_ID, "sent", AT, pricing=PRICING))
    assert same_shape(value, sample("message_status", "sent")) == ["value.contacts[].user_id is not in ours"]
    assert value["value"]["contacts"][0]["identity_key_hash"] == "DF2lS5v2W6x"
    assert value["value"]["statuses"][0]["recipient_identity_key_hash"] == "DF2lS5v2W6x"


def test_a_status_in_full() -> None:
    """One event to the last byte."""
    assert status("sent", pricing=PRICING, callback="x") == (
        '{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"972123456789",'
        '"phone_number_id":"1122334455667"},"contacts":[{"profile":{"name":"Zo\\u00eb \\ud83c\\udf88"},'
        '"wa_id":"972987654321","user_id":"US.13491208655302741918"}],"statuses":[{"id":"'
        + wamid(MESSAGE_ID)
        + '","status":"sent","timestamp":"1795348800","recipient_id":"972987654321",'
        '"recipient_user_id":"US.13491208655302741918","biz_opaque_callback_data":"x","pricing":{"billable":true,'
        '"pricing_model":"PMP","type":"regular","category":"marketing"}}]},"field":"messages"}'
    )


def test_there_is_no_price_where_none_is_charged() -> None:
    """`pricing` is absent from failures, and from a read that follows a delivery."""
    assert "pricing" not in json.loads(failed())["value"]["statuses"][0]
    assert "pricing" not in json.loads(status("read"))["value"]["statuses"][0]


@pytest.mark.parametrize(
    ("kind", "billable"), [("regular", True), ("free_customer_service", False), ("free_entry_point", False)]
)
def test_only_the_regular_kind_is_billable(kind: str, *, billable: bool) -> None:
    """The price on the wire says the same as the quote."""
    quote = Quote(1 if billable else 0, "EUR", "utility", "DE", "card", 1, 0, kind)
    assert webhook.pricing_of(quote).render() == {
        "billable": billable, "pricing_model": "PMP", "type": kind,
        "category": "referral_conversion" if kind == "free_entry_point" else "utility",
    }  # fmt: skip


@pytest.mark.parametrize("reason", REASONS.values(), ids=lambda reason: reason.name)
def test_a_failure_carries_code_title_and_all_four_answers(reason: Any) -> None:
    """Which rule, the number behind it, when it could go out, what to do."""
    denied = Denied("rule_name", reason, "the number.", AT)
    details = webhook.details(denied)
    body = webhook.render_failed(IDENTITY, PERSON, MESSAGE_ID, AT, reason, details)
    (error,) = json.loads(body)["value"]["statuses"][0]["errors"]
    assert (error["code"], error["title"], error["message"]) == (reason.code, reason.title, reason.title)
    assert error["error_data"] == {"details": details}
    assert "(rule_name: the number)" in details
    assert "Possible from 2026-11-22T12:00:00Z." in details
    assert details.endswith(reason.remedy.en)


def test_without_a_time_none_is_promised() -> None:
    """A refusal that waits for a person names no time."""
    assert "Possible from" not in webhook.details(Denied("rule_name", REASONS["window_closed"], "no open window"))


def test_stop_and_resume_are_told_in_the_same_words() -> None:
    """The preference event of an opt-out, as the sample has it for an opt-in."""
    (stop,) = json.loads(webhook.render_preference(IDENTITY, PERSON, AT, granted=False))["value"]["user_preferences"]
    assert (stop["value"], stop["detail"]) == ("stop", "User requested to stop marketing messages")
    assert (stop["category"], stop["timestamp"]) == ("marketing_messages", 1795348800)
