"""Why somebody got a message: in both languages, from the facts of then, without the company's own affairs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from takt.core import policy
from takt.core.consent import Act
from takt.core.facts import Facts
from takt.wire.why import _PASSED, Case, render_why, source_text

AT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
FACTS = Facts(
    sender_status="live", sender_kind="outreach", business_stage="live", unanswered_max=5, throughput_per_s=4711,
    parts=1, recipient_known=True, is_template=True, template_status="APPROVED", category="marketing", marketing=True,
    consent_at=AT - timedelta(days=1), consent_source="keyword", price_micros=113_100, available_micros=987_654_321,
    currency="EUR",
)  # fmt: skip
MARKETING = Case("Nordwind", "Nordwind GmbH", "marketing", AT, FACTS, "abc")
TRANSACTION = replace(MARKETING, category="utility", facts=replace(FACTS, category="utility"), record=None)
ANSWER = replace(
    MARKETING, category="service", record=None,
    facts=replace(FACTS, category="service", is_template=False, window_until=AT + timedelta(hours=1)),
)  # fmt: skip


def test_marketing_rests_on_consent_and_can_be_stopped() -> None:
    why = render_why(MARKETING, "de")
    assert why["basis"] == {
        "kind": "consent", "purpose": "marketing", "at": "2026-11-21T18:30:00Z", "record": "abc",
        "source": "per Nachricht",
    }  # fmt: skip
    assert why["stop"] == {"purpose": "marketing"}
    assert why["sentences"] == [
        "Nordwind (Nordwind GmbH) hat dir das geschickt: Werbung.",
        "Du hast Nordwind GmbH am 21.11.2026 Werbung erlaubt (per Nachricht).",
        "Du kannst Werbung dieser Firma jederzeit abstellen, hier oder mit der Antwort STOPP.",
    ]


def test_an_existing_customer_is_never_said_to_have_agreed() -> None:
    case = replace(MARKETING, facts=replace(FACTS, consent_act="except", consent_source="customer"))
    assert render_why(case, "en")["basis"]["kind"] == "customer"
    for locale, right in (("en", "you may object at any time"), ("de", "kannst jederzeit kostenlos widersprechen")):
        assert right in render_why(case, locale)["sentences"][1]


def test_an_answer_rests_on_the_open_window() -> None:
    why = render_why(ANSWER, "en")
    assert why["basis"] == {"kind": "window", "at": "2026-11-21T19:30:00Z", "record": None, "source": None}
    assert why["stop"] is None
    assert why["sentences"][1].startswith("You had written to them within the 24 hours before")


def test_a_notification_outside_the_window_rests_on_the_transaction() -> None:
    why = render_why(TRANSACTION, "en")
    assert why["basis"] == {"kind": "transaction", "at": "2026-11-22T18:30:00Z", "record": None, "source": None}
    assert why["sentences"][1].startswith("It is an approved template")


@pytest.mark.parametrize("case", [MARKETING, TRANSACTION, ANSWER])
def test_every_rule_speaks_and_none_tells_the_company_s_affairs(case: Case) -> None:
    for locale in ("de", "en"):
        why = render_why(case, locale)
        assert [rule["rule"] for rule in why["rules"]] == [rule.name for rule in policy.RULES]
        assert all(rule["text"].endswith(".") for rule in why["rules"])
        shown = msgspec.json.encode(why).decode()
        assert not any(number in shown for number in ("4711", "113", "987"))


def test_every_rule_has_its_own_words() -> None:
    assert set(_PASSED) == {rule.name for rule in policy.RULES}


def test_a_rule_that_says_no_gives_its_reason() -> None:
    case = replace(MARKETING, facts=replace(FACTS, blocked_at=AT))
    [blocked] = [rule for rule in render_why(case, "en")["rules"] if rule["rule"] == "not_blocked"]
    assert (blocked["verdict"], blocked["text"]) == (
        "denied", "The person does not accept messages from this sender.",
    )  # fmt: skip


def test_ways_of_consent_are_named_as_people_say_them() -> None:
    assert source_text("messenger", "de") == "in dieser App"
    assert source_text("messenger", "fr") == "in this app"
    assert "bestätigt" in source_text("double_opt_in", "de")
    assert source_text("double_opt_in", "de", Act.DECLINE) == "über eine Frage dieses Messengers"
    assert source_text("Messe Hannover", "de") == "Messe Hannover"


def test_it_says_on_whose_behalf_it_came_and_who_paid() -> None:
    told = render_why(MARKETING, "de")
    assert told["behalf"] == "Sie wurde im Auftrag von Nordwind GmbH gesendet."
    assert told["paid"] == "Nordwind GmbH bezahlt dafür, wenn sie ankommt."
    assert render_why(ANSWER, "en")["paid"].startswith("Nordwind GmbH pays")
    free = replace(ANSWER, facts=replace(ANSWER.facts, price_micros=0))
    assert render_why(free, "en")["paid"] == "Nobody pays for it."


def test_it_says_what_counted_with_the_numbers_about_this_person_alone() -> None:
    facts = replace(
        FACTS,
        window_until=AT - timedelta(days=3),
        unanswered=2,
        heard=(1, 4, 0, 2),
        caps=(3, 10, 2, 5),
        quiet_figure="x",
    )
    assert render_why(replace(MARKETING, facts=facts), "en")["counted"] == [
        "You last wrote to them on 18 November 2026.",
        "Messages in a row that you had not answered before it: 2.",
        "Advertising of this sender that had reached you: 0 in 24 hours (at most 2), 2 in 7 days (at most 5).",
        "Advertising of all companies that had reached you: 1 in 24 hours (at most 3), 4 in 7 days (at most 10).",
        "It was no quiet time for you, by the hours of your country and your own.",
    ]
    assert render_why(MARKETING, "en")["counted"][0] == "You have never written to them."


@pytest.mark.parametrize(
    ("case", "kinds"),
    [
        (MARKETING, ["stop", "quiet", "block", "delete"]),
        (ANSWER, ["quiet", "block", "delete"]),
        (replace(ANSWER, category="authentication"), ["block", "delete"]),
    ],
)
def test_it_says_how_to_change_it(case: Case, kinds: list[str]) -> None:
    for locale in ("en", "de"):
        controls = render_why(case, locale)["controls"]
        assert [one["kind"] for one in controls] == kinds
        assert all(one["text"].endswith(".") for one in controls)
