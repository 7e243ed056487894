"""The whole of Takt with the demo world, served for other people's programs; what tells such a program where to go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx

from takt.app import Application
from takt.config import Config
from takt.demo import host
from takt.store.site import PARTS
from tests.serving import served


class Redirected(httpx.BaseTransport):
    """Sends every request to another scheme, host and port, and changes nothing else."""

    def __init__(self, url: str) -> None:
        self._to = httpx.URL(url)
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme=self._to.scheme, host=self._to.host, port=self._to.port)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class RedirectedAsync(httpx.AsyncBaseTransport):
    """The same for clients that await."""

    def __init__(self, url: str) -> None:
        self._to = httpx.URL(url)
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme=self._to.scheme, host=self._to.host, port=self._to.port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Live(NamedTuple):
    """A running Takt: its address, and what `demo.env` says."""

    url: str
    env: dict[str, str]

    async def as_user(self, name: str, method: str, path: str, **request: Any) -> Any:
        """What a person does on their device."""
        headers = {"Authorization": f"Bearer {self.env[f'TAKT_DEVICE_{name.upper()}']}"}
        async with httpx.AsyncClient(base_url=f"{self.url}/device/v1", headers=headers) as device:
            answer = await device.request(method, path, **request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def write(self, name: str, text: str, client_id: str = "c1") -> None:
        """A person writes to Nordwind, which opens the service window."""
        body = {"client_id": client_id, "to": self.env["TAKT_SENDER_OUTREACH"], "type": "text", "text": {"body": text}}
        await self.as_user(name, "POST", "/messages", json=body)


@asynccontextmanager
async def takt(db: str, parts: int, home: Path, **more: str) -> AsyncIterator[Live]:
    """The whole of Takt with the demo world; `more` are settings."""
    conn = await asyncpg.connect(db)
    await host.welcome(conn, home, "http://127.0.0.1", PARTS[parts])
    await conn.close()
    env = dict(line.split("=", 1) for line in (home / "demo.env").read_text().splitlines())
    settings = {"DATABASE_URL": db, "TAKT_PARTS": str(parts), "TAKT_HOME": str(home), "TAKT_DEMO": "on", **more}
    async with served(Application(Config.read(settings))) as url:
        yield Live(url, env)
