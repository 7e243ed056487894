"""What a company is told of a block of another number: what it would be told of one of its own."""

from dataclasses import replace

import pytest

from takt.core import denial, discretion, policy
from takt.core.denial import Denied
from takt.core.facts import Facts
from takt.wire import webhook
from tests.core.test_policy import HOUR, MARKETING, NOW

PLAIN = replace(MARKETING, blocked_at=NOW - HOUR)
AKIN = replace(MARKETING, owner_blocked_at=NOW - HOUR)


def refusal(facts: Facts) -> Denied:
    denied = policy.admit(facts, NOW)
    assert denied is not None
    return denied


def test_a_block_of_another_number_is_told_like_one_of_this() -> None:
    assert discretion.told(refusal(AKIN)) == refusal(PLAIN)
    assert webhook.details(refusal(AKIN)) == webhook.details(refusal(PLAIN))
    assert discretion.told_name(refusal(AKIN).reason.name) == refusal(PLAIN).reason.name


def test_all_rules_say_what_they_say_of_a_plain_block() -> None:
    assert policy.examine(discretion.told_facts(AKIN, NOW), NOW) == policy.examine(PLAIN, NOW)


def test_a_block_from_before_the_consent_is_not_told_at_all() -> None:
    earlier = replace(AKIN, owner_blocked_at=NOW - 2 * HOUR)
    assert discretion.told_facts(earlier, NOW) == MARKETING


def test_what_was_decided_before_keeps_its_rule() -> None:
    before = Denied("stored", denial.OWNER_BLOCKED, "decided before")
    assert discretion.told(before) == Denied("stored", denial.BLOCKED_BY_USER, "decided before")


@pytest.mark.parametrize("facts", [PLAIN, replace(MARKETING, muted=True)])
def test_everything_else_is_told_as_it_is(facts: Facts) -> None:
    assert discretion.told(refusal(facts)) == refusal(facts)
    assert discretion.told_facts(facts, NOW) == facts
    assert discretion.told_name("chat_muted") == "chat_muted"
