"""Consent as companies handle it: purposes, requests that a person confirms, lists, existing customers, proofs."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.core.asking import OPEN_REQUESTS_MAX, REQUEST_LIFE, REST
from takt.core.consent import DECAY
from tests.consenting import FOREIGN, OPERATOR, POOR, Office, open_office
from tests.device import Device
from tests.world import World, template_to, twins

EVENTS = {
    "name": {"en": "Invitations", "de": "Einladungen"},
    "wording": {"en": "Nordwind may invite me.", "de": "Nordwind darf mich einladen."},
    "legal_name": "Nordwind Outdoor GmbH",
}
ROW = {
    "to": "+49 170 0000001", "granted_on": "2026-11-01", "source": "shop check-out",
    "wording": "I want offers.", "vouched_by": "Aylin Kaya",
}  # fmt: skip
SALE = {
    "sold": "order 4711 in the shop", "sold_on": "2026-10-01", "goods": "rain jackets", "no_objection": True,
    "notice_at_collection": True, "notice_in_every_use": True, "vouched_by": "Aylin Kaya",
}  # fmt: skip


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with open_office(world) as opened:
        yield opened


@pytest.fixture
async def mara(office: Office) -> AsyncIterator[Device]:
    async with office.messenger.device(await office.messenger.person()) as device:
        yield device


async def got(device: Device, path: str) -> Any:
    answered = await device.http.get(path)
    assert answered.status_code == 200, answered.text
    return answered.json()


async def did(device: Device, method: str, path: str, status: Any = 200, **body: Any) -> Any:
    answered = await device.http.request(method, path, json=body)
    assert answered.status_code == status, answered.text
    return answered.json()


async def ask(office: Office, device: Device, purpose: str = "marketing") -> Any:
    return await office.ok("POST", "consents/requests", json={"to": device.person.wa_id, "purpose": purpose})


async def may_send(office: Office, device: Device) -> bool:
    """Whether marketing goes out to the person now."""
    command = template_to(office.world, device.person.wa_id, "autumn_offer")
    answer = await office.messenger.send_lanes.submit(command.message_id.int >> 64 & 0xFFF, command)
    return hasattr(answer, "cursor")


async def test_a_purpose_is_worded_in_versions(office: Office) -> None:
    [standard] = (await office.ok("GET", "purposes"))["purposes"]
    assert (standard["key"], standard["version"]) == ("marketing", 0)
    first = await office.ok("PUT", "purposes/events", json=EVENTS)
    assert (first["version"], first["legal_name"]) == (1, "Nordwind Outdoor GmbH")
    assert await office.ok("PUT", "purposes/events", json=EVENTS) == first, "the same words are no new version"
    changed = {**EVENTS, "wording": {"en": "Other.", "de": "Anders."}}
    assert (await office.ok("PUT", "purposes/events", json=changed))["version"] == 2
    assert [one["key"] for one in (await office.ok("GET", "purposes"))["purposes"]] == ["marketing", "events"]
    assert [one["key"] for one in (await office.ok("GET", "purposes", FOREIGN))["purposes"]] == ["marketing"]


async def test_a_template_serves_a_purpose(office: Office) -> None:
    await office.ok("PUT", "purposes/events", json=EVENTS)
    path = "templates/400493023125002/purpose"
    assert (await office.ok("PUT", path, json={"purpose": "events"}))["purpose"] == "events"
    assert "purpose" in await office.refused("PUT", path, json={"purpose": "other"})
    assert "purpose" in await office.refused("PUT", path, json={})
    await office.refused("PUT", path, FOREIGN, json={"purpose": "marketing"})


@pytest.mark.parametrize(
    ("key", "change", "named"),
    [
        ("service", {}, "key"), ("Größe", {}, "key"), ("events", {"name": "x"}, "name"),
        ("events", {"wording": {"en": "x"}}, "wording.de"), ("events", {"legal_name": ""}, "legal_name"),
        ("events", {"wording": {"en": "x" * 1001, "de": "x"}}, "wording.en"), ("events", {"legal_name": None}, "legal_name"),
    ],
)  # fmt: skip
async def test_a_faulty_purpose_names_its_field(office: Office, key: str, change: dict[str, Any], named: str) -> None:
    assert named in await office.refused("PUT", f"purposes/{key}", json={**EVENTS, **change})


async def test_double_opt_in_puts_both_steps_on_record(office: Office, mara: Device) -> None:
    await office.ok("PUT", "purposes/events", json=EVENTS)
    async with twins(office.world):
        asked = await ask(office, mara, "events")
    assert asked["state"] == "asked"
    assert (await ask(office, mara, "events")) == {**asked, "state": "waiting", "next_at": "2026-12-22T12:00:00Z"}
    [request] = (await got(mara, "/requests"))["requests"]
    assert request["wording"] == "Nordwind darf mich einladen."
    assert (request["legal_name"], request["purpose"]["name"]) == ("Nordwind Outdoor GmbH", "Einladungen")
    where = {"place": "dialogue", "zone": "Europe/Berlin"}
    path = f"/requests/{request['id']}"
    await did(mara, "POST", path, 409, confirmed=True, version=7, **where)
    assert await did(mara, "POST", path, confirmed=True, version=1, **where) == {"state": "confirmed"}
    assert await did(mara, "POST", path, confirmed=True, version=1, **where) == {"state": "confirmed"}
    await did(mara, "POST", path, 409, confirmed=False, version=1)
    proof = await office.ok("GET", f"consents/{mara.person.wa_id}/proof")
    asking, granting = proof["records"]
    assert (asking["act"], granting["act"], proof["chain"]["whole"]) == ("request", "grant", True)
    terms = granting["terms"]
    assert granting["number_at_that_time"] == mara.person.wa_id
    assert (terms["wording"], terms["version"], terms["language"]) == ("Nordwind darf mich einladen.", 1, "de")
    assert (terms["place"], terms["zone"], terms["method"]) == ("dialogue", "Europe/Berlin", "double_opt_in")
    assert terms["confirmation"]["request"] == request["id"] == asking["id"]
    assert len(terms["device"]) == 64
    assert (await got(mara, "/requests"))["requests"] == []
    assert (await ask(office, mara, "events"))["state"] == "granted"


async def test_who_declined_is_left_in_peace_for_long(office: Office, mara: Device) -> None:
    asked = await ask(office, mara)
    await did(mara, "POST", f"/requests/{asked['request']}", confirmed=False, version=0)
    (company,) = (await got(mara, "/permissions"))["companies"]
    said = next(one for one in company["purposes"] if one["purpose"] == "marketing")
    assert (said["act"], said["granted"]) == ("decline", False)
    assert not any("confirmed" in one for one in (said["source"], *(each["method"] for each in company["history"])))
    again = await ask(office, mara)
    assert (again["state"], again["request"]) == ("resting", None)
    assert (await office.ok("POST", "consents/import", content=_line(mara)))["counts"] == {"stopped": 1}
    office.messenger.clock.at += REST
    assert (await ask(office, mara))["state"] == "asked"
    office.messenger.clock.at += REQUEST_LIFE
    assert (await got(mara, "/requests"))["requests"] == []
    assert (await ask(office, mara))["state"] == "resting"


async def test_who_stopped_is_never_asked_again(office: Office, mara: Device) -> None:
    await did(mara, "PUT", f"/permissions/{office.world.business.waba_id}", purpose="*", granted=False)
    office.messenger.clock.at += REST * 5
    assert (await ask(office, mara))["state"] == "stopped"
    async with office.messenger.device(await office.messenger.person(1)) as leyla:
        await did(leyla, "PUT", "/permissions", stopped=True)
        assert (await ask(office, leyla))["state"] == "stopped"
        await did(leyla, "PUT", "/permissions", stopped=False)
        assert (await office.ok("POST", "consents/import", content=_line(leyla, granted_on="2029-05-01")))[
            "counts"
        ] == {"stopped": 1}
        assert (await ask(office, leyla))["state"] == "asked"


async def test_a_person_has_few_requests_at_a_time_and_a_stranger_none(office: Office, mara: Device) -> None:
    for number in range(OPEN_REQUESTS_MAX + 1):
        await office.ok("PUT", f"purposes/p{number}", json=EVENTS)
    states = [(await ask(office, mara, f"p{number}"))["state"] for number in range(OPEN_REQUESTS_MAX + 1)]
    assert states == ["asked"] * OPEN_REQUESTS_MAX + ["limited"]
    stranger = {"to": "491700999999"}
    assert (await office.ok("POST", "consents/requests", json=stranger))["state"] == "unreachable"
    await did(mara, "PUT", f"/senders/{office.world.outreach.sender_id}/block", blocked=True)
    assert (await ask(office, mara))["state"] == "unreachable"
    assert "sender" in await office.refused("POST", "consents/requests", json={**stranger, "sender": "1"})
    assert "purpose" in await office.refused("POST", "consents/requests", json={**stranger, "purpose": "nope"})
    assert "to" in await office.refused("POST", "consents/requests", json={"to": "x"})


def _line(device: Device, **change: Any) -> bytes:
    return json.dumps({**ROW, "to": device.person.wa_id, **change}).encode()


async def test_a_list_is_taken_row_by_row_and_once(office: Office, mara: Device) -> None:
    rows = b"\n".join([
        _line(mara), _line(mara, source=""), b"[]", _line(mara, to="491700999999"), _line(mara, granted_on="2020-01-01"),
        _line(mara, purpose="nope"), _line(mara, colour="red"), _line(mara, evidence_sha256="x"), _line(mara),
    ])  # fmt: skip
    async with twins(office.world):
        taken = await office.ok("POST", "consents/import", content=rows)
    assert [one.get("outcome") for one in taken["rows"]] == [
        "imported",
        None,
        None,
        "unknown",
        None,
        None,
        None,
        None,
        "known",
    ]
    assert [named in taken["rows"][place]["error"] for place, named in (
        (1, "source"), (2, "row"), (4, "granted_on"), (5, "purpose"), (6, "colour"), (7, "evidence_sha256"),
    )] == [True] * 6  # fmt: skip
    assert taken["counts"] == {"faulty": 6, "imported": 1, "known": 1, "unknown": 1}
    assert (await office.ok("POST", "consents/import", content=_line(mara)))["counts"] == {"known": 1}
    assert await may_send(office, mara)
    [company] = (await got(mara, "/permissions"))["companies"]
    purpose = company["purposes"][0]
    assert (purpose["basis"], purpose["source"]) == ("list", "aus einer Liste, die die Firma mitbrachte")
    assert purpose["valid_until"] == "2028-10-31T00:00:00Z", "24 months after it was given, not after it was brought"
    office.messenger.clock.at += DECAY
    assert not await may_send(office, mara)


async def test_a_list_never_counts_against_the_person(office: Office, mara: Device) -> None:
    waba = office.world.business.waba_id
    await did(mara, "PUT", f"/permissions/{waba}", purpose="marketing", granted=True)
    assert (await office.ok("POST", "consents/import", content=_line(mara)))["counts"] == {"kept": 1}
    await did(mara, "PUT", f"/permissions/{waba}", purpose="*", granted=False)
    assert (await office.ok("POST", "consents/import", content=_line(mara, source="b")))["counts"] == {"stopped": 1}
    assert (await office.ok("POST", "consents/customers", json={**SALE, "to": mara.person.wa_id}))[
        "outcome"
    ] == "stopped"
    assert not await may_send(office, mara)


async def test_a_list_may_be_csv(office: Office, mara: Device) -> None:
    head = "to;granted_on;source;wording;vouched_by\n"
    row = f"{mara.person.wa_id};2026-11-01;Messe;Ja, gern;Aylin\n"
    kind = {"content-type": "text/csv"}
    taken = await office.ok("POST", "consents/import", content=(head + row + "1;2\n").encode(), headers=kind)
    assert taken["rows"][0]["outcome"] == "imported"
    assert "columns" in taken["rows"][1]["error"]
    for body in (b"", b"a,b\n1,2", b"\xff"):
        assert "body" in await office.refused(
            "POST", "consents/import", content=body, headers={"content-type": "text/csv"}
        )


@pytest.mark.parametrize(
    "missing", ["sold", "goods", "no_objection", "notice_at_collection", "notice_in_every_use", "sold_on"]
)
async def test_an_existing_customer_needs_all_facts_by_name(office: Office, mara: Device, missing: str) -> None:
    facts = {name: said for name, said in {**SALE, "to": mara.person.wa_id}.items() if name != missing}
    assert missing in await office.refused("POST", "consents/customers", json=facts)
    if facts.get("no_objection") is True:
        assert "no_objection" in await office.refused(
            "POST", "consents/customers", json={**SALE, "to": "49170", "no_objection": False}
        )


async def test_an_existing_customer_is_a_basis_of_its_own(office: Office, mara: Device) -> None:
    claim = {**SALE, "to": mara.person.wa_id}
    assert (await office.ok("POST", "consents/customers", json=claim))["outcome"] == "imported"
    assert (await office.ok("POST", "consents/customers", json=claim))["outcome"] == "known"
    assert await may_send(office, mara)
    [company] = (await got(mara, "/permissions"))["companies"]
    assert company["purposes"][0]["basis"] == "customer"
    [record] = (await office.ok("GET", f"consents/{mara.person.wa_id}/proof"))["records"]
    assert (record["act"], record["terms"]["exception"]["goods"]) == ("except", "rain jackets")


async def test_a_company_proves_its_own_and_no_other(office: Office, mara: Device) -> None:
    await did(mara, "PUT", f"/permissions/{office.world.business.waba_id}", purpose="marketing", granted=True)
    assert await may_send(office, mara)
    path = f"consents/{mara.person.wa_id}/proof"
    [record] = (await office.ok("GET", path))["records"]
    assert (record["uses"], record["last_use"], record["keep_until"]) == (
        1,
        "2026-11-22T12:00:00Z",
        "2031-11-23T12:00:00Z",
    )
    assert (await office.ok("GET", path, FOREIGN))["records"] == []
    of_operator = f"businesses/{office.world.business.waba_id}/{path}"
    assert (await office.ok("GET", of_operator, OPERATOR))["records"][0]["id"] == record["id"]
    page = await office.call("GET", f"{path}?format=html&locale=de")
    assert page.headers["content-type"].startswith("text/html")
    assert "Nachweis der Einwilligung" in page.text
    assert "<dt>gezeigter rechtlicher Name</dt>" in page.text
    assert "legal_name" not in page.text
    assert record["hash"] in page.text
    for token, refused in ((POOR, path), (OPERATOR, path), ("x", path)):
        await office.refused("GET", refused, token)
    assert "locale" in await office.refused("GET", f"{path}?locale=fr")
    await office.refused("GET", "consents/49170099999/proof")


async def test_a_changed_record_is_found(office: Office, mara: Device) -> None:
    waba = office.world.business.waba_id
    for granted in (True, False, True):
        await did(mara, "PUT", f"/permissions/{waba}", purpose="marketing", granted=granted)
    whole = await office.ok("GET", "consents/verification", OPERATOR)
    assert whole == {"whole": True, "records": 3, "people": 1, "first_broken": None}
    owner = office.world.site.everywhere
    with pytest.raises(Exception, match="permission denied"):
        await owner.execute("UPDATE consent_record SET granted = true")
    with pytest.raises(Exception, match="permission denied"):
        await owner.execute("DELETE FROM consent_record")
    await owner.execute("GRANT UPDATE ON consent_record TO CURRENT_USER")
    await owner.execute("UPDATE consent_record SET source = 'letter' WHERE number = 2")
    await owner.execute("REVOKE UPDATE ON consent_record FROM CURRENT_USER")
    found = await office.ok("GET", "consents/verification", OPERATOR)
    assert (found["whole"], found["first_broken"]["number"]) == (False, 2)
    proof = await office.ok("GET", f"consents/{mara.person.wa_id}/proof")
    assert proof["chain"]["first_broken"] == found["first_broken"]["record"]
    await office.refused("GET", "consents/verification")
