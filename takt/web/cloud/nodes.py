"""Reading: senders, companies and apps as nodes of the Cloud API, and their lists."""

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from takt.store import catalogue
from takt.store.pool import Pool
from takt.store.reference import Business, Sender
from takt.web.cloud import views
from takt.web.cloud.analytics import Analytics
from takt.web.cloud.calls import Call, NodeShelf, Offer, page_place, selected
from takt.web.cloud.funds import Funds
from takt.wire import analytics, errors, nodes
from takt.wire.errors import Refusal
from takt.wire.fields import Field

FIGURES: Final = frozenset({*analytics.NAMES, *analytics.TEMPLATE_NAMES})


class NodeReader:
    """Answers GET on nodes and on their lists."""

    def __init__(self, pool: Pool, analytics: Analytics, funds: Funds) -> None:
        self._pool = pool
        self._analytics = analytics
        self._funds = funds

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "phone_numbers": {"GET": self.phone_numbers},
                "subscribed_apps": {"GET": self.linked_apps},
            },
            alone={"app": {"GET": self.own_app}},
            shelves=(
                NodeShelf(self._is_app, {"GET": self.app}),
                NodeShelf(self._is_sender, {"GET": self.sender}),
                NodeShelf(self._is_business, {"GET": self.business}),
                NodeShelf(self._is_portfolio, {"GET": self.portfolio}),
            ),
        )

    async def app(self, call: Call) -> dict[str, Any]:
        """`GET /{app}`."""
        return selected(call, nodes.APP, views.of_app(call.app()))

    async def sender(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}`."""
        sender, selection = call.sender(), nodes.parse_selection(call.parameters.text("fields"), nodes.PHONE_NUMBER)
        call.check_may_read()
        funded = await self._funds.of(sender.business, selection)
        return nodes.pick(views.of_sender(sender, call.snapshot, call.principal.app_id, funded=funded), selection)

    async def business(self, call: Call) -> dict[str, Any]:
        """`GET /{waba}`, with its numbers if they are asked for."""
        business = call.business()
        call.check_may_read()
        selection = nodes.parse_selection(call.parameters.text("fields"), nodes.BUSINESS_ACCOUNT)
        funded = await self._funds.of(business, selection)
        shown = views.of_business(business, call.snapshot, await self._linked(call), funded=funded)
        for one in selection:
            if one.name == "phone_numbers":
                funded = await self._funds.of(business, one.within or ())
                shown["phone_numbers"] = _first_senders(call, business, one, funded=funded)
            elif one.name in FIGURES:
                shown[one.name] = await self._analytics.of_field(call, one)
        return nodes.pick(shown, selection)

    async def portfolio(self, call: Call) -> dict[str, Any]:
        """`GET /{portfolio}`."""
        return selected(call, nodes.PORTFOLIO, views.of_portfolio(call.portfolio()))

    async def _is_app(self, call: Call) -> bool:
        return call.node in call.snapshot.apps

    async def _is_sender(self, call: Call) -> bool:
        return call.node in call.snapshot.senders

    async def _is_business(self, call: Call) -> bool:
        return call.node in call.snapshot.by_waba

    async def _is_portfolio(self, call: Call) -> bool:
        own = call.snapshot.businesses.get(call.principal.business_id) if call.principal.business_id else None
        return own is not None and own.portfolio_id == call.node

    async def own_app(self, call: Call) -> dict[str, Any]:
        """`GET /app`: the app that the token belongs to."""
        app = call.snapshot.apps.get(call.principal.app_id or "")
        if app is None:
            raise Refusal(errors.token_unusable("one that belongs to an app"))
        return selected(call, nodes.APP, views.of_app(app))

    async def linked_apps(self, call: Call) -> dict[str, Any]:
        """The apps that hear what happens to a company."""
        call.business()
        call.check_may_read()
        return {"data": await self._linked(call)}

    async def phone_numbers(self, call: Call) -> dict[str, Any]:
        """The senders of a company, by id."""
        business = call.business()
        call.check_may_read()
        selection = nodes.parse_selection(call.parameters.text("fields"), nodes.PHONE_NUMBER)
        limit, after, before = page_place(call, 1)
        own = _senders(call, business)
        if before is not None:
            fitting = [one for one in own if (one.sender_id,) < before]
            page, more, earlier = fitting[-limit:], True, len(fitting) > limit
        else:
            fitting = [one for one in own if after is None or (one.sender_id,) > after]
            page, more, earlier = fitting[:limit], len(fitting) > limit, after is not None
        funded, app_id = await self._funds.of(business, selection), call.principal.app_id
        rows = [nodes.pick(views.of_sender(one, call.snapshot, app_id, funded=funded), selection) for one in page]
        return nodes.render_page(rows, [(one.sender_id,) for one in page], call.here, more=more, earlier=earlier)

    async def _linked(self, call: Call) -> list[dict[str, Any]]:
        here, business = urlsplit(call.here), call.business()
        async with self._pool.acquire() as conn:
            linked = await catalogue.list_linked(conn, business.business_id)
        overrides = call.snapshot.overrides
        return [
            views.of_linked(app_id, name, f"{here.scheme}://{here.netloc}", overrides.get((app_id, business.waba_id)))
            for app_id, name in linked
        ]


def _senders(call: Call, business: Business) -> list[Sender]:
    own = [one for one in call.snapshot.senders.values() if one.business.business_id == business.business_id]
    return sorted(own, key=lambda one: one.sender_id)


def _first_senders(call: Call, business: Business, chosen: Field, *, funded: bool) -> dict[str, Any]:
    """The first page of an account's numbers within the account; what follows is on the edge of its own."""
    limit = nodes.parse_limit(chosen.word("limit"))
    names = chosen.within or tuple(Field(name) for name in nodes.PHONE_NUMBER.shown)
    nodes.check_known(names, nodes.PHONE_NUMBER)
    own = _senders(call, business)
    app_id = call.principal.app_id
    rows = [nodes.pick(views.of_sender(one, call.snapshot, app_id, funded=funded), names) for one in own[:limit]]
    query = urlencode({"fields": ",".join(one.name for one in names), "limit": limit})
    here = f"{call.here.partition('?')[0].rstrip('/')}/phone_numbers?{query}"
    keys = [(one.sender_id,) for one in own[:limit]]
    return nodes.render_page(rows, keys, here, more=len(own) > limit, earlier=False)
