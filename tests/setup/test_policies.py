"""`takt policy`: what applies is shown whole, and a file is checked before anybody relies on it."""

import json
from pathlib import Path

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


async def test_what_applies_is_shown(db: str) -> None:
    ran = takt("policy", "show", DATABASE_URL=db)
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout)
    assert shown["version"] == 0
    assert shown["policy"]["waiting"] == {"wait_h": 72, "spread_min": 30}
