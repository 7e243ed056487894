"""The request to send: what real clients write is understood, everything else is refused with its field named."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from takt.core.content import Parameter, Source, TemplateComponent, TemplateContent, TextContent
from takt.core.ids import user_code
from takt.core.message import Accepted
from takt.wire.cloud import MarkRead, SendRequest, decode_body, parse_send, render_accepted, render_taken
from takt.wire.errors import WireError, render
from tests.wire.bodies import MESSAGE_ID, READ, TEMPLATE, TEXT, WAMID

GONE = "gone (not a value that any test sends)"


def changed(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The body with one place changed, or taken away; `path` is written as errors write it."""
    body = deepcopy(body)
    *way, last = path.replace("[", ".").replace("]", "").split(".")
    at: Any = body
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if value == GONE:
        del at[last]
    else:
        at[int(last) if isinstance(at, list) else last] = value
    return body


def test_a_text_is_understood() -> None:
    """The plainest request there is."""
    assert parse_send(TEXT) == SendRequest("491713920001", "491713920001", TextContent("Hallo"), None, None)


def test_a_template_is_understood() -> None:
    """Every kind of component and parameter that we know."""
    request = parse_send(TEMPLATE)
    assert isinstance(request, SendRequest)
    assert request.content == TemplateContent(
        "order_update", "de",
        (
            TemplateComponent("header", (Parameter("image", Source(media_id="1")),)),
            TemplateComponent(
                "body",
                (Parameter("text", "Ada", "first_name"), Parameter("currency", "12 €"), Parameter("date_time", "morgen")),
            ),
            TemplateComponent("button", (Parameter("text", "abc"),), "url", 0),
            TemplateComponent("button", (Parameter("payload", "P"),), "quick_reply", 1),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (READ, MarkRead(WAMID, typing=False)),
        ({**READ, "typing_indicator": None}, MarkRead(WAMID, typing=False)),
        ({**READ, "typing_indicator": {"type": "text"}}, MarkRead(WAMID, typing=True)),
    ],
)
def test_a_read_mark_is_understood(body: dict[str, Any], expected: MarkRead) -> None:
    """The other thing that is posted to the same path."""
    assert parse_send(body) == expected


def test_what_is_quoted_and_called_back_is_carried_along() -> None:
    """`context` and `biz_opaque_callback_data`."""
    request = parse_send({**TEXT, "context": {"message_id": WAMID}, "biz_opaque_callback_data": "ö" * 512})
    assert isinstance(request, SendRequest)
    assert (request.context, request.callback) == (WAMID, "ö" * 512)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("context", None),
        ("context", {}),
        ("context", {"message_id": None}),
        ("recipient_type", GONE),
        ("recipient_type", None),
        ("type", GONE),
        ("type", None),
        ("type", ""),
        ("biz_opaque_callback_data", None),
        ("status", None),
        ("text.preview_url", GONE),
        ("text.preview_url", None),
        ("text.preview_url", "false"),
        ("text.preview_url", 0),
        ("unheard_of", {"a": [1]}),
        ("text.unheard_of", 1),
    ],
)
def test_what_clients_leave_out_or_add_makes_no_difference(path: str, value: object) -> None:
    """Absent and null are the same, unknown fields are passed over."""
    assert parse_send(changed(TEXT, path, value)) == parse_send(TEXT)


@pytest.mark.parametrize("value", [True, "true", 1])
def test_a_truth_value_may_come_as_text_or_number(value: object) -> None:
    """Forms carry no truth values."""
    request = parse_send(changed(TEXT, "text.preview_url", value))
    assert isinstance(request, SendRequest)
    assert request.content == TextContent("Hallo", preview_url=True)


@pytest.mark.parametrize(
    "to",
    ["+491713920001", "+49 171 3920001", "+49 (171) 392-00-01", "49.171.3920001", "49\u00a01713920001", 491713920001],
)
def test_a_number_may_be_written_as_people_write_it(to: object) -> None:
    """Plus, blanks, dashes, dots and parentheses are passed over; the answer repeats the number as it was typed."""
    request = parse_send({**TEXT, "to": to})
    assert isinstance(request, SendRequest)
    assert (request.wa_id, request.to) == ("491713920001", str(to))


COMPONENT = "template.components[2]"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{COMPONENT}.index", 0),
        (f"{COMPONENT}.type", "BUTTON"),
        (f"{COMPONENT}.sub_type", "URL"),
        ("template.components[1].type", "Body"),
        ("template.language", {"code": "de"}),
        ("template.language.policy", "fallback"),
        ("template.namespace", "x"),
    ],
)
def test_a_template_may_be_written_as_old_clients_write_it(path: str, value: object) -> None:
    """Letter case, number or text of an index, and the language policy of former days make no difference."""
    assert parse_send(changed(TEMPLATE, path, value)) == parse_send(TEMPLATE)


@pytest.mark.parametrize("components", [GONE, None, [], {}])
def test_a_template_without_values_may_leave_them_out(components: object) -> None:
    """No components, null and an empty list are the same."""
    request = parse_send(changed(TEMPLATE, "template.components", components))
    assert isinstance(request, SendRequest)
    assert request.content == TemplateContent("order_update", "de")


@pytest.mark.parametrize("parameters", [GONE, None, []])
def test_a_component_without_values_may_leave_them_out(parameters: object) -> None:
    """No parameters, null and an empty list are the same."""
    request = parse_send(changed(TEMPLATE, "template.components[0].parameters", parameters))
    assert isinstance(request, SendRequest)
    assert isinstance(request.content, TemplateContent)
    assert request.content.components[0] == TemplateComponent("header")


def test_a_value_may_come_as_a_number() -> None:
    """Careless clients leave out the quotes of an order number."""
    request = parse_send(changed(TEMPLATE, "template.components[1].parameters[0].text", 4711))
    assert isinstance(request, SendRequest)
    assert isinstance(request.content, TemplateContent)
    assert request.content.components[1].parameters[0].value == "4711"


MISSING, BAD, UNSUPPORTED, LONG = 131008, 131009, 131051, 100
P1 = "template.components[1].parameters[0]"


@pytest.mark.parametrize(
    ("body", "path", "value", "code"),
    [
        (TEXT, "messaging_product", GONE, MISSING),
        (TEXT, "messaging_product", "telegram", BAD),
        (TEXT, "recipient_type", "group", 131215),
        (TEXT, "recipient_type", ["individual"], BAD),
        (TEXT, "to", GONE, MISSING),
        (TEXT, "to", "", MISSING),
        (TEXT, "to", None, MISSING),
        (TEXT, "to", "01713920001", BAD),
        (TEXT, "to", "+49", BAD),
        (TEXT, "to", "4917139200011234", BAD),
        (TEXT, "to", "49171392000a", BAD),
        (TEXT, "to", "٤٩١٧١٣٩٢٠٠٠١", BAD),
        (TEXT, "to", "49" + " " * 70 + "1713920001", BAD),
        (TEXT, "to", 10**5000, BAD),
        (TEXT, "to", -491713920001, BAD),
        (TEXT, "to", 491713920001.0, BAD),
        (TEXT, "to", True, BAD),
        (TEXT, "to", ["491713920001"], BAD),
        (TEXT, "type", "poll", BAD),
        (TEXT, "type", "x" * 9999, BAD),
        (TEXT, "type", {"type": "text"}, BAD),
        (TEXT, "type", ["text"], BAD),
        (TEXT, "type", 10**5000, BAD),
        (TEXT, "type", True, BAD),
        (TEXT, "type", "pin", UNSUPPORTED),
        (TEXT, "text", GONE, MISSING),
        (TEXT, "text", "Hallo", BAD),
        (TEXT, "text", [], BAD),
        (TEXT, "text.body", GONE, MISSING),
        (TEXT, "text.body", None, MISSING),
        (TEXT, "text.body", "", BAD),
        (TEXT, "text.body", " \n\u00a0", BAD),
        (TEXT, "text.body", 7, BAD),
        (TEXT, "text.body", "a\x00b", BAD),
        (TEXT, "text.body", "a\ud800b", BAD),
        (TEXT, "text.body", "x" * 4097, LONG),
        (TEXT, "text.preview_url", "yes", BAD),
        (TEXT, "text.preview_url", [], BAD),
        (TEXT, "context", "wamid.x", BAD),
        (TEXT, "context", {"message_id": "wamid.x"}, BAD),
        (TEXT, "context", {"message_id": 7}, BAD),
        (TEXT, "biz_opaque_callback_data", "x" * 513, BAD),
        (TEXT, "biz_opaque_callback_data", {"a": 1}, BAD),
        (TEXT, "biz_opaque_callback_data", "\x00", BAD),
        (TEXT, "biz_opaque_callback_data", "\udfff", BAD),
        (READ, "status", "delivered", BAD),
        (READ, "message_id", GONE, MISSING),
        (READ, "message_id", "wamid.x", BAD),
        (READ, "message_id", 7, BAD),
        (READ, "typing_indicator", {"type": "audio"}, BAD),
        (READ, "typing_indicator", "text", BAD),
        (TEMPLATE, "template", GONE, MISSING),
        (TEMPLATE, "template", [], BAD),
        (TEMPLATE, "template.name", GONE, MISSING),
        (TEMPLATE, "template.name", "Order Update", BAD),
        (TEMPLATE, "template.name", "x" * 513, BAD),
        (TEMPLATE, "template.name", 7, BAD),
        (TEMPLATE, "template.language", GONE, MISSING),
        (TEMPLATE, "template.language", "de", BAD),
        (TEMPLATE, "template.language.code", GONE, MISSING),
        (TEMPLATE, "template.language.code", "de-DE", BAD),
        (TEMPLATE, "template.language.code", "de_DE\n", BAD),
        (TEMPLATE, "template.components", {"0": {}}, BAD),
        (TEMPLATE, "template.components", [{"type": "body"}] * 17, BAD),
        (TEMPLATE, "template.components[1]", None, BAD),
        (TEMPLATE, "template.components[1]", "body", BAD),
        (TEMPLATE, "template.components[1].type", GONE, MISSING),
        (TEMPLATE, "template.components[1].type", "", BAD),
        (TEMPLATE, "template.components[1].type", "body'\n", BAD),
        (TEMPLATE, "template.components[1].type", ["body"], BAD),
        (TEMPLATE, "template.components[1].parameters", {"0": {}}, BAD),
        (TEMPLATE, "template.components[1].parameters", [{}] * 65, BAD),
        (TEMPLATE, P1, "Ada", BAD),
        (TEMPLATE, f"{P1}.type", GONE, MISSING),
        (TEMPLATE, f"{P1}.type", 7, BAD),
        (TEMPLATE, f"{P1}.parameter_name", 7, BAD),
        (TEMPLATE, f"{P1}.text", GONE, MISSING),
        (TEMPLATE, f"{P1}.text", "", BAD),
        (TEMPLATE, f"{P1}.text", True, BAD),
        (TEMPLATE, f"{P1}.text", 1.5, BAD),
        (TEMPLATE, f"{P1}.text", 10**5000, BAD),
        (TEMPLATE, f"{P1}.text", "x\x00", BAD),
        (TEMPLATE, f"{P1}.text", "x" * 1025, LONG),
        (TEMPLATE, "template.components[1].parameters[1].currency", GONE, MISSING),
        (TEMPLATE, "template.components[1].parameters[1].currency", "12 €", BAD),
        (TEMPLATE, "template.components[1].parameters[1].currency.fallback_value", GONE, MISSING),
        (TEMPLATE, "template.components[1].parameters[2].date_time.fallback_value", GONE, MISSING),
        (TEMPLATE, f"{COMPONENT}.sub_type", GONE, MISSING),
        (TEMPLATE, f"{COMPONENT}.sub_type", 7, BAD),
        (TEMPLATE, f"{COMPONENT}.index", GONE, MISSING),
        (TEMPLATE, f"{COMPONENT}.index", "10", BAD),
        (TEMPLATE, f"{COMPONENT}.index", -1, BAD),
        (TEMPLATE, f"{COMPONENT}.index", True, BAD),
        (TEMPLATE, f"{COMPONENT}.index", "٣", BAD),
        (TEMPLATE, f"{COMPONENT}.index", 10**5000, BAD),
        (TEMPLATE, "template.components[3].parameters[0].payload", GONE, MISSING),
    ],
    ids=lambda value: repr(value)[:40] if not isinstance(value, int) else "number",
)  # fmt: skip
def test_what_is_wrong_is_named(body: dict[str, Any], path: str, value: object, code: int) -> None:
    """The answer carries the code that clients know and begins with the field as the request wrote it."""
    error = parse_send(changed(body, path, value))
    assert isinstance(error, WireError)
    assert (error.code, error.http) == (code, 400)
    assert path in error.details or path.startswith("type")
    assert len(error.details) < 250
    assert json.loads(render(error, "Atrace"))["error"]["code"] == code


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b'"x"', b"null", b"1", b"\xff\xfe", b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}', b'{"a":NaN}', b"[" * 100_000,
     b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"a":' + b"9" * 5000 + b"}", b'{"a":1}{"a":1}'],
)  # fmt: skip
def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    """Broken, endless, too deep or another kind of JSON: one answer."""
    error = decode_body(raw)
    assert isinstance(error, WireError)
    assert (error.code, error.http) == (100, 400)


def test_the_answer_to_a_send() -> None:
    """Three keys at the top, the number as typed and as understood, the status for templates only."""
    accepted = Accepted(MESSAGE_ID, "491713920001", "DE.1", 7, datetime(2026, 11, 22, tzinfo=UTC))
    assert json.loads(render_accepted(accepted, '+49 "171', template=True)) == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": '+49 "171', "wa_id": "491713920001", "user_id": "DE.1"}],
        "messages": [{"id": WAMID, "message_status": "accepted"}],
    }
    text = json.loads(render_accepted(accepted, "x", template=False))
    assert text["messages"] == [{"id": WAMID}]


def test_a_refusal_that_is_reported_later_looks_like_a_yes() -> None:
    """The same three keys; what became of it comes by webhook."""
    assert json.loads(render_taken(MESSAGE_ID, "491713920001", "+49")) == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+49", "wa_id": "491713920001"}],
        "messages": [{"id": WAMID}],
    }


def test_a_person_can_be_named_by_user_id() -> None:
    """`recipient` stands in for `to`, and `to` wins where both are given."""
    person = uuid4()
    body = {"messaging_product": "whatsapp", "text": {"body": "Hi"}, "recipient": user_code("DE", person)}
    named = parse_send(body)
    assert isinstance(named, SendRequest)
    assert (named.recipient_id, named.to) == (person, user_code("DE", person))
    both = parse_send(body | {"to": "+49 171 3920001"})
    assert isinstance(both, SendRequest)
    assert (both.recipient_id, both.wa_id) == (None, "491713920001")


@pytest.mark.parametrize("code", ["x", 7, "DE.", ["DE.1"]])
def test_a_strange_user_id_is_named(code: object) -> None:
    """The error names the field."""
    refused = parse_send({"messaging_product": "whatsapp", "text": {"body": "Hi"}, "recipient": code})
    assert isinstance(refused, WireError)
    assert refused.details.startswith("recipient ")
