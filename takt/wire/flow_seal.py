"""Data of a form on its way to the endpoint of its company, and back (Cloud API, "Flows data endpoint").

A fresh AES key of 128 bits is wrapped by RSA-OAEP (SHA-256) under the company's public key; question and answer are
AES-GCM under it, with a tag of 16 bytes behind them. The answer uses the same vector with every bit turned over.
"""

import base64
import binascii
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from takt.core.flow import SUCCESS
from takt.core.flow_exchange import Heard, Question
from takt.core.value import value

KEY_BYTES: Final = 16
VECTOR_BYTES: Final = 16
MESSAGE_CHARS_MAX: Final = 500


class UnusableKeyError(Exception):
    """The company's public key is none that can wrap another key."""


class UnreadableAnswerError(Exception):
    """The answer is not under the key it was asked with, or says nothing that a form could go on with."""


@value
class Seal:
    """The key and the vector of one exchange."""

    key: bytes
    vector: bytes


def close(question: dict[str, Any], seal: Seal, public_key: str) -> bytes:
    """The body of the request. Raises UnusableKeyError."""
    try:
        wrapping = load_pem_public_key(public_key.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableKeyError from None
    if not isinstance(wrapping, RSAPublicKey):
        raise UnusableKeyError
    wrapped = wrapping.encrypt(seal.key, OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None))
    shut = AESGCM(seal.key).encrypt(seal.vector, msgspec.json.encode(question), None)
    return msgspec.json.encode(
        {
            "encrypted_flow_data": base64.b64encode(shut).decode(),
            "encrypted_aes_key": base64.b64encode(wrapped).decode(),
            "initial_vector": base64.b64encode(seal.vector).decode(),
        }
    )


def open_answer(answer: bytes, seal: Seal) -> dict[str, Any]:
    """What the endpoint said. Raises UnreadableAnswerError."""
    turned = bytes(byte ^ 0xFF for byte in seal.vector)
    try:
        clear = AESGCM(seal.key).decrypt(turned, base64.b64decode(answer.strip(), validate=True), None)
        said = msgspec.json.decode(clear)
    except (binascii.Error, ValueError, InvalidTag, msgspec.DecodeError, RecursionError):
        raise UnreadableAnswerError from None
    if not isinstance(said, dict):
        raise UnreadableAnswerError
    return said


def render_question(question: Question) -> dict[str, Any]:
    """A question in the clear; what the first one of a form cannot know is left out."""
    asked: dict[str, Any] = {"version": question.version, "action": question.action, "flow_token": question.token}
    if question.screen is not None:
        asked["screen"] = question.screen
    if question.action != "INIT":
        asked["data"] = question.data
    return asked


def render_notice(question: Question, error: str, message: str) -> dict[str, Any]:
    """What tells the endpoint that its answer was of no use; it answers that it has seen it."""
    return {**render_question(question), "data": {"error": error, "error_message": message}}


def parse_heard(said: dict[str, Any]) -> Heard:
    """The next screen, or the end of the form. Raises UnreadableAnswerError."""
    screen, data = said.get("screen"), said.get("data", {})
    if not isinstance(screen, str) or not isinstance(data, dict):
        raise UnreadableAnswerError
    if screen != SUCCESS:
        return Heard(screen, data)
    params = data.get("extension_message_response", {})
    closing = params.get("params", {}) if isinstance(params, dict) else None
    if not isinstance(closing, dict):
        raise UnreadableAnswerError
    return Heard(screen, {}, closing)


def parse_message(answer: bytes, seal: Seal) -> str | None:
    """The sentence for the person that an endpoint may give with a token that is no longer valid, sealed or not."""
    try:
        said = msgspec.json.decode(answer) if answer.lstrip().startswith(b"{") else open_answer(answer, seal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, UnreadableAnswerError):
        return None
    found = said.get("error_msg") if isinstance(said, dict) else None
    return found[:MESSAGE_CHARS_MAX] if isinstance(found, str) and found.isprintable() else None
