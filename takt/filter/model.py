"""A model: the words and runs it knows with their weights, how margins become probabilities, and where thresholds lie.

It scores a batch by arrays alone. A margin is a weighted sum and has no end, so no two texts tie that differ in what the model knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from takt.core.value import value
from takt.filter.features import Counts, Floats, Ints, Keys, measures, runs, words
from takt.filter.labels import LABELS
from takt.filter.normal import Normal, normalise
from takt.filter.words import Words

BATCH: Final = 512
TEXTS_MAX: Final = 100_000

# How much the channels count beside one another: runs of characters, words, measures.
WORDS_WEIGHT: Final = 0.3
MEASURES_WEIGHT: Final = 0.05


@value
class Channel:
    """What a kind of feature weighs: known `keys` in order, their rarity, and for each head (row) a weight each."""

    keys: Keys
    rarity: Floats
    weights: Floats


@value
class Score:
    """What a text is taken for: a probability for each class, and the margin by which it is unwanted."""

    service: float
    advertising: float
    fraud: float
    spam: float


@value
class Seen:
    """A batch of texts in the form in which the model looks at it."""

    originals: Sequence[str]
    normals: Sequence[Normal]
    runs: Counts
    words: Counts
    measures: Floats


class Model:
    """What was learned. `labels` are the classes that were seen, `heads` what the rows of weights tell apart."""

    def __init__(
        self,
        labels: Sequence[str],
        vocabulary: Words,
        channels: tuple[Channel, Channel],
        measured: tuple[Floats, Floats],
        calibration: Floats,
        thresholds: Mapping[str, Mapping[str, float]],
        learned_from: str,
    ) -> None:
        """`measured`: weights of the measures and constants, for each head; `calibration`: margins and 1 to each label's odds."""
        self.labels: Final = tuple(labels)
        self.vocabulary: Final = vocabulary
        self.runs, self.words = channels
        self.measured, self.constants = measured
        self.calibration: Final = calibration
        self.thresholds: Final = thresholds
        self.learned_from: Final = learned_from

    def score(self, texts: Sequence[str]) -> list[Score]:
        """Score texts, at most TEXTS_MAX at once, in their order."""
        assert len(texts) <= TEXTS_MAX, "hand over fewer texts at once"
        return [one for start in range(0, len(texts), BATCH) for one in self._scores(texts[start : start + BATCH])]

    def margins(self, seen: Seen) -> Floats:
        """What each head says of each text: one row a text."""
        size = len(seen.originals)
        return (
            valued(seen.runs, self.runs, size)
            + WORDS_WEIGHT * valued(seen.words, self.words, size)
            + MEASURES_WEIGHT * (seen.measures @ self.measured.T)
            + self.constants
        )

    def probabilities(self, margins: Floats) -> Floats:
        """The probability of each of the three LABELS; 0 for one that was not learned."""
        odds = np.hstack([margins, np.ones((len(margins), 1))]) @ self.calibration.T
        odds -= odds.max(axis=1, keepdims=True)
        shares = np.exp(odds)
        shares /= shares.sum(axis=1, keepdims=True)
        found = np.zeros((len(margins), len(LABELS)))
        found[:, [LABELS.index(label) for label in self.labels]] = shares
        return found

    def _scores(self, texts: Sequence[str]) -> Iterator[Score]:
        margins = self.margins(look(texts, self.vocabulary))
        for shares, margin in zip(self.probabilities(margins).tolist(), margins[:, 0].tolist(), strict=True):
            service, advertising, fraud = shares
            yield Score(service, advertising, fraud, margin)


def look(texts: Sequence[str], vocabulary: Words) -> Seen:
    """Normalise texts and take their features."""
    normals = [normalise(text, vocabulary) for text in texts]
    plain = [one.text for one in normals]
    return Seen(texts, normals, runs(plain), words(plain), measures(texts, normals))


def valued(counts: Counts, channel: Channel, size: int) -> Floats:
    """The weighted sum of each text over one channel, for each head: tf (logarithmic) by rarity, of length 1 for each text."""
    rows, places, values = indexed(counts, channel.keys, channel.rarity, size)
    return np.stack([np.bincount(rows, values * head[places], minlength=size) for head in channel.weights], axis=1)


def indexed(counts: Counts, keys: Keys, rarity: Floats, size: int) -> tuple[Ints, Ints, Floats]:
    """Row, place among the known keys and value of each feature that is known."""
    if not len(keys):
        none = np.zeros(0, np.int64)
        return none, none, np.zeros(0)
    places = np.searchsorted(keys, counts.keys)
    places[places == len(keys)] = 0
    known = keys[places] == counts.keys
    rows, places = counts.rows[known], places[known]
    values = (1.0 + np.log(counts.times[known])) * rarity[places]
    lengths = np.sqrt(np.bincount(rows, values * values, minlength=size))
    return rows, places, values / lengths[rows]
