"""The baseline: bare Starlette routes on the same server software with the same settings.

It parses the same JSON and answers the same bytes as a send does, holds event streams open and wakes them, and does
nothing else: no token, no rule, no database.
"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import msgspec
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from takt import app as takt_app
from takt.clock import CLOCK
from takt.config import Config
from takt.core.ids import slot_of_key
from takt.core.message import Accepted
from takt.wire.cloud import render_accepted

PING_S: Final = 15.0
WA_ID: Final = "491700000001"
ACCEPTED: Final = Accepted(CLOCK.new_id(slot_of_key(WA_ID)), WA_ID, "DE.000000000001", 1, CLOCK.now())
ANSWER: Final = render_accepted(ACCEPTED, WA_ID, template=True)
RECEIPT: Final = b'{"through":1}'

_waiting: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)


async def send(request: Request) -> Response:
    """Answer a send, and wake the streams of its recipient."""
    body = msgspec.json.decode(await request.body())
    woken = _waiting.pop(body["to"], None)
    if woken is not None:
        woken.set()
    return Response(ANSWER, media_type="application/json")


async def receipts(request: Request) -> Response:
    """Answer a device's receipt."""
    msgspec.json.decode(await request.body())
    return Response(RECEIPT, media_type="application/json")


async def events(request: Request) -> Response:
    """An event stream for the wa_id in the query."""
    return StreamingResponse(_lines(request.query_params["wa_id"]), media_type="text/event-stream")


async def _lines(wa_id: str) -> AsyncIterator[bytes]:
    yield b'event: hello\ndata: {"cursor":0}\n\n'
    cursor = 0
    while True:
        try:
            async with asyncio.timeout(PING_S):
                await _waiting[wa_id].wait()
        except TimeoutError:
            yield b": ping\n\n"
            continue
        cursor += 1
        message: Mapping[str, Any] = {"cursor": cursor, "text": "Hallo"}
        yield f"id: {cursor}\nevent: message\ndata: {json.dumps(message)}\n\n".encode()


APPLICATION: Final = Starlette(
    routes=[
        Route("/v24.0/{sender}/messages", send, methods=["POST"]),
        Route("/device/v1/receipts", receipts, methods=["POST"]),
        Route("/device/v1/events", events),
    ]
)


async def _serve(config: Config) -> None:
    server = Server(APPLICATION, interface=Interfaces.ASGINL, **takt_app.listening(config))  # the very settings of Takt
    await server.serve()


def main(port: str) -> None:
    """Serve on a port of this machine until told to stop."""
    config = Config.read({**os.environ, "TAKT_PORT": port})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config))


if __name__ == "__main__":
    main(sys.argv[1])
