"""Reading: senders, companies and apps as nodes of the Cloud API, and their lists."""

from typing import Any
from urllib.parse import urlsplit

from takt.store import catalogue
from takt.store.pool import Pool
from takt.web.cloud import views
from takt.web.cloud.calls import Call, NodeShelf, Offer, place, selected
from takt.wire import errors, nodes
from takt.wire.errors import Refusal


class NodeReader:
    """Answers GET on nodes and on their lists."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

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
            ),
        )

    async def app(self, call: Call) -> dict[str, Any]:
        """`GET /{app}`."""
        return selected(call, nodes.APP, views.of_app(call.app()))

    async def sender(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}`."""
        return selected(call, nodes.PHONE_NUMBER, views.of_sender(call.sender(), call.snapshot))

    async def business(self, call: Call) -> dict[str, Any]:
        """`GET /{waba}`."""
        apps = await self._linked(call)
        return selected(call, nodes.BUSINESS_ACCOUNT, views.of_business(call.business(), apps))

    async def _is_app(self, call: Call) -> bool:
        return call.node in call.snapshot.apps

    async def _is_sender(self, call: Call) -> bool:
        return call.node in call.snapshot.senders

    async def _is_business(self, call: Call) -> bool:
        return call.node in call.snapshot.by_waba

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
        fields = nodes.parse_fields(call.parameters.text("fields"), nodes.PHONE_NUMBER)
        limit, after, before = place(call, 1)
        own = [one for one in call.snapshot.senders.values() if one.business.business_id == business.business_id]
        own.sort(key=lambda one: one.sender_id)
        if before is not None:
            fitting = [one for one in own if (one.sender_id,) < before]
            page, more, earlier = fitting[-limit:], True, len(fitting) > limit
        else:
            fitting = [one for one in own if after is None or (one.sender_id,) > after]
            page, more, earlier = fitting[:limit], len(fitting) > limit, after is not None
        rows = [nodes.select(views.of_sender(one, call.snapshot), fields) for one in page]
        return nodes.render_page(rows, [(one.sender_id,) for one in page], call.here, more=more, earlier=earlier)

    async def _linked(self, call: Call) -> list[dict[str, Any]]:
        here = urlsplit(call.here)
        async with self._pool.acquire() as conn:
            linked = await catalogue.list_linked(conn, call.business().business_id)
        return [views.of_linked(app_id, name, f"{here.scheme}://{here.netloc}") for app_id, name in linked]
