"""Making a model from labelled texts. The only place that loads scikit-learn; the same texts give the same model.

Copies with disguised letters are added for unwanted texts, so that the amount of repair speaks against a text, and a few with
the slight accidents of honest writing for service texts, so that a little of it does not.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
from scipy import sparse

from takt.core.value import value
from takt.filter.background import NONE, Background
from takt.filter.features import ADDRESS, Counts, Floats, Ints, Keys
from takt.filter.labels import LABELS
from takt.filter.model import MEASURES_WEIGHT, WORDS_WEIGHT, Channel, Model, Seen, indexed, look
from takt.filter.words import WORD_CHARS_MAX, Words

FOLDS: Final = 5
SEEN_LEAST: Final = 2  # texts in which a run or word must stand
FEW_TEXTS: Final = 1_500
VOCABULARY_MAX: Final = 20_000
RATES: Final = ("0.001", "0.005", "0.01", "0.05")
SOFTNESS: Final = 1.0  # C of the support vector machine
CALIBRATION_SOFTNESS: Final = 10.0

_WORD: Final = re.compile(r"[^\W\d_]{2,24}|\b[aiu]\b")
_SHAPE: Final = re.compile(r"\d")
_STYLED: Final = (0x1D5D4, 0x1D5EE), (0xFF21, 0xFF41), (0x24B6, 0x24D0)
_ALIKE: Final = str.maketrans("aceopxyisABCEHKMOPTX", "асеорхуіѕАВСЕНКМОРТХ")

Matrix = Any
Tell = Callable[[str], None]


@value
class Known:
    """The features of one channel that are kept: keys in order, with their rarity."""

    keys: Keys
    rarity: Floats


@value
class Matter:
    """What is learned from: features, for each head the texts it is for, how much each text counts, and whose copy it is."""

    matrix: Matrix
    targets: Sequence[Ints]
    weights: Floats
    origin: Ints


class TrainingFault(Exception):
    """Texts and labels that no model can be made of; the text says why."""


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    tell: Tell = lambda _: None,
    *,
    learned_from: str = "",
    background: Background = NONE,
) -> Model:
    """Learn from texts and their labels, each one of LABELS; two classes are enough. `learned_from` is kept with the model.

    A background is of the same classes.

    Raises:
        TrainingFault: fewer than two classes, or a class with fewer than two texts.
    """
    classes = _classes(labels)
    all_texts, all_labels = [*texts, *background.texts], [*labels, *background.labels]
    vocabulary = Words(_vocabulary(all_texts))
    tell(f"{len(texts)} texts of {len(classes)} classes, {len(vocabulary.costs)} words known")
    copies = [(_copy(text, all_labels[at]), at) for at, text in enumerate(all_texts) if _chosen(text, all_labels[at])]
    seen = look([*all_texts, *(text for text, _ in copies)], vocabulary)
    origin = np.array([*range(len(all_texts)), *(at for _, at in copies)])
    known = (_known(seen.runs, len(origin)), _known(seen.words, len(origin)))
    tell(f"{len(known[0].keys)} runs of characters and {len(known[1].keys)} words and pairs count")
    matter = Matter(
        _matrix(seen, known),
        _targets([all_labels[at] for at in origin], classes),
        np.array([*[1.0] * len(texts), *background.weights])[origin],
        origin,
    )
    margins = _crossed(matter, _groups(texts), tell)
    weights, constants = _fitted(matter.matrix, matter.targets, matter.weights)
    model = _assembled(classes, vocabulary, known, weights, constants)
    calibrated = _calibrated(margins, labels, classes)
    tell("thresholds")
    return Model(
        classes, vocabulary, (model.runs, model.words), (model.measured, model.constants), calibrated,
        _thresholds(margins, _odds(margins, calibrated), labels, classes), learned_from,
    )  # fmt: skip


def _classes(labels: Sequence[str]) -> list[str]:
    counts = Counter(labels)
    classes = [label for label in LABELS if counts[label]]
    if len(classes) < 2:
        raise TrainingFault(f"two classes at least are needed, of {', '.join(LABELS)}")
    if least := [label for label in classes if counts[label] < 2]:
        raise TrainingFault(f"{least[0]} has one text: two at least are needed")
    return classes


def _vocabulary(texts: Sequence[str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_WORD.findall(text.lower())))
    least = 1 if len(texts) < FEW_TEXTS else 2
    common = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:VOCABULARY_MAX]
    return {word: count for word, count in common if count >= least and len(word) <= WORD_CHARS_MAX}


def _draw(text: str, what: str) -> int:
    """A number from 0 to 255 that is always the same for a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=1, key=what.encode()).digest()[0]


def _chosen(text: str, label: str) -> bool:
    return _draw(text, "chosen") < (13 if label == "service" else 77)


def _copy(text: str, label: str) -> str:
    """What is added for a text: of a service text one with a soft hyphen in it, of the others one in disguise."""
    return f"{text[:3]}\u00ad{text[3:]}" if label == "service" else _disguise(text)


def _disguise(text: str) -> str:
    """A copy with some of its letters in disguise, each text in its own way."""
    way = _draw(text, "way") % 6
    if way < len(_STYLED):
        capital, small = _STYLED[way]
        return "".join(_styled(char, capital, small) for char in text)
    if way == 3:
        return text.translate(_ALIKE)
    if way == 4:
        return "".join(f"{char}\u200b" if char.isalpha() else char for char in text)
    return " ".join(".".join(word) if word.isalpha() and len(word) > 3 else word for word in text.split(" "))


def _styled(char: str, capital: int, small: int) -> str:
    if "A" <= char <= "Z":
        return chr(capital + ord(char) - 65)
    return chr(small + ord(char) - 97) if "a" <= char <= "z" else char


def _known(counts: Counts, size: int) -> Known:
    keys, found = np.unique(counts.keys, return_counts=True)
    kept = found >= SEEN_LEAST
    return Known(keys[kept], np.log((1 + size) / (1 + found[kept])) + 1.0)


def _matrix(seen: Seen, known: tuple[Known, Known]) -> Matrix:
    """All features of all texts, as the model weighs them."""
    size = len(seen.originals)
    parts = []
    for counts, kept, share in ((seen.runs, known[0], 1.0), (seen.words, known[1], WORDS_WEIGHT)):
        rows, places, values = indexed(counts, kept.keys, kept.rarity, size)
        parts.append(sparse.csr_matrix((values * share, (rows, places)), shape=(size, len(kept.keys))))
    return sparse.hstack([*parts, sparse.csr_matrix(seen.measures * MEASURES_WEIGHT)]).tocsr()


def _targets(labels: Sequence[str], classes: Sequence[str]) -> list[Ints]:
    """For each head, which texts it is for: first the unwanted ones, then, of three classes, each class."""
    given = np.array([classes.index(label) for label in labels])
    unwanted = (given != 0).astype(np.int64)
    return (
        [unwanted]
        if len(classes) == 2
        else [unwanted, *((given == one).astype(np.int64) for one in range(len(classes)))]
    )


def _groups(texts: Iterable[str]) -> list[str]:
    """Copies that differ in digits, links, case and blanks belong together: they are never on both sides of a fold."""
    return [" ".join(_SHAPE.sub("0", ADDRESS.sub("", text.lower())).split()) for text in texts]


def _crossed(matter: Matter, groups: Sequence[str], tell: Tell) -> Floats:
    """The margins of each given text by models that have not seen it, nor a near copy of it."""
    fold = np.array([_draw(group, "fold") % FOLDS for group in groups])
    theirs_all = np.append(fold, -1)[np.minimum(matter.origin, len(fold))]
    margins = np.zeros((len(groups), len(matter.targets)))
    for number in range(FOLDS):
        tell(f"fold {number + 1} of {FOLDS}")
        theirs, mine = theirs_all != number, np.flatnonzero(fold == number)
        if not len(mine) or any(len(np.unique(target[theirs])) < 2 for target in matter.targets):
            continue
        targets = [target[theirs] for target in matter.targets]
        weights, constants = _fitted(matter.matrix[theirs], targets, matter.weights[theirs])
        margins[mine] = matter.matrix[mine] @ weights.T + constants
    return margins


def _fitted(matrix: Matrix, targets: Sequence[Ints], shares: Floats) -> tuple[Floats, Floats]:
    """The weights and constant of each head; `shares` is how much each text counts."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - a server reads this module's names and must not load scikit-learn

    heads = [LinearSVC(C=SOFTNESS, random_state=0, max_iter=5_000).fit(matrix, target, shares) for target in targets]
    return np.vstack([head.coef_ for head in heads]), np.array([float(head.intercept_[0]) for head in heads])


def _assembled(
    classes: Sequence[str], vocabulary: Words, known: tuple[Known, Known], weights: Floats, constants: Floats
) -> Model:
    first, second = len(known[0].keys), len(known[1].keys)
    runs = Channel(known[0].keys, known[0].rarity, weights[:, :first])
    words = Channel(known[1].keys, known[1].rarity, weights[:, first : first + second])
    return Model(
        classes, vocabulary, (runs, words), (weights[:, first + second :], constants), np.zeros((0, 0)), {}, ""
    )


def _calibrated(margins: Floats, labels: Sequence[str], classes: Sequence[str]) -> Floats:
    """From margins and 1 to the odds of each class, so that shares are probabilities."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    given = np.array([classes.index(label) for label in labels])
    found = LogisticRegression(C=CALIBRATION_SOFTNESS, max_iter=1_000).fit(margins, given)
    odds = np.hstack([found.coef_, found.intercept_[:, None]])
    return np.vstack([np.zeros_like(odds), odds]) if len(classes) == 2 else odds


def _odds(margins: Floats, calibration: Floats) -> Floats:
    return np.hstack([margins, np.ones((len(margins), 1))]) @ calibration.T


def _thresholds(
    margins: Floats, odds: Floats, labels: Sequence[str], classes: Sequence[str]
) -> dict[str, dict[str, float]]:
    """For `spam` and each unwanted class: the score that only this share of the texts that are none of it goes beyond."""
    given = np.array([classes.index(label) for label in labels])
    found = {"spam": _beyond(margins[given != 0, 0] if classes[0] != "service" else margins[given == 0, 0])}
    for at, label in enumerate(classes):
        if label != "service":
            found[label] = _beyond(leads(odds, at)[given != at])
    return found


def leads(odds: Floats, at: int) -> Floats:
    """How far the odds of one class are before those of all others together."""
    others = np.delete(odds, at, axis=1)
    most = others.max(axis=1)
    found: Floats = odds[:, at] - most - np.log(np.exp(others - most[:, None]).sum(axis=1))
    return found


def _beyond(scores: Floats) -> dict[str, float]:
    ordered = np.sort(scores)[::-1]
    return {rate: float(ordered[int(float(rate) * len(ordered))]) for rate in RATES}
