"""Reputation: nothing counts twice, little says little, and places are compared with themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.reputation import (
    NONE,
    PRIOR,
    Evidence,
    Place,
    Standards,
    Usual,
    chain,
    estimate,
    posterior,
    quality,
    usual_rates,
)

BAD = Evidence(messages=1000, harm=40)
GOOD = Evidence(messages=1000, harm=2, favour=30)
COUNT = st.floats(0, 1e6)
EVIDENCE = st.builds(Evidence, COUNT, COUNT, COUNT)


def test_where_nothing_is_known_one_percent_is_expected() -> None:
    assert chain([NONE] * 4).mean == pytest.approx(PRIOR.mean)
    assert chain([]) == PRIOR
    found = estimate(chain([NONE] * 4), NONE)
    assert found.rate == pytest.approx(0.01)
    assert (round(found.low, 5), round(found.high, 4)) == (0.00004, 0.0382)


def test_a_template_alone_is_known_by_itself_on_every_level() -> None:
    """The levels above hold nothing but the template, so that they say no more than was expected anyway."""
    assert chain([BAD] * 4).mean == pytest.approx(posterior(BAD).mean)


def test_a_new_template_begins_where_its_sender_stands() -> None:
    of_bad_sender = chain([BAD, BAD, BAD, NONE]).mean
    of_good_sender = chain([GOOD, GOOD, GOOD, NONE]).mean
    assert 0.03 < of_bad_sender < 0.04
    assert of_good_sender < 0.004
    assert chain([BAD, BAD, NONE, NONE]).mean == pytest.approx(chain([BAD, BAD, BAD, NONE]).mean)


def test_another_company_of_the_same_owner_is_no_fresh_start() -> None:
    assert chain([BAD, NONE, NONE, NONE]).mean > 3 * PRIOR.mean


@given(EVIDENCE, EVIDENCE, EVIDENCE)
def test_a_rate_is_a_rate(one: Evidence, two: Evidence, three: Evidence) -> None:
    known = chain([one.plus(two).plus(three), one.plus(two), one])
    assert 0 < known.mean < 1
    found = estimate(known, one)
    assert 0 <= found.low <= found.high <= 1


def test_answers_speak_for_a_message() -> None:
    assert posterior(Evidence(100, 2, 50)).mean < posterior(Evidence(100, 2)).mean


def test_a_place_is_compared_with_itself() -> None:
    here, there = Place("DE", "marketing"), Place("BR", "marketing")
    usual = usual_rates({here: Evidence(100_000, 500), there: Evidence(100_000, 1500)})
    assert usual.rates[here] == pytest.approx(0.005, abs=1e-4)
    assert usual.limit({here: 10}, 2) == pytest.approx(0.01, abs=1e-4)
    assert usual.limit({there: 10}, 2) == pytest.approx(0.03, abs=1e-4)
    assert usual.limit({here: 5, there: 5}, 2) == pytest.approx(0.02, abs=1e-4)
    assert usual.limit({there: 10}, 9) == 0.04, "a place where all are bad is no excuse"
    assert Usual().limit({}, 2) == Usual().limit({here: 1}, 2) == 0.02


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        (Evidence(49, 20), "UNKNOWN"), (Evidence(60), "GREEN"), (Evidence(1000, 2), "GREEN"),
        (Evidence(1000, 18), "YELLOW"), (Evidence(1000, 40), "RED"), (Evidence(60, 10), "RED"),
    ],
)  # fmt: skip
def test_a_colour_says_only_what_is_sure(evidence: Evidence, found: str) -> None:
    assert quality(estimate(posterior(evidence), evidence), 0.02, 0.02, Standards()) == found
