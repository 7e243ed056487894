"""One policy, once: what `takt twin run` does."""

from dataclasses import asdict
from typing import Any, Final

from takt.core.admission.scoring import Taste
from takt.twin import policies
from takt.twin.life import Life
from takt.twin.oracle import Oracle
from takt.twin.policies import Policy
from takt.twin.start import Start, set_out
from takt.twin.tact import Setting, Tact
from takt.twin.world import World

KINDS: Final = ("tact", "static", "reading", "oracle", "none")


def run_once(world: World, seed: int, kind: str, at: float, alpha: float) -> dict[str, Any]:
    """The figures of one policy (of `KINDS`) at one setting, in the world of a seed."""
    start = set_out(world, seed)
    return asdict(start.run(lambda life: _policy(start, life, kind, at, alpha)))


def _policy(start: Start, life: Life, kind: str, at: float, alpha: float) -> Policy:
    setting = Setting(at, taste=Taste(alpha))
    match kind:
        case "tact":
            return Tact(start.known.copy(), start.sample, setting, start.offers.seed)
        case "static":
            return policies.PerWeek(int(at), price_first=True)
        case "reading":
            return policies.ByReading(at)
        case "oracle":
            return Oracle(life, at, setting.taste, setting.stakes, start.begun)
        case _:
            return policies.NoCap()
