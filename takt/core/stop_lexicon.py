"""What single words mean to a refusal, in many languages: the one who is written to, what is sent, wanting it, ceasing it.

A word may mean several things, and languages are not told apart: people mix them. How a word is found in here is told in
`stop_senses`.
"""

from typing import Final

from takt.core.stop_sense import Sense

# `stem*` is any word that begins with it, `*end` any that ends with it.
WORDS: Final = {
    Sense.NOT: """
        ni *n't didnt doesnt isnt havent hasnt wasnt couldnt shouldnt wouldnt arent aint dnt none nobody noone
        niemand keiner keine personne nadie nessuno ninguem nikt никто kimse koa koan koane koans kane ka kei
        kein nod nid ned nimma no not dont don't donot never nor without cannot wont won't kein* keen* kene
        kenen nicht nich net nie niemals nix nichts nimmer weder pas plus jamais aucun aucune aucuns rien ne
        nunca sin nada jamas non niente nessun nessuna nao sem nenhum nenhuma geen niet nooit niets bez zadnych
        не нет никогда без ничего никаких ни hayir degil istemiyor* *mayin *meyin *mayiniz *meyiniz *masin
        *mesin jangan jgn tidak tak gak nggak inte ingen inga ikke ikkje nem nu fara ei alkaa δεν μην μη οχι
        zadne zadny nechci n unerwunscht* unwelcome unwanted uninteressiert मत नहीं न না نہیں لا لن אל לא không
        đừng ไม่ อย่า unrequested unsolicited unasked ні нічого ніяких ніякої жодних жодної ніколи ما مش مو بدون
        بلا ولا عدم *وليش *تليش ej aldrig inget ingenting aldri intet neni nechceme neposil* neposiel* neposiln*
        nezasil* neposlat nepis* nekontaktuj* neotravuj* neobtezuj* nemam nepreji nezajim* nikdy nesouhlas*
        nesuhlas* nici niciun nicio nimic niciodata *mamasini *memesini *mamanizi *memenizi *mayalim gonderme
        yollama atma yazma nae dinnae dinna naw keis nöd nüt nüd kaa zero mabi مابي مابغى ماابي مابدي nej nei
    """,
    Sense.CEASE: """
        verzicht* mute muten silence shut maul fresse schnauze refrain chill wyłącz* wylacz* ophou* hou houd
        выключ* отключ* отстан* kapat* matikan piantala lasciate basta stop stopp stoppe stoppen stoppt stopping
        stops stahp quit cease desist aufhor* aufgehort einstell* einzustell* abstell* abzustell* abgestellt
        abschalt* abzuschalt* unterlass* unterlass unterbleib* verschon* absehen abzusehen spart sparen erspar*
        beend* arret* cess* finissez deja dejar dejen dejad dejense paren parad parar pare parem cesen smett*
        finitela piantatela ophouden kappen przesta* zaprzesta* skoncz* хватит стоп перестан* прекрат* прекращ*
        durdur* birak* kesin vazgec* berhenti hentikan sluta lopettakaa alto बंद रोको रोकें বন্ধ بند توقف أوقفوا
        توقفوا להפסיק תפסיקו הפסיקו หยุด годі досить припин* зупин* вимкн* відчеп* відстан* توقف* وقف وقفوا وقفو
        اوقف* أوقف* بطل بطلوا بطلو كفوا ايقاف إيقاف slutar upphor* stoppa slipp* prestan* prestat skoncete
        zastavte ukonc* opriti opreste opresc oprim opri inceta* terminati odczep* odwal* desistan detengan
        interromp* fermatevi interrump* suspend* discontinue avslut*
    """,
    Sense.ENOUGH: """
        enough schluss genug satt assez marre basta chega genoeg dosc wystarczy хватит довольно yeter cukup zat
        досить годі доволі كفاية كفايه خلاص يكفي بكفي كفى nog nok dost stacilo gata destul ajunge saturat dosyc
        koniec
    """,
    Sense.CANCEL: """
        end cancel* kundig* annul* resili* disdi* opzeg* anuluj* отмен* iptal batal* скасу* إلغاء الغاء ألغوا
        الغوا الغي ألغي zrus* sperr*
    """,
    Sense.LEAVE: """
        verlassen sair salir salirme quitter uscire verlaten выйти wyjsc ausklink* abzubestell* unsub*
        unsuscrib* unsubcrib* abmeld* abzumeld* abgemeldet abbestell* austrag* ausgetragen auszutragen rausnehm*
        desinscri* desabonn* disiscri* disdire desuscri* descadastr* uitschrij* afmeld* uitgeschreven wypis*
        wypisz отпиш* отписа* odhlas* opt-out optout abonelikten відписат* avregistrer* avanmal* avprenumer*
        avmeld* frameld* avbestall* dezabon* unenrol* deregist* unregist* unlist uyelikten runternehm*
        herausnehm* herausgenommen runtergenommen
    """,
    Sense.REMOVE: """
        rausnimm* purge expunge loschung* entfernung austragung aussortier* wegmach* ontfern* smaz* borrame
        borradme skasuj* skasow* kasuj* usuwac изым* remove removed removing delete deleted deleting erase wipe
        scrub entfern* losch* geloscht streich* gestrichen rausnehm* rauswerf* retir* supprim* enlev* effac*
        radier borr* elimin* quiten* quitar* quitadme saquen* cancell* togl* togliet* rimuov* remov* apag*
        excluam excluir verwijder* schrap usun* wykresl* skresl* удал* убер* убра* исключ* вычеркн* сотр* cikar*
        silin silmen* hapus* keluarkan прибер* прибра* видал* вилуч* викресл* احذف* حذف شيل* امسح* مسح ازالة
        إزالة أزيل* ازيل* radera* raderas slett* slet slette fjern* stryk vymaz* odstran* vyrad* vyskrt* scoate*
        sterge* wywal*
    """,
    Sense.TAKE: """
        take taken taking get getting nehm* nehmt nimm nimmt schmeiss* werft werf sortez sortir sacar* saca
        saquenme quita quitenme levat* leva* tire tirem tira tirar tirez haal halen weg забер* забрати
    """,
    Sense.OFF: """
        off out raus runter rauskommen fuori eruit fora weg leave
    """,
    Sense.OBJECT: """
        widersproch* revoked withdrawn entzieh* entzogen decline disagree lehne ablehn* abgelehnt missbillig*
        abmahn* wehre dulde untersagung rechazo rifiuto recuso weiger odmawiam sprzeciwiam отказ* reddediyorum
        object objection withdraw withdrawing revoke revoking oppose refuse forbid prohibit widersprech*
        widersprich* widerspruch widerruf* untersag* verbiet* verbiete verbitt* verbitte verwahre opposition
        m'oppose interdis opongo oposicion revoco prohibo niego oppongo opposizione vieto oponho revogo proibo
        bezwaar verbied* intrek* sprzeciw* cofam wycofuj* zabraniam возраж* отзыва* отозва* запреща* против
        itiraz menolak keberatan відклика* заперечу* забороня* відмовля* أرفض ارفض أعترض اعترض أسحب اسحب سحب
        motsatter invand* aterkall* tilbagekald* odvolavam odvolani nesouhlas* nesuhlas* namitk* retrag opun
        refuz refuzam revoc interzic retire retirons trek ritiro retiro cofniec wycofanie rezygnuje проти
    """,
    Sense.NEVER: """
        never nie niemals jamais nunca jamas mai nooit nigdy никогда asla hicbir ніколи أبدا ابدا أبداً ابداً
        aldrig aldri nikdy niciodata
    """,
    Sense.CONSENT: """
        accord consent* permission permit permitted authoriz* authoris* allowed allow approval approve approved
        einwillig* eingewilligt zustimm* zugestimmt erlaub* genehmig* consentement autoris* consentimiento
        consiento autoric* permiso consenso acconsent* autorizz* autorizei autorizo consentimento permissao
        permiti permesso toestemming zgod* соглас* разреш* izin izni onay* riza izinkan setuju persetujuan згод*
        дозвол* موافق* الموافق* موافقتي أوافق اوافق samtyck* samtykk* souhlas* nesouhlas* suhlas* nesuhlas*
        acord* acordul consimt*
    """,
    Sense.SIGNED: """
        agree* agreed subscribe* subscribed subscription signed registered enrolled joined opted angemeldet
        anmeldet anmelden registriert abonniert eingetragen bestellt angefordert gebeten verlangt inscrit
        inscrite inscris abonne abonnee accepte demande suscrit* suscrib* inscribi* apunte registre* pedi
        solicite acepte iscritt* registrat* chiesto richiesto accettato inscrevi cadastrei assinei aceitei
        ingeschreven aangemeld gevraagd zapisywa* zapisal* prosil* zamawial* подписыв* подписал* просил*
        заказывал* регистр* abone uye kaydol* istemedim daftar mendaftar minta підписув* підписав* اشتركت سجلت
    """,
    Sense.BLOCK: """
        block blocking blocked blockier* blockiert gesperrt bloqu* blocc* blokk* blokeer* zablok* блокир*
        заблок* engell* blokir
    """,
    Sense.WANT: """
        wu wue wott mecht mechte gewunsch* erwunsch* keen fancy intend bothered interessier* wolle want's gerne
        gern quisieramos zin надо want wanna wants wish need needs like interest interested interesting care
        rather wan't will wills woll* wull wui mocht* mochte wunsch* brauch* bedarf interess* lust bock veux
        veut voulons voudrais souhait* desir* besoin envie quiero queremos quisiera deseo necesito interesa*
        interes interesad* gusta voglio vogliamo desidero vorrei serve servono interessat* quero desejo preciso
        interesse wil willen wens hoef behoefte chce chcemy zycze zyczy* potrzebuj* zainteresowan* interesuj*
        хочу хотим нужн* интерес* желаю istemiyor* istemem ihtiyac* mau ingin perlu minat tertarik mog mag
        хочемо треба потрібн* бажаю цікав* أريد اريد بدي ابي أبي عايز عاوز عايزة أرغب ارغب أحتاج احتاج مهتم
        يهمني أود vill onskar behover onsker trenger gider orkar intresse* nechci nechceme chci chceme preji
        nepreji zajem nezajim* zaujem vreau doresc vrem dorim trebuie interesea* nevoie wand مابي مابغى ابغى
        مابدي ماابي
    """,
    Sense.INTEREST: """
        interest interested interess* interes* bedarf lust bock envie besoin zainteresowan* интерес* ilgi*
        ilgilen* tertarik minat belangstelling цікав* مهتم يهمني intresse* interesser* zajem nezajim* zaujem
        interesea*
    """,
    Sense.MORE: """
        nimma nimmer nimmermehr more anymore any again further longer furthermore mehr wieder weiter* kunftig
        zukunft zukunftig ab nochmal nochmals plus encore mas ya piu ancora ancor mais meer nog wiecej juz znowu
        больше снова опять впредь artik daha lagi більше ще знову надалі تاني ثاني بعد مجددا مجدداً أخرى كمان
        mer mera fler flere langre igen framover uz vice dal dalsi znovu mai mair meh nomore عاد
    """,
    Sense.SEND: """
        zusendung* nachgeschickt надсыл* nasyla* 发布 zugeschickt send sends sending sent push pushing schick*
        geschickt send* gesendet zusend* zugesendet zuschick* zuzusend* zuzuschick* verschick* envoi* envoy*
        m'envoy* envie* envia* mand* enviar* mandat* mandar* inviat* inviar* invii invio inviate spedi* stur*
        stuur* gestuurd wysyla* wyslij* przesyla* przysyla* присыла* шлите слать шлет* посыла* отправля* gonder*
        yolla* atmay* kirim* mengirim भेज* भेजो भेजें পাঠা* ترسل* تراسل* לשלוח תשלחו ส่ง things надсил* надішл*
        шліть слати шлете присила* відправля* تبعت* بتبعت* تبعث* ارسل* إرسال ارسال skick* sand* posil* neposil*
        neposiel* zasil* nezasil* posiel* trimit* trimis* przysyl* wysylajcie przysylajcie podsyl* dostarcz*
        gelmesin
    """,
    Sense.RECEIVE: """
        wissen know savoir sapere weten wiedziec знать kriegn kriang griag* kriag* get gets getting receive*
        receiving hear hearing see seeing bekomm* erhalt* empfang* empfangen krieg* hor* lesen lest liest seh*
        hern recevoir recois* recevez entendre recib* oir saber ricev* sentire receb* ouvir ontvang* krijg*
        horen otrzym* dosta* slyszec получ* слышать видеть almak alma* duymak terima menerima dapat отриму*
        отрима* чути бачити أستلم استلام استلم* استقبال أتلقى تلقي توصلني توصل får få fa primesc primi primim
        odbierać dostawac modtage motta hean hearn
    """,
    Sense.WRITE: """
        vollzu* zuzu* blowing recontact* hit hitting pinged dm dming zugetext* anpiep* antexten angetextet
        melden meldet gemeldet kontaktaufnahmen vollsulz* texto texter textet spama* spameando mesajla* wysylac
        chatt* text texts texted texting txt txting message messaged messages messaging msg write writing wrote
        contact contacting contacted bother* pester* harass* bombard* spam spams spamm* spaming disturb* bug
        bugging annoy* ping pinging reach blast* schreib* geschrieben anschreib* angeschrieben anzuschreib*
        kontaktier* kontaktaufnahme belastig* zuspam* zumull* zugespamt zugetextet vollspam* vollgespamt zutext*
        vollzutext* vollgetextet vollquatsch* zuballer* bombardier* behellig* stort storen gestort
        benachrichtig* zuschutt* zulaber* ecri* m'ecri* contact* harcel* derang* m'importun* importun* spammer
        embet* sollicit* escrib* molest* moleste* bombarde* acos* scriv* contatt* assill* tormenta* rompe*
        escrev* contat* perturb* incomod* encher encham schrijv* schrijf contacte* lastig* lastigvallen spammen
        benader* pisa* pisz* piszcie kontaktow* neka* zawraca* писать пишите пиши пишет* беспоко* тревож*
        связыва* спамить яз yazm* yazma* rahatsiz* hubungi* menghubungi ganggu* mengganggu chat писати пишіть
        пишете турбу* спамити спамте непоко* تراسل* راسل* تتواصل* تواصل* ازعاج إزعاج تزعج* skriva skriv skriver
        spamma* spamme besvar* nepis* nekontaktuj* neotravuj* neobtezuj* otravuj* contacta* deranja* deranjati
        spamati scrieti spameo appen otravov* obtezov* nervt nerv nerve nervst nerven messa messar psat
    """,
    Sense.WRITTEN: """
        informiert informed notified updated informe informado informato geinformeerd informowan* contacted
        texted messaged bothered spammed pestered harassed angeschrieben kontaktiert belastigt benachrichtigt
        angetextet zugespamt genervt gestort contacte contactee contactes derange harcele contactado contactada
        molestado contattato contattata disturbato contatado contatada benaderd gecontacteerd lastiggevallen
        kontaktowan* niepokojon*
    """,
    Sense.MESSAGE: """
        updates update news neuigkeiten zusendung* sendings spamnachrichten sonderangebotsmails appje appjes
        sms'en pushes texte dms dm newsfeed texty tekst message messages msg msgs text texts txts sms e-mail*
        email* mail mails notification* notif* communication* correspondence texting stuff things blasts
        reminders nachricht* *nachricht *nachrichten mitteilung* *mitteilungen benachrichtigung*
        *benachrichtigungen *mails zeug kram mull zuschriften kontaktaufnahme kontaktaufnahmen kontakt
        notifications mensaje* mensajito* notificacion* comunicacion* comunicado* messagg* notific*
        comunicazion* mensag* notificac* bericht* berichtjes meldingen wiadomosc* powiadom* smsow smsy maili
        сообщени* уведомлени* смс письма месседж* mesaj* bildirim* pesan* notifikasi wa मैसेज संदेश মেসেজ رسائل
        הודעות ข้อความ повідомлен* смски сповіщен* الرسائل رسائل* رسايل الرسايل مسج* مسجات للرسائل بالرسائل
        إشعارات meddelande* utskick* mejl beskeder zprav* esemesky sdeleni ileti iletiler* berichtje smsami smsk*
    """,
    Sense.NEWS: """
        info infos information* informier* *infos informations informaciones informacion informazioni
        informacoes informatie informacj* информаци* bilgi* nouvelles novedades novita novidades nieuws nowosci
        новости haber* kabar
    """,
    Sense.ADVERTISING: """
        propaganda werbezeug werbekram werbemull advertisment* advertize* adverti* newletter* newsleter*
        newslater* publizit* pubblicità reclam* reklám* marketingu werbungen ad ads advert* advertis* adverstis*
        promotion* promo promos marketing newsletter* news-letter* spam* junk solicitation* telemarketing
        campaign* werb* *rwerbung *twerbung *swerbung *lwerbung *pwerbung *nwerbung *mwerbung reklam* pubs
        publicit* pubblicit* publicid* publisid* propagand* promoc* promozion* prospection demarchage demarch*
        reclame* nieuwsbrie* reklamow* spamu реклам* рассылк* спам* промо* iklan promosi mainoks* mainont*
        hirdet* διαφημ* kampanya* tanitim* *newsletter *newsletters newslett* pub विज्ञापन प्रचार বিজ্ঞাপন
        اشتہار إعلان* اعلان* الإعلانات פרסומ* โฆษณา розсилк* спаму الاعلان* الإعلان* دعاي* الدعاي* ترويج*
        الترويج* الترويجية تسويق* التسويق* دعائ* الدعائ* nyhetsbrev* nyhedsbrev* kampanj* marknadsforing*
        markedsforing* promotiona* promkami promki promek promkow reklamic* warbig* wärbig werbig* promocyjn*
        promoção marketingow* handlow* pubblicitari* commerciali commerciales comerciales comerciais
        publipostage *marknadsforing *markedsforing novinek novinky marketingul reclamele маркетинг* بالاعلانات
        بالإعلانات للاعلانات للإعلانات
    """,
    Sense.OFFER: """
        *gutscheincodes *rabattcodes pitch pitches produktvorschlage empfehlungen schnappchen kataloge offers
        deals discounts coupons vouchers bargains *angebote *angeboten rabatte rabatten rabattaktion* *rabatte
        *rabatten *gutscheine *gutscheinen *aktionen *schnappchen *prospekte *prospekten offres soldes
        reductions ofertas descuentos cupones rebajas offerte sconti descontos cupons promocao promocoes
        aanbiedingen kortingen oferty ofert rabaty rabatow promocji promocje акций акции скидок скидки скидками
        предложений предложения kampanyalar* indirimler* firsatlar* diskon penawaran акції знижки знижок
        пропозицій пропозиції عروض العروض عروضكم خصومات الخصومات تخفيضات erbjudanden erbjudande tilbud rabatter
        nabidk* nabidek slevami slevy slev akcemi akci ponuky ponuk oferte ofertele ofertelor reduceri
        reducerile promotii promotiile zlavy promocjami rabatami okazje sales leaflets flyers brochures بالعروض
    """,
    Sense.LIST: """
        system records list lists mailinglist mailing database db systems distro distribution broadcast group
        contacts address-book liste listen verteiler* *verteiler *liste datenbank* *datenbank kartei adressbuch
        kundenkartei diffusion fichier* listing lista listas difusion elenco rubrica lijst* *lijst bestand*
        adressenbestand list* liscie baza bazy bazie список списка списков баз* контакт* liste* rehber* daftar
        kontak contact списку базу бази قائم* القائم* قوائم لائح* utskick* listan register registret seznam*
        databaze zoznam* baze bazei
    """,
    Sense.NUMBER: """
        number numbers nr nummer* *nummer numero numeros num numer* numeru nomor номер* numara* telefoonnummer
        no. details data daten kontaktdaten donnees coordonnees datos dati dados gegevens dane danych данны*
        veri* verilerimi handynummer дані رقم* الرقم بياناتي بيانات numret numrer uppgifter cislo cisla udaje
        numarul numar* номера даних
    """,
    Sense.ME: """
        numaram* verilerim* me my mine us our myself mich mir uns mein* unser* mi mei moi mon ma mes nous m'en
        mio mia miei ci nos mis meu minha meus mij mijn ons mnie moj* nas nam m मुझे मुझको আমাকে مجھے לי мне
        меня мной мой моего моих нас нам bana beni benim bize saya aku kami мені мене мій моєї мого رقمي لي لنا
        إلي الي عني *وني *ولي بياناتي mig mej oss min mitt mina meg mne mě moje muj meho mojí imi mele mea
    """,
    Sense.YOU: """
        you u ya your ur yours yall y'all guys people ihr euch euer eure euren eurem eurer sie ihnen ihre ihren
        ihrem ihrer du deine deiner dich vous vos votre ustedes su sus vuestr* vosotros tu tus voi vostr* voces
        voce seus suas jullie uw je wy was wasz* panstw* вы вас ваш* siz sizin sizden kalian anda eich leute
        firma laden company ви вам عندكم منكم لكم ni era ert er dere jeres vy vase vasi vasich dvs dumneavoastra
        voastr* yis youse
    """,
    Sense.ANNOY: """
        vollzu* unwanted unwelcome unsolicited unerwunscht* ungewollt* ungefragt* unaufgefordert* unverlangt*
        nichtgewollt* indesirable* deseado* indesiderat* indesejad* ongewenst* niechcian* нежелательн*
        istenmeyen nervensage lastiger penetrant* aufdringlich* unverschamt* unertraglich* zumutend obnoxious
        insane intrusive unacceptable relentless invasive violating insupportable* intrusif* relou insoportable*
        pesadez inaguantable* insopportabil* invadent* insuportavel* storend ergerlijk natretn* uporczyw*
        назойлив* раздражает* заебал* rahatsiz* bıktım biktirdiniz mengganggu spamm* spamming zuspam* vollspam*
        zumull* zutext* vollzutext* bombard* bombardier* behellig* annoy annoying annoyed annoys harass*
        harassment fed sick tired hate hating irritating ridiculous bothering nuisance pissed nerv nervt nerve
        nervst nerven *nervt genervt nervig* belastig* lastig kotz* ankotzt satt keks sack zumutung frechheit
        hasse penetrant saoul* soul* enerv* harcel* marre ras-le-bol gonfl* pénible molest* hart* cansad* cansan
        cansa pesad* stufo stufa stufi rott* stanc* fastidi* saco cheio enche irritant* zat beu vervelend
        denerwu* wkurza* mecz* irytuj* достал* надоел* бесит бесите задолбал* замучил* biktim rahatsiz usand*
        muak bosan terganggu kesal дістали набридл* задовбал* бісит* زهقت مللت تعبت مزعج* أزعج* ازعج* قرفت
        قرفتونا طفشت زهقتونا trott otravuj* otravne stve innebuni* enerva* plictis* plagued ruining disruptive
        meczy mecz spuugzat kotzubel fatigue* fatiguee طفشتونا
    """,
    Sense.LAW: """
        report reported reporting ombudsman regulator anwaltin klage verklag* verbraucherschutz*
        aufsichtsbehorde lawyer lawyers attorney solicitor legal sue court ico ftc gdpr tcpa ccpa illegal
        anwalt* *anwalt rechtsanwalt* verbraucherzentrale verbraucherschutz dsgvo ds-gvo uwg abmahn* mahne
        bundesnetzagentur anzeig* strafanzeige unlauter* unterlassung* unterlassungserklarung avocat* cnil rgpd
        plainte abogad* denunci* aepd lopd avvocat* garante denunc* querel* advogad* lgpd procon processar
        processo advocaat avg prawni* rodo uodo адвокат* юрист* суд жалоб* роскомнадзор avukat* kvkk dava
        sikayet* pengacara laporkan
    """,
    Sense.OFTEN: """
        zigmal zigste* hundertste* nochmals schonwieder bombardement overload flood flut spamflut uberflut*
        inundat* todo-el-dia keep keeps constantly constant everyday daily nonstop non-stop continually overly
        bombarded dauernd* standig* ewig* andauernd taglich* permanent* ununterbrochen stundlich dauerbeschall*
        constamment constantemente continuamente voortdurend ciagle codziennie постоянно вечно surekli
        terus-menerus постійно щодня ständigt konstant dagligen porad neustale furt denne mereu zilnic
        incontinuu دائما
    """,
    Sense.NEXT: """
        next noch another nachste* weitere encore prochain* otra otro proxim* altra altro prossim* outra outro
        nog volgende jeszcze kolejn* nastepn* еще ещё следующ* bir-daha sekali again nochmal nochmals
    """,
    Sense.PLEASE: """
        please pls plz bitte gern gerne svp porfavor kindly alsjeblieft prosze пожалуйста lutfen tolong snälla
        snalla vänligen vanligen venligst prosim rog ласка
    """,
    Sense.STILL: """
        still keep keeps immer encore toujours sigo siguen todavia ancora continuo continuate ainda continuam
        nog steeds nadal wciaz ciagle хала hala masih weiterhin trotzdem досі fortfarande stale inca continuez
        continuare continuar continuan
    """,
    Sense.WHY: """
        why how come warum wieso weshalb woher pourquoi por-que porque perche por waarom dlaczego skad почему
        зачем откуда neden niye kenapa mengapa чому навіщо звідки varfor hvorfor proc لماذا ليش
    """,
    Sense.NOTHING: """
        nothing anything nix nichts rien nada niente niets nic ничего hicbir нічого حاجة شيء شي ingenting inget
        nimic nüt
    """,
    Sense.OMIT: """
        cut skip ditch kill omit weglassen weglasst weglass wegzulassen weggelassen auslassen auslasst weglaten
        weglat* omett* omitan omitir evitez eviter eviten evitar eviti evitate evitare evitem pomija* pomin*
        utelamna utelam* vynechte vynechat
    """,
    Sense.FILLER: """
        als besseres use using benutzen nutzen verwenden sachen dinge jemand jemandem anderem anderen anderer
        rid sofortige sofortigen sofortiger nach art artikel article absatz abs total totally extrem absolut
        absolutely completely literally seriously honestly actually really finally gewaltig dringend
        ausdrucklich schriftlich freundlich hoflich bereits eigentlich uberhaupt generell grundsatzlich komplett
        vollig definitiv wohl leider sorry gonna appreciate grateful nice great kind dear sehr geehrte damen
        herren sirs vraiment franchement totalement immediatement absolument realmente inmediatamente totalmente
        por completo davvero veramente immediatamente nowego absoluut onmiddellijk natychmiast naprawde срочно
        немедленно действительно derhal kesinlikle segera benar donne donnee dado dato dada tylko give gave
        given need needs needed phone phones inbox handy telefon telefoon telefone telefono telephone telefonu
        hier nen ne nem n gibts gibt weg weise moglich jegliche jeglicher jeglichen jedwede irgendwas
        irgendwelche zeit seit ab auch genau solch lang lange mehrfach oft wieso mehrmals noch nochmal letzte
        letzten letztes nachste nachster hob hot host hom gsogt gsagt eich enk mia fei oida bitt bittschon scho
        jo na des dem wos wo's nua nur owa wegn one once last next first second another other others same things
        anybody anyone everybody some someone somebody there's times lot lots been i've u've ur im id ill dont u
        r b 2 4 w bc cuz tho though tbh btw fyi imo smh ffs stfu respect wishes list' whole entire such sort
        type types future forward onwards forever ever again henceforth immediate immediately effective kinds
        both either neither my self' let lets let's got gotta should must shall may might mon ma mes moment jour
        fois bien deja toute ici cest jen j'en n'ai sois mas mis esta este vez veces dia hoy aqui cosas cosa
        nadie tio tia cono mierda joder hostia favorcito cose volta volte oggi qui allora cavolo cazzo maledetti
        vezes coisa coisas hoje ola caramba droga porra keer dag vandaag alle allemaal dingen zo nu eens toch
        jongens mensen raz razy dzis rzeczy prosze was wam раз сегодня ребята люди вам вами ничего же ли бы так
        там тут kez gun seyler arkadaslar i ich je yo io eu ik ja я ben voll name namen nom nombre day days week
        weeks month every each single daily tag tage tagen woche wochen monat jeden jede jours dias giorno
        giorni dzien день hari a an the this that these those it its it's it’s is are be am i'm i'd i'll ive we
        we'd to of off from at on in out for with by and or so please pls plz kindly now already asap today just
        all hey hi hello thanks thank thx ty ok okay man bro dude guys god omg wtf hell fuck fucking fuckin damn
        goddamn bloody shit crap stupid dumb oh well yes yeah sir madam regards could can would will do does did
        doing have has had having being make made think say said asked told ask time know way instantly right
        away up down go going back about as if but then than too very here there cant can't want's what what's
        whats hereby formal formally request hiermit per via mobile cell whatsapp messenger telegram bitte bidde
        biddeschon danke dank dankeschon jetzt jetz jez sofort umgehend endlich mal doch einfach echt wirklich
        nun halt gar sowas das die der den dies diese dieser diesem diesen dieses ein eine einen einem einer
        eines es er und oder habt hattet seid werdet musst muss darf durft durfen wollte hatten waren zu zum zur
        auf aus von vom bei beim mit fur um uber dass damit wenn wer wie wo da dann denn schon ganz aller allen
        alles irgend* solche solchen solcher weitere weiteren weiterer etwas bin ist sind war hab habe haben hat
        hatte hatt sein werden wird werde wurde wurden kann konnt* konnen konnte kannst sollt soll sollen sollte
        mussen lasst lass lassen lg mfg vg gruss grusse hallo moin servus ey eh leute alter verdammt* scheiss*
        scheiß* drecks* bloden blode bloder blod doof* gesagt sagte sagen tun gib gebt geben mach macht machen
        hor hort horen wull gehe geht gehen le la les l' un une de du d' ce cet cette ces c'est est et ou en y
        au aux pour par sur dans avec que s'il plait svp stp merci bonjour salut tout tous toutes j'ai tu il
        etre avoir etes suis faites ca cela donc maintenant jai el los las lo una unos unas del al o e favor
        para con me se son estoy ahora gracias hola todo eso esto estos estas ese esa esos esas muy ser he ha
        han haber otra nunca deje gli uno di dei delle della dello dal dalla dalle alla che ed si ho sono grazie
        ciao favore piacere questo questa queste questi subito adesso vostri vostre os uma uns umas dos no nos
        nas em com obrigado obrigada isso essa essas esse esses agora tambem te estou het een van op met aan uit
        bij voor dat dit deze alsjeblieft alstublieft aub graag heb heeft zijn word worden gewoon bedankt hoi
        wel ook ze dziekuje z od ten ta tych tego sie jest juz bardzo sobie dobry po prostu mi пожалуйста и в на
        с из от к у это эту эти этих уже вообще спасибо привет здравствуйте прошу сейчас все всё свои своей мне
        можно lutfen ve bir bu su icin ile tesekkurler merhaba hemen daha artik tolong mohon dan ke dari ini itu
        ya terima kasih lagi dong untuk d j l s t c qu ll re bestellt angefordert verlangt आपके और अब कृपया करो
        करें चाहिए та вже будь ласка й зі із від до для це ці цю ця цей цього дякую добрий вітаю просто взагалі
        тепер нарешті скільки разів тільки щоб من في على عن إلى الى يا لو سمحت سمحتم فضلك فضلكم رجاء رجاءً أرجو
        ارجو الرجاء شكرا شكراً كل يوم اليوم هذا هذه هاي هذي دي ده أي اي و جماعة انا أنا انت السلام عليكم مرحبا
        بس الآن الان فورا فوراً حاجة شيء snalla tack hej att och till fran med pa av jag ar det som har ett om
        sa ocksa garna mvh kan kunde ska skulle bara asso alltsa langre nansin vanligen hos jeg og gerne tak
        takk venligst vaer snill hei prosim dekuji dekuju diky vas tech techto jsem jste jezis rog va buna ziua
        multumesc frumos din astea acestea asta acolo ati promovare weźcie wezcie serio proszę bo them they aye
        gonnae lads mate yous vilmal them's hiermee hierbij effet effetto efecto effeito efeito wirkung effect
        zweck zwecke zwecken purposes purpose fins finalidad finalità finalita fini cele celach cel tusen erhalt
        verarbeitung personenbezogenen personenbezogener usage utilisation uso elektronik ticari tarafima rica
        ederim kapsaminda personali personelles personnelles personales pessoais osobowych przetwarzan*
        traitement tratamiento trattamento tratamento verwerking processing trucs number's sunt mind обробк*
    """,
}

# Stems of words that only begin like one above: a complaint about goods is no "Reklame".
MEANT_OTHERWISE: Final = "reklamati reklamac reklamier reclamati reclamac reclamaz reclamo reclamar рекламац"
