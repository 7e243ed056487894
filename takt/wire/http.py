"""HTTP/1.1 as a client of strangers speaks it (RFC 9112): one request as bytes, and the head of the answer.

Only what webhooks need, and strict: whatever could be read in two ways is broken.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult

from takt.core.value import value

HEAD_BYTES_MAX: Final = 32_768
LENGTH_DIGITS_MAX: Final = 15
CHUNK_DIGITS_MAX: Final = 8

_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: [^\r\n]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class BrokenAnswer(Exception):
    """What came is no HTTP answer."""


@value
class Head:
    """Status and framing of an answer. `length` None: the body ends with the connection, unless it is `chunked`."""

    status: int
    length: int | None
    chunked: bool
    keeps_open: bool
    retry_after: str | None
    content_type: str | None = None
    location: str | None = None

    @property
    def is_interim(self) -> bool:
        """Whether the real answer is still to come."""
        return 100 <= self.status < 200


def render_request(method: str, url: SplitResult, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A whole request. The address is printable ASCII (see `takt.core.address`), the headers are ours."""
    target = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
    lines = [f"{method} {target} HTTP/1.1", f"Host: {_authority(url)}", *(f"{k}: {v}" for k, v in headers.items())]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    assert all("\r" not in line and "\n" not in line for line in lines)
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def parse_head(raw: bytes) -> Head:
    """Status line and header fields up to and with the empty line. Raises BrokenAnswer."""
    first, *lines = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    match = _STATUS_LINE.fullmatch(first)
    if match is None:
        raise BrokenAnswer
    fields: dict[bytes, bytes] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise BrokenAnswer
        name, value = field.group(1).lower(), field.group(2)
        fields[name] = value if name not in fields else fields[name] + b", " + value
    status, coding = int(match.group(2)), fields.get(b"transfer-encoding", b"").lower()
    bodyless = status in (204, 304) or 100 <= status < 200
    return Head(
        status,
        0 if bodyless else _length(fields.get(b"content-length"), coding),
        coding == b"chunked" and not bodyless,
        match.group(1) == b"1" and b"close" not in fields.get(b"connection", b"").lower(),
        _text(fields, b"retry-after"),
        _text(fields, b"content-type"),
        _text(fields, b"location"),
    )


def parse_chunk_size(line: bytes) -> int:
    """The size in the first line of a chunk; extensions are passed over. Raises BrokenAnswer."""
    digits = line.rstrip(b"\r\n").partition(b";")[0].strip()
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,%d}" % CHUNK_DIGITS_MAX, digits):
        raise BrokenAnswer
    return int(digits, 16)


def _text(fields: Mapping[bytes, bytes], name: bytes) -> str | None:
    return fields[name].decode("latin-1") if name in fields else None


def _length(value: bytes | None, coding: bytes) -> int | None:
    """How long the body is; None when only its end tells. Two ways to say it are one too many."""
    if value is None:
        return None
    if coding or not re.fullmatch(rb"[0-9]{1,%d}" % LENGTH_DIGITS_MAX, value):
        raise BrokenAnswer
    return int(value)


def _authority(url: SplitResult) -> str:
    host = url.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return shown if url.port in (None, _DEFAULT_PORTS[url.scheme]) else f"{shown}:{url.port}"
