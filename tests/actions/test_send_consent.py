"""Marketing rests on the consent for its purpose, which may be over, and names the record."""

from datetime import timedelta

import pytest

from takt.core.consent import DECAY
from tests.actions.sending import reasons, send
from tests.world import NOW, Somebody, World, template_to, twins


@pytest.fixture
def world(rolled_back: World) -> World:
    """These tests run one batch after the other."""
    return rolled_back


async def offer(world: World, person: Somebody) -> str | None:
    """What becomes of a marketing message."""
    return reasons(await send(world, template_to(world, person.wa_id, "autumn_offer")))[0]


async def test_a_template_asks_for_the_consent_of_its_own_purpose(world: World, mara: Somebody) -> None:
    await world.set_marketing(mara, granted=True)
    await world.set_reference("UPDATE template SET purpose = 'events' WHERE name = 'autumn_offer'")
    async with twins(world):
        assert await offer(world, mara) == "marketing_not_granted"
    await world.execute("UPDATE consent SET purpose = 'events' WHERE part = $1", mara.part)
    assert await offer(world, mara) is None


async def test_a_consent_for_a_time_ends(world: World, mara: Somebody) -> None:
    await world.set_marketing(mara, granted=True)
    await world.execute("UPDATE consent SET valid_until = $2 WHERE part = $1", mara.part, NOW + timedelta(seconds=1))
    assert await offer(world, mara) is None
    await world.execute("UPDATE consent SET valid_until = $2 WHERE part = $1", mara.part, NOW)
    assert await offer(world, mara) == "consent_expired"


async def test_a_consent_unused_for_two_years_is_over(world: World, mara: Somebody) -> None:
    """The last use is read from the messages that rested on it, and only where it matters."""
    await world.set_marketing(mara, granted=True)
    assert await offer(world, mara) is None
    await world.execute("UPDATE consent SET at = $2 WHERE part = $1", mara.part, NOW - DECAY - timedelta(days=9))
    async with twins(world):
        assert await offer(world, mara) is None, "it was used just now"
    await world.execute("UPDATE message SET accepted_at = $2 WHERE part = $1", mara.part, NOW - DECAY)
    assert await offer(world, mara) == "consent_expired"
    await world.execute("UPDATE message SET accepted_at = $2, cursor = NULL WHERE part = $1", mara.part, NOW)
    assert await offer(world, mara) == "consent_expired", "a message that never went out is no use"
