"""The error envelope: every kind of trouble is complete, honest and safe to repeat to whoever caused it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.denial import PAIR_RATE, REASONS, TEMPLATE_MISSING, Denied, Reason
from takt.core.discretion import told_name
from takt.core.repeating import Retry
from takt.wire import absent_errors, account_errors, errors
from takt.wire.errors import WireError, from_denied, render, retry_after_s

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

EVERY: dict[str, tuple[WireError, int, int]] = {
    "token missing": (errors.token_missing(), 104, 401),
    "token invalid": (errors.token_invalid(), 190, 401),
    "token expired": (errors.token_expired(NOW), 190, 401),
    "token revoked": (account_errors.token_revoked(), 190, 401),
    "proof missing": (account_errors.proof_missing(), 104, 401),
    "proof wrong": (account_errors.proof_wrong(), 100, 400),
    "code unusable": (account_errors.code_unusable(), 100, 400),
    "calls exhausted": (account_errors.app_calls_exhausted(200, 60), 4, 429),
    "too much asked": (account_errors.too_much_asked("ask for less time"), 1, 400),
    "insights fixed": (account_errors.insights_fixed(), 200006, 400),
    "insights off": (account_errors.insights_off(), 200007, 400),
    "token unusable": (errors.token_unusable("one of an app"), 0, 401),
    "client unknown": (errors.client_unknown(), 1, 400),
    "permission missing": (errors.permission_missing("whatsapp_business_management"), 200, 403),
    "unknown object": (errors.unknown_object("4711"), 100, 400),
    "unknown alias": (errors.unknown_alias("nope"), 803, 404),
    "unknown path": (errors.unknown_path("/v24.0/nope"), 2500, 400),
    "unknown method": (errors.unknown_method("PUT", "GET"), 100, 400),
    "unknown field": (errors.unknown_field("foo", "Application"), 100, 400),
    "missing": (errors.missing("to"), 131008, 400),
    "bad value": (errors.bad_value("to", "must be a phone number"), 131009, 400),
    "invalid parameter": (errors.invalid_parameter("limit", "must be a number"), 100, 400),
    "too long": (errors.too_long("text.body", 5000, 4096), 100, 400),
    "payments": (absent_errors.payments_not_enabled(), 134011, 400),
    "groups": (absent_errors.groups_not_enabled(), 131215, 400),
    "calls": (absent_errors.calls_not_enabled(), 138000, 401),
    "coexistence": (absent_errors.coexistence_not_enabled(), 2593108, 400),
    "routing": (absent_errors.routing_not_enabled(), 2494191, 400),
    "signups": (absent_errors.signups_not_enabled(), 2494165, 400),
    "feature": (absent_errors.feature_not_enabled(), 10, 403),
    "direct send": (absent_errors.direct_send_not_enabled(), 100, 400),
    "marketing only": (errors.marketing_only(), 134100, 400),
    "to oneself": (errors.to_oneself(), 131021, 400),
    "key reused": (errors.key_reused(), 100, 422),
    "not verified": (errors.not_verified("callback_url", "did not answer"), 2200, 400),
    "broken json": (errors.broken_json(), 100, 400),
    "body unreadable": (errors.body_unreadable("must be a form"), 100, 400),
    "body too large": (errors.body_too_large(), 100, 413),
    "body too slow": (errors.body_too_slow(), 1, 408),
    "overloaded": (errors.overloaded(), 130429, 429),
    "unavailable": (errors.unavailable(), 131016, 503),
    "internal": (errors.internal(), 131000, 500),
}


def shown(error: WireError) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(error, "Atrace"))["error"]
    return found


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_has_its_code_status_and_a_complete_envelope(kind: str) -> None:
    error, code, http = EVERY[kind]
    assert (error.code, error.http) == (code, http)
    told = shown(error)
    assert told["code"] == code
    assert told["fbtrace_id"] == "Atrace"
    assert told["type"] in ("OAuthException", "GraphMethodException")
    assert told["message"]
    assert told["error_data"]["messaging_product"] == "whatsapp"
    assert told["error_data"]["details"]


def test_what_may_be_repeated_says_so_and_when() -> None:
    for error in (errors.overloaded(), errors.unavailable()):
        assert shown(error)["is_transient"] is True
        assert retry_after_s(error, NOW) == 1
    assert "is_transient" not in shown(errors.missing("to"))
    assert retry_after_s(errors.missing("to"), NOW) is None


def test_an_unknown_object_has_the_subcode_that_clients_look_for() -> None:
    told = shown(errors.unknown_object("4711", "get"))
    assert (told["type"], told["code"], told["error_subcode"]) == ("GraphMethodException", 100, 33)
    assert told["message"].startswith("Unsupported get request. Object with ID '4711' does not exist")


def test_an_expired_token_has_its_subcode_and_the_moment() -> None:
    told = shown(errors.token_expired(NOW))
    assert told["error_subcode"] == 463
    assert "2026-11-22T12:00:00Z" in told["message"]


@pytest.mark.parametrize("reason", REASONS.values(), ids=lambda reason: reason.name)
def test_a_refusal_answers_rule_number_time_and_remedy(reason: Reason) -> None:
    denied = Denied("some_rule", reason, "7 of 5", NOW + timedelta(minutes=3))
    error = from_denied(denied)
    told = shown(error)
    assert (told["code"], error.http) == (reason.code, reason.http)
    assert told["message"] == f"(#{reason.code}) {reason.title}"
    more = told["error_data"]
    assert (more["rule"], more["figure"], more["reason"]) == ("some_rule", "7 of 5", told_name(reason.name))
    assert more["next_at"] == "2026-11-22T12:03:00Z"
    assert more["remedy"] == reason.remedy.en
    assert "7 of 5" in more["details"]
    assert told.get("is_transient", False) is (reason.retry is Retry.LATER)
    assert retry_after_s(error, NOW) == (180 if reason.retry is Retry.LATER else None)


@pytest.mark.parametrize(("ahead_s", "wait_s"), [(-5, 1), (0, 1), (0.2, 1), (6, 6), (6.001, 7)])
def test_the_wait_is_rounded_up_to_whole_seconds(ahead_s: float, wait_s: int) -> None:
    error = from_denied(Denied("pair_rate", PAIR_RATE, "", NOW + timedelta(seconds=ahead_s)))
    assert retry_after_s(error, NOW) == wait_s


def test_a_refusal_without_a_time_says_none() -> None:
    error = from_denied(Denied("template", TEMPLATE_MISSING, "'x' in 'de'"))
    assert shown(error)["error_data"]["next_at"] is None
    assert retry_after_s(error, NOW) is None


@pytest.mark.parametrize(
    "make",
    [
        errors.unknown_object,
        errors.unknown_alias,
        errors.unknown_path,
        lambda text: errors.unknown_method(text, "GET"),
        lambda text: errors.unknown_field(text, "Application"),
        lambda text: errors.bad_value(text, text),
    ],
)
@given(text=st.text(st.characters(), max_size=3000))
def test_whatever_the_caller_sent_can_be_told_back(make: Callable[[str], WireError], text: str) -> None:
    raw = render(make(text), "Atrace")
    assert raw.isascii()
    assert json.loads(raw)["error"]["fbtrace_id"] == "Atrace"


def test_what_is_repeated_is_short() -> None:
    assert len(render(errors.unknown_path("/" + "x" * 100_000), "Atrace")) < 1000
