"""Media: which bytes may be sent as what, how large they may be, and how long they are kept.

What counts is what the bytes are, not what anybody calls them. Types and sizes are those of the Cloud API (reference,
"Media"); a document may be anything.
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from takt.core.content import MediaFault
from takt.core.value import value

IMAGE_BYTES_MAX: Final = 5 * 1024 * 1024
VIDEO_BYTES_MAX: Final = 16 * 1024 * 1024
AUDIO_BYTES_MAX: Final = 16 * 1024 * 1024
DOCUMENT_BYTES_MAX: Final = 100 * 1024 * 1024
STICKER_BYTES_MAX: Final = 100 * 1024
ANIMATED_STICKER_BYTES_MAX: Final = 500 * 1024
GIF_BYTES_MAX: Final = 3584 * 1024
STICKER_SIDE: Final = 512
FILENAME_CHARS_MAX: Final = 240
TYPE_CHARS_MAX: Final = 100

UPLOAD_LIFE: Final = timedelta(days=30)
"""How long a company may send what it uploaded."""
COMPANY_LIFE: Final = timedelta(days=7)
"""How long a company may fetch what a person sent it."""
INBOX_LIFE: Final = timedelta(days=365)
"""How long what is in somebody's inbox is shown to them."""
BROUGHT_LIFE: Final = timedelta(days=1)
"""How long a person's device may take to send what it brought."""
OPEN_LIFE: Final = timedelta(hours=1)
"""When bytes that were never finished are dropped."""
SESSION_LIFE: Final = timedelta(days=1)
"""How long an upload may be gone on with."""
LINK_LIFE: Final = timedelta(minutes=10)
"""How long what was found behind a link stands for it."""

OPUS: Final = "audio/ogg; codecs=opus"
UNKNOWN_TYPE: Final = "application/octet-stream"
ZIP: Final = "application/zip"
OLE: Final = "application/x-ole-storage"
TEXT: Final = "text/plain"

TYPES: Final[dict[str, tuple[str, ...]]] = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp"),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", OPUS),
    "voice": (OPUS,),
    "sticker": ("image/webp",),
    "gif": ("video/mp4",),
}
"""What may be sent as which kind; `voice` is a recorded note, and a document may be anything."""

INLINE_TYPES: Final = frozenset({
    "image/jpeg", "image/png", "image/webp", "image/gif", *TYPES["video"], *TYPES["audio"],
})  # fmt: skip
"""What a browser may show in place: it holds no program."""

_LIMITS: Final = {
    "image": IMAGE_BYTES_MAX, "video": VIDEO_BYTES_MAX, "audio": AUDIO_BYTES_MAX, "voice": AUDIO_BYTES_MAX,
    "sticker": STICKER_BYTES_MAX, "gif": GIF_BYTES_MAX, "document": DOCUMENT_BYTES_MAX,
}  # fmt: skip
_SAME: Final = {
    "image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4",
    "audio/ogg": OPUS, "audio/opus": OPUS, "audio/x-aac": "audio/aac", "video/3gp": "video/3gpp",
    "application/x-pdf": "application/pdf",
}  # fmt: skip
# One container with several names: which tracks it holds cannot be told from its beginning.
_CONTAINER: Final = {
    ("audio/mp4", "video/mp4"): "audio/mp4",
    ("video/3gpp", "video/mp4"): "video/mp4",
    ("video/mp4", "video/3gpp"): "video/3gpp",
}
_KNOWN: Final = frozenset(one for types in TYPES.values() for one in types) | {"application/pdf", "image/gif"}
_GENERAL: Final = frozenset({ZIP, OLE, TEXT})
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


@value
class Found:
    """What bytes are. Width and height are of webp images, channels of Opus sound."""

    mime_type: str
    animated: bool = False
    width: int | None = None
    height: int | None = None
    channels: int | None = None


def kind_of(found: Found | None) -> str:
    """As what such bytes are sent when nobody says: a webp image that can be no sticker is a document."""
    if found is None:
        return "document"
    if found.mime_type == "image/webp":
        return "sticker" if _is_sticker(found) else "document"
    return next((kind for kind in ("image", "video", "audio") if found.mime_type in TYPES[kind]), "document")


def limit_of(kind: str, found: Found | None) -> int:
    """The most bytes of such a medium."""
    if kind == "sticker" and found is not None and found.animated:
        return ANIMATED_STICKER_BYTES_MAX
    return _LIMITS[kind]


def settle(name: str, declared: str | None, found: Found | None) -> Found | MediaFault:
    """What a medium counts as, by what it is called (a MIME type, maybe with parameters) and what it is.

    `name` is the field to be named in a fault.
    """
    claimed = plain_type(declared)
    if claimed is None:
        return found or Found(UNKNOWN_TYPE)
    if found is not None and claimed == found.mime_type:
        return found
    if found is not None and (claimed, found.mime_type) in _CONTAINER:
        return replace(found, mime_type=_CONTAINER[claimed, found.mime_type])
    if claimed not in _KNOWN and (found is None or found.mime_type in _GENERAL):
        return Found(claimed)
    is_ = found.mime_type if found is not None else "something else"
    return MediaFault(f"{name} is called {claimed}, but its bytes are {is_}")


def judge(name: str, kind: str, found: Found, size: int) -> MediaFault | None:
    """What keeps these bytes from being sent as that kind; `name` is the field to be named."""
    allowed = TYPES.get(kind)
    if allowed is not None and found.mime_type not in allowed:
        return MediaFault(f"{name} must be {' or '.join(allowed)} to be sent as {kind}, not {found.mime_type}")
    if size == 0:
        return MediaFault(f"{name} must not be empty")
    if size > limit_of(kind, found):
        return too_large(name, kind, found)
    if kind == "sticker" and not _is_sticker(found):
        return MediaFault(f"{name} must be {STICKER_SIDE} x {STICKER_SIDE} pixels, not {found.width} x {found.height}")
    if found.mime_type == OPUS and kind != "document" and found.channels != 1:
        return MediaFault(f"{name} must have one channel, not {found.channels}")
    return None


def too_large(name: str, kind: str, found: Found | None) -> MediaFault:
    """A medium has more bytes than its kind may."""
    return MediaFault(f"{name} must have at most {limit_of(kind, found)} bytes to be sent as {kind}")


def plain_type(declared: str | None) -> str | None:
    """A MIME type without parameters and in its usual name; None when it says nothing or is none."""
    text = (declared or "").partition(";")[0].strip().lower()
    if len(text) > TYPE_CHARS_MAX or _TYPE.fullmatch(text) is None or text == UNKNOWN_TYPE:
        return None
    return _SAME.get(text, text)


def clean_filename(text: str | None) -> str | None:
    """The last part of a path, in printable characters and of bounded length, or None when nothing is left."""
    last = re.split(r"[/\\]", text or "")[-1]
    kept = "".join(c for c in last if c.isprintable()).strip(" .")
    if len(kept) <= FILENAME_CHARS_MAX:
        return kept or None
    stem, dot, ending = kept.rpartition(".")
    tail = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    return kept[: FILENAME_CHARS_MAX - len(tail)] + tail


def _is_sticker(found: Found) -> bool:
    return (found.width, found.height) == (STICKER_SIDE, STICKER_SIDE)
