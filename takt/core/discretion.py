"""What a company is told of a verdict: a block of another number is a block, and not whose.

A person who blocks one number of an owner shall not be known by that at another one.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from takt.core import denial, policy
from takt.core.denial import Denied
from takt.core.facts import Facts

_RULE: Final = "owner_block"
_SAYS: Final = "blocked another number of the owner "


def told(denied: Denied) -> Denied:
    """The refusal as a company hears it."""
    if denied.reason is not denial.OWNER_BLOCKED:
        return denied
    if denied.rule != _RULE:
        return replace(denied, reason=denial.BLOCKED_BY_USER)
    figure = f"blocked {denied.figure.removeprefix(_SAYS)}"
    return replace(denied, rule="not_blocked", reason=denial.BLOCKED_BY_USER, figure=figure)


def told_name(reason: str) -> str:
    """The name of a reason as a company hears it."""
    return denial.BLOCKED_BY_USER.name if reason == denial.OWNER_BLOCKED.name else reason


def told_facts(facts: Facts, at: datetime) -> Facts:
    """The facts of a verdict of that moment as a company may see them, so that its rules say what it was told."""
    refused = any(one.rule == _RULE and one.verdict == "denied" for one in policy.examine(facts, at))
    blocked_at = facts.blocked_at or (facts.owner_blocked_at if refused else None)
    return replace(facts, blocked_at=blocked_at, owner_blocked_at=None)
