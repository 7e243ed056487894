"""The agents' inbox in real browsers: what a company's people see and do, from the door to the last tick."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browsing import (
    DESKTOP,
    PHONE,
    SMALL,
    Demo,
    OpenBrowser,
    Watch,
    check_accessible,
    check_reflow,
    picture,
    sign_in,
)

WIDE = {"viewport": {"width": 1440, "height": 900}}
SUPPORT = "TAKT_SENDER_SUPPORT"
OUTREACH = "TAKT_SENDER_OUTREACH"
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "inbox": "Inbox", "settings": "Settings", "out": "Sign out", "login": "Login", "password": "Password",
        "enter": "Sign in", "wrong": "Login or password is wrong.", "answer": "Your answer to {name}",
        "free": "Send for free", "chats": "Chats", "unread": "Unread", "all": "All", "search": "Search names",
        "nothing": "Nothing found", "template": "Choose a template", "search_templates": "Search templates",
        "cannot": "Cannot be sent now", "explain": "Explain", "explanation": "Explanation", "back": "Back to the list",
        "about": "About this chat", "keys": "Keyboard shortcuts", "single": "Single keys", "close": "Close",
        "sent": "Sent", "read": "Read", "delivered": "Delivered", "fill": "Please fill this in.", "offline": "No connection.",
        "newest": "new message", "typing": "is typing", "held": "held until delivered", "charged": "charged",
        "denied": "Denied", "all_read": "All read", "language": "Deutsch", "no_chat": "There is no such chat",
    },
    "de": {
        "inbox": "Posteingang", "settings": "Einstellungen", "out": "Abmelden", "login": "Anmeldename",
        "password": "Passwort", "enter": "Anmelden", "wrong": "Anmeldename oder Passwort ist falsch.",
        "answer": "Ihre Antwort an {name}", "free": "Kostenlos senden", "chats": "Chats", "unread": "Ungelesen",
        "all": "Alle", "search": "Namen, Nummern", "nothing": "Nichts gefunden", "template": "Vorlage wählen",
        "search_templates": "Vorlagen durchsuchen", "cannot": "Jetzt nicht möglich", "explain": "Begründen",
        "explanation": "Begründung", "back": "Zurück zur Liste", "about": "Über diesen Chat", "keys": "Tastenkürzel",
        "single": "Einzelne Tasten", "close": "Schließen", "sent": "Gesendet", "read": "Gelesen",
        "delivered": "Zugestellt", "fill": "Bitte füllen Sie dieses Feld aus.", "offline": "Keine Verbindung.",
        "newest": "neue Nachricht", "typing": "schreibt", "held": "reserviert bis zur Zustellung",
        "charged": "abgerechnet", "denied": "Abgelehnt", "all_read": "Alles gelesen", "language": "English",
        "no_chat": "Diesen Chat gibt es nicht",
    },
}  # fmt: skip
BOTH = pytest.mark.parametrize("locale", ["de", "en"])
numbers = iter(range(10_000))


def desk(context: BrowserContext, locale: str, name: str = "Ines", path: str = "/inbox") -> Page:
    """An agent at the inbox."""
    page = sign_in(context, name, path, locale)
    page.get_by_role("heading", level=1).first.wait_for()
    return page


def write(demo: Demo, person: str, body: str, sender: str = SUPPORT) -> None:
    """Let a person write to Nordwind."""
    to = demo.env[sender]
    demo.device(person, "POST", "messages", client_id=f"t{next(numbers)}", to=to, type="text", text={"body": body})


def receive(demo: Demo, person: str, status: str) -> None:
    """Let a person's device report everything it has as delivered or read."""
    cursor = demo.device(person, "GET", "me")["cursor"]
    demo.device(person, "POST", "receipts", status=status, through=cursor)


def post(demo: Demo, to: str, content: dict[str, Any]) -> None:
    """Let Nordwind send by the Cloud API as clients do: a refusal is only reported later."""
    answer = httpx.post(
        f"{demo.url}/{demo.env['TAKT_API_VERSION']}/{demo.env[OUTREACH]}/messages",
        headers={"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}"},
        json={"messaging_product": "whatsapp", "to": demo.env[to], **content},
    )
    assert answer.status_code == 200, answer.text


def row(page: Page, name: str, sender: str = "Nordwind Support") -> Locator:
    """The row of a chat in the list."""
    return page.get_by_role("link", name=name).filter(has_text=sender).first


def bubbles(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("listitem")


def answer_field(page: Page, locale: str, name: str) -> Locator:
    return page.get_by_role("textbox", name=WORDS[locale]["answer"].format(name=name))


@BOTH
def test_the_door_tells_what_is_wrong_and_lets_people_in_and_out(
    open_browser: OpenBrowser, watch: Watch, locale: str, out_folder: Path
) -> None:
    say = WORDS[locale]
    watch.allowed.append("401")
    page = open_browser(DESKTOP, locale=locale).new_page()
    page.goto("/inbox")
    check_accessible(page)
    picture(page, out_folder, f"inbox-door-{locale}")
    page.get_by_label(say["login"]).fill("nobody@nordwind.example")
    page.get_by_label(say["password"]).fill("guessed")
    page.get_by_role("button", name=say["enter"]).click()
    expect(page.get_by_role("alert")).to_contain_text(say["wrong"])
    expect(page.get_by_label(say["login"])).to_be_focused()
    page.get_by_role("radio", name={"de": "Deutsch", "en": "English"}[locale]).click()
    page.get_by_role("button", name="Tom").click()
    expect(page.get_by_role("heading", name=say["inbox"])).to_be_visible()
    expect(page).to_have_title(f"{say['inbox']} · Nordwind")
    assert page.evaluate("document.documentElement.lang") == locale
    page.reload()
    page.get_by_role("button", name=say["settings"]).click()
    check_accessible(page)
    page.get_by_role("button", name=say["out"]).click()
    expect(page.get_by_role("button", name=say["enter"])).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name=say["enter"])).to_be_visible()


@BOTH
def test_a_conversation_is_live_from_the_first_word_to_the_last_tick(
    open_browser: OpenBrowser, demo: Demo, locale: str, out_folder: Path
) -> None:
    say = WORDS[locale]
    page = desk(open_browser(WIDE, locale=locale), locale)
    write(demo, "JONAS", f"Ist die Jacke auch in Blau da? {locale}")
    expect(row(page, "Jonas")).to_contain_text(f"Ist die Jacke auch in Blau da? {locale}")
    expect(page).to_have_title(f"(1) {say['inbox']} · Nordwind")
    row(page, "Jonas").click()
    expect(page.get_by_role("timer")).to_contain_text("23")
    expect(page).to_have_title(f"Jonas Weber · {say['inbox']} · Nordwind")
    demo.device("JONAS", "POST", "typing", to=demo.env[SUPPORT])
    expect(page.get_by_role("img", name=f"Jonas Weber {say['typing']}")).to_be_visible()
    field = answer_field(page, locale, "Jonas Weber")
    field.fill("Ja, in Größe M.")
    expect(page.get_by_role("button", name=say["free"])).to_have_attribute("aria-disabled", "false")
    page.reload()
    expect(field).to_have_value("Ja, in Größe M.")
    field.press("Enter")
    expect(field).to_have_value("")
    last = bubbles(page).last
    expect(last).to_contain_text("Ja, in Größe M.")
    expect(last.get_by_role("img", name=say["sent"])).to_be_visible()
    receive(demo, "JONAS", "delivered")
    expect(last.get_by_role("img", name=say["delivered"])).to_be_visible()
    receive(demo, "JONAS", "read")
    expect(last.get_by_role("img", name=say["read"])).to_be_visible()
    expect(bubbles(page).filter(has_text="Ja, in Größe M.")).to_have_count({"de": 1, "en": 2}[locale])
    check_accessible(page)
    picture(page, out_folder, f"inbox-open-light-{locale}")


@BOTH
def test_a_closed_window_offers_templates_with_preview_fields_and_price(
    open_browser: OpenBrowser, demo: Demo, locale: str, out_folder: Path
) -> None:
    say = WORDS[locale]
    demo.template("TAKT_USER_MARA", "order_update", "de", "Mara", "4711")
    page = desk(open_browser(WIDE, locale=locale), locale)
    row(page, "Mara", "Nordwind").click()
    expect(answer_field(page, locale, "Mara Brandt")).to_have_count(0)
    check_accessible(page)
    picture(page, out_folder, f"inbox-closed-{locale}")
    page.get_by_role("button", name=say["template"]).click()
    page.get_by_role("searchbox", name=say["search_templates"]).fill("parcel")
    page.get_by_role("button", name="Parcel tracking").click()
    send = page.get_by_role("button", name="0,0456" if locale == "de" else "0.0456")
    send.click()
    expect(page.get_by_text(say["fill"]).first).to_be_visible()
    dialog = page.get_by_role("dialog")
    fields = dialog.get_by_role("textbox")
    expect(fields).to_have_count(4)
    expect(fields.first).to_be_focused()
    check_accessible(page)
    for number, value in enumerate(["00340434", "morgen", "8 und 10", "00340434"]):
        fields.nth(number).fill(value)
    expect(dialog.get_by_role("figure")).to_contain_text("Ihr Paket kommt morgen zwischen 8 und 10 Uhr.")
    picture(page, out_folder, f"inbox-template-{locale}")
    send.click()
    last = bubbles(page).last
    expect(last).to_contain_text("Ihr Paket kommt morgen zwischen 8 und 10 Uhr.")
    expect(last).to_contain_text(say["held"])
    receive(demo, "MARA", "delivered")
    expect(last.get_by_role("button", name=say["charged"])).to_be_visible()
    last.get_by_role("button", name=say["charged"]).click()
    aside = page.get_by_role("complementary", name=say["explanation"])
    expect(aside.get_by_role("listitem")).to_have_count(11)
    check_accessible(page)
    picture(page, out_folder, f"inbox-explained-{locale}")


@BOTH
def test_a_refusal_names_rule_number_and_remedy_before_and_after(
    open_browser: OpenBrowser, demo: Demo, locale: str, out_folder: Path
) -> None:
    say = WORDS[locale]
    demo.template("TAKT_USER_LEYLA", "order_update", "en_US", "Leyla", "4712")
    parameters = [{"type": "text", "text": "Leyla"}, {"type": "text", "text": "AUTUMN20"}]
    offer = {"name": "autumn_offer", "language": {"code": "en_US"}}
    offer |= {"components": [{"type": "body", "parameters": parameters}]}
    post(demo, "TAKT_USER_LEYLA", {"type": "template", "template": offer})
    page = desk(open_browser(WIDE, "dark", locale), locale)
    row(page, "Leyla", "Nordwind").click()
    failed = bubbles(page).filter(has_text="131050").last
    expect(failed).to_contain_text("marketing_not_granted")
    failed.get_by_role("button", name=say["explain"]).click()
    aside = page.get_by_role("complementary", name=say["explanation"])
    expect(aside.get_by_role("listitem").filter(has_text=say["denied"])).to_have_count(1)
    check_accessible(page)
    picture(page, out_folder, f"inbox-refused-explained-dark-{locale}")
    page.get_by_role("button", name=say["template"]).click()
    page.get_by_role("button", name="Autumn offer").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("131050")).to_be_visible()
    expect(dialog.get_by_role("button", name=say["cannot"])).to_have_attribute("aria-disabled", "true")
    check_accessible(page)
    picture(page, out_folder, f"inbox-refused-dark-{locale}")


def test_a_support_sender_falls_silent_and_says_so(open_browser: OpenBrowser, demo: Demo) -> None:
    write(demo, "LEYLA", "Hello?")
    page = desk(open_browser(DESKTOP, locale="en"), "en")
    row(page, "Leyla").click()
    field = answer_field(page, "en", "Leyla Demir")
    for number in range(5):
        field.fill(f"Answer {number}")
        field.press("Enter")
        expect(bubbles(page).last).to_contain_text(f"Answer {number}")
        expect(bubbles(page).last.get_by_role("img", name="Sent")).to_be_visible()
    expect(page.get_by_text("Too many messages in a row went unanswered.")).to_be_visible()
    field.fill("One more")
    expect(page.get_by_role("button", name="Cannot be sent now")).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("One more")
    write(demo, "LEYLA", "Yes, here")
    expect(page.get_by_role("button", name="Send for free")).to_be_visible()


def test_everything_is_possible_by_keyboard(open_browser: OpenBrowser, demo: Demo) -> None:
    write(demo, "MARA", "First")
    write(demo, "JONAS", "Second")
    page = desk(open_browser(WIDE, locale="en"), "en")
    expect(row(page, "Jonas")).to_be_visible()
    press = page.keyboard.press
    press("j")
    expect(row(page, "Jonas")).to_be_focused()
    press("ArrowDown")
    expect(row(page, "Mara")).to_be_focused()
    press("k")
    press("Enter")
    expect(page.get_by_role("heading", name="Jonas Weber").first).to_be_focused()
    press("r")
    page.keyboard.type("By keyboard j k")
    press("Enter")
    expect(bubbles(page).last).to_contain_text("By keyboard j k")
    press("Escape")
    expect(page.get_by_role("log")).to_be_focused()
    press("ArrowUp")
    expect(bubbles(page).last).to_be_focused()
    press("t")
    expect(page.get_by_role("searchbox", name="Search templates")).to_be_focused()
    press("Escape")
    press("Escape")
    expect(row(page, "Jonas")).to_be_focused()
    press("/")
    page.keyboard.type("Mara")
    expect(page.get_by_role("navigation", name="Chats").get_by_role("link", name="Jonas")).to_have_count(0)
    press("Escape")
    press("?")
    check_accessible(page)
    page.get_by_role("switch", name="Single keys").click()
    press("Escape")
    press("u")
    expect(page.get_by_role("radio", name="All")).to_be_checked()
    press("Control+Home")  # a key that is no shortcut does nothing
    page.reload()
    press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_search_and_filter_find_and_admit_when_there_is_nothing(open_browser: OpenBrowser, demo: Demo) -> None:
    write(demo, "MARA", "Where is invoice 4711?")
    page = desk(open_browser(DESKTOP, locale="en"), "en")
    box = page.get_by_role("searchbox")
    box.fill("4711")
    expect(row(page, "Mara")).to_be_visible()
    box.fill("xylophone")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Clear search").click()
    page.get_by_role("radio", name="Unread").click()
    expect(row(page, "Mara")).to_be_visible()
    row(page, "Mara").click()
    expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()
    expect(row(page, "Mara")).to_be_visible()


def test_an_interrupted_connection_is_said_and_nothing_is_lost_or_doubled(
    open_browser: OpenBrowser, demo: Demo, watch: Watch, out_folder: Path
) -> None:
    watch.allowed += ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "503", "ERR_"]
    write(demo, "JONAS", "Are you there?")
    context = open_browser(DESKTOP, locale="en")
    page = desk(context, "en")
    row(page, "Jonas").click()
    field = answer_field(page, "en", "Jonas Weber")
    expect(field).to_be_visible()
    context.set_offline(True)
    expect(page.get_by_text("No connection.")).to_be_visible()
    field.fill("Sent in a tunnel")
    field.press("Enter")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "inbox-offline")
    context.set_offline(False)
    expect(page.get_by_text("No connection.")).to_have_count(0)
    expect(page.get_by_text("Not sent yet")).to_have_count(0)
    expect(bubbles(page).last.get_by_role("img", name="Sent")).to_be_visible()
    demo.stop()
    expect(page.get_by_text("No connection.")).to_be_visible()
    demo.start()
    expect(page.get_by_text("No connection.")).to_have_count(0, timeout=30_000)
    write(demo, "JONAS", "Welcome back")
    expect(bubbles(page).last).to_contain_text("Welcome back")
    page.reload()
    expect(bubbles(page).filter(has_text="Sent in a tunnel")).to_have_count(1)


def test_older_pages_load_and_new_messages_wait_below(open_browser: OpenBrowser, demo: Demo) -> None:
    for number in range(60):
        write(demo, "MARA", f"Line {number}")
    page = desk(open_browser(DESKTOP, locale="en"), "en")
    row(page, "Mara").click()
    expect(bubbles(page).filter(has_text="Line 59")).to_be_visible()
    bubbles(page).first.scroll_into_view_if_needed()
    expect(bubbles(page).filter(has_text="Line 0").first).to_be_attached()
    page.get_by_text("This is where the chat begins.").scroll_into_view_if_needed()
    write(demo, "MARA", "The newest of all")
    pill = page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    expect(row(page, "Mara")).to_contain_text("1 unread message")
    pill.click()
    expect(bubbles(page).last).to_be_in_viewport()
    expect(row(page, "Mara")).not_to_contain_text("unread")


def test_two_tabs_share_one_stream(open_browser: OpenBrowser, demo: Demo) -> None:
    context = open_browser(DESKTOP, locale="en")
    streams: list[str] = []
    context.on("request", lambda request: streams.append(request.url) if "/api/events" in request.url else None)
    first = desk(context, "en")
    second = context.new_page()
    second.goto("/inbox")
    write(demo, "JONAS", "To both of you")
    for page in (first, second):
        expect(row(page, "Jonas")).to_contain_text("To both of you")
    assert len(streams) == 1
    first.close()
    write(demo, "JONAS", "To the one who stays")
    expect(row(second, "Jonas")).to_contain_text("To the one who stays")


@BOTH
def test_a_phone_shows_one_pane_at_a_time(open_browser: OpenBrowser, demo: Demo, locale: str, out_folder: Path) -> None:
    say = WORDS[locale]
    write(demo, "MARA", "Kann ich am Kiosk abholen? https://nordwind.example/abholen")
    page = desk(open_browser(PHONE, "dark", locale), locale)
    expect(row(page, "Mara")).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, f"inbox-phone-list-dark-{locale}")
    row(page, "Mara").click()
    expect(page.get_by_role("heading", name="Mara Brandt")).to_be_focused()
    expect(page.get_by_role("navigation", name=say["chats"])).to_have_count(0)
    answer_field(page, locale, "Mara Brandt").fill("Ja, gern.")
    page.get_by_role("button", name=say["free"]).click()
    expect(bubbles(page).last.get_by_role("img", name=say["sent"])).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, f"inbox-phone-chat-dark-{locale}")
    page.get_by_role("button", name=say["about"]).click()
    check_accessible(page)
    page.get_by_role("button", name=say["close"]).click()
    page.get_by_role("button", name=say["back"]).click()
    expect(row(page, "Mara")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@BOTH
def test_a_small_screen_never_scrolls_sideways(open_browser: OpenBrowser, demo: Demo, scheme: str, locale: str) -> None:
    say = WORDS[locale]
    demo.template("TAKT_USER_MARA", "order_update", "de", "Mara", "4711")
    page = desk(open_browser(SMALL, scheme, locale), locale)
    check_reflow(page)
    row(page, "Mara", "Nordwind").filter(has_not_text="Support").click()
    check_reflow(page)
    page.get_by_role("button", name=say["template"]).click()
    page.get_by_role("button", name="Parcel tracking").click()
    check_reflow(page)
    check_accessible(page)


def test_high_contrast_keeps_every_border(open_browser: OpenBrowser, demo: Demo, out_folder: Path) -> None:
    write(demo, "MARA", "Seen by everybody")
    page = desk(open_browser(WIDE, locale="de", forced_colors="active", reduced_motion="reduce"), "de")
    row(page, "Mara").click()
    expect(bubbles(page).last).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "inbox-forced-colours")


@BOTH
def test_a_chat_that_does_not_exist_is_said(open_browser: OpenBrowser, watch: Watch, demo: Demo, locale: str) -> None:
    watch.allowed.append("404")
    context = open_browser(DESKTOP, locale=locale)
    desk(context, locale)
    page = context.new_page()
    page.goto(f"/inbox/chat/{demo.env[SUPPORT]}.00000000-0000-0000-0000-000000000000")
    expect(page.get_by_role("heading", name=WORDS[locale]["no_chat"])).to_be_visible()
    check_accessible(page)
