"""What the filter found in messages of companies, for the operator: suspicions to decide about, senders watched or frozen.

Programs with the operator's token and people at the console ask for the same. Raises `takt.wire.errors.Refusal`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from takt.actions.text_reading import TextReader
from takt.actions.vetting import Appeal, Command, Decide, SetWatch
from takt.core.ids import parse_wamid, slot_of, wamid
from takt.filter.reasons import top_words
from takt.lanes import Lanes
from takt.store import suspicions, watches
from takt.store.reference import Business, Reference, Sender
from takt.store.site import Site
from takt.store.suspicions import Shown
from takt.store.watches import Watch
from takt.web.link_domains import LinkDomains
from takt.web.reviews import read_note, read_reason
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant
from takt.wire.words import words_of

STATES: Final = ("open", "confirmed", "cleared")
DECISIONS: Final = ("clear", "confirm")
WATCHES: Final = ("", "watched", "frozen")
LISTED_MAX: Final = 100
TEXT_CHARS_MAX: Final = 4_096


class SuspicionQueue:
    """Reads what waits, and hands decisions to their lane."""

    def __init__(self, site: Site, reference: Reference, texts: TextReader, lane: Lanes[Command, bool]) -> None:
        self._site = site
        self._reference = reference
        self._texts = texts
        self._lane = lane
        self.domains: Final = LinkDomains(site, lane)

    async def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        """The newest suspicions in a state, the first 100, and the senders that are watched or frozen."""
        state = query.get("state", "open")
        if state not in STATES:
            raise Refusal(errors.bad_value("state", f"must be one of {', '.join(STATES)}"))
        found: list[Shown] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                found += await suspicions.list_shown(conn, part, state, LISTED_MAX)
        found.sort(key=lambda one: (one.found_at, one.message_id), reverse=True)
        return {"data": await self._shown(found[:LISTED_MAX]), "senders": await self._watched()}

    async def waiting(self) -> int:
        """How many suspicions wait for a person, and how many senders have appealed."""
        count = 0
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                count += await suspicions.count_open(conn, part)
        return count + sum(bool(one["appeal"]) for one in await self._watched())

    async def decide(self, named: str, body: dict[str, Any], who: str) -> dict[str, Any]:
        """Do what a person decided about a message; the suspicion as it is then."""
        message_id = parse_wamid(named)
        if message_id is None:
            raise Refusal(errors.unknown_object(named))
        decision = body.get("decision")
        if decision not in DECISIONS:
            raise Refusal(errors.bad_value("decision", f"must be one of {', '.join(DECISIONS)}"))
        slot = slot_of(message_id)
        if not await self._lane.submit(slot, Decide(message_id, str(decision), who, read_note(body, "note"))):
            raise Refusal(errors.unknown_object(named))
        part = self._site.part_of(slot)
        async with self._site.pool(part).acquire() as conn:
            found = await suspicions.find_shown(conn, part, message_id)
        if found is None:
            raise Refusal(errors.unknown_object(named))
        return (await self._shown([found]))[0]

    async def set_watch(self, named: str, body: dict[str, Any]) -> dict[str, Any]:
        """Watch a sender, freeze it, or let it be."""
        sender, watch = self._sender(named), body.get("watch")
        if watch not in WATCHES:
            raise Refusal(errors.bad_value("watch", "must be watched, frozen or empty"))
        await self._lane.submit(slot_of(sender.business.contract_id), SetWatch(sender.sender_id, str(watch)))
        return {"success": True, "watch": watch}

    async def of(self, business: Business) -> list[dict[str, Any]]:
        """The senders of a company that are watched or frozen, and what it said to that."""
        async with self._site.everywhere.acquire() as conn:
            senders = (await self._reference.fresh(conn)).senders
            own = {key: one for key, one in senders.items() if one.business.business_id == business.business_id}
            found = await watches.list_of(conn, list(own))
        return [_watched(own[one.sender_id], one) for one in found]

    async def appeal(self, named: str, waba: str, body: dict[str, Any]) -> dict[str, Any]:
        """A company says why its sender should be let be."""
        sender = self._sender(named)
        if sender.business.waba_id != waba:
            raise Refusal(errors.unknown_object(named))
        words = read_reason(body)
        if not await self._lane.submit(slot_of(sender.business.contract_id), Appeal(sender.sender_id, words)):
            raise Refusal(errors.bad_value("sender", "is neither watched nor frozen"))
        return {"success": True}

    def _sender(self, named: str) -> Sender:
        sender = self._reference.current.senders.get(named)
        if sender is None:
            raise Refusal(errors.unknown_object(named))
        return sender

    async def _watched(self) -> list[dict[str, Any]]:
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
            found = await watches.list_watched(conn, LISTED_MAX)
        return [_watched(snapshot.senders[one.sender_id], one) for one in found if one.sender_id in snapshot.senders]

    async def _shown(self, found: Sequence[Shown]) -> list[dict[str, Any]]:
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
            model = await self._texts.model(conn)
        texts = [words_of(msgspec.json.decode(one.content))[:TEXT_CHARS_MAX] for one in found]
        telling = await asyncio.to_thread(lambda: [top_words(model, text, "fraud") for text in texts])
        return [
            _rendered(one, snapshot.senders.get(one.sender_id), text, words)
            for one, text, words in zip(found, texts, telling, strict=True)
        ]


def _rendered(one: Shown, sender: Sender | None, text: str, words: Sequence[str]) -> dict[str, Any]:
    return {
        "message": wamid(one.message_id),
        **(_about(sender) if sender is not None else {"sender": one.sender_id}),
        "type": one.type,
        "text": text,
        "status": one.status,
        "held": one.held,
        "words": list(words),
        "findings": msgspec.json.decode(one.findings),
        "found_at": instant(one.found_at),
        "state": one.state,
        "decided_at": instant(one.decided_at) if one.decided_at else None,
        "decided_by": one.decided_by,
        "note": one.note,
    }


def _watched(sender: Sender, one: Watch) -> dict[str, Any]:
    return {
        **_about(sender),
        "watch": one.watch,
        "since": instant(one.at) if one.at else None,
        "by_hand": one.by_hand,
        "appeal": one.appeal,
    }


def _about(sender: Sender) -> dict[str, Any]:
    business = sender.business
    company = {"waba": business.waba_id, "name": business.name, "verified": business.verified}
    return {"sender": sender.sender_id, "name": sender.verified_name, "company": company}
