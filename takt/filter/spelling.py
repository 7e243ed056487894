"""Words of plain letters, signs and digits: what they are when signs and digits stand for letters, or words run together."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from takt.filter.alphabets import BUILT, FIGURES
from takt.filter.words import SLOTS_MAX, WORDS_MAX, Slot, Words

WILD: Final = "\ufffd"  # a letter nobody could read

_LINK: Final = re.compile(
    r"(?i)(?:https?|ftp|hxxps?)://\S+|\bwww\d?\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?<![\w@])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|info|biz|co|io|me|ly|gd|cc|tk|xyz|top|site|online|shop|club|live|app"
    r"|link|uk|de|fr|es|it|nl|eu|us|in|id|ru|cn|at|ch|example|test|invalid)(?![\w-]|\.\w)(?:/\S*)?"
)
_FIGURE: Final = re.compile(
    r"(?i)[£$€¥₹]?\d[\d.,:/\-]*(?:p|ppm|st|nd|rd|th|am|pm|k|m|mb|gb|kg|g|km|cm|mm|min|mins|hr|hrs|h|yr|yrs|x|s|eur|euro|usd|gbp|rp"
    r"|%|£|\$|€|uhr|pw|pcm|wk|d|w|\+|-|ppw|msg|ct)?"
)
_CONTRACTED: Final = re.compile(r"[a-z]+'[a-z]{1,3}|[a-z]&[a-z](?:'?s)?")
_LETTERED: Final = re.compile(r"(?:[^\W\d_]{1,2}([\W_]))(?:[^\W\d_]{1,2}\1)+[^\W\d_]{1,2}")
_CODED: Final = re.compile(r"\d\d|^\d|\d$")
_EDGED: Final = re.compile(r"\d[a-z]+|[a-z]+\d")
EDGES: Final = " .,;:?\"'()[]{}<>!*-_/~|+=^&%#"
_JOINTS: Final = frozenset("-._/*~'`\"·,;:^\\")
_PIECE: Final = re.compile(r"[^\W\d_]{6,}")
_STROKES: Final = re.compile(r"([-/:;,.])")
_MIXED: Final = re.compile(r"[a-z]\d|\d[a-z]")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_LONG: Final = 18


def plain(text: str, words: Words, undone: Counter[str]) -> str:
    """A token without disguised letters: digits and signs within words undone."""
    if text not in words.kept:
        if len(words.kept) > WORDS_MAX:
            words.kept.clear()
        words.kept[text] = _spelt(text, words)
    read, figures = words.kept[text]
    undone["figures"] += figures
    return read


def _spelt(text: str, words: Words) -> tuple[str, int]:
    """A token as it is read, and how many of its characters were letters in disguise."""
    low = text.lower()
    if low.isalpha():
        return _joined(text, words), 0
    core = low.strip(EDGES)
    if not core or (core.isalpha() and (core in words or not _opens_with_sign(low, core))):
        return low, 0
    if _LINK.search(text) or _FIGURE.fullmatch(core):
        return low, 0
    if len(core) >= _LONG and (apart := _PIECE.sub(lambda match: _joined(match[0], words), text).lower()) != low:
        return apart, 0
    wording, found = _figures(low, core, words) or (core, _by_pieces(core, words))
    if found is None:
        return low, 0
    return low.replace(wording, found), sum(not char.isalpha() for char in wording)


def _long_enough(found: str, core: str, pieces: Sequence[str]) -> bool:
    """Short words come out of anything: they must have been letters with signs between."""
    single = len(pieces) > 1 and all(len(piece) == 1 for piece in pieces)
    return len(found) > 3 or (len(found) == 3 and not _EDGED.fullmatch(core)) or (single and len(found) == len(pieces))


def _by_pieces(core: str, words: Words) -> str | None:
    """What stands between strokes, each by itself, if some of it is a word in disguise."""
    pieces = _STROKES.split(core)
    if len(pieces) < 3:
        return None
    read = [_figures(piece, piece, words) if not piece.isalnum() or _MIXED.search(piece) else None for piece in pieces]
    return "".join(one[1] if one else piece for one, piece in zip(read, pieces, strict=True)) if any(read) else None


def _opens_with_sign(low: str, core: str) -> bool:
    at = low.find(core)
    return at > 0 and low[at - 1] in "!|([<{"


def _figures(low: str, core: str, words: Words) -> tuple[str, str] | None:
    """What of a token is a known word behind signs and digits, and that word; None when the token means what it says."""
    pieces = [piece for piece in re.split(r"[\W_]+", core) if piece]
    if _benign(core, pieces, words):
        return None
    at = low.find(core)
    for wording in dict.fromkeys((core, core.rstrip("$@!|"), low[max(0, at - 1) : at + len(core)], low)):
        built = _built(wording)
        if not any(map(str.isalpha, built)) and sum(char in "@$!|(€£" for char in built) < 2:
            continue
        found = words.read([typed(char) for char in built])
        if found is not None and _long_enough(found, core, pieces):
            return wording, found
    spelt = len(pieces) >= 3 and _LETTERED.fullmatch(core) is not None
    if spelt or (len(core) >= 6 and not _CODED.search(core)):
        run = words.part([typed(char) for char in _built(core)][:SLOTS_MAX])
        if sound(run, words) and (spelt or all(word in words and len(word) > 2 for word in run)):
            return core, " ".join(run)
    return (core, "".join(pieces)) if spelt else None


def _benign(core: str, pieces: Sequence[str], words: Words) -> bool:
    """Words that touch, with a point or stroke between; numbers with letters behind; contractions."""
    if _CONTRACTED.fullmatch(core):
        return True
    if "@" in core or "$" in core or "|" in core or len(core) > 60:
        return False
    return all(piece in words or piece.isdigit() or (piece.isalpha() and len(piece) > 3) for piece in pieces)


def _built(text: str) -> str:
    """Letters built of several signs as one."""
    if any(char in text for char in "|/\\()[]{}<>"):
        for built, letter in BUILT:
            text = text.replace(built, letter)
    return text


def typed(char: str) -> Slot:
    """A typed character as a slot."""
    if char.isalpha() or char == WILD:
        return Slot("" if char == WILD else char)
    if char in _JOINTS and char not in "*_~":
        return Slot("-", loose=True)
    return Slot(FIGURES[char], loose=char in "*_~?!|") if char in FIGURES else Slot("-", loose=True)


def _joined(text: str, words: Words) -> str:
    """A word of letters: run-together words taken apart, dropped vowels put back, where known words come out."""
    low = text.lower()
    if low in words:
        return low
    if (
        len(text) >= 6
        and len(camel := _CAMEL.sub(" ", text).lower().split()) > 1
        and all(one in words for one in camel)
    ):
        return " ".join(camel)
    if len(low) >= _LONG and low.isascii():
        run = words.part([Slot(char) for char in low][:SLOTS_MAX])
        if len(run) > 2 and sound(run, words):
            return " ".join(run)
    squeezed = re.sub(r"(.)\1{2,}", r"\1\1", low)
    if squeezed != low:
        return words.read([Slot(char) for char in squeezed]) or low
    return (words.voiced(low) or low) if 3 <= len(low) <= 10 and not set(low) & set("aeiouäöüy") else low


def sound(run: Sequence[str], words: Words) -> bool:
    """Whether a run of words is rather said than made up."""
    letters = sum(map(len, run))
    known = sum(len(word) for word in run if word in words)
    return bool(run) and known >= 0.7 * letters and letters >= 2.4 * len(run)
