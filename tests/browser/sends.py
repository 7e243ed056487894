"""What Nordwind sends, as requests of the Cloud API: one for each kind that a person can answer."""

import time
from typing import Any, Final

import httpx

from tests.browsing import PATIENCE_S, Demo

FLOW_ID: Final = "500493023125001"
SECTIONS: Final = [
    {"title": "Jacken", "rows": [{"id": "j1", "title": "Regenjacke", "description": "Wasserdicht, 420 g"}]},
    {"title": "Zelte", "rows": [{"id": "z1", "title": "Kuppelzelt", "description": "Für zwei"}]},
]
PRODUCTS: Final = [
    {"title": "Neu", "product_items": [{"product_retailer_id": "NW-1001"}, {"product_retailer_id": "NW-1002"}]}
]
ASKED: Final = {"country": "DE", "values": {"name": "Mara"}, "validation_errors": {"name": "Bitte mit Vornamen."}}


def interactive(kind: str, body: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An interactive message of a kind."""
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": body}, "action": action, **more}}


def reply(identifier: str, title: str) -> dict[str, Any]:
    """A button of an interactive message."""
    return {"type": "reply", "reply": {"id": identifier, "title": title}}


SENDS: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "text", "text": {"body": "Ihr Paket ist unterwegs."}},
    "reply": interactive("button", "Passt es?", {"buttons": [reply("yes", "Ja"), reply("no", "Nein")]}),
    "list": interactive("list", "Was darf es sein?", {"button": "Auswahl ansehen", "sections": SECTIONS}),
    "location_request": interactive("location_request_message", "Wohin?", {"name": "send_location"}),
    "address": interactive("address_message", "Ihre Adresse?", {"name": "address_message", "parameters": ASKED}),
    "contact_info": interactive("request_contact_info", "Ihre Nummer?", {"name": "request_contact_info"}),
    "call": interactive("call_permission_request", "Anrufen?", {"name": "call_permission_request"}),
    "product": interactive("product", "Ein Rucksack", {"catalog_id": "77", "product_retailer_id": "NW-1001"}),
    "products": interactive(
        "product_list", "Neu bei uns", {"catalog_id": "77", "sections": PRODUCTS}, header={"type": "text", "text": "Neu"}
    ),
    "flow": interactive(
        "flow",
        "Möchten Sie anprobieren?",
        {
            "name": "flow",
            "parameters": {
                "flow_message_version": "3", "flow_id": FLOW_ID, "flow_token": "t-1", "flow_cta": "Termin aussuchen",
            },
        },
    ),
}  # fmt: skip


def company(demo: Demo, method: str, path: str, **request: Any) -> Any:
    """Call the Cloud API as Nordwind; answers its JSON."""
    answer = httpx.request(
        method,
        f"{demo.url}/{demo.env['TAKT_API_VERSION']}/{path}",
        headers={"Authorization": f"Bearer {demo.env['TAKT_TOKEN']}"},
        **request,
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def upload(demo: Demo, name: str, raw: bytes, mime_type: str, sender: str = "TAKT_SENDER_OUTREACH") -> str:
    """Bring a file as Nordwind; answers its id."""
    form = {"messaging_product": "whatsapp", "type": mime_type}
    files = {"file": (name, raw, mime_type)}
    return str(company(demo, "POST", f"{demo.env[sender]}/media", data=form, files=files)["id"])


def approved(demo: Demo, name: str, *components: dict[str, Any]) -> None:
    """Make a marketing template, and wait until it may be sent."""
    made = company(
        demo,
        "POST",
        f"{demo.env['TAKT_WABA_ID']}/message_templates",
        json={"name": name, "language": "de", "category": "MARKETING", "components": list(components)},
    )
    status = "PENDING"
    for _ in range(600):
        status = company(demo, "GET", made["id"], params={"fields": "status"})["status"]
        if status != "PENDING":
            break
        time.sleep(0.1)
    assert status == "APPROVED"
