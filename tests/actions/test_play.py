"""A voice note that is played is told once; a reaction is told as sent and as nothing else."""

import json
from dataclasses import replace

import pytest

from takt.actions.play import Play, TakePlays
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.content import Content, File, MediaContent, ReactionContent, Source
from takt.core.ids import identity_hash, wamid
from takt.core.message import Accepted, Status
from takt.store.pool import transaction
from tests.letters import write
from tests.world import NOW, Somebody, World, text_to, twins

NOTE = Source(media_id="600000000000001")
FILES = {NOTE: File("600000000000001", "audio/ogg", "ab" * 32, 9)}


@pytest.fixture
async def mara(world: World) -> Somebody:
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    await world.invite(person, world.outreach)
    return person


async def send(world: World, mara: Somebody, content: Content) -> Accepted:
    command = replace(text_to(world, mara.wa_id), content=content, files=FILES)
    async with transaction(world.site.pool(mara.part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        (answer,) = (await action(conn, mara.part, [command], NOW, again=False)).answers
    assert isinstance(answer, Accepted), answer
    return answer


async def play(world: World, mara: Somebody, sent: Accepted) -> bool:
    async with transaction(world.site.pool(mara.part)) as conn:
        action = TakePlays(world.reference, CLOCK.new_id)
        return (await action(conn, mara.part, [Play(mara.recipient_id, sent.message_id)], NOW, again=False)).answers[0]


async def told(world: World) -> list[str]:
    rows = await world.rows("SELECT body FROM outbox WHERE part < 1000 ORDER BY event_id")
    return [one["status"] for (body,) in rows for one in json.loads(body)["value"]["statuses"]]


async def test_a_voice_note_is_told_as_played_once(world: World, mara: Somebody) -> None:
    sent = await send(world, mara, MediaContent("audio", NOTE, voice=True))
    async with twins(world):
        assert [await play(world, mara, sent), await play(world, mara, sent)] == [True, False]
    assert await told(world) == ["sent", "played"]


async def test_music_is_not_told_as_played(world: World, mara: Somebody) -> None:
    sent = await send(world, mara, MediaContent("audio", NOTE))
    assert not await play(world, mara, sent)
    assert await told(world) == ["sent"]


async def test_who_keeps_reading_private_keeps_listening_private(world: World, mara: Somebody) -> None:
    await world.execute("UPDATE recipient SET read_receipts = false")
    sent = await send(world, mara, MediaContent("audio", NOTE, voice=True))
    assert await play(world, mara, sent)
    assert await told(world) == ["sent"]


async def test_who_asked_for_it_learns_whose_keys_they_are(world: World, mara: Somebody) -> None:
    """With the check switched on, events carry the hash that a send may demand."""
    await world.set_reference(
        'UPDATE sender SET settings = \'{"user_identity_change": {"enable_identity_key_check": true}}\''
    )
    sent = await send(world, mara, MediaContent("audio", NOTE, voice=True))
    await play(world, mara, sent)
    wanted = identity_hash(mara.recipient_id)
    for (body,) in await world.rows("SELECT body FROM outbox WHERE part < 1000"):
        value = json.loads(body)["value"]
        assert value["contacts"][0]["identity_key_hash"] == wanted
        assert value["statuses"][0]["recipient_identity_key_hash"] == wanted
    right = replace(text_to(world, mara.wa_id), identity=wanted)
    async with transaction(world.site.pool(mara.part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        assert isinstance((await action(conn, mara.part, [right], NOW, again=False)).answers[0], Accepted)


async def test_a_reaction_is_free_counts_nothing_and_is_told_as_sent_alone(world: World, mara: Somebody) -> None:
    message_id, _ = await write(world, mara, world.outreach)
    await send(world, mara, ReactionContent(wamid(message_id), "👍"))
    rows = await world.rows("SELECT unanswered, last_text FROM thread WHERE part = $1", mara.part)
    assert rows == [(0, "👍")]
    async with transaction(world.site.pool(mara.part)) as conn:
        action = TakeReceipts(world.reference, CLOCK.new_id)
        await action(conn, mara.part, [Receipt(mara.recipient_id, Status.READ, 99)], NOW, again=False)
    rows = await world.rows("SELECT body FROM outbox WHERE part < 1000 ORDER BY event_id")
    statuses = [one for (body,) in rows for one in json.loads(body)["value"].get("statuses", [])]
    assert [(one["status"], one["pricing"]["billable"]) for one in statuses] == [("sent", False)]
