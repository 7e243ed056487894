"""A quiet time and a clock of one's own, as a device sets them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.device import Device, Messenger, ok, open_messenger, refused
from tests.world import World, twins


@pytest.fixture
async def messenger(world: World) -> AsyncIterator[Messenger]:
    async with open_messenger(world) as opened:
        yield opened


@pytest.fixture
async def mara(messenger: Messenger) -> AsyncIterator[Device]:
    async with messenger.device(await messenger.person()) as device:
        yield device


async def test_a_quiet_time_and_a_clock_of_one_s_own(messenger: Messenger, mara: Device) -> None:
    """What is left out stays, null takes it back, and over midnight is a time like any other."""
    quiet = {"from": "21:30", "to": "07:00", "for_all": True}
    async with twins(messenger.world):
        first = await ok(await mara.http.put("/me", json={"quiet": quiet}))
        assert (first["quiet"], first["time_zone"]) == (quiet, None)
        second = await ok(await mara.http.put("/me", json={"time_zone": "Asia/Tokyo"}))
        assert (second["quiet"], second["time_zone"]) == (quiet, "Asia/Tokyo")
        usual = await ok(await mara.http.put("/me", json={"quiet": {"from": "00:00", "to": "12:00"}}))
        assert usual["quiet"] == {"from": "00:00", "to": "12:00", "for_all": False}
        none = await ok(await mara.http.put("/me", json={"quiet": None, "time_zone": None}))
        assert (none["quiet"], none["time_zone"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quiet": {"from": "9:00", "to": "10:00"}}, "quiet.from"),
        ({"quiet": {"from": "09:00", "to": "24:00"}}, "quiet.to"),
        ({"quiet": {"from": "09:00", "to": "09:00"}}, "quiet.to"),
        ({"quiet": {"from": "09:00"}}, "quiet.to"),
        ({"quiet": {"from": "09:00", "to": "10:00", "all": True}}, "quiet.all"),
        ({"quiet": []}, "quiet"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
    ],
)
async def test_a_quiet_time_must_be_one(mara: Device, body: dict[str, Any], field: str) -> None:
    await refused(await mara.http.put("/me", json=body), 400, "invalid", field)
    assert (await ok(await mara.http.get("/me")))["quiet"] is None
