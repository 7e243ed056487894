"""The operator's queue of templates, and a company's appeal. The process and the JSON: `docs/review.md`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from takt.actions.review import Answer, Judge
from takt.actions.template import Appeal, Command
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.core.template_life import STATUSES, WAITING
from takt.core.template_text import Fault
from takt.lanes import Lanes
from takt.store import reviews
from takt.store.reference import Reference
from takt.store.reviews import Decided, Queued
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.takt.door import OwnDoor, read_object
from takt.wire import errors
from takt.wire import templates as wire
from takt.wire.errors import Refusal

PAGE: Final = 50
PAGE_MAX: Final = 200
NOTE_CHARS_MAX: Final = 2000
DECISIONS: Final = ("approve", "reject", "recategorise", "pause", "disable", "flag", "reinstate", "rate")
REASONS: Final = (
    "ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "INVALID_FORMAT", "PROMOTIONAL", "SCAM", "TAG_CONTENT_MISMATCH",
)  # fmt: skip
QUALITIES: Final = ("GREEN", "YELLOW", "RED", "UNKNOWN")
CATEGORIES: Final = ("marketing", "utility", "authentication")
MANAGEMENT: Final = "whatsapp_business_management"


class ReviewApi:
    """Requests about the review of templates."""

    def __init__(
        self, door: OwnDoor, site: Site, reference: Reference, lane: Lanes[Command, Answer], clock: Clock
    ) -> None:
        self._door = door
        self._site = site
        self._reference = reference
        self._lane = lane
        self._clock = clock

    def routes(self) -> list[Route]:
        """What is answered here."""
        operator, company = self._door.operator, self._door.company
        return [
            Route("/takt/v1/reviews", operator(self._queue), methods=["GET"]),
            Route("/takt/v1/reviews/{template}", operator(self._one), methods=["GET"]),
            Route("/takt/v1/reviews/{template}", operator(self._judge), methods=["POST"]),
            Route("/takt/v1/templates/{template}/appeal", company(self._appeal, MANAGEMENT), methods=["POST"]),
        ]

    async def _queue(self, request: Request, _principal: Principal) -> dict[str, Any]:
        statuses = _statuses(request.query_params.get("state", "waiting"))
        limit = _limit(request.query_params.get("limit"))
        after = request.query_params.get("after", "")
        if after and not (after.isascii() and after.isdigit()):
            raise Refusal(errors.bad_value("after", "must be the template of the last entry of a page"))
        async with self._site.everywhere.acquire() as conn:
            found = await reviews.list_queue(conn, statuses, after, limit + 1)
        shown = [await self._shown(one) for one in found[:limit]]
        return {"data": shown, "after": shown[-1]["template"] if len(found) > limit else None}

    async def _one(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._shown(await self._found(request))

    async def _judge(self, request: Request, _principal: Principal) -> dict[str, Any]:
        template = await self._found(request)
        body = await read_object(request)
        decision = _choice(body, "decision", DECISIONS, None)
        reason = _choice(body, "reason", REASONS, "NONE")
        if decision == "reject" and reason == "NONE" and template.status == "PENDING":
            raise Refusal(errors.bad_value("reason", f"must be one of {', '.join(REASONS)} to reject"))
        category = _choice(body, "category", CATEGORIES, "") or None
        if decision == "recategorise" and category is None:
            raise Refusal(errors.bad_value("category", f"must be one of {', '.join(CATEGORIES)} to recategorise"))
        quality = _choice(body, "quality", QUALITIES, "" if decision == "rate" else "UNKNOWN")
        if not quality:
            raise Refusal(errors.bad_value("quality", f"must be one of {', '.join(QUALITIES)} to rate"))
        note, advice = _note(body, "note"), _note(body, "advice")
        command = Judge(
            self._clock.new_id(), template.template_id, decision, reason, note, advice, category, quality
        )  # fmt: skip
        await self._do(template, command)
        return await self._shown(await self._found(request))

    async def _appeal(self, request: Request, principal: Principal) -> dict[str, Any]:
        template = await self._found(request)
        if template.business_id != principal.business_id or template.status == "DELETED":
            raise Refusal(errors.unknown_object(template.template_id))
        note = _note(await read_object(request), "reason")
        await self._do(template, Appeal(self._clock.new_id(), template.template_id, note))
        return {"success": True, "status": "IN_APPEAL"}

    async def _do(self, template: Queued, command: Command) -> None:
        business = self._reference.current.businesses[template.business_id]
        answer = await self._lane.submit(slot_of(business.contract_id), command)
        if isinstance(answer, Fault):
            raise Refusal(wire.error_of(answer))

    async def _found(self, request: Request) -> Queued:
        named = request.path_params["template"]
        found = None
        if named.isascii() and named.isdigit():
            async with self._site.everywhere.acquire() as conn:
                found = await reviews.find(conn, named)
        if found is None:
            raise Refusal(errors.unknown_object(named))
        return found

    async def _shown(self, one: Queued) -> dict[str, Any]:
        business = self._reference.current.businesses[one.business_id]
        part = business.contract_part
        async with self._site.pool(part).acquire() as conn:
            lines = await reviews.history(conn, part, one.template_id)
        checked = msgspec.json.decode(one.check_result) if one.check_result else None
        return {
            "template": one.template_id,
            "name": one.name,
            "language": one.language,
            "category": one.category,
            "status": one.status,
            "parameter_format": one.parameter_format,
            "components": msgspec.json.decode(one.components),
            "company": {"waba": business.waba_id, "name": business.name, "verified": business.verified},
            "submitted_at": _instant(one.submitted_at),
            "age_s": max(0, int((self._clock.now() - one.submitted_at).total_seconds())),
            "check": checked,
            "rejected_reason": one.rejected_reason,
            "previous_category": one.previous_category,
            "correct_category": one.correct_category,
            "category_at": _instant(one.category_at) if one.category_at else None,
            "quality": one.quality,
            "pauses": one.pauses,
            "paused_until": _instant(one.paused_until) if one.paused_until else None,
            "history": [_line(line) for line in lines],
        }


def _line(line: Decided) -> dict[str, Any]:
    return {
        "at": _instant(line.at),
        "by": line.actor,
        "move": line.move,
        "from": line.from_status,
        "to": line.to_status,
        "category": line.category,
        "reason": line.reason,
        "note": line.note,
        "findings": msgspec.json.decode(line.findings),
    }


def _statuses(state: str) -> list[str]:
    if state == "waiting":
        return sorted(WAITING)
    if state == "all":
        return sorted(STATUSES)
    if state.upper() not in STATUSES:
        raise Refusal(errors.bad_value("state", "must be waiting, all, or a status such as PAUSED"))
    return [state.upper()]


def _limit(given: str | None) -> int:
    if given is None:
        return PAGE
    if not (given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= PAGE_MAX):
        raise Refusal(errors.bad_value("limit", f"must be a whole number from 1 to {PAGE_MAX}"))
    return int(given)


def _choice(body: dict[str, Any], name: str, choices: Sequence[str], absent: str | None) -> str:
    """A word of the body, among these; `absent` stands for none, or a word is needed."""
    given = body.get(name)
    if given is None and absent is not None:
        return absent
    found = next((one for one in choices if isinstance(given, str) and one.lower() == given.lower()), None)
    if found is None:
        raise Refusal(errors.bad_value(name, f"must be one of {', '.join(choices)}"))
    return found


def _note(body: dict[str, Any], name: str) -> str:
    note = body.get(name, "")
    if not isinstance(note, str) or len(note) > NOTE_CHARS_MAX or "\x00" in note or _broken(note):
        raise Refusal(errors.bad_value(name, f"must be text of at most {NOTE_CHARS_MAX} characters"))
    return note


def _broken(note: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in note)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
