"""A person's own page: every company's permissions, stopping, history, export; and being erased, with a certificate."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from takt.actions.outgoing import Refused
from takt.actions.release import Release
from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.core.message import Waits
from takt.store import recipients
from takt.store.pool import transaction
from takt.store.recipients import NewRecipient
from tests.consenting import OPERATOR, Office, open_office
from tests.device import Device
from tests.web.test_consents import ROW, did, got, may_send
from tests.world import FUNDS, NOW, OPEN, World, template_to, twins

MANY = 5_000


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with open_office(world) as opened:
        yield opened


@pytest.fixture
async def mara(office: Office) -> AsyncIterator[Device]:
    async with office.messenger.device(await office.messenger.person()) as device:
        yield device


def of(office: Office) -> str:
    return f"/permissions/{office.world.business.waba_id}"


async def purposes(mara: Device) -> dict[str, bool]:
    [company] = (await got(mara, "/permissions"))["companies"]
    return {one["purpose"]: one["granted"] for one in company["purposes"]}


async def test_a_page_shows_what_each_company_may_and_what_it_did(office: Office, mara: Device) -> None:
    assert (await got(mara, "/permissions"))["companies"] == []
    await did(mara, "PUT", of(office), purpose="marketing", granted=True, zone="Europe/Berlin")
    assert await may_send(office, mara)
    async with twins(office.world):
        page = await got(mara, "/permissions")
    [company] = page["companies"]
    assert (page["stopped_everybody"], company["stopped_all"], page["chain"]) == (
        False,
        False,
        {"records": 1, "whole": True},
    )
    assert company["written"] == {"ever": 1, "last_30_days": 1, "last_at": "2026-11-22T12:00:00Z"}
    [purpose] = company["purposes"]
    assert {name: purpose[name] for name in ("basis", "granted", "since", "last_use", "uses", "name")} == {
        "basis": "consent", "granted": True, "since": "2026-11-22T12:00:00Z", "last_use": "2026-11-22T12:00:00Z", "uses": 1,
        "name": "Angebote und Neuigkeiten",
    }  # fmt: skip
    [record] = company["history"]
    assert (record["says"], record["method"], record["terms"]["zone"]) == ("erlaubt", "in dieser App", "Europe/Berlin")
    assert record["terms"]["wording"].startswith("Nordwind darf mir")


async def test_one_purpose_all_of_a_company_and_everybody_can_be_stopped(office: Office, mara: Device) -> None:
    await office.ok("PUT", "purposes/events", json={
        "name": {"en": "Events", "de": "Feste"}, "wording": {"en": "Yes", "de": "Ja"}, "legal_name": "Nordwind GmbH",
    })  # fmt: skip
    for purpose in ("marketing", "events"):
        await did(mara, "PUT", of(office), purpose=purpose, granted=True)
    await did(mara, "PUT", of(office), purpose="events", granted=False)
    assert await purposes(mara) == {"marketing": True, "events": False}
    stopped = await did(mara, "PUT", of(office), purpose="*", granted=False)
    assert (stopped["stopped_all"], await purposes(mara)) == (True, {"marketing": False, "events": False})
    resumed = await did(mara, "PUT", of(office), purpose="*", granted=True)
    assert (resumed["stopped_all"], await purposes(mara)) == (False, {"marketing": True, "events": False})
    page = await did(mara, "PUT", "/permissions", stopped=True)
    assert (page["stopped_everybody"], await purposes(mara)) == (True, {"marketing": False, "events": False})
    assert not await may_send(office, mara)
    page = await did(mara, "PUT", "/permissions", stopped=False)
    assert (page["stopped_everybody"], await purposes(mara)) == (False, {"marketing": False, "events": False})
    await did(mara, "PUT", of(office), 400, purpose="nope", granted=True)
    await did(mara, "PUT", "/permissions/200000000000", 404, purpose="*", granted=False)
    told = [json.loads(row[0])["value"]["user_preferences"][0] for row in await office.world.rows(
        "SELECT body FROM outbox WHERE part = any($1) AND field = 'user_preferences' ORDER BY event_id",
        office.world.site.parts,
    )]  # fmt: skip
    assert {one["value"] for one in told} == {"stop", "resume"}
    assert not any("reason" in one for one in told), "a company hears that it is over, never why"


async def test_everything_can_be_taken_along_and_proved(office: Office, mara: Device) -> None:
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    export = await got(mara, "/permissions/export")
    assert export["companies"][0]["history"][0]["hash"]
    readable = await mara.http.get("/permissions/export?format=html")
    assert "attachment" in readable.headers["content-disposition"]
    page = await mara.http.get(f"{of(office)}/proof?format=html")
    assert (page.status_code, "default-src 'none'" in page.headers["content-security-policy"]) == (200, True)
    assert export["companies"][0]["history"][0]["hash"] in page.text
    assert (await got(mara, f"{of(office)}/proof"))["chain"]["whole"]
    assert (await mara.http.get("/permissions/export?format=pdf")).status_code == 400


async def fill(office: Office, mara: Device, count: int) -> None:
    """So many old messages of both sides, delivered and paid, with facts and all."""
    world = office.world
    await world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type, content,"
        " category, status, facts, accepted_at, delivered_at) SELECT $1, gen_random_uuid(), $2, $3, $4, $5, n % 3 = 0,"
        " 100 + n, 'text', json_build_object('body', 'Geheimes ' || n), 'service', 'read', '{}', $6, $6"
        " FROM generate_series(1, $7::int) n",
        mara.person.part, mara.person.recipient_id, mara.person.wa_id, world.outreach.sender_id,
        world.business.business_id, NOW - timedelta(days=2), count,
    )  # fmt: skip
    await world.execute("UPDATE recipient SET cursor = $2 WHERE part = $1", mara.person.part, 100 + count)


async def card(office: Office, mara: Device) -> None:
    """The company's desk shows the person."""
    world = office.world
    await world.execute(
        "INSERT INTO desk (part, business_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        world.business.contract_part, world.business.business_id,
    )  # fmt: skip
    await world.execute(
        "INSERT INTO desk_card VALUES ($1, $2, $3, $4, 1, 1, 'Mara', $5, 'Geheimes', true, '', $6, 0, NULL, false, 'mara')"
        " ON CONFLICT DO NOTHING",
        world.business.contract_part, world.business.business_id, world.outreach.sender_id, mara.person.recipient_id,
        mara.person.wa_id, NOW,
    )  # fmt: skip


async def suspect_and_answer(office: Office, mara: Device) -> None:
    """A message of theirs is suspected of fraud, and their company's endpoint repeats what it was told."""
    world, part = office.world, mara.person.part
    await world.execute(
        "INSERT INTO suspicion (part, message_id, business_id, sender_id, held, findings, found_at, note)"
        " SELECT part, message_id, business_id, sender_id, false, $3, $2, 'Geheimes' FROM message"
        " WHERE part = $1 AND NOT inbound AND recipient_id = $4 LIMIT 1",
        part, NOW, json.dumps([{"rule": "fraud", "evidence": "Geheimes"}]), mara.person.recipient_id,
    )  # fmt: skip
    told = [CLOCK.new_id(0xABC), CLOCK.new_id(slot_of(mara.person.recipient_id))]
    await world.execute(
        "INSERT INTO attempt (part, attempt_id, endpoint_id, at, duration_s, events, status, answer)"
        " SELECT $1, gen_random_uuid(), gen_random_uuid(), $2, 1, events::uuid[], 500, answer"
        " FROM unnest($3::text[], $4::text[]) u(events, answer)",
        world.business.contract_part, NOW, [f"{{{told[0]},{told[1]}}}", f"{{{told[0]}}}"],
        [f"what is {mara.person.wa_id} to say of Geheimes?", "of somebody else"],
    )  # fmt: skip


async def traces(world: World, *marks: str) -> list[str]:
    """The tables in which one of these texts still stands."""
    tables = [row[0] for row in await world.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    )]  # fmt: skip
    found: list[str] = []
    for table in tables:
        [[hit]] = await world.rows(
            f"SELECT EXISTS (SELECT FROM {table} t, unnest($1::text[]) mark WHERE position(mark IN t::text) > 0)",
            list(marks),
        )
        found += [table] if hit else []
    return found


async def rebuff(office: Office, device: Device) -> None:
    """The company is refused at once what it wants to send to the person."""
    world = office.world
    command = replace(template_to(world, device.person.wa_id, "no_such", "Geheimes"), callback="Geheimes")
    answer = await office.messenger.send_lanes.submit(slot_of(command.message_id), command)
    assert isinstance(answer, Refused)
    assert not answer.stored


async def test_a_person_with_thousands_of_messages_is_erased_within_seconds(office: Office, mara: Device) -> None:
    world = office.world
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    assert await may_send(office, mara)
    await fill(office, mara, MANY)
    await card(office, mara)
    await did(
        mara,
        "POST",
        "/messages",
        200,
        client_id="a",
        to=world.outreach.sender_id,
        type="text",
        text={"body": "Geheimes"},
    )
    await did(
        mara,
        "PUT",
        f"/senders/{world.support.sender_id}/block",
        blocked=True,
        report={"reason": "spam", "note": "Geheimes"},
    )
    said = {"body": "Ich, Mara Geheimes, will keine Werbung mehr"}
    await did(mara, "POST", "/messages", client_id="c", to=world.outreach.sender_id, type="text", text=said)
    assert await purposes(mara) == {"marketing": False}, "a sentence stops"
    await suspect_and_answer(office, mara)
    await rebuff(office, mara)
    posted, pending = await world.money()
    assert (posted, pending > 0) == (FUNDS, True)
    figures = "SELECT business_id, category, pricing::text, inbound, cursor IS NOT NULL, count(*) FROM message GROUP BY 1, 2, 3, 4, 5"
    before = sorted(map(str, await world.rows(figures)))
    started = time.perf_counter()
    certificate = await did(mara, "POST", "/erasures", sure=True)
    took_s = time.perf_counter() - started
    assert took_s < 10, took_s
    assert certificate["deleted"]["messages"] == MANY + 3
    assert (certificate["deleted"]["devices"], certificate["scope"], certificate["asked_by"]) == (
        1,
        "account",
        "person",
    )
    assert await traces(world, mara.person.wa_id, "Geheimes", mara.token) == []
    assert await world.rows("SELECT answer FROM attempt WHERE answer <> ''") == [("of somebody else",)]
    assert await world.money() == (FUNDS, 0), "what was only held is set free; nothing earned changes"
    assert sorted(map(str, await world.rows(figures))) == before, "what is counted from messages stays"
    assert (await mara.http.get("/me")).status_code == 401
    async with office.messenger.browser() as anybody:
        again = await anybody.get(f"/erasures/{certificate['certificate']}")
        assert again.json() == certificate
        assert (await anybody.get(f"/erasures/{CLOCK.new_id()}")).status_code == 404
        assert (await anybody.get("/erasures/x")).status_code == 404
    assert (await office.ok("GET", "consents/verification", OPERATOR))["whole"]
    assert not await may_send(office, mara)


async def test_the_proof_outlives_the_person_and_no_list_brings_the_number_back(office: Office, mara: Device) -> None:
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    assert await may_send(office, mara)
    certificate = await did(mara, "POST", "/erasures", sure=True)
    proof = await office.ok("GET", f"consents/{mara.person.wa_id}/proof")
    assert [one["act"] for one in proof["records"]] == ["grant", "erase"]
    assert proof["person"] == {"pseudonym": str(mara.person.recipient_id), "numbers": []}
    assert proof["records"][0]["number_at_that_time"] is None
    assert proof["records"][1]["terms"]["uses"] == {proof["records"][0]["id"]: [1, "2026-11-22T12:00:00Z"]}
    assert proof["chain"]["whole"]
    assert certificate["kept"]["consent_records"]["under"] == str(mara.person.recipient_id)
    row = json.dumps({**ROW, "to": mara.person.wa_id}).encode()
    assert (await office.ok("POST", "consents/import", content=row))["counts"] == {"suppressed": 1}
    part = mara.person.part
    newcomer = NewRecipient(
        CLOCK.new_id(slot_of(mara.person.recipient_id)), mara.person.wa_id, "DE.1", "Mia", "de", "DE"
    )
    async with transaction(office.world.site.pool(part)) as conn:
        await recipients.add(conn, part, newcomer, NOW)
    assert (await office.ok("POST", "consents/import", content=row))["counts"] == {"suppressed": 1}, (
        "whoever has the number"
    )


async def test_five_years_later_the_proof_is_dropped_and_the_number_stays_suppressed(
    office: Office, mara: Device
) -> None:
    rights = "SELECT relacl::text FROM pg_class WHERE oid = 'consent_record'::regclass"
    world, part, before = office.world, mara.person.part, await office.world.rows(rights)
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    certificate = await did(mara, "POST", "/erasures", sure=True)
    until = datetime.fromisoformat(certificate["kept"]["consent_records"]["until"])
    office.messenger.clock.at = until - timedelta(seconds=1)
    assert await office.erasures.forget(part) == 0
    office.messenger.clock.at = until
    assert await office.erasures.forget(part) == 3, "the grant, and the last words to the company and to all"
    assert await office.erasures.forget(part) == 0
    kept = "SELECT count(*) FROM consent_record WHERE recipient_id = $1"
    assert await world.rows(kept, mara.person.recipient_id) == [(0,)]
    assert await world.rows(rights) == before, "nobody kept the right to drop records"
    assert await world.rows("SELECT recipient_id FROM suppression") == [(mara.person.recipient_id,)]
    assert (await office.ok("GET", f"consents/{mara.person.wa_id}/proof"))["records"] == []
    assert (await office.ok("GET", "consents/verification", OPERATOR))["whole"]


async def test_who_is_still_there_keeps_every_record(office: Office, mara: Device) -> None:
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    await did(mara, "POST", "/erasures", sure=True, company=office.world.business.waba_id)
    office.messenger.clock.at += timedelta(days=6 * 365)
    assert await office.erasures.forget(mara.person.part) == 0


async def test_being_erased_at_one_company_leaves_the_others(office: Office, mara: Device) -> None:
    world = office.world
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    assert await may_send(office, mara)
    await fill(office, mara, 5)
    await card(office, mara)
    [[stranger, waba]] = await world.rows("SELECT s.sender_id, b.waba_id FROM sender s JOIN business b USING (business_id)"
                                          " WHERE b.business_id <> $1", world.business.business_id)  # fmt: skip
    await did(mara, "POST", "/messages", client_id="b", to=stranger, type="text", text={"body": "Bleibt"})
    await rebuff(office, mara)
    await world.execute("UPDATE rebuff SET business_id = (SELECT business_id FROM sender WHERE sender_id = $1), callback = '', place = 99",
                        stranger)  # fmt: skip
    await rebuff(office, mara)
    assert await world.count("rebuff") == 2
    certificate = await did(mara, "POST", "/erasures", sure=True, company=world.business.waba_id)
    assert await world.rows("SELECT wa_id, callback FROM rebuff") == [(mara.person.wa_id, "")]
    assert (certificate["scope"], certificate["deleted"]["messages"], certificate["deleted"]["account"]) == (
        "company",
        6,
        False,
    )
    assert await traces(world, "Geheimes") == []
    names = [one["company"] for one in (await got(mara, "/permissions"))["companies"]]
    assert sorted(names) == sorted([world.business.waba_id, waba])
    assert not await may_send(office, mara)
    assert len((await got(mara, f"/threads/{stranger}/messages"))["messages"]) == 1
    row = json.dumps({**ROW, "to": mara.person.wa_id}).encode()
    assert (await office.ok("POST", "consents/import", content=row))["counts"] == {"stopped": 1}
    await did(mara, "POST", "/erasures", 404, sure=True, company="200000000000")
    await did(mara, "POST", "/erasures", 400, sure=False)


@pytest.mark.parametrize("whole", [True, False])
async def test_an_erasure_keeps_to_its_part(office: Office, mara: Device, *, whole: bool) -> None:
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    assert await may_send(office, mara)
    await card(office, mara)
    async with twins(office.world):
        await did(mara, "POST", "/erasures", sure=True, company=None if whole else office.world.business.waba_id)


async def test_an_erasure_that_was_cut_off_is_finished(office: Office, mara: Device) -> None:
    """What a projector brings back meanwhile goes a minute later, and a repeat finds the certificate."""
    await fill(office, mara, 3)
    certificate = await did(mara, "POST", "/erasures", sure=True)
    await card(office, mara)
    part = mara.person.part
    assert await office.erasures.finish(part) == 0
    office.messenger.clock.at += timedelta(minutes=2)
    assert await office.erasures.finish(part) == 1
    assert await traces(office.world, mara.person.wa_id) == []
    assert await office.erasures.finish(part) == 0
    assert certificate["sha256"]


async def test_the_operator_erases_by_number(office: Office, mara: Device) -> None:
    await fill(office, mara, 3)
    certificate = await office.ok("DELETE", f"people/+{mara.person.wa_id}", OPERATOR)
    assert (certificate["asked_by"], certificate["deleted"]["messages"]) == ("operator", 3)
    await office.refused("DELETE", f"people/{mara.person.wa_id}", OPERATOR)
    await office.refused("DELETE", f"people/{mara.person.wa_id}")
    assert await traces(office.world, mara.person.wa_id) == []


async def test_a_waiting_message_goes_with_its_person_and_never_comes_out(office: Office, mara: Device) -> None:
    world = office.world
    await did(mara, "PUT", of(office), purpose="marketing", granted=True)
    await world.set_policy({**OPEN, "quiet_hours": {}})
    await world.set_reference("UPDATE template SET ttl_s = $1 WHERE name = 'autumn_offer'", 30 * 86_400)
    command = template_to(world, mara.person.wa_id, "autumn_offer", "Geheimes")
    waits = await office.messenger.send_lanes.submit(slot_of(command.message_id), command)
    assert isinstance(waits, Waits)
    await did(mara, "POST", "/erasures", sure=True)
    assert await traces(world, mara.person.wa_id, "Geheimes") == []
    assert await world.rows(
        "SELECT status, recipient_id, content::text, due_at FROM message WHERE message_id = $1", command.message_id
    ) == [("failed", None, "{}", None)]
    async with transaction(world.site.pool(mara.person.part)) as conn:
        release = Release(world.reference, CLOCK.new_id, len(world.site.parts))
        done = await release(conn, mara.person.part, waits.due_at, again=False)
    assert done.answers[0].count == 0


async def test_a_message_still_on_its_way_frees_its_money(office: Office, mara: Device) -> None:
    command = template_to(office.world, mara.person.wa_id)
    await office.messenger.send_lanes.submit(slot_of(command.message_id), command)
    assert (await office.world.money())[1] > 0
    await did(mara, "POST", "/erasures", sure=True)
    assert await office.world.money() == (FUNDS, 0)
    assert await office.world.rows("SELECT status, reason FROM message WHERE message_id = $1", command.message_id) == [
        ("failed", "recipient_unknown")
    ]
