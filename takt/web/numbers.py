"""What the operator does for numbers: deliver verification codes, and review display names.

Programs with the operator's token and people at the console ask for the same. Raises `takt.wire.errors.Refusal`.
"""

from typing import Any, Final

from takt.actions import number
from takt.actions.number import DecideName
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.core.number import CODE_LIFE, Fault, Refused
from takt.lanes import Lanes
from takt.store import numbers
from takt.store.numbers import Code
from takt.store.reference import Reference, Sender, Snapshot
from takt.store.site import Site
from takt.wire import errors, number_errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant

DECISIONS: Final = ("APPROVED", "REJECTED")
REASON_CHARS_MAX: Final = 200
LISTED_MAX: Final = 200


class NumberQueue:
    """Reads what waits about numbers, and hands decisions to their lane."""

    def __init__(
        self, site: Site, reference: Reference, lane: Lanes[number.Command, number.Answer], clock: Clock
    ) -> None:
        self._site = site
        self._reference = reference
        self._lane = lane
        self._clock = clock

    async def names(self) -> list[dict[str, Any]]:
        """The display names that wait for a decision, the first 200."""
        waiting = [(sender, _in_review(sender)) for sender in (await self._snapshot()).senders.values()]
        shown = [{**_about(sender), "name": name, "now": _known(sender, name)} for sender, name in waiting if name]
        return sorted(shown, key=lambda one: (one["company"]["name"], one["sender"]))[:LISTED_MAX]

    async def codes(self) -> list[dict[str, Any]]:
        """The codes that wait to be delivered and are still valid, the first 200, the longest waiting first."""
        by_part: dict[int, list[Sender]] = {}
        for sender in (await self._snapshot()).senders.values():
            if sender.number.verification != "VERIFIED":
                by_part.setdefault(sender.business.contract_part, []).append(sender)
        shown = []
        for part, senders in by_part.items():
            async with self._site.pool(part).acquire() as conn:
                found = await numbers.list_codes(conn, part, [one.sender_id for one in senders], self._clock.now())
            shown += [self._shown(one, found[one.sender_id]) for one in senders if one.sender_id in found]
        return sorted(shown, key=lambda one: (one["expires_at"], one["sender"]))[:LISTED_MAX]

    async def code(self, named: str) -> dict[str, Any]:
        """The newest code of a number."""
        sender = await self._sender(named)
        part = sender.business.contract_part
        async with self._site.pool(part).acquire() as conn:
            found = await numbers.find_code(conn, part, sender.sender_id)
        if found is None:
            raise Refusal(number_errors.of(Refused(Fault.CODE_MISSING)))
        return {"phone_number": sender.phone, **_code(found)}

    async def decide(self, named: str, body: dict[str, Any]) -> None:
        """Say yes or no to the name of a number that is in review."""
        sender = await self._sender(named)
        decision, reason = body.get("decision"), body.get("reason")
        if decision not in DECISIONS:
            raise Refusal(errors.bad_value("decision", f"must be one of {', '.join(DECISIONS)}"))
        if reason is not None and (
            not isinstance(reason, str) or len(reason) > REASON_CHARS_MAX or not reason.isprintable()
        ):
            raise Refusal(errors.bad_value("reason", f"must be text of at most {REASON_CHARS_MAX} characters"))
        command = DecideName(sender.sender_id, decision == "APPROVED", reason)
        refused = await self._lane.submit(slot_of(sender.business.contract_id), command)
        if refused is not None:
            raise Refusal(number_errors.of(refused))

    async def _sender(self, named: str) -> Sender:
        sender = (await self._snapshot()).senders.get(named)
        if sender is None:
            raise Refusal(errors.unknown_object(named))
        return sender

    async def _snapshot(self) -> Snapshot:
        async with self._site.everywhere.acquire() as conn:
            return await self._reference.fresh(conn)

    def _shown(self, sender: Sender, code: Code) -> dict[str, Any]:
        asked_at = code.expires_at - CODE_LIFE
        age_s = max(0, int((self._clock.now() - asked_at).total_seconds()))
        return {**_about(sender), **_code(code), "asked_at": instant(asked_at), "age_s": age_s}


def _in_review(sender: Sender) -> str | None:
    number = sender.number
    if number.new_name_status == "PENDING_REVIEW":
        return number.new_name
    return sender.verified_name if number.name_status == "PENDING_REVIEW" else None


def _known(sender: Sender, wished: str) -> str | None:
    """The name that people see until then, if it is another one."""
    return sender.verified_name if sender.verified_name != wished else None


def _about(sender: Sender) -> dict[str, Any]:
    business = sender.business
    company = {"waba": business.waba_id, "name": business.name, "verified": business.verified}
    return {"sender": sender.sender_id, "phone_number": sender.phone, "company": company}


def _code(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "code_method": code.method,
        "language": code.language,
        "expires_at": instant(code.expires_at),
    }
