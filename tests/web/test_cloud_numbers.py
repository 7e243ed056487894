"""The life of a number over the wire: created, verified, registered, named, found by a username, taken back."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from takt.clock import CLOCK
from takt.core.number import CODES_ASKED_MAX, NAMES_MAX, PIN_GUESSES_MAX, REGISTRATIONS_MAX
from tests.cloud import FOREIGN, FOREIGN_SENDER, OPERATOR, POOR, Cloud, open_cloud
from tests.world import World, twins

SENDER, SUPPORT, WABA = "100493023125001", "100493023125002", "200493023125"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


def code_of(answer: httpx.Response) -> int:
    told = answer.json()["error"]
    assert told["error_data"]["details"]
    return int(told["code"])


async def post(cloud: Cloud, path: str, token: str = "EAAnordwind", **given: Any) -> httpx.Response:
    return await cloud.call("POST", path, token, json=given)


async def create(cloud: Cloud, phone: str = "30 555 0001") -> str:
    answer = await post(cloud, f"/{WABA}/phone_numbers", cc="49", phone_number=phone, verified_name="Nordwind Neu")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def verified(cloud: Cloud) -> str:
    made = await create(cloud)
    assert (await post(cloud, f"/{made}/request_code", code_method="SMS", language="de")).json() == {"success": True}
    told = (await cloud.get(f"/takt/v1/numbers/{made}/code", OPERATOR)).json()
    assert told["phone_number"] == "49305550001"
    assert (await post(cloud, f"/{made}/verify_code", code=told["code"])).json() == {"success": True}
    return made


async def heard(world: World, field: str) -> list[dict[str, Any]]:
    """What was told in a field, in order."""
    rows = await world.rows("SELECT body FROM outbox WHERE part = any($1) AND field = $2 ORDER BY event_id",
                            world.site.parts, field)  # fmt: skip
    return [json.loads(row[0])["value"] for row in rows]


async def listen(world: World, *fields: str) -> None:
    await world.set_reference("UPDATE endpoint SET fields = $1", list(fields))


async def test_a_number_lives_from_creation_to_registration_and_back(cloud: Cloud, world: World) -> None:
    made = await create(cloud)
    async with twins(world):
        await lead_a_life(cloud, made)


async def lead_a_life(cloud: Cloud, made: str) -> None:
    wanted = (
        "display_phone_number,verified_name,code_verification_status,status,platform_type,name_status,is_pin_enabled"
    )

    async def shown() -> dict[str, Any]:
        answer: dict[str, Any] = (await cloud.get(f"/{made}", fields=wanted)).json()
        return answer

    assert await shown() == {
        "id": made, "display_phone_number": "+49 30 5550001", "verified_name": "Nordwind Neu",
        "code_verification_status": "NOT_VERIFIED", "status": "PENDING", "platform_type": "NOT_APPLICABLE",
        "name_status": "PENDING_REVIEW", "is_pin_enabled": False,
    }  # fmt: skip
    assert code_of(await post(cloud, f"/{made}/register", pin="123456")) == 133006
    await post(cloud, f"/{made}/request_code?code_method=VOICE&language=en")
    told = (await cloud.get(f"/takt/v1/numbers/{made}/code", OPERATOR)).json()
    assert (told["code_method"], told["language"]) == ("VOICE", "en")
    wrong = f"{(int(told['code']) + 1) % 10**6:06}"
    assert code_of(await post(cloud, f"/{made}/verify_code", code=wrong)) == 136025
    right = f"{told['code'][:3]}-{told['code'][3:]}"
    assert (await post(cloud, f"/{made}/verify_code", code=right)).json() == {"success": True}
    assert (await shown())["status"] == "DISCONNECTED"
    assert (await post(cloud, f"/{made}/register", messaging_product="whatsapp", pin="123456")).status_code == 200
    after = await shown()
    assert (after["status"], after["platform_type"], after["is_pin_enabled"]) == ("CONNECTED", "CLOUD_API", True)
    assert (await post(cloud, f"/{made}/deregister")).json() == {"success": True}
    assert (await shown())["status"] == "DISCONNECTED"
    health = (await cloud.get(f"/{made}", fields="health_status")).json()["health_status"]
    assert health["can_send_message"] == "BLOCKED"
    assert [one["entity_type"] for one in health["entities"]] == ["PHONE_NUMBER", "WABA", "BUSINESS"]
    assert code_of(await post(cloud, f"/{made}/request_code", code_method="SMS", language="de")) == 136024


@pytest.mark.parametrize(("kind", "code"), [("starting", 368), ("sending", 368), ("lock", 131031)])
async def test_no_number_is_added_while_a_measure_holds(cloud: Cloud, world: World, kind: str, code: int) -> None:
    now = CLOCK.now()
    await world.set_reference(
        "INSERT INTO measure (measure_id, business_id, kind, state, figures, proposed_at, until)"
        " VALUES ($1, $2, $3, 'in_force', '{}', $4, $5)",
        CLOCK.new_id(), world.business.business_id, kind, now, now + timedelta(days=1) if code == 368 else None,
    )  # fmt: skip
    refused = await post(cloud, f"/{WABA}/phone_numbers", cc="49", phone_number="305550001", verified_name="Neu")
    assert (refused.status_code, code_of(refused)) == (403, code)
    assert ("retry-after" in refused.headers) == (code == 368)
    await world.set_reference("UPDATE measure SET state = 'lifted', until = $1", now)
    await create(cloud)


async def test_a_registered_sender_is_in_the_snapshot_and_an_unregistered_one_is_told_apart(
    cloud: Cloud, world: World
) -> None:
    made = await create(cloud)
    await cloud.get(f"/{made}")
    assert world.reference.current.senders[SENDER].registered
    assert not world.reference.current.senders[made].registered


async def test_wrong_pins_are_counted_and_the_wait_is_told(cloud: Cloud) -> None:
    made = await verified(cloud)
    assert (await post(cloud, f"/{made}/register", pin="123456")).status_code == 200
    for _ in range(PIN_GUESSES_MAX):
        assert code_of(await post(cloud, f"/{made}/register", pin="654321")) == 133005
    barred = await post(cloud, f"/{made}/register", pin="123456")
    assert code_of(barred) == 133008
    assert "it can be tried again from " in barred.json()["error"]["error_data"]["details"]
    assert 3500 < int(barred.headers["retry-after"]) <= 3600


async def test_a_right_pin_ends_the_count_of_wrong_ones(cloud: Cloud) -> None:
    made = await verified(cloud)
    await post(cloud, f"/{made}/register", pin="123456")
    for _ in range(PIN_GUESSES_MAX - 1):
        await post(cloud, f"/{made}/register", pin="000000")
    assert (await post(cloud, f"/{made}/register", pin="123456")).status_code == 200
    assert code_of(await post(cloud, f"/{made}/register", pin="000000")) == 133005


async def test_ten_registrations_in_72_hours_are_the_end(cloud: Cloud, world: World) -> None:
    for number in range(REGISTRATIONS_MAX):
        path = "deregister" if number % 2 == 0 else "register"
        assert (await post(cloud, f"/{SENDER}/{path}", pin="123456")).status_code == 200
    assert code_of(await post(cloud, f"/{SENDER}/deregister")) == 133016
    assert code_of(await post(cloud, f"/{SENDER}/register", pin="123456")) == 133016
    assert (await post(cloud, f"/{SUPPORT}/deregister")).status_code == 200
    await world.execute(
        "UPDATE number_act SET at = at - $2::interval WHERE part = any($1)", world.site.parts, timedelta(hours=72)
    )
    assert (await post(cloud, f"/{SENDER}/register", pin="123456")).status_code == 200


async def test_codes_may_be_asked_for_only_so_often_and_expire(cloud: Cloud, world: World) -> None:
    made = await create(cloud)
    assert code_of(await post(cloud, f"/{made}/verify_code", code="123456")) == 136025
    for _ in range(CODES_ASKED_MAX):
        assert (await post(cloud, f"/{made}/request_code", code_method="sms", language="de")).status_code == 200
    assert code_of(await post(cloud, f"/{made}/request_code", code_method="SMS", language="de")) == 136024
    code = (await cloud.get(f"/takt/v1/numbers/{made}/code", OPERATOR)).json()["code"]
    await world.execute("UPDATE number_code SET expires_at = now() WHERE part = any($1)", world.site.parts)
    expired = await post(cloud, f"/{made}/verify_code", code=code)
    assert (code_of(expired), expired.json()["error"]["error_subcode"]) == (136025, 2388093)


async def test_a_number_is_there_once(cloud: Cloud) -> None:
    await create(cloud, "30 555 0001")
    again = await post(
        cloud, f"/{WABA}/phone_numbers", country_code="49", phone_number="+49305550001", verified_name="Anders"
    )
    assert (code_of(again), again.json()["error"]["error_subcode"]) == (100, 2388012)
    assert len((await cloud.get(f"/{WABA}/phone_numbers")).json()["data"]) == 3


async def test_another_pin_is_told_to_those_who_listen(cloud: Cloud, world: World) -> None:
    await listen(world, "security")
    assert (await post(cloud, f"/{SENDER}", pin="112233")).json() == {"success": True}
    assert await heard(world, "security") == [
        {"display_phone_number": "493023125001", "event": "PIN_CHANGED", "requester": "300493023125"}
    ]
    assert code_of(await post(cloud, f"/{SENDER}/register", pin="000000")) == 133005
    assert (await post(cloud, f"/{SENDER}/register", pin="112233")).status_code == 200


async def test_a_name_is_reviewed_by_the_operator_and_told(cloud: Cloud, world: World) -> None:
    await listen(world, "phone_number_name_update")
    fields = "verified_name,name_status,new_name_status"
    answer = await post(cloud, f"/{SENDER}", messaging_product="whatsapp", new_display_name="Nordwind Küste")
    assert answer.json() == {"success": True}
    pending = {
        "id": SENDER,
        "verified_name": "Nordwind",
        "name_status": "APPROVED",
        "new_name_status": "PENDING_REVIEW",
    }
    assert (await cloud.get(f"/{SENDER}", fields=fields)).json() == pending
    decided = f"/takt/v1/numbers/{SENDER}/name"
    assert (await post(cloud, decided, decision="APPROVED")).status_code == 403
    assert code_of(await post(cloud, decided.replace(SENDER, SUPPORT), OPERATOR, decision="APPROVED")) == 100
    body = {"decision": "REJECTED", "reason": "NAME_FORMAT_UNACCEPTABLE"}
    assert (await post(cloud, decided, OPERATOR, **body)).json() == {"success": True}
    assert (await cloud.get(f"/{SENDER}", fields=fields)).json() == {**pending, "new_name_status": "DECLINED"}
    assert code_of(await post(cloud, decided, OPERATOR, decision="APPROVED")) == 100
    await post(cloud, f"/{SENDER}?new_display_name=Nordwind%20Hamburg")
    await post(cloud, decided, OPERATOR, decision="APPROVED")
    shown = (await cloud.get(f"/{SENDER}", fields=fields)).json()
    assert shown == {"id": SENDER, "verified_name": "Nordwind Hamburg", "name_status": "APPROVED"}
    told = await heard(world, "phone_number_name_update")
    assert [(one["decision"], one["requested_verified_name"], one["rejection_reason"]) for one in told] == [
        ("PENDING", "Nordwind Küste", None),
        ("REJECTED", "Nordwind Küste", "NAME_FORMAT_UNACCEPTABLE"),
        ("PENDING", "Nordwind Hamburg", None),
        ("APPROVED", "Nordwind Hamburg", None),
    ]


async def test_names_change_only_so_often(cloud: Cloud) -> None:
    for number in range(NAMES_MAX):
        assert (await post(cloud, f"/{SENDER}", new_display_name=f"Name {number}")).status_code == 200
    assert code_of(await post(cloud, f"/{SENDER}", new_display_name="One more")) == 100


async def test_a_post_to_a_number_wants_a_parameter_that_it_knows(cloud: Cloud) -> None:
    assert code_of(await post(cloud, f"/{SENDER}", colour="blue")) == 100


async def test_a_username_is_one_numbers_and_moves_by_force(cloud: Cloud, world: World) -> None:
    await listen(world, "business_username_updates")
    assert (await cloud.get(f"/{SENDER}/username")).json() == {}
    assert (await post(cloud, f"/{SENDER}/username", username="nordwind.de")).status_code == 400
    assert (await post(cloud, f"/{SENDER}/username", username="nordwind")).json()["success"]
    assert (await cloud.get(f"/{SENDER}/username")).json() == {"username": "nordwind", "status": "approved"}
    assert code_of(await post(cloud, f"/{FOREIGN_SENDER}/username", FOREIGN, username="nordwind")) == 147001
    assert code_of(await post(cloud, f"/{SUPPORT}/username", username="nordwind")) == 147005
    moved = await post(cloud, f"/{SUPPORT}/username", username="nordwind", transfer_action="force_transfer")
    assert moved.status_code == 200
    assert (await cloud.get(f"/{SENDER}/username")).json() == {}
    suggested = (await cloud.get(f"/{SENDER}/username_suggestions")).json()["data"][0]["username_suggestions"]
    assert suggested
    assert "nordwind" not in suggested
    assert (await cloud.call("DELETE", f"/{SUPPORT}/username")).json() == {"success": True}
    assert (await cloud.get(f"/{SUPPORT}/username")).json() == {}
    assert [(one["username"], one["status"]) for one in await heard(world, "business_username_updates")] == [
        ("nordwind", "approved"), ("nordwind", "approved"), ("nordwind", "deleted"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "given"),
    [
        (f"{WABA}/phone_numbers", {}),
        (f"{WABA}/phone_numbers", {"cc": "x", "phone_number": "30555", "verified_name": "Ab"}),
        (f"{WABA}/phone_numbers", {"cc": "49", "phone_number": "3" * 20, "verified_name": "Ab"}),
        (f"{WABA}/phone_numbers", {"cc": "49", "phone_number": "305550001", "verified_name": "A"}),
        (f"{WABA}/phone_numbers", {"cc": "49", "phone_number": "305550001", "verified_name": "A" * 76}),
        (f"{SENDER}/request_code", {"code_method": "MAIL", "language": "de"}),
        (f"{SENDER}/verify_code", {"code": "12"}),
        (f"{SENDER}/verify_code", {"code": {"a": 1}}),
        (f"{SENDER}/register", {"pin": "12345"}),
        (f"{SENDER}/register", {"pin": "١٢٣٤٥٦"}),
        (f"{SENDER}/register", {"pin": "123456", "data_localization_region": "DE"}),
        (f"{SENDER}", {"pin": "abc"}),
        (f"{SENDER}", {"new_display_name": "\n"}),
        (f"{SENDER}/username", {"username": "Ab"}),
        (f"{SENDER}/username", {"username": "nord..wind"}),
        (f"{SENDER}/username", {"username": "www_nordwind"}),
        (f"{SENDER}/username", {"username": "123456"}),
        (f"{SENDER}/username", {"username": "nordwind", "transfer_action": "please"}),
    ],
)
async def test_what_is_wrong_is_named(cloud: Cloud, path: str, given: dict[str, Any]) -> None:
    answer = await post(cloud, f"/{path}", **given)
    assert (answer.status_code, code_of(answer)) == (400, 100)


async def test_only_the_company_itself_may_and_only_with_the_permission(cloud: Cloud) -> None:
    for path in ("request_code", "verify_code", "register", "deregister", "username"):
        assert code_of(await post(cloud, f"/{SENDER}/{path}", FOREIGN)) == 100
        assert (await post(cloud, f"/{SENDER}/{path}", POOR)).status_code == 403
    assert (await cloud.get(f"/takt/v1/numbers/{SENDER}/code")).status_code == 403
