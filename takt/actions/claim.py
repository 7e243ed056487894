"""An idempotency key is claimed: bound to a hash of the request and to the id its message will have.

The claim commits before the send, in the contract's part. A repeat of the same request meets the same message id, and
so the message that the first one wrote; another request under the same key is refused.
"""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import idempotency
from takt.store.pool import Conn


@value
class Claim:
    """A key of a business with the SHA-256 of the request, and a fresh message id in case it is the first."""

    contract_id: UUID
    business_id: UUID
    key: str
    request_hash: bytes
    message_id: UUID


@value
class Claimed:
    """The message id that the key stands for, and whether it was claimed with the same request."""

    message_id: UUID
    same_request: bool


async def claim(conn: Conn, part: int, commands: list[Claim], now: datetime, *, again: bool) -> Done[Claimed]:
    """Claim the keys of a batch; the first of two claims of one key wins, within the batch, too."""
    del again  # claiming twice is what this is made for
    first: dict[tuple[UUID, str], Claim] = {}
    for command in commands:
        first.setdefault((command.business_id, command.key), command)
    kept = await idempotency.claim(conn, part, list(first.values()), now)
    answers = []
    for command in commands:
        request_hash, message_id = kept[command.business_id, command.key]
        answers.append(Claimed(message_id, request_hash == command.request_hash))
    return Done(answers)
