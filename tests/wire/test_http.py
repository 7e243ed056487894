"""HTTP/1.1 on the wire: requests without surprises, answers read in one way or not at all."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.address import Permission, fault_of
from takt.wire.http import BrokenAnswer, Head, parse_chunk_size, parse_head, render_request


def head(*lines: bytes) -> Head:
    return parse_head(b"\r\n".join([*lines, b"", b""]))


def test_a_request_is_written_as_it_should_be() -> None:
    raw = render_request("POST", urlsplit("https://example.com/a/b?c=d"), {"X-Own": "yes"}, b"body")
    assert raw == b"POST /a/b?c=d HTTP/1.1\r\nHost: example.com\r\nX-Own: yes\r\nContent-Length: 4\r\n\r\nbody"


@pytest.mark.parametrize(
    ("url", "first", "host"),
    [
        ("http://example.com", b"GET / HTTP/1.1", b"example.com"),
        ("http://example.com?x=1", b"GET /?x=1 HTTP/1.1", b"example.com"),
        ("http://Example.COM:80/x", b"GET /x HTTP/1.1", b"example.com"),
        ("https://example.com:443/", b"GET / HTTP/1.1", b"example.com"),
        ("http://example.com:443/", b"GET / HTTP/1.1", b"example.com:443"),
        ("http://[::1]:8080/", b"GET / HTTP/1.1", b"[::1]:8080"),
    ],
)
def test_target_and_host(url: str, first: bytes, host: bytes) -> None:
    lines = render_request("GET", urlsplit(url), {}).split(b"\r\n")
    assert (lines[0], lines[1]) == (first, b"Host: " + host)
    assert b"Content-Length" not in b"".join(lines)


@given(st.text(min_size=1, max_size=60))
def test_no_permitted_address_can_smuggle_a_line(path: str) -> None:
    url = f"http://example.com/{path}"
    if fault_of(url, Permission(loopback=True)) is None:
        raw = render_request("GET", urlsplit(url), {})
        assert raw.count(b"\r\n") == 3
        assert raw.split(b"\r\n")[0].count(b" ") == 2


def test_a_head_is_read() -> None:
    read = head(b"HTTP/1.1 503 Service Unavailable", b"Retry-After: 7 ", b"content-length:12", b"X-Other: \xff")
    assert read == Head(503, 12, False, True, "7")


@pytest.mark.parametrize(
    ("lines", "length", "chunked", "keeps_open"),
    [
        ((b"HTTP/1.1 200 OK",), None, False, True),
        ((b"HTTP/1.0 200 OK", b"content-length: 0"), 0, False, False),
        ((b"HTTP/1.1 200", b"connection: Close", b"content-length: 3"), 3, False, False),
        ((b"HTTP/1.1 200 ", b"transfer-encoding: chunked"), None, True, True),
        ((b"HTTP/1.1 200 ", b"transfer-encoding: gzip, chunked"), None, False, True),
        ((b"HTTP/1.1 204 No Content",), 0, False, True),
        ((b"HTTP/1.1 304 Not Modified", b"content-length: 9"), 0, False, True),
        ((b"HTTP/1.1 103 Early Hints", b"link: x"), 0, False, True),
    ],
)
def test_framing(lines: tuple[bytes, ...], length: int | None, *, chunked: bool, keeps_open: bool) -> None:
    read = head(*lines)
    assert (read.length, read.chunked, read.keeps_open) == (length, chunked, keeps_open)


@pytest.mark.parametrize(
    "lines",
    [
        (b"",),
        (b"200 OK",),
        (b"HTTP/2 200 OK",),
        (b"HTTP/1.1 99 x",),
        (b"HTTP/1.1 600 x",),
        (b"HTTP/1.1 2000 x",),
        (b"HTTP/1.1  200 OK",),
        (b"HTTP/1.1 200 OK", b"no colon"),
        (b"HTTP/1.1 200 OK", b" folded: x"),
        (b"HTTP/1.1 200 OK", b"name : x"),
        (b"HTTP/1.1 200 OK", b"content-length: -1"),
        (b"HTTP/1.1 200 OK", b"content-length: 1", b"content-length: 1"),
        (b"HTTP/1.1 200 OK", b"content-length: 1", b"transfer-encoding: chunked"),
        (b"HTTP/1.1 200 OK", b"content-length: 99999999999999999999"),
        (b"HTTP/1.1 200 OK\nx: y",),
    ],
)
def test_what_could_be_read_in_two_ways_is_broken(lines: tuple[bytes, ...]) -> None:
    with pytest.raises(BrokenAnswer):
        head(*lines)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_head_or_broken(raw: bytes) -> None:
    for candidate in (raw + b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + raw + b"\r\n\r\n"):
        try:
            read = parse_head(candidate)
        except BrokenAnswer:
            continue
        assert 100 <= read.status < 600
        assert read.length is None or read.length >= 0


@pytest.mark.parametrize(
    ("line", "size"), [(b"0\r\n", 0), (b"1F\r\n", 31), (b"a;name=value\r\n", 10), (b"00a \r\n", 10)]
)
def test_chunk_sizes(line: bytes, size: int) -> None:
    assert parse_chunk_size(line) == size


@pytest.mark.parametrize("line", [b"\r\n", b"-1\r\n", b"0x1\r\n", b"g\r\n", b"fffffffff\r\n", b"1_0\r\n", b"\xb2\r\n"])
def test_chunk_sizes_that_are_none(line: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        parse_chunk_size(line)
