"""The reader: reads what companies send, beside the hot path.

Every second, part by part, it reads messages of watched senders that wait for it, then what was written freely since the last
time, then some filled templates with links. What reads like fraud becomes a suspicion for a person; one makes its sender watched,
several freeze it. What people write to companies is never loaded.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.actions import template
from takt.actions.outcome import HOOKS
from takt.actions.review import Detect
from takt.actions.text_reading import Read, Said, TextReader
from takt.actions.watching import set_watch
from takt.clock import Clock
from takt.core.filtering import Filtering
from takt.core.value import value
from takt.lanes import Action
from takt.store import sketches, suspicions, watches
from takt.store.pool import Conn, transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.store.suspicions import Suspicion, Unread
from takt.wakes import Wakes
from takt.wire.words import words_of

LOOK_S: Final = 1.0
READ_MAX: Final = 300
FILLED_MAX: Final = 50
BEHIND: Final = timedelta(seconds=10)
"""How long a message is left before it is read, so that none is missed that committed late."""
SEVERITY: Final = ("", "watched", "frozen")
FORGET_EACH: Final = 3_600
CHEATED: Final = "the values of three messages advertise"
CHEATS: Final = 3
"""Filled texts that must surely advertise before a template that does not say so is stopped."""

_LOG = logging.getLogger(__name__)


@value
class Hand:
    """What carries out what follows for templates, and wakes who waits for it."""

    templates: Action[template.Command, Any]
    wakes: Wakes


class Reader:
    """The loop."""

    def __init__(self, site: Site, reference: Reference, texts: TextReader, hand: Hand, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._texts = texts
        self._hand = hand
        self._clock = clock
        self._cheats: Counter[str] = Counter()

    async def run(self) -> None:
        """Look until cancelled; never more than a few hundred texts a second, so that sending does not suffer."""
        rounds = 0
        while True:
            await self.look()
            if rounds % FORGET_EACH == 0:
                async with self._site.everywhere.acquire() as conn:
                    await sketches.forget(conn, self._clock.now())
            rounds += 1
            await asyncio.sleep(LOOK_S)

    async def look(self) -> int:
        """Read all parts once; how many suspicions there were. A part that fails is left to the next round."""
        async with self._site.everywhere.acquire() as conn:
            await self._texts.model(conn)
        found: list[Suspicion] = []
        for part in self._site.parts:
            try:
                found += await self._read_part(part)
            except Exception as fault:  # noqa: BLE001 - the others go on; this one is read again in a second
                _LOG.error("reading part %d failed", part, exc_info=fault)
        await self._stop_cheats()
        await self._judge({one.sender_id for one in found})
        return len(found)

    async def _judge(self, suspicious: set[str]) -> None:
        """Watch or freeze these senders, and let those be again about whom people thought better."""
        now = self._clock.now()
        async with self._site.everywhere.acquire() as conn:
            names = suspicious | set(await watches.names_watched(conn))
        if not names:
            return
        async with transaction(self._site.everywhere) as conn:
            snapshot = await self._reference.fresh(conn)
            rules = snapshot.tact(now).filter
            known = await watches.load(conn, sorted(names))
            since = {name: max(one.since, now - timedelta(days=rules.days)) for name, one in known.items()}
            strikes = await self._strikes(since)
            told = False
            for name, one in known.items():
                watch = _watch(strikes[name], rules)
                if watch != one.watch and not (one.by_hand and SEVERITY.index(watch) < SEVERITY.index(one.watch)):
                    told |= await set_watch(conn, snapshot, snapshot.senders[name], watch, self._clock.new_id, now)
        if told:
            self._hand.wakes.wake({HOOKS})

    async def _strikes(self, since: dict[str, datetime]) -> Counter[str]:
        strikes: Counter[str] = Counter()
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                strikes.update(await suspicions.strikes(conn, part, since))
        return strikes

    async def _read_part(self, part: int) -> tuple[Suspicion, ...]:
        """Read one part, unless somebody else does just now."""
        now = self._clock.now()
        async with transaction(self._site.pool(part)) as conn:
            after = await suspicions.take_turn(conn, part, now - BEHIND)
            if after is None:
                return ()
            held = await suspicions.list_held(conn, part, READ_MAX)
            free = await suspicions.list_free(conn, part, after, now - BEHIND, READ_MAX)
            until = free[-1].accepted_at if len(free) >= READ_MAX else max(now - BEHIND, after)
            filled = await suspicions.list_filled(conn, part, after, until, FILLED_MAX)
            read = await self._read(conn, [*held, *free, *filled], now)
            found = [
                _suspicion(one, said, held=at < len(held))
                for at, (one, said) in enumerate(read)
                if said is not None and said.is_fraud
            ]
            self._count_cheats(read[len(held) + len(free) :])
            bad = {one.message_id for one in found}
            await suspicions.add(conn, part, found, now)
            await suspicions.clear(conn, part, [one.message_id for one in held if one.message_id not in bad], now)
            await suspicions.set_read_to(conn, part, until)
        return tuple(found)

    async def _read(self, conn: Conn, unread: Sequence[Unread], now: datetime) -> list[tuple[Unread, Read | None]]:
        """What is found in each; None where there are no words, or the company is gone."""
        snapshot = await self._reference.fresh(conn)
        said = [
            Said(one.business_id, "message", words_of(msgspec.json.decode(one.content)))
            if one.business_id in snapshot.businesses
            else None
            for one in unread
        ]
        wordy = [one for one in said if one is not None and one.text]
        rate = snapshot.tact(now).filter.rate
        read = dict(zip(wordy, await self._texts.read(conn, wordy, snapshot, now, rate), strict=True)) if wordy else {}
        return [(one, read.get(words) if words is not None else None) for one, words in zip(unread, said, strict=True)]

    def _count_cheats(self, filled: Sequence[tuple[Unread, Read | None]]) -> None:
        """Count the templates whose values surely advertise, though their category says otherwise."""
        templates = {one.template_id: one for one in self._reference.current.templates.values()}
        for one, read in filled:
            found = templates.get(one.template_id or "")
            if read is None or found is None or read.category != "marketing":
                continue
            if found.category == "utility" and not found.detected:
                self._cheats[found.template_id] += 1

    async def _stop_cheats(self) -> None:
        """A template that again and again brings advertising under another name is stopped until it says what it is."""
        caught = [template_id for template_id, count in self._cheats.items() if count >= CHEATS]
        templates = {one.template_id: one for one in self._reference.current.templates.values()}
        for template_id in caught:
            del self._cheats[template_id]
            if (found := templates.get(template_id)) is not None:
                part = self._reference.current.businesses[UUID(found.business_id)].contract_part
                command = Detect(self._clock.new_id(), template_id, "marketing", CHEATED)
                async with transaction(self._site.pool(part)) as conn:
                    done = await self._hand.templates(conn, part, [command], self._clock.now(), again=False)
                self._hand.wakes.wake(done.wakes)


def _suspicion(unread: Unread, read: Read, *, held: bool) -> Suspicion:
    findings = [{"rule": one.rule, "evidence": one.evidence} for one in read.findings if one.rule != "reads_like_fraud"]
    found = [{"rule": "reads_like_fraud", "evidence": ""}, *findings]
    return Suspicion(unread.message_id, unread.business_id, unread.sender_id, held, msgspec.json.encode(found).decode())


def _watch(strikes: int, rules: Filtering) -> str:
    if strikes >= rules.strikes:
        return "frozen"
    return "watched" if strikes else ""
