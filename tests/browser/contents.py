"""One message of every kind that docs/content.md describes, as a device or an inbox gets it, and bytes for their media."""

import io
import math
import struct
import wave
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from playwright.sync_api import BrowserContext, Route

BEGAN: Final = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
IMAGE: Final = {"id": "901", "mime_type": "image/png", "sha256": "00", "size": 48_213}
VIDEO: Final = {"id": "902", "mime_type": "video/mp4", "sha256": "00", "size": 2_400_000}
AUDIO: Final = {"id": "903", "mime_type": "audio/ogg", "sha256": "00", "size": 24_000}
PAPER: Final = {"id": "904", "mime_type": "application/pdf", "sha256": "00", "size": 184_320}
STICKER: Final = {"id": "905", "mime_type": "image/webp", "sha256": "00", "size": 9_100, "animated": True}
HARBOUR: Final = {
    "latitude": 53.5413,
    "longitude": 9.9841,
    "name": "Speicherstadt",
    "address": "Am Sandtorkai, Hamburg",
}
CARD: Final = {
    "name": {"formatted_name": "Ines Albers", "first_name": "Ines", "last_name": "Albers"},
    "phones": [{"phone": "+49 40 123456", "type": "WORK"}],
    "emails": [{"email": "ines@nordwind.example", "type": "WORK"}],
    "org": {"company": "Nordwind", "title": "Service"},
}
SECTIONS: Final = [
    {"title": "Jacken", "rows": [
        {"id": "j1", "title": "Regenjacke", "description": "Wasserdicht, 420 g"}, {"id": "j2", "title": "Windjacke"},
    ]},
    {"title": "Zelte", "rows": [{"id": "z1", "title": "Kuppelzelt", "description": "Für zwei"}]},
]  # fmt: skip
PRODUCTS: Final = [{"title": "Neu", "products": [
    {"catalog_id": "77", "product_retailer_id": "NW-1001"}, {"catalog_id": "77", "product_retailer_id": "NW-1002"},
]}]  # fmt: skip


def picture_header() -> dict[str, Any]:
    return {"kind": "image", "media": IMAGE}


def quick(text: str) -> dict[str, Any]:
    return {"kind": "quick_reply", "text": text, "payload": f"P-{text}"}


def interactive(kind: str, body: str, *buttons: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    return "interactive", {"kind": kind, "body": body, "buttons": list(buttons), **more}


def template(body: str, *buttons: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    return "template", {"name": "any", "language": "de", "body": body, "buttons": list(buttons), **more}


FIELDS: Final = {
    "country": "DE",
    "values": {"name": "Mara Brandt"},
    "validation_errors": {"name": "Bitte mit Vornamen."},
}
COMPANY: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "text": ("text", {"body": "Hallo *Mara*, hier ist alles: https://nordwind.example/t"}),
    "image": ("image", {"media": IMAGE, "caption": "Die neue Jacke"}),
    "video": ("video", {"media": VIDEO}),
    "voice": ("audio", {"media": AUDIO, "voice": True}),
    "document": ("document", {"media": PAPER, "filename": "Rechnung-4711-Nordwind-Outdoor.pdf", "caption": "Ihre Rechnung"}),
    "sticker": ("sticker", {"media": STICKER}),
    "location": ("location", HARBOUR),
    "contacts": ("contacts", {"contacts": [CARD]}),
    "reply": interactive(
        "button", "Passt der Termin?", {"kind": "reply", "id": "yes", "text": "Ja"}, {"kind": "reply", "id": "no", "text": "Nein"},
        header={"kind": "text", "text": "Termin"}, footer="Nordwind Service",
    ),
    "list": interactive("list", "Wonach suchst du?", {"kind": "list", "text": "Auswahl ansehen"}, sections=SECTIONS),
    "cta_url": interactive(
        "cta_url", "Alles zur Lieferung", {"kind": "url", "text": "Öffnen", "url": "https://nordwind.example/t"},
        header=picture_header(),
    ),
    "flow": interactive(
        "flow", "Bitte melde dich an.", {"kind": "flow", "text": "Anmelden", "flow_id": "1", "token": "t", "action": "navigate"}
    ),
    "location_request": interactive("location_request_message", "Wohin?", {"kind": "send_location", "text": "Standort senden"}),
    "address": interactive("address_message", "Deine Anschrift?", {"kind": "address", "text": "Adresse angeben", **FIELDS}),
    "contact_info": interactive(
        "request_contact_info", "Wie erreichen wir dich?", {"kind": "request_contact_info", "text": "Nummer teilen"}
    ),
    "product": interactive(
        "product", "Unser Liebling", {"kind": "product", "text": "Ansehen", "catalog_id": "77"},
        header={"kind": "product", "product": PRODUCTS[0]["products"][0]},
    ),
    "products": interactive(
        "product_list", "Neu bei uns", {"kind": "products", "text": "Produkte ansehen", "catalog_id": "77"}, sections=PRODUCTS
    ),
    "catalog": interactive("catalog_message", "Der ganze Katalog", {"kind": "catalog", "text": "Katalog", "catalog_id": "77"}),
    "calls": interactive("call_permission_request", "Dürfen wir anrufen?", {"kind": "call_permission", "text": "Anruf erlauben"}),
    "call": interactive("voice_call", "Ruf uns an", {"kind": "voice_call", "text": "Anrufen", "ttl_minutes": 60}),
    "carousel": interactive("carousel", "Drei Jacken", cards=[
        {"header": picture_header(), "body": f"Jacke {n}", "buttons": [quick(f"Mehr zu {n}")]} for n in (1, 2, 3)
    ]),
    "many": template("Was dürfen wir tun?", quick("Eins"), quick("Zwei"), quick("Drei"), quick("Vier")),
    "code": template("Dein Code ist 482910.", {"kind": "copy_code", "text": "Code kopieren", "code": "482910"}),
    "phone": template(
        "Ruf an!", {"kind": "phone_number", "text": "Service anrufen", "phone_number": "+4940123456"},
        header={"kind": "document", "media": PAPER, "filename": "Plan.pdf"},
    ),
    "place": template("Hier holst du ab.", header={"kind": "location", "location": HARBOUR}),
    "film": template("Der Film dazu.", header={"kind": "video", "media": VIDEO}),
    "gif": template("Bewegt.", header={"kind": "gif", "media": VIDEO}),
    "offer": template(
        "Nur heute günstiger.", {"kind": "copy_code", "text": "Code kopieren", "code": "HERBST20"}, header=picture_header(),
        offer={"text": "Herbst-Angebot", "code": "HERBST20", "expires_at": int((BEGAN.timestamp() + 2 * 86_400) * 1000)},
    ),
    "cards": template("Drei Ideen", cards=[
        {"header": picture_header(), "body": f"Idee {n}", "buttons": [quick(f"Idee {n}")]} for n in (1, 2, 3)
    ]),
    "future": ("hologram", {"rays": 7}),
}  # fmt: skip
PERSON: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "own": ("text", {"body": "Danke, ich schaue es mir an."}),
    "answer": ("interactive", {"kind": "list_reply", "id": "z1", "title": "Kuppelzelt", "description": "Für zwei"}),
    "form": ("interactive", {
        "kind": "nfm_reply", "name": "flow", "body": "Sent", "response": {"size": "M", "colour": "blau", "flow_token": "t"},
    }),
    "order": ("order", {"catalog_id": "77", "text": "Bitte bald", "product_items": [
        {"product_retailer_id": "NW-1001", "quantity": 2, "item_price": 49.9, "currency": "EUR"},
        {"product_retailer_id": "NW-1002", "quantity": 1, "item_price": 19.0, "currency": "EUR"},
    ]}),
}  # fmt: skip


def listed(sender: str, *, of_person: bool, names: list[str] | None = None) -> list[dict[str, Any]]:
    """Those messages in the order above, as a person's device gets them, or (not `of_person`) as the inbox does."""
    found = []
    for number, (name, (kind, content)) in enumerate({**COMPANY, **PERSON}.items(), 1):
        if names is None or name in names:
            found.append(message(sender, number, kind, content, mine=(name in PERSON) == of_person, name=name))
    return found


def message(
    sender: str,
    number: int,
    kind: str,
    content: dict[str, Any],
    *,
    mine: bool,
    name: str = "",
    context: str | None = None,
) -> dict[str, Any]:
    """One message; the one at `number` comes that many minutes after the first."""
    text = (
        content.get("body")
        or content.get("caption")
        or content.get("title")
        or content.get("emoji")
        or f"({name or kind})"
    )
    return {
        "cursor": 1_000_000 + number, "id": f"wamid.{name or number}", "sender": sender, "mine": mine, "type": kind,
        "at": (BEGAN + timedelta(minutes=number)).isoformat().replace("+00:00", "Z"), "status": "read" if mine else "delivered",
        "text": text, "content": content, "category": "utility", "context": context, "client_id": None,
    }  # fmt: skip


def reactions(sender: str, on: str) -> list[dict[str, Any]]:
    """Both sides react to message `on`; the company thinks again."""
    given = [(False, "👍"), (True, "❤️"), (False, "🙏")]
    return [
        message(sender, 500 + number, "reaction", {"message_id": f"wamid.{on}", "emoji": emoji}, mine=mine)
        for number, (mine, emoji) in enumerate(given)
    ]


@cache
def png(width: int = 320, height: int = 240) -> bytes:
    """A picture: hills before an evening sky."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            hill = y > height * (0.62 + 0.1 * math.sin(x / 38))
            rows += bytes((24, 96, 104) if hill else (250 - y // 2, 190 - y // 3, 130 + y // 4))

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


@cache
def tone() -> bytes:
    """Three seconds of a tone."""
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(b"".join(struct.pack("<h", int(9_000 * math.sin(n / 3))) for n in range(24_000)))
    return kept.getvalue()


def serve_media(context: BrowserContext) -> None:
    """Let the server have the media above."""

    def answer(route: Route) -> None:
        number = route.request.url.rpartition("/")[2]
        kind, body = {
            "902": ("video/mp4", b""),
            "903": ("audio/wav", tone()),
            "904": ("application/pdf", b"%PDF-1.4"),
        }.get(number, ("image/png", png()))
        route.fulfill(status=200, content_type=kind, body=body)

    context.route("**/media/9*", answer)
