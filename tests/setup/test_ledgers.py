"""`takt grant` and `takt ledger`: credit for a company, and whether the ledger is as it was written."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from takt.actions.grant import issue
from takt.clock import CLOCK
from takt.core.grants import Grant, GrantKind
from takt.core.ids import wamid
from takt.store.pool import transaction
from takt.store.site import Site
from tests.commands import takt
from tests.pricing import deliver, sent
from tests.world import World, make_world, template_to


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


async def test_credit_is_listed_and_voided(db: str, world: World) -> None:
    named = ("--company", world.business.waba_id)
    given = Grant(
        CLOCK.new_id(), world.payer, "trial", GrantKind.PROMO, 700, "EUR", 0, (), (), CLOCK.now(),
        CLOCK.now() + timedelta(days=9),
    )  # fmt: skip
    async with transaction(world.site.pool(world.payer[0])) as conn:
        await issue(conn, [given], CLOCK.now())
    [listed] = json.loads((await takt(db, "grant", "list", *named)).output)["grants"]
    assert (listed["id"], listed["left_micros"]) == (str(given.grant_id), 700)
    assert (await takt(db, "grant", "void", *named, listed["id"])).exit_code == 0
    assert listed["id"] in str((await takt(db, "grant", "void", *named, listed["id"])).exception)


async def test_the_ledger_is_verified_exported_and_a_message_proved(db: str, world: World, tmp_path: Path) -> None:
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    (message_id,) = await sent(world, template_to(world, person.wa_id))
    assert "nothing was booked" in str((await takt(db, "ledger", "prove", wamid(message_id))).exception)
    assert "wamid" in str((await takt(db, "ledger", "prove", "x")).exception)
    await deliver(world, person)
    whole = await takt(db, "ledger", "verify")
    assert whole.output == "2 batches, 2 entries, 1 rows of usage, 0 roots of days: as they were written\n"
    assert json.loads((await takt(db, "ledger", "prove", wamid(message_id))).output)["batch"] == 2
    alone = await takt(db, "ledger", "export", str(tmp_path), "--company", world.business.waba_id)
    assert json.loads(alone.output) == {"batches": 2, "cards": 1, "contracts": 1, "documents": 0}
    assert "There is no company 9" in str(
        (await takt(db, "ledger", "export", str(tmp_path), "--company", "9")).exception
    )
    await world.execute("GRANT UPDATE ON usage TO CURRENT_USER")
    await world.execute("UPDATE usage SET amount_micros = amount_micros - 1")
    broken = await takt(db, "ledger", "verify")
    assert f"usage of message {message_id}" in broken.output
    assert "not as they were written" in str(broken.exception)
