"""Forms in pieces: however they are cut, the same comes out, and nothing breaks the reader."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.wire import multipart
from takt.wire.multipart import Bytes, MalformedError, Part, PartEnd, Reader

TYPE = b"multipart/form-data; boundary=cut"


def form(*parts: tuple[str, bytes]) -> bytes:
    body = b"".join(
        b'--cut\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in parts
    )
    return body + b"--cut--\r\n"


def read(raw: bytes, cuts: list[int] | None = None) -> list[tuple[Part, bytes]]:
    reader, found = Reader(TYPE), list[tuple[Part, bytes]]()
    ends = 0
    for start, end in pairwise([0, *sorted(cuts or []), len(raw)]):
        for event in reader.feed(raw[start:end]):
            match event:
                case Part():
                    found.append((event, b""))
                case Bytes(body):
                    found[-1] = (found[-1][0], found[-1][1] + body)
                case PartEnd():
                    ends += 1
    reader.end()
    assert ends == len(found)
    return found


VALUES = st.binary(max_size=60) | st.lists(st.sampled_from([b"\r\n", b"--cut", b"--", b"\r", b"-", b"\n", b"x"])).map(
    b"".join
)


@given(st.lists(VALUES, max_size=5), st.data())
def test_cuts_change_nothing(values: list[bytes], data: st.DataObject) -> None:
    values = [value.replace(b"\r\n--cut", b"") for value in values]
    values = [value for value in values if b"\r\n--cut" not in b"\r\n" + value]
    raw = form(*((f"f{number}", value) for number, value in enumerate(values)))
    cuts = data.draw(st.lists(st.integers(0, len(raw)), max_size=20))
    assert [value for _, value in read(raw, cuts)] == values
    assert [value for _, value in read(raw, list(range(len(raw))))] == values


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_no_bytes_break_it(raw: bytes, cuts: list[int]) -> None:
    for body in (raw, b"--cut" + raw, b"--cut\r\n" + raw, form(("a", raw))[:-3] + raw):
        with suppress(MalformedError):
            read(body, [cut for cut in cuts if cut <= len(body)])


def test_what_stands_beside_a_file_is_read() -> None:
    raw = (
        b"preamble\r\n--cut  \r\ncontent-TYPE: image/png\r\nContent-Disposition: form-data; name=file; "
        b'filename="Gr\xc3\xbc\xc3\x9fe \\"1\\".png"\r\n\r\nxy\r\n--cut\r\n'
        b"Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''%C3%A4.txt\r\n\r\n\r\n--cut--\r\nepilogue"
    )
    assert read(raw) == [(Part("file", 'Grüße "1".png', "image/png"), b"xy"), (Part("f", "ä.txt", None), b"")]


@pytest.mark.parametrize("raw", [b"", b"--cut\r\n", form(("a", b"b"))[:-5], b"--cut--"[:-1], b"no form at all"])
def test_a_form_that_breaks_off_is_told(raw: bytes) -> None:
    with pytest.raises(MalformedError, match="breaks off"):
        read(raw)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"--cut\r\n\r\n\r\n--cut--", "Content-Disposition"),
        (b"--cut\r\nContent-Disposition: form-data\r\n\r\n", "Content-Disposition"),
        (b"--cut\r\nContent-Disposition: attachment; name=a\r\n\r\n", "Content-Disposition"),
        (b"--cutter\r\n", "line's end"),
        (b"--cut\r\n" + b"x: y\r\n" * 5000, "8192 bytes of fields"),
        (form(*[("a", b"")] * (multipart.PARTS_MAX + 1)), "100 parts"),
    ],
)
def test_what_is_wrong_with_a_form_is_told(raw: bytes, says: str) -> None:
    with pytest.raises(MalformedError, match=says):
        read(raw)


@pytest.mark.parametrize(
    "content_type",
    [b"", b"application/json", b"multipart/form-data", b"multipart/form-data; boundary=", b"multipart/mixed; boundary=x",
     b"multipart/form-data; boundary=" + b"x" * 71],
)  # fmt: skip
def test_without_a_boundary_there_is_no_form(content_type: bytes) -> None:
    with pytest.raises(MalformedError):
        Reader(content_type)


def test_a_long_part_is_never_held_whole() -> None:
    reader = Reader(TYPE)
    reader.feed(form(("file", b""))[:-11])
    for _ in range(100):
        events = reader.feed(b"x" * 100_000)
        assert sum(len(event.body) for event in events if isinstance(event, Bytes)) > 99_000
