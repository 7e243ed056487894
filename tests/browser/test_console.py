"""The operator's console in real browsers: what waits is seen, understood and decided, by keyboard and on a phone."""

import re
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.browsing import (
    DESKTOP,
    PATIENCE_S,
    PHONE,
    Demo,
    OpenBrowser,
    Watch,
    asks,
    check_accessible,
    check_reflow,
    held_back,
    picture,
    sign_in,
)
from tests.papers import OVERPAID, rows

NARROW = {**PHONE, "viewport": {"width": 360, "height": 760}}
BODY = "Sie haben gewonnen, {{1}}! Ihre Bestellung {{2}} liegt bereit, hier ist alles Weitere dazu:"


def call(demo: Demo, method: str, path: str, **body: Any) -> dict[str, Any]:
    answer = httpx.request(
        method,
        f"{demo.url}/{demo.env['TAKT_API_VERSION']}/{path}",
        headers={"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}"},
        json=body or None,
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def submit(demo: Demo, name: str) -> str:
    """Let Nordwind submit a template that sounds like fraud."""
    body = {"type": "BODY", "text": f"{BODY} {name}", "example": {"body_text": [["Mara", "4711"]]}}
    buttons = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Ansehen"}]}
    made = call(
        demo, "POST", f"{demo.env['TAKT_WABA_ID']}/message_templates",
        name=name, language="de", category="UTILITY", components=[body, buttons],
    )  # fmt: skip
    return str(made["id"])


def settled(demo: Demo, template: str) -> dict[str, Any]:
    """The template once it waits no more."""
    deadline = time.monotonic() + 60
    while (found := call(demo, "GET", f"{template}?fields=status,rejected_reason"))["status"] == "PENDING":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def row(page: Page, name: str) -> Any:
    return page.get_by_role("region", name="Zur Prüfung").get_by_role("link").filter(has_text=name)


def test_a_doubtful_template_is_seen_understood_and_rejected_by_keyboard(
    open_browser: OpenBrowser, demo: Demo, out_folder: Path
) -> None:
    page = sign_in(open_browser(DESKTOP), "Olga", "/console")
    expect(page.get_by_text("Nichts wartet")).to_be_visible()
    first, second = submit(demo, "prize_here"), submit(demo, "prize_there")
    # By themselves: nobody reloads anything.
    expect(row(page, "prize here")).to_contain_text("1 Befund")
    expect(page).to_have_title("(2) Vorlagen · Konsole · Takt")
    page.keyboard.press("j")
    expect(row(page, "prize here")).to_be_focused()
    detail = page.get_by_role("region", name="Vorlage", exact=True)
    expect(detail.get_by_text("Klingt nach Betrug")).to_be_visible()
    expect(detail.get_by_role("listitem").filter(has_text="Zweifel")).to_contain_text("Sie haben gewonnen")
    expect(detail.locator("takt-message")).to_contain_text("Ihre Bestellung 4711")
    expect(detail.get_by_text("Automatische Prüfung: einem Menschen überlassen")).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "console-reviews")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tastenkürzel")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="Ablehnen: prize here")
    dialog.get_by_role("button", name="Ablehnen").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Bitte einen Grund wählen")
    dialog.get_by_role("radio", name="Betrug oder Phishing").focus()
    page.keyboard.press("Space")
    dialog.get_by_role("textbox", name="Anmerkung").fill("Verspricht einen Gewinn.")
    check_accessible(page)
    picture(page, out_folder, "console-reject")
    dialog.get_by_role("button", name="Ablehnen").press("Enter")
    expect(page.get_by_role("status").filter(has_text="abgelehnt. Das Unternehmen erfährt es.")).to_be_visible()
    assert settled(demo, first) == {"id": first, "status": "REJECTED", "rejected_reason": "SCAM"}

    # The next one is open at once; approving asks nothing.
    expect(page.get_by_role("heading", name="prize there")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Nichts wartet")).to_be_visible()
    assert settled(demo, second)["status"] == "APPROVED"
    page.get_by_role("combobox", name="Stand").select_option("REJECTED")
    row(page, "prize here").click()
    expect(detail.get_by_text("Verspricht einen Gewinn.")).to_be_visible()
    page.reload()
    expect(detail.get_by_text("Betreiber: abgelehnt")).to_be_visible()


def test_a_language_counts_before_its_words_have_come(open_browser: OpenBrowser) -> None:
    context = open_browser(DESKTOP)
    late = held_back(context, "**/text/console.en.json", times=1)  # the door's; the page then asks for its own
    page = context.new_page()
    page.goto("/console")
    page.get_by_role("radio", name="English").click()
    with page.expect_response("**/sign-in"):
        page.get_by_role("button", name="Otto").click()
    late[0].continue_()
    expect(page.get_by_role("heading", name="Templates", exact=True)).to_be_visible()


def test_whoever_goes_on_before_an_answer_is_here_stays_where_they_are(open_browser: OpenBrowser, demo: Demo) -> None:
    page = sign_in(open_browser(DESKTOP), "Olga", "/console")
    waiting = [submit(demo, f"lot_{name}") for name in ("one", "two", "three", "four")]
    row(page, "lot one").click()
    late = held_back(page, f"**/reviews/{waiting[0]}", "POST")
    with page.expect_request(asks(waiting[0], "POST")):
        page.keyboard.press("a")
    row(page, "lot three").click()
    late[0].continue_()
    page.unroute(f"**/reviews/{waiting[0]}")
    expect(page.get_by_role("status").filter(has_text="lot one: freigegeben")).to_be_visible()
    expect(page.get_by_role("heading", name="lot three")).to_be_visible()

    # The question is over as soon as it is decided, though the list is not here yet, and never turns to the next one.
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="Ablehnen: lot three")
    dialog.get_by_role("radio", name="Betrug oder Phishing").check()
    late = held_back(page, "**/console/api/waiting")
    dialog.get_by_role("button", name="Ablehnen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    for route in late:
        route.continue_()
    page.unroute("**/console/api/waiting")
    assert settled(demo, waiting[2])["status"] == "REJECTED"
    for template in (waiting[1], waiting[3]):
        row(page, {waiting[1]: "lot two", waiting[3]: "lot four"}[template]).click()
        page.keyboard.press("a")
        assert settled(demo, template)["status"] == "APPROVED"


def test_names_and_codes_on_a_phone_in_the_dark(open_browser: OpenBrowser, demo: Demo, out_folder: Path) -> None:
    waba = demo.env["TAKT_WABA_ID"]
    number = call(
        demo, "POST", f"{waba}/phone_numbers", cc="49", phone_number="3023125777", verified_name="Nordwind Werkstatt"
    )["id"]
    call(demo, "POST", f"{number}/request_code", code_method="SMS", language="de")
    page = sign_in(open_browser(NARROW, "dark"), "Olga", "/console", "en")
    template = submit(demo, "prize_" + "with_a_very_long_name_" * 3)
    expect(page.get_by_role("link", name="Names")).to_contain_text("1 waiting")
    page.goto(f"/console/reviews/{template}")
    expect(page.get_by_role("heading", name="Automatic check")).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "console-review-phone")
    page.get_by_role("button", name="Back to the list").click()
    page.get_by_role("combobox", name="State").select_option("all")
    expect(page.get_by_role("link").filter(has_text="order update").first).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "console-queue-phone")
    page.get_by_role("link", name="Codes").click()
    code = page.get_by_role("status", name="Code")
    shown = code.inner_text()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "console-codes-phone")
    assert call(demo, "POST", f"{number}/verify_code", code=shown) == {"success": True}
    expect(page.get_by_text("No code waits")).to_be_visible()
    page.get_by_role("link", name="Names").click()
    check_accessible(page)
    picture(page, out_folder, "console-names-phone")
    page.get_by_role("button", name="Reject Nordwind Werkstatt").click()
    page.get_by_role("textbox", name="Reason").fill("A workshop is no name of a company.")
    check_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_text("No name waits")).to_be_visible()
    assert call(demo, "GET", f"{number}?fields=name_status")["name_status"] == "DECLINED"


def test_a_held_message_and_a_watched_sender(open_browser: OpenBrowser, demo: Demo, out_folder: Path) -> None:
    sender = demo.env["TAKT_SENDER_SUPPORT"]
    demo.device("JONAS", "POST", "messages", client_id="held", to=sender, type="text", text={"body": "Hallo?"})
    text = "Ihr Konto ist gesperrt. Bestätigen Sie Kartennummer und PIN: http://pruefung.example.test innerhalb von 24 Stunden"
    called = call(
        demo, "POST", f"{sender}/messages",
        messaging_product="whatsapp", to=demo.env["TAKT_USER_JONAS"], type="text", text={"body": text},
    )  # fmt: skip
    page = sign_in(open_browser(NARROW, "light"), "Olga", "/console/suspicions", "de")
    held = page.get_by_role("listitem").filter(has_text="Ihr Konto ist gesperrt")
    expect(held.get_by_text("Zurückgehalten")).to_be_visible()
    expect(held.get_by_text("Was am meisten zählte:")).to_be_visible()
    check_accessible(page)
    check_reflow(page)
    picture(page, out_folder, "console-suspicions-phone")
    held.get_by_role("button", name="Betrug").click()
    expect(held).to_be_hidden()
    page.get_by_role("button", name="Freigeben").click()
    expect(page.get_by_text("Hier wartet nichts").or_(page.get_by_text("Nichts wartet")).first).to_be_visible()
    explain = f"{demo.url}/takt/v1/messages/{called['messages'][0]['id']}/explain"
    as_company = {"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}"}
    rounds = 0
    while "read_as_fraud" not in httpx.get(explain, headers=as_company).text:
        rounds += 1
        assert rounds < 200, "the message is not refused"
        time.sleep(0.1)


def test_how_companies_stand_is_seen_with_intervals_and_a_measure_is_lifted(
    open_browser: OpenBrowser, demo: Demo, out_folder: Path
) -> None:
    taken = httpx.post(
        f"{demo.url}/takt/v1/businesses/{demo.env['TAKT_WABA_ID']}/measures",
        headers={"Authorization": f"Bearer {demo.env['TAKT_OPERATOR_TOKEN']}"},
        json={"kind": "starting", "days": 3, "note": "Zu viele Beschwerden"},
    )
    assert taken.status_code == 200, taken.text
    page = sign_in(open_browser(DESKTOP), "Olga", "/console", "de")
    page.get_by_role("link", name="Ansehen").click()
    page.get_by_role("link", name="Nordwind").click()
    expect(page.get_by_role("heading", name="Nordwind", exact=True, level=1)).to_be_visible()
    expect(page.get_by_text("Darf beliebig vielen Menschen zuerst schreiben.")).to_be_visible()
    expect(page.get_by_text("pausiert bei").first).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "console-standing")
    page.get_by_role("button", name="Aufheben").click()
    page.get_by_label("Grund, für die Akten").fill("Geklärt")
    check_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Entscheiden").click()
    expect(page.get_by_text("aufgehoben").first).to_be_visible()
    domains = page.get_by_role("list", name="Domains ihrer Links")
    page.get_by_label("Weitere Domain").fill("https://www.nordwind.example/angebote")
    page.keyboard.press("Enter")
    expect(domains.get_by_text("nordwind.example")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="nordwind.example entfernen").click()
    expect(domains.get_by_role("listitem")).to_have_count(0)
    check_reflow(page)


def test_money_is_seen_searched_and_closed_on_a_screen_and_on_a_phone(
    open_browser: OpenBrowser, watch: Watch, demo: Demo, out_folder: Path
) -> None:
    watch.allowed.append("/legal")  # legal data with a mistake is refused, and said
    page = sign_in(open_browser(DESKTOP), "Olga", "/console/money", "de")
    expect(page.get_by_role("row").filter(has_text="Nordwind").first).to_contain_text("Kann ausgeben")
    check_accessible(page)
    picture(page, out_folder, "console-money-contracts")
    _see_contract(page, out_folder)
    page.get_by_role("button", name="Buchungen von Nordwind").click()
    entries = page.get_by_role("table", name="Buchungen")
    expect(entries.get_by_role("row").nth(1)).to_contain_text("Stapel")
    page.get_by_label("Art").select_option("top_up")
    page.get_by_role("button", name="Nachschlagen").click()
    expect(entries.get_by_role("row").nth(1)).to_contain_text("Aufladung")
    check_accessible(page)
    picture(page, out_folder, "console-money-ledger")
    page.get_by_role("link", name="Monate").click()
    late = held_back(page, "**/money/months?*", times=1)
    with page.expect_request(asks("/money/months")):
        page.get_by_role("button", name="Der Monat davor").click()
    for _ in range(2):
        page.get_by_role("button", name="Der Monat danach").click()
    expect(page.get_by_role("row").filter(has_text="Nordwind").first).to_be_visible()
    late[0].fulfill(json={"contracts": []})
    expect(page.get_by_role("row").filter(has_text="Nordwind").first).to_be_visible()
    page.get_by_role("button", name="Fälliges abschließen").click()
    expect(page.get_by_text("kann abgeschlossen werden ab").first).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "console-money-months")
    page.get_by_role("link", name="Preislisten").click()
    page.get_by_label("Ausgehen von").select_option(index=1)
    publish = page.get_by_role("button", name="Veröffentlichen")
    expect(publish).to_be_disabled()
    page.get_by_label("Verglichen mit").select_option(index=0)
    page.get_by_role("button", name="Was sich ändern würde").click()
    expect(page.get_by_role("table", name="Wer mehr oder weniger zahlt")).to_contain_text("gleich")
    check_accessible(page)
    picture(page, out_folder, "console-money-effect")
    publish.click()
    expect(page.get_by_text("Sie war schon veröffentlicht.")).to_be_visible()

    _see_claims(page, out_folder)

    phone = sign_in(open_browser(NARROW, "dark"), "Otto", "/console/money", "en")
    phone.get_by_role("button", name="Nordwind", exact=True).click()
    expect(phone.get_by_role("heading", name="Terms")).to_be_visible()
    check_accessible(phone)
    check_reflow(phone)
    picture(phone, out_folder, "console-money-phone-contract")
    phone.get_by_role("button", name="All contracts").click()
    for sub in ("Contracts", "Payments", "To clarify", "Bank", "By hand", "Ledger", "Months", "Invoices", "Rate cards"):
        phone.get_by_role("link", name=sub, exact=True).click()
        expect(phone.get_by_text("Loading …")).to_have_count(0)
        check_accessible(phone)
        check_reflow(phone)
        picture(phone, out_folder, f"console-money-phone-{sub.lower().replace(' ', '-')}")


def _see_contract(page: Page, out_folder: Path) -> None:
    """The page of one contract: what is wrong with legal data stands beside its field, and a mandate is kept."""
    page.get_by_role("button", name="Nordwind", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Konditionen")).to_be_visible()
    page.get_by_role("button", name="Beleg ändern").click()
    page.get_by_role("radio", name="Schlussrechnung").check()
    check_accessible(page)
    picture(page, out_folder, "console-money-month-document")
    page.get_by_role("dialog").get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Beleg eines vorausbezahlten Monats: ")).to_contain_text("Schlussrechnung")
    expect(page.get_by_text("Gespeichert.")).to_have_count(0)
    legal = page.locator("#legal")
    vat_id = legal.get_by_label("USt-IdNr.").first
    kept = vat_id.input_value()
    for name in ("Ort", "Postleitzahl"):
        legal.get_by_label(name, exact=True).fill("")
    page.get_by_role("button", name="Angaben speichern").click()
    expect(legal.get_by_text("Bitte ausfüllen.")).to_have_count(2)
    legal.get_by_label("Ort", exact=True).fill("Hamburg")
    legal.get_by_label("Postleitzahl", exact=True).fill("20457")
    vat_id.fill("DE1")
    page.get_by_role("button", name="Angaben speichern").click()
    expect(legal.get_by_text("deren Prüfziffern stimmen")).to_be_visible()
    expect(vat_id).to_be_focused()
    check_accessible(page)
    picture(page, out_folder, "console-money-contract")
    vat_id.fill(kept)
    page.get_by_role("button", name="Angaben speichern").click()
    expect(page.get_by_text("Gespeichert.")).to_be_visible()  # the page is shown anew by then
    page.get_by_text("Neues Mandat").click()
    for name, said in (
        ("Mandatsreferenz", "NW-1"),
        ("Inhaber", "Nordwind"),
        ("IBAN", "DE89370400440532013000"),
        ("Unterschrieben am", "2026-11-01"),
    ):
        page.locator("#mandate").get_by_label(name).fill(said)
    page.get_by_role("button", name="Mandat speichern").click()
    expect(page.get_by_role("table", name="Mandate")).to_contain_text("NW-1")
    page.get_by_role("button", name="Alle Verträge").click()


def _see_claims(page: Page, out_folder: Path) -> None:
    """Where the payment of invoices is, and what a transfer that overpays left."""
    page.route(re.compile("/money/invoices$"), lambda route: route.fulfill(json={"invoices": rows()}))
    page.get_by_role("link", name="Rechnungen").click()
    papers = page.get_by_role("table", name="Rechnungen").get_by_role("row")
    for place, word in enumerate(("Zahlung offen", "Teilweise bezahlt", "Überfällig", "Bezahlt", "Storniert"), 1):
        expect(papers.nth(place)).to_contain_text(word)
    expect(papers.nth(2)).to_contain_text("34,59")
    check_accessible(page)
    picture(page, out_folder, "console-money-claims")
    page.get_by_label("Stand", exact=True).select_option("overdue")
    expect(page.get_by_text("Kein Beleg ist in diesem Zustand")).to_be_visible()
    check_accessible(page)
    page.route(re.compile("/bank/suspense$"), lambda route: route.fulfill(json={"data": [OVERPAID]}))
    page.get_by_role("link", name="Zu klären").click()
    expect(page.get_by_role("heading", name="15,41")).to_be_visible()
    expect(page.get_by_text("134,59 € davon haben die Rechnung bezahlt.")).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "console-money-overpaid")
