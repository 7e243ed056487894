"""The JSON of the device API: messages, notices, chats, senders and oneself, as a person's devices read them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.actions.consent import purposes_of
from takt.actions.receive import Written
from takt.core.document import show_time
from takt.core.ids import wamid
from takt.core.value import value
from takt.core.window import WINDOW, is_open
from takt.store.reading import Entry, Footing, Me, Said, ThreadView
from takt.store.reference import EMPTY, Sender, Snapshot
from takt.wire.instants import instant
from takt.wire.shown import text_of
from takt.wire.why import source_text

STRANGER: Final = Footing(blocked=False, wrote=False, window_until=None)


class Message(msgspec.Struct, frozen=True):
    """A message in somebody's inbox; `text` is what a list or a plain client shows of it.

    `basis` is left out, but for `customer`: then the client shows beneath it why it came and a way to object.
    """

    cursor: int
    id: str
    sender: str
    mine: bool
    type: str
    at: str | None
    status: str
    text: str
    content: msgspec.Raw
    category: str
    context: str | None
    client_id: str | None
    opinion: str | msgspec.UnsetType | None = msgspec.UNSET
    basis: str | msgspec.UnsetType = msgspec.UNSET


_ENCODER: Final = msgspec.json.Encoder()


@value
class Acquaintance:
    """What is known between a person and the senders that are to be shown to them."""

    locale: str
    now: datetime
    footings: Mapping[str, Footing] = field(default_factory=dict)
    words: Mapping[tuple[UUID, str], Said] = field(default_factory=dict)
    snapshot: Snapshot = EMPTY


def message(entry: Entry, opinion: str | msgspec.UnsetType | None = msgspec.UNSET) -> Message:
    """A message of the inbox; `opinion` is what the person said of it, left out where nobody asked."""
    assert entry.message_id is not None
    return Message(
        cursor=entry.cursor,
        id=wamid(entry.message_id),
        sender=entry.sender_id,
        mine=entry.inbound,
        type=entry.type,
        at=instant(entry.at),
        status=entry.status,
        text=text_of(entry.type, msgspec.json.decode(entry.body)),
        content=msgspec.Raw(entry.body.encode()),
        category=entry.category,
        context=wamid(entry.context_id) if entry.context_id is not None else None,
        client_id=entry.client_id,
        opinion=opinion,
        basis=entry.basis or msgspec.UNSET,
    )


def notice(entry: Entry) -> dict[str, Any]:
    """A notice of the inbox: its kind and sender, and what its kind has to say; when, if it is a line of the chat."""
    said = msgspec.json.decode(entry.body, type=dict[str, Any])
    return {
        "cursor": entry.cursor,
        "kind": entry.kind,
        "sender": entry.sender_id,
        **said,
        **({"at": instant(entry.at)} if "confirm" in said else {}),
    }


def inbox(entries: Sequence[Entry], after: int) -> dict[str, Any]:
    """A page of the inbox; `cursor` is where the next one begins."""
    return {
        "messages": [message(entry) for entry in entries if entry.kind == "message"],
        "notices": [notice(entry) for entry in entries if entry.kind != "message"],
        "cursor": entries[-1].cursor if entries else after,
    }


def event(entry: Entry) -> bytes:
    """A row of the inbox as an event of the stream; its id is the cursor."""
    is_message = entry.kind == "message"
    shown = _ENCODER.encode(message(entry) if is_message else notice(entry))
    # Between its tokens JSON may hold line breaks, which would cut the event in two; within texts they are escaped.
    line = shown.translate(None, b"\r\n")
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (entry.cursor, b"message" if is_message else b"notice", line)


def passing_event(name: str, shown: Mapping[str, Any]) -> bytes:
    """An event that is not a row of the inbox and so has no id."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), _ENCODER.encode(shown))


def written(one: Written) -> dict[str, Any]:
    """The answer to a message that the person wrote."""
    return {"id": wamid(one.message_id), "cursor": one.cursor, "at": instant(one.at)}


def me(one: Me) -> dict[str, Any]:
    """A person as they see themselves. `quiet` and `time_zone` are null where they set none of their own."""
    own = one.quiet
    return {
        "wa_id": one.wa_id,
        "name": one.name,
        "locale": one.locale,
        "read_receipts": one.read_receipts,
        "cursor": one.cursor,
        "time_zone": one.time_zone,
        "quiet": None if own is None else {
            "from": show_time(own.from_min), "to": show_time(own.to_min), "for_all": own.for_all,
        },
    }  # fmt: skip


def sender(one: Sender, known: Acquaintance) -> dict[str, Any]:
    """A sender with its company, and how the person stands to it.

    `username` (or null). `profile`: `about`, `description`, `email`, `websites` (a list), `address`, `vertical` (as the
    Cloud API names branches), `picture` (id of a file, or null); texts are empty where nothing was said. `prompts`: texts
    to begin a chat with, at most 4. `commands`: `{name, description}`, offered while somebody types `/`.
    """
    footing = known.footings.get(one.sender_id, STRANGER)
    purposes = purposes_of(one, known.snapshot)
    return {
        "id": one.sender_id,
        "name": one.verified_name,
        "business": one.business.name,
        "verified": one.business.verified,
        "kind": one.kind,
        "about": one.business.about,
        "imprint": one.business.imprint,
        "purposes": purposes,
        "consent": {purpose: _consent(one, purpose, footing, known) for purpose in purposes},
        "purpose_names": {
            key: purpose.name.in_locale(known.locale)
            for key, purpose in known.snapshot.purposes_of(one.business).items()
            if key in purposes and purpose.version > 0
        },
        "blocked": footing.blocked,
        "muted": footing.muted,
        "phone": f"+{one.phone}",
        "username": one.number.username,
        "profile": _profile(one),
        "prompts": list(one.number.automation.prompts),
        "commands": [{"name": c.name, "description": c.description} for c in one.number.automation.commands],
    }


def _profile(one: Sender) -> dict[str, Any]:
    profile = one.number.profile
    return {
        "about": profile.about,
        "description": profile.description,
        "email": profile.email,
        "websites": list(profile.websites),
        "address": profile.address,
        "vertical": profile.vertical,
        "picture": one.number.picture_media_id,
    }


def thread(view: ThreadView, one: Sender, known: Acquaintance) -> dict[str, Any]:
    """A chat in the list."""
    return {
        "sender": sender(one, known),
        "last": message(view.last) if view.last is not None else None,
        "unread": view.unread,
        "blocked": view.blocked,
        "accepted": view.accepted,
        "muted": view.muted,
        "last_at": instant(view.last_at),
    }


def _consent(one: Sender, purpose: str, footing: Footing, known: Acquaintance) -> dict[str, Any]:
    said = known.words.get((one.business.business_id, purpose))
    if purpose == "service":
        return _service(said, footing, known)
    if said is None:
        return {"granted": False, "at": None, "source": None}
    return {"granted": said.granted, "at": instant(said.at), "source": source_text(said.source, known.locale)}


def _service(said: Said | None, footing: Footing, known: Acquaintance) -> dict[str, Any]:
    """Whoever writes to a company wants its answer: an open window says yes, whatever was said before it."""
    is_no = said is not None and not said.granted
    if said is not None and not (is_no and is_open(footing.window_until, known.now)):
        return {"granted": said.granted, "at": instant(said.at), "source": source_text(said.source, known.locale)}
    if footing.window_until is not None and is_open(footing.window_until, known.now):
        written_at = instant(footing.window_until - WINDOW)
        return {"granted": True, "at": written_at, "source": source_text("keyword", known.locale)}
    return {"granted": footing.wrote, "at": None, "source": None}
