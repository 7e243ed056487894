"""pywa's flows against the whole of Takt: every call about them, and its endpoint answering our forms.

The last test turns the tables: there pywa is the server, and Takt the app that seals and asks.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pywa import errors
from pywa.types import flows as pywa_flows
from pywa.types.flows import FlowCategory, FlowRequest, FlowResponse, FlowStatus, FlowTokenNoLongerValid

from tests.clients.pywa_company import BOTH, Company, opened
from tests.databases import Variant
from tests.flowing import fitting, key_pair, put_message, with_endpoint
from tests.live import takt
from tests.receiver import Got, Reply, receiving

ONE = pytest.mark.parametrize("sort", ["pywa"])
"""For what is about our side alone, whatever the client."""


@dataclass
class Forms(Company):
    """A company whose webhook receiver also is the endpoint of its flows."""

    db: str = ""
    parts: int = 1
    asked: list[FlowRequest] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    answer: Callable[[FlowRequest], Any] = lambda request: FlowResponse(version=request.version, screen="MORE")

    async def hear(self, got: Got) -> Reply:
        """An encrypted question goes to pywa's flow handler, everything else is a webhook."""
        if b"encrypted_flow_data" not in got.body:
            return await super().hear(got)
        assert got.is_signed(self.env["TAKT_APP_SECRET"])
        if self.refused:
            return self.refused.pop(), b""
        handler = self.wa.get_flow_request_handler("/flow", self._asked)
        text, status = await self.do(handler.handle, json.loads(got.body))
        return status, text.encode()

    def _asked(self, _: Any, request: FlowRequest) -> Any:
        self.asked.append(request)
        return self.answer(request)

    async def set_key(self) -> None:
        conn = await asyncpg.connect(self.db)
        await conn.execute("UPDATE sender SET business_key = $1", key_pair()[1])
        await conn.close()

    async def events(self) -> list[dict[str, Any]]:
        await asyncio.sleep(0)
        posts = [got for got in self.receiver.got if got.method == "POST" and b'"flows"' in got.body]
        return [change["value"] for got in posts for change in got.changes()]

    async def exchange(self, message: str, **body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.env['TAKT_DEVICE_MARA']}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20) as device:
            return await device.post(f"/device/v1/flows/{message}/exchange", json={"flow_token": "t-1", **body})


@pytest.fixture
async def company(sort: str, db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Forms]:
    async with (
        takt(db, variant.parts, tmp_path) as live,
        receiving() as receiver,
        opened(sort, live, business_private_key=key_pair()[0]) as wa,
    ):
        made = Forms(wa, receiver, live.env, live.url, db=db, parts=variant.parts)
        await made.subscribe("messages", "flows")
        yield made


@BOTH
async def test_a_flow_from_draft_to_deprecated(company: Forms) -> None:
    wa = company.wa
    made = await company.do(wa.create_flow, "Anprobe", [FlowCategory.APPOINTMENT_BOOKING, "OTHER"])
    assert made.success
    draft = await company.do(wa.get_flow, made.id)
    assert (draft.name, draft.status, draft.json_version) == ("Anprobe", FlowStatus.DRAFT, None)
    assert draft.categories == (FlowCategory.APPOINTMENT_BOOKING, FlowCategory.OTHER)
    assert draft.health_status["can_send_message"] == "AVAILABLE"
    assert draft.application.id == company.env["TAKT_APP_ID"]
    with pytest.raises(errors.FlowPublishingError):
        await company.do(wa.publish_flow, made.id)

    wrong = fitting()
    wrong["screens"][0]["layout"]["children"][0]["colour"] = "red"
    told = await company.do(wa.update_flow_json, made.id, wrong)
    assert [one.error for one in told.validation_errors] == ["INVALID_PROPERTY"]
    assert told.validation_errors[0].line_start >= 1
    assert (await company.do(wa.get_flow, made.id)).validation_errors is not None
    with pytest.raises(errors.FlowPublishingError):
        await company.do(wa.publish_flow, made.id)

    told = await company.do(wa.update_flow_json, made.id, fitting())
    assert told.success
    assert not told.validation_errors
    assets = await company.do(wa.get_flow_assets, made.id)
    [asset] = list(assets)
    brought = await company.do(
        lambda: wa.api._session.get(asset.url, headers={"Authorization": f"Bearer {company.env['TAKT_TOKEN']}"})
    )
    assert brought.json() == fitting()
    assert (await company.do(wa.update_flow_metadata, made.id, name="Anprobe 2", categories=["SURVEY"])).success
    changed = await company.do(wa.get_flow, made.id)
    assert (changed.name, changed.categories, changed.json_version) == ("Anprobe 2", (FlowCategory.SURVEY,), "7.3")

    assert (await company.do(wa.publish_flow, made.id)).success
    assert (await company.do(wa.get_flow, made.id)).status is FlowStatus.PUBLISHED
    for call, arguments, error in (
        (wa.update_flow_json, (made.id, fitting()), errors.FlowUpdatingError),
        (wa.delete_flow, (made.id,), errors.FlowDeletingError),
        (wa.publish_flow, (made.id,), errors.FlowPublishingError),
    ):
        with pytest.raises(error):
            await company.do(call, *arguments)
    with pytest.raises(errors.FlowUpdatingError):
        await company.do(wa.update_flow_metadata, made.id, name="x")
    assert (await company.do(wa.deprecate_flow, made.id)).success
    assert (await company.do(wa.get_flow, made.id)).status is FlowStatus.DEPRECATED
    with pytest.raises(errors.FlowDeprecatingError):
        await company.do(wa.deprecate_flow, made.id)
    async with asyncio.timeout(30):
        while len(await company.events()) < 3:
            await asyncio.sleep(0.02)
    events = await company.events()
    assert [(one.get("old_status"), one["new_status"]) for one in events] == [
        (None, "DRAFT"), ("DRAFT", "PUBLISHED"), ("PUBLISHED", "DEPRECATED"),
    ]  # fmt: skip
    assert events[1] == {
        "event": "FLOW_STATUS_CHANGE", "message": "Flow Anprobe 2 changed status from DRAFT to PUBLISHED.",
        "flow_id": made.id, "old_status": "DRAFT", "new_status": "PUBLISHED",
    }  # fmt: skip


@BOTH
async def test_lists_clones_previews_and_migrations(company: Forms) -> None:
    wa = company.wa
    before = {one.id for one in await company.do(wa.get_flows)}
    made = await company.do(wa.create_flow, "Eins", ["OTHER"], flow_json=fitting(), publish=True)
    assert (await company.do(wa.get_flow, made.id)).status is FlowStatus.PUBLISHED
    clone = await company.do(wa.create_flow, "Zwei", ["OTHER"], clone_flow_id=made.id)
    copied = await company.do(wa.get_flow, clone.id)
    assert (copied.status, copied.json_version) == (FlowStatus.DRAFT, "7.3")
    with pytest.raises(errors.WhatsAppError):
        await company.do(wa.create_flow, "Zwei", ["OTHER"])
    found = await company.do(wa.get_flows)
    assert {one.id for one in found} == before | {made.id, clone.id}
    kept = await company.do(wa.get_flow, clone.id, invalidate_preview=False)
    same = await company.do(wa.get_flow, clone.id, invalidate_preview=False)
    other = await company.do(wa.get_flow, clone.id, invalidate_preview=True)
    assert kept.preview.url == same.preview.url != other.preview.url
    assert kept.preview.expires_at > datetime.now(UTC)
    assert (await company.do(wa.api._session.get, other.preview.url)).json() == fitting()
    assert (await company.do(wa.api._session.get, kept.preview.url)).status_code == 400
    assert (await company.do(wa.delete_flow, clone.id)).success
    assert {one.id for one in await company.do(wa.get_flows)} == before | {made.id}
    waba = company.env["TAKT_WABA_ID"]
    migrated = await company.do(wa.migrate_flows, waba, ["Eins", "Drei"])
    assert [(one.source_name, one.error_code) for one in migrated.failed_flows] == [
        ("Eins", "4233041"),
        ("Drei", "100"),
    ]
    with pytest.raises(errors.WhatsAppError) as refused:
        await company.do(
            wa.get_flow_metrics, made.id, pywa_flows.FlowMetricName.ENDPOINT_AVAILABILITY,
            pywa_flows.FlowMetricGranularity.DAY,
        )  # fmt: skip
    assert refused.value.code == 139006


@BOTH
async def test_an_endpoint_leads_a_person_through_the_form(company: Forms) -> None:
    wa = company.wa
    made = await company.do(
        wa.create_flow, "Mit Dienst", ["OTHER"], flow_json=with_endpoint(), endpoint_uri=company.receiver.url
    )
    with pytest.raises(errors.FlowPublishingError) as keyless:
        await company.do(wa.publish_flow, made.id)
    assert "business_public_key" in (keyless.value.details or "")
    await company.set_key()
    company.refused = [500]
    with pytest.raises(errors.FlowPublishingError):
        await company.do(wa.publish_flow, made.id)
    assert (await company.do(wa.publish_flow, made.id)).success

    button = {"flow_id": made.id, "token": "t-1", "action": "data_exchange"}
    sender, mara = company.env["TAKT_SENDER_OUTREACH"], company.env["TAKT_USER_MARA"]
    message = await put_message(company.db, company.parts, sender, mara, button)
    opened = await company.as_user("mara", "GET", f"/flows/{message}")
    assert (opened["flow"], opened["screen"], opened["endpoint"]) == (with_endpoint(), "WHEN", True)

    company.answer = lambda request: FlowResponse(version=request.version, screen="WHEN", data={"name": "Mära"})
    first = await company.exchange(message, action="INIT")
    assert first.json() == {"screen": "WHEN", "data": {"name": "Mära"}}
    company.answer = lambda request: FlowResponse(
        version=request.version, screen="MORE", data={"time": request.data["time"], "picture": "A" * 100_000}
    )
    company.refused = [421]  # asked once more, with the key looked up anew
    said = await company.exchange(message, action="data_exchange", screen="WHEN", data={"time": "10"})
    assert said.json()["screen"] == "MORE"
    assert said.json()["data"] == {"time": "10", "picture": "A" * 100_000}
    assert (company.asked[-1].flow_token, company.asked[-1].screen) == ("t-1", "WHEN")
    company.answer = lambda request: FlowResponse(version=request.version, screen="WHEN", data={"name": "Mara"})
    assert (await company.exchange(message, action="BACK", screen="MORE")).is_success
    assert company.asked[-1].action == "BACK"

    company.answer = lambda request: FlowResponse(
        version=request.version, close_flow=True, flow_token="t-1", data={"number": "7"}
    )
    closed = await company.exchange(message, action="data_exchange", screen="MORE", data={})
    assert closed.json()["closing"] == {"flow_token": "t-1", "number": "7"}

    company.answer = lambda request: FlowResponse(version=request.version, screen="NOWHERE")
    wrong = await company.exchange(message, action="data_exchange", screen="WHEN", data={"time": "11"})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "time")
    lost = await company.exchange(message, action="data_exchange", screen="WHEN", data={"time": "15"})
    assert (lost.status_code, lost.json()["error"]["code"]) == (502, "flow_unanswered")

    def refuse(_: FlowRequest) -> Any:
        raise FlowTokenNoLongerValid(error_message="Der Termin ist vergeben.")

    company.answer = refuse
    expired = await company.exchange(message, action="data_exchange", screen="WHEN", data={"time": "15"})
    assert expired.status_code == 409
    assert expired.json()["error"]["message"] == "Der Termin ist vergeben."
    for status in (432, 404, 421):
        company.refused = [status] * 2
        assert (await company.exchange(message, action="INIT")).status_code == 502


@ONE
async def test_a_form_opens_for_who_was_asked_and_while_it_is_there(company: Forms) -> None:
    wa = company.wa
    made = await company.do(wa.create_flow, "Eins", ["OTHER"], flow_json=fitting())
    sender, mara = company.env["TAKT_SENDER_OUTREACH"], company.env["TAKT_USER_MARA"]
    button = {"flow_id": made.id, "token": "t-1", "data": {"name": "Mara"}}
    message = await put_message(company.db, company.parts, sender, mara, button)
    draft = await put_message(company.db, company.parts, sender, mara, {**button, "mode": "draft"})
    assert (await _status(company, "MARA", message)) == 409
    assert (await _status(company, "MARA", draft)) == 200
    await company.do(wa.publish_flow, made.id)
    assert (await _status(company, "MARA", message)) == 200
    assert (await _status(company, "JONAS", message)) == 404
    assert (await company.exchange(message, action="INIT")).status_code == 502
    assert (await company.exchange(message, action="INIT", flow_token="t-2")).status_code == 400
    assert (await company.exchange(message, action="INIT", screen="NOWHERE")).status_code == 400
    assert (await company.exchange(message, action="ping")).status_code == 400
    assert (await company.exchange(message, action="INIT", data=[])).status_code == 400
    await company.do(wa.deprecate_flow, made.id)
    assert (await _status(company, "MARA", message)) == 409


async def _status(company: Forms, name: str, message: str) -> int:
    headers = {"Authorization": f"Bearer {company.env[f'TAKT_DEVICE_{name}']}"}
    async with httpx.AsyncClient(base_url=company.url, headers=headers) as device:
        return (await device.get(f"/device/v1/flows/{message}")).status_code


@ONE
async def test_an_endpoint_that_fails_too_often_gets_its_flow_blocked_until_it_answers_again(company: Forms) -> None:
    wa = company.wa
    await company.set_key()
    made = await company.do(
        wa.create_flow, "Kaputt", ["OTHER"], flow_json=with_endpoint(), endpoint_uri=company.receiver.url, publish=True
    )
    button = {"flow_id": made.id, "token": "t-1", "action": "data_exchange"}
    message = await put_message(
        company.db, company.parts, company.env["TAKT_SENDER_OUTREACH"], company.env["TAKT_USER_MARA"], button
    )
    company.answer = lambda request: FlowResponse(version=request.version, screen="WHEN")
    for _ in range(18):
        assert (await company.exchange(message, action="INIT")).is_success
    company.refused = [500, 500]
    for _ in range(2):
        assert (await company.exchange(message, action="INIT")).status_code == 502
    assert (await company.do(wa.get_flow, made.id)).status is FlowStatus.THROTTLED
    company.refused = [500] * 30
    while (answer := await company.exchange(message, action="INIT")).status_code == 502:
        pass
    assert answer.json()["error"]["code"] == "flow_closed"
    blocked = await company.do(wa.get_flow, made.id)
    assert blocked.status is FlowStatus.BLOCKED
    assert blocked.health_status["can_send_message"] == "BLOCKED"
    with pytest.raises(errors.FlowPublishingError):
        await company.do(wa.publish_flow, made.id)
    company.refused = []
    assert (await company.do(wa.publish_flow, made.id)).success
    assert (await company.exchange(message, action="INIT")).is_success
    assert (await company.do(wa.get_flow, made.id)).status is FlowStatus.PUBLISHED
    async with asyncio.timeout(30):
        while len(await company.events()) < 6:
            await asyncio.sleep(0.02)
    told = [(one["event"], one.get("threshold") or one["new_status"]) for one in await company.events()]
    assert sorted(told) == sorted([
        ("FLOW_STATUS_CHANGE", "PUBLISHED"), ("FLOW_STATUS_CHANGE", "THROTTLED"), ("ENDPOINT_ERROR_RATE", 10),
        ("FLOW_STATUS_CHANGE", "BLOCKED"), ("ENDPOINT_ERROR_RATE", 50), ("FLOW_STATUS_CHANGE", "PUBLISHED"),
    ])  # fmt: skip
