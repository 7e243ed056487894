"""A million commands: none that goes out breaks a law, each has its proof, and what is refused had a reason.

`TAKT_FUZZ_SEED` chooses other worlds; the seed stands in the message of a failure.
"""

from os import environ

import pytest

from takt.core import policy
from tests.actions.fuzzing import Fuzz

SEED = int(environ.get("TAKT_FUZZ_SEED", "20261123"))
SLICES = 8
EACH = 125_000


@pytest.mark.parametrize("slice_", range(SLICES))
def test_none_of_a_million_commands_goes_out_against_the_law(slice_: int) -> None:
    fuzz = Fuzz(SEED + slice_)
    tally = fuzz.run(EACH)
    shown = f"seed {fuzz.seed}: {tally.commands} commands, {tally.out} out, {tally.reasons}"
    assert tally.illegal == [], shown
    assert tally.needless == [], shown
    assert tally.out > EACH / 20, shown
    assert tally.adverts > EACH / 100, shown
    assert tally.released > EACH / 1000, shown


HARD = {
    "sender_live": "company not live",
    "not_blocked": "blocked",
    "not_blocked_by_company": "refused by the company",
    "sender_kind": "deleted",
    "window_or_template": "no window",
    "marketing_consent": "no consent",
    "not_muted": "muted",
    "category": "hidden advertising",
    "quiet_hours": "quiet hours",
    "caps": "too much",
    "pressure": "beyond the weekly cap",
}


@pytest.mark.parametrize("rule", HARD)
def test_without_a_rule_the_oracle_finds_what_it_forbids(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An oracle that never says no proves nothing."""
    monkeypatch.setattr(policy, "RULES", tuple(one for one in policy.RULES if one.name != rule))
    tally = Fuzz(SEED).run(10_000)
    assert any(HARD[rule] in one for one in tally.illegal)


def test_no_advertising_reaches_who_is_held_out_or_breaks_a_law_where_scores_decide() -> None:
    tally = Fuzz(SEED, priced=True).run(3_000)
    assert tally.illegal == []
    assert tally.needless == []
    assert tally.adverts > 100
    assert tally.reasons["held_out"] > 0
    assert tally.reasons["pressure"] > 0


def test_without_its_rule_the_oracle_finds_who_was_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "RULES", tuple(one for one in policy.RULES if one.name != "held_out"))
    assert any("held out" in one for one in Fuzz(SEED, priced=True).run(3_000).illegal)
