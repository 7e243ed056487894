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
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

import httpcore
import httpx

from takt import __version__
from takt.clock import Clock
from takt.core.address import Permission, fault_of
from takt.core.retry import Outcome

EXCHANGE_S_MAX: Final = 10
CONNECT_S_MAX: Final = 5
ANSWER_S_MAX: Final = 5
ANSWER_BYTES_MAX: Final = 8192
CONNECTIONS_MAX: Final = 256
IDLE_CONNECTIONS_MAX: Final = 64
ADDRESSES_TRIED_MAX: Final = 3
RESOLVERS_MAX: Final = 16
# Most servers close an idle connection after five seconds; we do so before them.
IDLE_S_MAX: Final = 4

USER_AGENT: Final = f"takt/{__version__} (webhooks)"

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]


class AddressRefused(Exception):
    """The name leads to no address that we may call."""


class NameUnknown(Exception):
    """The name does not resolve."""


class Outbound:
    """Sends requests to foreign addresses; every trouble comes back as an Outcome. Close it with `aclose()`."""

    def __init__(self, permission: Permission, clock: Clock, resolve: Resolve | None = None) -> None:
        self.permission = permission
        self._clock = clock
        # Threads of their own, so that names which take long to resolve hold up nothing but one another.
        self._resolvers = ThreadPoolExecutor(RESOLVERS_MAX, "resolve")
        self._client = httpx.AsyncClient(
            transport=_Transport(_Guard(permission, resolve or self._resolve)),
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
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def _resolve(self, host: str, port: int) -> list[str]:
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._resolvers, look_up)
        except (OSError, UnicodeError):
            raise NameUnknown(host) from None
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def _exchange(self, method: str, url: str, **request: Any) -> Outcome:
        began_s = self._clock.monotonic_s()
        if fault_of(url, self.permission) is not None:
            return Outcome(None, 0.0, error="address_refused")
        try:
            async with asyncio.timeout(EXCHANGE_S_MAX):
                response = await self._client.send(self._client.build_request(method, url, **request), stream=True)
        except (AddressRefused, NameUnknown, TimeoutError, UnicodeError, httpx.HTTPError, httpx.InvalidURL) as fault:
            return Outcome(None, self._clock.monotonic_s() - began_s, error=_word(fault))
        try:
            answer = await _read_beginning(response)
        finally:
            await response.aclose()
        return Outcome(
            response.status_code,
            self._clock.monotonic_s() - began_s,
            answer,
            retry_after_s=self._parse_retry_after(response.headers.get("retry-after", "")),
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


async def _read_beginning(response: httpx.Response) -> bytes:
    """The first bytes of an answer; one that breaks off or dawdles behind its status has still been given."""
    answer = bytearray()
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) >= ANSWER_BYTES_MAX:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass
    return bytes(answer[:ANSWER_BYTES_MAX])


def _word(fault: BaseException) -> str:
    match fault:
        case AddressRefused() | UnicodeError() | httpx.InvalidURL():
            return "address_refused"
        case NameUnknown():
            return "name_unknown"
        case TimeoutError() | httpx.TimeoutException():
            return "timeout"
        case _ if _is_tls(fault):
            return "tls"
        case httpx.ConnectError():
            return "connect"
        case _:
            return "broken"


def _is_tls(fault: BaseException) -> bool:
    cause: BaseException | None = fault
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
