"""What a company pays: a month by what it was for, the messages behind each figure, and the lines of closed months.

For programs with the company's token and for its people at the inbox alike. Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from takt.calendars import zone_named
from takt.clock import Clock
from takt.core.closing import Closing
from takt.core.roll_up import GRACE, Cost, cut_off, following, month_of, preceding
from takt.store import closings, costs, rate_cards, spend_plans, usage_sums, views
from takt.store.costs import MESSAGES_MAX, Filter
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.wire import costs as wire
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.months import parse_month, render_closing

TEXT_CHARS_MAX: Final = 100
BEFORE_ALL: Final = datetime(2020, 1, 1, tzinfo=UTC)


class Costs:
    """Reads what companies used and what it cost."""

    def __init__(self, site: Site, reference: Reference, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._clock = clock

    def month_of(self, business: Business, asked: str | None) -> date:
        """The month that is asked for by its name, such as 2026-11; the present one if none is."""
        if asked is None:
            return month_of(self._clock.now(), zone_named(business.time_zone) or UTC)
        found = parse_month(asked)
        if found is None:
            raise Refusal(errors.bad_value("month", "must be a month such as 2026-11"))
        return found

    async def month(self, business: Business, month: date) -> dict[str, Any]:
        """The costs of a month up to this moment."""
        part, contract = business.contract_part, business.contract_id
        async with self._site.pool(part).acquire() as conn:
            balance = await views.balance(conn, part, contract)
            planned = await spend_plans.find(conn, (part, contract))
        found = await self.of(business, month)
        today = self._clock.now().astimezone(zone_named(business.time_zone) or UTC).date()
        shown = wire.render_month(month, today, balance.currency, found, self._names(business))
        return shown | {
            "available_micros": balance.wallet.available_micros,
            "held_micros": balance.wallet.pending_micros,
            "budget_micros": planned[0].budget_micros if planned is not None else None,
            "hard_stop": planned is not None and planned[0].hard,
        }

    async def of(self, business: Business, month: date) -> list[Cost]:
        """All that the contract of a company was charged in a month, up to this moment."""
        until = following(month)
        part, contract = business.contract_part, business.contract_id
        async with self._site.pool(part).acquire() as conn:
            found = await costs.summed(conn, part, contract, month, until)
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                mark = await usage_sums.mark(conn, part) or BEFORE_ALL
                recent = await costs.recent(conn, part, contract, mark, business.time_zone)
                found += [one for one in recent if month <= one.day < until]
        return found

    async def messages(self, business: Business, month: date, asked: Mapping[str, str]) -> dict[str, Any]:
        """The newest messages behind a figure of a month, and the rules that priced them."""
        only = _filter(asked)
        tz = zone_named(business.time_zone) or UTC
        stretch = (cut_off(preceding(month), tz) - GRACE, cut_off(month, tz) - GRACE)
        found = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                found += await costs.messages(conn, part, business.contract_id, stretch, only)
        newest = sorted(found, key=lambda one: one.usage.delivered_at, reverse=True)[:MESSAGES_MAX]
        rules = await self._rules({(one.usage.card, one.usage.card_version) for one in newest})
        return {
            "month": f"{month:%Y-%m}",
            "more": len(found) > len(newest) or len(found) >= MESSAGES_MAX,
            "data": [
                wire.render_message(
                    one.usage, one.booked_at, one.batch,
                    rules.get((one.usage.card, one.usage.card_version, one.usage.rule)),
                )
                for one in newest
            ],
        }  # fmt: skip

    async def months(self, business: Business) -> dict[str, Any]:
        """The closed months of a company, newest first, with the lines of their documents."""
        payer = (business.contract_part, business.contract_id)
        async with self._site.pool(payer[0]).acquire() as conn:
            listed = await closings.list_contract(conn, payer)
            currency = (await views.balance(conn, *payer)).currency
            return {"data": [await _with_lines(conn, one, business, currency) for one in listed]}

    async def _rules(self, cards: set[tuple[str, int]]) -> dict[tuple[str, int, int], dict[str, Any]]:
        """The rules of these versions as their documents say them."""
        found: dict[tuple[str, int, int], dict[str, Any]] = {}
        async with self._site.everywhere.acquire() as conn:
            for card in sorted({name for name, _ in cards}):
                for one in await rate_cards.list_versions(conn, card):
                    rules = one.document()["rules"] if (one.card, one.version) in cards else []
                    found |= {(one.card, one.version, place): rule for place, rule in enumerate(rules)}
        return found

    def _names(self, business: Business) -> dict[str, str]:
        snapshot = self._reference.current
        templates = {
            one.template_id: f"{one.name} ({one.language})"
            for (owner, _, _), one in snapshot.templates.items()
            if owner == business.business_id
        }
        senders = {one.sender_id: one.verified_name for one in snapshot.senders.values()}
        return templates | senders


async def _with_lines(conn: Any, one: Closing, business: Business, currency: str) -> dict[str, Any]:
    lines = await closings.lines(conn, one.payer, one.month)
    return render_closing(one, lines, (business.waba_id, business.name), currency)


def _filter(asked: Mapping[str, str]) -> Filter:
    def text(name: str) -> str | None:
        found = asked.get(name)
        if found is not None and len(found) > TEXT_CHARS_MAX:
            raise Refusal(errors.bad_value(name, f"must have at most {TEXT_CHARS_MAX} characters"))
        return found

    def number(name: str) -> int | None:
        found = asked.get(name)
        if found is None:
            return None
        if not (found.isascii() and found.isdigit() and len(found) <= 9) or int(found) == 0:
            raise Refusal(errors.bad_value(name, "must be a whole number from 1 on"))
        return int(found)

    rule = number("rule")
    return Filter(
        text("category"), text("market"), text("template"), text("sender"), text("card"), number("version"),
        rule - 1 if rule is not None else None,
    )  # fmt: skip
