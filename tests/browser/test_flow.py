"""A form in the messenger, filled in by keyboard alone, on a phone in the dark; and what happens when one goes wrong.

The first form is the demo's own, sent and answered for real. The others the page gets from the network as the device
API would give them; what it sends at the end is looked at there.
"""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from takt.demo.world import FITTING
from tests.agents import SUPPORT
from tests.browser.sends import SENDS
from tests.browsing import (
    PHONE,
    SENT,
    Demo,
    OpenBrowser,
    check_accessible,
    check_reflow,
    messages,
    open_chat,
    picture,
    sign_in,
)

MESSAGE = "wamid.form"
OPEN = """([message, sender]) => import(document.querySelector('script[src*="main.js"]').src.replace("main.js", "flow.js"))
  .then(({ openFlow }) => openFlow({ message: { id: message, sender }, button: { kind: "flow" } }))"""
EVERYTHING: list[dict[str, Any]] = [
    {"type": "TextHeading", "text": "Alles"},
    {"type": "TextSubheading", "text": "Jede Art"},
    {"type": "TextCaption", "text": ["Zeile eins", "*Zeile* zwei"]},
    {"type": "TextInput", "name": "mail", "label": "E-Mail", "input-type": "email", "required": True},
    {"type": "CheckboxGroup", "name": "sizes", "label": "Größen", "required": True, "max-selected-items": 1,
     "data-source": [{"id": "s", "title": "S"}, {"id": "m", "title": "M", "description": "die meisten"}]},
    {"type": "ChipsSelector", "name": "colours", "label": "Farben", "data-source": "${data.colours}"},
    {"type": "Dropdown", "name": "shop", "label": "Laden", "data-source": [{"id": "hh", "title": "Hamburg"}]},
    {"type": "CalendarPicker", "name": "trip", "label": {"start-date": "Von", "end-date": "Bis"}, "mode": "range"},
    {"type": "OptIn", "name": "news", "label": "Neuigkeiten"},
    {"type": "If", "condition": "${form.news} == true && ${form.shop} != ''", "then": [
        {"type": "TextBody", "text": "`'Aus ' ${form.shop}`"}]},
    {"type": "Switch", "value": "${form.shop}", "cases": {"hh": [{"type": "TextBody", "text": "Moin"}]}},
    {"type": "EmbeddedLink", "text": "Rechtliches", "on-click-action": {"name": "open_url", "url": "https://a.example"}},
    {"type": "Image", "src": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
     "alt-text": "Ein Punkt"},
    {"type": "NavigationList", "name": "list", "label": "Weiteres", "list-items": [
        {"id": "a", "main-content": {"title": "Anderes", "description": "auch gut"},
         "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "OTHER"}, "payload": {}}}]},
    {"type": "PhotoPicker", "name": "photo", "label": "Ein Bild"},
    {"type": "Footer", "label": "Senden", "on-click-action": {"name": "complete", "payload": {
        "mail": "${form.mail}", "sizes": "${form.sizes}", "colours": "${form.colours}", "shop": "${form.shop}"}}},
]  # fmt: skip


def serve(page: Page, flow: dict[str, Any], data: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Let the page get this form, and keep what it sends."""
    opened = {
        "flow": flow, "name": "Anprobe", "endpoint": False, "action": "navigate", "token": "t-1",
        "screen": flow["screens"][0]["id"], "data": data or {},
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    def take(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(json={"id": "wamid.sent", "cursor": 9_000, "at": "2026-11-22T12:00:00Z"})

    page.route(f"**/device/v1/flows/{MESSAGE}", lambda route: route.fulfill(json=opened))
    page.route("**/device/v1/messages", take)
    return sent


def arrived(page: Page, sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was sent, once something was."""
    for _ in range(600):
        if sent:
            break
        page.wait_for_timeout(50)
    return sent


def dialog_of(page: Page, demo: Demo) -> None:
    page.evaluate(OPEN, [MESSAGE, demo.env["TAKT_SENDER_SUPPORT"]])


def test_a_form_is_filled_in_by_keyboard_and_sent(demo: Demo, open_browser: OpenBrowser, out_folder: Path) -> None:
    demo.write("MARA", "Moin", SUPPORT)
    asked = demo.send("TAKT_USER_MARA", SENDS["flow"], SUPPORT)
    page = sign_in(open_browser(PHONE, "dark"), "Mara")
    open_chat(page, demo)
    button = page.locator(f'li[data-id="{asked}"]').get_by_role("button", name="Termin aussuchen")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Termin zur Anprobe")).to_be_focused()
    check_accessible(page)
    check_reflow(page)
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["width"] == PHONE["viewport"]["width"]  # type: ignore[index]

    page.get_by_role("button", name="Weiter").focus()
    page.keyboard.press("Enter")
    day = page.get_by_label("Tag")
    expect(day).to_be_focused()
    expect(day).to_have_accessible_description("Bitte fülle das aus.")
    check_accessible(page)
    picture(page, out_folder, "flow-fault")
    page.keyboard.type("01122026")
    page.get_by_role("radio", name="10 Uhr").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Noch etwas?")).to_be_focused()
    check_accessible(page)
    picture(page, out_folder, "flow-second")
    page.get_by_label("Bemerkung").focus()
    page.keyboard.type("Größe M")
    page.get_by_role("button", name="Zurück", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Termin zur Anprobe")).to_be_focused()
    expect(page.get_by_role("radio", name="13 Uhr")).to_be_checked()
    page.get_by_role("button", name="Weiter").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Bemerkung").fill("Größe L")
    page.get_by_role("button", name="Termin anfragen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Deine Antworten sind unterwegs.")).to_be_visible()
    expect(button).to_have_accessible_name("Termin aussuchen (gewählt)")
    expect(messages(page).last.get_by_role("img", name=SENT)).to_be_visible()
    found = demo.device("MARA", "GET", f"threads/{demo.env[SUPPORT]}/messages")["messages"]
    answer = max(found, key=lambda one: one["cursor"])
    assert (answer["type"], answer["context"]) == ("interactive", asked)
    day_said = answer["content"]["response"].pop("tag")
    assert sorted(day_said.split("-")) == sorted(["2026", "12", "01"])
    assert answer["content"] == {
        "kind": "nfm_reply", "name": "flow", "body": "Sent",
        "response": {"uhrzeit": "13:00", "bemerkung": "Größe L", "flow_token": "t-1"},
    }  # fmt: skip


def test_escape_asks_before_answers_are_thrown_away(demo: Demo, open_browser: OpenBrowser) -> None:
    page = sign_in(open_browser(PHONE), "Leyla", locale="en")
    open_chat(page, demo)
    sent = serve(page, FITTING)
    dialog_of(page, demo)
    expect(page.get_by_role("heading", name="Termin zur Anprobe")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    dialog_of(page, demo)
    page.get_by_role("radio", name="10 Uhr").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Throw your answers away?")).to_be_focused()
    check_accessible(page)
    page.get_by_role("button", name="Keep filling in").click()
    expect(page.get_by_role("radio", name="10 Uhr")).to_be_checked()
    for heading in (
        "Throw your answers away?",
        "Termin zur Anprobe",
    ) * 2:  # the browser asks a page about the first only
        page.keyboard.press("Escape")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert sent == []


def test_every_component_can_be_used(demo: Demo, open_browser: OpenBrowser, out_folder: Path) -> None:
    flow = json.loads(json.dumps(FITTING))
    flow["screens"][0]["layout"]["children"] = EVERYTHING
    flow["screens"][0] |= {"id": "ALL", "title": "Alles", "terminal": True}
    page = sign_in(open_browser(PHONE), "Jonas")
    open_chat(page, demo)
    colours = [{"id": "r", "title": "Rot"}, {"id": "b", "title": "Blau"}]
    sent = serve(page, flow, {"colours": colours})
    dialog_of(page, demo)
    expect(page.get_by_role("heading", name="Alles").first).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "flow-everything")
    page.get_by_label("E-Mail").fill("keine")
    page.get_by_role("checkbox", name="M").check()
    page.get_by_role("checkbox", name="S", exact=True).check()
    page.get_by_role("button", name="Senden", exact=True).last.click()
    expect(page.get_by_label("E-Mail")).to_have_accessible_description("Das ist keine E-Mail-Adresse.")
    expect(page.get_by_text("Bitte wähle nur eines.")).to_be_visible()
    page.get_by_label("E-Mail").fill("mara@nordwind.example")
    page.get_by_role("checkbox", name="S", exact=True).uncheck()
    page.get_by_role("checkbox", name="Blau").check()
    page.get_by_label("Laden (freiwillig)").select_option("hh")
    expect(page.get_by_text("Moin")).to_be_visible()
    expect(page.get_by_text("Aus hh")).to_have_count(0)
    page.get_by_role("checkbox", name="Neuigkeiten").check()
    expect(page.get_by_text("Aus hh")).to_be_visible()
    page.get_by_role("button", name="Senden", exact=True).last.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert arrived(page, sent)[0]["interactive"]["response"] == {
        "mail": "mara@nordwind.example", "sizes": ["m"], "colours": ["b"], "shop": "hh", "flow_token": "t-1",
    }  # fmt: skip
