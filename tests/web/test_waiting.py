"""A message that waits, seen from all sides over HTTP: the send, the history, the explanation, the dry run, the inbox."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from takt.clock import CLOCK
from tests.databases import Variant
from tests.live import Live, takt

OFFER: dict[str, Any] = {
    "name": "autumn_offer",
    "language": {"code": "de"},
    "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Mara"}, {"type": "text", "text": "HERBST20"}]}
    ],
}


@pytest.fixture
async def live(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Live]:
    async with takt(db, variant.parts, tmp_path) as opened:
        yield opened


async def test_a_message_waits_and_everybody_is_told_why(live: Live, db: str) -> None:
    """Mara wants quiet for an hour yet; then it comes, and its price is held from then on."""
    now = CLOCK.now().astimezone(ZoneInfo("Europe/Berlin"))
    start, end = (f"{now + timedelta(hours=shift):%H:%M}" for shift in (-1, 1))
    me = await live.as_user("mara", "PUT", "/me", json={"quiet": {"from": start, "to": end}})
    assert me["quiet"]["to"] == end
    env = live.env
    headers = {"Authorization": f"Bearer {env['TAKT_TOKEN']}"}
    async with httpx.AsyncClient(base_url=live.url, headers=headers) as company:
        body = {
            "messaging_product": "whatsapp", "to": env["TAKT_USER_MARA"], "type": "template", "template": OFFER,
        }  # fmt: skip
        sender = env["TAKT_SENDER_OUTREACH"]
        dry = (await company.post("/takt/v1/dry-run", json={**body, "sender": sender})).json()
        assert (dry["would_send"], dry["verdict"], dry["rule"]) == (True, "waiting", "quiet_hours")
        answer = await company.post(f"/v24.0/{sender}/messages", json=body)
        assert answer.status_code == 200, answer.text
        (message,) = answer.json()["messages"]
        assert message["message_status"] == "accepted"
        asked = {"message_id": message["id"], "fields": "events{delivery_status}"}
        (history,) = (await company.get(f"/v24.0/{sender}/message_history", params=asked)).json()["data"]
        assert history["events"]["data"] == []
        told = (await company.get(f"/takt/v1/messages/{message['id']}/explain")).json()
        assert (told["status"], told["verdict"], told["rule"], told["price"]["state"]) == (
            "waiting", "waiting", "quiet_hours", None,
        )  # fmt: skip
        assert told["next_at"] >= CLOCK.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        assert all(told[answer] for answer in ("rule", "figure", "next_at", "remedy")), "the four questions"
        assert (await live.as_user("mara", "GET", "/inbox"))["messages"] == []
        conn = await asyncpg.connect(db)
        await conn.execute("UPDATE recipient SET quiet_from_min = NULL, quiet_to_min = NULL")
        await conn.execute("UPDATE message SET due_at = now() WHERE status = 'waiting'")
        await conn.close()
        async with asyncio.timeout(20):
            while not (inbox := await live.as_user("mara", "GET", "/inbox"))["messages"]:
                await asyncio.sleep(0.1)
        told = (await company.get(f"/takt/v1/messages/{message['id']}/explain")).json()
        assert (told["verdict"], told["price"]["state"]) == ("allowed", "held")
    assert [one["id"] for one in inbox["messages"]] == [message["id"]]
    why = await live.as_user("mara", "GET", f"/messages/{message['id']}/why")
    assert "quiet_hours" in {rule["rule"] for rule in why["rules"] if rule["verdict"] == "not_needed"}
