"""What people decide about what the filter found, and what companies say to it: suspicions, watched senders, domains of links."""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.actions.watching import NewId, set_watch
from takt.core.value import value
from takt.store import link_domains, suspicions, watches
from takt.store.pool import Conn
from takt.store.reference import Reference


@value
class Decide:
    """A person of the operator says that a message is well (`clear`) or fraud (`confirm`)."""

    message_id: UUID
    decision: str
    who: str
    note: str = ""


@value
class SetWatch:
    """A person sets how a sender is watched: watched, frozen or not; what was found until then counts no more."""

    sender_id: str
    watch: str


@value
class Appeal:
    """A company says why its sender should not be watched or frozen."""

    sender_id: str
    words: str


@value
class AddDomains:
    """A company says that its links lead to these domains."""

    business_id: UUID
    domains: tuple[str, ...]


@value
class DropDomain:
    """A company's links lead there no more."""

    business_id: UUID
    domain: str


Command = Decide | SetWatch | Appeal | AddDomains | DropDomain


class Vetting:
    """The action of the lane of what the filter found. `new_id` makes an id in a slot."""

    def __init__(self, reference: Reference, new_id: NewId) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[bool]:
        """Carry commands out in their order; False where there is nothing that it could be about, or too much already."""
        del again  # what is so already is no news
        return Done([await self._do(conn, part, command, now) for command in commands], {HOOKS})

    async def _do(self, conn: Conn, part: int, command: Command, now: datetime) -> bool:
        match command:
            case Decide():
                return await _decide(conn, part, command, now)
            case SetWatch():
                snapshot = await self._reference.fresh(conn)
                sender = snapshot.senders[command.sender_id]
                await set_watch(conn, snapshot, sender, command.watch, self._new_id, now, by_hand=True)
                return True
            case Appeal():
                return await watches.set_appeal(conn, command.sender_id, command.words)
            case AddDomains():
                return await link_domains.add(conn, command.business_id, command.domains, now)
            case DropDomain():
                return await link_domains.drop(conn, command.business_id, command.domain)


async def _decide(conn: Conn, part: int, command: Decide, now: datetime) -> bool:
    state = await suspicions.lock(conn, part, command.message_id)
    wanted = "cleared" if command.decision == "clear" else "confirmed"
    if state != "open":
        return state == wanted
    await suspicions.decide(conn, part, command.message_id, wanted, command.who, command.note, now)
    if wanted == "cleared":
        await suspicions.clear(conn, part, [command.message_id], now)
    else:
        await suspicions.condemn(conn, part, command.message_id, now)
    return True
