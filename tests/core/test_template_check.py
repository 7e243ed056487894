"""The automatic check of templates: which signals it sees, and what follows from them."""

import pytest

from takt.core.template_check import Finding, Heard, blamed, check
from takt.core.template_library import LIBRARY
from takt.demo.world import TEMPLATES


def seen(text: str, category: str = "utility", **more: object) -> tuple[str, str, str | None]:
    checked = check(category, [{"type": "BODY", "text": text, **more}])
    found = blamed(checked)
    return checked.result, checked.category, found.rule if found else None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Ihre Bestellung {{1}} ist unterwegs.", ("pass", "utility", None)),
        ("Your appointment on {{1}} is confirmed.", ("pass", "utility", None)),
        ("Nur heute 20 % auf alles, jetzt kaufen.", ("pass", "marketing", None)),
        ("Your order is here. Shop now with 10% off and free shipping.", ("pass", "marketing", None)),
        ("Guten Morgen aus Hamburg.", ("person", "utility", None)),
        ("Track your order: https://bit.ly/abc today", ("reject", "utility", "short_link")),
        ("Please confirm your password for your order.", ("reject", "utility", "asks_for_secret")),
        ("Bitte senden Sie uns Ihre Kartennummer zur Bestellung.", ("reject", "utility", "asks_for_secret")),
        ("Your order is at http://192.0.2.1/x now.", ("reject", "utility", "hidden_address")),
        ("Ihr Anmeldecode zur Bestellung ist {{1}} heute.", ("reject", "utility", "code_outside_authentication")),
        ("You have won a prize with your order.", ("person", "utility", "sounds_like_fraud")),
    ],
)
def test_signals(text: str, outcome: tuple[str, str, str | None]) -> None:
    assert seen(text) == outcome


def test_parts_that_sell_are_marketing() -> None:
    checked = check(
        "utility",
        [{"type": "BODY", "text": "Ihre Bestellung"}, {"type": "BUTTONS", "buttons": [{"type": "MPM", "text": "x"}]}],
    )
    assert checked.category == "marketing"
    assert "MPM" in checked.findings[-1].evidence


def test_links_of_buttons_are_read() -> None:
    link = {"type": "URL", "text": "x", "url": "https://bit.ly/x"}
    assert (
        check("marketing", [{"type": "BODY", "text": "x"}, {"type": "BUTTONS", "buttons": [link]}]).result == "reject"
    )


@pytest.mark.parametrize("entry", LIBRARY, ids=lambda one: f"{one.name}-{one.language}")
def test_the_library_passes_its_own_check(entry: object) -> None:
    text = getattr(entry, "body", "")
    assert seen(text)[:2] == ("pass", "utility")


@pytest.mark.parametrize(
    "template", [one for one in TEMPLATES if one.category == "marketing"], ids=lambda one: one.name
)
def test_what_the_demo_advertises_is_marketing(template: object) -> None:
    assert check("marketing", list(getattr(template, "components", ()))).category == "marketing"


FRAUD = Finding("reads_like_fraud", "doubt", "fee, card", "SCAM", "…")


@pytest.mark.parametrize(
    ("heard", "result", "category", "last"),
    [
        (Heard(), "pass", "utility", "serves"),
        (Heard((FRAUD,)), "person", "utility", "reads_like_fraud"),
        (Heard((), "marketing", "marketing", ("sale",)), "pass", "marketing", "reads_like_advertising"),
        (Heard((), "", "marketing", ("sale",)), "person", "utility", "reads_like_advertising"),
    ],
)
def test_what_the_filter_hears_counts(heard: Heard, result: str, category: str, last: str) -> None:
    checked = check("utility", [{"type": "BODY", "text": "Ihre Bestellung ist unterwegs."}], heard=heard)
    assert (checked.result, checked.category, checked.findings[-1].rule) == (result, category, last)


def test_marketing_is_no_less_marketing_for_what_is_heard() -> None:
    checked = check("marketing", [{"type": "BODY", "text": "Neu im Laden"}], heard=Heard((), "marketing", "marketing"))
    assert (checked.result, checked.category) == ("pass", "marketing")
