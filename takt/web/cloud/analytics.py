"""Figures of a company: fields of the account with methods of their own, and how its templates do.

Everything is counted from messages and holds when it is asked for; template figures have to be switched on first.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from takt.clock import Clock
from takt.core.figures import Stretch
from takt.store import analytics
from takt.store.analytics import TooMuchError
from takt.store.pool import Conn
from takt.store.reference import Business
from takt.store.site import Site
from takt.web.cloud.calls import Call, Offer
from takt.wire import account_errors, errors
from takt.wire import analytics as wire
from takt.wire.analytics import Question, Words
from takt.wire.errors import Refusal
from takt.wire.fields import Field

T = TypeVar("T")

CLOUD_API: Final = "CLOUD_API"
PRODUCTS: Final = frozenset({CLOUD_API, "MARKETING_MESSAGES_API_FOR_WHATSAPP"})


class Analytics:
    """Answers questions about figures."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(edges={name: {"GET": self._edge(name)} for name in wire.TEMPLATE_NAMES})

    async def of_field(self, call: Call, field: Field) -> Any:
        """What a field of the account with figures shows."""
        business = call.business()
        if field.name in wire.TEMPLATE_NAMES:
            return await self._templates(business, field.name, lambda name: field.methods.get(name, ()))
        question = wire.parse(field.name, lambda name: field.methods.get(name, ()), self._clock.now())
        stretch = Stretch(question.start, question.end, question.step)
        talks, owner = field.name == "conversation_analytics", business.business_id
        tallies = await self._all(lambda conn, part: analytics.count_messages(conn, part, owner, stretch, talks=talks))
        senders = (one for one in call.snapshot.senders.values() if one.business.business_id == business.business_id)
        return wire.render(question, tallies, {one.sender_id: one.phone for one in senders})

    def _edge(self, name: str) -> Callable[[Call], Awaitable[Any]]:
        async def answer(call: Call) -> Any:
            def words(parameter: str) -> list[str]:
                return wire.parse_words(parameter, call.parameters.get(parameter))

            business = call.business()
            call.check_may_read()
            return await self._templates(business, name, words)

        return answer

    async def _templates(self, business: Business, name: str, words: Words) -> dict[str, Any]:
        question = wire.parse(name, words, self._clock.now())
        product = next(iter(words("product_type")), CLOUD_API).upper()
        if product not in PRODUCTS:
            raise Refusal(errors.invalid_parameter("product_type", f"must be one of {', '.join(sorted(PRODUCTS))}"))
        parameter = "template_ids" if name == "template_analytics" else "template_group_ids"
        named = wire.parse_ids(name, parameter, words)
        if not business.insights:
            raise Refusal(account_errors.insights_off())
        # There are no groups of templates here, and no messages by the other product: nothing to count.
        counts = name == "template_analytics" and product == CLOUD_API
        points = await self._points(business, question, named) if counts else []
        shown = {"granularity": question.granularity, "product_type": product.lower(), "data_points": points}
        return {"data": [shown], "paging": {"cursors": {}}}

    async def _points(self, business: Business, question: Question, named: tuple[str, ...]) -> list[dict[str, Any]]:
        stretch, owner = Stretch(question.start, question.end, question.step), business.business_id
        counted = await self._all(lambda conn, part: analytics.count_templates(conn, part, owner, stretch, named))
        clicked = await self._all(lambda conn, part: analytics.count_clicks(conn, part, owner, stretch, named))
        sums: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for one in counted:
            for place, figure in enumerate((one.sent, one.delivered, one.read, one.cost_micros)):
                sums[one.at, one.template_id][place] += figure
        clicks: defaultdict[Any, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for press in clicked:
            clicks[press.at, press.template_id][press.button] += press.count
        points = []
        for key in sorted(sums):
            at, template_id = key
            point = {"template_id": template_id, **wire.span(question, at)}
            points.append(point | _figures(question, sums[key], clicks[key]))
        return points

    async def _all(self, count: Callable[[Conn, int], Awaitable[list[T]]]) -> list[T]:
        """The counts of all parts, one after the other."""
        found: list[T] = []
        try:
            for part in self._site.parts:
                async with self._site.pool(part).acquire() as conn:
                    found += await count(conn, part)
        except TooMuchError:
            raise Refusal(account_errors.too_much_asked("ask for less time, or a coarser granularity")) from None
        return found


def _figures(question: Question, sums: list[int], clicks: dict[str, int]) -> dict[str, Any]:
    sent, delivered, read, micros = sums
    cost: list[dict[str, Any]] = [{"type": "amount_spent", "value": wire.amount(micros)}]
    if delivered:
        cost.append({"type": "cost_per_delivered", "value": wire.amount(micros // delivered)})
    # Which links were followed is known to nobody here, so only presses of quick replies are told.
    pressed = [{"type": "quick_reply_button", "button_content": b, "count": n} for b, n in sorted(clicks.items())]
    figures = {"sent": sent, "delivered": delivered, "read": read, "clicked": pressed, "cost": cost}
    return {name: figure for name, figure in figures.items() if question.wants(name.upper())}


async def _is_business(call: Call) -> bool:
    return call.node in call.snapshot.by_waba
