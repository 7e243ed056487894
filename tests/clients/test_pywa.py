"""pywa, an unmodified client of the Cloud API, against the whole of Takt: sends, refusals, webhooks, lists."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pywa import errors, filters
from pywa.types import CallbackButton, Message
from pywa.types.message_status import MessageStatus, MessageStatusType
from pywa.types.others import Pagination
from pywa.types.templates import BodyText, TemplateLanguage, TemplateStatus

from tests.clients.pywa_company import BOTH, Company, opened
from tests.databases import Variant
from tests.live import takt
from tests.receiver import receiving

ORDER = [BodyText.params("Mara", "4711")]

pytestmark = BOTH


@dataclass
class Chat(Company):
    """A company whose handlers sort what they get."""

    messages: list[Message] = field(default_factory=list)
    buttons: list[CallbackButton[Any]] = field(default_factory=list)
    statuses: list[MessageStatus[Any]] = field(default_factory=list)


@pytest.fixture
async def company(sort: str, db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Chat]:
    async with takt(db, variant.parts, tmp_path) as live, receiving() as receiver, opened(sort, live) as wa:
        made = Chat(wa, receiver, live.env, live.url)
        wa.on_message(filters.text)(lambda _, message: made.messages.append(message))
        wa.on_callback_button(lambda _, button: made.buttons.append(button))
        wa.on_message_status(lambda _, status: made.statuses.append(status))
        await made.subscribe("messages", "user_preferences")
        yield made


async def test_a_conversation_from_the_first_template_to_the_last_tick(company: Chat) -> None:
    sent = await company.do(
        company.wa.send_template,
        f"+{company.mara}",
        "order_update",
        TemplateLanguage.GERMAN,
        ORDER,
        tracker="order 4711",
    )
    assert sent.id.startswith("wamid.")
    await company.until(lambda: len(company.statuses) >= 1)
    first = company.statuses[0]
    assert (first.id, first.status, first.tracker) == (sent.id, MessageStatusType.SENT, "order 4711")
    assert first.pricing is not None

    inbox = await company.as_user("mara", "GET", "/inbox")
    told = next(one for one in inbox["messages"] if one["id"] == sent.id)
    assert told["text"] == "Hallo Mara, Ihre Bestellung 4711 ist unterwegs."
    await company.as_user("mara", "POST", "/receipts", json={"status": "read", "through": told["cursor"]})
    await company.until(lambda: company.statuses[-1].status == MessageStatusType.READ)

    await company.write("mara", "Größe M, bitte ✓")
    await company.until(lambda: bool(company.messages))
    message = company.messages[0]
    assert message.text == "Größe M, bitte ✓"
    assert message.from_user.wa_id == company.mara
    assert message.from_user.name == "Mara Brandt"

    await company.do(message.mark_as_read)
    await company.do(message.indicate_typing)
    reply = await company.do(company.wa.send_message, company.mara, "Gern.", reply_to_message_id=message.id)
    inbox = await company.as_user("mara", "GET", "/inbox")
    assert [one["text"] for one in inbox["messages"] if one["id"] == reply.id] == ["Gern."]


async def test_a_button_comes_back_with_its_payload(company: Chat) -> None:
    await company.write("mara", "Hallo")
    sent = await company.do(
        company.wa.send_template, company.mara, "appointment", TemplateLanguage.GERMAN,
        [BodyText.params(name="Mara", day="Freitag")],
    )  # fmt: skip
    inbox = await company.as_user("mara", "GET", "/inbox")
    told = next(one for one in inbox["messages"] if one["id"] == sent.id)
    pressed = told["content"]["buttons"][0]
    body = {
        "client_id": "c2", "to": company.env["TAKT_SENDER_OUTREACH"], "type": "button", "context": sent.id,
        "button": {"payload": pressed["payload"], "text": pressed["text"]},
    }  # fmt: skip
    await company.as_user("mara", "POST", "/messages", json=body)
    await company.until(lambda: bool(company.buttons))
    assert company.buttons[0].title == "Passt"
    assert company.buttons[0].reply_to_message is not None
    assert company.buttons[0].reply_to_message.id == sent.id


async def test_refusals_are_the_clients_own_classes(company: Chat) -> None:
    template = company.wa.send_template
    with pytest.raises(errors.TemplateNotExists):
        await company.do(template, company.mara, "no_such_template", TemplateLanguage.GERMAN)
    with pytest.raises(errors.TemplateParamCountMismatch):
        await company.do(template, company.mara, "order_update", TemplateLanguage.GERMAN, [BodyText.params("one")])
    with pytest.raises(errors.TemplatePaused):
        await company.do(template, company.mara, "winter_offer", TemplateLanguage.GERMAN, [BodyText.params("x")])
    with pytest.raises(errors.WhatsAppError) as refused:
        await company.do(company.wa.send_message, company.mara, "x" * 5000)
    assert refused.value.code == 100
    assert "4096" in (refused.value.details or "")
    with pytest.raises(errors.WhatsAppError) as refused:
        await company.do(company.wa.send_message, company.mara, "x", sender="1")
    assert (refused.value.code, refused.value.subcode) == (100, 33)
    with pytest.raises(errors.UnsupportedMessageType):
        await company.do(company.wa.pin_message, company.mara, "wamid.x", expiration_days=7)
    company.wa.api._session.headers["Authorization"] = "Bearer wrong"
    with pytest.raises(errors.ExpiredAccessToken):
        await company.do(company.wa.send_message, company.mara, "x")


async def test_a_refusal_that_comes_later_is_its_class_too(company: Chat) -> None:
    await company.do(company.wa.send_message, company.env["TAKT_USER_JONAS"], "Guten Tag!")
    await company.do(
        company.wa.send_template, company.env["TAKT_USER_LEYLA"], "autumn_offer", TemplateLanguage.GERMAN,
        [BodyText.params("Leyla", "HERBST20")],
    )  # fmt: skip
    await company.until(lambda: len(company.statuses) == 2)
    failed = {status.from_user.wa_id: status for status in company.statuses}
    assert isinstance(failed[company.env["TAKT_USER_JONAS"]].error, errors.ReEngagementMessage)
    assert isinstance(failed[company.env["TAKT_USER_LEYLA"]].error, errors.UserStoppedMarketingMessages)


async def test_nodes_and_lists(company: Chat) -> None:
    wa = company.wa
    phone = await company.do(wa.get_business_phone_number)
    assert (phone.id, phone.verified_name) == (company.env["TAKT_SENDER_OUTREACH"], "Nordwind")
    phones = await company.do(wa.get_business_phone_numbers)
    assert {one.id for one in phones} == {company.env["TAKT_SENDER_OUTREACH"], company.env["TAKT_SENDER_SUPPORT"]}
    account = await company.do(wa.get_business_account)
    assert account.name == "Nordwind"
    assert wa.token == company.env["TAKT_TOKEN"]
    page = await company.do(wa.get_templates, pagination=Pagination(limit=4))
    names = [one.name for one in page]
    assert page.total_count == page.message_template_count == 9
    while page.has_next:
        page = await company.do(wa.get_templates, pagination=Pagination(limit=4, after=page.after))
        names += [one.name for one in page]
    assert len(names) == 9
    phones = await company.do(wa.get_business_phone_numbers, pagination=Pagination(limit=1))
    assert [one.id for one in await company.do(phones.next)] == [company.env["TAKT_SENDER_SUPPORT"]]
    paused = await company.do(wa.get_templates, statuses=[TemplateStatus.PAUSED])
    assert [one.name for one in paused] == ["winter_offer"]


async def test_a_wrong_signature_would_have_been_noticed(company: Chat) -> None:
    await company.write("mara", "Hallo")
    await company.until(lambda: bool(company.messages))
    got = next(one for one in company.receiver.got if one.method == "POST")
    signature = got.headers["x-hub-signature-256"]
    assert await company.do(company.wa.webhook_update_validator, got.body, signature) is None
    assert await company.do(company.wa.webhook_update_validator, got.body + b" ", signature) is not None
