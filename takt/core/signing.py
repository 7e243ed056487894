"""Signatures with an app's secret: of webhook bodies, over the exact bytes, and of tokens, as a proof of their origin."""

import hashlib
import hmac

PREFIX = "sha256="


def sign(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for these bytes."""
    return PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(secret: str, body: bytes, signature: str) -> bool:
    """Whether the signature belongs to these bytes; takes the same time for every wrong one."""
    return hmac.compare_digest(sign(secret, body).encode(), signature.encode())


def prove(secret: str, token: str) -> str:
    """The `appsecret_proof` of a token: who knows it has the secret of the app, too (Cloud API, "Authentication")."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def is_proof(secret: str, token: str, proof: str) -> bool:
    """Whether this is the proof of that token, in capitals or not; takes the same time for every wrong one."""
    return hmac.compare_digest(prove(secret, token).encode(), proof.lower().encode())
