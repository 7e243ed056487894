"""The rules by which a sentence is a stop: a table over what its words mean, and set phrases. Each rule has a name.

A rule holds in a clause in which each of its senses is met and at most `unknown` words mean nothing to it: what is refused
in "send me no red shoes" is none of what companies write.
"""

import re
from collections.abc import Sequence
from typing import Final

from takt.core.stop_sense import Sense
from takt.core.stop_senses import senses_in
from takt.core.value import value

_S = Sense
LAST_WORDS_MAX: Final = 2


@value
class Rule:
    """One way to refuse: a word of each of `needs`, none of `bars`, at most `unknown` words without a meaning here."""

    name: str
    needs: tuple[frozenset[Sense], ...]
    unknown: int
    bars: frozenset[Sense] = frozenset()
    asked: bool = False
    """Whether a question says it as well: who asks how to unsubscribe wants to."""
    alone: bool = False
    """Whether only a text that speaks of nothing else says it."""
    across: bool = False
    """Whether its words may be spread over several clauses."""
    near: int = 0
    """Where not 0: they stand so near, and whatever else the clause has means nothing."""


def _any(*senses: Sense) -> frozenset[Sense]:
    return frozenset(senses)


_NOT: Final = _any(_S.NOT)
_REFUSED: Final = _any(_S.NOT, _S.CEASE, _S.ENOUGH, _S.OBJECT)
_LEAVING: Final = _any(_S.LEAVE, _S.REMOVE, _S.TAKE, _S.ENOUGH, _S.ANNOY, _S.CANCEL, _S.CEASE)
_ENDING: Final = _any(_S.CEASE, _S.LEAVE, _S.REMOVE)
_SENT: Final = _any(_S.MESSAGE, _S.ADVERTISING, _S.OFFER)
_RULES: Final = (
    Rule(
        name="refuses advertising",
        needs=(_REFUSED | _any(_S.CANCEL, _S.REMOVE, _S.LEAVE, _S.ANNOY), _any(_S.ADVERTISING)),
        unknown=4,
        asked=True,
    ),
    Rule(name="refuses advertising", needs=(_NOT, _any(_S.MORE), _any(_S.ADVERTISING)), unknown=20, near=3),
    Rule(name="refuses advertising", needs=(_any(_S.OMIT), _SENT - _any(_S.MESSAGE)), unknown=2, bars=_NOT),
    Rule(
        name="refuses offers",
        needs=(
            _REFUSED,
            _any(_S.OFFER),
            _any(_S.MORE, _S.SEND, _S.RECEIVE, _S.CEASE, _S.ENOUGH, _S.YOU, _S.ANNOY, _S.WANT),
        ),
        unknown=2,
    ),
    Rule(
        name="refuses offers",
        needs=(_NOT, _any(_S.OFFER)),
        unknown=0,
        bars=_any(_S.RECEIVE, _S.YOU, _S.INTEREST),
    ),
    Rule(
        name="refuses to be written to",
        needs=(_any(_S.NOT, _S.CEASE, _S.OBJECT), _any(_S.WRITE), _any(_S.ME, _S.MORE, _S.CEASE)),
        unknown=1,
        bars=_any(_S.NUMBER),
    ),
    Rule(name="refuses to be written to", needs=(_any(_S.CEASE), _any(_S.WRITE)), unknown=2, asked=True),
    Rule(
        name="refuses what is sent",
        needs=(
            _any(_S.NOT, _S.CEASE),
            _any(_S.SEND),
            _any(_S.MORE, _S.CEASE),
            _any(_S.MESSAGE, _S.OFFER, _S.NOTHING, _S.ME, _S.NOT),
        ),
        unknown=0,
        asked=True,
    ),
    Rule(
        name="refuses to be written to",
        needs=(_NOT, _any(_S.WRITE)),
        unknown=0,
        bars=_any(_S.NUMBER, _S.WANT),
        alone=True,
    ),
    Rule(name="refuses to be written to", needs=(_NOT, _any(_S.WRITTEN), _any(_S.WANT, _S.MORE)), unknown=3),
    Rule(name="refuses what is sent", needs=(_any(_S.CEASE), _any(_S.SEND), _any(_S.MESSAGE)), unknown=4, asked=True),
    Rule(name="refuses what is sent", needs=(_NOT, _any(_S.SEND), _any(_S.MESSAGE)), unknown=1),
    Rule(
        name="refuses messages",
        needs=(_REFUSED, _any(_S.MESSAGE), _any(_S.WANT, _S.MORE, _S.CEASE, _S.ENOUGH)),
        unknown=2,
        asked=True,
    ),
    Rule(
        name="refuses messages",
        needs=(_NOT, _any(_S.MESSAGE), _any(_S.PLEASE)),
        unknown=0,
        bars=_any(_S.RECEIVE),
        alone=True,
    ),
    Rule(name="refuses messages", needs=(_any(_S.CANCEL), _any(_S.MESSAGE)), unknown=1, asked=True),
    Rule(name="refuses what is sent", needs=(_NOT, _any(_S.SEND), _any(_S.NOTHING)), unknown=0),
    Rule(name="refuses what is sent", needs=(_any(_S.CEASE), _any(_S.SEND)), unknown=0, asked=True, alone=True),
    Rule(name="refuses what is sent", needs=(_NOT, _any(_S.SEND), _any(_S.MORE)), unknown=0, asked=True, alone=True),
    Rule(name="refuses what is sent", needs=(_NOT, _any(_S.SEND), _any(_S.ME)), unknown=0, alone=True),
    Rule(
        name="refuses what is sent",
        needs=(_any(_S.NOT, _S.CEASE), _any(_S.NEWS), _any(_S.SEND, _S.RECEIVE, _S.INTEREST)),
        unknown=2,
    ),
    Rule(name="wants to hear nothing", needs=(_NOT, _any(_S.WANT), _any(_S.RECEIVE), _any(_S.MORE)), unknown=1),
    Rule(name="wants to hear nothing", needs=(_NOT, _any(_S.WANT), _any(_S.RECEIVE), _any(_S.YOU)), unknown=2),
    Rule(name="leaves", needs=(_any(_S.LEAVE),), unknown=1, asked=True),
    Rule(
        name="off the list",
        needs=(_any(_S.REMOVE, _S.TAKE), _any(_S.ME, _S.NUMBER), _any(_S.LIST, _S.ADVERTISING)),
        unknown=4,
        asked=True,
    ),
    Rule(
        name="off the list", needs=(_any(_S.REMOVE), _any(_S.ME), _any(_S.NUMBER)), unknown=1, asked=True, across=True
    ),
    Rule(
        name="off the list",
        needs=(_any(_S.REMOVE), _any(_S.ME)),
        unknown=0,
        bars=_any(_S.MESSAGE, _S.OFFER),
        asked=True,
    ),
    Rule(name="off the list", needs=(_any(_S.WANT), _any(_S.OFF), _any(_S.LIST)), unknown=1, bars=_NOT),
    Rule(name="off the list", needs=(_any(_S.REMOVE, _S.TAKE), _any(_S.LIST)), unknown=1),
    Rule(name="off the list", needs=(_any(_S.OFF), _any(_S.LIST)), unknown=0, bars=_any(_S.NOT, _S.RECEIVE, _S.SEND)),
    Rule(name="off the list", needs=(_NOT, _any(_S.WANT, _S.MORE), _any(_S.LIST)), unknown=1),
    Rule(
        name="off the list",
        needs=(_any(_S.OFF), _any(_S.ME), _any(_S.ADVERTISING)),
        unknown=1,
        bars=_any(_S.NOT, _S.SEND),
        asked=True,
    ),
    Rule(
        name="objects",
        needs=(_any(_S.OBJECT), _any(_S.CONSENT, _S.NUMBER, _S.WRITE, _S.ADVERTISING, _S.MESSAGE)),
        unknown=6,
    ),
    Rule(name="never agreed", needs=(_any(_S.NEVER), _any(_S.CONSENT, _S.SIGNED)), unknown=0),
    Rule(name="never agreed", needs=(_NOT, _any(_S.CONSENT)), unknown=2),
    Rule(
        name="never agreed",
        needs=(
            _NOT,
            _any(_S.CONSENT, _S.SIGNED),
            _any(_S.WRITE, _S.SEND, _S.MESSAGE, _S.ADVERTISING, _S.OFFER),
        ),
        unknown=3,
    ),
    Rule(name="blocks the sender", needs=(_any(_S.BLOCK), _any(_S.YOU)), unknown=3, bars=_NOT),
    Rule(name="is annoyed", needs=(_any(_S.ANNOY), _SENT | _any(_S.WRITE)), unknown=3),
    Rule(name="is annoyed", needs=(_any(_S.ANNOY), _any(_S.YOU, _S.NOT)), unknown=0, alone=True),
    Rule(name="names the law", needs=(_any(_S.LAW), _any(_S.REMOVE, _S.OBJECT, _S.CONSENT)), unknown=3),
    Rule(name="names the law", needs=(_any(_S.LAW), _any(_S.MESSAGE, _S.ADVERTISING)), unknown=5, across=True),
    Rule(name="names the law", needs=(_any(_S.LAW, _S.BLOCK), _any(_S.NEXT)), unknown=2, across=True),
    Rule(
        name="gets too much",
        needs=(_any(_S.OFTEN), _SENT | _any(_S.WRITE, _S.SEND)),
        unknown=1,
        bars=_any(_S.WANT, _S.PLEASE),
    ),
    Rule(
        name="gets too much",
        needs=(_any(_S.WHY), _any(_S.OFTEN, _S.STILL), _SENT | _any(_S.WRITE, _S.SEND, _S.RECEIVE)),
        unknown=1,
        asked=True,
    ),
    Rule(
        name="wants no more",
        needs=(_NOT, _any(_S.INTEREST, _S.NOTHING), _any(_S.WANT), _any(_S.MORE)),
        unknown=0,
        alone=True,
    ),
    Rule(
        name="refuses advertising",
        needs=(_any(_S.CANCEL, _S.REMOVE, _S.LEAVE, _S.CEASE), _any(_S.ADVERTISING)),
        unknown=4,
        bars=_NOT,
        across=True,
    ),
    Rule(name="has had enough", needs=(_any(_S.CEASE),), unknown=0, bars=_any(_S.RECEIVE), asked=True, alone=True),
)

_GETTING_OUT: Final = "wants to get out"
_PHRASES: Final = {
    "wants to be left alone": (
        r"leave (?:me|us) (?:the \w+ )?(?:alone|be)|(?:fuck|piss|bugger|sod|back|buzz) off|go away|get lost|get out of my"
        r"|lass\w* (?:sie )?(?:mich|uns|mi) (?:\w+ ){0,3}(?:in (?:ruhe|ruah|rua|ruh)|in frieden|zufrieden)|f[u*#@][^\s\w]*\w* off|lad mig være|låt mig vara|la meg være|lämna mig ifred|dejte mi (?:\w+ )?pokoj|dajte mi (?:\w+ )?pokoj|lăsați-mă în pace|lasati-ma in pace|lasa-ma in pace|nech(?:te|ejte) (?:mě|mne|nás) (?:být|na pokoji)|дайте (?:мені )?спокій|відчепіться|відстаньте|залиште мене|اتركوني|اتركني|سيبوني|(?:mich|uns) (?:\w+ ){0,2}in (?:ruhe|frieden) (?:zu )?lass\w*"
        r"|verpiss\w* \w+|haut (?:endlich )?ab|zieht leine|bleibt? mir (?:bloß )?weg|(?:fichez|foutez|laissez|fous|l[aâ]chez)[- ](?:moi|nous)"
        r"|d[eé]jen?(?:me|nos) (?:en paz|tranquil\w+)|d[eé]jenos en paz|lasciatemi (?:in pace|stare)|me deixem? em paz|me larguem?|laat me (?:\w+ )?met rust|rot op"
        r"|отстаньте|отвяжитесь|отвалите|оставьте меня|daj\w* mi (?:\w+ )?spok[oó]j|odczep\w* się|rahat b[iı]rak\w*|beni b[iı]rak\w*"
        r"|fahrt zur hölle|halt\w* (?:\w+ ){0,2}die (?:klappe|fresse)|shut up|stfu|(?:ihr könnt|könnt) mich mal|gebt (?:\w+ )?(?:ruhe|frieden)|geht mir (?:\w+ ){0,2}auf die (?:nerven|eier)"
    ),
    "says that it is enough": (
        r"stopp? (?:means|heißt|heisst|bedeutet) stopp?|(?:i'?m |am )?(?:so |over and |totally )?done with (?:\w+ ){0,3}(?:ads|adverts|spam|messages|texts|promos|offers|marketing|newsletter)|(?:that|this) is the last straw|(?:скільки можна|сколько можно|ile można)(?=$| (?:слать|писать|спамить|слати|писати|надсилати|wysyłać|pisać))|(?:reicht\w*|genug|schluss|gut) (?:\w+ ){0,2}mit (?:\w+ ){0,3}(?:\w*werb\w*|spam|\w*nachrichten|angebote\w*)|enough (?:is enough|already|now)|that's (?:quite )?enough|had enough of (?:you|this$)|(?:genug|satt|enough|marre|hart[oa]s?|stufo|cansad[oa]) (?:von|of|de|di) (?:euch|ihnen|you|vous|ustedes|voi|vocês)|knock it off|cut it out|give it a rest|i'?m out$"
        r"|(?:es|mir|jetzt|jetz) reicht(?:'?s|s| es)?(?: mir)? (?:\w+ ){0,2}(?:jetzt|jetz|langsam|echt|endgültig)|(?:jetzt|jetz|langsam|mir) reicht'?s?$"
        r"|aufhören (?:\w+ ){0,3}(?:mit|damit)\b|stop (?:it )?with (?:the|this|your|all)|arrêtez avec|basta con|smett\w+ con|parem com|hou op met"
        r"|^(?:\w*nachrichten|mitteilungen|benachrichtigungen|sms|messages|texts|notifications) (?:aus|off|stopp?|ende)$|jetzt ist (?:\w+ )?schluss|schluss (?:jetzt|damit)|genug ist genug|jetzt ist genug|ich bin raus$|(?:so )?done with (?:(?:this|these|you|it all)$|your)|(?:ça|ca) suffit|y en a marre|basta (?:ya|così|cosi)|ya basta"
        r"|já chega|хватит уже|всё хватит|yeter artik|nu is het genoeg"
    ),
    _GETTING_OUT: (
        r"(?:take|get|keep|scratch|strike|cross) (?:my|this|our) (?:\w+ )?(?:number|phone|details|name) (?:\w+ )?(?:off|out)\b(?! to\b)|wie (?:komm\w*|werd\w*) (?:ich|man) (?:aus|von|da|hier|wieder|euch|sie) (?:\w+ ){0,4}(?:raus|los)$|scoate[tț]i-?m[aă] de|відпишіть (?:мене|нас)|отпишите меня|(?:take|get|leave|count|cut|let) me (?:\w+ )?(?:off|out)(?! (?:at|to the|here))|(?:nehm\w*|nimm\w*|lass\w*|schmei\w*|werft|tragt?|hol\w*) (?:sie )?mich (?:\w+ ){0,2}(?:da |hier )?(?:raus|runter|weg|aus)$"
        r"|(?:sortez|enlevez|sácame|s[aá]quenme|quítenme|toglietemi|levatemi|tirem?[- ]me|me tirem?) (?:de|d'|da|dal|daí|disso|daqui|di)\b|haal me (?:hier |er )?(?:uit|van|eraf)"
        r"|get off my|how (?:do|can|could) (?:i|we) (?:\w+ )?(?:get out|get off|unsub\w*|opt out|make (?:this|it) stop|stop (?:this|these|getting|receiving))"
        r"|wie (?:komm\w*|kann|könn\w*|werd\w*|meld\w*) ich (?:\w+ ){0,3}(?:raus|los|abmelden|austragen|ab)$|damit (?:das|es) (?:\w+ )?aufhört"
        r"|comment (?:me )?(?:désinscrire|désabonner)|c[oó]mo me (?:doy de baja|salgo)|come (?:mi disiscrivo|faccio a (?:uscire|cancellarmi))|como (?:saio|me descadastro)"
        r"|(?:lose|forget) (?:my|this|the) number|forget my number|vergesst meine nummer|count me out|opt me out|opt out please|(?:want|wanna) (?:out|off)$|dad(?:me|nos) de baja|d[eé]n?me de baja"
    ),
    "did not give the number": (
        r"(?:wer|who|qui|quién|chi|quem) (?:\w+ ){0,2}(?:euch|ihnen|you|vous|te|vi) (?:\w+ ){0,3}(?:erlaubt|permission|the right|allowed|autorisé|permiso|permesso)|this number (?:does not|doesn't|no longer) belongs?|nummer gehört (?:nicht|jemand)|(?:where|how|who) (?:\w+ ){0,3}(?:get|got|gave|have|find|found) (?:\w+ ){0,2}my (?:\w+ )?(?:number|details|contact|data)"
        r"|(?:woher|wer|wie) (?:\w+ ){0,4}meine (?:\w+ )?(?:\w*nummer|daten)|(?:d'où|comment) (?:\w+ ){0,2}(?:avez|a)(?:[- ]vous)? (?:eu )?mon numéro|de d[oó]nde (?:\w+ ){0,2}mi n[uú]mero"
        r"|chi (?:vi|ti) ha dato il mio numero|(?:откуда|кто) (?:\w+ ){0,3}мой номер|sk[aą]d (?:\w+ ){0,3}m[oó]j numer|wie (?:heeft|gaf) (?:\w+ ){0,2}mijn nummer"
        r"|^(?:\w+ )?(?:you (?:have |ve |'ve )?(?:got )?(?:the )?)?wrong (?:number|person)\b|^(?:\w+ ){0,3}falsche nummer$"
    ),
    "calls it spam": r"(?:^|(?:is|ist|just|nur|reiner?|est|è|é|es|só|это|to) )(?:\w+ )?spam(?: spam)*$",
    "reports the sender": r"werde (?:euch|sie) (?:\w+ )?(?:melden|anzeigen)|report(?:ing)? this number|zeige? (?:ich )?(?:euch|sie) an",
    "asks what the message is for": r"why (?:am|are) (?:i|we) (?:\w+ )?(?:getting|receiving) these$|why (?:are|r|do) (?:you|u) (?:\w+ ){0,2}(?:text|messag|contact|writ|spam)\w* (?:to )?me$|warum (?:schreib|kontaktier|belästig)\w* (?:ihr|sie) mi(?:r|ch)$"
    r"|was fällt (?:euch|ihnen) (?:\w+ )?ein",
    "is on a list of objectors": r"do not (?:call|contact) (?:list|registry)|robinson-?liste|lista robinson|bloctel|registro (?:pubblico )?delle opposizioni",
    "wants the sender to spare it": r"lasst (?:es|das|den \w+) (?:\w+ )?(?:sein|bleiben)|lasst den \w+$|(?:lasst|lassen sie) (?:es|das)(?: \w+)?$|spart euch|sparen sie sich|(?:könnt|koennt) ihr euch (?:.* )?(?:sparen|schenken)|sonst (?:gibt|kommt|melde|zeige)|ohne mich$|nicht mit mir$",
}
_THIS_NO_MORE: Final = re.compile(r"^(?:ich )?(?:will|möchte) (?:das|sowas|so etwas) (?:\w+ )?nicht mehr$")
"""Said of messages only where nothing else is said."""
_PHRASE: Final = {name: re.compile(rf"(?<!\w)(?:{phrases})(?!\w)") for name, phrases in _PHRASES.items()}


# Words that stand apart in a sentence, as one.
_APART: Final = (
    (re.compile(r"\b(?:hör|hört|hören|hoert|hoer|hörn) ((?:\w+ ){0,3})auf\b"), r"aufhören \1"),
    (
        re.compile(
            r"\b(meld\w*|trag\w*|stell\w*|schalt\w*|nehm\w*|nimm|bestell\w*) ((?:\w+ ){0,12})(ab|aus|ein|raus)$"
        ),
        r"\3\1 \2",
    ),
    (re.compile(r"\b(?:ziehe?|nehme?) ((?:\w+ ){0,14})zurück\b"), r"widerrufe \1"),
    (
        re.compile(
            r"\b(?:every (?:single |other )?(?:day|hour|week|morning|evening|night|minute)|all the time|all day|jeden (?:\w+ )?(?:tag|morgen|abend)|jede (?:\w+ )?(?:woche|stunde|minute)|tag für tag|mehrmals (?:am|pro|die)|tous les jours|todos los d[ií]as|ogni giorno|todo dia|elke dag|каждый день|her gün)\b"
        ),
        "dauernd",
    ),
    (
        re.compile(
            r"\b(?:too (?:many|much|often|frequent\w*)|so (?:many|much|viele?)|zu (?:viele?|oft|häufig)|trop(?: de)?|demasiad[oa]s?|tant[oi]s?|tropp[oiea]|te veel|za dużo|слишком много|çok fazla)\b"
        ),
        "dauernd",
    ),
    (re.compile(r"\b(?:did not|didn'?t)\b|\bhabe?((?: (?!noch)\w+){0,3}) nicht\b"), r"never \1"),
    (re.compile(r"\bopt(?:ing|ed)? ((?:me |us )?)out\b"), r"unsubscribe \1"),
    (re.compile(r"\b(?:dar(?:me|nos)?|d[eé]n?(?:me|nos)?|doy) de baja\b"), "unsubscribe"),
    (re.compile(r"\bif you (?:could |would )?(?:stopped|quit)\b"), "stop"),
    (re.compile(r"\bget rid of\b"), "remove"),
    (re.compile(r"\bjog on(?= with\b)"), "stop"),
    (
        re.compile(r"\bbaja (?:de|en) (?=(?:\w+ )?(?:comunicaci|public|promoc|ofert|mensaj|list|newsletter|bolet))"),
        "unsubscribe ",
    ),
    (re.compile(r"\b(?:har|kan|vill|ska|är|skulle|får) ni\b|\bni (?:har|kan|vill|ska|är|får)\b"), "you"),
    (re.compile(r"\bnein danke\b"), "nicht"),
    (re.compile(r"\bbin (?=(?:the|all|these|those|your)\b)"), "omit "),
    (
        re.compile(
            r"\b(?:könnt|koennt|können) (?:ihr|sie) (?:euch |sich )?(?:\w+ ){0,4}(?:behalten|stecken|schenken|vergessen)$"
        ),
        r"stopp \g<0>",
    ),
    (re.compile(r"\bmai più\b"), "non più"),
    (
        re.compile(
            r"\b(?:cut(?:ting)?|give|pack|leave|lay|chuck) (?:it )?(?:out|over|off|in)(?= (?:with )?(?:the|all|these|those|your|with|sending|texting|messaging)\b)|\blägg av\b|\bhold op\b|\bla(?:d)? være\b|\bstäng(?:a)? av\b|\bpara de (?=me |nos |mand|envi|spam|ench)"
        ),
        "stop ",
    ),
    (re.compile(r"\b(?:ta|tag|taga|plocka) bort\b"), "radera"),
    (re.compile(r"\bgeri (?:al|cek|çek)\w*"), "itiraz"),
    (
        re.compile(
            r"\b(?:draar|drar|dra|trækker|trekker) (?:\w+ ){0,4}(?:tillbaka|tilbage|tilbake)\b|\b(?:beru|vezměte) (?:\w+ ){0,4}zpět\b"
        ),
        "revoke",
    ),
    (
        re.compile(
            r"\b(?:إلغاء|الغاء|ألغوا|الغوا) (?:ال)?اشتراكي?(?= (?:في |من |ب)?(?:ال)?(?:رسائل|عروض|إعلان|اعلان|نشر|قائم|خدمة)|$)"
        ),
        "unsubscribe",
    ),
    (re.compile(r"\bhad it with\b|\b(?:nase|schnauze|faxen) (?:\w+ )?(?:voll|dicke)\b|\bras[- ]le[- ]bol\b"), "satt"),
    (re.compile(r"\bmais uma?\b|\bmas uno?\b"), "outra"),
    (re.compile(r"\b(?:even )?one more\b(?! (?:time|thing|question|day|week))"), "another"),
    (
        re.compile(
            r"(?<!at )(?<!on )(?<!to )(?<!auf )(?<!an )(?<!unter )\b(?:this|diese) (?:number|nummer|phone|cell)\b"
        ),
        "me",
    ),
    (re.compile(r"\b(?:discount|promo|coupon|voucher) codes\b"), "discounts"),
    (re.compile(r"\b(?:turn|switch)(?:ing)? ((?:\w+ ){0,3})off\b"), r"stop \1"),
    (re.compile(r"\b(?:schrijf|meld|trek) ((?:\w+ ){0,2})(?:uit|af|in$)"), r"uitschrijven \1"),
    (re.compile(r"\bsign(?:ed)? up\b|\bask(?:ed)? for\b|\bopt(?:ed)?[- ]?in\b"), "signed"),
)


def _joined(clause: str) -> str:
    for apart, together in _APART:
        clause = apart.sub(together, clause)
    return " ".join(clause.split())


def speaks_of_messages(text: str) -> bool:
    """Whether a folded text speaks of what companies write, or of writing."""
    return any(not meant.isdisjoint(_SENT | _any(_S.WRITE)) for meant in senses_in(text))


def leaves(clause: str) -> bool:
    """Whether a folded clause speaks of leaving, or of having enough: so that where it says from what, it does not cite it."""
    return any(not meant.isdisjoint(_LEAVING) for meant in senses_in(clause))


def phrase_in(clause: str) -> str | None:
    """The name of the set phrase in a folded clause, if there is one."""
    joined = _joined(clause)
    ways = {clause, joined}
    return next((name for name, phrase in _PHRASE.items() if any(map(phrase.search, ways))), None)


def rule_in(clause: str, *, alone: bool, asks: bool, beside: bool) -> str | None:
    """The name of the rule by which a folded clause is a stop.

    `alone`: the text speaks of nothing but messages; `asks`: the clause is a question; `beside`: it also names a thing that
    is no advertising, so that only what it says of advertising counts.
    """
    rules = (
        _RULES[:1] if beside else [rule for rule in _RULES if (rule.asked or not asks) and (alone or not rule.alone)]
    )
    this = "wants this no more" if alone and _THIS_NO_MORE.search(clause) else None
    phrase = phrase_in(clause)
    elsewhere = beside and phrase == _GETTING_OUT and not speaks_of_messages(clause)
    return (None if elsewhere else phrase) or this or _first_of(rules, clause)


def says_stop(clause: str) -> bool:
    """Whether a folded clause is hardly more than a word that ends something, as people put it after all else."""
    senses = senses_in(_joined(clause))
    ends = any(not meant.isdisjoint(_ENDING) for meant in senses)
    bid = sum(_S.YOU in meant for meant in senses)
    return ends and len(senses) - bid <= LAST_WORDS_MAX and all(senses)


def rule_across(clauses: str) -> str | None:
    """The name of the rule by which several folded clauses are a stop together, if one of those that may be spread is."""
    return _first_of([rule for rule in _RULES if rule.across], clauses)


def _first_of(rules: Sequence[Rule], clause: str) -> str | None:
    senses = senses_in(_joined(clause))
    met = _met(senses)
    unknown = sum(not meant for meant in senses)
    return next((rule.name for rule in rules if _holds(rule, met, unknown) and _stand_near(rule, senses)), None)


def _met(senses: Sequence[frozenset[Sense]]) -> frozenset[Sense]:
    return frozenset[Sense]().union(*senses)


def _holds(rule: Rule, met: frozenset[Sense], unknown: int) -> bool:
    return unknown <= rule.unknown and met.isdisjoint(rule.bars) and _needs_met(rule, met)


def _needs_met(rule: Rule, met: frozenset[Sense]) -> bool:
    return not any(met.isdisjoint(need) for need in rule.needs)


def _stand_near(rule: Rule, senses: Sequence[frozenset[Sense]]) -> bool:
    """Whether the words that a rule needs stand as near each other as it says."""
    return not rule.near or any(
        _needs_met(rule, _met(senses[at : at + rule.near])) for at in range(max(1, len(senses) - rule.near + 1))
    )
