"""A company may not send: each kind of no, through the whole action, and what exactly it leaves behind."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from takt.actions.examine import Examine
from takt.actions.outcome import HOOKS
from takt.actions.outgoing import OF_ADMISSION, Refused
from takt.clock import CLOCK
from takt.core.content import (
    Button,
    Card,
    InteractiveContent,
    MediaContent,
    Parameter,
    ReactionContent,
    Source,
    TemplateComponent,
    TemplateContent,
)
from takt.core.denial import REASONS
from takt.core.ids import wamid
from takt.core.limits import PAIR_RATE
from takt.core.message import Accepted, SendMessage
from takt.store.pool import transaction
from tests.actions import limited
from tests.actions.admitting import hold_out
from tests.actions.sending import counts, cursor_of, events, leave, reasons, send
from tests.partners import sell_through_partner
from tests.world import NOW, OPEN, UTILITY, Somebody, World, template_to, text_to, twins


@pytest.fixture
def world(rolled_back: World) -> World:
    """These tests run one batch after the other."""
    return rolled_back


Setting = Callable[[World, Somebody], Coroutine[Any, Any, SendMessage]]


async def _stranger(world: World, mara: Somebody) -> SendMessage:
    return template_to(world, world.numbers(mara.part, 2)[1])


async def _blocked(world: World, mara: Somebody) -> SendMessage:
    await world.set_thread(mara, world.outreach, blocked_at=NOW)
    return template_to(world, mara.wa_id)


async def _uninvited(world: World, mara: Somebody) -> SendMessage:
    return template_to(world, mara.wa_id, sender=world.support)


async def _deleted(world: World, mara: Somebody) -> SendMessage:
    until = NOW + timedelta(hours=1)
    await world.set_thread(mara, world.support, deleted_at=NOW, inbound_count=1, window_until=until)
    return text_to(world, mara.wa_id, sender=world.support)


async def _unanswered(world: World, mara: Somebody) -> SendMessage:
    until = NOW + timedelta(hours=1)
    await world.set_thread(mara, world.support, unanswered=5, inbound_count=1, window_until=until)
    return text_to(world, mara.wa_id, sender=world.support)


async def _window_closed(world: World, mara: Somebody) -> SendMessage:
    await world.set_thread(mara, world.outreach, inbound_count=1, window_until=NOW)
    return text_to(world, mara.wa_id)


async def _not_granted(world: World, mara: Somebody) -> SendMessage:
    return template_to(world, mara.wa_id, "autumn_offer")


async def _stopped(world: World, mara: Somebody) -> SendMessage:
    await world.set_marketing(mara, granted=False)
    return template_to(world, mara.wa_id, "autumn_offer")


async def _lapsed(world: World, mara: Somebody) -> SendMessage:
    await world.set_marketing(mara, granted=True)
    await world.execute("UPDATE consent SET valid_until = $2 WHERE part = $1", mara.part, NOW)
    return template_to(world, mara.wa_id, "autumn_offer")


async def _poor(world: World, mara: Somebody) -> SendMessage:
    await leave(world, UTILITY - 1)
    return template_to(world, mara.wa_id)


async def _budget_spent(world: World, mara: Somebody) -> SendMessage:
    await world.execute(
        "UPDATE account SET mark_micros = posted_micros, budget_micros = $1 WHERE kind = 'spend'", UTILITY - 1
    )
    return template_to(world, mara.wa_id)


async def _no_medium(world: World, mara: Somebody) -> SendMessage:
    await world.invite(mara, world.outreach)
    content = MediaContent("image", Source(link="https://nordwind.example/gone.jpg"))
    return replace(text_to(world, mara.wa_id), content=content, media_fault="image.link answered HTTP 404")


async def _no_target(world: World, mara: Somebody) -> SendMessage:
    await world.invite(mara, world.outreach)
    return replace(text_to(world, mara.wa_id), content=ReactionContent(wamid(CLOCK.new_id_beside(mara.wa_id)), "👍"))


async def _another_person(world: World, mara: Somebody) -> SendMessage:
    return replace(template_to(world, mara.wa_id), identity="another hash")


async def _frozen(world: World, mara: Somebody) -> SendMessage:
    await world.set_reference("UPDATE sender SET watch = 'frozen' WHERE sender_id = $1", world.outreach.sender_id)
    return template_to(world, mara.wa_id)


async def _poor_partner(world: World, mara: Somebody) -> SendMessage:
    await sell_through_partner(world, 0)
    return template_to(world, mara.wa_id)


async def _blocked_by_company(world: World, mara: Somebody) -> SendMessage:
    await world.set_thread(mara, world.outreach, business_blocked_at=NOW)
    return template_to(world, mara.wa_id)


def _under(policy: dict[str, Any]) -> Setting:
    """Advertising that is wanted, under a policy that does not let it through within its hour of life."""

    async def setting(world: World, mara: Somebody) -> SendMessage:
        await world.set_marketing(mara, granted=True)
        await world.set_policy({**OPEN, **policy})
        return template_to(world, mara.wa_id, "autumn_offer")

    return setting


async def _muted(world: World, mara: Somebody) -> SendMessage:
    await world.set_marketing(mara, granted=True)
    await world.set_thread(mara, world.outreach, muted_at=NOW)
    return template_to(world, mara.wa_id, "autumn_offer")


LATER: dict[str, Setting] = {
    "owner_stopped": limited.stopped_the_owner,
    "owner_blocked": limited.blocked_the_company,
    "reach_limit": limited.reached,
    "reach_cut": limited.cut,
    "paced": limited.paced,
    "chat_muted": _muted,
    "quiet_hours": _under({"quiet_hours": {}}),
    "cap_of_person": _under({"caps": {"person_per_day": 0}}),
    "cap_of_sender": _under({"caps": {"sender_per_week": 0}}),
    "pressure": _under({"admission": {"cap_per_week": 0}, "waiting": {"wait_h": 0}}),
    "held_out": hold_out,
    "recipient_unknown": _stranger,
    "blocked_by_user": _blocked,
    "support_not_invited": _uninvited,
    "chat_deleted": _deleted,
    "support_silenced": _unanswered,
    "window_closed": _window_closed,
    "marketing_not_granted": _not_granted,
    "marketing_stopped": _stopped,
    "consent_expired": _lapsed,
    "insufficient_funds": _poor,
    "budget_spent": _budget_spent,
    "partner_funds": _poor_partner,
    "blocked_by_company": _blocked_by_company,
    "medium_unusable": _no_medium,
    "reaction_target": _no_target,
    "identity_changed": _another_person,
}


async def _paused_sender(world: World, mara: Somebody) -> SendMessage:
    await world.set_reference("UPDATE sender SET status = 'paused'")
    return template_to(world, mara.wa_id)


async def _pilot(world: World, mara: Somebody) -> SendMessage:
    await world.set_reference("UPDATE business SET stage = 'pilot'")
    return template_to(world, mara.wa_id)


def _template(name: str, *values: str) -> Setting:
    async def setting(world: World, mara: Somebody) -> SendMessage:
        return template_to(world, mara.wa_id, name, *values)

    return setting


async def _odd_component(world: World, mara: Somebody) -> SendMessage:
    command = template_to(world, mara.wa_id)
    assert isinstance(command.content, TemplateContent)
    (component,) = command.content.components
    return replace(command, content=replace(command.content, components=(replace(component, kind="carousel"),)))


async def _pair_full(world: World, mara: Somebody) -> SendMessage:
    await world.set_thread(mara, world.outreach, pair_tat=NOW + PAIR_RATE.interval * PAIR_RATE.burst)
    return template_to(world, mara.wa_id)


async def _pace_full(world: World, mara: Somebody) -> SendMessage:
    await world.execute("UPDATE pace SET tat = $2 WHERE part = $1", mara.part, NOW + timedelta(hours=1))
    return template_to(world, mara.wa_id)


async def _bad_code(world: World, mara: Somebody) -> SendMessage:
    components = [{"type": "BODY", "text": "Ihr Code"}, {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE"}]}]
    await world.set_reference(
        "UPDATE template SET components = $1 WHERE name = 'order_update'", msgspec.json.encode(components).decode()
    )
    code = TemplateComponent("button", (Parameter("coupon_code", "no code!"),), "copy_code", 0)
    command = template_to(world, mara.wa_id)
    assert isinstance(command.content, TemplateContent)
    return replace(command, content=replace(command.content, components=(code,)))


async def _wrong_path(world: World, mara: Somebody) -> SendMessage:
    return replace(template_to(world, mara.wa_id), by_marketing_path=True)


async def _unregistered(world: World, mara: Somebody) -> SendMessage:
    await world.set_reference("UPDATE sender SET registered = false")
    return template_to(world, mara.wa_id)


def _flow(status: str, *, sent: int = 0) -> Setting:
    async def setting(world: World, mara: Somebody) -> SendMessage:
        await world.invite(mara, world.outreach)
        await world.set_reference(
            "INSERT INTO flow (flow_id, business_id, name, categories, status, preview_key, preview_until, created_at,"
            " updated_at) VALUES ('500000000000001', $1, 'visit', '{}', $2, 'k', $3, $3, $3)",
            world.business.business_id, status, NOW,
        )  # fmt: skip
        button = Button("flow", "Los", {"flow_name": "visit", "token": "t", "mode": "published", "action": "navigate"})
        command = replace(
            text_to(world, mara.wa_id), content=InteractiveContent("flow", Card(body="b", buttons=(button,)))
        )
        for _ in range(sent):
            done = await send(world, replace(command, message_id=CLOCK.new_id_beside(mara.wa_id)))
            assert isinstance(done.answers[0], Accepted)
        return command

    return setting


AT_ONCE: dict[str, Setting] = {
    "restricted": limited.measured("starting"),
    "locked": limited.measured("lock"),
    "sender_frozen": _frozen,
    "number_unregistered": _unregistered,
    "flow_unknown": _flow("DRAFT"),
    "flow_blocked": _flow("BLOCKED"),
    "flow_throttled": _flow("THROTTLED", sent=10),
    "sender_not_live": _paused_sender,
    "outside_pilot": _pilot,
    "template_missing": _template("no_such_template"),
    "template_paused": _template("paused_offer"),
    "template_disabled": _template("disabled_offer"),
    "parameter_count": _template("order_update", "1", "2"),
    "parameter_format": _odd_component,
    "text_too_long": _template("order_update", "x" * 1024),
    "text_format": _template("order_update", "a\nb"),
    "parameter_value": _bad_code,
    "marketing_only": _wrong_path,
    "pair_rate": _pair_full,
    "throughput": _pace_full,
}


def test_every_reason_is_tried() -> None:
    """The two tables below name all reasons that a send can meet, each where it belongs; the others are met by what waited."""
    assert {name for name, reason in REASONS.items() if reason.sync} == set(AT_ONCE)
    assert {name for name, reason in REASONS.items() if not reason.sync} == {
        *LATER, "expired", "category_mismatch", "in_review", "read_as_fraud"
    }  # fmt: skip


async def _refuse(world: World, mara: Somebody, setting: Setting) -> tuple[Refused, SendMessage, dict[str, Any]]:
    """Send what must be refused, with twins beside everything; the change that it made to the numbers of rows."""
    command = replace(await setting(world, mara), callback="Kampagne 7")
    before, cursor, money = await counts(world), await cursor_of(world, mara), await world.money()
    paces = await world.rows("SELECT * FROM pace ORDER BY part, sender_id")
    async with twins(world):
        done = await send(world, command)
    assert await cursor_of(world, mara) == cursor
    assert await world.money() == money
    (refused,) = done.answers
    assert isinstance(refused, Refused)
    moved = set(await world.rows("SELECT * FROM pace WHERE part < 1000")) - set(paces)
    logged = refused.stored or refused.denied.rule in OF_ADMISSION  # a row of either kind takes its time
    assert [row[:2] for row in moved] == ([(mara.part, command.sender_id)] if logged else [])
    assert done.wakes == ({HOOKS} if refused.stored else set())
    after = await counts(world)
    return refused, command, {table: after[table] - before[table] for table in after if after[table] != before[table]}


@pytest.mark.parametrize("reason", AT_ONCE)
async def test_what_is_refused_at_once_leaves_nothing(world: World, mara: Somebody, reason: str) -> None:
    """A developer's mistake is answered and forgotten."""
    refused, command, change = await _refuse(world, mara, AT_ONCE[reason])
    assert (refused.message_id, refused.denied.reason.name, refused.stored) == (command.message_id, reason, False)
    assert change == {}


@pytest.mark.parametrize("reason", LATER)
async def test_what_is_refused_later_leaves_a_failed_message_and_its_event(
    world: World, mara: Somebody, reason: str
) -> None:
    """It never gets into the inbox, costs nothing, does not touch the thread, and can be explained afterwards."""
    refused, command, change = await _refuse(world, mara, LATER[reason])
    assert (refused.message_id, refused.denied.reason.name, refused.stored) == (command.message_id, reason, True)
    assert change == {"message": 1, "outbox": 1}
    known = reason != "recipient_unknown"
    assert await world.rows(
        "SELECT recipient_id, cursor, status, reason, failed_at, expires_at FROM message WHERE part = $1", mara.part
    ) == [(mara.recipient_id if known else None, None, "failed", reason, NOW, None)]
    (event,) = await events(world)
    (status,) = event["statuses"]
    assert (status["id"], status["status"], status["recipient_id"]) == (
        wamid(command.message_id),
        "failed",
        command.wa_id,
    )
    assert [error["code"] for error in status["errors"]] == [REASONS[reason].code]
    assert status["biz_opaque_callback_data"] == "Kampagne 7"
    assert "pricing" not in status


@pytest.mark.parametrize("reason", LATER)
async def test_on_request_every_refusal_is_answered_at_once(world: World, mara: Somebody, reason: str) -> None:
    """With `Takt-Verdict: sync` a later reason leaves no message either."""

    async def setting(world: World, mara: Somebody) -> SendMessage:
        return replace(await LATER[reason](world, mara), verdict_at_once=True)

    refused, _, change = await _refuse(world, mara, setting)
    assert (refused.denied.reason.name, refused.stored, change) == (reason, False, {})


@pytest.mark.parametrize("reason", AT_ONCE | LATER)
async def test_a_dry_run_says_what_a_send_would_meet(world: World, mara: Somebody, reason: str) -> None:
    """The same verdict down to its number and time, and nothing written."""
    command = await (AT_ONCE | LATER)[reason](world, mara)
    examine = Examine(world.reference, len(world.site.parts))
    before = await counts(world)
    async with twins(world):
        async with transaction(world.site.pool(mara.part)) as conn:
            (examined,) = (await examine(conn, mara.part, [command], NOW, again=False)).answers
        assert await counts(world) == before
    (answer,) = (await send(world, command)).answers
    assert isinstance(answer, Refused)
    assert examined.denied == answer.denied


async def test_a_pilot_reaches_its_members(world: World, mara: Somebody) -> None:
    """In the pilot, who was invited gets messages."""
    command = await _pilot(world, mara)
    await world.execute(
        "INSERT INTO pilot_member (part, recipient_id, business_id, added_at) VALUES ($1, $2, $3, $4)",
        mara.part, mara.recipient_id, world.business.business_id, NOW,
    )  # fmt: skip
    async with twins(world):
        assert reasons(await send(world, command)) == [None]
