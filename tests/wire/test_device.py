"""What devices send is checked strictly, and every fault says where it is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.content import Press, TextContent
from takt.wire import device, said
from takt.wire.device import InvalidError, PostReceipt, PutBlock, PutMe
from takt.wire.said import Post

TEXT = b'{"client_id":"c","to":"12345","type":"text","text":{"body":"Hallo"}}'
PRESS = b'{"client_id":"c","to":"12345","type":"button","button":{"text":"Ja","payload":""}}'


def test_a_text_and_a_press() -> None:
    assert said.parse_post(TEXT) == Post("c", "12345", TextContent("Hallo"), None)
    assert said.parse_post(PRESS).content == Press("", "Ja")


def test_the_longest_that_fits() -> None:
    body = "ß" * 4096
    post = said.parse_post(TEXT.replace(b"Hallo", body.encode()).replace(b'"c"', b'"' + b"c" * 64 + b'"'))
    assert post.content == TextContent(body)


@pytest.mark.parametrize(
    ("raw", "field", "sentence"),
    [
        (b"{}", "client_id", "client_id is missing."),
        (b"[]", "", "The body: expected object, got array."),
        (b"", "", "The body must be JSON."),
        (b"\xff", "", "The body must be JSON."),
        (b'"\\ud800"', "", "The body must be JSON."),
        (TEXT.replace(b'"12345"', b'"1234"'), "to", "to must be 5 to 15 digits."),
        (TEXT.replace(b'"12345"', b'"12345\\n"'), "to", "to must be 5 to 15 digits."),
        (TEXT.replace(b'"12345"', b"12345"), "to", "to: expected str, got int."),
        (TEXT.replace(b"Hallo", b""), "text.body", "text.body: expected str of length >= 1."),
        (TEXT.replace(b"Hallo", b"\\t "), "text.body", "text.body must not be blank."),
        (TEXT.replace(b"Hallo", b"x" * 4097), "text.body", "text.body: expected str of length <= 4096."),
        (TEXT.replace(b"body", b"bdy"), "text.bdy", "text.bdy does not belong here."),
        (TEXT.replace(b'"text":{', b'"button":{'), "button.body", "button.body does not belong here."),
        (TEXT.replace(b'"type":"text"', b'"type":"button"'), "button", "button is missing, for type is button."),
        (TEXT.replace(b'"text":{', b'"reaction":{},"text":{'), "reaction",
         "reaction does not belong to a message whose type is text."),
        (PRESS.replace(b'"type":"button"', b'"type":"text"'), "text", "text is missing, for type is text."),
        (PRESS.replace(b'""', b'"' + b"x" * 129 + b'"'), "button.payload",
         "button.payload: expected str of length <= 128."),
    ],
)  # fmt: skip
def test_a_fault_names_its_field(raw: bytes, field: str, sentence: str) -> None:
    with pytest.raises(InvalidError) as fault:
        said.parse_post(raw)
    assert (fault.value.field, fault.value.sentence) == (field, sentence)


def test_what_no_database_holds_is_refused_wherever_it_stands() -> None:
    for raw, kind, field in (
        (b'{"blocked":true,"report":{"reason":"spam","note":"a\\u0000b"}}', PutBlock, "report.note"),
        (b'{"status":"read","through":1,"sender":"\\u0000"}', PostReceipt, "sender"),
    ):
        with pytest.raises(InvalidError) as fault:
            device.parse(raw, kind)
        assert fault.value.field == field


def test_left_out_is_not_false() -> None:
    assert device.parse(b"{}", PutMe) == PutMe(None, None)
    assert device.parse(b'{"read_receipts":false}', PutMe) == PutMe(None, False)


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    with suppress(InvalidError):
        said.parse_post(raw)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "x", " 1", "9" * 20, str(device.NUMBER_MAX + 1)])
def test_a_number_is_digits_within_its_range(text: str) -> None:
    with pytest.raises(InvalidError) as fault:
        device.parse_number(text, "after", 0)
    assert fault.value.field == "after"


def test_a_number_left_out_is_the_default() -> None:
    assert device.parse_number(None, "after", 7) == 7
    assert device.parse_number("0", "after", 7) == 0
    assert device.parse_number(str(device.NUMBER_MAX), "after", 7) == device.NUMBER_MAX
