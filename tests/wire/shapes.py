"""Whether a webhook of ours has the shape of one that clients were written for: key for key, and kind for kind."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent.parent / "data" / "cloud-api"

# Keys that ours may lack or have beside a sample, with all that is in them, and why.
OPTIONAL: Mapping[str, str] = {
    "value.contacts[].parent_user_id": "of companies with linked portfolios only",
    "value.statuses[].conversation": "up to v23 only",
    "value.statuses[].recipient_user_id": "since March 2026, which the samples do not know",
    "value.messages[].from_user_id": "since March 2026, which the samples do not know",
    "value.user_preferences[].user_id": "since March 2026, which the samples do not know",
    "value.contacts[].identity_key_hash": "only for senders with the identity check on",
    "value.statuses[].recipient_identity_key_hash": "only for senders with the identity check on",
    "value.statuses[].biz_opaque_callback_data": "only when the company gave one",
    "value.statuses[].pricing.type": "since July 2025, which the samples do not know",
}


@cache
def sample(file: str, name: str) -> dict[str, Any]:
    """The element of `changes` of one sample."""
    change = json.loads((SAMPLES / f"{file}.json").read_text())[name]["entry"][0]["changes"][0]
    assert isinstance(change, dict)
    return change


def same_shape(ours: object, theirs: object, optional: Mapping[str, str] = OPTIONAL) -> list[str]:
    """Every difference in words; none when the two have the same keys and, at each of them, values of the same kinds.

    Elements of a list count as one, with the keys of them all.
    """
    mine, other = dict(_kinds(ours)), dict(_kinds(theirs))
    differing = [
        *(f"{path} is not in ours" for path in sorted(other.keys() - mine.keys())),
        *(f"{path} is only in ours" for path in sorted(mine.keys() - other.keys())),
    ]
    kept = [one for one in differing if not _is_optional(one.partition(" ")[0], optional)]
    unlike = [path for path in sorted(mine.keys() & other.keys()) if mine[path] != other[path]]
    return kept + [f"{path} is {mine[path]} in ours and {other[path]} in theirs" for path in unlike]


def _is_optional(path: str, optional: Mapping[str, str]) -> bool:
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in optional)


def _kinds(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """The kind of every value within, by its path."""
    if at:
        yield at, "number" if type(value) in (int, float) else type(value).__name__
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _kinds(one, f"{at}.{key}".lstrip("."))
    elif isinstance(value, list):
        for one in value:
            yield from _kinds(one, f"{at}[]")
