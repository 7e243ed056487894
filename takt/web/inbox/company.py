"""The company of somebody at the inbox, and who of its people may see money and standing."""

from collections.abc import Collection
from typing import Final

from takt.store.reference import Business, Reference
from takt.store.views import Session
from takt.web.staff.answers import Refusal

LOOKING: Final = ("finance", "developer", "marketer")
"""Agents answer people, and need neither costs nor standing."""


def company_of(reference: Reference, session: Session, roles: Collection[str], says: str) -> Business:
    """The company of a person with one of these roles. Raises Refusal, which `says` whose the page is."""
    if session.role not in roles:
        raise Refusal(403, "role", says)
    assert session.business_id is not None, "people of companies have a company"
    return reference.current.businesses[session.business_id]
