"""The addresses of the device API, `/device/v1/…`.

The composition root gives the lanes `receive`, `receipt`, `consent`, `chat` and `person`, and mounts what `routes` makes.
"""

from typing import Final

from starlette.routing import Route

from takt.clock import Clock
from takt.core.value import value
from takt.intake import Intake
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wakes import Wakes
from takt.web.device.api import DeviceApi, DeviceLanes
from takt.web.device.door import Address, Door, nowhere
from takt.web.device.flows import DeviceFlows, FlowAsker
from takt.web.device.media import DeviceMedia
from takt.web.device.permissions import Clear, DevicePermissions
from takt.web.device.sign_in import SignIn
from takt.web.device.streams import Streams

PREFIX: Final = "/device/v1"
EVENTS_PATH: Final = f"{PREFIX}/events"
"""Where streams stay open for long: an application may pass them straight on, so that they hold on to less."""


@value
class Neighbours:
    """Whom this door asks besides the lanes: for files that people bring, what companies' forms say next, what an erasure leaves."""

    intake: Intake
    asker: FlowAsker
    clear: Clear


def routes(
    site: Site,
    reference: Reference,
    wakes: Wakes,
    clock: Clock,
    lanes: DeviceLanes,
    neighbours: Neighbours,
    *,
    demo: bool,
) -> list[Route]:
    """All addresses of the device API; `demo` lets anybody choose a demo person to be."""
    door = Door(site, clock)
    forms = DeviceFlows(door, reference, neighbours.asker, lanes.flows)
    api = DeviceApi(door, reference, lanes, wakes, clock, Streams(door, wakes, clock), forms)
    entry = SignIn(door, site, lanes.person, wakes, clock, demo=demo)
    permissions = DevicePermissions(door, reference, lanes, wakes, clock, neighbours.clear)
    media = DeviceMedia(door, reference, neighbours.intake, clock)
    addresses = {
        "me": Address(door, signed={"GET": api.me, "PUT": api.set_me}),
        "threads": Address(door, signed={"GET": api.threads}),
        "threads/{sender}": Address(door, signed={"DELETE": api.delete}),
        "threads/{sender}/messages": Address(door, signed={"GET": api.thread_messages}),
        "threads/{sender}/accept": Address(door, signed={"POST": api.accept}),
        "inbox": Address(door, signed={"GET": api.inbox}),
        "events": Address(door, signed={"GET": api.events}),
        "senders": Address(door, signed={"GET": api.senders}),
        "senders/{sender}": Address(door, signed={"GET": api.sender}),
        "senders/{sender}/consent": Address(door, signed={"PUT": api.put_consent}),
        "senders/{sender}/block": Address(door, signed={"PUT": api.put_block}),
        "permissions": Address(door, signed={"GET": permissions.show, "PUT": permissions.put_everybody}),
        "permissions/export": Address(door, signed={"GET": permissions.export}),
        "permissions/{company}": Address(door, signed={"PUT": permissions.put}),
        "permissions/{company}/proof": Address(door, signed={"GET": permissions.proof}),
        "requests": Address(door, signed={"GET": permissions.requests}),
        "requests/{request}": Address(door, signed={"POST": permissions.answer}),
        "erasures": Address(door, signed={"POST": permissions.erase}),
        "erasures/{erasure}": Address(door, open_={"GET": permissions.certificate}),
        "senders/{sender}/mute": Address(door, signed={"PUT": api.put_mute}),
        "messages": Address(door, signed={"POST": api.post_message}),
        "messages/{message:path}/why": Address(door, signed={"GET": api.why}),
        "messages/{message:path}/opinion": Address(door, signed={"PUT": api.put_opinion}),
        "messages/{message:path}/played": Address(door, signed={"POST": api.post_played}),
        "flows/{message:path}/exchange": Address(door, signed={"POST": forms.exchange}),
        "flows/{message:path}": Address(door, signed={"GET": forms.flow}),
        "receipts": Address(door, signed={"POST": api.post_receipt}),
        "typing": Address(door, signed={"POST": api.post_typing}),
        "media": Address(door, signed={"POST": media.post}),
        "media/{media}": Address(door, open_={"GET": media.show}),
        "demo-people": Address(door, open_={"GET": entry.people}),
        "sign-in": Address(door, open_={"POST": entry.sign_in}),
        "sign-out": Address(door, open_={"POST": entry.sign_out}),
    }
    anything = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"), nowhere)
    addresses["{rest:path}"] = Address(door, open_=anything)
    return [Route(f"{PREFIX}/{path}", address) for path, address in addresses.items()]
