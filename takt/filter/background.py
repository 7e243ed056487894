"""Texts that are learned from beside an operator's own: those of the shipped model that are in its languages.

They say what companies write, where its reports do not. Texts in another language would say only that this language is
unwanted, or wanted, as it happens; so would classes in other shares than its own.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from takt.core.value import value
from takt.filter.corpus import varied
from takt.filter.languages import language_of

SPOKEN_SHARE: Final = 0.1
"""So many of the operator's texts must be in a language."""


@value
class Background:
    """Texts with their labels, and how much each counts beside one of the operator's. They set no threshold."""

    texts: Sequence[str]
    labels: Sequence[str]
    weights: Sequence[float]


NONE: Final = Background((), (), ())


def background(texts: Sequence[str], labels: Sequence[str], mass: float) -> Background:
    """What goes beside these texts and labels: all of it together counts for `mass` of them, and none for more than one.

    It is spread over languages and classes as they are.
    """
    if not mass:
        return NONE
    spoken = Counter(map(language_of, texts))
    shares = {one: n / len(texts) for one, n in spoken.items() if n >= SPOKEN_SHARE * len(texts)}
    classes = Counter(labels)
    ours = [one for one in varied() if one.language in shares and one.label in classes]
    sizes = Counter((one.language, one.label) for one in ours)
    weights = [
        min(1.0, mass * shares[one.language] * classes[one.label] / len(labels) / sizes[one.language, one.label])
        for one in ours
    ]
    return Background([one.text for one in ours], [one.label for one in ours], weights)
