"""Codes of links: 14 of the letters A to Z and the digits 2 to 7, the first three of which tell the slot (Cloud API, "QR codes")."""

import re
from typing import Final

from takt.core.ids import SLOTS

LINK_CODE: Final = re.compile(r"[A-Z2-7]{14}")
TAIL_CHARS: Final = 11
_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ALLOWED: Final = str.maketrans("0189", "OLBG")


def link_code(slot: int, tail: str) -> str:
    """A code with that slot; `tail` has 11 letters and digits, which make it unique."""
    assert 0 <= slot < SLOTS
    assert len(tail) == TAIL_CHARS
    high, low = divmod(slot, 32)
    return f"{_DIGITS[high // 32]}{_DIGITS[high % 32]}{_DIGITS[low]}{tail.upper().translate(_ALLOWED)}"


def slot_of_code(code: str) -> int | None:
    """The slot that a code tells, or None when the text cannot be one of ours."""
    if not code.isascii() or LINK_CODE.fullmatch(code) is None:
        return None
    first, second, third = (_DIGITS.index(letter) for letter in code[:3])
    slot = (first * 32 + second) * 32 + third
    return slot if slot < SLOTS else None
