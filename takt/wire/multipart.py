"""Multipart forms (RFC 7578) as they arrive: fed in pieces of any size, they come out as parts and their bytes.

Nothing is kept but the line under way, so a form of any length needs the memory of one piece.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from takt.core.value import value

BOUNDARY_BYTES_MAX: Final = 70
PART_HEAD_BYTES_MAX: Final = 8192
PARTS_MAX: Final = 100

_BOUNDARY = re.compile(rb";\s*boundary=(?:\"([^\"]+)\"|([^\s;]+))", re.IGNORECASE)
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;]*))")
_PADDED = re.compile(rb"[ \t]*\r\n")


class MalformedError(Exception):
    """The body is no such form; the text goes on from `the body`."""


@value
class Part:
    """A part begins: its name, and of a file how its sender calls it and its type."""

    name: str
    filename: str | None
    content_type: str | None


@value
class Bytes:
    """Bytes of the part that began last."""

    body: bytes


@value
class PartEnd:
    """The part that began last is complete."""


Event = Part | Bytes | PartEnd


class Reader:
    """Splits one form. Feed it until the body ends, then call `end`."""

    def __init__(self, content_type: bytes) -> None:
        match = _BOUNDARY.search(content_type)
        boundary = (match.group(1) or match.group(2)) if match is not None else b""
        if not content_type.lower().startswith(b"multipart/form-data") or not boundary:
            raise MalformedError("must be multipart/form-data with a boundary")
        if len(boundary) > BOUNDARY_BYTES_MAX:
            raise MalformedError(f"must have a boundary of at most {BOUNDARY_BYTES_MAX} characters")
        self._delimiter = b"\r\n--" + boundary
        self._kept = b"\r\n"  # so that the first delimiter, too, stands behind a line's end
        self._step: Callable[[list[Event]], bool] = self._preamble
        self._parts = 0

    def feed(self, piece: bytes) -> list[Event]:
        """What is known after this piece. Raises MalformedError."""
        self._kept += piece
        events: list[Event] = []
        while self._step(events):
            pass
        return events

    def end(self) -> None:
        """The body has ended. Raises MalformedError when the form has not."""
        if self._step != self._epilogue:
            raise MalformedError("breaks off before its form ends")

    def _preamble(self, _events: list[Event]) -> bool:
        return self._pass_delimiter() is not None

    def _after_delimiter(self, _events: list[Event]) -> bool:
        if self._kept.startswith(b"--"):
            self._step = self._epilogue
            return True
        padded = _PADDED.match(self._kept)
        if padded is not None:
            self._parts += 1
            if self._parts > PARTS_MAX:
                raise MalformedError(f"must have at most {PARTS_MAX} parts")
            # The line's end stays: a head without a field is then an empty line, too.
            self._kept = self._kept[padded.end() - 2 :]
            self._step = self._head
            return True
        if len(self._kept) > PART_HEAD_BYTES_MAX or self._kept.lstrip(b" \t\r\n-"):
            raise MalformedError("must have a line's end behind each boundary")
        return False

    def _head(self, events: list[Event]) -> bool:
        end = self._kept.find(b"\r\n\r\n", 0, PART_HEAD_BYTES_MAX)
        if end < 0:
            if len(self._kept) >= PART_HEAD_BYTES_MAX:
                raise MalformedError(f"must have at most {PART_HEAD_BYTES_MAX} bytes of fields before each part")
            return False
        events.append(_parse_head(self._kept[2:end].decode("utf-8", "replace")))
        self._kept = self._kept[end + 4 :]
        self._step = self._body
        return True

    def _body(self, events: list[Event]) -> bool:
        before = self._pass_delimiter()
        if before is None:
            sure = len(self._kept) - len(self._delimiter) + 1
            if sure > 0:
                events.append(Bytes(self._kept[:sure]))
                self._kept = self._kept[sure:]
            return False
        if before:
            events.append(Bytes(before))
        events.append(PartEnd())
        return True

    def _epilogue(self, _events: list[Event]) -> bool:
        self._kept = b""
        return False

    def _pass_delimiter(self) -> bytes | None:
        """What stands before the next delimiter, which is passed; None when none has come."""
        at = self._kept.find(self._delimiter)
        if at < 0:
            if self._step == self._preamble:
                self._kept = self._kept[-len(self._delimiter) + 1 :]
            return None
        before, self._kept = self._kept[:at], self._kept[at + len(self._delimiter) :]
        self._step = self._after_delimiter
        return before


def _parse_head(text: str) -> Part:
    fields: dict[str, str] = {}
    for line in text.split("\r\n"):
        match = _FIELD.fullmatch(line)
        if match is not None:
            fields[match.group(1).lower()] = match.group(2).strip()
    disposition = fields.get("content-disposition", "")
    given = {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in _PARAMETER.findall(disposition)
    }
    if not disposition.lower().startswith("form-data") or "name" not in given:
        raise MalformedError("must have a Content-Disposition of form-data with a name before each part")
    extended = given.get("filename*", "")
    filename = unquote(extended[7:]) if extended.lower().startswith("utf-8''") else given.get("filename")
    return Part(given["name"], filename, fields.get("content-type"))
