"""Consent: words that give or withdraw it, and records that prove it.

A record is one act of one person towards one business for one purpose. Records of a person form a chain: each carries
the SHA-256 of its own fields together with the hash of the record before, so that a changed or missing record shows.
"""

import hashlib
import unicodedata
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from takt.core.value import value

Purpose = Literal["service", "marketing"]
PURPOSES: Final[tuple[Purpose, ...]] = ("service", "marketing")
CHAIN_START: Final = bytes(32)

# The words of the FCC's list of 2024 and their German counterparts: a wrong stop costs less than a missed one.
_STOP: Final = frozenset({
    "stop", "stop all", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe",
    "stopp", "ende", "abmelden", "abbestellen", "keine werbung",
})  # fmt: skip
_START: Final = frozenset({"start", "unstop", "subscribe", "anmelden", "werbung ja"})


@value
class ConsentRecord:
    """One act: who allowed or refused what to whom, when, where (`source`) and what shows it (`evidence`, JSON)."""

    record_id: UUID
    recipient_id: UUID
    business_id: UUID
    number: int
    purpose: str
    granted: bool
    source: str
    evidence: str
    at: datetime


def keyword(text: str) -> bool | None:
    """Whether the whole text is a word of stopping (False) or of starting (True) marketing; None for all else."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip(" \t\r\n.!?,;:\"'")
    words = " ".join(folded.split())
    if words in _STOP:
        return False
    return True if words in _START else None


def chain_hash(previous: bytes, record: ConsentRecord) -> bytes:
    """SHA-256 over the hash before and the record's fields, each preceded by its length; the instant counts in UTC."""
    digest = hashlib.sha256(previous)
    for field in (
        str(record.record_id), str(record.recipient_id), str(record.business_id), str(record.number), record.purpose,
        str(record.granted), record.source, record.evidence, record.at.astimezone(UTC).isoformat(),
    ):  # fmt: skip
        raw = field.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()
