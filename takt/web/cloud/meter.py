"""The meter of the management API: calls of an app about a company, or about itself, in the running hour.

Each process counts in memory and adds what it counted to a row that all share, at most once a second for each pair of
app and node, never once a call. So a limit is kept to within what all processes take in one second, and a row per pair
is all that it costs (decision 0014). When the database is away, the process counts by itself.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
import structlog

from takt.actions.count_calls import CountCalls
from takt.clock import Clock
from takt.core import quota
from takt.core.ids import slot_of
from takt.core.quota import Usage
from takt.lanes import Lanes
from takt.store.reference import Business, Snapshot
from takt.web.auth import Principal
from takt.wire import account_errors
from takt.wire.errors import Refusal, WireError

FLUSH_S: Final = 1.0
PAIRS_MAX: Final = 10_000

_LOG = structlog.get_logger(__name__)

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class _Count:
    """What is known of one pair: the sum of all processes, what is not in it yet, and when it was last asked for."""

    hour: datetime
    sum: int = 0
    more: int = 0
    asked_s: float | None = None

    @property
    def calls(self) -> int:
        return self.sum + self.more


class Meter:
    """Counts, refuses, and says in headers how much is used."""

    def __init__(self, lane: Lanes[CountCalls, int], clock: Clock) -> None:
        self._lane = lane
        self._clock = clock
        self._counts: dict[tuple[str, str], _Count] = {}
        self._flushes: set[asyncio.Task[None]] = set()

    async def take(self, principal: Principal, node: str, snapshot: Snapshot, headers: Headers) -> None:
        """Count a call about this node, if calls about it are counted, and add what its answer tells of that.

        Raises Refusal when there were too many.
        """
        app_id = principal.app_id
        if app_id is None:
            return
        business = snapshot.by_waba.get(node)
        if business is not None and business.business_id == principal.business_id:
            used = await self._count(app_id, node, business, snapshot)
            headers += [_of_business(node, used, self._clock.now()), _of_app(self._known(app_id))]
            self._check(used, account_errors.account_calls_exhausted)
        elif node == app_id:
            used = await self._count(app_id, app_id, None, snapshot)
            headers.append(_of_app(used.percent))
            self._check(used, account_errors.app_calls_exhausted)

    async def _count(self, app_id: str, node: str, business: Business | None, snapshot: Snapshot) -> Usage:
        now = self._clock.now()
        hour = quota.hour_of(now)
        count = self._counts.get((app_id, node))
        if count is None or count.hour != hour:
            if len(self._counts) >= PAIRS_MAX:
                self._counts.clear()
            count = self._counts[app_id, node] = _Count(hour)
        count.more += 1
        owner = business or _owner(app_id, snapshot)
        slot = slot_of(owner.contract_id) if owner is not None else 0
        if count.asked_s is None:
            await self._flush(app_id, node, count, slot)
        elif self._clock.monotonic_s() - count.asked_s >= FLUSH_S:
            count.asked_s = self._clock.monotonic_s()
            task = asyncio.create_task(self._flush(app_id, node, count, slot))
            self._flushes.add(task)
            task.add_done_callback(self._flushes.discard)
        registered = business is None or any(
            one.business.business_id == business.business_id for one in snapshot.senders.values()
        )
        return Usage(count.calls, quota.limit_of(registered=registered), hour)

    async def _flush(self, app_id: str, node: str, count: _Count, slot: int) -> None:
        count.asked_s = self._clock.monotonic_s()
        told = count.more
        try:
            total = await self._lane.submit(slot, CountCalls(app_id, node, count.hour, told))
        except Exception as fault:  # noqa: BLE001 - who cannot count must still answer; the rest is told next time
            _LOG.warning("calls_uncounted", app=app_id, node=node, exc_info=fault)
            return
        count.sum, count.more = total, count.more - told

    def _known(self, app_id: str) -> int:
        """Percent of an app's own calls, as far as this process knows."""
        count = self._counts.get((app_id, app_id))
        if count is None or count.hour != quota.hour_of(self._clock.now()):
            return 0
        return Usage(count.calls, quota.limit_of(registered=True), count.hour).percent

    def _check(self, used: Usage, error: Callable[[int, int], WireError]) -> None:
        if used.exhausted:
            raise Refusal(error(used.limit, used.wait_s(self._clock.now())))


def _owner(app_id: str, snapshot: Snapshot) -> Business | None:
    app = snapshot.apps.get(app_id)
    return snapshot.businesses.get(app.business_id) if app is not None and app.business_id is not None else None


def _of_app(percent: int) -> tuple[bytes, bytes]:
    shown = {"call_count": percent, "total_cputime": 0, "total_time": 0}
    return b"x-app-usage", msgspec.json.encode(shown)


def _of_business(node: str, used: Usage, now: datetime) -> tuple[bytes, bytes]:
    minutes = -(-used.wait_s(now) // 60) if used.exhausted else 0
    shown = {
        "type": "whatsapp",
        "call_count": used.percent,
        "total_cputime": 0,
        "total_time": 0,
        "estimated_time_to_regain_access": minutes,
    }
    return b"x-business-use-case-usage", msgspec.json.encode({node: [shown]})
