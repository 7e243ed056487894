"""Texts of a template that a company submits: their variables, their examples, and what may not stand in them.

Rules: Cloud API reference, "Components", "Parameter formats" and "Template management". A variable is `{{1}}` or, in
templates with named parameters, `{{first_name}}`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from takt.core.storable import is_storable
from takt.core.value import value

EXAMPLE_CHARS_MAX: Final = 1024
NAME_CHARS_MAX: Final = 100
VARIABLES_MAX: Final = 100
WORDS_PER_VARIABLE: Final = 2
"""A text needs so many words for each variable, and one more."""

TOO_LONG: Final = 2388040
FIELD_MISSING: Final = 2388043
HEADER_FORMAT: Final = 2388047
BODY_FORMAT: Final = 2388072
FOOTER_FORMAT: Final = 2388073
RATIO: Final = 2388293
EDGE: Final = 2388299

_TITLES: Final = {
    TOO_LONG: "Character limit exceeded",
    FIELD_MISSING: "Message template components are missing expected fields",
    HEADER_FORMAT: "Message header format is incorrect",
    BODY_FORMAT: "Message body format is incorrect",
    FOOTER_FORMAT: "Message footer format is incorrect",
    RATIO: "Parameters words ratio exceeds limit",
    EDGE: "Leading or trailing parameters are not allowed",
}
_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ADJACENT = re.compile(r"\}\}\s*\{\{")
_MARKDOWN = re.compile(r"[*~`]|(?<!\w)_\S(?:.*?\S)?_(?!\w)")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
_WORD = re.compile(r"\w+")
# Scripts that put no space between words: two letters count as one.
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@value
class Fault:
    """What is wrong with a template: the field, what would be right (goes on from the field), code and title."""

    field: str
    requirement: str
    subcode: int | None = None
    title: str = "Invalid parameter"


class DraftFault(Exception):
    """Carries a Fault from where it is found to whoever asked for the check."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.field} {fault.requirement}")
        self.fault = fault


def wrong(field: str, requirement: str, subcode: int | None = None) -> DraftFault:
    """A fault of this field; `subcode` is one of the 2388xxx."""
    return DraftFault(Fault(field, requirement, subcode, _TITLES.get(subcode or 0, "Invalid parameter")))


def text_of(given: Mapping[str, Any], name: str, field: str, chars_max: int) -> str:
    """A text that must be there and not be empty. Raises DraftFault."""
    text = given.get(name)
    if not isinstance(text, str) or not text.strip():
        raise wrong(f"{field}.{name}", "is required and must be a text", FIELD_MISSING)
    return bounded(text, f"{field}.{name}", chars_max)


def bounded(text: str, field: str, chars_max: int) -> str:
    """The text, if it is short enough and can be stored."""
    if len(text) > chars_max:
        raise wrong(field, f"must have at most {chars_max} characters, got {len(text)}", TOO_LONG)
    if not is_storable(text):
        raise wrong(field, "must be proper Unicode without the character U+0000")
    return text


def one_line(text: str, field: str, subcode: int) -> None:
    """Headers and footers have no line breaks and no formatting."""
    if "\n" in text or "\r" in text:
        raise wrong(field, "must be one line", subcode)
    if _MARKDOWN.search(text) is not None:
        raise wrong(field, "must have no formatting characters (* _ ~ `)", subcode)


def without_emoji(text: str, field: str, subcode: int) -> None:
    """Headers have no emoji either."""
    if _EMOJI.search(text) is not None:
        raise wrong(field, "must have no emoji", subcode)


def variables_of(text: str, field: str, subcode: int, *, named: bool) -> tuple[str, ...]:
    """The variables of a text, each once, in order; numbers run from 1 without gaps. Raises DraftFault."""
    found = tuple(dict.fromkeys(match.strip() for match in _BRACES.findall(text)))
    if len(found) > VARIABLES_MAX:
        raise wrong(field, f"must have at most {VARIABLES_MAX} variables", subcode)
    rest = _BRACES.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise wrong(field, "has braces without a partner: a variable is written {{1}} or {{name}}", subcode)
    for name in found:
        _check_name(name, field, subcode, named=named)
    if not named and sorted(map(int, found)) != list(range(1, len(found) + 1)):
        raise wrong(field, f"must number its variables from 1 without gaps, got {', '.join(found)}", subcode)
    return found


def _check_name(name: str, field: str, subcode: int, *, named: bool) -> None:
    if named:
        if _NAME.fullmatch(name) is None or len(name) > NAME_CHARS_MAX:
            shown = name[:40]
            raise wrong(
                field, f"has a variable '{shown}': names are lower-case letters, digits and underscores", subcode
            )
    elif _NUMBER.fullmatch(name) is None:
        hint = "; with parameter_format NAMED it could have a name" if _NAME.fullmatch(name) else ""
        raise wrong(field, f"has a variable '{name[:40]}': it must be a number such as {{{{1}}}}{hint}", subcode)


def check_flow(text: str, field: str, subcode: int, found: Sequence[str]) -> None:
    """Variables stand within the text, apart from each other, and among enough words. Raises DraftFault."""
    if not found:
        return
    bare = text.strip()
    if bare.startswith("{{") or bare.endswith("}}"):
        raise wrong(field, "must not begin or end with a variable: put words around it", EDGE)
    if _ADJACENT.search(text) is not None:
        raise wrong(field, "has variables next to each other: put words between them", subcode)
    needed = WORDS_PER_VARIABLE * len(found) + 1
    if words_of(text) < needed:
        raise wrong(field, f"has too many variables for its length: {len(found)} of them need {needed} words", RATIO)


def words_of(text: str) -> int:
    """How many words a text has beside its variables."""
    bare = _BRACES.sub(" ", text)
    spaceless = len(_SPACELESS.findall(bare))
    return len(_WORD.findall(_SPACELESS.sub(" ", bare))) + (spaceless + 1) // 2


def example_of(
    given: Mapping[str, Any], place: str, field: str, found: Sequence[str], *, named: bool
) -> dict[str, Any] | None:
    """The example of a text component (`header` or `body`), in the one form it is kept in; None without variables.

    Raises DraftFault when an example lacks for a variable, or stands for none.
    """
    if not found:
        return None
    example = given.get("example")
    if not isinstance(example, dict):
        raise wrong(f"{field}.example", f"is required: a sample for each of {', '.join(found)}", FIELD_MISSING)
    if named:
        return {f"{place}_text_named_params": _named_examples(example, place, field, found)}
    values = example.get(f"{place}_text")
    if isinstance(values, list) and len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    if isinstance(values, str):
        values = [values]
    name = f"{field}.example.{place}_text"
    if not isinstance(values, list) or len(values) != len(found) or not all(map(_is_sample, values)):
        raise wrong(name, f"must hold {len(found)} samples, one text for each variable", FIELD_MISSING)
    samples = [str(one) for one in values]
    return {f"{place}_text": [samples] if place == "body" else samples}


def _named_examples(example: Mapping[str, Any], place: str, field: str, found: Sequence[str]) -> list[dict[str, str]]:
    name = f"{field}.example.{place}_text_named_params"
    given = example.get(f"{place}_text_named_params")
    if not isinstance(given, list) or not all(
        isinstance(one, dict) and _is_sample(one.get("example")) for one in given
    ):
        raise wrong(name, "must be a list of param_name and example", FIELD_MISSING)
    samples = {str(one.get("param_name")): str(one["example"]) for one in given}
    if samples.keys() != set(found) or len(given) != len(found):
        raise wrong(name, f"must have exactly these param_names: {', '.join(found)}", FIELD_MISSING)
    return [{"param_name": one, "example": samples[one]} for one in found]


def _is_sample(sample: object) -> bool:
    if isinstance(sample, bool) or not isinstance(sample, str | int):
        return False
    if isinstance(sample, int):
        return sample.bit_length() < 128
    return 0 < len(sample) <= EXAMPLE_CHARS_MAX and is_storable(sample)
