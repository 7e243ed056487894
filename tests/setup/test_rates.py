"""`takt rates`: looking a file over, publishing it, and saying what changes."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from takt import cards
from takt.cli import commands
from takt.faults import NotDone
from tests.databases import Workshop
from tests.setup.test_cli import takt

CARDS = Path(cards.__file__).parent
FLAT: dict[str, Any] = {"card": "flat", "currency": "EUR", "rules": [{"price": 50_000}]}


def run(*words: str) -> str:
    """What a command prints, run in this process."""
    ran = CliRunner().invoke(commands(words[0]), words)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.output


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    file = tmp_path / "flat.json"
    file.write_text(json.dumps(FLAT))
    return file


@pytest.mark.parametrize("name", cards.names())
def test_every_shipped_file_passes(name: str) -> None:
    assert run("rates", "check", str(CARDS / f"{name}.json")).endswith("sound\n")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "is no JSON"),
        ("[]", "must be an object"),
        (json.dumps({**FLAT, "rules": [{"price": -1}]}), "rules[0].price: must be a whole number from 0 to"),
        (json.dumps({**FLAT, "rules": [*FLAT["rules"], {"price": 1}]}), "rules[1].when: rules[0] take all"),
        (json.dumps({**FLAT, "valid": {"from": "2027-01-01T00:00", "tz": "Mars"}}), "valid.tz: must be a time zone"),
        (json.dumps({**FLAT, "market_table": "mine"}), "market_table: must be published before its card"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_sound_is_refused_with_its_name(tmp_path: Path, document: str, says: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(document)
    with pytest.raises(NotDone) as caught:
        run("rates", "check", str(file))
    assert str(caught.value).startswith(str(file))
    assert says in str(caught.value)


def test_a_market_table_beside_the_file_is_known(tmp_path: Path, flat: Path) -> None:
    flat.write_text(
        json.dumps({**FLAT, "market_table": "mine", "rules": [{"when": {"market": "Home"}, "price": 1}, {"price": 2}]})
    )
    table = {"market_table": "mine", "markets": {"Home": ["DE"]}, "other": "Away"}
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "mine.json").write_text(json.dumps(table))
    assert "2 rules" in run("rates", "check", str(flat))
    (tmp_path / "mine.json").rename(tmp_path / "mine.txt")
    assert "2 rules" in run("rates", "check", str(flat), "--markets", str(tmp_path / "mine.txt"))


def test_what_changes_is_told_for_which_messages(tmp_path: Path, flat: Path) -> None:
    """Like changes are one line; a dimension in which all is alike is left out."""
    other = tmp_path / "other.json"
    other.write_text(json.dumps({
        **FLAT, "counters": {"n": {"scope": "contract"}}, "rules": [
            {"when": {"category": "service"}, "price": 0, "type": "free_customer_service"},
            {"when": {"market": ["DE", "AT"]}, "tiers": {"counter": "n", "steps": [[0, 60_000], [100, 55_500]]}},
            {"price": 50_000},
        ],
    }))  # fmt: skip
    assert run("rates", "diff", str(flat), str(other)).splitlines() == [
        "category service: 0.05 EUR → free (customer service)",
        (
            "category authentication / authentication_international / marketing / utility, market AT / DE: 0.05 EUR →"
            " 0.06 EUR from 1, 0.0555 EUR from 101 in n of a contract"
        ),
        "2 changes",
    ]
    told = json.loads(run("rates", "diff", str(flat), str(other), "--json"))
    assert told[0] == {"inputs": {"category": ["service"]}, "before": "0.05 EUR", "after": "free (customer service)"}
    assert run("rates", "diff", str(flat), str(flat)) == "Every message costs the same by both.\n"


def test_a_country_that_moves_between_tables_is_found() -> None:
    """Morocco has a price of its own since October 2026; before it was part of the rest of Africa."""
    told = json.loads(
        run("rates", "diff", str(CARDS / "cloud-2025-07.json"), str(CARDS / "cloud-2026-10.json"), "--json")
    )
    (found,) = [
        one for one in told
        if one["after"] == "0.0414 USD" and "marketing" in one["inputs"]["category"] and one["inputs"].get("bid") == ["false"]
        and one["before"] is not None
    ]  # fmt: skip
    assert found["before"] == "0.0225 USD"
    assert found["inputs"]["market"] == ["EH", "MA"]


async def test_prices_are_published_listed_and_shown(workshop: Workshop, flat: Path) -> None:
    """As processes of their own, on a database of their own."""
    name = await workshop.make("template0")
    own = workshop.address.of(name)
    takt("migrate", DATABASE_URL=own)

    def done(*words: str) -> Any:
        ran = takt(*words, DATABASE_URL=own)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    assert done("rates", "publish", str(flat))["new"] is True
    assert done("rates", "publish", str(flat))["new"] is False
    flat.write_text(
        json.dumps({**FLAT, "rules": [{"price": 60_000}], "valid": {"from": "2019-01-01T00:00", "tz": "UTC"}})
    )
    refused = takt("rates", "publish", str(flat), DATABASE_URL=own)
    assert (refused.returncode, "valid.from" in refused.stderr) == (1, True)
    (shown,) = done("rates", "show", "flat@1")["rate_cards"]
    assert shown["document"] == FLAT
    assert done("rates", "list")["rate_cards"] == [{name: one for name, one in shown.items() if name != "document"}]
    ran = takt("rates", "diff", "flat", str(flat), DATABASE_URL=own)
    assert ran.stdout.splitlines()[0] == "everything: 0.05 EUR → 0.06 EUR"
    await workshop.drop(name)
