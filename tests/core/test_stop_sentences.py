"""Free wordings that refuse advertising, beside such that refuse, miss or ask for something else, in fifteen languages."""

from collections import Counter
from pathlib import Path

import pytest

from takt.core.purpose import ALL
from takt.core.stop_words import Wish, hear

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
