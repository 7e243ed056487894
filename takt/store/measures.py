"""Measures against companies as rows: proposed, decided, objected to. Reference rows, so that every send knows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.measures import Step
from takt.core.value import value
from takt.store.pool import Conn
from takt.store.stamp import take_turn, touch

LISTED_MAX: Final = 200


@value
class Measure:
    """One measure with its story; `figures` is JSON."""

    measure_id: UUID
    business_id: UUID
    kind: str
    state: str
    days: int | None
    figures: str
    proposed_at: datetime
    began_at: datetime | None = None
    until: datetime | None = None
    objected_at: datetime | None = None
    objection: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""

    @property
    def step(self) -> Step:
        """As the ladder looks at it."""
        return Step(self.kind, self.days, self.state, self.proposed_at, self.until)

    @property
    def is_answered(self) -> bool:
        """Whether a person has decided since the company objected; so, too, where it never did."""
        return self.objected_at is None or (self.decided_at is not None and self.decided_at >= self.objected_at)


_MEASURE: Final = (
    "SELECT measure_id, business_id, kind, state, days, figures::text, proposed_at, began_at, until, objected_at, objection,"
    " decided_at, decided_by, note FROM measure"
)


async def add(conn: Conn, one: Measure) -> None:
    """A new measure; one that is there already stays."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO measure (measure_id, business_id, kind, state, days, figures, proposed_at, began_at, until,"
        " decided_at, decided_by, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT (measure_id) DO NOTHING",
        one.measure_id, one.business_id, one.kind, one.state, one.days, one.figures, one.proposed_at, one.began_at,
        one.until, one.decided_at, one.decided_by, one.note,
    )  # fmt: skip


async def lock(conn: Conn, measure_id: UUID) -> Measure | None:
    """A measure that nobody else changes until the end of the transaction."""
    await take_turn(conn)
    return await find(conn, measure_id)


async def put(conn: Conn, one: Measure) -> None:
    """Write a measure as it is from now on."""
    await touch(conn)
    await conn.execute(
        "UPDATE measure SET state = $2, days = $3, began_at = $4, until = $5, objected_at = $6, objection = $7,"
        " decided_at = $8, decided_by = $9, note = $10 WHERE measure_id = $1",
        one.measure_id, one.state, one.days, one.began_at, one.until, one.objected_at, one.objection, one.decided_at,
        one.decided_by, one.note,
    )  # fmt: skip


async def find(conn: Conn, measure_id: UUID) -> Measure | None:
    """One measure."""
    row = await conn.fetchrow(f"{_MEASURE} WHERE measure_id = $1", measure_id)
    return None if row is None else Measure(*row)


async def list_of(conn: Conn, business_ids: Sequence[UUID]) -> list[Measure]:
    """The last 200 measures against these businesses, newest first."""
    rows = await conn.fetch(
        f"{_MEASURE} WHERE business_id = any($1) ORDER BY proposed_at DESC, measure_id LIMIT $2",
        list(business_ids), LISTED_MAX,
    )  # fmt: skip
    return [Measure(*row) for row in rows]


async def list_open(conn: Conn) -> list[Measure]:
    """The first 200 that wait for a decision, those objected to first, then the longest waiting.

    They are proposed, or hold and were objected to since.
    """
    rows = await conn.fetch(
        f"{_MEASURE} WHERE state = 'proposed' OR state = 'in_force' AND objected_at > decided_at ORDER BY objected_at NULLS LAST, proposed_at, measure_id LIMIT $1",
        LISTED_MAX,
    )
    return [Measure(*row) for row in rows]


async def has_overdue(conn: Conn, now: datetime) -> bool:
    """Whether the time of some measure is over."""
    return bool(
        await conn.fetchval("SELECT EXISTS (SELECT FROM measure WHERE state = 'in_force' AND until <= $1)", now)
    )


async def end_overdue(conn: Conn, now: datetime) -> None:
    """Close those whose time is over."""
    await touch(conn)
    await conn.execute("UPDATE measure SET state = 'over' WHERE state = 'in_force' AND until <= $1", now)
