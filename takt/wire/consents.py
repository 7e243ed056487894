"""What companies send about consent, parsed: purposes, lists of consents, facts of the existing-customer exception.

Nothing here knows people: each fault names its field and what would be right.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from io import StringIO
from typing import Any, Final

import msgspec

from takt.core.consent import DECAY
from takt.core.denial import Text
from takt.core.purpose import DEFAULT, KEY, LEGAL_NAME_CHARS_MAX, NAME_CHARS_MAX, WORDING_CHARS_MAX, Purpose
from takt.core.value import value
from takt.wire import errors
from takt.wire.errors import WireError

IMPORT_ROWS_MAX: Final = 5000
SOURCE_CHARS_MAX: Final = 200
EXCEPTION_FACTS: Final = ("sold", "goods", "no_objection", "notice_at_collection", "notice_in_every_use")
"""What UWG §7(3) asks for; `sold` is how the address was got with a sale, `goods` which own similar goods."""

_NUMBER: Final = re.compile(r"[+0-9 ()/.-]{5,32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_COLUMNS: Final = frozenset({
    "to", "purpose", "granted_on", "source", "wording", "vouched_by", "language", "valid_until", "version",
    "evidence_sha256", "age_check",
})  # fmt: skip


class Unfit(Exception):
    """A value does not fit; `fault` says which and what would be right."""

    def __init__(self, fault: WireError) -> None:
        super().__init__(fault.details)
        self.fault = fault


@value
class Row:
    """A consent that a company brings: when it was given by its word, in which words, and who vouches for it."""

    to: str
    purpose: str
    granted_at: datetime
    valid_until: datetime
    language: str
    terms: Mapping[str, Any]


@value
class Claim:
    """An existing customer, with the four facts of the exception."""

    to: str
    purpose: str
    sold_at: datetime
    valid_until: datetime
    terms: Mapping[str, Any]


def parse_purpose(key: str, body: Mapping[str, Any]) -> Purpose:
    """A purpose as a company words it. Raises Unfit."""
    if KEY.fullmatch(key) is None or key == "service":
        raise Unfit(
            errors.bad_value("key", "must be 2 to 40 of a-z, 0-9 and _, begin with a letter, and not be service")
        )
    return Purpose(
        key,
        0,
        _both(body, "name", NAME_CHARS_MAX),
        _both(body, "wording", WORDING_CHARS_MAX),
        _text(body, "legal_name", LEGAL_NAME_CHARS_MAX),
    )


def split_rows(raw: bytes, *, as_csv: bool) -> list[Mapping[str, Any] | WireError]:
    """The rows of a list, as JSON lines or as CSV with names above; what is no row is a fault in its place.

    Raises Unfit when it is no list at all, or too long.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unfit(errors.bad_value("body", "must be UTF-8")) from None
    rows = list(_csv_rows(text) if as_csv else _json_rows(text))
    if not 1 <= len(rows) <= IMPORT_ROWS_MAX:
        raise Unfit(errors.bad_value("body", f"must have 1 to {IMPORT_ROWS_MAX} rows; send a longer list in pieces"))
    return rows


def _json_rows(text: str) -> Iterator[Mapping[str, Any] | WireError]:
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.MsgspecError, RecursionError):
            yield errors.bad_value("row", "must be a JSON object on one line")


def _csv_rows(text: str) -> Iterator[Mapping[str, Any] | WireError]:
    reader = csv.reader(StringIO(text), delimiter=";" if ";" in text.split("\n", 1)[0] else ",")
    try:
        names = [name.strip().casefold() for name in next(reader, [])]
        if not names or len(set(names)) != len(names) or not {"to"} <= set(names):
            raise Unfit(errors.bad_value("body", "must begin with the names of its columns, `to` among them"))
        for cells in reader:
            if len(cells) == len(names):
                yield {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
            elif cells:
                yield errors.bad_value("row", f"must have {len(names)} columns, as the line of names")
    except csv.Error:
        raise Unfit(errors.bad_value("body", "must be CSV")) from None


def parse_whom(body: Mapping[str, Any]) -> tuple[str, str]:
    """Whom a company asks, and for which purpose. Raises Unfit."""
    return _number(body), _purpose(body)


def parse_row(row: Mapping[str, Any], now: datetime) -> Row:
    """One row of a list. Raises Unfit, which names the field."""
    unknown = sorted(set(row) - _COLUMNS)
    if unknown:
        raise Unfit(errors.bad_value(unknown[0][:40], f"is no column: there are {', '.join(sorted(_COLUMNS))}"))
    granted_at = _day(row, "granted_on")
    end = granted_at + DECAY
    if granted_at > now or end <= now:
        raise Unfit(errors.bad_value("granted_on", "must lie within the last 24 months: an older consent has lapsed"))
    if "valid_until" in row:
        end = min(end, _day(row, "valid_until"))
    if end <= now:
        raise Unfit(errors.bad_value("valid_until", "must be in the future"))
    evidence = row.get("evidence_sha256")
    if evidence is not None and not (isinstance(evidence, str) and _SHA256.fullmatch(evidence)):
        raise Unfit(errors.bad_value("evidence_sha256", "must be the SHA-256 of the evidence, 64 hex digits"))
    listed = {
        "source": _text(row, "source", SOURCE_CHARS_MAX),
        "granted_on": granted_at.date().isoformat(),
        "vouched_by": _text(row, "vouched_by", SOURCE_CHARS_MAX),
    }
    terms = {
        "import": listed,
        "wording": _text(row, "wording", WORDING_CHARS_MAX),
        "version": _optional(row, "version"),
        "evidence_sha256": evidence,
        "age_check": _optional(row, "age_check"),
    }
    return Row(
        _number(row), _purpose(row), granted_at, end, _optional(row, "language") or "de",
        {name: said for name, said in terms.items() if said is not None},
    )  # fmt: skip


def parse_claim(body: Mapping[str, Any], now: datetime) -> Claim:
    """The facts of the existing-customer exception; every one must be there. Raises Unfit, which names the missing one."""
    facts: dict[str, Any] = {}
    for name in EXCEPTION_FACTS:
        if name not in body:
            raise Unfit(errors.missing(name))
        if name in ("sold", "goods"):
            facts[name] = _text(body, name, SOURCE_CHARS_MAX)
        elif body[name] is not True:
            raise Unfit(errors.bad_value(name, "must be true: without it the exception does not hold (UWG §7(3))"))
        else:
            facts[name] = True
    sold_at = _day(body, "sold_on")
    if sold_at > now or sold_at + DECAY <= now:
        raise Unfit(errors.bad_value("sold_on", "must lie within the last 24 months"))
    facts |= {"sold_on": sold_at.date().isoformat(), "vouched_by": _text(body, "vouched_by", SOURCE_CHARS_MAX)}
    return Claim(_number(body), _purpose(body), sold_at, sold_at + DECAY, {"exception": facts})


def _text(body: Mapping[str, Any], name: str, chars_max: int) -> str:
    said = body.get(name)
    if said is None:
        raise Unfit(errors.missing(name))
    if not isinstance(said, str) or not 1 <= len(said.strip()) <= chars_max or not _storable(said):
        raise Unfit(errors.bad_value(name, f"must be text of 1 to {chars_max} characters"))
    return said.strip()


def _optional(body: Mapping[str, Any], name: str) -> str | None:
    return None if body.get(name) is None else _text(body, name, SOURCE_CHARS_MAX)


def _both(body: Mapping[str, Any], name: str, chars_max: int) -> Text:
    said = body.get(name)
    if not isinstance(said, dict):
        raise Unfit(errors.bad_value(name, 'must be texts in both languages, {"en": "…", "de": "…"}'))
    found = {language: said.get(language) for language in ("en", "de")}
    for language, text in found.items():
        if not isinstance(text, str) or not 1 <= len(text.strip()) <= chars_max or not _storable(text):
            raise Unfit(errors.bad_value(f"{name}.{language}", f"must be text of 1 to {chars_max} characters"))
    return Text(str(found["en"]).strip(), str(found["de"]).strip())


def _storable(text: str) -> bool:
    return "\x00" not in text and not any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def _number(body: Mapping[str, Any]) -> str:
    said = body.get("to")
    if said is None:
        raise Unfit(errors.missing("to"))
    digits = re.sub(r"[^0-9]", "", said) if isinstance(said, str) and _NUMBER.fullmatch(said) else ""
    digits = digits.removeprefix("00")
    if not 5 <= len(digits) <= 15 or digits.startswith("0"):
        raise Unfit(errors.bad_value("to", "must be a telephone number with its country code"))
    return digits


def _purpose(body: Mapping[str, Any]) -> str:
    said = body.get("purpose", DEFAULT)
    if not isinstance(said, str) or KEY.fullmatch(said) is None:
        raise Unfit(errors.bad_value("purpose", "must be the key of one of your purposes"))
    return said


def _day(body: Mapping[str, Any], name: str) -> datetime:
    said = body.get(name)
    if said is None:
        raise Unfit(errors.missing(name))
    try:
        return datetime.combine(date.fromisoformat(said), time(), UTC)
    except (TypeError, ValueError, OverflowError):
        raise Unfit(errors.bad_value(name, "must be a day, such as 2026-03-31")) from None
