"""Asks the endpoint of a company on behalf of a form: sealed, signed, within ten seconds; the answer comes back open.

Here the server plays the messenger app of the Cloud API. A company that changed its key answers 421: then the key is
looked up anew, and the question asked once more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from takt.clock import Clock
from takt.core import signing
from takt.core.flow_exchange import Asked, Question, Unheard
from takt.core.retry import Outcome
from takt.workers import flow_seal
from takt.workers.flow_seal import KEY_BYTES, VECTOR_BYTES, Seal, UnreadableAnswerError, UnusableKeyError
from takt.workers.outbound import Outbound

EXCHANGES_AT_ONCE_MAX: Final = 64
FLOW_ANSWER_BYTES_MAX: Final = 1_500_000
FLOW_S_MAX: Final = 10

FindKey = Callable[[], Awaitable[str | None]]
"""Looks up the company's public key as it is now."""


class FlowEndpoint:
    """Carries questions to endpoints, at most 64 at once."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound = outbound
        self._clock = clock
        self._places = asyncio.Semaphore(EXCHANGES_AT_ONCE_MAX)

    async def ask(self, question: Question, find_key: FindKey) -> Asked:
        """The next screen, or why there is none."""
        said, took_ms = await self._exchange(question, flow_seal.render_question(question), find_key)
        if isinstance(said, Unheard):
            return Asked(said, took_ms)
        try:
            return Asked(flow_seal.parse_heard(said), took_ms)
        except UnreadableAnswerError:
            return Asked(Unheard("broken"), took_ms)

    async def notify(self, question: Question, find_key: FindKey, error: str, message: str) -> None:
        """Tell the endpoint that what it answered to this question was of no use."""
        await self._exchange(question, flow_seal.render_notice(question, error, message), find_key)

    async def is_active(self, question: Question, find_key: FindKey) -> bool:
        """Whether the endpoint answers a ping as it should."""
        said, _ = await self._exchange(question, {"version": question.version, "action": "ping"}, find_key)
        data = said.get("data") if isinstance(said, dict) else None
        return isinstance(data, dict) and data.get("status") == "active"

    async def _exchange(
        self, question: Question, asked: dict[str, Any], find_key: FindKey
    ) -> tuple[dict[str, Any] | Unheard, int | None]:
        said, took_ms = await self._once(question, asked, find_key)
        if said is None:
            said, took_ms = await self._once(question, asked, find_key)
        return (Unheard("broken") if said is None else said), took_ms

    async def _once(
        self, question: Question, asked: dict[str, Any], find_key: FindKey
    ) -> tuple[dict[str, Any] | Unheard | None, int | None]:
        """One try, and how long its answer took in milliseconds; None when another key may help."""
        public_key = await find_key()
        if public_key is None:
            return Unheard("key_missing"), None
        seal = Seal(self._clock.new_bytes(KEY_BYTES), self._clock.new_bytes(VECTOR_BYTES))
        try:
            body = await asyncio.to_thread(flow_seal.close, asked, seal, public_key)
        except UnusableKeyError:
            return Unheard("key_missing"), None
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signing.sign(question.secret, body)}
        try:
            async with asyncio.timeout(FLOW_S_MAX), self._places:
                outcome = await self._outbound.post(question.url, body, headers, answer_bytes_max=FLOW_ANSWER_BYTES_MAX)
        except TimeoutError:
            return Unheard("unreachable"), None
        return _said(outcome, seal), None if outcome.status is None else int(outcome.duration_s * 1000)


def _said(outcome: Outcome, seal: Seal) -> dict[str, Any] | Unheard | None:
    match outcome.status:
        case 200:
            try:
                return flow_seal.open_answer(outcome.answer, seal)
            except UnreadableAnswerError:
                return Unheard("broken")
        case 421:  # it cannot decrypt
            return None
        case 427:  # the token is no longer valid
            return Unheard("expired", flow_seal.parse_message(outcome.answer, seal))
        case 432:  # our signature does not convince it
            return Unheard("unsigned")
        case _:
            return Unheard("unreachable")
