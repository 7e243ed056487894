"""Rations: how much of something limited is used, in the part of the company's contract, by slots.

Read without a lock first, as paces and wallets are; when somebody else used it up meanwhile, the batch decides again.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from takt.core.value import value
from takt.store.pool import Conn, DecideAgainError


@value
class Subject:
    """Of what something is used, in which part that is counted, and since when it counts."""

    part: int
    name: str
    since: datetime


@dataclass(slots=True)
class Ration:
    """What is used of a subject, by slots, as a batch goes on; `most` is all there is, `drawn` what the batch changes."""

    used: dict[datetime, int]
    most: int
    drawn: dict[datetime, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How much is used."""
        return sum(self.used.values())

    def draw(self, slot_at: datetime, amount: int) -> None:
        """Use so much more in that slot, or give it back."""
        for kept in (self.used, self.drawn):
            kept[slot_at] = kept.get(slot_at, 0) + amount


class OverdrawnError(DecideAgainError):
    """Another transaction used up a ration meanwhile; the batch decides again with the rations locked."""


async def load(
    conn: Conn, subjects: Mapping[Subject, int], held_slots: Mapping[Subject, datetime] | None = None
) -> dict[Subject, Ration]:
    """The rations of these subjects, of which there is so much each.

    With `held_slots`, where each would be used now, they are held by part and name, those slots among them.
    """
    by_part: defaultdict[int, list[Subject]] = defaultdict(list)
    for one in subjects:
        by_part[one.part].append(one)
    found = {one: Ration({}, most) for one, most in subjects.items()}
    query = (
        "SELECT r.subject, r.slot_at, r.used FROM ration r JOIN unnest($2::text[], $3::timestamptz[]) u(subject, since)"
        " ON r.subject = u.subject AND r.slot_at >= u.since WHERE r.part = $1 ORDER BY r.subject, r.slot_at"
    )
    for part, ones in sorted(by_part.items()):
        by_name = {one.name: one for one in ones}
        if held_slots is not None:
            await _add_slots(conn, part, {one.name: held_slots[one] for one in ones})
        rows = await conn.fetch(
            query + (" FOR NO KEY UPDATE OF r" if held_slots is not None else ""),
            part, [one.name for one in ones], [one.since for one in ones],
        )  # fmt: skip
        for row in rows:
            found[by_name[row[0]]].used[row[1]] = row[2]
    return found


async def _add_slots(conn: Conn, part: int, slots: Mapping[str, datetime]) -> None:
    """Make the rows of slots that are not there yet, in their order: what is not there cannot be held."""
    names = sorted(slots)
    await conn.execute(
        "INSERT INTO ration (part, subject, slot_at, used) SELECT $1, u.subject, u.slot_at, 0"
        " FROM unnest($2::text[], $3::timestamptz[]) u(subject, slot_at) ON CONFLICT (part, subject, slot_at) DO NOTHING",
        part, names, [slots[name] for name in names],
    )  # fmt: skip


async def write(conn: Conn, rations: Mapping[Subject, Ration]) -> None:
    """Write what a batch drew; counters come last in a transaction.

    Raises OverdrawnError when others drew so much meanwhile that more is used than there is.
    """
    drawn = sorted((one.part, one.name, one, ration) for one, ration in rations.items() if ration.drawn)
    for part, name, subject, ration in drawn:
        await conn.executemany(
            "INSERT INTO ration AS r (part, subject, slot_at, used) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (part, subject, slot_at) DO UPDATE SET used = r.used + excluded.used",
            [(part, name, slot_at, amount) for slot_at, amount in sorted(ration.drawn.items())],
        )
        total = await conn.fetchval(
            "SELECT sum(used) FROM ration WHERE part = $1 AND subject = $2 AND slot_at >= $3",
            part, name, subject.since,
        )  # fmt: skip
        if total > max(ration.most, ration.total):
            raise OverdrawnError


async def drop_before(conn: Conn, part: int, at: datetime) -> None:
    """Forget what was used in slots before that."""
    await conn.execute("DELETE FROM ration WHERE part = $1 AND slot_at < $2", part, at)


async def best_day(conn: Conn, part: int, name: str, since: datetime) -> int:
    """The most that was used of a subject within one day since then."""
    found: int = await conn.fetchval(
        "SELECT coalesce(max(used), 0)::int FROM (SELECT sum(used) AS used FROM ration WHERE part = $1 AND subject = $2"
        " AND slot_at >= $3 GROUP BY date_trunc('day', slot_at)) days",
        part, name, since,
    )  # fmt: skip
    return found


async def used_since(conn: Conn, part: int, name: str, since: datetime) -> int:
    """How much was used of a subject since then."""
    found: int = await conn.fetchval(
        "SELECT coalesce(sum(used), 0)::int FROM ration WHERE part = $1 AND subject = $2 AND slot_at >= $3",
        part, name, since,
    )  # fmt: skip
    return found
