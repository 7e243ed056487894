"""The table of paths and methods is asked of a running Takt: what it says is there is there, and nothing else is."""

from pathlib import Path

import httpx

from tests import meta
from tests.databases import Variant
from tests.live import takt

UNKNOWN_PATH = 2500
# What is answered where Takt has not got a feature: takt/web/cloud/absent.py.
NOT_ENABLED = {10, 131215, 138000, 2494191, 2593108}


async def test_there_is_what_the_table_says_and_nothing_else(db: str, variant: Variant, tmp_path: Path) -> None:
    wrong = []
    async with takt(db, variant.parts, tmp_path) as live:
        known = await meta.furnished(live.url, live.env)
        tokens = {
            row.name: f"{live.env['TAKT_APP_ID']}|{live.env['TAKT_APP_SECRET']}"
            if "/{Application-ID}" in row.name or "/{Upload-ID}" in row.name
            else live.env["TAKT_TOKEN"]
            for row in meta.endpoints()
        }
        async with httpx.AsyncClient(base_url=f"{live.url}/v24.0") as client:
            for row in sorted(meta.endpoints(), key=lambda row: row.name.startswith("DELETE")):
                method, path = row.name.split(" ")
                headers = {"Authorization": f"Bearer {tokens[row.name]}"}
                answer = await client.request(method, meta.concrete(path, known), headers=headers)
                if is_there(answer) != (row.level != "not"):
                    wrong.append(f"{row.name} is {row.level}: {answer.text[:120]}")
    assert wrong == []


def test_nothing_that_the_platform_describes_is_left_out() -> None:
    assert set(meta.operations()) - {row.name for row in meta.endpoints()} == set()


def is_there(answer: httpx.Response) -> bool:
    """Whether an answer comes from somebody who answers this path and method."""
    error = answer.json().get("error", {}) if answer.is_error else {}
    if error.get("code") in NOT_ENABLED:
        return False
    no_method = error.get("type") == "GraphMethodException"  # also says that there is no such node
    return error.get("code") != UNKNOWN_PATH and not no_method
