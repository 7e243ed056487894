"""Feedback in a transaction: acts are joined with the messages they belong to, weighed, kept and counted.

Called by the actions of whatever people do, behind all their other statements but those about accounts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.actions.consent_acts import Declaration
from takt.core.consent import Act
from takt.core.feedback import FAVOUR, FULL, UNDO_AGE, Crowd, capped, harm_of, slot_of_time, vote
from takt.core.purpose import SERVICE
from takt.core.value import value
from takt.store import feedback, resonance
from takt.store.feedback import Cause, Said, Search, Undone
from takt.store.pool import Conn
from takt.store.receipts import Moved
from takt.store.recipients import LockedRecipient
from takt.store.resonance import Counts, Resonance, stand_of

COUNTED: Final = {
    "reply": "replied", "interested": "interested", "not_interested": "not_interested", "mute": "muted",
    "stop": "stopped", "stop_all": "stopped", "block": "blocked", "report": "reported",
}  # fmt: skip
OWN_WORDS: Final = ("messenger", "keyword", "sentence")
"""By which ways people themselves speak of consent; imports and the like are no feedback."""
OPINIONS: Final = ("interested", "not_interested")


@value
class Felt:
    """Something that a person did, and where its cause is to be looked for."""

    person: LockedRecipient
    kind: str
    search: Search
    reason: str = ""


@value
class TakenBack:
    """A person's act that no longer holds: about a sender, about all of a business, or, with neither, about everybody."""

    recipient_id: UUID
    kind: str
    sender_id: str = ""
    business_id: UUID | None = None


def of_words(words: Sequence[Declaration]) -> tuple[list[Felt], list[TakenBack]]:
    """What people's own words about consent say of messages: stops are about the newest advertisement.

    A stop of everybody is one act, whatever it ends with single companies.
    """
    felt: list[Felt] = []
    taken_back: list[TakenBack] = []
    for word in words:
        if word.source not in OWN_WORDS or word.purpose == SERVICE or word.act not in (Act.STOP, Act.GRANT):
            continue
        kind = "stop_all" if word.sender is None else "stop"
        business_id = None if word.sender is None else word.business_id
        search = Search(word.person.recipient_id, business_id=business_id, marketing=True)
        if word.act is Act.GRANT:
            felt = [one for one in felt if (one.kind, one.search) != (kind, search)]
            taken_back.append(TakenBack(word.person.recipient_id, kind, business_id=business_id))
        elif word.sender is None or not word.evidence.get("all"):
            felt.append(Felt(word.person, kind, search))
    return felt, taken_back


async def note(
    conn: Conn, part: int, felt: Sequence[Felt], taken_back: Sequence[TakenBack], now: datetime
) -> set[UUID]:
    """Keep and count what people did and took back; the messages that it belongs to."""
    counts = Resonance()
    if taken_back:
        acts = [(one.recipient_id, one.kind, one.sender_id, one.business_id) for one in taken_back]
        _subtract(counts, await feedback.undo(conn, part, acts, now, UNDO_AGE))
    said = await _weighed(conn, part, felt, now) if felt else []
    if said:
        kept = await feedback.add(conn, part, said, now)
        for one in said:
            if (one.cause.message_id, one.kind) in kept:
                kept.discard((one.cause.message_id, one.kind))
                _count(counts, _stand(one.cause, one.market, one.slot_at), one.kind, one.weight, 1)
    await resonance.add(conn, part, counts.added)
    return {one.cause.message_id for one in said}


async def change_opinion(
    conn: Conn, part: int, wishes: Sequence[tuple[LockedRecipient, UUID, str | None]], now: datetime
) -> set[UUID]:
    """Note what people think of messages, in the place of what they thought before; the messages that were found."""
    counts = Resonance()
    others = [(who.recipient_id, about, kind) for who, about, word in wishes for kind in OPINIONS if kind != word]
    _subtract(counts, await feedback.undo_about(conn, part, others, now))
    await resonance.add(conn, part, counts.added)
    felt = [Felt(who, word, Search(who.recipient_id, about)) for who, about, word in wishes if word is not None]
    return await note(conn, part, felt, (), now)


async def count_receipts(
    conn: Conn, part: int, delivered: Iterable[Moved], read: Iterable[Moved], people: Mapping[UUID, LockedRecipient]
) -> None:
    """Count messages that were delivered, and that were read."""
    counts = Resonance()
    for moved, name in [*((one, "delivered") for one in delivered), *((one, "read") for one in read)]:
        if moved.type != "reaction" and moved.delivered_at is not None:
            market = people[moved.recipient_id].market
            stand = stand_of(
                moved.sender_id, moved.template_id, moved.delivered_at, market, moved.category, moved.business_id
            )
            found = counts.at(stand)
            setattr(found, name, getattr(found, name) + 1)
    await resonance.add(conn, part, counts.added)


async def _weighed(conn: Conn, part: int, felt: Sequence[Felt], now: datetime) -> list[Said]:
    """The acts with the messages they belong to and what they count; without a message there is nothing to keep."""
    causes = await feedback.find_causes(conn, part, [one.search for one in felt], now)
    found = [(one, cause) for one, cause in zip(felt, causes, strict=True) if cause is not None]
    against = [(one, cause) for one, cause in found if one.kind not in FAVOUR]
    people = [one.person.recipient_id for one, _ in against]
    voters = await feedback.voters(conn, part, people) if against else {}
    crowds = await feedback.crowds(conn, part, [cause.sender_id for _, cause in against], now) if against else {}
    said: list[Said] = []
    for one, cause in found:
        voter = voters.get(one.person.recipient_id)
        newcomer = voter is not None and voter.is_newcomer(now)
        weight = FULL if voter is None else vote(voter)
        crowd = crowds.get(cause.sender_id, Crowd())
        if one.kind not in FAVOUR:
            weight = capped(weight, crowd, newcomer=newcomer)
            crowds[cause.sender_id] = Crowd(crowd.newcomers + newcomer, crowd.others + (not newcomer))
        said.append(
            Said(
                one.person.recipient_id, cause, one.kind, one.reason, one.person.market, weight, newcomer,
                slot_of_time(cause.at),
            )
        )  # fmt: skip
    return _once_each(said)


def _once_each(said: Sequence[Said]) -> list[Said]:
    """Of one act about one message the last word: a statement may write each row once."""
    return list({(one.recipient_id, one.cause.message_id, one.kind): one for one in said}.values())


def _stand(cause: Cause, market: str, slot_at: datetime) -> resonance.Stand:
    return stand_of(cause.sender_id, cause.template_id, slot_at, market, cause.category, cause.business_id)


def _subtract(counts: Resonance, undone: Sequence[Undone]) -> None:
    for one in undone:
        stand = stand_of(one.sender_id, one.template_id, one.slot_at, one.market, one.category, one.business_id)
        _count(counts, stand, one.kind, one.weight, -1)


def _count(counts: Resonance, stand: resonance.Stand, kind: str, weight: int, sign: int) -> None:
    found: Counts = counts.at(stand)
    name = COUNTED[kind]
    setattr(found, name, getattr(found, name) + sign)
    found.harm += sign * harm_of(kind, weight)
