"""Free wordings that refuse advertising, beside such that refuse, miss or ask for something else, in twenty languages."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.purpose import ALL
from takt.core.stop_senses import senses_of
from takt.core.stop_sentences import refusal
from takt.core.stop_slips import NOT_MISTYPED
from takt.core.stop_words import FREE_CHARS_MAX, Wish, fold, hear

WORDINGS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent.parent / "data/stop/wordings.tsv").read_text("utf-8").splitlines()
]
TRUE = [text for _, meant, text in WORDINGS if meant == "stop"]
OTHER = [text for _, meant, text in WORDINGS if meant == "other"]


@pytest.mark.parametrize("text", TRUE)
def test_who_refuses_advertising_is_heard(text: str) -> None:
    """A missed stop costs trust."""
    wish = hear(text, {})
    assert wish is not None
    assert (wish.granted, wish.purpose) == (False, ALL)


@pytest.mark.parametrize("text", OTHER)
def test_who_refuses_another_thing_keeps_the_advertising(text: str) -> None:
    """No invoice by post, please: that is no word about advertising."""
    assert hear(text, {}) is None


def test_the_table_says_enough_of_the_main_languages() -> None:
    """At least fifteen of either kind in German and English, and some in eighteen others."""
    counts = Counter((language, meant) for language, meant, _ in WORDINGS)
    assert all(counts[language, meant] >= 15 for language in ("de", "en") for meant in ("stop", "other"))
    assert len({language for language, _, _ in WORDINGS}) == 20


@pytest.mark.parametrize(
    "text",
    [
        "Bitte keine Rechnung per Post und auch keine Werbung", "Keine Werbung! Die Rechnung bitte per Mail.",
        "Der Code geht nicht. Außerdem will ich keine Werbung mehr.", "No paper invoices please, and no more ads",
        "The code does not work; please stop sending me ads", "Ne m'envoyez plus de factures papier, ni de pub, jamais",
        "No me manden facturas en papel y no quiero publicidad",
    ],
)  # fmt: skip
def test_a_refusal_of_advertising_counts_beside_another_one(text: str) -> None:
    """Who names two things is heard about the one that can be stopped."""
    assert hear(text, {}) == Wish(granted=False, purpose=ALL, exact=False)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("keine werbung mehr bitte", "refuses advertising"), ("No more deals thx", "refuses offers"),
        ("quit texting me", "refuses to be written to"), ("schickt mir nichts mehr", "refuses what is sent"),
        ("I don't want these texts", "refuses messages"), ("remove my number from your list", "off the list"),
        ("lege Widerspruch gegen die Nutzung meiner Daten ein", "objects"), ("I never signed up for this", "never agreed"),
        ("Mein Anwalt freut sich auf die nächste Nachricht", "names the law"), ("jeden Tag eure Nachrichten", "gets too much"),
        ("ich blockier euch jetzt", "blocks the sender"), ("könntet ihr bitte aufhören", "has had enough"),
        ("foutez-moi la paix", "wants to be left alone"), ("This is not for me. Unsubscribe", "leaves"),
        ("I told you to STOP twice already", "has said stop before"), ("Nur noch Infos zu meiner Bestellung, sonst nichts", "wants nothing else"),
        ("Die Rechnung gern, die Werbung bitte weglassen", "refuses advertising"),
        ("Woher haben Sie meine Nummer?", "did not give the number"), ("Not interested. Remove.", "says stop at last"),
    ],
)  # fmt: skip
def test_a_stop_says_by_which_rule_it_was_heard(text: str, rule: str) -> None:
    """Whoever asks why a sentence stopped something reads a rule's name."""
    assert refusal(fold(text), text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "Bitte LOESCHT meine Nummer", "Desinscrivez moi", "quítenme de la lista", "QUITENME DE LA LISTA",
        "LÖSCHT meine Nummer", "je veux PLUS de pub", "dont want ur newsletter", "bitte 2x gesagt: keine Werbung!!",
    ],
)  # fmt: skip
def test_accents_umlauts_and_capitals_change_nothing(text: str) -> None:
    """People write as their keyboards let them."""
    assert hear(text, {}) is not None


@pytest.mark.parametrize(
    "text",
    [
        "abmeldn bitte", "unsubscibe me", "kiene werbung mehr", "newslettr abbestelen", "pls sotp sendign me adverst",
        "keine werbug mehr", "unsubscribbe", "arrêtez vos publictés",
    ],
)  # fmt: skip
def test_a_slip_of_the_finger_changes_nothing(text: str) -> None:
    """One letter left out, added, changed, or turned with the next, in a word that matters."""
    assert hear(text, {}) is not None


@pytest.mark.parametrize("word", NOT_MISTYPED.split())
def test_a_word_one_letter_away_is_itself(word: str) -> None:
    """No massage and no rating is no advertising."""
    assert not senses_of(word)
    assert hear(f"bitte keine {word} mehr", {}) is None


@pytest.mark.parametrize(
    "text",
    [
        "Keine Reklamation mehr",
        "ich ziehe die Reklamation zurück",
        "plus de réclamations",
        "no quiero más reclamaciones",
    ],
)
def test_a_complaint_about_goods_is_no_advertising(text: str) -> None:
    """The word for it begins like that for advertising in many languages."""
    assert hear(text, {}) is None


@pytest.mark.parametrize(
    "text",
    [
        "Don't stop sending me your offers", "Hört bitte nicht auf mit den Angeboten", "n'arrêtez pas vos pubs",
        "I wrote STOP by mistake, please send the offers again", 'Your ad said "no more spam"', "Ich will keine Angebote verpassen",
        "If I unsubscribe from the newsletter, do I lose my points?", "Warum bekomme ich keine Werbung mehr?",
        "Please don't call, text me", "I can't find the newsletter",
    ],
)  # fmt: skip
def test_who_speaks_of_stopping_but_wants_the_messages_keeps_them(text: str) -> None:
    """Not to stop, to miss, to quote and to ask what would be is no stop."""
    assert hear(text, {}) is None


@given(st.text(max_size=FREE_CHARS_MAX))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    """Whatever somebody types, it is read, and no sentence gives consent."""
    wish = hear(text, {})
    assert wish is None or not wish.granted or wish.exact
