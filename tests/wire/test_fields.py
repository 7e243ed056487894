"""The grammar of `fields=`: what selections mean, however they are spaced and quoted, and that nonsense is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.wire import fields
from takt.wire.errors import Refusal
from takt.wire.fields import DEPTH_MAX, FIELDS_CHARS_MAX, NAMES_MAX, Field

ANALYTICS = Field(
    "analytics",
    {"start": ("1",), "end": ("2",), "granularity": ("DAY",), "phone_numbers": (), "country_codes": ("US", "BR")},
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        (" \n", ()),
        ("id", (Field("id"),)),
        ("id, name\n,id", (Field("id"), Field("name"), Field("id"))),
        ("a{b,c{d}}", (Field("a", within=(Field("b"), Field("c", within=(Field("d"),)))),)),
        ("a.limit(5)", (Field("a", {"limit": ("5",)}),)),
        ("a . limit ( 5 ) { b }", (Field("a", {"limit": ("5",)}, (Field("b"),)),)),
        ("a{b}.limit(5)", (Field("a", {"limit": ("5",)}, (Field("b"),)),)),
        ("a.limit(5).limit(6)", (Field("a", {"limit": ("6",)}),)),
        ("a.m()", (Field("a", {"m": ()}),)),
        ('a.m(")\\"{,")', (Field("a", {"m": (')"{,',)}),)),
        ("a.m('x y',+49 151)", (Field("a", {"m": ("x y", "+49 151")}),)),
        (
            'analytics.start(1).end(2).granularity(DAY).phone_numbers([]).country_codes(["US", "BR"])',
            (ANALYTICS,),
        ),
        ("analytics.start(1).end(2).granularity(DAY).phone_numbers().country_codes([US,BR])", (ANALYTICS,)),
        ("analytics\n.start(1)\n.end(2).granularity('DAY').phone_numbers(()).country_codes((US,BR))", (ANALYTICS,)),
        ("analytics.start(1).end(2).granularity(DAY) .phone_numbers([ ]).country_codes(US, BR)", (ANALYTICS,)),
    ],
)
def test_what_a_text_selects(text: str, found: tuple[Field, ...]) -> None:
    assert fields.parse(text) == found


@pytest.mark.parametrize(
    "text",
    [
        ",", "id,", "id,,name", "1", "{a}", "ü", "a{", "a{}", "a{b", "a}", "a.", "a.b", "a.b(", "a.b(c", "a.b(c,)",
        'a.b("c)', "a.b(c]", "a.b([c)", "a b", "a.b(c d{e})", "a{b}{c}", "a.b(c\\)",
        "x" * (FIELDS_CHARS_MAX + 1), "a{" * DEPTH_MAX + "a" + "}" * DEPTH_MAX, "a.b(" + "[" * 5000,
        ",".join("a" * (NAMES_MAX + 1)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_the_name_of_the_parameter(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        fields.parse(text)
    assert refused.value.error.code == 100
    assert refused.value.error.details.startswith("fields must ")


def test_a_method_with_one_value_is_read_as_a_word() -> None:
    found = fields.parse("a.limit(5).none([]).two(1,2)")[0]
    assert (found.word("limit"), found.word("none"), found.word("absent")) == ("5", None, None)
    with pytest.raises(Refusal) as refused:
        found.word("two")
    assert refused.value.error.details == "fields a.two must have one value"


NAME = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
WORD = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12)
METHODS = st.dictionaries(NAME, st.lists(WORD, max_size=3).map(tuple), max_size=2)
LEAF = st.builds(Field, NAME, METHODS)
TREE = st.lists(
    st.recursive(
        LEAF,
        lambda inner: st.builds(Field, NAME, METHODS, st.lists(inner, max_size=2).map(tuple)),
        max_leaves=4,
    ),
    min_size=1,
    max_size=3,
)


def depth(one: Field) -> int:
    return 1 + max(map(depth, one.within), default=0)


def written(one: Field, space: str, quote: str) -> str:
    """A field as a careless client may write it."""
    methods = ""
    for name, words in one.methods.items():
        quoted = (f"{quote}{w.replace(chr(92), chr(92) * 2).replace(quote, chr(92) + quote)}{quote}" for w in words)
        methods += f"{space}.{name}({space}[{f',{space}'.join(quoted)}{space}]{space})"
    within = f",{space}".join(written(inner, space, quote) for inner in one.within)
    return f"{space}{one.name}{methods}{space}{'{' + within + '}' if within else ''}"


@given(TREE, st.sampled_from(["", " ", "\n\t "]), st.sampled_from(["'", '"']))
def test_spaces_and_quotes_change_nothing(tree: list[Field], space: str, quote: str) -> None:
    text = ",".join(written(one, space, quote) for one in tree)
    if max(map(depth, tree)) > DEPTH_MAX:
        with pytest.raises(Refusal):
            fields.parse(text)
    else:
        assert fields.parse(text) == tuple(tree)


@given(st.one_of(st.text(), st.text(alphabet="ab.,(){}[]\"'\\ \n", max_size=40)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = fields.parse(text)
    except Refusal:
        return
    assert all(one.name for one in found)
