"""Words by which people stop advertising or want it again, in many languages, and free wordings of the same.

A whole text that is a keyword counts at once; "STOP offers" stops what the company calls "Offers". A sentence counts when
it speaks of advertising, or of being written to, and refuses it: the threshold is low, for a wrong stop costs a tap, and a
missed one costs trust. Starting again takes a keyword: no sentence gives consent.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from takt.core.purpose import ALL
from takt.core.stop_senses import unmark
from takt.core.stop_sentences import refusal
from takt.core.value import value

FREE_CHARS_MAX: Final = 300
"""Longer texts are letters, not wishes: no sentence in them stops anything."""
VARIATION: Final = "\N{VARIATION SELECTOR-16}"

# The FCC's list of 2024, and what stands for it elsewhere. No word that a person might well answer a question with.
STOP: Final = frozenset({
    # English
    "stop", "stop all", "stopall", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe", "stop ads",
    "no ads", "no more ads", "stop promotions",
    # German
    "stopp", "stop alles", "stopp alles", "alles stoppen", "ende", "abmelden", "abbestellen", "keine werbung",
    "widerruf", "widerrufen", "werbung aus", "werbung abbestellen", "austragen", "kündigen",
    # French, Spanish, Italian, Portuguese, Catalan, Romanian
    "arrêt", "arret", "arrêter", "arreter", "désabonner", "désinscription", "désinscrire", "pas de pub", "alto",
    "parar", "baja", "darme de baja", "cancelar", "cancelar suscripción", "sin publicidad", "no publicidad", "basta",
    "fermare", "annulla", "disiscrivi", "disiscrivimi", "cancellami", "niente pubblicità", "pare", "sair",
    "descadastrar", "cancelar inscrição", "sem propaganda", "sem publicidade", "atura", "opreste", "oprește",
    "dezabonare", "fără reclame",
    # Dutch, Danish, Swedish, Norwegian, Finnish
    "stoppen", "afmelden", "uitschrijven", "geen reclame", "afmeld", "frameld", "ingen reklame", "avsluta",
    "avregistrera", "avanmäl", "ingen reklam", "avslutt", "meld av", "peruuta", "lopeta", "ei mainoksia",
    # Polish, Czech, Slovak, Hungarian, Croatian, Slovene, Bulgarian, Greek, Estonian, Latvian, Lithuanian
    "rezygnuję", "rezygnuje", "wypisz", "wypisz mnie", "anuluj", "bez reklam", "konec", "odhlásit", "zrušit",
    "žádné reklamy", "koniec", "odhlásiť", "zrušiť", "leiratkozás", "leiratkozom", "állj", "nem kérek reklámot",
    "odjava", "odjavi me", "prekini", "ustavi", "стоп", "спри", "отпиши", "отписване", "без реклами", "σταμάτα",
    "διακοπή", "διαγραφή", "peata", "lõpeta", "beigt", "atrakstīties", "nutraukti", "atsisakyti",
    # Turkish, Russian, Ukrainian, Arabic, Hebrew, Persian
    "dur", "durdur", "iptal", "abonelikten çik", "çik", "ret", "reklam istemiyorum", "отписаться", "отмена",
    "без рекламы", "відписатися", "скасувати", "зупинити", "توقف", "إيقاف", "الغاء", "إلغاء", "إلغاء الاشتراك",
    "הסר", "הפסק", "עצור", "لغو", "توقف کن",
    # Hindi, Bengali, Urdu, Indonesian, Malay, Vietnamese, Thai, Filipino, Swahili, Chinese, Japanese, Korean
    "बंद", "बंद करो", "बंद करें", "रोकें", "रोको", "বন্ধ", "বন্ধ করুন", "بند", "بند کرو", "berhenti", "hentikan",
    "batal", "tanpa iklan", "henti", "dừng", "ngừng", "hủy", "huỷ", "หยุด", "ยกเลิก", "itigil", "acha", "sitisha",
    "停止", "退订", "退訂", "取消订阅", "取消訂閱", "停止する", "配信停止", "解除", "중지", "정지", "수신거부", "그만",
})  # fmt: skip
UNMARKED_LETTERS_MIN: Final = 5
"""Shorter words without their accents are other words, or names."""
# On a button these more likely end a booking or a form than advertising; who types them is heard.
_OF_A_DIALOGUE: Final = frozenset({
    "cancel", "end", "quit", "ende", "parar", "cancelar", "fermare", "annulla", "konec", "koniec", "anuluj", "zrušit",
    "zrušiť", "peruuta", "avslutt", "avsluta", "iptal", "отмена", "скасувати", "الغاء", "إلغاء", "لغو", "batal", "hủy", "huỷ",
    "ยกเลิก", "解除",
})  # fmt: skip
_START: Final = frozenset({
    "start", "unstop", "subscribe", "resume", "anmelden", "werbung ja", "werbung an", "fortsetzen", "reprendre",
    "reanudar", "alta", "riprendi", "iscrivimi", "retomar", "hervatten", "wznów", "başlat", "devam", "возобновить",
    "शुरू", "mulai", "lanjut", "開始", "开始", "시작",
})  # fmt: skip

_POLITE: Final = frozenset({
    "please", "pls", "plz", "now", "thanks", "thank you", "thx", "ok", "okay", "bitte", "danke", "jetzt", "sofort",
    "endlich", "hallo", "hi", "hello", "por favor", "gracias", "ya", "s'il vous plaît", "svp", "stp", "merci",
    "per favore", "grazie", "obrigado", "obrigada", "alsjeblieft", "proszę", "dziękuję", "lütfen", "пожалуйста",
})  # fmt: skip
"""What people say around a keyword, or with it."""

_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}")
EDGES: Final = " \t\r\n.!?,;:\"'¡¿…。！？、،؟।“”‘’«»()[]-–—*"


@value
class Wish:
    """What a text asks for: to stop or start `purpose` (`*` is all). `exact`: it was a keyword, not a sentence."""

    granted: bool
    purpose: str
    exact: bool


def fold(text: str) -> str:
    """A text as keywords are compared: one case, one blank between words, nothing around them; Turkish i and ı are one."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold().replace("i\u0307", "i").replace("ı", "i")
    return " ".join(folded.split()).strip(EDGES)


def hear(text: str, names: Mapping[str, str], *, free: bool = True) -> Wish | None:
    """What a text asks for, if it does. `names`: what a company calls its purposes, folded, to their keys.

    `free` also looks for sentences; a pressed button has only keywords, and not those that end a dialogue.
    """
    words = fold(text)
    said = {words, bare := _bare(words)}
    if (not STOP.isdisjoint(said) or unmark(bare) in _UNMARKED) and (free or _OF_A_DIALOGUE.isdisjoint(said)):
        return Wish(granted=False, purpose=ALL, exact=True)
    if words in _START:
        return Wish(granted=True, purpose=ALL, exact=True)
    named = _named(words, names)
    if named is not None:
        return named
    if free and len(text) <= FREE_CHARS_MAX and refusal(words, text) is not None:
        return Wish(granted=False, purpose=ALL, exact=False)
    return None


def _bare(words: str) -> str:
    """What is left of a folded text without signs, politeness and repetition: "opt-out, please!!" is "opt out", "S T O P" and "stooopppp" are "stop"."""
    spaced = "".join(" " if unicodedata.category(one)[0] in "PSC" and one != "'" else one for one in words)
    found = f" {' '.join(spaced.replace(VARIATION, ' ').split())} "
    for polite in _POLITE:
        found = found.replace(f" {polite} ", " ")
    left = _DRAWN_OUT.sub(r"\1", found).split()
    if len(left) > 1 and all(len(one) == 1 for one in left):
        return "".join(left)
    return left[0] if left and left.count(left[0]) == len(left) else " ".join(left)


_UNMARKED: Final = frozenset(unmark(word) for word in STOP if len(word) >= UNMARKED_LETTERS_MIN)


def _named(words: str, names: Mapping[str, str]) -> Wish | None:
    """A keyword and the name of a purpose, in either order."""
    for name, key in names.items():
        if not words.startswith(name) and not words.endswith(name):
            continue
        rest = words.removeprefix(name).strip() if words.startswith(name) else words.removesuffix(name).strip()
        if rest in STOP or rest in _START:
            return Wish(granted=rest in _START, purpose=key, exact=True)
    return None
