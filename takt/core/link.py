"""Codes of links: 14 capital letters and digits, the first three of which tell the slot (Cloud API, "QR codes")."""

import re
from typing import Final

from takt.core.ids import SLOTS

LINK_CODE: Final = re.compile(r"[A-Z0-9]{14}")
TAIL_CHARS: Final = 11
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def link_code(slot: int, tail: str) -> str:
    """A code with that slot; `tail` has 11 letters and digits, which make it unique."""
    assert 0 <= slot < SLOTS
    assert len(tail) == TAIL_CHARS
    high, low = divmod(slot, 36)
    return f"{_DIGITS[high // 36]}{_DIGITS[high % 36]}{_DIGITS[low]}{tail.upper()}"


def slot_of_code(code: str) -> int | None:
    """The slot that a code tells, or None when the text cannot be one of ours."""
    if not code.isascii() or LINK_CODE.fullmatch(code) is None:
        return None
    slot = int(code[:3], 36)
    return slot if slot < SLOTS else None
