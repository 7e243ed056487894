"""What stands beside single templates at the Cloud API's door: many languages, previews, the library, comparisons.

And whatever somebody makes of a template that would be right, the answer is no fault of ours.
"""

import json
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from takt.clock import CLOCK
from tests.cloud import Cloud, open_cloud
from tests.reviewing import AT, SAMPLES, WABA, fault
from tests.world import World

ODD: list[Any] = [
    None, True, 0, -1, 2**70, 0.5, "", "{{1}}", "{{", "x" * 3000, "\x00", "\ud800", "💩", [], {}, [[]], {"type": "BODY"}, "URL",
    ["a", 5], "https://{{1}}", "https://[", "BUTTONS", [None], {"a": {"b": []}},
]  # fmt: skip


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


def spoiled(chance: random.Random, one: Any) -> Any:
    """The same with something odd in one place."""
    if isinstance(one, dict) and one and chance.random() < 0.9:
        name = chance.choice(sorted(one))
        return {**one, name: spoiled(chance, one[name])}
    if isinstance(one, list) and one and chance.random() < 0.9:
        place = chance.randrange(len(one))
        return [*one[:place], spoiled(chance, one[place]), *one[place + 1 :]]
    return chance.choice(ODD)


async def test_a_spoiled_template_is_refused_in_words(cloud: Cloud) -> None:
    chance = random.Random(7)
    samples = [
        one for file in sorted((SAMPLES / "templates").glob("*.json")) for one in json.loads(file.read_text()).values()
    ]
    targets = [AT, "/400493023125003", f"/{WABA}/upsert_message_templates", f"{AT}/archive"]
    for _ in range(400):
        wanted = spoiled(chance, chance.choice(samples))
        raw = json.dumps(wanted if isinstance(wanted, dict) else {"components": wanted})
        answer = await cloud.call(
            "POST", chance.choice(targets), content=raw, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code < 500, raw
        if not answer.is_success:
            shown = answer.json()["error"]
            assert shown["message"], raw
            assert shown["error_data"]["details"], raw


async def test_authentication_templates_in_many_languages(cloud: Cloud) -> None:
    wanted = {
        "name": "code", "category": "AUTHENTICATION", "languages": ["de", "en_US"],
        "components": [{"type": "BODY", "add_security_recommendation": True}, {"type": "FOOTER", "code_expiration_minutes": 5},
                       {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}],
    }  # fmt: skip
    at = f"/{WABA}/upsert_message_templates"
    made = (await cloud.call("POST", at, json=wanted)).json()["data"]
    assert [one["language"] for one in made] == ["de", "en_US"]
    read = (await cloud.get(f"/{made[0]['id']}")).json()["components"]
    assert read[0]["text"].startswith("*{{1}}* ist dein")
    assert fault(await cloud.call("POST", at, json=wanted)) == (400, 100, None)  # they are still being reviewed
    shown = (await cloud.get(f"/{WABA}/message_template_previews", category="AUTHENTICATION", languages="de,en_US",
                             add_security_recommendation="true", code_expiration_minutes=10)).json()["data"]  # fmt: skip
    assert [one["language"] for one in shown] == ["de", "en_US"]
    assert "10" in shown[0]["footer"]


async def test_the_library(cloud: Cloud) -> None:
    found = (await cloud.get("/message_template_library", search="shipped", language="de")).json()["data"]
    assert [one["name"] for one in found] == ["order_shipped"]
    wanted = {"name": "unterwegs", "language": "de", "category": "UTILITY", "library_template_name": "order_shipped"}
    assert fault(await cloud.call("POST", AT, json=wanted)) == (400, 100, 2388043)
    link = {
        "type": "URL",
        "url": {"base_url": "https://nordwind.example/{{1}}", "url_suffix_example": "https://nordwind.example/1"},
    }
    made = (await cloud.call("POST", AT, json={**wanted, "library_template_button_inputs": [link]})).json()
    assert made["status"] == "APPROVED"
    shown = (await cloud.get(f"/{made['id']}", fields="library_template_name")).json()
    assert shown["library_template_name"] == "order_shipped"


async def test_two_templates_are_compared(world: World, cloud: Cloud) -> None:
    now = CLOCK.unix_s()
    at = "/400493023125001/compare"
    answer = await cloud.get(at, template_ids="400493023125002", start=now - 7 * 86400, end=now)
    assert [one["metric"] for one in answer.json()["data"]] == ["MESSAGE_SENDS", "TOP_BLOCK_REASON"]
    for number, reason in enumerate(("spam", "not_asked", "not_asked", "")):
        await world.execute(
            "INSERT INTO feedback (part, recipient_id, message_id, kind, reason, sender_id, business_id, template_id,"
            " category, market, weight, newcomer, was_read, slot_at, at)"
            " VALUES ($1, $2, $2, 'block', $3, '1', $2, '400493023125001', 'utility', 'DE', 1000, false, true, $4, $4)",
            world.site.parts[number % len(world.site.parts)], CLOCK.new_id(), reason, CLOCK.now() - timedelta(days=1),
        )  # fmt: skip
    answer = await cloud.get(at, template_ids="400493023125002", start=now - 7 * 86400, end=now)
    assert answer.json()["data"][1]["string_values"] == [
        {"key": "400493023125001", "value": "NO_SIGN_UP"}, {"key": "400493023125002", "value": "UNKNOWN_BLOCK_REASON"},
    ]  # fmt: skip
    assert fault(await cloud.get(at, template_ids="400493023125002", start=now - 86400, end=now)) == (400, 100, None)
    assert fault(await cloud.get(at, template_ids="5", start=now - 7 * 86400, end=now)) == (400, 100, 33)
