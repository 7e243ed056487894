"""A chat between pywa's company and a person, for the modules that share one Takt: what is sent, shown and answered."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tests import samples
from tests.clients.pywa_company import Company, opened
from tests.databases import Variant, Workshop
from tests.live import takt
from tests.receiver import Got, Receiver, Reply, receiving

FILES = {
    "/bild.jpg": ("image/jpeg", samples.JPEG), "/film.mp4": ("video/mp4", samples.MP4),
    "/rechnung.pdf": ("application/pdf", samples.PDF), "/ton.mp3": ("audio/mpeg", samples.MP3),
    "/notiz.ogg": ("audio/ogg", samples.opus()), "/figur.webp": ("image/webp", samples.webp()),
}  # fmt: skip
"""What the company has on a server and on its disk: each with its kind."""
HANDLERS = ("on_message", "on_message_status", "on_callback_button", "on_callback_selection", "on_flow_completion",
            "on_call_permission_update", "on_user_marketing_preferences")  # fmt: skip


@dataclass
class Chat(Company):
    """A company, and what it talks about: `files` is where a server of the company has FILES."""

    files: str = ""
    folder: Path = Path()
    number: Any = field(default_factory=count)

    def link(self, name: str) -> str:
        """The address of a file of the company."""
        return f"{self.files}{name}"

    def path(self, name: str) -> Path:
        """A file of the company on its own disk."""
        path = self.folder / name
        path.write_bytes(FILES[f"/{name}"][1])
        return path

    async def upload(self, name: str) -> str:
        """The id of a file of the company after its upload."""
        mime, raw = FILES[f"/{name}"]
        media = await self.do(self.wa.upload_media, raw, mime, name)
        return str(media.id)

    async def answer(self, kind: str, what: Mapping[str, Any] | list[Any], context: str | None = None) -> str:
        """A person says something; the id of the message."""
        body = {"client_id": f"a{next(self.number)}", "to": self.env["TAKT_SENDER_OUTREACH"], "type": kind, kind: what}
        if context is not None:
            body["context"] = context
        told = await self.as_user("mara", "POST", "/messages", json=body)
        return str(told["id"])

    async def row(self, message_id: str, name: str = "mara") -> dict[str, Any]:
        """A message as the person's device gets it."""
        inbox = await self.as_user(name, "GET", "/inbox", params={"limit": 100})
        return next(one for one in inbox["messages"] if one["id"] == message_id)

    async def shown(self, message_id: str) -> tuple[str, Any]:
        """Type and content of a message on the person's device; in the place of each medium its kind and bytes."""
        row = await self.row(message_id)
        return row["type"], await self._with_bytes(row["content"])

    async def _with_bytes(self, content: Any) -> Any:
        if isinstance(content, list):
            return [await self._with_bytes(one) for one in content]
        if not isinstance(content, dict):
            return content
        return {
            name: await self._bytes(one) if name == "media" else await self._with_bytes(one)
            for name, one in content.items()
        }

    async def _bytes(self, medium: Mapping[str, Any]) -> tuple[str, bytes]:
        headers = {"Authorization": f"Bearer {self.env['TAKT_DEVICE_MARA']}"}
        async with httpx.AsyncClient(base_url=f"{self.url}/device/v1", headers=headers) as device:
            raw = (await device.get(f"/media/{medium['id']}")).content
        assert (medium["sha256"], medium["size"]) == (sha256(raw).hexdigest(), len(raw))
        return medium["mime_type"], raw

    async def read(self, message_id: str) -> None:
        """The person has read everything up to this message."""
        row = await self.row(message_id)
        await self.as_user("mara", "POST", "/receipts", json={"status": "read", "through": row["cursor"]})


@asynccontextmanager
async def chatting(sort: str, workshop: Workshop, variant: Variant, folder: Path) -> AsyncIterator[Chat]:
    """A Takt of its own, a client of that sort whose handlers note everything, and an open service window."""
    async with (
        workshop.borrowed() as lent,
        takt(lent.address, variant.parts, folder) as live,
        receiving() as receiver,
        receiving() as files,
        opened(sort, live) as wa,
    ):
        made = Chat(wa, receiver, live.env, live.url, files=files.url.removesuffix("hook"), folder=folder)
        files.answer = partial(_hand_out, files)
        made.note(*HANDLERS)
        await made.subscribe("messages", "user_preferences")
        await made.answer("text", {"body": "Moin"})
        yield made


def _hand_out(server: Receiver, got: Got) -> Reply:
    mime, raw = FILES[got.target]
    server.headers = f"content-type: {mime}\r\n"
    return 200, raw
