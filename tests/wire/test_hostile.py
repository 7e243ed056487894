"""Whatever a stranger sends to the sending door, the answer is a command or an error that names what is wrong."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from takt.core.content import TemplateContent, TextContent
from takt.wire.cloud import MarkRead, SendRequest, decode_body, parse_send
from takt.wire.errors import WireError, render
from tests.wire.bodies import READ, TEMPLATE, TEXT, WAMID

LONE = st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, categories=["Cs"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([20, 5000]).map(lambda digits: 10**digits)  # more digits than Python turns into text
    | st.floats()
    | st.text(st.characters() | LONE, max_size=6)
    | st.sampled_from(["whatsapp", "text", "template", "body", "button", "url", "de", "491713920001", WAMID, "\x00"])
)
KEYS = st.sampled_from(["type", "text", "body", "payload", "name", "language", "code", "components", "parameters", "index",
                        "sub_type", "currency", "fallback_value", "message_id", "preview_url"])  # fmt: skip
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=15
)
BODIES = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ["recipient_type", "type", "text", "template", "context", "biz_opaque_callback_data", "status", "message_id"], JSON
    ),
)  # fmt: skip


def _check(answer: object) -> None:
    if isinstance(answer, WireError):
        assert answer.details
        assert render(answer, "Atrace").isascii()
        return
    assert isinstance(answer, SendRequest | MarkRead)
    if isinstance(answer, SendRequest):
        told = [answer.callback or "", answer.context or ""]
        if isinstance(answer.content, TextContent):
            told.append(answer.content.body)
        if isinstance(answer.content, TemplateContent):
            values = [p.value for component in answer.content.components for p in component.parameters]
            told += [one for one in values if isinstance(one, str)]
        assert "\x00" not in "".join(told).encode().decode()


@given(
    st.dictionaries(
        st.sampled_from(["messaging_product", "to", "status"]) | KEYS | st.text(max_size=3), JSON, max_size=5
    )
)
def test_arbitrary_json_never_makes_it_fail(body: dict[str, Any]) -> None:
    """Whatever arrives, the answer is a command or an error."""
    _check(parse_send(body))


@given(BODIES, st.sampled_from([TEXT, TEMPLATE, READ]))
def test_what_looks_like_a_request_never_makes_it_fail(body: dict[str, Any], rest: dict[str, Any]) -> None:
    """The same with bodies that get past the first checks; what is accepted can be stored and rendered."""
    _check(parse_send({**rest, **body}))


@given(st.data())
def test_one_wild_value_anywhere_never_makes_it_fail(data: st.DataObject) -> None:
    """The same with a good request in which one value is any JSON."""
    body = deepcopy(data.draw(st.sampled_from([TEXT, TEMPLATE, READ])))
    places: list[tuple[Any, Any]] = []
    _collect(body, places)
    container, key = data.draw(st.sampled_from(places))
    container[key] = data.draw(JSON)
    _check(parse_send(body))


def _collect(value: object, places: list[tuple[Any, Any]]) -> None:
    """Every place within a JSON value, as container and key."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            places.append((value, key))
            _collect(one, places)


@given(st.integers(100, 980), st.sampled_from(["type", "recipient_type", "text", "template", "context", "to"]))
def test_deep_nesting_never_makes_it_fail(depth: int, name: str) -> None:
    """As deep as the decoder lets through, and at any field."""
    body = decode_body(json.dumps(TEXT)[:-1].encode() + f',"{name}":'.encode() + b"[" * depth + b"]" * depth + b"}")
    _check(body if isinstance(body, WireError) else parse_send(body))


@given(st.binary() | st.text().map(str.encode))
def test_arbitrary_bytes_never_make_it_fail(raw: bytes) -> None:
    """Whatever arrives as a body is an object or an error."""
    body = decode_body(raw)
    _check(body if isinstance(body, WireError) else parse_send(body))
