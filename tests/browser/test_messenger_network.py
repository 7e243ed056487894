"""The messenger without a network, with a lost answer, in many tabs, over a restart: nothing lost, nothing doubled."""

import json

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.contents import png
from tests.browsing import (
    CACHED,
    DESKTOP,
    PHONE,
    SENT,
    Demo,
    OpenBrowser,
    Watch,
    answered_late,
    asks,
    chat_row,
    hand_over,
    held_back,
    messages,
    open_chat,
    sign_in,
    start_chat,
    tick,
    write,
)


def kept_for_later(page: Page) -> None:
    """Wait until the messenger can start without a server: that is stored in the background."""
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")


def test_a_message_is_pending_then_sent_delivered_and_read(demo: Demo, open_browser: OpenBrowser) -> None:
    context = open_browser(PHONE)
    page = sign_in(context, "Leyla")
    start_chat(page, "Nordwind Support")
    held = held_back(context, "**/device/v1/messages")
    with page.expect_request("**/device/v1/messages"):
        write(page, "Nordwind Support", "Hallo zusammen")
    tick(page, "Hallo zusammen", "Wartet auf das Senden")
    held[0].continue_()
    tick(page, "Hallo zusammen", SENT)
    inbox = demo.device("LEYLA", "GET", "inbox?after=0")["messages"]
    read = {"status": "read", "message_id": inbox[-1]["id"]}
    demo.send("TAKT_USER_LEYLA", read, "TAKT_SENDER_SUPPORT")
    tick(page, "Hallo zusammen", "Gelesen")


def test_signing_out_waits_for_what_was_asked_before(demo: Demo, open_browser: OpenBrowser) -> None:
    context = open_browser(PHONE)
    page = sign_in(context, "Leyla")
    page.goto("/settings")
    held = held_back(context, "**/device/v1/me", "PUT")
    with page.expect_request(lambda request: request.method == "PUT"):
        page.get_by_role("switch", name="Lesebestätigungen").click()
    left: list[Request] = []
    context.on("request", lambda request: left.append(request) if request.url.endswith("/sign-out") else None)
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_timeout(300)
    assert left == []
    with page.expect_response(lambda response: response.request.method == "PUT") as told:
        held[0].continue_()
    expect(page.get_by_role("heading", name="Wer bist du?")).to_be_visible()
    assert told.value.status == 200
    assert len(left) == 1
    assert page.evaluate("localStorage.length") == 0
    assert demo.device("LEYLA", "GET", "me")["read_receipts"] is False
    demo.device("LEYLA", "PUT", "me", read_receipts=True)


def test_bytes_on_their_way_do_not_keep_anybody_from_signing_out(demo: Demo, open_browser: OpenBrowser) -> None:
    context = open_browser(PHONE)
    page = sign_in(context, "Mara")
    open_chat(page, demo)
    held_back(page, "**/device/v1/media*")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Anhängen").click()
        page.get_by_role("menuitem", name="Foto oder Video").click()
    chooser.value.set_files({"name": "hafen.png", "mimeType": "image/png", "buffer": png()})
    with page.expect_request("**/device/v1/media*"):
        page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    page.get_by_role("link", name="Zurück zu den Chats").click()
    page.get_by_role("link", name="Einstellungen, angemeldet als Mara").click()
    left = held_back(page, "**/device/v1/sign-out")
    with page.expect_event("requestfailed", asks("/media", "POST")):
        page.get_by_role("button", name="Abmelden").click()
    while not left:
        page.wait_for_timeout(20)
    left[0].continue_()
    expect(page.get_by_role("heading", name="Wer bist du?")).to_be_visible()


def test_the_last_word_counts_whatever_comes_last(demo: Demo, open_browser: OpenBrowser) -> None:
    """A language chosen and chosen back at the door; then what was known of a company before it was allowed something."""
    context = open_browser(DESKTOP)
    page = context.new_page()
    page.goto("/")
    late = held_back(page, "**/text/messenger.en.json")
    with page.expect_request("**/text/messenger.en.json"):
        page.get_by_role("radio", name="English").click()
    with page.expect_response("**/text/messenger.de.json"):
        page.get_by_role("radio", name="Deutsch").click()
    with page.expect_response("**/text/messenger.en.json"):
        late[0].continue_()
    page.get_by_role("button", name="Mara").click()
    expect(page.get_by_role("button", name="Mara")).to_have_count(0)
    page.reload()  # the cookie says in which language the page begins
    expect(page.get_by_role("heading", name="Chats", exact=True)).to_be_visible()
    assert page.evaluate("document.cookie") == "takt_locale=de"

    sender = demo.env["TAKT_SENDER_OUTREACH"]
    page.goto(f"/c/{sender}")
    details = page.get_by_role("link", name="Chat-Details")
    expect(details).to_be_visible()
    old = answered_late(page, f"**/device/v1/senders/{sender}")
    details.click()
    switch = page.get_by_role("switch", name="Angebote und Neuigkeiten")
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()
    hand_over(page, old)
    expect(switch).not_to_be_checked()
    switch.click()
    expect(switch).to_be_checked()


def test_without_a_network_a_message_waits_and_goes_out_exactly_once(
    demo: Demo, open_browser: OpenBrowser, watch: Watch
) -> None:
    watch.allowed.append("ERR_INTERNET_DISCONNECTED")
    context = open_browser(PHONE, **CACHED)
    page = sign_in(context, "Jonas")
    start_chat(page, "Nordwind Support")
    write(page, "Nordwind Support", "Noch am Netz")
    tick(page, "Noch am Netz", SENT)
    kept_for_later(page)
    context.set_offline(True)
    expect(page.get_by_text("Du bist offline", exact=False)).to_be_visible()
    write(page, "Nordwind Support", "Aus dem Tunnel")
    tick(page, "Aus dem Tunnel", "Wartet auf das Senden")
    page.reload()
    expect(messages(page).filter(has_text="Noch am Netz")).to_be_visible()
    tick(page, "Aus dem Tunnel", "Wartet auf das Senden")
    second = context.new_page()
    second.goto(page.url)
    tick(second, "Aus dem Tunnel", "Wartet auf das Senden")
    context.set_offline(False)
    tick(page, "Aus dem Tunnel", SENT)
    tick(second, "Aus dem Tunnel", SENT)
    expect(page.get_by_text("Du bist offline", exact=False)).to_have_count(0)
    texts = [message["text"] for message in demo.device("JONAS", "GET", "inbox?after=0&limit=500")["messages"]]
    assert texts.count("Aus dem Tunnel") == 1


def test_a_lost_answer_does_not_double_the_message(demo: Demo, open_browser: OpenBrowser, watch: Watch) -> None:
    watch.allowed.append("ERR_FAILED|ERR_CONNECTION")
    context = open_browser(PHONE)
    page = sign_in(context, "Mara")
    open_chat(page, demo)
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())  # the server has it, the browser never hears of it
        route.abort("failed")

    context.route("**/device/v1/messages", lose_first)
    write(page, "Nordwind Support", "Kommt das an?")
    tick(page, "Kommt das an?", SENT)
    page.wait_for_timeout(2_500)
    expect(messages(page).filter(has_text="Kommt das an?")).to_have_count(1)
    texts = [message["text"] for message in demo.device("MARA", "GET", "inbox?after=0&limit=500")["messages"]]
    assert texts.count("Kommt das an?") == 1


def test_what_the_server_refuses_stays_with_its_reason(demo: Demo, open_browser: OpenBrowser, watch: Watch) -> None:
    watch.allowed.append("422|400")
    context = open_browser(PHONE)
    page = sign_in(context, "Mara")
    open_chat(page, demo)
    refusal = json.dumps({"error": {"code": "refused", "message": "Das geht gerade nicht."}})
    context.route("**/device/v1/messages", lambda route: route.fulfill(status=422, body=refusal))
    write(page, "Nordwind Support", "Abgelehnt")
    line = messages(page).filter(has_text="Abgelehnt")
    expect(line).to_contain_text("Das geht gerade nicht.")
    tick(page, "Abgelehnt", "Nicht gesendet")
    page.reload()
    expect(line).to_contain_text("Das geht gerade nicht.")
    context.unroute("**/device/v1/messages")
    line.get_by_role("button", name="Erneut versuchen").click()
    tick(page, "Abgelehnt", SENT)


def test_many_tabs_share_one_stream_and_one_truth(demo: Demo, open_browser: OpenBrowser, watch: Watch) -> None:
    demo.write("MARA", "Hallo von mir")
    context = open_browser(DESKTOP, **CACHED)
    streams: list[Request] = []
    context.on("request", lambda request: streams.append(request) if "/events" in request.url else None)
    first = sign_in(context, "Mara")
    expect(chat_row(first, "Nordwind Support")).to_be_visible()
    others = [context.new_page() for _ in range(7)]
    for page in others:
        page.goto("/")
        expect(chat_row(page, "Nordwind Support")).to_be_visible()
    assert len(streams) == 1
    demo.say("TAKT_USER_MARA", "An alle Fenster", "TAKT_SENDER_SUPPORT")
    for page in [first, *others]:
        expect(chat_row(page, "Nordwind Support")).to_contain_text("An alle Fenster")
        expect(chat_row(page, "Nordwind Support").get_by_label("1 ungelesene Nachricht")).to_be_visible()
    first.close()
    demo.say("TAKT_USER_MARA", "Nach dem Wechsel", "TAKT_SENDER_SUPPORT")
    for page in others:
        expect(chat_row(page, "Nordwind Support")).to_contain_text("Nach dem Wechsel")
    others[0].bring_to_front()
    chat_row(others[0], "Nordwind Support").click()
    for page in others[1:]:
        expect(chat_row(page, "Nordwind Support").get_by_label("ungelesene")).to_have_count(0)
    watch.allowed.append("401.*events")  # whoever takes the stream over from the page that signs out
    others[0].goto("/settings")
    others[0].get_by_role("button", name="Abmelden").click()
    for page in others:
        expect(page.get_by_role("heading", name="Wer bist du?")).to_be_visible()


def test_the_server_may_restart(demo: Demo, open_browser: OpenBrowser, watch: Watch) -> None:
    watch.allowed.append("Failed to load resource")
    demo.write("MARA", "Hallo von mir")
    context = open_browser(PHONE, **CACHED)
    page = sign_in(context, "Mara")
    open_chat(page, demo)
    kept_for_later(page)
    demo.kill()
    expect(page.get_by_text("Verbindung wird wiederhergestellt")).to_be_visible()
    write(page, "Nordwind Support", "Während des Neustarts")
    tick(page, "Während des Neustarts", "Wartet auf das Senden")
    reopened = context.new_page()
    reopened.goto("/")
    expect(chat_row(reopened, "Nordwind Support")).to_be_visible()
    demo.start()
    tick(page, "Während des Neustarts", SENT)
    demo.say("TAKT_USER_MARA", "Wieder da", "TAKT_SENDER_SUPPORT")
    expect(messages(page).filter(has_text="Wieder da")).to_be_visible()
    expect(chat_row(reopened, "Nordwind Support")).to_contain_text("Wieder da")
    expect(page.get_by_text("Verbindung wird wiederhergestellt")).to_have_count(0)
    texts = [message["text"] for message in demo.device("MARA", "GET", "inbox?after=0&limit=500")["messages"]]
    assert texts.count("Während des Neustarts") == 1
