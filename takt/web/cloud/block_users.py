"""The block list of a sender: people it refuses. A request that succeeds for some alone answers HTTP 400 with both."""

from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.responses import Response

from takt.actions.business_block import BlockPerson, Outcome
from takt.clock import Clock
from takt.core.ids import WA_ID, parse_user_code, slot_of, slot_of_key
from takt.core.value import value
from takt.store import business_blocks, views
from takt.store.business_blocks import Blocked
from takt.store.reference import Sender
from takt.web.cloud.calls import Call, Offer, page_place
from takt.web.cloud.numbers import NumberLanes
from takt.web.errors import new_trace_id
from takt.wire import errors, nodes
from takt.wire.errors import Refusal, WireError

BLOCKED_MAX: Final = 64_000
TOGETHER_MAX: Final = 1_000
INPUT_CHARS_MAX: Final = 150

_WHY: Final = {
    Outcome.UNKNOWN: (131026, "nobody on this messenger has this number or id"),
    Outcome.SILENT: (131047, "the person did not write within the last 24 hours"),
}


@value
class _Named:
    """A person as a program names them; `wa_id` None when nobody can be meant."""

    given: str
    wa_id: str | None
    user_id: str | None = None

    def shown(self) -> dict[str, Any]:
        """The person as the answer names them."""
        return {
            "input": self.given,
            **({"wa_id": self.wa_id} if self.wa_id is not None and self.user_id is None else {}),
            **({"user_id": self.user_id} if self.user_id is not None else {}),
        }


class BlockDesk:
    """Answers about the people that senders refuse."""

    def __init__(self, lanes: NumberLanes, clock: Clock) -> None:
        self._lanes = lanes
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(edges={"block_users": {"GET": self.blocked, "POST": self.block, "DELETE": self.unblock}})

    async def block(self, call: Call) -> Any:
        """`POST /{phone}/block_users`."""
        sender = call.used_sender()
        named = await self._named(call)
        held = 0
        for part in self._lanes.site.parts:
            async with self._lanes.site.pool(part).acquire() as conn:
                held += await business_blocks.count_of(conn, part, sender.sender_id)
        if held + len(named) > BLOCKED_MAX:
            raise Refusal(
                WireError(
                    139101, "(#139101) Blocklist limit reached",
                    f"block_users: {held} people are blocked already, and {BLOCKED_MAX} may be",
                )
            )  # fmt: skip
        return await self._set(sender, named, "added_users", blocked=True)

    async def unblock(self, call: Call) -> Any:
        """`DELETE /{phone}/block_users`."""
        return await self._set(call.used_sender(), await self._named(call), "removed_users", blocked=False)

    async def blocked(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/block_users`, in pages: part by part, in each by the ids of people."""
        sender = call.read_sender()
        limit, after, _ = page_place(call, 2)
        start_part, start_id = _start(after)
        found: list[tuple[int, Blocked]] = []
        for part in (one for one in self._lanes.site.parts if one >= start_part and len(found) <= limit):
            behind = start_id if part == start_part else UUID(int=0)
            async with self._lanes.site.pool(part).acquire() as conn:
                rows = await business_blocks.list_after(conn, part, sender.sender_id, behind, limit + 1 - len(found))
            found.extend((part, row) for row in rows)
        page = found[:limit]
        rows_shown = [
            {"messaging_product": "whatsapp", "input": one.wa_id, "wa_id": one.wa_id, "user_id": one.user_code}
            for _, one in page
        ]
        keys = [(str(part), str(one.recipient_id)) for part, one in page]
        return nodes.render_page(rows_shown, keys, call.here, more=len(found) > limit, earlier=False)

    async def _set(self, sender: Sender, named: list[_Named], name: str, *, blocked: bool) -> Any:
        done: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for one in named:
            outcome = Outcome.UNKNOWN
            if one.wa_id is not None:
                command = BlockPerson(one.wa_id, sender.sender_id, blocked)
                outcome = await self._lanes.blocks.submit(slot_of_key(one.wa_id), command)
            if outcome is Outcome.DONE:
                done.append(one.shown())
            else:
                code, details = _WHY[outcome]
                error = {"code": code, "message": f"(#{code}) {details}", "error_data": {"details": details}}
                failed.append({**one.shown(), "errors": [error]})
        shown: dict[str, Any] = {"messaging_product": "whatsapp", "block_users": {name: done}}
        if not failed:
            return shown
        shown["block_users"]["failed_users"] = failed
        error_shown = WireError(
            139100, "(#139100) Failed to block/unblock users", "some of block_users failed: failed_users says why"
        )
        trace_id = new_trace_id(self._clock)
        body = msgspec.json.decode(errors.render(error_shown, trace_id))
        return Response(msgspec.json.encode({**shown, **body}), 400, {"x-fb-trace-id": trace_id}, "application/json")

    async def _named(self, call: Call) -> list[_Named]:
        given = call.parameters.get("block_users")
        listed = nodes.decode_json(given) if isinstance(given, str) else given
        if not isinstance(listed, list) or not 1 <= len(listed) <= TOGETHER_MAX:
            raise Refusal(errors.invalid_parameter("block_users", f"must be a list of 1 to {TOGETHER_MAX} users"))
        return [await self._one(place, one) for place, one in enumerate(listed)]

    async def _one(self, place: int, given: object) -> _Named:
        user = given.get("user") if isinstance(given, dict) else None
        user_id = given.get("user_id") if isinstance(given, dict) else None
        named = str(user) if isinstance(user, int) and not isinstance(user, bool) else user or user_id
        if not isinstance(named, str) or not 1 <= len(named) <= INPUT_CHARS_MAX:
            raise Refusal(errors.invalid_parameter(f"block_users[{place}]", "must have user or user_id"))
        if user:
            digits = named.translate(dict.fromkeys(map(ord, "+ -()."), None))
            return _Named(named, digits if WA_ID.fullmatch(digits) else None)
        recipient_id = parse_user_code(named)
        if recipient_id is None:
            return _Named(named, None, named)
        part = self._lanes.site.part_of(slot_of(recipient_id))
        async with self._lanes.site.pool(part).acquire() as conn:
            return _Named(named, await views.find_wa_id(conn, part, recipient_id), named)


def _start(after: tuple[str, ...] | None) -> tuple[int, UUID]:
    if after is None:
        return 0, UUID(int=0)
    try:
        return int(after[0]), UUID(after[1])
    except ValueError:
        raise Refusal(errors.invalid_parameter("after", "must be a cursor of an earlier page")) from None
