"""Partners get what the wholesale cards give by which they begin to buy: once for each card, however many clients there are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from takt.actions import grant
from takt.core.entries import Payer
from takt.store import closings, grants
from takt.store.pool import Conn
from takt.store.reference import Business, Reference, Snapshot

Begun = dict[tuple[Payer, str], datetime]
"""Since when a partner has bought by a wholesale card."""


class Welcome:
    """Gives what is due and not given yet; how many grants that were."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def __call__(self, conn: Conn, part: int, now: datetime) -> int:
        """The partners of a part. A grant whose time is over already is not given any more."""
        snapshot = await self._reference.fresh(conn)
        clients = [one for one in snapshot.businesses.values() if part in _parts(one)]
        if not clients:
            return 0
        since = await closings.begun(conn, [one.business_id for one in clients])
        due = [
            one
            for (partner, card), at in _begun(clients, since, snapshot, now).items()
            if card != snapshot.by_contract[partner[1]].card
            if partner[0] == part
            for one in grant.welcome(snapshot.card(card, at), partner, at, card)
            if one.expires_at > now
        ]
        given = await grants.known(conn, part, [one.grant_id for one in due]) if due else frozenset()
        missing = [replace(one, issued_at=now) for one in due if one.grant_id not in given]
        await grant.issue(conn, missing, now)
        return len(missing)


def _begun(clients: Sequence[Business], since: Mapping[UUID, datetime], snapshot: Snapshot, now: datetime) -> Begun:
    """The first moment at which a client of a partner paid by a card that names the wholesale card."""
    found: Begun = {}
    for one in clients:
        born = since[one.business_id]
        turns = {
            max(turn, born) for turn in (*(at for at, _ in snapshot.timeline(one)), *(at for at, _ in one.partners))
        }
        for at in sorted(turn for turn in turns if turn <= now):
            partner, sold = one.partner_at(at), snapshot.card(one.card_at(at), at).terms.reseller
            if partner is not None and sold is not None and sold.wholesale:
                key = partner, sold.wholesale
                found[key] = min(at, found.get(key, at))
    return found


def _parts(business: Business) -> set[int]:
    """Where the contracts of its partners lie, of the first one and of later ones."""
    return {one[0] for one in (business.partner, *(each for _, each in business.partners)) if one is not None}
