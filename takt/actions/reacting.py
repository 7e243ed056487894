"""What a reaction may be put on: a message of the same chat that is not too old, and no reaction itself."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from takt.core.content import ReactionContent
from takt.core.ids import parse_wamid
from takt.store.facts import Pair
from takt.store.messages import Target


def fault(reaction: ReactionContent, pair: Pair, targets: Mapping[UUID, Target], oldest_at: datetime) -> str:
    """What is wrong with the message that is reacted to, by somebody and a sender; empty if nothing is."""
    message_id = parse_wamid(reaction.message_id)
    target = targets.get(message_id) if message_id is not None else None
    if target is None or (target.recipient_id, target.sender_id) != pair:
        return "reaction.message_id is no message of this chat"
    if target.type == "reaction":
        return "reaction.message_id is itself a reaction"
    return "reaction.message_id is older than 30 days" if target.accepted_at < oldest_at else ""
