"""The normal form: disguises are undone, honest texts stay as they are."""

import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.filter.corpus import corpus
from takt.filter.normal import CHARS_MAX, normalise
from takt.filter.shipped import shipped
from takt.filter.words import Words

KNOWN = (
    "free",
    "cash",
    "prize",
    "entry",
    "win",
    "claim",
    "your",
    "now",
    "call",
    "you",
    "have",
    "won",
    "text",
    "mobile",
)
WORDS = Words(dict.fromkeys((*KNOWN, "a", "the", "to", "account"), 9))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ｆｒｅｅ 𝓒𝓐𝓢𝓗 pr1ze", "free cash prize"),
        ("F R E E  e n t r y", "free entry"),
        ("c a l l n o w t o w i n", "call now to win"),
        ("W.i.N a pr!ze", "win a prize"),
        ("fr\u200bee ca\u00adsh \u2066now\u2069", "free cash now"),
        ("🇫🇷🇪🇪 🅲🅰🆂🅷", "free cash"),
        ("ҒЯΣΣ εитяу", "free entry"),
        ("сору оf уоur рrіzе".replace("сору оf ", ""), "your prize"),
        ("ʍou noʎ llɐɔ", "call you now"),
        ("y0u h4v3 w0n", "you have won"),
        ("c@$h |\\/|obile", "cash mobile"),
        ("callnowtoclaimyourprize", "call now to claim your prize"),
        ("CallNow", "call now"),
        ("ᎰᏒᏋᏋ ᖴᖇEE", "free free"),
        ("fr☃ee pr🔥ze", "free prize"),
        ("f̷̛r̴e̵e̶", "free"),
        ("&#70;&#82;EE", "free"),
        ("c_a_l_l t·e·x·t", "call text"),
        ("pri ze", "prize"),
        ("prꙮze clꜵim", "prize claim"),
        ("\u202eezirp\u202c", "prize"),
        ("fr3eentry", "free entry"),
    ],
)
def test_disguises_are_undone_and_counted(written: str, read: str) -> None:
    normal = normalise(written, WORDS)
    assert normal.text == read
    if not written.isascii():
        assert normal.repairs > 0 or "\u202e" in written


@pytest.mark.parametrize(
    "text",
    [
        "Ihre Lieferung für Frau Müller ist größer: 3 Stück, übermorgen früh.",
        "Привет, как дела? Завтра встреча в 10:00.",
        "明日の予約は10時です。お待ちしています。",
        "आपका ऑर्डर भेज दिया गया है",
        "موعدك غدا الساعة العاشرة",
        "Καλημέρα, το ραντεβού σας είναι αύριο.",
        "Code AB12CD, Zimmer 4b, 50p, 150ppm, 2nd, £10.50, 3,1 %",
        "https://parcel.example.com/t/88412?x=1 oder post@example.org",
        "Café à Besançon, señor Núñez",
        "don't, it's and/or, e-mail, t&c's, ok...then",
    ],
)
def test_honest_texts_stay_but_for_case(text: str) -> None:
    normal = normalise(text, WORDS)
    assert normal.text == " ".join(text.lower().split())
    assert normal.repairs == 0


def test_the_texts_of_the_corpus_need_no_repair() -> None:
    repaired = [one.text for one in corpus() if normalise(one.text, WORDS).repairs]
    assert not repaired


TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(st.sampled_from("freпрΣ😀🇫1@$.- \u200b\u0301пaαx\u202e"), max_size=80),
    st.text(string.printable, max_size=80),
)


@given(TEXTS)
def test_the_normal_form_of_any_text_has_an_end(text: str) -> None:
    normal = normalise(text, WORDS)
    assert len(normal.text) <= 8 * len(text) + 8
    assert "\u200b" not in normal.text
    assert normalise(text, WORDS) == normal


@given(st.lists(st.sampled_from([*WORDS.counts, "für", "müller", "10:00", "£5"]), max_size=12))
def test_a_normal_form_is_its_own(words: list[str]) -> None:
    once = normalise(" ".join(words).upper(), WORDS).text
    assert normalise(once, WORDS).text == once


def test_long_texts_are_read_to_a_limit() -> None:
    assert len(normalise("word " * 10_000, WORDS).text) <= CHARS_MAX
    assert normalise("x" * 20_000, WORDS).text.replace(" ", "") == "x" * CHARS_MAX
    assert len(normalise("\U0001f525x" * 6_000, WORDS).text) <= 2 * CHARS_MAX


@pytest.mark.parametrize(
    "scrap", ["🔥a", "a.", "1.", "?a", "a-", "free.", "x/", "w?z*~_", "a ", "|\\/|", "http://a.b."]
)
def test_no_text_costs_much_more_than_its_length(scrap: str) -> None:
    model, calls = shipped(), 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        model.score([scrap * (CHARS_MAX // len(scrap))])
    finally:
        sys.setprofile(None)
    assert calls < 400 * CHARS_MAX
