"""Whether an answer is like what a table says: a pattern of JSON that leaves room where the answer may have it."""

import re
from collections.abc import Mapping
from typing import Any


def unlike(expected: object, got: Any, at: str = "") -> list[str]:
    """Every place where `got` is not as expected, in words; an empty list when it is.

    An object may have more keys than expected, a list may not have more elements. A type stands for every value of it, a
    regular expression for every text that it matches whole, and anything else for itself.
    """
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return [f"{at or 'the answer'} is {got!r}, not an object"]
        return [
            one for key, value in expected.items() for one in unlike(value, got.get(key), f"{at}.{key}".lstrip("."))
        ]
    if isinstance(expected, list):
        if not isinstance(got, list) or len(got) != len(expected):
            return [f"{at or 'the answer'} is {got!r}, not a list of {len(expected)}"]
        return [one for n, value in enumerate(expected) for one in unlike(value, got[n], f"{at}[{n}]")]
    if isinstance(expected, type):
        fits = isinstance(got, expected)
    elif isinstance(expected, re.Pattern):
        fits = isinstance(got, str) and expected.fullmatch(got) is not None
    else:
        fits = bool(got == expected)
    return [] if fits else [f"{at or 'the answer'} is {got!r}, not {getattr(expected, 'pattern', expected)!r}"]


def filled(given: object, words: Mapping[str, str]) -> Any:
    """The same JSON with every text `$NAME` replaced by the word of that name."""
    if isinstance(given, Mapping):
        return {key: filled(value, words) for key, value in given.items()}
    if isinstance(given, list):
        return [filled(one, words) for one in given]
    return words[given[1:]] if isinstance(given, str) and given.startswith("$") else given
