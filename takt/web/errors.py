"""Answers that say no, in the envelope that clients of the Cloud API know."""

from typing import Final

from takt.clock import Clock
from takt.web.http import Headers, Send, send_bytes
from takt.wire import errors
from takt.wire.errors import WireError

TRACE_CHARS: Final = 22


async def send_error(send: Send, error: WireError, clock: Clock, headers: Headers | None = None) -> None:
    """Answer with an error, a trace id of its own and, where a repeat can help, `Retry-After`."""
    trace_id = new_trace_id(clock)
    sent: Headers = [(b"x-fb-trace-id", trace_id.encode()), (b"cache-control", b"no-store"), *(headers or [])]
    wait_s = errors.retry_after_s(error, clock.now())
    if wait_s is not None:
        sent.append((b"retry-after", str(wait_s).encode()))
    if error.http == 401:
        sent.append((b"www-authenticate", b'Bearer error="invalid_token"'))
    await send_bytes(send, error.http, errors.render(error, trace_id), sent)


def new_trace_id(clock: Clock) -> str:
    """A name for one answer, by which a caller and our log can speak of the same thing."""
    return f"A{clock.new_secret(TRACE_CHARS)}"
