"""Free wordings by which people refuse advertising, in many languages, and what is refused in them.

A sentence stops advertising when it refuses advertising, or being written to at all. One that refuses something else, an
invoice on paper or a parcel at the old address, stops nothing, nor does one that misses something: a newsletter that did
not come, a code that does not work. Where such a thing is named, each clause is read by itself.
"""

import re
from collections.abc import Sequence
from typing import Final

from takt.core.stop_rules import leaves, phrase_in, rule_across, rule_in, says_stop, speaks_of_messages
from takt.core.value import value

# What is said to stand in an advertisement is not refused; but people also unsubscribe from one.
_CITED: Final = re.compile(
    r"\b(?:(?:from|in|on|aus|in|von|laut|dans|en|uit) (?:the|your|this|de[rm]|ihre[rm]|eure[rm]|diese[rm]|la|votre"
    r"|su|tu|jullie)|nella|dalla"
    r"|na|da|z|из|в) (?:ads?|adverts?|advertisement|newsletter|promotion|werbung|pub|publicité|publicidad|promoción"
    r"|pubblicità"
    r"|promozione|propaganda|promoção|reclame|reklamy|рекламы|рекламе)\b"
)
# Things that people get from companies, or do with them, and that are no advertising.
_OTHER: Final = re.compile(
    r"\b(?:\w*invoices?|bills?|receipts?|statements?|reminders?|deliver\w*|shipment\w*|shipping|ship|parcels?"
    r"|packages?|orders?|paper|post"
    r"|letters?|code|(?<!discount )(?<!promo )(?<!coupon )(?<!voucher )codes|passwords?|pins?|address|appointments?|class|course|(?:waiting|guest|wish|shopping) list|waitlist|gästeliste|membership|mitgliedschaft|booking|reservation"
    r"|cars?|contract|auto|autos|kfz|fahrzeug\w*|hunde?|wohnsitz|gewerbe|kind|sohn|tochter|schule|kindergarten|purchase|refunds?|money|geld|argent|dinero|soldi|dinheiro|pieniądze|деньги"
    r"|wrapping|bags?|samples?|in (?:english|german|french|spanish|italian|dutch|polish|turkish|russian)"
    r"|call(?:ing)?|phone calls?|cheques?|(?:the|my|that) check|(?:the|my|that|a) (?:payments?|transfers?)|direct debits?"
    r"|überweisung\w*|lastschrift\w*|dauerauftrag\w*|schecks?|färben|haarschnitt\w*"
    r"|\w*rechnung\w*|mahnung\w*|beleg\w*|quittung\w*|liefer\w+|paket\w*|päckchen|sendung\w*|waren?|bestell\w+"
    r"|papier\w*|post|briefe?"
    r"|(?<!discount )(?<!promo )(?<!coupon )(?<!voucher )(?!gutscheincodes|rabattcodes)\w*codes?|passw\w+|adresse\w*|termine?\w*|kurs\w*|warteliste|buchung\w*|reservierung\w*|vertrag\w*"
    r"|\w*vertrag|kaufvertrag\w*|kauf"
    r"|rücksendung\w*|erstattung\w*|versand\w*|tüten?|muster|auf (?:englisch|deutsch|französisch|spanisch|türkisch"
    r"|russisch|polnisch)"
    r"|anrufen|anruf\w*|angerufen|ruf\w*|telefoni\w+|telefonat\w*|appel(?:er|ez|le|les)|n'appelez|llam(?:ar|en|ada|adas)|llámen\w*|llamen\w*|chiama\w*|telefon(?:ate|are|ata)\w*|ligar|ligue[m]?|ligaç\w+|bellen|belt|zadzwo\w*|dzwo\w*|(?:по)?звон\w*|aramay\w*|kontoausz\w+|factures?|livraison\w*|colis|commandes?|courrier|papier|rendez-vous"
    r"|mot de passe|adresse"
    r"|facturas?|paquetes?|pedidos?|entregas?|correo|papel|dirección|citas?|contraseña|bolsas?|fattur\w+|pacc\w+"
    r"|ordin[ei]|consegn\w+"
    r"|posta|indirizzo|appuntament\w+|password|faturas?|pacotes?|encomendas?|entrega|correio|endereço|boletos?"
    r"|factu\w+|pakket\w*"
    r"|bestelling\w*|bezorg\w*|afspraa?k\w*|adres|faktur\w*|paczk\w*|przesyłk\w*|zamówie\w*|dostaw\w*|adres|kodu?"
    r"|hasł\w*|wizyt\w*"
    r"|fatura\w*|paket\w*|kargo\w*|sipariş\w*|teslimat\w*|adrese?|şifre\w*|сч[её]т\w*|посылк\w*|заказ\w*|доставк\w*"
    r"|адрес\w*|код\w*"
    r"|парол\w*|встреч\w*|квитанци\w*|tagihan|faktur|paket|pesanan|alamat|sandi)\b"
    r"|बिल|पार्सल|पता|ऑर्डर|发票|發票|账单|包裹|快递|订单|地址|密码|請求書|荷物|注文|住所|領収書|パスワード|청구서|택배|주문|주소|영수증|비밀번호"
)
# Somebody misses what was promised, or would not miss it, or says what something is not.
_MISSED: Final = re.compile(
    r"\b(?:(?:don'?t|do not|not|nicht|nichts|nie|kein\w*|n'|ne) (?:\w+ ){0,2}(?:forget|miss|vergess\w*|verpass\w*|m'oubli\w*|oubli\w*|rater|manquer)|n'oubli\w*|no (?:\w+ ){0,2}(?:olvid\w*|perder\w*)"
    r"|non (?:\w+ ){0,2}(?:dimentic\w*|perder\w*)|não (?:\w+ ){0,2}(?:esque\w*|perder)|vergeet|niet (?:\w+ )?(?:missen|vergeten)|nie (?:\w+ )?(?:zapomn\w*|przegap\w*)|не (?:\w+ )?(?:забуд\w*|пропусти\w*)|unutmay\w*"
    r"|(?:i|we) (?:can'?t|cannot|couldn'?t|could not)(?! (?:stand|bear|take|believe))|ich (?:kann|konnte)\b.*\b(?:nicht|kein\w*)(?! mehr (?:sehen|ertragen|hören))|(?:not|wasn't|nicht) (?:sent|delivered|gesendet|zugestellt)"
    r"|(?:won't|will not|wird nicht|werden nicht) (?:send|be sent|load|gesendet)|(?:have not|haven'?t) (?:\w+ )?(?:had|heard)"
    r"|(?:habt|hast|haben sie|have|has|avez|han|avete|têm)\b.*\b(?:nichts|kein\w*|nie|nicht|not|nothing|pas|rien|jamais|no|nada|non|niente)\b.*"
    r"\b(?:geschickt|gesendet|geschrieben|geantwortet|sent|answered|replied|written|envoyé|écrit|répondu|enviado|mandado|contestado|mandato|risposto)"
    r"|(?:on|in|im|auf|at|sur|à la|en|na|no|w|по|op) (?:the |your |der |eurer |ihrer |eurem |ihrem |dem |la |le )?(?:tv|television|radio|youtube|facebook|instagram|google|fernsehe\w*|webseite|website|homepage|app|tele|télé|bus|zeitung|newspaper|briefkasten|mailbox)"
    r"|in (?:den|das|die|the|my|mein\w*) (?:karton|box|packung|tüte|paket|parcel|package)|(?:sign|page|site|schild|seite|aufkleber|sticker) (?:says|said|reads|sagt|steht)"
    r"|es\b.*\bkein\w*\b.*\bgibt|gibt (?:es )?(?:\w+ )?kein\w*|there(?:'s| is| are|'re) no"
    r"|nicht\b.*\bsondern|no\b.*\bsino"
    r"|(?:(?:bekomm|krieg)e?|(?:erhalt|empfang)e)\b.*\b(?:kein\w*|nicht\w*|nie)|(?:i|we)(?:'m| am| are)? (?:\w+ )?(?:not|don'?t|no longer|never|stopped) (?:(?!wan|wish|like|care)\w+ )?(?:get(?:ting)?|receiv\w+|see(?:ing)?|understand|understood)(?! why)"
    r"|ne (?:\w+ )?(?:reçois|comprends)|(?:no|non|não) (?:\w+ )?(?:recibo|ricevo|recebo|llegan?|arrivano|chegam|entiendo|capisco|entendo|entendi|ho capito)|не (?:\w+ )?(?:получаю|приходят|понял\w*|понимаю|вижу)"
    r"|nie (?:\w+ )?(?:dostaję|otrzymuję|rozumiem|widz\w*)|verstehe?\b.*\bnicht|finde\w*\b.*\bnicht|nicht da|(?:did not|didn'?t|have not|haven'?t|has not|hasn'?t|never"
    r"|not) (?:\w+ )?(?:got|gotten|received|arrived?|seen|found|come|shown)"
    r"|(?:did not|didn'?t|never) (?:get|receive|see|find)|(?:does not|doesn'?t|do not|don'?t|did not|didn'?t|is not"
    r"|isn'?t|not) (?:\w+ )?"
    r"(?:work\w*|valid|apply|applied|accepted|load\w*|open|bad|true|correct|available)"
    r"|(?:funktionier|geht|klapp|stimm|gilt|gelt|läd|zieh|greif|öffne|kam|kommt|kommen)\w* (?:\w+ ){0,3}(?:nicht|nie)\b(?! auf (?:den|die) (?:keks|nerven|sack|geist|eier|wecker))"
    r"|(?:nicht|nie) (?:\w+ )?(?:funktionier|angekommen|eingelöst|einlösen|gültig|schlecht|übel|richtig|wahr"
    r"|korrekt)\w*"
    r"|n'(?:ai|a|avons|ont) (?:pas|jamais|rien) (?:encore )?(?:reçu|eu|trouvé|vu)|(?:marche|fonctionne"
    r"|passe)\w* (?:pas|plus)"
    r"|no (?:aparece\w*|recib[íi]\w*|me (?:ha )?lleg\w*|he recibido|hemos recibido|funciona\w*|sirve\w*|vale)"
    r"|non (?:ho|abbiamo) (?:\w+ )?(?:ricevuto|trovato|visto)"
    r"|non (?:funziona|va|vale|è (?:arrivat\w|valid\w))\b|não (?:recebi|recebemos|chegou|funciona\w*|vale)"
    r"|werkt (?:\w+ )?niet"
    r"|(?:heb|hebben|heeft) .*(?:niet|geen) .*(?:ontvangen|gekregen)|(?:heb|hebben|heeft) .*(?:niet"
    r"|geen) (?:ontvangen|gekregen)"
    r"|nie (?:działa\w*|dosta\w+|otrzyma[łl]\w*|przysz\w+)|çalişmiyor|gelmedi|almadim|geçmiyor"
    r"|не (?:работает|работают|получил\w*|получал\w*|приш\w+|приходит|действует)"
    r"|tidak (?:bisa|berfungsi|menerima|dapat))\b|नहीं मिला|काम नहीं|没有?收到|收不到|不能用|无法使用|届か|届いてい|使えな|使えませ|못 받|안 와|안 돼|받지 못"
)
_HAD_NOT: Final = re.compile(
    r"\b(?:hab\w*|hatte\w*|wurde\w*)\b.*\b(?:nicht|nie|kein\w*)\b.*\b(?:bekommen|erhalten|gekriegt|gesehen|gefunden|gehört)\b"
)
_WILL: Final = re.compile(r"\b(?:will|wollen|möchten?|wünsch\w*|wollte\w*)\b")

_WILL_STAY: Final = re.compile(
    r"\b(?<!you )(?<!can't )(?<!why )(?:do not|don'?t|please not|never|pls not) (?:ever |you dare )?(?:to )?(?:stop|quit|cease|unsub\w*|remove me|take me off|opt me out)\b"
    r"|\bnicht (?:mehr |wieder )?(?:stopp\w*|abmelden|abbestellen|austragen)\b|\b(?:hör|hört|hören sie) (?:\w+ ){0,2}(?:nicht|nie|niemals) (?:\w+ )?auf\b"
    r"|\bn'arrêtez (?:pas|jamais)\b|\bno (?:dejen|paren)\b|\bnon smett\w+\b|\bnão parem\b|\bnie przestawaj\w*|\bне (?:переставайте|прекращайте|отписывайте|удаляйте меня)\b"
    r"|\b(?:stopp?|stopped|gestoppt|abgemeldet|unsubscribed)\b.*\b(?:by (?:accident|mistake)|accidentally|(?:aus )?versehen\w*|rückgängig)\b"
    r"|\b(?:hab\w*) (?:\w+ ){0,4}(?:nicht|nie) (?:\w+ )?abgemeldet\b|\b(?:i|we) (?:never|didn'?t|did not|haven'?t|have not) (?:\w+ )?(?:unsub\w*|opted out|opt out)\b"
    r"|\b(?:kes|durdur|birak|bırak)m[ae]y[ıi]n\w*|\bsluta inte\b|\bne (?:přest|prest)áva\w*|\bnepřestávejte\b|\bneprestávajte\b|\bне (?:припиняйте|зупиняйте|кидайте)|\bnu (?:vă |va )?(?:opri|înceta|inceta)\w*|\b(?:لا|ما) (?:ت)?(?:وقف|توقف)\w*|\bn'arrêtez surtout\b|\bsurtout n'arr\w*|\bno (?:dejéis|deje|pares|paréis)\b|\bnão (?:parem|pare|deixem)\b|\bniet stoppen\b|\bslut(?:t)? (?:ikke|aldri)\b|\bhold (?:ikke|aldrig) op\b"
    r"|(?<!you )\b(?:put|add|sign) me (?:back|(?:up )?again)\b|\b(?:nehm\w*|trag\w*|setz\w*) (?:sie )?mich (?:bitte )?wieder\b|\b(?:remettez|réinscrivez)-moi\b"
    r"|\bstop (?:\w+ )?niet\b|\b(?:accident\w*|mistake|versehen\w*|versehentlich|irrtüm\w*|sin querer|par erreur|per sbaglio|sem querer|per ongeluk|przez pomyłkę|случайно)\b.*"
    r"\b(?:stopp?|stopped|gestoppt|abgemeldet|unsubscribed|opted out|unsub\w*|désabonné\w*)\b"
)
"""Somebody says not to stop, or to take a stop back."""
_SHOULD_I: Final = re.compile(
    r"\b(?!(?:if|when|once|wenn|falls) (?:i|we|ich|wir) (?:(?:get|see|receive|hear|opted|unsubscribed|asked|told|said|already|nochmal|noch)\b))(?:if|when|once|wenn|falls|sobald|si|se|cuando|quando|als|jeśli|если) (?:i|we|ich|wir|je|j'|man|one|yo|io|eu|ik|я)\b"
    r"(?!.*\b(?:want|wish|will|möchte|veux|quiero|voglio|quero|wil|chcę|хочу)\b)"
)
"""What would be, should somebody stop."""
_WONDERS: Final = re.compile(
    r"\b(?:which|welche\w*|why|how come|warum|weshalb|wieso|pourquoi|por ?qu[eé]|perché|porque|when|wann|quand|cuándo|quando|waarom|dlaczego|почему|neden|kenapa|varför|hvorfor|proč|prečo|чому|навіщо|de ce|لماذا|ليش)\b"
)
_OTHERS_SEND: Final = re.compile(
    r"\b(?:claim\w* to be|pretend\w*|impersonat\w*|phishing|scam\w*|spam calls?|fake|(?:sich|euch|sie) ausgib\w*|ausgibt|ausgeben|angeblich|irgend(?:ein|wo|wem)\w*|betrüg\w*|se fait passer|se font passer"
    r"|se hace\w* pasar|si spaccia\w*|se faz\w* passar|doen zich voor|podszywa\w*|выда[её]т себя|видає себе|какого-то|якогось|utger sig|vydáv\w* se|se dau drept)\b"
)
"""Others than the company send what is spoken of."""
_OLD_NUMBER: Final = re.compile(
    r"\b(?:old|alte\w*|ancien\w*|vecchi\w+|viej\w+|antig\w+|oude|star\w+|eski|gamla|gamle|vechi\w*|قديم\w*) (?:\w+ )?(?:\w*nummer|numret|number|num[eé]ro|numer|numara\w*|номер|číslo|număr\w*)\b"
    r"|\b(?:num[eé]ro|numer|número) (?:ancien|vecchio|viejo|antiguo|antigo|stary)\b|رقمي القديم"
)
"""Who has a new number wants to be written to there."""
_INSISTS: Final = re.compile(
    r"\b(?:still|keeps?|(?:constant|continual)ly|always|every (?:day|hour)|all the time|immer|dauernd|ständig|jeden tag|täglich|trotzdem|obwohl|encore|toujours|continuez|continuate|todavía|siguen"
    r"|ancora|continua\w*|ainda|steeds|ciągle|nadal|wciąż|опять|постоянно|до сих пор|hala|masih)\b"
)
_NO_TO_WHAT_WAS_SAID: Final = re.compile(
    r"^(?:no|nein|nee|nope|non|não|нет|nie)(?= (?:i|i'm|i've|i'll|we|you|it|it's|that|that's|the|this|thanks(?! to)|thank|my|sorry|ich|wir|das|es|danke|die|der|je|yo|io|eu|я)\b)"
)
_QUOTED: Final = re.compile(r"[\"“”„«»][^\"“”„«»]+(?:[\"“”„«»]|$)")
_CALLS_TOO: Final = re.compile(
    r"\b(?:call\w*|phone|ring|anruf\w*|angerufen|appel\w*|llam\w*|chiam\w*|lig\w*|bellen|dzwoni\w*|звони\w*) (?:or|and|nor|und|oder|noch|ou|ni|o|e|y|of|en|ani|i|и|или)\b"
    r"|\b(?:or|and|nor|und|oder|noch|ou|ni|o|e|y|of|en|ani|i|и|или) (?:call\w*|phone|ring|anruf\w*|angerufen|appel\w*|llam\w*|chiam\w*|lig\w*|bellen|dzwoni\w*|звони\w*)\b"
)
"""Who is not to be called or written to speaks of both."""
_SUBORDINATE: Final = re.compile(
    r",(?= (?:dass|das|mir|mich|uns|zu|weiter\w*|mein\w*|sondern|sino|чтобы|żeby\w*|aby|que|che|dat) )"
)
_ASIDE: Final = re.compile(
    r",\s*(?:please|pls|bitte|s'il vous plaît|svp|por favor|per favore|alsjeblieft|alstublieft|aub|proszę|пожалуйста|будь ласка|lütfen|prosím|vă rog|va rog|snälla)\s*,"
)
_SAID_STOP: Final = re.compile(
    r"\b(?:said|texted|sent|replied|typed|wrote|written|told (?:you|u)(?: to)?|asked you to|asked to)[ \"“„]+stopp?[\" ”“]+(?:\w+ ){0,2}(?:twice|times|already|before|last week|yesterday)"
    r"|\b(?:schon|bereits|zweimal|dreimal|mehrmals|mehrfach|\w+ mal)[ \"“„]+(?:\w+ )?[\"“„]?stopp?[\" ”“]+(?:\w+ )?(?:geschrieben|gesagt|geschickt|geantwortet)"
)
_ONLY_OF_MINE: Final = re.compile(
    r"\b(?:only|just|nur(?: noch)?) (?:contact|text|message|write|send|tell|nachrichten|infos?|mitteilungen|meldungen|bescheid|sms) (?!(?:\w+ ){0,4}(?:by|via|per)\b)(?:\w+ ){0,6}(?:my|mein\w*) \w+(?: \w+)?[,.;!]* (?:und |and )?(?:sonst )?(?:nothing|no more|nichts|kein\w*)\b(?! (?:am|per|by|on|via|telefon|calls?|anruf\w*))"
)
"""Who wants to hear of an order of his, and nothing else."""
_DICTATED: Final = re.compile(r"\b(?:komma|punkt|full stop|ausrufezeichen|fragezeichen)(?= \w|$)")
"""What a phone writes of signs that are dictated; the last one ends the text, and is no word either."""
_SENTENCES: Final = re.compile(r"[^.!?\n。！？]+[.!?\n。！？]*")
_CLAUSES: Final = re.compile(
    r"[,.;:!?\n，。！？、()–…]+|(?:^|\s)(?:but|aber|pero|però|maar(?! (?:van|uit|eens|even|af|weg|stoppen|op))|ale|но|а|tapi|ama|mais(?= (?:je|ne|pas|plus))|because|cause|since|weil|denn|and|und|et)\s|但"
)


@value
class _Clause:
    words: str
    asks: bool
    """Whether its sentence is a question."""


def refusal(words: str, text: str) -> str | None:
    """The name of the rule by which a text, folded to `words`, refuses advertising or being written to, if it does."""
    said = _told(words) + ("?" if "?" in text[-3:] else "")
    if _WILL_STAY.search(said):
        return None
    if _SAID_STOP.search(words) is not None:
        return "has said stop before"
    if _ONLY_OF_MINE.search(words) is not None:
        return "wants nothing else"
    clauses = [clause for sentence in _SENTENCES.findall(said) for clause in _clauses_of(sentence)]
    other = _OTHER.search(said) is not None
    alone = not other and (len(clauses) == 1 or speaks_of_messages(said))
    meant = [clause for clause in clauses if not _says_otherwise(clause.words)]
    found = (_rule_of(clause, alone=alone) for clause in meant)
    first = next((rule for rule in found if rule is not None), None)
    return first or (_rule_of_all(meant) if len(meant) > 1 and not other else None)


def _rule_of_all(clauses: Sequence[_Clause]) -> str | None:
    last = "says stop at last" if says_stop(clauses[-1].words) else None
    return rule_across(" ".join(clause.words for clause in clauses)) or last


def _told(words: str) -> str:
    """What a text says itself, without what it quotes, and without a comma inside what it refuses."""
    plain = _ASIDE.sub(" ", _DICTATED.sub(".", _QUOTED.sub(" … ", words)))
    return _SUBORDINATE.sub(" ", _CALLS_TOO.sub("", plain))


def _clauses_of(sentence: str) -> list[_Clause]:
    clauses = (clause.strip() for clause in _CLAUSES.split(sentence))
    return [_Clause(words=clause, asks="?" in sentence) for clause in clauses if clause]


def _says_otherwise(words: str) -> bool:
    """Whether a clause misses something, or thinks of what would be."""
    had_not = _HAD_NOT.search(words) is not None and _WILL.search(words) is None
    others = _OTHERS_SEND.search(words) is not None
    return (
        had_not
        or others
        or _OLD_NUMBER.search(words) is not None
        or _MISSED.search(words) is not None
        or _SHOULD_I.search(words) is not None
    )


def _rule_of(clause: _Clause, *, alone: bool) -> str | None:
    words = clause.words
    if _WONDERS.search(words) is not None and _INSISTS.search(words) is None:
        return phrase_in(words)
    plain = _NO_TO_WHAT_WAS_SAID.sub("", words if leaves(words) else _CITED.sub("", words))
    return rule_in(plain, alone=alone, asks=clause.asks, beside=_OTHER.search(words) is not None)
