"""A policy of an installation, as it decides in the twin: its caps, over messages in the order in which they come.

The twin knows days, not hours: quiet hours and waiting move a message within its days and are left out, and a message that
meets a cap is not sent again.
"""

from typing import Final

import numpy as np

from takt.core.admission.arrays import Flags, Floats, Ints, places
from takt.core.admission.hazard import BLOCK, STOP
from takt.core.caps import Caps
from takt.core.tact import TactPolicy
from takt.rehearsal.seen import TIRED_FROM
from takt.twin.offers import DAYS_A_WEEK
from takt.twin.policies import Delivery, Sight
from takt.twin.running import Counts

_BEFORE: Final = DAYS_A_WEEK - 1


class Installed:
    """The policy at work; `arrived` counts by sender what went out, `log` is what it did before a comparison.

    `tired` counts deliveries to tired people, and how many of them blocked and stopped.
    """

    def __init__(self, tact: TactPolicy, users: int, senders: int) -> None:
        self.name = f"version {tact.version}"
        self._caps: Caps = tact.caps
        self._senders = senders
        self._days = np.zeros((_BEFORE, users * senders), np.int16)
        self._today: Ints = np.empty(0, np.int64)
        self.arrived: Floats = np.zeros(senders)
        self.log: Counts | None = None
        self.tired: Ints = np.zeros(3, np.int64)
        self._week: Ints = np.empty(0, np.int64)

    def goes_on(self, tact: TactPolicy) -> "Installed":
        """Another policy from here on: what reached people in the last days still counts."""
        other = Installed(tact, 0, self._senders)
        other._days = self._days.copy()
        return other

    def decide(self, sight: Sight) -> Flags:
        """As they come, as long as all four caps have room."""
        caps, edge = self._caps, sight.person * self._senders + sight.sender
        self._week = sight.last_week()
        sent = self._days.sum(0)[edge]
        nth = _nth(edge)
        passed: Flags = (nth < caps.sender_per_day) & (sent + nth < caps.sender_per_week)
        index = np.flatnonzero(passed)
        person = sight.person[index]
        nth = _nth(person)
        room = (nth < caps.person_per_day) & (sight.last_week()[person] + nth < caps.person_per_week)
        passed[index] = room
        self._today = edge[passed]
        return passed

    def learn(self, delivery: Delivery) -> None:
        """Remember the last six days, by person and sender."""
        self._days = np.roll(self._days, 1, axis=0)
        self._days[0] = np.bincount(self._today, minlength=self._days.shape[1])
        tired = self._week[delivery.person] >= TIRED_FROM
        happened = delivery.outcomes[:, tired].sum(1)
        self.tired += np.array([tired.sum(), happened[BLOCK], happened[STOP]]).astype(np.int64)
        self.arrived += np.bincount(delivery.sender, minlength=self._senders)


def _nth(groups: Ints) -> Ints:
    """The place of each message within its group, in the order in which they come."""
    order = np.argsort(groups, kind="stable")
    found = np.empty(len(groups), np.int64)
    found[order] = places(groups, order)
    return found
