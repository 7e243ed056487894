"""A company brings what it was allowed elsewhere: a list of consents, or the facts of the existing-customer exception.

It is the company's word, vouched for by name, and worth least: it never counts against a person's own no, nor in the
place of what the person said here. The same row twice is one record. A number whose person was erased stays out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from takt.actions.consent_acts import Acts, Circumstances, Declaration
from takt.actions.outcome import Done, inbox_topic
from takt.core.consent import EVERYBODY, Act, admits
from takt.core.purpose import ALL
from takt.core.value import value
from takt.store import consent, consent_requests, recipients
from takt.store.pool import Conn
from takt.store.reference import Reference

IMPORTED = "imported"
KNOWN = "known"
KEPT = "kept"
STOPPED = "stopped"
SUPPRESSED = "suppressed"
UNKNOWN = "unknown"


@value
class Bring:
    """One row. `act` is `import` or `except`; `source` the way it came by; `terms` what is vouched for."""

    record_id: UUID
    wa_id: str
    sender_id: str
    purpose: str
    act: Act
    source: str
    terms: Mapping[str, Any]
    valid_until: datetime | None = None
    language: str = "de"


class BringConsent:
    """The action of the importing lane. `new_id` makes an id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(self, conn: Conn, part: int, commands: list[Bring], now: datetime, *, again: bool) -> Done[str]:
        """Take rows in their order; the answer to each is a word: what became of it."""
        del again
        snapshot = await self._reference.fresh(conn)
        acts = Acts(snapshot, self._new_id, now)
        out = await consent_requests.suppressed(conn, part, list({one.wa_id for one in commands}))
        people = await recipients.lock_by_wa_id(conn, part, list({one.wa_id for one in commands} - set(out)))
        known = await consent.known(conn, part, [one.record_id for one in commands])
        pairs = {
            (people[one.wa_id].recipient_id, business)
            for one in commands
            if one.wa_id in people
            for business in (snapshot.senders[one.sender_id].business.business_id, EVERYBODY)
        }
        acts.states = await consent.states(conn, part, list(pairs))
        words: list[str] = []
        for one in commands:
            if one.wa_id in out:
                words.append(SUPPRESSED)
            elif one.wa_id not in people:
                words.append(UNKNOWN)
            elif one.record_id in known:
                words.append(KNOWN)
            else:
                known.add(one.record_id)
                words.append(_take(one, people[one.wa_id], acts))
        if acts.declarations:
            changed = {word.person.recipient_id: word.person for word in acts.declarations}
            await recipients.set_cursors(conn, part, [changed[one] for one in sorted(changed)])
            await acts.write(conn, part)
        return Done(words, {inbox_topic(word.person.recipient_id) for word in acts.declarations})


def _take(row: Bring, person: recipients.LockedRecipient, acts: Acts) -> str:
    sender = acts.snapshot.senders[row.sender_id]
    word = Declaration(
        row.record_id, person, sender, row.purpose, row.act, row.source, {"vouched": True},
        Circumstances(language=row.language), row.terms, row.valid_until,
    )  # fmt: skip
    state = acts.states.get(word.between, {})
    everybody = acts.states.get((person.recipient_id, EVERYBODY), {}).get(ALL)
    if everybody is not None and row.purpose not in _granted(state):
        return STOPPED  # also when that was lifted: companies may then ask, not bring
    if not admits(state, row.purpose, row.act, acts.now):
        said = state.get(row.purpose)
        return KEPT if said is not None and said.granted else STOPPED
    acts.add(word)
    return IMPORTED


def _granted(state: Mapping[str, Any]) -> set[str]:
    """The purposes that the person allowed, whatever they said to everybody."""
    return {purpose for purpose, said in state.items() if said.granted}
