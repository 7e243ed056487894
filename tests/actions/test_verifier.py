"""The verifier, a program of its own, on what Takt exports: it agrees with what is right and names what was changed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from takt import bundle
from takt.core.ids import wamid
from takt.workers.issuer import Issuer
from tests.actions.test_close_month import CLOSE, Fixed, closer_at, crowd, delivered
from tests.actions.test_issue import set_up, unread
from tests.pricing import REACTION, document, pay_by, stepped
from tests.world import World

VERIFY = Path(bundle.__file__).parent.parent / "verifier" / "verify.py"
Change = Callable[[Any], None]


class Pleased:
    """A press that looks at nothing."""

    print = staticmethod(unread)


def run(folder: Path, *words: str) -> tuple[int, str]:
    """The program with nothing of ours on its path."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFY), str(folder), *words], capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def change(folder: Path, name: str, how: Change) -> None:
    """Change a file behind everybody's back."""
    file = folder / name
    if name.endswith(".jsonl"):
        told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        how(told)
        file.write_text("".join(f"{json.dumps(one)}\n" for one in told), "utf-8")
    else:
        told = json.loads(file.read_text("utf-8"))
        how(told)
        file.write_text(json.dumps(told), "utf-8")


def used(batches: Any) -> Any:
    return next(batch for batch in batches if batch["usage"])


def dearer(cards: Any) -> None:
    for one in cards["cards"]:
        one["body"] = one["body"].replace("45555", "45556")


CHANGES: list[tuple[str, Change, str]] = [
    ("batches.jsonl", lambda told: used(told)["usage"][0].update(market="AT"), "its rows are not those"),
    ("batches.jsonl", lambda told: told.pop(1), "some are missing"),
    ("batches.jsonl", lambda told: told[-1].update(hash="00" * 32), "its hash is not its own"),
    ("batches.jsonl", lambda told: used(told)["entries"].clear(), "was taken for it"),
    ("batches.jsonl", lambda told: used(told)["usage"][0].update(ordinal=9), "a hole or a repeat"),
    ("cards.json", dearer, "is not as it was published"),
    ("cards.json", dearer, "by its rule"),
    ("documents.json", lambda told: told[0]["lines"][0].update(quantity=99), "units of"),
    ("documents.json", lambda told: told[0]["lines"][0].update(net=1), "comes to"),
    ("documents.json", lambda told: told[0].update(gross=1), "its totals are not"),
    ("documents.json", lambda told: told[0]["breakdown"][0].update(tax=1), "is not 1"),
]


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
    told = await bundle.write(world.site, right)
    assert told["documents"] == 1
    assert run(right) == (0, "everything is as it must be\n")
    message_id = (await world.rows("SELECT message_id FROM usage LIMIT 1"))[0][0]
    code, way = run(right, "--prove", wamid(message_id))
    assert (code, "as its rows say" in way, "NOT" in way) == (0, True, False)
    assert run(right, "--prove", "0" * 32)[0] == 1
    for number, (name, how, says) in enumerate(CHANGES):
        wrong = tmp_path / str(number)
        await bundle.write(world.site, wrong)
        change(wrong, name, how)
        code, found = run(wrong)
        assert code == 1, (name, says)
        assert says in found


@pytest.mark.parametrize("line", [line for line in VERIFY.read_text("utf-8").splitlines() if "import " in line])
def test_it_needs_the_standard_library_alone(line: str) -> None:
    if line.startswith(("import ", "from ")):
        assert line.split()[1].partition(".")[0] in sys.stdlib_module_names
