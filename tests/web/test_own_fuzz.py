"""Whatever comes to any address of the own API or of the console, the answer is a refusal with words: never a fault of ours."""

import random
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from takt import doors
from tests.databases import Variant
from tests.live import Live, takt
from tests.web.test_inbox_fuzz import check, odd_value, quoted

NOUGHT: Final = "a\x00b"
METHODS: Final = ("GET", "POST", "PUT", "DELETE")
NAMES: Final = (
    "name", "note", "text", "amount_micros", "net_micros", "provider", "mandate", "company", "tier", "owner", "kind", "days",
    "decision", "watch", "sender", "domains", "legal", "policy", "version", "category", "rate_basis_points", "iban", "holder",
    "reference", "scheme", "signed_on", "budget_micros", "hard_stop", "auto_top_up", "low_micros", "month", "from", "until",
    "by", "limit", "after", "state", "card", "rules", "login", "person", "scopes", "categories", "markets", "priority",
    "lots", "to", "type", "purpose", "callback", "url", "messages", "quantities", "lines", "aside", "payment", "word",
)  # fmt: skip


class _Seen(Starlette):
    """Keeps the routes that it is made of, for the test to walk."""

    kept: list[BaseRoute]

    def __init__(self, *, routes: list[BaseRoute]) -> None:
        _Seen.kept = routes
        super().__init__(routes=routes)


@pytest.fixture
async def live(db: str, variant: Variant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Live]:
    monkeypatch.setattr(doors, "Starlette", _Seen)
    async with takt(db, variant.parts, tmp_path) as served:
        yield served


def _addresses(prefix: str) -> list[str]:
    found = sorted({path for path in _paths(_Seen.kept) if path.startswith(prefix)})
    return [path for path in found if "sign-" not in path and "events" not in path and "rest:path" not in path]


def _paths(routes: list[BaseRoute]) -> list[str]:
    below = [one.path + path for one in routes if isinstance(one, Mount) for path in _paths(one.routes)]
    return [one.path for one in routes if isinstance(one, Route)] + below


def _filled(path: str, chance: random.Random, known: list[str]) -> str:
    def one(_match: re.Match[str]) -> str:
        return quote(chance.choice(known), safe="") if chance.random() < 0.6 else quoted(chance)

    return re.sub(r"\{[^}]+\}", one, path)


def _body(chance: random.Random, known: list[str]) -> dict[str, Any]:
    names = chance.sample(NAMES, chance.randrange(0, 8))
    return {name: chance.choice(known) if chance.random() < 0.3 else odd_value(chance) for name in names}


async def _ask(client: httpx.AsyncClient, method: str, address: str, body: object) -> httpx.Response:
    answer = await client.request(method, address, json=body if method != "GET" else None)
    said = answer.text.replace("/takt/v1", "") if "json" in answer.headers.get("content-type", "") else ""
    check(answer.status_code, said, (method, address, body))
    return answer


async def test_no_address_of_the_own_api_breaks(live: Live) -> None:
    chance = random.Random(20261124)
    env = live.env
    known = [env["TAKT_WABA_ID"], env["TAKT_SENDER_OUTREACH"], env["TAKT_USER_MARA"], "fake", "bank", NOUGHT]
    addresses = _addresses("/takt/v1")
    assert len(addresses) > 60
    for token in (env["TAKT_TOKEN"], env["TAKT_OPERATOR_TOKEN"]):
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=live.url, headers=headers, timeout=20) as client:
            for path in addresses:
                for method in METHODS:
                    address = f"{_filled(path, chance, known)}?{chance.choice(NAMES)}={quoted(chance)}"
                    await _ask(client, method, address, _body(chance, known))
                    await _ask(client, method, _filled(path, chance, known), {chance.choice(NAMES): NOUGHT})


async def test_what_cannot_be_kept_is_refused_by_the_name_of_its_field(live: Live) -> None:
    headers = {"Authorization": f"Bearer {live.env['TAKT_OPERATOR_TOKEN']}"}
    async with httpx.AsyncClient(base_url=f"{live.url}/takt/v1", headers=headers) as client:
        answer = await client.post("/bank/suspense/0", json={"lines": [{"note": NOUGHT}]})
        assert answer.status_code == 400
        assert "lines.0.note must not contain the character U+0000" in answer.json()["error"]["error_data"]["details"]
        answer = await client.get("/invoices", params={"company": NOUGHT})
        assert answer.status_code == 400
        assert "company must not contain" in answer.json()["error"]["error_data"]["details"]
        assert (await client.get("/invoices/a%00b")).status_code == 400


@pytest.mark.parametrize(("door", "person"), [("/console/api", "olga"), ("/inbox/api", "frida")])
async def test_no_address_of_the_pages_breaks(live: Live, door: str, person: str) -> None:
    chance = random.Random(20261125)
    known = [live.env["TAKT_WABA_ID"], live.env["TAKT_SENDER_OUTREACH"], NOUGHT]
    async with httpx.AsyncClient(base_url=live.url, headers={"X-Takt": "1"}, timeout=20) as client:
        assert (await client.post(f"{door}/sign-in", json={"person": person})).status_code == 200
        addresses = _addresses(door)
        assert len(addresses) > 10
        for path in addresses:
            for method in METHODS:
                address = f"{_filled(path, chance, known)}?{chance.choice(NAMES)}={quoted(chance)}"
                await _ask(client, method, address, _body(chance, known))
                await _ask(client, method, _filled(path, chance, known), {chance.choice(NAMES): NOUGHT})
