"""The twin: the same seed gives the same run, its baselines are those of the note, and every claim has its direction."""

import codecs
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from takt.core.admission.hazard import BLOCK
from takt.core.admission.scoring import Taste
from takt.core.admission.shadow import Slipped
from takt.core.document import UnsoundError
from takt.twin import comparing, frontier, keeping, policies, shelf, tables
from takt.twin import life as living
from takt.twin.offers import draw_offers
from takt.twin.oracle import Oracle
from takt.twin.policies import Delivery
from takt.twin.running import Figures, figures, run
from takt.twin.start import Start, set_out
from takt.twin.tact import Setting, Tact
from takt.twin.world import World, parse_world
from takt.worlds import twin

SMALL = World("small", users=600)


@pytest.fixture(scope="module")
def start() -> Start:
    return set_out(SMALL, 21)


def tact(start: Start, **setting: Any) -> Figures:
    return start.run(lambda _: Tact(start.known.copy(), start.sample, Setting(**setting), 21))


def static(start: Start, cap: int) -> Figures:
    return start.run(lambda _: policies.PerWeek(cap, price_first=True))


def test_the_same_seed_gives_the_same_run(start: Start) -> None:
    small = replace(SMALL, users=100, weeks=4, log_weeks=2)
    first, second = set_out(small, 7), set_out(small, 7)
    assert tact(first, shadow=4.0) == tact(second, shadow=4.0)
    assert draw_offers(SMALL, 22).days[0].price[0] != start.offers.days[0].price[0]


def test_the_reference_table_comes_out_again() -> None:
    """Revenue, messages per user-week, blocks per 1,000, harm and unwanted share of simulated policies in the reference note."""
    rows: dict[str, tuple[Callable[[], policies.Policy], tuple[float, ...]]] = {
        "no cap": (policies.NoCap, (5017, 2.15, 34.8, 147, 0.75)),
        "day": (lambda: policies.PerDay(1), (5600, 2.21, 21.5, 80, 0.72)),
        "sender": (lambda: policies.PerSender(1, 40), (4862, 2.10, 22.6, 83, 0.72)),
        "first": (lambda: policies.PerWeek(3, price_first=False), (4246, 1.81, 13.1, 35.7, 0.67)),
        "price": (lambda: policies.PerWeek(3, price_first=True), (4498, 1.81, 13.1, 36.2, 0.68)),
        "two": (lambda: policies.PerWeek(2, price_first=True), (3360, 1.33, 9.3, 17.9, 0.64)),
    }
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in rows}
    for seed in (1, 2, 3):
        offers = draw_offers(replace(SMALL, users=1200), seed)
        life = living.begin(offers)
        run(offers, life, policies.RandomVolume(seed), range(6))
        for name, (make, _) in rows.items():
            one = figures(run(offers, life.copy(), make(), range(6, 32)))
            found[name].append((one.revenue, one.per_user_week, one.blocks_per_1000, one.harm, one.unwanted_share))
    for name, (_, reference) in rows.items():
        assert np.mean(found[name], 0) == pytest.approx(reference, rel=0.14), name


def test_the_policy_beats_the_static_cap_and_the_oracle_beats_both(start: Start) -> None:
    cap, ours = static(start, 3), tact(start, shadow=4.0, taste=Taste(0.1))
    oracle = start.run(lambda life: Oracle(life, 4.0, Taste(0.1), Setting().stakes, start.begun))
    assert ours.harm < 0.75 * cap.harm
    assert ours.revenue > 0.95 * cap.revenue
    assert ours.unwanted_share < cap.unwanted_share
    assert oracle.harm < ours.harm
    assert oracle.wanted_delivered > ours.wanted_delivered


def test_a_higher_shadow_price_means_less_harm_and_less_revenue(start: Start) -> None:
    low, high = tact(start, shadow=1.5), tact(start, shadow=7.0)
    assert low.harm > high.harm
    assert low.revenue > high.revenue


def test_doing_nothing_ends_with_fewer_people(start: Start) -> None:
    assert start.run(lambda _: policies.NoCap()).reachable < 0.7 * static(start, 3).reachable


def test_a_floor_lets_the_least_loved_sender_through_more(start: Start) -> None:
    def by_owner(floor: float) -> Any:
        policy = Tact(start.known.copy(), start.sample, Setting(shadow=9.0, floor=floor), 21)
        life = start.life.copy()
        run(start.offers, life, policy, range(6, 20))
        return np.bincount(np.concatenate([one.owner for one in policy.known.days[42:]]), minlength=40)

    without, with_floor = by_owner(0.0), by_owner(4.0)
    least = without.argsort()[:8]
    assert with_floor[least].sum() > without[least].sum()


def test_a_budget_is_kept(start: Start) -> None:
    kept = keeping.keep(start, 20.0)
    assert 0.8 < kept.happened.mean < 1.2
    assert 0.8 < kept.expected.mean < 1.2
    assert kept.expected.least <= kept.expected.mean <= kept.expected.most <= kept.expected.week


def test_weeks_are_held_against_their_budget() -> None:
    found = keeping.held([99.0] * 4 + [10.0, 10.0, 10.0, 20.0, 30.0], 10.0)
    assert found == keeping.Held(1.6, 1.75, 1.25, 3.0)
    assert keeping.held([10.0, 30.0], 10.0) == keeping.Held(2.0, 2.0, 2.0, 3.0)
    one = keeping.Kept(10.0, found, found, 5.0)
    told = keeping.told([[one], [replace(one, revenue=8.0)]])
    assert [(row["budget"], row["happened"]["most_of_four_weeks"], row["revenue"]) for row in told] == [(10.0, 1.75, 6)]


def test_what_is_known_of_people_comes_from_what_they_did(start: Start) -> None:
    learned = (start.known.tolerance + np.log(start.known.model.weights)).argmax(1)
    told = start.known.model.nodes[learned]
    assert np.corrcoef(told, np.log(start.offers.tolerance))[0, 1] > 0.35


@pytest.mark.parametrize("name", shelf.shipped())
def test_every_shipped_world_is_sound_and_runs(name: str) -> None:
    world = replace(shelf.open_world(name), users=60, weeks=2, log_weeks=2)
    start = set_out(world, 3)
    assert world.about
    assert tact(start, shadow=3.0).revenue > 0


def test_mislabelled_messages_pass_by_all_policies() -> None:
    world = replace(shelf.open_world("mislabelled"), users=200, weeks=3, log_weeks=2)
    start = set_out(world, 5)
    assert start.offers.mislabelled.any()
    assert static(start, 0).per_user_week > 0
    assert static(set_out(replace(SMALL, users=200, weeks=3, log_weeks=2), 5), 0).per_user_week == 0


def test_what_slips_past_teaches_nothing_but_exposure_and_its_harm_is_paid_for() -> None:
    """As in the product, which weighs no utility: only that it came, and what people did about it, is known."""
    world = replace(shelf.open_world("mislabelled"), users=200, weeks=2, log_weeks=2)
    start = set_out(world, 5)
    known, sender = start.known.copy(), int(start.offers.mislabelled.argmax())
    people, one = np.arange(50), np.full(50, sender)
    outcomes = np.zeros((6, 50))
    outcomes[BLOCK] = 1.0
    past = Delivery(people, one, one, np.zeros(50), outcomes, np.zeros(50, bool), np.zeros(40, np.int64))
    known.learn(past)
    assert np.array_equal(known.edge_mean, start.known.edge_mean)
    assert np.array_equal(known.tolerance, start.known.tolerance)
    assert np.array_equal(known.owner_mean, start.known.owner_mean)
    assert len(known.log[-1].person) == 0
    assert (known.pressure[:50] > 0.9 * start.known.pressure[:50] * 0.85).all()
    policy = Tact(start.known.copy(), start.sample, Setting(budget=20.0), 5)
    policy.decide(start.sample)
    policy.learn(past)
    tally = policy.diary.tally()
    assert tally is not None
    assert tally.slipped[0].messages == 50.0
    for _ in range(2):
        policy.diary.open_day()
        policy.diary.close_day(0.0, Slipped())
    tally = policy.diary.tally()
    assert tally is not None
    assert tally.slipped[2] == Slipped(50.0, 50.0, 50.0)


def test_a_world_is_strictly_read(tmp_path: Path) -> None:
    for body, says in (
        ({"users": 1}, "users: must be a whole number from 10 to 200000, got 1"),
        ({"traffic": {"peak": 3}}, "traffic.peak: is no field here"),
        ({"reactions": {"block": {"constant": "x"}}}, "reactions.block.constant: must be a number"),
        ({"reactions": {"shape": "square"}}, "reactions.shape: must be one of logistic"),
        ({"name": 3}, "name: must be a text, got 3"),
        ({"fatigue": {"keep": 1.5}}, "fatigue.keep: must be a number from 0 to 1"),
        ({"trouble": {"detected": 2}}, "trouble.detected: must be a number from 0 to 1"),
        ({"traffic": {"price_sigma": 50}}, "traffic.price_sigma: must be a number from 0 to 5"),
        ({"users": 200_000, "senders": 1_000}, "users: times senders must be at most 20000000, got 200000000"),
        ({"users": 20_000, "traffic": {"per_week": 100}}, "traffic: must come to at most 50000000 messages"),
    ):
        with pytest.raises(UnsoundError, match=says):
            parse_world(body)
    place = tmp_path / "mine.json"
    for written, wrong in (
        (b"{", "is no JSON"),
        (b"\xff\xfe{", "is no JSON"),
        (b"[" * 60_000, "is nested too deeply"),
        (b'{"users": 10, "users": 20}', "users: stands twice"),
        (b" " * 70_000, "at most 65536 bytes"),
    ):
        place.write_bytes(written)
        with pytest.raises(UnsoundError, match=rf"mine\.json: .*{wrong}"):
            shelf.open_world(str(place))
    place.write_bytes(codecs.BOM_UTF8 + b'{"users": 20}')
    assert shelf.open_world(str(place)).users == 20


@pytest.mark.parametrize(
    "body",
    [
        {"traffic": {"per_week": 0}},
        {"reactions": {"leave": {"constant": 100}}, "traffic": {"per_week": 1e-9}},
        {"trouble": {"mislabelled": 1, "detected": 0}},
    ],
)
def test_a_world_of_which_nothing_is_learned_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(UnsoundError, match="log_weeks: must see a message that is weighed"):
        set_out(parse_world({"users": 20, "weeks": 1, "log_weeks": 1, **body}), 1)


def test_a_world_whose_people_are_gone_runs_on_without_them() -> None:
    world = parse_world({"users": 30, "weeks": 2, "log_weeks": 2, "reactions": {"leave": {"constant": 100}}})
    gone = tact(set_out(world, 1), shadow=4.0)
    assert (gone.reachable, gone.unwanted_share, gone.per_user_week) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "words",
    [["--seed", "-1"], ["--at", "nan"], ["--at", "-1"], ["--at", "inf"], ["--alpha", "nan"], ["static", "--at", "1.5"]],
)
def test_a_setting_out_of_range_is_refused(words: list[str]) -> None:
    said = CliRunner().invoke(twin, ["run", "--users", "20", *words])
    assert said.exit_code == 2, said.output
    assert "Traceback" not in said.output


def test_more_people_than_there_is_room_for_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "wide.json"
    place.write_text(json.dumps({"users": 20, "senders": 1_000}))
    said = CliRunner().invoke(twin, ["run", "--world", str(place), "--users", "200000"])
    assert "users: times senders" in str(said.exception)


def test_harm_at_revenue_is_on_the_line_between_settings(start: Start) -> None:
    low, high = static(start, 1), static(start, 3)
    middle = (low.revenue + high.revenue) / 2
    assert frontier.harm_at([low, high], middle) == pytest.approx((low.harm + high.harm) / 2)
    assert frontier.revenue_at([low, high], (low.harm + high.harm) / 2) == pytest.approx(middle)
    assert frontier.harm_at([low], middle) is None


@pytest.mark.parametrize(
    ("static", "tact", "ceiling", "closed"),
    [(30.0, 15.0, 10.0, 0.75), (0.0, 0.0, 0.0, None), (9.0, None, 3.0, None), (None, 9.0, 3.0, None), (9.0, 3.0, None, None)],
)  # fmt: skip
def test_where_nothing_harms_there_is_no_gap_to_close(
    static: float | None, tact: float | None, ceiling: float | None, closed: float | None
) -> None:
    assert comparing.gap_closed(static, tact, ceiling) == closed


def test_the_command_line_compares_and_prints_both_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontier, "SHADOWS", (2.0, 5.0))
    monkeypatch.setattr(frontier, "ORACLE_SHADOWS", (2.0, 5.0))
    place = tmp_path / "tiny.json"
    place.write_text(json.dumps({"users": 30, "senders": 12, "weeks": 3, "log_weeks": 1}))
    said = CliRunner().invoke(twin, ["compare", "--world", str(place), "--seeds", "1", "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.output)
    assert (found["world"], found["seeds"]) == ("tiny", [1])
    assert {one["family"] for one in found["policies"]} >= {"no cap", "static cap", "by reading", "tact", "oracle"}
    assert [one["revenue"] for one in found["equal_revenue"]] == list(frontier.REVENUES)
    tables.show(found)
    assert "Harm at equal revenue" in capsys.readouterr().out
    assert CliRunner().invoke(twin, ["compare", "--seeds", "one"]).exit_code != 0
    kept = CliRunner().invoke(twin, ["budget", "--world", str(place), "--json"])
    assert [one["budget"] for one in json.loads(kept.output)["budget"]] == list(keeping.BUDGETS)
    tables.show_budget(json.loads(kept.output))
    assert "as expected" in capsys.readouterr().out
    once = CliRunner().invoke(twin, ["run", "static", "--at", "2", "--world", str(place), "--json"])
    assert json.loads(once.output)["revenue"] > 0
    assert "ordinary" in CliRunner().invoke(twin, ["worlds"]).output
