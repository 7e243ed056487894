"""What this door offers in all, one module after the other, and what they rest on."""

from takt.actions import access, endpoint, flow, review, template
from takt.clock import Clock
from takt.core.value import value
from takt.intake import Intake
from takt.lanes import Lanes
from takt.web.auth import Authenticator
from takt.web.cloud import absent
from takt.web.cloud.accounts import AccountDesk
from takt.web.cloud.analytics import Analytics
from takt.web.cloud.block_users import BlockDesk
from takt.web.cloud.calls import Offer
from takt.web.cloud.flows import FlowDesk, Prober
from takt.web.cloud.funds import Funds
from takt.web.cloud.handshake import Caller
from takt.web.cloud.links import LinkDesk
from takt.web.cloud.media import MediaEdges
from takt.web.cloud.message_history import MessageHistory
from takt.web.cloud.nodes import NodeReader
from takt.web.cloud.numbers import NumberDesk, NumberLanes
from takt.web.cloud.presence import PresenceDesk
from takt.web.cloud.subscriptions import Subscriptions
from takt.web.cloud.template_shelves import TemplateShelves
from takt.web.cloud.templates import CloudTemplates
from takt.web.cloud.tokens import TokenDesk
from takt.web.cloud.uploads import UploadEdges
from takt.web.resolver import MediaResolver


@value
class CloudLanes:
    """The lanes this door hands its commands to."""

    endpoint: Lanes[endpoint.Command, None]
    numbers: NumberLanes
    flows: Lanes[flow.Command, flow.Answer]
    access: Lanes[access.Command, bool]
    templates: Lanes[template.Command, review.Answer]


@value
class Foundation:
    """What the modules of this door rest on: who calls, how the world outside is reached, where files go, the lanes."""

    authenticator: Authenticator
    caller: Caller
    prober: Prober
    intake: Intake
    resolver: MediaResolver
    clock: Clock
    lanes: CloudLanes


def offers(on: Foundation) -> list[Offer]:
    """Everything that is answered, and what is answered as absent."""
    lanes, clock = on.lanes, on.clock
    site, pool = lanes.numbers.site, lanes.numbers.site.everywhere
    figures, funds = Analytics(site, clock), Funds(site, clock)
    return [
        NodeReader(pool, figures, funds).offer(),
        figures.offer(),
        MessageHistory(site).offer(),
        TokenDesk(pool, on.authenticator, lanes.access, clock).offer(),
        Subscriptions(lanes.endpoint, on.caller, clock).offer(),
        NumberDesk(lanes.numbers, clock).offer(),
        PresenceDesk(lanes.numbers, on.resolver).offer(),
        LinkDesk(lanes.numbers, clock).offer(),
        BlockDesk(lanes.numbers, clock).offer(),
        AccountDesk(pool, lanes.numbers, funds).offer(),
        MediaEdges(on.authenticator, on.intake, clock).offer(),
        UploadEdges(on.intake, clock).offer(),
        FlowDesk(pool, lanes.flows, on.prober, clock).offer(),
        CloudTemplates(site, lanes.templates, clock).offer(),
        TemplateShelves().offer(),
        absent.offer(),
    ]
