"""Numbers of companies: how a sender shows itself, what its life allows, and how often something may be tried.

Facts of the Cloud API: "Life cycle", "Business profile", "Conversational components", "Business-scoped user ids and
usernames". Counts are over a span that moves on, so that each act becomes free again by itself.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from takt.core.value import value

REGISTRATIONS_MAX: Final = 10
PIN_GUESSES_MAX: Final = 5
CODES_ASKED_MAX: Final = 5
CODE_GUESSES_MAX: Final = 5
NAMES_MAX: Final = 10
USERNAME_CHARS_MAX: Final = 35
CODE_LIFE: Final = timedelta(minutes=10)
KEPT: Final = timedelta(days=30)
"""How long acts are remembered: the longest span in which one is counted."""

PIN: Final = re.compile(r"[0-9]{6}")
_USERNAME: Final = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
_DOMAIN: Final = re.compile(r"\.(?:com|org|net|edu|gov|int|mil|info|biz|app|io|de|eu|at|ch|uk|fr|in|html|txt)")


class Fault(StrEnum):
    """Why something is not done with a number."""

    GONE = "gone"
    PHONE_TAKEN = "phone_taken"
    NUMBERS_FULL = "numbers_full"
    RESTRICTED = "restricted"
    LOCKED = "locked"
    VERIFIED_ALREADY = "verified_already"
    CODES_TOO_MANY = "codes_too_many"
    CODE_WRONG = "code_wrong"
    CODE_MISSING = "code_missing"
    CODE_GUESSES_TOO_MANY = "code_guesses_too_many"
    NOT_VERIFIED = "not_verified"
    REGISTRATIONS_TOO_MANY = "registrations_too_many"
    PIN_WRONG = "pin_wrong"
    PIN_GUESSES_TOO_MANY = "pin_guesses_too_many"
    NAMES_TOO_MANY = "names_too_many"
    NO_NAME_WISHED = "no_name_wished"
    USERNAME_TAKEN = "username_taken"
    USERNAME_OWN = "username_own"
    LINKS_FULL = "links_full"


@value
class Refused:
    """A no, with the instant from which it may be another answer."""

    fault: Fault
    next_at: datetime | None = None


class Act(StrEnum):
    """What is counted."""

    REGISTRATION = "registration"
    PIN_GUESS = "pin_guess"
    CODE = "code"
    CODE_GUESS = "code_guess"
    NAME = "name"


_ALLOWED: Final[dict[Act, tuple[int, timedelta, Fault]]] = {
    Act.REGISTRATION: (REGISTRATIONS_MAX, timedelta(hours=72), Fault.REGISTRATIONS_TOO_MANY),
    Act.PIN_GUESS: (PIN_GUESSES_MAX, timedelta(hours=1), Fault.PIN_GUESSES_TOO_MANY),
    Act.CODE: (CODES_ASKED_MAX, timedelta(hours=1), Fault.CODES_TOO_MANY),
    Act.CODE_GUESS: (CODE_GUESSES_MAX, timedelta(hours=1), Fault.CODE_GUESSES_TOO_MANY),
    Act.NAME: (NAMES_MAX, timedelta(days=30), Fault.NAMES_TOO_MANY),
}


@value
class Command:
    """A word that people can send by choosing it: the company's `/name`, with what it is for."""

    name: str
    description: str


@value
class Automation:
    """What a chat offers before anything is said: prompts to begin with, commands, a wish for a welcome."""

    prompts: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    welcome: bool = False


@value
class Profile:
    """What a sender says of itself; an empty text is nothing said."""

    about: str = ""
    address: str = ""
    description: str = ""
    email: str = ""
    websites: tuple[str, ...] = ()
    vertical: str = "UNDEFINED"


@value
class Number:
    """How far a sender is in the life of its number, and what its company set for it. `settings` is JSON."""

    verification: str = "VERIFIED"
    has_pin: bool = False
    name_status: str = "APPROVED"
    new_name: str | None = None
    new_name_status: str | None = None
    username: str | None = None
    profile: Profile = field(default_factory=Profile)
    picture_media_id: str | None = None
    automation: Automation = field(default_factory=Automation)
    settings: str = "{}"
    business_key: str | None = None
    checks_identity: bool = False


def pin_hash(sender_id: str, pin: str) -> bytes:
    """What is kept of a PIN. Six digits can be tried out whatever the hash; what guards them is that guesses count."""
    return hashlib.sha256(f"{sender_id}:{pin}".encode()).digest()


def refused_by_count(act: Act, instants: Sequence[datetime], now: datetime) -> Refused | None:
    """A no when so many such acts lie within their span, with the instant at which the oldest of them falls out."""
    most, span, fault = _ALLOWED[act]
    counted = sorted(at for at in instants if at > now - span)
    return Refused(fault, counted[-most] + span) if len(counted) >= most else None


def username_fault(name: str) -> str | None:
    """What is wrong with the form of a username, to go on from its name; None when it is well."""
    if not 3 <= len(name) <= USERNAME_CHARS_MAX:
        return f"must have 3 to {USERNAME_CHARS_MAX} characters"
    if _USERNAME.fullmatch(name) is None:
        return "must be of lower-case letters, digits, underscores and single points, no point at its ends"
    if not any(c.isalpha() for c in name):
        return "must have at least one letter"
    if name.startswith("www"):
        return "must not begin with www"
    if any(match.end() == len(name) for match in _DOMAIN.finditer(name)):
        return "must not end like the name of a domain"
    return None
