"""How companies stand: reputation with its intervals, what counted, limits, and measures with what was said to them.

Programs with a token and people at the console ask for the same. Raises `takt.wire.errors.Refusal`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.actions import standing
from takt.actions.standing import Answer, Decide, ObjectTo, SetOwner, SetTier, Take
from takt.clock import Clock
from takt.core import pausing
from takt.core.appraisal import Appraisal, Standing, appraise, kept_figures
from takt.core.feedback import slot_of_time
from takt.core.ids import slot_of
from takt.core.measures import ANSWER_LIFE, DAYS_MAX, KINDS, OBJECTION_LIFE
from takt.core.pausing import trial_since, tripping
from takt.core.reach import TIERS, first_hour
from takt.lanes import Lanes
from takt.store import measures, rations, standings, trials
from takt.store.measures import Measure
from takt.store.rations import Subject
from takt.store.reference import Business, Reference, Snapshot
from takt.store.site import Site
from takt.store.standings import Plain
from takt.store.trials import Count, Tried
from takt.store.trials import Standing as Kept
from takt.web.reviews import read_note
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant

FRESH_S: Final = 30.0
"""For how long an appraisal of everybody is shown again before it is made anew."""
MONTH: Final = timedelta(days=28)
TEMPLATES_MAX: Final = 200
DECISIONS: Final = ("confirm", "drop", "lift")
_WHY: Final = {
    "state": "is no longer where this could be done",
    "late": f"could be objected to for {OBJECTION_LIFE.days} days",
    "owned": "must be a company that nobody owns, for one that owns nobody",
}


class StandingDesk:
    """Reads standings, and hands what is decided to their lane."""

    def __init__(self, site: Site, reference: Reference, lane: Lanes[standing.Command, Answer], clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._lane = lane
        self._clock = clock
        self._kept: tuple[float, Appraisal] | None = None

    def named(self, waba: str) -> Business:
        """The company with this WABA."""
        business = self._reference.current.by_waba.get(waba)
        if business is None:
            raise Refusal(errors.unknown_object(waba))
        return business

    async def of(self, business: Business) -> dict[str, Any]:
        """All there is to know about how a company stands."""
        now, snapshot = self._clock.now(), await self._fresh()
        business = snapshot.businesses[business.business_id]
        found = await self._appraisal(snapshot, now)
        own = [one for one in snapshot.senders.values() if one.business.business_id == business.business_id]
        counts = await self._plain([one.sender_id for one in own], now)
        return {
            "company": _company(business),
            "owner": _company(snapshot.businesses[business.owner]),
            "owns": [_company(one) for one in snapshot.businesses.values() if one.owner_id == business.business_id],
            "standing": _shown(found.owners.get(business.owner)),
            "reach": await self._reach(business, now),
            "senders": [
                {
                    "sender": one.sender_id,
                    "name": one.verified_name,
                    "quality": one.quality,
                    "standing": _shown(found.senders.get(one.sender_id)),
                    "last_28_days": asdict(counts[one.sender_id]),
                }
                for one in own
            ],
            "templates": await self._templates(business, found, snapshot, now),
            "measures": [self._measure(one, snapshot) for one in await self._of_owner(business.owner)],
        }

    async def queue(self) -> list[dict[str, Any]]:
        """The measures that wait for a decision."""
        snapshot = await self._fresh()
        async with self._site.everywhere.acquire() as conn:
            found = await measures.list_open(conn)
        return [self._measure(one, snapshot) for one in found]

    async def companies(self) -> list[dict[str, Any]]:
        """Every company with its owner's colour, by name, those that are red first."""
        now, snapshot = self._clock.now(), await self._fresh()
        found = await self._appraisal(snapshot, now)
        rows = [
            {**_company(one), "standing": _shown(found.owners.get(one.owner)), "tier": one.tier, "people_max": TIERS[one.tier],
             "measure": _hardest(one, now)}
            for one in snapshot.businesses.values()
        ]  # fmt: skip
        return sorted(rows, key=lambda one: (_heat(one), one["name"].casefold()))

    async def decide(self, named: str, body: Mapping[str, Any], who: str) -> dict[str, Any]:
        """Confirm or drop what is proposed, lift or, against an objection, confirm what holds; the measure as it is then."""
        measure_id, decision = _measure_id(named), body.get("decision")
        if decision not in DECISIONS:
            raise Refusal(errors.bad_value("decision", f"must be one of {', '.join(DECISIONS)}"))
        async with self._site.everywhere.acquire() as conn:
            one = await measures.find(conn, measure_id)
        if one is None:
            raise Refusal(errors.unknown_object(named))
        command = Decide(measure_id, decision, who, read_note(body, "note"))
        return await self._done(one.business_id, measure_id, command)

    async def take(self, business: Business, body: Mapping[str, Any], who: str) -> dict[str, Any]:
        """A measure that a person takes: `kind`, `days` (but for a warning or a lock) and a `note`."""
        kind, days = body.get("kind"), body.get("days")
        if kind not in KINDS:
            raise Refusal(errors.bad_value("kind", f"must be one of {', '.join(KINDS)}"))
        needs_days = kind in ("starting", "sending")
        if needs_days and (not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= DAYS_MAX):
            raise Refusal(errors.bad_value("days", f"must be a whole number from 1 to {DAYS_MAX}"))
        if not needs_days and days is not None:
            raise Refusal(errors.bad_value("days", f"must be absent: a {kind} has no end of its own"))
        snapshot = await self._fresh()
        found = (await self._appraisal(snapshot, self._clock.now())).owners.get(business.owner)
        figures = msgspec.json.encode(kept_figures(found)).decode()
        measure_id = self._clock.new_id(slot_of(business.contract_id))
        command = Take(measure_id, business.owner, str(kind), days, figures, who, read_note(body, "note"))
        return await self._done(business.owner, measure_id, command)

    async def set_tier(self, business: Business, body: Mapping[str, Any]) -> dict[str, Any]:
        """How many people the owner of a company may reach."""
        tier = body.get("tier")
        if tier not in tuple(TIERS):
            raise Refusal(errors.bad_value("tier", f"must be one of {', '.join(TIERS)}"))
        await self._do(business.owner, SetTier(business.owner, str(tier)), "tier")
        return {"success": True, "tier": tier}

    async def set_owner(self, business: Business, body: Mapping[str, Any]) -> dict[str, Any]:
        """Who stands behind a company, by WABA; null is itself."""
        named = body.get("owner")
        owner = (await self._fresh()).by_waba.get(named) if isinstance(named, str) else None
        if named is not None and owner is None:
            raise Refusal(errors.bad_value("owner", "must be the WABA of a company that is here, or null"))
        command = SetOwner(business.business_id, owner.business_id if owner is not None else None)
        await self._do(business.business_id, command, "owner")
        return {"success": True, "owner": named}

    async def object(self, business: Business, named: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A company says why a measure is wrong."""
        measure_id, text = _measure_id(named), read_note(body, "text")
        if not text.strip():
            raise Refusal(errors.bad_value("text", "must say why the measure is wrong"))
        return await self._done(business.owner, measure_id, ObjectTo(measure_id, business.business_id, text))

    async def _done(self, owner_id: UUID, measure_id: UUID, command: standing.Command) -> dict[str, Any]:
        await self._do(owner_id, command, "measure")
        async with self._site.everywhere.acquire() as conn:
            one = await measures.find(conn, measure_id)
        assert one is not None, "it was just written"
        return self._measure(one, await self._fresh())

    async def _do(self, owner_id: UUID, command: standing.Command, subject: str) -> None:
        slot = slot_of(self._reference.current.businesses[owner_id].contract_id)
        answer = await self._lane.submit(slot, command)
        if answer == "gone":
            raise Refusal(errors.unknown_object(subject))
        if answer:
            raise Refusal(errors.bad_value(subject, _WHY[answer]))

    async def _fresh(self) -> Snapshot:
        async with self._site.everywhere.acquire() as conn:
            return await self._reference.fresh(conn)

    async def _appraisal(self, snapshot: Snapshot, now: datetime) -> Appraisal:
        """Everybody's standing, made anew every half minute at most."""
        kept, now_s = self._kept, self._clock.monotonic_s()
        if kept is not None and now_s - kept[0] < FRESH_S:
            return kept[1]
        found = appraise(await standings.portions(self._site, snapshot, now), snapshot.tact(now).reputation)
        self._kept = (now_s, found)
        return found

    async def _plain(self, sender_ids: Sequence[str], now: datetime) -> defaultdict[str, Plain]:
        counts: defaultdict[str, Plain] = defaultdict(Plain)
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                for sender_id, found in (await standings.plain(conn, part, sender_ids, now - MONTH)).items():
                    counts[sender_id] = counts[sender_id].plus(found)
        return counts

    async def _reach(self, business: Business, now: datetime) -> dict[str, Any]:
        allowance = business.allowance
        most = allowance.most(now) if allowance is not None else None
        if allowance is None or most is None:
            return {"tier": business.tier, "people_max": None, "people": None, "cut_until": None}
        subject = Subject(allowance.part, allowance.subject, first_hour(now))
        async with self._site.pool(allowance.part).acquire() as conn:
            ration = (await rations.load(conn, {subject: most}))[subject]
        cut = allowance.cut_until if allowance.is_cut(now) else None
        return {
            "tier": business.tier,
            "people_max": most,
            "people": ration.total,
            "cut_until": instant(cut) if cut is not None else None,
        }

    async def _templates(
        self, business: Business, found: Appraisal, snapshot: Snapshot, now: datetime
    ) -> list[dict[str, Any]]:
        rules = snapshot.tact(now).pausing
        async with self._site.everywhere.acquire() as conn:
            kept = await trials.list_standing(conn, business.business_id, TEMPLATES_MAX)
        senders = tuple(
            one.sender_id for one in snapshot.senders.values() if one.business.business_id == business.business_id
        )
        since = {one.template_id: trial_since(one.began_at, now) for one in kept}
        tried = [Tried(one.template_id, slot_of_time(since[one.template_id]), senders) for one in kept]
        counts: defaultdict[str, Count] = defaultdict(Count)
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                for key, count in (await trials.count(conn, part, tried, now, rules.mature)).items():
                    counts[key] = counts[key].plus(count)
        return [_template(one, counts[one.template_id], since[one.template_id], found, rules) for one in kept]

    async def _of_owner(self, owner_id: UUID) -> list[Measure]:
        async with self._site.everywhere.acquire() as conn:
            return await measures.list_of(conn, [owner_id])

    def _measure(self, one: Measure, snapshot: Snapshot) -> dict[str, Any]:
        now = self._clock.now()
        waits = one.state in ("proposed", "in_force") and not one.is_answered
        due_at = one.objected_at + ANSWER_LIFE if one.objected_at is not None and waits else None
        return {
            "measure": str(one.measure_id),
            "company": _company(snapshot.businesses[one.business_id]),
            "kind": one.kind,
            "days": one.days,
            "state": one.state,
            "figures": msgspec.json.decode(one.figures),
            "proposed_at": instant(one.proposed_at),
            "age_s": max(0, int((now - one.proposed_at).total_seconds())),
            "until": instant(one.until),
            "objection": {"text": one.objection, "at": instant(one.objected_at), "answer_due_at": instant(due_at)}
            if one.objected_at is not None
            else None,
            "objection_until": instant(one.proposed_at + OBJECTION_LIFE),
            "decided_at": instant(one.decided_at),
            "decided_by": one.decided_by,
            "note": one.note,
        }


def _measure_id(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise Refusal(errors.unknown_object(named)) from None


def _company(business: Business) -> dict[str, Any]:
    return {"waba": business.waba_id, "name": business.name, "verified": business.verified}


def _shown(found: Standing | None) -> dict[str, Any] | None:
    """A standing as it is shown: the interval and how much it rests on, never the rate alone."""
    if found is None:
        return None
    return {
        "quality": found.quality,
        "expected": round(found.found.rate, 5),
        "low": round(found.found.low, 5),
        "high": round(found.found.high, 5),
        "share": 0.9,
        "messages": round(found.found.messages, 1),
        "green_below": round(found.green, 5),
        "red_above": round(found.red, 5),
    }


def _template(
    one: Kept, count: Count, since: datetime, found: Appraisal, rules: pausing.Pausing
) -> dict[str, Any]:  # fmt: skip
    return {
        "template": one.template_id,
        "name": one.name,
        "language": one.language,
        "category": one.category,
        "status": one.status,
        "quality": one.quality,
        "standing": _shown(found.templates.get(one.template_id)),
        "trial": {
            "since": instant(since),
            "messages": count.messages,
            "against": count.against,
            "pauses_at": tripping(count.messages, rules),
        },
        "pacing": None if one.room is None else {"room": one.room, "since": instant(one.paced_at)},
    }


def _hardest(business: Business, now: datetime) -> str | None:
    held = [one.kind for one in business.measures if one.holds(now)]
    return max(held, key=KINDS.index, default=None)


def _heat(row: Mapping[str, Any]) -> int:
    colour = row["standing"]["quality"] if row["standing"] is not None else "UNKNOWN"
    return ("RED", "YELLOW", "GREEN", "UNKNOWN").index(colour)
