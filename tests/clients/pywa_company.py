"""pywa as a company runs it, waiting or asynchronous: one way to call either, and everything its handlers got.

The only thing told to it is where to go: a transport puts our address in the place of the public host. Signatures of
webhooks are checked by pywa itself, as by default.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pywa
import pywa_async.client

from tests.live import Live, Redirected, RedirectedAsync
from tests.receiver import Got, Receiver, Reply

VERIFY_TOKEN = "Nordlicht"
WAIT_S = 30
BOTH = pytest.mark.parametrize("sort", ["pywa", "pywa_async"])
"""For the tests that see the same of both clients."""


@asynccontextmanager
async def opened(sort: str, live: Live, **more: Any) -> AsyncIterator[Any]:
    """A client of that sort for Nordwind's outreach sender; `more` are settings of its own."""
    env = live.env
    known = {
        "phone_id": env["TAKT_SENDER_OUTREACH"], "token": env["TAKT_TOKEN"], "server": None,
        "verify_token": VERIFY_TOKEN, "app_id": env["TAKT_APP_ID"], "app_secret": env["TAKT_APP_SECRET"],
        "waba_id": env["TAKT_WABA_ID"], **more,
    }  # fmt: skip
    if sort == "pywa":
        with httpx.Client(transport=Redirected(live.url)) as session:
            yield pywa.WhatsApp(session=session, **known)
    else:
        async with httpx.AsyncClient(transport=RedirectedAsync(live.url)) as waiting:
            yield pywa_async.client.WhatsApp(session=waiting, **known)


async def do(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a call of either client gives: the waiting one works in a thread, the other one is awaited."""
    if inspect.iscoroutinefunction(call):
        return await call(*arguments, **named)
    outcome = await asyncio.to_thread(call, *arguments, **named)
    return await outcome if inspect.isawaitable(outcome) else outcome


@dataclass
class Company:
    """A client, where Takt is, and what the client's handlers got, in the order it came."""

    wa: Any
    receiver: Receiver
    env: dict[str, str]
    url: str
    heard: list[Any] = field(default_factory=list)

    async def hear(self, got: Got) -> Reply:
        """Answer a webhook as pywa says."""
        if got.method == "GET":
            challenge = got.query["hub.verify_token"], got.query["hub.challenge"]
            text, status = await do(self.wa.webhook_challenge_handler, *challenge)
            return status, (text or "").encode()
        refused = await do(self.wa.webhook_update_validator, got.body, got.headers.get("x-hub-signature-256"))
        text, status = refused if refused is not None else await do(self.wa.webhook_update_handler, got.body)
        return status, text.encode()

    async def subscribe(self, *fields: str) -> None:
        """Hear the fields at the receiver from now on."""
        self.receiver.answer = self.hear
        token = await self.do(self.wa.get_app_access_token, self.env["TAKT_APP_ID"], self.env["TAKT_APP_SECRET"])
        assert await self.do(
            self.wa.set_app_callback_url, self.env["TAKT_APP_ID"], token, self.receiver.url, VERIFY_TOKEN, fields
        )

    def note(self, *handlers: str) -> None:
        """Keep what these handlers get, such as `on_message`."""
        for name in handlers:
            getattr(self.wa, name)(lambda _, update: self.heard.append(update))

    async def do(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What a call of the client gives."""
        return await do(call, *arguments, **named)

    async def until(self, holds: Callable[[], Any]) -> Any:
        """What `holds` gives, once it gives something."""
        async with asyncio.timeout(WAIT_S):
            while not (found := holds()):
                await asyncio.sleep(0.02)
        return found

    async def told(self, kind: type, **wanted: Any) -> Any:
        """The first update of a class with these attributes that a handler got, or still gets."""

        def found() -> Sequence[Any]:
            named = (one for one in self.heard if isinstance(one, kind))
            return [one for one in named if all(getattr(one, name) == value for name, value in wanted.items())]

        return (await self.until(found))[0]

    @property
    def live(self) -> Live:
        """Where Takt is."""
        return Live(self.url, self.env)

    @property
    def mara(self) -> str:
        """A person's number."""
        return self.env["TAKT_USER_MARA"]

    async def as_user(self, name: str, method: str, path: str, **request: Any) -> Any:
        """What a person does on their device."""
        return await self.live.as_user(name, method, path, **request)

    async def as_operator(self, method: str, path: str, **request: Any) -> Any:
        """What the operator does through our own API."""
        headers = {"Authorization": f"Bearer {self.env['TAKT_OPERATOR_TOKEN']}"}
        async with httpx.AsyncClient(base_url=f"{self.url}/takt/v1", headers=headers) as client:
            answer = await client.request(method, path, **request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def write(self, name: str, text: str, client_id: str = "c1") -> None:
        """A person writes to the company, which opens the service window."""
        await self.live.write(name, text, client_id)
