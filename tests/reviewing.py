"""Templates under review, as tests drive it: made at the door, looked at by the loop, judged by the operator."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from takt.workers.reviewer import Reviewer
from tests.cloud import OPERATOR, Cloud, template_action
from tests.hooking import TurnedClock
from tests.world import World

WABA = "200493023125"
AT = f"/v24.0/{WABA}/message_templates"
FIELDS = [
    "message_template_status_update", "message_template_quality_update", "message_template_components_update",
    "template_category_update", "template_correct_category_detection",
]  # fmt: skip
SAMPLES = Path(__file__).parent / "data/cloud-api"
GOOD = "Hallo {{1}}, Ihre Bestellung {{2}} kommt morgen bei Ihnen an."


async def hear_all(world: World) -> None:
    """Let the endpoint of the world listen to everything about templates."""
    await world.set_reference("UPDATE endpoint SET fields = $1", FIELDS)
    await world.set_reference(
        "INSERT INTO subscribed_app (business_id, app_id, created_at) SELECT business_id, app_id, created_at FROM app"
        " ON CONFLICT DO NOTHING"
    )


class Review:
    """The loop, called by hand, under a clock that can be turned forward."""

    def __init__(self, world: World, cloud: Cloud) -> None:
        self.clock = TurnedClock()
        self.world, self.cloud = world, cloud

    async def look(self, *, alone: bool = True, ahead: timedelta = timedelta()) -> None:
        self.clock.ahead = ahead
        reviewer = Reviewer(
            self.world.site,
            self.world.reference,
            template_action(self.world),
            self.cloud.wakes,
            self.clock,
            alone=alone,
        )
        await reviewer.look()

    async def judge(self, template: str, decision: str, **more: Any) -> httpx.Response:
        return await self.cloud.call(
            "POST", f"/takt/v1/reviews/{template}", OPERATOR, json={"decision": decision, **more}
        )

    async def status(self, template: str) -> str:
        return str((await self.cloud.get(f"/{template}", fields="status")).json()["status"])


def body(text: str = GOOD) -> dict[str, Any]:
    samples = ["Mara", "4711"][: text.count("{{")]
    return {"type": "BODY", "text": text} | ({"example": {"body_text": [samples]}} if samples else {})


def template(name: str, text: str = GOOD, **more: Any) -> dict[str, Any]:
    return {"name": name, "language": "de", "category": "UTILITY", "components": [body(text)], **more}


async def create(cloud: Cloud, name: str, text: str = GOOD, **more: Any) -> str:
    answer = await cloud.call("POST", AT, json=template(name, text, **more))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def told(world: World) -> list[tuple[str, dict[str, Any]]]:
    """What the endpoint is owed, in its order: field and value."""
    rows = await world.rows("SELECT body FROM outbox WHERE part = any($1) ORDER BY event_id", world.site.parts)
    found = [json.loads(row[0]) for row in rows]
    return [(one["field"], one["value"]) for one in found]


async def news(world: World) -> list[str]:
    return [value.get("event", field) for field, value in await told(world)]


def fault(answer: httpx.Response) -> tuple[int, int, int | None]:
    shown = answer.json()["error"]
    assert shown["error_data"]["details"]
    return answer.status_code, shown["code"], shown.get("error_subcode")
