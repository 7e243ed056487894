"""The life of a number: it is created, verified by a code, registered with a PIN, given names, taken back.

Commands of one company follow one another in its contract's part, so that counts of guesses hold. What a command asks
for is decided under the lock of the sender's row. A repeat of a command that was committed unseen may count once more.
"""

import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.core.ids import slot_of
from takt.core.measures import hardest
from takt.core.number import CODE_LIFE, Act, Fault, Refused, pin_hash, refused_by_count
from takt.core.value import value
from takt.store import businesses, numbers, outbox
from takt.store.numbers import Code, Life
from takt.store.pool import Conn
from takt.store.reference import Reference, Sender, Snapshot
from takt.wire import webhook_numbers
from takt.wire.webhook_numbers import Told

NUMBERS_MAX: Final = 25


@value
class CreateNumber:
    """A company brings a number; the sender has its form already."""

    sender: Sender


@value
class AskCode:
    """Somebody wants the code for a number sent to it."""

    sender_id: str
    code: str
    method: str
    language: str


@value
class VerifyCode:
    """Somebody types in the code that they got."""

    sender_id: str
    code: str


@value
class Register:
    """The number shall send from here; the PIN is compared, or set when there is none."""

    sender_id: str
    pin: str


@value
class Deregister:
    """The number shall send no more."""

    sender_id: str


@value
class SetPin:
    """Another PIN; `requester` is the app that wanted it."""

    sender_id: str
    pin: str
    requester: str


@value
class WishName:
    """Another display name, to be reviewed."""

    sender_id: str
    name: str


@value
class DecideName:
    """The operator says yes to the name in review, or no with a reason of the wire."""

    sender_id: str
    approved: bool
    reason: str | None = None


@value
class SetUsername:
    """A username, taken from another own number if need be; None gives it up."""

    sender_id: str
    username: str | None
    forced: bool = False


@value
class SetQuality:
    """What people do about a number's messages gives it another colour."""

    sender_id: str
    quality: str
    figures: str


Command: TypeAlias = (
    CreateNumber
    | AskCode
    | VerifyCode
    | Register
    | Deregister
    | SetPin
    | WishName
    | DecideName
    | SetUsername
    | SetQuality
)
Answer: TypeAlias = Refused | None


class Numbers:
    """The action of the lane of numbers. `parts` are all there are: a sender has its pace in each."""

    def __init__(self, reference: Reference, parts: tuple[int, ...], new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._parts = parts
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Do what a batch asks for, one after the other."""
        del again
        snapshot = await self._reference.fresh(conn)
        turn = _Turn(conn, part, now, snapshot, self._new_id)
        answers = [await self._do(turn, command) for command in commands]
        return Done(answers, {HOOKS})

    async def _do(self, turn: "_Turn", command: Command) -> Answer:
        if isinstance(command, CreateNumber):
            return await self._create(turn, command.sender)
        life = await numbers.lock(turn.conn, command.sender_id)
        return Refused(Fault.GONE) if life is None else await _CARRIED_OUT[type(command)](turn, life, command)

    async def _create(self, turn: "_Turn", sender: Sender) -> Answer:
        there = await numbers.find_by_phone(turn.conn, sender.phone)
        if there is not None:
            return None if there == sender.sender_id else Refused(Fault.PHONE_TAKEN)
        barred = turn.barred(sender)
        if barred is not None:
            return barred
        if await numbers.count_of(turn.conn, sender.business.business_id) >= NUMBERS_MAX:
            return Refused(Fault.NUMBERS_FULL)
        await businesses.add_sender(turn.conn, self._parts, sender, turn.now)
        await numbers.begin(turn.conn, sender.sender_id)
        return None


class _Turn:
    """What all commands of a batch share."""

    def __init__(self, conn: Conn, part: int, now: datetime, snapshot: Snapshot, new_id: Callable[[int], UUID]) -> None:
        self.conn = conn
        self.part = part
        self.now = now
        self._snapshot = snapshot
        self._new_id = new_id

    async def refused(self, life: Life, act: Act) -> Refused | None:
        """A no when an act was done too often."""
        instants = await numbers.list_acts(self.conn, self.part, life.sender_id, act)
        return refused_by_count(act, instants, self.now)

    async def count(self, life: Life, act: Act) -> None:
        """One more of these."""
        await numbers.add_act(self.conn, self.part, life.sender_id, act, self._new_id(0), self.now)

    def tier(self, life: Life) -> str:
        """How many people the number may reach, as the wire names it."""
        sender = self._snapshot.senders[life.sender_id]
        return self._snapshot.businesses[sender.business.owner].tier

    def barred(self, sender: Sender) -> Refused | None:
        """A no while a measure holds against its company: none of them lets it add numbers."""
        held = hardest(self._snapshot.businesses[sender.business.business_id].measures, self.now)
        if held is None:
            return None
        return Refused(Fault.LOCKED if held.kind == "lock" else Fault.RESTRICTED, held.until)

    async def tell(self, life: Life, *told: Told) -> None:
        """Let those who listen to the company hear of it."""
        sender = self._snapshot.senders.get(life.sender_id)
        if sender is None:
            return  # made in this very batch: the next word about it finds it
        business = sender.business
        events = [
            outbox.Event(
                self._new_id(slot_of(business.contract_id)), endpoint.endpoint_id, one.field, business.waba_id, one.body
            )
            for one in told
            for endpoint in self._snapshot.listeners(business.business_id, one.field)
        ]
        if events:
            await outbox.add(self.conn, self.part, events, self.now)


async def _ask_code(turn: _Turn, life: Life, command: AskCode) -> Answer:
    if life.verification == "VERIFIED":
        return Refused(Fault.VERIFIED_ALREADY)
    refused = await turn.refused(life, Act.CODE)
    if refused is not None:
        return refused
    await turn.count(life, Act.CODE)
    code = Code(command.code, command.method, command.language, turn.now + CODE_LIFE)
    await numbers.put_code(turn.conn, turn.part, life.sender_id, code)
    return None


async def _verify_code(turn: _Turn, life: Life, command: VerifyCode) -> Answer:
    if life.verification == "VERIFIED":
        return Refused(Fault.VERIFIED_ALREADY)
    refused = await turn.refused(life, Act.CODE_GUESS)
    if refused is not None:
        return refused
    code = await numbers.find_code(turn.conn, turn.part, life.sender_id)
    if code is None or code.expires_at <= turn.now:
        return Refused(Fault.CODE_MISSING)
    if not hmac.compare_digest(code.code, command.code):
        await turn.count(life, Act.CODE_GUESS)
        return Refused(Fault.CODE_WRONG)
    await numbers.drop_code(turn.conn, turn.part, life.sender_id)
    await numbers.set_verified(turn.conn, life.sender_id)
    return None


async def _register(turn: _Turn, life: Life, command: Register) -> Answer:
    if life.verification != "VERIFIED":
        return Refused(Fault.NOT_VERIFIED)
    refused = await turn.refused(life, Act.REGISTRATION) or await turn.refused(life, Act.PIN_GUESS)
    if refused is not None:
        return refused
    await turn.count(life, Act.REGISTRATION)
    given = pin_hash(life.sender_id, command.pin)
    if life.pin_hash is None:
        await numbers.set_pin(turn.conn, life.sender_id, given)
    elif not hmac.compare_digest(life.pin_hash, given):
        await turn.count(life, Act.PIN_GUESS)
        return Refused(Fault.PIN_WRONG)
    await numbers.forget_acts(turn.conn, turn.part, life.sender_id, Act.PIN_GUESS)
    await numbers.set_registered(turn.conn, life.sender_id, registered=True)
    return None


async def _deregister(turn: _Turn, life: Life, _command: Deregister) -> Answer:
    refused = await turn.refused(life, Act.REGISTRATION)
    if refused is not None:
        return refused
    await turn.count(life, Act.REGISTRATION)
    await numbers.set_registered(turn.conn, life.sender_id, registered=False)
    return None


async def _set_pin(turn: _Turn, life: Life, command: SetPin) -> Answer:
    await numbers.set_pin(turn.conn, life.sender_id, pin_hash(life.sender_id, command.pin))
    await turn.tell(life, webhook_numbers.render_pin_changed(life.phone, command.requester))
    return None


async def _wish_name(turn: _Turn, life: Life, command: WishName) -> Answer:
    refused = await turn.refused(life, Act.NAME)
    if refused is not None:
        return refused
    await turn.count(life, Act.NAME)
    await numbers.wish_name(turn.conn, life.sender_id, command.name)
    await turn.tell(life, webhook_numbers.render_name(life.phone, "PENDING", command.name, None))
    return None


async def _decide_name(turn: _Turn, life: Life, command: DecideName) -> Answer:
    name = life.in_review
    if name is None:
        return Refused(Fault.NO_NAME_WISHED)
    await numbers.decide_name(turn.conn, life.sender_id, approved=command.approved)
    decision, reason = ("APPROVED", None) if command.approved else ("REJECTED", command.reason)
    await turn.tell(life, webhook_numbers.render_name(life.phone, decision, name, reason))
    return None


async def _set_username(turn: _Turn, life: Life, command: SetUsername) -> Answer:
    wanted = command.username
    if wanted is None:
        await numbers.set_username(turn.conn, life.sender_id, None)
        if life.username is not None:
            await turn.tell(life, *webhook_numbers.render_username(life.phone, life.username, "deleted"))
        return None
    holder = await numbers.find_by_username(turn.conn, wanted)
    if holder is not None and holder[0] == life.sender_id:
        return None
    if holder is not None:
        own = await numbers.is_of(turn.conn, life.sender_id, holder[1])
        if not own:
            return Refused(Fault.USERNAME_TAKEN)
        if not command.forced:
            return Refused(Fault.USERNAME_OWN)
        await numbers.set_username(turn.conn, holder[0], None)
    await numbers.set_username(turn.conn, life.sender_id, wanted)
    await turn.tell(life, *webhook_numbers.render_username(life.phone, wanted, "approved"))
    return None


async def _set_quality(turn: _Turn, life: Life, command: SetQuality) -> Answer:
    """The wire knows events of numbers that turn red, and of those that no longer are."""
    before = await numbers.set_quality(turn.conn, life.sender_id, command.quality, turn.now)
    if "RED" in (before, command.quality) and before != command.quality:
        event = "FLAGGED" if command.quality == "RED" else "UNFLAGGED"
        await turn.tell(life, webhook_numbers.render_quality(life.phone, event, turn.tier(life)))
    return None


_CARRIED_OUT: Final[dict[type, Callable[..., Awaitable[Answer]]]] = {
    AskCode: _ask_code,
    VerifyCode: _verify_code,
    Register: _register,
    Deregister: _deregister,
    SetPin: _set_pin,
    WishName: _wish_name,
    DecideName: _decide_name,
    SetUsername: _set_username,
    SetQuality: _set_quality,
}
