"""Feedback: what people do about the messages of companies, to which message it belongs, and how much it counts.

An act belongs to the message it was done to, else to the newest one of that company of the last seven days; an act that
no message can have caused is no feedback. What it counts depends on who does it: people who block everyone count less,
and of accounts that are new only so many as others agree with (docs/tact.md, "Feedback").
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from takt.core.value import value

CAUSE_AGE: Final = timedelta(days=7)
"""How old a message may be at most to be taken for the cause of an act that names none."""
UNDO_AGE: Final = timedelta(days=1)
"""Until when taking an act back takes its feedback back, too."""
NEWCOMER_AGE: Final = timedelta(days=7)
BRIGADE_SPAN: Final = timedelta(hours=1)
BRIGADE_FREE: Final = 5
BLOCKS_FREE: Final = 3
FULL: Final = 1000
"""A whole vote, in thousandths."""
LEAST: Final = 50
SLOT: Final = timedelta(minutes=15)
"""Deliveries are counted by these pieces of time."""

HARM: Final[Mapping[str, int]] = MappingProxyType(
    {
        "report": 5000, "stop_all": 5000, "block": 1000, "stop": 500, "mute": 300, "not_interested": 200,
    }
)  # fmt: skip
"""How heavy an act weighs against its message, in thousandths of a block."""
FAVOUR: Final = frozenset({"reply", "interested"})
REASONS: Final = ("not_needed", "not_asked", "spam", "offensive", "code_not_asked", "other")
"""Why somebody blocks; the empty text is that they did not say."""


@value
class Voter:
    """Whose act it is: since when they are here, with how many senders they have to do, how many of those they block."""

    since: datetime
    chats: int
    blocked: int

    def is_newcomer(self, now: datetime) -> bool:
        """Whether the account is younger than seven days."""
        return now - self.since < NEWCOMER_AGE


@value
class Crowd:
    """How many newcomers, and how many others, did something of the kind to the same sender within the last hour."""

    newcomers: int = 0
    others: int = 0


def slot_of_time(at: datetime) -> datetime:
    """The quarter of an hour (UTC) that an instant lies in."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def vote(voter: Voter) -> int:
    """What somebody's act counts, in thousandths: less when they block most of those who write to them."""
    if voter.blocked <= BLOCKS_FREE or voter.blocked * 2 <= voter.chats:
        return FULL
    return max(LEAST, FULL * BLOCKS_FREE // voter.blocked)


def capped(weight: int, crowd: Crowd, *, newcomer: bool) -> int:
    """The same, but nothing when more new accounts than others, and five, did it within the hour: a brigade."""
    return 0 if newcomer and crowd.newcomers >= BRIGADE_FREE + crowd.others else weight


def harm_of(kind: str, weight: int) -> int:
    """What one act weighs against its message, in thousandths of a block."""
    return HARM.get(kind, 0) * weight // FULL
