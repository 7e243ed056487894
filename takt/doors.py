"""The doors of one process, built on its engine.

The busiest path goes straight to its coroutine; own pages and APIs have their prefixes; everything else belongs to the
Cloud API, which also answers what does not exist, in the way its clients understand.
"""

from collections.abc import Awaitable, Callable

from takt.web.cloud.messages import PATH, MessagesDoor
from takt.web.http import Receive, Scope, Send

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class Front:
    """Passes a request on by its path."""

    def __init__(self, messages: MessagesDoor, others: Asgi) -> None:
        self._messages = messages
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "POST" and PATH.fullmatch(scope["path"]) is not None:
            await self._messages(scope, receive, send)
        else:
            await self._others(scope, receive, send)
