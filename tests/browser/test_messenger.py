"""The messenger in a real browser against a running demo: what a person does with companies and their messages."""

import re
from pathlib import Path

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browsing import (
    CACHED,
    DESKTOP,
    PHONE,
    SENT,
    Demo,
    OpenBrowser,
    chat_row,
    check_accessible,
    messages,
    open_chat,
    picture,
    sign_in,
    start_chat,
    tick,
    write,
)


def test_a_person_signs_in_chooses_a_language_and_signs_out(open_browser: OpenBrowser) -> None:
    page = open_browser(PHONE, **CACHED).new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Wer bist du?")).to_be_visible()
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("button", name="Continue as Leyla").click()
    expect(page.get_by_role("heading", name="No chats yet")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="No chats yet")).to_be_visible()
    page.get_by_role("link", name="Settings, signed in as Leyla").click()
    page.get_by_role("radio", name="Deutsch").click()
    expect(page.get_by_role("dialog", name="Einstellungen")).to_be_visible()
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", name="Wer bist du?")).to_be_visible()
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("localStorage.length") == 0


def test_what_arrives_counts_until_it_is_looked_at(demo: Demo, open_browser: OpenBrowser) -> None:
    page = sign_in(open_browser(PHONE), "Leyla")
    start_chat(page, "Nordwind Support")
    write(page, "Nordwind Support", "Ich bin da")
    tick(page, "Ich bin da", SENT)
    page.get_by_role("link", name="Zurück zu den Chats").click()
    demo.say("TAKT_USER_LEYLA", "Erste Antwort", "TAKT_SENDER_SUPPORT")
    demo.say("TAKT_USER_LEYLA", "Zweite Antwort", "TAKT_SENDER_SUPPORT")
    expect(chat_row(page, "Nordwind Support").get_by_label("2 ungelesene Nachrichten")).to_be_visible()
    expect(page).to_have_title("(2) Chats · Takt")
    chat_row(page, "Nordwind Support").click()
    expect(messages(page).filter(has_text="Zweite Antwort")).to_be_visible()
    expect(page).to_have_title("Nordwind Support · Takt")
    while any(one["unread"] for one in demo.device("LEYLA", "GET", "threads")["threads"]):
        page.wait_for_timeout(50)  # who leaves a chat at once has not looked at it
    page.get_by_role("link", name="Zurück zu den Chats").click()
    expect(chat_row(page, "Nordwind Support").get_by_label("ungelesene")).to_have_count(0)
    page.reload()
    expect(chat_row(page, "Nordwind Support").get_by_label("ungelesene")).to_have_count(0)


def test_a_new_tick_does_not_cost_the_focus(demo: Demo, open_browser: OpenBrowser) -> None:
    page = sign_in(open_browser(DESKTOP), "Mara")
    open_chat(page, demo)
    write(page, "Nordwind Support", "Mit Haken")
    tick(page, "Mit Haken", "Zugestellt")
    options = messages(page).last.get_by_role("button", name="Optionen zur Nachricht")
    options.focus()
    last = demo.device("MARA", "GET", f"threads/{demo.env['TAKT_SENDER_SUPPORT']}/messages")["messages"][-1]
    demo.send("TAKT_USER_MARA", {"status": "read", "message_id": last["id"]}, "TAKT_SENDER_SUPPORT")
    tick(page, "Mit Haken", "Gelesen")
    expect(options).to_be_focused()


def test_a_draft_survives_a_reload(demo: Demo, open_browser: OpenBrowser) -> None:
    page = sign_in(open_browser(PHONE), "Mara")
    open_chat(page, demo)
    page.get_by_role("textbox", name="Nachricht an").fill("Halb geschrieben")
    page.get_by_role("link", name="Zurück zu den Chats").click()
    expect(chat_row(page, "Nordwind Support")).to_contain_text("Entwurf: Halb geschrieben")
    page.reload()
    chat_row(page, "Nordwind Support").click()
    field = page.get_by_role("textbox", name="Nachricht an")
    expect(field).to_have_value("Halb geschrieben")
    field.fill("")


def test_typing_is_told_now_and_then_and_shown_while_it_lasts(demo: Demo, open_browser: OpenBrowser) -> None:
    page = sign_in(open_browser(PHONE), "Mara")
    open_chat(page, demo)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/typing") else None)
    field = page.get_by_role("textbox", name="Nachricht an")
    while not told:  # nobody is told before the page is live
        field.press_sequentially("x")
        page.wait_for_timeout(50)
    field.press_sequentially("Ich schreibe")
    expect(field).to_have_value(re.compile("x+Ich schreibe"))
    assert len(told) == 1
    field.fill("")


def test_whoever_reads_above_is_not_moved(demo: Demo, open_browser: OpenBrowser) -> None:
    for number in range(110):
        body = {"client_id": f"old-{number}", "to": demo.env["TAKT_SENDER_SUPPORT"], "type": "text"}
        demo.device("LEYLA", "POST", "messages", **body, text={"body": f"Nummer {number:03}"})
    page = sign_in(open_browser(DESKTOP), "Leyla")
    open_chat(page, demo)
    expect(messages(page).filter(has_text="Nummer 109")).to_be_in_viewport()
    first = messages(page).filter(has_text="Nummer 000")
    shown = messages(page).filter(has_text="Nummer 001")
    page.mouse.move(900, 400)
    before = None
    while first.count() == 0 or shown.bounding_box() != before:  # all the way up, and at rest there
        before = shown.bounding_box() if first.count() else None
        page.mouse.wheel(0, -1500)
        page.wait_for_timeout(150)
    demo.say("TAKT_USER_LEYLA", "Etwas Neues", "TAKT_SENDER_SUPPORT")
    pill = page.get_by_role("button", name="1 neue Nachricht")
    expect(pill).to_be_visible()
    assert shown.bounding_box() == before
    pill.click()
    expect(messages(page).filter(has_text="Etwas Neues")).to_be_in_viewport()
    expect(pill).to_have_count(0)


def test_an_answer_quotes_and_the_quote_leads_back(demo: Demo, open_browser: OpenBrowser) -> None:
    demo.write("LEYLA", "Ist noch jemand da?")
    demo.say("TAKT_USER_LEYLA", "Immer gern", "TAKT_SENDER_SUPPORT")
    page = sign_in(open_browser(DESKTOP), "Leyla")
    open_chat(page, demo)
    line = messages(page).filter(has_text="Immer gern").first
    line.hover()
    line.get_by_role("button", name="Optionen zur Nachricht").click()
    page.get_by_role("menuitem", name="Antworten").click()
    expect(page.get_by_role("textbox", name="Nachricht an")).to_be_focused()
    write(page, "Nordwind Support", "Meine Antwort darauf")
    answer = messages(page).filter(has_text="Meine Antwort darauf")
    tick(page, "Meine Antwort darauf", SENT)
    answer.get_by_role("button", name="Immer gern").click()
    expect(line).to_be_focused()


def test_links_are_links_and_markup_is_text(demo: Demo, open_browser: OpenBrowser) -> None:
    demo.write("LEYLA", "Schickt mir etwas")
    hostile = "<img src=x onerror=alert(1)> javascript:alert(1) https://good.example/a?b=(c). http://user@evil.example/"
    demo.say("TAKT_USER_LEYLA", hostile, "TAKT_SENDER_SUPPORT")
    page = sign_in(open_browser(PHONE), "Leyla")
    open_chat(page, demo)
    line = messages(page).filter(has_text="onerror")
    expect(line).to_contain_text("<img src=x onerror=alert(1)> javascript:alert(1)")
    links = line.get_by_role("link")
    expect(links).to_have_count(1)
    assert links.get_attribute("href") == "https://good.example/a?b=(c)"
    assert set((links.get_attribute("rel") or "").split()) >= {"noopener", "noreferrer"}
    assert links.get_attribute("target") == "_blank"


def test_a_new_company_introduces_itself_before_its_first_message(
    demo: Demo, open_browser: OpenBrowser, out_folder: Path
) -> None:
    demo.template("TAKT_USER_JONAS", "order_update", "de", "Jonas", "4711")
    page = sign_in(open_browser(PHONE), "Jonas")
    expect(chat_row(page, "Nordwind")).to_contain_text("Möchte dir schreiben")
    chat_row(page, "Nordwind").click()
    expect(page.get_by_text("Nordwind schreibt dir zum ersten Mal.")).to_be_visible()
    expect(page.get_by_text("Verifizierte Firma")).to_be_visible()
    expect(page.get_by_text("Nordwind Handels GmbH")).to_be_visible()
    expect(page.get_by_text("Bestellung 4711")).not_to_be_visible()
    expect(page.get_by_role("textbox", name="Nachricht an")).to_have_count(0)
    check_accessible(page)
    picture(page, out_folder, "messenger-first-contact")
    page.get_by_text("Erst die Nachricht ansehen").click()
    expect(page.get_by_text("Hallo Jonas, Ihre Bestellung 4711 ist unterwegs.")).to_be_visible()
    page.get_by_role("button", name="Weiter", exact=True).click()
    expect(messages(page).filter(has_text="Bestellung 4711")).to_be_visible()
    page.reload()
    expect(messages(page).filter(has_text="Bestellung 4711")).to_be_visible()


def test_advertising_says_why_it_is_there_and_stops_at_once(
    demo: Demo, open_browser: OpenBrowser, out_folder: Path
) -> None:
    demo.template("TAKT_USER_MARA", "autumn_offer", "de", "Mara", "HERBST20")
    page = sign_in(open_browser(PHONE), "Mara")
    chat_row(page, "Nordwind").click()
    page.get_by_role("button", name="Weiter", exact=True).click()
    line = messages(page).filter(has_text="Regenjacken")
    expect(line).to_contain_text("Werbung")
    expect(line.get_by_role("link", name="Zum Angebot")).to_have_attribute("href", "https://nordwind.example/herbst")
    dialog = page.get_by_role("dialog", name="Warum sehe ich das?")
    ask_why(page, line)
    dialog.get_by_role("button", name="Ruhezeit").click()
    expect(page.get_by_role("switch", name="Ruhezeit")).to_be_visible()
    page.go_back()
    ask_why(page, line)
    expect(dialog).to_contain_text("Du hast Nordwind")
    expect(dialog).to_contain_text("im Auftrag von Nordwind gesendet. Nordwind bezahlt dafür")
    expect(dialog.get_by_role("region", name="Was gezählt hat")).to_contain_text("Werbung dieses Absenders")
    expect(dialog.get_by_role("region", name="Wie du das ändern kannst")).to_contain_text("Den Absender blockieren")
    dialog.get_by_text("Alle Prüfungen dieser Nachricht").click()
    expect(dialog.get_by_role("img", name="Bestanden").first).to_be_visible()
    check_accessible(page)
    picture(page, out_folder, "messenger-why")
    dialog.get_by_role("button", name="Stoppen: Angebote und Neuigkeiten").click()
    expect(page.get_by_text("Gestoppt: Angebote und Neuigkeiten von Nordwind")).to_be_visible()
    page.get_by_role("link", name="Chat-Details").click()
    switch = page.get_by_role("switch", name="Angebote und Neuigkeiten")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(page.get_by_role("dialog")).to_contain_text("Gestoppt am")
    refused = httpx.post(
        f"{demo.url}/{demo.env['TAKT_API_VERSION']}/{demo.env['TAKT_SENDER_OUTREACH']}/messages",
        headers={"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}", "Takt-Verdict": "sync"},
        json={
            "messaging_product": "whatsapp",
            "to": demo.env["TAKT_USER_MARA"],
            "type": "template",
            "template": {
                "name": "autumn_offer",
                "language": {"code": "de"},
                "components": [
                    {"type": "body", "parameters": [{"type": "text", "text": "Mara"}, {"type": "text", "text": "X"}]}
                ],
            },
        },
    )
    assert refused.json()["error"]["code"] == 131050
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")


def ask_why(page: Page, line: Locator) -> None:
    line.get_by_role("button", name="Optionen zur Nachricht").click()
    page.get_by_role("menuitem", name="Warum sehe ich das?").click()


def test_a_quick_reply_answers_once(demo: Demo, open_browser: OpenBrowser) -> None:
    demo.write("MARA", "Was gibt es Neues?", "TAKT_SENDER_OUTREACH")
    demo.template("TAKT_USER_MARA", "autumn_offer", "de", "Mara", "HERBST21")
    page = sign_in(open_browser(PHONE), "Mara")
    open_chat(page, demo, "TAKT_SENDER_OUTREACH")
    button = messages(page).filter(has_text="HERBST21").get_by_role("button", name="Kein Interesse")
    button.click()
    expect(button).to_be_disabled()
    answer = messages(page).last
    expect(answer).to_contain_text("Kein Interesse")
    expect(answer.get_by_role("img", name=SENT, exact=True)).to_be_visible()
    last = demo.device("MARA", "GET", f"threads/{demo.env['TAKT_SENDER_OUTREACH']}/messages")["messages"][-1]
    assert (last["type"], last["mine"]) == ("button", True)
    assert last["context"] is not None


def test_blocked_and_reported_companies_stay_silent_until_unblocked(
    demo: Demo, open_browser: OpenBrowser, out_folder: Path
) -> None:
    demo.write("JONAS", "Bitte nicht so oft", "TAKT_SENDER_OUTREACH")
    page = sign_in(open_browser(PHONE), "Jonas")
    open_chat(page, demo, "TAKT_SENDER_OUTREACH")
    page.get_by_role("link", name="Chat-Details").click()
    page.get_by_role("button", name="Nordwind melden").click()
    dialog = page.get_by_role("dialog", name="Nordwind melden")
    dialog.get_by_role("radio", name="Etwas anderes").check()
    dialog.get_by_role("checkbox", name="Nordwind auch blockieren").uncheck()
    dialog.get_by_role("button", name="Meldung senden").click()
    expect(page.get_by_text("Nordwind ist gemeldet.")).to_be_visible()
    page.get_by_role("button", name="Nordwind melden").click()
    expect(dialog.get_by_role("button", name="Meldung senden")).to_be_disabled()
    dialog.get_by_role("radio", name="Zu viele Nachrichten").check()
    dialog.get_by_role("textbox").fill("Jeden Tag eine")
    check_accessible(page)
    picture(page, out_folder, "messenger-report")
    dialog.get_by_role("button", name="Meldung senden").click()
    expect(page.get_by_text("Nordwind ist gemeldet und blockiert.")).to_be_visible()
    page.get_by_role("button", name="Schließen").click()
    expect(page.get_by_text("Du hast Nordwind blockiert.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Nachricht an")).to_have_count(0)
    page.goto("/settings")
    page.get_by_role("button", name="Blockierung von Nordwind aufheben").click()
    expect(page.get_by_text("Du hast niemanden blockiert.")).to_be_visible()
    page.get_by_role("button", name="Schließen").click()
    chat_row(page, "Nordwind").click()
    expect(page.get_by_role("textbox", name="Nachricht an")).to_be_visible()


def test_a_deleted_chat_is_gone_and_ends_the_right_to_write(demo: Demo, open_browser: OpenBrowser) -> None:
    demo.write("LEYLA", "Das war alles")
    context = open_browser(PHONE)
    page = sign_in(context, "Leyla")
    other = context.new_page()
    other.goto("/")
    open_chat(page, demo)
    page.get_by_role("link", name="Chat-Details").click()
    page.get_by_role("button", name="Chat löschen").click()
    dialog = page.get_by_role("dialog", name="Chat mit Nordwind Support löschen?")
    expect(dialog).to_contain_text("Nordwind Support darf dir erst wieder schreiben, wenn du zuerst schreibst.")
    dialog.get_by_role("button", name="Chat löschen").click()
    expect(page.get_by_text("Der Chat mit Nordwind Support ist gelöscht.")).to_be_visible()
    expect(chat_row(page, "Nordwind Support")).to_have_count(0)
    other.reload()
    expect(other.get_by_role("heading", name="Noch keine Chats")).to_be_visible()
    answer = httpx.post(
        f"{demo.url}/{demo.env['TAKT_API_VERSION']}/{demo.env['TAKT_SENDER_SUPPORT']}/messages",
        headers={"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}", "Takt-Verdict": "sync"},
        json={
            "messaging_product": "whatsapp",
            "to": demo.env["TAKT_USER_LEYLA"],
            "type": "text",
            "text": {"body": "?"},
        },
    )
    assert answer.json()["error"]["code"] == 131047
