"""Webhook signatures belong to exactly these bytes and this secret."""

import hashlib
import hmac

from hypothesis import assume, given
from hypothesis import strategies as st

from takt.core.signing import is_proof, prove, sign, verify


def test_the_signature_is_the_one_everybody_computes() -> None:
    """A published example of HMAC-SHA256."""
    expected = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    assert sign("key", b"The quick brown fox jumps over the lazy dog") == expected


@given(st.text(), st.binary())
def test_a_signature_is_verified(secret: str, body: bytes) -> None:
    """What we sign, we accept."""
    assert verify(secret, body, sign(secret, body))


@given(st.text(), st.binary(), st.text(), st.binary())
def test_other_bytes_and_other_secrets_have_other_signatures(
    secret: str, body: bytes, other_secret: str, other_body: bytes
) -> None:
    """Changing one byte, or the secret, is seen."""
    assume(body != other_body)
    assert not verify(secret, other_body, sign(secret, body))
    # HMAC pads its key with zero bytes, so keys that differ in those alone are the same key.
    assume(secret.rstrip("\0") != other_secret.rstrip("\0") and max(len(secret), len(other_secret)) < 16)
    assert not verify(other_secret, body, sign(secret, body))


@given(st.text(), st.binary(), st.text())
def test_no_text_is_a_signature_by_chance(secret: str, body: bytes, text: str) -> None:
    """Whatever a stranger sends as a signature is refused and never fails."""
    assert not verify(secret, body, text)
    assert not verify(secret, body, sign(secret, body).removeprefix("sha256="))


@given(st.text(min_size=1), st.text(min_size=1), st.text(max_size=80))
def test_a_proof_is_the_hex_mac_of_the_token_and_nothing_else(secret: str, token: str, other: str) -> None:
    right = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    assert prove(secret, token) == right
    assert is_proof(secret, token, right.upper())
    assert is_proof(secret, token, other) == (other.lower() == right)
