"""The plain types of message as a company sends them: text, media, location, contacts, reaction.

Shapes and limits: Cloud API reference, "Simple types".
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from takt.core.content import (
    BODY_CHARS_MAX,
    CAPTION_CHARS_MAX,
    ContactsContent,
    LocationContent,
    MediaContent,
    ReactionContent,
    Source,
    TextContent,
)
from takt.core.emoji import is_emoji
from takt.core.ids import parse_wamid
from takt.wire import checks
from takt.wire.checks import Fields, join, wrong

CONTACTS_MAX: Final = 257
CONTACT_ENTRIES_MAX: Final = 20
CONTACT_CHARS_MAX: Final = 256
PLACE_CHARS_MAX: Final = 1000
FILENAME_CHARS_MAX: Final = 240

CAPTIONED: Final = frozenset({"image", "video", "document"})

_ID = re.compile(r"[0-9]{1,20}")
_NAME_PARTS: Final = ("first_name", "last_name", "middle_name", "prefix", "suffix")
_ENTRIES: Final[Mapping[str, tuple[str, ...]]] = {
    "phones": ("phone", "type", "wa_id"),
    "emails": ("email", "type"),
    "urls": ("url", "type"),
    "addresses": ("street", "city", "state", "zip", "country", "country_code", "type"),
}


def parse_text(raw: Fields) -> TextContent:
    """`text`: what is said, and whether its first link is previewed."""
    body = checks.check_text(checks.required(raw, "body", "text"), "text.body", BODY_CHARS_MAX)
    return TextContent(body, checks.flag(raw, "preview_url", "text"))


def parse_media(raw: Fields, kind: str) -> MediaContent:
    """`image`, `video`, `audio`, `document` or `sticker`."""
    return MediaContent(
        kind,
        parse_source(raw, kind),
        checks.optional_text(raw, "caption", kind, CAPTION_CHARS_MAX) if kind in CAPTIONED else None,
        parse_filename(raw, kind) if kind == "document" else None,
        checks.flag(raw, "voice", kind) if kind == "audio" else False,
    )


def parse_source(raw: Fields, path: str) -> Source:
    """A medium by the id of an upload or by a link; by one of them."""
    named, linked = raw.get("id"), raw.get("link")
    if named is not None and linked is not None:
        raise wrong(path, "must have id or link, not both")
    if linked is not None:
        return Source(link=checks.link(raw, "link", path))
    value = checks.as_text(checks.required(raw, "id", path))
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise wrong(join(path, "id"), "must be the id of an uploaded medium, which is digits")
    return Source(media_id=value)


def parse_filename(raw: Fields, path: str) -> str | None:
    """What a document is called: the last part of what came, without what no file name holds."""
    name = checks.optional_text(raw, "filename", path, FILENAME_CHARS_MAX)
    if name is None:
        return None
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable()).strip(" .") or None


def parse_location(raw: Fields, path: str = "location") -> LocationContent:
    """`location`: a point, and maybe its name and address."""
    return LocationContent(
        checks.degrees(raw, "latitude", path, 90),
        checks.degrees(raw, "longitude", path, 180),
        checks.optional_text(raw, "name", path, PLACE_CHARS_MAX),
        checks.optional_text(raw, "address", path, PLACE_CHARS_MAX),
    )


def parse_contacts(raw: Fields, field: str = "contacts") -> ContactsContent:
    """`contacts`: a list of address cards, of which the known fields are kept."""
    found = checks.entries(raw, field, "", 1, CONTACTS_MAX)
    return ContactsContent(tuple(_parse_contact(path, one) for path, one in found))


def parse_reaction(raw: Fields) -> ReactionContent:
    """`reaction`: one emoji on a message; an empty one takes an earlier reaction back."""
    message_id = checks.required(raw, "message_id", "reaction")
    if not isinstance(message_id, str) or parse_wamid(message_id) is None:
        raise wrong("reaction.message_id", "must be the id of a message, such as wamid.…")
    emoji = raw.get("emoji") or ""
    if not isinstance(emoji, str) or (emoji and not is_emoji(emoji)):
        raise wrong("reaction.emoji", "must be one emoji, or empty to take the reaction back")
    return ReactionContent(message_id, emoji)


def _parse_contact(path: str, raw: Fields) -> Mapping[str, Any]:
    contact: dict[str, Any] = {"name": _parse_name(checks.mapping(raw, "name", path), f"{path}.name")}
    for name, fields in _ENTRIES.items():
        found = checks.entries(raw, name, path, 0, CONTACT_ENTRIES_MAX)
        if found:
            contact[name] = [_texts(one, place, fields) for place, one in found]
    org = checks.optional_mapping(raw, "org", path)
    if org is not None:
        contact["org"] = _texts(org, f"{path}.org", ("company", "department", "title"))
    birthday = checks.optional_text(raw, "birthday", path, CONTACT_CHARS_MAX)
    if birthday is not None:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", birthday) is None:
            raise wrong(f"{path}.birthday", "must be a day such as 1815-12-10")
        contact["birthday"] = birthday
    return contact


def _parse_name(raw: Fields, path: str) -> dict[str, str]:
    formatted = checks.text(raw, "formatted_name", path, CONTACT_CHARS_MAX)
    parts = _texts(raw, path, _NAME_PARTS)
    if not parts:
        raise wrong(path, f"must have formatted_name and one of {', '.join(_NAME_PARTS)}")
    return {"formatted_name": formatted, **parts}


def _texts(raw: Fields, path: str, names: tuple[str, ...]) -> dict[str, str]:
    found = {name: checks.optional_text(raw, name, path, CONTACT_CHARS_MAX) for name in names}
    return {name: value for name, value in found.items() if value is not None}
