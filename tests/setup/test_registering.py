"""The commands that set an installation up without the demo, each as a process of its own, on a database of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from takt.app import Application
from takt.config import Config
from tests.commands import takt as in_process
from tests.databases import Workshop
from tests.serving import served
from tests.setup.test_cli import fault, takt

CARD = {
    "card": "flat",
    "currency": "EUR",
    "rules": [{"when": {"category": "service"}, "price": 0, "type": "free_customer_service"}, {"price": 50_000}],
}


@pytest.fixture
async def own(workshop: Workshop) -> AsyncIterator[str]:
    """Address of an empty database that stands for the operator's own."""
    name = await workshop.make("template0")
    yield workshop.address.of(name)
    await workshop.drop(name)


def done(db: str, *words: str) -> Any:
    ran = takt(*words, DATABASE_URL=db)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


async def lend(own: str, waba: str) -> None:
    """Two people agree that a company may owe something; one alone cannot."""
    for name in ("olga", "otto"):
        made = await in_process(own, "staff", "add", name, "--name", name.title(), "--password", "12345678")
        assert made.exit_code == 0, made.output
    book = ("payments", "book", waba, "limit", "1000000", "--note", "seit Jahren", "--as", "olga")
    proposed = await in_process(own, *book, typed="12345678\n")
    assert proposed.exit_code == 0, proposed.exception
    named = json.loads(proposed.output[proposed.output.index("{") :])["id"]
    sign = ("payments", "sign", named, "--as")
    assert "cannot sign" in str((await in_process(own, *sign, "olga", typed="12345678\n")).exception)
    assert (await in_process(own, *sign, "otto", typed="12345678\n")).exit_code == 0


async def test_an_installation_is_set_up_by_commands_and_sends(own: str, tmp_path: Path) -> None:
    takt("migrate", DATABASE_URL=own)
    card = tmp_path / "card.json"
    card.write_text(json.dumps(CARD))
    assert "rate card" in fault(takt("company", "add", "--name", "Nord", "--card", "no", DATABASE_URL=own))
    assert done(own, "rates", "publish", str(card))["version"] == 1
    waba = done(own, "company", "add", "--name", "Nord", "--card", "flat", "--stage", "live")["id"]
    await lend(own, waba)
    sender = done(own, "sender", "add", "--company", waba, "--number", "+493023125009", "--name", "Nord")["id"]
    app = done(own, "app", "add", "--company", waba, "--name", "Shop")
    assert len(app["secret"]) == 32
    token = done(own, "token", "new", "--company", waba, "--name", "Server", "--days", "30")
    operator = done(own, "token", "new", "--name", "Olga")
    person = done(own, "person", "add", "--number", "491713920001", "--name", "Mara")
    done(own, "staff", "add", "ines@nord.example", "--company", waba, "--name", "Ines", "--password", "12345678")
    assert "is taken" in fault(
        takt("staff", "add", "ines@nord.example", "--name", "X", "--password", "12345678", DATABASE_URL=own)
    )
    settings = {"DATABASE_URL": own, "TAKT_HOME": str(tmp_path / "home")}
    async with served(Application(Config.read(settings))) as url, httpx.AsyncClient(base_url=url) as client:
        company = {"Authorization": f"Bearer {token['token']}"}
        about = (await client.get("/debug_token", params={"input_token": token["token"]}, headers=company)).json()[
            "data"
        ]
        assert about["is_valid"]
        assert about["expires_at"] > about["issued_at"]
        device = {"Authorization": f"Bearer {person['device_token']}"}
        to = {"client_id": "c1", "to": sender, "type": "text", "text": {"body": "Hallo"}}
        assert (await client.post("/device/v1/messages", json=to, headers=device)).status_code == 200
        body = {"messaging_product": "whatsapp", "to": "491713920001", "type": "text", "text": {"body": "Moin"}}
        sent = await client.post(f"/v24.0/{sender}/messages", json=body, headers=company)
        assert sent.status_code == 200, sent.text
        inbox = (await client.get("/device/v1/inbox", headers=device)).json()["messages"]
        assert [one["content"]["body"] for one in inbox if one["type"] == "text"] == ["Hallo", "Moin"]
        boss = {"Authorization": f"Bearer {operator['token']}"}
        assert (await client.get("/takt/v1/businesses", headers=boss)).json() == done(own, "company", "list")
        assert done(own, "token", "revoke", token["id"], "--company", waba) == {"success": True}
        async with asyncio.timeout(30):
            while (gone := await client.get(f"/{waba}", headers=company)).status_code == 200:
                await asyncio.sleep(0.05)
        assert (gone.status_code, gone.json()["error"]["error_subcode"]) == (401, 467)
    conn = await asyncpg.connect(own)
    kept = await conn.fetchval("SELECT password_hash FROM staff WHERE login = 'ines@nord.example'")
    await conn.close()
    assert kept.startswith("$argon2id$")
