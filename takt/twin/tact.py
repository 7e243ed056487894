"""The admission policy in the twin: the functions of the product, over everybody at once."""

from dataclasses import dataclass, field, replace

import numpy as np

from takt.core.admission import exploration, fairness, outlook, shadow
from takt.core.admission.arrays import Flags, Floats, Ints
from takt.core.admission.deciding import Rules, decide
from takt.core.admission.outlook import Outlook, Stakes
from takt.core.admission.prospects import Sample, prospect
from takt.core.admission.scoring import Candidates, Taste
from takt.core.admission.shadow import ShadowPrice, Slipped
from takt.twin.diary import Diary
from takt.twin.knowledge import Knowledge
from takt.twin.offers import DAYS_A_WEEK
from takt.twin.policies import Delivery, Sight


@dataclass(frozen=True, slots=True)
class Setting:
    """How the policy is set: a fixed shadow price, or a budget of annoyance a week per 1,000 people that moves it."""

    shadow: float = 5.0
    budget: float | None = None
    taste: Taste = field(default_factory=Taste)
    stakes: Stakes = field(default_factory=lambda: Stakes(leave=5.0))
    exploration: float = 0.03
    reserve: float = 0.0
    room: int = 7
    floor: float = 0.0


class Tact:
    """Lets through what earns more than it costs in people's patience."""

    def __init__(self, known: Knowledge, sample: Sight, setting: Setting, seed: int) -> None:
        self.name = f"tact, shadow price {setting.shadow:g}" if setting.budget is None else f"tact, {setting.budget:g}"
        self.known, self._sample, self._setting = known, sample, setting
        self._chance = np.random.default_rng((seed, 2))
        self._price = ShadowPrice(setting.shadow)
        self._outlook: Outlook | None = None
        self._multiplier: Floats = np.empty(0)
        self.diary = Diary()
        self._bonus, self._offered, self._let_out = np.zeros((3, len(known.owner_mean)))

    @property
    def price(self) -> float:
        """What a unit of annoyance costs now."""
        return self._price.price

    def decide(self, sight: Sight) -> Flags:
        """By score, or by lot in the weeks of people that are explored; where it follows a budget, the price moves within the day."""
        if sight.day % DAYS_A_WEEK == 0 or not len(self._multiplier):
            self._open_week(sight)
        self.diary.open_day()
        ahead = self._ahead()
        offered = replace(self.known.candidates(sight), bonus=self._bonus[sight.owner])
        room = self._setting.room - sight.last_week()
        chosen = np.zeros(len(sight.person), bool)
        for which in self._parts(sight):
            self._move_price()
            chosen[which] = self._admit(sight, which, offered, room, ahead)
            room -= np.bincount(sight.person[which][chosen[which]], minlength=sight.users)
        self._count_owners(sight, chosen)
        return chosen

    def learn(self, delivery: Delivery) -> None:
        """Learn of people, and what came of the day; the diary hears of that when it would be known."""
        self.known.learn(delivery)
        annoyance, weighed = self._setting.stakes.annoyance(delivery.outcomes), delivery.as_marketing
        past = ~weighed & (self.known.filed[0][delivery.owner] > 0.0)
        messages = float(past.sum())
        slipped = Slipped(messages, messages, float(annoyance[past].sum()))
        self.diary.close_day(float(annoyance[weighed].sum()), slipped)

    def _parts(self, sight: Sight) -> list[Ints]:
        """The messages of a day as they come: between two moves of the price."""
        everything = np.arange(len(sight.person))
        if self._setting.budget is None:
            return [everything]
        return np.array_split(self._chance.permutation(everything), shadow.MOVES_A_DAY)

    def _admit(self, sight: Sight, which: Ints, every: Candidates, room: Ints, ahead: Outlook) -> Flags:
        setting, person = self._setting, sight.person[which]
        offered = Candidates(*(getattr(every, name)[which] for name in Candidates.__dataclass_fields__))
        at_price = replace(ahead, shadow=self._price.price)
        rules = Rules(self.known.model, at_price, setting.taste, setting.reserve, setting.exploration)
        decided = decide(rules, offered, person, room[person], self._multiplier[person], sight.lot[which])
        self.diary.count(decided, setting.reserve)
        return decided.let_out

    def _open_week(self, sight: Sight) -> None:
        lot = self._chance.random(sight.users)
        self._multiplier = exploration.multipliers(lot, self._setting.exploration)
        if self._setting.floor > 0.0:
            self._move_bonuses()

    def _count_owners(self, sight: Sight, chosen: Flags) -> None:
        owners = len(self._bonus)
        self._offered += np.bincount(sight.owner, minlength=owners)
        self._let_out += np.bincount(sight.owner[chosen], minlength=owners)

    def _move_bonuses(self) -> None:
        self._bonus = fairness.move(self._bonus, self._let_out, self._offered, self._setting.floor)
        self._offered, self._let_out = np.zeros((2, len(self._bonus)))

    def _move_price(self) -> None:
        tally = self.diary.tally()
        if self._setting.budget is None or tally is None:
            return
        budget = self._setting.budget * len(self.known.tolerance) / 1_000.0 / DAYS_A_WEEK
        self._price = shadow.move(self._price, tally, budget, days=1.0 / shadow.MOVES_A_DAY)

    def _ahead(self) -> Outlook:
        """The outlook at the price of today."""
        if self._outlook is None or self._outlook.shadow != self._price.price:
            before = self._outlook
            self._outlook = outlook.outlook(
                prospect(self.known.model, sample_of(self.known, self._sample), self._setting.taste),
                self._price.price,
                self._setting.stakes,
                before,
            )
        return self._outlook


def sample_of(known: Knowledge, sight: Sight) -> Sample:
    """What was offered on a day, as far as it is known."""
    offered = known.candidates(sight)
    return Sample(offered.price, offered.content, offered.affinity, offered.pressure, len(sight.person) / sight.users)
