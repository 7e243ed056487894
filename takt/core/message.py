"""Messages: who says what to whom, in which category, and the one-way order of statuses."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core.content import NO_FILES, PREVIEW_CHARS, Content, Files
from takt.core.value import value

CALLBACK_CHARS_MAX: Final = 512


class Category(StrEnum):
    """What a message is for; templates carry it, everything free-form is service."""

    SERVICE = "service"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"
    MARKETING = "marketing"


class Status(StrEnum):
    """What became of a message. On the wire `accepted` is reported as `sent`: it is in the inbox by then.

    A `waiting` one was taken and is in no inbox yet; nothing is reported of it.
    """

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


_ONWARD: Final[dict[Status, frozenset[Status]]] = {
    Status.WAITING: frozenset({Status.ACCEPTED, Status.FAILED}),
    Status.ACCEPTED: frozenset({Status.DELIVERED, Status.READ, Status.FAILED}),
    Status.DELIVERED: frozenset({Status.READ}),
    Status.READ: frozenset(),
    Status.FAILED: frozenset({Status.DELIVERED, Status.READ}),  # its time was over, but the device had it
}


def advance(old: Status, reported: Status) -> Status | None:
    """The new status, or None when the report repeats or steps back and nothing may happen."""
    return reported if reported in _ONWARD[old] else None


def before(reported: Status) -> list[str]:
    """The statuses from which `reported` moves on, for a set-wise update."""
    return [str(old) for old, onward in _ONWARD.items() if reported in onward]


@value
class SendMessage:
    """A company's wish to send. `to` is what the caller typed, `wa_id` the digits of it.

    `repeatable`: the id stands for the request, so that a repeated one meets itself. `verdict_at_once`: every refusal
    is answered instead of reported later. `files` is what lies behind the media of the content, `media_fault` why one
    of them cannot be sent. `identity` is the hash that the person must have.
    """

    message_id: UUID
    sender_id: str
    to: str
    wa_id: str
    content: Content
    context_id: UUID | None = None
    callback: str | None = None
    repeatable: bool = False
    verdict_at_once: bool = False
    files: Files = field(default_factory=lambda: NO_FILES)
    media_fault: str = ""
    identity: str | None = None
    by_marketing_path: bool = False


@value
class Accepted:
    """A yes: the message is in the inbox of its recipient, under this cursor."""

    message_id: UUID
    wa_id: str
    user_code: str | None
    cursor: int
    accepted_at: datetime


@value
class Waits:
    """A yes, but not yet: the message is looked at again at `due_at`; until then it `waits_for` what the policy names."""

    message_id: UUID
    wa_id: str
    user_code: str | None
    due_at: datetime
    waits_for: str


def preview(text: str) -> str:
    """One line of at most 120 characters for lists."""
    line = " ".join(text.split())
    return line if len(line) <= PREVIEW_CHARS else line[: PREVIEW_CHARS - 1] + "…"
