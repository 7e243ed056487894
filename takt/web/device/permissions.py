"""What a person decides about companies in one place: permissions, requests, export, proof, erasure."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

import msgspec

from takt.actions import ask_consent, consent
from takt.actions.ask_consent import Outcome
from takt.actions.ask_consent import Reply as Answered
from takt.actions.consent import SetConsent, StopEverybody, any_sender
from takt.actions.erase import Erase, Erased
from takt.actions.outcome import inbox_topic
from takt.clock import Clock
from takt.core import refusal
from takt.core.asking import REQUEST_LIFE
from takt.core.consent import EVERYBODY
from takt.core.ids import slot_of
from takt.core.purpose import ALL
from takt.core.refusal import Refusal
from takt.lanes import Lanes
from takt.store import consent_requests, erasing, permissions
from takt.store.reference import Business, Reference
from takt.wakes import Wakes
from takt.web.device.circumstances import circumstances
from takt.web.device.door import Call, Caller, Door, Page, Refused, Reply
from takt.web.device.permission_view import (
    LATELY,
    Permissions,
    proof_of,
    render_chain,
    render_company,
    render_request,
)
from takt.web.device.sign_in import device_cookie
from takt.web.device.streams import gone_signal
from takt.wire import device as wire
from takt.wire.device import PostAnswer, PostErasure, PutEverybody, PutPermission
from takt.wire.instants import instant
from takt.wire.proof import render_page, render_proof

Clear = Callable[[int, UUID], Awaitable[None]]
"""Clears at once what an erasure, named by part and id, leaves with companies."""


class PermissionLanes(Protocol):
    """The lanes that a person's decisions go to."""

    @property
    def consent(self) -> Lanes[consent.Command, consent.Answer]:
        """Words on purposes."""
        ...

    @property
    def asks(self) -> Lanes[ask_consent.Command, ask_consent.Result]:
        """Requests of companies."""
        ...

    @property
    def erasing(self) -> Lanes[Erase, Erased | None]:
        """Erasures."""
        ...


class DevicePermissions:
    """One method a request; each is given who calls and the call."""

    def __init__(
        self, door: Door, reference: Reference, lanes: PermissionLanes, wakes: Wakes, clock: Clock, clear: Clear
    ) -> None:
        self._door = door
        self._reference = reference
        self._lanes = lanes
        self._wakes = wakes
        self._clock = clock
        self._clear = clear

    async def show(self, caller: Caller, _call: Call) -> Reply:
        """All companies' permissions, and what companies ask for."""
        known, met = await self._known(caller)
        everybody = next((one for one in known.held.get(EVERYBODY, ()) if one.purpose == ALL), None)
        return Reply({
            "stopped_everybody": everybody is not None and not everybody.standing.granted,
            "companies": [render_company(one, known) for one in known.companies(met)],
            "requests": await self._requests(caller),
            "chain": render_chain(known),
        })  # fmt: skip

    async def put(self, caller: Caller, call: Call) -> Reply:
        """Allow or stop a purpose of a company, or all of them."""
        business = self._business(call, caller)
        wish = wire.parse(await call.body(), PutPermission)
        sender = any_sender(self._reference.current, business.business_id)
        if sender is None:
            raise Refused.by(refusal.SENDER_UNKNOWN, caller.locale)
        command = SetConsent(
            self._clock.new_id(caller.slot), caller.recipient_id, sender.sender_id, wish.purpose, wish.granted,
            circumstances(caller, wish, "permissions"),
        )  # fmt: skip
        self._taken(await self._lanes.consent.submit(caller.slot, command), caller)
        known, _ = await self._known(caller)
        return Reply(render_company(business, known))

    async def put_everybody(self, caller: Caller, call: Call) -> Reply:
        """Stop the marketing of all companies at once, or let them ask again."""
        wish = wire.parse(await call.body(), PutEverybody)
        where = circumstances(caller, wish, "permissions")
        command = StopEverybody(self._clock.new_id(caller.slot), caller.recipient_id, wish.stopped, where)
        self._taken(await self._lanes.consent.submit(caller.slot, command), caller)
        return await self.show(caller, call)

    async def requests(self, caller: Caller, _call: Call) -> Reply:
        """What companies ask for and wait to hear."""
        return Reply({"requests": await self._requests(caller)})

    async def answer(self, caller: Caller, call: Call) -> Reply:
        """Confirm or decline."""
        wish = wire.parse(await call.body(), PostAnswer)
        command = Answered(
            self._clock.new_id(caller.slot), caller.recipient_id, self._id(call, "request"), wish.confirmed, wish.version,
            circumstances(caller, wish, "request dialogue"),
        )  # fmt: skip
        result = await self._lanes.asks.submit(caller.slot, command)
        if isinstance(result, Refusal):
            raise Refused.by(result, caller.locale)
        assert isinstance(result, Outcome)
        return Reply({"state": result.answer.word})

    async def export(self, caller: Caller, call: Call) -> Reply | Page:
        """Everything on record, as JSON or as a page to read."""
        known, met = await self._known(caller)
        companies = known.companies(met)
        if _form(call) == "html":
            pages = [render_page(proof_of(one, known), known.locale) for one in companies]
            return Page("\n<hr>\n".join(pages), "takt-permissions.html")
        return Reply({
            "made_at": instant(known.now),
            "pseudonym": str(caller.recipient_id),
            "chain": render_chain(known),
            "companies": [render_company(one, known) for one in companies],
        })  # fmt: skip

    async def proof(self, caller: Caller, call: Call) -> Reply | Page:
        """The proof between the person and one company."""
        business = self._business(call, caller)
        known, _ = await self._known(caller)
        made = proof_of(business, known)
        if _form(call) == "html":
            return Page(render_page(made, known.locale), None)
        return Reply(render_proof(made, known.locale))

    async def erase(self, caller: Caller, call: Call) -> Reply:
        """Erase the person at one company or altogether; the certificate, which can be fetched again by its id."""
        wish = wire.parse(await call.body(), PostErasure)
        business = None
        if wish.company is not None:
            business = self._reference.current.by_waba.get(wish.company)
            if business is None:
                raise Refused.by(refusal.SENDER_UNKNOWN, caller.locale)
        command = Erase(
            self._clock.new_id(caller.slot), caller.recipient_id,
            business.business_id if business is not None else None, "person", self._clock.new_bytes(32),
            circumstances(caller, wish, "permissions"),
        )  # fmt: skip
        erased = await self._lanes.erasing.submit(caller.slot, command)
        if erased is None:
            raise Refused.by(refusal.PERSON_UNKNOWN, caller.locale)
        await self._clear(caller.part, command.erasure_id)
        for token in erased.devices:
            self._wakes.signal(inbox_topic(caller.recipient_id), gone_signal(token))
        self._door.forget(caller)
        headers = (device_cookie(call.scope, "", 0),) if business is None else ()
        return Reply(msgspec.json.decode(erased.certificate), headers)

    async def certificate(self, call: Call) -> Reply:
        """The certificate of an erasure: its id, which nobody can guess, opens it."""
        named = self._id(call, "erasure")
        async with self._door.reading(self._door.part_of(slot_of(named))) as conn:
            found = await erasing.find(conn, self._door.part_of(slot_of(named)), [named])
        one = found.get(named)
        if one is None or one.certificate is None:
            raise Refused(404, "unknown_erasure", "There is no such erasure.", "erasure")
        return Reply(msgspec.json.decode(one.certificate))

    async def _known(self, caller: Caller) -> tuple[Permissions, list[str]]:
        now, part, person = self._clock.now(), caller.part, caller.recipient_id
        async with self._door.reading(part) as conn:
            snapshot = await self._reference.fresh(conn)
            known = Permissions(
                person,
                caller.locale,
                snapshot,
                await permissions.held(conn, part, person),
                await permissions.uses(conn, part, person),
                await permissions.written(conn, part, person, now - LATELY),
                await permissions.chain(conn, part, person),
                await permissions.salts(conn, part, person),
                now,
            )
            return known, await permissions.met(conn, part, person)

    async def _requests(self, caller: Caller) -> list[dict[str, Any]]:
        async with self._door.reading(caller.part) as conn:
            snapshot = await self._reference.fresh(conn)
            since = self._clock.now() - REQUEST_LIFE
            found = await consent_requests.open_of(conn, caller.part, [caller.recipient_id], since)
        shown: list[dict[str, Any]] = []
        for one in found:
            purpose = snapshot.purposes_of(snapshot.senders[one.sender_id].business).get(one.purpose)
            if purpose is not None:
                shown.append(render_request(one, purpose, snapshot, caller.locale))
        return shown

    def _business(self, call: Call, caller: Caller) -> Business:
        found = self._reference.current.by_waba.get(call.names["company"])
        if found is None:
            raise Refused.by(refusal.SENDER_UNKNOWN, caller.locale)
        return found

    def _id(self, call: Call, name: str) -> UUID:
        try:
            return UUID(call.names[name])
        except ValueError:
            raise Refused(404, f"unknown_{name}", f"There is no such {name}.", name) from None

    def _taken(self, answer: consent.Answer, caller: Caller) -> None:
        if isinstance(answer, Refusal):
            raise Refused.by(answer, caller.locale)


def _form(call: Call) -> str:
    form = call.query.get("format", "json")
    if form not in ("json", "html"):
        raise Refused(400, "invalid", "format must be json or html.", "format")
    return form
