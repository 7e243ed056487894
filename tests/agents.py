"""What the browser tests of the agents' inbox share: the words of both languages, people who write, and where to look."""

from itertools import count
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from tests.browsing import PATIENCE_S, Demo, sign_in

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
numbers = count()


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
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 200, answer.text


def row(page: Page, name: str, sender: str = "Nordwind Support") -> Locator:
    """The row of a chat in the list."""
    return page.get_by_role("link", name=name).filter(has_text=sender).first


def bubbles(page: Page) -> Locator:
    """The messages of the open chat, and the days between them."""
    return page.get_by_role("log").get_by_role("listitem")


def answer_field(page: Page, locale: str, name: str) -> Locator:
    """Where an answer is written."""
    return page.get_by_role("textbox", name=WORDS[locale]["answer"].format(name=name))
