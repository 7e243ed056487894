"""The domains that a company says its links lead to: read, registered, dropped. Raises `takt.wire.errors.Refusal`."""

from typing import Any, Final

from takt.actions.vetting import AddDomains, Command, DropDomain
from takt.core.ids import slot_of
from takt.filter.links import parse_domain
from takt.lanes import Lanes
from takt.store import link_domains
from takt.store.reference import Business
from takt.store.site import Site
from takt.wire import errors
from takt.wire.errors import Refusal

DOMAINS_A_CALL_MAX: Final = 50


class LinkDomains:
    """Reads the lists, and hands changes to their lane."""

    def __init__(self, site: Site, lane: Lanes[Command, bool]) -> None:
        self._site = site
        self._lane = lane

    async def of(self, business: Business) -> list[str]:
        """Those of a company, in order."""
        async with self._site.everywhere.acquire() as conn:
            return await link_domains.of_business(conn, business.business_id)

    async def add(self, business: Business, body: dict[str, Any]) -> list[str]:
        """Register the `domains` of a body; all of the company's then."""
        given = body.get("domains")
        if not isinstance(given, list) or not 1 <= len(given) <= DOMAINS_A_CALL_MAX:
            raise Refusal(errors.bad_value("domains", f"must be a list of 1 to {DOMAINS_A_CALL_MAX} domains"))
        command = AddDomains(business.business_id, tuple(_domain(one) for one in given))
        if not await self._lane.submit(slot_of(business.contract_id), command):
            raise Refusal(errors.bad_value("domains", "would be too many: at most 200 in all"))
        return await self.of(business)

    async def drop(self, business: Business, domain: str) -> None:
        """Take one off the list."""
        if not await self._lane.submit(slot_of(business.contract_id), DropDomain(business.business_id, domain)):
            raise Refusal(errors.unknown_object(domain))


def _domain(given: object) -> str:
    domain = parse_domain(given) if isinstance(given, str) else None
    if domain is None:
        raise Refusal(errors.bad_value("domains", "must be domains that somebody registered, and no shorteners"))
    return domain
