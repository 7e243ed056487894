"""What is said between a form and the endpoint of its company: a question of the form, and what came of it."""

from collections.abc import Mapping
from typing import Any

from takt.core.value import value


@value
class Question:
    """What the form asks, where, and the secret of the flow's app that signs it. `action` as the wire names it."""

    url: str
    secret: str
    version: str
    action: str
    screen: str | None
    data: Mapping[str, Any]
    token: str


@value
class Heard:
    """The endpoint's answer: the next screen with its data; `closing` is what the form ends with instead."""

    screen: str
    data: Mapping[str, Any]
    closing: Mapping[str, Any] | None = None


@value
class Unheard:
    """No answer to go on with. `word` is `key_missing`, `unreachable`, `expired`, `unsigned` or `broken`.

    `message` is the company's own sentence for the person, if it gave one.
    """

    word: str
    message: str | None = None


@value
class Asked:
    """What came of a question, and the milliseconds after which the endpoint answered; None if it did not."""

    said: Heard | Unheard
    took_ms: int | None = None
