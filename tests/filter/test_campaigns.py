"""Sketches: texts that differ in names, links and prices are found to be one; others are not."""

from hypothesis import given
from hypothesis import strategies as st

from takt.filter.campaigns import ALIKE, BANDS, CHARS_LEAST, NUMBERS, RUN, Sketch, likeness, sketch
from takt.filter.features import tokens
from takt.filter.normal import normalise
from takt.filter.shipped import shipped
from takt.filter.words import Words

WORDS = shipped().vocabulary

PARCEL = "Hallo {}, dein Paket konnte nicht zugestellt werden. Zahle {} Zollgebühr unter {} bis morgen um zwölf Uhr."
OFFER = "Liebe {}, nur diese Woche sparst du {} auf alle Jacken aus Wolle, in jedem Laden und unter {}."
FILLED = [("Mara", "1,99 €", "https://paket-zoll.example/a"), ("Jonas", "2,49 €", "https://zoll-post.example/b?x=7")]


def sketched(text: str) -> Sketch:
    made = sketch(text, WORDS)
    assert made is not None
    return made


def test_a_text_is_the_same_whatever_is_filled_in() -> None:
    for text in (PARCEL, OFFER):
        one, other = (sketched(text.format(*filled)) for filled in FILLED)
        assert likeness(one.numbers, other.numbers) >= ALIKE
        assert set(one.bands) & set(other.bands)


def test_other_texts_are_not() -> None:
    one, other = (sketched(text.format(*FILLED[0])) for text in (PARCEL, OFFER))
    assert likeness(one.numbers, other.numbers) < 0.3
    assert not set(one.bands) & set(other.bands)


def test_a_short_text_has_none() -> None:
    assert sketch("x" * (CHARS_LEAST - 1), WORDS) is None


def test_a_sketch_stays_the_same_in_every_version() -> None:
    """It is stored, and compared with those of later versions."""
    made = sketch(OFFER.format(*FILLED[0]), Words({}))
    assert made is not None
    assert len(made.numbers) == NUMBERS * 4
    assert len(made.bands) == BANDS
    assert made.bands[0] == -5451484468120746623


SAID = st.sampled_from(["paket", "zoll", "jacke", "wolle", "heute", "morgen", "konto", "bank", "laden", "post"])
TEXTS = st.lists(SAID, min_size=15, max_size=40)


@given(TEXTS, TEXTS)
def test_how_alike_sketches_are_is_how_many_runs_texts_share(one: list[str], more: list[str]) -> None:
    """Broder, On the resemblance and containment of documents, 1997; five deviations of 128 draws are 0.22."""
    texts = (" ".join(one), " ".join(one + more))
    plain = [" ".join(tokens(normalise(text, WORDS).text)) for text in texts]
    first, second = ({text[at : at + RUN] for at in range(len(text) - RUN + 1)} for text in plain)
    shared = len(first & second) / len(first | second)
    assert abs(likeness(*(sketched(text).numbers for text in texts)) - shared) < 0.22
