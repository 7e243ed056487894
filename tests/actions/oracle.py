"""An oracle that says what was illegal about a message that went out.

It shares no code with the program: it remembers what happened as a log of its own, and looks at wall clocks, dates and
counts.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays

from takt.core.template import Template
from takt.core.window import WINDOW
from takt.store.reference import Sender

# What the law and the house say, once more and in other words: hours of the wall clock, and silent days.
LAW: Final[dict[str, tuple[str, str, bool, bool]]] = {
    "US": ("08:00", "21:00", False, False),
    "FR": ("08:00", "22:00", True, True),
    "KR": ("08:00", "21:00", False, False),
    "IN": ("07:00", "22:00", False, False),
    "BR": ("08:00", "21:00", False, False),
    "KZ": ("09:00", "22:00", False, False),
    "VN": ("08:00", "22:00", False, True),
}
HOUSE: Final = ("08:00", "20:00", True, True)


@dataclass(slots=True)
class Past:
    """What the oracle remembers of one person; instants as seconds. Consents: when, whose, yes or no, until, id."""

    country: str
    zone: ZoneInfo
    own: tuple[int, int, bool] | None = None
    consents: list[tuple[float, str, bool, float, UUID, bool]] = field(default_factory=list)
    blocks: set[str] = field(default_factory=set)
    muted: set[str] = field(default_factory=set)
    refused_by: set[str] = field(default_factory=set)
    deleted: dict[str, float] = field(default_factory=dict)
    wrote: dict[str, float] = field(default_factory=dict)
    unanswered: Counter[str] = field(default_factory=Counter)
    adverts: list[float] = field(default_factory=list)
    adverts_of: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


class Oracle:
    """Says what is illegal about a message that went out, by what happened before."""

    def __init__(self) -> None:
        self.past: dict[str, Past] = {}
        self.templates: dict[str, str] = {}
        self.read_as: dict[str, str] = {}
        self.caps: tuple[int, int, int, int] = (3, 10, 2, 5)
        self.weekly: int | None = None
        self.held_out: set[str] = set()
        self._days: dict[str, Any] = {}

    def faults(
        self, wa_id: str, sender: Sender, template: Template | None, proof: UUID | None, now: datetime
    ) -> set[str]:
        """The laws that a message breaks."""
        past, name, at = self.past[wa_id], sender.sender_id, now.timestamp()
        support, advert = sender.kind == "support", template is not None and template.category == "marketing"
        window = at - past.wrote.get(name, -1e18) < WINDOW.total_seconds()
        found = {
            "blocked": name in past.blocks,
            "refused by the company": name in past.refused_by,
            "company not live": sender.business.stage != "live" or sender.status != "live",
            "no window": template is None and not window,
            "uninvited support": support and not window,
            "silent person": support and past.unanswered[name] >= sender.unanswered_max,
            "template not approved": template is not None and self.templates[template.template_id] != "APPROVED",
            "hidden advertising": template is not None
            and not advert
            and self.read_as.get(template.template_id) == "marketing",
            "own quiet time": self._own_quiet(past, template, now),
            "deleted": name in past.deleted and (support or (advert and not self._allowed_since(past, sender, name))),
        }
        if advert:
            found |= {
                "muted": name in past.muted,
                "no consent": not self._proven(past, sender.business.waba_id, proof, at),
                "quiet hours": self._quiet(past, now),
                "too much": self._too_much(past, name, at),
                "beyond the weekly cap": self._over_the_week(past, at),
                "held out": wa_id in self.held_out and not window,
            }
        return {law for law, broken in found.items() if broken}

    def _proven(self, past: Past, waba_id: str, proof: UUID | None, at: float) -> bool:
        """The newest word of the person to this company is a yes that still holds, and it is the proof of the send."""
        said = [one for one in past.consents if one[1] == waba_id]
        return bool(said) and said[-1][2] and at < said[-1][3] and said[-1][4] == proof

    def _allowed_since(self, past: Past, sender: Sender, name: str) -> bool:
        return any(
            at > past.deleted[name] and granted and own
            for at, waba_id, granted, _, _, own in past.consents[-1:]
            if waba_id == sender.business.waba_id
        ) or any(
            one[0] > past.deleted[name] and one[2] and one[5]
            for one in [one for one in past.consents if one[1] == sender.business.waba_id][-1:]
        )

    def _quiet(self, past: Past, now: datetime) -> bool:
        local = datetime.fromtimestamp(now.timestamp(), past.zone)
        start, end, sundays, holy = LAW.get(past.country, HOUSE)
        clock = local.strftime("%H:%M")
        return (
            clock < start or clock >= end or (sundays and local.isoweekday() == 7) or (holy and self._holy(past, local))
        )

    def _holy(self, past: Past, local: datetime) -> bool:
        if past.country not in self._days:
            self._days[past.country] = holidays.country_holidays(past.country)
        return local.date() in self._days[past.country]

    def _own_quiet(self, past: Past, template: Template | None, now: datetime) -> bool:
        category = template.category if template is not None else "service"
        if past.own is None or category == "authentication" or (category != "marketing" and not past.own[2]):
            return False
        local = datetime.fromtimestamp(now.timestamp(), past.zone)
        passed = (local.hour * 60 + local.minute - past.own[0]) % 1440
        return passed < (past.own[1] - past.own[0]) % 1440

    def _too_much(self, past: Past, name: str, at: float) -> bool:
        day, week = at - 86_400, at - 7 * 86_400
        mine = past.adverts_of[name]
        counts = [len(times) - bisect_right(times, since) for times in (past.adverts, mine) for since in (day, week)]
        return any(count >= cap for count, cap in zip(counts, self.caps, strict=True))

    def _over_the_week(self, past: Past, at: float) -> bool:
        return self.weekly is not None and len([one for one in past.adverts if one > at - 7 * 86_400]) >= self.weekly

    def note(self, wa_id: str, sender_id: str, template: Template | None, now: datetime) -> None:
        """A message went out."""
        past = self.past[wa_id]
        past.unanswered[sender_id] += 1
        if template is not None and template.category == "marketing":
            past.adverts.append(now.timestamp())
            past.adverts_of[sender_id].append(now.timestamp())
