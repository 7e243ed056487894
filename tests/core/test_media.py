"""What bytes are, and as what they may be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import media
from takt.core.content import MediaFault
from takt.core.media import OPUS, Found, clean_filename, judge, kind_of, limit_of, plain_type, settle
from takt.core.sniffing import SNIFFED_BYTES, sniff
from tests import samples

OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("raw", "mime_type"),
    [
        (samples.JPEG, "image/jpeg"), (samples.PNG, "image/png"), (samples.GIF, "image/gif"),
        (samples.PDF, "application/pdf"), (samples.MP4, "video/mp4"), (samples.M4A, "audio/mp4"),
        (samples.THREE_GP, "video/3gpp"), (samples.QUICKTIME, "video/quicktime"), (samples.MP3, "audio/mpeg"),
        (samples.MP3_TAGGED, "audio/mpeg"), (samples.AAC, "audio/aac"), (samples.AMR, "audio/amr"),
        (samples.WEBM, "video/webm"), (samples.WORD, f"{OFFICE}.wordprocessingml.document"),
        (samples.EXCEL, f"{OFFICE}.spreadsheetml.sheet"), (samples.POWERPOINT, f"{OFFICE}.presentationml.presentation"),
        (samples.ZIP, "application/zip"), (samples.OLE, "application/x-ole-storage"), (samples.TEXT, "text/plain"),
        (b"OggS" + b"\x00" * 22 + b"\x01\x10\x01vorbis" + b"\x00" * 20, "application/ogg"),
    ],
)  # fmt: skip
def test_files_are_known_by_their_beginning(raw: bytes, mime_type: str) -> None:
    assert sniff(raw) == Found(mime_type)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00\x01\x02", b"MZ\x90\x00\x03", "Grüße".encode("utf-16"), b"\xff\xff\xff\xff", b"\xff\xfb\xf0\x64\x00\x01",
        b"RIFF\x00\x00\x00\x00WEBP", b"line\x00with a zero", b"RIFF\x00\x00\x00\x00WAVEfmt ",
    ],
)  # fmt: skip
def test_what_could_be_anything_is_nothing(raw: bytes) -> None:
    assert sniff(raw) is None


def test_sizes_and_channels_are_seen() -> None:
    assert sniff(samples.webp(512)) == Found("image/webp", False, 512, 512)
    assert sniff(samples.webp(300, animated=True)) == Found("image/webp", True, 300, 300)
    assert sniff(samples.webp_lossy(512)) == Found("image/webp", False, 512, 512)
    assert sniff(samples.webp_lossless(512)) == Found("image/webp", False, 512, 512)
    assert sniff(samples.opus(2)) == Found(OPUS, channels=2)


def test_a_text_may_be_cut_within_a_character() -> None:
    text = ("ä" * SNIFFED_BYTES).encode()
    assert sniff(b"x" + text) == Found("text/plain")
    assert sniff(b"x" + text[:-1] + b"\xff" + text) == Found("text/plain"), "only the beginning counts"
    assert sniff(b"ab\xc3") == Found("text/plain")
    assert sniff(b"ab\xff") is None


@given(st.binary(max_size=100))
def test_no_bytes_break_it(raw: bytes) -> None:
    for start in (b"", b"RIFF\x00\x00\x00\x00WEBP", b"OggS", b"\x00\x00\x00\x18ftyp", b"PK\x03\x04", b"\xff"):
        found = sniff(start + raw)
        assert kind_of(found) in ("image", "video", "audio", "document", "sticker")


@pytest.mark.parametrize(
    ("declared", "raw", "mime_type"),
    [
        ("image/jpeg", samples.JPEG, "image/jpeg"), ("image/jpg", samples.JPEG, "image/jpeg"),
        (None, samples.JPEG, "image/jpeg"), ("", samples.PNG, "image/png"),
        ("application/octet-stream", samples.PNG, "image/png"), ("nonsense", samples.PNG, "image/png"),
        ("audio/ogg", samples.opus(), OPUS), ("audio/ogg; codecs=opus", samples.opus(), OPUS),
        ("AUDIO/MP3", samples.MP3, "audio/mpeg"), ("audio/mp4", samples.MP4, "audio/mp4"),
        ("video/3gpp", samples.MP4, "video/mp4"), ("application/msword", samples.OLE, "application/msword"),
        (f"{OFFICE}.spreadsheetml.sheet", samples.ZIP, f"{OFFICE}.spreadsheetml.sheet"),
        ("text/csv", samples.TEXT, "text/csv"), ("text/html; charset=utf-8", samples.TEXT, "text/html"),
        ("application/x-own", b"\x00\x01", "application/x-own"), (None, b"\x00\x01", "application/octet-stream"),
    ],
)  # fmt: skip
def test_what_a_medium_counts_as(declared: str | None, raw: bytes, mime_type: str) -> None:
    settled = settle("file", declared, sniff(raw))
    assert isinstance(settled, Found)
    assert settled.mime_type == mime_type


@pytest.mark.parametrize(
    ("declared", "raw", "is_"),
    [
        ("image/jpeg", samples.PNG, "image/png"), ("image/png", b"MZ\x90\x00", "something else"),
        ("application/pdf", samples.TEXT, "text/plain"), ("text/plain", samples.JPEG, "image/jpeg"),
        ("video/mp4", samples.QUICKTIME, "video/quicktime"), ("audio/ogg", samples.MP3, "audio/mpeg"),
        ("image/webp", samples.ZIP, "application/zip"),
    ],
)  # fmt: skip
def test_a_name_that_the_bytes_belie_is_a_fault(declared: str, raw: bytes, is_: str) -> None:
    fault = settle("file", declared, sniff(raw))
    assert isinstance(fault, MediaFault)
    assert fault.details.startswith(f"file is called {plain_type(declared)}, but")
    assert fault.details.endswith(f"bytes are {is_}")


@pytest.mark.parametrize(
    ("kind", "raw", "size", "says"),
    [
        ("image", samples.JPEG, media.IMAGE_BYTES_MAX, None),
        ("image", samples.JPEG, media.IMAGE_BYTES_MAX + 1, "at most 5242880 bytes"),
        ("image", samples.webp(), 9, "must be image/jpeg or image/png to be sent as image, not image/webp"),
        ("image", samples.JPEG, 0, "must not be empty"),
        ("video", samples.THREE_GP, media.VIDEO_BYTES_MAX, None),
        ("video", samples.MP4, media.VIDEO_BYTES_MAX + 1, "at most 16777216 bytes"),
        ("gif", samples.MP4, media.GIF_BYTES_MAX + 1, "at most 3670016 bytes"),
        ("audio", samples.opus(), media.AUDIO_BYTES_MAX, None),
        ("audio", samples.opus(2), 9, "must have one channel, not 2"),
        ("voice", samples.opus(), 9, None),
        ("voice", samples.MP3, 9, "must be audio/ogg; codecs=opus to be sent as voice"),
        ("sticker", samples.webp(), media.STICKER_BYTES_MAX, None),
        ("sticker", samples.webp(), media.STICKER_BYTES_MAX + 1, "at most 102400 bytes"),
        ("sticker", samples.webp(animated=True), media.ANIMATED_STICKER_BYTES_MAX, None),
        ("sticker", samples.webp(animated=True), media.ANIMATED_STICKER_BYTES_MAX + 1, "at most 512000 bytes"),
        ("sticker", samples.webp(511), 9, "must be 512 x 512 pixels, not 511 x 511"),
        ("sticker", samples.PNG, 9, "must be image/webp"),
        ("document", samples.JPEG, media.DOCUMENT_BYTES_MAX, None),
        ("document", samples.opus(2), 9, None),
        ("document", samples.PDF, media.DOCUMENT_BYTES_MAX + 1, "at most 104857600 bytes"),
    ],
)  # fmt: skip
def test_what_may_be_sent_as_what(kind: str, raw: bytes, size: int, says: str | None) -> None:
    found = sniff(raw)
    assert found is not None
    fault = judge("image.id", kind, found, size)
    if says is None:
        assert fault is None
    else:
        assert fault is not None
        assert fault.details.startswith("image.id ")
        assert says in fault.details


def test_the_kind_when_nobody_says() -> None:
    assert kind_of(sniff(samples.webp(512))) == "sticker"
    assert kind_of(sniff(samples.webp(500))) == "document"
    assert kind_of(sniff(samples.opus())) == "audio"
    assert kind_of(None) == "document"
    assert limit_of("document", None) == media.DOCUMENT_BYTES_MAX


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Rechnung.pdf", "Rechnung.pdf"), ("../../etc/passwd", "passwd"), (r"C:\temp\a.txt", "a.txt"), ("", None),
        (None, None), ("a\x00b\r\n.txt", "ab.txt"), ("..", None), ("ä\u202egpj.exe", "ägpj.exe"), ("dir/", None),
        ("x" * 300 + ".pdf", "x" * 236 + ".pdf"), ("." + "y" * 300, "y" * 240), ("a\ud800.txt", "a.txt"),
    ],
)  # fmt: skip
def test_a_file_name_is_one_name(given_name: str | None, kept: str | None) -> None:
    assert clean_filename(given_name) == kept
