"""Explanations: every rule with its verdict and the number behind it, as JSON for programs and as text for people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from takt.core import discretion, policy
from takt.core.denial import Denied, Reason
from takt.core.facts import Facts
from takt.core.forecast import forecast
from takt.core.policy import Finding
from takt.core.rating import Quote
from takt.core.value import value
from takt.wire.instants import instant


@value
class Explanation:
    """Why a message went out or not: facts and instant of the verdict, the refusal if there was one, the price.

    One that waits has `due_at`, when it is looked at again; its refusal is what it waits for the end of. `at_once`: the
    refusal was told in the answer, whatever its kind.
    """

    facts: Facts
    at: datetime
    denied: Denied | None
    quote: Quote | None
    hold_state: str | None = None
    due_at: datetime | None = None
    at_once: bool = False

    @property
    def told(self) -> Denied | None:
        """The refusal with the time that counts for a message that waits."""
        return self.denied if self.denied is None or self.due_at is None else replace(self.denied, next_at=self.due_at)

    def for_company(self) -> "Explanation":
        """What the company behind the message may know of it."""
        denied = None if self.denied is None else discretion.told(self.denied)
        return replace(self, facts=discretion.told_facts(self.facts, self.at), denied=denied)

    @property
    def verdict(self) -> str:
        """Allowed, waiting or denied."""
        if self.due_at is not None:
            return "waiting"
        return "allowed" if self.denied is None else "denied"


def render(explanation: Explanation, locale: str = "en") -> dict[str, Any]:
    """The explanation for programs; texts in the locale."""
    denied = explanation.told
    return {
        "verdict": explanation.verdict,
        "rule": None if denied is None else denied.rule,
        "reason": None if denied is None else render_reason(denied.reason, locale, at_once=explanation.at_once),
        "figure": None if denied is None else denied.figure,
        "next_at": instant(denied.next_at) if denied is not None else None,
        "forecast": None if denied is None else forecast(denied).in_locale(locale),
        "remedy": None if denied is None else denied.reason.remedy.in_locale(locale),
        "decided_at": instant(explanation.at),
        "rules": [_finding(one, locale) for one in policy.examine(explanation.facts, explanation.at)],
        "price": render_price(explanation.quote, explanation.hold_state),
    }


def render_reason(reason: Reason, locale: str, *, at_once: bool = False) -> dict[str, Any]:
    """A reason for programs: name, wire code and title, how it is reported, whether a repeat can help, its text."""
    return {
        "name": reason.name,
        "code": reason.code,
        "title": reason.title,
        "reported": "at once" if reason.sync or at_once else "in a failed status",
        "retry": str(reason.retry),
        "text": reason.text.in_locale(locale),
    }


def render_price(quote: Quote | None, hold_state: str | None) -> dict[str, Any] | None:
    """A price for programs; amounts in micro-units. `state` is held, captured, released or free.

    `micros` is what it costs as things stand, `most_micros` what was set aside for it.
    """
    if quote is None:
        return None
    return {
        "micros": quote.price,
        "most_micros": quote.amount_micros,
        "currency": quote.currency,
        "category": quote.category,
        "market": quote.market,
        "card": quote.card,
        "version": quote.version,
        "rule": quote.rule,
        "type": quote.kind,
        "counter": quote.counter or None,
        "ordinal": quote.ordinal or None,
        "tier": quote.tier or None,
        "conversation": quote.conversation or None,
        "state": _state(quote, hold_state),
    }


def _state(quote: Quote, hold_state: str | None) -> str | None:
    if hold_state in (None, "captured") and quote.price == 0:
        return "free"
    return hold_state


def to_lines(explanation: Explanation, locale: str = "en") -> Sequence[str]:
    """The explanation for a terminal, a line each rule."""
    shown = render(explanation, locale)
    until = f" until {shown['next_at']}" if explanation.due_at is not None else ""
    lines = [f"{shown['verdict']}{until} at {shown['decided_at']}"]
    marks = {"passed": "✓", "denied": "✗", "not_needed": "·"}
    lines += [f"  {marks[rule['verdict']]} {rule['rule']:<20} {rule['figure']}".rstrip() for rule in shown["rules"]]
    if explanation.denied is not None:
        lines.append(f"reason: {explanation.denied.reason.code} {shown['reason']['text']}")
        lines.append(f"when: {shown['forecast']}")
        lines.append(f"what to do: {shown['remedy']}")
    price = shown["price"]
    if price is not None:
        amount = f"{price['micros'] // 1_000_000}.{price['micros'] % 1_000_000:06d} {price['currency']}"
        state = f", {price['state']}" if price["state"] is not None else ""
        lines.append(
            f"price: {amount}{state} ({price['category']} to {price['market']}, card {price['card']} version "
            f"{price['version']}, rule {price['rule']})"
        )
    return lines


def _finding(finding: Finding, locale: str) -> dict[str, Any]:
    reason = finding.reason
    return {
        "rule": finding.rule,
        "verdict": finding.verdict,
        "figure": finding.figure,
        "reason": None if reason is None else render_reason(reason, locale),
        "next_at": instant(finding.next_at) if reason is not None else None,
        "remedy": None if reason is None else reason.remedy.in_locale(locale),
    }
