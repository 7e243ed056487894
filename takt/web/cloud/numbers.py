"""The life of a number: creation, verification, registration, PIN, display name, username."""

from typing import Any, Final

import structlog

from takt.actions import number
from takt.actions.business_block import BlockPerson, Outcome
from takt.actions.number import (
    AskCode,
    CreateNumber,
    Deregister,
    Register,
    SetPin,
    SetUsername,
    VerifyCode,
    WishName,
)
from takt.actions.presence import Answer as PresenceAnswer
from takt.actions.presence import Command as PresenceCommand
from takt.clock import Clock
from takt.core.ids import NodeSort, slot_of
from takt.core.number import Fault, Number, Refused, username_fault
from takt.core.value import value
from takt.lanes import Lanes
from takt.store.reference import Business, Sender
from takt.store.site import Site
from takt.web.cloud.calls import Answerer, Call, NodeShelf, Offer
from takt.wire import errors, number_errors, numbers
from takt.wire.errors import Refusal

LANGUAGE_CHARS_MAX: Final = 10
SUGGESTIONS: Final = 3
CODE_DIGITS: Final = 6
METHODS: Final = ("SMS", "VOICE")
TRANSFERS: Final = ("none", "force_transfer")
SUCCESS: Final[dict[str, Any]] = {"success": True}
THROUGHPUT_PER_S: Final = 80
UNANSWERED: Final = 5

_LOG = structlog.get_logger(__name__)


@value
class NumberLanes:
    """Where commands about numbers go, and the parts in which their rows lie.

    `logged`: verification codes are also written to the log, as in the demo, where nobody delivers them.
    """

    site: Site
    numbers: Lanes[number.Command, number.Answer]
    presence: Lanes[PresenceCommand, PresenceAnswer]
    blocks: Lanes[BlockPerson, Outcome]
    logged: bool = False


class NumberDesk:
    """Answers about the life of numbers."""

    def __init__(self, lanes: NumberLanes, clock: Clock) -> None:
        self._lanes = lanes
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        name = {"GET": self.username, "POST": self.set_username, "DELETE": self.drop_username}
        return Offer(
            edges={
                "phone_numbers": {"POST": self.create},
                "request_code": {"POST": self.ask_code},
                "verify_code": {"POST": self.verify},
                "register": {"POST": self.register},
                "deregister": {"POST": self.deregister},
                "username": name,
                "username_suggestions": {"GET": self.suggest},
            },
            phone_keys={"pin": self.set_pin, "new_display_name": self.wish_name},
        )

    async def create(self, call: Call) -> dict[str, Any]:
        """`POST /{waba}/phone_numbers`: a new number, neither verified nor registered, its name in review."""
        business = call.business()
        call.check_may_change()
        given = call.parameters
        phone = numbers.parse_phone(given.text("cc") or given.text("country_code"), given.text("phone_number"))
        name = numbers.parse_display_name("verified_name", given.text("verified_name"))
        sender_id = self._clock.new_node_id(NodeSort.SENDER, slot_of(business.contract_id))
        sender = Sender(
            sender_id, business, "outreach", "live", phone, name, THROUGHPUT_PER_S, UNANSWERED, False,
            Number("NOT_VERIFIED", name_status="PENDING_REVIEW"),
        )  # fmt: skip
        await self._submit(business, CreateNumber(sender))
        return {"id": sender_id}

    async def ask_code(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/request_code`: the operator delivers the code, by the way that was asked for."""
        sender = call.changed_sender()
        method = call.required("code_method").upper()
        if method not in METHODS:
            raise Refusal(errors.invalid_parameter("code_method", "must be SMS or VOICE"))
        language = call.required("language")
        if len(language) > LANGUAGE_CHARS_MAX or not language.isprintable():
            raise Refusal(errors.invalid_parameter("language", "must be a language such as en_US"))
        code = f"{self._clock.new_id().int % 10**CODE_DIGITS:0{CODE_DIGITS}}"
        await self._submit(sender.business, AskCode(sender.sender_id, code, method, language))
        if self._lanes.logged:
            _LOG.info("verification_code", sender=sender.sender_id, phone=sender.phone, code=code, method=method)
        return SUCCESS

    async def verify(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/verify_code`."""
        sender = call.changed_sender()
        code = call.required("code").replace("-", "").strip()
        if not (code.isascii() and code.isdigit() and len(code) == CODE_DIGITS):
            raise Refusal(errors.invalid_parameter("code", f"must be {CODE_DIGITS} digits"))
        await self._submit(sender.business, VerifyCode(sender.sender_id, code))
        return SUCCESS

    async def register(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/register`: from now on the number sends from here."""
        sender = call.changed_sender()
        if call.parameters.text("data_localization_region") is not None:
            raise Refusal(
                errors.invalid_parameter(
                    "data_localization_region", "must be absent: messages are stored by this installation"
                )
            )
        pin = numbers.parse_pin(call.parameters.text("pin"))
        await self._submit(sender.business, Register(sender.sender_id, pin))
        return SUCCESS

    async def deregister(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/deregister`: it sends no more."""
        sender = call.changed_sender()
        await self._submit(sender.business, Deregister(sender.sender_id))
        return SUCCESS

    async def set_pin(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}` with `pin`: another PIN for the two-step verification."""
        sender = call.changed_sender()
        pin = numbers.parse_pin(call.parameters.text("pin"))
        await self._submit(sender.business, SetPin(sender.sender_id, pin, call.principal.app_id or ""))
        return SUCCESS

    async def wish_name(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}` with `new_display_name`: the operator reviews it, and a webhook tells the outcome."""
        sender = call.changed_sender()
        name = numbers.parse_display_name("new_display_name", call.parameters.text("new_display_name"))
        await self._submit(sender.business, WishName(sender.sender_id, name))
        return SUCCESS

    async def username(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/username`: the username of a number, if it has one."""
        sender = call.read_sender()
        name = sender.number.username
        return {"username": name, "status": "approved"} if name is not None else {}

    async def set_username(self, call: Call) -> dict[str, Any]:
        """`POST /{phone}/username`."""
        sender = call.changed_sender()
        wanted = call.required("username")
        fault = username_fault(wanted)
        if fault is not None:
            raise Refusal(errors.invalid_parameter("username", fault))
        transfer = (call.parameters.text("transfer_action") or "none").lower()
        if transfer not in TRANSFERS:
            raise Refusal(errors.invalid_parameter("transfer_action", "must be none or force_transfer"))
        await self._submit(sender.business, SetUsername(sender.sender_id, wanted, forced=transfer == "force_transfer"))
        return {"success": True, "status": "approved"}

    async def drop_username(self, call: Call) -> dict[str, Any]:
        """`DELETE /{phone}/username`."""
        sender = call.changed_sender()
        await self._submit(sender.business, SetUsername(sender.sender_id, None))
        return SUCCESS

    async def suggest(self, call: Call) -> dict[str, Any]:
        """`GET /{phone}/username_suggestions`: usernames near the display name that nobody has."""
        sender = call.read_sender()
        taken = {one.number.username for one in call.snapshot.senders.values()}
        word = "".join(c for c in sender.verified_name.lower() if c.isascii() and c.isalnum())
        tried = [word, f"{word}_official", f"{word}.chat", f"{word}_{sender.phone[-4:]}"]
        free = [one for one in tried if one not in taken and username_fault(one) is None]
        return {"data": [{"username_suggestions": free[:SUGGESTIONS]}]}

    async def _submit(self, business: Business, command: number.Command) -> None:
        refused = await self._lanes.numbers.submit(slot_of(business.contract_id), command)
        if refused is not None:
            raise refusal_of(refused)


class PhonePost:
    """`POST /{phone}`: each parameter goes to whoever answers for it; several may come together."""

    def __init__(self, keys: dict[str, Answerer]) -> None:
        self._keys = keys

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(shelves=(NodeShelf(_is_sender, {"POST": self.post}),))

    async def post(self, call: Call) -> dict[str, Any]:
        """Do what the parameters that are known ask for, in their order."""
        wanted = [name for name in self._keys if call.parameters.get(name) is not None]
        if not wanted:
            raise Refusal(errors.invalid_parameter(" or ".join(self._keys), "is required"))
        for name in wanted:
            await self._keys[name](call)
        return SUCCESS


async def _is_sender(call: Call) -> bool:
    return call.node in call.snapshot.senders


def refusal_of(refused: Refused) -> Refusal:
    """A no of a lane as what the caller gets."""
    assert refused.fault is not Fault.GONE, "senders are never removed"
    return Refusal(number_errors.of(refused))
