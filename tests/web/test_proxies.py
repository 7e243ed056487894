"""What a proxy forwards counts only from where proxies are trusted."""

import ipaddress
from typing import Any

import pytest

from takt.web.http import Receive, Scope, Send, origin
from takt.web.proxies import TrustedProxies

NETWORKS = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("2001:db8::/32"))
DIRECT = "http://127.0.0.1:8080"
PUBLIC = "https://messages.example"


async def _origin_seen(client: Any, *, proto: bytes = b"https", host: bytes = b"messages.example") -> str:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(origin(scope))

    async def receive() -> Any:
        raise AssertionError

    async def send(_message: Any) -> None:
        raise AssertionError

    headers = [(b"host", b"127.0.0.1:8080"), (b"x-forwarded-proto", proto), (b"x-forwarded-host", host)]
    scope = {"type": "http", "scheme": "http", "client": client, "headers": headers}
    door = TrustedProxies(app, NETWORKS)
    await door(scope, receive, send)
    await door(dict(scope, scheme="http", headers=headers), receive, send)
    assert len(set(seen)) == 1
    return seen[0]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "2001:db8::7"])
async def test_a_trusted_proxy_is_believed(address: str) -> None:
    assert await _origin_seen((address, 40321)) == PUBLIC


@pytest.mark.parametrize("client", [("10.0.0.1", 1), ("2001:db9::1", 1), ("::1", 1), ("unix", 0), ("", 0), None])
async def test_nobody_else_is(client: Any) -> None:
    assert await _origin_seen(client) == DIRECT


async def test_what_is_no_scheme_and_no_host_is_passed_over() -> None:
    assert await _origin_seen(("127.0.0.1", 1), proto=b"javascript", host=b"evil.example/path") == DIRECT
