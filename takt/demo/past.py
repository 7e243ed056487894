"""What the cinema's two months left: tickets and codes that were sent, came and were charged, so that money has a past.

Nothing is written beside the actions, as in `history`. Months that are over are closed and invoiced by the workers, as
everywhere, within a minute of the first start.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.send import Send
from takt.clock import Clock
from takt.core.content import Parameter, TemplateComponent, TemplateContent
from takt.core.ids import derive_id, slot_of, slot_of_key, user_code
from takt.core.message import Accepted, SendMessage, Status
from takt.demo import season
from takt.demo.season import GuestSeed
from takt.store import recipients
from takt.store.pool import transaction
from takt.store.recipients import NewRecipient
from takt.store.reference import Reference
from takt.store.site import Site

SEATS: Final = 5
"""So many guests come on an evening, each time others; two of them ask for their code at the door."""
CODES: Final = 2


def guest_id(guest: GuestSeed) -> UUID:
    """The same id for the same guest in every installation."""
    return derive_id(slot_of_key(guest.wa_id), "demo guest", guest.wa_id)


async def write(site: Site, clock: Clock) -> None:
    """Let the guests be there, and every evening since the cinema began."""
    for guest in season.GUESTS:
        identifier = guest_id(guest)
        one = NewRecipient(identifier, guest.wa_id, user_code("DE", identifier), guest.name, "de", "DE")
        part = site.part_of(slot_of(identifier))
        async with transaction(site.pool(part)) as conn:
            await recipients.add(conn, part, one, clock.now() - season.SINCE)
    evenings = _Evenings(site, clock)
    for number in count():
        at = clock.now() - season.SINCE + (number + 1) * season.EVENING
        if at + timedelta(hours=1) > clock.now():
            return
        await evenings.happen(number, at)


class _Evenings:
    """The evenings, one after the other."""

    def __init__(self, site: Site, clock: Clock) -> None:
        reference = Reference()
        self._site = site
        self._clock = clock
        self._send = Send(reference, clock.new_id, len(site.parts))
        self._receipts = TakeReceipts(reference, clock.new_id)

    async def happen(self, number: int, at: datetime) -> None:
        """Tickets go out, and an hour before the film codes; all of it is read."""
        guests = [season.GUESTS[(number * SEATS + place) % len(season.GUESTS)] for place in range(SEATS)]
        film = season.FILMS[number % len(season.FILMS)]
        tickets = [(one, _filled("ticket", film, str(2 + place))) for place, one in enumerate(guests)]
        codes = [(one, _filled("entry_code", f"{100_000 + (number * 7919 + place * 104_729) % 900_000}"))
                 for place, one in enumerate(guests[:CODES])]  # fmt: skip
        await self._go_out(tickets, at - timedelta(hours=8))
        await self._go_out(codes, at)

    async def _go_out(self, letters: list[tuple[GuestSeed, TemplateContent]], at: datetime) -> None:
        sender_id = season.BUSINESS.senders[0].sender_id
        ids = {one.wa_id: guest_id(one) for one, _ in letters}
        by_part: defaultdict[int, list[SendMessage]] = defaultdict(list)
        for guest, content in letters:
            slot = slot_of(ids[guest.wa_id])
            message_id = self._clock.new_id(slot)
            letter = SendMessage(message_id, sender_id, guest.wa_id, guest.wa_id, content, verdict_at_once=True)
            by_part[self._site.part_of(slot)].append(letter)
        for part, commands in by_part.items():
            async with transaction(self._site.pool(part)) as conn:
                done = await self._send(conn, part, commands, at, again=False)
                read: list[Receipt] = []
                for command, answer in zip(commands, done.answers, strict=True):
                    assert isinstance(answer, Accepted), answer
                    read.append(Receipt(ids[command.wa_id], Status.READ, answer.cursor, command.sender_id))
                await self._receipts(conn, part, read, at + timedelta(minutes=9), again=False)


def _filled(name: str, *values: str) -> TemplateContent:
    body = TemplateComponent("body", tuple(Parameter("text", one) for one in values))
    return TemplateContent(name, "de", (body,))
