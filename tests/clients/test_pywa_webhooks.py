"""Every webhook that Takt can send, at pywa's handlers: the right one runs, or, where it has none, the one for all.

Messages, statuses and preferences are in test_pywa_answers.py, templates in test_pywa_templates.py, too.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pywa.types.account_update import AccountUpdate, AccountUpdateEvent, WABABanState
from pywa.types.base_update import RawUpdate

from takt.wire import webhook_accounts, webhook_numbers, webhook_templates
from tests.clients.pywa_company import BOTH, Company, opened
from tests.databases import Variant
from tests.live import takt
from tests.receiver import receiving

pytestmark = BOTH
NUMBERS = [webhook_numbers.NAME, webhook_numbers.QUALITY, webhook_numbers.SECURITY, *webhook_numbers.USERNAME]
ACCOUNTS = [webhook_accounts.REVIEW, webhook_accounts.ACCOUNT, webhook_accounts.CAPABILITY]


@pytest.fixture
async def company(sort: str, db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Company]:
    async with takt(db, variant.parts, tmp_path) as live, receiving() as receiver, opened(sort, live) as wa:
        made = Company(wa, receiver, live.env, live.url)
        made.note("on_account_update", "on_raw_update")
        await made.subscribe(*NUMBERS, *ACCOUNTS, webhook_templates.DETECTION, "flows")
        yield made


async def raw(company: Company, field: str, **wanted: Any) -> Any:
    """What the handler for everything got of a field, once it has these values."""

    def found() -> list[Any]:
        values = [one.value for one in company.heard if isinstance(one, RawUpdate) and one.field == field]
        return [value for value in values if value | wanted == value]

    return (await company.until(found))[0]


async def test_the_life_of_a_number_is_told(company: Company) -> None:
    wa, sender, phone = company.wa, company.env["TAKT_SENDER_OUTREACH"], "493023125001"
    assert await company.do(wa.update_display_name, "Nordwind Hamburg")
    await raw(company, "phone_number_name_update", decision="PENDING", requested_verified_name="Nordwind Hamburg")
    await company.as_operator("POST", f"/numbers/{sender}/name", json={"decision": "REJECTED", "reason": "Zu lang."})
    told = await raw(company, "phone_number_name_update", decision="REJECTED")
    assert (told["display_phone_number"], told["rejection_reason"]) == (phone, "Zu lang.")
    assert await company.do(wa.set_username, "nordwind")
    assert await company.do(wa.delete_username)
    for field in webhook_numbers.USERNAME:
        await raw(company, field, username="nordwind", status="approved", display_phone_number=phone)
        await raw(company, field, username="nordwind", status="deleted")
    await company.do(wa.api._request, "POST", f"/{sender}", json={"pin": "654321"})
    assert (await raw(company, "security", event="PIN_CHANGED"))["display_phone_number"] == phone


async def test_a_company_hears_that_it_is_paused_and_let_in_again(company: Company) -> None:
    path = f"/businesses/{company.env['TAKT_WABA_ID']}/stage"
    await company.as_operator("PUT", path, json={"stage": "paused"})
    update = await company.told(AccountUpdate)
    assert (update.event, update.id) == (AccountUpdateEvent.DISABLED_UPDATE, company.env["TAKT_WABA_ID"])
    assert (update.ban_info.state, update.ban_info.date) == (WABABanState.DISABLE, datetime.now(UTC).date())
    await company.as_operator("PUT", path, json={"stage": "live"})
    await company.until(
        lambda: (
            WABABanState.REINSTATE in [one.ban_info.state for one in company.heard if isinstance(one, AccountUpdate)]
        )
    )
    await company.as_operator("PUT", path, json={"stage": "applied"})
    await raw(company, "account_review_update", decision="PENDING")
    await company.as_operator("PUT", path, json={"stage": "live"})
    await raw(company, "account_review_update", decision="APPROVED")


async def test_a_company_hears_of_measures_and_of_its_limit(company: Company) -> None:
    at = f"/businesses/{company.env['TAKT_WABA_ID']}"
    await company.as_operator("POST", f"{at}/measures", json={"kind": "warning"})
    warned = await company.told(AccountUpdate, event=AccountUpdateEvent.ACCOUNT_VIOLATION)
    assert warned.violation_info.type == "SPAM"
    taken = await company.as_operator("POST", f"{at}/measures", json={"kind": "starting", "days": 1})
    held = await company.told(AccountUpdate, event=AccountUpdateEvent.ACCOUNT_RESTRICTION)
    assert "RESTRICTED_ADD_PHONE_NUMBER_ACTION" in [one.type for one in held.restriction_info]
    await company.as_operator("POST", f"/measures/{taken['measure']}", json={"decision": "lift"})
    lifted = await company.told(AccountUpdate, event=AccountUpdateEvent.DISABLED_UPDATE)
    assert lifted.ban_info.state == WABABanState.REINSTATE
    await company.as_operator("PUT", f"{at}/tier", json={"tier": "TIER_2K"})
    await raw(company, webhook_accounts.CAPABILITY, max_daily_conversations_per_business="TIER_2K")
    await raw(company, webhook_numbers.QUALITY, event="DOWNGRADE", current_limit="TIER_2K")


async def test_a_flow_tells_of_its_states(company: Company) -> None:
    made = await company.do(company.wa.create_flow, "Anprobe", ["OTHER"])
    told = await raw(company, "flows", new_status="DRAFT")
    assert (told["event"], told["flow_id"]) == ("FLOW_STATUS_CHANGE", made.id)


async def test_a_company_hears_that_another_category_would_be_right(company: Company) -> None:
    [live] = await company.do(company.wa.get_templates, name="parcel_tracking")
    await company.as_operator("POST", f"/reviews/{live.id}", json={"decision": "recategorise", "category": "marketing"})
    told = await raw(company, webhook_templates.DETECTION, correct_category="MARKETING")
    assert (told["category"], told["message_template_name"]) == ("UTILITY", "parcel_tracking")
