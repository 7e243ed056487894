"""What the tests of admission share: a price for annoyance, and a lot as the test wants it."""

import hashlib
from uuid import UUID

import numpy as np

from takt.core.admission import exploration, hazard, outlook, prospects
from takt.core.admission.book import ANYWHERE, Segment
from takt.core.admission.outlook import Stakes
from takt.core.admission.scoring import Taste
from takt.core.admission.shadow import ShadowPrice
from takt.core.message import SendMessage
from takt.store import admissions
from takt.store.admissions import Belief
from takt.store.pool import Conn, transaction
from takt.store.stamp import touch
from tests.world import NOW, OPEN, Somebody, World, template_to

KEYS_MAX = 10_000


def segment(price: float) -> Segment:
    """What decides at this price by the model before anything was learned, where messages of five cents are usual."""
    model, count = hazard.prior(), 20
    sample = prospects.Sample(np.full(count, 0.05), np.zeros(count), np.zeros(count), np.zeros(count), 0.5)
    coming = prospects.prospect(model, sample, Taste(0.1))
    values = outlook.outlook(coming, price, Stakes()).values
    return Segment(ShadowPrice(price), model.version, tuple(tuple(row) for row in values.tolist()))


async def set_price(world: World, price: float, market: str = ANYWHERE) -> None:
    """Let a unit of annoyance cost so much."""
    async with transaction(world.site.everywhere) as conn:
        await admissions.put_segment(conn, market, segment(price), NOW)
        await touch(conn)


async def believe(conn: Conn, part: int, recipient_id: UUID, one: Belief) -> None:
    """Let this be what is believed of a person."""
    await admissions.lock_beliefs(conn, part, [recipient_id], len(one.logs))
    await admissions.set_beliefs(conn, part, {recipient_id: one})


async def draw_lot(world: World, person: Somebody, words: str, *, above: float = 0.0, below: float = 1.0) -> None:
    """Choose the installation's key so that the person's lot for these words lies between."""
    for number in range(KEYS_MAX):
        key = hashlib.sha256(str(number).encode()).digest()
        if above <= exploration.lots(key, words, [person.recipient_id])[0] < below:
            await world.set_reference("UPDATE admission_key SET key = $1", key)
            return
    raise AssertionError("no key was found")


async def hold_out(world: World, person: Somebody) -> SendMessage:
    """Advertising to a person who wants it, but is one of those who get none this year."""
    await world.set_marketing(person, granted=True)
    await world.set_policy({**OPEN, "admission": {"mode": "priced", "hold_out": 0.1}})
    await set_price(world, 4.0)
    await draw_lot(world, person, "held out 2026", below=0.1)
    return template_to(world, person.wa_id, "autumn_offer")
