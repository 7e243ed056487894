"""Parameters of a call, however they come: in the query, as a form, as JSON, or as parts of a multipart body.

What stands in the body counts before what stands in the query. Every value is bounded by the body and the query that
carry it; texts with the character U+0000 are refused, for nothing can store them.
"""

from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from takt.core.value import value
from takt.web.http import Receive, Scope, header, read_body
from takt.wire import cloud, errors
from takt.wire.errors import Refusal, WireError

FIELDS_MAX: Final = 100
NUMBER_CHARS_MAX: Final = 40

_JSON: Final = b"application/json"
_MULTIPART: Final = b"multipart/form-data"


@value
class Parameters:
    """Names and values as they came: texts, or any JSON where the body was JSON."""

    values: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """The value as it came, or None."""
        return self.values.get(name)

    def text(self, name: str) -> str | None:
        """The value as a text; a number or truth value in JSON counts as its text, anything else as absent."""
        value = self.values.get(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            # Longer ones are no number that anything here means, and turning them into text is slow.
            return str(value) if value.bit_length() < NUMBER_CHARS_MAX * 3 else None
        return value if isinstance(value, str) else None


async def read_parameters(scope: Scope, receive: Receive) -> Parameters:
    """The parameters of a request. Raises Refusal, and what `read_body` raises."""
    raw = b"" if scope["method"] in ("GET", "HEAD") else await read_body(scope, receive)
    return decode_parameters(scope, raw)


def decode_parameters(scope: Scope, raw: bytes) -> Parameters:
    """Those of the query and of a body that was read. Raises Refusal."""
    body = _decode(header(scope, b"content-type") or b"", raw) if raw.strip() else {}
    return _checked({**query_parameters(scope).values, **body})


def query_parameters(scope: Scope) -> Parameters:
    """Those of the query alone. Raises Refusal."""
    return _checked(_pairs(scope["query_string"]))


def _checked(values: Mapping[str, Any]) -> Parameters:
    if any(isinstance(value, str) and "\x00" in value for value in (*values, *values.values())):
        raise Refusal(errors.body_unreadable("must not contain the character U+0000"))
    return Parameters(values)


def _decode(kind: bytes, raw: bytes) -> dict[str, Any]:
    if kind.lower().startswith(_MULTIPART):
        return _parts(kind, raw)
    # A body that begins like JSON is JSON, whatever a careless client calls it.
    if kind.lower().startswith(_JSON) or raw.lstrip().startswith(b"{"):
        body = cloud.decode_body(_unwrapped(raw))
        if isinstance(body, WireError):
            raise Refusal(body)
        return body
    return _pairs(raw)


def _unwrapped(raw: bytes) -> bytes:
    """The JSON inside of a body that is JSON in a JSON text: a client (pywa) sends languages of templates so."""
    if not raw.lstrip().startswith(b'"'):
        return raw
    try:
        return msgspec.json.decode(raw, type=str).encode()
    except (msgspec.DecodeError, UnicodeEncodeError):
        return raw


def _pairs(raw: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError:
        raise Refusal(errors.body_unreadable(f"must have at most {FIELDS_MAX} fields")) from None


def _parts(kind: bytes, raw: bytes) -> dict[str, Any]:
    try:
        message = message_from_bytes(b"content-type: " + kind + b"\r\n\r\n" + raw)
        parts = message.get_payload()
    except (ValueError, LookupError, RecursionError):
        parts = None
    if not isinstance(parts, list) or len(parts) > FIELDS_MAX:
        raise Refusal(errors.body_unreadable(f"must be a multipart form of at most {FIELDS_MAX} fields"))
    found: dict[str, Any] = {}
    for part in parts:
        name = part.get_param("name", header="content-disposition") if isinstance(part, Message) else None
        content = part.get_payload(decode=True) if isinstance(part, Message) else None
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content.decode("utf-8", "replace")
    return found
