"""How companies stand, over the own API and at the console: intervals, what counted, limits, measures and objections."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from takt.actions.standing import Standings
from takt.clock import CLOCK
from takt.core.feedback import slot_of_time
from takt.core.pausing import Pausing, tripping
from takt.core.reach import hour_of
from takt.lanes import Lanes
from takt.store import businesses
from takt.store.businesses import NewToken
from takt.store.pool import transaction
from takt.wakes import Wakes
from takt.web.auth import Authenticator
from takt.web.standings import StandingDesk
from takt.web.takt.door import OwnDoor
from takt.web.takt.standings import StandingApi
from tests.actions.processes import running
from tests.console import Console, open_console
from tests.serving import served
from tests.world import World

OFFER = "400493023125002"
MANAGES = ("whatsapp_business_management",)


async def harm(world: World, messages: int, thousandths: int) -> None:
    await world.execute(
        "INSERT INTO resonance (part, sender_id, template_id, slot_at, market, category, business_id, delivered, read,"
        " blocked, harm) VALUES ($1, $2, $3, $4, 'DE', 'marketing', $5, $6, $7, $8, $9)",
        world.site.parts[0], world.outreach.sender_id, OFFER, slot_of_time(CLOCK.now() - timedelta(hours=3)),
        world.business.business_id, messages, messages // 2, thousandths // 1000, thousandths,
    )  # fmt: skip


@pytest.fixture
async def own(world: World) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The own API for a program of the company and one of the operator."""
    async with transaction(world.site.everywhere) as conn:
        company = NewToken("company", "system_user", "300493023125", world.business.business_id, MANAGES)
        await businesses.add_token(conn, company, CLOCK.now())
        await businesses.add_token(conn, NewToken("operator", "operator"), CLOCK.now())
    async with world.site.everywhere.acquire() as conn:
        await world.reference.fresh(conn)
    lane: Lanes[Any, Any] = Lanes(Standings(world.reference, CLOCK.new_id), world.site, Wakes(), CLOCK.now)
    desk = StandingDesk(world.site, world.reference, lane, CLOCK)
    door = OwnDoor(Authenticator(world.site.everywhere, world.reference, CLOCK), CLOCK)
    async with running(lane.run), served(Starlette(routes=StandingApi(door, world.reference, desk).routes())) as url:
        clients = {
            who: httpx.AsyncClient(base_url=f"{url}/takt/v1", headers={"Authorization": f"Bearer {who}"}, timeout=30)
            for who in ("company", "operator")
        }
        yield clients
        for client in clients.values():
            await client.aclose()


async def ok(answered: httpx.Response) -> Any:
    assert answered.status_code == 200, answered.text
    return answered.json()


async def test_a_company_sees_its_reputation_with_intervals_counts_and_thresholds(
    world: World, own: dict[str, httpx.AsyncClient]
) -> None:
    await world.set_reference("UPDATE template SET tried_since = $1", CLOCK.now() - timedelta(days=1))
    await harm(world, 1000, 6000)
    await world.set_reference("UPDATE sender SET quality = quality WHERE sender_id = $1", world.outreach.sender_id)
    shown = await ok(await own["company"].get("/standing"))
    assert [one["sender"] for one in shown["senders"]] == [world.outreach.sender_id, world.support.sender_id]
    judged = shown["senders"][0]["standing"]
    assert judged["quality"] == "GREEN"
    assert 0 < judged["low"] < judged["expected"] < judged["high"] < judged["green_below"]
    assert judged["green_below"] == pytest.approx(0.0124, abs=1e-4), "twice what is usual there"
    assert judged["messages"] == pytest.approx(1000, abs=5)
    assert shown["senders"][0]["last_28_days"] == {
        "delivered": 1000, "read": 500, "replied": 0, "interested": 0, "not_interested": 0, "muted": 0, "stopped": 0,
        "blocked": 6, "reported": 0,
    }  # fmt: skip
    [offer] = [one for one in shown["templates"] if one["template"] == OFFER]
    trial = offer["trial"]
    assert (trial["messages"], trial["against"]) == (1000, 0)
    assert trial["pauses_at"] == tripping(1000, Pausing())
    assert shown["reach"] == {"tier": "TIER_UNLIMITED", "people_max": None, "people": None, "cut_until": None}
    text = json.dumps(shown)
    assert "recipient" not in text
    assert "wa_id" not in text


async def test_a_limit_is_set_shown_and_used(world: World, own: dict[str, httpx.AsyncClient]) -> None:
    at = f"/businesses/{world.business.waba_id}"
    assert await ok(await own["operator"].put(f"{at}/tier", json={"tier": "TIER_2K"})) == {
        "success": True, "tier": "TIER_2K",
    }  # fmt: skip
    await world.execute(
        "INSERT INTO ration (part, subject, slot_at, used) VALUES ($1, $2, $3, 12)",
        world.business.contract_part, f"reach:{world.business.business_id}", hour_of(CLOCK.now()),
    )  # fmt: skip
    reach = (await ok(await own["operator"].get(f"{at}/standing")))["reach"]
    assert reach == {"tier": "TIER_2K", "people_max": 2000, "people": 12, "cut_until": None}
    wrong = await own["operator"].put(f"{at}/tier", json={"tier": "TIER_1K"})
    assert wrong.status_code == 400
    assert "TIER_250" in wrong.json()["error"]["error_data"]["details"]
    assert (await own["company"].put(f"{at}/tier", json={"tier": "TIER_2K"})).status_code == 403


async def test_measures_are_taken_objected_to_and_lifted(world: World, own: dict[str, httpx.AsyncClient]) -> None:
    at = f"/businesses/{world.business.waba_id}/measures"
    for body in ({"kind": "exile"}, {"kind": "sending"}, {"kind": "sending", "days": 366}, {"kind": "lock", "days": 3}):
        assert (await own["operator"].post(at, json=body)).status_code == 400
    taken = await ok(await own["operator"].post(at, json={"kind": "sending", "days": 5, "note": "Kette"}))
    assert (taken["state"], taken["days"], taken["decided_by"], taken["note"]) == (
        "in_force", 5, "operator's program", "Kette",
    )  # fmt: skip
    named = taken["measure"]
    objection = f"/standing/measures/{named}/objection"
    assert (await own["company"].post(objection, json={"text": " "})).status_code == 400
    told = await ok(await own["company"].post(objection, json={"text": "Das waren wir nicht."}))
    assert told["objection"]["text"] == "Das waren wir nicht."
    assert (await ok(await own["company"].get("/standing")))["measures"][0]["measure"] == named
    lifted = await ok(await own["operator"].post(f"/measures/{named}", json={"decision": "lift"}))
    assert lifted["state"] == "lifted"
    assert (await own["operator"].post(f"/measures/{named}", json={"decision": "lift"})).status_code == 400
    assert (await own["operator"].post("/measures/x", json={"decision": "lift"})).status_code == 400
    assert await ok(await own["operator"].get("/measures")) == {"data": []}


async def test_an_objection_to_what_holds_waits_for_an_answer(world: World, own: dict[str, httpx.AsyncClient]) -> None:
    at = f"/businesses/{world.business.waba_id}/measures"
    taken = await ok(await own["operator"].post(at, json={"kind": "lock", "note": "Kette"}))
    decide, objection = f"/measures/{taken['measure']}", f"/standing/measures/{taken['measure']}/objection"
    assert (await ok(await own["operator"].get("/measures"))) == {"data": []}
    assert (await own["operator"].post(decide, json={"decision": "confirm"})).status_code == 400
    told = await ok(await own["company"].post(objection, json={"text": "Das waren wir nicht."}))
    due_at, said_at = (datetime.fromisoformat(told["objection"][name]) for name in ("answer_due_at", "at"))
    assert due_at - said_at == timedelta(hours=48)
    [waits] = (await ok(await own["operator"].get("/measures")))["data"]
    assert (waits["measure"], waits["state"]) == (taken["measure"], "in_force")
    kept = await ok(await own["operator"].post(decide, json={"decision": "confirm", "note": "Doch."}))
    assert (kept["state"], kept["until"], kept["note"]) == ("in_force", None, "Doch.")
    assert kept["objection"]["answer_due_at"] is None
    assert (await ok(await own["operator"].get("/measures"))) == {"data": []}
    assert (await own["company"].post(objection, json={"text": "Etwas anderes."})).status_code == 400
    [stands] = (await ok(await own["company"].get("/standing")))["measures"]
    assert stands["objection"]["text"] == "Das waren wir nicht."


async def test_an_owner_is_named_by_its_waba(world: World, own: dict[str, httpx.AsyncClient]) -> None:
    at = f"/businesses/{world.business.waba_id}/owner"
    assert await ok(await own["operator"].put(at, json={"owner": None})) == {"success": True, "owner": None}
    assert (await own["operator"].put(at, json={"owner": "1"})).status_code == 400
    assert (await own["operator"].put("/businesses/9/owner", json={"owner": None})).status_code == 400


@pytest.fixture
async def console(world: World) -> AsyncIterator[Console]:
    async with open_console(world) as opened:
        yield opened


async def test_people_at_the_console_decide_by_name(world: World, console: Console) -> None:
    await harm(world, 1000, 80_000)
    await world.set_reference(
        "INSERT INTO measure (measure_id, business_id, kind, state, days, figures, proposed_at)"
        " VALUES ($1, $2, 'starting', 'proposed', 1, $3, $4)",
        CLOCK.new_id(), world.business.business_id, '{"low": 0.0671, "high": 0.0946}', CLOCK.now(),
    )  # fmt: skip
    async with console.browser("olga") as olga:
        assert (await ok(await olga.get("/waiting")))["standings"] == 1
        told = await ok(await olga.get("/standings"))
        assert told["data"][0]["standing"]["quality"] == "RED"
        [one] = told["measures"]
        assert one["figures"] == {"low": 0.0671, "high": 0.0946}
        decided = await ok(await olga.post(f"/measures/{one['measure']}", json={"decision": "confirm", "note": "ja"}))
        assert (decided["state"], decided["decided_by"]) == ("in_force", "Olga")
        assert (await ok(await olga.get("/standings")))["data"][0]["measure"] == "starting"
        stood = await ok(await olga.get(f"/standings/{world.business.waba_id}"))
        assert [each["state"] for each in stood["measures"]] == ["in_force"]
        assert (await olga.get("/standings/9")).status_code == 404
        taken = await ok(
            await olga.post(f"/standings/{world.business.waba_id}/measures", json={"kind": "warning", "note": "x"})
        )
        assert taken["state"] == "over"
