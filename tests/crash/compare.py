"""Compares what clients were told during a crash run with what database and receiver hold. Says each difference in a line.

Exactly once means: no accepted message is lost or in an inbox twice, no webhook event is lost, nothing is charged twice,
no hold stays behind.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.world import Person
from takt.core.ids import parse_wamid, wamid
from tests.crash.people import Told, only_receives
from tests.crash.record import Record, Row

Key = tuple[str, str]
"""A message id and what is told of it: a status, or `inbound`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The events that the receiver took: the bodies under each key, and how often any came."""

    bodies: Mapping[Key, set[str]]
    count: int


def heard(posts: Sequence[Sequence[dict[str, Any]]]) -> Heard:
    """What these POSTs told, each given as its changes."""
    bodies: defaultdict[Key, set[str]] = defaultdict(set)
    count = 0
    for change in (change for changes in posts for change in changes):
        bodies[_key(change)].add(_text(change))
        count += 1
    return Heard(bodies, count)


def differences(told: Told, record: Record, events: Heard, people: Sequence[Person]) -> Iterator[str]:
    """Every difference between them, in one sentence each."""
    yield from _sends(told, record, events)
    yield from _words(told, record)
    for person in people:
        yield from _inbox(person, told, record)
        yield from _numbering(person, record)
    yield from _events(record, events, {person.wa_id: person for person in people})
    yield from _money(record)
    yield from told.unfair


def _sends(told: Told, record: Record, events: Heard) -> Iterator[str]:
    """Every answered send is one message: in one inbox, or failed and told so. No send is two messages."""
    rows = Counter(row.number for row in record.messages.values() if not row.inbound)
    yield from (f"send {number} is {count} messages" for number, count in rows.items() if count > 1)
    yield from (f"send {number} was never made" for number in rows.keys() - told.tried)
    for number, answered in told.sent.items():
        row = _found(record, answered)
        if row is None or row.number != number:
            yield f"send {number} was answered {answered}, and that is {row}"
        elif row.status == "failed" and (answered, "failed") not in events.bodies:
            yield f"send {number} failed and nobody was told"
        elif (row.cursor is None) != (row.status == "failed"):
            yield f"send {number} is {row.status} under the number {row.cursor}"


def _words(told: Told, record: Record) -> Iterator[str]:
    """Every word of a person that was answered is one message, and none is two."""
    rows = Counter(row.number for row in record.messages.values() if row.inbound)
    yield from (f"word {client_id} is {count} messages" for client_id, count in rows.items() if count > 1)
    for client_id, answered in told.written.items():
        row = _found(record, answered)
        if row is None or row.number != client_id:
            yield f"word {client_id} was answered {answered}, and that is {row}"


def _inbox(person: Person, told: Told, record: Record) -> Iterator[str]:
    """A device saw each message of its inbox once, in the order of the numbers, and nothing else."""
    seen = told.inboxes.get(person.wa_id, [])
    cursors = [one["cursor"] for one in seen]
    if any(one >= other for one, other in pairwise(cursors)):
        yield f"{person.wa_id} saw the numbers {cursors}"
    saw = Counter((one["cursor"], one["id"]) for one in seen if "id" in one)
    holds = Counter(
        (row.cursor, wamid(row.message_id))
        for row in record.messages.values()
        if row.wa_id == person.wa_id and row.cursor is not None
    )
    if saw != holds:
        yield f"{person.wa_id} saw {sorted(saw - holds)} too much and {sorted(holds - saw)} too little"


def _numbering(person: Person, record: Record) -> Iterator[str]:
    """The numbers of an inbox are used once each; where there are no notices, which may go again, there is no gap."""
    used, last = record.numbers_used.get(person.wa_id, []), record.cursors[person.wa_id]
    if len(used) != len(set(used)) or (used and used[-1] > last):
        yield f"{person.wa_id} has the numbers {used}, the last being {last}"
    messages = sum(row.wa_id == person.wa_id and row.cursor is not None for row in record.messages.values())
    if messages == len(used) != last:
        yield f"{person.wa_id} has gaps: {used} up to {last}"


def _events(record: Record, events: Heard, people: Mapping[str, Person]) -> Iterator[str]:
    """Each event owed was taken, with the very body written; each message has the events its life calls for, once."""
    yield from (f"an event was left {state}: {body}" for state, body in record.events if state != "done")
    written = Counter(_key(json.loads(body)) for _, body in record.events)
    yield from (f"{key} was written {count} times" for key, count in written.items() if count > 1)
    yield from (
        f"the receiver never took {body}"
        for _, body in record.events
        if body not in events.bodies.get(_key(json.loads(body)), ())
    )
    yield from (f"{key} came with different bodies: {some}" for key, some in events.bodies.items() if len(some) > 1)
    for row in record.messages.values():
        has = frozenset(what for what in _KINDS if (wamid(row.message_id), what) in written)
        if has not in _due(row, people):
            yield f"message {row.number} of {row.wa_id} is {row.status} and has the events {sorted(has)}"


_KINDS = ("sent", "delivered", "read", "failed", "inbound")


def _due(row: Row, people: Mapping[str, Person]) -> set[frozenset[str]]:
    """The sets of events that such a message may have in the end; a message read at once is not told as delivered."""
    if row.inbound:
        return {frozenset({"inbound"})}
    if row.status == "failed":
        return {frozenset({"failed"})}
    if only_receives(people[row.wa_id]):
        return {frozenset({"sent", "delivered"})}
    return {frozenset({"sent", "read"}), frozenset({"sent", "delivered", "read"})}


def _money(record: Record) -> Iterator[str]:
    """Every paid message is charged once, no hold stays, and accounts, holds, leases and journal say the same.

    Nobody spends more than they paid in, and what was granted on leases is used or returned.
    """
    for row in record.messages.values():
        booked = record.journal[row.message_id]
        if row.hold not in {None, "captured"} or booked != (row.hold == "captured"):
            yield f"message {row.number} is {row.status}, its hold {row.hold}, its journal rows {booked}"
        if row.hold is not None and (row.inbound or row.status == "failed"):
            yield f"message {row.number} is {row.status} and paid for"
    yield from (f"{entry} was charged and is no message" for entry in record.journal.keys() - record.messages.keys())
    for account in record.accounts:
        right = account.posted == account.topped_up - account.booked and account.pending == account.held == 0
        if not right or not account.captured == account.booked == account.earned:
            yield f"an account differs from its journal: {account}"
        if account.posted < 0:
            yield f"more was spent than was paid in: {account}"
    if record.overused:
        yield f"{record.overused} leases are neither used nor returned"


def _found(record: Record, answered: str) -> Row | None:
    identifier = parse_wamid(answered)
    return None if identifier is None else record.messages.get(identifier)


def _key(change: dict[str, Any]) -> Key:
    value = change["value"]
    if "statuses" in value:
        return value["statuses"][0]["id"], value["statuses"][0]["status"]
    return value["messages"][0]["id"], "inbound"


def _text(change: dict[str, Any]) -> str:
    return json.dumps(change, separators=(",", ":"))
