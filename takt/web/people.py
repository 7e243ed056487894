"""People whom companies name by user id instead of number."""

from dataclasses import replace

from takt.core.ids import slot_of
from takt.store import views
from takt.store.site import Site
from takt.wire import errors
from takt.wire.cloud import SendRequest
from takt.wire.errors import WireError


async def with_number(site: Site, request: SendRequest) -> SendRequest | WireError:
    """The request with the number of the person it names, or an error when nobody has that id."""
    if request.recipient_id is None:
        return request
    part = site.part_of(slot_of(request.recipient_id))
    async with site.pool(part).acquire() as conn:
        wa_id = await views.find_wa_id(conn, part, request.recipient_id)
    if wa_id is None:
        return errors.bad_value("recipient", "must be a user_id from a webhook; nobody has this one")
    return replace(request, wa_id=wa_id)
