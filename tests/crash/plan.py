"""What happens in a crash run, drawn from one seed: who sends what, which words people write, what is killed when.

The plan is the same for the same seed. How the pieces fall together in time is up to the machine; that is the point.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PROGRAMS: Final = 16
PEOPLE: Final = 60
SENDS_EACH: Final = 500
WORDS: Final = 150
PEACE: Final = (200, 500)
PEACE_S_MAX: Final = 5.0
STRANGER: Final = "4915799999999"


class Target(StrEnum):
    """Something to kill with SIGKILL."""

    SERVER = "server"
    POSTMASTER = "postmaster"
    BACKEND = "backend"


@dataclass(frozen=True, slots=True)
class Kill:
    """After so many more answered sends (or 5 s) this dies; `pick` says which backend, a server rests `rest_s`."""

    peace: int
    target: Target
    rest_s: float
    pick: float


@dataclass(frozen=True, slots=True)
class Sending:
    """One thing to be sent. `number` is unique and stands in the text; with a key it is repeated until answered.

    `person` None is a number that nobody has; a text is refused later while its window is closed.
    """

    number: str
    sender: int
    person: int | None
    keyed: bool
    text: bool


@dataclass(frozen=True, slots=True)
class Word:
    """What a person writes to a sender, repeated until answered."""

    client_id: str
    person: int
    sender: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run."""

    seed: int
    sendings: Sequence[Sequence[Sending]]
    words: Sequence[Word]
    kills: Sequence[Kill]


def draw(seed: int, senders: int) -> Plan:
    """The plan of a seed, for so many senders."""
    dice = random.Random(seed)
    sendings = [
        [_sending(dice, f"{program}-{place}", senders) for place in range(SENDS_EACH)] for program in range(PROGRAMS)
    ]
    words = [Word(f"w{place}", dice.randrange(PEOPLE), dice.randrange(senders)) for place in range(WORDS)]
    return Plan(seed, sendings, words, _kills(dice))


def _sending(dice: random.Random, number: str, senders: int) -> Sending:
    return Sending(
        number=number,
        sender=dice.randrange(senders),
        person=None if dice.random() < 0.02 else dice.randrange(PEOPLE),
        keyed=dice.random() < 0.5,
        text=dice.random() < 0.05,
    )


def _kills(dice: random.Random) -> list[Kill]:
    """Each kind at least twice, in any order; but the webhook lease of a server outlives it, so none dies at the end."""
    early = [Target.SERVER, Target.SERVER, Target.POSTMASTER, Target.BACKEND, dice.choice(list(Target))]
    late = [Target.POSTMASTER, Target.BACKEND, Target.BACKEND]
    dice.shuffle(early)
    dice.shuffle(late)
    return [Kill(dice.randint(*PEACE), one, dice.uniform(0.1, 0.8), dice.random()) for one in [*early, *late]]
