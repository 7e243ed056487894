"""The life of a template: its statuses, what moves it from one to another, and what is due by itself.

Cloud API reference, "Status life cycle" and "Quality, pausing, pacing". A move that does not fit the status is None.
`docs/review.md` shows the same as a table.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from takt.core.value import value

STATUSES: Final = frozenset({
    "PENDING", "APPROVED", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "FLAGGED", "LOCKED", "LIMIT_EXCEEDED",
    "PENDING_DELETION", "DELETED", "ARCHIVED",
})  # fmt: skip
SENDABLE: Final = frozenset({"APPROVED", "FLAGGED"})
DISPUTABLE: Final = frozenset({"APPROVED", "FLAGGED", "PAUSED"})
"""Where only the category can be appealed."""
WAITING: Final = frozenset({"PENDING", "IN_APPEAL", "LOCKED"})
"""What waits for somebody's decision."""
GONE: Final = frozenset({"PENDING_DELETION", "DELETED"})
PAUSES: Final = (timedelta(hours=3), timedelta(hours=6))
"""How long the first and the second pause last; the third one, by a person, disables. The machine locks instead."""
APPEAL_LIFE: Final = timedelta(days=14)
"""For how long a company may object to a lock."""
ANSWER_LIFE: Final = timedelta(hours=48)
"""Until when an appeal shall be answered."""
NOTICE: Final = timedelta(hours=24)
"""How long before it happens a company hears of a new category."""
ARCHIVE_LIFE: Final = timedelta(days=28)
DELIVERY_LIFE: Final = timedelta(days=30)
NAME_REST: Final = timedelta(days=30)
EDIT_REST: Final = timedelta(hours=24)
EDIT_SPAN: Final = timedelta(days=30)
EDITS_MAX: Final = 10
CREATES_MAX: Final = 100
CREATE_SPAN: Final = timedelta(hours=1)
TEMPLATES_OF_VERIFIED_MAX: Final = 6000
TEMPLATES_OF_OTHERS_MAX: Final = 250

MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "edit": dict.fromkeys(("APPROVED", "FLAGGED", "REJECTED", "PAUSED", "DISABLED"), "PENDING"),
    "approve": {"PENDING": "APPROVED", "IN_APPEAL": "APPROVED"},
    "reject": {"PENDING": "REJECTED", "IN_APPEAL": ""},
    "pause": dict.fromkeys(("APPROVED", "FLAGGED"), "PAUSED"),
    "halt": dict.fromkeys(("APPROVED", "FLAGGED"), "PAUSED"),
    "resume": {"PAUSED": "APPROVED"},
    "lock": dict.fromkeys(("APPROVED", "FLAGGED"), "LOCKED"),
    "disable": dict.fromkeys(("APPROVED", "FLAGGED", "PAUSED", "LOCKED"), "DISABLED"),
    "flag": {"APPROVED": "FLAGGED"},
    "reinstate": dict.fromkeys(("FLAGGED", "PAUSED", "LOCKED", "DISABLED", "REJECTED"), "APPROVED"),
    "appeal": dict.fromkeys(("REJECTED", "LOCKED", "DISABLED"), "IN_APPEAL"),
    "archive": dict.fromkeys(("APPROVED", "FLAGGED", "REJECTED", "PAUSED"), "ARCHIVED"),
    "unarchive": {"ARCHIVED": ""},
    "exceed": dict.fromkeys(("APPROVED", "FLAGGED"), "LIMIT_EXCEEDED"),
    "readmit": {"LIMIT_EXCEEDED": ""},
    "delete": dict.fromkeys(
        ("PENDING", "APPROVED", "FLAGGED", "REJECTED", "PAUSED", "ARCHIVED", "IN_APPEAL", "LIMIT_EXCEEDED"), ""
    ),
    "vanish": {"PENDING_DELETION": "DELETED"},
}
"""Each move: from which status to which; where the target is empty, what was before decides."""


@value
class Life:
    """Where a template stands. `before` is the status it came from, where it may have to go back.

    `room`: how many messages may go out in the stage of pacing that began at `paced_at`; None is all.
    `paused_until` None while PAUSED: it stays so until somebody unpauses it. `due_at`: something happens by itself.
    """

    status: str
    category: str
    submitted_at: datetime
    before: str = ""
    previous_category: str | None = None
    correct_category: str | None = None
    category_at: datetime | None = None
    rejected_reason: str = "NONE"
    quality: str = "UNKNOWN"
    quality_at: datetime | None = None
    pauses: int = 0
    paused_until: datetime | None = None
    approved_at: datetime | None = None
    gone_at: datetime | None = None
    archived_at: datetime | None = None
    edited: tuple[datetime, ...] = ()
    checked: bool = False
    tried_since: datetime | None = None
    locked_at: datetime | None = None
    room: int | None = None
    paced_at: datetime | None = None

    def due_at(self) -> datetime | None:
        """When something happens without anybody asking: a check, an end of a pause, a new category, an end."""
        match self.status:
            case "PENDING" | "IN_APPEAL":
                return None if self.checked else self.submitted_at
            case "PENDING_DELETION":
                return self.gone_at
            case "ARCHIVED":
                return self.archived_at + ARCHIVE_LIFE if self.archived_at else None
            case "DELETED" | "LOCKED":
                return None
            case _:
                resumes_at = self.paused_until if self.status == "PAUSED" else None
                return min((at for at in (resumes_at, self.category_at) if at is not None), default=None)


def disputed(life: Life) -> str | None:
    """The category that its company gave, where another one was set or is announced; that can be appealed."""
    if life.correct_category is None:
        return None
    declared = life.category if life.category_at is not None else life.previous_category
    return None if declared == life.correct_category else declared


def move(life: Life, name: str, now: datetime) -> Life | None:
    """The life after a move of this name at this instant; None when the status does not allow it."""
    target = MOVES[name].get(life.status)
    if name == "appeal" and life.status in DISPUTABLE and disputed(life) is not None:
        target = "IN_APPEAL"
    if target is None:
        return None
    if name == "approve" and life.status == "IN_APPEAL":
        life = _heard(life)
    back = life.before if life.before in ("APPROVED", "FLAGGED", "REJECTED", "PAUSED", "DISABLED") else "REJECTED"
    if name == "delete":
        target = "PENDING_DELETION" if life.approved_at is not None else "DELETED"
    elif (name == "pause" and life.pauses >= len(PAUSES)) or (name == "reject" and life.before == "LOCKED"):
        target = "DISABLED"
    moved = replace(life, status=target or back, before=life.status)
    if name in ("approve", "reinstate", "resume"):
        return replace(
            moved, rejected_reason="NONE", approved_at=life.approved_at or now, paused_until=None, tried_since=now
        )
    return replace(moved, **_changes(life, name, moved.status, now))


def _heard(life: Life) -> Life:
    """An appeal was granted: the category is what its company said, and that is the right one."""
    declared = disputed(life) if life.before in DISPUTABLE else None
    if declared is None:
        return life
    return replace(life, category=declared, correct_category=declared, previous_category=None, category_at=None)


def _changes(life: Life, name: str, target: str, now: datetime) -> dict[str, Any]:
    """What a move writes down beside the status."""
    match name:
        case "edit":
            recent = tuple(at for at in life.edited if at > now - EDIT_SPAN)
            counted = (*recent, now) if life.status in SENDABLE else recent
            changes: dict[str, Any] = {
                "edited": counted, "submitted_at": now, "checked": False, "paused_until": None,
            }  # fmt: skip
            if disputed(life) is None:
                changes["correct_category"] = None  # what was said of it was said of other words
        case "pause":
            until = None if target == "DISABLED" else now + PAUSES[life.pauses]
            changes = {"pauses": life.pauses + 1, "paused_until": until}
        case "lock":
            changes = {"pauses": life.pauses + 1, "locked_at": now, "submitted_at": now}
        case "appeal":
            changes = {"submitted_at": now, "checked": False}
        case _:
            changes = {_DATED[name]: now} if name in _DATED else {}
    return changes


_DATED: Final = {"archive": "archived_at", "delete": "gone_at", "vanish": "gone_at"}


def appeal_until(life: Life) -> datetime | None:
    """Until when a company may object to the lock of its template; None where there is no such end."""
    if life.status != "LOCKED" or life.locked_at is None:
        return None
    return life.locked_at + APPEAL_LIFE


def may_appeal(life: Life, now: datetime) -> bool:
    """Whether its company may object to what was decided about it."""
    until = appeal_until(life)
    return (until is None or now < until) and move(life, "appeal", now) is not None


def edit_room(life: Life, now: datetime) -> datetime | None:
    """When an approved template may be edited again; None when it may at once."""
    if life.status not in SENDABLE or not life.edited:
        return None
    recent = sorted(at for at in life.edited if at > now - EDIT_SPAN)
    waits = [recent[-1] + EDIT_REST] if recent else []
    waits += [recent[-EDITS_MAX] + EDIT_SPAN] if len(recent) >= EDITS_MAX else []
    later = max(waits, default=now)
    return later if later > now else None


def pause_title(life: Life) -> str:
    """What the wire calls the newest pause."""
    return ("FIRST_PAUSE", "SECOND_PAUSE", "DISABLED")[min(life.pauses, 3) - 1]
