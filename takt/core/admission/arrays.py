"""Arrays of numbers, and the few functions on them that several modules need."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SURE: Final = 40.0


def logistic(odds: Floats) -> Floats:
    """The chance that belongs to these log odds."""
    chance: Floats = np.negative(odds)
    np.minimum(chance, _SURE, out=chance)
    np.exp(chance, out=chance)
    chance += 1.0
    np.reciprocal(chance, out=chance)
    return chance


def shares(logs: Floats) -> Floats:
    """Weights that sum to one along the last axis, from their unscaled logarithms."""
    weights: Floats = np.exp(logs - logs.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return weights


def to_last(values: Floats, axis: int) -> Floats:
    """The same numbers with this axis as the last, where they are in memory: a short axis makes slow innermost loops."""
    order = [other for other in range(values.ndim) if other != axis]
    return values.transpose(*order, axis)


def outermost(values: Floats) -> Floats:
    """The same numbers, the last axis outermost in memory."""
    return to_last(np.ascontiguousarray(values.transpose(-1, *range(values.ndim - 1))), 0)


def places(groups: Ints, order: Ints) -> Ints:
    """The place of each element of `order` within its group; equal groups must stand together in that order."""
    sorted_groups = groups[order]
    index = np.arange(len(order))
    first = np.ones(len(order), bool)
    first[1:] = sorted_groups[1:] != sorted_groups[:-1]
    found: Ints = index - np.maximum.accumulate(np.where(first, index, 0))
    return found
