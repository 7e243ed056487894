"""What became of a company's messages that did not go out: how many, by which rule, why, and when they could.

`GET /takt/v1/refusals?by=template|campaign|sender&since=…&until=…`; a campaign is what has the same `biz_opaque_callback_data`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from takt.clock import Clock
from takt.core import discretion, policy, verdict
from takt.core.denial import Denied
from takt.core.forecast import forecast
from takt.core.ids import wamid
from takt.store import explanations, refusals
from takt.store.explanations import MessageRecord
from takt.store.refusals import Group, TooMuchError
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.instants import read_stretch
from takt.web.takt.door import OwnDoor
from takt.wire import errors, explain, record
from takt.wire.errors import Refusal
from takt.wire.instants import instant

MANAGEMENT: Final = "whatsapp_business_management"
KEYS: Final = ("template", "campaign", "sender")
LOCALES: Final = ("en", "de")
SHOWN_MAX: Final = 200


@dataclass(slots=True)
class _Sum:
    """The groups of all parts that mean the same."""

    group: Group
    part: int
    count: int
    first_due: datetime | None
    last_due: datetime | None


class RefusalApi:
    """Requests of a company's program about what did not go out."""

    def __init__(self, door: OwnDoor, site: Site, clock: Clock) -> None:
        self._door = door
        self._site = site
        self._clock = clock

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [Route("/takt/v1/refusals", self._door.company(self._refusals, MANAGEMENT), methods=["GET"])]

    async def _refusals(self, request: Request, principal: Principal) -> dict[str, Any]:
        query, now = request.query_params, self._clock.now()
        by, locale = query.get("by", "template"), query.get("locale", "en")
        if by not in KEYS:
            raise Refusal(errors.bad_value("by", f"must be one of {', '.join(KEYS)}"))
        if locale not in LOCALES:
            raise Refusal(errors.bad_value("locale", "must be en or de"))
        since, until = read_stretch(query.get("since"), query.get("until"), now)
        assert principal.business_id is not None, "a token with permissions belongs to a company"
        sums: dict[tuple[str, str, bool], _Sum] = {}
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                try:
                    found = await refusals.count(conn, part, principal.business_id, since, until, by)
                except TooMuchError:
                    raise Refusal(errors.bad_value("since", "must be later: there is too much to count")) from None
            for group in found:
                _add(sums, group, part)
        most = sorted(sums.values(), key=lambda one: (-one.count, one.group.key))[:SHOWN_MAX]
        shown = [await self._shown(one, by, locale) for one in most]
        return {"since": instant(since), "until": instant(until), "by": by, "data": shown}

    async def _shown(self, one: _Sum, by: str, locale: str) -> dict[str, Any]:
        async with self._site.pool(one.part).acquire() as conn:
            newest = await explanations.message_record(conn, one.part, one.group.newest)
        assert newest is not None, "it was just counted"
        denied = _denied(newest)
        denied = None if denied is None else discretion.told(denied)
        return {
            by: one.group.key,
            "count": one.count,
            "status": "waiting" if one.group.waits else "failed",
            "rule": denied.rule if denied is not None else None,
            "reason": explain.render_reason(denied.reason, locale) if denied is not None else None,
            "remedy": denied.reason.remedy.in_locale(locale) if denied is not None else None,
            "forecast": forecast(denied).in_locale(locale) if denied is not None else None,
            "newest": {
                "message": wamid(one.group.newest),
                "at": instant(one.group.newest_at),
                "figure": denied.figure if denied is not None else None,
            },
            "due": None if one.first_due is None else {"first": instant(one.first_due), "last": instant(one.last_due)},
        }


def _denied(newest: MessageRecord) -> Denied | None:
    """The verdict on a message that was refused or waits, by its own facts."""
    facts = record.decode_facts(newest.facts)
    if newest.reason is not None:
        return verdict.on_record(facts, newest.accepted_at, newest.reason)
    return policy.admit(facts, newest.accepted_at)


def _add(sums: dict[tuple[str, str, bool], _Sum], group: Group, part: int) -> None:
    key = (group.key, discretion.told_name(group.reason), group.waits)
    known = sums.get(key)
    if known is None:
        sums[key] = _Sum(group, part, group.count, group.first_due, group.last_due)
        return
    known.count += group.count
    known.first_due = min((at for at in (known.first_due, group.first_due) if at is not None), default=None)
    known.last_due = max((at for at in (known.last_due, group.last_due) if at is not None), default=None)
    if group.newest_at > known.group.newest_at:
        known.group, known.part = group, part
