"""Webhook events about numbers: names in review, PINs, usernames. One element of `changes` each, as ASCII text."""

import json
from typing import Any, Final

from takt.core.value import value

NAME: Final = "phone_number_name_update"
SECURITY: Final = "security"
QUALITY: Final = "phone_number_quality_update"
USERNAME: Final = ("business_username_updates", "phone_number_username_update")
"""Two names of one event: sources differ, so whoever subscribed to either is told under that name."""


@value
class Told:
    """An event: the field it belongs to, and its text."""

    field: str
    body: str


def render_name(phone: str, decision: str, name: str, reason: str | None) -> Told:
    """The review of a display name is over (`APPROVED`, `REJECTED`), or begins (`PENDING`)."""
    return _told(
        NAME,
        {
            "display_phone_number": phone,
            "decision": decision,
            "requested_verified_name": name,
            "rejection_reason": reason,
        },
    )


def render_pin_changed(phone: str, requester: str) -> Told:
    """The PIN of a number was changed by this user or app."""
    return _told(SECURITY, {"display_phone_number": phone, "event": "PIN_CHANGED", "requester": requester})


def render_quality(phone: str, event: str, tier: str, before: str | None = None) -> Told:
    """A number was flagged or no longer is, or its owner's limit is another one (`UPGRADE`, `DOWNGRADE`)."""
    shown = {
        "display_phone_number": phone,
        "event": event,
        "current_limit": tier,
        "max_daily_conversations_per_business": tier,
    }
    return _told(QUALITY, shown if before is None else shown | {"old_limit": before})


def render_username(phone: str, username: str, status: str) -> list[Told]:
    """A username was `approved` or `deleted`."""
    shown = {"display_phone_number": phone, "username": username, "status": status}
    return [_told(field, shown) for field in USERNAME]


def _told(field: str, shown: dict[str, Any]) -> Told:
    return Told(field, json.dumps({"value": shown, "field": field}, separators=(",", ":")))
