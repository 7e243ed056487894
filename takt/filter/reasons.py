"""What a model says of one text, and which of its words counted most: for people who decide, and for the company."""

import math
from collections import defaultdict
from typing import Final

import numpy as np

from takt.core.value import value
from takt.filter.features import RUNS, Keys, keys_of
from takt.filter.model import Channel, Model, Score, look

WORDS_SHOWN_MAX: Final = 6
_NEVER: Final = -math.inf


@value
class Said:
    """A text's score, and the words that counted most for what it was asked about, the heaviest first."""

    score: Score
    words: tuple[str, ...]


def lead(probability: float) -> float:
    """How far the odds of a class are before all others together; thresholds of classes are in these."""
    if probability <= 0:
        return _NEVER
    return math.inf if probability >= 1 else math.log(probability / (1 - probability))


def beyond(model: Model, score: Score, label: str, rate: str) -> bool:
    """Whether a text is of a class, where only that `rate` of the texts that are none of it would be taken for it."""
    threshold = model.thresholds.get(label, {}).get(rate)
    return threshold is not None and lead(getattr(score, label)) > threshold


def said(model: Model, text: str, label: str) -> Said:
    """The score of a text, and the words that speak for this label."""
    return Said(model.score([text])[0], top_words(model, text, label))


def top_words(model: Model, text: str, label: str) -> tuple[str, ...]:
    """The words of a text that speak most for a label: each run's share of the margin lies on the characters it spans."""
    seen = look([text], model.vocabulary)
    plain = f" {seen.normals[0].text} "
    head = 0 if len(model.labels) == 2 or label not in model.labels else 1 + model.labels.index(label)
    heat = np.zeros(len(plain))
    weights = _weights(model.runs, head, keys_of(plain))
    for size in RUNS:
        for start, weight in enumerate(weights[size]):
            heat[start : start + size] += weight / size
    found: defaultdict[str, float] = defaultdict(float)
    at = 0
    for word in plain.split(" "):
        if any(map(str.isalnum, word)):
            found[word.strip(".,;:!?\"'()")] += float(heat[at : at + len(word)].sum())
        at += len(word) + 1
    best = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple(word for word, weight in best[:WORDS_SHOWN_MAX] if weight > 0)


def _weights(channel: Channel, head: int, keys: dict[int, Keys]) -> dict[int, list[float]]:
    """The weight of the run at each place, for each size of runs; 0 for one that is not known."""
    found: dict[int, list[float]] = {}
    for size, mine in keys.items():
        places = np.searchsorted(channel.keys, mine)
        places[places == len(channel.keys)] = 0
        known = channel.keys[places] == mine if len(channel.keys) else np.zeros(len(mine), bool)
        found[size] = np.where(known, channel.rarity[places] * channel.weights[head][places], 0.0).tolist()
    return found
