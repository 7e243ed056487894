"""The agents' inbox when the network, the server or the number of tabs is not what one would wish."""

from pathlib import Path

from playwright.sync_api import expect

from tests.agents import answer_field, bubbles, desk, row, write
from tests.browser.contents import png
from tests.browsing import (
    DESKTOP,
    Demo,
    OpenBrowser,
    Watch,
    answered_late,
    asks,
    check_accessible,
    hand_over,
    held_back,
    picture,
)


def test_an_interrupted_connection_is_said_and_nothing_is_lost_or_doubled(
    open_browser: OpenBrowser, demo: Demo, watch: Watch, out_folder: Path
) -> None:
    watch.allowed += ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "503", "ERR_"]
    write(demo, "JONAS", "Are you there?")
    context = open_browser(DESKTOP, locale="en")
    page = desk(context, "en")
    row(page, "Jonas").click()
    field = answer_field(page, "en", "Jonas Weber")
    expect(bubbles(page).last).to_contain_text("Are you there?")  # what was not fetched yet could not be shown
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


def test_what_one_person_asked_for_is_no_answer_to_the_next(
    open_browser: OpenBrowser, demo: Demo, watch: Watch
) -> None:
    """A list and a file are on their way while somebody signs out: the file is let go, the list comes when Tom is here."""
    watch.allowed.append("401.*/threads")
    write(demo, "JONAS", "Are you there?")
    context = open_browser(DESKTOP, locale="en")
    page = desk(context, "en")
    row(page, "Jonas").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach a file").click()
    chooser.value.set_files({"name": "harbour.png", "mimeType": "image/png", "buffer": png()})
    held_back(page, "**/inbox/api/media?*")
    with page.expect_request("**/inbox/api/media?*"):
        page.get_by_role("dialog").get_by_role("button", name="Send").click()
    late = held_back(page, "**/inbox/api/threads?*", times=1)
    with page.expect_request("**/inbox/api/threads?*"):
        page.get_by_role("searchbox", name="Search").fill("Jonas")
    page.get_by_role("button", name="Settings").click()
    with page.expect_event("requestfailed", lambda request: "/media" in request.url):
        page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Tom").click()
    expect(row(page, "Jonas")).to_be_visible()
    with page.expect_response(lambda answer: answer.status == 401):
        late[0].fulfill(status=401, json={"error": {"code": "unauthorized", "message": ""}})
    expect(row(page, "Jonas")).to_be_visible()
    page.reload()  # nobody was sent to the door
    expect(row(page, "Jonas")).to_be_visible()


def test_the_costs_of_a_month_that_was_left_do_not_come_back(open_browser: OpenBrowser) -> None:
    page = desk(open_browser(DESKTOP, locale="en"), "en", "Frida")
    shown = page.locator(".cost-figures")
    expect(shown).to_be_visible()
    now = str(shown.text_content())
    late = answered_late(page, "**/inbox/api/costs?*")
    with page.expect_request(asks("/inbox/api/costs")):
        page.get_by_role("button", name="The month before").click()
    page.get_by_role("button", name="The month after").click()
    expect(shown).to_have_text(now)
    hand_over(page, late)
    expect(shown).to_have_text(now)


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
