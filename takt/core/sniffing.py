"""What bytes are, by how they begin: the formats that the Cloud API takes, and those they are mistaken for."""

from collections.abc import Callable
from typing import Final

from takt.core.media import OLE, OPUS, TEXT, ZIP, Found

SNIFFED_BYTES: Final = 8192
"""How much of the beginning is looked at; more of it changes nothing."""

_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
)
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OFFICES: Final = (
    (b"word/", f"{_OFFICE}.wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}.presentationml.presentation"),
)
_BRANDS: Final = (
    (b"M4A", "audio/mp4"), (b"M4B", "audio/mp4"), (b"3g", "video/3gpp"), (b"qt  ", "video/quicktime"),
    (b"heic", "image/heic"), (b"heix", "image/heic"), (b"mif1", "image/heic"), (b"avif", "image/avif"),
)  # fmt: skip
_WRITTEN: Final = frozenset("\t\n\r\f")


def sniff(beginning: bytes) -> Found | None:
    """What the bytes are that begin so (8 KiB are enough), or None when they could be anything."""
    for start, mime_type in _SIGNATURES:
        if beginning.startswith(start):
            return Found(mime_type)
    for look in _LOOKS:
        found = look(beginning[:SNIFFED_BYTES])
        if found is not None:
            return found
    return None


def _webp(raw: bytes) -> Found | None:
    if raw[:4] != b"RIFF" or raw[8:12] != b"WEBP" or len(raw) < 30:
        return None
    match raw[12:16]:
        case b"VP8X":
            width, height = (1 + int.from_bytes(raw[at : at + 3], "little") for at in (24, 27))
            return Found("image/webp", bool(raw[20] & 0x02), width, height)
        case b"VP8L":
            bits = int.from_bytes(raw[21:25], "little")
            return Found("image/webp", width=1 + (bits & 0x3FFF), height=1 + (bits >> 14 & 0x3FFF))
        case _:
            width, height = (int.from_bytes(raw[at : at + 2], "little") & 0x3FFF for at in (26, 28))
            return Found("image/webp", width=width, height=height)


def _iso_media(raw: bytes) -> Found | None:
    if raw[4:8] != b"ftyp" or len(raw) < 12:
        return None
    brand = raw[8:12]
    return Found(next((mime_type for start, mime_type in _BRANDS if brand.startswith(start)), "video/mp4"))


def _ogg(raw: bytes) -> Found | None:
    if raw[:4] != b"OggS" or len(raw) < 28:
        return None
    packet = raw[27 + raw[26] :]
    if packet[:8] != b"OpusHead" or len(packet) < 10:
        return Found("application/ogg")
    return Found(OPUS, channels=packet[9])


def _mpeg_audio(raw: bytes) -> Found | None:
    """Frames without a head of their own: eleven bits that are set, then what must be possible."""
    if len(raw) < 4 or raw[0] != 0xFF or raw[1] & 0xE0 != 0xE0:
        return None
    if raw[1] & 0xF6 == 0xF0:
        return Found("audio/aac") if raw[2] >> 2 & 0x0F < 13 else None
    version, layer = raw[1] >> 3 & 3, raw[1] >> 1 & 3
    possible = version != 1 and layer == 1 and raw[2] >> 4 not in (0, 15) and raw[2] >> 2 & 3 != 3
    return Found("audio/mpeg") if possible else None


def _archive(raw: bytes) -> Found | None:
    if raw[:4] != b"PK\x03\x04":
        return None
    if b"[Content_Types].xml" in raw or b"_rels/" in raw:
        for folder, mime_type in _OFFICES:
            if folder in raw:
                return Found(mime_type)
    return Found(ZIP)


def _text(raw: bytes) -> Found | None:
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        # The end may have been cut off within a character.
        if not raw or len(raw) - fault.start > 3 or fault.reason != "unexpected end of data":
            return None
        text = raw[: fault.start].decode()
    return Found(TEXT) if text and all(c >= " " or c in _WRITTEN for c in text) else None


_LOOKS: Final[tuple[Callable[[bytes], Found | None], ...]] = (_webp, _iso_media, _ogg, _mpeg_audio, _archive, _text)
