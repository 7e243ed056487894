"""Webhooks that nobody kept a sample of: held against what the service's reference says of their keys.

Source: the webhook reference's pages account_review_update, phone_number_name_update, security, flows, and
template_category_update for the detection, which says the same of a category.
"""

import json
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from takt.core.flow_health import Count, News
from takt.wire import flows, webhook_accounts, webhook_numbers, webhook_templates
from takt.wire.webhook_templates import Named
from tests.wire.shapes import same_shape, sample

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMED: Final = Named("400010000000001", "order_here", "de")
PHONE: Final = "493023125001"
ENDPOINT: Final = Count(25, failures=3, unreached=1, tempo=(20, *[0] * 11, 4))
TEMPLATE: Final = {
    "message_template_id": 400010000000001, "message_template_name": "order_here", "message_template_language": "de",
}  # fmt: skip


def name(decision: str, wanted: str, reason: str | None) -> dict[str, Any]:
    return {
        "display_phone_number": PHONE, "decision": decision, "requested_verified_name": wanted,
        "rejection_reason": reason,
    }  # fmt: skip


def username(status: str) -> dict[str, Any]:
    return {"display_phone_number": PHONE, "username": "nordwind", "status": status}


def flow(event: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "flow_id": "5001", **more}


def ban(state: str) -> dict[str, Any]:
    return {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state, "waba_ban_date": "November 22, 2026"}}


MEASURES: Final[list[tuple[str, str, dict[str, Any]]]] = [
    (*webhook_accounts.render_measure("warning", "over", None, AT)[0],
     {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}),
    (*webhook_accounts.render_measure("starting", "in_force", AT, AT)[0],
     {"event": "ACCOUNT_RESTRICTION", "restriction_info": [
         {"restriction_type": one, "expiration": 1795348800, "remediation": webhook_accounts.REMEDY}
         for one in ("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_ADD_PHONE_NUMBER_ACTION")]}),
    (*webhook_accounts.render_measure("lock", "in_force", None, AT)[0], ban("DISABLE")),
    (*webhook_accounts.render_measure("sending", "lifted", AT, AT)[0], ban("REINSTATE")),
    (*webhook_accounts.render_measure("lock", "proposed", None, AT)[0], ban("SCHEDULE_FOR_DISABLE")),
]  # fmt: skip
EVENTS: Final[list[tuple[str, str, dict[str, Any]]]] = [
    ("phone_number_name_update", webhook_numbers.render_name(PHONE, "APPROVED", "Nordwind", None).body,
     name("APPROVED", "Nordwind", None)),
    ("phone_number_name_update", webhook_numbers.render_name(PHONE, "REJECTED", "Süd", "NAME_EXISTS").body,
     name("REJECTED", "Süd", "NAME_EXISTS")),
    ("security", webhook_numbers.render_pin_changed(PHONE, "61555").body,
     {"display_phone_number": PHONE, "event": "PIN_CHANGED", "requester": "61555"}),
    *((told.field, told.body, username("approved"))
      for told in webhook_numbers.render_username(PHONE, "nordwind", "approved")),
    ("account_review_update", webhook_accounts.render_review("APPROVED"), {"decision": "APPROVED"}),
    ("business_capability_update", webhook_accounts.render_capability("TIER_2K"),
     {"max_daily_conversations_per_business": "TIER_2K", "max_phone_numbers_per_business": 25,
      "max_phone_numbers_per_waba": 25}),
    ("phone_number_quality_update", webhook_numbers.render_quality(PHONE, "FLAGGED", "TIER_2K").body,
     {"display_phone_number": PHONE, "event": "FLAGGED", "current_limit": "TIER_2K",
      "max_daily_conversations_per_business": "TIER_2K"}),
    ("phone_number_quality_update", webhook_numbers.render_quality(PHONE, "UPGRADE", "TIER_10K", "TIER_2K").body,
     {"display_phone_number": PHONE, "event": "UPGRADE", "current_limit": "TIER_10K", "old_limit": "TIER_2K",
      "max_daily_conversations_per_business": "TIER_10K"}),
    *MEASURES,
    ("account_alerts", webhook_accounts.render_measure("sending", "proposed", None, AT)[0][1],
     {"entity_type": "WABA", "alert_info": {
         "alert_severity": "WARNING", "alert_status": "ACTIVE", "alert_type": "RESTRICTION_PROPOSED_SENDING",
         "alert_description": "A restriction is proposed; a person decides. You may object for seven days."}}),
    ("account_alerts", webhook_accounts.render_money("low_balance", 900_000, 1_000_000),
     {"entity_type": "WABA", "alert_info": {
         "alert_severity": "WARNING", "alert_status": "ACTIVE", "alert_type": "LOW_BALANCE",
         "alert_description": "Less is left in the wallet than you wished to be told of. Top it up.",
         "micros": 900000, "limit_micros": 1000000}}),
    ("account_alerts", webhook_accounts.render_watch("100493023125001", "frozen"),
     {"entity_type": "PHONE_NUMBER", "entity_id": "100493023125001", "alert_info": {
         "alert_severity": "CRITICAL", "alert_status": "ACTIVE", "alert_type": "SENDER_FROZEN",
         "alert_description": "Several messages of this sender read like fraud: it sends nothing for now."
         " Appeal by the own API; a person decides."}}),
    ("flows", flows.render_status_change("5001", "Termin", "DRAFT", "PUBLISHED"),
     flow("FLOW_STATUS_CHANGE", message="Flow Termin changed status from DRAFT to PUBLISHED.", old_status="DRAFT",
          new_status="PUBLISHED")),
    ("flows", flows.render_status_change("5001", "Termin", None, "DRAFT"),
     flow("FLOW_STATUS_CHANGE", message="Flow Termin has been created.", new_status="DRAFT")),
    ("flows", flows.render_alert("5001", "Termin", News("errors", 10, reached=True), ENDPOINT),
     flow("ENDPOINT_ERROR_RATE", message="The endpoint of flow Termin has reached the threshold: 12 % of its requests"
          " failed within 30 minutes.", error_rate=12, requests_count=25, threshold=10, alert_state="ACTIVATED")),
    ("flows", flows.render_alert("5001", "Termin", News("latency", 1000, reached=True), ENDPOINT),
     flow("ENDPOINT_LATENCY", message="The endpoint of flow Termin has reached the threshold: nine of ten answers took"
          " at most 1300 ms within 30 minutes.", p50_latency=100, p90_latency=1300, requests_count=25, threshold=1000,
          alert_state="ACTIVATED")),
    ("flows", flows.render_alert("5001", "Termin", News("availability", 90, reached=False), ENDPOINT),
     flow("ENDPOINT_AVAILABILITY", message="The endpoint of flow Termin has recovered from the threshold: 96 % of its"
          " requests were answered within 30 minutes.", availability=96, requests_count=25, threshold=90,
          alert_state="DEACTIVATED")),
    ("template_category_update", webhook_templates.render_impending_category(NAMED, "utility", "marketing", AT),
     {**TEMPLATE, "correct_category": "MARKETING", "new_category": "UTILITY", "category_update_timestamp": 1795348800}),
    ("template_correct_category_detection", webhook_templates.render_detection(NAMED, "utility", "marketing"),
     {**TEMPLATE, "category": "UTILITY", "correct_category": "MARKETING"}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "body", "expected"), EVENTS, ids=[f"{n}-{row[0]}" for n, row in enumerate(EVENTS)])
def test_an_event_says_what_the_reference_says(field: str, body: str, expected: dict[str, Any]) -> None:
    assert body.isascii()
    change = json.loads(body)
    assert same_shape(change, {"value": expected, "field": field}) == []
    assert change == {"value": expected, "field": field}


def test_a_company_that_is_let_in_again() -> None:
    """Of this one there is a sample."""
    change = json.loads(webhook_accounts.render_ban("REINSTATE", AT))
    theirs = sample("account_update", "account_disabled")
    assert same_shape(change, theirs) == []
    assert change["field"] == theirs["field"]
    assert change["value"]["ban_info"] == {"waba_ban_state": "REINSTATE", "waba_ban_date": "November 22, 2026"}


def test_a_step_of_prices_by_volume() -> None:
    """A company hears which step its month reached, as the sample has it."""
    change = json.loads(webhook_accounts.render_tier("utility", "India", "25000001:50000000", date(2025, 11, 1), AT))
    theirs = sample("account_update", "pricing_tiering_update")
    assert same_shape(change, theirs) == []
    wanted = theirs["value"]["volume_tier_info"]
    assert change["value"]["volume_tier_info"] == {**wanted, "tier_update_time": int(AT.timestamp())}
