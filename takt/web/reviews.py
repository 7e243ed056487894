"""The operator's queue of templates: what is asked for, what is shown of it, what is decided. JSON: `docs/review.md`.

Programs with the operator's token and people at the console ask for the same. Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from takt.actions.review import Answer, Judge
from takt.actions.template import Command
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.core.storable import is_storable
from takt.core.template_life import STATUSES, WAITING
from takt.core.template_text import Fault
from takt.lanes import Lanes
from takt.store import reviews
from takt.store.reference import Business, Reference
from takt.store.reviews import Decided, Queued, Wanted
from takt.store.site import Site
from takt.wire import errors
from takt.wire import templates as wire
from takt.wire.errors import Refusal
from takt.wire.instants import instant
from takt.wire.template_preview import preview

PAGE: Final = 50
PAGE_MAX: Final = 200
COMPANIES_LISTED_MAX: Final = 500
NOTE_CHARS_MAX: Final = 2000
DECISIONS: Final = ("approve", "reject", "recategorise", "pause", "disable", "flag", "reinstate", "rate")
REASONS: Final = (
    "ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "INVALID_FORMAT", "PROMOTIONAL", "SCAM", "TAG_CONTENT_MISMATCH",
)  # fmt: skip
QUALITIES: Final = ("GREEN", "YELLOW", "RED", "UNKNOWN")
CATEGORIES: Final = ("marketing", "utility", "authentication")


class ReviewQueue:
    """Reads the queue, and hands decisions to the lane of templates."""

    def __init__(self, site: Site, reference: Reference, lane: Lanes[Command, Answer], clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._lane = lane
        self._clock = clock

    async def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        """A page of the queue by `state`, `company`, `category`, `after` and `limit`, and how many there are in all."""
        limit, after = _limit(query.get("limit")), query.get("after", "")
        if after and not (after.isascii() and after.isdigit()):
            raise Refusal(errors.bad_value("after", "must be the template of the last entry of a page"))
        async with self._site.everywhere.acquire() as conn:
            await self._reference.fresh(conn)
            wanted = self._wanted(query)
            found = await reviews.list_queue(conn, wanted, after, limit + 1)
            total = await reviews.count(conn, wanted)
        shown = [await self.shown(one) for one in found[:limit]]
        return {"data": shown, "total": total, "after": shown[-1]["template"] if len(found) > limit else None}

    async def waiting(self) -> int:
        """How many templates wait for somebody."""
        async with self._site.everywhere.acquire() as conn:
            return await reviews.count(conn, Wanted(tuple(sorted(WAITING))))

    def companies(self) -> list[dict[str, Any]]:
        """The companies to choose from, the first 500 by name."""
        by_name = sorted(self._reference.current.businesses.values(), key=lambda one: one.name.casefold())
        return [_company(one) for one in by_name[:COMPANIES_LISTED_MAX]]

    def _wanted(self, query: Mapping[str, str]) -> Wanted:
        statuses = tuple(_statuses(query.get("state", "waiting")))
        company, category = query.get("company"), query.get("category") or None
        if category is not None and category not in CATEGORIES:
            raise Refusal(errors.bad_value("category", f"must be one of {', '.join(CATEGORIES)}"))
        if not company:
            return Wanted(statuses, None, category)
        businesses = self._reference.current.businesses.values()
        business_id = next((one.business_id for one in businesses if one.waba_id == company), None)
        if business_id is None:
            raise Refusal(errors.bad_value("company", "must be the WABA of a company that is here"))
        return Wanted(statuses, business_id, category)

    async def find(self, named: str) -> Queued:
        """The template with this id."""
        found = None
        if named.isascii() and named.isdigit():
            async with self._site.everywhere.acquire() as conn:
                await self._reference.fresh(conn)
                found = await reviews.find(conn, named)
        if found is None:
            raise Refusal(errors.unknown_object(named))
        return found

    async def judge(self, template: Queued, body: dict[str, Any]) -> dict[str, Any]:
        """Do what a decision says; the template as it is then."""
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
        note, advice = read_note(body, "note"), read_note(body, "advice")
        await self.do(
            template,
            Judge(self._clock.new_id(), template.template_id, decision, reason, note, advice, category, quality),
        )
        return await self.shown(await self.find(template.template_id))

    async def do(self, template: Queued, command: Command) -> None:
        """Hand a command about a template to its lane."""
        business = self._reference.current.businesses[template.business_id]
        answer = await self._lane.submit(slot_of(business.contract_id), command)
        if isinstance(answer, Fault):
            raise Refusal(wire.error_of(answer))

    async def shown(self, one: Queued) -> dict[str, Any]:
        """All there is to know about a template."""
        business = self._reference.current.businesses[one.business_id]
        part = business.contract_part
        async with self._site.pool(part).acquire() as conn:
            lines = await reviews.history(conn, part, one.template_id)
        components = msgspec.json.decode(one.components)
        checked = msgspec.json.decode(one.check_result) if one.check_result else None
        return {
            "template": one.template_id,
            "name": one.name,
            "language": one.language,
            "category": one.category,
            "status": one.status,
            "parameter_format": one.parameter_format,
            "components": components,
            "preview": preview(one.name, one.language, components),
            "company": _company(business),
            "submitted_at": instant(one.submitted_at),
            "age_s": max(0, int((self._clock.now() - one.submitted_at).total_seconds())),
            "check": checked,
            "rejected_reason": one.rejected_reason,
            "previous_category": one.previous_category,
            "correct_category": one.correct_category,
            "category_at": instant(one.category_at) if one.category_at else None,
            "quality": one.quality,
            "pauses": one.pauses,
            "paused_until": instant(one.paused_until) if one.paused_until else None,
            "history": [_line(line) for line in lines],
        }


def _company(business: Business) -> dict[str, Any]:
    return {"waba": business.waba_id, "name": business.name, "verified": business.verified}


def _line(line: Decided) -> dict[str, Any]:
    return {
        "at": instant(line.at),
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


def read_reason(body: Mapping[str, Any]) -> str:
    """Why a company thinks that something decided against it is wrong: words are needed."""
    words = read_note(body, "reason")
    if not words.strip():
        raise Refusal(errors.bad_value("reason", "must say why"))
    return words


def read_note(body: Mapping[str, Any], name: str, chars_max: int = NOTE_CHARS_MAX) -> str:
    """A text of the body, empty when left out."""
    note = body.get(name, "")
    if not isinstance(note, str) or len(note) > chars_max or not is_storable(note):
        raise Refusal(errors.bad_value(name, f"must be text of at most {chars_max} characters"))
    return note
