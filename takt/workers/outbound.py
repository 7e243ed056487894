"""The one HTTP client for addresses that strangers give us.

A name is resolved here, each address is judged, and the connection goes to exactly the address that was judged: a name
that answers differently the second time (DNS rebinding) gains nothing. Private, loopback, link-local, multicast and
reserved networks are refused unless the operator allows the first two. There are no proxies, every wait has an end, and
of an answer to a webhook only the beginning is read. Media are fetched by whole, and a redirect of theirs is judged like
the first address.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final, TypeAlias, TypeVar
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from takt import __version__
from takt.clock import Clock
from takt.core.address import Permission, fault_of
from takt.core.retry import Outcome
from takt.wire.http import BrokenAnswer, Head, render_request
from takt.workers.connection import ANSWER_BYTES_MAX, Connection, Keep

EXCHANGE_S_MAX: Final = 10
CONNECT_S_MAX: Final = 5
ADDRESSES_TRIED_MAX: Final = 3
RESOLVERS_MAX: Final = 16
FETCH_S_MAX: Final = 30
REDIRECTS_MAX: Final = 3

HEADERS: Final = {"User-Agent": f"takt/{__version__} (webhooks)", "Accept": "*/*", "Accept-Encoding": "identity"}
MEDIA_HEADERS: Final = {**HEADERS, "User-Agent": f"takt/{__version__} (media)"}
PORTS: Final = {"http": 80, "https": 443}
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

T = TypeVar("T")
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]


class AddressRefused(Exception):
    """The name leads to no address that we may call."""


class NameUnknown(Exception):
    """The name does not resolve."""


class Unreachable(Exception):
    """Nobody takes the connection."""


_FAULTS: Final = (
    AddressRefused, NameUnknown, Unreachable, TimeoutError, ssl.SSLError, OSError, EOFError, BrokenAnswer,
)  # fmt: skip


class Outbound:
    """Sends requests to foreign addresses; every trouble comes back as an Outcome. Close it with `aclose()`."""

    def __init__(self, permission: Permission, clock: Clock, resolve: Resolve | None = None) -> None:
        self.permission = permission
        self._clock = clock
        self._tls = ssl.create_default_context()
        self._keep = Keep()
        # Threads of their own, so that names which take long to resolve hold up nothing but one another.
        self._resolvers = ThreadPoolExecutor(RESOLVERS_MAX, "resolve")
        self._resolve = resolve or self._look_up

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, answer_bytes_max: int = ANSWER_BYTES_MAX
    ) -> Outcome:
        """Send a body; of the answer at most so many bytes are read."""
        return await self._exchange("POST", url, headers, body, answer_bytes_max)

    async def get(self, url: str, parameters: Mapping[str, str]) -> Outcome:
        """Ask, with these parameters behind those that the address already has."""
        joint = "&" if urlsplit(url).query else "?"
        return await self._exchange("GET", f"{url}{joint}{urlencode(parameters)}", {}, b"", ANSWER_BYTES_MAX)

    async def fetch(self, url: str, take: Callable[[str | None, AsyncIterator[bytes]], Awaitable[T]]) -> T | str:
        """Hand the `Content-Type` and the body behind an address to `take`, and give what it makes of them.

        Within 30 s in all, over at most three redirects. Any trouble comes back as a word: those of an Outcome,
        `redirects`, or `status_` with the status. What `take` raises goes through.
        """
        try:
            async with asyncio.timeout(FETCH_S_MAX):
                for _ in range(1 + REDIRECTS_MAX):
                    if fault_of(url, self.permission) is not None:
                        return "address_refused"
                    parts = urlsplit(url)
                    connection = await self._connect(parts)
                    try:
                        head = await self._open(connection, parts)
                        if head.status == 200:
                            return await take(head.content_type, connection.read(head))
                    finally:
                        connection.close()
                    if head.status not in REDIRECTS or head.location is None:
                        return f"status_{head.status}"
                    url = urljoin(url, head.location)
        except _FAULTS as fault:
            return _word(fault)
        return "redirects"

    async def aclose(self) -> None:
        """Close all connections that are idle."""
        self._keep.close()
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, answer_bytes_max: int
    ) -> Outcome:
        began_s = self._clock.monotonic_s()
        if fault_of(url, self.permission) is not None:
            return Outcome(None, 0.0, error="address_refused")
        parts = urlsplit(url)
        request = render_request(method, parts, {**HEADERS, **headers}, body)
        try:
            async with asyncio.timeout(EXCHANGE_S_MAX):
                connection, head = await self._ask(parts, request)
        except _FAULTS as fault:
            return Outcome(None, self._clock.monotonic_s() - began_s, error=_word(fault))
        answer = await self._finish(parts, connection, head, answer_bytes_max)
        return Outcome(
            head.status,
            self._clock.monotonic_s() - began_s,
            answer,
            retry_after_s=self._parse_retry_after(head.retry_after or ""),
        )

    async def _open(self, connection: Connection, url: SplitResult) -> Head:
        async with asyncio.timeout(EXCHANGE_S_MAX):
            return await connection.ask(render_request("GET", url, MEDIA_HEADERS))

    async def _ask(self, url: SplitResult, request: bytes) -> tuple[Connection, Head]:
        kept = self._keep.take(_key(url))
        while True:
            connection = kept or await self._connect(url)
            try:
                return connection, await connection.ask(request)
            except BaseException as fault:
                connection.close()
                # A kept connection may have ended just now; then nobody has read the request, and a fresh one will do.
                if kept is None or connection.begun or not isinstance(fault, OSError | EOFError):
                    raise
            kept = None

    async def _finish(self, url: SplitResult, connection: Connection, head: Head, bytes_max: int) -> bytes:
        reusable = False
        try:
            answer, reusable = await connection.read_beginning(head, bytes_max)
        finally:
            if reusable:
                self._keep.put(_key(url), connection)
            else:
                connection.close()
        return answer

    async def _connect(self, url: SplitResult) -> Connection:
        host, port = url.hostname or "", url.port or PORTS[url.scheme]
        tls = self._tls if url.scheme == "https" else None
        async with asyncio.timeout(CONNECT_S_MAX):
            permitted = [text for text in await self._resolve(host, port) if self._permits(text)]
            if not permitted:
                raise AddressRefused
            for address in permitted[:ADDRESSES_TRIED_MAX]:
                try:
                    return await Connection.open(address, port, tls, host)
                except ssl.SSLError:
                    raise
                except OSError:
                    continue
        raise Unreachable

    def _permits(self, text: str) -> bool:
        # A link-local IPv6 address may carry its interface behind a percent sign.
        return self.permission.covers(ipaddress.ip_address(text.partition("%")[0]))

    async def _look_up(self, host: str, port: int) -> list[str]:
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._resolvers, look_up)
        except (OSError, UnicodeError):
            raise NameUnknown from None
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def _parse_retry_after(self, text: str) -> float | None:
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return float(text)
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        return (at - self._clock.now()).total_seconds() if at.tzinfo is not None else None


def _key(url: SplitResult) -> str:
    return f"{url.scheme}://{url.netloc}{url.path}"


def _word(fault: BaseException) -> str:
    match fault:
        case AddressRefused():
            return "address_refused"
        case NameUnknown():
            return "name_unknown"
        case TimeoutError():
            return "timeout"
        case ssl.SSLError():
            return "tls"
        case Unreachable():
            return "connect"
        case _:
            return "broken"
