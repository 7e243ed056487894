"""Proxies in front: what they say about scheme and host is believed only when they are trusted.

`X-Forwarded-Proto` and `X-Forwarded-Host` are taken over from loopback and from the networks of a setting; the doors
then see the address that the client used.
"""

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Final

from takt.web.http import Receive, Scope, Send, header

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ADDRESSES_KEPT_MAX: Final = 1024

_HOST = re.compile(rb"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


class TrustedProxies:
    """An ASGI layer that replaces scheme and host by what a trusted proxy forwarded."""

    def __init__(self, app: object, networks: Sequence[Network]) -> None:
        self._app = app
        # A proxy sends many requests from one address, and to judge an address costs as much as to parse a send.
        self._lies_within = lru_cache(ADDRESSES_KEPT_MAX)(partial(_lies_within, tuple(networks)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and self._trusts(scope):
            _take_over(scope)
        await self._app(scope, receive, send)  # type: ignore[operator]

    def _trusts(self, scope: Scope) -> bool:
        client = scope.get("client")
        return client is not None and self._lies_within(client[0])


def _lies_within(networks: Sequence[Network], text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in networks)


def _take_over(scope: Scope) -> None:
    proto = header(scope, b"x-forwarded-proto")
    if proto in (b"http", b"https"):
        scope["scheme"] = proto.decode()
    host = header(scope, b"x-forwarded-host")
    if host is not None and _HOST.fullmatch(host):
        scope["headers"] = [(key, value) for key, value in scope["headers"] if key != b"host"] + [(b"host", host)]
