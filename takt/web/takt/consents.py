"""What companies and the operator do about consent, for `/takt/v1/…` and the command line alike.

Each method takes what came in and gives what is shown of it, or raises Refusal. A company sees and changes its own only.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.actions import ask_consent, purpose
from takt.actions.ask_consent import Ask, Outcome
from takt.actions.bring_consent import Bring
from takt.actions.consent import any_sender
from takt.actions.consent_acts import NOWHERE
from takt.actions.erase import Erase, Erased
from takt.actions.purpose import DefinePurpose, SetTemplatePurpose
from takt.clock import Clock
from takt.core.consent import CHAIN_START, Act, ConsentRecord, broken
from takt.core.ids import derive_id, slot_of, slot_of_key
from takt.core.purpose import PURPOSES_MAX, Purpose
from takt.core.value import value
from takt.lanes import Lanes
from takt.store import consent, consent_requests, permissions
from takt.store.reference import Business, Reference, Sender, Snapshot
from takt.store.site import Site
from takt.wire import consents, errors
from takt.wire.consents import Row, Unfit
from takt.wire.errors import Refusal, WireError
from takt.wire.instants import instant
from takt.wire.proof import Proof, Use

Shown = dict[str, Any]
BROUGHT_AT_ONCE: Final = 500
WALK_MAX: Final = 2000

Clear = Callable[[int, UUID], Awaitable[None]]
"""Clears at once what an erasure, named by part and id, leaves with companies."""


@value
class ConsentLanes:
    """The lanes that consent goes to."""

    purposes: Lanes[purpose.Command, purpose.Answer]
    asks: Lanes[ask_consent.Command, ask_consent.Result]
    brings: Lanes[Bring, str]
    erasing: Lanes[Erase, Erased | None]


class Consents:
    """Purposes, requests, imports, proofs, checks and erasures."""

    def __init__(self, site: Site, reference: Reference, lanes: ConsentLanes, clock: Clock, clear: Clear) -> None:
        self._site = site
        self._reference = reference
        self._lanes = lanes
        self._clock = clock
        self._clear = clear

    async def purposes(self, business: Business) -> Shown:
        """What a company may ask consent for."""
        snapshot = await self._snapshot()
        return {"purposes": [_purpose(one) for one in snapshot.purposes_of(business).values()]}

    async def define(self, business: Business, key: str, body: Mapping[str, Any]) -> Shown:
        """Word a purpose anew; the same words again change nothing."""
        wanted = _fitting(lambda: consents.parse_purpose(key, body))
        answer = await self._lanes.purposes.submit(0, DefinePurpose(business.business_id, wanted))
        if isinstance(answer, Purpose):
            return _purpose(answer)
        raise Refusal(errors.bad_value("key", f"must be a known one: a company has at most {PURPOSES_MAX} purposes"))

    async def set_template(self, business: Business, template_id: str, body: Mapping[str, Any]) -> Shown:
        """A template serves a purpose from now on."""
        named = body.get("purpose")
        if not isinstance(named, str):
            raise Refusal(errors.missing("purpose"))
        command = SetTemplatePurpose(business.business_id, template_id, named)
        answer = await self._lanes.purposes.submit(0, command)
        if answer == "template":
            raise Refusal(errors.unknown_object(template_id))
        if answer == "purpose":
            raise Refusal(errors.bad_value("purpose", "must be the key of one of your purposes"))
        return {"id": template_id, "purpose": named}

    async def ask(self, business: Business, body: Mapping[str, Any]) -> Shown:
        """Ask a person for consent; they answer in a dialogue of the messenger's own."""
        snapshot = await self._snapshot()
        sender = _outreach(snapshot, business, body.get("sender"))
        to, key = _fitting(lambda: consents.parse_whom(body))
        _require_purpose(snapshot, business, key)
        slot = slot_of_key(to)
        result = await self._lanes.asks.submit(slot, Ask(self._clock.new_id(slot), to, sender.sender_id, key))
        assert isinstance(result, Outcome), "only people are refused in this lane"
        return {
            "to": to,
            "purpose": key,
            "state": result.answer.word,
            "request": str(result.request_id) if result.request_id is not None else None,
            "next_at": instant(result.answer.next_at),
        }

    async def bring(self, business: Business, raw: bytes, *, as_csv: bool) -> Shown:
        """Take a list of consents; each row is answered, and a faulty one does not keep the others out."""
        snapshot = await self._snapshot()
        now = self._clock.now()
        rows = _fitting(lambda: consents.split_rows(raw, as_csv=as_csv))
        sender = _speaker(snapshot, business)
        commands = [self._row(one, business, sender, snapshot, now) for one in rows]
        words = await self._submit([one for one in commands if isinstance(one, Bring)])
        said = iter(words)
        shown = [
            {"row": number, **({"outcome": next(said)} if isinstance(one, Bring) else _fault(one))}
            for number, one in enumerate(commands, 1)
        ]
        counts = Counter(one.get("outcome", "faulty") for one in shown)
        return {"rows": shown, "counts": dict(sorted(counts.items()))}

    async def claim(self, business: Business, body: Mapping[str, Any]) -> Shown:
        """Note an existing customer (UWG §7(3)): a basis of its own, with its facts; one that is missing is named."""
        snapshot = await self._snapshot()
        claim = _fitting(lambda: consents.parse_claim(body, self._clock.now()))
        _require_purpose(snapshot, business, claim.purpose)
        record_id = derive_id(
            slot_of_key(claim.to), "customer", business.waba_id, claim.to, claim.purpose, str(claim.terms)
        )
        command = Bring(
            record_id, claim.to, _speaker(snapshot, business).sender_id, claim.purpose, Act.EXCEPT, "customer",
            claim.terms, claim.valid_until,
        )  # fmt: skip
        [word] = await self._submit([command])
        return {"to": claim.to, "purpose": claim.purpose, "outcome": word, "valid_until": instant(claim.valid_until)}

    def _row(
        self, row: Mapping[str, Any] | WireError, business: Business, sender: Sender, snapshot: Snapshot, now: datetime
    ) -> Bring | WireError:
        if isinstance(row, WireError):
            return row
        try:
            parsed = consents.parse_row(row, now)
            _require_purpose(snapshot, business, parsed.purpose)
        except Unfit as unfit:
            return unfit.fault
        except Refusal as refusal:
            return refusal.error
        record_id = _row_id(parsed, business)
        return Bring(
            record_id, parsed.to, sender.sender_id, parsed.purpose, Act.IMPORT, "import", parsed.terms,
            parsed.valid_until, parsed.language,
        )  # fmt: skip

    async def _submit(self, commands: Sequence[Bring]) -> list[str]:
        words: list[str] = []
        for start in range(0, len(commands), BROUGHT_AT_ONCE):
            some = commands[start : start + BROUGHT_AT_ONCE]
            words += await asyncio.gather(*(self._lanes.brings.submit(slot_of_key(one.wa_id), one) for one in some))
        return words

    async def proof(self, business: Business, number: str) -> Proof:
        """Everything on record between a company and the person with this number, also one that was erased."""
        part = self._site.part_of(slot_of_key(number))
        async with self._site.pool(part).acquire() as conn:
            person = await permissions.person_of(conn, part, number)
            if person is None:
                person = (await consent_requests.suppressed(conn, part, [number])).get(number)
            if person is None:
                raise Refusal(errors.unknown_object(number))
            chain = await permissions.chain(conn, part, person)
            numbers = await permissions.salts(conn, part, person)
            uses = await permissions.uses(conn, part, person)
        own = [link for link in chain.links if link[0].business_id == business.business_id]
        return Proof(
            business.name, person, numbers, own, len(chain.links), chain.broken,
            {one.record_id: Use(one.count, one.last_at) for one in uses.values()}, self._clock.now(),
        )  # fmt: skip

    async def verify(self) -> Shown:
        """Check all chains; the first record that does not follow from the one before it is named."""
        checked = people = 0
        for part in self._site.parts:
            count, met, first = await self._verify_part(part)
            checked, people = checked + count, people + met
            if first is not None:
                return {
                    "whole": False, "records": checked, "people": people,
                    "first_broken": {
                        "part": part, "record": str(first.record_id), "person": str(first.recipient_id),
                        "number": first.number, "at": instant(first.at),
                    },
                }  # fmt: skip
        return {"whole": True, "records": checked, "people": people, "first_broken": None}

    async def _verify_part(self, part: int) -> tuple[int, int, ConsentRecord | None]:
        after, previous, people, count = (UUID(int=0), 0), CHAIN_START, 0, 0
        while True:
            async with self._site.pool(part).acquire() as conn:
                page = await consent.walk(conn, part, after, WALK_MAX)
            for link in page:
                record = link[0]
                if record.recipient_id != after[0]:
                    after, previous, people = (record.recipient_id, 0), CHAIN_START, people + 1
                if broken([link], after[1], previous) is not None:
                    return count, people, record
                after, previous, count = (record.recipient_id, record.number), link[2], count + 1
            if len(page) < WALK_MAX:
                return count, people, None

    async def erase(self, number: str) -> Shown:
        """Erase the person with this number, by the operator; the certificate."""
        slot = slot_of_key(number)
        part = self._site.part_of(slot)
        async with self._site.pool(part).acquire() as conn:
            person = await permissions.person_of(conn, part, number)
        if person is None:
            raise Refusal(errors.unknown_object(number, "delete"))
        command = Erase(
            self._clock.new_id(slot_of(person)), person, None, "operator", self._clock.new_bytes(32), NOWHERE
        )
        erased = await self._lanes.erasing.submit(slot, command)
        if erased is None:
            raise Refusal(errors.unknown_object(number, "delete"))
        await self._clear(part, command.erasure_id)
        return msgspec.json.decode(erased.certificate, type=dict[str, Any])

    async def business(self, waba_id: str) -> Business:
        """The company with this id on the wire."""
        found = (await self._snapshot()).by_waba.get(waba_id)
        if found is None:
            raise Refusal(errors.unknown_object(waba_id))
        return found

    async def own(self, business_id: UUID | None) -> Business:
        """The company that a token belongs to."""
        assert business_id is not None, "a token with permissions belongs to a company"
        return (await self._snapshot()).businesses[business_id]

    async def _snapshot(self) -> Snapshot:
        async with self._site.everywhere.acquire() as conn:
            return await self._reference.fresh(conn)


def _fitting(parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except Unfit as unfit:
        raise Refusal(unfit.fault) from None


def _fault(error: object) -> Shown:
    assert isinstance(error, WireError)
    return {"error": error.details}


def _row_id(row: Row, business: Business) -> UUID:
    """The same row is the same record, however often it comes."""
    listed = msgspec.json.encode(row.terms, order="sorted").decode()
    return derive_id(slot_of_key(row.to), "import", business.waba_id, row.to, row.purpose, listed)


def _require_purpose(snapshot: Snapshot, business: Business, key: str) -> None:
    known: Iterable[str] = snapshot.purposes_of(business)
    if key not in known:
        raise Refusal(errors.bad_value("purpose", f"must be one of your purposes: {', '.join(known)}"))


def _outreach(snapshot: Snapshot, business: Business, named: object) -> Sender:
    if named is None:
        sender = any_sender(snapshot, business.business_id)
    else:
        sender = snapshot.senders.get(named) if isinstance(named, str) else None
    if sender is None or sender.business.business_id != business.business_id or sender.kind != "outreach":
        raise Refusal(errors.bad_value("sender", "must be the id of one of your outreach senders"))
    return sender


def _speaker(snapshot: Snapshot, business: Business) -> Sender:
    sender = any_sender(snapshot, business.business_id)
    if sender is None:
        raise Refusal(errors.bad_value("sender", "must exist: the company has none yet"))
    return sender


def _purpose(one: Purpose) -> Shown:
    return {
        "key": one.key,
        "version": one.version,
        "name": {"en": one.name.en, "de": one.name.de},
        "wording": {"en": one.wording.en, "de": one.wording.de},
        "legal_name": one.legal_name,
    }
