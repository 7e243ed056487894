"""Admission as rows: what is believed of people, what decides, and every decision about marketing with its terms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from struct import Struct
from typing import Final, get_args
from uuid import UUID

import msgspec
import numpy as np

from takt.core.admission import exposure
from takt.core.admission.arrays import Floats
from takt.core.admission.book import Book, Owner, Segment, read_firmness, read_model, render_firmness, render_model
from takt.core.admission.fitting import Firmness
from takt.core.admission.hazard import Model
from takt.core.admission.shadow import ShadowPrice
from takt.core.value import value
from takt.core.weighed import Parts
from takt.store.arrays import doubles
from takt.store.copying import DOUBLE_OID, Encoder, Shared, boolean, double, instant, integer, stream, text, uuid
from takt.store.pool import Conn

Edge = tuple[UUID, UUID]
"""A person, and who stands behind a company."""
LISTED_MAX: Final = 100
MATURE: Final = timedelta(hours=48)
"""When what a person did about a message counts as all that they will do."""


@value
class Beliefs:
    """What is believed of people with owners, in arrays with a place for each.

    `logs` (place, class) is how much a person puts up with, 0 where nothing was learned for these classes; `mean` how they
    like the owner, 0 where nothing was learned.
    """

    logs: Floats
    mean: Floats


@dataclass(slots=True)
class Belief:
    """What is believed of a person: how much they put up with (class), and mean and variance of how they like each owner."""

    logs: Floats
    likings: dict[UUID, tuple[float, float]] = field(default_factory=dict)


@value
class Decision:
    """One decision about marketing, as it is kept; `terms` are price, gain, loss, annoyance, charge, tiring, bonus."""

    message_id: UUID
    recipient_id: UUID
    owner_id: UUID
    template_id: str
    market: str
    mode: str
    policy_version: int
    model_version: int
    shadow: float
    let_out: bool
    passed: bool
    explored: bool
    held_out: bool
    propensity: float
    content: float
    affinity: float
    pressure: float
    terms: Parts


@value
class Weighing:
    """One decision about a message, for whoever asks; `terms` as in `Decision`."""

    at: datetime
    mode: str
    policy_version: int
    model_version: int
    shadow: float
    let_out: bool
    passed: bool
    explored: bool
    held_out: bool
    propensity: float
    content: float
    affinity: float
    pressure: float
    terms: tuple[float, ...]


@value
class Observed:
    """A message that was let out, what was seen of it then, and what came of it; `delivered` False: it never arrived."""

    message_id: UUID
    at: datetime
    recipient_id: UUID
    owner_id: UUID
    content: float
    affinity: float
    pressure: float
    delivered: bool
    useful: bool
    read: bool
    block: bool
    report: bool
    stop: bool


async def load_book(conn: Conn) -> Book:
    """All that decides, as the reference rows have it."""
    model = await conn.fetchrow("SELECT version, body FROM admission_model ORDER BY version DESC LIMIT 1")
    prices = await conn.fetch("SELECT market, price, calibration, alarmed, model_version, outlook FROM shadow_price")
    owners = await conn.fetch("SELECT owner_id, mean, variance, bonus FROM owner_liking")
    scores = await conn.fetch("SELECT template_id, score FROM template_score")
    key = await conn.fetchval("SELECT key FROM admission_key")
    book = Book(
        segments={
            row[0]: Segment(ShadowPrice(row[1], row[2], row[3]), row[4], msgspec.json.decode(row[5], type=_VALUES))
            for row in prices
        },
        owners={row[0]: Owner(row[1], row[2], row[3]) for row in owners},
        scores={row[0]: row[1] for row in scores},
        key=key,
        misfiled=await _misfiled(conn),
    )
    if model is None:
        return book
    return replace(book, model=read_model(model[0], msgspec.json.decode(model[1])))


async def _misfiled(conn: Conn) -> dict[UUID, float]:
    """Shares of the order templates of each owner that turned out to be advertising, where any did."""
    rows = await conn.fetch(
        "SELECT owner_id, sum(found) AS found, count(*) - sum(found) AS fair FROM"
        " (SELECT coalesce(b.owner_id, b.business_id) AS owner_id, (t.category = 'marketing' OR t.detected = 'marketing')::int"
        " AS found FROM template t JOIN business b USING (business_id) WHERE t.status <> 'DELETED'"
        " AND 'utility' IN (t.category, t.previous_category)) filed GROUP BY owner_id HAVING sum(found) > 0"
    )
    found, fair = (np.asarray([row[name] for row in rows], float) for name in ("found", "fair"))
    return dict(zip([row["owner_id"] for row in rows], exposure.misfiled(found, fair).tolist(), strict=True))


_VALUES = tuple[tuple[float, ...], ...]


async def beliefs(conn: Conn, part: int, edges: Sequence[Edge], classes: int) -> Beliefs:
    """What is believed of each of these people with these owners, in their order; there is at least one."""
    row = await conn.fetchrow(
        "SELECT array_send(array_agg(CASE WHEN cardinality(b.logs) = $4 THEN b.logs ELSE $5::float8[] END ORDER BY u.place)),"
        " array_send(array_agg(coalesce(b.means[array_position(b.owners, u.owner_id)], 0) ORDER BY u.place))"
        " FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY u(recipient_id, owner_id, place)"
        " LEFT JOIN belief b ON b.part = $1 AND b.recipient_id = u.recipient_id",
        part, [one[0] for one in edges], [one[1] for one in edges], classes, [0.0] * classes,
    )  # fmt: skip
    assert row is not None, "an aggregate has one row"
    return Beliefs(doubles(row[0]).reshape(-1, classes), doubles(row[1]))


_TERMS: Final = len(get_args(Parts))
_OWN: Final = Struct(">hiii16si16s" + "id" * 4 + "6i" + "id" * _TERMS).pack
_TERMS_HEAD: Final = (20 + 12 * _TERMS, 1, 0, DOUBLE_OID, _TERMS, 1)
_SHARED: Final[dict[str, Encoder]] = {
    "owner_id": uuid, "template_id": text, "market": text, "mode": text, "policy_version": integer, "model_version": integer,
    "shadow": double, "let_out": boolean, "passed": boolean, "explored": boolean, "held_out": boolean,
}  # fmt: skip
_shared_of = attrgetter(*_SHARED)
_COLUMNS: Final = (
    "part", "message_id", "recipient_id", "propensity", "content", "affinity", "pressure", "terms", *_SHARED, "at",
)  # fmt: skip


async def add(conn: Conn, part: int, decisions: Sequence[Decision], now: datetime) -> None:
    """Write down decisions; a message is decided once at an instant."""
    shared, head = Shared(_SHARED, instant(now)), (len(_COLUMNS), 4, part)
    rows = [_own(head, one) + shared[_shared_of(one)] for one in decisions]
    await conn.copy_to_table("admission", source=stream(rows), columns=_COLUMNS, format="binary")


def _own(head: tuple[int, int, int], one: Decision) -> bytes:
    price, gain, loss, annoyance, charge, tiring, bonus = one.terms
    return _OWN(
        *head, 16, one.message_id.bytes, 16, one.recipient_id.bytes,
        8, one.propensity, 8, one.content, 8, one.affinity, 8, one.pressure,
        *_TERMS_HEAD, 8, price, 8, gain, 8, loss, 8, annoyance, 8, charge, 8, tiring, 8, bonus,
    )  # fmt: skip


_OBSERVED: Final = (
    "SELECT a.message_id, a.at, a.recipient_id, a.owner_id, a.content, a.affinity, a.pressure,"
    " m.delivered_at IS NOT NULL, coalesce(f.useful, false), m.read_at IS NOT NULL, coalesce(f.block, false),"
    " coalesce(f.report, false), coalesce(f.stop, false) FROM admission a"
    " JOIN message m ON m.part = $1 AND m.message_id = a.message_id LEFT JOIN LATERAL (SELECT"
    " bool_or(kind IN ('interested', 'reply')) AS useful, bool_or(kind IN ('block', 'mute', 'stop')) AS block,"
    " bool_or(kind = 'report') AS report, bool_or(kind = 'stop_all') AS stop FROM feedback"
    " WHERE part = $1 AND recipient_id = a.recipient_id AND message_id = a.message_id AND undone_at IS NULL) f ON true"
    " WHERE a.part = $1 AND a.let_out"
)


async def unlearned(conn: Conn, part: int, before: datetime, limit: int) -> list[Observed]:
    """The oldest messages of before then from which nothing was learned yet, with what came of them."""
    rows = await conn.fetch(
        _OBSERVED + " AND a.learned_at IS NULL AND a.at < $2 ORDER BY a.at LIMIT $3 FOR UPDATE OF a SKIP LOCKED",
        part, before, limit,
    )  # fmt: skip
    return [Observed(*row) for row in rows]


async def drawn(conn: Conn, part: int, since: datetime, limit: int) -> list[Observed]:
    """Messages from which something was learned since then and whose volume was drawn by lot, those learned from last first."""
    rows = await conn.fetch(
        _OBSERVED + " AND a.learned_at IS NOT NULL AND (a.mode = 'cap' OR a.explored) AND a.learned_at > $2"
        " ORDER BY a.learned_at DESC LIMIT $3",
        part, since, limit,
    )  # fmt: skip
    return [Observed(*row) for row in rows]


async def set_learned(conn: Conn, part: int, ones: Sequence[Observed], harm: Sequence[float], now: datetime) -> None:
    """Note what happened, and that it was learned from."""
    await conn.execute(
        "UPDATE admission a SET learned_at = $5, happened = u.harm FROM unnest($2::uuid[], $3::timestamptz[],"
        " $4::float8[]) u(message_id, at, harm) WHERE a.part = $1 AND a.message_id = u.message_id AND a.at = u.at",
        part, [one.message_id for one in ones], [one.at for one in ones], harm, now,
    )  # fmt: skip


async def lock_beliefs(conn: Conn, part: int, people: Collection[UUID], classes: int) -> dict[UUID, Belief]:
    """What is believed of each of these people, written by nobody else until the transaction ends."""
    await conn.execute(
        "INSERT INTO belief (part, recipient_id) SELECT part, recipient_id FROM recipient"
        " WHERE part = $1 AND recipient_id = any($2::uuid[]) ORDER BY recipient_id ON CONFLICT DO NOTHING",
        part, people,
    )  # fmt: skip
    rows = await conn.fetch(
        "SELECT recipient_id, logs, owners, means, variances FROM belief"
        " WHERE part = $1 AND recipient_id = any($2::uuid[]) ORDER BY recipient_id FOR NO KEY UPDATE",
        part, people,
    )  # fmt: skip
    found = {one: Belief(np.zeros(classes)) for one in people}
    for recipient_id, logs, owners, means, variances in rows:
        one = found[recipient_id]
        one.logs = np.asarray(logs) if len(logs) == classes else one.logs
        one.likings = dict(zip(owners, zip(means, variances, strict=True), strict=True))
    return found


async def set_beliefs(conn: Conn, part: int, found: Mapping[UUID, Belief]) -> None:
    """Write what is believed of people whose beliefs are locked."""
    await conn.executemany(
        "UPDATE belief SET logs = $3, owners = $4, means = $5, variances = $6 WHERE part = $1 AND recipient_id = $2",
        [
            (part, recipient_id, one.logs.tolist(), list(one.likings), *_columns(one.likings.values()))
            for recipient_id, one in found.items()
        ],
    )


def _columns(likings: Collection[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [one[0] for one in likings], [one[1] for one in likings]


async def offered(
    conn: Conn, part: int, market: str, since: datetime, limit: int
) -> list[tuple[float, float, float, float]]:
    """Price, content score, liking and exposure of messages decided in a market since then, in the order of their ids."""
    rows = await conn.fetch(
        "SELECT terms[1], content, affinity, pressure FROM admission WHERE part = $1 AND market = $2 AND at > $3"
        " ORDER BY message_id LIMIT $4",
        part, market, since, limit,
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def owner_sums(conn: Conn, part: int, since: datetime) -> dict[UUID, tuple[int, int]]:
    """How many messages of each owner were let out since then, and how many were decided."""
    rows = await conn.fetch(
        "SELECT owner_id, count(DISTINCT message_id) FILTER (WHERE let_out)::int, count(DISTINCT message_id)::int"
        " FROM admission WHERE part = $1 AND at > $2 GROUP BY owner_id",
        part, since,
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


async def template_sums(conn: Conn, part: int, since: datetime) -> dict[str, tuple[int, int]]:
    """How many advertising messages of each template arrived since then, and how many people made use of one."""
    rows = await conn.fetch(
        "SELECT template_id, sum(delivered)::int, sum(replied + interested)::int FROM resonance"
        " WHERE part = $1 AND slot_at > $2 AND category = 'marketing' AND template_id <> '' GROUP BY template_id",
        part, since,
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


async def drop_before(conn: Conn, part: int, before: datetime, limit: int) -> int:
    """Drop decisions from before then, so many at once; how many there were."""
    found: str = await conn.execute(
        "DELETE FROM admission a USING (SELECT message_id, at FROM admission WHERE part = $1 AND at < $2 LIMIT $3) old"
        " WHERE a.part = $1 AND a.message_id = old.message_id AND a.at = old.at",
        part, before, limit,
    )  # fmt: skip
    return int(found.rpartition(" ")[2])


async def lock_tuning(conn: Conn) -> datetime | None:
    """When somebody last tuned, holding the right to do it now; None when somebody else does."""
    found: datetime | None = await conn.fetchval("SELECT tuned_at FROM admission_key FOR UPDATE SKIP LOCKED")
    return found


async def set_tuned(conn: Conn, now: datetime) -> None:
    """Note that it was tuned."""
    await conn.execute("UPDATE admission_key SET tuned_at = $1", now)


async def last_fit(conn: Conn) -> tuple[datetime, Firmness] | None:
    """When the newest model was fitted of which it is kept how firm it was, and that."""
    row = await conn.fetchrow(
        "SELECT fitted_at, body->'firmness' FROM admission_model WHERE body ? 'firmness' ORDER BY version DESC LIMIT 1"
    )
    return None if row is None else (row[0], read_firmness(msgspec.json.decode(row[1])))


async def add_model(conn: Conn, model: Model, firm: Firmness, deliveries: int, now: datetime) -> None:
    """Write a model and how firm it is; the caller raises the reference stamp."""
    body = {**render_model(model), "firmness": render_firmness(firm)}
    await conn.execute(
        "INSERT INTO admission_model (version, body, deliveries, fitted_at) VALUES ($1, $2::text::jsonb, $3, $4)",
        model.version, msgspec.json.encode(body).decode(), deliveries, now,
    )  # fmt: skip


async def put_segment(conn: Conn, market: str, one: Segment, now: datetime) -> None:
    """Write what decides in a market; the caller raises the reference stamp."""
    shadow = one.shadow
    await conn.execute(
        "INSERT INTO shadow_price (market, price, calibration, alarmed, model_version, outlook, moved_at)"
        " VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7) ON CONFLICT (market) DO UPDATE SET price = excluded.price,"
        " calibration = excluded.calibration, alarmed = excluded.alarmed, model_version = excluded.model_version,"
        " outlook = excluded.outlook, moved_at = excluded.moved_at",
        market, shadow.price, shadow.calibration, shadow.alarmed, one.model_version,
        msgspec.json.encode(one.outlook).decode(), now,
    )  # fmt: skip


async def clear_alarms(conn: Conn) -> None:
    """Let prices fall again; the caller raises the reference stamp."""
    await conn.execute("UPDATE shadow_price SET alarmed = false WHERE alarmed")


async def put_owners(conn: Conn, owners: Mapping[UUID, Owner]) -> None:
    """Write how much people like owners in general; the caller raises the reference stamp."""
    await conn.executemany(
        "INSERT INTO owner_liking (owner_id, mean, variance, bonus) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (owner_id) DO UPDATE SET mean = excluded.mean, variance = excluded.variance, bonus = excluded.bonus",
        [(key, one.mean, one.variance, one.bonus) for key, one in sorted(owners.items())],
    )


async def put_scores(conn: Conn, scores: Mapping[str, float]) -> None:
    """Write the scores of templates; the caller raises the reference stamp."""
    await conn.executemany(
        "INSERT INTO template_score (template_id, score) VALUES ($1, $2)"
        " ON CONFLICT (template_id) DO UPDATE SET score = excluded.score",
        sorted(scores.items()),
    )


async def list_decisions(conn: Conn, part: int, message_id: UUID) -> list[Weighing]:
    """Every decision about a message that is still kept, the newest first."""
    rows = await conn.fetch(
        "SELECT at, mode, policy_version, model_version, shadow, let_out, passed, explored, held_out, propensity,"
        " content, affinity, pressure, terms FROM admission WHERE part = $1 AND message_id = $2"
        " ORDER BY at DESC LIMIT $3",
        part, message_id, LISTED_MAX,
    )  # fmt: skip
    return [Weighing(*row) for row in rows]
