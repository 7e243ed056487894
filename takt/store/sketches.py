"""Sketches of texts worth a look, kept for a few days: which other companies sent the same text. Reference rows."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

KEPT: Final = timedelta(days=2)
CANDIDATES_MAX: Final = 200


@value
class Sighting:
    """A text of a company on a day: a digest of its sketch, the sketch's numbers and bands, and where it stood."""

    business_id: UUID
    digest: bytes
    numbers: bytes
    bands: tuple[int, ...]
    seen_in: str


@value
class Candidate:
    """A text of another company that may be the same."""

    business_id: UUID
    numbers: bytes
    seen_in: str


async def note(conn: Conn, one: Sighting, now: datetime) -> None:
    """Keep a sketch for its day."""
    await conn.execute(
        "INSERT INTO text_sketch (day, business_id, digest, numbers, bands, seen_in) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING",
        now.date(), one.business_id, one.digest, one.numbers, list(one.bands), one.seen_in,
    )  # fmt: skip


async def candidates(conn: Conn, one: Sighting, now: datetime) -> list[Candidate]:
    """Texts of other companies, of this day and the day before, that share a band."""
    rows = await conn.fetch(
        "SELECT business_id, numbers, seen_in FROM text_sketch"
        " WHERE bands && $1::bigint[] AND business_id <> $2 AND day >= $3 LIMIT $4",
        list(one.bands), one.business_id, (now - timedelta(days=1)).date(), CANDIDATES_MAX,
    )  # fmt: skip
    return [Candidate(*row) for row in rows]


async def forget(conn: Conn, now: datetime) -> None:
    """Drop the sketches of days gone by."""
    await conn.execute("DELETE FROM text_sketch WHERE day < $1", (now - KEPT).date())
