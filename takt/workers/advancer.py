"""The advancer: top-ups that settled get their documents, each in a transaction of its own, by a press that it is lent."""

from datetime import timedelta
from typing import Final

import structlog

from takt.actions.issue import Answer, IssueDocuments, NotIssued, Print
from takt.actions.issue_advances import IssueAdvances
from takt.clock import Clock
from takt.store import payments
from takt.store.payments import Kept
from takt.store.pool import transaction
from takt.store.site import Site
from takt.workers.rounds import keep_going

ROUND_S: Final = 60.0
ROUND_DOCUMENTS_MAX: Final = 100
RETURNED_WITHIN: Final = timedelta(days=60)
"""For how long after a payment went back its credit note is still tried."""

_LOG = structlog.get_logger(__name__)


class Advancer:
    """The loop; several may run, each document is issued once."""

    def __init__(self, site: Site, press: Print, clock: Clock) -> None:
        self._site = site
        self._issue = IssueAdvances(IssueDocuments(press))
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
                since = self._clock.now() - RETURNED_WITHIN
                due = await payments.undocumented(conn, part, ROUND_DOCUMENTS_MAX)
                due += await payments.uncredited(conn, part, since, ROUND_DOCUMENTS_MAX)
            for one in due:
                try:
                    answers.append(await self._one(part, one))
                except Exception as fault:  # noqa: BLE001 - the press or the database may be away; a round comes again
                    _LOG.error("issuing_failed", payment=str(one.payment.payment_id), exc_info=fault)
        return answers

    async def _one(self, part: int, one: Kept) -> Answer:
        async with transaction(self._site.pool(part)) as conn:
            answer = (await self._issue(conn, part, [one], self._clock.now(), again=False)).answers[0]
        if isinstance(answer, NotIssued):
            _LOG.warning("advance_waits", payment=str(one.payment.payment_id), says=answer.says)
        return answer
