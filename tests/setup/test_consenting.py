"""The commands of consent, each as a process of its own: a list is taken, proved, checked, and a person erased."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Workshop
from tests.setup.test_cli import fault, takt

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
    def done(*words: str, status: int = 0) -> Any:
        ran = takt(*words, DATABASE_URL=own)
        assert ran.returncode == status, ran.stderr
        return json.loads(ran.stdout)

    takt("migrate", DATABASE_URL=own)
    card = tmp_path / "card.json"
    card.write_text(json.dumps(CARD))
    done("rates", "publish", str(card))
    waba = done("company", "add", "--name", "Nord", "--card", "flat", "--stage", "live")["id"]
    done("sender", "add", "--company", waba, "--number", "+493023125009", "--name", "Nord")
    done("person", "add", "--number", MARA, "--name", "Mara")
    file = tmp_path / "list.csv"
    head = "to,granted_on,source,wording,vouched_by\n"
    file.write_text(f"{head}{MARA},2100-01-01,fair,Yes,Aylin\n")
    assert done("consent", "import", str(file), "--company", waba, status=1)["counts"] == {"faulty": 1}
    rows = [{"to": MARA, "granted_on": day, "source": "fair", "wording": "Yes", "vouched_by": "A"} for day in _days()]
    lines = tmp_path / "list.jsonl"
    lines.write_text("\n".join(map(json.dumps, rows)))
    assert done("consent", "import", str(lines), "--company", waba)["counts"] == {"imported": 1}
    proof = done("consent", "proof", MARA, "--company", waba)
    assert (proof["records"][0]["act"], proof["chain"]["whole"]) == ("import", True)
    page = tmp_path / "proof.html"
    done("consent", "proof", MARA, "--company", waba, "--page", str(page), "--locale", "de")
    assert "Nachweis der Einwilligung" in page.read_text()
    assert done("consent", "verify")["records"] == 1
    assert "--sure" in fault(takt("person", "erase", MARA, DATABASE_URL=own))
    assert done("person", "erase", MARA, "--sure")["deleted"]["account"] is True
    assert done("consent", "verify")["whole"] is True


def _days() -> list[str]:
    """A day of the last months, as commands read the real clock."""

    return [(datetime.now(UTC) - timedelta(days=30)).date().isoformat()]
