"""Accounts and portfolios: what a company sets for its account, who may use it, and what its portfolio owns."""

import re
from typing import Any, Final

from takt.actions.presence import AssignUser, SetInsights
from takt.core.ids import slot_of
from takt.store import accounts
from takt.store.pool import Pool
from takt.store.reference import Business
from takt.web.cloud import views
from takt.web.cloud.calls import Call, NodeShelf, Offer, page_place
from takt.web.cloud.funds import Funds
from takt.web.cloud.numbers import SUCCESS, NumberLanes
from takt.wire import account_errors, errors, nodes, numbers
from takt.wire.errors import Refusal

USERS_MAX: Final = 1_000
TASKS: Final = frozenset({
    "MANAGE", "DEVELOP", "MANAGE_TEMPLATES", "MANAGE_PHONE", "VIEW_COST", "MANAGE_EXTENSIONS",
    "VIEW_PHONE_ASSETS", "MANAGE_PHONE_ASSETS", "VIEW_TEMPLATES", "MESSAGING", "VIEW_INSIGHTS",
    "MANAGE_USERS", "MANAGE_BILLING",
})  # fmt: skip
_USER: Final = re.compile(r"[0-9]{5,20}")
_SWITCHES: Final = ("disable_marketing_messages_on_cloud_api",)


class AccountDesk:
    """Answers about accounts and portfolios, and writes what can be set."""

    def __init__(self, pool: Pool, lanes: NumberLanes, funds: Funds) -> None:
        self._pool = pool
        self._lanes = lanes
        self._funds = funds

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={
                "assigned_users": {"GET": self.users, "POST": self.assign, "DELETE": self.unassign},
                "owned_whatsapp_business_accounts": {"GET": self.owned},
                "client_whatsapp_business_accounts": {"GET": self.nothing},
                "extendedcredits": {"GET": self.nothing},
                "preverified_numbers": {"GET": self.nothing},
            },
            shelves=(NodeShelf(_is_account, {"POST": self.set}),),
        )

    async def set(self, call: Call) -> dict[str, Any]:
        """`POST /{waba}`: figures of templates can be switched on, for good."""
        business = call.business()
        call.check_may_change()
        given = call.parameters
        for name in _SWITCHES:
            if given.get(name) is not None and numbers.parse_switch(name, given.get(name)):
                raise Refusal(errors.invalid_parameter(name, "must be false: there is one way of sending here"))
        if given.get("degrees_of_freedom_spec") is not None:
            raise Refusal(
                errors.invalid_parameter("degrees_of_freedom_spec", "is not supported: texts go out as they are")
            )
        if given.get("is_enabled_for_insights") is not None:
            if not numbers.parse_switch("is_enabled_for_insights", given.get("is_enabled_for_insights")):
                raise Refusal(
                    account_errors.insights_fixed()
                    if business.insights
                    else errors.invalid_parameter("is_enabled_for_insights", "must be true")
                )
            await self._lanes.presence.submit(slot_of(business.contract_id), SetInsights(business.business_id))
        elif not any(given.get(name) is not None for name in _SWITCHES):
            raise Refusal(errors.invalid_parameter("is_enabled_for_insights", "is required"))
        return {"id": business.waba_id}

    async def users(self, call: Call) -> dict[str, Any]:
        """`GET /{waba}/assigned_users`, in pages by id."""
        business = call.business()
        call.check_may_read()
        limit, after, _ = page_place(call, 1)
        async with self._pool.acquire() as conn:
            found = await accounts.list_users(conn, business.business_id, after[0] if after else "", limit + 1)
        page = found[:limit]
        rows = [
            {"id": user_id, **({"name": name} if name is not None else {}), "tasks": tasks}
            for user_id, name, tasks in page
        ]
        keys = [(user_id,) for user_id, _, _ in page]
        return nodes.render_page(rows, keys, call.here, more=len(found) > limit, earlier=False)

    async def assign(self, call: Call) -> dict[str, Any]:
        """`POST /{waba}/assigned_users`: a user may do these tasks."""
        business, user = self._user(call)
        tasks = nodes.parse_choice("tasks", call.parameters.get("tasks"), TASKS)
        if not tasks:
            raise Refusal(errors.invalid_parameter("tasks", "is required"))
        async with self._pool.acquire() as conn:
            if await accounts.count_users(conn, business.business_id) >= USERS_MAX:
                raise Refusal(errors.invalid_parameter("user", f"is one too many: {USERS_MAX} are assigned"))
        await self._assign(business, user, tuple(dict.fromkeys(tasks)))
        return SUCCESS

    async def unassign(self, call: Call) -> dict[str, Any]:
        """`DELETE /{waba}/assigned_users`."""
        business, user = self._user(call)
        await self._assign(business, user, ())
        return SUCCESS

    async def owned(self, call: Call) -> dict[str, Any]:
        """`GET /{portfolio}/owned_whatsapp_business_accounts`: one company has one account."""
        business = call.portfolio()
        call.check_may_read()
        chosen = nodes.parse_selection(call.parameters.text("fields"), nodes.BUSINESS_ACCOUNT)
        page_place(call, 1)
        funded = await self._funds.of(business, chosen)
        shown = nodes.pick(views.of_business(business, call.snapshot, [], funded=funded), chosen)
        rows, keys = ([], []) if call.parameters.get("after") else ([shown], [(business.waba_id,)])
        return nodes.render_page(rows, keys, call.here, more=False, earlier=False)

    async def nothing(self, call: Call) -> dict[str, Any]:
        """Edges of a portfolio that exist and hold nothing here: nothing is shared, lent or verified beforehand."""
        call.portfolio()
        call.check_may_read()
        return {"data": []}

    def _user(self, call: Call) -> tuple[Business, str]:
        business = call.business()
        call.check_may_change()
        user = call.required("user")
        if not user.isascii() or _USER.fullmatch(user) is None:
            raise Refusal(errors.invalid_parameter("user", "must be the id of a user: 5 to 20 digits"))
        return business, user

    async def _assign(self, business: Business, user: str, tasks: tuple[str, ...]) -> None:
        command = AssignUser(business.business_id, user, tasks)
        await self._lanes.presence.submit(slot_of(business.contract_id), command)


async def _is_account(call: Call) -> bool:
    return call.node in call.snapshot.by_waba
