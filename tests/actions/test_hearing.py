"""Stop words whose letters are look-alikes, apart, drawn out or full of what cannot be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.actions.hearing import hear_through
from takt.core.purpose import ALL
from takt.core.stop_words import Wish, hear

STOPPED = Wish(granted=False, purpose=ALL, exact=True)
ALIKE = {
    "s": ["s", "S", "Ѕ", "ѕ", "Ｓ", "5", "$", "𝐒", "ⓢ", "🅂", "ꜱ"],
    "t": ["t", "T", "Т", "Τ", "Ｔ", "𝐓", "ⓣ", "🅃", "ᴛ"],
    "o": ["o", "O", "О", "ο", "Ｏ", "0", "𝐎", "ⓞ", "🄾", "ᴏ"],
    "p": ["p", "P", "Р", "ρ", "Ｐ", "𝐏", "ⓟ", "🄿", "ᴘ"],
}
UNSEEN = ["", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u0336"]


@st.composite
def _disguised(draw: st.DrawFn) -> str:
    """STOP in letters of any alphabet that look so, with things between that nobody sees, and signs around."""
    letters = [draw(st.sampled_from(ALIKE[letter])) + draw(st.sampled_from(UNSEEN)) for letter in "stop"]
    gap = draw(st.sampled_from(["", " ", ".", "-"]))
    around = draw(st.sampled_from(["", "🛑", " 🛑 ", "*", "\u200b", "!!", "«"]))
    return around + gap.join(letters) + around


@given(_disguised())
def test_a_disguised_stop_stops(text: str) -> None:
    """Whatever keyboard it was typed on."""
    assert hear_through(text, {}) == STOPPED


@pytest.mark.parametrize(
    "text",
    [
        "ЅТОР", "ST0P", "pls st0p", "STOOOPPP!!", "S🛑T🛑O🛑P", "S_T_O_P", "ST OP", "UNSUBSCRІBE", "Abmеlden",
        "kеine Werbung", "с\u200bтоп", "退\u200b订", "b\u200baja", "STOPPPP",
    ],
)  # fmt: skip
def test_other_words_of_stopping_are_repaired_as_well(text: str) -> None:
    """In other languages, too, and by those who draw them out."""
    assert hear_through(text, {}, free=False) == STOPPED


def test_a_disguised_sentence_and_the_name_of_a_purpose_are_read() -> None:
    """The repaired text is heard like any other."""
    assert hear_through("c@ncel", {}) == STOPPED
    assert hear_through("Bitte kеinе Wеrbung mehr schicken", {}) == Wish(granted=False, purpose=ALL, exact=False)
    assert hear_through("ЅТОР angebote", {"angebote": "offers"}) == Wish(granted=False, purpose="offers", exact=True)


@pytest.mark.parametrize("text", ["ST4RT", "ЅTАRT", "S\u200bTART", "ѕubѕcribe"])
def test_no_disguised_word_gives_consent(text: str) -> None:
    """Consent is said plainly, or not at all."""
    assert hear_through(text, {}) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "👍", "ok 👍", "stp", "Привет", "пара", "стопа", "топ", "Как дела?", "Καλημέρα", "στο", "αβγ", "बंदर", "停電", "5 Top",
        "Bestellung 5T0P4", "AB-5T0", "1nd", "Stoff", "4711", "Wir sehen uns um 5", "Ѕеrvus", "ⓗⓘ", "0pt 0ut?", "Sto",
    ],
)  # fmt: skip
def test_other_texts_stay_what_they_are(text: str) -> None:
    """Other alphabets are no disguise, and codes are no words."""
    assert hear_through(text, {}) is None


@given(text=st.text(max_size=60), free=st.booleans())
def test_what_is_said_plainly_is_heard_as_it_is(text: str, *, free: bool) -> None:
    """The repair adds stops and changes nothing else."""
    plainly, through = hear(text, {}, free=free), hear_through(text, {}, free=free)
    assert through == plainly or (plainly is None and through is not None and not through.granted)
