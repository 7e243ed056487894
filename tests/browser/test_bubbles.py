"""Every kind of message in a real browser: what it shows, by eye, by ear and by keyboard."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.contents import listed, reactions, serve_media
from tests.browsing import (
    DESKTOP,
    PHONE,
    Demo,
    OpenBrowser,
    check_accessible,
    check_reflow,
    picture,
    sign_in,
)

NARROW = {**PHONE, "viewport": {"width": 360, "height": 740}}
SENDER = "TAKT_SENDER_OUTREACH"


def show(context: BrowserContext, demo: Demo, name: str, locale: str = "de", shown: list[Any] | None = None) -> Page:
    """Nordwind's chat of a person, holding exactly `shown` (by default one of everything)."""
    sender = demo.env[SENDER]
    found = shown if shown is not None else [*listed(sender, of_person=True), *reactions(sender, "text")]
    serve_media(context)

    def answer(route: Route) -> None:
        route.fulfill(json={"messages": [] if "before=" in route.request.url else found, "notices": []})

    context.route(f"**/device/v1/threads/{sender}/messages*", answer)
    context.route("**/device/v1/messages/*/played", lambda route: route.fulfill(status=204))
    page = sign_in(context, name, locale=locale)
    page.goto(f"/c/{sender}")
    expect(page.get_by_role("log")).to_be_visible()
    return page


@pytest.fixture
def open_chat(open_browser: OpenBrowser, demo: Demo) -> Any:
    demo.write("MARA", "Moin", SENDER)

    def opened(device: dict[str, Any] = DESKTOP, scheme: Any = "light", locale: str = "de", **more: Any) -> Page:
        shown = more.pop("shown", None)
        return show(open_browser(device, scheme, locale, **more), demo, "Mara", locale, shown)

    return opened


def bubble(page: Page, name: str) -> Locator:
    return page.locator(f'li[data-id="wamid.{name}"]')


@pytest.mark.parametrize(
    ("size", "scheme", "locale"), [("phone", "light", "de"), ("phone", "dark", "en"), ("desktop", "light", "de")]
)
def test_every_kind_of_message_is_shown(open_chat: Any, out_folder: Path, size: str, scheme: str, locale: str) -> None:
    page = open_chat({"phone": NARROW, "desktop": DESKTOP}[size], scheme, locale)
    lines = page.locator("li.message")
    expect(lines).to_have_count(34)
    check_reflow(page)
    page.set_viewport_size({"width": 360 if size == "phone" else 1280, "height": 6800})
    image = bubble(page, "image").get_by_role("img")
    expect(image).to_have_js_property("complete", True)
    check_accessible(page)
    picture(page, out_folder, f"bubbles-{size}-{scheme}")
    expect(bubble(page, "future")).to_contain_text(
        {"de": "kann noch nicht gezeigt werden", "en": "cannot be shown yet"}[locale]
    )
    expect(bubble(page, "form")).to_contain_text({"de": "Formular gesendet", "en": "Form sent"}[locale])
    says = {
        "de": ["Du reagierte mit ❤️", "Nordwind reagierte mit 🙏"],
        "en": ["You reacted with ❤️", "Nordwind reacted with 🙏"],
    }
    expect(bubble(page, "text").locator(".reactions")).to_have_accessible_name(", ".join(says[locale]))
    expect(bubble(page, "offer").get_by_role("timer")).to_have_text(
        {"de": "Endet in 1 Tag", "en": "Ends in 1 day"}[locale]
    )


def test_the_keyboard_reaches_into_messages(open_chat: Any, out_folder: Path) -> None:
    names = ["image", "voice", "carousel", "many"]
    page = open_chat(DESKTOP, shown=listed("", of_person=True, names=names), reduced_motion="reduce")
    place = bubble(page, "image").locator(".picture")
    before = place.bounding_box()
    place.get_by_role("img").wait_for()
    assert place.bounding_box() == before, "a picture must not push what is below it"
    place.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("img", name="Die neue Jacke")).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "bubbles-viewer")
    page.keyboard.press("Escape")
    expect(place).to_be_focused()

    player = bubble(page, "voice").get_by_role("group", name="Sprachnachricht")
    slider = player.get_by_role("slider", name="Stelle")
    expect(slider).to_have_attribute("aria-valuetext", "0:00 von 0:03")
    slider.press("End")
    slider.press("ArrowLeft")
    player.get_by_role("button").press("Enter")
    expect(player.get_by_role("button", name="Abspielen")).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", "0:00 von 0:03")

    cards = bubble(page, "carousel").get_by_role("list", name="3 Karten")
    back, on = (bubble(page, "carousel").get_by_role("button", name=name) for name in ("Vorige Karte", "Nächste Karte"))
    expect(back).to_be_hidden()
    cards.press("ArrowRight")
    expect(on).to_be_hidden()
    back.press("Enter")
    expect(back).to_be_hidden()
    expect(cards).to_be_focused()

    every = bubble(page, "many").get_by_role("button", name="Alle Möglichkeiten ansehen")
    expect(bubble(page, "many").locator(".actions").get_by_role("button")).to_have_count(3)
    every.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_count(5)
    check_accessible(page)
    page.keyboard.press("Escape")
    expect(every).to_be_focused()


def test_an_offer_counts_down_and_ends(open_chat: Any) -> None:
    [offer] = listed("", of_person=True, names=["offer"])
    offer["content"] = {**offer["content"], "offer": {"text": "Blitz", "expires_at": 1_800_000_065_000}}
    page = open_chat(DESKTOP, shown=[], reduced_motion="no-preference")
    page.clock.install(time=1_799_999_000)
    page.clock.pause_at(1_800_000_000)
    page.evaluate(
        """(message) => {
          const made = document.createElement('takt-message');
          made.message = message;
          document.body.append(made);
        }""",
        offer,
    )
    timer = page.get_by_role("timer")
    expect(timer).to_have_text("Endet in 1 Min. 5 Sek.")
    page.clock.run_for(10_000)
    expect(timer).to_have_text("Endet in 55 Sek.")
    page.clock.run_for(56_000)
    expect(timer).to_have_text("Angebot beendet")
