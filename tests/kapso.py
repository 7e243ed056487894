"""A company that runs @kapso/whatsapp-cloud-api: what it asks, row by row, and what its webhook receiver gets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.likeness import filled, unlike
from tests.live import Live, takt
from tests.programs import Kapso, Refused, kapso
from tests.receiver import Receiver, receiving

WAIT_S_MAX: Final = 30
VERIFY_TOKEN: Final = "Nordlicht"
FIELDS: Final = (
    "messages,user_preferences,flows,security,phone_number_name_update,business_username_updates,"
    "phone_number_username_update,message_template_status_update,message_template_components_update,"
    "message_template_quality_update,template_category_update,account_update,business_capability_update,"
    "phone_number_quality_update"
)


class Row(NamedTuple):
    """One call. `given` and `outcome` name words with `$`; `keep` makes a word of a member of its answer: (word, member)."""

    call: str
    given: dict[str, Any]
    outcome: dict[str, Any]
    keep: tuple[str, str] | None = None


class Company(NamedTuple):
    """The client as a company runs it, and what its webhook receiver got."""

    kapso: Kapso
    live: Live
    receiver: Receiver

    async def run(self, row: Row, words: dict[str, str]) -> list[str]:
        """Do a row; what is not as it says, in words."""
        try:
            got = await self.kapso.call(row.call, filled(row.given, words))
        except Refused as fault:
            got = fault.shown
        found = unlike(filled(row.outcome, words), got)
        if row.keep is not None and not found:
            word, member = row.keep
            words[word] = got[member]
        return [f"{row.call}: {one}" for one in found]

    async def heard(self, kind: str, count: int = 1) -> list[Any]:
        """All `messages` or `statuses` that came, as the client reads them, once there are so many."""
        async with asyncio.timeout(WAIT_S_MAX):
            while len(found := [one for hook in await self.read_all() for one in hook[kind]]) < count:
                await asyncio.sleep(0.05)
        return found

    async def told(self, field: str, count: int = 1) -> list[Any]:
        """The values of all changes in a field, as the client names it, once there are so many."""
        async with asyncio.timeout(WAIT_S_MAX):
            while len(found := [one for hook in await self.read_all() for one in hook["raw"].get(field, [])]) < count:
                await asyncio.sleep(0.05)
        return found

    async def read_all(self) -> list[Any]:
        """Every webhook that came, as the client reads it; the client finds each rightly signed, and something in it."""
        hooks = []
        for got in [one for one in self.receiver.got if one.method == "POST"]:
            text, signature = got.body.decode("ascii"), got.headers["x-hub-signature-256"]
            proof = {"appSecret": self.live.env["TAKT_APP_SECRET"], "signatureHeader": signature}
            assert await self.kapso.call("verifySignature", {**proof, "rawBody": text})
            assert not await self.kapso.call("verifySignature", {**proof, "rawBody": f"{text} "})
            hook = await self.kapso.call("normalizeWebhook", text)
            sent = [change["value"] for change in got.changes()]
            for kind in ("messages", "statuses", "contacts"):
                assert len(hook[kind]) == sum(len(value.get(kind, [])) for value in sent), text
            assert sum(map(len, hook["raw"].values())) == len(sent)
            hooks.append(hook)
        return hooks


@asynccontextmanager
async def open_company(db: str, parts: int, home: Path) -> AsyncIterator[Company]:
    """A company with the client, whose receiver hears everything; whatever came is read once more at the end."""
    async with takt(db, parts, home) as live, receiving() as receiver:
        env = live.env
        receiver.answer = lambda got: (200, got.query.get("hub.challenge", "").encode())
        async with kapso(live.url, f"{env['TAKT_APP_ID']}|{env['TAKT_APP_SECRET']}") as app:
            body = {"object": "whatsapp_business_account", "callbackUrl": receiver.url, "verifyToken": VERIFY_TOKEN,
                    "fields": FIELDS}  # fmt: skip
            path = f"{env['TAKT_APP_ID']}/subscriptions"
            assert await app.call("request", {"method": "POST", "path": path, "body": body}) == {"success": True}
        async with kapso(live.url, env["TAKT_TOKEN"]) as client:
            made = Company(client, live, receiver)
            yield made
            await made.read_all()
