"""`takt filter use` and `takt filter reports`: an installation's own model, and what to learn it from."""

import asyncio
import csv
import os
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner, Result

from takt.actions.text_reading import TextReader
from takt.actions.vetting import Decide, Vetting
from takt.clock import CLOCK
from takt.core.ids import parse_wamid
from takt.filter.corpus import corpus
from takt.filter.model_file import pack
from takt.filter.training import train
from takt.filtering import group
from takt.store.pool import transaction
from takt.store.site import Site
from tests.actions.sending import send
from tests.suspecting import SCAM, suspect
from tests.world import NOW, World, make_world, text_to


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


async def takt_filter(*words: str, **settings: str) -> Result:
    """The command, run in this process beside the test's own loop."""
    with patch.dict(os.environ, settings):
        return await asyncio.to_thread(CliRunner().invoke, group, list(words))


async def test_a_model_of_its_own_is_used_and_ours_again(db: str, world: World, tmp_path: Path) -> None:
    written = [one for one in corpus() if one.language == "en" and one.label != "fraud"][::3]
    file = tmp_path / "own.model"
    file.write_bytes(pack(train([one.text for one in written], [one.label for one in written])))
    reader = TextReader()
    for words, labels in (([str(file)], 2), (["--ours"], 3)):
        ran = await takt_filter("use", *words, DATABASE_URL=db)
        assert ran.exit_code == 0, ran.output
        async with world.site.everywhere.acquire() as conn:
            assert len((await reader.model(conn)).labels) == labels
    file.write_bytes(b"no model")
    assert "this is no model" in str((await takt_filter("use", str(file), DATABASE_URL=db)).exception)
    assert "name a model, or say --ours" in str((await takt_filter("use", DATABASE_URL=db)).exception)


async def test_what_people_reported_is_written_down_to_learn_from(db: str, world: World, tmp_path: Path) -> None:
    message_id = parse_wamid(await suspect(world))
    assert message_id is not None
    part = world.part_of("491510001111")
    async with transaction(world.site.pool(part)) as conn:
        vet = Vetting(world.reference, CLOCK.new_id)
        assert (await vet(conn, part, [Decide(message_id, "confirm", "Olga")], NOW, again=False)).answers == [True]
    unwanted = text_to(world, "491510001111", "Sale! Everything half price", sender=world.outreach)
    fine = text_to(world, "491510001111", "Your bike is repaired", sender=world.outreach)
    await send(world, unwanted, fine)
    await world.execute(
        "INSERT INTO feedback (part, recipient_id, message_id, kind, reason, sender_id, business_id, template_id, category,"
        " market, weight, newcomer, was_read, slot_at, at) SELECT part, recipient_id, message_id, 'report', 'spam', sender_id,"
        " business_id, '', category, 'DE', 1000, false, true, now(), now() FROM message WHERE part = $1 AND message_id = $2",
        part, unwanted.message_id,
    )  # fmt: skip
    await world.execute("UPDATE suspicion SET found_at = now() WHERE part = $1", part)
    out = tmp_path / "reports.csv"
    ran = await takt_filter("reports", "--out", str(out), DATABASE_URL=db, TAKT_PARTS=str(len(world.site.parts)))
    assert ran.exit_code == 0, ran.output
    assert "advertising 1, fraud 1" in ran.stdout
    head, *rows = csv.reader(out.read_text("utf-8").splitlines())
    assert head == ["text", "label"]
    assert sorted(rows) == [[SCAM, "fraud"], ["Sale! Everything half price", "advertising"]]
