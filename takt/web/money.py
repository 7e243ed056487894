"""What the operator sees and does about money: contracts, the ledger, the close of months. For programs and the console.

Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, Protocol
from uuid import UUID

from takt.actions.issue import OFFICE_ZONE
from takt.actions.refund import refund_id
from takt.calendars import zone_named
from takt.clock import Clock
from takt.core.closing import Closing
from takt.core.entries import EntryKind, Payer
from takt.core.ids import parse_wamid, slot_of
from takt.core.loss import LOSS_MICROS_MAX, alarms, watched
from takt.core.roll_up import cut_off, following, month_of, preceding, start_of
from takt.store import closings, contracts, ledger, ledger_search, losses
from takt.store.ledger_search import ENTRIES_MAX, Account, Found
from takt.store.reference import Business, Reference, Snapshot
from takt.store.site import Site
from takt.wire import errors
from takt.wire import ledger as wire
from takt.wire.errors import Refusal
from takt.wire.instants import instant
from takt.wire.months import parse_month, render_round

Shown = dict[str, Any]
SEARCHED: Final = timedelta(days=31)
"""How far back the newest entries are looked for when no day is named."""


class Rounded(Protocol):
    """What a round of closing did, and what is open yet, with the reason."""

    @property
    def closed(self) -> Sequence[Closing]:
        """The months that were closed."""

    @property
    def open(self) -> Sequence[tuple[Payer, date, str]]:
        """Those that were not."""


class Closes(Protocol):
    """Whoever sums usage up and closes months (`takt.workers.closer`)."""

    async def sum_up(self) -> int:
        """Add to the sums what was booked; how many units."""

    async def close(self, through: date | None = None) -> Rounded:
        """Close what may be closed, up to and with a month."""


class MoneyDesk:
    """Reads contracts and entries, and closes months. A company is named by its id on the wire."""

    def __init__(self, site: Site, reference: Reference, closer: Closes, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._closer = closer
        self._clock = clock

    async def contracts(self) -> Shown:
        """All contracts by the names of their companies, with what they have and may spend."""
        found: list[Account] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                found += await ledger_search.contracts(conn, part)
        snapshot, asking = await self._snapshot(), await self._asking()
        shown = [{**self._contract(one, snapshot), "asks": one.payer[1] in asking} for one in found]
        return {"contracts": sorted(shown, key=lambda one: (one["name"] or "", one["contract"]))}

    async def waiting(self) -> dict[str, int]:
        """What waits for a person, by page: companies that ask for other legal data, and months of which too much was lost."""
        alarmed = 0
        for month in watched(self._clock.now().astimezone(OFFICE_ZONE).date()):
            lost: list[tuple[str, int]] = []
            for part in self._site.parts:
                async with self._site.pool(part).acquire() as conn:
                    stretch = start_of(month, OFFICE_ZONE), start_of(following(month), OFFICE_ZONE)
                    lost += [(one.currency, one.micros) for one in await losses.sums(conn, part, *stretch)]
            alarmed += bool(alarms(lost))
        return {"contracts": len(await self._asking()), "months": alarmed}

    async def _asking(self) -> set[UUID]:
        found: set[UUID] = set()
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                found |= await contracts.wishes(conn, part)
        return found

    async def entries(self, asked: Mapping[str, str]) -> Shown:
        """The newest entries, at most 200: of a `company`, about a `message`, of a `kind`, booked on a `day` (UTC)."""
        kind = asked.get("kind", "")
        if kind and kind not in tuple(EntryKind):
            raise Refusal(errors.bad_value("kind", f"must be one of {', '.join(EntryKind)}"))
        company = asked.get("company", "")
        snapshot = await self._snapshot()
        business = _business(snapshot, company) if company else None
        if asked.get("message"):
            found = await self._about(asked["message"], business, kind)
        else:
            found = await self._newest(business, kind, *self._time(asked.get("day", "")))
        found.sort(key=lambda one: (one.booked_at, one.entry.entry_id, one.entry.leg), reverse=True)
        owners = snapshot.payers()
        return {
            "entries": [wire.entry(one, owners.get(one.entry.payer[1])) for one in found[:ENTRIES_MAX]],
            "more": len(found) > ENTRIES_MAX,
        }

    async def closings(self, asked: object) -> Shown:
        """How far a month is, contract by contract; without one, the last."""
        month, owners = self._month(asked), (await self._snapshot()).payers()
        shown: list[Shown] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                begun = {one.payer[1]: one for one in await closings.list_month(conn, part, month)}
                contracts = await closings.contracts(conn, part)
            for one in contracts:
                zone = zone_named(one.time_zone) or UTC
                if month >= month_of(one.created_at, zone):
                    closing: Closing | None = begun.get(one.payer[1])
                    shown.append(wire.month_state(one, closing, owners.get(one.payer[1]), month, cut_off(month, zone)))
        return {
            "month": f"{month:%Y-%m}",
            "contracts": sorted(shown, key=lambda one: (one["name"] or "", one["contract"])),
        }

    async def losses(self, asked: object) -> Shown:
        """What was delivered too late to be charged in a month on the operator's clocks, by company, and the newest messages."""
        month, owners = self._month(asked), (await self._snapshot()).payers()
        stretch = [start_of(at, OFFICE_ZONE) for at in (month, following(month))]
        lost: dict[tuple[UUID, str], list[int]] = {}
        found: list[losses.Absorbed] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                for one in await losses.sums(conn, part, stretch[0], stretch[1]):
                    kept = lost.setdefault((one.contract_id, one.currency), [0, 0])
                    kept[:] = [kept[0] + one.messages, kept[1] + one.micros]
                found += await losses.messages(conn, part, stretch[0], stretch[1])
        found.sort(key=lambda one: one.delivered_at, reverse=True)
        return wire.losses(month, lost, found[: losses.MESSAGES_MAX], owners, LOSS_MICROS_MAX)

    async def close(self, body: Mapping[str, Any]) -> Shown:
        """Sum usage up, and close what may be closed up to and with a `month`; without one, the last."""
        month = self._month(body.get("month"))
        units = await self._closer.sum_up()
        done = await self._closer.close(month)
        snapshot = await self._snapshot()
        shown = render_round(done.closed, done.open, snapshot.payers())
        zones = _zones(snapshot)
        for told, (payer, named, _) in zip(shown["open"], done.open, strict=True):
            told["due_at"] = instant(cut_off(named, zones[payer[1]]))
        return {"summed_up": units, **shown}

    async def _about(self, named: str, business: Business | None, kind: str) -> list[Found]:
        message_id = parse_wamid(named)
        if message_id is None:
            raise Refusal(errors.bad_value("message", "must be the id of a message, wamid.…"))
        part = self._site.part_of(slot_of(message_id))
        async with self._site.pool(part).acquire() as conn:
            payers = (await ledger.payers(conn, part, [message_id])).get(message_id, {})
        found: list[Found] = []
        for payer in payers.values():
            if business is None or payer[1] == business.contract_id:
                async with self._site.pool(payer[0]).acquire() as conn:
                    found += await ledger_search.named(conn, payer, [message_id, refund_id(message_id)])
        return [one for one in found if kind in ("", one.entry.kind)]

    async def _newest(self, business: Business | None, kind: str, since: datetime, until: datetime) -> list[Found]:
        if business is not None:
            payer = (business.contract_part, business.contract_id)
            async with self._site.pool(payer[0]).acquire() as conn:
                return await ledger_search.newest_of(conn, payer, kind, since, until)
        found: list[Found] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                found += await ledger_search.newest(conn, part, kind, since, until)
        return found

    def _time(self, day: str) -> tuple[datetime, datetime]:
        if not day:
            until = self._clock.now() + timedelta(days=1)
            return until - SEARCHED, until
        try:
            begins = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
            return begins, begins + timedelta(days=1)
        except (ValueError, OverflowError):
            raise Refusal(errors.bad_value("day", "must be a day such as 2026-11-22")) from None

    def _month(self, asked: object) -> date:
        this = self._clock.now().date().replace(day=1)
        found = preceding(this) if asked is None else parse_month(asked) if isinstance(asked, str) else None
        if found is None or found > this:
            raise Refusal(errors.bad_value("month", "must be a month such as 2026-11, and not one to come"))
        return found

    def _contract(self, one: Account, snapshot: Snapshot) -> Shown:
        business = snapshot.businesses[one.business_id]
        now = self._clock.now()
        card = snapshot.card(business.card_at(now), now)
        return wire.contract(one, (business.waba_id, business.name), card.card, card.version, business.stage)

    async def _snapshot(self) -> Snapshot:
        async with self._site.everywhere.acquire() as conn:
            return await self._reference.fresh(conn)


def _business(snapshot: Snapshot, waba_id: str) -> Business:
    business = snapshot.by_waba.get(waba_id)
    if business is None:
        raise Refusal(errors.bad_value("company", "must be the id of a company"))
    return business


def _zones(snapshot: Snapshot) -> dict[UUID, tzinfo]:
    return {one.contract_id: zone_named(one.time_zone) or UTC for one in snapshot.businesses.values()}
