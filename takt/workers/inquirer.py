"""The inquirer: asks providers about payments of which nothing was heard for a while, for the sake of notices that were lost.

A notice that came after all does nothing twice: each is kept by its id. Several inquirers may run.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from takt.actions.paying import Command, Paying, Tell
from takt.actions.payment_steps import heard
from takt.clock import Clock
from takt.core.payment import Payment
from takt.provider import Provider
from takt.store import payments
from takt.store.pool import transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wakes import Wakes
from takt.workers.rounds import keep_going

ROUND_S: Final = 300.0
SILENT_FOR: Final = timedelta(minutes=15)
"""How long a payment may wait before its provider is asked."""
ASKED_FOR: Final = timedelta(days=14)
"""How old a payment may be for its provider to be asked by itself; after that a person asks."""
WAITING_MAX: Final = 200
"""Payments of one provider that a round looks at in each part, the newest first."""

_LOG = structlog.get_logger(__name__)


class Inquirer:
    """The loop; `providers` are those beside the bank, by name."""

    def __init__(
        self, site: Site, reference: Reference, providers: Mapping[str, Provider], wakes: Wakes, clock: Clock
    ) -> None:
        self._site = site
        self._paying = Paying(reference, clock.new_id)
        self._providers = providers
        self._wakes = wakes
        self._clock = clock

    async def run(self) -> None:
        """Ask about every five minutes, until cancelled."""
        await keep_going(self.round, ROUND_S, self._clock)

    async def round(self) -> None:
        """Ask each provider that something is waited for from; one that fails is left to the next round."""
        now = self._clock.now()
        for part in self._site.parts:
            for provider in self._providers.values():
                try:
                    await self._ask(part, provider, now)
                except Exception as fault:  # noqa: BLE001 - the provider may be away; a round comes again
                    _LOG.error("inquiry_failed", provider=provider.name, part=part, exc_info=fault)

    async def _ask(self, part: int, provider: Provider, now: datetime) -> None:
        async with self._site.pool(part).acquire() as conn:
            waiting = await payments.waiting(conn, part, provider.name, now - ASKED_FOR, now - SILENT_FOR, WAITING_MAX)
        if not waiting:
            return
        told = await self._heard(part, provider, waiting)
        if told:
            async with transaction(self._site.pool(part)) as conn:
                done = await self._paying(conn, part, told, now, again=False)
            self._wakes.wake(done.wakes)

    async def _heard(self, part: int, provider: Provider, waiting: list[Payment]) -> list[Command]:
        known = {one.reference: one for one in waiting}
        notices = await provider.reconcile(min(one.created_at for one in waiting))
        return [
            Tell(part, known[one.reference].payment_id, heard(provider.name, one))
            for one in notices
            if one.reference in known
        ]
