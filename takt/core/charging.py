"""What delivered messages cost: who opens a conversation and who rides in it, which place in its count each one gets.

Pure, for a whole batch: given the conversations that stand open and how far the counts are, in the order of the
messages. The sum over a count depends on how many were captured alone, never on the order of receipts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from takt.core import rating
from takt.core.rating import Quote, Rule
from takt.core.value import value

Pair = tuple[UUID, str]
"""A recipient and a sender."""


@value
class CountKey:
    """One count: of a contract (with its part), under a key, in the month that begins on a day."""

    part: int
    contract_id: UUID
    key: str
    period: date


@value
class Opening:
    """A conversation that stands open until an instant, and the message that paid for it."""

    pair: Pair
    name: str
    opened_at: datetime
    until: datetime
    message_id: UUID


@value
class Due:
    """A message that was delivered, with its quote, the rule that prices it, and its count if it has one."""

    message_id: UUID
    pair: Pair
    quote: Quote
    rule: Rule
    key: CountKey | None


def converse(
    dues: Sequence[Due], standing: Mapping[tuple[Pair, str], Opening], at: datetime
) -> tuple[list[Opening], dict[UUID, Opening]]:
    """The conversations that these messages open, and for the others the one they ride in.

    A message rides in whatever conversation of its rule is open; else it opens one of its own.
    """
    known = dict(standing)
    opened: list[Opening] = []
    riding: dict[UUID, Opening] = {}
    for due in dues:
        talk = due.rule.conversation
        if talk is None:
            continue
        found = riding_in(due.rule, due.pair, known, at)
        if found is not None:
            riding[due.message_id] = found
            continue
        opening = Opening(due.pair, talk.name, at, at + timedelta(hours=talk.hours), due.message_id)
        known[due.pair, talk.name] = opening
        opened.append(opening)
    return opened, riding


def riding_in(rule: Rule, pair: Pair, standing: Mapping[tuple[Pair, str], Opening], at: datetime) -> Opening | None:
    """The open conversation that a message would ride in."""
    talk = rule.conversation
    if talk is None:
        return None
    open_ones = (standing.get((pair, name)) for name in sorted(talk.rides))
    return next((one for one in open_ones if one is not None and at < one.until), None)


def counted(dues: Sequence[Due], riding: Mapping[UUID, Opening]) -> dict[CountKey, int]:
    """How many of these messages each count gets; who rides is not counted."""
    added: dict[CountKey, int] = {}
    for due in dues:
        if due.key is not None and due.message_id not in riding:
            added[due.key] = added.get(due.key, 0) + 1
    return added


def charges(dues: Sequence[Due], riding: Mapping[UUID, Opening], before: Mapping[CountKey, int]) -> dict[UUID, Quote]:
    """The final quote of each message; `before` is how far each count was without these."""
    reached = dict(before)
    final: dict[UUID, Quote] = {}
    for due in dues:
        payer = riding.get(due.message_id)
        if payer is not None:
            final[due.message_id] = replace(rating.ride(due.quote), paid_by=str(payer.message_id))
            continue
        place = reached[due.key] if due.key is not None else 0
        final[due.message_id] = rating.charge(due.quote, due.rule, place)
        if due.key is not None:
            reached[due.key] = place + 1
    return final
