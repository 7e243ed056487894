"""How often a core can decide: policy and price of one message, pure functions alone."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.report import Table, machine
from bench.world import CARD_BODY
from takt import cards
from takt.core import policy, rating
from takt.core.facts import Facts
from takt.core.markets import parse_table
from takt.core.rate_card import parse_card

NAME: Final = "decide"
SECONDS: Final = 1.0
CHUNK: Final = 1_000
TABLES: Final = tuple(cards.document(name) for name in cards.names() if name.startswith("markets-"))
NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLUMNS: Final = ("case", "per s and core", "µs each", "times an empty call")

UTILITY: Final = Facts(
    sender_status="live", sender_kind="outreach", business_stage="live", unanswered_max=5, throughput_per_s=100_000,
    parts=1, recipient_known=True, is_template=True, template_status="APPROVED", category="utility",
    pair_tat=NOW - timedelta(seconds=1), pace_tat=NOW - timedelta(seconds=1), price_micros=45_600,
    available_micros=10**12, currency="EUR",
)  # fmt: skip
MARKETING: Final = replace(UTILITY, category="marketing", marketing=True, consent_at=NOW, consent_source="chat")
BLOCKED: Final = replace(MARKETING, blocked_at=NOW, marketing=False)


def measure(seconds: float = SECONDS) -> tuple[Table, str]:
    """Time admitting, pricing, both, and explaining."""
    card = parse_card(CARD_BODY, 1, {})

    current = parse_card(cards.document(cards.DEFAULT), 1, {one.name: one for one in map(parse_table, TABLES)})
    stepped = rating.find(current, "service", "DE", "open", "free")
    late = stepped.quote(counted=2_000)

    def price() -> object:
        return rating.find(card, "utility", "DE", "closed", "template").quote()

    def price_by_count() -> object:
        return rating.find(current, "service", "DE", "open", "free").quote(2_000, outlives=True)

    def charge() -> object:
        return rating.charge(late, stepped.rule, 2_000)

    def both() -> tuple[object, object]:
        return rating.find(card, "utility", "DE", "closed", "template").quote(), policy.admit(UTILITY, NOW)

    cases: tuple[tuple[str, Callable[[], object]], ...] = (
        ("empty call", lambda: None),
        ("quote: plain price", price),
        ("quote: by the count of a month", price_by_count),
        ("charge: the next place in a count", charge),
        ("admit: utility, let out", lambda: policy.admit(UTILITY, NOW)),
        ("admit: marketing, let out", lambda: policy.admit(MARKETING, NOW)),
        ("admit: marketing, refused", lambda: policy.admit(BLOCKED, NOW)),
        ("quote and admit: utility", both),
        ("examine: every rule told", lambda: policy.examine(MARKETING, NOW)),
    )
    rates = [(name, _rate(call, seconds)) for name, call in cases]
    empty = rates[0][1]
    rows = [(name, f"{rate:,.0f}", f"{1e6 / rate:.2f}", f"{empty / rate:,.0f}") for name, rate in rates]
    return Table(
        NAME, "Decisions by the pure core", COLUMNS, rows, ["One thread; the baseline is an empty call."]
    ), machine()


def _rate(call: Callable[[], object], seconds: float) -> float:
    """Calls a second, the loop's own cost included."""
    count, begun = 0, time.perf_counter()
    while (took_s := time.perf_counter() - begun) < seconds:
        for _ in range(CHUNK):
            call()
        count += CHUNK
    return count / took_s
