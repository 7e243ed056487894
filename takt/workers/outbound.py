"""The one HTTP client for addresses that strangers give us.

A name is resolved here, each address is judged, and the connection goes to exactly the address that was judged: a name
that answers differently the second time (DNS rebinding) gains nothing. Private, loopback, link-local, multicast and
reserved networks are refused unless the operator allows the first two. There are no redirects and no proxies, every
wait has an end, and of an answer only the beginning is read.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

import httpcore
import httpx

from takt import __version__
from takt.clock import Clock
from takt.core.retry import Outcome

EXCHANGE_S_MAX: Final = 10
CONNECT_S_MAX: Final = 5
ANSWER_BYTES_MAX: Final = 8192
URL_CHARS_MAX: Final = 2048
CONNECTIONS_MAX: Final = 256
IDLE_CONNECTIONS_MAX: Final = 64
ADDRESSES_TRIED_MAX: Final = 3
# Most servers close an idle connection after five seconds; we do so before them.
IDLE_S_MAX: Final = 4

USER_AGENT: Final = f"takt/{__version__} (webhooks)"

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """The name leads to no address that we may call."""


class NameUnknown(Exception):
    """The name does not resolve."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Which addresses besides public ones may be called, and with them plain `http`."""

    loopback: bool = False
    private: bool = False

    @property
    def plain_http(self) -> bool:
        """Whether `http` will do: only where no public network lies between."""
        return self.loopback or self.private

    def covers(self, address: Address) -> bool:
        """Whether this address may be called."""
        inner = _inner(address)
        if inner.is_multicast or inner.is_unspecified or inner.is_link_local:
            return False
        if inner.is_loopback:
            return self.loopback
        if inner.is_global:
            return not inner.is_reserved
        return self.private and inner.is_private and not inner.is_reserved


def fault_of(url: str, permission: Permission) -> str | None:
    """What is wrong with the form of an address, as the end of a sentence; None when nothing is."""
    if len(url) > URL_CHARS_MAX:
        return f"must have at most {URL_CHARS_MAX} characters"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "must be written in printable ASCII characters without spaces"
    try:
        parts = urlsplit(url)
        _ = parts.port
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return "must be an address such as https://example.com/webhook"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "must be an address such as https://example.com/webhook"
    if parts.scheme == "http" and not permission.plain_http:
        return "must begin with https://"
    if parts.username is not None or parts.fragment:
        return "must have neither a user name nor a fragment"
    return None


class Outbound:
    """Sends requests to foreign addresses; every trouble comes back as an Outcome. Close it with `aclose()`."""

    def __init__(self, permission: Permission, clock: Clock, resolve: Resolve | None = None) -> None:
        self.permission = permission
        self._clock = clock
        self._client = httpx.AsyncClient(
            transport=_Transport(_Guard(permission, resolve or _resolve)),
            timeout=httpx.Timeout(EXCHANGE_S_MAX, connect=CONNECT_S_MAX),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Send a body."""
        return await self._exchange("POST", url, content=body, headers=headers)

    async def get(self, url: str, parameters: Mapping[str, str]) -> Outcome:
        """Ask, with these parameters behind those that the address already has."""
        joint = "&" if urlsplit(url).query else "?"
        return await self._exchange("GET", f"{url}{joint}{urlencode(parameters)}")

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _exchange(self, method: str, url: str, **request: Any) -> Outcome:
        began_s = self._clock.monotonic_s()

        def failed(word: str) -> Outcome:
            return Outcome(None, self._clock.monotonic_s() - began_s, error=word)

        if fault_of(url, self.permission) is not None:
            return failed("address_refused")
        try:
            async with asyncio.timeout(EXCHANGE_S_MAX), self._client.stream(method, url, **request) as response:
                answer = await _read_beginning(response)
                retry_after = response.headers.get("retry-after")
        except AddressRefused:
            return failed("address_refused")
        except NameUnknown:
            return failed("name_unknown")
        except (TimeoutError, httpx.TimeoutException):
            return failed("timeout")
        except httpx.HTTPError as fault:
            return failed(_word(fault))
        except (httpx.InvalidURL, UnicodeError):
            return failed("address_refused")
        return Outcome(
            response.status_code,
            self._clock.monotonic_s() - began_s,
            answer,
            retry_after_s=None if retry_after is None else self._parse_retry_after(retry_after),
        )

    def _parse_retry_after(self, text: str) -> float | None:
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return float(text)
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        return (at - self._clock.now()).total_seconds() if at.tzinfo is not None else None


class _Guard(httpcore.AsyncNetworkBackend):
    """Opens connections to judged addresses alone."""

    def __init__(self, permission: Permission, resolve: Resolve) -> None:
        self._permission = permission
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is given
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, judge, and connect to the first permitted address that answers."""
        permitted = [text for text in await self._resolve(host, port) if self._permits(text)]
        if not permitted:
            raise AddressRefused(host)
        tried = permitted[:ADDRESSES_TRIED_MAX]
        for address in tried[:-1]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(tried[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the signature is given
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - the signature is given
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no foreign address is a socket of this machine."""
        raise AddressRefused(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def _permits(self, text: str) -> bool:
        # A link-local IPv6 address may carry its interface behind a percent sign.
        return self._permission.covers(ipaddress.ip_address(text.partition("%")[0]))


class _Transport(httpx.AsyncHTTPTransport):
    """httpx’s own transport, with the guard below it."""

    def __init__(self, guard: _Guard) -> None:
        # httpx has no parameter for the network below its pool, so the pool it made is replaced.
        context: ssl.SSLContext = httpx.create_ssl_context()
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=IDLE_CONNECTIONS_MAX,
            keepalive_expiry=IDLE_S_MAX,
            network_backend=guard,
        )


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NameUnknown(host) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _read_beginning(response: httpx.Response) -> bytes:
    answer = bytearray()
    async for chunk in response.aiter_raw():
        answer += chunk
        if len(answer) >= ANSWER_BYTES_MAX:
            break
    return bytes(answer[:ANSWER_BYTES_MAX])


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _word(fault: BaseException) -> str:
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "connect" if isinstance(fault, httpx.ConnectError) else "broken"
