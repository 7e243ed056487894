"""What is learned from beside an operator's texts: ours, in its languages and classes, for so many of its own."""

from collections import Counter, defaultdict

import pytest

from takt.filter.background import NONE, background
from takt.filter.corpus import corpus, varied
from takt.filter.languages import language_of

LANGUAGE_OF = {one.text: one.language for one in varied()}
ENGLISH = ["Are you coming home for dinner?", "I will call you when the meeting is over", "We won the game last night"]
GERMAN = ["Kommst du heute zum Essen?", "Ich rufe dich an, wenn wir fertig sind", "Wir haben gestern gewonnen"]
INDONESIAN = [
    "Selamat pagi, bagaimana kabarmu hari ini?", "Besok saya tidak bisa datang ke kantor", "Di mana rumah teman kamu?",
    "Hari ini war tidak ada yang datang ke kantor", "Terima kasih banyak atas bantuannya", "Saya sudah sampai di stasiun",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_language_is_told_by_its_own_words(language: str) -> None:
    of_ours = [one.text for one in corpus() if one.language == language]
    assert sum(language_of(text) == language for text in of_ours) > 0.98 * len(of_ours)
    assert {language_of(text) for text in (ENGLISH if language == "en" else GERMAN)} == {language}


@pytest.mark.parametrize(
    "text",
    [
        *INDONESIAN,
        "",
        "123456",
        "😀",
        "www.kurz.example",
        "Bonjour, où es-tu ce soir?",
        "Je vous dis que je suis en retard ce soir",
    ],
)
def test_other_languages_and_what_is_no_language_are_none(text: str) -> None:
    assert language_of(text) == ""


def mass_of(texts: list[str], labels: list[str], mass: float) -> dict[tuple[str, str], float]:
    found = background(texts, labels, mass)
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for text, label, weight in zip(found.texts, found.labels, found.weights, strict=True):
        sums[LANGUAGE_OF[text], label] += weight
    return {key: round(found, 6) for key, found in sums.items()}


def test_ours_are_spread_as_the_operators_languages_and_classes_are() -> None:
    assert mass_of(ENGLISH * 4, ["service", "service", "fraud"] * 4, 12) == {
        ("en", "service"): 8, ("en", "fraud"): 4,
    }  # fmt: skip
    assert mass_of([*ENGLISH * 2, *GERMAN], ["service", "service", "advertising"] * 3, 9) == {
        ("en", "service"): 4, ("en", "advertising"): 2, ("de", "service"): 2, ("de", "advertising"): 1,
    }  # fmt: skip


def test_no_text_of_ours_counts_for_more_than_one_of_theirs() -> None:
    found = background(ENGLISH, ["service", "service", "fraud"], 10_000)
    assert set(found.weights) == {1.0}
    assert len(found.texts) == Counter(LANGUAGE_OF[one.text] for one in varied() if one.label != "advertising")["en"]


def test_a_language_that_hardly_anybody_writes_is_left_out() -> None:
    assert mass_of([*INDONESIAN * 3, ENGLISH[0]], ["service", "fraud"] * 9 + ["fraud"], 40) == {}
    assert set(mass_of([*ENGLISH * 6, GERMAN[0]], ["service", "fraud"] * 9 + ["fraud"], 40)) == {
        ("en", "service"), ("en", "fraud"),
    }  # fmt: skip


def test_none_of_it_is_none() -> None:
    assert background(ENGLISH, ["service", "service", "fraud"], 0) == NONE
