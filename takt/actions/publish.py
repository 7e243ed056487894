"""Prices are published: a rate card's next version, or a market table. Append-only, and refused where it is unsound.

Writers queue for the reference stamp, so that looking at what is there and adding to it cannot be separated.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from takt.actions.outcome import Done
from takt.calendars import zone_named
from takt.core import rate_proof, reseller
from takt.core.document import UnsoundError
from takt.core.markets import MarketTable, is_table, parse_table
from takt.core.rate_calendar import Validity, check_succession, parse_validity, timeline
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.value import value
from takt.store import rate_cards, stamp
from takt.store.pool import Conn
from takt.store.rate_cards import PriceLists, Version

Timeline = Sequence[tuple[datetime, RateCard | None]]


@value
class Publish:
    """The document of a rate card or of a market table."""

    document: Mapping[str, Any]


@value
class Published:
    """What holds now: the version of a card, or a market table (version 0). `is_new` is false when it was there already."""

    name: str
    version: int
    is_new: bool
    sha256: bytes = b""
    validity: Validity | None = None


@value
class Unsound:
    """Why it was not published: the field and what would be right."""

    fault: str


Answer = Published | Unsound


async def publish_all(conn: Conn, part: int, commands: list[Publish], now: datetime, *, again: bool) -> Done[Answer]:
    """The action of the publishing lane: each document by itself, in order."""
    del part, again  # a document that is there already is found again
    answers: list[Answer] = []
    for command in commands:
        try:
            answers.append(await publish(conn, command.document, now))
        except UnsoundError as fault:
            answers.append(Unsound(str(fault)))
    return Done(answers)


async def publish(conn: Conn, document: Mapping[str, Any], now: datetime) -> Published:
    """Publish a document at `now`. The same document twice is published once.

    Raises takt.core.document.UnsoundError, before anything is written.
    """
    await stamp.touch(conn)
    if is_table(document):
        return await _publish_table(conn, document, now)
    tables = await rate_cards.tables(conn)
    card = parse_card(document, 1, tables)
    body = rate_cards.canonical(document)
    earlier = await rate_cards.list_versions(conn, card.card)
    known = next((one for one in earlier if one.body == body), None)
    if known is not None:
        return _published(known, is_new=False)
    rate_proof.check(card)
    validity = parse_validity(document, now, zone_named)
    check_succession([(one.validity, one.parse(tables)) for one in earlier], validity, card, now)
    await _check_reseller(conn, card, tables, validity)
    sold_by = [*((one.validity, one.parse(tables)) for one in earlier), (validity, card)]
    await _check_clients(conn, card.card, timeline(sold_by), validity.valid_from)
    previous = earlier[-1].sha256 if earlier else b""
    version = Version(
        card.card, earlier[-1].version + 1 if earlier else 1, card.currency, validity, body,
        rate_cards.chained(previous, body), previous, now,
    )  # fmt: skip
    await rate_cards.add_version(conn, version)
    return _published(version, is_new=True)


def _published(version: Version, *, is_new: bool) -> Published:
    return Published(version.card, version.version, is_new, version.sha256, version.validity)


async def _publish_table(conn: Conn, document: Mapping[str, Any], now: datetime) -> Published:
    table = parse_table(document)
    body = rate_cards.canonical(document)
    known = await rate_cards.find_table(conn, table.name)
    if known not in (None, body):
        raise UnsoundError(f"market_table: {table.name} is published already, and never changes: take another name")
    if known is None:
        await rate_cards.add_table(conn, table.name, body, now)
    return Published(table.name, 0, known is None)


async def _check_reseller(conn: Conn, card: RateCard, tables: Mapping[str, MarketTable], validity: Validity) -> None:
    """A wholesale card must be there from the first day on; with the margin kept each version that comes meanwhile is looked at."""
    terms = card.terms.reseller
    if terms is None or not terms.wholesale:
        return
    listed = await rate_cards.list_versions(conn, terms.wholesale)
    line = timeline((one.validity, one) for one in listed)
    begun = [place for place, (begins, _) in enumerate(line) if begins <= validity.valid_from]
    if not begun or line[begun[-1]][1] is None:
        raise UnsoundError(f"reseller.wholesale: there is no rate card {terms.wholesale} that is valid then")
    for begins, found in line[begun[-1] :]:
        if terms.margin_kept and found is not None and (validity.valid_to is None or begins < validity.valid_to):
            reseller.check_margin(card, found.parse(tables))


async def _check_clients(conn: Conn, wholesale: str, line: Timeline, since: datetime) -> None:
    """Clients' cards that name this one with the margin kept: each pair that is valid at the same time from then on."""
    for clients in (await rate_cards.load(conn, PriceLists())).timelines.values():
        for at in sorted({since, *(begins for begins, _ in (*clients, *line) if begins > since)}):
            retail, theirs = _valid(clients, at), _valid(line, at)
            terms = retail.terms.reseller if retail is not None else None
            if retail is None or theirs is None or terms is None:
                continue
            if terms.wholesale == wholesale and terms.margin_kept:
                reseller.check_margin(retail, theirs)


def _valid(line: Timeline, at: datetime) -> RateCard | None:
    begun = [card for begins, card in line if begins <= at]
    return begun[-1] if begun else None
