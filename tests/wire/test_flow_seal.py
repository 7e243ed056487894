"""The seal on a form's data, against the functions that a company's program uses."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pywa.utils import default_flow_request_decryptor, default_flow_response_encryptor

from takt.core.flow_exchange import Heard, Question
from takt.wire import flow_seal
from takt.wire.flow_seal import Seal, UnreadableAnswerError, UnusableKeyError
from tests.flowing import key_pair

SEAL = Seal(bytes(range(16)), bytes(range(100, 116)))
QUESTION = Question("https://a.example", "secret", "3.0", "data_exchange", "FORM", {"email": "ä@b.c"}, "t-1")
TEXTS = st.dictionaries(st.text(max_size=9), st.text(max_size=30), max_size=5)


@given(TEXTS, st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_company_reads_the_question_and_we_read_its_answer(said: dict[str, str], key: bytes, vector: bytes) -> None:
    private, public = key_pair()
    body = json.loads(flow_seal.close({"action": "INIT", "data": said}, Seal(key, vector), public))
    clear, found_key, found_vector = default_flow_request_decryptor(
        body["encrypted_flow_data"], body["encrypted_aes_key"], body["initial_vector"], private
    )
    assert clear == {"action": "INIT", "data": said}
    assert (found_key, found_vector) == (key, vector)
    answer = default_flow_response_encryptor({"screen": "A", "data": said}, found_key, found_vector)
    assert flow_seal.open_answer(answer.encode(), Seal(key, vector)) == {"screen": "A", "data": said}


def test_questions_are_those_of_the_wire() -> None:
    assert flow_seal.render_question(QUESTION) == {
        "version": "3.0", "action": "data_exchange", "screen": "FORM", "data": {"email": "ä@b.c"}, "flow_token": "t-1",
    }  # fmt: skip
    notice = flow_seal.render_notice(QUESTION, "INVALID", "no such screen")
    assert notice["data"] == {"error": "INVALID", "error_message": "no such screen"}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ({"screen": "A", "data": {"x": 1}}, Heard("A", {"x": 1})),
        (
            {"screen": "SUCCESS", "data": {"extension_message_response": {"params": {"flow_token": "t"}}}},
            Heard("SUCCESS", {}, {"flow_token": "t"}),
        ),
        ({"screen": "SUCCESS"}, Heard("SUCCESS", {}, {})),
    ],
)
def test_answers_are_next_screens_or_the_end(said: dict[str, Any], heard: Heard) -> None:
    assert flow_seal.parse_heard(said) == heard


@pytest.mark.parametrize(
    "said",
    [
        {}, {"screen": 1}, {"screen": "A", "data": []}, {"screen": "SUCCESS", "data": {"extension_message_response": 1}},
        {"screen": "SUCCESS", "data": {"extension_message_response": {"params": []}}},
    ],
)  # fmt: skip
def test_an_answer_that_says_nothing_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(UnreadableAnswerError):
        flow_seal.parse_heard(said)


@given(st.binary(max_size=60))
def test_what_is_not_under_the_key_is_refused(answer: bytes) -> None:
    for one in (answer, base64.b64encode(answer)):
        with pytest.raises(UnreadableAnswerError):
            flow_seal.open_answer(one, SEAL)
    assert flow_seal.parse_message(answer, SEAL) is None


def test_a_list_under_the_key_is_refused_too() -> None:
    with pytest.raises(UnreadableAnswerError):
        flow_seal.open_answer(default_flow_response_encryptor([1], SEAL.key, SEAL.vector).encode(), SEAL)


@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
def test_a_key_must_be_one(key: str) -> None:
    with pytest.raises(UnusableKeyError):
        flow_seal.close({}, SEAL, key)


def test_the_sentence_for_the_person_comes_sealed_or_open() -> None:
    said = {"error_msg": "Zu spät."}
    assert flow_seal.parse_message(json.dumps(said).encode(), SEAL) == "Zu spät."
    sealed = default_flow_response_encryptor(said, SEAL.key, SEAL.vector).encode()
    assert flow_seal.parse_message(sealed, SEAL) == "Zu spät."
    assert flow_seal.parse_message(b'{"error_msg": 1}', SEAL) is None
