"""What happened to a message: `GET /{phone}/message_history` and `GET /{history}/events`.

The history is read from the message and from the webhook events that told of it, as long as those are kept.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from takt.core.ids import parse_wamid, slot_of, wamid
from takt.store import histories
from takt.store.histories import History, Told
from takt.store.site import Site
from takt.web.cloud.calls import Call, Offer
from takt.wire import errors, nodes
from takt.wire.errors import Refusal

PREFIX: Final = "history:"
HISTORY: Final = nodes.NodeKind(
    "WhatsAppMessageHistory", ("id", "message_id"), frozenset({"id", "message_id", "events"})
)
STATUSES: Final = frozenset({"SENT", "DELIVERED", "READ", "FAILED"})

_STATES: Final = {"owed": "PENDING", "done": "DELIVERED", "buried": "FAILED"}


class MessageHistory:
    """Answers about single messages."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(edges={"message_history": {"GET": self.of_message}, "events": {"GET": self.events}})

    async def of_message(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/message_history?message_id=`."""
        sender = call.sender()
        call.check_may_read()
        fields = nodes.parse_fields(call.parameters.text("fields"), HISTORY)
        nodes.parse_limit(call.parameters.get("limit"))
        message_id = parse_wamid(call.required("message_id"))
        if message_id is None:
            raise Refusal(errors.invalid_parameter("message_id", "must be the id of a message, wamid.…"))
        history = await self._find(message_id)
        if history is None or history.sender_id != sender.sender_id:
            return {"data": []}
        shown = {"id": _id_of(history), "message_id": wamid(history.message_id)}
        if "events" in fields:
            shown["events"] = {"data": [one["node"] for one in await self._events(call, history)]}  # type: ignore[assignment]
        return nodes.render_page([nodes.select(shown, fields)], [(shown["id"],)], call.here, more=False, earlier=False)

    async def events(self, call: Call) -> dict[str, Any]:
        """`GET /{history}/events`, of one status if `status_filter` names it."""
        call.check_may_read()
        wanted = nodes.parse_choice("status_filter", call.parameters.get("status_filter"), STATUSES)
        limit = nodes.parse_limit(call.parameters.get("limit"))
        if not call.node.startswith(PREFIX):
            raise call.unknown()
        history = await self._find(UUID(hex=call.node.removeprefix(PREFIX)))
        if history is None or history.business_id != call.principal.business_id:
            raise call.unknown()
        after = nodes.parse_cursor("after", call.parameters.get("after"), 1)
        found = [
            one for one in await self._events(call, history) if not wanted or one["node"]["delivery_status"] in wanted
        ]
        fitting = [one for one in found if after is None or (one["node"]["id"],) > after]
        page = fitting[:limit]
        keys = [(one["node"]["id"],) for one in page]
        return nodes.render_page(page, keys, call.here, more=len(fitting) > limit, earlier=False)

    async def _find(self, message_id: UUID) -> History | None:
        part = self._site.part_of(slot_of(message_id))
        async with self._site.pool(part).acquire() as conn:
            return await histories.find(conn, part, message_id)

    async def _events(self, call: Call, history: History) -> list[dict[str, Any]]:
        """One for each status that the message reached, in their order, with how far the word of it came."""
        part = self._site.part_of(slot_of(history.message_id))
        own = [one.endpoint_id for one in call.snapshot.endpoints.values() if one.app_id == call.principal.app_id]
        async with self._site.pool(part).acquire() as conn:
            told = await histories.list_told(conn, part, history, own)
        return [
            {
                "node": {
                    "id": f"{_id_of(history)}.{place}",
                    "delivery_status": status,
                    "webhook_update_state": _state(status, told),
                    "occurrence_timestamp": int(at.timestamp()),
                }
            }
            for place, (status, at) in enumerate(_reached(history), start=1)
        ]


def _id_of(history: History) -> str:
    """The id of a history on the wire."""
    return f"{PREFIX}{history.message_id.hex}"


def _reached(history: History) -> Iterable[tuple[str, datetime]]:
    refused = history.failed_at is not None and history.failed_at == history.accepted_at
    waits = history.due_at is not None
    at_once = history.delivered_at == history.read_at  # read without having been delivered before: one step
    steps = (
        ("SENT", None if refused or waits else history.accepted_at),
        ("DELIVERED", None if at_once else history.delivered_at),
        ("READ", history.read_at),
        ("FAILED", history.failed_at),
    )
    return [(status, at) for status, at in steps if at is not None]


def _state(status: str, told: list[Told]) -> str:
    mark = f'"status":"{status.lower()}"'
    return next((_STATES[one.state] for one in told if mark in one.body), "NOT_SENT")
