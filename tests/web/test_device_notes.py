"""Lines of the messenger's own in a chat: the notice of the exception for existing customers, the confirmation of a stop."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.store import inbox
from takt.store.pool import transaction
from takt.web.text import read_catalogue
from takt.wire.proof import EXCEPTION_NOTICE
from tests.consenting import Office, open_office
from tests.device import Device, post, stream
from tests.web.test_consents import SALE, did, got, may_send
from tests.world import World, twins


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with open_office(world) as opened:
        yield opened


@pytest.fixture
async def mara(office: Office) -> AsyncIterator[Device]:
    async with office.messenger.device(await office.messenger.person()) as device:
        yield device


async def chat(office: Office, mara: Device, **page: Any) -> Any:
    found = await mara.http.get(f"/threads/{office.world.outreach.sender_id}/messages", params=page)
    return found.json()


async def switch(office: Office, mara: Device, *, granted: bool, purpose: str = "marketing") -> None:
    await did(mara, "PUT", f"/senders/{office.world.outreach.sender_id}/consent", purpose=purpose, granted=granted)


async def stops(mara: Device) -> list[tuple[int, str]]:
    """The confirmations in the log of the inbox."""
    notices = (await got(mara, "/inbox"))["notices"]
    return [(one["cursor"], one["purpose"]) for one in notices if one.get("confirm")]


async def test_each_message_to_an_existing_customer_says_so_until_the_person_objects(
    office: Office, mara: Device
) -> None:
    sale = {"to": mara.person.wa_id, **SALE}
    await office.ok("POST", "consents/customers", json=sale)
    assert await may_send(office, mara)
    async with twins(office.world):
        [message] = (await chat(office, mara))["messages"]
    assert message["basis"] == "customer"
    [listed] = (await got(mara, "/inbox"))["messages"]
    assert listed["basis"] == "customer"
    async with stream(mara, 0) as live:
        assert (await live.until("message")).data == listed
    [company] = (await got(mara, "/permissions/export"))["companies"]
    [record] = company["history"]
    shown = EXCEPTION_NOTICE.in_locale("de").format(name=company["name"])
    assert (record["notice"], record["uses"]) == (shown, 1)
    page = await mara.http.get("/permissions/export?format=html")
    assert shown in page.text
    await switch(office, mara, granted=False, purpose="*")
    assert not await may_send(office, mara)
    assert [purpose for _, purpose in await stops(mara)] == ["*"]


async def test_what_rests_on_consent_or_needs_none_says_nothing(office: Office, mara: Device) -> None:
    await switch(office, mara, granted=True)
    assert await may_send(office, mara)
    await did(mara, "POST", "/messages", **post(office.world.outreach.sender_id))
    assert ["basis" in one for one in (await chat(office, mara))["messages"]] == [False, False]
    history = (await got(mara, "/permissions/export"))["companies"][0]["history"]
    assert [one["notice"] for one in history] == [None]


def test_the_notice_is_the_same_on_the_screen_and_on_paper() -> None:
    shown = {one.id: one.string for one in read_catalogue("messenger", "de")}
    assert shown[EXCEPTION_NOTICE.en] == EXCEPTION_NOTICE.de


async def test_a_stop_is_confirmed_once_between_the_messages_and_stays(office: Office, mara: Device) -> None:
    """By a switch, by a word and by a button alike; a later yes and the sweep leave it where it is."""
    await did(mara, "POST", "/messages", **post(office.world.outreach.sender_id))
    await switch(office, mara, granted=True)
    await switch(office, mara, granted=False)
    await switch(office, mara, granted=False)
    await did(mara, "POST", "/messages", **post(office.world.outreach.sender_id, "START", "c2"))
    word = await did(mara, "POST", "/messages", **post(office.world.outreach.sender_id, "STOPP", "c3"))
    confirmed = await stops(mara)
    assert [purpose for _, purpose in confirmed] == ["marketing", "*"]
    assert confirmed[-1][0] > word["cursor"]
    part = mara.person.part
    async with transaction(office.world.site.pool(part)) as conn:
        await inbox.drop_outdone(conn, part, [mara.person.recipient_id])
    assert await stops(mara) == confirmed
    async with twins(office.world):
        page = await chat(office, mara)
    assert [(one["cursor"], one["purpose"]) for one in page["notices"]] == confirmed
    assert {one["at"] for one in page["notices"]} == {"2026-11-22T12:00:00Z"}
    assert (await chat(office, mara, limit=1))["notices"] == page["notices"][-1:], "none from before the page"
    older = await chat(office, mara, before=word["cursor"])
    assert [one["cursor"] for one in older["notices"]] == [confirmed[0][0]]


async def test_forbidding_service_and_allowing_leave_no_line(office: Office, mara: Device) -> None:
    await did(mara, "POST", "/messages", **post(office.world.outreach.sender_id))
    await switch(office, mara, granted=True)
    await switch(office, mara, granted=False, purpose="service")
    assert await stops(mara) == []
    assert (await chat(office, mara))["notices"] == []


async def test_a_deleted_chat_takes_its_confirmations_with_it(office: Office, mara: Device) -> None:
    await did(mara, "POST", "/messages", **post(office.world.outreach.sender_id))
    await switch(office, mara, granted=True)
    await switch(office, mara, granted=False)
    await mara.http.delete(f"/threads/{office.world.outreach.sender_id}")
    await did(mara, "POST", "/messages", **post(office.world.outreach.sender_id, client_id="c2"))
    found = await chat(office, mara)
    assert (len(found["messages"]), found["notices"]) == (1, [])
