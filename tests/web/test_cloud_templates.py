"""Templates at the Cloud API's door and in the operator's queue: made, refused, reviewed, told of, and gone."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from takt.actions.review import Outcome
from takt.actions.template import Create, Delete
from takt.clock import CLOCK
from takt.core.template_draft import Draft
from takt.core.template_life import CREATES_MAX, TEMPLATES_OF_VERIFIED_MAX
from takt.store.pool import transaction
from takt.store.site import Site
from tests.cloud import FOREIGN, OPERATOR, POOR, Cloud, open_cloud, template_action
from tests.reviewing import AT, SAMPLES, WABA, Review, body, create, fault, hear_all, news, template, told
from tests.world import World, make_world


@pytest.fixture
async def world(site: Site) -> World:
    world = await make_world(site)
    await hear_all(world)
    return world


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


@pytest.fixture
def review(world: World, cloud: Cloud) -> Review:
    return Review(world, cloud)


async def test_a_template_is_made_reviewed_and_read(world: World, cloud: Cloud, review: Review) -> None:
    answer = await cloud.call("POST", AT, json=template("order_here"))
    made = answer.json()
    assert made == {"id": made["id"], "status": "PENDING", "category": "UTILITY"}
    assert (made["id"][0], len(made["id"])) == ("4", 15)
    await review.look()
    shown = (
        await cloud.get(f"/{made['id']}", fields="name,status,rejected_reason,quality_score,last_updated_time")
    ).json()
    assert (shown["status"], shown["rejected_reason"], shown["quality_score"]["score"]) == (
        "APPROVED",
        "NONE",
        "UNKNOWN",
    )
    [(field, value)] = await told(world)
    sample = json.loads((SAMPLES / "template_status_update.json").read_text())["approved"]["entry"][0]["changes"][0]
    assert (field, value.keys()) == (sample["field"], sample["value"].keys())
    assert value == {**sample["value"], "message_template_id": int(made["id"]), "message_template_name": "order_here",
                     "message_template_language": "de"}  # fmt: skip


async def test_faults_have_a_subcode_and_words_for_people(cloud: Cloud) -> None:
    answer = await cloud.call("POST", AT, json=template("edge", "{{1}} hat Ihre Bestellung {{2}} heute verschickt."))
    assert fault(answer) == (400, 100, 2388299)
    shown = answer.json()["error"]
    assert shown["error_user_title"]
    assert "components[0].text" in shown["error_data"]["details"]
    assert fault(await cloud.call("POST", AT, json={})) == (400, 100, 2388043)
    assert (await cloud.call("POST", AT, POOR, json=template("x"))).status_code == 403
    assert (await cloud.call("POST", AT, FOREIGN, json=template("x"))).status_code == 400


async def test_names_and_texts_are_single_and_rest(cloud: Cloud, review: Review) -> None:
    first = await create(cloud, "order_here")
    assert fault(await cloud.call("POST", AT, json=template("order_here"))) == (400, 100, 2388024)
    assert fault(await cloud.call("POST", AT, json=template("other_name"))) == (400, 100, 2388024)
    english = body("Your order {{1}} leaves us at {{2}} today.")
    assert (
        await cloud.call("POST", AT, json=template("order_here", components=[english], language="en-us"))
    ).status_code == 200
    assert (await cloud.call("DELETE", AT, params={"name": "order_here", "hsm_id": first})).json() == {"success": True}
    assert (await cloud.get(f"/{first}")).status_code == 400
    again = await create(cloud, "order_here")  # it was never approved
    await review.look()
    await cloud.call("DELETE", AT, params={"hsm_ids": f'["{again}"]'})
    assert fault(await cloud.call("POST", AT, json=template("order_here"))) == (400, 100, 2388023)
    await review.look()
    refused = await cloud.call(
        "POST", AT, json=template("order_here", "Ihre Bestellung {{1}} kommt heute um {{2}} Uhr.")
    )
    assert fault(refused) == (400, 100, 2388023)
    assert "until" in refused.json()["error"]["error_user_msg"]


async def test_a_deleted_template_goes_when_its_messages_have_gone(world: World, cloud: Cloud, review: Review) -> None:
    made = await create(cloud, "order_here")
    await review.look()
    person = await world.add_person(world.numbers(world.site.parts[-1], 1)[0])
    await world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type, content,"
        " category, template_id, status, accepted_at, expires_at) VALUES"
        " ($1, $2, $3, $4, $5, $6, false, 1, 'template', '{}', 'utility', $7, 'accepted', now(), now() + interval '1 day')",
        person.part, CLOCK.new_id(), person.recipient_id, person.wa_id, world.outreach.sender_id,
        world.business.business_id, made,
    )  # fmt: skip
    await cloud.call("DELETE", AT, params={"name": "order_here"})
    await review.look()
    assert await review.status(made) == "PENDING_DELETION"
    await world.execute("UPDATE message SET status = 'delivered' WHERE part = $1", person.part)
    await review.look(ahead=timedelta(minutes=2))
    assert (await cloud.get(f"/{made}")).status_code == 400
    assert await news(world) == ["APPROVED", "PENDING_DELETION", "DELETED"]
    assert (await told(world))[1][1]["reason"] is None
    listed = (await cloud.get(AT, status="DELETED")).json()["data"]
    assert [one["id"] for one in listed] == [made]


async def test_there_is_room_for_so_many(world: World, cloud: Cloud) -> None:
    fill = (
        "INSERT INTO template (template_id, business_id, name, language, category, status, parameter_format, components,"
        " created_at) SELECT (400000000000000 + n)::text, $1, 'x' || n, 'de', 'utility', 'REJECTED', 'POSITIONAL',"
        ' \'[{"type":"BODY","text":"x"}]\', {} FROM generate_series($2::int, $3::int) n'
    )
    own = world.business.business_id
    await world.set_reference(fill.replace("{}", "now()"), own, 1, CREATES_MAX)
    refused = await cloud.call("POST", AT, json=template("one_more"))
    assert fault(refused) == (400, 100, 2446079)
    await world.set_reference("UPDATE template SET created_at = now() - interval '2 hours'")
    assert (await cloud.call("POST", AT, json=template("one_more"))).status_code == 200
    await world.set_reference(fill.replace("{}", "'epoch'"), own, CREATES_MAX + 1, TEMPLATES_OF_VERIFIED_MAX)
    assert fault(await cloud.call("POST", AT, json=template("too_many"))) == (400, 100, 2388019)


async def test_edits_are_reviewed_and_counted(world: World, cloud: Cloud, review: Review) -> None:
    made = await create(cloud, "order_here")
    assert fault(await cloud.call("POST", f"/{made}", json={"components": [body()] * 2})) == (400, 100, None)
    assert fault(await cloud.call("POST", f"/{made}", json={"components": [body("Ihre Bestellung kommt.")]})) == (
        400,
        100,
        None,
    )
    await review.look()
    edited = await cloud.call(
        "POST", f"/{made}", json={"components": [body("Ihre Bestellung {{1}} kommt {{2}} bei Ihnen an.")]}
    )
    assert edited.json() == {"success": True, "id": made, "name": "order_here", "category": "UTILITY"}
    assert await review.status(made) == "PENDING"
    assert await news(world) == ["APPROVED", "PENDING"]
    await review.look()
    field, value = (await told(world))[-1]
    sample = json.loads((SAMPLES / "template_components_update.json").read_text())["element"]["entry"][0]["changes"][0]
    assert (field, value.keys()) == (sample["field"], sample["value"].keys())
    refused = await cloud.call("POST", f"/{made}", json={"components": [body()]})
    assert "24 hours" in refused.json()["error"]["error_data"]["details"]
    refused = await cloud.call("POST", f"/{made}", json={"category": "MARKETING"})
    assert "category" in refused.json()["error"]["error_data"]["details"]
    settings = {"cta_url_link_tracking_opted_out": "true", "message_send_ttl_seconds": "120"}
    assert (await cloud.call("POST", f"/{made}", params=settings)).status_code == 200
    shown = (
        await cloud.get(f"/{made}", fields="status,cta_url_link_tracking_opted_out,message_send_ttl_seconds")
    ).json()
    assert shown == {
        "id": made,
        "status": "APPROVED",
        "cta_url_link_tracking_opted_out": True,
        "message_send_ttl_seconds": 120,
    }


async def test_utility_that_sells_is_approved_as_marketing(world: World, cloud: Cloud, review: Review) -> None:
    made = await create(cloud, "sale", "Nur heute 20 % Rabatt auf alles. Jetzt kaufen lohnt sich.")
    await review.look()
    shown = (await cloud.get(f"/{made}", fields="status,category,previous_category,correct_category")).json()
    assert [shown[one] for one in ("status", "category", "previous_category", "correct_category")] == [
        "APPROVED", "MARKETING", "UTILITY", "MARKETING",
    ]  # fmt: skip
    (first, detected), (_, approved) = await told(world)
    assert (first, detected["category"], detected["correct_category"]) == (
        "template_correct_category_detection", "UTILITY", "MARKETING",
    )  # fmt: skip
    assert approved["message_template_category"] == "MARKETING"


async def test_a_person_decides_what_the_check_doubts(world: World, cloud: Cloud, review: Review) -> None:
    made = await create(cloud, "morning", "Guten Morgen aus Hamburg an alle dort.")
    await review.look(alone=False)
    await review.look(alone=False)
    assert await review.status(made) == "PENDING"
    queue = (await cloud.call("GET", "/takt/v1/reviews?state=waiting&limit=1", OPERATOR)).json()
    assert [queue["data"][0][one] for one in ("name", "status")] == ["new_offer", "PENDING"]
    queue = (await cloud.call("GET", f"/takt/v1/reviews?after={queue['after']}", OPERATOR)).json()
    assert queue["after"] is None
    [entry] = queue["data"]
    assert (entry["template"], entry["company"]["waba"], entry["check"]["result"]) == (made, WABA, "person")
    assert [one["move"] for one in entry["history"]] == ["check", "submit"]
    assert fault(await review.judge(made, "reject")) == (400, 131009, None)
    assert fault(await review.judge(made, "dance")) == (400, 131009, None)
    judged = await review.judge(made, "reject", reason="INVALID_FORMAT", note="Says nothing.", advice="Say something.")
    assert judged.json()["history"][0]["by"] == "operator"
    sample = json.loads((SAMPLES / "template_status_update.json").read_text())["rejected"]["entry"][0]["changes"][0]
    [(field, value)] = await told(world)
    assert (field, value.keys()) == (sample["field"], sample["value"].keys())
    assert value["rejection_info"].keys() == sample["value"]["rejection_info"].keys()
    assert (await cloud.get(f"/{made}", fields="rejected_reason")).json()["rejected_reason"] == "INVALID_FORMAT"
    assert (await cloud.call("GET", "/takt/v1/reviews")).status_code == 403


async def test_an_appeal_is_heard(world: World, cloud: Cloud, review: Review) -> None:
    made = await create(cloud, "morning", "Guten Morgen aus Hamburg an alle dort.")
    appeal = f"/takt/v1/templates/{made}/appeal"
    assert fault(await cloud.call("POST", appeal, json={"reason": "Too early."})) == (400, 100, None)
    await review.judge(made, "reject", reason="SCAM")
    for wordless in ({}, {"reason": " "}):
        assert fault(await cloud.call("POST", appeal, json=wordless)) == (400, 131009, None)
    assert (await cloud.call("POST", appeal, FOREIGN, json={"reason": "We only greet."})).status_code == 400
    assert (await cloud.call("POST", appeal, json={"reason": "We only greet."})).json()["status"] == "IN_APPEAL"
    await review.look(alone=False)
    await review.judge(made, "reject", note="It stays so.")
    assert await review.status(made) == "REJECTED"
    await cloud.call("POST", appeal, json={"reason": "Really."})
    await review.judge(made, "approve")
    assert await review.status(made) == "APPROVED"
    assert await news(world) == ["REJECTED", "IN_APPEAL", "REJECTED", "IN_APPEAL", "REINSTATED"]
    assert next(value["reason"] for _, value in await told(world)) == "SCAM"


async def test_bad_quality_pauses_longer_each_time_and_then_for_good(
    world: World, cloud: Cloud, review: Review
) -> None:
    made = "400493023125002"
    for number, hours in enumerate((3, 6)):
        await review.judge(made, "rate", quality="RED")
        assert await review.status(made) == "PAUSED"
        refused = (await cloud.call("POST", f"/{made}/unpause")).json()
        assert refused["success"] is False
        assert "resumes" in refused["reason"]
        await review.look(ahead=timedelta(hours=hours, minutes=-1))
        assert await review.status(made) == "PAUSED"
        await review.look(ahead=timedelta(hours=hours, minutes=1))
        assert await review.status(made) == "APPROVED", number
        await review.judge(made, "rate", quality="YELLOW")
    await review.judge(made, "rate", quality="RED")
    assert await review.status(made) == "DISABLED"
    assert fault(await cloud.call("DELETE", AT, params={"name": "autumn_offer"})) == (400, 100, None)
    events = await told(world)
    sample = json.loads((SAMPLES / "template_quality_update.json").read_text())["yellow"]["entry"][0]["changes"][0]
    assert (events[0][0], events[0][1].keys()) == (sample["field"], sample["value"].keys())
    titles = [value["other_info"]["title"] for _, value in events if "other_info" in value]
    assert titles == ["FIRST_PAUSE", "UNPAUSE", "SECOND_PAUSE", "UNPAUSE", "DISABLED"]
    assert isinstance(events[-1][1]["disable_info"]["disable_date"], int)
    await review.judge(made, "reinstate")
    assert await review.status(made) == "APPROVED"


async def test_a_live_template_hears_of_its_new_category_a_day_before(
    world: World, cloud: Cloud, review: Review
) -> None:
    made = "400493023125001"
    await review.judge(made, "recategorise", category="marketing")
    await review.look(ahead=timedelta(hours=23))
    assert (await cloud.get(f"/{made}", fields="category")).json()["category"] == "UTILITY"
    await review.look(ahead=timedelta(hours=25))
    shown = (await cloud.get(f"/{made}", fields="category,previous_category")).json()
    assert (shown["category"], shown["previous_category"]) == ("MARKETING", "UTILITY")
    (_, _), (impending, soon), (done, now) = await told(world)
    assert impending == done == "template_category_update"
    assert (soon["new_category"], soon["correct_category"]) == ("UTILITY", "MARKETING")
    assert (now["previous_category"], now["new_category"]) == ("UTILITY", "MARKETING")


async def test_the_archive(world: World, cloud: Cloud, review: Review) -> None:
    ids = ["400493023125001", "400493023125005", "123456"]
    answer = (await cloud.call("POST", f"{AT}/archive", json={"hsm_ids": ",".join(ids)})).json()
    assert answer["archived_templates"] == ids[:1]
    assert answer["failed_templates"].keys() == set(ids[1:])
    answer = (await cloud.call("POST", f"{AT}/unarchive", json={"hsm_ids": ids[0]})).json()
    assert answer == {"unarchived_templates": ids[:1], "failed_templates": {}}
    assert await review.status(ids[0]) == "APPROVED"
    assert await news(world) == ["ARCHIVED", "UNARCHIVED"]
    await cloud.call("POST", f"{AT}/archive", json={"hsm_ids": ids[0]})
    await review.look(ahead=timedelta(days=28, minutes=1))
    assert await review.status(ids[0]) == "PENDING_DELETION"


async def test_a_repeat_meets_itself(world: World, cloud: Cloud) -> None:
    action, part = template_action(world), world.business.contract_part
    command = Delete(CLOCK.new_id(), world.business.business_id, "order_update")
    answers = []
    for again in (False, True):
        async with transaction(world.site.pool(part)) as conn:
            answers += (await action(conn, part, [command], CLOCK.now(), again=again)).answers
    assert all(isinstance(one, Outcome) for one in answers)
    assert await news(world) == ["PENDING_DELETION"]


async def test_one_that_fails_keeps_nobody_waiting(world: World, cloud: Cloud, review: Review) -> None:
    broken = await create(cloud, "order_here")
    odd = json.dumps([body("Ihre Bestellung ist da."), {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {}}])
    await world.set_reference("UPDATE template SET components = $2 WHERE template_id = $1", broken, odd)
    well = await create(cloud, "order_there", "Ihre Bestellung {{1}} kommt heute um {{2}} Uhr.")
    await review.look()
    assert [await review.status(one) for one in (broken, well)] == ["PENDING", "APPROVED"]


async def test_two_processes_make_a_name_once(world: World) -> None:
    action, part = template_action(world), world.business.contract_part
    draft = Draft("order_here", "de", "utility", False, [{"type": "BODY", "text": "Ihre Bestellung ist da."}], 3600)

    async def make() -> object:
        command = Create(CLOCK.new_id(), world.business.business_id, (draft,))
        async with transaction(world.site.pool(part)) as conn:
            return (await action(conn, part, [command], CLOCK.now(), again=False)).answers[0]

    made = await asyncio.gather(*(make() for _ in range(4)))
    assert sorted(type(one).__name__ for one in made) == ["Fault", "Fault", "Fault", "Outcome"]


async def test_a_pause_without_an_end_is_ended_by_the_company(world: World, cloud: Cloud, review: Review) -> None:
    paused, flagged = "400493023125003", "400493023125002"
    assert (await cloud.call("POST", f"/{paused}/unpause")).json() == {"success": True}
    assert await review.status(paused) == "APPROVED"
    assert (await cloud.call("POST", f"/{paused}/unpause")).json()["success"] is False
    await review.judge(flagged, "flag")
    await review.judge(flagged, "rate", quality="GREEN")
    assert await news(world) == ["APPROVED", "FLAGGED", "message_template_quality_update", "REINSTATED"]


async def test_a_disabled_template_does_not_come_back_by_an_edit_alone(cloud: Cloud, review: Review) -> None:
    made = "400493023125001"
    await review.judge(made, "disable", note="Complaints.")
    edited = await cloud.call("POST", f"/{made}", json={"components": [body()]})
    assert edited.status_code == 200
    await review.look(alone=False)
    assert await review.status(made) == "PENDING"


async def test_whatever_the_operator_sends_is_refused_in_words(cloud: Cloud) -> None:
    at = "/takt/v1/reviews/400493023125001"
    cases: list[Any] = [
        [], "x", {"decision": 5}, {"decision": "rate", "quality": []}, {"decision": "approve", "note": "\x00"},
        {"decision": "recategorise"}, {"decision": "approve", "category": {}}, {"decision": "flag", "note": "\ud800"},
    ]  # fmt: skip
    for sent in cases:
        answer = await cloud.call("POST", at, OPERATOR, content=json.dumps(sent))
        assert (answer.status_code, bool(answer.json()["error"]["message"])) == (400, True), sent
    for query in ("state=x", "limit=0", "limit=x", "after=x", "after=²", "state=all&limit=999999"):
        assert (await cloud.call("GET", f"/takt/v1/reviews?{query}", OPERATOR)).status_code == 400, query
    assert (await cloud.call("GET", "/takt/v1/reviews/5", OPERATOR)).status_code == 400
    everything = (await cloud.call("GET", "/takt/v1/reviews?state=all", OPERATOR)).json()
    assert len(everything["data"]) == 5
