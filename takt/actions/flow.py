"""A company makes, writes, publishes and ends its flows. Every change of status is told to whoever hears `flows`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.core import flow_health
from takt.core.flow_state import (
    FLOWS_MAX,
    OPEN,
    FlowDenial,
    Standing,
    deny_change,
    deny_deleting,
    deny_deprecating,
    deny_publishing,
)
from takt.core.ids import slot_of
from takt.core.value import value
from takt.store import flow_health as health
from takt.store import flows, outbox
from takt.store.flows import NewFlow, Written
from takt.store.pool import Conn
from takt.store.reference import Reference, Snapshot
from takt.wire import flows as wire

PREVIEW: Final = timedelta(days=30)


@value
class Create:
    """A new draft; with `clone_of` it takes over that flow's JSON. `publish` is done only if the JSON has no faults."""

    flow_id: str
    business_id: UUID
    app_id: str | None
    name: str
    categories: tuple[str, ...]
    endpoint_uri: str | None
    preview_key: str
    written: Written | None = None
    clone_of: str | None = None
    publish: bool = False


@value
class Change:
    """Other facts about a draft; what is None or empty stays."""

    flow_id: str
    name: str | None
    categories: tuple[str, ...]
    endpoint_uri: str | None
    app_id: str | None


@value
class Write:
    """Other JSON for a draft."""

    flow_id: str
    written: Written


@value
class Publish:
    """A draft becomes usable, and cannot be changed any more."""

    flow_id: str


@value
class Deprecate:
    """A published flow is taken out of use."""

    flow_id: str


@value
class Delete:
    """A draft goes."""

    flow_id: str


@value
class RenewPreview:
    """The address of the preview changes."""

    flow_id: str
    preview_key: str


@value
class Count:
    """A form asked its endpoint, which answered after `took_ms`, or not at all.

    `failed` says that nothing came of it through the fault of the endpoint.
    """

    flow_id: str
    failed: bool
    took_ms: int | None


Later = Count | Change | Write | Publish | Deprecate | Delete | RenewPreview
Command = Create | Later
Answer = FlowDenial | None
"""Why not; None when it is done."""


class Flows:
    """The action of the flow lane. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Do them in their order; what a batch already did is recognised by what is there."""
        snapshot = await self._reference.fresh(conn)
        standings = await flows.lock(conn, sorted({one.flow_id for one in commands}))
        events: list[outbox.Event] = []
        answers: list[Answer] = []
        for command in commands:
            if isinstance(command, Create):
                answer, told = await self._create(conn, command, snapshot, now, again=again)
            else:
                answer, told = await self._do(conn, part, command, standings, snapshot, now)
            answers.append(answer)
            events.extend(told)
        if events:
            await outbox.add(conn, part, events, now)
        return Done(answers, {HOOKS} if events else set())

    async def _create(
        self, conn: Conn, command: Create, snapshot: Snapshot, now: datetime, *, again: bool
    ) -> tuple[Answer, list[outbox.Event]]:
        namesake = await flows.find_named(conn, command.business_id, command.name)
        if namesake is not None:
            return (None if again and namesake == command.flow_id else FlowDenial.NAME_TAKEN), []
        if await flows.count(conn, command.business_id) >= FLOWS_MAX:
            return FlowDenial.TOO_MANY, []
        written = command.written
        if command.clone_of is not None:
            written = await flows.find_written(conn, command.business_id, command.clone_of)
            if written is None:
                return FlowDenial.UNKNOWN, []
        status = "DRAFT"
        if command.publish and written is not None and written.faults == "[]":
            standing = _standing(command, written)
            denial = deny_publishing(standing, key=await flows.has_key(conn, command.business_id))
            if denial is not None:
                return denial, []
            status = "PUBLISHED"
        made = NewFlow(
            command.flow_id, command.business_id, command.app_id, command.name, command.categories, status, written,
            command.endpoint_uri, command.preview_key,
        )  # fmt: skip
        await flows.add(conn, made, now + PREVIEW, now)
        return None, self._tell(snapshot, command.business_id, command.flow_id, command.name, (None, status))

    async def _do(
        self, conn: Conn, part: int, command: Later, standings: dict[str, Standing], snapshot: Snapshot, now: datetime
    ) -> tuple[Answer, list[outbox.Event]]:
        flow = standings.get(command.flow_id)
        if flow is None:
            return FlowDenial.UNKNOWN, []
        denial = await _denial(conn, command, flow)
        if denial is not None:
            return denial, []
        alerts = await self._count(conn, part, command, flow, snapshot, now) if isinstance(command, Count) else []
        if isinstance(command, Publish):  # what failed before its endpoint answered again is forgiven
            await health.forget(conn, part, flow.flow_id)
        await _write(conn, command, now)
        left = await flows.lock(conn, [command.flow_id])
        if not left:
            del standings[command.flow_id]
            return None, []
        after = left[command.flow_id]
        standings[command.flow_id] = after
        changed = (flow.status, after.status)
        told = self._tell(snapshot, flow.business_id, flow.flow_id, flow.name, changed) if len(set(changed)) > 1 else []
        return None, [*told, *alerts]

    async def _count(
        self, conn: Conn, part: int, command: Count, flow: Standing, snapshot: Snapshot, now: datetime
    ) -> list[outbox.Event]:
        """Count an exchange; the flow may be held back or blocked by it, and its company is told of each threshold."""
        began_at = flow_health.window_of(now)
        before = await health.count(conn, part, flow.flow_id, began_at)
        count = before.after(failed=command.failed, took_ms=command.took_ms)
        await health.put_count(conn, part, flow.flow_id, began_at, count)
        if count.exchanges == 1:
            await health.forget_counts(conn, part, flow.flow_id, began_at - flow_health.KEPT)
        if flow.status in OPEN:
            status = flow_health.status_after(flow.status, count)
            if status != flow.status:
                await flows.set_status(conn, flow.flow_id, status, now)
        told: list[outbox.Event] = []
        known = await health.alerts(conn, part, flow.flow_id)
        for news, alert in flow_health.turned(known, count, began_at):
            if alert is None:
                await health.drop_alert(conn, part, flow.flow_id, news.kind)
            else:
                await health.put_alert(conn, part, flow.flow_id, alert)
            told += self._events(snapshot, flow.business_id, wire.render_alert(flow.flow_id, flow.name, news, count))
        return told

    def _tell(
        self, snapshot: Snapshot, business_id: UUID, flow_id: str, name: str, change: tuple[str | None, str]
    ) -> list[outbox.Event]:
        return self._events(snapshot, business_id, wire.render_status_change(flow_id, name, *change))

    def _events(self, snapshot: Snapshot, business_id: UUID, body: str) -> list[outbox.Event]:
        business = snapshot.businesses[business_id]
        return [
            outbox.Event(self._new_id(slot_of(business.contract_id)), one.endpoint_id, "flows", business.waba_id, body)
            for one in snapshot.listeners(business_id, "flows")
        ]


async def _write(conn: Conn, command: Later, now: datetime) -> None:
    match command:
        case Change():
            await flows.set_facts(
                conn, command.flow_id, command.name, command.categories, command.endpoint_uri, command.app_id
            )
        case Write():
            await flows.set_written(conn, command.flow_id, command.written, now)
        case RenewPreview():
            await flows.set_preview(conn, command.flow_id, command.preview_key, now + PREVIEW)
        case Publish():
            await flows.set_status(conn, command.flow_id, "PUBLISHED", now)
        case Deprecate():
            await flows.set_status(conn, command.flow_id, "DEPRECATED", now)
        case Delete():
            await flows.remove(conn, command.flow_id)
        case Count():
            pass  # was counted, which needs more than the connection


def _standing(command: Create, written: Written) -> Standing:
    return Standing(
        command.flow_id, command.business_id, command.app_id, command.name, "DRAFT", written.faults != "[]",
        written.data_api_version is not None, command.endpoint_uri,
    )  # fmt: skip


async def _denial(conn: Conn, command: Later, flow: Standing) -> FlowDenial | None:
    match command:
        case Change(name=name) if name is not None and name != flow.name:
            taken = await flows.find_named(conn, flow.business_id, name)
            return deny_change(flow) or (FlowDenial.NAME_TAKEN if taken is not None else None)
        case Change() | Write():
            return deny_change(flow)
        case Publish():
            return deny_publishing(flow, key=await flows.has_key(conn, flow.business_id))
        case Deprecate():
            return deny_deprecating(flow)
        case Delete():
            return deny_deleting(flow)
        case _:
            return None
