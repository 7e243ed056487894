"""The verdict on a message that is on record: what was decided then, from the facts of then."""

from datetime import datetime

from takt.core import policy
from takt.core.denial import REASONS, Denied
from takt.core.policy import Facts


def on_record(facts: Facts, accepted_at: datetime, reason: str | None) -> Denied | None:
    """Why the message failed, None if it did not; what happened after it was let out (expiry) is no rule's doing."""
    if reason is None:
        return None
    denied = policy.admit(facts, accepted_at)
    if denied is not None and denied.reason.name == reason:
        return denied
    return Denied("delivery", REASONS[reason], f"accepted {accepted_at:%Y-%m-%d %H:%M} UTC")
