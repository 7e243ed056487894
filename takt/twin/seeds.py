"""The same trial of a world for several seeds, side by side where there are processes for it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import TypeVar

from takt.twin.world import World

T = TypeVar("T")


def each(try_out: Callable[[World, int], T], world: World, seeds: Sequence[int], jobs: int) -> list[T]:
    """What came of the trial for each seed, in their order; `try_out` is a function of a module, so that processes find it."""
    if jobs > 1:
        with ProcessPoolExecutor(jobs) as pool:
            return list(pool.map(try_out, repeat(world), seeds))
    return [try_out(world, seed) for seed in seeds]
