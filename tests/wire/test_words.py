"""All words of a content that somebody sees are read: a fraud does not choose the field where nobody looks."""

from typing import Any

import pytest

from takt.wire.words import words_of

CARD = {
    "name": {"formatted_name": "Locked account", "first_name": "Locked"},
    "org": {"company": "Savings bank", "department": "Safety", "title": "Chief"},
    "urls": [{"url": "http://bank.top", "type": "WORK"}],
    "addresses": [{"street": "1 Pin Road", "city": "Tan", "country_code": "DE"}],
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"body": "Hello", "preview_url": True}, "Hello"),
        ({"latitude": 1.0, "longitude": 2.0, "name": "Account locked", "address": "at the bank"},
         "Account locked\nat the bank"),
        ({"kind": "button", "header": {"kind": "location", "location": {"latitude": 1.0, "longitude": 2.0, "name": "Bank"}}},
         "Bank"),
        ({"contacts": [CARD]}, "Locked account\nSavings bank\nSafety\nChief\nhttp://bank.top\n1 Pin Road\nTan"),
        ({"name": "order_update", "language": "de", "body": "Your order"}, "Your order"),
        ({"kind": "list", "sections": [{"title": "A", "rows": [{"id": "x", "title": "B", "description": "C"}]}]}, "A\nB\nC"),
        ({"offer": {"text": "Half", "code": "X1"}, "buttons": [{"kind": "url", "text": "Go", "url": "http://a.b"}]},
         "Half\nGo\nhttp://a.b"),
    ],
)  # fmt: skip
def test_what_somebody_sees_is_a_word(content: Any, words: str) -> None:
    assert words_of(content) == words
