"""Identifiers: UUIDs that carry the slot of their owner, and their form on the wire.

A slot is a number of 12 bits. It sits in the twelve bits behind the version of a UUIDv7, so that whoever
holds a public id knows in which part of the database to look (`takt.store.site` maps slots to parts).
"""

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

SLOTS = 4096
TAIL_BITS = 62
WAMID_PREFIX = "wamid."
WAMID_CHARS_MAX = 256
WA_ID = re.compile(r"[1-9][0-9]{4,14}")
NODE_TAILS: Final = 10**10
NODE_CHARS: Final = 15

_HEADER = b"\x1c\x18\x20\x15"
_USER_CODE = re.compile(r"[A-Z]{2}\.([0-9]{1,39})", re.ASCII)
_WAMID = re.compile(re.escape(_HEADER) + rb"([0-9a-f]{32})")
_VERSION_7 = 0x7 << 76
_VERSION_8 = 0x8 << 76
_VARIANT = 0b10 << 62


def slot_of_key(key: str) -> int:
    """Slot (0..4095) of something known by a text, such as a wa_id; the same for ever and everywhere."""
    digest = hashlib.sha256(key.encode()).digest()
    return (digest[0] << 4) | (digest[1] >> 4)


def slot_of(identifier: UUID) -> int:
    """Slot (0..4095) that an id of ours carries."""
    return (identifier.int >> 64) & 0xFFF


def make_id(unix_ms: int, slot: int, tail: int) -> UUID:
    """UUIDv7 (RFC 9562) of that millisecond and slot; `tail` (62 bits) makes it unique and orders a millisecond."""
    assert 0 <= slot < SLOTS
    assert 0 <= tail < 1 << TAIL_BITS
    return UUID(int=(unix_ms & 0xFFFFFFFFFFFF) << 80 | _VERSION_7 | slot << 64 | _VARIANT | tail)


def made_at(identifier: UUID) -> datetime:
    """When an id that `make_id` made was made, to the millisecond."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=identifier.int >> 80)


def derive_id(slot: int, *names: str) -> UUID:
    """The same id for the same names: UUIDv8 from their SHA-256, so that a repeated request meets itself."""
    digest = int.from_bytes(hashlib.sha256("\x00".join(names).encode()).digest()[:16], "big")
    clear = ~((0xFFFF << 64) | (0b11 << 62)) & ((1 << 128) - 1)
    return UUID(int=(digest & clear) | _VERSION_8 | slot << 64 | _VARIANT)


class NodeSort(StrEnum):
    """What a node of the Cloud API is, as the first of the 15 digits of an id that we make."""

    SENDER = "1"
    ACCOUNT = "2"
    APP = "3"
    TEMPLATE = "4"
    FLOW = "5"
    MEDIA = "6"
    PORTFOLIO = "7"
    PERSON = "8"


def node_id(sort: NodeSort, slot: int, tail: int) -> str:
    """An id of 15 digits: what it is, its slot in four, and a tail (below 10^10) that makes it unique."""
    assert 0 <= slot < SLOTS
    assert 0 <= tail < NODE_TAILS
    return f"{sort}{slot:04}{tail:010}"


def slot_of_node(identifier: str) -> int | None:
    """Slot that such an id carries, or None when the text cannot be one that `node_id` made."""
    if len(identifier) != NODE_CHARS or not (identifier.isascii() and identifier.isdigit()):
        return None
    slot = int(identifier[1:5])
    return slot if slot < SLOTS else None


def user_code(market: str, recipient_id: UUID) -> str:
    """The id by which companies may know a person without the number: country, point, digits (Cloud API, BSUID)."""
    return f"{market}.{recipient_id.int}"


def parse_user_code(text: str) -> UUID | None:
    """The recipient behind such an id, or None when the text cannot be one of ours."""
    match = _USER_CODE.fullmatch(text)
    if match is None or int(match.group(1)) >= 1 << 128:
        return None
    return UUID(int=int(match.group(1)))


def identity_hash(recipient_id: UUID) -> str:
    """What stands for the keys of a person (Cloud API, `identity_key_hash`): it changes when another one has the number."""
    return base64.b64encode(hashlib.sha256(b"identity\x00" + recipient_id.bytes).digest()[:9]).decode()


def wamid(identifier: UUID) -> str:
    """Message id as the wire shows it: `wamid.` and base64 of a header and 32 hex digits.

    Clients treat it as opaque. The digits are there so that no `/` or `+` can occur: the id stands in URLs.
    """
    return WAMID_PREFIX + base64.b64encode(_HEADER + identifier.hex.encode()).decode()


def parse_wamid(text: str) -> UUID | None:
    """The message id behind its wire form, or None when the text is not one that `wamid` would have written."""
    if not text.startswith(WAMID_PREFIX) or len(text) > WAMID_CHARS_MAX:
        return None
    try:
        raw = base64.b64decode(text[len(WAMID_PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    match = _WAMID.fullmatch(raw)
    if match is None:
        return None
    identifier = UUID(hex=match.group(1).decode())
    return identifier if wamid(identifier) == text else None
