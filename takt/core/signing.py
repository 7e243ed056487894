"""Signatures of webhook bodies: HMAC-SHA256 over the exact bytes, as the Cloud API sends them."""

import hashlib
import hmac

PREFIX = "sha256="


def sign(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for these bytes."""
    return PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(secret: str, body: bytes, signature: str) -> bool:
    """Whether the signature belongs to these bytes; takes the same time for every wrong one."""
    return hmac.compare_digest(sign(secret, body).encode(), signature.encode())
