"""What an installation is made of, registered by the operator: by `/takt/v1/…` and by the command line alike.

Each method takes a wish as it came and gives what is shown of it; secrets, tokens and codes are shown this once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from takt import cards
from takt.actions import access, publish, register, wishes
from takt.actions.pilot import SetStage
from takt.actions.publish import Publish, Unsound
from takt.actions.register import AddPerson
from takt.actions.shadow import SetShadow
from takt.actions.what_if import what_if
from takt.actions.wishes import STAGES, Registrar
from takt.clock import Clock
from takt.core import rate_proof
from takt.core.ids import slot_of
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.roll_up import preceding
from takt.core.value import value
from takt.lanes import Lanes
from takt.passwords import hash_password, is_password
from takt.store import rate_cards, registry, tokens, views
from takt.store.reference import App, Business, Reference, Snapshot
from takt.store.site import Site
from takt.store.tokens import Listed
from takt.wire import errors, prices
from takt.wire import what_if as what_if_wire
from takt.wire.errors import Refusal
from takt.wire.instants import instant
from takt.wire.months import parse_month

Body = Mapping[str, Any]
Shown = dict[str, Any]


@value
class OfficeLanes:
    """The lanes that registering goes to."""

    register: Lanes[register.Command, str | None]
    people: Lanes[AddPerson, UUID]
    access: Lanes[access.Command, bool]
    stages: Lanes[SetStage, None]
    rates: Lanes[Publish, publish.Answer]
    shadows: Lanes[SetShadow, None]


class Office:
    """Registers, and lists what is registered. A company is named by its id on the wire; None is the operator."""

    def __init__(self, site: Site, reference: Reference, lanes: OfficeLanes, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._lanes = lanes
        self._clock = clock
        self._registrar = Registrar(clock, site.parts)

    async def businesses(self) -> Shown:
        """All companies with their senders and apps."""
        snapshot = await self._snapshot()
        ordered = sorted(snapshot.businesses.values(), key=lambda one: one.waba_id)
        return {"businesses": [_business(one, snapshot) for one in ordered]}

    async def publish(self, document: Body) -> Shown:
        """A price list, its next version, or a market table; what is published already stays as it is."""
        answer = await self._lanes.rates.submit(0, Publish(document))
        if isinstance(answer, Unsound):
            raise Refusal(errors.unsound(answer.fault))
        return prices.published(answer)

    async def rate_cards(self) -> Shown:
        """The versions of all price lists."""
        async with self._site.everywhere.acquire() as conn:
            listed = await rate_cards.list_versions(conn)
        return {"rate_cards": [prices.version(one, whole=False) for one in listed]}

    async def rate_card(self, card: str) -> Shown:
        """The versions of a price list with their documents and market tables."""
        async with self._site.everywhere.acquire() as conn:
            listed = await rate_cards.list_versions(conn, card)
            tables = await rate_cards.list_tables(conn)
        if not listed:
            raise Refusal(errors.unknown_object(card))
        shown = [prices.version(one, whole=True) for one in listed]
        used = {one["document"].get("market_table") for one in shown}
        return {"rate_cards": shown, "market_tables": [body for name, body in tables.items() if name in used]}

    async def what_if(self, document: Body | None, card: str, month: date | None, waba_id: str | None = None) -> Shown:
        """What a month would have cost under a card: that of a document, or the version that is published newest.

        Of all companies, or of one; without a month the last one.
        """
        named = month or preceding(self._clock.now().date().replace(day=1))
        snapshot = await self._snapshot()
        found = await self._card(document, card, snapshot)
        effects = await what_if(self._site, snapshot, found, named, await self._owner(waba_id))
        return what_if_wire.render(found.card, found.version or None, named, effects)

    async def ask_what_if(self, body: Body) -> Shown:
        """The same as asked for by a program: `document` or `card`, `month`, `company`."""
        document, card, month = body.get("document"), body.get("card", ""), body.get("month")
        if document is not None and not isinstance(document, Mapping):
            raise Refusal(errors.bad_value("document", "must be a rate card"))
        if document is None and not isinstance(card, str):
            raise Refusal(errors.bad_value("card", "must be the name of a published rate card"))
        named = parse_month(month) if isinstance(month, str) else None
        if month is not None and named is None:
            raise Refusal(errors.bad_value("month", "must be a month such as 2026-11"))
        company = body.get("company")
        if company is not None and not isinstance(company, str):
            raise Refusal(errors.bad_value("company", "must be the id of a company"))
        return await self.what_if(document, str(card), named, company)

    async def set_shadow(self, waba_id: str, card: object) -> Shown:
        """A company's traffic is priced by a published card, too, without moving money; None: no longer."""
        business = await self._business(waba_id)
        if card is not None and (not isinstance(card, str) or card not in (await self._snapshot()).prices.timelines):
            raise Refusal(errors.bad_value("card", "must be a published rate card, or null"))
        await self._lanes.shadows.submit(slot_of(business.contract_id), SetShadow(business.business_id, card))
        return {"company": waba_id, "shadow_card": card}

    async def shadows(self) -> Shown:
        """The companies with a shadow card: what this month came to so far, and what it would have by that card."""
        snapshot, month = await self._snapshot(), self._clock.now().date().replace(day=1)
        shown: list[Shown] = []
        for one in sorted(snapshot.businesses.values(), key=lambda one: one.waba_id):
            card = snapshot.prices.newest(one.shadow_card) if one.shadow_card is not None else None
            if card is not None:
                effects = await what_if(self._site, snapshot, card, month, one)
                shown.append({"company": one.waba_id, **what_if_wire.render(card.card, card.version, month, effects)})
        return {"month": f"{month:%Y-%m}", "shadows": shown}

    async def _card(self, document: Body | None, named: str, snapshot: Snapshot) -> RateCard:
        if document is None:
            found = snapshot.prices.newest(named)
            if found is None:
                raise Refusal(errors.unknown_object(named))
            return found
        card = errors.sound(lambda: parse_card(document, 0, snapshot.prices.tables))
        errors.sound(lambda: rate_proof.check(card))
        return card

    async def add_business(self, body: Body) -> Shown:
        """A company. The price list for beginners is published for the first that pays by it."""
        wish = self._registrar.business(body)
        if wish.business.card == cards.DEFAULT and cards.DEFAULT not in (await self._snapshot()).prices.timelines:
            for name in cards.STARTING:
                await self.publish(cards.document(name))
        if body.get("partner") is not None:
            partner = await self._business(str(body["partner"]))
            sold = replace(wish.business, partner=(partner.contract_part, partner.contract_id))
            wish = replace(wish, business=sold)
        await self._register(wish)
        return {"id": wish.business.waba_id, "name": wish.business.name, "stage": wish.business.stage}

    async def set_stage(self, waba_id: str, stage: object) -> Shown:
        """A company moves to a stage."""
        if not isinstance(stage, str) or stage not in STAGES:
            raise Refusal(errors.bad_value("stage", f"must be one of {', '.join(STAGES)}"))
        business = await self._business(waba_id)
        await self._lanes.stages.submit(slot_of(business.contract_id), SetStage(business.business_id, stage))
        return {"success": True}

    async def add_sender(self, waba_id: str, body: Body) -> Shown:
        """A sender of a company."""
        wish = self._registrar.sender(body, await self._business(waba_id))
        await self._register(wish)
        return {"id": wish.sender.sender_id, "phone": wish.sender.phone, "kind": wish.sender.kind}

    async def add_app(self, waba_id: str, body: Body) -> Shown:
        """An app of a company."""
        wish = self._registrar.app(body, await self._business(waba_id))
        if wish.app.app_id in (await self._snapshot()).apps:
            raise wishes.taken("id")
        await self._lanes.access.submit(0, wish)
        return {"id": wish.app.app_id, "name": wish.app.name, "secret": wish.app.secret}

    async def set_app(self, app_id: str, body: Body) -> Shown:
        """An app asks for proofs or no longer."""
        app = (await self._snapshot()).apps.get(app_id)
        if app is None:
            raise Refusal(errors.unknown_object(app_id))
        await self._lanes.access.submit(
            0, access.SetApp(app.app_id, proof_required=wishes.truth(body, "proof_required"))
        )
        return {"success": True}

    async def add_token(self, waba_id: str | None, body: Body) -> Shown:
        """A token of a company, for an app, or of the operator."""
        if waba_id is None:
            command, token = self._registrar.operator_token(body, await self._own(body))
        else:
            business = await self._business(waba_id)
            command, token = self._registrar.token(body, await self._app(business, body), business)
        await self._lanes.access.submit(0, command)
        made = command.token
        return {"token": token, "id": made.sha256[: tokens.MARK_BYTES].hex(), "user_id": made.user_id}

    async def add_code(self, waba_id: str, body: Body) -> Shown:
        """A code that an app exchanges for a token of a company; the app may be another company's."""
        business = await self._business(waba_id)
        command, code = self._registrar.code(body, await self._app(None, body), business)
        await self._lanes.access.submit(0, command)
        return {"code": code, "expires_at": instant(command.code.expires_at)}

    async def tokens(self, waba_id: str | None) -> Shown:
        """The tokens of a company or of the operator, newest first, without what opens anything."""
        owner = await self._owner(waba_id)
        async with self._site.everywhere.acquire() as conn:
            listed = await tokens.list_tokens(conn, owner.business_id if owner is not None else None)
        return {"tokens": [_token(one) for one in listed]}

    async def revoke(self, waba_id: str | None, mark: str) -> Shown:
        """Take a token away; it is out everywhere within seconds."""
        command = wishes.revocation(mark, await self._owner(waba_id))
        if not await self._lanes.access.submit(0, command):
            raise Refusal(errors.unknown_object(mark, "delete"))
        return {"success": True}

    async def add_staff(self, waba_id: str | None, body: Body) -> Shown:
        """Somebody who signs in at the inbox, or works for the operator."""
        owner = await self._owner(waba_id)
        hashed = await asyncio.to_thread(hash_password, wishes.password(body))
        wish = self._registrar.staff(body, owner, hashed)
        await self._register(wish)
        return {"id": str(wish.member.staff_id), "login": wish.member.login, "role": wish.member.role}

    async def staff(self, waba_id: str | None) -> Shown:
        """Who works for a company or for the operator."""
        owner = await self._owner(waba_id)
        async with self._site.everywhere.acquire() as conn:
            listed = await registry.list_staff(conn, owner.business_id if owner is not None else None)
        return {
            "staff": [
                {"id": str(one.staff_id), "login": one.login, "name": one.name, "role": one.role} for one in listed
            ]
        }

    async def add_person(self, body: Body) -> Shown:
        """A person with a number, and a token for a device of theirs; who is known already gets another device."""
        command, token = self._registrar.person(body)
        await self._lanes.people.submit(slot_of(command.person.recipient_id), command)
        return {"wa_id": command.person.wa_id, "device_token": token}

    async def _own(self, body: Body) -> UUID | None:
        """Whose own the operator's token is to be: somebody who proves it by `login` and `password`, or nobody's."""
        if body.get("login") is None:
            return None
        login = wishes.text(body, "login", wishes.LOGIN_CHARS_MAX).strip().lower()
        async with self._site.everywhere.acquire() as conn:
            found = await views.find_staff(conn, login, operator=True)
        kept = found.password_hash if found is not None else None
        if not await asyncio.to_thread(is_password, kept, wishes.password(body)) or found is None:
            raise Refusal(errors.bad_value("password", "must be that of somebody of the operator with this login"))
        return found.staff_id

    async def _register(self, command: register.Command) -> None:
        field = await self._lanes.register.submit(0, command)
        if field is not None:
            raise wishes.taken(field)

    async def _snapshot(self) -> Snapshot:
        async with self._site.everywhere.acquire() as conn:
            return await self._reference.fresh(conn)

    async def _business(self, waba_id: str) -> Business:
        business = (await self._snapshot()).by_waba.get(waba_id)
        if business is None:
            raise Refusal(errors.unknown_object(waba_id))
        return business

    async def _owner(self, waba_id: str | None) -> Business | None:
        return None if waba_id is None else await self._business(waba_id)

    async def _app(self, owner: Business | None, body: Body) -> App:
        """The app that is named, which must be this company's; the only one it has need not be named."""
        apps = [
            one
            for one in (await self._snapshot()).apps.values()
            if owner is None or one.business_id == owner.business_id
        ]
        named = body.get("app")
        if named is None and owner is not None and len(apps) == 1:
            return apps[0]
        found = next((one for one in apps if one.app_id == named), None)
        if found is None:
            raise Refusal(errors.bad_value("app", "must be the id of an app that is there"))
        return found


def _business(one: Business, snapshot: Snapshot) -> Shown:
    senders = [sender for sender in snapshot.senders.values() if sender.business.business_id == one.business_id]
    apps = [app for app in snapshot.apps.values() if app.business_id == one.business_id]
    return {
        "id": one.waba_id,
        "name": one.name,
        "stage": one.stage,
        "verified": one.verified,
        "card": one.card,
        "senders": [{"id": s.sender_id, "phone": s.phone, "kind": s.kind, "status": s.status} for s in senders],
        "apps": [{"id": a.app_id, "name": a.name, "proof_required": a.proof_required} for a in apps],
    }


def _token(one: Listed) -> Shown:
    token = one.token
    return {
        "id": one.mark,
        "name": token.name,
        "kind": token.kind,
        "app": token.app_id,
        "user_id": token.user_id,
        "scopes": sorted(token.scopes),
        "issued_at": instant(token.issued_at),
        "expires_at": instant(token.expires_at),
        "revoked_at": instant(token.revoked_at),
    }
