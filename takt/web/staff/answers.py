"""How the inbox API reads requests and answers them: JSON both ways, and every refusal in one shape.

A refusal is `{"error": {"code": "<word>", "message": "<sentence>", "field": "<name>"}}` with a 4xx status.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from takt.core.storable import MUST, find_unstorable, is_storable
from takt.web.http import BodyTooLargeError, BodyTooSlowError, read_body
from takt.wire import errors

BODY_BYTES_MAX = 64 * 1024
NUMBER_MAX = 2**62 - 1
BAD_VALUE = errors.bad_value("", "").code


class Refusal(Exception):
    """A request that is not answered with what it asked for."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        *,
        retry_after_s: int | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.retry_after_s = retry_after_s
        self.fields = fields


def bad(field: str, must: str) -> Refusal:
    """A field is wrong; `must` goes on after its name."""
    return Refusal(400, "invalid", f"{field} {must}.", field)


def as_here(refused: errors.Refusal) -> Refusal:
    """What is refused in the words of the Cloud API, in those of an API for people."""
    error = refused.error
    if "fault" in error.more:
        return Refusal(error.http, str(error.more["fault"]), error.details, retry_after_s=error.retry_after_s)
    if error.type == "GraphMethodException":
        return Refusal(404, "unknown", "There is nothing by this id.")
    if error.code == BAD_VALUE:
        return Refusal(
            400, "invalid", f"{error.details}.", error.details.partition(" ")[0], fields=error.more.get("fields")
        )
    return Refusal(error.http, "refused", f"{error.details}.")


def json_answer(body: object, status: int = 200) -> Response:
    """An answer that nobody keeps: it is for this person only."""
    return Response(msgspec.json.encode(body), status, {"cache-control": "no-store"}, "application/json; charset=utf-8")


def nothing() -> Response:
    """Done, and there is nothing to tell."""
    return Response(status_code=204, headers={"cache-control": "no-store"})


def refusal_answer(refusal: Refusal) -> Response:
    """The refusal as the client sees it."""
    error: dict[str, object] = {"code": refusal.code, "message": refusal.message}
    if refusal.field is not None:
        error["field"] = refusal.field
    if refusal.fields is not None:
        error["fields"] = refusal.fields
    answer = json_answer({"error": error}, refusal.status)
    if refusal.retry_after_s is not None:
        answer.headers["retry-after"] = str(refusal.retry_after_s)
    return answer


async def read_file(request: Request, bytes_max: int) -> bytes:
    """The body as it is, of at most `bytes_max` bytes. Raises Refusal."""
    try:
        return await read_body(request.scope, request.receive, bytes_max)
    except BodyTooLargeError:
        raise Refusal(413, "too_large", f"The body must have at most {bytes_max} bytes.") from None
    except BodyTooSlowError:
        raise Refusal(408, "too_slow", "The body did not arrive in time.") from None


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body, of at most 64 KiB; nothing at all is an empty object."""
    raw = await read_file(request, BODY_BYTES_MAX)
    if not raw:
        return {}
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, "invalid", "The body must be JSON.") from None
    if not isinstance(body, dict):
        raise Refusal(400, "invalid", "The body must be a JSON object.")
    if (place := find_unstorable(body)) is not None:
        raise bad(place, MUST)
    return body


def text_of(body: Mapping[str, Any], name: str, chars_max: int) -> str:
    """A text of 1 to `chars_max` characters that the database can hold."""
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= chars_max or not is_storable(value):
        raise bad(name, f"must be text of 1 to {chars_max} characters")
    return value


def query_text(request: Request, name: str, chars_max: int) -> str:
    """A text of the query, empty when left out."""
    value = request.query_params.get(name, "")
    if len(value) > chars_max or not is_storable(value):
        raise bad(name, f"must be text of at most {chars_max} characters")
    return value


def query_number(request: Request, name: str, default: int, *, low: int = 0, high: int = NUMBER_MAX) -> int:
    """A whole number of the query."""
    value = request.query_params.get(name)
    if value is None:
        return default
    return number_of(value, name, low=low, high=high)


def number_of(value: str, name: str, *, low: int = 0, high: int = NUMBER_MAX) -> int:
    """The whole number that a text says."""
    if not (value.isascii() and value.isdigit() and len(value) <= 19 and low <= int(value) <= high):
        raise bad(name, f"must be a whole number from {low} to {high}")
    return int(value)
