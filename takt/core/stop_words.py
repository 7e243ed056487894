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
from takt.core.value import value

FREE_CHARS_MAX: Final = 300
"""Longer texts are letters, not wishes: no sentence in them stops anything."""
VARIATION: Final = "\N{VARIATION SELECTOR-16}"

# The FCC's list of 2024, and what stands for it elsewhere. No word that a person might well answer a question with.
_STOP: Final = frozenset({
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
    "dur", "durdur", "iptal", "abonelikten çık", "çık", "ret", "reklam istemiyorum", "отписаться", "отмена",
    "без рекламы", "відписатися", "скасувати", "зупинити", "توقف", "إيقاف", "الغاء", "إلغاء", "إلغاء الاشتراك",
    "הסר", "הפסק", "עצור", "لغو", "توقف کن",
    # Hindi, Bengali, Urdu, Indonesian, Malay, Vietnamese, Thai, Filipino, Swahili, Chinese, Japanese, Korean
    "बंद", "बंद करो", "बंद करें", "रोकें", "रोको", "বন্ধ", "বন্ধ করুন", "بند", "بند کرو", "berhenti", "hentikan",
    "batal", "tanpa iklan", "henti", "dừng", "ngừng", "hủy", "huỷ", "หยุด", "ยกเลิก", "itigil", "acha", "sitisha",
    "停止", "退订", "退訂", "取消订阅", "取消訂閱", "停止する", "配信停止", "解除", "중지", "정지", "수신거부", "그만",
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

# A sentence stops when it holds one of the first and one of the second, or one of the third.
_ADVERTISING: Final = re.compile(
    r"\b(?:ads?|adverts?|advertis\w+|promotions?|marketing|newsletters?|spam\w*|werb\w+|reklam\w*|publicit\w+|pubs?"
    r"|publicidad\w*|propaganda\w*|promoci\w+|promoç\w+|pubblicit\w+|reclame\w*|mainoks\w+|mainont\w+|hirdet\w+|reklám\w*"
    r"|διαφημ\w+|реклам\w+|рассылк\w+|iklan|promosi|quảng cáo|kampanya\w*)\b"
    r"|विज्ञापन|বিজ্ঞাপন|اشتہار|إعلان|اعلان|פרסומ|โฆษณา|广告|廣告|広告|광고"
)
# People also talk about an offer that they want: these words need one that speaks of getting them.
_OFFERS: Final = re.compile(
    r"\b(?:offers?|deals?|promos?|angebote?n?|rabatte?|offres?|ofertas?|offerte|aanbiedingen|nabídk\w+|oferty)\b"
)
_GETTING: Final = re.compile(
    r"\b(?:more|any ?more|again|send\w*|receiv\w*|mehr|schick\w*|zusend\w*|bekommen|erhalten|plus|envoy\w*|más|envíen?|mais"
    r"|enviem?|mandem?|più|inviat\w*|meer|stuur\w*|więcej|wysyła\w*|více|posíl\w*)\b"
)
_REFUSING: Final = re.compile(
    r"\b(?:no|not|don'?t|do not|never|stop\w*|without|enough|unsubscribe|remove|quit|end|cease|kein\w*|nicht|nie|stopp\w*"
    r"|schluss|genug|aufhör\w+|hört auf|lass\w*|abbestell\w+|widerruf\w*|untersag\w*|pas|plus|ne|jamais|arrêt\w*|arret\w*"
    r"|assez|nunca|basta|deja\w*|dejen|sin|parar|pare\w*|não|nao|chega|sem|non|niente|smett\w+|geen|niet|nooit|ei|älkää"
    r"|inte|ingen|inga|ikke|sluta|nie|bez|dość|žádn\w+|ne|nem|nincs|fără|nu|δεν|όχι|μη|не|нет|хватит|без|istemiyorum"
    r"|gönderm\w+|yeter|hayır|jangan|tidak|tak|stop|không|đừng|dừng)\b|मत|नहीं|बंद|না|বন্ধ|نہیں|نہ|بند|لا|توقف|אל|לא|להפסיק"
    r"|ไม่|หยุด|不要|别|別|停止|不想|ないで|やめ|いりません|不要です|그만|싫|마세요|하지"
)
_TO_ME: Final = re.compile(
    r"\b(?:(?:stop|quit) (?:texting|messaging|writing|contacting|bothering|spamming|sending)(?: to)? ?(?:me|us)?"
    r"|(?:do not|don'?t|never) (?:text|message|write|contact|bother|spam) (?:to )?me|leave me alone|remove me"
    r"|take me off|unsubscribe me|opt me out|i (?:want to |wish to )?(?:unsubscribe|opt out)|i withdraw my consent"
    r"|(?:schreib\w*|schick\w*|send\w*|kontaktier\w*) (?:sie )?(?:mir|mich) (?:bitte )?(?:nie|nicht|nichts|keine)"
    r"|lass\w* (?:sie )?mich (?:bitte )?in ruhe|(?:meld\w*|trag\w*) (?:sie )?mich (?:bitte )?(?:ab|aus)"
    r"|ich widerrufe(?: meine)?(?: einwilligung)?|ich möchte (?:mich )?abmelden|keine nachrichten mehr"
    r"|laissez[- ]moi tranquille|ne m'?écrivez plus|désabonnez[- ]moi|no me (?:escriban?|manden?|envíen?)(?: más)?"
    r"|dejen de (?:escribir|molestar)\w*|denme de baja|não me (?:mandem?|enviem?|escrevam?)(?: mais)?"
    r"|me (?:tirem?|removam?) da lista|non scrivetemi(?: più)?|cancellatemi|lasciatemi in pace|schrijf me niet meer"
    r"|nie piszcie(?: do mnie)?|(?:bana )?(?:mesaj|sms) (?:atma|gönderme)\w*|jangan (?:kirim|hubungi)\w*(?: saya)?(?: lagi)?"
    r"|не пишите мне)\b|मुझे (?:मैसेज|संदेश) मत"
)
# Whoever wants no messages at all need not speak of advertising.
_NO_MORE: Final = re.compile(
    r"\b(?:(?:don'?t|do not|no longer) (?:want|wish)(?: to)?(?: get| receive)?(?: any| these| those| your| such)?(?: more)?"
    r" (?:messages?|texts?|sms)|no more (?:messages?|texts?)|not interested\W+stop"
    r"|(?:hör\w*|hört) (?:\w+ ){0,2}auf,? mi(?:r|ch)|(?:nehm\w*|nimm|streich\w*) (?:sie )?mich (?:bitte )?(?:aus|von)"
    r"|lösch\w* (?:sie )?(?:bitte )?meine (?:\w*nummer|daten)"
    r"|(?:will|möchte) (?:eure|ihre|diese|keine) nachrichten(?: \w+){0,2} mehr"
    r"|(?:will|möchte) (?:von \w+ )?nichts mehr (?:von \w+ )?(?:hören|bekommen|erhalten|lesen)"
    r"|ne m'envoyez (?:plus|pas)|arrêtez de m'\w+|je ne veux plus (?:recevoir|de messages|vos messages)"
    r"|no quiero (?:recibir )?más mensajes|dejen de (?:mandar|enviar)\w*|não quero (?:mais )?(?:receber )?(?:mais )?mensagens"
    r"|pare[m]? de (?:me )?(?:mandar|enviar|escrever)|smettetela|smettila di \w+"
    r"|non voglio (?:più )?(?:ricevere )?(?:più )?messaggi|przestań(?:cie)? (?:do mnie )?pisać"
    r"|nie chcę (?:więcej |już )?(?:otrzymywać )?(?:więcej )?wiadomości|не присылайте"
    r"|не хочу (?:больше )?(?:получать )?(?:ваши )?сообщени\w+)\b"
    r"|\b(?:will|möchte) (?:das|sowas|so etwas) (?:\w+ )?nicht mehr$"
    r"|不要再(?:给我|給我)?(?:发|發|傳)|[别別]再(?:给我|給我)?(?:发|發|傳)|送らないで|(?:メール|メッセージ|配信)を?停止|보내지 ?마"
)
_WANTING: Final = re.compile(
    r"\b(?:why|warum|weshalb|wieso|pourquoi|por qué|perché|porque|when|wann|quand|cuándo|quando)\b.*\?"
    r"|\bnicht mehr stopp\w*\b|\b(?:don'?t|do not|never) stop\b"
)
_EDGES: Final = " \t\r\n.!?,;:\"'¡¿…。！？、،؟।“”‘’«»()[]-–—*"


@value
class Wish:
    """What a text asks for: to stop or start `purpose` (`*` is all). `exact`: it was a keyword, not a sentence."""

    granted: bool
    purpose: str
    exact: bool


def fold(text: str) -> str:
    """A text as keywords are compared: one case, one blank between words, nothing around them."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return " ".join(folded.split()).strip(_EDGES)


def hear(text: str, names: Mapping[str, str], *, free: bool = True) -> Wish | None:
    """What a text asks for, if it does. `names`: what a company calls its purposes, folded, to their keys.

    `free` also looks for sentences; a pressed button has only keywords.
    """
    words = fold(text)
    if words in _STOP or _bare(words) in _STOP:
        return Wish(granted=False, purpose=ALL, exact=True)
    if words in _START:
        return Wish(granted=True, purpose=ALL, exact=True)
    named = _named(words, names)
    if named is not None:
        return named
    if free and len(text) <= FREE_CHARS_MAX and _refuses(words, text):
        return Wish(granted=False, purpose=ALL, exact=False)
    return None


def _bare(words: str) -> str:
    """What is left without signs, politeness and repetition: "opt-out, please!!" is "opt out", "S T O P" is "stop"."""
    spaced = "".join(" " if unicodedata.category(one)[0] in "PSC" and one != "'" else one for one in words)
    found = f" {' '.join(spaced.replace(VARIATION, ' ').split())} "
    for polite in _POLITE:
        found = found.replace(f" {polite} ", " ")
    left = found.split()
    if len(left) > 1 and all(len(one) == 1 for one in left):
        return "".join(left)
    return left[0] if left and left.count(left[0]) == len(left) else " ".join(left)


def _named(words: str, names: Mapping[str, str]) -> Wish | None:
    """A keyword and the name of a purpose, in either order."""
    for name, key in names.items():
        if not words.startswith(name) and not words.endswith(name):
            continue
        rest = words.removeprefix(name).strip() if words.startswith(name) else words.removesuffix(name).strip()
        if rest in _STOP or rest in _START:
            return Wish(granted=rest in _START, purpose=key, exact=True)
    return None


def _refuses(words: str, text: str) -> bool:
    asked = f"{words}?" if "?" in text else words
    if _WANTING.search(asked):
        return False
    if _TO_ME.search(words) is not None or _NO_MORE.search(words) is not None:
        return True
    spoken_of = _ADVERTISING.search(words) is not None or (
        "?" not in text and _OFFERS.search(words) is not None and _GETTING.search(words) is not None
    )
    return spoken_of and _REFUSING.search(words) is not None
