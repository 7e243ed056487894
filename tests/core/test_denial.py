"""The closed list of reasons: complete, unambiguous, and speaking both languages."""

import pytest

from takt.core import denial
from takt.core.denial import REASONS, Reason, Text
from takt.core.repeating import Retry

# Cloud API reference, sections 9 (codes, titles, HTTP) and 7.10 (what is enforced at once, what is reported later).
WIRE = {
    "sender_not_live": (131031, True, 403),
    "outside_pilot": (131030, True, 400),
    "recipient_unknown": (131026, False, 400),
    "blocked_by_user": (131026, False, 400),
    "support_not_invited": (131047, False, 400),
    "chat_deleted": (131047, False, 400),
    "support_silenced": (131049, False, 400),
    "window_closed": (131047, False, 400),
    "template_missing": (132001, True, 404),
    "template_paused": (132015, True, 400),
    "template_disabled": (132016, True, 400),
    "parameter_count": (132000, True, 400),
    "parameter_format": (132012, True, 400),
    "text_too_long": (132005, True, 400),
    "marketing_not_granted": (131050, False, 400),
    "marketing_stopped": (131050, False, 400),
    "consent_expired": (131050, False, 400),
    "pair_rate": (131056, True, 400),
    "throughput": (130429, True, 400),
    "insufficient_funds": (131042, False, 400),
    "budget_spent": (131042, False, 400),
    "partner_funds": (131042, False, 400),
    "expired": (131026, False, 400),
    "parameter_value": (132008, True, 400),
    "text_format": (132007, True, 400),
    "marketing_only": (134100, True, 400),
    "medium_unusable": (131053, False, 400),
    "reaction_target": (131009, False, 400),
    "identity_changed": (137000, False, 400),
    "number_unregistered": (133010, True, 400),
    "blocked_by_company": (131026, False, 400),
    "flow_unknown": (131009, True, 400),
    "flow_blocked": (132068, True, 400),
    "flow_throttled": (132069, True, 400),
    "chat_muted": (131049, False, 400),
    "category_mismatch": (131049, False, 400),
    "in_review": (131049, False, 400),
    "read_as_fraud": (131048, False, 400),
    "sender_frozen": (131031, True, 403),
    "quiet_hours": (131049, False, 400),
    "cap_of_person": (131049, False, 400),
    "cap_of_sender": (131049, False, 400),
    "pressure": (131049, False, 400),
    "held_out": (130472, False, 400),
    "restricted": (368, True, 403),
    "locked": (131031, True, 403),
    "owner_stopped": (131050, False, 400),
    "owner_blocked": (131026, False, 400),
    "reach_limit": (131048, False, 400),
    "reach_cut": (131064, False, 400),
    "paced": (132015, False, 400),
}


def test_each_reason_answers_as_the_wire_does() -> None:
    """Code, moment and HTTP status of every reason; a new one needs its line here."""
    assert {name: (reason.code, reason.sync, reason.http) for name, reason in REASONS.items()} == WIRE


def test_the_list_is_closed() -> None:
    """Every reason of the module is found by its name, and there is no other."""
    named = [value for value in vars(denial).values() if isinstance(value, Reason)]
    assert sorted(REASONS) == sorted(reason.name for reason in named)
    assert all(REASONS[reason.name] is reason for reason in named)


@pytest.mark.parametrize("reason", REASONS.values(), ids=lambda reason: reason.name)
def test_a_reason_says_what_is_and_what_to_do(reason: Reason) -> None:
    """Both texts are whole sentences, and the German one is not the English one."""
    for text in (reason.text, reason.remedy):
        assert text.en != text.de
        assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in (text.en, text.de))
    assert reason.title
    assert reason.retry in Retry


@pytest.mark.parametrize(
    ("locale", "expected"), [("de", "ja"), ("de_AT", "ja"), ("de-CH", "ja"), ("en", "yes"), ("", "yes"), ("fr", "yes")]
)
def test_german_for_germans_and_english_for_the_rest(locale: str, expected: str) -> None:
    """The language follows the locale's first letters."""
    assert Text("yes", "ja").in_locale(locale) == expected
