"""An audit: whoever is refused gets four answers, for every reason there is and wherever it is told.

Which rule, the number behind it, when it could go out, what to do: in the answer to a send, in the webhook, in the
explanation, in the inbox.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from takt.core import denial
from takt.core.denial import REASONS, Denied, Reason
from takt.core.discretion import told_name
from takt.core.facts import Facts
from takt.core.forecast import forecast
from takt.core.policy import RULES, Rule
from takt.web.assets import WEB
from takt.web.inbox import render as inbox
from takt.wire import errors, explain, webhook
from takt.wire.errors import from_denied
from takt.wire.explain import Explanation
from takt.wire.webhook import Identity, Person
from takt.wire.why import _PASSED

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 8, tzinfo=UTC)
FIGURES = WEB / "inbox" / "static" / "figures.js"
FIGURE = "7 of 5 unanswered"
FACTS = Facts("live", "outreach", "live", 5, 80, 1, recipient_known=True)

every_reason = pytest.mark.parametrize("reason", REASONS.values(), ids=lambda reason: reason.name)
when = pytest.mark.parametrize("next_at", [None, LATER], ids=["no time", "a time"])


def refused(reason: Reason, next_at: datetime | None) -> Denied:
    return Denied("some_rule", reason, FIGURE, next_at)


def is_sentence(text: str) -> bool:
    return len(text) > 10 and text[0].isupper() and text.endswith(".")


@every_reason
@when
def test_the_forecast_is_told_in_both_languages(reason: Reason, next_at: datetime | None) -> None:
    told = forecast(refused(reason, next_at))
    assert is_sentence(told.en)
    assert is_sentence(told.de)
    assert told.en != told.de
    if next_at is not None:
        assert "2026-11-25T08:00:00Z" in told.en
        assert "25.11.2026, 08:00" in told.de


@every_reason
@when
def test_the_answer_to_a_send_has_all_four(reason: Reason, next_at: datetime | None) -> None:
    denied = refused(reason, next_at)
    error = json.loads(errors.render(from_denied(denied), "trace"))["error"]
    data = error["error_data"]
    assert error["code"] == reason.code
    assert (data["rule"], data["figure"], data["reason"]) == ("some_rule", FIGURE, told_name(reason.name))
    assert data["forecast"] == forecast(denied).en
    assert data["remedy"] == reason.remedy.en
    assert_all_four(data["details"], denied)


@every_reason
@when
def test_the_webhook_has_all_four_in_its_details(reason: Reason, next_at: datetime | None) -> None:
    """131049 included, of which other platforms say nothing at all."""
    denied = refused(reason, next_at)
    body = webhook.render_failed(
        Identity("1", "493023125001"), Person("491713920001", None, "Mara"), UUID(int=1), NOW, reason, webhook.details(denied)
    )  # fmt: skip
    (error,) = find(json.loads(body), "errors")
    assert error["code"] == reason.code
    assert_all_four(error["error_data"]["details"], denied)


@every_reason
@when
@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_explanation_has_all_four_in_both_languages(reason: Reason, next_at: datetime | None, locale: str) -> None:
    denied = refused(reason, next_at)
    told = explain.render(Explanation(FACTS, NOW, denied, None), locale)
    assert (told["rule"], told["figure"]) == ("some_rule", FIGURE)
    assert told["forecast"] == forecast(denied).in_locale(locale)
    assert told["remedy"] == reason.remedy.in_locale(locale)
    assert told["reason"]["text"] == reason.text.in_locale(locale)
    lines = "\n".join(explain.to_lines(Explanation(FACTS, NOW, denied, None), locale))
    assert forecast(denied).in_locale(locale) in lines
    assert reason.remedy.in_locale(locale) in lines


@every_reason
@when
@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_inbox_has_all_four_in_both_languages(reason: Reason, next_at: datetime | None, locale: str) -> None:
    denied = refused(reason, next_at)
    told = inbox.denial(denied, locale)
    assert (told["rule"], told["figure"]) == ("some_rule", FIGURE)
    assert told["forecast"] == forecast(denied).in_locale(locale)
    assert told["remedy"] == reason.remedy.in_locale(locale)
    assert told["text"] == reason.text.in_locale(locale)
    msgspec.json.encode(told)


def test_no_reason_is_left_out() -> None:
    """The audit walks the closed list, and that list holds every reason of the module."""
    assert {id(one) for one in vars(denial).values() if isinstance(one, Reason)} == {
        id(one) for one in REASONS.values()
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_words_for_companies_and_for_people(rule: Rule) -> None:
    """The inbox names it in its own words, and a person who asks why hears a sentence about it."""
    assert re.search(rf"\b{rule.name}: \(\) => t\(", FIGURES.read_text("utf-8")), "the inbox has no words for it"
    assert rule.name in _PASSED, "nobody tells the person what it found"


def assert_all_four(details: str, denied: Denied) -> None:
    for part in (denied.reason.text.en, denied.rule, denied.figure, forecast(denied).en, denied.reason.remedy.en):
        assert part.removesuffix(".") in details


def find(found: Any, name: str) -> Any:
    """The first value under this name, wherever it is."""
    if isinstance(found, dict):
        if name in found:
            return found[name]
        found = list(found.values())
    if isinstance(found, list):
        for one in found:
            inside = find(one, name)
            if inside is not None:
                return inside
    return None
