"""Where policies set out: a world after its log, with what a platform can have learned from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from takt.core.admission import hazard
from takt.core.admission.arrays import Flags
from takt.core.document import UnsoundError
from takt.twin import knowledge as knowing
from takt.twin import life as living
from takt.twin.knowledge import Knowledge
from takt.twin.life import Life
from takt.twin.offers import DAYS_A_WEEK, Offers, draw_offers
from takt.twin.policies import ColdStart, Delivery, Policy, RandomVolume, Sight
from takt.twin.running import Figures, figures, run
from takt.twin.world import World

FIT_ROUNDS: Final = 2


class _Watched:
    """A policy at work while somebody learns from it."""

    def __init__(self, policy: Policy, known: Knowledge) -> None:
        self.name, self._policy, self._known = policy.name, policy, known
        self.last: Sight | None = None

    def decide(self, sight: Sight) -> Flags:
        """As the policy says."""
        if len(sight.person):
            self.last = sight
        return self._policy.decide(sight)

    def learn(self, delivery: Delivery) -> None:
        """Both learn."""
        self._policy.learn(delivery)
        self._known.learn(delivery)


@dataclass(frozen=True, slots=True)
class Start:
    """A world after its log: what is true, what is known, and what was offered on the last day that had anything."""

    offers: Offers
    life: Life
    known: Knowledge
    sample: Sight

    @property
    def begun(self) -> int:
        """The first day in which policies are compared."""
        return self.offers.world.log_weeks * DAYS_A_WEEK

    def run(self, make: Callable[[Life], Policy]) -> Figures:
        """What a policy, made for a life of its own, does from here on."""
        return self.run_named(make)[1]

    def run_named(self, make: Callable[[Life], Policy]) -> tuple[str, Figures]:
        """The same, with the policy's name."""
        world, life = self.offers.world, self.life.copy()
        policy = make(life)
        weeks = range(world.log_weeks, world.log_weeks + world.weeks)
        return policy.name, figures(run(self.offers, life, policy, weeks))


def set_out(world: World, seed: int) -> Start:
    """Draw a world, live through its log, and learn from that.

    Raises takt.core.document.UnsoundError if nothing can be learned: no message was weighed in the log, or none went out.
    """
    offers = draw_offers(world, seed)
    life = living.begin(offers)
    owners = int(offers.owner.max()) + 1
    logging = ColdStart(seed) if world.log == "cold" else RandomVolume(seed)
    known = knowing.nothing_known(world.users, owners, hazard.prior())
    watched = _Watched(logging, known)
    run(offers, life, watched, range(world.log_weeks))
    if watched.last is None or not any(len(one.person) for one in known.log):
        raise UnsoundError("log_weeks: must see a message that is weighed and goes out, saw none")
    for _ in range(FIT_ROUNDS):
        known = known.replayed(known.refitted())
    return Start(offers, life, known, watched.last)
