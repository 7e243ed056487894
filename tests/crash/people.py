"""Those who use Takt during a crash run: programs of companies, and people with their devices.

All of them meet a server that goes away at any moment. They note what they were told, and only that: it is what the
comparison holds Takt to.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from bench.world import TEMPLATE, Company, Person
from tests.crash.plan import STRANGER, Sending, Word

PAUSE_S: Final = 0.2
LOOK_S: Final = 0.3
ANSWER_S_MAX: Final = 15.0
FAIR: Final = frozenset({200, 429, 503})
"""Answers that a client may get while things die around it: taken, later, away."""


@dataclass(slots=True)
class Told:
    """What clients were told. `sent` and `written` go from their own number to the message id that was answered.

    `sent_s` are the moments of the former.
    """

    sent: dict[str, str] = field(default_factory=dict)
    sent_s: list[float] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    written: dict[str, str] = field(default_factory=dict)
    inboxes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    unfair: list[str] = field(default_factory=list)
    lost: int = 0


class Crowd:
    """All clients of one run."""

    def __init__(self, url: str, senders: Sequence[tuple[Company, str]], people: Sequence[Person]) -> None:
        self.told = Told()
        self._senders = senders
        self._people = people
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=ANSWER_S_MAX,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def send_all(self, sendings: Sequence[Sending], over: asyncio.Event) -> None:
        """Send one after the other until all are sent or it is over. Without a key a lost answer stays unknown."""
        for sending in sendings:
            if over.is_set():
                return
            self.told.tried.add(sending.number)
            while (answer := await self.send(sending)) is None and sending.keyed:
                await asyncio.sleep(PAUSE_S)
            if answer is not None:
                self.told.sent[sending.number] = answer
                self.told.sent_s.append(time.monotonic())
            else:
                await asyncio.sleep(PAUSE_S)

    async def send(self, sending: Sending) -> str | None:
        """Send once; the message id that was answered, None when the answer was lost or put off."""
        company, sender_id = self._senders[sending.sender]
        wa_id = STRANGER if sending.person is None else self._people[sending.person].wa_id
        headers = {"Authorization": f"Bearer {company.token}"}
        if sending.keyed:
            headers["Idempotency-Key"] = sending.number
        answer = await self._ask("POST", f"/v24.0/{sender_id}/messages", headers, _body(sending, wa_id))
        return None if answer is None else str(answer["messages"][0]["id"])

    async def write_all(self, words: Sequence[Word], over: asyncio.Event) -> None:
        """Let people write one word after the other, each repeated until it is answered."""
        for word in words:
            if over.is_set():
                return
            body = {
                "client_id": word.client_id, "to": self._senders[word.sender][1], "type": "text",
                "text": {"body": f"Frage {word.client_id}"},
            }  # fmt: skip
            person = self._people[word.person]
            while (answer := await self._device(person, "POST", "messages", body)) is None:
                await asyncio.sleep(PAUSE_S)
            self.told.written[word.client_id] = str(answer["id"])
            await asyncio.sleep(PAUSE_S)

    async def live(self, people: Sequence[Person], over: asyncio.Event) -> None:
        """Let the devices of these people look into their inboxes again and again, until it is over."""
        while not over.is_set():
            for person in people:
                await self.look(person)
            await asyncio.sleep(LOOK_S)

    async def look(self, person: Person) -> bool:
        """Read what is new in an inbox and acknowledge it; whether all of that was answered.

        Every other person only says what was delivered, the others say at once that they read it.
        """
        seen = self.told.inboxes.setdefault(person.wa_id, [])
        after = seen[-1]["cursor"] if seen else 0
        page = await self._device(person, "GET", f"inbox?after={after}&limit=500")
        if page is None:
            return False
        seen += sorted(page["messages"] + page["notices"], key=lambda one: int(one["cursor"]))
        through = seen[-1]["cursor"] if seen else 0
        if self.told.acknowledged.get(person.wa_id, 0) == through:
            return True
        receipt = {"status": "delivered" if only_receives(person) else "read", "through": through}
        if await self._device(person, "POST", "receipts", receipt) is None:
            return False
        self.told.acknowledged[person.wa_id] = through
        return True

    async def _device(self, person: Person, method: str, path: str, body: Any = None) -> Any:
        return await self._ask(method, f"/device/v1/{path}", {"Authorization": f"Bearer {person.device}"}, body)

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
        """The answer of a request that succeeded; None when it was lost or put off."""
        try:
            answer = await self._http.request(method, path, headers=headers, json=body)
        except httpx.TransportError:
            self.told.lost += 1
            return None
        self.told.answers[answer.status_code] += 1
        if answer.status_code not in FAIR:
            self.told.unfair.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.status_code == 200 else None


def only_receives(person: Person) -> bool:
    """Whether this person's device never says what was read."""
    return int(person.wa_id) % 2 == 0


def _body(sending: Sending, wa_id: str) -> dict[str, Any]:
    head = {"messaging_product": "whatsapp", "to": wa_id, "biz_opaque_callback_data": sending.number}
    if sending.text:
        return {**head, "type": "text", "text": {"body": f"Nummer {sending.number}"}}
    parameters = [{"type": "text", "text": "Mara"}, {"type": "text", "text": sending.number}]
    components = [{"type": "body", "parameters": parameters}]
    return {
        **head,
        "type": "template",
        "template": {"name": TEMPLATE, "language": {"code": "de"}, "components": components},
    }
