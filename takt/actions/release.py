"""Messages that waited are looked at again: let out, refused, or left to wait on.

One slice in one transaction, by the very rules of a send and under the same locks, so that a stop, a block, a paused
template or an empty wallet in between counts. It waits for nobody: a person in whose inbox something happens right now
is left to the next round. A message is let out once: only one that still waits is read, under its recipient's lock.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from takt.actions import ruling
from takt.actions.leasing import Flows
from takt.actions.outcome import Done
from takt.actions.outgoing import Outgoing
from takt.actions.ruling import Prepared, Ruling
from takt.core import denial, limits
from takt.core.content import TemplateContent, TextContent
from takt.core.denial import Denied
from takt.core.filtering import CLEARED, CONDEMNED, SUSPECT
from takt.core.flow_button import Opening, look_up
from takt.core.message import SendMessage
from takt.core.template import Template
from takt.core.value import value
from takt.core.waiting import Wish
from takt.store import messages, recipients
from takt.store.messages import Due
from takt.store.pool import Conn
from takt.store.reference import EMPTY, Reference, Snapshot
from takt.store.site import PARTS
from takt.wire import record, shown
from takt.wire.shown import Kept

SLICE_MAX = 500
PACED: Final = (denial.PAIR_RATE, denial.THROUGHPUT)
"""A company that sends too fast is told so; what waited has to go out some time, so it waits for its turn."""


@value
class Released:
    """How many messages were looked at, and whether the slice was full, so that there may be more."""

    count: int
    more: bool


class Release:
    """Looks at the longest due messages of a part, at most 500 at a time. `new_id` makes an event id in a slot.

    It remembers which turn of each sender it gave out last, so that a crowd is spread at the sender's throughput instead
    of being looked at again and again. Losing that costs work only.
    """

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID], parts: int) -> None:
        self._reference = reference
        self._new_id = new_id
        self._parts = parts
        self._flows = Flows()
        self._turns: dict[tuple[int, str], datetime] = {}
        self._templates: tuple[Snapshot, Mapping[str, Template]] = (EMPTY, {})

    async def __call__(
        self, conn: Conn, part: int, now: datetime, *, again: bool, limit: int = SLICE_MAX, skip: int = 0
    ) -> Done[Released]:
        """Look at one slice in the caller's transaction, past the first `skip`.

        `again` locks paces and wallets, as a send does.
        """
        due = await messages.list_due(conn, part, now, limit, skip)
        if not due:
            return Done([Released(0, more=False)])
        people = await recipients.lock_for_send(
            conn, part, sorted({wa_id for _, wa_id in due}), adverts=True, waiting=False
        )
        free = [message_id for message_id, wa_id in due if wa_id in people]
        waited = await messages.load_due(conn, part, free, now) if free else []
        if not waited:
            return Done([Released(0, more=False)])
        snapshot = await self._reference.fresh(conn)
        prepared = [self._recall(snapshot, one) for one in waited]
        loaded = await ruling.gather(
            conn, part, snapshot, people, prepared, now, locked_in=PARTS[self._parts] if again else ()
        )
        flows = self._flows if self._parts > 1 and not again else None
        outgoing = Outgoing(snapshot, loaded, self._new_id, self._parts, now, flows)
        for one in prepared:
            self._decide(one, outgoing, part, now)
        wakes = await outgoing.settle(conn, part)
        return Done([Released(len(waited), more=len(due) == limit)], wakes)

    def _decide(self, prepared: Prepared, outgoing: Outgoing, part: int, now: datetime) -> None:
        ruled, denied = outgoing.rule(prepared)
        assert prepared.wish is not None
        if now >= prepared.wish.expires_at:
            figure = f"waited until {prepared.wish.expires_at:%Y-%m-%d %H:%M} UTC"
            outgoing.refuse(ruled, Denied("delivery", denial.EXPIRED, figure))
            return
        if denied is None:
            outgoing.let_out(ruled)
            return
        paced = denied.reason in PACED
        due_at = self._turn(ruled, denied, part) if paced else outgoing.due_at(ruled, denied)
        if due_at is not None:
            outgoing.keep_waiting(ruled, denied, due_at)
        else:
            outgoing.refuse(ruled, denied)

    def _turn(self, ruled: Ruling, denied: Denied, part: int) -> datetime:
        """When one that came too fast has its turn: each after the last one given out, at the sender's pace."""
        assert denied.next_at is not None
        if denied.reason is not denial.THROUGHPUT:
            return denied.next_at
        sender = ruled.prepared.sender
        place = (part, sender.sender_id)
        turn = max(denied.next_at, self._turns.get(place, denied.next_at))
        self._turns[place] = turn + limits.throughput(sender.throughput_per_s, self._parts).interval
        return turn

    def _recall(self, snapshot: Snapshot, due: Due) -> Prepared:
        """What a message that waited was, with what the reference rows say now."""
        if self._templates[0] is not snapshot:
            self._templates = (snapshot, {one.template_id: one for one in snapshot.templates.values()})
        template = self._templates[1].get(due.template_id) if due.template_id is not None else None
        content = msgspec.json.decode(due.content)
        line = shown.line_of(due.type, content)
        sender = snapshot.senders[due.sender_id]
        command = SendMessage(
            due.message_id,
            due.sender_id,
            due.wa_id,
            due.wa_id,
            TextContent(line) if due.template_id is None else _named(template),
            due.context_id,
            due.callback,
            by_marketing_path=record.decode_facts(due.facts).by_marketing_path,
        )
        wish = Wish(due.message_id, due.taken_at, due.expires_at)
        opening = _reopen(snapshot, sender.business.business_id, content, line)
        kept = Kept(due.type, due.content, line)
        return Prepared(command, sender, template, None, opening, kept, wish, due.category, _read_as(due))


def _read_as(due: Due) -> str:
    if due.waits_for == CONDEMNED:
        return CONDEMNED
    if due.cleared:
        return CLEARED
    return SUSPECT if due.waits_for == "filter" else ""


def _named(template: Template | None) -> TemplateContent:
    """The template without values, which stand in the text already; without a name if it is gone."""
    return TemplateContent("", "", ()) if template is None else TemplateContent(template.name, template.language, ())


def _reopen(snapshot: Snapshot, business_id: UUID, content: Mapping[str, object], line: str) -> Opening:
    """The form that the message opens, as it is now."""
    buttons = content.get("buttons")
    for button in buttons if isinstance(buttons, list) else ():
        if button.get("kind") == "flow":
            flow, fault = look_up(button, ruling.finder(snapshot, business_id))
            return Opening(TextContent(line), flow, fault)
    return Opening(TextContent(line))
