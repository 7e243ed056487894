"""A message that was sent and reads like fraud, for tests of what people do about it."""

from takt.core.ids import wamid
from takt.store import suspicions
from takt.store.pool import transaction
from takt.store.suspicions import Suspicion
from tests.actions.sending import send
from tests.world import NOW, OPEN, World, text_to

SCAM = "Dear customer, your account is locked. Confirm your card number and PIN at http://verify.example.test within 24 hours"


async def suspect(world: World, text: str = SCAM) -> str:
    """A message that was sent and found to read like fraud; its id on the wire."""
    await world.set_policy(OPEN)
    person = (
        await world.add_person("491510001111")
        if not await world.rows("SELECT 1 FROM message WHERE part < 1000")
        else None
    )
    if person is not None:
        await world.invite(person, world.outreach)
    command = text_to(world, "491510001111", text, sender=world.outreach)
    await send(world, command)
    part = world.part_of("491510001111")
    found = Suspicion(
        command.message_id, world.business.business_id, world.outreach.sender_id, held=False,
        findings='[{"rule": "reads_like_fraud", "evidence": ""}]',
    )  # fmt: skip
    async with transaction(world.site.pool(part)) as conn:
        await suspicions.add(conn, part, [found], NOW)
    return wamid(command.message_id)
