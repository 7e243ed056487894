"""`takt policy`: what applies is shown whole, and a file is checked before anybody relies on it."""

import json
from pathlib import Path
from typing import Any

import pytest

from takt import policies
from tests.setup.test_cli import fault, takt


async def test_a_file_is_checked_and_shown_whole(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"caps": {"person_per_day": 1}}')
    ran = takt("policy", "check", str(file))
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout)["policy"]
    assert shown["caps"]["person_per_day"] == 1
    assert shown["quiet_hours"]["countries"]["FR"]["to"] == "22:00"
    file.write_text('{"caps": {"person_per_day": "one"}}')
    assert "caps.person_per_day: must be a whole number from 0 to 1000, got 'one'." in fault(
        takt("policy", "check", str(file))
    )
    file.write_text("{")
    assert "is no JSON" in fault(takt("policy", "check", str(file)))
    file.write_bytes(b" " * (policies.POLICY_BYTES_MAX + 1))
    assert "must have at most 1048576 bytes." in fault(takt("policy", "check", str(file)))


def test_a_preview_is_told_with_its_budget_and_names_are_what_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    change = {"mid": 0.1, "low": -0.05, "high": 0.2}
    counted = {"out": 3, "later": 0, "refused": 1}
    ahead: dict[str, Any] = {
        "world": "usual", "weeks": 26, "budget": 15, "annoyance": {"mid": 20.0, "low": 11.94, "high": 39.1},
        "unjudged": ["waiting"], "figures": [{"name": "revenue_now", "now": 576.0, "then": 413.0, "change": change}],
        "senders": [],
    }  # fmt: skip
    logged = {"thin": False, "decisions": 200, "figures": [], "senders": [{"name": "Shop [/x] [b]", "change": change}]}
    recorded = {"messages": 4, "now": counted, "then": counted, "reasons": [{"text": "[/y]", "now": 1, "then": 1}]}
    result = {"recorded": recorded, "logged": logged, "ahead": ahead}
    policies.tell({"within": False, "result": result})
    said = capsys.readouterr().out
    assert "Applying this takes a second person." in said
    assert "Annoyance will be 11.9 to 39.1 a week for a thousand people, as is usual; the budget is 15." in said
    assert "What the twin cannot judge: waiting." in said
    assert "arrives from: Shop [/x] [b]" in said
    assert "[/y]" in said
    assert "+10.0%" in said
    policies.tell({"within": True, "result": {**result, "ahead": {**ahead, "world": "own", "unjudged": []}}})
    said = capsys.readouterr().out
    assert "as they were seen; the budget is 15." in said
    assert "One person may apply this." in said
    assert "cannot judge" not in said


async def test_what_applies_is_shown(db: str) -> None:
    ran = takt("policy", "show", DATABASE_URL=db)
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout)
    assert shown["version"] == 0
    assert shown["policy"]["waiting"] == {"wait_h": 72, "spread_min": 30}
