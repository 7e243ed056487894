"""A cheap world to send a million messages into.

The world keeps what a database would, as the values that the actions load, and lets random things happen: people write,
allow, stop, block, delete, set their clocks; templates are paused, the policy changes. Commands go through the program's
own rules and state changes, and the oracle (`oracle.py`) judges what went out.
"""

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from takt.actions import admitting, ruling, send
from takt.actions.admitting import Admissions
from takt.actions.outgoing import Outgoing, Refused
from takt.actions.release import Release
from takt.actions.ruling import Loaded, Prepared
from takt.core.admission.book import ANYWHERE, Book
from takt.core.content import TemplateContent, TextContent
from takt.core.ledger import Wallet
from takt.core.message import SendMessage, Waits
from takt.core.quiet_time import OwnQuiet
from takt.core.rate_card import parse_card
from takt.core.tact import parse_policy
from takt.core.template import Template, from_components
from takt.core.waiting import Wish
from takt.core.window import WINDOW
from takt.store.facts import Permission, ThreadState
from takt.store.messages import Outbound
from takt.store.rate_cards import PriceLists
from takt.store.recipients import LockedRecipient
from takt.store.reference import EMPTY, Business, Reference, Sender, Snapshot
from takt.wire.shown import keep
from tests.actions.admitting import segment
from tests.actions.oracle import Oracle, Past

START: Final = datetime(2026, 10, 22, tzinfo=UTC)
"""Three days before the clocks of Europe go back, ten before those of America."""
PLENTY: Final = 10**15
BATCH: Final = 10
HELD_OUT: Final = 0.0625
PEOPLE: Final = 150
HIDDEN_ADVERT: Final = "200000001order"
"""A template that is filed as utility, and reads as advertising from the beginning."""
HOMES: Final = (
    ("4917139", "DE", "Europe/Berlin"),
    ("3361234", "FR", "Europe/Paris"),
    ("1212555", "US", "America/New_York"),
    ("1310555", "US", "America/Los_Angeles"),
    ("8210123", "KR", "Asia/Seoul"),
    ("9198123", "IN", "Asia/Calcutta"),
    ("5511987", "BR", "America/Sao_Paulo"),
    ("7701123", "KZ", "Asia/Almaty"),
    ("8490123", "VN", "Asia/Bangkok"),
    ("4479111", "GB", "Europe/London"),
)
ZONES: Final = ("Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Kiritimati")


@dataclass(slots=True)
class Tally:
    """What came of a run."""

    commands: int = 0
    out: int = 0
    adverts: int = 0
    released: int = 0
    waited: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    illegal: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)


class Fuzz:
    """One run: people, companies and chance, from a seed."""

    def __init__(self, seed: int, *, priced: bool = False) -> None:
        self.seed = seed
        self.priced = priced
        self.chance = Random(seed)
        self.now = START
        self.oracle = Oracle()
        self.tally = Tally()
        self.snapshot = self._make_snapshot()
        self.senders = list(self.snapshot.senders.values())
        self.people = self._make_people()
        self.numbers = list(self.people)
        self.loaded = self._make_loaded()
        self.commands: dict[tuple[str, str, str], SendMessage] = {}
        self.prepared: dict[tuple[str, str], Prepared] = {}
        self.waiting: list[tuple[datetime, int, Prepared, Wish]] = []
        self.releaser = Release(Reference(), self._id_in, 1)
        self._set_policy((3, 10, 2, 5), 2)
        if priced:
            key, year = self.snapshot.admission.key, b"held out 2026"
            self.oracle.held_out = {
                one.wa_id
                for one in self.people.values()
                if hashlib.blake2b(year + one.recipient_id.bytes, key=key, digest_size=8).digest()[0] < HELD_OUT * 256
            }
        for person in self.people.values():
            for business in self.snapshot.businesses.values():
                if self.chance.random() < 0.7:
                    self._consent(person, business, granted=True)

    def run(self, commands: int) -> Tally:
        """Let so many commands and as many other things happen."""
        acts: list[Callable[[], None]] = [
            self._write, self._write, self._write, self._word, self._word, self._block, self._delete, self._clock,
            self._pause, self._policy, self._refuse_person, self._mute,
        ]  # fmt: skip
        people, names = self.numbers, [*(one.name for one in self._templates()), ""]
        while self.tally.commands < commands:
            self.now += timedelta(seconds=self.chance.randrange(1, 200))
            self._release()
            self.chance.choice(acts)()
            outgoing = self._outgoing()
            for _ in range(BATCH):
                self._send(outgoing, self.chance.choice(people), self.chance.choice(names))
        return self.tally

    def _send(self, outgoing: Outgoing, wa_id: str, name: str) -> None:
        self.tally.commands += 1
        prepared = self._prepare(self.chance.choice(self.senders), wa_id, name)
        answer = send._decide(prepared, outgoing)
        if isinstance(answer, Refused):
            self.tally.reasons[answer.denied.reason.name] += 1
            if self.tally.commands % 8 == 0:
                self._check_refusal(prepared, answer)
            return
        message = outgoing._written.messages[-1]
        if isinstance(answer, Waits):
            self.tally.waited += 1
            life = timedelta(hours=72)
            wish = Wish(prepared.command.message_id, self.now, self.now + life)
            heapq.heappush(self.waiting, (answer.due_at, self.tally.commands, prepared, wish))
        else:
            self._check(prepared, message)

    def _release(self) -> None:
        """Look at what has waited until now, by the release's own decisions."""
        due: list[Prepared] = []
        while self.waiting and self.waiting[0][0] <= self.now:
            _, _, prepared, wish = heapq.heappop(self.waiting)
            fresh = self._prepare(prepared.sender, prepared.command.wa_id, _name_of(prepared))
            shown = fresh.shown
            assert shown is not None
            due.append(replace(fresh, kept=keep(shown, {}), wish=wish, declared=prepared.category))
        if not due:
            return
        outgoing = self._outgoing()
        for one in due:
            self.releaser._decide(one, outgoing, 0, self.now)
            message = outgoing._written.messages[-1]
            assert one.wish is not None
            if message.status == "accepted":
                self.tally.released += 1
                self._check(one, message)
            elif message.due_at is not None:
                self.tally.commands += 1
                heapq.heappush(self.waiting, (message.due_at, self.tally.commands, one, one.wish))

    def _check(self, prepared: Prepared, message: Outbound) -> None:
        self.tally.out += 1
        self.tally.adverts += prepared.category == "marketing"
        wa_id, sender = prepared.command.wa_id, prepared.sender
        faults = self.oracle.faults(wa_id, sender, prepared.template, message.consent_id, self.now)
        if faults:
            self.tally.illegal.append(f"{self.now} {sender.kind} {prepared.category} to {wa_id}: {sorted(faults)}")
        self.oracle.note(wa_id, sender.sender_id, prepared.template, self.now)

    def _check_refusal(self, prepared: Prepared, refused: Refused) -> None:
        if refused.denied.reason.name in ("pair_rate", "throughput") or self._by_score(refused):
            return
        wa_id = prepared.command.wa_id
        permission = self.loaded.permissions.get(
            (self.loaded.people[wa_id].recipient_id, prepared.sender.business.business_id, prepared.purpose)
        )
        proof = permission.record_id if permission is not None else None
        if not self.oracle.faults(wa_id, prepared.sender, prepared.template, proof, self.now):
            self.tally.needless.append(f"{self.now} {prepared.category} to {wa_id}: {refused.denied}")

    def _by_score(self, refused: Refused) -> bool:
        """What a score refuses need not break a law; but it must say why."""
        return self.priced and refused.denied.reason.name == "pressure" and "score" in refused.denied.figure

    def _outgoing(self) -> Outgoing:
        self.loaded.quiet.clear()
        self.loaded.admissions = Admissions(self.snapshot.tact(self.now), self.snapshot.admission)
        for person in self.people.values() if self.priced else ():
            person.exposure, person.exposed_at, person.added = admitting.pressure(person, self.now), self.now, 0.0
        return Outgoing(self.snapshot, self.loaded, self._id_in, 1, self.now)

    def _prepare(self, sender: Sender, wa_id: str, name: str) -> Prepared:
        """What `ruling.prepare` gives, filled in once for everybody."""
        key = (sender.sender_id, wa_id, name)
        command = self.commands.get(key)
        if command is None:
            content = TemplateContent(name, "de", ()) if name else TextContent("Hallo")
            command = SendMessage(self._id(), sender.sender_id, wa_id, wa_id, content, verdict_at_once=True)
            self.commands[key] = command
        pattern = self.prepared.get((sender.sender_id, name))
        if pattern is None:
            pattern = self.prepared[sender.sender_id, name] = ruling.prepare(self.snapshot, command)
        return Prepared(command, sender, pattern.template, pattern.mismatch, pattern.opening)

    # ---------------------------------------------------------------- what happens

    def _pair(self) -> tuple[LockedRecipient, Sender, ThreadState]:
        person, sender = self._anybody(), self.chance.choice(self.senders)
        pair = (person.recipient_id, sender.sender_id)
        return person, sender, self.loaded.threads.setdefault(pair, ThreadState())

    def _anybody(self) -> LockedRecipient:
        return self.people[self.chance.choice(self.numbers)]

    def _write(self) -> None:
        """A person writes, which opens the window and ends the silence."""
        person, sender, thread = self._pair()
        thread.window_until, thread.unanswered, thread.ever_wrote = self.now + WINDOW, 0, True
        thread.deleted_at = None
        past = self.oracle.past[person.wa_id]
        past.wrote[sender.sender_id] = self.now.timestamp()
        past.unanswered[sender.sender_id] = 0
        past.deleted.pop(sender.sender_id, None)

    def _word(self) -> None:
        """A person allows or stops a company's advertising."""
        person = self._anybody()
        self._consent(
            person, self.chance.choice(list(self.snapshot.businesses.values())), granted=self.chance.random() < 0.7
        )

    def _consent(self, person: LockedRecipient, business: Business, *, granted: bool) -> None:
        until = self.now + timedelta(hours=self.chance.randrange(1, 200)) if self.chance.random() < 0.2 else None
        act = "import" if granted and self.chance.random() < 0.2 else "grant" if granted else "stop"
        record_id = self._id()
        self.loaded.permissions[person.recipient_id, business.business_id, "marketing"] = Permission(
            granted, self.now, "chat", record_id, act, until
        )
        self.oracle.past[person.wa_id].consents.append((
            self.now.timestamp(), business.waba_id, granted, 1e18 if until is None else until.timestamp(), record_id,
            act == "grant",
        ))  # fmt: skip

    def _block(self) -> None:
        person, sender, thread = self._pair()
        blocks = self.oracle.past[person.wa_id].blocks
        if self.chance.random() < 0.3:
            thread.blocked_at = self.now
            blocks.add(sender.sender_id)
        else:
            thread.blocked_at = None
            blocks.discard(sender.sender_id)

    def _mute(self) -> None:
        person, sender, thread = self._pair()
        thread.muted = self.chance.random() < 0.3
        muted = self.oracle.past[person.wa_id].muted
        (muted.add if thread.muted else muted.discard)(sender.sender_id)

    def _delete(self) -> None:
        person, sender, thread = self._pair()
        thread.deleted_at, thread.window_until = self.now, None
        past = self.oracle.past[person.wa_id]
        past.deleted[sender.sender_id] = self.now.timestamp()
        past.wrote.pop(sender.sender_id, None)

    def _refuse_person(self) -> None:
        person, sender, thread = self._pair()
        thread.blocked_by_business = self.chance.random() < 0.3
        refused = self.oracle.past[person.wa_id].refused_by
        (refused.add if thread.blocked_by_business else refused.discard)(sender.sender_id)

    def _clock(self) -> None:
        """A person travels, or sets a quiet time of their own, or takes it back."""
        person = self._anybody()
        past = self.oracle.past[person.wa_id]
        home = next(zone for prefix, _, zone in HOMES if person.wa_id.startswith(prefix))
        person.time_zone = self.chance.choice([None, None, *ZONES])
        past.zone = ZoneInfo(person.time_zone or home)
        person.own_quiet, past.own = None, None
        if self.chance.random() < 0.5:
            start, length = self.chance.randrange(1440), self.chance.randrange(1, 1000)
            for_all = self.chance.random() < 0.3
            past.own = (start, (start + length) % 1440, for_all)
            person.own_quiet = OwnQuiet(*past.own)

    def _pause(self) -> None:
        """A template is paused, disabled, or approved again, or read as advertising; what was prepared with it is anew."""
        if self.chance.random() < 0.95:
            return
        key, template = self.chance.choice(list(self.snapshot.templates.items()))
        status = self.chance.choice(["APPROVED"] * 6 + ["PAUSED", "DISABLED", "REJECTED"])
        detected = self.chance.choice(["", "", "utility", "marketing"])
        templates = {**self.snapshot.templates, key: replace(template, status=status, detected=detected)}
        self.snapshot = replace(self.snapshot, templates=templates)
        self.oracle.templates[template.template_id] = status
        self.oracle.read_as[template.template_id] = detected
        self.prepared.clear()

    def _policy(self) -> None:
        """The operator changes the caps and how marketing is admitted; hours stay those of the law."""
        if self.chance.random() < 0.95:
            return
        caps = [self.chance.randrange(1, high) for high in (5, 15, 4, 8)]
        weekly = self.chance.randrange(2, 9) if self.chance.random() < 0.7 else None
        self._set_policy((caps[0], caps[1], caps[2], caps[3]), weekly)

    def _set_policy(self, caps: tuple[int, int, int, int], weekly: int | None) -> None:
        """The caps, and a weekly one by which marketing is admitted (None: off), unless scores decide."""
        names = ("person_per_day", "person_per_week", "sender_per_day", "sender_per_week")
        mode = "priced" if self.priced else "off" if weekly is None else "cap"
        admission = {"mode": mode, "cap_per_week": weekly or 0, "cold_exploration": 0, "hold_out": HELD_OUT}
        policy = parse_policy({"caps": dict(zip(names, caps, strict=True)), "admission": admission})
        self.snapshot = replace(self.snapshot, policies=((START, policy),))
        if self.priced:
            book = Book(segments={ANYWHERE: segment(0.3)}, key=str(self.seed).encode())
            self.snapshot = replace(self.snapshot, admission=book)
        self.oracle.caps = caps
        self.oracle.weekly = None if self.priced else weekly

    # ---------------------------------------------------------------- who is there

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def _id_in(self, _slot: int) -> UUID:
        return self._id()

    def _make_people(self) -> dict[str, LockedRecipient]:
        people: dict[str, LockedRecipient] = {}
        for number in range(PEOPLE):
            prefix, country, zone = HOMES[number % len(HOMES)]
            wa_id = f"{prefix}{number:05}"
            people[wa_id] = LockedRecipient(self._id(), wa_id, "", "Mara", country, 0, read_receipts=True)
            self.oracle.past[wa_id] = Past(country, ZoneInfo(zone))
        return people

    def _templates(self) -> Iterator[Template]:
        yield from {one.name: one for one in self.snapshot.templates.values()}.values()

    def _make_snapshot(self) -> Snapshot:
        rules = [{"when": {"category": "service"}, "price": 0, "type": "free_customer_service"}, {"price": 50_000}]
        card = parse_card({"card": "card", "currency": "EUR", "rules": rules}, 1, {})
        businesses = [
            Business(self._id(), f"20000000{n}", f"Firma {n}", stage, True, "", "", "de", self._id(), 0, "card")
            for n, stage in enumerate(("live", "live", "live", "live", "paused"))
        ]
        senders = [
            Sender(f"1000000{n}{m}", one, kind, "live", f"4930{n}{m}", one.name, 100_000, 3)
            for n, one in enumerate(businesses)
            for m, kind in enumerate(("outreach", "support"))
        ]
        templates = {
            (one.business_id, name, "de"): self._template(one, name, category)
            for one in businesses
            for name, category in (
                ("offer", "marketing"), ("sale", "marketing"), ("news", "marketing"), ("order", "utility"),
                ("code", "authentication"),
            )
        }  # fmt: skip
        return replace(
            EMPTY,
            version=1,
            businesses={one.business_id: one for one in businesses},
            senders={one.sender_id: one for one in senders},
            templates=templates,
            prices=PriceLists(timelines={"card": ((START - timedelta(days=1), card),)}),
        )

    def _template(self, business: Business, name: str, category: str) -> Template:
        template_id = f"{business.waba_id}{name}"
        self.oracle.templates[template_id] = "APPROVED"
        self.oracle.read_as[template_id] = detected = "marketing" if template_id == HIDDEN_ADVERT else ""
        row = {
            "template_id": template_id, "detected": detected, "business_id": business.business_id, "name": name, "language": "de",
            "category": category, "status": "APPROVED", "parameter_format": "POSITIONAL", "ttl_s": 72 * 3600, "kinds": (),
            "purpose": "marketing",
        }  # fmt: skip
        return from_components(row, [{"type": "BODY", "text": "Neues."}])

    def _make_loaded(self) -> Loaded:
        wallets = {ruling.payer_of(one): Wallet(PLENTY, 0, 0) for one in self.snapshot.businesses.values()}
        return Loaded(dict(self.people), {}, {}, set(), {}, wallets, {}, {})


def _name_of(prepared: Prepared) -> str:
    content = prepared.command.content
    return content.name if isinstance(content, TemplateContent) else ""
