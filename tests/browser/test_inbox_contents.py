"""Every kind of message in the agents' inbox, and what agents send beside texts: each reaches the person."""

import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, Route, expect

from takt.demo import world
from tests.agents import SUPPORT, WIDE, answer_field, desk, row
from tests.browser.contents import listed, png, reactions, serve_media
from tests.browsing import DESKTOP, PHONE, Demo, OpenBrowser, Watch, check_accessible, check_reflow, picture


def talk(route: Route) -> None:
    """Mara's chat with one message of every kind."""
    found = [*listed("", of_person=False), *reactions("", "text")]
    route.fulfill(json={"messages": [] if "before=" in route.request.url else found})


def test_agents_see_everything(open_browser: OpenBrowser, demo: Demo, out_folder: Path) -> None:
    demo.write("MARA", "Moin", SUPPORT)
    context = open_browser(WIDE, locale="de")
    serve_media(context)
    context.route("**/inbox/api/threads/*/messages*", talk)
    page = desk(context, "de")
    row(page, "Mara").click()
    expect(page.locator("li.entry")).to_have_count(34)
    page.set_viewport_size({"width": WIDE["viewport"]["width"], "height": 6400})
    check_reflow(page)
    check_accessible(page)
    picture(page, out_folder, "inbox-contents")
    page.locator('[data-id="wamid.list"]').get_by_role("button", name="Auswahl ansehen").click()
    expect(page.get_by_role("dialog").get_by_role("radio")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator('[data-id="wamid.reply"]').get_by_role("button", name="Ja")).to_be_disabled()


def test_agents_send_more_than_words(open_browser: OpenBrowser, demo: Demo) -> None:
    demo.write("LEYLA", "Haben Sie das in Blau?", SUPPORT)
    page = desk(open_browser(WIDE, locale="de"), "de")
    row(page, "Leyla").click()
    asked = newest(page, demo, "text", {"body": "Haben Sie das in Blau?"}, mine=True)
    choose(page, asked, "Antworten")
    words = answer_field(page, "de", "Leyla Demir")
    expect(words).to_be_focused()
    words.fill("Wird gemacht")
    words.press("Enter")
    newest(page, demo, "text", {"body": "Wird gemacht"}, context=asked)
    choose(page, asked, "Reagieren")
    page.get_by_role("dialog").get_by_role("button", name="👍", exact=True).click()
    newest(page, demo, "reaction", {"message_id": asked, "emoji": "👍"})
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Datei anhängen").click()
    chooser.value.set_files({"name": "hafen.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_label("Worte dazu").fill("So sieht es aus")
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    newest(page, demo, "image", {"caption": "So sieht es aus"})
    shown = page.locator("li.entry").last.get_by_role("img", name="So sieht es aus")
    assert shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    page.locator(".composer").get_by_role("button", name="Standort senden").click()
    page.get_by_label("Koordinaten").fill("https://www.openstreetmap.org/?mlat=53.5&mlon=9.9#map=16/53.5/9.9")
    check_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Standort senden").click()
    newest(page, demo, "location", {"latitude": 53.5, "longitude": 9.9})


def choose(page: Page, message_id: str, what: str) -> None:
    """Choose from the menu of a message."""
    line = page.locator(f'[data-id="{message_id}"]')
    line.hover()
    line.get_by_role("button", name="Optionen zur Nachricht").click()
    page.get_by_role("menuitem", name=what).click()


def newest(
    page: Page, demo: Demo, kind: str, content: dict[str, Any], *, context: str | None = None, mine: bool = False
) -> str:
    """The id of what is soon the newest message on Leyla's device: of her own, or of Nordwind."""
    one: dict[str, Any] = {}
    for _ in range(600):
        found = demo.device("LEYLA", "GET", f"threads/{demo.env[SUPPORT]}/messages")["messages"]
        one = max(found, key=lambda each: each["cursor"])
        one["content"].pop("media", None)
        if (one["mine"], one["type"], one["content"], one["context"]) == (mine, kind, content, context):
            break
        page.wait_for_timeout(50)
    assert (one["mine"], one["type"], one["content"], one["context"]) == (mine, kind, content, context)
    return str(one["id"])


def test_a_company_sees_how_it_stands_objects_and_appeals(
    open_browser: OpenBrowser, watch: Watch, demo: Demo, out_folder: Path
) -> None:
    """By the keyboard on a dark phone, in German; then finance in English, who only looks."""
    watch.allowed.append("400")
    as_operator = {"Authorization": f"Bearer {demo.env['TAKT_OPERATOR_TOKEN']}"}
    at, sender = f"{demo.url}/takt/v1", demo.env["TAKT_SENDER_OUTREACH"]
    measure = {"kind": "starting", "days": 3, "note": "Zu viele Beschwerden"}
    waba = demo.env["TAKT_WABA_ID"]
    taken = httpx.post(f"{at}/businesses/{waba}/measures", headers=as_operator, json=measure)
    assert taken.status_code == 200, taken.text
    watched = httpx.put(f"{at}/senders/{sender}/watch", headers=as_operator, json={"watch": "watched"})
    assert watched.status_code == 200, watched.text
    page = desk(open_browser(PHONE, "dark"), "de", "Dev")
    page.get_by_role("button", name="Einstellungen").click()
    page.get_by_role("button", name="Ansehen").click()
    expect(page.get_by_role("heading", name="Ansehen", exact=True)).to_be_visible()
    expect(page).to_have_title("Ansehen · Nordwind")
    expect(page.get_by_text("Grund: Zu viele Beschwerden")).to_be_visible()
    page.get_by_role("button", name="Widersprechen").press("Enter")
    expect(page.get_by_label("Warum die Maßnahme falsch ist")).to_be_focused()
    expect(page.get_by_text("Bitte sagen Sie, warum.")).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "standing-phone-dark")
    page.keyboard.type("Das waren wir nicht.")
    page.get_by_role("button", name="Widersprechen").press("Enter")
    expect(page.get_by_text("Ihr Widerspruch: Das waren wir nicht.")).to_be_visible()
    page.get_by_label("Warum diese Nummer frei sein soll").fill("Es war ein Irrtum.")
    page.get_by_role("button", name="Einspruch erheben").press("Enter")
    expect(page.get_by_text("Ihr Einspruch: Es war ein Irrtum.")).to_be_visible()
    domain = page.get_by_label("Weitere Domain")
    domain.fill("not a domain")
    domain.press("Enter")
    expect(page.locator("#domain-wrong")).not_to_be_empty()
    domain.fill("shop.example")
    domain.press("Enter")
    page.get_by_role("button", name="shop.example entfernen").press("Enter")
    expect(page.get_by_role("button", name="shop.example entfernen")).to_have_count(0)
    expect(domain).to_be_focused()
    check_reflow(page)
    looking = desk(open_browser(DESKTOP, locale="en"), "en", "Frida", "/inbox/standing")
    expect(looking.get_by_text("You objected: Das waren wir nicht.")).to_be_visible()
    expect(looking.get_by_role("textbox")).to_have_count(0)
    check_accessible(looking)
    picture(looking, out_folder, "standing-en")
    httpx.put(f"{at}/senders/{sender}/watch", headers=as_operator, json={"watch": ""})
    lifted = httpx.post(f"{at}/measures/{taken.json()['measure']}", headers=as_operator, json={"decision": "lift"})
    assert lifted.status_code == 200, lifted.text


def test_a_company_appeals_against_what_was_decided_about_a_template(
    open_browser: OpenBrowser, watch: Watch, demo: Demo, out_folder: Path
) -> None:
    template = next(one for one in world.TEMPLATES if one.name == "login_code")
    judged = f"{demo.url}/takt/v1/reviews/{template.template_id}"
    as_operator = {"Authorization": f"Bearer {demo.env['TAKT_OPERATOR_TOKEN']}"}
    against = {"decision": "disable", "note": "Zu oft gemeldet"}
    httpx.post(judged, headers=as_operator, json=against).raise_for_status()
    page = desk(open_browser(PHONE), "de", "Dev", "/inbox/standing")
    doubted = page.get_by_role("region", name="Vorlagen, gegen die entschieden wurde")
    entry = doubted.get_by_role("listitem").filter(has=page.get_by_role("heading", name="login_code"))
    expect(entry.get_by_text("Grund: Zu oft gemeldet")).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "standing-template")
    entry.get_by_label("Warum die Entscheidung falsch ist").fill("Wir hatten gefragt.")
    entry.get_by_role("button", name="Einspruch erheben").press("Enter")
    expect(entry.get_by_text("Ihr Einspruch: Wir hatten gefragt.")).to_be_visible()
    expect(entry.get_by_role("textbox")).to_have_count(0)
    for decision in ("approve", "reinstate"):  # unless the automatic check of a lonely demo was quicker, either way
        httpx.post(judged, headers=as_operator, json={"decision": decision})
    page.reload()
    expect(page.get_by_role("heading", name="Nummern", exact=True)).to_be_visible()
    expect(entry).to_have_count(0)


def test_whoever_pays_by_invoice_finds_it_and_every_message_behind_it(
    open_browser: OpenBrowser, watch: Watch, demo: Demo, out_folder: Path
) -> None:
    """The demo's cinema has a past of two months: they are closed, and their invoices wait for the money."""
    page = desk(open_browser(PHONE, "dark"), "de", "Greta")
    expect(page.get_by_role("heading", name="Kosten")).to_be_visible()
    invoices = page.get_by_role("region", name="Rechnungen")
    expect(invoices.get_by_text(re.compile(r"^RE-\d{4}-0+1$")).first).to_be_visible()
    expect(invoices.get_by_text("Zahlung offen").first).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "costs-invoices-phone-dark")
    page.get_by_role("button", name="Der Monat davor").click()
    page.get_by_role("button", name=re.compile("^start, Version 1")).first.click()
    behind = page.get_by_role("region", name="Die Nachrichten dahinter")
    expect(behind.get_by_role("listitem").first).to_be_visible()
    check_reflow(page)
    picture(page, out_folder, "costs-behind")
