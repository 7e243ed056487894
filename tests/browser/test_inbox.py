"""The agents' inbox in real browsers: what a company's people see and do, from the door to the last tick."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from takt.core.policy import RULES
from tests.agents import BOTH, SUPPORT, WIDE, WORDS, answer_field, bubbles, desk, post, receive, row, write
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
    see_contract,
)
from tests.papers import CLIENTS, rows


@BOTH
def test_the_door_tells_what_is_wrong_and_lets_people_in_and_out(
    open_browser: OpenBrowser, watch: Watch, locale: str, out_folder: Path
) -> None:
    say = WORDS[locale]
    watch.allowed.append("401")
    page = open_browser(DESKTOP, locale=locale).new_page()
    page.goto("/inbox")
    expect(page.get_by_role("button", name=say["enter"])).to_be_visible()
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
    context = open_browser(WIDE, locale=locale)
    with context.expect_event("response", lambda answer: "/api/events" in answer.url):  # who types is not told later
        page = desk(context, locale)
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
    expect(last.get_by_role("img", name=say["sent"], exact=True)).to_be_visible()
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
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox", name=say["search_templates"]).fill("parcel")
    dialog.get_by_role("button", name="Parcel tracking").click()
    send = dialog.get_by_role("button", name="0,0456" if locale == "de" else "0.0456")
    send.click()
    expect(dialog.get_by_text(say["fill"]).first).to_be_visible()
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
    expect(aside.get_by_role("listitem")).to_have_count(len(RULES))
    check_accessible(page)
    picture(page, out_folder, f"inbox-explained-{locale}")


@BOTH
def test_a_refusal_names_rule_number_and_remedy_before_and_after(
    open_browser: OpenBrowser, demo: Demo, locale: str, out_folder: Path
) -> None:
    say = WORDS[locale]
    demo.template("TAKT_USER_LEYLA", "order_update", "en_US", "Leyla", "4712")
    values = [{"type": "text", "text": "Leyla"}, {"type": "text", "text": "AUTUMN20"}]
    components = [{"type": "body", "parameters": values}]
    offer = {"name": "autumn_offer", "language": {"code": "en_US"}, "components": components}
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
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Autumn offer").first.click()
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
    with page.expect_request(lambda asked: "q=4711" in asked.url and "filter=unread" in asked.url):
        page.get_by_role("radio", name="Unread").click()
    box.fill("xylophone")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Clear search").click()
    expect(row(page, "Mara")).to_be_visible()
    row(page, "Mara").click()
    expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()
    expect(row(page, "Mara")).to_be_visible()


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
    expect(bubbles(page).last.get_by_role("img", name=say["sent"], exact=True)).to_be_visible()
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
    page.get_by_role("dialog").get_by_role("button", name="Parcel tracking").click()
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


@BOTH
def test_finance_sees_what_the_company_pays_down_to_the_rule(
    open_browser: OpenBrowser, demo: Demo, locale: str, out_folder: Path
) -> None:
    """By the keyboard Frida comes from the sum to a message and the rule behind it."""
    words = {
        "de": ("Kosten", "Die Nachrichten dahinter", "Preisliste", "als CSV", "Dieser Monat", "Der Monat davor"),
        "en": ("Costs", "The messages behind it", "Rate card", "as CSV", "This month", "The month before"),
    }[locale]
    _pay(demo)
    page = desk(open_browser(DESKTOP, locale=locale), locale, "Frida")
    expect(page.get_by_role("heading", name=words[0], exact=True)).to_be_visible()
    expect(page).to_have_title(f"{words[0]} · Nordwind")
    expect(page.get_by_text(words[4])).to_be_visible()
    page.locator(".bars button").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=words[1])).to_be_focused()
    page.locator(".behind summary").first.click()
    expect(page.locator(".behind").get_by_text(words[2], exact=True).first).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, f"costs-{locale}")
    with page.expect_download() as file:
        page.get_by_role("link", name=words[3]).click()
    assert file.value.path().read_text("utf-8").startswith("message,delivered_at,")
    page.get_by_role("button", name=words[5]).click()
    expect(page).to_have_url(re.compile(r"/inbox/costs/\d{4}-\d\d$"))


def _pay(demo: Demo) -> None:
    """One message more that costs something."""
    parameters = [{"type": "text", "text": "Mara"}, {"type": "text", "text": "4711"}]
    body = {"type": "body", "parameters": parameters}
    order = {"name": "order_update", "language": {"code": "de"}, "components": [body]}
    post(demo, "TAKT_USER_MARA", {"type": "template", "template": order})
    receive(demo, "MARA", "delivered")


def test_the_costs_fit_a_phone_at_night(open_browser: OpenBrowser, demo: Demo, out_folder: Path) -> None:
    _pay(demo)
    page = desk(open_browser(PHONE, "dark"), "de", "Frida")
    page.locator(".bars button").first.click()
    expect(page.locator(".behind summary").first).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "costs-phone-dark")
    see_contract(page, out_folder)
    page.route(re.compile("/api/documents$"), lambda route: route.fulfill(json={"data": rows()}))
    page.route(re.compile("/api/clients"), lambda route: route.fulfill(json=CLIENTS))
    page.reload()
    clients = page.get_by_role("region", name="Ihre Kunden")
    expect(clients.locator("tbody tr").first).to_contain_text("40,00")
    expect(clients.locator("tfoot")).to_contain_text("Alle")
    asked = page.get_by_role("region", name="Einkauf nach der Preisliste großhandel")
    expect(asked).to_contain_text("Gebühr „Anschluss“ in diesem Monat: 2 × 15,00")
    expect(asked).to_contain_text("Mindestumsatz: 500,00 €, davon erreicht: 30,00 €")
    papers = page.locator(".invoices li")
    for place, word in enumerate(("Zahlung offen", "Teilweise bezahlt", "Überfällig", "Bezahlt", "Storniert")):
        expect(papers.nth(place)).to_contain_text(word)
    expect(papers.nth(1)).to_contain_text("34,59 € zu zahlen bis")
    papers.nth(1).scroll_into_view_if_needed()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "invoices-phone-dark")
    page.get_by_role("button", name="Ändern").click()
    page.get_by_label("Monatsbudget (EUR)").fill("1.234")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("alert")).to_contain_text("1234,50")
    page.get_by_label("Monatsbudget (EUR)").fill("1234,5")
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "budget-phone-dark")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Budget 1.234,50 € im Monat")).to_be_visible()
    page.get_by_role("button", name="Aufladen").click()
    page.get_by_label("Betrag, netto (EUR)").fill("100")
    page.get_by_role("button", name="Anfragen").click()
    expect(page.get_by_text("Bitte 119,00 € überweisen:")).to_be_visible()
    expect(page.get_by_text("DE89 3704 0044 0532 0130 00")).to_be_visible()
    code = page.get_by_role("img", name="GiroCode mit")
    expect(code).to_be_visible()
    page.wait_for_function("one => one.complete && one.naturalWidth > 100", arg=code.element_handle())
    picture(page, out_folder, "transfer-phone-dark")
    check_accessible(page)
    page.get_by_role("button", name="Schließen").last.click()
    _pay_an_invoice(page, out_folder)


def _pay_an_invoice(page: Page, out_folder: Path) -> None:
    """As if the top-up that waits were of the second invoice."""

    def of_an_invoice(route: Route) -> None:
        told = route.fetch().json()
        told["data"][0]["document"] = "RE-2026-000002"
        route.fulfill(json=told)

    page.route(re.compile("/money/payments$"), of_an_invoice)
    page.reload()
    paper = page.locator(".invoices li").nth(1)
    paper.get_by_text("So bezahlen Sie").click()
    expect(paper.get_by_text("DE89 3704 0044 0532 0130 00")).to_be_visible()
    code = paper.get_by_role("img", name="GiroCode mit")
    page.wait_for_function("one => one.complete && one.naturalWidth > 100", arg=code.element_handle())
    code.scroll_into_view_if_needed()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "pay-invoice-phone-dark")
