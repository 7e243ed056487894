"""The agents' inbox when the network, the server or the number of tabs is not what one would wish."""

from pathlib import Path

from playwright.sync_api import expect

from tests.agents import answer_field, bubbles, desk, row, write
from tests.browsing import DESKTOP, Demo, OpenBrowser, Watch, check_accessible, picture


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
