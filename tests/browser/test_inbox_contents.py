"""Every kind of message in the agents' inbox, and what agents send beside texts: each leads to exactly the right request."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.agents import WIDE, answer_field, desk, row
from tests.browser.contents import listed, png, reactions, serve_media
from tests.browsing import Demo, OpenBrowser, check_accessible, check_reflow, picture

SENDER = "TAKT_SENDER_SUPPORT"


def test_agents_see_everything_and_send_more_than_words(open_browser: OpenBrowser, demo: Demo, out_folder: Path) -> None:
    demo.write("MARA", "Moin", SENDER)
    context = open_browser(WIDE, locale="de")
    found = [*listed("", of_person=False), *reactions("", "text")]
    sent: list[dict[str, Any]] = []
    brought: list[str] = []

    def talk(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(json={"messages": [] if "before=" in route.request.url else found})
            return
        sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(json={"id": f"wamid.sent{len(sent)}", "status": "accepted"})

    def bring(route: Route) -> None:
        brought.append(route.request.url.partition("?")[2])
        route.fulfill(json={"id": "901", "mime_type": "image/png", "sha256": "00", "size": 10})

    serve_media(context)
    context.route("**/inbox/api/threads/*/messages*", talk)
    context.route("**/inbox/api/media?*", bring)
    page = desk(context, "de")
    row(page, "Mara").click()
    expect(page.locator("li.entry")).to_have_count(34)
    page.set_viewport_size({"width": WIDE["viewport"]["width"], "height": 6400})
    check_reflow(page)
    check_accessible(page)
    picture(page, out_folder, "inbox-contents")
    line = page.locator('[data-id="wamid.list"]')
    line.get_by_role("button", name="Auswahl ansehen").click()
    expect(page.get_by_role("dialog").get_by_role("radio")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator('[data-id="wamid.reply"]').get_by_role("button", name="Ja")).to_be_disabled()

    page.set_viewport_size(WIDE["viewport"])
    choose(page, "order", "Antworten")
    field = answer_field(page, "de", "Mara Brandt")
    expect(field).to_be_focused()
    field.fill("Wird gemacht")
    field.press("Enter")
    assert last(page, sent, 1) == {"type": "text", "text": {"body": "Wird gemacht"}, "context": {"message_id": "wamid.order"}}
    choose(page, "order", "Reagieren")
    page.get_by_role("dialog").get_by_role("button", name="👍", exact=True).click()
    assert last(page, sent, 2) == {"type": "reaction", "reaction": {"message_id": "wamid.order", "emoji": "👍"}}
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Datei anhängen").click()
    chooser.value.set_files({"name": "hafen.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_label("Worte dazu").fill("So sieht es aus")
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    assert last(page, sent, 3) == {"type": "image", "image": {"id": "901", "caption": "So sieht es aus"}}
    assert brought == ["filename=hafen.png"]
    page.get_by_role("button", name="Standort senden").click()
    page.get_by_label("Koordinaten").fill("https://www.openstreetmap.org/?mlat=53.5&mlon=9.9#map=16/53.5/9.9")
    check_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Standort senden").click()
    assert last(page, sent, 4) == {"type": "location", "location": {"latitude": 53.5, "longitude": 9.9}}


def choose(page: Page, name: str, what: str) -> None:
    """Choose from the menu of a message."""
    line = page.locator(f'[data-id="wamid.{name}"]')
    line.hover()
    line.get_by_role("button", name="Optionen zur Nachricht").click()
    page.get_by_role("menuitem", name=what).click()


def last(page: Page, sent: list[dict[str, Any]], count: int) -> dict[str, Any]:
    """The newest of `count` requests without its client id."""
    for _ in range(100):
        if len(sent) >= count:
            break
        page.wait_for_timeout(50)
    assert len(sent) == count
    return {name: value for name, value in sent[-1].items() if name != "client_id"}
