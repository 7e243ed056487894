"""Values of templates from the library: each variable of them has a kind, which is checked when a message is sent.

Cloud API reference, "Library": such templates are categorised beforehand, because no variable can hold free text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

TEXT_CHARS_MAX: Final = 60
ADDRESS_CHARS_MAX: Final = 200

_FORMS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "AMOUNT": (re.compile(r"[^\W\d_]{0,3}\s?[€$£¥₹]?\s?-?\d[\d.,\u00a0' ]*\s?[€$£¥₹]?\s?[^\W\d_]{0,3}"), "an amount, such as 12.50 EUR"),
    "DATE": (re.compile(r"[\w.,:/ \u00a0-]{2,40}"), "a day or time, such as 12 May 2027"),
    "PHONE NUMBER": (re.compile(r"\+?[\d ()/.-]{5,25}"), "a telephone number"),
    "EMAIL": (re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"), "an e-mail address"),
    "NUMBER": (re.compile(r"[\w#/.-]{1,40}"), "a number or a reference, such as 4711"),
}  # fmt: skip


def value_fault(kinds: Sequence[str], values: Sequence[str]) -> tuple[int, str] | None:
    """The first value that is not of its variable's kind: its place, and what it must be."""
    for place, (kind, given) in enumerate(zip(kinds, values, strict=False)):
        requirement = _requirement(kind, given)
        if requirement is not None:
            return place, requirement
    return None


def _requirement(kind: str, given: str) -> str | None:
    if kind in _FORMS:
        pattern, requirement = _FORMS[kind]
        return None if pattern.fullmatch(given.strip()) else requirement
    most = ADDRESS_CHARS_MAX if kind == "ADDRESS" else TEXT_CHARS_MAX
    return None if len(given) <= most else f"at most {most} characters"
