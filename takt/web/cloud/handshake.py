"""The handshake with a callback: it is asked before it is believed, and must answer a challenge with its own text."""

import asyncio
import hmac
from typing import Final, Protocol

from takt.clock import Clock
from takt.core.address import Permission, fault_of
from takt.core.retry import Outcome
from takt.wire import errors
from takt.wire.errors import Refusal

HANDSHAKES_AT_ONCE_MAX: Final = 16
VERIFY_TOKEN_CHARS_MAX: Final = 512
CHALLENGE_BITS: Final = 31

_WORDS: Final = {
    "address_refused": "must not lead to a private, loopback or reserved address",
    "name_unknown": "has a host name that does not resolve",
    "timeout": "did not answer in time",
    "connect": "could not be reached",
    "tls": "has no valid certificate",
    "broken": "broke the connection off",
}


class Caller(Protocol):
    """The client for foreign addresses."""

    permission: Permission

    async def get(self, url: str, parameters: dict[str, str]) -> Outcome:
        """Ask a foreign address."""
        ...


class Handshake:
    """Asks callbacks, a bounded number at the same time (Cloud API reference, "Subscription and verification")."""

    def __init__(self, caller: Caller, clock: Clock) -> None:
        self._caller = caller
        self._clock = clock
        self._at_once = asyncio.Semaphore(HANDSHAKES_AT_ONCE_MAX)

    async def verify(self, name: str, url: str, verify_token: str) -> None:
        """Refuse a callback that does not answer as it must; `name` is the parameter that it came in."""
        if len(verify_token) > VERIFY_TOKEN_CHARS_MAX:
            raise Refusal(
                errors.invalid_parameter("verify_token", f"must have at most {VERIFY_TOKEN_CHARS_MAX} characters")
            )
        fault = fault_of(url, self._caller.permission)
        if fault is not None:
            raise Refusal(errors.invalid_parameter(name, fault))
        challenge = str(self._clock.new_id().int % (1 << CHALLENGE_BITS))
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        async with self._at_once:
            outcome = await self._caller.get(url, asked)
        if outcome.status is None:
            raise Refusal(errors.not_verified(name, _WORDS.get(outcome.error or "", "could not be reached")))
        if not outcome.taken:
            raise Refusal(errors.not_verified(name, f"answered HTTP {outcome.status} to the challenge instead of 200"))
        if not hmac.compare_digest(outcome.answer.strip(), challenge.encode()):
            raise Refusal(errors.not_verified(name, "did not answer with the challenge as its whole body"))
