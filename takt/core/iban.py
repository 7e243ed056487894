"""Numbers with check digits that banks use: IBANs, and references for transfers (RF, ISO 11649). Both are ISO 7064 mod 97-10.

A reference of ours carries a slot and the tail of an id, so that whoever reads it on a statement knows in which part to look.
"""

import re
from typing import Final
from uuid import UUID

from takt.core.ids import TAIL_BITS, slot_of

OF_PAYMENT: Final = "P"
OF_CONTRACT: Final = "C"
_LENGTHS: Final = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27,
}  # fmt: skip
"""How long IBANs are, by country (ISO 13616); of others only the bounds are known."""
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_REFERENCE: Final = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)
_OURS: Final = re.compile(r"RF[0-9]{2}([CP])([0-9A-Z]{15})", re.ASCII)
_WRITTEN: Final = re.compile(r"(?<![A-Z0-9])RF ?[0-9]{2}(?: ?[A-Z0-9]){16}", re.ASCII)
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE_CHARS: Final = 15
_TAIL: Final = (1 << TAIL_BITS) - 1


def compact(text: str) -> str:
    """The number as machines write it: in capitals, without spaces."""
    return "".join(text.split()).upper()


def is_iban(text: str) -> bool:
    """Whether a compact text is an IBAN by form, length of its country and check digits."""
    if _IBAN.fullmatch(text) is None or _LENGTHS.get(text[:2], len(text)) != len(text):
        return False
    return _remainder(text[4:] + text[:4]) == 1


def is_reference(text: str) -> bool:
    """Whether a compact text is a reference by ISO 11649."""
    return _REFERENCE.fullmatch(text) is not None and _remainder(text[4:] + text[:4]) == 1


def reference(kind: str, identifier: UUID) -> str:
    """The reference of a payment (`P`) or contract (`C`): RF, two check digits, the kind, slot and tail of the id."""
    number, code = slot_of(identifier) << TAIL_BITS | identifier.int & _TAIL, ""
    for _ in range(_CODE_CHARS):
        number, digit = divmod(number, len(_DIGITS))
        code = _DIGITS[digit] + code
    return f"RF{98 - _remainder(kind + code + 'RF00'):02}{kind}{code}"


def slot_of_reference(text: str) -> tuple[str, int] | None:
    """The kind and slot that a reference of ours carries, or None when it cannot be one."""
    match = _OURS.fullmatch(text)
    if match is None or not is_reference(text):
        return None
    number = int(match.group(2), len(_DIGITS))
    return (match.group(1), number >> TAIL_BITS) if number >> TAIL_BITS < 1 << 12 else None


def references_in(text: str) -> list[str]:
    """References of ours that people wrote into a text, with or without spaces, whose check digits are right."""
    found = (compact(match.group()) for match in _WRITTEN.finditer(text.upper()))
    return [one for one in found if slot_of_reference(one) is not None]


def spaced(text: str) -> str:
    """The number as people read it, in groups of four."""
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _remainder(text: str) -> int:
    return int("".join(str(_DIGITS.index(one)) for one in text)) % 97
