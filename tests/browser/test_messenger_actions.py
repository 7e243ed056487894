"""What a person does with a message, and what they send beside words: the server takes each, and keeps what was meant."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from takt.core.sniffing import sniff
from tests.browser.conftest import CHROMIUM
from tests.browser.contents import png
from tests.browser.sends import SENDS, approved, upload
from tests.browsing import (
    DESKTOP,
    PHONE,
    SENT,
    Demo,
    OpenBrowser,
    Watch,
    check_accessible,
    messages,
    picture,
    sign_in,
)

SENDER = "TAKT_SENDER_OUTREACH"
FILES = Path(__file__).parents[2] / "takt/demo/files"


@dataclass
class Chat:
    """Mara's chat with Nordwind; `ids` are the messages it has been sent, by their names in `SENDS`."""

    demo: Demo
    context: BrowserContext
    page: Page
    ids: dict[str, str] = field(default_factory=dict)

    def send(self, name: str, content: dict[str, Any] | None = None) -> None:
        """Let Nordwind send."""
        self.ids[name] = self.demo.send("TAKT_USER_MARA", content or SENDS[name], SENDER)

    def newest(self) -> dict[str, Any]:
        """Mara's newest message as the server has it."""
        found = self.demo.device("MARA", "GET", f"threads/{self.demo.env[SENDER]}/messages?limit=20")["messages"]
        return max((one for one in found if one["mine"]), key=lambda one: one["cursor"])

    def answered(self, name: str, kind: str, content: dict[str, Any]) -> None:
        """Mara's newest message is soon this answer to the message of that name; no name is no answer."""
        wanted = (kind, content, self.ids.get(name) if name else None)
        said: tuple[str, dict[str, Any], str | None] | None = None
        for _ in range(600):
            one = self.newest()
            shown = {key: value for key, value in one["content"].items() if key not in ("media", "origin")}
            said = (one["type"], shown, one["context"])
            if said == wanted:
                break
            self.page.wait_for_timeout(50)
        assert said == wanted

    def medium(self) -> httpx.Response:
        """The bytes of Mara's newest message."""
        token = self.demo.env["TAKT_DEVICE_MARA"]
        url = f"{self.demo.url}/device/v1/media/{self.newest()['content']['media']['id']}"
        return httpx.get(url, headers={"Authorization": f"Bearer {token}"})

    def line(self, name: str) -> Locator:
        return self.page.locator(f'li[data-id="{self.ids[name]}"]')


def open_chat(context: BrowserContext, demo: Demo, names: list[str]) -> Chat:
    chat = Chat(demo, context, sign_in(context, "Mara", locale="de"))
    for name in names:
        chat.send(name)
    chat.page.goto(f"/c/{demo.env[SENDER]}")
    expect(chat.page.get_by_role("log")).to_be_visible()
    return chat


@pytest.fixture
def opened(open_browser: OpenBrowser, demo: Demo) -> Any:
    demo.write("MARA", "Moin", SENDER)

    def opener(*names: str, device: dict[str, Any] = DESKTOP, **more: Any) -> Chat:
        return open_chat(open_browser(device, **more), demo, list(names))

    return opener


def test_replies_lists_places_and_addresses_are_answered(opened: Any, out_folder: Path) -> None:
    here = {"latitude": 53.55, "longitude": 9.99}
    names = ["reply", "list", "location_request", "address"]
    chat = opened(*names, permissions=["geolocation"], geolocation=here)
    page = chat.page
    yes = chat.line("reply").get_by_role("button", name="Ja")
    yes.click()
    chat.answered("reply", "interactive", {"kind": "button_reply", "id": "yes", "title": "Ja"})
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
    picked = {"kind": "list_reply", "id": "z1", "title": "Kuppelzelt", "description": "Für zwei"}
    chat.answered("list", "interactive", picked)
    expect(chat.line("list").get_by_role("button", name="Auswahl ansehen")).to_be_focused()

    chat.line("location_request").get_by_role("button", name="Standort senden").click()
    page.get_by_role("button", name="Meinen jetzigen Standort nehmen").click()
    expect(page.get_by_label("Koordinaten")).to_have_value("53.55, 9.99")
    page.get_by_label("Name des Ortes").fill("Zuhause")
    check_accessible(page)
    picture(page, out_folder, "messenger-location")
    page.get_by_role("dialog").get_by_role("button", name="Standort senden").click()
    chat.answered("location_request", "location", {"latitude": 53.55, "longitude": 9.99, "name": "Zuhause"})

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
    form = {"kind": "nfm_reply", "name": "address_message", "body": "Sent", "response": {"values": values}}
    chat.answered("address", "interactive", form)


def test_numbers_calls_orders_options_and_codes(opened: Any, demo: Demo, out_folder: Path) -> None:
    offered = [{"type": "QUICK_REPLY", "text": word} for word in ("Eins", "Zwei", "Drei")]
    buttons = {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "HERBST20"}, *offered]}
    approved(demo, "autumn_choice", {"type": "BODY", "text": "Wählen Sie etwas aus."}, buttons)
    names = ["contact_info", "call", "product", "products"]
    chat = opened(*names, permissions=["clipboard-read", "clipboard-write"])
    page = chat.page
    coupon = {"type": "coupon_code", "coupon_code": "HERBST20"}
    code = {"type": "button", "sub_type": "copy_code", "index": 0, "parameters": [coupon]}
    many = {"name": "autumn_choice", "language": {"code": "de"}, "components": [code]}
    chat.send("many", {"type": "template", "template": many})

    chat.line("contact_info").get_by_role("button", name="Meine Nummer teilen").click()
    page.get_by_role("dialog").get_by_role("button", name="Meine Nummer teilen").click()
    name = {"formatted_name": "Mara Brandt", "first_name": "Mara", "last_name": "Brandt"}
    card = {"name": name, "phones": [{"phone": "+491713920001", "type": "CELL"}]}
    chat.answered("contact_info", "contacts", {"contacts": [card]})
    assert chat.newest()["content"]["origin"] == "contact_request"

    chat.line("call").get_by_role("button", name="Anrufe erlauben").click()
    chat.answered("call", "interactive", {"kind": "call_permission_reply", "accepted": True})
    expect(messages(page).filter(has_text="Anrufe erlaubt")).to_be_visible()
    chat.line("call").get_by_role("button", name="Nicht erlauben").click()
    chat.answered("call", "interactive", {"kind": "call_permission_reply", "accepted": False})

    chat.line("product").get_by_role("button", name="Produkt ansehen").click()
    expect(page.get_by_role("group", name="Menge von NW-1001")).to_be_visible()
    page.keyboard.press("Escape")
    chat.line("products").get_by_role("button", name="Produkte ansehen").click()
    more = page.get_by_role("group", name="Menge von NW-1001").get_by_role("button", name="Eins mehr")
    more.click()
    more.click()
    check_accessible(page)
    picture(page, out_folder, "messenger-products")
    page.get_by_role("button", name="Bestellung senden").click()
    line = {"product_retailer_id": "NW-1001", "quantity": 2, "item_price": 0, "currency": ""}
    chat.answered("products", "order", {"catalog_id": "77", "text": "", "product_items": [line]})

    chat.line("many").get_by_role("button", name="Code kopieren").click()
    expect(chat.line("many").get_by_role("status")).to_have_text("Der Code HERBST20 ist kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == "HERBST20"
    chat.line("many").get_by_role("button", name="Alle Möglichkeiten ansehen").click()
    page.get_by_role("dialog").get_by_role("button", name="Drei").click()
    chat.answered("many", "button", {"payload": "Drei", "text": "Drei"})


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
    chat.context.route("**/device/v1/media?*", lambda route: route.abort())
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    waiting = messages(page).filter(has_text="Schau mal")
    expect(waiting.get_by_role("img", name="Wartet auf das Senden")).to_be_visible()
    page.reload()
    shown = waiting.get_by_role("img", name="Schau mal")
    expect(shown).to_have_attribute("src", re.compile("^blob:"))
    chat.context.unroute("**/device/v1/media?*")
    page.evaluate("dispatchEvent(new Event('online'))")
    chat.answered("", "image", {"caption": "Schau mal"})
    assert chat.medium().content == png()
    expect(waiting.get_by_role("img", name=SENT)).to_be_visible()

    drop(page, ".composer textarea", "paste")
    expect(page.get_by_role("dialog").get_by_role("img", name="hafen.png")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    chat.answered("", "image", {})
    drop(page, ".log", "drop")
    page.get_by_role("button", name="hafen.png weglassen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Anhängen").click()
        page.get_by_role("menuitem", name="Dokument").click()
    chooser.value.set_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"})
    page.get_by_role("dialog").get_by_role("button", name="Senden").click()
    chat.answered("", "document", {"filename": "plan.pdf"})
    expect(messages(page).last.get_by_role("link", name="plan.pdf herunterladen")).to_be_visible()

    page.get_by_role("button", name="Anhängen").click()
    page.get_by_role("menuitem", name="Kontakt").click()
    page.get_by_label("Name", exact=True).fill("Jonas Weber")
    page.get_by_label("Telefonnummer").fill("+49 170 1")
    check_accessible(page)
    page.get_by_role("button", name="Senden").last.click()
    name = {"formatted_name": "Jonas Weber", "first_name": "Jonas", "last_name": "Weber"}
    card = {"name": name, "phones": [{"phone": "+49 170 1", "type": "CELL"}]}
    chat.answered("", "contacts", {"contacts": [card]})
    assert chat.newest()["content"]["origin"] == "other"


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
    chat.answered("", "reaction", {"message_id": chat.ids["text"], "emoji": "❤️"})
    mark = line.get_by_role("button", name="Du reagierte mit ❤️")
    expect(mark).to_be_visible()
    expect(page.locator("li.message").last).to_have_attribute("data-id", chat.ids["text"])
    mark.click()
    page.get_by_role("menuitem", name="❤️ zurücknehmen").click()
    chat.answered("", "reaction", {"message_id": chat.ids["text"], "emoji": ""})
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
    chat.answered("", "reaction", {"message_id": chat.ids["text"], "emoji": "🦊"})


def test_a_company_suggests_how_to_begin_and_what_it_understands(
    open_browser: OpenBrowser, demo: Demo, out_folder: Path
) -> None:
    page = sign_in(open_browser(DESKTOP), "Jonas", locale="de")
    support = demo.env["TAKT_SENDER_SUPPORT"]
    page.goto(f"/c/{support}?text=Gr%C3%B6%C3%9Fe%20%26%20Farbe")
    field = page.get_by_role("textbox", name="Nachricht an Nordwind Support")
    expect(field).to_have_value("Größe & Farbe")
    expect(page).to_have_url(f"{demo.url}/c/{support}")
    field.fill("")
    prompt = page.get_by_role("button", name="Wo ist mein Paket?")
    expect(prompt).to_be_visible()
    face = page.locator(".bar .avatar img")
    expect(face).to_be_visible()
    assert face.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320
    check_accessible(page)
    picture(page, out_folder, "messenger-prompts")
    field.press_sequentially("/")
    expect(page.get_by_role("list", name="Befehle").get_by_role("button")).to_have_count(3)
    field.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    picture(page, out_folder, "messenger-commands")
    check_accessible(page)
    page.keyboard.press("Enter")
    expect(field).to_have_value("/termin ")
    expect(field).to_be_focused()
    field.fill("")
    prompt.click()
    expect(messages(page).filter(has_text="Wo ist mein Paket?").get_by_role("img", name=SENT)).to_be_visible()
    page.get_by_role("link", name="Chat-Details").click()
    expect(page.get_by_text("Wetterfest seit 1998.")).to_be_visible()
    expect(page.get_by_role("link", name="service@nordwind.example")).to_be_visible()


def test_voice_notes_are_opus_in_ogg_and_tell_when_they_were_played(
    chromium: Browser, demo: Demo, out_folder: Path
) -> None:
    args = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with chromium.browser_type.launch(executable_path=CHROMIUM, args=args) as speaking:
        context = speaking.new_context(
            viewport={"width": 1280, "height": 800},
            base_url=demo.url,
            locale="de-DE",
            service_workers="block",
            permissions=["microphone"],
        )
        demo.write("MARA", "Moin", SENDER)
        chat = open_chat(context, demo, ["text"])
        page = chat.page
        page.get_by_role("button", name="Sprachnachricht aufnehmen").click()
        expect(page.get_by_role("timer")).to_have_text(re.compile("^0:(0[2-9]|[1-5][0-9])$"))
        check_accessible(page)
        picture(page, out_folder, "messenger-recording")
        page.get_by_role("button", name="Senden", exact=True).click()
        chat.answered("", "audio", {"voice": True})
        sound = chat.medium().content
        found = sniff(sound)
        assert found is not None
        assert (found.mime_type, found.channels) == ("audio/ogg; codecs=opus", 1)
        seconds = page.evaluate(
            """async (bytes) => (await new AudioContext().decodeAudioData(new Uint8Array(bytes).buffer)).duration""",
            list(sound),
        )
        assert 1.5 < seconds < 59

        greeting = upload(demo, "gruss.ogg", (FILES / "greeting.ogg").read_bytes(), "audio/ogg")
        chat.send("voice", {"type": "audio", "audio": {"id": greeting, "voice": True}})
        with page.expect_request("**/played") as told:
            chat.line("voice").get_by_role("button", name="Abspielen").click()
        assert told.value.url.endswith(f"/messages/{chat.ids['voice']}/played")
        answer = told.value.response()
        assert answer is not None
        assert answer.status == 204


def test_an_advertisement_is_judged_its_chat_muted_and_a_block_explained(
    opened: Any, demo: Demo, out_folder: Path
) -> None:
    approved(demo, "autumn_news", {"type": "BODY", "text": "Neu im Herbst: Mützen."})
    chat = opened("text")
    page = chat.page
    chat.send("news", {"type": "template", "template": {"name": "autumn_news", "language": {"code": "de"}}})
    line = chat.line("news")
    for entry, words in (("Kein Interesse", "nicht wer"), ("Kein Interesse, zurücknehmen", "Zurückgenommen.")):
        line.hover()
        line.get_by_role("button", name="Optionen zur Nachricht").click()
        picture(page, out_folder, "messenger-opinion")
        page.get_by_role("menuitem", name=entry, exact=True).click()
        expect(page.get_by_text(words)).to_be_visible()
    line.hover()
    line.get_by_role("button", name="Optionen zur Nachricht").click()
    page.get_by_role("menuitem", name="Werbung von Nordwind abstellen").click()
    expect(page.get_by_text("Werbung von Nordwind ist abgestellt.")).to_be_visible()
    expect(messages(page).filter(has_text="Bestätigt: Du hast Werbung von Nordwind abgestellt.")).to_be_visible()
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.get_by_text("Wie zuvor: Nordwind darf schicken, was du erlaubt hattest.")).to_be_visible()
    page.get_by_role("link", name="Chat-Details").click()
    page.get_by_role("switch", name="Stummschalten").click()
    expect(page.get_by_role("switch", name="Stummschalten")).to_be_checked()
    check_accessible(page)
    page.get_by_role("button", name="Nordwind blockieren").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("img", name="Blockiert")).to_be_visible()
    page.get_by_role("button", name="Grund nennen").click()
    check_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Unerwünschte Werbung").click()
    expect(page.get_by_text("Danke.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Blockierung aufheben").click()
    expect(page.get_by_role("img", name="Stumm")).to_be_visible()
