"""What a character may be read as: nothing, itself, or one of some Latin letters and digits, the likelier first.

A reading is derived, in this order, from what a character is (invisible, a mark), from how Unicode takes it apart, from
the tables of `alphabets`, from Unicode's table of confusables, from its name, and at last from nothing: any letter.
"""

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from takt.core.value import value
from takt.filter.alphabets import DECORATED, LATIN, SEVERAL, TURNED

# How a character stands to the Latin alphabet.
PLAIN, MARK, PILED, HIDDEN, STYLED, ALIKE, FOREIGN, SIGN = (
    "plain",
    "mark",
    "piled",
    "hidden",
    "styled",
    "alike",
    "foreign",
    "sign",
)

READINGS_KEPT_MAX: Final = 20_000

_BLANKS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\uffa0\u2065\ufff9\ufffa\ufffb"
)
# Letters that languages write every day: they count as themselves, not as Latin ones in disguise.
UMLAUTS: Final = frozenset("äöüßÄÖÜẞ")
_CURRENCIES: Final = frozenset("£€¥¢₹")
_TYPOGRAPHY: Final = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
    "«": '"', "»": '"', "‹": "'", "›": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "...",
    "⁄": "/", "∕": "/", "•": " ", "·": "·", "\u00a0": " ", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n",
})  # fmt: skip
_NAMED: Final = re.compile(
    r"(?:NEGATIVE |DOUBLE |DINGBAT |BLACK |WHITE )*(?:LATIN (?:EXTENDED )?|COMBINING |MODIFIER |REGIONAL INDICATOR SYMBOL |SQUARED |CIRCLED |PARENTHESIZED |TAG |MATHEMATICAL )"
    r".*?(?:LETTER |CAPITAL |SMALL |SYMBOL )(?:LETTER )?(?:SMALL |CAPITAL )?(?:TURNED |REVERSED |OPEN |CLOSED |DOTLESS |INVERTED"
    r" |SIDEWAYS |STRETCHED |BROKEN |INSULAR |BLACKLETTER |SCRIPT |LONG |BARRED |TOP HALF |BOTTOM HALF |SIDEWAYS )*([A-Z])(?: |$)"
)
_NUMBERED: Final = re.compile(
    r"(?:DIGIT|NUMBER|SANS-SERIF|KEYCAP) (ZERO|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE)(?: |$)"
)
_NUMBERS: Final = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
_WORDED: Final = {
    "SCHWA": "e", "ENG": "n", "ESH": "s", "EZH": "z", "ALPHA": "a", "IOTA": "i", "UPSILON": "u", "OMEGA": "w", "GAMMA": "y",
    "THORN": "p", "ETH": "d", "WYNN": "p", "YOGH": "z", "OU": "o", "HENG": "h", "CHI": "x", "BETA": "b", "DELTA": "d",
    "EPSILON": "e", "KRA": "k", "GHA": "g", "HWAIR": "h", "RAMS": "o", "SALTILLO": "i", "TRESILLO": "s",
}  # fmt: skip


@value
class Reading:
    """What a character is, and what it may be read as; empty for nothing. `letters` of `foreign` and `sign` may be empty."""

    kind: str
    letters: str


@lru_cache(READINGS_KEPT_MAX)
def reading(char: str) -> Reading:
    """How one character is read."""
    if char.isascii():
        return Reading(PLAIN, char) if char.isprintable() or char in "\n\t" else Reading(HIDDEN, "")
    if "\x80" <= char <= "\x9f":  # a byte of Windows-1252 that was taken for Latin-1
        char = char.encode("latin-1").decode("cp1252", "replace")
    if (typed := char.translate(_TYPOGRAPHY)) != char:
        return Reading(PLAIN, typed)
    if _hidden(char):
        return Reading(HIDDEN, "")
    if char in UMLAUTS or char in _CURRENCIES:
        return Reading(PLAIN, char)
    if unicodedata.category(char) in ("Mn", "Me"):
        return Reading(PILED, "")
    return _known(char) or _cased(char) or _unknown(char)


@lru_cache(READINGS_KEPT_MAX)
def script(char: str) -> str:
    """The first word of a letter's name, which is its script for all scripts in use; empty when it is none."""
    return unicodedata.name(char, "").partition(" ")[0] if unicodedata.category(char)[0] in "LM" else ""


def _hidden(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) in ("Cf", "Cc")
        or char in _BLANKS
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
    )


def _known(char: str) -> Reading | None:
    """A reading from what Unicode or our tables know."""
    whole = unicodedata.normalize("NFKD", char)
    plain = "".join(one for one in whole if not unicodedata.combining(one))
    if char in SEVERAL:
        return Reading(ALIKE if char.isalpha() else SIGN, SEVERAL[char])
    if plain.isascii() and plain.strip():
        latin = script(char) == "LATIN" and unicodedata.normalize("NFC", char) == unicodedata.normalize("NFKC", char)
        return Reading(MARK if latin else STYLED, plain)
    if plain != char and len(plain) <= 4 and not plain.isascii():
        inner = [reading(one) for one in plain]
        if all(one.letters for one in inner):
            return Reading(
                inner[0].kind, "".join(one.letters[0] for one in inner) if len(inner) > 1 else inner[0].letters
            )
    found = _decorated().get(char) or TURNED.get(char) or _confusable().get(char, "")
    if found:
        return Reading(ALIKE, found)
    return _by_name(char)


def _cased(char: str) -> Reading | None:
    """As its other case is read, or the same letter without what its name says it is drawn `WITH`."""
    for other in (char.lower(), char.upper()):
        if len(other) == 1 and other != char:
            found = Reading(PLAIN, "ß") if other in UMLAUTS else _known(other)
            if found is not None:
                return found
    whole, _, drawn = unicodedata.name(char, "").partition(" WITH ")
    if not drawn:
        return None
    try:
        return _known(unicodedata.lookup(whole))
    except KeyError:
        return None


def _by_name(char: str) -> Reading | None:
    name = unicodedata.name(char, "")
    if (found := _NUMBERED.search(name)) is not None:
        return Reading(STYLED, str(_NUMBERS.index(found[1])))
    if (found := _NAMED.match(name)) is not None:
        return Reading(STYLED if "LETTER" not in name or "WITH" not in name else MARK, found[1].lower())
    if name.startswith("LATIN"):
        word = next((_WORDED[one] for one in name.split() if one in _WORDED), "")
        return Reading(ALIKE, word) if word else None
    return None


def _unknown(char: str) -> Reading:
    """A letter of another alphabet, or a sign, whose shape nobody told us."""
    category = unicodedata.category(char)
    if category == "Zs":
        return Reading(PLAIN, " ")
    if category == "Nd":
        return Reading(STYLED, str(unicodedata.digit(char)))
    return Reading(FOREIGN if category[0] in "LM" else SIGN, "")


@cache
def _decorated() -> dict[str, str]:
    found: dict[str, str] = {}
    for alphabet in DECORATED:
        for char, letter in zip(alphabet, LATIN, strict=True):
            if not char.isascii() and letter not in found.get(char, ""):
                found[char] = found.get(char, "") + letter
    return found


@cache
def _confusable() -> dict[str, str]:
    """Unicode's table, those of its rows that lead to one Latin letter or digit."""
    table = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for char, alike in table.items():
        plain = [one["c"] for one in alike if len(one["c"]) == 1 and one["c"].isascii() and one["c"].isalnum()]
        if len(char) == 1 and not char.isascii() and plain:
            found[char] = "il" if plain[0] in "lI1|" else "o" if plain[0] in "oO0" else plain[0].lower()
    return found
