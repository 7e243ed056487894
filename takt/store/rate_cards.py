"""Published price lists and market tables: written once, never changed, each version chained to the one before it.

The hash of a version is SHA-256 over the hash before it and the characters of its document. Reference rows.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from takt.core.markets import MarketTable, parse_table
from takt.core.rate_calendar import Validity, timeline
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.value import value
from takt.store.pool import Conn

VERSIONS_LISTED_MAX = 1000

Timeline = tuple[tuple[datetime, RateCard | None], ...]


@value
class Version:
    """One version as it is on record; `previous` is None for one from before the chain."""

    card: str
    version: int
    currency: str
    validity: Validity
    body: str
    sha256: bytes
    previous: bytes | None
    published_at: datetime | None

    def document(self) -> dict[str, Any]:
        """What was published."""
        body: dict[str, Any] = msgspec.json.decode(self.body)
        return {"card": self.card, "currency": self.currency} | body

    def parse(self, tables: Mapping[str, MarketTable]) -> RateCard:
        """The card that rating uses."""
        return parse_card(self.document(), self.version, tables)


@value
class PriceLists:
    """All versions of all cards, parsed, with what is valid from which instant on; and the market tables."""

    versions: Mapping[tuple[str, int], RateCard] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    tables: Mapping[str, MarketTable] = field(default_factory=dict)

    def valid_at(self, card: str, at: datetime) -> RateCard | None:
        """The version of a card that is valid at an instant."""
        timeline_ = self.timelines.get(card, ())
        place = bisect_right(timeline_, at, key=lambda entry: entry[0])
        return timeline_[place - 1][1] if place > 0 else None

    def newest(self, card: str) -> RateCard | None:
        """The newest version of a card, valid or not."""
        found = max((version for name, version in self.versions if name == card), default=None)
        return None if found is None else self.versions[card, found]


async def load(conn: Conn, kept: PriceLists) -> PriceLists:
    """All price lists. What never changes is taken from those that are kept already."""
    rows = await conn.fetch("SELECT card, version, valid_from, valid_to FROM rate_card ORDER BY card, version")
    missing = [(row[0], row[1]) for row in rows if (row[0], row[1]) not in kept.versions]
    versions, known = dict(kept.versions), kept.tables
    if missing:
        known = await tables(conn)
        for one in await _bodies(conn, missing):
            versions[one.card, one.version] = one.parse(known)
    valid: dict[str, list[tuple[Validity, RateCard]]] = {}
    for row in rows:
        valid.setdefault(row[0], []).append((Validity(row[2], row[3]), versions[row[0], row[1]]))
    return PriceLists(versions, {card: timeline(listed) for card, listed in valid.items()}, known)


async def _bodies(conn: Conn, wanted: Sequence[tuple[str, int]]) -> list[Version]:
    rows = await conn.fetch(
        "SELECT r.card, r.version, r.currency, r.valid_from, r.valid_to, r.body, r.sha256, r.previous, r.published_at"
        " FROM rate_card r JOIN unnest($1::text[], $2::int[]) k(card, version)"
        " ON r.card = k.card AND r.version = k.version",
        [one[0] for one in wanted], [one[1] for one in wanted],
    )  # fmt: skip
    return [Version(row[0], row[1], row[2], Validity(row[3], row[4]), *row[5:]) for row in rows]


_VERSIONS = (
    "SELECT card, version, currency, valid_from, valid_to, body, sha256, previous, published_at FROM rate_card"
    " WHERE ($1::text IS NULL OR card = $1) ORDER BY card, version LIMIT $2"
)


async def list_versions(conn: Conn, card: str | None = None) -> list[Version]:
    """The first 1,000 versions of a card, or of all, in their order."""
    rows = await conn.fetch(_VERSIONS, card, VERSIONS_LISTED_MAX)
    return [Version(row[0], row[1], row[2], Validity(row[3], row[4]), *row[5:]) for row in rows]


async def tables(conn: Conn) -> dict[str, MarketTable]:
    """All market tables by name."""
    return {name: parse_table(body) for name, body in (await list_tables(conn)).items()}


async def list_tables(conn: Conn) -> dict[str, dict[str, Any]]:
    """The documents of the first 1,000 market tables by name."""
    rows = await conn.fetch("SELECT name, body FROM market_table ORDER BY name LIMIT $1", VERSIONS_LISTED_MAX)
    return {row["name"]: msgspec.json.decode(row["body"]) for row in rows}


async def add_version(conn: Conn, version: Version) -> None:
    """Write a version. The caller has looked it over, and raises the reference stamp."""
    await conn.execute(
        "INSERT INTO rate_card (card, version, currency, valid_from, valid_to, body, sha256, previous, published_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        version.card, version.version, version.currency, version.validity.valid_from, version.validity.valid_to,
        version.body, version.sha256, version.previous, version.published_at,
    )  # fmt: skip


async def find_table(conn: Conn, name: str) -> str | None:
    """The document of a market table, as it was published."""
    found: str | None = await conn.fetchval("SELECT body FROM market_table WHERE name = $1", name)
    return found


async def add_table(conn: Conn, name: str, body: str, now: datetime) -> None:
    """Write a market table. The caller has looked it over, and raises the reference stamp."""
    await conn.execute(
        "INSERT INTO market_table (name, body, sha256, published_at) VALUES ($1, $2, $3, $4)",
        name, body, sha256(body.encode()).digest(), now,
    )  # fmt: skip


def canonical(document: Mapping[str, Any]) -> str:
    """The characters that are kept of a document: without white space, its fields in their order."""
    return msgspec.json.encode(document).decode()


def chained(previous: bytes, body: str) -> bytes:
    """The hash of a version that follows the one with the hash `previous`, which is empty for the first."""
    return sha256(previous + body.encode()).digest()


def broken(versions: Sequence[Version]) -> list[str]:
    """What is wrong with the chains of these versions, which are in order; one sentence each."""
    faults: list[str] = []
    before: Version | None = None
    for one in versions:
        last = before.sha256 if before is not None and before.card == one.card else b""
        name = f"rate card {one.card} version {one.version}"
        if one.previous is not None:
            if one.previous != last:
                faults.append(f"{name} does not follow the version before it")
            if one.sha256 != chained(one.previous, one.body):
                faults.append(f"{name} is not as it was published")
        before = one
    return faults
