"""What was decided against a company's templates, and what it says to that. The process: `docs/review.md`.

A company's programs and its people at the inbox ask for the same. Raises `takt.wire.errors.Refusal`.
"""

from typing import Any, Final
from uuid import UUID

from takt.actions.template import Appeal
from takt.clock import Clock
from takt.core.template_life import appeal_until, disputed, may_appeal
from takt.store import reviews
from takt.store.reference import Business
from takt.store.reviews import Decided, Doubted
from takt.store.site import Site
from takt.web.reviews import ReviewQueue, read_reason
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant

DOUBTED: Final = frozenset({"REJECTED", "PAUSED", "DISABLED", "LOCKED", "IN_APPEAL", "FLAGGED"})
LISTED_MAX: Final = 50


class TemplateAppeals:
    """Lists templates of a company that somebody decided against, and hands its appeals on."""

    def __init__(self, site: Site, queue: ReviewQueue, clock: Clock) -> None:
        self._site = site
        self._queue = queue
        self._clock = clock

    async def of(self, business: Business) -> list[dict[str, Any]]:
        """The newest 50 that are not in good order, each with the last decision and with what the company said to it."""
        async with self._site.everywhere.acquire() as conn:
            found = await reviews.doubted(conn, business.business_id, DOUBTED, LISTED_MAX)
        shown = [one for one in found if one.life.status in DOUBTED or disputed(one.life) is not None]
        part = business.contract_part
        async with self._site.pool(part).acquire() as conn:
            lines = await reviews.newest(conn, part, [one.template_id for one in shown])
        return [
            self._shown(one, lines.get((one.template_id, False)), lines.get((one.template_id, True))) for one in shown
        ]

    async def appeal(self, named: str, business_id: UUID | None, body: dict[str, Any]) -> None:
        """A company says why what was decided about its template is wrong."""
        template = await self._queue.find(named)
        if template.business_id != business_id or template.status == "DELETED":
            raise Refusal(errors.unknown_object(template.template_id))
        await self._queue.do(template, Appeal(self._clock.new_id(), template.template_id, read_reason(body)))

    def _shown(self, one: Doubted, decided: Decided | None, said: Decided | None) -> dict[str, Any]:
        life, until = one.life, appeal_until(one.life)
        return {
            "template": one.template_id,
            "name": one.name,
            "language": one.language,
            "status": life.status,
            "declared_category": disputed(life) or life.category,
            "right_category": life.correct_category if disputed(life) is not None else None,
            "reason": life.rejected_reason,
            "decided_at": instant(decided.at) if decided else None,
            "note": decided.note if decided else "",
            "resumes_at": instant(life.paused_until) if life.paused_until else None,
            "appeal_until": instant(until) if until else None,
            "may_appeal": may_appeal(life, self._clock.now()),
            "appeal": said.note if said and said.move == "appeal" else "",
        }
