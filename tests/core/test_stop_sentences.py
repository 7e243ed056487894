"""Free wordings that refuse advertising, beside such that refuse, miss or ask for something else, in fifteen languages."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.purpose import ALL
from takt.core.stop_sentences import refusal
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
    """At least fifteen of either kind in German and English, and some in thirteen others."""
    counts = Counter((language, meant) for language, meant, _ in WORDINGS)
    assert all(counts[language, meant] >= 15 for language in ("de", "en") for meant in ("stop", "other"))
    assert len({language for language, _, _ in WORDINGS}) == 15


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
        ("I don't want these texts", "refuses messages"), ("take my number off your list", "off the list"),
        ("lege Widerspruch gegen die Nutzung meiner Daten ein", "objects"), ("I never signed up for this", "never agreed"),
        ("Mein Anwalt freut sich auf die nächste Nachricht", "names the law"), ("jeden Tag eure Nachrichten", "gets too much"),
        ("ich blockier euch jetzt", "blocks the sender"), ("könntet ihr bitte aufhören", "has had enough"),
        ("foutez-moi la paix", "wants to be left alone"), ("This is not for me. Unsubscribe", "leaves"),
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
