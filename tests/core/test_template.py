"""Templates: what is sent fits what was approved, and no variable is left open."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.content import Parameter, TemplateComponent, TemplateContent
from takt.core.denial import PARAMETER_COUNT, PARAMETER_FORMAT, TEXT_TOO_LONG, Reason
from takt.core.template import Button, Filled, FilledButton, Mismatch, Template, fill, from_components, variables

PARCEL = Template(
    template_id="1", business_id="b", name="parcel", language="de", category="utility", status="APPROVED", named=False,
    ttl_s=60, header="Paket {{1}}", body="Es kommt {{2}} zwischen {{1}} Uhr.", footer="Nordwind",
    buttons=(
        Button("url", "Verfolgen", "https://nordwind.example/{{1}}"),
        Button("url", "Hilfe", "https://nordwind.example/hilfe"),
        Button("quick_reply", "Passt"),
    ),
)  # fmt: skip
VISIT = replace(PARCEL, name="visit", named=True, header=None, body="{{name}}, bis {{ day }}.", buttons=())


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
        "parcel", "de", "Paket 0034", "Es kommt morgen zwischen 10 und 12 Uhr.", "Nordwind",
        (
            FilledButton("url", "Verfolgen", url="https://nordwind.example/0034"),
            FilledButton("url", "Hilfe", url="https://nordwind.example/hilfe"),
            FilledButton("quick_reply", "Passt", payload="Passt"),
        ),
    )  # fmt: skip


def test_named_values_come_in_any_order() -> None:
    """A template with names takes each value by its name."""
    filled = fill(VISIT, content(TemplateComponent("body", (text("Freitag", "day"), text("Mara", "name")))))
    assert isinstance(filled, Filled)
    assert filled.body == "Mara, bis Freitag."


def test_the_tenth_variable_comes_after_the_ninth() -> None:
    """Numbers are numbers, not words."""
    template = replace(VISIT, named=False, body=" ".join(f"{{{{{n}}}}}" for n in range(1, 12)))
    values = tuple(text(f"v{n}") for n in range(1, 12))
    filled = fill(template, content(TemplateComponent("body", values)))
    assert isinstance(filled, Filled)
    assert filled.body == " ".join(f"v{n}" for n in range(1, 12))


def test_a_variable_that_occurs_twice_takes_one_value() -> None:
    """Number of values means number of different variables."""
    template = replace(VISIT, named=False, body="{{1}} und {{1}}")
    filled = fill(template, content(TemplateComponent("body", (text("a"),))))
    assert isinstance(filled, Filled)
    assert filled.body == "a und a"


def test_a_value_is_never_read_as_template() -> None:
    """A value that looks like a variable is shown as it is, and so are the signs that expressions know."""
    filled = fill(
        PARCEL, content(HEADER, TemplateComponent("body", (text("{{2}}"), text(r"\1 \g<0> $1 {{1}}"))), TRACK)
    )
    assert isinstance(filled, Filled)
    assert filled.body == r"Es kommt \1 \g<0> $1 {{1}} zwischen {{2}} Uhr."


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
        {"type": "header", "format": "TEXT", "text": PARCEL.header},
        {"type": "BODY", "text": PARCEL.body},
        {"type": "FOOTER", "text": PARCEL.footer},
        {"type": "BUTTONS", "buttons": buttons},
    ]
    assert from_components(row, components) == PARCEL
    only_body = from_components({**row, "parameter_format": "NAMED"}, [{"type": "BODY", "text": "x"}])
    assert (only_body.named, only_body.header, only_body.footer, only_body.buttons) == (True, None, None, ())


VARIABLES = st.sampled_from(["{{1}}", "{{2}}", "{{3}}", "{{name}}", "{{ day }}"])
TEXTS = st.lists(VARIABLES | st.sampled_from([" ", "Hallo", "{{", "}}", "{", "1"]), max_size=8).map("".join)
URLS = TEXTS.map("https://nordwind.example/".__add__)
TEMPLATES = st.builds(
    Template, st.just("1"), st.just("b"), st.just("parcel"), st.just("de"), st.just("utility"), st.just("APPROVED"),
    st.booleans(), st.just(60), st.none() | TEXTS, TEXTS, st.none(),
    st.lists(
        st.builds(Button, st.just("url"), st.just("x"), URLS) | st.builds(Button, st.just("quick_reply"), st.just("x")),
        max_size=3,
    ).map(tuple),
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
    for shown in (found.header or "", found.body, *(button.url for button in found.buttons)):
        assert not variables(shown)


def _fitting(template: Template) -> TemplateContent:
    """Values as a careful developer sends them, each saying which variable it is meant for."""

    def values(written: str) -> tuple[Parameter, ...]:
        names = sorted(variables(written), key=lambda name: (len(name), name))
        return tuple(text(f"<{name}>", name if template.named else None) for name in names)

    buttons = [
        TemplateComponent("button", values(button.url), button.kind, index)
        for index, button in enumerate(template.buttons)
    ]
    return content(
        TemplateComponent("header", values(template.header or "")),
        TemplateComponent("body", values(template.body)),
        *buttons,
    )


@given(TEMPLATES)
def test_fitting_values_fill_every_variable_with_its_own(template: Template) -> None:
    """With one value for each variable, the result is the text with each variable replaced by its value."""
    found = fill(template, _fitting(template))
    if isinstance(found, Mismatch):
        assert found.reason is TEXT_TOO_LONG
        return
    expected = template.body
    for name in variables(template.body):
        expected = expected.replace(f"{{{{{name}}}}}", f"<{name}>").replace(f"{{{{ {name} }}}}", f"<{name}>")
    assert found.body == expected
