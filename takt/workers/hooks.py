"""The webhook loop: takes what the outbox owes to each endpoint there, in order.

One process at a time delivers to an endpoint: it holds a lease, kept between batches and left to expire when the
process dies. Endpoints do not wait for one another, only for one of a bounded number of places. What a batch's outcome
means is decided in `takt.core.batching`; here it is carried out. Every event goes out at least once: between an answer
of 200 and the note that it came lies one transaction, tried until it succeeds.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Final
from uuid import UUID

import structlog

from takt.actions.outcome import HOOKS
from takt.clock import Clock
from takt.core import batching, signing
from takt.core.batching import Due, Health, Verdict
from takt.core.ids import slot_of
from takt.core.retry import Outcome
from takt.core.value import value
from takt.store import hooks
from takt.store.hooks import Attempt, Owed, Standing
from takt.store.pool import is_retryable, transaction
from takt.store.reference import Endpoint, Reference
from takt.store.site import Site
from takt.wakes import Subscription, Wakes
from takt.wire import envelope
from takt.wire.envelope import Told
from takt.workers.outbound import Outbound

ENDPOINTS_AT_ONCE_MAX: Final = 64
SWEEP_S: Final = 1.0
# Between two looks for each part: under load a look is owed all the time, and finds as much a little later.
BREATH_S: Final = 0.02
BREATHS_MAX: Final = 10
LEASE: Final = timedelta(seconds=45)
# Longer than a round and the last exchange of it may take, so that a lease never ends in the middle of one.
LEASE_LEFT: Final = timedelta(seconds=25)
ROUND_S: Final = 5.0
READ_WHEN_CAREFUL: Final = 100
READ_OF_SINGLES: Final = 256
READ_OF_PART_MIN: Final = 16
RECALLED_MAX: Final = 1000
INSIST_S_MAX: Final = 10
INSIST_PAUSE_S: Final = 0.2
STOP_S_MAX: Final = 25
REST_REMEMBERED: Final = timedelta(seconds=15)

_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Line:
    """An endpoint that is leased to us."""

    endpoint_id: UUID
    contract_part: int
    health: Health
    until: datetime


@value
class _Batch:
    """What was read for an endpoint, and where each event lies."""

    owed: list[Owed]
    parts: dict[UUID, int]

    def due(self) -> list[Due]:
        return [Due(one.event_id, one.attempts, len(one.body), one.owed_since) for one in self.owed]

    def by_id(self) -> dict[UUID, Owed]:
        return {one.event_id: one for one in self.owed}


class Hooks:
    """Delivers webhook events of all endpoints until cancelled; any number of processes may run one."""

    def __init__(self, site: Site, reference: Reference, outbound: Outbound, wakes: Wakes, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._outbound = outbound
        self._wakes = wakes
        self._clock = clock
        self._owner = clock.new_id()
        self._at_once = asyncio.Semaphore(ENDPOINTS_AT_ONCE_MAX)
        self._lines: dict[UUID, _Line] = {}
        self._rests: dict[UUID, datetime] = {}
        self._owing: dict[UUID, set[int]] = {}
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self._missed: set[UUID] = set()
        self._stopping = False

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is finished, and the leases are given back."""
        self._stopping = False
        try:
            with self._wakes.subscribe(HOOKS) as woken:
                while True:
                    await self._look(woken)
                    await asyncio.sleep(BREATH_S * min(len(self._site.parts), BREATHS_MAX))
                    await woken.wait(SWEEP_S)
        finally:
            await self._stop()

    async def _look(self, woken: Subscription) -> None:
        """Find the endpoints that are owed something, and start on each that nobody is at."""
        now = self._clock.now()
        self._rests = {endpoint_id: until for endpoint_id, until in self._rests.items() if until > now}
        owing: defaultdict[UUID, set[int]] = defaultdict(set)
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        asked = [endpoint.endpoint_id for endpoint in snapshot.endpoints.values() if self._is_open(endpoint)]
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                for endpoint_id in await hooks.list_owing(conn, part, asked, now):
                    owing[endpoint_id].add(part)
        self._owing = owing
        for endpoint_id in owing:
            if endpoint_id in self._under_way:
                self._missed.add(endpoint_id)
            else:
                self._start(endpoint_id, woken)

    def _is_open(self, endpoint: Endpoint) -> bool:
        return bool(endpoint.callback_url) and endpoint.endpoint_id not in self._rests

    def _start(self, endpoint_id: UUID, woken: Subscription) -> None:
        def ended(_: asyncio.Task[None]) -> None:
            del self._under_way[endpoint_id]
            if endpoint_id in self._missed:
                self._missed.discard(endpoint_id)
                woken.wake()

        task = asyncio.create_task(self._drain(endpoint_id))
        self._under_way[endpoint_id] = task
        task.add_done_callback(ended)

    async def _drain(self, endpoint_id: UUID) -> None:
        """Send batch after batch to one endpoint until nothing is due or it rests."""
        try:
            more = True
            while more and not self._stopping:
                async with self._at_once:
                    more = await self._turn(endpoint_id)
        except Exception as fault:  # noqa: BLE001 - the database may be away; the next look is a second later
            _LOG.error("webhooks_failed", endpoint=str(endpoint_id), exc_info=fault)
            self._lines.pop(endpoint_id, None)
            self._pause(endpoint_id)

    async def _turn(self, endpoint_id: UUID) -> bool:
        """Send one batch; whether there may be more to send at once."""
        endpoint = self._reference.current.endpoints.get(endpoint_id)
        if endpoint is None or not endpoint.callback_url:
            return False
        line = await self._lease(endpoint)
        if line is None:
            self._pause(endpoint_id)
            return False
        batch = await self._read(line, READ_OF_SINGLES if endpoint.events_per_post == 1 else batching.EVENTS_MAX)
        if not batch.owed:
            return False
        send = self._send_batch if endpoint.events_per_post > 1 else self._send_singles
        attempts, verdict = await send(endpoint, line.health, batch)
        await self._record(line, attempts, verdict, batch)
        if verdict.rest_until is None:
            line.health = verdict.health
            return True
        del self._lines[endpoint_id]
        # Not longer, for the company may set another address, and another process hear of it.
        self._rests[endpoint_id] = min(verdict.rest_until, self._clock.now() + REST_REMEMBERED)
        return False

    async def _send_batch(self, endpoint: Endpoint, health: Health, batch: _Batch) -> tuple[list[Attempt], Verdict]:
        """One POST of as many events as may go together."""
        due, by_id = batch.due(), batch.by_id()
        chosen = batching.choose(health, due, endpoint.events_per_post)
        attempt, outcome = await self._post(endpoint, [by_id[one.event_id] for one in chosen])
        return [attempt], batching.judge(health, due, chosen, outcome, self._clock.now(), self._clock.fraction())

    async def _send_singles(self, endpoint: Endpoint, health: Health, batch: _Batch) -> tuple[list[Attempt], Verdict]:
        """Several POSTs at a time of one event each; a queue ends with its first failure, or when time is up."""
        due, by_id = batch.due(), batch.by_id()
        attempts: list[Attempt] = []
        tried: list[tuple[Due, Outcome]] = []
        until_s = self._clock.monotonic_s() + ROUND_S

        async def go(queue: list[Due]) -> None:
            for event in queue:
                attempt, outcome = await self._post(endpoint, [by_id[event.event_id]])
                attempts.append(attempt)
                tried.append((event, outcome))
                if not outcome.taken or self._stopping or self._clock.monotonic_s() > until_s:
                    return

        await asyncio.gather(*map(go, batching.choose_singles(health, due)))
        return attempts, batching.judge_singles(health, due, tried, self._clock.now(), self._clock.fraction())

    def _pause(self, endpoint_id: UUID) -> None:
        self._rests[endpoint_id] = self._clock.now() + timedelta(seconds=SWEEP_S)

    async def _lease(self, endpoint: Endpoint) -> _Line | None:
        now = self._clock.now()
        line = self._lines.get(endpoint.endpoint_id)
        if line is not None and line.until - now >= LEASE_LEFT:
            return line
        part, until = endpoint.contract_part, now + LEASE
        async with self._site.pool(part).acquire() as conn:
            standing = await hooks.lease(conn, part, endpoint.endpoint_id, self._owner, now, until)
        if standing is None:
            self._lines.pop(endpoint.endpoint_id, None)
            return None
        if line is None or line.until <= now or line.health.failures != standing.failures:
            health = Health(standing.failures, standing.failing_since)
            line = _Line(endpoint.endpoint_id, part, health if not standing.failures else replace(health, cap=1), until)
        line.until = until
        self._lines[endpoint.endpoint_id] = line
        return line

    async def _read(self, line: _Line, limit: int) -> _Batch:
        """The next due events of an endpoint over all parts, in the order of their ids and without a gap."""
        if line.health.failures > 0 or line.health.cap < READ_WHEN_CAREFUL:
            limit = min(limit, READ_WHEN_CAREFUL)
        parts = sorted(self._owing.get(line.endpoint_id, ())) or list(self._site.parts)
        each = limit if len(parts) == 1 else max(READ_OF_PART_MIN, 2 * limit // len(parts))
        now = self._clock.now()

        async def read(part: int) -> list[Owed]:
            async with self._site.pool(part).acquire() as conn:
                return await hooks.list_due(conn, part, line.endpoint_id, now, each, batching.BODY_BYTES_MAX)

        found = dict(zip(parts, await asyncio.gather(*map(read, parts)), strict=True))
        # A part that may hold more than was read ends the stretch in which nothing is missing.
        horizon = min((rows[-1].event_id for rows in found.values() if _is_cut(rows, each)), default=None)
        owed = list(merge(*found.values(), key=lambda one: one.event_id))
        if horizon is not None:
            owed = [one for one in owed if one.event_id <= horizon]
        return _Batch(owed[:limit], {one.event_id: part for part, rows in found.items() for one in rows})

    async def _post(self, endpoint: Endpoint, events: list[Owed]) -> tuple[Attempt, Outcome]:
        body = envelope.render(Told(one.waba_id, one.field, one.body, one.created_at) for one in events)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signing.sign(endpoint.secret, body)}
        at = self._clock.now()
        outcome = await self._outbound.post(endpoint.callback_url, body, headers)
        attempt = Attempt(
            self._clock.new_id(slot_of(endpoint.endpoint_id)), endpoint.endpoint_id, at, outcome.duration_s,
            [one.event_id for one in events], outcome.status, outcome.error, _readable(outcome.answer),
        )  # fmt: skip
        return attempt, outcome

    async def _record(self, line: _Line, attempts: list[Attempt], verdict: Verdict, batch: _Batch) -> None:
        touched = {batch.parts[event_id] for event_id in _named(verdict) if event_id in batch.parts}
        if verdict.recall:
            touched.update(self._site.parts)
        writes = [_insist(self._write_contract, line, attempts, verdict)]
        writes += [_insist(self._write_events, part, line, verdict, batch) for part in sorted(touched)]
        await asyncio.gather(*writes)

    async def _write_contract(self, line: _Line, attempts: list[Attempt], verdict: Verdict) -> None:
        health, part = verdict.health, line.contract_part
        async with transaction(self._site.pool(part)) as conn:
            await hooks.add_attempts(conn, part, attempts)
            if verdict.rest_until is not None or health.failures != line.health.failures:
                standing = Standing(health.failures, health.failing_since, verdict.rest_until)
                await hooks.set_standing(conn, part, line.endpoint_id, self._owner, standing)

    async def _write_events(self, part: int, line: _Line, verdict: Verdict, batch: _Batch) -> None:
        now = self._clock.now()

        def here(event_ids: Iterable[UUID]) -> list[UUID]:
            return [event_id for event_id in event_ids if batch.parts.get(event_id) == part]

        aside = [one for one in verdict.aside if batch.parts.get(one.event_id) == part]
        async with transaction(self._site.pool(part)) as conn:
            if done := here(verdict.done):
                await hooks.settle(conn, part, done, "done", now)
            if buried := here(verdict.buried):
                await hooks.settle(conn, part, buried, "buried", now)
            if struck := here(verdict.struck):
                await hooks.strike(conn, part, struck)
            if acquitted := here(verdict.acquitted):
                await hooks.acquit(conn, part, acquitted)
            if verdict.recall:
                await hooks.recall(conn, part, line.endpoint_id, now, RECALLED_MAX)
            if aside:
                await hooks.set_aside(
                    conn, part, [a.event_id for a in aside], [a.attempts for a in aside], [a.due_at for a in aside]
                )

    async def _stop(self) -> None:
        self._stopping = True
        if self._under_way:
            _, late = await asyncio.wait(list(self._under_way.values()), timeout=STOP_S_MAX)
            for task in late:
                task.cancel()
        held: defaultdict[int, list[UUID]] = defaultdict(list)
        for line in self._lines.values():
            held[line.contract_part].append(line.endpoint_id)
        self._lines = {}
        for part, endpoint_ids in held.items():
            async with self._site.pool(part).acquire() as conn:
                await hooks.release(conn, part, endpoint_ids, self._owner)


def _is_cut(rows: list[Owed], limit: int) -> bool:
    return len(rows) == limit or sum(len(one.body) for one in rows) >= batching.BODY_BYTES_MAX


def _named(verdict: Verdict) -> list[UUID]:
    aside = [one.event_id for one in verdict.aside]
    return [*verdict.done, *verdict.buried, *verdict.struck, *verdict.acquitted, *aside]


def _readable(answer: bytes) -> str:
    return answer.decode("utf-8", "replace").replace("\x00", "")[: hooks.ANSWER_CHARS_MAX]


async def _insist(work: Callable[..., Awaitable[None]], *arguments: object) -> None:
    """Do it, and while the database is away try again for a while: what happened outside must not be forgotten."""
    waited_s = 0.0
    while True:
        try:
            return await work(*arguments)
        except Exception as fault:
            if waited_s >= INSIST_S_MAX or not is_retryable(fault):
                raise
        await asyncio.sleep(INSIST_PAUSE_S)
        waited_s += INSIST_PAUSE_S
