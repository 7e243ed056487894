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
        clients = [one for one in snapshot.businesses.values() if one.partner is not None and one.partner[0] == part]
        if not clients:
            return 0
        since = await closings.begun(conn, [one.business_id for one in clients])
        due = [
            one
            for (partner, card), at in _begun(clients, since, snapshot, now).items()
            if card != snapshot.by_contract[partner[1]].card
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
        assert one.partner is not None, "only who has a partner is looked at"
        for turn, card in snapshot.timeline(one):
            at, sold = max(turn, since[one.business_id]), card.terms.reseller
            if sold is not None and sold.wholesale and at <= now:
                key = one.partner, sold.wholesale
                found[key] = min(at, found.get(key, at))
    return found
