"""Webhook events about a company as an account: admitted, paused, let in again, at another step of prices.

Elements of `changes`, as ASCII text.

Shapes: Cloud API reference, "Other fields" and "account_update events".
"""

import json
from datetime import date, datetime
from typing import Any, Final

REVIEW: Final = "account_review_update"
ACCOUNT: Final = "account_update"


def render_review(decision: str) -> str:
    """The review of a company is over (`APPROVED`), or begins again (`PENDING`)."""
    return _change(REVIEW, {"decision": decision})


def render_ban(state: str, at: datetime) -> str:
    """A company was paused (`DISABLE`) or let in again (`REINSTATE`) on that day."""
    day = f"{at:%B} {at.day}, {at.year}"
    return _change(ACCOUNT, {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state, "waba_ban_date": day}})


def render_tier(category: str, region: str, tier: str, month: date, at: datetime) -> str:
    """A company reached another step of prices by volume, in the month that began on a day. It may come twice."""
    told = {
        "tier_update_time": int(at.timestamp()),
        "pricing_category": category.upper(),
        "tier": tier,
        "effective_month": f"{month:%Y-%m}",
        "region": region,
    }
    return _change(ACCOUNT, {"event": "VOLUME_BASED_PRICING_TIER_UPDATE", "volume_tier_info": told})


def _change(field: str, shown: dict[str, Any]) -> str:
    return json.dumps({"value": shown, "field": field}, separators=(",", ":"))
