"""What a preview is computed from: both policies, and what is on record. For the loop that makes previews and for the command line."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from takt.core.admission.book import render_model
from takt.core.caps import WEEK
from takt.core.tact import render_policy
from takt.rehearsal.job import Choice, Job, Line
from takt.store import recorded
from takt.store.admissions import MATURE
from takt.store.recorded import RecordedMessage
from takt.store.reference import Reference
from takt.store.site import Site

SPANS: Final = (timedelta(days=28), timedelta(days=7), timedelta(days=1))
"""How far back the record is read; less where there is so much that reading takes too long."""
LINES_MAX: Final = 20_000
PAIRS: Final = 12
"""Worlds in which both policies are tried."""
LIFE: Final = timedelta(days=30)


async def gather(
    site: Site, reference: Reference, document: Mapping[str, Any], now: datetime, *, seeds: int = PAIRS
) -> Job:
    """The job of comparing a whole policy with the one that applies now."""
    async with site.everywhere.acquire() as conn:
        snapshot = await reference.fresh(conn)
    since, found, whole = await _record(site, now)
    model, tact = snapshot.admission.model, snapshot.tact(now)
    return Job(
        old=render_policy(tact),
        new=dict(document),
        since=since,
        until=now,
        lines=tuple(_line(one) for one in found),
        whole=whole,
        acts=await _acts(site, since),
        names={one.sender_id: one.verified_name for one in snapshot.senders.values()},
        seeds=seeds,
        choices=tuple(await _choices(site, found, tact.version, since, now)),
        model={"version": model.version, **render_model(model)},
    )


async def _record(site: Site, now: datetime) -> tuple[datetime, list[RecordedMessage], bool]:
    """From when on, the messages since a week before that (what people had heard by then counts), and whether all."""
    for span in SPANS:
        try:
            found, whole = await _read(site, now - span - WEEK, now)
        except asyncpg.QueryCanceledError:
            continue
        oldest = min((one.at for one in found), default=now)
        since = now - span if whole else max(now - span, oldest + WEEK)
        return min(since, now), found, whole
    return now, [], False


async def _read(site: Site, since: datetime, until: datetime) -> tuple[list[RecordedMessage], bool]:
    limit = max(1, LINES_MAX // len(site.parts))
    found: list[RecordedMessage] = []
    whole = True
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            some = await recorded.newest(conn, part, since, until, limit)
        whole = whole and len(some) < limit
        found += some
    return sorted(found, key=lambda one: one.at), whole


async def _acts(site: Site, since: datetime) -> dict[str, list[str]]:
    """What people did about messages since then, by message."""
    found: dict[str, list[str]] = {}
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            for message_id, kind in await recorded.acts(conn, part, since, max(1, LINES_MAX // len(site.parts))):
                found.setdefault(str(message_id), []).append(kind)
    return found


async def _choices(
    site: Site, found: Sequence[RecordedMessage], version: int, since: datetime, now: datetime
) -> list[Choice]:
    """How admission decided about these messages, as far as what came of it is known."""
    ids = [one.message_id for one in found if one.category == "marketing" and one.at >= since]
    chosen: list[Choice] = []
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            rows = await recorded.choices(conn, part, ids, version, now - MATURE)
        chosen += [
            Choice(
                str(one.message_id), one.at, one.mode, one.let_out, one.passed, one.content, one.affinity, one.pressure,
                tuple(one.terms), one.used,
            )
            for one in rows
        ]  # fmt: skip
    return chosen


def _line(one: RecordedMessage) -> Line:
    own = None
    if one.quiet_from_min is not None and one.quiet_to_min is not None:
        own = (one.quiet_from_min, one.quiet_to_min, one.quiet_for_all)
    return Line(
        str(one.message_id), str(one.recipient_id), one.wa_id, one.market, one.sender_id, one.category, one.at,
        one.expires_at or one.at + LIFE, one.facts, one.reason or "", one.price_micros, one.time_zone, own,
    )  # fmt: skip
