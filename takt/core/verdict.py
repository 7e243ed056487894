"""The verdict on a message that is on record: what was decided then, from the facts of then."""

from datetime import datetime

from takt.core import policy
from takt.core.denial import REASONS, Denied
from takt.core.facts import Facts


def on_record(facts: Facts, accepted_at: datetime, reason: str | None, *, waiting: bool = False) -> Denied | None:
    """Why the message failed or waits, None if it did not; what happened after it was let out (expiry) is no rule's doing."""
    if reason is None and not waiting:
        return None
    denied = policy.admit(facts, accepted_at)
    if denied is not None and reason in (None, denied.reason.name):
        return denied
    return None if reason is None else Denied("delivery", REASONS[reason], f"accepted {accepted_at:%Y-%m-%d %H:%M} UTC")
