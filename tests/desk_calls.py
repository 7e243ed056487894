"""What a page of the inbox asks for, as tests say it."""

from typing import Any

import httpx

from tests.inbox import WRITE


async def threads(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/threads", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["threads"]
    return found


async def messages(client: httpx.AsyncClient, key: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/threads/{key}/messages", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


def text(body: str, client_id: str = "c1") -> dict[str, Any]:
    return {"client_id": client_id, "type": "text", "text": {"body": body}}


def template(name: str, *values: str, client_id: str = "c1") -> dict[str, Any]:
    parameters = [{"type": "text", "text": value} for value in values]
    components = [{"type": "body", "parameters": parameters}]
    return {
        "client_id": client_id,
        "type": "template",
        "template": {"name": name, "language": "de", "components": components},
    }


async def post(client: httpx.AsyncClient, path: str, body: Any = None) -> httpx.Response:
    return await client.post(path, json=body, headers=WRITE)
