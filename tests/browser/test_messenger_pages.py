"""Every page of the messenger: accessible, in both languages and themes, at every width, by keyboard, sealed off."""

import itertools
import re
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.sends import approved
from tests.browsing import (
    ALL_RULES,
    COLOURS,
    DESKTOP,
    PHONE,
    SMALL,
    Demo,
    OpenBrowser,
    Watch,
    chat_row,
    check_accessible,
    check_reflow,
    messages,
    open_chat,
    picture,
    sign_in,
)


def test_the_keyboard_is_enough(demo: Demo, open_browser: OpenBrowser) -> None:
    page = sign_in(open_browser(DESKTOP), "Mara")
    expect(chat_row(page, "Nordwind Support")).to_be_visible()
    page.reload()
    expect(chat_row(page, "Nordwind Support")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(4):  # start a chat, settings, search, first chat
        page.keyboard.press("Tab")
    rows = page.get_by_role("region", name=re.compile("^Chats$")).get_by_role("list").get_by_role("link")
    expect(rows.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Nachricht an")
    expect(field).to_be_focused()
    page.keyboard.type("Nur mit Tasten")
    page.keyboard.press("Enter")
    expect(messages(page).last).to_contain_text("Nur mit Tasten")
    for _ in range(3):  # attach, the message's options, the message
        page.keyboard.press("Shift+Tab")
    expect(messages(page).last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{demo.url}/")
    expect(rows.first).to_be_focused()


def test_a_person_answers_a_request_and_sees_it_among_the_permissions(demo: Demo, open_browser: OpenBrowser) -> None:
    page = sign_in(open_browser(PHONE), "Jonas")
    page.get_by_role("button", name="Rabattkiste bittet um eine Erlaubnis").click()
    asking = page.get_by_role("dialog", name="Darf Rabattkiste dir das schicken?")
    expect(asking).to_contain_text("Rabattkiste darf mir in diesem Messenger Werbung schicken.")
    check_accessible(page)
    asking.get_by_role("button", name="Erlauben", exact=True).click()
    expect(asking).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Einstellungen")).click()
    page.get_by_role("link", name="Wer darf mir was schicken").click()
    company = page.get_by_role("article", name="Rabattkiste")
    offers = company.get_by_role("switch", name="Angebote und Neuigkeiten")
    expect(offers).to_have_attribute("aria-checked", "true")
    company.get_by_role("button", name="Alles von Rabattkiste abstellen").focus()
    page.keyboard.press("Enter")
    expect(offers).to_have_attribute("aria-checked", "false")
    company.get_by_text("Verlauf").click()
    expect(company.get_by_role("listitem").filter(has_text=": von der Firma angefragt")).to_be_visible()
    page.get_by_role("switch", name="Alle Werbung abstellen").click()
    expect(page.get_by_role("status").filter(has_text="Die Werbung aller Firmen ist abgestellt.")).to_be_visible()
    company.get_by_role("button", name="Bei Rabattkiste löschen").click()
    page.get_by_role("dialog").get_by_role("button", name="Endgültig löschen").click()
    expect(page.get_by_role("dialog")).to_contain_text("Erledigt")
    page.get_by_role("dialog").get_by_role("button", name="Fertig").click()


def test_advertising_to_a_customer_says_so_and_an_objection_is_confirmed_for_good(
    demo: Demo, open_browser: OpenBrowser, out_folder: Path
) -> None:
    """The line stands beneath the message at first contact and in the chat; what confirms the stop survives a reload."""
    sale = {
        "to": demo.env["TAKT_USER_LEYLA"], "sold": "Bestellung 4711", "sold_on": "2026-10-01", "goods": "Regenjacken",
        "no_objection": True, "notice_at_collection": True, "notice_in_every_use": True, "vouched_by": "Aylin Kaya",
    }  # fmt: skip
    token = {"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}"}
    taken = httpx.post(f"{demo.url}/takt/v1/consents/customers", json=sale, headers=token)
    assert taken.json().get("outcome") == "imported", taken.text
    approved(demo, "winter_news", {"type": "BODY", "text": "Neu im Winter: Schals."})
    demo.send("TAKT_USER_LEYLA", {"type": "template", "template": {"name": "winter_news", "language": {"code": "de"}}})
    page = sign_in(open_browser(PHONE), "Leyla", f"/c/{demo.env['TAKT_SENDER_OUTREACH']}")
    notice = page.get_by_text("Du bekommst das als Kundin oder Kunde von Nordwind. Du kannst jederzeit widersprechen")
    page.get_by_text("Erst die Nachricht ansehen").click()
    expect(notice).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=re.compile("^Service, Einladungen,"))).to_be_visible()
    page.get_by_role("button", name="Weiter", exact=True).click()
    line = messages(page).filter(has_text="Schals")
    expect(line.get_by_text("Du kannst jederzeit widersprechen")).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "messenger-customer")
    line.get_by_role("button", name="Widersprechen").focus()
    page.keyboard.press("Enter")
    expect(line).to_be_focused()
    confirmed = page.get_by_role("log").get_by_text("Bestätigt: Du hast Werbung von Nordwind abgestellt.")
    expect(confirmed).to_have_count(1)
    expect(line.get_by_text("Die Werbung ist abgestellt.")).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "messenger-stopped")
    page.reload()
    expect(confirmed).to_have_count(1)
    page = sign_in(open_browser(DESKTOP, locale="en"), "Leyla", f"/c/{demo.env['TAKT_SENDER_OUTREACH']}", "en")
    expect(page.get_by_text("Confirmed: you stopped advertising from Nordwind.")).to_have_count(1)
    expect(page.get_by_text("You get this as a customer of Nordwind. You may object at any time")).to_be_visible()


ROUTES = (
    "/",
    "/c/{support}",
    "/c/{outreach}",
    "/c/{outreach}/about",
    "/s/{outreach}",
    "/start",
    "/settings",
    "/permissions",
)
WAYS = [*itertools.product(["phone", "desktop"], ["de", "en"]), ("small", "de")]
DEVICES = {"phone": PHONE, "desktop": DESKTOP, "small": SMALL}
SCHEMES: dict[str, tuple[Literal["light", "dark"], ...]] = {
    "phone": ("light", "dark"), "desktop": ("light", "dark"), "small": ("light",),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def conversation(demo: Demo) -> None:
    """Mara has chats with Nordwind's service and with its shop, with every kind of message in them."""
    support, outreach = demo.env["TAKT_SENDER_SUPPORT"], demo.env["TAKT_SENDER_OUTREACH"]
    for number, body in enumerate(
        ["Hallo, meine Jacke (Bestellung 4711) ist noch nicht da.", "Wisst ihr, wo sie ist?"]
    ):
        text = {"body": body}
        demo.device("MARA", "POST", "messages", client_id=f"m{number}", to=support, type="text", text=text)
    asked = demo.device("MARA", "GET", f"threads/{support}/messages")["messages"][0]["id"]
    answer = {"type": "text", "context": {"message_id": asked}}
    answer["text"] = {"body": "Hallo Mara, sie kommt *morgen zwischen 10 und 12 Uhr*: https://nordwind.example/t/4711"}
    demo.send("TAKT_USER_MARA", answer, "TAKT_SENDER_SUPPORT")
    demo.template("TAKT_USER_MARA", "order_update", "de", "Mara", "4711")
    demo.template("TAKT_USER_MARA", "autumn_offer", "de", "Mara", "HERBST20")
    demo.device("MARA", "POST", f"threads/{outreach}/accept")
    demo.device("MARA", "PUT", "me", quiet={"from": "21:00", "to": "08:00", "for_all": False})


@pytest.mark.parametrize(("size", "locale"), WAYS)
def test_every_page_is_accessible_and_fits(
    demo: Demo, open_browser: OpenBrowser, out_folder: Path, size: str, locale: str
) -> None:
    context = open_browser(DEVICES[size], locale=locale)

    def check(page: Page, name: str | int) -> None:
        for scheme in SCHEMES[size]:
            page.emulate_media(color_scheme=scheme)
            check_accessible(page, ALL_RULES if scheme == "light" else COLOURS)
            check_reflow(page)
            picture(page, out_folder, f"messenger-{size}-{scheme}-{locale}-{name}")

    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("button", name="Mara")).to_be_visible()
    check(page, "sign-in")
    page.close()
    page = sign_in(context, "Mara", locale=locale)
    for number, route in enumerate(ROUTES):
        address = route.format(support=demo.env["TAKT_SENDER_SUPPORT"], outreach=demo.env["TAKT_SENDER_OUTREACH"])
        page.goto(address)
        expect(page.get_by_role("heading", level=1).or_(page.get_by_role("dialog")).first).to_be_visible()
        expect(page.get_by_role("status", name=re.compile("^(Wird geladen|Loading)$"))).to_have_count(0)
        check(page, number)


def test_a_quiet_time_is_set_and_taken_back(demo: Demo, open_browser: OpenBrowser) -> None:
    """With its hours, the clock it goes by, and whether other messages wait with the advertising."""
    page = sign_in(open_browser(PHONE), "Leyla")
    page.goto("/settings")
    page.get_by_role("switch", name="Ruhezeit").click()
    page.get_by_label("Von", exact=True).fill("22:15")
    page.get_by_label("Bis", exact=True).fill("06:45")
    page.get_by_role("switch", name="Von allem").click()
    page.get_by_label("Zeitzone").select_option("Asia/Tokyo")
    wanted = {"quiet": {"from": "22:15", "to": "06:45", "for_all": True}, "time_zone": "Asia/Tokyo"}
    for _ in range(300):
        if demo.device("LEYLA", "GET", "me").items() >= wanted.items():
            break
        page.wait_for_timeout(100)
    assert demo.device("LEYLA", "GET", "me").items() >= wanted.items()
    page.reload()
    expect(page.get_by_label("Von", exact=True)).to_have_value("22:15")
    page.get_by_role("switch", name="Ruhezeit").click()
    expect(page.get_by_label("Von", exact=True)).to_have_count(0)


@pytest.mark.parametrize("setting", ["forced_colors", "reduced_motion"])
def test_colours_and_motion_are_the_persons_choice(
    open_browser: OpenBrowser, demo: Demo, setting: str, out_folder: Path
) -> None:
    chosen = {"forced_colors": {"forced_colors": "active"}, "reduced_motion": {"reduced_motion": "reduce"}}[setting]
    page = sign_in(open_browser(PHONE, **chosen), "Mara")
    open_chat(page, demo)
    check_accessible(page)
    picture(page, out_folder, f"messenger-{setting}")
    if setting == "reduced_motion":
        page.goto("/settings")
        lasting = page.get_by_role("dialog").evaluate("(dialog) => getComputedStyle(dialog).animationDuration")
        assert lasting in ("0s", "0ms")


def seen_by(context: BrowserContext) -> str:
    """The cookies of a browser that scripts on the page can read."""
    page = context.pages[0]
    return str(page.evaluate("document.cookie"))


def test_no_script_can_read_the_sign_in(open_browser: OpenBrowser, watch: Watch) -> None:
    context = open_browser(PHONE)
    page = sign_in(context, "Mara")
    watch.allowed.append("403")
    assert "takt_device" not in seen_by(context)
    assert page.evaluate("fetch('/device/v1/sign-out', {method: 'POST'}).then((answer) => answer.status)") == 403
