"""Whether a message can be paid for: by the wallet, and within the budget that its company set itself."""

from datetime import datetime

from takt.core import denial
from takt.core.denial import Reason
from takt.core.facts import Facts


def wallet_covers(facts: Facts, _: datetime) -> Reason | None:
    """Whether the wallet, with its grants, covers the price."""
    return None if facts.available_micros >= facts.price_micros else denial.FUNDS


def money_figure(facts: Facts, _: datetime) -> str:
    """The price beside what is available."""
    return f"costs {_money(facts.price_micros, facts.currency)}, available {_money(facts.available_micros, facts.currency)}"


def budget_covers(facts: Facts, _: datetime) -> Reason | None:
    """Whether a hard budget leaves enough of the month for the price."""
    return None if _left(facts) >= facts.price_micros else denial.BUDGET


def budget_figure(facts: Facts, _: datetime) -> str:
    """The price beside what is left of the budget."""
    left = _money(max(0, _left(facts)), facts.currency)
    return f"costs {_money(facts.price_micros, facts.currency)}, left of the budget {left}"


def _left(facts: Facts) -> int:
    assert facts.budget_left_micros is not None, "only a budget has something left"
    return facts.budget_left_micros


def partner_covers(facts: Facts, _: datetime) -> Reason | None:
    """Whether the partner that sells to the company can pay its own leg. How much it has is nobody else's affair."""
    return denial.PARTNER_FUNDS if facts.partner_covers is False else None


def partner_figure(facts: Facts, _: datetime) -> str:
    """That it can, or cannot, and nothing else."""
    return f"the partner {'cannot pay' if facts.partner_covers is False else 'pays'} its share"


def _money(micros: int, currency: str) -> str:
    whole, rest = divmod(abs(micros), 1_000_000)
    sign = "-" if micros < 0 else ""
    return f"{sign}{whole}.{rest:06d} {currency}"
