"""One send in every way that its parameters may come: JSON, a form, parts, the query; and what is broken in each."""

import json
from pathlib import Path
from typing import Any

import httpx

from tests.databases import Variant
from tests.live import takt

WAYS = ("json", "form", "parts", "query")
TEMPLATE = {
    "name": "order_update", "language": {"code": "de"},
    "components": [{"type": "body", "parameters": [{"type": "text", "text": "Mara"}, {"type": "text", "text": "1"}]}],
}  # fmt: skip


def spelled(way: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a request that carries these fields."""
    texts = {name: one if isinstance(one, str) else json.dumps(one) for name, one in fields.items()}
    match way:
        case "json":
            return {"json": fields}
        case "form":
            return {"data": texts}
        case "parts":
            return {"files": {name: (None, one) for name, one in texts.items()}}
        case _:
            return {"params": texts}


async def test_a_send_may_be_spelled_in_every_way(db: str, variant: Variant, tmp_path: Path) -> None:
    async with takt(db, variant.parts, tmp_path) as live, httpx.AsyncClient(base_url=live.url) as client:
        address = f"/v24.0/{live.env['TAKT_SENDER_OUTREACH']}/messages"
        headers = {"Authorization": f"Bearer {live.env['TAKT_TOKEN']}"}
        fields = {
            "messaging_product": "whatsapp", "to": live.env["TAKT_USER_MARA"], "type": "template", "template": TEMPLATE,
        }  # fmt: skip
        for way in WAYS:
            sent = await client.post(address, headers=headers, **spelled(way, fields))
            assert sent.status_code == 200, sent.text
            shown = (await live.as_user("mara", "GET", "/inbox"))["messages"][-1]
            assert (shown["id"], shown["text"]) == (
                sent.json()["messages"][0]["id"], "Hallo Mara, Ihre Bestellung 1 ist unterwegs.",
            )  # fmt: skip
            wrong = await client.post(address, headers=headers, **spelled(way, {**fields, "to": "nobody"}))
            assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, 131009)
        for way in WAYS[1:]:
            broken = await client.post(address, headers=headers, **spelled(way, {**fields, "template": "{not json"}))
            assert (broken.status_code, broken.json()["error"]["code"]) == (400, 100)
