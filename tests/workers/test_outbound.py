"""The client for foreign addresses: what it may reach, how long it waits, how much it reads."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from takt.clock import CLOCK, Clock
from takt.core.address import Permission
from takt.workers import connection, outbound
from takt.workers.outbound import Outbound
from tests.receiver import Got, Reply, listening, receiving


@asynccontextmanager
async def client(
    permission: Permission | None = None,
    resolve: Callable[[str, int], Awaitable[list[str]]] | None = None,
    clock: Clock = CLOCK,
) -> AsyncIterator[Outbound]:
    opened = Outbound(permission or Permission(loopback=True), clock, resolve)
    try:
        yield opened
    finally:
        await opened.aclose()


@asynccontextmanager
async def raw_server(answer: bytes, *, then_hold: bool = False) -> AsyncIterator[str]:
    """A server that answers these bytes to anything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if then_hold:
            await asyncio.sleep(60)

    async with listening(serve) as url:
        yield url


async def test_a_post_arrives_as_it_was_given() -> None:
    async with receiving() as receiver, client() as out:
        outcome = await out.post(
            receiver.url + "?a=1", b'{"x":1}', {"X-Own": "yes", "Content-Type": "application/json"}
        )
    got = receiver.got[0]
    assert (got.method, got.target, got.body) == ("POST", "/hook?a=1", b'{"x":1}')
    assert got.headers["x-own"] == "yes"
    assert got.headers["accept-encoding"] == "identity"
    assert (outcome.status, outcome.answer, outcome.error) == (200, b"EVENT_RECEIVED", None)
    assert outcome.duration_s > 0


async def test_parameters_join_those_of_the_address() -> None:
    async with receiving() as receiver, client() as out:
        await out.get(receiver.url + "?own=1", {"hub.mode": "subscribe", "hub.verify_token": "ä &"})
    assert receiver.got[0].query == {"own": "1", "hub.mode": "subscribe", "hub.verify_token": "ä &"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "127.1", "10.0.0.1",
             "169.254.169.254", "0.0.0.0"],
)  # fmt: skip
async def test_by_default_nothing_behind_us_is_reached_by_any_spelling(host: str) -> None:
    async with receiving() as receiver, client(Permission()) as out:
        port = receiver.url.split(":")[2].split("/")[0]
        outcome = await out.post(f"https://{host}:{port}/hook", b"", {})
        assert (outcome.status, outcome.error) == (None, "address_refused")
        assert receiver.got == []


async def test_a_name_that_points_inside_is_refused() -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1", "10.1.2.3", "fe80::1%eth0"]

    async with receiving() as receiver, client(Permission(), inside) as out:
        outcome = await out.post("https://innocent.example/", b"", {})
        assert outcome.error == "address_refused"
        assert receiver.got == []


async def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """The address that was judged is the one that is called: there is no second look-up to answer differently."""
    asked = 0

    async def rebinding(_host: str, _port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return ["127.0.0.1"] if asked == 1 else ["10.0.0.1"]

    async with receiving() as receiver, client(Permission(loopback=True), rebinding) as out:
        port = receiver.url.split(":")[2].split("/")[0]
        outcome = await out.get(f"http://changing.example:{port}/", {})
        assert outcome.status == 200
        assert asked == 1
        assert receiver.got[0].headers["host"].startswith("changing.example")


async def test_the_first_permitted_address_that_answers_is_taken() -> None:
    async with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]

        async def several(_host: str, _port: int) -> list[str]:
            return ["10.0.0.1", "127.0.0.9", "127.0.0.1"]

        async with client(Permission(loopback=True), several) as out:
            assert (await out.get(f"http://several.example:{port}/", {})).status == 200


async def test_an_unknown_name_and_an_empty_port_have_their_words() -> None:
    async with client() as out:
        assert (await out.get("http://nobody.invalid/", {})).error == "name_unknown"
        assert (await out.get("http://127.0.0.1:1/", {})).error == "connect"
        assert (await out.get("ftp://127.0.0.1/", {})).error == "address_refused"
        assert (await out.get("http://127.0.0.1:1/\ud800", {})).error == "address_refused"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for a name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(made.public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate_path, key_path


async def test_certificates_are_checked_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate_path, key_path = certificate(tmp_path, "hooks.example")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate_path, key_path)

    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with receiving(tls=served) as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        async with client(resolve=here) as out:
            assert (await out.get(f"https://hooks.example:{port}/", {})).error == "tls", "nobody vouches for it"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate_path))
        async with client(resolve=here) as out:
            assert (await out.get(f"https://other.example:{port}/", {})).error == "tls"
            assert (await out.get(f"https://hooks.example:{port}/", {})).status == 200


async def test_redirects_are_answers_and_nothing_more() -> None:
    async with receiving() as target, receiving(lambda _: (307, b""), f"location: {target.url}\r\n") as receiver:
        async with client() as out:
            outcome = await out.post(receiver.url, b"x", {})
        assert outcome.status == 307
        assert target.got == []


async def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    async with receiving(lambda _: (200, b"x" * 5_000_000)) as receiver, client() as out:
        outcome = await out.get(receiver.url, {})
    assert outcome.answer == b"x" * connection.ANSWER_BYTES_MAX
    assert outcome.taken


async def test_a_status_counts_even_when_its_body_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_S_MAX", 0.2)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun"
    async with raw_server(head, then_hold=True) as url, client() as out:
        outcome = await out.get(url, {})
    assert (outcome.status, outcome.answer) == (200, b"begun")


async def test_a_receiver_that_says_nothing_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "EXCHANGE_S_MAX", 0.2)

    async def silent(_: Got) -> Reply:
        await asyncio.sleep(5)
        return 200, b""

    async with receiving(silent) as receiver, client() as out:
        outcome = await out.get(receiver.url, {})
    assert (outcome.status, outcome.error) == (None, "timeout")


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", b"\x00" * 50]
)
async def test_an_answer_that_is_none_is_broken(answer: bytes) -> None:
    async with raw_server(answer) as url, client() as out:
        outcome = await out.get(url, {})
    assert (outcome.status, outcome.error) == (None, "broken")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (" 7 ", 7), ("Sun, 22 Nov 2026 12:01:00 GMT", 60), ("-5", None), ("soon", None), ("9" * 400, None)],
)
async def test_retry_after_is_read_as_seconds_or_as_a_date(header: str, seconds: float | None) -> None:
    class Noon(Clock):
        def now(self) -> datetime:
            return datetime(2026, 11, 22, 12, tzinfo=UTC)

    async with receiving(lambda _: (429, b""), f"retry-after: {header}\r\n") as receiver, client(clock=Noon()) as out:
        assert (await out.get(receiver.url, {})).retry_after_s == seconds


async def test_the_environment_can_not_put_a_proxy_between(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        async with client() as out:
            await out.get(receiver.url, {})
        assert len(receiver.got) == 1
        assert proxy.got == []


def answering(
    *answers: bytes,
) -> tuple[list[int], Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]]:
    """A server that gives these answers one after another on each connection, then hangs up; and its connections."""
    requests: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(0)
        place = len(requests) - 1
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            requests[place] += 1
            writer.write(answer)
            await writer.drain()

    return requests, serve


WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nx-trailer: 1\r\n\r\n"


@pytest.mark.parametrize(
    "answer", [WHOLE, CHUNKED, b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 102 X\r\n\r\n" + WHOLE]
)
async def test_a_connection_carries_many_exchanges_when_each_ends_clearly(answer: bytes) -> None:
    requests, serve = answering(answer, answer, answer)
    async with listening(serve) as url, client() as out:
        outcomes = [await out.get(url, {}) for _ in range(3)]
    assert requests == [3]
    assert {outcome.answer for outcome in outcomes} <= {b"ok", b"abcde", b""}
    assert all(outcome.status in (200, 204) for outcome in outcomes)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n" + b"x" * 20000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokNO0\r\n\r\n",
    ],
)
async def test_after_anything_unclear_a_connection_is_not_used_again(answer: bytes) -> None:
    requests, serve = answering(answer)
    async with listening(serve) as url, client() as out:
        assert [(await out.get(url, {})).status for _ in range(2)] == [200, 200]
    assert requests == [1, 1]


async def test_a_kept_connection_that_ended_meanwhile_costs_nothing() -> None:
    requests, serve = answering(WHOLE)
    async with listening(serve) as url, client() as out:
        for _ in range(4):
            assert (await out.post(url, b"x", {})).status == 200
    assert requests == [1, 1, 1, 1]


async def test_connections_are_kept_by_the_whole_address() -> None:
    requests, serve = answering(WHOLE, WHOLE, WHOLE)
    async with listening(serve) as url, client() as out:
        for path in ("a", "b", "a"):
            await out.get(url + path, {})
    assert sorted(requests) == [1, 2]


async def test_idle_connections_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "IDLE_S_MAX", 0.05)
    requests, serve = answering(WHOLE, WHOLE)
    async with listening(serve) as url, client() as out:
        await out.get(url, {})
        await asyncio.sleep(0.2)
        await out.get(url, {})
    assert requests == [1, 1]


async def test_a_server_may_refuse_a_long_body_before_it_has_read_it() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.5)

    async with listening(refuse) as url, client() as out:
        assert (await out.post(url, b"x" * 3_000_000, {})).status == 413


async def test_endless_interim_answers_have_an_end() -> None:
    async with raw_server(b"HTTP/1.1 102 Processing\r\n\r\n" * 50, then_hold=True) as url, client() as out:
        assert (await out.get(url, {})).error == "broken"


async def test_a_head_without_end_is_broken() -> None:
    async with raw_server(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000, then_hold=True) as url, client() as out:
        assert (await out.get(url, {})).error == "broken"
