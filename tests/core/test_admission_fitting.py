"""Fitting: coefficients are found again, one fit stands on what the ones before it rest on, and only chance tells what exposure does."""

from dataclasses import replace

import numpy as np
import pytest

from takt.core.admission import book, fitting, hazard
from takt.core.admission.arrays import Flags, Floats, Ints
from takt.core.admission.fitting import NOT_FIRM, Deliveries
from takt.core.admission.hazard import BLOCK, READ, STOP, USEFUL, Model

START = hazard.prior()
TRUTH = replace(START, coefficients=START.coefficients + np.array([0.3, 0.2, -0.2, 0.1]))
PEOPLE, EACH = 1_000, 20
EXPOSURE = hazard.TERMS.index("exposure")


def classes(chance: np.random.Generator) -> Ints:
    """The class of each person."""
    return chance.choice(len(START.nodes), PEOPLE, p=START.weights)


def deliveries(chance: np.random.Generator, klass: Ints, pressure: Floats) -> Deliveries:
    """What people of these classes did with messages at such pressures, by the true chances."""
    person = np.repeat(np.arange(len(klass)), len(pressure) // len(klass))
    content, affinity = (chance.standard_normal(len(person)) for _ in range(2))
    found = hazard.chances(TRUTH, content, affinity, pressure)
    own = np.take_along_axis(found, klass[person][None, :, None], 2)[..., 0]
    return Deliveries(person, content, affinity, pressure, (chance.random(own.shape) < own).astype(float))


def by_lot(chance: np.random.Generator, count: int) -> Floats:
    return np.abs(chance.standard_normal(count)) * 3


def learned(model: Model, *logs: Deliveries) -> Floats:
    """All that was learned of people (person, class), by one model."""
    sums = np.zeros((PEOPLE, len(model.nodes)))
    for seen in logs:
        found = hazard.chances(model, seen.content, seen.affinity, seen.pressure)
        likely = np.log(np.where(seen.outcomes[..., None] > 0, found, 1 - found) + 1e-12).sum(0)
        np.add.at(sums, seen.person, likely)
    return sums


def test_a_fit_finds_what_made_the_outcomes() -> None:
    chance = np.random.default_rng(6)
    seen = deliveries(chance, classes(chance), by_lot(chance, PEOPLE * EACH))
    fitted = fitting.fit(START, seen)
    assert fitted.version == START.version + 1
    assert fitting.likelihood(fitted, seen) > fitting.likelihood(START, seen)
    assert fitted.coefficients[USEFUL] == pytest.approx(TRUTH.coefficients[USEFUL], abs=0.15)
    assert fitted.coefficients[BLOCK] == pytest.approx(TRUTH.coefficients[BLOCK], abs=0.3)


def test_two_fits_of_halves_come_to_one_of_the_whole() -> None:
    chance = np.random.default_rng(7)
    klass = classes(chance)
    one, other = (deliveries(chance, klass, by_lot(chance, PEOPLE * EACH)) for _ in range(2))
    first, firm = fitting.refit(START, NOT_FIRM, one, learned(START, one))
    second, firmer = fitting.refit(first, firm, other, learned(first, one, other))
    whole = fitting.fit(START, joined(one, other))
    for outcome in (USEFUL, READ, BLOCK, STOP):
        assert second.coefficients[outcome] == pytest.approx(whole.coefficients[outcome], abs=0.06)
    assert second.weights == pytest.approx(whole.weights, abs=0.06)
    assert firmer.people == 2 * PEOPLE
    assert np.diagonal(firmer.rows, axis1=1, axis2=2).sum() == pytest.approx(
        2 * np.diagonal(firm.rows, axis1=1, axis2=2).sum(), rel=0.1
    )


def test_few_deliveries_hardly_move_what_many_taught() -> None:
    chance = np.random.default_rng(8)
    klass = classes(chance)
    many = deliveries(chance, klass, by_lot(chance, PEOPLE * EACH))
    first, firm = fitting.refit(START, NOT_FIRM, many, learned(START, many))
    few = only(deliveries(chance, klass, by_lot(chance, PEOPLE)), np.arange(PEOPLE) < 60)
    tolerance = learned(first, many, few)[:60]
    firmly = fitting.refit(first, firm, few, tolerance)[0]
    freshly = fitting.refit(first, NOT_FIRM, few, tolerance)[0]
    assert np.abs(firmly.coefficients - first.coefficients).max() < 0.1
    assert np.abs(firmly.weights - first.weights).max() < 0.03
    assert np.abs(freshly.coefficients - first.coefficients).max() > 0.5
    assert np.abs(freshly.weights - first.weights).max() > 0.06


def test_what_people_did_besides_tells_who_they_are() -> None:
    """Those who are believed to put up with much get much: taken for themselves such messages make exposure look harmless."""
    chance = np.random.default_rng(9)
    klass = classes(chance)
    chosen = 1.5 * np.exp(np.repeat(START.nodes[klass], 3 * EACH)) * chance.uniform(0.2, 1.8, PEOPLE * 3 * EACH)
    seen = deliveries(chance, klass, chosen)
    besides = np.where(klass[:, None] == np.arange(len(START.nodes)), 0.0, -20.0)
    told = fitting.refit(START, NOT_FIRM, seen, besides + learned(START, seen))[0]
    alone = fitting.fit(START, seen)
    truth, by = TRUTH.coefficients[USEFUL, EXPOSURE], (USEFUL, EXPOSURE)
    assert abs(told.coefficients[by] - truth) < 0.02
    assert abs(alone.coefficients[by] - truth) > 0.05


def test_what_was_taught_weighs_half_after_a_year() -> None:
    chance = np.random.default_rng(10)
    seen = deliveries(chance, classes(chance), by_lot(chance, PEOPLE))
    firm = fitting.refit(START, NOT_FIRM, seen, learned(START, seen))[1]
    half = fitting.faded(firm, 365.0)
    assert half.rows == pytest.approx(firm.rows / 2)
    assert half.people == firm.people / 2
    read = book.read_firmness(book.render_firmness(firm))
    assert (read.rows == firm.rows).all()
    assert read.people == firm.people


def joined(one: Deliveries, other: Deliveries) -> Deliveries:
    return Deliveries(
        np.concatenate((one.person, other.person)),
        np.concatenate((one.content, other.content)),
        np.concatenate((one.affinity, other.affinity)),
        np.concatenate((one.pressure, other.pressure)),
        np.concatenate((one.outcomes, other.outcomes), 1),
    )


def only(seen: Deliveries, kept: Flags) -> Deliveries:
    return Deliveries(
        seen.person[kept], seen.content[kept], seen.affinity[kept], seen.pressure[kept], seen.outcomes[:, kept]
    )
