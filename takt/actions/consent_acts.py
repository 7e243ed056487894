"""What every change of consent leaves to be written.

That is a record in the person's chain, new standings, a notice for the person's devices and, for marketing that the
person stopped or resumed, an event for the company (`user_preferences`). The event says *stopped*, never why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.actions.telling import identity_of, person_of
from takt.core.consent import (
    CHAIN_START,
    EVERYBODY,
    GRANTING,
    Act,
    ConsentRecord,
    Link,
    Standing,
    holds_until,
    link,
    number_hash,
    resumable,
    step,
)
from takt.core.ids import derive_id, slot_of
from takt.core.purpose import ALL, DEFAULT, SERVICE
from takt.core.value import value
from takt.store import consent, inbox, outbox
from takt.store.consent import Between, Change
from takt.store.inbox import Notice
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Business, Sender, Snapshot
from takt.wire import webhook

CHANNEL: Final = "takt messenger"
_TOLD: Final = frozenset({Act.GRANT, Act.STOP})
_WORDS: Final = frozenset({"keyword", "sentence"})
"""What was said in a chat: that it was understood is confirmed to the person."""
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@value
class Circumstances:
    """Where, how and in which language a word was given. `device` is the hash of the token of the device."""

    place: str = ""
    language: str = ""
    zone: str = ""
    device: str = ""


NOWHERE: Final = Circumstances()


@value
class Declaration:
    """One word about one purpose: whose, towards which business (by the sender met), by which way, and what shows it.

    `more` joins the terms: a confirmation, an import, the facts of an exception.
    """

    record_id: UUID
    person: LockedRecipient
    sender: Sender | None
    purpose: str
    act: Act
    source: str
    evidence: Mapping[str, Any]
    circumstances: Circumstances = NOWHERE
    more: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    valid_until: datetime | None = None

    @property
    def business_id(self) -> UUID:
        """Whom it is about; everybody when no sender is named."""
        return self.sender.business.business_id if self.sender is not None else EVERYBODY

    @property
    def between(self) -> Between:
        """The two whom it is about."""
        return self.person.recipient_id, self.business_id


@dataclass(slots=True)
class Acts:
    """What the words of a batch leave to be written.

    `states` are the standings when it began, `histories` the records of those who may resume; both move on here.
    `new_id` makes an id in a slot.
    """

    snapshot: Snapshot
    new_id: Callable[[int], UUID]
    now: datetime
    states: dict[Between, dict[str, Standing]] = field(default_factory=dict)
    histories: dict[Between, list[ConsentRecord]] = field(default_factory=dict)
    declarations: list[Declaration] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    events: list[outbox.Event] = field(default_factory=list)

    def say(self, word: Declaration) -> bool:
        """One more word of a locked person; what holds already is not said again. Whether it was new."""
        if self.holds(word):
            return False
        self.add(word)
        return True

    def holds(self, word: Declaration) -> bool:
        """Whether that is what holds already."""
        state = self.states.get(word.between, {})
        said = state.get(word.purpose)
        if word.act is Act.GRANT:
            until = None if said is None else holds_until(said.at, None, said.valid_until)
            return said is not None and said.act is Act.GRANT and until is not None and until > self.now
        if word.purpose == ALL:
            return said is not None and not any(one.granted for name, one in state.items() if name != SERVICE)
        return said is not None and not said.granted

    def add(self, word: Declaration) -> None:
        """One more record, whatever held before; its notice takes the next number of the person's inbox."""
        self.declarations.append(word)
        state = self.states.setdefault(word.between, {})
        record = self._record(word)
        changed = step(state, record)
        state.update(changed)
        self.histories.setdefault(word.between, []).append(record)
        self.changes.extend(
            Change(word.person.recipient_id, word.business_id, purpose, standing, word.source)
            for purpose, standing in changed.items()
        )
        if word.sender is not None:
            self._notice(word, word.sender)
            lifts = word.purpose == ALL and word.act is Act.GRANT  # what it gives back is told purpose by purpose
            if word.act in _TOLD and word.purpose != SERVICE and not lifts:
                self._tell(word, word.sender)

    def resume(self, word: Declaration, *, otherwise: str | None) -> None:
        """A person lifts a stop of all: a word for `*`, and one for each purpose that the stop took.

        Where it took none, `otherwise` is granted, if anything. The first word has the id of the one given.
        """
        purposes = resumable(self.histories.get(word.between, ())) or ((otherwise,) if otherwise is not None else ())
        everything = self.states.get(word.between, {}).get(ALL)
        names = ((ALL,) if everything is not None and not everything.granted else ()) + purposes
        for place, name in enumerate(names):
            own = derive_id(slot_of(word.record_id), str(word.record_id), name) if place else word.record_id
            self.say(replace(word, purpose=name, act=Act.GRANT, record_id=own))

    def _record(self, word: Declaration, terms: str = "") -> ConsentRecord:
        return ConsentRecord(
            word.record_id, word.person.recipient_id, word.business_id, 0, word.purpose, word.act in GRANTING,
            word.source, msgspec.json.encode(word.evidence).decode(), self.now, str(word.act), terms, word.valid_until,
        )  # fmt: skip

    def _notice(self, word: Declaration, sender: Sender) -> None:
        word.person.cursor += 1
        told: dict[str, Any] = {"purpose": word.purpose, "granted": word.act in GRANTING}
        if word.act is Act.STOP and word.purpose != SERVICE:
            told["confirm"] = True
        if word.source in _WORDS:
            told["by"] = "keyword"
        body = msgspec.json.encode(told).decode()
        kind = "consent_request" if word.act is Act.REQUEST else "consent"
        self.notices.append(Notice(word.person.recipient_id, word.person.cursor, sender.sender_id, kind, body))

    def _tell(self, word: Declaration, sender: Sender) -> None:
        listeners = self.snapshot.listeners(sender.business.business_id, "user_preferences")
        if not listeners:
            return
        purpose = None if word.purpose in (ALL, DEFAULT) else word.purpose
        body = webhook.render_preference(
            identity_of(sender),
            person_of(word.person, sender),
            self.now,
            granted=word.act is Act.GRANT,
            purpose=purpose,
        )
        self.events.extend(
            outbox.Event(
                self.new_id(slot_of(word.person.recipient_id)), endpoint.endpoint_id, "user_preferences",
                sender.business.waba_id, body,
            )
            for endpoint in listeners
        )  # fmt: skip

    async def write(self, conn: Conn, part: int) -> list[Link]:
        """Write records, standings and notices; events are left to the caller, which has some of its own."""
        if not self.declarations:
            return []
        links = await self._chained(conn, part)
        await consent.append(conn, part, links, self.changes)
        await inbox.add_notices(conn, part, self.notices, self.now)
        return links

    async def _chained(self, conn: Conn, part: int) -> list[Link]:
        people = {word.person.recipient_id: word.person for word in self.declarations}
        wanted = [(one.recipient_id, one.wa_id, self.new_id(slot_of(one.recipient_id)).hex) for one in people.values()]
        salts = await consent.salts(conn, part, wanted)
        ends = await consent.heads(conn, part, list(people))
        links: list[Link] = []
        for person in people:
            made = [
                self._record(word, self._terms(word, salts[person]))
                for word in self.declarations
                if word.person.recipient_id == person
            ]
            links += link(made, *ends.get(person, (0, CHAIN_START)))
        return links

    def _terms(self, word: Declaration, numbered: tuple[str, str]) -> str:
        """What was shown and said, as JSON; what is not known is left out."""
        terms: dict[str, Any] = {
            "channel": CHANNEL,
            "method": word.source,
            "place": word.circumstances.place,
            "zone": word.circumstances.zone,
            "device": word.circumstances.device,
            "number": number_hash(*numbered),
            **(_shown(self.snapshot, word.sender.business, word) if word.sender is not None else {}),
            **word.more,
        }
        return msgspec.json.encode({name: one for name, one in terms.items() if one not in ("", None)}).decode()


def _shown(snapshot: Snapshot, business: Business, word: Declaration) -> dict[str, Any]:
    """The company, and the purpose in the words that the person is shown."""
    shown: dict[str, Any] = {"company": business.name, "legal_name": business.name}
    purpose = snapshot.purposes_of(business).get(word.purpose)
    if purpose is not None:
        language = "de" if word.circumstances.language.startswith("de") else "en"
        shown |= {
            "legal_name": purpose.legal_name,
            "purpose": purpose.name.in_locale(language),
            "version": purpose.version,
            "language": language,
            "wording": purpose.wording.in_locale(language),
        }
    return shown
