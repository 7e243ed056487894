"""The issuer: closed months get their documents, each in a transaction of its own, by one press that it keeps."""

from typing import Final

import structlog

from takt.actions.issue import Answer, IssueDocuments
from takt.actions.issue_months import IssueMonths
from takt.clock import Clock
from takt.core.closing import Closing
from takt.store import closings
from takt.store.pool import transaction
from takt.store.site import Site
from takt.workers.press import Press
from takt.workers.rounds import keep_going

ROUND_S: Final = 60.0

_LOG = structlog.get_logger(__name__)


class Issuer:
    """The loop; several may run, each document is issued once."""

    def __init__(self, site: Site, press: Press, clock: Clock) -> None:
        self._site = site
        self._issue = IssueMonths(IssueDocuments(press.print))
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
                due = await closings.unissued(conn, part)
            for closing in due:
                try:
                    answers.append(await self._one(part, closing))
                except Exception as fault:  # noqa: BLE001 - the press or the database may be away; a round comes again
                    _LOG.error("issuing_failed", contract=str(closing.payer[1]), exc_info=fault)
        return answers

    async def _one(self, part: int, closing: Closing) -> Answer:
        async with transaction(self._site.pool(part)) as conn:
            return (await self._issue(conn, part, [closing], self._clock.now(), again=False)).answers[0]
