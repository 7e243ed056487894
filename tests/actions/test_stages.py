"""A company hears how the operator sees it: admitted, paused, let in again."""

import json

import pytest

from takt.actions.outcome import HOOKS
from takt.actions.pilot import SetStage, Stages
from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.store.pool import transaction
from takt.wire import webhook_accounts
from tests.wire.shapes import same_shape, sample
from tests.world import NOW, World, twins

REVIEWED = [("account_review_update", {"decision": "APPROVED"})]
PENDING = [("account_review_update", {"decision": "PENDING"})]
BANNED = [("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "November 22, 2026"}})]  # fmt: skip
BACK = [("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE", "waba_ban_date": "November 22, 2026"}})]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("applied", "pilot", REVIEWED),
        ("applied", "live", REVIEWED),
        ("live", "applied", PENDING),
        ("pilot", "live", []),
        ("live", "live", []),
        ("live", "paused", BANNED),
        ("paused", "live", BACK),
        ("paused", "pilot", BACK),
    ],
)
async def test_each_move_is_told_as_what_it_means(
    world: World, before: str, after: str, told: list[tuple[str, object]]
) -> None:
    await world.set_reference("UPDATE business SET stage = $1", before)
    await world.set_reference("UPDATE endpoint SET fields = '{account_update,account_review_update}'")
    part = world.site.part_of(slot_of(world.business.contract_id))
    async with twins(world), transaction(world.site.pool(part)) as conn:
        action = Stages(world.reference, CLOCK.new_id)
        done = await action(conn, part, [SetStage(world.business.business_id, after)], NOW, again=False)
    assert done.wakes == ({HOOKS} if told else set())
    rows = await world.rows("SELECT field, body FROM outbox WHERE part < 1000 ORDER BY event_id")
    assert [(field, json.loads(body)["value"]) for field, body in rows] == told
    assert await world.rows("SELECT stage FROM business WHERE business_id = $1", world.business.business_id) == [
        (after,)
    ]


def test_a_pause_has_the_shape_that_clients_know() -> None:
    ours = json.loads(webhook_accounts.render_ban("DISABLE", NOW))
    assert same_shape(ours, sample("account_update", "account_disabled")) == []
    assert json.loads(webhook_accounts.render_review("APPROVED")) == {
        "value": {"decision": "APPROVED"}, "field": "account_review_update",
    }  # fmt: skip
