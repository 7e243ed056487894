"""Templates as companies submit them: what is taken, in which form it is kept, and what is told of each fault."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import draft_buttons, template_draft
from takt.core.languages import LANGUAGES, find_language
from takt.core.template_authentication import fixed_body, preview
from takt.core.template_draft import Frame, parse_category, parse_components, parse_language, parse_name, parse_ttl
from takt.core.template_text import DraftFault, words_of

FILES = sorted((Path(__file__).parent.parent / "data/cloud-api/templates").glob("*.json"))
SAMPLES = {name: one for file in FILES for name, one in json.loads(file.read_text()).items()}
UTILITY = Frame("utility", "de", named=False)
MARKETING = Frame("marketing", "de", named=False)
CODE = Frame("authentication", "de", named=False)

Components = list[dict[str, Any]]


def body(text: str, *values: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text} | ({"example": {"body_text": [list(values)]}} if values else {})


BODY = body("Ihre Bestellung ist da.")


def buttons(*given: dict[str, Any]) -> Components:
    return [BODY, {"type": "buttons", "buttons": list(given)}]


def url(**more: Any) -> dict[str, Any]:
    return {"type": "URL", "text": "Zum Laden", "url": "https://nordwind.example/x"} | more


def reply(text: str) -> dict[str, Any]:
    return {"type": "quick_reply", "text": text}


def header(**more: Any) -> Components:
    return [{"type": "HEADER", "format": "TEXT"} | more, BODY]


def otp(**more: Any) -> Components:
    return [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"} | more]}]


def card(**more: Any) -> dict[str, Any]:
    image = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}}
    return {"components": [image | more, {"type": "BUTTONS", "buttons": [url()]}]}


def carousel(*cards: dict[str, Any]) -> Components:
    return [BODY, {"type": "CAROUSEL", "cards": list(cards)}]


@pytest.mark.parametrize("name", SAMPLES)
def test_templates_of_the_field_are_taken_and_kept_as_they_are_read(name: str) -> None:
    sample = SAMPLES[name]
    frame = Frame(parse_category(sample["category"]), parse_language(sample["language"]), named=False)
    assert parse_name(sample["name"]) == name
    parse_ttl(sample.get("message_send_ttl_seconds"), frame.category)
    kept = parse_components(sample["components"], frame)
    assert parse_components(deepcopy(kept), frame) == kept
    assert sorted(one["type"] for one in kept) == sorted(one["type"] for one in sample["components"])


WRONG: list[tuple[Frame, Any, str, int | None]] = [
    (UTILITY, None, "components", 2388043),
    (UTILITY, [], "components", 2388043),
    (UTILITY, [BODY, BODY], "components", None),
    (UTILITY, [{"type": "FOOTER", "text": "x"}], "components", 2388043),
    (UTILITY, [{"type": "SIDEBAR"}], "components[0].type", 2388043),
    (UTILITY, [body("x" * 1025)], "components[0].text", 2388040),
    (UTILITY, [body("{{1}} ist heute da und bereit", "a")], "components[0].text", 2388299),
    (UTILITY, [body("Heute kommt zu Ihnen {{1}}", "a")], "components[0].text", 2388299),
    (UTILITY, [body("Es kommt heute zu Ihnen {{1}} {{2}} ganz sicher noch", "a", "b")], "components[0].text", 2388072),
    (UTILITY, [body("Es kommt {{1}} und auch {{3}} zu Ihnen nach Hause.", "a", "b")], "components[0].text", 2388072),
    (UTILITY, [body("Es kommt {{name}} zu Ihnen nach Hause.", "a")], "components[0].text", 2388072),
    (UTILITY, [body("Es kommt {{1-}} zu Ihnen nach Hause.", "a")], "components[0].text", 2388072),
    (UTILITY, [body("Es kommt {{1}} und }} zu Ihnen.", "a")], "components[0].text", 2388072),
    (UTILITY, [body("Hallo {{1}}, da.", "a")], "components[0].text", 2388293),
    (UTILITY, [body("Es kommt {{1}} zu Ihnen.")], "components[0].example", 2388043),
    (UTILITY, [body("Es kommt {{1}} zu Ihnen.", "a", "b")], "components[0].example.body_text", 2388043),
    (UTILITY, header(text="x" * 61), "components[0].text", 2388040),
    (UTILITY, header(text="a\nb"), "components[0].text", 2388047),
    (UTILITY, header(text="*fett*"), "components[0].text", 2388047),
    (UTILITY, header(text="Hallo 🎉"), "components[0].text", 2388047),
    (UTILITY, header(text="{{1}} und {{2}}"), "components[0].text", 2388047),
    (UTILITY, header(format="SMELL"), "components[0].format", 2388047),
    (UTILITY, header(format="IMAGE"), "components[0].example.header_handle", 2388043),
    (UTILITY, header(format="IMAGE", example={"header_handle": ["x"]}), "components[0].example.header_handle", 2388047),
    (UTILITY, header(format="GIF", example={"header_handle": ["4::x"]}), "category", None),
    (MARKETING, header(format="PRODUCT"), "components", None),
    (UTILITY, [BODY, {"type": "FOOTER", "text": "von {{1}}"}], "components[1].text", 2388073),
    (UTILITY, [BODY, {"type": "FOOTER", "text": "x" * 61}], "components[1].text", 2388040),
    (UTILITY, buttons(), "components[1].buttons", 2388043),
    (UTILITY, buttons(*(reply(str(n)) for n in range(11))), "components[1].buttons", None),
    (UTILITY, buttons(reply("a"), url(), reply("b")), "components[1].buttons", None),
    (UTILITY, buttons(reply("a"), reply("a")), "components[1].buttons", None),
    (UTILITY, buttons(reply("x" * 26)), "components[1].buttons[0].text", 2388040),
    (UTILITY, buttons(url(text="a"), url(text="b"), url(text="c")), "components[1].buttons", None),
    (UTILITY, buttons(url(url="ftp://x.example")), "components[1].buttons[0].url", None),
    (UTILITY, buttons(url(url="https://{{1}}")), "components[1].buttons[0].url", None),
    (UTILITY, buttons(url(url="https://x.example/{{1}}/y")), "components[1].buttons[0].url", None),
    (UTILITY, buttons(url(url="https://x.example/{{1}}")), "components[1].buttons[0].example", 2388043),
    (UTILITY, buttons(url(url="https://x.example/" + "x" * 2000)), "components[1].buttons[0].url", 2388040),
    (UTILITY, buttons({"type": "PHONE_NUMBER", "text": "a", "phone_number": "call me"}),
     "components[1].buttons[0].phone_number", None),
    (UTILITY, buttons({"type": "COPY_CODE", "example": "X1"}), "category", None),
    (MARKETING, buttons({"type": "COPY_CODE", "example": "X" * 21}), "components[1].buttons[0].example", 2388040),
    (UTILITY, buttons({"type": "FLOW", "text": "a"}), "components[1].buttons[0]", 2388043),
    (UTILITY, buttons({"type": "FLOW", "text": "a", "flow_id": "1", "flow_name": "x"}),
     "components[1].buttons[0]", 2388043),
    (UTILITY, buttons({"type": "OTP", "otp_type": "COPY_CODE"}), "category", None),
    (UTILITY, buttons({"type": "VOICE_CALL", "text": "a", "ttl_minutes": 5}),
     "components[1].buttons[0].ttl_minutes", None),
    (UTILITY, buttons({"type": "TELEPORT", "text": "a"}), "components[1].buttons[0].type", 2388043),
    (MARKETING, carousel(card()), "components[1].cards", 2388043),
    (MARKETING, carousel(*(card() for _ in range(11))), "components[1].cards", 2388043),
    (MARKETING, carousel(card(), card(format="VIDEO")), "components[1].cards[1]", None),
    (MARKETING, [*carousel(card(), card()), {"type": "FOOTER", "text": "x"}], "components", None),
    (UTILITY, [BODY, {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "x"}}], "category", None),
    (MARKETING, [BODY, {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "x" * 17}}],
     "components[1].limited_time_offer.text", 2388040),
    (MARKETING, [BODY, {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "x"}},
                 {"type": "FOOTER", "text": "x"}], "components", None),
    (MARKETING, [body("x" * 601), {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "x"}}],
     "components[0].text", 2388040),
    (CODE, [*otp()[:1]], "components.buttons", 2388043),
    (CODE, [{"type": "HEADER", "text": "x"}, *otp()], "components[0]", None),
    (CODE, [body("Ihr Code: {{1}} bitte", "1"), otp()[1]], "components[0].text", 2388072),
    (CODE, [*otp(), {"type": "FOOTER", "code_expiration_minutes": 91}], "components[2].code_expiration_minutes", None),
    (CODE, otp(otp_type="SMS"), "components[1].buttons[0].otp_type", 2388043),
    (CODE, otp(otp_type="ONE_TAP"), "components[1].buttons[0].supported_apps", 2388043),
    (CODE, otp(otp_type="ONE_TAP", supported_apps=[{"package_name": "com.x.y", "signature_hash": "short"}]),
     "components[1].buttons[0].supported_apps[0].signature_hash", None),
    (CODE, otp(otp_type="ZERO_TAP", supported_apps=[{"package_name": "com.x.y", "signature_hash": "K8a/AINcGX7"}]),
     "components[1].buttons[0].zero_tap_terms_accepted", 2388043),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "given", "field", "subcode"), WRONG)
def test_a_fault_names_its_field(frame: Frame, given: Any, field: str, subcode: int | None) -> None:
    with pytest.raises(DraftFault) as raised:
        parse_components(given, frame)
    assert (raised.value.fault.field, raised.value.fault.subcode) == (field, subcode)
    assert raised.value.fault.requirement


def test_named_parameters_carry_named_examples() -> None:
    frame = Frame("utility", "de", named=True)
    example = {"body_text_named_params": [{"param_name": "day", "example": "Freitag"}]}
    kept = parse_components(
        [{"type": "body", "text": "Wir sehen uns am {{day}} zur Anprobe.", "example": example}], frame
    )
    assert kept[0]["example"] == example
    with pytest.raises(DraftFault, match="day"):
        wrong = {"body_text_named_params": [{"param_name": "date", "example": "Freitag"}]}
        parse_components([{"type": "body", "text": "Wir sehen uns am {{day}} zur Anprobe.", "example": wrong}], frame)


def test_authentication_templates_say_their_fixed_text_in_their_language() -> None:
    kept = parse_components([*otp(), {"type": "FOOTER", "code_expiration_minutes": 5}], CODE)
    assert [one.get("text") for one in kept[:2]] == [
        "*{{1}}* ist dein Bestätigungscode.", "Dieser Code läuft in 5 Minuten ab.",
    ]  # fmt: skip
    assert fixed_body("fi", advice=True)["text"].startswith("*{{1}}* is your verification code. For your security")
    assert preview("de", advice=False, minutes=None)["buttons"][0]["text"] == "Code kopieren"


@pytest.mark.parametrize(
    ("given", "category", "seconds"),
    [
        (None, "utility", 2_592_000),
        (None, "authentication", 600),
        (-1, "authentication", 2_592_000),
        ("60", "utility", 60),
    ],
)
def test_times_to_live(given: Any, category: str, seconds: int) -> None:
    assert parse_ttl(given, category) == seconds


@pytest.mark.parametrize(
    ("given", "category"), [(29, "utility"), (901, "authentication"), (600, "marketing"), (True, "utility")]
)
def test_times_to_live_have_limits(given: Any, category: str) -> None:
    with pytest.raises(DraftFault, match="message_send_ttl_seconds"):
        parse_ttl(given, category)


@pytest.mark.parametrize("name", ["", "Order", "a-b", "ä", "x" * 513, None, 5])
def test_names(name: Any) -> None:
    with pytest.raises(DraftFault, match="name"):
        parse_name(name)


def test_languages_in_every_spelling() -> None:
    assert (find_language("EN-us"), find_language("de"), find_language("xx")) == ("en_US", "de", None)
    assert {"en_AU", "ar_EG", "es_VE", "fr_BE", "fil", "zh_HK"} < LANGUAGES
    with pytest.raises(DraftFault, match="language"):
        parse_language("klingon")


def test_scripts_without_spaces_have_words_too() -> None:
    assert words_of("ご注文は発送されました") >= 4
    assert words_of("Hallo {{1}}, da") == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8)
    | st.sampled_from(["BODY", "HEADER", "BUTTONS", "URL", "{{1}}", "{{", "https://x.example/{{1}}"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["type", "text", "format", "buttons", "cards", "components", "example", "url", "limited_time_offer"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON, st.sampled_from([UTILITY, MARKETING, CODE, Frame("utility", "de", named=True)]))
def test_whatever_comes_is_taken_or_named(given: Any, frame: Frame) -> None:
    components = given if isinstance(given, list) else [BODY, given]
    try:
        kept = parse_components(components, frame)
    except DraftFault:
        return
    assert parse_components(deepcopy(kept), frame) == kept


@given(st.lists(st.sampled_from(["Ihre", "Ware", "{{1}}", "{{2}}", ".", "\n"]), max_size=14).map(" ".join))
def test_a_body_that_is_taken_keeps_its_variables_within(text: str) -> None:
    count = len({one for one in ("{{1}}", "{{2}}") if one in text})
    try:
        kept = parse_components([body(text, *["x"] * count)], UTILITY)
    except DraftFault:
        return
    bare = kept[0]["text"].strip()
    assert not bare.startswith("{{")
    assert not bare.endswith("}}")
    assert words_of(bare) > 2 * count or count == 0


def test_limits_are_the_fields() -> None:
    assert (template_draft.NAME_CHARS_MAX, template_draft.BODY_CHARS_MAX, template_draft.CARD_BODY_CHARS_MAX) == (
        512,
        1024,
        160,
    )
    assert (draft_buttons.BUTTONS_MAX, draft_buttons.TEXT_CHARS_MAX, draft_buttons.URL_CHARS_MAX) == (
        10,
        25,
        2000,
    )
