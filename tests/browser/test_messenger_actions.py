"""What a person does with a message, and what they send beside words: each leads to exactly the right device request."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.contents import listed, png, serve_media
from tests.browsing import DESKTOP, PHONE, Demo, OpenBrowser, Watch, check_accessible, messages, picture, sign_in

SENDER = "TAKT_SENDER_OUTREACH"


@dataclass
class Chat:
    """Mara's chat with Nordwind, its messages and its sending taken over by the test; `sent` is what was posted."""

    context: BrowserContext
    page: Page
    sent: list[dict[str, Any]] = field(default_factory=list)
    brought: list[tuple[str, str, bytes]] = field(default_factory=list)
    reachable: bool = True

    def post(self, route: Route) -> None:
        if not self.reachable:
            route.abort()
            return
        self.sent.append(json.loads(route.request.post_data or ""))
        number = len(self.sent)
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        route.fulfill(json={"id": f"wamid.sent{number}", "cursor": 2_000_000 + number, "at": at})

    def bring(self, route: Route) -> None:
        if not self.reachable:
            route.abort()
            return
        request = route.request
        self.brought.append(
            (request.url.partition("?")[2], request.headers["content-type"], request.post_data_buffer or b"")
        )
        route.fulfill(json={"id": "901", "mime_type": "image/png", "sha256": "00", "size": 10})

    def last(self, count: int) -> dict[str, Any]:
        """The newest of `count` requests, without its client id and recipient."""
        for _ in range(100):
            if len(self.sent) >= count:
                break
            self.page.wait_for_timeout(50)
        assert len(self.sent) == count
        return {name: value for name, value in self.sent[-1].items() if name not in ("client_id", "to")}

    def line(self, name: str) -> Locator:
        return self.page.locator(f'li[data-id="wamid.{name}"]')


def open_chat(context: BrowserContext, demo: Demo, names: list[str]) -> Chat:
    sender = demo.env[SENDER]
    chat = Chat(context, context.new_page())
    chat.page.close()
    serve_media(context)
    found = listed(sender, of_person=True, names=names)
    context.route(f"**/device/v1/threads/{sender}/messages*", lambda route: route.fulfill(json={"messages": found}))
    context.route("**/device/v1/messages", chat.post)
    context.route("**/device/v1/media?*", chat.bring)
    context.route("**/device/v1/typing", lambda route: route.fulfill(status=204))
    chat.page = sign_in(context, "Mara", locale="de")
    chat.page.goto(f"/c/{sender}")
    expect(chat.page.get_by_role("log")).to_be_visible()
    return chat


@pytest.fixture
def opened(open_browser: OpenBrowser, demo: Demo, watch: Watch) -> Any:
    watch.allowed.append("Service Worker registration blocked")
    demo.write("MARA", "Moin", SENDER)

    def opener(*names: str, device: dict[str, Any] = DESKTOP, **more: Any) -> Chat:
        return open_chat(open_browser(device, service_workers="block", **more), demo, list(names))

    return opener


def test_replies_lists_places_and_addresses_are_answered(opened: Any, out_folder: Path) -> None:
    here = {"latitude": 53.55, "longitude": 9.99}
    names = ["reply", "list", "location_request", "address"]
    chat = opened(*names, permissions=["geolocation"], geolocation=here)
    page = chat.page
    yes = chat.line("reply").get_by_role("button", name="Ja")
    yes.click()
    assert chat.last(1) == {
        "type": "interactive", "interactive": {"type": "button_reply", "id": "yes", "title": "Ja"}, "context": "wamid.reply",
    }  # fmt: skip
    expect(yes).to_be_disabled()
    expect(yes).to_have_accessible_name("Ja (gewählt)")
    expect(chat.line("reply").get_by_role("button", name="Nein")).to_be_enabled()
    expect(messages(page).last).to_contain_text("Ja")

    chat.line("list").get_by_role("button", name="Auswahl ansehen").press("Enter")
    sheet = page.get_by_role("dialog", name="Auswahl ansehen")
    expect(sheet.get_by_role("button", name="Senden")).to_be_disabled()
    sheet.get_by_role("radio", name="Kuppelzelt").check()
    check_accessible(page)
    picture(page, out_folder, "messenger-list")
    sheet.get_by_role("button", name="Senden").click()
    reply = {"type": "list_reply", "id": "z1", "title": "Kuppelzelt", "description": "Für zwei"}
    assert chat.last(2) == {"type": "interactive", "interactive": reply, "context": "wamid.list"}
    expect(chat.line("list").get_by_role("button", name="Auswahl ansehen")).to_be_focused()

    chat.line("location_request").get_by_role("button", name="Standort senden").click()
    page.get_by_role("button", name="Meinen jetzigen Standort nehmen").click()
    expect(page.get_by_label("Koordinaten")).to_have_value("53.55, 9.99")
    page.get_by_label("Name des Ortes").fill("Zuhause")
    check_accessible(page)
    picture(page, out_folder, "messenger-location")
    page.get_by_role("dialog").get_by_role("button", name="Standort senden").click()
    place = {"latitude": 53.55, "longitude": 9.99, "name": "Zuhause"}
    assert chat.last(3) == {"type": "location", "location": place, "context": "wamid.location_request"}

    chat.line("address").get_by_role("button", name="Adresse angeben").click()
    expect(page.get_by_label("Name", exact=True)).to_have_accessible_description("Bitte mit Vornamen.")
    page.get_by_label("Name", exact=True).fill("Mara Kai Brandt")
    page.get_by_label("Straße und Hausnummer").fill("Kai 1")
    page.get_by_label("Postleitzahl").fill("20457")
    page.get_by_role("button", name="Adresse senden").click()
    expect(page.get_by_label("Ort", exact=True)).to_be_focused()
    page.get_by_label("Ort", exact=True).fill("Hamburg")
    check_accessible(page)
    picture(page, out_folder, "messenger-address")
    page.get_by_role("button", name="Adresse senden").click()
    values = {"name": "Mara Kai Brandt", "address": "Kai 1", "postal_code": "20457", "city": "Hamburg"}
    response = {"type": "nfm_reply", "name": "address_message", "response": {"values": values}}
    assert chat.last(4) == {"type": "interactive", "interactive": response, "context": "wamid.address"}


def test_numbers_orders_options_codes_and_forms(opened: Any, out_folder: Path) -> None:
    names = ["contact_info", "products", "many", "code", "flow"]
    chat = opened(*names, permissions=["clipboard-read", "clipboard-write"])
    page = chat.page
    chat.line("contact_info").get_by_role("button", name="Nummer teilen").click()
    page.get_by_role("button", name="Meine Nummer teilen").click()
    shared = chat.last(1)
    assert (shared["type"], shared["context"]) == ("contacts", "wamid.contact_info")
    assert shared["contacts"][0]["name"]["formatted_name"].startswith("Mara")
    assert re.fullmatch(r"\+\d+", shared["contacts"][0]["phones"][0]["phone"])

    chat.line("products").get_by_role("button", name="Produkte ansehen").click()
    more = page.get_by_role("group", name="Menge von NW-1001").get_by_role("button", name="Eins mehr")
    more.click()
    more.click()
    check_accessible(page)
    picture(page, out_folder, "messenger-products")
    page.get_by_role("button", name="Bestellung senden").click()
    order = {"catalog_id": "77", "product_items": [{"product_retailer_id": "NW-1001", "quantity": 2}]}
    assert chat.last(2) == {"type": "order", "order": order, "context": "wamid.products"}

    chat.line("many").get_by_role("button", name="Alle Möglichkeiten ansehen").click()
    page.get_by_role("dialog").get_by_role("button", name="Vier").click()
    assert chat.last(3) == {"type": "button", "button": {"payload": "P-Vier", "text": "Vier"}, "context": "wamid.many"}

    chat.line("code").get_by_role("button", name="Code kopieren").click()
    expect(chat.line("code").get_by_role("status")).to_have_text("Der Code 482910 ist kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == "482910"

    stub = "export const openFlow = (asked) => { window.asked = asked; };"
    chat.context.route("**/flow.js", lambda route: route.fulfill(content_type="text/javascript", body=stub))
    chat.line("flow").get_by_role("button", name="Anmelden").click()
    page.wait_for_function("window.asked")
    assert page.evaluate("[window.asked.button.flow_id, window.asked.message.id]") == ["1", "wamid.flow"]


def drop(page: Page, selector: str, kind: str) -> None:
    """Paste into or drop onto an element one PNG file."""
    page.evaluate(
        """([selector, kind, bytes]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], 'hafen.png', {type: 'image/png'}));
          const place = document.querySelector(selector);
          const how = {bubbles: true, cancelable: true};
          if (kind === 'paste') place.dispatchEvent(new ClipboardEvent('paste', {...how, clipboardData: transfer}));
          else for (const name of ['dragenter', 'drop']) place.dispatchEvent(new DragEvent(name, {...how, dataTransfer: transfer}));
        }""",
        [selector, kind, list(png())],
    )


def test_files_go_with_words_and_survive_a_lost_connection(opened: Any, watch: Watch, out_folder: Path) -> None:
    watch.allowed += ["ERR_FAILED", "net::"]
    chat = opened("text", device=PHONE)
    page = chat.page
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Anhängen").click()
        page.get_by_role("menuitem", name="Foto oder Video").click()
    chooser.value.set_files({"name": "hafen.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_label("Worte dazu").fill("Schau mal")
    check_accessible(page)
    picture(page, out_folder, "messenger-photo")
    chat.reachable = False
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    waiting = messages(page).filter(has_text="Schau mal")
    expect(waiting.get_by_role("img", name="Wartet auf das Senden")).to_be_visible()
    page.reload()
    shown = waiting.get_by_role("img", name="Schau mal")
    expect(shown).to_have_attribute("src", re.compile("^blob:"))
    chat.reachable = True
    page.evaluate("dispatchEvent(new Event('online'))")
    assert chat.last(1) == {"type": "image", "image": {"caption": "Schau mal", "id": "901"}}
    assert chat.brought == [("filename=hafen.png", "image/png", png())]
    expect(waiting.get_by_role("img", name="Gesendet")).to_be_visible()

    drop(page, ".composer textarea", "paste")
    expect(page.get_by_role("dialog").get_by_role("img", name="hafen.png")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    assert chat.last(2) == {"type": "image", "image": {"id": "901"}}
    drop(page, ".log", "drop")
    page.get_by_role("button", name="hafen.png weglassen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Anhängen").click()
        page.get_by_role("menuitem", name="Dokument").click()
    chooser.value.set_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"})
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    assert chat.last(3) == {"type": "document", "document": {"id": "901"}}
    expect(messages(page).last.get_by_role("link", name="plan.pdf herunterladen")).to_be_visible()

    page.get_by_role("button", name="Anhängen").click()
    page.get_by_role("menuitem", name="Kontakt").click()
    page.get_by_label("Name", exact=True).fill("Jonas Weber")
    page.get_by_label("Telefonnummer").fill("+49 170 1")
    check_accessible(page)
    page.get_by_role("button", name="Senden").last.click()
    card = {"name": {"formatted_name": "Jonas Weber", "first_name": "Jonas", "last_name": "Weber"}}
    card["phones"] = [{"phone": "+49 170 1", "type": "CELL"}]  # type: ignore[assignment]
    assert chat.last(4) == {"type": "contacts", "contacts": [card]}


def test_reactions_come_by_pointer_and_by_keyboard_and_go_again(opened: Any, out_folder: Path) -> None:
    chat = opened("text")
    page = chat.page
    line = chat.line("text")
    line.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Mit 👍 reagieren")).to_be_focused()
    picture(page, out_folder, "messenger-reactions")
    check_accessible(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert chat.last(1) == {"type": "reaction", "reaction": {"message_id": "wamid.text", "emoji": "❤️"}}
    mark = line.get_by_role("button", name="Du reagierte mit ❤️")
    expect(mark).to_be_visible()
    expect(page.locator("li.message")).to_have_count(1)
    mark.click()
    page.get_by_role("menuitem", name="❤️ zurücknehmen").click()
    assert chat.last(2) == {"type": "reaction", "reaction": {"message_id": "wamid.text", "emoji": ""}}
    expect(mark).to_have_count(0)
    line.hover()
    line.get_by_role("button", name="Optionen zur Nachricht").click()
    page.get_by_role("menuitem", name="Weitere Reaktionen").click()
    check_accessible(page)
    page.get_by_label("Ein anderes").fill("🦊🦊")
    page.get_by_role("button", name="Reagieren").click()
    expect(page.get_by_text("Bitte genau ein Emoji.")).to_be_visible()
    page.get_by_label("Ein anderes").fill("🦊")
    page.get_by_role("button", name="Reagieren").click()
    assert chat.last(3) == {"type": "reaction", "reaction": {"message_id": "wamid.text", "emoji": "🦊"}}


def test_a_company_suggests_how_to_begin_and_what_it_understands(opened: Any, demo: Demo, out_folder: Path) -> None:
    chat = opened("nothing")
    page = chat.page
    automation = {
        "prompts": ["Wo ist mein Paket?", "Öffnungszeiten"],
        "commands": [
            {"name": "paket", "description": "Sendung verfolgen"},
            {"name": "hilfe", "description": "Ein Mensch"},
        ],
    }
    profile = {
        "description": "Wetterfest seit 1998.",
        "email": "hallo@nordwind.example",
        "websites": ["https://nordwind.example"],
    }

    def enrich(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        for thread in told["threads"]:
            thread["sender"] |= {"automation": automation, "profile": profile}
        route.fulfill(response=answer, json=told)

    chat.context.route("**/device/v1/threads", enrich)
    page.reload()
    page.get_by_role("button", name="Wo ist mein Paket?").wait_for()
    check_accessible(page)
    picture(page, out_folder, "messenger-prompts")
    field = page.get_by_role("textbox", name="Nachricht an Nordwind")
    field.press_sequentially("/")
    expect(page.get_by_role("list", name="Befehle").get_by_role("button")).to_have_count(2)
    field.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    picture(page, out_folder, "messenger-commands")
    check_accessible(page)
    page.keyboard.press("Enter")
    expect(field).to_have_value("/paket ")
    expect(field).to_be_focused()
    field.fill("")
    page.get_by_role("button", name="Wo ist mein Paket?").click()
    assert chat.last(1) == {"type": "text", "text": {"body": "Wo ist mein Paket?"}}


def test_a_voice_note_is_opus_in_ogg(chromium: Browser, demo: Demo, out_folder: Path) -> None:
    args = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with chromium.browser_type.launch(executable_path=CHROMIUM, args=args) as speaking:
        context = speaking.new_context(
            viewport={"width": 1280, "height": 800},
            base_url=demo.url,
            locale="de-DE",
            service_workers="block",
            permissions=["microphone"],
        )
        chat = open_chat(context, demo, ["text"])
        page = chat.page
        page.get_by_role("button", name="Sprachnachricht aufnehmen").click()
        expect(page.get_by_role("timer")).to_have_text("0:02")
        check_accessible(page)
        picture(page, out_folder, "messenger-recording")
        page.get_by_role("button", name="Senden").click()
        assert chat.last(1) == {"type": "audio", "audio": {"voice": True, "id": "901"}}
        [(query, kind, sound)] = chat.brought
        assert (query, kind, sound[:4], sound[28:36]) == ("filename=voice.ogg", "audio/ogg", b"OggS", b"OpusHead")
        seconds = page.evaluate(
            """async (bytes) => (await new AudioContext().decodeAudioData(new Uint8Array(bytes).buffer)).duration""",
            list(sound),
        )
        assert 1.5 < seconds < 9
