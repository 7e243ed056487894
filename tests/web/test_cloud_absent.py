"""What Takt does not have answers as the platform says it to those who have not got it, and never as an unknown page."""

from collections.abc import AsyncIterator

import pytest

from takt.web.cloud import absent
from tests.cloud import APP_ID, FOREIGN, Cloud, open_cloud
from tests.world import World

GROUP = "Y2FwaV9ncm91cDoxMjM0NTY3OD"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as made:
        yield made


def node_for(edge: str, world: World) -> str:
    check = absent._EDGES[edge][0]
    nodes = {
        absent._of_sender: world.outreach.sender_id,
        absent._of_business: world.business.waba_id,
        absent._of_app: APP_ID,
        absent._anyone: GROUP,
    }
    return nodes[check]  # type: ignore[index]


@pytest.mark.parametrize("edge", sorted(absent._EDGES))
async def test_every_path_answers_with_its_error(cloud: Cloud, world: World, edge: str) -> None:
    _, methods, error = absent._EDGES[edge]
    for method in methods.split():
        answer = await cloud.call(method, f"/v24.0/{node_for(edge, world)}/{edge.replace('*', 'x')}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (error().http, error().code)
        assert answer.json()["error"]["error_data"]["details"]
    nobody = await cloud.call("POST", f"/v24.0/{node_for(edge, world)}/{edge.replace('*', 'x')}", None)
    assert nobody.json()["error"]["code"] in (104, 100)


@pytest.mark.parametrize("edge", ["calls", "payment_configurations", "whatsapp_business_solutions"])
async def test_strangers_learn_nothing(cloud: Cloud, world: World, edge: str) -> None:
    method = absent._EDGES[edge][1].split()[0]
    answer = await cloud.call(method, f"/{node_for(edge, world)}/{edge}", FOREIGN)
    assert answer.json()["error"]["error_subcode"] == 33


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_group_is_not_enabled(cloud: Cloud, method: str) -> None:
    answer = await cloud.call(method, f"/v24.0/{GROUP}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 131215)


async def test_a_signup_is_not_enabled(cloud: Cloud) -> None:
    answer = await cloud.get("/v24.0/signups/123")
    assert answer.json()["error"]["code"] == 2494165
