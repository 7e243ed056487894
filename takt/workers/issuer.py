"""The issuer: closed months and payments ahead get their documents, each in a transaction of its own, by one press."""

from typing import Final

import structlog

from takt.actions.issue import Answer, IssueDocuments
from takt.actions.issue_advances import IssueAdvances
from takt.actions.issue_months import IssueMonths
from takt.clock import Clock
from takt.core.closing import Closing
from takt.core.payment import Payment
from takt.store import closings, payments
from takt.store.pool import transaction
from takt.store.site import Site
from takt.workers.press import Press
from takt.workers.rounds import keep_going

ROUND_S: Final = 60.0
ADVANCES_MAX: Final = 1000

_LOG = structlog.get_logger(__name__)


class Issuer:
    """The loop; several may run, each document is issued once."""

    def __init__(self, site: Site, press: Press, clock: Clock) -> None:
        self._site = site
        self._months = IssueMonths(IssueDocuments(press.print))
        self._advances = IssueAdvances(IssueDocuments(press.print))
        self._clock = clock

    async def run(self) -> None:
        """Look about every minute, until cancelled."""

        async def once() -> None:
            await self.round()

        await keep_going(once, ROUND_S, self._clock)

    async def round(self) -> list[Answer]:
        """Issue what can be issued; what fails is left to the next round."""
        answers: list[Answer] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                months = await closings.unissued(conn, part)
                paid = await payments.undocumented(conn, part, ADVANCES_MAX)
            answers += [one for closing in months if (one := await self._one(part, closing)) is not None]
            answers += [one for payment in paid if (one := await self._one(part, payment)) is not None]
        return answers

    async def _one(self, part: int, due: Closing | Payment) -> Answer | None:
        """The document of one of them; None if the press or the database is away: a round comes again."""
        try:
            async with transaction(self._site.pool(part)) as conn:
                now = self._clock.now()
                if isinstance(due, Closing):
                    return (await self._months(conn, part, [due], now, again=False)).answers[0]
                return (await self._advances(conn, part, [due], now, again=False)).answers[0]
        except Exception as fault:  # noqa: BLE001 - one that fails must not keep the others
            _LOG.error("issuing_failed", contract=str(due.payer[1]), exc_info=fault)
            return None
