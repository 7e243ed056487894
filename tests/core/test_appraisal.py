"""An appraisal of everybody at once: who is expected to be how, and that owners, companies and numbers stand together."""

from uuid import UUID

import pytest

from takt.core.appraisal import Portion, appraise
from takt.core.reputation import PRIOR, Evidence, Place, Standards, posterior

HARSH, CALM = Place("BR", "marketing"), Place("DE", "marketing")
RULES = Standards()


def of(
    owner: int, evidence: Evidence, place: Place = CALM, *, company: int = 0, sender: str = "", template: str = ""
) -> Portion:
    return Portion(UUID(int=owner), UUID(int=company or owner), sender or f"n{owner}", template, place, evidence)


CROWDS = [of(1, Evidence(100_000, 3_000), HARSH), of(2, Evidence(100_000, 200), CALM)]


def test_a_newcomer_is_expected_to_be_as_its_category_and_market_are() -> None:
    few = Evidence(4)
    harsh = appraise([*CROWDS, of(9, few, HARSH)], RULES).owners[UUID(int=9)].found
    calm = appraise([*CROWDS, of(9, few, CALM)], RULES).owners[UUID(int=9)].found
    both = appraise([*CROWDS, of(9, few, HARSH), of(9, few, CALM)], RULES).owners[UUID(int=9)].found
    assert harsh.rate == pytest.approx(posterior(few, 0.03).mean, rel=0.01)
    assert calm.rate == pytest.approx(posterior(few, 0.002).mean, rel=0.01)
    assert calm.rate < both.rate < harsh.rate


def test_nobody_is_the_measure_of_themselves() -> None:
    alone = appraise([of(1, Evidence(1000, 40))], RULES).owners[UUID(int=1)].found
    assert alone.rate == pytest.approx(posterior(Evidence(1000, 40), PRIOR.mean).mean)


def test_what_is_expected_of_an_owner_is_where_its_companies_numbers_and_templates_begin() -> None:
    found = appraise([*CROWDS, of(9, Evidence(), HARSH, template="t"), of(9, Evidence(3), HARSH)], RULES)
    for standing in (found.businesses[UUID(int=9)], found.senders["n9"], found.templates["t"]):
        assert standing.found.rate > 0.02
        assert standing.quality == "UNKNOWN"


def test_another_number_or_company_of_the_same_owner_is_no_fresh_start() -> None:
    bad = Evidence(2000, 100)
    found = appraise([of(1, bad, sender="old"), of(1, Evidence(1), company=7, sender="new", template="t")], RULES)
    assert found.senders["old"].quality == "RED"
    for standing in (found.businesses[UUID(int=7)], found.senders["new"], found.templates["t"]):
        assert standing.found.rate > 3 * PRIOR.mean
    stranger = appraise([of(1, bad, sender="old"), of(2, Evidence(1), Place("DE", "utility"), sender="new")], RULES)
    assert stranger.senders["new"].found.rate < 1.1 * PRIOR.mean


def test_a_template_stands_below_all_numbers_that_used_it() -> None:
    good, bad = Evidence(2000, 4), Evidence(2000, 100)
    either = [of(1, good, sender="good"), of(1, bad, sender="bad")]
    by_good, by_bad, by_both = (
        appraise([*either, *(of(1, Evidence(1), sender=sender, template="t") for sender in senders)], RULES)
        .templates["t"]
        .found.rate
        for senders in (("good",), ("bad",), ("good", "bad"))
    )
    assert by_good < by_both < by_bad
