"""What a preview is computed from, and what it comes to, as JSON that one process hands to another."""

from dataclasses import field
from datetime import datetime
from typing import Any

import msgspec

from takt.core.value import value


@value
class Line:
    """A recorded message: when it was handed in, for whom and from whom, the facts of its verdict, why it was refused.

    `facts` is their JSON. `zone` and `own` are what the person set: a zone, and quiet minutes of the day with whether
    they count for all but codes.
    """

    message_id: str
    recipient: str
    wa_id: str
    market: str
    sender_id: str
    category: str
    at: datetime
    expires_at: datetime
    facts: str
    reason: str = ""
    price_micros: int = 0
    zone: str | None = None
    own: tuple[int, int, bool] | None = None


@value
class Choice:
    """The last decision of admission about a recorded message, in the log: by which mode, whether it passed by score.

    What was seen then (content score, liking, exposure), the terms of a score (price, gain, loss, annoyance, charge, tiring,
    bonus), and whether the person used the message.
    """

    message_id: str
    at: datetime
    mode: str
    let_out: bool
    passed: bool
    content: float
    affinity: float
    pressure: float
    terms: tuple[float, ...]
    used: bool


@value
class Job:
    """Two whole policies, with what is on record: `whole` says whether that is all of the time since `since`.

    `acts` says what people did about messages, by the message's id: block, report, stop, stop_all. `choices` are the
    decisions about advertising that can be judged by now, `model` what decides by score, with its version.
    """

    old: dict[str, Any]
    new: dict[str, Any]
    since: datetime
    until: datetime
    lines: tuple[Line, ...] = ()
    whole: bool = True
    acts: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    currency: str = "EUR"
    seeds: int = 10
    choices: tuple[Choice, ...] = ()
    model: dict[str, Any] | None = None


@value
class Came:
    """What a preview came to: whether annoyance stays within the budget, and all figures as JSON."""

    within: bool
    result: dict[str, Any]


def encode(made: Job | Came) -> bytes:
    """As bytes for another process."""
    return msgspec.json.encode(made)


def decode_job(body: bytes) -> Job:
    """The job in these bytes."""
    return msgspec.json.decode(body, type=Job)


def decode_outcome(body: bytes) -> Came:
    """What came of a job, in these bytes."""
    return msgspec.json.decode(body, type=Came)
