"""Templates at the Cloud API's door: read, made, changed, deleted, compared. Cloud API reference, section "Templates"."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takt.actions.review import Answer, Outcome
from takt.actions.template import Archive, Command, Create, Delete, Edit, Migrate, Unpause
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.core.template_draft import CATEGORIES, parse_category, parse_format
from takt.core.template_life import TEMPLATES_OF_OTHERS_MAX, TEMPLATES_OF_VERIFIED_MAX
from takt.core.template_text import Fault
from takt.lanes import Lanes
from takt.store import catalogue
from takt.store.catalogue import Listed, Wanted
from takt.store.reference import Business
from takt.store.site import Site
from takt.web.cloud import views
from takt.web.cloud.calls import Call, NodeShelf, Offer, page_place, selected
from takt.wire import errors, nodes, template_library
from takt.wire import templates as wire
from takt.wire.errors import Refusal

QUALITIES: Final = frozenset({"GREEN", "YELLOW", "RED", "UNKNOWN"})
BLOCK_REASONS: Final = {
    "": "NO_REASON_GIVEN", "not_needed": "NO_LONGER_NEEDED", "not_asked": "NO_SIGN_UP", "spam": "SPAM",
    "offensive": "OFFENSIVE_MESSAGES", "code_not_asked": "OTP_DID_NOT_REQUEST", "other": "OTHER",
}  # fmt: skip
COMPARED_MAX: Final = 10
COMPARED_SENDS_LEAST: Final = 1000
COMPARED_DAYS: Final = (7, 30, 60, 90)
PAGE_NUMBER_MAX: Final = 100
SECONDS_MAX: Final = 4_102_444_800


class CloudTemplates:
    """Answers calls about templates; changes go into the lane of the company's contract."""

    def __init__(self, site: Site, lane: Lanes[Command, Answer], clock: Clock) -> None:
        self._site = site
        self._lane = lane
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "message_templates": {"GET": self.templates, "POST": self.create, "DELETE": self.delete},
                "message_templates/archive": {"POST": self.archive},
                "message_templates/unarchive": {"POST": self.unarchive},
                "upsert_message_templates": {"POST": self.upsert},
                "migrate_message_templates": {"POST": self.migrate},
                "unpause": {"POST": self.unpause},
                "compare": {"GET": self.compare},
            },
            shelves=(NodeShelf(self._is_template, {"GET": self.template, "POST": self.edit}),),
        )

    async def template(self, call: Call) -> dict[str, Any]:
        """`GET /{template}`."""
        return selected(call, nodes.TEMPLATE, views.of_template(await self._own(call, call.node)))

    async def templates(self, call: Call) -> dict[str, Any]:
        """The templates of a company, by name and language, filtered, in pages, with a summary on demand."""
        business = call.business()
        call.check_may_read()
        fields = nodes.parse_fields(call.parameters.text("fields"), nodes.TEMPLATE)
        summary = nodes.parse_list("summary", call.parameters.get("summary"))
        limit, after, before = page_place(call, 2)
        wanted = _wanted(call, business.business_id)
        async with self._site.everywhere.acquire() as conn:
            if before is not None:
                found = await catalogue.list_before(conn, wanted, (before[0], before[1]), limit + 1)
                page, more, earlier = found[-limit:], True, len(found) > limit
            else:
                start = (after[0], after[1]) if after is not None else ("", "")
                found = await catalogue.list_after(conn, wanted, start, limit + 1)
                page, more, earlier = found[:limit], len(found) > limit, after is not None
            fitting, total = await catalogue.count(conn, wanted)
        rows = [nodes.select(views.of_template(one), fields) for one in page]
        keys = [(one.name, one.language) for one in page]
        answer = nodes.render_page(rows, keys, call.here, more=more, earlier=earlier)
        if summary:
            room = TEMPLATES_OF_VERIFIED_MAX if business.verified else TEMPLATES_OF_OTHERS_MAX
            answer["summary"] = _summary(summary, fitting, total, room)
        return answer

    async def create(self, call: Call) -> dict[str, Any]:
        """A new template, of own components or from the library."""
        business = _changing(call)
        given = call.parameters.values
        vouched = given.get("library_template_name") is not None
        draft = template_library.parse_draft(given) if vouched else wire.parse_draft(given)
        command = Create(self._clock.new_id(), business.business_id, (draft,), vouched=vouched)
        made = (await self._do(business, command)).templates[0]
        return {"id": made.template_id, "status": made.life.status, "category": made.life.category.upper()}

    async def upsert(self, call: Call) -> dict[str, Any]:
        """Authentication templates in several languages at once: new ones are made, others edited."""
        business = _changing(call)
        given = call.parameters.values
        languages = nodes.parse_list("languages", given.get("languages"))
        if wire.checked(parse_category, given.get("category")) != "authentication":
            raise Refusal(wire.error_of(Fault("category", "must be AUTHENTICATION")))
        drafts = {draft.language: draft for draft in (wire.parse_draft(given, one) for one in languages)}
        if not drafts:
            raise Refusal(wire.error_of(Fault("languages", "must name at least one language")))
        command = Create(self._clock.new_id(), business.business_id, tuple(drafts.values()), anew=True)
        made = (await self._do(business, command)).templates
        return {
            "data": [
                {
                    "id": one.template_id,
                    "status": one.life.status,
                    "language": one.language,
                    "category": one.life.category.upper(),
                }
                for one in made
            ]
        }

    async def edit(self, call: Call) -> dict[str, Any]:
        """`POST /{template}`: other components, settings or category."""
        call.check_may_change()
        template = await self._own(call, call.node)
        given = call.parameters.values
        extras = wire.parse_extras(given)
        command = Edit(
            self._clock.new_id(),
            template.template_id,
            wire.checked(parse_category, given["category"]) if given.get("category") is not None else None,
            wire.unpacked(given.get("components")),
            wire.checked(parse_format, given["parameter_format"])
            if given.get("parameter_format") is not None
            else None,
            given.get("message_send_ttl_seconds"),
            wire.parse_truth("cta_url_link_tracking_opted_out", given.get("cta_url_link_tracking_opted_out")),
            extras or None,
        )
        edited = (await self._do(call.snapshot.businesses[template.business_id], command)).templates[0]
        return {
            "success": True,
            "id": edited.template_id,
            "name": edited.name,
            "category": edited.life.category.upper(),
        }

    async def delete(self, call: Call) -> dict[str, Any]:
        """All languages of a name, one template by `hsm_id` and name, or up to 100 by `hsm_ids`."""
        business = _changing(call)
        given = call.parameters
        ids = nodes.parse_list("hsm_ids", given.get("hsm_ids")) or [one for one in (given.text("hsm_id"),) if one]
        name = given.text("name") or ""
        if not ids and not name:
            raise Refusal(wire.error_of(Fault("name", "is required, or hsm_ids")))
        await self._do(business, Delete(self._clock.new_id(), business.business_id, name, tuple(dict.fromkeys(ids))))
        return {"success": True}

    async def archive(self, call: Call) -> dict[str, Any]:
        """Put templates away."""
        return await self._archive(call, archived=True)

    async def unarchive(self, call: Call) -> dict[str, Any]:
        """Take templates back."""
        return await self._archive(call, archived=False)

    async def _archive(self, call: Call, *, archived: bool) -> dict[str, Any]:
        business = _changing(call)
        ids = nodes.parse_list("hsm_ids", call.parameters.get("hsm_ids"))
        if not ids:
            raise Refusal(wire.error_of(Fault("hsm_ids", "is required: up to 100 ids of templates")))
        wanted = Archive(self._clock.new_id(), business.business_id, tuple(dict.fromkeys(ids)), archived)
        done = await self._do(business, wanted)
        moved = [one.template_id for one in done.templates]
        return {f"{'' if archived else 'un'}archived_templates": moved, "failed_templates": done.failed or {}}

    async def unpause(self, call: Call) -> dict[str, Any]:
        """Take a template out of a pause that does not end by itself."""
        call.check_may_change()
        template = await self._own(call, call.node)
        command = Unpause(self._clock.new_id(), template.template_id)
        done = await self._do(call.snapshot.businesses[template.business_id], command)
        return {"success": True} if not done.failed else {"success": False, "reason": next(iter(done.failed.values()))}

    async def migrate(self, call: Call) -> dict[str, Any]:
        """Copy approved templates from another account of the same company."""
        business = _changing(call)
        source = call.snapshot.by_waba.get(call.required("source_waba_id"))
        if source is None or not call.owns(source):
            raise Refusal(errors.invalid_parameter("source_waba_id", "must be an account of the same company"))
        page = _whole(call, "page_number", PAGE_NUMBER_MAX, default=0)
        command = Migrate(self._clock.new_id(), source.business_id, business.business_id, page)
        done = await self._do(business, command)
        failed = [{"id": key, "reason": reason} for key, reason in (done.failed or {}).items()]
        return {"migrated_templates": [one.template_id for one in done.templates], "failed_templates": failed}

    async def compare(self, call: Call) -> dict[str, Any]:
        """How often templates were sent, how often people blocked the sender because of them, and why most did."""
        call.check_may_read()
        others = nodes.parse_list("template_ids", call.parameters.get("template_ids"))
        ids = list(dict.fromkeys([call.node, *others]))
        if not 1 < len(ids) <= COMPARED_MAX:
            raise Refusal(errors.invalid_parameter("template_ids", f"must be 1 to {COMPARED_MAX - 1} other templates"))
        for one in ids:
            await self._own(call, one)
        start, end = _span(call)
        sends: dict[str, int] = dict.fromkeys(ids, 0)
        blocks: dict[str, Counter[str]] = {one: Counter() for one in ids}
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                for counted in await catalogue.count_sends(conn, part, ids, start, end):
                    sends[counted.template_id] += counted.sends
                for blocked in await catalogue.count_blocks(conn, part, ids, start, end):
                    blocks[blocked.template_id][blocked.reason] += blocked.blocks
        return _compared(ids, sends, blocks)

    async def _is_template(self, call: Call) -> bool:
        async with self._site.everywhere.acquire() as conn:
            template = await catalogue.find(conn, call.node)
        return template is not None and call.owns(call.snapshot.businesses[template.business_id])

    async def _own(self, call: Call, template_id: str) -> Listed:
        async with self._site.everywhere.acquire() as conn:
            found = await catalogue.find(conn, template_id)
        if found is None or not call.owns(call.snapshot.businesses[found.business_id]):
            raise Refusal(errors.unknown_object(template_id, call.method))
        return found

    async def _do(self, business: Business, command: Command) -> Outcome:
        answer = await self._lane.submit(slot_of(business.contract_id), command)
        if isinstance(answer, Fault):
            raise Refusal(wire.error_of(answer))
        return answer


def _changing(call: Call) -> Business:
    """The company of a call that changes something."""
    business = call.business()
    call.check_may_change()
    return business


def _wanted(call: Call, business_id: UUID) -> Wanted:
    given = call.parameters
    categories = nodes.parse_choice("category", given.get("category"), frozenset(CATEGORIES))
    return Wanted(
        business_id,
        (given.text("name") or "").lower(),
        nodes.parse_list("language", given.get("language")),
        nodes.parse_choice("status", given.get("status"), nodes.TEMPLATE_STATUSES),
        [one.lower() for one in categories],
        given.text("content") or "",
        (given.text("name_or_content") or "").lower(),
        nodes.parse_choice("quality_score", given.get("quality_score"), QUALITIES),
    )


def _summary(asked: Sequence[str], fitting: int, total: int, room: int) -> dict[str, Any]:
    counted = {
        "total_count": fitting,
        "message_template_count": total,
        "message_template_limit": room,
        "are_translations_complete": True,
    }
    return counted if asked == ["true"] else nodes.select(counted, [name for name in asked if name in counted])


def _whole(call: Call, name: str, most: int, *, default: int | None = None) -> int:
    text = call.parameters.text(name)
    if text is None and default is not None:
        return default
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > len(str(most)) or int(text) > most:
        raise Refusal(errors.invalid_parameter(name, f"must be a whole number from 0 to {most}"))
    return int(text)


def _span(call: Call) -> tuple[datetime, datetime]:
    start = datetime.fromtimestamp(_whole(call, "start", SECONDS_MAX), UTC)
    end = datetime.fromtimestamp(_whole(call, "end", SECONDS_MAX), UTC)
    if round((end - start) / timedelta(days=1)) not in COMPARED_DAYS:
        days = ", ".join(map(str, COMPARED_DAYS))
        raise Refusal(errors.invalid_parameter("start", f"must be one of {days} days before end"))
    return start, end


def _compared(ids: Sequence[str], sends: dict[str, int], blocks: dict[str, Counter[str]]) -> dict[str, Any]:
    metrics: list[dict[str, Any]] = []
    if all(sends[one] >= COMPARED_SENDS_LEAST for one in ids):
        order = sorted(ids, key=lambda one: blocks[one].total() / sends[one])
        metrics.append({"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": order})
    metrics.append({
        "metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES",
        "number_values": [{"key": one, "value": sends[one]} for one in ids],
    })  # fmt: skip
    reasons = [{"key": one, "value": _top_reason(blocks[one])} for one in ids]
    metrics.append({"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": reasons})
    return {"data": metrics}


def _top_reason(blocks: Counter[str]) -> str:
    """What most people gave as their reason, as the wire names it."""
    if not blocks:
        return "UNKNOWN_BLOCK_REASON"
    return BLOCK_REASONS.get(max(sorted(blocks), key=lambda one: blocks[one]), "OTHER")
