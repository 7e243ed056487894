"""The commands of consent: a list is taken, proved, checked, and a person erased."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from takt.faults import NotDone
from tests.commands import takt
from tests.databases import Workshop

CARD = {
    "card": "flat",
    "currency": "EUR",
    "rules": [{"when": {"category": "service"}, "price": 0, "type": "free_customer_service"}, {"price": 50_000}],
}
MARA = "491713920001"


@pytest.fixture
async def own(workshop: Workshop) -> AsyncIterator[str]:
    """Address of an empty database that stands for the operator's own."""
    name = await workshop.make("template0")
    yield workshop.address.of(name)
    await workshop.drop(name)


async def test_a_list_is_taken_proved_checked_and_a_person_erased(own: str, tmp_path: Path) -> None:
    async def done(*words: str, status: int = 0) -> Any:
        ran = await takt(own, *words)
        assert ran.exit_code == status, ran.exception
        return json.loads(ran.stdout)

    await takt(own, "migrate")
    card = tmp_path / "card.json"
    card.write_text(json.dumps(CARD))
    await done("rates", "publish", str(card))
    waba = (await done("company", "add", "--name", "Nord", "--card", "flat", "--stage", "live"))["id"]
    await done("sender", "add", "--company", waba, "--number", "+493023125009", "--name", "Nord")
    await done("person", "add", "--number", MARA, "--name", "Mara")
    file = tmp_path / "list.csv"
    head = "to,granted_on,source,wording,vouched_by\n"
    file.write_text(f"{head}{MARA},2100-01-01,fair,Yes,Aylin\n")
    assert (await done("consent", "import", str(file), "--company", waba, status=1))["counts"] == {"faulty": 1}
    rows = [{"to": MARA, "granted_on": day, "source": "fair", "wording": "Yes", "vouched_by": "A"} for day in _days()]
    lines = tmp_path / "list.jsonl"
    lines.write_text("\n".join(map(json.dumps, rows)))
    assert (await done("consent", "import", str(lines), "--company", waba))["counts"] == {"imported": 1}
    proof = await done("consent", "proof", MARA, "--company", waba)
    assert (proof["records"][0]["act"], proof["chain"]["whole"]) == ("import", True)
    page = tmp_path / "proof.html"
    await done("consent", "proof", MARA, "--company", waba, "--page", str(page), "--locale", "de")
    assert "Nachweis der Einwilligung" in page.read_text()
    assert (await done("consent", "verify"))["records"] == 1
    refused = (await takt(own, "person", "erase", MARA)).exception
    assert isinstance(refused, NotDone)
    assert "--sure" in str(refused)
    assert (await done("person", "erase", MARA, "--sure"))["deleted"]["account"] is True
    assert (await done("consent", "verify"))["whole"] is True


def _days() -> list[str]:
    """A day of the last months, as commands read the real clock."""

    return [(datetime.now(UTC) - timedelta(days=30)).date().isoformat()]
