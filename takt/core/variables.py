"""Variables of a template's texts, `{{1}}` or `{{name}}`, and what is said when values do not fit them."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from takt.core.content import Parameter
from takt.core.denial import Reason
from takt.core.value import value

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


@value
class Mismatch:
    """Why the values do not fit the template: the reason and one sentence that names component and parameter."""

    reason: Reason
    details: str


@lru_cache(maxsize=4096)
def variables(text: str) -> tuple[str, ...]:
    """The variables of a text in order of first appearance, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def replace(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in the place of each variable."""
    return _VARIABLE.sub(lambda match: values[match.group(1)], text)


def fill_in_order(text: str, parameters: Sequence[Parameter]) -> str:
    """The text with its values, of which the first belongs to the lowest number. There must be as many as variables."""
    around, places = _taken_apart(text)
    assert len(parameters) == len(variables(text))
    parts = [around[0]]
    for place, after in zip(places, around[1:], strict=True):
        parts += (parameters[place].value, after)
    return "".join(parts)


@lru_cache(maxsize=4096)
def _taken_apart(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """What stands around the variables of a text, and for each of them the place of its value."""
    in_order = sorted(variables(text), key=lambda name: (len(name), name))
    pieces = _VARIABLE.split(text)
    return tuple(pieces[::2]), tuple(in_order.index(name) for name in pieces[1::2])
