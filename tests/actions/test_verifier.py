"""The verifier, a program of its own, on what Takt exports: it agrees with what is right and names what was changed."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import chain
from takt.core.ids import wamid
from takt.workers.issuer import Issuer
from tests.actions.test_close_month import CLOSE, Fixed, closer_at, crowd, delivered
from tests.actions.test_issue import set_up, unread
from tests.exports import VERIFY, Fraud, exported, name_frauds, program, run
from tests.pricing import REACTION, document, pay_by, stepped
from tests.world import World

PROGRAM = program()


class Pleased:
    """A press that looks at nothing."""

    print = staticmethod(unread)


def used(batches: Any) -> Any:
    return next(batch for batch in batches if batch["usage"])


def dearer(cards: Any) -> None:
    for one in cards["cards"]:
        one["body"] = one["body"].replace("45555", "45556")


def entry(told: Any, kind: str) -> Any:
    return next(one for batch in told for one in batch["entries"] if one["kind"] == kind)


def doubled(told: Any) -> None:
    entries = next(batch["entries"] for batch in told if any(one["kind"] == "fee" for one in batch["entries"]))
    entries.append(next(one for one in entries if one["kind"] == "fee"))


def given_twice(told: Any) -> None:
    used(told)["entries"] += [
        {**used(told)["entries"][0], "entry": f"{at:032x}", "kind": "grant", "debit": "marketing", "credit": "grant:a"}
        for at in (1, 2)
    ]


def overdrawn(told: Any) -> None:
    used(told)["entries"][0]["debit"] = "grant:b"


def undone(told: Any, *amounts: int) -> None:
    """Take the first message's money back so often, by so much more than it was."""
    capture = entry(told, "capture")
    told[-1]["entries"] += [
        {**capture, "entry": f"{at:032x}", "kind": "refund", "undoes": capture["entry"],
         "amount_micros": capture["amount_micros"] + more}
        for at, more in enumerate(amounts)
    ]  # fmt: skip


def without_fee(told: Any) -> None:
    for one in told[0]["months"]:
        one["lines"] = [line for line in one["lines"] if not line["key"].startswith("fee/")]


CHANGES: list[Fraud] = [
    ("batches.jsonl", lambda told: used(told)["usage"][0].update(market="AT"), "its rows are not those"),
    ("batches.jsonl", lambda told: used(told)["usage"][0].update(sender="1"), "batch "),
    ("batches.jsonl", lambda told: used(told)["usage"].pop(), "was taken for it"),
    ("batches.jsonl", lambda told: used(told)["usage"][0].update(unit_price_micros=7, amount_micros=7), "by its rule"),
    ("batches.jsonl", lambda told: told.pop(1), "some are missing"),
    ("batches.jsonl", lambda told: told.insert(0, told.pop(1)), "some are missing"),
    ("batches.jsonl", lambda told: told[-1].update(hash="00" * 32), "its hash is not its own"),
    ("batches.jsonl", lambda told: used(told)["entries"].clear(), "was taken for it"),
    ("batches.jsonl", lambda told: used(told)["usage"][0].update(ordinal=9), "a hole or a repeat"),
    ("batches.jsonl", lambda told: entry(told, "fee").update(amount_micros=1), "in the journal"),
    ("batches.jsonl", doubled, "is there twice"),
    ("batches.jsonl", given_twice, "is given twice"),
    ("batches.jsonl", lambda told: told[-1]["usage"].append(used(told)["usage"][0]), "was used twice"),
    ("batches.jsonl", lambda told: undone(told, 0, 0), "was undone twice"),
    ("batches.jsonl", lambda told: undone(told, 1), "which is not what it moved"),
    ("batches.jsonl", overdrawn, "than is on it"),
    ("batches.jsonl", lambda told: entry(told, "fee").update(kind="invoice"), "is of a document that is not there"),
    ("cards.json", dearer, "is not as it was published"),
    ("cards.json", dearer, "by its rule"),
    ("contracts.json", without_fee, "and on its lines 0 times"),
    ("contracts.json", lambda told: told[0]["months"][0]["lines"][0].update(quantity=99), "units of"),
    ("contracts.json", lambda told: told[0]["senders"].pop(), "is due 1 times"),
    ("documents.jsonl", lambda told: told[0]["lines"][0].update(quantity=99), "line 1 is 99 of"),
    ("documents.jsonl", lambda told: told[0]["lines"].pop(), "lines, and its month"),
    ("documents.jsonl", lambda told: told[0]["lines"][0].update(net=1), "comes to"),
    ("documents.jsonl", lambda told: told[0].update(gross=told[0]["gross"] + 1), "its totals are not"),
    ("documents.jsonl", lambda told: told[0]["breakdown"][0].update(tax=1), "is not 1"),
    (
        "documents.jsonl",
        lambda told: told[0]["lines"][0].update(vat="E", rate_basis_points=0),
        "is taxed E 0, not S 1900",
    ),
    ("documents.jsonl", lambda told: told[0].update(number="NN-2026-000002"), "a hole or a repeat before it"),
    ("documents.jsonl", lambda told: told.pop(), "its document is missing"),
    ("documents.jsonl", lambda told: told.append(told[0]), "is there twice"),
]


def test_what_is_no_export_is_named_without_a_traceback(tmp_path: Path) -> None:
    broken = [("cards.json", "{"), ("cards.json", "[]"), ("contracts.json", '[{"contract": 1}]'),
              ("batches.jsonl", "[]"), ("batches.jsonl", '{"part": 0}'), ("documents.jsonl", '{"lines": 5}'),
              ("documents.jsonl", "[" * 100_000)]  # fmt: skip
    for number, (name, text) in enumerate(broken):
        folder = tmp_path / str(number)
        folder.mkdir()
        empty = {
            "cards.json": '{"cards": [], "market_tables": {}, "exchange_rates": {}}',
            "contracts.json": "[]",
            "batches.jsonl": "",
            "documents.jsonl": "",
        }
        for file, content in {**empty, name: text}.items():
            (folder / file).write_text(content, "utf-8")
        code, said = run(folder)
        assert code != 0, (name, text[:20])
        assert "Traceback" not in said
        assert "this is no whole export" in said
    assert "this is no whole export" in run(tmp_path / "none")[1]


async def test_it_agrees_with_what_is_right_and_names_what_was_changed(world: World, tmp_path: Path) -> None:
    card = document(
        REACTION,
        stepped("n", (0, 0), (2, 45_555), category="utility"),
        {"when": {"category": "marketing"}, "price": 113_100},
        {"price": 50_000},
        counters={"n": {"scope": "sender", "by": "market"}},
        recurring=[
            {"id": "seat", "per": "sender", "every": "month", "price": 999, "includes": {"counter": "n", "units": 1}}
        ],
    )
    await pay_by(world, card)
    people = await crowd(world)
    await delivered(world, people, 4)
    await delivered(world, people, 1, name="autumn_offer")
    await set_up(world)
    await closer_at(world).round()
    await Issuer(world.site, Pleased(), Fixed(CLOSE)).round()  # type: ignore[arg-type]
    right = tmp_path / "right"
    assert (await exported(world, right))["documents"] == 1
    message_id = (await world.rows("SELECT message_id FROM usage LIMIT 1"))[0][0]
    code, way = run(right, "--prove", wamid(message_id))
    assert (code, "as its rows say" in way, "NOT" in way) == (0, True, False)
    assert run(right, "--prove", "0" * 32)[0] == 1
    name_frauds(right, CHANGES)


@given(st.lists(st.booleans(), max_size=40))
def test_the_root_can_be_worked_out_from_some_leaves_alone(own: list[bool]) -> None:
    leaves = [chain.leaf(f"{at}") for at in range(len(own))]
    places = [at for at, known in enumerate(own) if known]
    hashes = [one.hex() for one in chain.beside(leaves, places)]
    beside = {"of": len(own), "places": places, "hashes": hashes}
    assert PROGRAM.root_beside([leaves[at] for at in places], beside) == chain.root(leaves)
    assert len(hashes) <= max(1, len(own) - len(places))


@pytest.mark.parametrize("line", [line for line in VERIFY.read_text("utf-8").splitlines() if "import " in line])
def test_it_needs_the_standard_library_alone(line: str) -> None:
    if line.startswith(("import ", "from ")):
        assert line.split()[1].partition(".")[0] in sys.stdlib_module_names
