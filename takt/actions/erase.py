"""Erase a person: at one company, or altogether.

Two steps. In the person's part, in one transaction: a last record in the chain of consents, messages emptied, events,
chats, devices and the person's row dropped, the number kept as a hash that no list gets past, and the certificate
written. Then, part by part, the companies' views (`clear_views`); the sweep repeats that once more a minute later, for
a projector may have been under way. Money that was earned stays as it was booked; what was only held is set free.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.actions.consent import any_sender
from takt.actions.consent_acts import Acts, Circumstances, Declaration
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.core.consent import EVERYBODY, PROOF_LIFE, Act, Link
from takt.core.ids import slot_of
from takt.core.purpose import ALL
from takt.core.value import value
from takt.store import consent, consent_requests, erasing, ledger, outbox, permissions, recipients
from takt.store.erasing import Erasure
from takt.store.ledger import Settled
from takt.store.permissions import Use
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Business, Reference, Snapshot

BY_ERASURE: Final = "erasure"


@value
class Erase:
    """Erase this person, at the company with this id or altogether. `key` hashes the number if none is kept yet.

    `erasure_id` makes a repeat meet itself.
    """

    erasure_id: UUID
    recipient_id: UUID
    business_id: UUID | None
    by: str
    key: bytes
    circumstances: Circumstances


@value
class Erased:
    """What was done: the certificate, and the token hashes of devices that lost their person."""

    certificate: str
    devices: tuple[bytes, ...] = ()


class ErasePerson:
    """The action of the erasing lane. `new_id` makes an id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Erase], now: datetime, *, again: bool
    ) -> Done[Erased | None]:
        """Erase one after the other; None to who is not there."""
        del again
        snapshot = await self._reference.fresh(conn)
        people = await recipients.lock(conn, part, list({one.recipient_id for one in commands}))
        known = await erasing.find(conn, part, [one.erasure_id for one in commands])
        answers: list[Erased | None] = []
        for one in commands:
            before = known.get(one.erasure_id)
            if before is not None and before.certificate is not None:
                answers.append(Erased(before.certificate))
            elif one.recipient_id not in people:
                answers.append(None)
            else:
                answers.append(await self._erase(conn, part, one, people[one.recipient_id], snapshot, now))
                if one.business_id is None:
                    del people[one.recipient_id]
        topics = {inbox_topic(one.recipient_id) for one in commands}
        return Done(answers, topics | {DESK, HOOKS})

    async def _erase(
        self, conn: Conn, part: int, command: Erase, person: LockedRecipient, snapshot: Snapshot, now: datetime
    ) -> Erased:
        business = snapshot.businesses[command.business_id] if command.business_id is not None else None
        uses = await permissions.uses(conn, part, person.recipient_id)
        counts, held = await _empty(conn, part, person, business, snapshot, now)
        links = await self._record(conn, part, command, person, uses, Acts(snapshot, self._new_id, now))
        devices: list[bytes] = []
        if business is None:
            key = await consent_requests.suppression_key(conn, command.key)
            assert key is not None
            form = consent_requests.suppressed_form(key, person.wa_id)
            await erasing.suppress(conn, part, form, person.recipient_id, now)
            devices = await erasing.drop_person(conn, part, person.recipient_id)
            counts["devices"] = len(devices)
        text = _certificate(command, counts, links[-1], business, now)
        await erasing.add(
            conn, part, Erasure(command.erasure_id, person.recipient_id, command.business_id, command.by, now, None, None, text)
        )  # fmt: skip
        if held:
            await ledger.settle(conn, part, held, (), now)
        return Erased(text, tuple(devices))

    async def _record(
        self, conn: Conn, part: int, command: Erase, person: LockedRecipient, uses: Mapping[UUID, Use], acts: Acts
    ) -> list[Link]:
        """The last word: all is stopped and erased. How the consents were used goes into it, for messages forget it."""
        met = await consent.businesses_of(conn, part, person.recipient_id)
        wanted = {command.business_id} if command.business_id is not None else met | {EVERYBODY}
        pairs = [(person.recipient_id, one) for one in sorted(wanted)]
        acts.states = await consent.states(conn, part, pairs)
        histories = await consent.histories(conn, part, pairs)
        for pair in pairs:
            sender = any_sender(acts.snapshot, pair[1])
            if sender is None and pair[1] != EVERYBODY:
                continue
            used = [uses[one.record_id] for one in histories.get(pair, ()) if one.record_id in uses]
            evidence = {"by": command.by, "erasure": str(command.erasure_id)}
            word = Declaration(
                self._new_id(slot_of(person.recipient_id)), person, sender, ALL, Act.STOP, BY_ERASURE, evidence,
                command.circumstances,
            )  # fmt: skip
            if command.business_id is not None:
                acts.say(
                    word
                )  # the company is told that it is over; of an account that goes there is nobody to tell of
            own_id = self._new_id(slot_of(person.recipient_id))
            more = {"uses": {str(one.record_id): [one.count, one.last_at] for one in used}}
            acts.add(replace(word, record_id=own_id, act=Act.ERASE, more=more))
        links = await acts.write(conn, part)
        if acts.events:
            await outbox.add(conn, part, acts.events, acts.now)
        if command.business_id is not None:
            await recipients.set_cursors(conn, part, [person])
        else:
            await erasing.drop_chats(conn, part, person.recipient_id, None)  # the notices of these very records
        return links


async def _empty(
    conn: Conn, part: int, person: LockedRecipient, business: Business | None, snapshot: Snapshot, now: datetime
) -> tuple[dict[str, Any], list[Settled]]:
    """Everything that says something of the person, but for the proof: how much there was of each; holds set free."""
    only = business.business_id if business is not None else None
    senders = (
        None if only is None else [s.sender_id for s in snapshot.senders.values() if s.business.business_id == only]
    )
    unfinished = await erasing.fail_unfinished(conn, part, person.recipient_id, only, now)
    held = await ledger.release_holds(conn, part, unfinished, now)
    emptied = await erasing.empty_messages(conn, part, person.recipient_id, only)
    marks = [person.wa_id, person.user_code]
    waba_id = business.waba_id if business is not None else None
    counts = {
        "messages": len(emptied),
        "events": await erasing.drop_events(conn, part, slot_of(person.recipient_id), marks, waba_id),
        "media": await erasing.give_up_media(conn, part, person.recipient_id, only, now),
        "chats": await erasing.drop_chats(conn, part, person.recipient_id, senders),
    }
    owner = business.owner if business is not None else None
    await erasing.drop_rebuffs(conn, part, person.wa_id, only)
    await erasing.drop_ties(conn, part, person.recipient_id, only, owner)
    return counts, held


def _certificate(
    command: Erase, counts: Mapping[str, Any], last: Link, business: Business | None, now: datetime
) -> str:
    """What was done, as JSON. It names nobody: the pseudonym is what the records of consent are kept under."""
    record, _, this = last
    said: dict[str, Any] = {
        "certificate": str(command.erasure_id),
        "scope": "account" if business is None else "company",
        "company": business.name if business is not None else None,
        "asked_by": command.by,
        "erased_at": now,
        "deleted": {**counts, "desk_cards": "all", "account": business is None},
        "kept": {
            "consent_records": {
                "under": str(command.recipient_id),
                "until": now + PROOF_LIFE,
                "why": "GDPR Art. 17(3)(e), UWG §7a",
                "last_record": str(record.record_id),
                "chain_hash": this.hex(),
            },
            "billing_totals": {"why": "GDPR Art. 17(3)(b), HGB §257", "with_person": False},
            "suppression_hash": {"why": "GDPR Art. 21(3)", "kept": business is None},
        },
    }
    text = msgspec.json.encode(said).decode()
    return msgspec.json.encode({**said, "sha256": sha256(text.encode()).hexdigest()}).decode()
