"""The operator looks a decision up: by a message's id, by somebody's number, or among all that was refused.

Programs with the operator's token and people at the console ask for the same. Raises `takt.wire.errors.Refusal`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from takt.clock import Clock
from takt.core import verdict
from takt.core.denial import REASONS
from takt.core.ids import parse_wamid, slot_of, slot_of_key, wamid
from takt.store import admissions, explanations, refusals
from takt.store.admissions import Weighing
from takt.store.explanations import Listed, MessageRecord
from takt.store.reference import Reference
from takt.store.refusals import Asked, Refused, TooMuchError
from takt.store.site import Site
from takt.web.instants import read_instant, read_stretch
from takt.wire import errors, explain, record
from takt.wire.errors import Refusal
from takt.wire.explain import Explanation
from takt.wire.instants import instant

LISTED_MAX: Final = 50
NAMED_CHARS_MAX: Final = 256


class Decisions:
    """Reads what was decided about messages."""

    def __init__(self, site: Site, reference: Reference, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._clock = clock

    async def find(self, named: str, locale: str = "en") -> dict[str, Any]:
        """The decision on a message (`decision`), or the newest messages to a number (`messages`)."""
        asked = named.strip()
        if len(asked) > NAMED_CHARS_MAX:
            raise Refusal(errors.bad_value("of", f"must have at most {NAMED_CHARS_MAX} characters"))
        message_id = parse_wamid(asked)
        if message_id is None:
            return {"messages": await self._to(asked), "decision": None}
        part = self._site.part_of(slot_of(message_id))
        async with self._site.pool(part).acquire() as conn:
            found = await explanations.message_record(conn, part, message_id)
            weighed = await admissions.list_decisions(conn, part, message_id)
        if found is None:
            raise Refusal(errors.unknown_object(asked))
        told = self._decision(found, locale) | {"weighed": [_weighed(one) for one in weighed]}
        return {"messages": [], "decision": told}

    async def refused(self, query: Mapping[str, str], locale: str = "en") -> dict[str, Any]:
        """What was refused, the newest first, by `company` (WABA), `to` (number), `since`, `until`; `before` turns the page."""
        since, until = read_stretch(query.get("since") or None, query.get("until") or None, self._clock.now())
        wa_id = _number("to", query["to"]) if query.get("to") else None
        asked = Asked(since, until, self._company(query.get("company")), wa_id, _before(query.get("before")))
        parts = self._site.parts if wa_id is None else [self._site.part_of(slot_of_key(wa_id))]
        found: list[Refused] = []
        for part in parts:
            async with self._site.pool(part).acquire() as conn:
                try:
                    found += await refusals.newest(conn, part, asked, LISTED_MAX + 1)
                    found += await refusals.newest_rebuffs(conn, part, asked, LISTED_MAX + 1)
                except TooMuchError:
                    raise Refusal(
                        errors.bad_value("since", "must be later: there is too much to look through")
                    ) from None
        found.sort(key=lambda one: (one.at, one.message_id), reverse=True)
        shown = found[:LISTED_MAX]
        return {
            "since": instant(since),
            "until": instant(until),
            "data": [self._refused(one, locale) for one in shown],
            "before": _place(shown[-1]) if len(found) > LISTED_MAX else None,
        }

    def _company(self, waba: str | None) -> UUID | None:
        if not waba:
            return None
        business = self._reference.current.by_waba.get(waba)
        if business is None:
            raise Refusal(errors.bad_value("company", "must be the WABA of a company that is here"))
        return business.business_id

    def _refused(self, one: Refused, locale: str) -> dict[str, Any]:
        return {
            "message": wamid(one.message_id),
            **self._whose(one.sender_id),
            "to": one.wa_id,
            "category": one.category,
            "status": "failed",
            "reason": explain.render_reason(REASONS[one.reason], locale, at_once=one.times > 0),
            "at": instant(one.at),
            **_at_once(one.times),
        }

    async def _to(self, asked: str) -> list[dict[str, Any]]:
        wa_id = _number("of", asked, "the id of a message (wamid.…) or ")
        part = self._site.part_of(slot_of_key(wa_id))
        async with self._site.pool(part).acquire() as conn:
            found = await explanations.newest_to(conn, part, wa_id, LISTED_MAX)
        if found is None:
            raise Refusal(errors.unknown_object(asked))
        return [self._listed(one) for one in found]

    def _listed(self, one: Listed) -> dict[str, Any]:
        return {
            "message": wamid(one.message_id),
            **self._whose(one.sender_id),
            "category": one.category,
            "status": one.status,
            "reason": one.reason,
            "at": instant(one.accepted_at),
            **_at_once(one.times),
        }

    def _decision(self, found: MessageRecord, locale: str) -> dict[str, Any]:
        facts = record.decode_facts(found.facts)
        denied = verdict.on_record(facts, found.accepted_at, found.reason, waiting=found.due_at is not None)
        quote = record.decode_quote(found.pricing) if found.pricing is not None else None
        explanation = Explanation(
            facts, found.accepted_at, denied, quote, found.hold_state, found.due_at, at_once=found.times > 0
        )
        return {
            "message": wamid(found.message_id),
            **self._whose(found.sender_id),
            "to": found.wa_id,
            "type": found.type,
            "category": found.category,
            "status": found.status,
            **_at_once(found.times),
            "policy": facts.tact_version,
            "model": facts.pressure_weighed.model_version if facts.pressure_weighed is not None else None,
            "consent": str(found.consent_id) if found.consent_id is not None else None,
            **explain.render(explanation, locale),
        }

    def _whose(self, sender_id: str) -> dict[str, str]:
        sender = self._reference.current.senders.get(sender_id)
        name, company = (sender.verified_name, sender.business.name) if sender is not None else ("", "")
        return {"sender": sender_id, "name": name, "company": company}


def _at_once(times: int) -> dict[str, Any]:
    """Whether the company was told in the answer, so that no message is left, and how often."""
    return {"at_once": times > 0, "times": max(1, times)}


def _number(name: str, asked: str, other: str = "") -> str:
    wa_id = "".join(one for one in asked[:NAMED_CHARS_MAX] if one not in "+ -/()")
    if not (wa_id.isascii() and wa_id.isdigit()):
        raise Refusal(errors.bad_value(name, f"must be {other}a telephone number"))
    return wa_id


def _place(one: Refused) -> str:
    return f"{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}@{wamid(one.message_id)}"


def _before(given: str | None) -> tuple[datetime, UUID] | None:
    """The place in the list behind which the page begins: `before` of the page before it."""
    if not given:
        return None
    at, _, named = given.partition("@")
    message_id = parse_wamid(named)
    read = read_instant("before", at)
    if message_id is None or read is None:
        raise Refusal(errors.bad_value("before", "must be as it was given"))
    return read, message_id


def _weighed(one: Weighing) -> dict[str, Any]:
    price, gain, loss, annoyance, charge, tiring, bonus = one.terms
    return {
        "at": instant(one.at),
        "mode": one.mode,
        "policy": one.policy_version,
        "model": one.model_version,
        "shadow_price": one.shadow,
        "let_out": one.let_out,
        "passed": one.passed,
        "explored": one.explored,
        "held_out": one.held_out,
        "propensity": one.propensity,
        "content": one.content,
        "liking": one.affinity,
        "exposure": one.pressure,
        "terms": {
            "price": price, "gain": gain, "loss": loss, "annoyance": annoyance, "charge": charge, "tiring": tiring,
            "bonus": bonus,
        },
    }  # fmt: skip
