"""Which version of which card a contract had on which days of a month: its own, and the wholesale cards that it buys by."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from takt.calendars import zone_named
from takt.core import closing, wholesale
from takt.core.closing import Stretch, Trade
from takt.core.roll_up import start_of
from takt.core.wholesale import Client
from takt.store import closings
from takt.store.closings import Contract
from takt.store.pool import Conn
from takt.store.reference import Business, Snapshot


def stretches_of(contract: Contract, month: date, snapshot: Snapshot) -> list[Stretch]:
    """The days of a month by the card that the company pays by; a version counts from the first day that begins with it."""
    return _paid(snapshot.businesses[contract.business_id], contract.created_at, month, snapshot)


def clients_of(partner: Business, month: date, snapshot: Snapshot) -> list[Business]:
    """To whom a partner sells in a month: whoever is its client when that begins on the client's clocks."""
    payer = (partner.contract_part, partner.contract_id)
    return [one for one in snapshot.businesses.values() if one.partner_at(start_of(month, _zone(one))) == payer]


async def trades_of(conn: Conn, partner: Business, month: date, snapshot: Snapshot) -> list[Trade]:
    """What wholesale cards ask for beside messages of a partner, for all its clients; nothing of who has none."""
    clients = clients_of(partner, month, snapshot)
    begun = await closings.begun(conn, [one.business_id for one in clients]) if clients else {}
    sold: list[Client] = []
    for one in clients:
        stretches = _paid(one, begun[one.business_id], month, snapshot)
        if any(each.terms.reseller is not None and each.terms.reseller.wholesale for each in stretches):
            tz = _zone(one)
            senders = await closings.senders_since(conn, one.business_id)
            sold.append(Client(stretches, [at.astimezone(tz).date() for at in senders]))
    tz = _zone(partner)

    def versions(card: str) -> list[Stretch]:
        valid = [
            (_first_day(at, tz), one.card, one.version, one.terms)
            for at, one in snapshot.prices.timelines.get(card, ())
            if one is not None
        ]
        return closing.stretches(month, month, valid)

    return wholesale.trades(sold, versions, partner.card_at(start_of(month, tz)))


def _paid(business: Business, since: datetime, month: date, snapshot: Snapshot) -> list[Stretch]:
    tz = _zone(business)
    valid = [(_first_day(at, tz), card.card, card.version, card.terms) for at, card in snapshot.timeline(business)]
    return closing.stretches(month, since.astimezone(tz).date(), valid)


def _first_day(at: datetime, tz: tzinfo) -> date:
    local = at.astimezone(tz)
    begun = local.replace(tzinfo=None) > datetime(local.year, local.month, local.day)  # noqa: DTZ001 - on that clock
    return local.date() + timedelta(days=begun)


def _zone(business: Business) -> tzinfo:
    return zone_named(business.time_zone) or UTC
