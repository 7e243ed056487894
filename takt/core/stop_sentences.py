"""Free wordings by which people refuse advertising, in many languages, and what is refused in them.

A sentence stops advertising when it refuses advertising, or being written to at all. One that refuses something else, an
invoice on paper or a parcel at the old address, stops nothing, nor does one that misses something: a newsletter that did
not come, a code that does not work. Where such a thing is named, each clause is read by itself.
"""

import re
from typing import Final

# A sentence refuses when it holds one of the first and one of the second.
_ADVERTISING: Final = re.compile(
    r"\b(?:ads?|adverts?|advertis\w+|promotion\w*|marketing|newsletters?|spam\w*|promos|werb\w+|reklam\w*"
    r"|publicit\w+|pubs?"
    r"|publicidad\w*|propaganda\w*|promoci\w+|promoç\w+|pubblicit\w+|promozion\w+|reclame\w*|nieuwsbrie\w+|mainoks\w+"
    r"|mainont\w+|hirdet\w+|reklám\w*|διαφημ\w+|реклам\w+|рассылк\w+|спам\w*|промо\w*|iklan|promosi|quảng cáo"
    r"|kampanya\w*)\b"
    r"|विज्ञापन|বিজ্ঞাপন|اشتہار|إعلان|اعلان|פרסומ|โฆษณา|广告|廣告|营销|推销|広告|宣伝|광고|스팸|홍보"
)
_REFUSING: Final = re.compile(
    r"\b(?:no|not|don'?t|do not|never|stop\w*|opt(?:ing)? out|without|enough|unsubscrib\w*|remove|delete|quit|end"
    r"|cease|(?:sick|tired) of|fed up|hate|(?:turn|switch) off|(?:not|un)[- ]?(?:welcome|wanted)|revoke|kein\w*"
    r"|nicht|nie|stopp\w*"
    r"|schluss|genug|reicht|satt|\w*nerv\w*|verschon\w*|unterlass\w*|entfern\w*|abgemeldet|abmeld\w*|unerwünscht"
    r"|(?:ein|ab)(?:zu)?(?:stell|schalt)\w*|streich\w*|lösch\w*|aufhör\w+|hört (?:\w+ )?auf|hör (?:\w+ )?auf"
    r"|lass\w*|abbestell\w+|widerruf\w*|untersag\w*|verbiet\w*"
    r"|verbitt\w*|(?:meld\w*|trag\w*) .*(?:ab|aus)$|pas|plus|ne|ni|jamais|arrêt\w*|arret\w*|cess\w*|marre|désabonn\w*"
    r"|désinscri\w*|supprim\w*"
    r"|assez|nunca|basta|deja\w*|dejen|paren|hart[oa]|elimin\w*|sin|parar|pare\w*|não|nao|chega|sem|non|niente"
    r"|smett\w+|geen|niet|nooit|uitschrij\w*|uit|ei|älkää"
    r"|inte|ingen|inga|ikke|sluta|nie|bez|dość|wypis\w*|zaprzesta\w*|mnie z|žádn\w+|ne|nem|nincs|fără|nu|δεν|όχι|μη"
    r"|не|нет|хватит|перестан\w+|без|убер\w+|отпиш\w+|отписа\w+|прекрат\w+|надоел\w*|удал\w+|istemiyorum"
    r"|gönderm\w+|durdur\w*|birak\w*|yeter|hayir|jangan|tidak|tak|berhenti|hentikan|stop|không|đừng|dừng)\b|मत|नहीं"
    r"|बंद|না|বন্ধ|نہیں|نہ|بند|لا|توقف|אל|לא|להפסיק"
    r"|ไม่|หยุด|不要|别|別|停止|不想|ないで|やめ|いりません|不要です|그만|싫|마세요|하지"
)
# People also talk about an offer that they want: these words need one that speaks of getting them.
_OFFERS: Final = re.compile(
    r"\b(?:offers?|deals?|promos?|angebote?n?|rabatt\w*|\w*aktionen|offres?|ofertas?|offerte|aanbiedingen|nabídk\w+"
    r"|oferty)\b"
)
_GETTING: Final = re.compile(
    r"\b(?:more|any ?more|again|send\w*|receiv\w*|mehr|schick\w*|zusend\w*|bekommen|erhalten|plus|envoy\w*|más"
    r"|envíen?|mais"
    r"|enviem?|mandem?|mandate\w*|più|inviat\w*|meer|stuur\w*|więcej|wysyła\w*|více|posíl\w*)\b"
)

# What people also call what companies send, and words that say nothing of what is sent.
_MESSAGE: Final = (
    r"(?:(?:\w*messages?|texts?|sms|e?-?mails?|stuff|things|anything|\w*nachrichten|mitteilungen|zeug|kram"
    r"|mensajes?|mensagens|messaggi"
    r"|berichten|wiadomości|сообщени\w+|mesaj\w*|pesan)\b|消息|短信|信息|メッセージ|メール|メッセ|메시지|문자|연락)"
)
_FILLER: Final = (
    r"(?:please|any ?more|more|again|ever|anything|such|these|those|this|that|your|all|any|of|so many|now|thanks"
    r"|bitte|mehr|wieder"
    r"|jemals|so|was|sowas|etwas|solche[ns]?|diese[nr]?|eure[nr]?|ihre[nr]?|irgendwelche|weitere[nr]?|ständig"
    r"|dauernd|immer|davon"
    r"|jetzt|danke|zu|an|hier|plus|pas|de|des|vos|ces|s'il vous plaît|svp|m[áa]s|nada|ya|estos|sus|por favor|mais"
    r"|essas|nada|suas|più|questi"
    r"|i vostri|per favore|meer|geen|niets|deze|nog|więcej|już|больше|ваши|эти|пожалуйста|lagi|saya|lütfen|artik"
    r"|bir daha)"
)
_NO_THING: Final = rf"(?:[ -]{_FILLER})*(?:\s*{_MESSAGE}|\s*$|\s*[,.;!?])"
"""What may follow a refusal to be sent something: a message, or nothing that would be another thing."""
_NOT_ABOUT: Final = (
    r"(?! (?:bitte )?(?:the|that|my|an?|about|regarding|instead|de[rnsm]|das|die|mein\w*|wegen|le|la|les|el|los|las"
    r"|il|lo|gli|os?|as?"
    r"|het|kodu|nic|ничего|before|after|until|unless|at this|on this|here|vor|nach|bis|auf|unter|an|außer|during"
    r"|while|während|avant|antes|prima|voor)\b)"
)
"""What does not follow a refusal to be written to: what one is not to be told."""

_ABOUT: Final = re.compile(r"\b(?:about|regarding|before|after|during|while|wegen|vor|nach|bis|während|auf diese)\b")

_TO_ME: Final = re.compile(
    rf"\b(?:(?:stop|quit) (?:texting|messaging|writing|contacting|bothering|spamming)(?: to)?(?: me| us)?{_NOT_ABOUT}"
    rf"|(?:stop|quit) sending(?: to)?(?: me| us)?{_NO_THING}|stop (?:these|those|the|your|all)(?: \w+)? {_MESSAGE}"
    rf"|(?:do not|don'?t|never) (?:text|message|write|contact|bother|spam) (?:to )?(?:me|us){_NOT_ABOUT}"
    r"|leave me alone|(?:remove|delete|take|get) (?:me|my (?:phone )?(?:number|contact))(?: off| from| out)?"
    r"|unsubscribe me"
    rf"|(?:remove|delete|take|get) (?:me|my \w+) .*(?:list|database)|(?:no|not) \w*permi\w* to (?:message|text"
    rf"|contact|write)|i revoke my (?:consent|permission)|(?:like|want|wish|how) .*\bunsubscribe\b"
    rf"|(?:mich|meine \w+) .*(?:aus|von) .*(?:liste|verteiler|datenbank)|(?:unterlass\w*|hört auf"
    rf"|aufhören)\W.*\bmir (?:\w+ )?nachrichten|ziehe .*(?:einwilligung|zustimmung) .*zurück"
    rf"|nichts mehr (?:zu)?(?:senden|schicken)"
    rf"|opt me out|stop (?:bombarding|pestering|harassing|annoying) (?:me|us)|(?:do not|don'?t|never) ever (?:text"
    rf"|message|write|contact) (?:to )?(?:me|us)|i (?:want to |wish to )?(?:unsubscribe"
    rf"|opt out)(?! of(?!{_NO_THING}))|i withdraw my consent"
    r"|(?:do not|don'?t) want to hear from (?:you|them)"
    rf"|(?:schreib\w*|kontaktier\w*) (?:sie )?(?:mir|mich|uns) (?:bitte )?(?:nie|nicht|nichts|keine){_NOT_ABOUT}"
    rf"|(?:schick\w*|send\w*) (?:sie )?(?:mir|uns) (?:bitte )?(?:nie|nicht|nichts|keine){_NO_THING}"
    r"|(?:nicht|nie) (?:mehr|wieder|weiter) (?:an(?:ge)?schreiben|anschreibt|kontaktieren)"
    r"|lass\w* (?:sie )?(?:mich|uns) (?:bitte |endlich )?in (?:ruhe|frieden)|(?:meld\w*"
    r"|trag\w*) (?:sie )?mich (?:bitte )?(?:ab|aus)"
    r"|ich widerrufe(?: hiermit)?(?: (?:meine|die|jede|alle) (?:\w+ )?(?:einwilligung|zustimmung|erlaubnis)\w*|$"
    r"|[,.;!?])"
    r"|ich möchte (?:mich )?abmelden|keine nachrichten mehr"
    rf"|aufhören,? mi(?:r|ch) (?:\w+ )*zu (?:schreiben|kontaktieren|belästigen|nerven)|(?:entfern|streich"
    rf"|nehm)\w* (?:sie )?mich"
    rf"|supprimez mon numéro|(?:borren|eliminen) mi número|no me molesten|dejen de contactar\w*"
    rf"|arrêtez de me (?:contacter|harceler|déranger|spammer)|(?:cancellate|eliminate) il mio numero|(?:apaguem?"
    rf"|removam?) meu número"
    rf"|(?:retirez|supprimez|enlevez)[- ]moi|cesse[zr] de (?:me (?:contacter|écrire|harceler)|m'écrire)"
    rf"|laissez[- ]moi tranquille|ne m'?écrivez (?:plus|pas){_NOT_ABOUT}|ne me contactez (?:plus|pas){_NOT_ABOUT}"
    rf"|désabonnez[- ]moi"
    rf"|no me (?:escriban?|contacten?)(?: m[áa]s)?{_NOT_ABOUT}|no me (?:manden?|envíen?){_NO_THING}"
    rf"|dejen de (?:escribir|molestar)\w*{_NOT_ABOUT}|(?:denme|dame) de baja|(?:quít|sáqu|bórr|elimín)\w*me de"
    rf"|no quiero que me (?:escriban|contacten|manden)"
    rf"|não me (?:escrevam?|contatem?|contactem?)(?: mais)?{_NOT_ABOUT}|não me (?:mandem?|enviem?){_NO_THING}"
    rf"|(?:me )?(?:tirem?|removam?|retirem?) (?:\w+ )?(?:\w+ )?da (?:\w+ )?lista|não (?:mandem|enviem) mais nada"
    rf"|non (?:scrivetemi|contattatemi)(?: più)?{_NOT_ABOUT}|non (?:mandatemi|inviatemi){_NO_THING}"
    rf"|cancellatemi(?: dall\w*|$|[,.;!?])|lasciatemi in pace|(?:toglietemi|rimuovetemi|eliminatemi|levatemi) da\w*"
    rf"|(?:schrijf|contacteer) me niet(?: meer)?{_NOT_ABOUT}|laat me met rust"
    rf"|haal m(?:e|ij) (?:van|uit)|stuur m(?:e|ij) niets{_NO_THING}|schrijf m(?:e|ij) uit"
    rf"|nie piszcie(?: do mnie)?(?: więcej| już)?$|nie piszcie do mnie{_NOT_ABOUT}|(?:usu[nń]|wypis"
    rf"|wykreśl)\w* mnie z|mnie wypisać|nie wysyłaj\w*(?: mi)?{_NO_THING}|(?:bana )?(?:mesaj|sms) (?:atma|gönderme)\w*"
    rf"|(?:bir daha|artik|bana) yazma\w*|(?:beni )?listeden çikar\w*|(?:bana )?(?:bir daha )?mesaj gönderme\w*"
    rf"|jangan kirim\w*(?: saya)?{_NO_THING}|jangan hubungi(?: saya)?(?: lagi)?"
    r"|не пишите(?: мне)?(?: больше)?$|не пишите мне(?! код| адрес| номер)|отпишите меня|(?:уберите|удалите) меня"
    r"|хватит (?:мне )?(?:писать|слать))\b|मुझे (?:मैसेज|संदेश) मत"
)
# Whoever wants no messages at all need not speak of advertising.
_NO_MORE: Final = re.compile(
    r"\b(?:(?:don'?t|do not|no longer) (?:want|wish)(?: to)?(?: get| receive)?(?: any| these| those| your"
    r"| such)?(?: more)?"
    r" (?:messages?|texts?|sms)|no more (?:messages?|texts?)|not interested\W+stop"
    r"|(?:hör\w*|hört) (?:\w+ ){0,2}auf,? mi(?:r|ch)|(?:nehm\w*|nimm|streich\w*) (?:sie )?mich (?:bitte )?(?:aus|von)"
    r"|lösch\w* (?:sie )?(?:bitte )?meine (?:\w*nummer|daten)"
    r"|(?:will|möchte) (?:eure|ihre|diese|keine) nachrichten(?: \w+){0,2} mehr"
    r"|(?:will|möchte) (?:von \w+ )?nichts mehr (?:von \w+ )?(?:hören|bekommen|erhalten|lesen)"
    rf"|ne m'envoyez (?:plus|pas){_NO_THING}|arrêtez de m'(?:envoyer{_NO_THING}|(?!envoyer)\w+)"
    r"|je ne veux plus (?:recevoir (?:de |vos |ces )?messages|de messages|vos messages)"
    rf"|no (?:quiero|deseo) (?:recibir )?m[áa]s mensajes|dejen de (?:mandar|enviar)\w*{_NO_THING}"
    rf"|não quero (?:mais )?(?:receber )?(?:mais )?mensagens"
    rf"|pare[m]? de (?:me )?(?:mandar|enviar){_NO_THING}|pare[m]? de (?:me )?escrever"
    rf"|smettetela(?: di \w+(?<!spedire)(?<!inviare))?$"
    rf"|smett\w+ di (?:scrivermi|disturbarmi|contattarmi|(?:mandarmi|inviarmi|spedirmi){_NO_THING})"
    r"|non voglio (?:più )?(?:ricevere )?(?:più )?messaggi|ik wil geen berichten|przestań(?:cie)? (?:do mnie )?pisać"
    rf"|nie chcę (?:więcej |już )?(?:otrzymywać )?(?:więcej )?wiadomości|не присылайте(?: мне)?{_NO_THING}"
    r"|не хочу (?:больше )?(?:получать )?(?:ваши )?сообщени\w+)"
    r"|\b(?:will|möchte) (?:das|sowas|so etwas) (?:\w+ )?nicht mehr$"
    r"|(?:不要|[别別])再(?:给我|給我)?(?:发|發|傳)(?:送|了|任何|这些)*(?:消息|短信|信息|$|[，。！,.!])"
    r"|(?:メール|メッセージ|配信)を?(?:もう)?(?:送らないで|停止)|^(?:もう)?(?:私に)?(?:何も)?送らないで"
    r"|(?:메시지|메세지|문자|연락)\S*\s*(?:더 이상\s*|그만\s*|다시는\s*)?(?:보내지|하지) ?마|^(?:더 이상\s*|제발\s*)?보내지 ?마"
)

# Whoever is written to, or gets messages, and wants it no longer.
_NO_LONGER: Final = re.compile(
    r"\b(?:no (?:more|further|longer)|any ?more|again|stop\w*|keine (?:weiteren|.*mehr)|(?:nicht|nichts"
    r"|nie) (?:mehr|wieder)|(?:hör|hört) auf"
    r"|aufhören|plus aucun\w*|arrêtez|no .*m[áa]s|não .*mais|non .*più|niet meer|geen .*meer|stop met|przesta\w*"
    r"|zaprzesta\w*|прекрат\w*|nie .*więcej|больше не"
    r"|не .*больше|перестан\w*|istemiyorum|tidak mau|berhenti)\b"
)
_WRITTEN_TO: Final = re.compile(
    rf"{_MESSAGE}|\b(?:(?:mir|mich|uns|me|us|my \w+|be|nicht (?:mehr|wieder))\b.* )?"
    r"(?:angeschrieben|kontaktiert|belästigt|contacted|messaged|messaging|texted|texting|bothered)\b|\b(?:mir|mich"
    r"|uns) .*\bschreib\w*"
)
_UNABLE: Final = re.compile(
    r"\b(?:kann|konnte|könnt?e ich|can|can't|cannot|could|find\w*|öffnen|open|read|lesen|peux|puedo|posso|kan|mogę|могу)\b"
)
# What is said to stand in an advertisement is not refused; but people also unsubscribe from one.
_CITED: Final = re.compile(
    r"\b(?:(?:from|in|on|aus|in|von|laut|dans|en|uit) (?:the|your|this|de[rm]|ihre[rm]|eure[rm]|diese[rm]|la|votre"
    r"|su|tu|jullie)|nella|dalla"
    r"|na|da|z|из|в) (?:ads?|adverts?|advertisement|newsletter|promotion|werbung|pub|publicité|publicidad|promoción"
    r"|pubblicità"
    r"|promozione|propaganda|promoção|reclame|reklamy|рекламы|рекламе)\b"
)
_LEAVING: Final = re.compile(
    r"\b(?:unsubscri\w*|remove|delete|opt|off|out|abmeld\w*|meld\w*|abbestell\w*|austrag\w*|streich\w*|nehm\w*"
    r"|entfern\w*|désabonn\w*"
    r"|désinscri\w*|retirez|baja|quít\w*|cancell\w*|tir\w*|wypis\w*|отпи\w*|basta|genug|satt|enough|hate|sick|tired"
    r"|marre|chega)\b"
)

# Things that people get from companies, or do with them, and that are no advertising.
_OTHER: Final = re.compile(
    r"\b(?:\w*invoices?|bills?|receipts?|statements?|reminders?|deliver\w*|shipment\w*|shipping|ship|parcels?"
    r"|packages?|orders?|paper|post"
    r"|letters?|codes?|passwords?|pins?|address|appointments?|class|course|waiting list|booking|reservation"
    r"|contract|purchase|refunds?"
    r"|wrapping|bags?|samples?|in (?:english|german|french|spanish|italian|dutch|polish|turkish|russian)"
    r"|call(?:ing)?|phone calls?"
    r"|\w*rechnung\w*|mahnung\w*|beleg\w*|quittung\w*|liefer\w+|paket\w*|päckchen|sendung\w*|waren?|bestell\w+"
    r"|papier\w*|post|briefe?"
    r"|\w*codes?|passw\w+|adresse\w*|termine?\w*|kurs\w*|warteliste|buchung\w*|reservierung\w*|vertrag\w*"
    r"|\w*vertrag|kaufvertrag\w*|kauf"
    r"|rücksendung\w*|erstattung\w*|versand\w*|tüten?|muster|auf (?:englisch|deutsch|französisch|spanisch|türkisch"
    r"|russisch|polnisch)"
    r"|anrufen|anrufe?|kontoausz\w+|factures?|livraison\w*|colis|commandes?|courrier|papier|rendez-vous"
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
# Somebody misses what was promised, or says what something is not.
_MISSED: Final = re.compile(
    r"\b(?:finde\w*\b.*\bnicht|nicht da|(?:did not|didn'?t|have not|haven'?t|has not|hasn'?t|never"
    r"|not) (?:\w+ )?(?:got|gotten|received|arrived?|seen|found|come|shown)"
    r"|(?:did not|didn'?t|never) (?:get|receive|see|find)|(?:does not|doesn'?t|do not|don'?t|did not|didn'?t|is not"
    r"|isn'?t|not) (?:\w+ )?"
    r"(?:work\w*|valid|apply|applied|accepted|load\w*|open|bad|true|correct|available)"
    r"|(?:funktionier|geht|klapp|stimm|gilt|gelt|läd|zieh|greif|öffne|kam|kommt|kommen)\w* (?:\w+ ){0,3}(?:nicht|nie)\b"
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
    r"|tidak (?:bisa|berfungsi|menerima|dapat))\b|नहीं मिला|काम नहीं|没有?收到|收不到|不能用|无法使用|届か|届いてい|使えな|못 받|안 와|안 돼|받지 못"
)
_HAD_NOT: Final = re.compile(
    r"\b(?:hab\w*|hatte\w*|wurde\w*)\b.*\b(?:nicht|nie|kein\w*)\b.*\b(?:bekommen|erhalten|gekriegt|gesehen|gefunden)\b"
)
_WILL: Final = re.compile(r"\b(?:will|wollen|möchten?|wünsch\w*|wollte\w*)\b")

_WANTING: Final = re.compile(
    r"\b(?:which|welche\w*|why|warum|weshalb|wieso|pourquoi|por qué|perché|porque|when|wann|quand|cuándo|quando)\b.*\?"
    r"|\bnicht mehr stopp\w*\b|\b(?:don'?t|do not|never) stop\b"
)
_CLAUSES: Final = re.compile(
    r"[,.;:!?\n，。！？、]+|(?:^|\s)(?:but|aber|sondern|pero|però|maar|ale|но|а|tapi|ama)\s|但"
)


def refuses(words: str, text: str) -> bool:
    """Whether a text, folded to `words`, refuses advertising or being written to."""
    asks = "?" in text
    if _WANTING.search(f"{words}?" if asks else words):
        return False
    plain = _OTHER.search(words) is None and not _misses(words)
    clauses = [words] if plain else [clause.strip() for clause in _CLAUSES.split(words)]
    return any(_refuses(clause, asks=asks) for clause in clauses)


def _refuses(clause: str, *, asks: bool) -> bool:
    if _misses(clause):
        return False
    refused = _REFUSING.search(clause) is not None
    spoken = clause if _LEAVING.search(clause) is not None else _CITED.sub("", clause)
    if refused and _ADVERTISING.search(spoken) is not None:
        return True
    if _OTHER.search(clause) is not None:
        return False
    if _TO_ME.search(clause) is not None or _NO_MORE.search(clause) is not None:
        return True
    return not asks and (_tires(clause) or (refused and _speaks_of_offers(clause)))


def _tires(clause: str) -> bool:
    """Somebody does not want to be written to any longer."""
    spoken = _NO_LONGER.search(clause) is not None and _WRITTEN_TO.search(clause) is not None
    return spoken and _UNABLE.search(clause) is None and _ABOUT.search(clause) is None


def _speaks_of_offers(clause: str) -> bool:
    return _OFFERS.search(clause) is not None and _GETTING.search(clause) is not None


def _misses(words: str) -> bool:
    return _MISSED.search(words) is not None or (_HAD_NOT.search(words) is not None and _WILL.search(words) is None)
