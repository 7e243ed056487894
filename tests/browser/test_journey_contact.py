"""The journey of first contact and consent: Mara meets Nordwind, Ines answers, Jonas declines.

Both languages, phone in the dark and desk in the light. What happens in one browser is seen in the other without reload.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests import agents
from tests.browser.conftest import fresh_demo
from tests.browsing import (
    CACHED,
    DESKTOP,
    PHONE,
    Demo,
    OpenBrowser,
    chat_row,
    check_accessible,
    check_reflow,
    held_back,
    messages,
    picture,
    sign_in,
)

WORDS = {
    "de": {
        "ask": "Was darf Nordwind dir senden?", "service": "Weiter nur mit Service", "allowed": "Erlaubt am",
        "details": "Chat-Details", "close": "Schließen", "field": "Nachricht an Nordwind", "send": "Senden",
        "pending": "Wartet auf das Senden", "delivered": "Zugestellt", "back": "Zurück zu den Chats",
        "typing": "schreibt …", "unread": "1 ungelesene Nachricht", "settings": "Einstellungen, angemeldet als",
        "receipts": "Lesebestätigungen", "block": "Blockieren", "unblock": "Blockierung von Nordwind aufheben",
        "verified": "Verifizierte Firma", "offers": "Angebote und Neuigkeiten", "hello": "Hallo",
        "answer": "Guten Tag Mara, wie kann ich helfen?", "later": "Noch etwas?",
    },
    "en": {
        "ask": "What may Nordwind send you?", "service": "Continue with service only", "allowed": "Allowed on",
        "details": "Chat details", "close": "Close", "field": "Message to Nordwind", "send": "Send",
        "pending": "Waiting to be sent", "delivered": "Delivered", "back": "Back to the chats",
        "typing": "is typing …", "unread": "1 unread message", "settings": "Settings, signed in as",
        "receipts": "Read receipts", "block": "Block", "unblock": "Unblock Nordwind",
        "verified": "Verified company", "offers": "Offers and news", "hello": "Hello",
        "answer": "Good day Mara, how can I help?", "later": "Anything else?",
    },
}  # fmt: skip
WAYS = [("de", "phone", "dark"), ("en", "desktop", "light")]
DEVICES = {"phone": PHONE, "desktop": DESKTOP}


@pytest.fixture
def demo(seeded: Path, short_folder: Path) -> Iterator[Demo]:
    """A world of each journey's own: nobody has met anybody, and Mara has allowed nothing."""
    with fresh_demo(seeded, short_folder) as running:
        sender = running.env["TAKT_SENDER_OUTREACH"]
        running.device("MARA", "PUT", f"senders/{sender}/consent", purpose="marketing", granted=False)
        yield running


@dataclass(frozen=True, slots=True)
class Journey:
    """One way through it: the words, the address of the invite, and where its pictures go."""

    locale: str
    say: dict[str, str]
    desk: dict[str, str]
    invite: str
    chat: str
    name: str
    out_folder: Path

    def keep(self, page: Page, step: str) -> None:
        """The page as it is now keeps all rules; its picture stays."""
        check_accessible(page)
        check_reflow(page)
        picture(page, self.out_folder, f"contact-{self.name}-{step}")


@pytest.mark.parametrize(("locale", "size", "scheme"), WAYS)
def test_first_contact_and_consent(
    demo: Demo, open_browser: OpenBrowser, out_folder: Path, locale: str, size: str, scheme: Literal["light", "dark"]
) -> None:
    sender = demo.env["TAKT_SENDER_OUTREACH"]
    way = Journey(
        locale,
        WORDS[locale],
        agents.WORDS[locale],
        f"/s/{sender}",
        f"/c/{sender}",
        f"{locale}-{size}-{scheme}",
        out_folder,
    )
    ines = agents.desk(open_browser(agents.WIDE, locale=locale), locale)
    moving = open_browser(DEVICES[size], scheme, locale, reduced_motion="no-preference", **CACHED)
    mara = sign_in(moving, "Mara", way.invite, locale)
    the_invite_says_who_this_is_and_nothing_is_ticked(way, mara)
    with_service_only_the_chat_opens_and_knows_since_when(way, mara)
    a_message_is_there_at_once_and_delivered_when_the_inbox_has_it(way, mara)
    the_answer_comes_live_and_counts_while_she_looks_elsewhere(way, mara, ines)
    reading_is_seen_unless_she_does_not_want_that(way, mara, ines)
    jonas = sign_in(open_browser(DEVICES[size], scheme, locale, **CACHED), "Jonas", way.invite, locale)
    whoever_blocks_has_no_chat_and_an_entry_in_the_list(way, jonas, ines)


def the_invite_says_who_this_is_and_nothing_is_ticked(way: Journey, mara: Page) -> None:
    profile = mara.get_by_role("main")
    expect(mara.get_by_role("heading", name="Nordwind", level=1)).to_be_visible()
    expect(profile).to_contain_text(way.say["verified"])
    expect(profile).to_contain_text("Nordwind Handels GmbH, Am Sandtorkai 1, 20457 Hamburg")
    expect(mara.get_by_role("heading", name=way.say["ask"])).to_be_visible()
    expect(mara.get_by_role("checkbox", name=way.say["offers"])).not_to_be_checked()
    way.keep(mara, "1-invite")


def with_service_only_the_chat_opens_and_knows_since_when(way: Journey, mara: Page) -> None:
    mara.get_by_role("button", name=way.say["service"]).click()
    expect(mara.get_by_role("textbox", name=way.say["field"])).to_be_visible()
    mara.get_by_role("link", name=way.say["details"]).click()
    details = mara.get_by_role("dialog", name=way.say["details"])
    expect(details.get_by_role("switch", name="Service")).to_have_attribute("aria-checked", "true")
    expect(details.get_by_role("switch", name=way.say["offers"])).to_have_attribute("aria-checked", "false")
    expect(details.get_by_text(way.say["allowed"])).to_be_visible()
    way.keep(mara, "2-details")
    details.get_by_role("button", name=way.say["close"]).click()


def a_message_is_there_at_once_and_delivered_when_the_inbox_has_it(way: Journey, mara: Page) -> None:
    held = held_back(mara.context, "**/device/v1/messages")
    mara.get_by_role("textbox", name=way.say["field"]).fill(way.say["hello"])
    with mara.expect_request("**/device/v1/messages"):
        mara.get_by_role("button", name=way.say["send"], exact=True).click()
    hello = messages(mara).filter(has_text=way.say["hello"]).last
    expect(hello.get_by_role("img", name=way.say["pending"])).to_be_visible()
    held[0].continue_()
    expect(hello.get_by_role("img", name=way.say["delivered"])).to_be_visible()
    way.keep(mara, "3-hello")


def the_answer_comes_live_and_counts_while_she_looks_elsewhere(way: Journey, mara: Page, ines: Page) -> None:
    mara.get_by_role("textbox", name=way.say["field"]).press("Escape")
    row = agents.row(ines, "Mara", "Nordwind")
    expect(row).to_contain_text(way.say["hello"])
    row.click()
    expect(ines.get_by_role("timer")).to_contain_text("23")
    field = agents.answer_field(ines, way.locale, "Mara Brandt")
    field.press_sequentially(way.say["answer"])
    chat = chat_row(mara, "Nordwind")
    expect(chat).to_contain_text(way.say["typing"])
    field.press("Enter")
    expect(chat.get_by_label(way.say["unread"])).to_be_visible()
    expect(mara).to_have_title("(1) Chats · Takt")
    way.keep(mara, "4-unread")
    answered = agents.bubbles(ines).filter(has_text=way.say["answer"])
    expect(answered.get_by_role("img", name=way.desk["delivered"])).to_be_visible()


def reading_is_seen_unless_she_does_not_want_that(way: Journey, mara: Page, ines: Page) -> None:
    chat_row(mara, "Nordwind").click()
    expect(messages(mara).filter(has_text=way.say["answer"])).to_be_visible()
    answered = agents.bubbles(ines).filter(has_text=way.say["answer"])
    expect(answered.get_by_role("img", name=way.desk["read"])).to_be_visible()
    way.keep(mara, "5-read")
    mara.goto("/settings")
    switch = mara.get_by_role("switch", name=way.say["receipts"])
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    mara.goto(way.chat)
    field = agents.answer_field(ines, way.locale, "Mara Brandt")
    field.fill(way.say["later"])
    field.press("Enter")
    expect(messages(mara).filter(has_text=way.say["later"])).to_be_visible()
    later = agents.bubbles(ines).filter(has_text=way.say["later"])
    expect(later.get_by_role("img", name=way.desk["delivered"])).to_be_visible()
    mara.wait_for_timeout(1_500)  # a receipt would have come by now
    expect(later.get_by_role("img", name=way.desk["delivered"])).to_be_visible()
    way.keep(ines, "6-inbox")


def whoever_blocks_has_no_chat_and_an_entry_in_the_list(way: Journey, jonas: Page, ines: Page) -> None:
    jonas.get_by_role("button", name=way.say["block"], exact=True).click()
    expect(jonas.get_by_role("button", name=way.say["unblock"])).to_be_visible()
    way.keep(jonas, "7-blocked")
    jonas.goto("/settings")
    expect(jonas.get_by_role("dialog").get_by_role("button", name=way.say["unblock"])).to_be_visible()
    way.keep(jonas, "8-list")
    expect(agents.row(ines, "Jonas", "Nordwind")).to_have_count(0)
