"""A model of what a company's messages cost it and its partner: what must be true after each step of a history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from takt.core.ledger import GRACE
from takt.core.message import Accepted, Status
from tests.world import MARKETING, NOW, UTILITY

PEOPLE = 2
ROOM = 250_000
"""What a partner has: it is used up soon."""
CHANGED = NOW + timedelta(minutes=45)
"""When the next version of the partner's card begins."""
WHOLESALE = ({"text": 0, "utility": 40_000, "marketing": 60_000}, {"text": 0, "utility": 30_000, "marketing": 90_000})
TTL = timedelta(seconds=3600)
TEXT_LIFE = timedelta(days=30)


@dataclass(slots=True)
class Letter:
    """What the model knows of one message of the company. `theirs`: what its partner pays, if it has one."""

    person: int
    sender_id: str
    cursor: int
    price: int
    expires_at: datetime
    theirs: int | None = None
    status: str = "accepted"
    failed_at: datetime | None = None
    late: bool = False
    absorbed: bool = False
    refunded: bool = False
    told: list[tuple[str, bool]] = field(default_factory=lambda: [("sent", True)])


@dataclass(slots=True)
class Model:
    """What must be true after each step."""

    now: datetime = NOW
    letters: dict[UUID, Letter] = field(default_factory=dict)
    window_until: dict[tuple[int, str], datetime] = field(default_factory=dict)
    user_read: dict[tuple[int, str], int] = field(default_factory=dict)
    last: dict[tuple[int, str], int] = field(default_factory=dict)
    cursor: list[int] = field(default_factory=lambda: [0] * PEOPLE)
    receipts_on: list[bool] = field(default_factory=lambda: [True] * PEOPLE)
    sold: bool = False
    """Whether a partner sells to the company."""

    def held(self, leg: int = 0) -> int:
        return sum(paid(letter, leg) or 0 for letter in self.letters.values() if letter.status == "accepted")

    def earned(self, leg: int = 0) -> int:
        return sum(
            paid(letter, leg) or 0
            for letter in self.letters.values()
            if letter.status in ("delivered", "read") and not letter.refunded
        )

    def price(self, person: int, sender_id: str, kind: str) -> int:
        return {"marketing": MARKETING, "text": 0, "utility": 0 if self.is_open(person, sender_id) else UTILITY}[kind]

    def wholesale(self, kind: str) -> int:
        return WHOLESALE[self.now >= CHANGED][kind]

    def lacks(self, person: int, sender_id: str, kind: str) -> bool:
        """Whether the partner has too little for its leg."""
        if not self.sold or self.price(person, sender_id, kind) == 0:
            return False
        return ROOM - self.earned(1) - self.held(1) < self.wholesale(kind)

    def is_open(self, person: int, sender_id: str) -> bool:
        return self.window_until.get((person, sender_id), self.now) > self.now

    def sent(self, person: int, sender_id: str, kind: str, accepted: Accepted) -> None:
        price = self.price(person, sender_id, kind)
        theirs = (self.wholesale(kind) if price else 0) if self.sold else None
        life = TEXT_LIFE if kind == "text" else TTL
        self.cursor[person] += 1
        assert accepted.cursor == self.cursor[person]
        self.last[person, sender_id] = self.cursor[person]
        self.letters[accepted.message_id] = Letter(
            person, sender_id, self.cursor[person], price, self.now + life, theirs
        )

    def wrote(self, person: int, sender_id: str) -> None:
        self.cursor[person] += 1
        self.last[person, sender_id] = self.cursor[person]
        self.window_until[person, sender_id] = self.now + timedelta(hours=24)

    def took(self, said: Sequence[tuple[int, Status, int, str | None]]) -> None:
        """A batch counts as a whole: the furthest of each kind, and reading before delivery."""
        newest = list(self.cursor)
        read: dict[tuple[int, str], int] = {}
        for person, status, through, sender_id in said:
            for key in list(self.last):
                if status is Status.READ and key[0] == person and sender_id in (None, key[1]):
                    read[key] = max(read.get(key, 0), min(through, newest[person]))
        moved = {
            k: v for k, v in read.items() if v > self.user_read.get(k, 0) and self.last[k] > self.user_read.get(k, 0)
        }
        for letter in self.letters.values():
            key = (letter.person, letter.sender_id)
            if key in moved and letter.cursor <= moved[key]:
                self._advance(letter, Status.READ if self.receipts_on[letter.person] else Status.DELIVERED, key)
            for person, status, through, sender_id in said:
                fits = person == letter.person and sender_id in (None, letter.sender_id)
                if status is Status.DELIVERED and fits and letter.cursor <= min(through, newest[person]):
                    self._advance(letter, Status.DELIVERED, key)
        for key, through in moved.items():
            self.user_read[key] = through
            self.cursor[key[0]] += 1

    def _advance(self, letter: Letter, status: Status, key: tuple[int, str]) -> None:
        if letter.status == "accepted":
            letter.told.append((status, True))
        elif letter.status == "failed" and not letter.absorbed:
            assert letter.failed_at is not None
            letter.late = True
            letter.absorbed = self.now - letter.failed_at > GRACE
            if letter.absorbed:
                return
            letter.told.append((status, True))
        elif letter.status == "delivered" and status is Status.READ and letter.cursor > self.user_read.get(key, 0):
            letter.told.append((status, False))
        else:
            return
        letter.status = status

    def expired(self) -> None:
        for letter in self.letters.values():
            if letter.status == "accepted" and letter.expires_at <= self.now:
                letter.status = "failed"
                letter.failed_at = self.now
                letter.told.append(("failed", False))


def paid(letter: Letter, leg: int) -> int | None:
    """What a leg of a message costs; None where there is none."""
    return letter.theirs if leg else letter.price


def letter_state(letter: Letter) -> str:
    """What has become of the hold of a message that costs something."""
    if letter.absorbed or letter.refunded:
        return "absorbed" if letter.absorbed else "refunded"
    return {"accepted": "held", "delivered": "captured", "read": "captured", "failed": "released"}[letter.status]
