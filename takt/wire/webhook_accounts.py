"""Webhook events about a company as an account: admitted, paused, let in again, at another step of prices.

Elements of `changes`, as ASCII text.

Shapes: Cloud API reference, "Other fields" and "account_update events".
"""

import json
from datetime import date, datetime
from typing import Any, Final

REVIEW: Final = "account_review_update"
ACCOUNT: Final = "account_update"
ALERTS: Final = "account_alerts"
CAPABILITY: Final = "business_capability_update"
NUMBERS: Final = 25
"""How many numbers an account may have."""
REMEDY: Final = "Write to people who asked for it; object by the own API if this is wrong."
MONEY: Final = {
    "low_balance": "Less is left in the wallet than you wished to be told of. Top it up.",
    "budget": "This part of the month's budget is spent.",
    "payment_returned": "A payment was returned, and its amount taken back out of the wallet.",
}
WATCHES: Final = {
    "": ("NONE", "SENDER_FREE", "This sender writes as before."),
    "watched": (
        "ACTIVE", "SENDER_WATCHED",
        "What this sender wrote reads like fraud: its messages are read before they go out. You may appeal; a person decides.",
    ),
    "frozen": (
        "ACTIVE", "SENDER_FROZEN",
        "Several messages of this sender read like fraud: it sends nothing for now. Appeal by the own API; a person decides.",
    ),
}  # fmt: skip
RESTRICTIONS: Final = {
    "starting": ("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_ADD_PHONE_NUMBER_ACTION"),
    "sending": (
        "RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING",
        "RESTRICTED_ADD_PHONE_NUMBER_ACTION",
    ),
}  # fmt: skip


def render_review(decision: str) -> str:
    """The review of a company is over (`APPROVED`), or begins again (`PENDING`)."""
    return _change(REVIEW, {"decision": decision})


def render_ban(state: str, at: datetime) -> str:
    """A company was paused (`DISABLE`) or let in again (`REINSTATE`) on that day."""
    day = f"{at:%B} {at.day}, {at.year}"
    return _change(ACCOUNT, {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state, "waba_ban_date": day}})


def render_capability(tier: str) -> str:
    """How many people a company may reach within a day, and how many numbers it may have."""
    return _change(
        CAPABILITY,
        {
            "max_daily_conversations_per_business": tier,
            "max_phone_numbers_per_business": NUMBERS,
            "max_phone_numbers_per_waba": NUMBERS,
        },
    )


def render_measure(kind: str, state: str, until: datetime | None, at: datetime) -> list[tuple[str, str]]:
    """What a company hears of a measure: the fields with their texts."""
    if state == "proposed":
        return [(ACCOUNT, render_ban("SCHEDULE_FOR_DISABLE", at)) if kind == "lock" else (ALERTS, _alert(kind))]
    if state in ("lifted", "dropped"):
        return [(ACCOUNT, render_ban("REINSTATE", at))]
    if kind == "lock":
        return [(ACCOUNT, render_ban("DISABLE", at))]
    if kind == "warning":
        told: dict[str, Any] = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}
    else:
        ends = {"expiration": int(until.timestamp())} if until is not None else {}
        restrictions = [{"restriction_type": one, **ends, "remediation": REMEDY} for one in RESTRICTIONS[kind]]
        told = {"event": "ACCOUNT_RESTRICTION", "restriction_info": restrictions}
    return [(ACCOUNT, _change(ACCOUNT, told))]


def render_money(kind: str, micros: int, limit_micros: int) -> str:
    """An alert about a company's money: of a kind of `takt.core.spending.Alert`, with the figure and the limit that it passed."""
    figures = {"micros": micros, "limit_micros": limit_micros}
    return _told_of(kind.upper(), MONEY[kind], figures)


def render_watch(sender_id: str, watch: str) -> str:
    """An alert that a sender is `watched` or `frozen` by the filter, or (empty) neither any more."""
    status, kind, said = WATCHES[watch]
    alert = {
        "alert_severity": "CRITICAL" if watch == "frozen" else "WARNING",
        "alert_status": status,
        "alert_type": kind,
        "alert_description": said,
    }
    return _change(ALERTS, {"entity_type": "PHONE_NUMBER", "entity_id": sender_id, "alert_info": alert})


def _alert(kind: str) -> str:
    said = "A restriction is proposed; a person decides. You may object for seven days."
    return _told_of(f"RESTRICTION_PROPOSED_{kind.upper()}", said, {})


def _told_of(kind: str, said: str, figures: dict[str, int]) -> str:
    alert = {
        "alert_severity": "WARNING",
        "alert_status": "ACTIVE",
        "alert_type": kind,
        "alert_description": said,
        **figures,
    }
    return _change(ALERTS, {"entity_type": "WABA", "alert_info": alert})


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
