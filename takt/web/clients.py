"""What a partner sees of the companies that it sells to: what each used in a month, and what did not go out for its sake.

Only messages and money: whom a client writes to, and what, is the client's. Days are those of each contract's own clocks.
"""

from datetime import UTC, date
from typing import Any
from uuid import UUID

from takt.actions.card_days import clients_of, trades_of
from takt.calendars import zone_named
from takt.core.closing import Month, asked, charges
from takt.core.denial import PARTNER_FUNDS
from takt.core.roll_up import following, start_of
from takt.store import refusals, views
from takt.store.reference import Business, Reference
from takt.store.refusals import TooMuchError
from takt.store.site import Site
from takt.web.costs import Costs
from takt.wire import clients as wire
from takt.wire.clients import Client, Wholesale


class Clients:
    """Reads what the clients of partners used."""

    def __init__(self, site: Site, reference: Reference, costs: Costs) -> None:
        self._site = site
        self._reference = reference
        self._costs = costs

    async def month(self, partner: Business, named: str | None) -> dict[str, Any]:
        """A month of a partner, client by client; nobody where it sells to nobody. Raises takt.wire.errors.Refusal."""
        month = self._costs.month_of(partner, named)
        payer = (partner.contract_part, partner.contract_id)
        async with self._site.pool(payer[0]).acquire() as conn:
            currency = (await views.balance(conn, *payer)).currency
        clients = clients_of(partner, month, self._reference.current)
        refused = await self._refused(partner, clients, month) if clients else {}
        theirs = await self._wholesale(partner, month) if clients else {}
        found = []
        for one in clients:
            costs = await self._costs.of(one, month)
            found.append(
                Client(
                    one.waba_id, one.name, sum(each.units for each in costs), sum(each.micros for each in costs),
                    theirs.get(one.business_id, 0), None if refused is None else refused.get(one.business_id, 0),
                )
            )  # fmt: skip
        return wire.render(month, currency, found, await self._asked(partner, month) if clients else ())

    async def _wholesale(self, partner: Business, month: date) -> dict[UUID, int]:
        """What each client's messages cost the partner; its own messages are nobody's else."""
        senders = self._reference.current.senders
        found: dict[UUID, int] = {}
        for one in await self._costs.of(partner, month):
            owner = senders[one.sender_id].business.business_id
            found[owner] = found.get(owner, 0) + one.micros
        return found

    async def _asked(self, partner: Business, month: date) -> list[Wholesale]:
        """What its wholesale cards ask it for beside messages, for the whole month as things stand."""
        async with self._site.pool(partner.contract_part).acquire() as conn:
            trades = await trades_of(conn, partner, month, self._reference.current)
        fees = charges(Month(month, [], [], {}, {}, {}, {}, trades=trades))
        least = asked(month, (), trades)
        used = await self._costs.of(partner, month)
        found: list[Wholesale] = []
        for card in sorted({*(one.card for one in fees), *(card for _, card in least)}):
            promised = least.get((month, card))
            counted = promised.eligible if promised is not None else ()
            filled = sum(one.micros for one in used if one.card == card and one.category in counted)
            found.append(Wholesale(card, [one for one in fees if one.card == card], promised, filled))
        return found

    async def _refused(self, partner: Business, clients: list[Business], month: date) -> dict[UUID, int] | None:
        tz = zone_named(partner.time_zone) or UTC
        since, until = start_of(month, tz), start_of(following(month), tz)
        sold = [one.business_id for one in clients]
        found: dict[UUID, int] = {}
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                try:
                    some = await refusals.of_reason(conn, part, sold, PARTNER_FUNDS.name, since, until)
                except TooMuchError:
                    return None
            found |= {one: found.get(one, 0) + count for one, count in some.items()}
        return found
