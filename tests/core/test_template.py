"""Templates: what is sent fits what was approved, and no variable is left open."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.content import (
    Button,
    Card,
    Filled,
    Header,
    LocationContent,
    Parameter,
    Source,
    TemplateComponent,
    TemplateContent,
)
from takt.core.denial import (
    PARAMETER_COUNT,
    PARAMETER_FORMAT,
    PARAMETER_VALUE,
    TEXT_FORMAT,
    TEXT_TOO_LONG,
    Reason,
)
from takt.core.template import CardPlan, Template, fill, from_components
from takt.core.template_buttons import ButtonPlan, plan_button
from takt.core.variables import Mismatch, variables

PLAN = CardPlan(
    "text", "Paket {{1}}", "Es kommt {{2}} zwischen {{1}} Uhr.", "Nordwind",
    (
        ButtonPlan("url", "Verfolgen", "https://nordwind.example/{{1}}", ("url",)),
        ButtonPlan("url", "Hilfe", "https://nordwind.example/hilfe", ("url",)),
        ButtonPlan("quick_reply", "Passt", sub_types=("quick_reply",)),
    ),
)  # fmt: skip
PARCEL = Template("1", "b", "parcel", "de", "utility", "APPROVED", named=False, ttl_s=60, plan=PLAN)
BARE = CardPlan(None, "", "{{name}}, bis {{ day }}.", "Nordwind", ())
VISIT = replace(PARCEL, name="visit", named=True, plan=BARE)


def saying(body: str) -> Template:
    """A template of this body alone."""
    return replace(VISIT, named=False, plan=replace(BARE, body=body))


def text(value: str, name: str | None = None) -> Parameter:
    """A text value."""
    return Parameter("text", value, name)


def content(*components: TemplateComponent) -> TemplateContent:
    """A template with values; name and language do not matter here."""
    return TemplateContent("parcel", "de", components)


HEADER = TemplateComponent("header", (text("0034"),))
BODY = TemplateComponent("body", (text("10 und 12"), text("morgen")))
TRACK = TemplateComponent("button", (text("0034"),), "url", 0)


def test_each_value_stands_where_its_number_says() -> None:
    """Numbers, not their order in the text, join variables and values; what has none stays as it is."""
    assert fill(PARCEL, content(HEADER, BODY, TRACK)) == Filled(
        "parcel", "de",
        Card(
            Header("text", "Paket 0034"), "Es kommt morgen zwischen 10 und 12 Uhr.", "Nordwind",
            (
                Button("url", "Verfolgen", {"url": "https://nordwind.example/0034"}),
                Button("url", "Hilfe", {"url": "https://nordwind.example/hilfe"}),
                Button("quick_reply", "Passt", {"payload": "Passt"}),
            ),
        ),
    )  # fmt: skip


def test_named_values_come_in_any_order() -> None:
    """A template with names takes each value by its name."""
    filled = fill(VISIT, content(TemplateComponent("body", (text("Freitag", "day"), text("Mara", "name")))))
    assert isinstance(filled, Filled)
    assert filled.card.body == "Mara, bis Freitag."


def test_the_tenth_variable_comes_after_the_ninth() -> None:
    """Numbers are numbers, not words."""
    template = saying(" ".join(f"{{{{{n}}}}}" for n in range(1, 12)))
    values = tuple(text(f"v{n}") for n in range(1, 12))
    filled = fill(template, content(TemplateComponent("body", values)))
    assert isinstance(filled, Filled)
    assert filled.card.body == " ".join(f"v{n}" for n in range(1, 12))


def test_a_variable_that_occurs_twice_takes_one_value() -> None:
    """Number of values means number of different variables."""
    template = saying("{{1}} und {{1}}")
    filled = fill(template, content(TemplateComponent("body", (text("a"),))))
    assert isinstance(filled, Filled)
    assert filled.card.body == "a und a"


def test_a_value_is_never_read_as_template() -> None:
    """A value that looks like a variable is shown as it is, and so are the signs that expressions know."""
    filled = fill(
        PARCEL, content(HEADER, TemplateComponent("body", (text("{{2}}"), text(r"\1 \g<0> $1 {{1}}"))), TRACK)
    )
    assert isinstance(filled, Filled)
    assert filled.card.body == r"Es kommt \1 \g<0> $1 {{1}} zwischen {{2}} Uhr."


@pytest.mark.parametrize(
    ("components", "reason", "says"),
    [
        ((), PARAMETER_COUNT, "header: number of localizable_params (0) does not match the expected number of params (1)"),
        ((HEADER, TRACK), PARAMETER_COUNT, "body: number of localizable_params (0) does not match the expected number of params (2)"),
        ((HEADER, replace(BODY, parameters=(text("1"),) * 3), TRACK), PARAMETER_COUNT, "body: number of localizable_params (3) does not match the expected number of params (2)"),
        ((HEADER, BODY), PARAMETER_COUNT, "button 0: expected 1 parameter(s), got 0"),
        ((HEADER, BODY, TRACK, TemplateComponent("button", (text("x"),), "url", 1)), PARAMETER_COUNT, "button 1: expected 0 parameter(s), got 1"),
        ((HEADER, BODY, TRACK, TemplateComponent("button", (Parameter("payload", "x"),) * 2, "quick_reply", 2)), PARAMETER_COUNT, "button 2: expected at most 1 parameter, got 2"),
        ((replace(HEADER, parameters=(Parameter("image", ""),)), BODY, TRACK), PARAMETER_FORMAT, "header: parameter type must be text, got 'image'"),
        ((HEADER, BODY, replace(TRACK, parameters=(Parameter("payload", "x"),))), PARAMETER_FORMAT, "button 0: parameter type must be text, got 'payload'"),
        ((HEADER, BODY, TRACK, TemplateComponent("button", (text("x"),), "quick_reply", 2)), PARAMETER_FORMAT, "button 2: parameter type must be payload, got 'text'"),
        ((HEADER, BODY, replace(TRACK, sub_type="quick_reply")), PARAMETER_FORMAT, "button 0: sub_type must be url, got 'quick_reply'"),
        ((HEADER, BODY, TRACK, TemplateComponent("button", (), "url", 3)), PARAMETER_FORMAT, "button index 3 does not exist; template 'parcel' has 3 button(s)"),
        ((HEADER, BODY, TRACK, TemplateComponent("carousel")), PARAMETER_FORMAT, "component 'carousel' is not part of template 'parcel'"),
        ((replace(HEADER, parameters=(text("x" * 60),)), BODY, TRACK), TEXT_TOO_LONG, "header is 66 characters long, at most 60"),
        ((HEADER, replace(BODY, parameters=(text("x" * 1024), text("y"))), TRACK), TEXT_TOO_LONG, "body is 1049 characters long, at most 1024"),
        ((HEADER, replace(BODY, parameters=(text("a"), text("b\nc"))), TRACK), TEXT_FORMAT, "body: parameter 1 must not have line breaks, tabs or more than 4 spaces in a row"),
        ((HEADER, BODY, TRACK, TemplateComponent("button", (Parameter("payload", "x" * 129),), "quick_reply", 2)), TEXT_TOO_LONG, "button 2: payload is longer than 128 characters"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_named(components: tuple[TemplateComponent, ...], reason: Reason, says: str) -> None:
    """Number, kind, place and length: the sentence names the component and what was expected."""
    assert fill(PARCEL, content(*components)) == Mismatch(reason, says)


@pytest.mark.parametrize(
    "parameters",
    [
        (text("a"), text("b")),
        (text("a"), text("b", "day")),
        (text("a", "name"), text("b", "name")),
        (text("a", "name"), text("b", "Day")),
    ],
)
def test_a_missing_name_is_named(parameters: tuple[Parameter, ...]) -> None:
    """Values without names, doubled and misspelt ones do not fit a template with names."""
    found = fill(VISIT, content(TemplateComponent("body", parameters)))
    assert isinstance(found, Mismatch)
    assert found.reason is PARAMETER_FORMAT
    assert "parameter_name" in found.details


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("", []),
        ("kein Wert", []),
        ("{{2}} {{1}} {{2}}", ["2", "1"]),
        ("{{ name }}", ["name"]),
        ("{{}} {1} {{a b}}", []),
    ],
)
def test_variables_are_listed_once_in_order(written: str, found: list[str]) -> None:
    """What is not a variable by the rules stays text."""
    assert list(variables(written)) == found


def test_a_template_is_read_from_its_components() -> None:
    """The stored form is the one of the Cloud API's template list, in any letter case."""
    row: dict[str, Any] = {
        "template_id": "1", "business_id": "b", "name": "parcel", "language": "de", "category": "utility",
        "status": "APPROVED", "parameter_format": "POSITIONAL", "ttl_s": 60,
    }  # fmt: skip
    buttons = [
        {"type": "URL", "text": "Verfolgen", "url": "https://nordwind.example/{{1}}", "example": ["x"]},
        {"type": "URL", "text": "Hilfe", "url": "https://nordwind.example/hilfe"},
        {"type": "QUICK_REPLY", "text": "Passt"},
    ]
    components: list[dict[str, Any]] = [
        {"type": "header", "format": "TEXT", "text": PLAN.header_text},
        {"type": "BODY", "text": PLAN.body},
        {"type": "FOOTER", "text": PLAN.footer},
        {"type": "BUTTONS", "buttons": buttons},
    ]
    assert from_components(row, components) == PARCEL
    only_body = from_components({**row, "parameter_format": "NAMED"}, [{"type": "BODY", "text": "x"}])
    assert (only_body.named, only_body.plan) == (True, CardPlan(None, "", "x", None, ()))


IMAGE = TemplateComponent("header", (Parameter("image", Source(media_id="6")),))
PLACE = LocationContent(53.5, 9.9, "Laden")


def of(*components: dict[str, Any]) -> Template:
    """A template of these components."""
    row = {"template_id": "1", "business_id": "b", "name": "n", "language": "de", "category": "marketing",
           "status": "APPROVED", "parameter_format": "POSITIONAL", "ttl_s": 60}  # fmt: skip
    return from_components(row, components)


def card_of(found: Filled | Mismatch) -> Card:
    assert isinstance(found, Filled), found
    return found.card


@pytest.mark.parametrize(
    ("sort", "given", "shown"),
    [
        ("IMAGE", Parameter("image", Source(media_id="6")), Header("image", source=Source(media_id="6"))),
        ("VIDEO", Parameter("video", Source(link="https://x.example/v")), Header("video", source=Source(link="https://x.example/v"))),
        ("GIF", Parameter("gif", Source(media_id="6")), Header("gif", source=Source(media_id="6"))),
        ("DOCUMENT", Parameter("document", Source(media_id="6"), filename="a.pdf"), Header("document", source=Source(media_id="6"), filename="a.pdf")),
        ("LOCATION", Parameter("location", PLACE), Header("location", location=PLACE)),
        ("PRODUCT", Parameter("product", {"product_retailer_id": "p"}), Header("product", product={"product_retailer_id": "p"})),
    ],
)  # fmt: skip
def test_a_header_may_be_a_medium_a_place_or_a_product(sort: str, given: Parameter, shown: Header) -> None:
    """Exactly one parameter of the kind that was approved, and no other."""
    template = of({"type": "HEADER", "format": sort}, {"type": "BODY", "text": "Hallo"})
    assert card_of(fill(template, content(TemplateComponent("header", (given,))))).header == shown
    assert fill(template, content()) == Mismatch(
        PARAMETER_COUNT, f"header: expected 1 parameter of type {sort.lower()}, got 0"
    )
    wrong = fill(template, content(TemplateComponent("header", (text("x"),))))
    assert wrong == Mismatch(PARAMETER_FORMAT, f"header: parameter type must be {sort.lower()}, got 'text'")


BUTTON_CASES: list[tuple[dict[str, Any], str, tuple[Parameter, ...], Button | Reason]] = [
    ({"type": "PHONE_NUMBER", "text": "Anrufen", "phone_number": "+4940"}, "phone_number", (), Button("phone_number", "Anrufen", {"phone_number": "+4940"})),
    ({"type": "PHONE_NUMBER", "text": "Anrufen", "phone_number": "+4940"}, "phone_number", (text("x"),), PARAMETER_COUNT),
    ({"type": "COPY_CODE", "example": "X"}, "copy_code", (Parameter("coupon_code", "HERBST20"),), Button("copy_code", "", {"code": "HERBST20"})),
    ({"type": "COPY_CODE", "example": "X"}, "copy_code", (Parameter("coupon_code", "not a code!"),), PARAMETER_VALUE),
    ({"type": "COPY_CODE", "example": "X"}, "copy_code", (Parameter("payload", "X"),), PARAMETER_FORMAT),
    ({"type": "OTP", "otp_type": "COPY_CODE", "text": "Kopieren"}, "url", (text("482913"),), Button("copy_code", "Kopieren", {"code": "482913"})),
    ({"type": "OTP", "otp_type": "COPY_CODE", "text": "Kopieren"}, "url", (), PARAMETER_COUNT),
    ({"type": "FLOW", "text": "Los", "flow_id": "5", "flow_action": "navigate", "navigate_screen": "A"}, "flow", (Parameter("action", {"token": "t", "data": {"k": 1}}),),
     Button("flow", "Los", {"flow_id": "5", "token": "t", "action": "navigate", "mode": "published", "screen": "A", "data": {"k": 1}})),
    ({"type": "FLOW", "text": "Los", "flow_id": "5"}, "flow", (), Button("flow", "Los", {"flow_id": "5", "token": "unused", "action": "navigate", "mode": "published"})),
    ({"type": "CATALOG", "text": "Katalog"}, "catalog", (Parameter("action", {"thumbnail": "p"}),), Button("catalog", "Katalog", {"thumbnail": "p"})),
    ({"type": "MPM", "text": "Ansehen"}, "mpm", (Parameter("action", {"sections": ()}),), PARAMETER_COUNT),
    ({"type": "VOICE_CALL", "text": "Anrufen"}, "voice_call", (Parameter("ttl_minutes", 60),), Button("voice_call", "Anrufen", {"ttl_minutes": 60})),
    ({"type": "VOICE_CALL", "text": "Anrufen"}, "voice_call", (text("x"),), PARAMETER_FORMAT),
    ({"type": "CALL_PERMISSION_REQUEST"}, "call_permission_request", (), Button("call_permission", "")),
]  # fmt: skip


@pytest.mark.parametrize(("made", "sub_type", "given", "expected"), BUTTON_CASES)
def test_every_kind_of_button_takes_what_it_needs(
    made: dict[str, Any], sub_type: str, given: tuple[Parameter, ...], expected: Button | Reason
) -> None:
    template = of({"type": "BODY", "text": "Hallo"}, {"type": "BUTTONS", "buttons": [made]})
    component = [TemplateComponent("button", given, sub_type, 0)] if given else []
    found = fill(template, content(*component))
    if isinstance(expected, Reason):
        assert isinstance(found, Mismatch)
        assert found.reason is expected
        assert found.details.startswith("button 0: ")
    else:
        assert card_of(found).buttons == (expected,)


CARDS = {
    "type": "CAROUSEL",
    "cards": [
        {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Jacke {{1}}"},
                        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Mehr"}]}]}
    ] * 2,
}  # fmt: skip


def test_a_carousel_takes_one_set_of_values_a_card() -> None:
    template = of({"type": "BODY", "text": "Neu"}, CARDS)
    one = (IMAGE, TemplateComponent("body", (text("rot"),)))
    filled = fill(template, content(TemplateComponent("carousel", cards=(one, one))))
    assert isinstance(filled, Filled)
    assert [(card.body, card.buttons[0].more) for card in filled.cards] == [("Jacke rot", {"payload": "Mehr"})] * 2
    few = fill(template, content(TemplateComponent("carousel", cards=(one,))))
    assert few == Mismatch(PARAMETER_COUNT, "carousel: expected 2 cards, got 1")
    bad = fill(template, content(TemplateComponent("carousel", cards=(one, one[:1]))))
    assert isinstance(bad, Mismatch)
    assert bad.details.startswith("card 1: body: number of localizable_params (0)")


def test_an_offer_ends_when_the_send_says() -> None:
    offer = {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Nur heute", "has_expiration": True}}
    template = of(
        offer, {"type": "BODY", "text": "x"}, {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "X"}]}
    )
    code = TemplateComponent("button", (Parameter("coupon_code", "HERBST20"),), "copy_code", 0)
    ends = TemplateComponent("limited_time_offer", (Parameter("limited_time_offer", 1_790_000_000_000),))
    filled = fill(template, content(code, ends))
    assert isinstance(filled, Filled)
    assert filled.offer == {"text": "Nur heute", "code": "HERBST20", "expires_at": 1_790_000_000_000}
    missing = fill(template, content(code))
    assert isinstance(missing, Mismatch)
    assert missing.reason is PARAMETER_COUNT


VARIABLES = st.sampled_from(["{{1}}", "{{2}}", "{{3}}", "{{name}}", "{{ day }}"])
TEXTS = st.lists(VARIABLES | st.sampled_from([" ", "Hallo", "{{", "}}", "{", "1"]), max_size=8).map("".join)
URLS = TEXTS.map("https://nordwind.example/".__add__)
BUTTONS = st.builds(lambda url: plan_button({"type": "URL", "text": "x", "url": url}), URLS) | st.just(
    plan_button({"type": "QUICK_REPLY", "text": "x"})
)
PLANS = st.builds(
    CardPlan, st.sampled_from([None, "text"]), TEXTS, TEXTS, st.none(), st.lists(BUTTONS, max_size=3).map(tuple)
).map(lambda plan: plan if plan.header else replace(plan, header_text=""))
TEMPLATES = st.builds(
    Template, st.just("1"), st.just("b"), st.just("parcel"), st.just("de"), st.just("utility"), st.just("APPROVED"),
    st.booleans(), st.just(60), PLANS,
)  # fmt: skip
PLAIN = st.text(alphabet="äß ", min_size=1, max_size=3)
PARAMETERS = st.builds(
    Parameter,
    st.sampled_from(["text"] * 5 + ["payload", "image", "currency"]),
    PLAIN,
    st.sampled_from([None, "1", "name", "day"]),
)
COMPONENTS = st.builds(
    TemplateComponent,
    st.sampled_from(["header", "body", "button", "carousel"]),
    st.lists(PARAMETERS, max_size=4).map(tuple),
    st.sampled_from([None, "url", "quick_reply", "flow"]),
    st.integers(0, 9),
)


@given(TEMPLATES, st.lists(COMPONENTS, max_size=4).map(lambda given: content(*given)))
def test_any_values_are_filled_in_or_named(template: Template, values: TemplateContent) -> None:
    """Whatever is sent, the answer is a mismatch with a sentence or a text without open variables."""
    found = fill(template, values)
    if isinstance(found, Mismatch):
        assert found.details
        return
    header = found.card.header.text if found.card.header is not None else ""
    for shown in (header, found.card.body, *(button.more.get("url", "") for button in found.card.buttons)):
        assert not variables(shown)


def _fitting(template: Template) -> TemplateContent:
    """Values as a careful developer sends them, each saying which variable it is meant for."""

    def values(written: str) -> tuple[Parameter, ...]:
        names = sorted(variables(written), key=lambda name: (len(name), name))
        return tuple(text(f"<{name}>", name if template.named else None) for name in names)

    buttons = [
        TemplateComponent("button", values(button.url), button.kind, index)
        for index, button in enumerate(template.plan.buttons)
    ]
    return content(
        TemplateComponent("header", values(template.plan.header_text)),
        TemplateComponent("body", values(template.plan.body)),
        *buttons,
    )


@given(TEMPLATES)
def test_fitting_values_fill_every_variable_with_its_own(template: Template) -> None:
    """With one value for each variable, the result is the text with each variable replaced by its value."""
    found = fill(template, _fitting(template))
    if isinstance(found, Mismatch):
        assert found.reason is TEXT_TOO_LONG
        return
    assert found.card.body == re.sub(r"\{\{ *(\w+) *\}\}", r"<\1>", template.plan.body)
