"""Every kind of message in the agents' inbox, and what agents send beside texts: each leads to exactly the right request."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.agents import WIDE, answer_field, desk, row
from tests.browser.contents import listed, png, reactions, serve_media
from tests.browsing import Demo, OpenBrowser, check_accessible, check_reflow, picture


@dataclass
class Talk:
    """Mara's chat as the inbox gets it; `sent` and `brought` are what an agent posted."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)

    def talk(self, route: Route) -> None:
        if route.request.method == "GET":
            found = [*listed("", of_person=False), *reactions("", "text")]
            route.fulfill(json={"messages": [] if "before=" in route.request.url else found})
            return
        self.sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(json={"id": f"wamid.sent{len(self.sent)}", "status": "accepted"})

    def bring(self, route: Route) -> None:
        self.brought.append(route.request.url.partition("?")[2])
        route.fulfill(json={"id": "901", "mime_type": "image/png", "sha256": "00", "size": 10})


@pytest.fixture
def talk(open_browser: OpenBrowser, demo: Demo) -> tuple[Talk, Page]:
    demo.write("MARA", "Moin", "TAKT_SENDER_SUPPORT")
    context, talk = open_browser(WIDE, locale="de"), Talk()
    serve_media(context)
    context.route("**/inbox/api/threads/*/messages*", talk.talk)
    context.route("**/inbox/api/media?*", talk.bring)
    page = desk(context, "de")
    row(page, "Mara").click()
    expect(page.locator("li.entry")).to_have_count(34)
    return talk, page


def test_agents_see_everything(talk: tuple[Talk, Page], out_folder: Path) -> None:
    _, page = talk
    page.set_viewport_size({"width": WIDE["viewport"]["width"], "height": 6400})
    check_reflow(page)
    check_accessible(page)
    picture(page, out_folder, "inbox-contents")
    page.locator('[data-id="wamid.list"]').get_by_role("button", name="Auswahl ansehen").click()
    expect(page.get_by_role("dialog").get_by_role("radio")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator('[data-id="wamid.reply"]').get_by_role("button", name="Ja")).to_be_disabled()


def test_agents_send_more_than_words(talk: tuple[Talk, Page]) -> None:
    told, page = talk
    sent = told.sent
    choose(page, "order", "Antworten")
    words = answer_field(page, "de", "Mara Brandt")
    expect(words).to_be_focused()
    words.fill("Wird gemacht")
    words.press("Enter")
    assert last(page, sent, 1) == {
        "type": "text",
        "text": {"body": "Wird gemacht"},
        "context": {"message_id": "wamid.order"},
    }
    choose(page, "order", "Reagieren")
    page.get_by_role("dialog").get_by_role("button", name="👍", exact=True).click()
    assert last(page, sent, 2) == {"type": "reaction", "reaction": {"message_id": "wamid.order", "emoji": "👍"}}
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Datei anhängen").click()
    chooser.value.set_files({"name": "hafen.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_label("Worte dazu").fill("So sieht es aus")
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    assert last(page, sent, 3) == {"type": "image", "image": {"id": "901", "caption": "So sieht es aus"}}
    assert told.brought == ["filename=hafen.png"]
    page.locator(".composer").get_by_role("button", name="Standort senden").click()
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
