"""What an action gives back: one answer a command, and whom to wake once it is committed."""

from dataclasses import field
from typing import Generic, TypeVar
from uuid import UUID

from takt.core.value import value

Answer = TypeVar("Answer")


@value
class Done(Generic[Answer]):
    """The answers in the order of the commands, and the topics to wake: hints only, nothing rests on them."""

    answers: list[Answer]
    wakes: set[str] = field(default_factory=set)


HOOKS = "hooks"
"""Topic: a webhook event was written."""

DESK = "desk"
"""Topic: a thread changed that its company has not been shown yet."""


def inbox_topic(recipient_id: UUID) -> str:
    """Topic: something came into this person's inbox."""
    return f"inbox:{recipient_id}"


def desk_topic(business_id: UUID) -> str:
    """Topic: a thread card of this business changed."""
    return f"desk:{business_id}"
