"""QR codes and short links: `message_qrdls`. A link leads to the messenger on the host that the client used."""

from typing import Any, Final

from takt.actions.presence import PutLink, RemoveLink
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.core.link import TAIL_CHARS, link_code, slot_of_code
from takt.store import links
from takt.store.links import Link
from takt.store.reference import Sender
from takt.web.cloud.calls import Call, Offer, page_place
from takt.web.cloud.numbers import SUCCESS, NumberLanes, refusal_of
from takt.web.http import origin
from takt.wire import errors, nodes
from takt.wire.errors import Refusal
from takt.wire.fields import Field

TEXT_CHARS_MAX: Final = 140
FORMATS: Final = ("PNG", "SVG")


class LinkDesk:
    """Answers about the links of senders, and makes them."""

    def __init__(self, lanes: NumberLanes, clock: Clock) -> None:
        self._lanes = lanes
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "message_qrdls": {"GET": self.list, "POST": self.put},
                "message_qrdls/*": {"GET": self.show, "DELETE": self.remove},
            }
        )

    async def put(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/message_qrdls`: a new link, or with `code` another text for an old one."""
        sender = call.changed_sender()
        text = call.required("prefilled_message").strip()
        if len(text) > TEXT_CHARS_MAX:
            raise Refusal(errors.too_long("prefilled_message", len(text), TEXT_CHARS_MAX))
        if not text:
            raise Refusal(errors.invalid_parameter("prefilled_message", "is required"))
        image = (call.parameters.text("generate_qr_image") or "").upper()
        if image and image not in FORMATS:
            raise Refusal(errors.invalid_parameter("generate_qr_image", "must be PNG or SVG"))
        code = call.parameters.text("code")
        slot = slot_of(sender.business.contract_id)
        if code:
            await self._find(sender, code)
        made = code or link_code(slot, self._clock.new_secret(TAIL_CHARS))
        refused = await self._lanes.presence.submit(slot, PutLink(made, sender.sender_id, text, new=not code))
        if refused is not None:
            raise refusal_of(refused)
        shown = _shown(Link(made, sender.sender_id, text), origin(call.scope), image or "PNG")
        return nodes.select(shown, [*nodes.LINK.shown, *(("qr_image_url",) if image else ())])

    async def list(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/message_qrdls`, in pages by code."""
        sender = call.read_sender()
        chosen = _chosen(call)
        limit, after, before = page_place(call, 1)
        part = self._lanes.site.part_of(slot_of(sender.business.contract_id))
        async with self._lanes.site.pool(part).acquire() as conn:
            if before is not None:
                found = await links.list_before(conn, part, sender.sender_id, before[0], limit + 1)
                page, more, earlier = found[-limit:], True, len(found) > limit
            else:
                found = await links.list_after(conn, part, sender.sender_id, after[0] if after else "", limit + 1)
                page, more, earlier = found[:limit], len(found) > limit, after is not None
        rows = [_selected(one, call, chosen) for one in page]
        return nodes.render_page(rows, [(one.code,) for one in page], call.here, more=more, earlier=earlier)

    async def show(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/message_qrdls/{code}`: a list of one."""
        sender = call.read_sender()
        return {"data": [_selected(await self._find(sender, call.rest), call, _chosen(call))]}

    async def remove(self, call: Call) -> dict[str, Any]:
        """`DELETE /{phone}/message_qrdls/{code}`."""
        sender = call.changed_sender()
        link = await self._find(sender, call.rest)
        await self._lanes.presence.submit(slot_of(sender.business.contract_id), RemoveLink(link.code))
        return SUCCESS

    async def _find(self, sender: Sender, code: str) -> Link:
        part = self._lanes.site.part_of(slot_of(sender.business.contract_id))
        async with self._lanes.site.pool(part).acquire() as conn:
            found = await links.find(conn, part, code) if slot_of_code(code) is not None else None
        if found is None or found.sender_id != sender.sender_id:
            raise Refusal(errors.invalid_parameter("code", "is none of this number's QR codes"))
        return found


def _chosen(call: Call) -> tuple[Field, ...]:
    return nodes.parse_selection(call.parameters.text("fields"), nodes.LINK)


def _selected(link: Link, call: Call, chosen: tuple[Field, ...]) -> dict[str, Any]:
    image = next((one.word("format") for one in chosen if one.name == "qr_image_url"), None)
    if image is not None and image.upper() not in FORMATS:
        raise Refusal(errors.invalid_parameter("fields", "qr_image_url.format must be PNG or SVG"))
    return nodes.pick(_shown(link, origin(call.scope), image or "SVG"), chosen)


def _shown(link: Link, host: str, image: str) -> dict[str, Any]:
    address = f"{host}/message/{link.code}"
    return {
        "code": link.code,
        "prefilled_message": link.text,
        "deep_link_url": address,
        "qr_image_url": f"{address}.{image.lower()}",
    }
