"""The words a model knows, and reading them out of signs: slots that may each be one of some letters, any letter, or nothing.

A slot stands for a character of a text. The reader walks a tree of the known words along the slots and takes the word, or the
run of words, that costs least: rare words cost, and so does every letter that has to be guessed, left out or said twice.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from takt.core.value import value

WORD_CHARS_MAX: Final = 24
WORDS_MAX: Final = 30_000
SLOTS_MAX: Final = 400
STEPS_MAX: Final = 4_000
RUN_STEPS_MAX: Final = 4_000

_SECOND: Final = 0.5  # a less likely letter of a slot
_GUESS: Final = 2.2  # any letter
_DROP: Final = 0.4  # a sign that says nothing
_LOSE: Final = 1.5  # a sign that might have been a letter
_TWICE: Final = 0.6  # a letter again
_TWIN: Final = 0.9  # one letter drawn like another
_WORD: Final = 1.0  # one word more
_STRAY: Final = 6.0  # a letter of no word
_GUESSED_SHARE_MAX: Final = 0.5
_TWINS: Final = {"l": "i", "i": "l", "o": "0", "u": "v", "v": "u"}

Tree = dict[str, Any]


@value
class Slot:
    """One character of a text: the letters it may stand for (the likelier first; empty: any), and whether it may be nothing."""

    letters: str
    loose: bool = False


class Words:
    """Known words with how common each is."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts`: how often each word was seen; words are letters in small case."""
        total = sum(counts.values()) + len(counts) + 1
        self.costs: Final = {word: -math.log((count + 1) / total) for word, count in counts.items()}
        self.counts: Final = dict(counts)
        self._tree: Tree = {}
        for word, cost in self.costs.items():
            node = self._tree
            for letter in word[:WORD_CHARS_MAX]:
                node = node.setdefault(letter, {})
            if len(word) <= WORD_CHARS_MAX:
                node[""] = cost
        self._bones: Final = _by_bones(counts)
        self.kept: Final[dict[str, tuple[str, int]]] = {}  # tokens as they were read with these words
        self._steps = 0  # taken by the run that is being read
        self._read: dict[tuple[Slot, ...], str | None] = {}

    def __contains__(self, word: str) -> bool:
        return word in self.costs

    def read(self, slots: Sequence[Slot]) -> str | None:
        """The one known word that these slots are, if there is one that does not have to be made up."""
        key = tuple(slots)
        if key not in self._read:
            if len(self._read) > WORDS_MAX:
                self._read.clear()
            found = [one for one in self._from(key, 0) if one[0] == len(key)] if len(key) <= 2 * WORD_CHARS_MAX else []
            best = min(found, key=lambda one: one[2], default=None)
            self._read[key] = best[1] if best is not None else None
        return self._read[key]

    def part(self, slots: Sequence[Slot]) -> list[str]:
        """The run of words that these slots most likely are; letters of no word stand as they are."""
        ends = len(slots)
        best: list[tuple[float, int, str]] = [(math.inf, 0, "")] * (ends + 1)
        best[0] = (0.0, 0, "")
        self._steps = 0
        for start in range(ends):
            so_far = best[start][0]
            if so_far == math.inf:
                continue
            stray = slots[start].letters[:1]
            _improve(best, start + 1, (so_far + (_DROP if slots[start].loose else _STRAY), start, stray))
            budget = RUN_STEPS_MAX - self._steps
            for end, word, cost in self._from(slots, start, budget):
                _improve(best, end, (so_far + cost + _WORD, start, word))
        return _backwards(best)

    def voiced(self, word: str) -> str | None:
        """The commonest word of which this is left when its vowels are dropped."""
        return self._bones.get(word)

    def _from(self, slots: Sequence[Slot], start: int, budget: int = STEPS_MAX) -> Iterator[tuple[int, str, float]]:
        """Every word that begins at a slot: where it ends, the word, and its cost with that of its letters."""
        steps = 0
        open_: list[tuple[int, Tree, str, float, int]] = [(start, self._tree, "", 0.0, 0)]
        while open_ and steps < budget:
            steps += 1
            self._steps += 1
            at, node, word, cost, guessed = open_.pop()
            if "" in node and guessed <= _GUESSED_SHARE_MAX * len(word):
                yield at, word, cost + node[""]
            if at == len(slots):
                continue
            slot = slots[at]
            if slot.loose:
                open_.append((at + 1, node, word, cost + (_DROP if slot.letters == "-" else _LOSE), guessed))
            if slot.letters == "-":
                continue
            if word and word[-1] in slot.letters:
                open_.append((at + 1, node, word, cost + _TWICE, guessed))
            for letter, more in _letters(slot, node):
                open_.append((at + 1, node[letter], word + letter, cost + more, guessed + (more == _GUESS)))


def _letters(slot: Slot, node: Tree) -> Iterator[tuple[str, float]]:
    if not slot.letters:
        yield from ((letter, _GUESS) for letter in node if letter)
        return
    for index, letter in enumerate(slot.letters):
        if letter in node:
            yield letter, _SECOND if index else 0.0
    twin = _TWINS.get(slot.letters[0], "")
    if twin in node and twin and twin not in slot.letters:
        yield twin, _TWIN


def _improve(best: list[tuple[float, int, str]], at: int, offer: tuple[float, int, str]) -> None:
    if offer[0] < best[at][0]:
        best[at] = offer


def _backwards(best: Sequence[tuple[float, int, str]]) -> list[str]:
    """The words along the cheapest way; strays that touch become one word."""
    at, found = len(best) - 1, list[tuple[bool, str]]()
    while at:
        _, start, word = best[at]
        found.append((at - start == 1 and len(word) < 2, word))
        at = start
    words: list[str] = []
    loose = False
    for stray, word in reversed(found):
        if stray and loose and words:
            words[-1] += word
        elif word and word != "-":
            words.append(word)
        loose = stray
    return words


def _by_bones(counts: Mapping[str, int]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in sorted(counts, key=lambda one: (counts[one], one)):
        bones = "".join(letter for letter in word if letter not in "aeiouäöü")
        if len(word) >= 4 and len(bones) >= 3 and len(bones) < len(word):
            found[bones] = word
    return found
