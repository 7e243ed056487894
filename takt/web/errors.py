"""Errors of the Cloud API and of the own API on their way out: envelope, trace id, and when to come back."""

from typing import Final

import structlog
from starlette.responses import Response

from takt.clock import Clock
from takt.lanes import LaneFullError, UnavailableError
from takt.store.pool import is_retryable
from takt.vault import VaultAway
from takt.web.http import BodyTooLargeError, BodyTooSlowError, Send, send_bytes
from takt.wire import errors
from takt.wire.errors import Refusal, WireError

TRACE_CHARS = 22

_FAULTS: Final[tuple[tuple[type[Exception], WireError], ...]] = (
    (BodyTooLargeError, errors.body_too_large()),
    (BodyTooSlowError, errors.body_too_slow()),
    (LaneFullError, errors.overloaded()),
    (UnavailableError, errors.unavailable()),
    (VaultAway, errors.unavailable()),
)

_LOG = structlog.get_logger(__name__)


async def send_error(send: Send, error: WireError, clock: Clock) -> None:
    """Answer a plain ASGI request with an error."""
    trace_id = new_trace_id(clock)
    await send_bytes(send, error.http, errors.render(error, trace_id), _headers(error, trace_id, clock))


def error_answer(error: WireError, clock: Clock) -> Response:
    """An error as an answer of a route."""
    trace_id = new_trace_id(clock)
    answer = Response(errors.render(error, trace_id), error.http, media_type="application/json")
    for name, value in _headers(error, trace_id, clock):
        answer.headers[name.decode()] = value.decode()
    return answer


def error_of(fault: Exception, path: str) -> WireError:
    """What a door says to a fault; one that nobody foresaw is logged with the path."""
    if isinstance(fault, Refusal):
        return fault.error
    for kind, error in _FAULTS:
        if isinstance(fault, kind):
            return error
    if is_retryable(fault):
        return errors.unavailable()
    _LOG.error("call_failed", path=path, exc_info=fault)
    return errors.internal()


def new_trace_id(clock: Clock) -> str:
    """A name for one answer, by which a caller and our log can speak of the same thing."""
    return f"A{clock.new_secret(TRACE_CHARS)}"


def _headers(error: WireError, trace_id: str, clock: Clock) -> list[tuple[bytes, bytes]]:
    headers = [(b"x-fb-trace-id", trace_id.encode())]
    wait_s = errors.retry_after_s(error, clock.now())
    if wait_s is not None:
        headers.append((b"retry-after", str(wait_s).encode()))
    if error.http == 401:
        headers.append((b"www-authenticate", b'OAuth "Facebook Platform" "invalid_token"'))
    return headers
