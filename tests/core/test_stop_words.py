"""Words and sentences that stop advertising, in many languages, and texts that must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.purpose import ALL
from takt.core.stop_words import FREE_CHARS_MAX, Wish, fold, hear

STOP = ["stop", "stopp", "stop all", "unsubscribe", "end", "ende", "quit", "cancel", "revoke", "opt out", "abmelden",
        "abbestellen", "keine werbung", "arrêter", "baja", "disiscrivimi", "sair", "afmelden", "rezygnuję", "odhlásit",
        "iptal", "отписаться", "बंद करो", "berhenti", "hủy", "退订", "配信停止", "수신거부", "إلغاء"]  # fmt: skip
START = ["start", "unstop", "subscribe", "anmelden", "werbung ja", "başlat", "शुरू", "mulai"]
NAMES = {"angebote": "offers", "invitations": "events"}


def _spellings(word: str) -> st.SearchStrategy[str]:
    """The ways in which people type a word: any case, punctuation and blanks around it, wide letters."""
    edge = st.text(alphabet=" \t\n.!?,;:\"'", max_size=4)
    middle = st.sampled_from([word, word.upper(), word.capitalize(), word.title(), word.replace(" ", "  ")])
    wide = middle.map(lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text))
    return st.tuples(edge, middle | wide, edge).map("".join)


@pytest.mark.parametrize(
    "text", ["İPTAL", "iptal", "ABONELİKTEN ÇIK", "Abonelikten çık", "ÇIK", "DURDUR", "BENİ LİSTEDEN ÇIKARIN"]
)
def test_turkish_capitals_are_heard(text: str) -> None:
    """A dot more or less is no other word."""
    assert hear(text, {}) is not None


@pytest.mark.parametrize(
    "text",
    ["ΣΤΑΜΑΤΑ", "ΔΙΑΓΡΑΦΗ", "odhlasit", "ZRUSIT", "desinscription", "Leiratkozas", "kundigen", "niente pubblicita!", "ODHLASIŤ"],
)  # fmt: skip
def test_accents_may_be_left_out_of_longer_words(text: str) -> None:
    """As on a keyboard of another language, or in capitals."""
    assert hear(text, {}, free=True) == Wish(granted=False, purpose=ALL, exact=True)


@pytest.mark.parametrize("text", ["Huy", "Dung", "Cik", "бандь", "बद", "रक"])
def test_short_words_without_accents_are_other_words(text: str) -> None:
    """Huy is a name, and vowels of Hindi are no accents."""
    assert hear(text, {}) is None


@given(st.sampled_from(STOP).flatmap(_spellings))
def test_a_word_of_stopping_stops_however_it_is_typed(text: str) -> None:
    """STOP, Stopp! and "keine Werbung." mean the same."""
    assert hear(text, {}) == Wish(granted=False, purpose=ALL, exact=True)


@pytest.mark.parametrize(
    "text",
    [
        "Stop please",
        "bitte STOP!",
        "STOP STOP STOP",
        "S T O P",
        "opt-out",
        "Stop 🛑",
        "❤️ Stopp, danke",
        "OK, unsubscribe.",
    ],
)
def test_politeness_and_signs_around_a_word_change_nothing(text: str) -> None:
    """Whoever says please is heard as well."""
    assert hear(text, {}, free=False) == Wish(granted=False, purpose=ALL, exact=True)


@pytest.mark.parametrize("text", ["Cancel", "End", "Ende", "Cancelar", "Annulla", "İptal", "Отмена", "Cancel ❌"])
def test_a_button_that_ends_a_dialogue_stops_no_advertising_but_the_typed_word_does(text: str) -> None:
    """Whoever cancels an appointment wants that alone."""
    assert hear(text, {}, free=False) is None
    assert hear(text, {}) == Wish(granted=False, purpose=ALL, exact=True)


@given(st.sampled_from(START).flatmap(_spellings))
def test_a_word_of_starting_starts_however_it_is_typed(text: str) -> None:
    """START and Anmelden. mean the same."""
    assert hear(text, {}) == Wish(granted=True, purpose=ALL, exact=True)


@pytest.mark.parametrize(
    ("text", "granted", "purpose"),
    [
        ("STOP Angebote", False, "offers"), ("Angebote stopp!", False, "offers"), ("stop invitations", False, "events"),
        ("Angebote start", True, "offers"),
    ],
)  # fmt: skip
def test_a_word_with_a_name_is_about_that_purpose(text: str, *, granted: bool, purpose: str) -> None:
    """One purpose can be stopped and the other kept."""
    assert hear(text, NAMES) == Wish(granted, purpose, exact=True)


@pytest.mark.parametrize(
    "text",
    [
        "please don't send me any more ads", "No more advertising please!!", "stop spamming me", "leave me alone",
        "Remove me from your list", "I want to opt out", "do not text me again", "unsubscribe me now",
        "bitte keine Werbung mehr", "Ich möchte keine Werbung mehr bekommen.", "Schickt mir keine Angebote mehr",
        "Lassen Sie mich bitte in Ruhe", "Hören Sie auf, mir Werbung zu schicken, das nicht!", "ich widerrufe meine Einwilligung",
        "plus de publicité svp", "Ne m'envoyez plus vos offres", "no quiero más publicidad",
        "por favor no me envíen más ofertas", "não quero mais propaganda", "niente più pubblicità per favore",
        "geen reclame meer aub", "nie chcę więcej reklam", "lütfen reklam göndermeyin", "मुझे विज्ञापन मत भेजो",
        "jangan kirim iklan lagi", "не надо больше рекламы", "请不要再发广告", "広告を送らないで", "광고 보내지 마세요",
        "I don't want these messages anymore", "no more messages please", "Hört auf mir zu schreiben",
        "Nehmt mich aus dem Verteiler", "Ich will das nicht mehr!", "Bitte löschen Sie meine Nummer",
        "Ich möchte nichts mehr von euch hören", "Ne m'envoyez plus de messages", "Arrêtez de m'écrire",
        "No quiero recibir más mensajes", "Não quero mais receber mensagens", "Non voglio più ricevere messaggi",
        "Nie chcę więcej wiadomości", "Przestańcie do mnie pisać", "请不要再给我发消息", "メッセージを送らないでください",
    ],
)  # fmt: skip
def test_a_sentence_that_refuses_advertising_stops_it(text: str) -> None:
    """A wrong stop is cheap, a missed one is not."""
    assert hear(text, {}) == Wish(granted=False, purpose=ALL, exact=False)
    assert hear(text, {}, free=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "!", "Wann fährt die Bahn zum Stop?", "Bitte stoppen Sie die Lieferung nicht", "Nonstop",
        "restart", "starten", "Werbung", "sto p", "the end", "🛑", "Das Angebot ist nicht schlecht",
        "Ist das Angebot noch gültig?", "the offer code does not work", "Mein Paket ist nicht da", "Keine Ahnung",
        "Habt ihr keine Angebote für Kinder?", "Warum bekomme ich keine Werbung mehr?", "Der Rabattcode funktioniert nicht",
        "no", "nein", "Nicht interessiert", "ich komme nicht", "I do not like the blue one", "adios", "haha stop",
        "When does the promotion end?", "don't stop sending me offers", "Ich möchte das nicht mehr haben, was nun?",
        "Ich möchte nichts mehr bestellen", "Stop, ich habe noch eine Frage", "please",
    ],
)  # fmt: skip
def test_other_texts_stop_nothing(text: str) -> None:
    """Nobody loses what they want because a word occurs in a sentence about something else."""
    assert hear(text, {}) is None


def test_a_letter_stops_nothing() -> None:
    """A long text may say anything in passing."""
    assert hear("keine Werbung mehr " + "x" * FREE_CHARS_MAX, {}) is None


@given(st.text(), st.dictionaries(st.text(max_size=5).map(fold), st.just("offers"), max_size=2))
def test_any_text_has_an_answer(text: str, names: dict[str, str]) -> None:
    """Nothing that people type makes it fail, and no sentence gives consent."""
    wish = hear(text, names)
    assert wish is None or wish.exact or not wish.granted
