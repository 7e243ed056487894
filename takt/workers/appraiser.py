"""The appraiser: from what people do about messages to colours, pauses and locks.

Every ten seconds it tests the templates that somebody blocked or reported lately; every minute it grades all templates
and numbers. Several may run: each decides again in its transaction, by what stands then.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takt.actions import number, template
from takt.actions.appraise import Grade, Pace, Trip
from takt.actions.number import SetQuality
from takt.clock import Clock
from takt.core.appraisal import STEADY_H, Appraisal, Standing, appraise, figures_of
from takt.core.feedback import slot_of_time
from takt.core.pacing import Outcome, Stage, outcome
from takt.core.pausing import Pausing, figures_of_trial, trial_since, trips
from takt.core.value import value
from takt.lanes import Action
from takt.store import messages, rations, standings, trials
from takt.store.pool import transaction
from takt.store.rations import Subject
from takt.store.reference import Business, Reference, Sender, Snapshot
from takt.store.site import Site
from takt.store.trials import Candidate, Count, Paced, Tried
from takt.wakes import Wakes

LOOK_S: Final = 10.0
GRADE_EACH: Final = 6
PACED_MAX: Final = 500
STEADY: Final = timedelta(hours=STEADY_H)
BEHIND: Final = timedelta(minutes=30)
"""How much longer than a delivery ripens an act is looked at: one slot, and some for a loop that stood still."""

_LOG = logging.getLogger(__name__)


@value
class Deciders:
    """The actions that carry out what is decided here."""

    templates: Action[template.Command, Any]
    numbers: Action[number.Command, number.Answer]


class Appraiser:
    """The loop."""

    def __init__(self, site: Site, reference: Reference, deciders: Deciders, wakes: Wakes, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._deciders = deciders
        self._wakes = wakes
        self._clock = clock

    async def run(self) -> None:
        """Look until cancelled."""
        rounds = 0
        while True:
            await self.test()
            await self.pace()
            if rounds % GRADE_EACH == 0:
                await self.grade()
            rounds += 1
            await asyncio.sleep(LOOK_S)

    async def test(self) -> int:
        """Pause what people block or report too often; how many templates that was."""
        now = self._clock.now()
        snapshot = await self._fresh()
        rules = snapshot.tact(now).pausing
        named: set[str] = set()
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                named |= await trials.suspects(conn, part, now - rules.mature - BEHIND)
        async with self._site.everywhere.acquire() as conn:
            found = await trials.candidates(conn, sorted(named)) if named else []
        if not found:
            return 0
        tried = [
            Tried(one.template_id, slot_of_time(_since(one, now)), _senders_of(snapshot, one.business_id))
            for one in found
        ]
        counts = await self._counts(tried, rules, now)
        commands = [
            (snapshot.businesses[one.business_id], self._trip(one, counts[one.template_id], rules, now))
            for one in found
            if one.template_id in counts
            and trips(counts[one.template_id].messages, counts[one.template_id].against, rules)
        ]
        await self._decide(self._deciders.templates, commands)
        return len(commands)

    async def pace(self) -> int:
        """Let templates in pacing out to more people, to all, or to nobody any more; how many that was."""
        now = self._clock.now()
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
            paced = await trials.list_paced(conn, PACED_MAX)
        if not paced:
            return 0
        rules, pausing = snapshot.tact(now).pacing, snapshot.tact(now).pausing
        tried = [
            Tried(one.template_id, slot_of_time(one.paced_at), _senders_of(snapshot, one.business_id)) for one in paced
        ]
        counts = await self._counts(tried, pausing, now)
        commands: list[tuple[Business, Pace]] = []
        for one in paced:
            business, count = snapshot.businesses[one.business_id], counts[one.template_id]
            sent = await self._sent(business, one)
            found = outcome(Stage(one.room, one.paced_at, sent), count.messages, count.against, rules, pausing, now)
            if found is not Outcome.WAIT:
                figures = figures_of_trial(count.messages, count.against, pausing)
                commands.append((business, Pace(self._clock.new_id(), one.template_id, one.paced_at, found, figures)))
        await self._decide(self._deciders.templates, commands)
        for _, command in commands:
            for part in self._site.parts:
                async with transaction(self._site.pool(part)) as conn:
                    await messages.hasten(conn, part, command.template_id, now)
        return len(commands)

    async def _sent(self, business: Business, one: Paced) -> int:
        subject = Subject(business.contract_part, f"room:{one.template_id}", one.paced_at)
        async with self._site.pool(business.contract_part).acquire() as conn:
            return (await rations.load(conn, {subject: one.room}))[subject].total

    async def grade(self) -> Appraisal:
        """Give templates and numbers the colours that their feedback asks for."""
        now = self._clock.now()
        snapshot = await self._fresh()
        found = await self.appraisal(snapshot, now)
        async with self._site.everywhere.acquire() as conn:
            graded = await trials.graded(conn, sorted(found.templates))
        await self._decide(
            self._deciders.templates,
            [
                (snapshot.businesses[one.business_id], self._grade(one.template_id, found.templates[one.template_id]))
                for one in graded
                if _changes(found.templates[one.template_id], one.quality, one.quality_at, now)
            ],
        )
        await self._decide(
            self._deciders.numbers,
            [
                (sender.business, SetQuality(sender.sender_id, standing.quality, figures_of(standing)))
                for sender, standing in _met(found, snapshot)
                if _changes(standing, sender.quality, sender.quality_at, now)
            ],
        )
        return found

    async def appraisal(self, snapshot: Snapshot, now: datetime) -> Appraisal:
        """Everybody's standing by the counts of all parts."""
        return appraise(await standings.portions(self._site, snapshot, now), snapshot.tact(now).reputation)

    async def _counts(self, tried: Sequence[Tried], rules: Pausing, now: datetime) -> dict[str, Count]:
        counts: defaultdict[str, Count] = defaultdict(Count)
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                for template_id, count in (await trials.count(conn, part, tried, now, rules.mature)).items():
                    counts[template_id] = counts[template_id].plus(count)
        return counts

    def _trip(self, one: Candidate, count: Count, rules: Pausing, now: datetime) -> Trip:
        figures = figures_of_trial(count.messages, count.against, rules)
        return Trip(self._clock.new_id(), one.template_id, _since(one, now), figures)

    def _grade(self, template_id: str, standing: Standing) -> Grade:
        return Grade(self._clock.new_id(), template_id, standing.quality, figures_of(standing))

    async def _fresh(self) -> Snapshot:
        async with self._site.everywhere.acquire() as conn:
            return await self._reference.fresh(conn)

    async def _decide(self, action: Action[Any, Any], commands: Sequence[tuple[Business, Any]]) -> None:
        """Each in a transaction of its company's part: the others must not wait for one that fails."""
        for business, command in commands:
            part = business.contract_part
            try:
                async with transaction(self._site.pool(part)) as conn:
                    done = await action(conn, part, [command], self._clock.now(), again=False)
            except Exception as fault:  # noqa: BLE001 - the next look tries again
                _LOG.error("an appraisal could not be carried out: %s", command, exc_info=fault)
                continue
            self._wakes.wake(done.wakes)


def _since(one: Candidate, now: datetime) -> datetime:
    return trial_since(one.tried_since or one.approved_at or one.created_at, now)


def _senders_of(snapshot: Snapshot, business_id: UUID) -> tuple[str, ...]:
    return tuple(one.sender_id for one in snapshot.senders.values() if one.business.business_id == business_id)


def _met(found: Appraisal, snapshot: Snapshot) -> list[tuple[Sender, Standing]]:
    return [(snapshot.senders[key], one) for key, one in found.senders.items() if key in snapshot.senders]


def _changes(standing: Standing, quality: str, at: datetime | None, now: datetime) -> bool:
    """Whether a colour is to be changed: not more often than every six hours."""
    return standing.quality != quality and (quality == "UNKNOWN" or at is None or now - at >= STEADY)
