"""An installation gets what it works with: price lists, companies, senders, staff, and people with their devices.

Companies and the like are reference rows. Whoever writes one first raises the stamp, for which all such writers queue;
so looking whether a number or a login is taken, and taking it, cannot be separated.
"""

from datetime import datetime
from uuid import UUID

from takt.actions import grant
from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import businesses, devices, rate_cards, recipients, registry, stamp
from takt.store.businesses import NewStaff
from takt.store.pool import Conn
from takt.store.rate_cards import PriceLists
from takt.store.recipients import NewRecipient
from takt.store.reference import Business, Sender


@value
class AddBusiness:
    """A new company with its contract, which is prepaid."""

    business: Business
    currency: str


@value
class AddSender:
    """A company speaks as somebody new."""

    sender: Sender


@value
class AddStaff:
    """Somebody works for a company, or for the operator."""

    member: NewStaff


@value
class AddPerson:
    """A new person, and a device that speaks for them by the token with this SHA-256."""

    person: NewRecipient
    token_sha256: bytes
    label: str


Command = AddBusiness | AddSender | AddStaff


class Register:
    """The action of the registering lane. `parts` are all that there are: a sender has a pace in each."""

    def __init__(self, parts: tuple[int, ...]) -> None:
        self._parts = parts

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[str | None]:
        """Register in the order of the commands; the answer names the field whose value is taken, if one is."""
        del part, again
        await stamp.touch(conn)
        return Done([await self._add(conn, command, now) for command in commands])

    async def _add(self, conn: Conn, command: Command, now: datetime) -> str | None:
        match command:
            case AddBusiness():
                return await _add_business(conn, command, now)
            case AddSender():
                return await _add_sender(conn, self._parts, command.sender, now)
            case AddStaff():
                return await _add_staff(conn, command.member, now)


async def add_people(conn: Conn, part: int, commands: list[AddPerson], now: datetime, *, again: bool) -> Done[UUID]:
    """The action of the enrolling lane: who has a number already stays, and gets the new device.

    The answer is the person behind the number.
    """
    del again
    await recipients.add_new(conn, part, [command.person for command in commands], now)
    known = await recipients.lock_by_wa_id(conn, part, list({command.person.wa_id for command in commands}))
    for command in commands:
        device = (command.token_sha256, known[command.person.wa_id].recipient_id)
        await devices.add_hashed(conn, part, [device], command.label, now)
    return Done([known[command.person.wa_id].recipient_id for command in commands])


async def _add_business(conn: Conn, command: AddBusiness, now: datetime) -> str | None:
    wanted = command.business
    currency = await registry.find_currency(conn, wanted.card, now)
    if currency is None:
        return "card"
    if currency != command.currency:
        return "currency"
    if (owner := await registry.find_account(conn, wanted.waba_id)) is not None:
        return None if owner == wanted.business_id else "id"
    if wanted.partner is not None and await businesses.selling_currency(conn, *wanted.partner) != currency:
        return "partner"
    await businesses.add_business(conn, wanted, now)
    await businesses.add_contract(conn, wanted, command.currency, now)
    card = (await rate_cards.load(conn, PriceLists())).valid_at(wanted.card, now)
    if card is not None and card.terms.grants:
        await grant.issue(conn, grant.welcome(card, (wanted.contract_part, wanted.contract_id), now), now)
    return None


async def _add_sender(conn: Conn, parts: tuple[int, ...], wanted: Sender, now: datetime) -> str | None:
    for known_id, phone, business_id in await registry.find_senders(conn, wanted.sender_id, wanted.phone):
        if (known_id, phone, business_id) == (wanted.sender_id, wanted.phone, wanted.business.business_id):
            return None
        return "id" if known_id == wanted.sender_id else "phone"
    await businesses.add_sender(conn, parts, wanted, now)
    return None


async def _add_staff(conn: Conn, member: NewStaff, now: datetime) -> str | None:
    known = await registry.find_login(conn, member.login)
    if known is not None:
        return None if known == member.staff_id else "login"
    await businesses.add_staff(conn, member, now)
    return None
