"""Changing the policy: what programs and people of the operator can do, and that it takes two where it must."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from takt.actions.policy_change import note_preview
from takt.clock import CLOCK
from takt.core.tact import TactPolicy, render_policy
from takt.store import proposals, tokens
from takt.store.pool import transaction
from takt.store.tokens import NewToken
from tests.cloud import OPERATOR, TOKEN
from tests.console import Console, open_console
from tests.world import World

STRICTER = {"caps": {"person_per_day": 1}}
LOOSER = {"caps": {"person_per_day": 9}}
AT = "/takt/v1/policy"


@pytest.fixture
async def console(world: World) -> AsyncIterator[Console]:
    await world.set_reference("DELETE FROM tact_policy")  # as if nobody had ever written one
    async with open_console(world) as opened:
        yield opened


@pytest.fixture
async def olga(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    async with console.browser("olga") as client:
        yield client


@pytest.fixture
async def otto(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    async with console.browser("otto") as client:
        yield client


async def proposed(olga: httpx.AsyncClient, policy: Any = LOOSER) -> Any:
    answer = await olga.post("/policy/proposals", json={"policy": policy, "note": "more room"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def preview(world: World, *, within: bool) -> None:
    """What the loop does when the preview that waits has been made."""
    now = CLOCK.now()
    async with transaction(world.site.everywhere) as conn:
        claimed = await proposals.claim(conn, now, now)
        assert claimed is not None
        await note_preview(conn, claimed, {"seen": True}, now, within=within)


async def do(client: httpx.AsyncClient, act: str, shown: Any, **more: Any) -> httpx.Response:
    body = {"document": shown["document"], **more}
    return await client.post(f"/policy/proposals/{shown['proposal']}/{act}", json=body)


def fault_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_within_the_budget_one_person_is_enough(
    world: World, olga: httpx.AsyncClient, otto: httpx.AsyncClient
) -> None:
    shown = await proposed(olga, STRICTER)
    assert shown["changes"] == [{"path": "caps.person_per_day", "from": 3, "to": 1}]
    assert (shown["state"], shown["author"], shown["note"]) == ("open", "Olga", "more room")
    assert shown["preview"]["state"] == "asked"
    assert (await olga.get("/waiting")).json()["policy"] == 1
    assert fault_of(await do(olga, "apply", shown)) == (409, "no_preview")
    await preview(world, within=True)
    applied = (await do(olga, "apply", shown)).json()
    assert (applied["state"], applied["version"]) == ("applied", 1)
    overview = (await otto.get("/policy")).json()
    assert overview["version"] == 1
    assert overview["policy"]["caps"]["person_per_day"] == 1
    assert [(row["version"], row["who"]) for row in overview["versions"]] == [(1, "Olga")]
    assert (await olga.get("/waiting")).json()["policy"] == 0
    assert fault_of(await do(olga, "apply", shown)) == (409, "closed")


async def test_beyond_the_budget_it_takes_another_person(
    world: World, olga: httpx.AsyncClient, otto: httpx.AsyncClient
) -> None:
    shown = await proposed(olga)
    await preview(world, within=False)
    assert fault_of(await do(olga, "apply", shown)) == (409, "second_person")
    assert fault_of(await do(olga, "sign", shown)) == (409, "own_document")
    standing = (await otto.get(f"/policy/proposals/{shown['proposal']}")).json()
    assert standing["can"]["sign"] is None
    assert standing["can"]["apply"]["fault"] == "second_person"
    signed = (await do(otto, "sign", shown, note="seen")).json()
    assert signed["signed"] == "Otto"
    applied = (await do(olga, "apply", shown)).json()
    assert [(act["kind"], act["who"]) for act in applied["acts"]] == [
        ("propose", "Olga"), ("preview", "Takt"), ("sign", "Otto"), ("apply", "Olga"),
    ]  # fmt: skip
    preview_id = applied["preview"]["preview"]
    assert [act["preview"] for act in applied["acts"]] == [None, preview_id, preview_id, preview_id]
    assert applied["acts"][2]["note"] == "seen"


async def test_whoever_changes_the_document_starts_anew(
    world: World, olga: httpx.AsyncClient, otto: httpx.AsyncClient
) -> None:
    shown = await proposed(olga)
    await preview(world, within=False)
    (await do(otto, "sign", shown)).raise_for_status()
    path = f"/policy/proposals/{shown['proposal']}"
    changed = (await olga.put(path, json={"policy": {"caps": {"person_per_day": 10}}})).json()
    assert (changed["signed"], changed["previewed"]) == (None, False)
    assert fault_of(await do(olga, "apply", shown)) == (409, "other_document")
    assert fault_of(await do(olga, "apply", changed)) == (409, "no_preview")
    await preview(world, within=False)
    assert fault_of(await do(olga, "apply", changed)) == (409, "second_person")


async def test_a_preview_of_an_older_document_counts_no_more(world: World, olga: httpx.AsyncClient) -> None:
    shown = await proposed(olga)
    now = CLOCK.now()
    async with transaction(world.site.everywhere) as conn:
        running = await proposals.claim(conn, now, now)
    assert running is not None
    await olga.put(f"/policy/proposals/{shown['proposal']}", json={"policy": STRICTER})
    async with transaction(world.site.everywhere) as conn:
        await note_preview(conn, running, {}, now, within=True)
    assert (await olga.get(f"/policy/proposals/{shown['proposal']}")).json()["previewed"] is False


async def test_a_preview_beside_a_policy_that_applies_no_more_is_stale(world: World, olga: httpx.AsyncClient) -> None:
    first = await proposed(olga, STRICTER)
    await preview(world, within=True)
    second = await proposed(olga, LOOSER)
    await preview(world, within=True)
    (await do(olga, "apply", second)).raise_for_status()
    assert fault_of(await do(olga, "apply", first)) == (409, "stale")


async def test_one_preview_may_wait_and_no_more(olga: httpx.AsyncClient) -> None:
    first, second = await proposed(olga), await proposed(olga, STRICTER)
    assert (first["preview"]["state"], second["preview"]) == ("asked", None)
    assert fault_of(await do(olga, "preview", second)) == (429, "busy")
    (await do(olga, "withdraw", first, note="no")).raise_for_status()
    assert (await do(olga, "preview", second)).json()["preview"]["state"] == "asked"


async def test_an_older_version_comes_back_like_any_other(world: World, olga: httpx.AsyncClient) -> None:
    for policy in (STRICTER, LOOSER):
        shown = await proposed(olga, policy)
        await preview(world, within=True)
        (await do(olga, "apply", shown)).raise_for_status()
    back = (await olga.post("/policy/proposals", json={"version": 1})).json()
    assert back["policy"]["caps"]["person_per_day"] == 1
    first = (await olga.post("/policy/proposals", json={"version": 0})).json()
    assert first["policy"] == render_policy(TactPolicy())
    assert (await olga.post("/policy/proposals", json={"version": 7})).status_code == 400


async def test_programs_propose_and_people_sign(console: Console, world: World, olga: httpx.AsyncClient) -> None:
    call = console.cloud.call
    made = (await call("POST", f"{AT}/proposals", OPERATOR, json={"policy": LOOSER})).json()
    assert made["author"] == "operator's program"
    at = f"{AT}/proposals/{made['proposal']}"
    await preview(world, within=False)
    body = {"document": made["document"]}
    refused = await call("POST", f"{at}/sign?locale=de", OPERATOR, json=body)
    assert refused.status_code == 409
    assert refused.json()["error"]["error_data"]["fault"] == "no_person"
    assert "Person" in refused.json()["error"]["error_data"]["details"]
    await give_token(world, "OPottos", "otto@takt.example")
    by_otto = (await call("POST", f"{at}/sign", "OPottos", json=body)).json()
    assert (by_otto["signed"], by_otto["can"]["apply"]["fault"]) == (None, "second_person")
    refused = await call("POST", f"{at}/apply", OPERATOR, json=body)
    assert (refused.status_code, refused.json()["error"]["error_data"]["fault"]) == (409, "second_person")
    assert (await do(olga, "sign", made)).json()["signed"] == "Otto, Olga"
    done = (await call("POST", f"{at}/apply", OPERATOR, json=body)).json()
    assert [(act["kind"], act["who"]) for act in done["acts"]][2:4] == [("sign", "Otto"), ("sign", "Olga")]
    assert (await call("GET", AT, OPERATOR)).json()["version"] == 1


async def give_token(world: World, token: str, login: str) -> None:
    """A token of their own for somebody of the operator."""
    async with transaction(world.site.everywhere) as conn:
        staff_id = await conn.fetchval("SELECT staff_id FROM staff WHERE login = $1", login)
        await tokens.add(
            conn, NewToken(sha256(token.encode()).digest(), "operator", "own", staff_id=staff_id), CLOCK.now()
        )


async def test_somebody_with_two_ways_in_is_one_person(console: Console, world: World, olga: httpx.AsyncClient) -> None:
    shown = await proposed(olga)
    await preview(world, within=False)
    await give_token(world, "OPolgas", "olga@takt.example")
    path = f"{AT}/proposals/{shown['proposal']}/sign"
    refused = await console.cloud.call("POST", path, "OPolgas", json={"document": shown["document"]})
    assert refused.json()["error"]["error_data"]["fault"] == "own_document"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "policy"),
        ({"policy": {"caps": {"person_per_day": -1}}}, "policy.caps.person_per_day"),
        ({"policy": {"unheard": {}}}, "policy.unheard"),
        ({"policy": [1]}, "policy"),
        ({"policy": LOOSER, "version": 1}, "policy"),
        ({"policy": LOOSER, "note": "\x00"}, "note"),
        ({"policy": LOOSER, "note": "x" * 501}, "note"),
        ({"version": True}, "version"),
        ({"version": "1"}, "version"),
    ],
)
async def test_what_is_wrong_is_named(olga: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    answer = await olga.post("/policy/proposals", json=body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


async def test_what_is_not_there_is_told(console: Console, olga: httpx.AsyncClient) -> None:
    shown = await proposed(olga)
    for named in ("1", "00000000-0000-0000-0000-000000000000"):
        assert (await olga.get(f"/policy/proposals/{named}")).status_code == 404
        assert (await olga.put(f"/policy/proposals/{named}", json={"policy": LOOSER})).status_code == 404
        for act in ("preview", "sign", "apply", "withdraw"):
            path = f"/policy/proposals/{named}/{act}"
            assert (await olga.post(path, json={"document": "0" * 64})).status_code == 404
    assert (await do(olga, "dance", shown)).status_code == 404
    assert (await olga.post(f"/policy/proposals/{shown['proposal']}/apply", json={})).status_code == 400
    for path in (AT, f"{AT}/proposals/{shown['proposal']}"):
        assert (await console.cloud.call("GET", path, TOKEN)).status_code == 403


async def test_check_changes_nothing(olga: httpx.AsyncClient) -> None:
    shown = (await olga.post("/policy/check", json={"policy": LOOSER})).json()
    assert shown["changes"] == [{"path": "caps.person_per_day", "from": 3, "to": 9}]
    assert shown["policy"]["caps"]["person_per_day"] == 9
    assert (await olga.get("/policy")).json()["proposals"] == []


async def test_a_preview_whose_maker_was_lost_has_failed_and_can_be_made_again(
    world: World, olga: httpx.AsyncClient
) -> None:
    shown = await proposed(olga)
    now = CLOCK.now()
    async with transaction(world.site.everywhere) as conn:
        assert await proposals.claim(conn, now, now) is not None
        assert await proposals.claim(conn, CLOCK.now(), now) is None
    standing = (await olga.get(f"/policy/proposals/{shown['proposal']}")).json()
    assert (standing["preview"]["state"], standing["preview"]["fault"]) == ("failed", "its maker was lost")
    assert (await do(olga, "preview", shown)).json()["preview"]["state"] == "asked"


async def test_two_who_apply_at_once_make_one_version(
    world: World, olga: httpx.AsyncClient, otto: httpx.AsyncClient
) -> None:
    shown = await proposed(olga, STRICTER)
    await preview(world, within=True)
    answers = await asyncio.gather(do(olga, "apply", shown), do(otto, "apply", shown))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await olga.get("/policy")).json()["version"] == 1
