"""Every kind of message in a real browser: what it shows, by eye, by ear and by keyboard."""

import json
from collections.abc import Iterator
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
    Watch,
    check_accessible,
    check_reflow,
    messages,
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
        route.fulfill(json={"messages": [] if "before=" in route.request.url else found})

    context.route(f"**/device/v1/threads/{sender}/messages*", answer)
    page = sign_in(context, name, locale=locale)
    page.goto(f"/c/{sender}")
    expect(page.get_by_role("log")).to_be_visible()
    return page


@pytest.fixture
def open_chat(open_browser: OpenBrowser, demo: Demo, watch: Watch) -> Iterator[Any]:
    watch.allowed.append("Service Worker registration blocked")
    demo.write("MARA", "Moin", SENDER)

    def opened(device: dict[str, Any] = DESKTOP, scheme: Any = "light", locale: str = "de", **more: Any) -> Page:
        shown = more.pop("shown", None)
        return show(open_browser(device, scheme, locale, service_workers="block", **more), demo, "Mara", locale, shown)

    yield opened


def bubble(page: Page, name: str) -> Locator:
    return page.locator(f'li[data-id="wamid.{name}"]')


@pytest.mark.parametrize(("size", "scheme", "locale"), [("phone", "light", "de"), ("phone", "dark", "en"), ("desktop", "light", "de")])
def test_every_kind_of_message_is_shown(
    open_chat: Any, out_folder: Path, size: str, scheme: str, locale: str
) -> None:
    page = open_chat({"phone": NARROW, "desktop": DESKTOP}[size], scheme, locale)
    lines = page.locator("li.message")
    expect(lines).to_have_count(34)
    bubble(page, "image").scroll_into_view_if_needed()
    expect(bubble(page, "image").get_by_role("img", name="Die neue Jacke")).to_have_js_property("complete", True)
    check_reflow(page)
    check_accessible(page)
    for number in range(0, 34, 5):
        lines.nth(number).evaluate("(line) => line.scrollIntoView({block: 'start'})")
        picture(page, out_folder, f"bubbles-{size}-{scheme}-{number:02}")
    expect(bubble(page, "future")).to_contain_text(
        {"de": "kann noch nicht gezeigt werden", "en": "cannot be shown yet"}[locale]
    )
