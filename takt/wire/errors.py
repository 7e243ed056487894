"""What the Cloud API says when something is wrong: one envelope for all of it (Cloud API reference, "Error envelope").

Each constructor is one kind of trouble with its code, HTTP status and a sentence that names what to mend. Clients map
codes to classes of their own, so the codes are the given ones; where the given set has none, the nearest of the same
class is used and the sentence tells the difference.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Final, TypeVar

from takt.core import discretion
from takt.core.denial import Denied
from takt.core.document import UnsoundError
from takt.core.forecast import forecast
from takt.core.repeating import Retry
from takt.core.value import value
from takt.wire import webhook
from takt.wire.instants import instant

OVERLOAD_RETRY_S: Final = 1
NAMED_CHARS_MAX: Final = 80

T = TypeVar("T")
_NOTHING: Final[Mapping[str, Any]] = {}


@value
class WireError:
    """One refusal as a client of the Cloud API gets it; `more` stands beside `details` in `error_data`.

    `retry_after_s` or `next_at` say when a repeat can help and become the header `Retry-After`. `user_title` and
    `user_msg` are for people; errors about templates carry them.
    """

    code: int
    message: str
    details: str
    http: int = 400
    type: str = "OAuthException"
    subcode: int | None = None
    is_transient: bool = False
    retry_after_s: int | None = None
    next_at: datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    user_title: str | None = None
    user_msg: str | None = None


class Refusal(Exception):
    """Carries a WireError from where it is found to the door that answers."""

    def __init__(self, error: WireError) -> None:
        super().__init__(error.message)
        self.error = error


def render(error: WireError, trace_id: str) -> bytes:
    """The body of the answer: ASCII, so that no client can stumble over it."""
    shown: dict[str, Any] = {
        "message": error.message,
        "type": error.type,
        "code": error.code,
        "error_data": {"messaging_product": "whatsapp", "details": error.details, **error.more},
    }
    if error.subcode is not None:
        shown["error_subcode"] = error.subcode
    if error.is_transient:
        shown["is_transient"] = True
    if error.user_title is not None:
        shown["error_user_title"] = error.user_title
        shown["error_user_msg"] = error.user_msg
    shown["fbtrace_id"] = trace_id
    return json.dumps({"error": shown}, separators=(",", ":")).encode()


def retry_after_s(error: WireError, now: datetime) -> int | None:
    """Whole seconds from `now` after which a repeat can help, at least 1; None when none is known."""
    if error.retry_after_s is not None:
        return error.retry_after_s
    if error.next_at is None:
        return None
    return max(1, -int((now - error.next_at).total_seconds() // 1))


# ---------------------------------------------------------------- who is calling


def token_missing() -> WireError:
    """Neither the header nor a parameter carries a token."""
    return WireError(
        104,
        "An access token is required to request this resource.",
        "send the header 'Authorization: Bearer <token>' or the parameter access_token",
        http=401,
    )


def token_invalid() -> WireError:
    """The token is none of ours, or was taken away."""
    return WireError(
        190, "Invalid OAuth access token - Cannot parse access token",
        "access_token is not known here, or was taken away; ask for a new one", http=401,
    )  # fmt: skip


def token_expired(expired_at: datetime) -> WireError:
    """The token was right once."""
    return WireError(
        190,
        f"Error validating access token: Session has expired on {instant(expired_at)}.",
        f"access_token expired at {instant(expired_at)}; ask for a new one",
        http=401,
        subcode=463,
    )


def token_unusable(needed: str) -> WireError:
    """The token is right, but of another kind than this call takes; `needed` says which it takes."""
    return WireError(0, "AuthException", f"access_token must be {needed}", http=401)


def client_unknown() -> WireError:
    """Id and secret of an app do not belong together, or there is no such app."""
    return WireError(
        1, "Error validating client secret.", "client_id and client_secret must be those of one of your apps"
    )


def permission_missing(scope: str) -> WireError:
    """The token lacks a permission."""
    return WireError(
        200, f"(#200) You do not have the necessary permission: {scope}", f"access_token lacks the permission {scope}",
        http=403,
    )  # fmt: skip


# ---------------------------------------------------------------- what is asked for


def unknown_object(identifier: str, method: str = "post") -> WireError:
    """There is no such node, or it is another company's: the two look alike on purpose."""
    named = _named(identifier)
    return WireError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{named}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation.",
        f"id '{named}' does not exist, or access_token may not see it",
        type="GraphMethodException",
        subcode=33,
    )


def unknown_path(path: str) -> WireError:
    """There is nothing at this path."""
    named = _named(path)
    return WireError(2500, f"Unknown path components: {named}", f"the path {named} does not exist here")


def unknown_alias(name: str) -> WireError:
    """A node is named by a word, and nothing here goes by that name."""
    named = _named(name)
    return WireError(
        803, f"(#803) Some of the aliases you requested do not exist: {named}",
        f"'{named}' is no path that exists, and nodes are named by their ids, which are digits", http=404,
    )  # fmt: skip


def unknown_method(method: str, allowed: str) -> WireError:
    """The path is there, but not for this method; `allowed` lists those it takes."""
    named = _named(method.lower())
    return WireError(
        100, f"Unsupported {named} request.", f"this path takes {allowed}, not {named.upper()}",
        type="GraphMethodException",
    )  # fmt: skip


def unknown_field(name: str, node: str) -> WireError:
    """A field was asked for that this kind of node does not have."""
    named = _named(name)
    return WireError(
        100,
        f"(#100) Tried accessing nonexisting field ({named}) on node type ({node})",
        f"fields: {node} has no field '{named}'",
    )


# ---------------------------------------------------------------- parameters


def missing(name: str) -> WireError:
    """A parameter that must be there is not."""
    return WireError(131008, "(#131008) Required parameter is missing", f"{name} is required")


def bad_value(name: str, requirement: str) -> WireError:
    """A parameter's value is wrong; `requirement` goes on from its name, as in "must be a number"."""
    return WireError(131009, "(#131009) Parameter value is not valid", f"{name} {requirement}")


def unsound(says: str) -> WireError:
    """What an `UnsoundError` says, "field: must be …", as a parameter's wrong value."""
    name, _, requirement = says.partition(": ")
    return bad_value(name, requirement)


def sound(parse: Callable[[], T]) -> T:
    """What a parser of a document finds. Raises Refusal, which names the field, for an `UnsoundError`."""
    try:
        return parse()
    except UnsoundError as fault:
        raise Refusal(unsound(str(fault))) from None


def invalid_parameter(name: str, requirement: str) -> WireError:
    """As `bad_value`, for calls about nodes: they know only code 100."""
    return WireError(100, f"(#100) Invalid parameter: {name} {requirement}", f"{name} {requirement}")


def too_long(name: str, length: int, chars_max: int) -> WireError:
    """A text has more characters than allowed."""
    return WireError(
        100,
        f"(#100) Param {name} must be at most {chars_max} characters long.",
        f"{name} must be at most {chars_max} characters long, got {length}",
    )


def unsupported_type(kind: str) -> WireError:
    """A kind of message that exists on the wire, but not between a company and one person."""
    return WireError(
        131051, "(#131051) Unsupported message type",
        f"type '{_named(kind)}' is for groups, which are not enabled here",
    )  # fmt: skip


def marketing_only() -> WireError:
    """The path for marketing took something else."""
    return WireError(
        134100, "(#134100) Only marketing messages are supported",
        "template.name must be a marketing template; send others by /messages",
    )  # fmt: skip


def to_oneself() -> WireError:
    """A sender wrote to its own number."""
    return WireError(131021, "(#131021) Recipient cannot be sender", "to is the number of the sender itself")


def key_reused() -> WireError:
    """An idempotency key came back with another request."""
    return WireError(
        100, "(#100) Invalid parameter: Idempotency-Key belongs to another request",
        "Idempotency-Key was used with another request before: take a new one for each message", http=422,
    )  # fmt: skip


def not_verified(name: str, requirement: str) -> WireError:
    """A callback did not pass the handshake; `requirement` goes on from the name of its parameter."""
    return WireError(
        2200, "(#2200) Callback verification failed", f"{name} {requirement}",
    )  # fmt: skip


# ---------------------------------------------------------------- bodies


def broken_json() -> WireError:
    """The body is no JSON object."""
    return WireError(100, "(#100) Invalid parameter: the body is not a JSON object", "the body must be a JSON object")


def body_unreadable(requirement: str) -> WireError:
    """A body of another form cannot be read; `requirement` goes on from `the body`."""
    return WireError(100, f"(#100) Invalid parameter: the body {requirement}", f"the body {requirement}")


def body_too_large() -> WireError:
    """The body has more bytes than any call takes."""
    return WireError(
        100, "(#100) Invalid parameter: the body is too large", "the body is larger than allowed", http=413
    )


def body_too_slow() -> WireError:
    """The body did not arrive in time."""
    return WireError(
        1, "(#1) The request did not arrive in time", "the body took too long to arrive: send it again", http=408,
        is_transient=True,
    )  # fmt: skip


# ---------------------------------------------------------------- media


def unusable_media(details: str) -> WireError:
    """A medium is not what its kind takes; `details` names the field and says what would be right."""
    return WireError(131053, "(#131053) Media upload error", details)


def gone() -> WireError:
    """An address of a medium that is none, or no longer."""
    return WireError(
        100, "(#100) This address of a medium is not valid, or no longer",
        "url lives five minutes and needs the access_token of the company: ask for a new one with GET /{media id}",
        http=404,
    )  # fmt: skip


# ---------------------------------------------------------------- we


def overloaded() -> WireError:
    """More is waiting than we take at once."""
    return WireError(
        130429, "(#130429) Rate limit hit", "too much is waiting at this moment: send it again a little later",
        http=429, is_transient=True, retry_after_s=OVERLOAD_RETRY_S,
    )  # fmt: skip


def unavailable() -> WireError:
    """The database is away."""
    return WireError(
        131016, "(#131016) Service unavailable", "the service is away for a moment: send it again a little later",
        http=503, is_transient=True, retry_after_s=OVERLOAD_RETRY_S,
    )  # fmt: skip


def internal() -> WireError:
    """A fault of ours; it is in our log under the trace id."""
    return WireError(
        131000, "(#131000) Something went wrong", "an unforeseen fault on our side; fbtrace_id names it in our log",
        http=500,
    )  # fmt: skip


def from_denied(denied: Denied) -> WireError:
    """A verdict as an answer: rule, number, when it could go out and what to do stand beside the details."""
    denied = discretion.told(denied)
    reason = denied.reason
    later = reason.retry is Retry.LATER
    more: dict[str, Any] = {
        "rule": denied.rule,
        "reason": reason.name,
        "figure": denied.figure,
        "next_at": instant(denied.next_at) if denied.next_at is not None else None,
        "forecast": forecast(denied).en,
        "remedy": reason.remedy.en,
    }
    return WireError(
        reason.code, f"(#{reason.code}) {reason.title}", webhook.details(denied), http=reason.http,
        is_transient=later, next_at=denied.next_at if later else None, more=more,
    )  # fmt: skip


def _named(text: str) -> str:
    """A text of the caller's as it may be repeated to them: short and printable."""
    shown = text if len(text) <= NAMED_CHARS_MAX else f"{text[:NAMED_CHARS_MAX]}…"
    return "".join(c if c.isprintable() else "�" for c in shown)
