"""Ways to hide what a text says from a filter while people can still read it.

Written apart from the normaliser and without a look at its tables, so that recall under them says something about the ways that
nobody thought of. `SEEN` are the ones that training imitates in kind, `UNSEEN` the others. Chance comes as an argument.
"""

import unicodedata
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

Rewriting = Callable[[str, Random], str]
VOWELS: Final = "aeiouAEIOU"


def _table(latin: str, others: str) -> dict[str, str]:
    return dict(zip(latin, others.split() if " " in others else list(others), strict=True))


CYRILLIC: Final = _table("aceopxyijsABCEHKMOPTXY", "асеорхуіјѕАВСЕНКМОРТХУ")
GREEK: Final = _table("aeiopuvkxnABEZHIKMNOPTYX", "αειορυνκχηΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
ARMENIAN: Final = _table("ounhgqjdlif", "օսոհցզյժլիբ")
CHEROKEE: Final = _table("ABCDEGHIJKLMPRSTVWYZ", "ᎪᏴᏟᎠᎬᏀᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎩᏃ")
LISU: Final = _table("ABCDEFGHIJKLMNOPRSTUVWXYZ", "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ")
FAUX: Final = _table("abcdefhiklmnoprstuwxy", "дбсԁєғніклмпорятҭцшжч")
SMALL_CAPITALS: Final = _table("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")
RAISED: Final = _table("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
TURNED: Final = _table("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥıɾʞlɯuodbɹsʇnʌʍxʎz")
PICTURES: Final = {
    "o": "⚽🌕🍊🔵",
    "a": "🅰🔺",
    "i": "ℹ📌",
    "e": "📧",
    "s": "💲",
    "t": "✝",
    "x": "❌",
    "u": "⛎",
    "b": "🅱",
    "m": "Ⓜ",
    "v": "✔",
}
LEET: Final = {
    "a": "4@", "b": "8", "c": "(", "e": "3€", "g": "9", "i": "1!|", "l": "1|£", "o": "0", "s": "5$", "t": "7+", "z": "2",
}  # fmt: skip
FANCY: Final = (
    "ąҍçժҽƒցհìʝҟӀʍղօքզɾʂէմѵա×վՀ", "ąცƈɖɛʄɠɧıʝƙƖɱŋơ℘զཞʂɬų۷ῳҳყʑ", "ค๖¢໓ēfງhiวkl๓ຖ໐p๑rŞtนงຟxฯຊ", "ÃβČĎẸƑĞĤĮĴЌĹϻŇỖƤǪŘŜŤǕƲŴЖЎŻ",
    "卂乃匚ᗪ乇千Ꮆ卄丨ﾌҜㄥ爪几ㄖ卩Ɋ尺丂ㄒㄩᐯ山乂ㄚ乙", "ᗩᗷᑕᗪEᖴGᕼIᒍKᒪᗰᑎOᑭᑫᖇᔕTᑌᐯᗯ᙭Yᘔ", "ДБҀↁЄFБНІЈЌLМИФРQЯЅГЦVЩЖЧZ", "ꋬꃳꉔ꒯ꏂꊰꍌꁝ꒐꒻ꀘ꒒ꂵꋊꄲꉣꆰꋪꇙ꓄꒤꒦ꅐꉧꌦꁴ",
)  # fmt: skip
LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
FONTS: Final = (0x1D400, 0x1D434, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D608, 0x1D670)
UNSEEN_SIGNS: Final = "☃♞⌘☯✿❀☂♜⚑✈☢⛄☘♨"
UNSEEN_LETTERS: Final = "ꝏꟻꞁჭჟӁѪѮѠҨԘԪꙊꙈӃֆჰፏᎃዎꬍ𐌙𐌘ᛤᛥꔀꕉꖘ"


def _mapped(tables: tuple[dict[str, str], ...], share: float) -> Rewriting:
    def rewrite(text: str, chance: Random) -> str:
        return "".join(_one_of(char, tables, chance) if chance.random() < share else char for char in text)

    return rewrite


def _one_of(char: str, tables: tuple[dict[str, str], ...], chance: Random) -> str:
    found = [table[one] for table in tables for one in (char, char.lower(), char.upper()) if one in table]
    return chance.choice(found) if found else char


def _between(signs: str, share: float = 1.0) -> Rewriting:
    """A sign after every letter that another letter follows."""

    def rewrite(text: str, chance: Random) -> str:
        sign = "" if len(signs) > 1 else signs
        return "".join(
            char + (sign or chance.choice(signs))
            if char.isalnum() and after.isalnum() and chance.random() < share
            else char
            for char, after in zip(text, [*text[1:], " "], strict=True)
        )

    return rewrite


def _by_word(change: Callable[[str, Random], str], share: float = 1.0) -> Rewriting:
    def rewrite(text: str, chance: Random) -> str:
        words = text.split(" ")
        return " ".join(change(word, chance) if word.isalpha() and chance.random() < share else word for word in words)

    return rewrite


def _fonts(text: str, chance: Random) -> str:
    start = chance.choice(FONTS)
    found = []
    for char in text:
        if char.isascii() and char.isalpha():
            code = start + (ord(char) - 65 if char.isupper() else ord(char) - 71)
            found.append(chr(code) if unicodedata.name(chr(code), "") else char)
        elif char.isascii() and char.isdigit():
            found.append(chr(0x1D7CE + int(char)))
        else:
            found.append(char)
    return "".join(found)


def _wide(text: str, _: Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _ringed(text: str, _: Random) -> str:
    return "".join(
        chr(0x24B6 + ord(char.upper()) - 65)
        if char.isascii() and char.isalpha()
        else "⓪①②③④⑤⑥⑦⑧⑨"[int(char)]
        if char in "0123456789"
        else char
        for char in text
    )


def _boxed(text: str, chance: Random) -> str:
    start = chance.choice((0x1F130, 0x1F150, 0x1F170, 0x1F1E6))
    return "".join(chr(start + ord(char.upper()) - 65) if char.isascii() and char.isalpha() else char for char in text)


def _piled(text: str, chance: Random) -> str:
    return "".join(
        char + "".join(chr(chance.randint(0x300, 0x36F)) for _ in range(chance.randint(1, 3)))
        if char.isalnum()
        else char
        for char in text
    )


@cache
def _accents() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in range(0xC0, 0x250):
        name = unicodedata.name(chr(code), "")
        if name.startswith("LATIN SMALL LETTER ") and " WITH " in name and len(letter := name.split()[3]) == 1:
            found[letter.lower()] = found.get(letter.lower(), "") + chr(code)
    return found


def _accented(text: str, chance: Random) -> str:
    table = _accents()
    return "".join(
        chance.choice(table[char.lower()]) if char.lower() in table and chance.random() < 0.6 else char for char in text
    )


def _leet(share: float) -> Rewriting:
    def rewrite(text: str, chance: Random) -> str:
        return "".join(
            chance.choice(LEET[char.lower()]) if char.lower() in LEET and chance.random() < share else char
            for char in text
        )

    return rewrite


def _pictures(text: str, chance: Random) -> str:
    return "".join(
        chance.choice(PICTURES[char]) if char in PICTURES and chance.random() < 0.5 else char for char in text.lower()
    )


def _apart(text: str, _: Random) -> str:
    return "   ".join(" ".join(word) for word in text.split())


def _apart_evenly(text: str, _: Random) -> str:
    return " ".join(text.replace(" ", ""))


def _turned(text: str, _: Random) -> str:
    return "".join(TURNED.get(char, char) for char in reversed(text.lower()))


def _camel(text: str, _: Random) -> str:
    return "".join(word[:1].upper() + word[1:].lower() for word in text.split())


def _run_together(text: str, _: Random) -> str:
    words = text.split(" ")
    return " ".join("".join(words[at : at + 3]) for at in range(0, len(words), 3))


def _entities(text: str, chance: Random) -> str:
    return "".join(f"&#{ord(char)};" if char.isalpha() and chance.random() < 0.6 else char for char in text)


def _misspelt(word: str, chance: Random) -> str:
    if len(word) < 4:
        return word
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(3):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case _:
            return word[:at] + word[at + 1 :]


def _without_vowels(word: str, _: Random) -> str:
    return word[:1] + "".join(char for char in word[1:] if char not in VOWELS) if len(word) > 3 else word


def _split(word: str, chance: Random) -> str:
    at = chance.randrange(1, len(word)) if len(word) > 3 else 0
    return f"{word[:at]} {word[at:]}" if at else word


def _stretched(word: str, chance: Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] * chance.randint(3, 6) + word[at + 1 :]


def _strange_sign(signs: str) -> Callable[[str, Random], str]:
    def change(word: str, chance: Random) -> str:
        if len(word) < 4:
            return word
        at = chance.randrange(1, len(word) - 1)
        return word[:at] + chance.choice(signs) + word[at + 1 :]

    return change


def _other_digits(text: str, chance: Random) -> str:
    zero = chance.choice((0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10, 0x1D7D8, 0x1FBF0))
    return "".join(chr(zero + int(char)) if char in "0123456789" else char for char in text)


def _fancy(text: str, chance: Random) -> str:
    alphabet = chance.choice(FANCY)
    table = dict(zip(LATIN, alphabet, strict=True)) if len(alphabet) == 26 else {}
    return "".join(table.get(char, char) for char in text.lower())


def _backwards(text: str, _: Random) -> str:
    return "".join(f"\u202e{word[::-1]}\u202c " for word in text.split())


def _hidden_dots(text: str, _: Random) -> str:
    return text.replace(".", "[.]").replace("/", "\u2215")


def _all(text: str, chance: Random) -> str:
    text = _mapped((CYRILLIC, GREEK), 0.7)(text, chance)
    return _between("\u200b\u200c\u2060\u00ad", 0.6)(_other_digits(text, chance), chance)


SEEN: Final[dict[str, Rewriting]] = {
    "letters of Cyrillic and Greek, all": _mapped((CYRILLIC, GREEK), 1.0),
    "mathematical letters": _fonts,
    "full width": _wide,
    "ringed letters and digits": _ringed,
    "zero-width between all": _between("\u200b\u200c\u200d\u2060\ufeff"),
    "digits for letters, half": _leet(0.5),
    "spaced, words apart": _apart,
    "all of it at once": _all,
}
UNSEEN: Final[dict[str, Rewriting]] = {
    "letters of Cyrillic and Greek, a third": _mapped((CYRILLIC, GREEK), 0.35),
    "Cherokee, Lisu, Armenian": _mapped((CHEROKEE, LISU, ARMENIAN), 0.8),
    "Cyrillic for the looks": _mapped((FAUX,), 0.7),
    "small capitals": _mapped((SMALL_CAPITALS,), 1.0),
    "raised letters": _mapped((RAISED,), 1.0),
    "boxes and flags": _boxed,
    "decorated alphabets": _fancy,
    "piled marks": _piled,
    "accents": _accented,
    "soft hyphens, bidi, tags, blanks": _between("\u00ad\u200e\u2066\u2069\U000e0061\u2800\u034f\u180e\u3164"),
    "digits for letters, all": _leet(1.0),
    "pictures for letters": _pictures,
    "pictures between letters": _between("🔥⭐💎🎁✨", 0.5),
    "points between letters": _between("."),
    "strokes between letters": _between("-_/|~*", 0.8),
    "spaced evenly": _apart_evenly,
    "upside down": _turned,
    "camel case without spaces": _camel,
    "three words run together": _run_together,
    "entities": _entities,
    "misspelt": _by_word(_misspelt, 0.8),
    "vowels dropped": _by_word(_without_vowels),
    "words split": _by_word(_split, 0.8),
    "letters stretched": _by_word(_stretched, 0.7),
    "an unknown sign in each word": _by_word(_strange_sign(UNSEEN_SIGNS)),
    "an unknown letter in each word": _by_word(_strange_sign(UNSEEN_LETTERS)),
    "digits of other scripts": _other_digits,
    "direction overridden": _backwards,
    "points in brackets": _hidden_dots,
}
