"""Small files of every sort, as bytes: real beginnings, and filling behind them."""

from typing import Final

_OFFICE = b"PK\x03\x04" + b"\x14\x00" * 13 + b"[Content_Types].xml" + b"." * 60 + b"PK\x03\x04_rels/.rels" + b"." * 60

JPEG: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x01" * 200
PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x02" * 200
GIF: Final = b"GIF89a" + b"\x03" * 200
PDF: Final = b"%PDF-1.7\n" + b"\x04" * 200
MP4: Final = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + b"\x05" * 200
M4A: Final = b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00" + b"\x05" * 200
THREE_GP: Final = b"\x00\x00\x00\x18ftyp3gp5\x00\x00\x02\x00" + b"\x05" * 200
QUICKTIME: Final = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00" + b"\x05" * 200
MP3: Final = b"\xff\xfb\x90\x64" + b"\x06" * 200
MP3_TAGGED: Final = b"ID3\x04\x00" + b"\x06" * 200
AAC: Final = b"\xff\xf1\x50\x80" + b"\x07" * 200
AMR: Final = b"#!AMR\n" + b"\x08" * 200
WEBM: Final = b"\x1aE\xdf\xa3" + b"\x09" * 200
WORD: Final = _OFFICE + b"PK\x03\x04word/document.xml"
EXCEL: Final = _OFFICE + b"PK\x03\x04xl/workbook.xml"
POWERPOINT: Final = _OFFICE + b"PK\x03\x04ppt/presentation.xml"
ZIP: Final = b"PK\x03\x04" + b"\x14\x00" * 13 + b"readme.txt"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 200
TEXT: Final = "Grüße aus Hamburg\n".encode()


def opus(channels: int = 1) -> bytes:
    return b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x13" + b"OpusHead\x01" + bytes([channels]) + b"\x0a" * 200


def webp(side: int = 512, *, animated: bool = False) -> bytes:
    size = (side - 1).to_bytes(3, "little")
    flags = b"\x02" if animated else b"\x00"
    return b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + flags + b"\x00\x00\x00" + size + size + b"\x0b" * 200


def webp_lossy(side: int) -> bytes:
    return b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 10 + side.to_bytes(2, "little") * 2 + b"\x0b" * 200


def webp_lossless(side: int) -> bytes:
    bits = (side - 1) | (side - 1) << 14
    return b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + bits.to_bytes(4, "little") + b"\x0b" * 200
