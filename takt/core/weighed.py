"""What a score was made of, as numbers: they become text only when somebody asks."""

from typing import Final

from takt.core.value import value

Parts = tuple[float, float, float, float, float, float, float]
"""The terms of a score: price, gain, loss, annoyance, charge, tiring, bonus; all in money but the annoyance."""
_FIGURE: Final = (
    "score %.4f = price %.4f + gain %.4f - loss %.4f - charge %.4f (%.2f x annoyance %.5f) - tiring %.4f"
    " + bonus %.4f; model %d, policy %d%s"
)


@value
class Weighed:
    """A decision by score: its terms, the price of annoyance, by which model and policy, and whether a lot had a say."""

    terms: Parts
    shadow: float
    model_version: int
    policy_version: int
    by_lot: bool = False

    def figure(self) -> str:
        """The number behind the decision, in words."""
        price, gain, loss, annoyance, charge, tiring, bonus = self.terms
        score = price + gain - loss - charge - tiring + bonus
        lot = ", decided by lot" if self.by_lot else ""
        return _FIGURE % (
            score, price, gain, loss, charge, self.shadow, annoyance, tiring, bonus,
            self.model_version, self.policy_version, lot,
        )  # fmt: skip
