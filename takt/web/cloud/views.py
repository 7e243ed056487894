"""What the Cloud API says about senders, companies, templates and apps."""

from datetime import UTC
from typing import Any, Final

import msgspec
import phonenumbers

from takt.core.measures import KINDS
from takt.core.template_life import SENDABLE
from takt.store.catalogue import Listed
from takt.store.reference import WEBHOOK_OBJECT, App, Business, Endpoint, Sender, Snapshot

HIGH_THROUGHPUT_PER_S: Final = 1000
TIME_ZONE: Final = "47"
"""Europe/Berlin, as the Graph API numbers time zones; contracts are made in it."""

# The code of the trouble, how bad it is, a sentence, and what to do.
_Fault = tuple[int, str, str, str]

_WORST_FIRST: Final = ("BLOCKED", "LIMITED", "AVAILABLE")
_ASK: Final = "Ask the operator."
_OBJECT: Final = "Object to it by /takt/v1/standing if it is wrong; a person decides."
_SEE: Final = "See /takt/v1/standing."
_STAGE_FAULTS: Final[dict[str, _Fault]] = {
    "pilot": (
        141002, "LIMITED", "The company is in its pilot and may write to members of the pilot alone.", _ASK,
    ),
    "applied": (141002, "BLOCKED", "The company has not been approved yet.", _ASK),
    "paused": (141014, "BLOCKED", "The company is paused.", _ASK),
}  # fmt: skip
_BROKE: Final = (
    141006, "LIMITED", "The company's wallet is empty: only what costs nothing goes out.", "Top up the wallet.",
)  # fmt: skip
_MEASURE_FAULTS: Final[dict[str, _Fault]] = {
    "starting": (
        141014, "LIMITED", "The company may answer within the window, and not start: too many people objected.",
        _OBJECT,
    ),
    "sending": (141014, "BLOCKED", "The company may not send for now: too many people objected.", _OBJECT),
    "lock": (141014, "BLOCKED", "The company is locked: too many people objected.", _OBJECT),
}  # fmt: skip


def of_sender(sender: Sender, snapshot: Snapshot, app_id: str | None, *, funded: bool) -> dict[str, Any]:
    """All that can be said about a sender as a phone number of the Cloud API.

    `app_id` is the app that asks; `funded` says that its company has money to send with.
    """
    business, number = sender.business, sender.number
    tier = snapshot.businesses[business.owner].tier
    region, dial = _country(sender.phone)
    return {
        "id": sender.sender_id,
        "verified_name": sender.verified_name,
        "display_phone_number": displayed(sender.phone),
        "code_verification_status": number.verification,
        "quality_rating": sender.quality,
        "quality_score": _score(sender),
        "platform_type": "CLOUD_API" if sender.registered else "NOT_APPLICABLE",
        "throughput": {"level": "HIGH" if sender.throughput_per_s >= HIGH_THROUGHPUT_PER_S else "STANDARD"},
        "status": _status(sender),
        "webhook_configuration": _callbacks(sender, snapshot, app_id) if app_id is not None else None,
        "name_status": number.name_status,
        "new_name_status": number.new_name_status,
        "account_mode": "LIVE" if business.stage == "live" else "SANDBOX",
        "messaging_limit_tier": tier,
        "whatsapp_business_manager_messaging_limit": tier,
        "is_official_business_account": business.verified,
        "is_pin_enabled": number.has_pin,
        "is_on_biz_app": False,
        "is_preverified_number": False,
        "conversational_automation": _automation(sender),
        "username": number.username,
        "country_code": region,
        "country_dial_code": dial,
        "search_visibility": "VISIBLE",
        "health_status": _health(
            _entity("PHONE_NUMBER", sender.sender_id, _fault(sender)),
            _of_stage(business, funded=funded),
            _of_portfolio(business),
        ),
    }


def of_business(business: Business, snapshot: Snapshot, apps: list[dict[str, Any]], *, funded: bool) -> dict[str, Any]:
    """All that can be said about a company as a WhatsApp Business Account; `apps` are those that hear of it."""
    phones = sorted(one.phone for one in snapshot.senders.values() if one.business.business_id == business.business_id)
    return {
        "id": business.waba_id,
        "name": business.name,
        "timezone_id": TIME_ZONE,
        "currency": _currency(business, snapshot),
        "country": _country(phones[0])[0] if phones else None,
        "message_template_namespace": str(business.business_id).replace("-", "_"),
        "status": "ACTIVE" if business.stage in ("live", "pilot") else "INACTIVE",
        "business_verification_status": "verified" if business.verified else "not_verified",
        "account_review_status": "PENDING" if business.stage == "applied" else "APPROVED",
        "ownership_type": "SELF",
        "is_enabled_for_insights": business.insights,
        "disable_marketing_messages_on_cloud_api": False,
        "owner_business_info": {"id": business.portfolio_id, "name": business.name},
        "subscribed_apps": {"data": apps},
        "health_status": _health(_of_stage(business, funded=funded), _of_portfolio(business)),
    }


def of_portfolio(business: Business) -> dict[str, Any]:
    """All that can be said about a company as a business portfolio: it has one account."""
    return {
        "id": business.portfolio_id,
        "name": business.name,
        "verification_status": "verified" if business.verified else "not_verified",
        "timezone_id": int(TIME_ZONE),
        "health_status": _health(_of_portfolio(business)),
    }


def of_template(template: Listed) -> dict[str, Any]:
    """All that can be said about a template."""
    fault: _Fault | None = None
    if template.status not in SENDABLE:
        fault = (141002, "BLOCKED", f"The template is {template.status.lower()}.", "Send another, or mend this one.")
    elif template.status == "FLAGGED":
        fault = (141002, "LIMITED", "Many people object to this template.", _SEE)
    return {
        "id": template.template_id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category.upper(),
        "parameter_format": template.parameter_format,
        "components": msgspec.json.decode(template.components),
        "message_send_ttl_seconds": template.ttl_s,
        "quality_score": {"score": template.quality, "date": int(template.quality_at.timestamp())},
        "rejected_reason": template.rejected_reason,
        "previous_category": template.previous_category.upper() if template.previous_category else None,
        "correct_category": template.correct_category.upper() if template.correct_category else None,
        "sub_category": template.sub_category,
        "library_template_name": template.library_template_name,
        "cta_url_link_tracking_opted_out": template.link_tracking_opted_out,
        "last_updated_time": f"{template.updated_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000",
        "degrees_of_freedom_spec": _freedom(msgspec.json.decode(template.extras)),
        "health_status": _health(_entity("MESSAGE_TEMPLATE", template.template_id, fault)),
    }


def _freedom(extras: dict[str, Any]) -> dict[str, Any] | None:
    """What may be done to the looks of a message: given as an object, shown as a list of key and value."""
    features = extras.get("creative_features_spec")
    if not isinstance(features, dict):
        return None
    return {"creative_features_spec": [{"key": key.upper(), "value": one} for key, one in features.items()]}


def of_app(app: App) -> dict[str, Any]:
    """All that can be said about an app."""
    return {
        "id": app.app_id,
        "name": app.name,
        "category": "Business",
        "health_status": _health(_entity("APP", app.app_id, None)),
    }


def of_linked(app_id: str, name: str, origin: str, override: Endpoint | None) -> dict[str, Any]:
    """An app that hears what happens to a company, and where it hears of its messages if not at its own callback."""
    shown: dict[str, Any] = {"whatsapp_business_api_data": {"id": app_id, "name": name, "link": f"{origin}/{app_id}"}}
    if override is not None:
        shown["override_callback_uri"] = override.callback_url
    return shown


def displayed(phone: str) -> str:
    """Digits as a telephone number that people read."""
    try:
        number = phonenumbers.parse(f"+{phone}")
    except phonenumbers.NumberParseException:
        return f"+{phone}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _status(sender: Sender) -> str:
    if not sender.registered:
        return "PENDING" if sender.number.verification != "VERIFIED" else "DISCONNECTED"
    live = sender.status == "live" and sender.business.stage in ("live", "pilot")
    if live and sender.quality == "RED":
        return "FLAGGED"
    return "CONNECTED" if live else "RESTRICTED"


def _score(sender: Sender) -> dict[str, Any]:
    """The colour, and when it came, in seconds, if it ever did."""
    score: dict[str, Any] = {"score": sender.quality}
    return score if sender.quality_at is None else score | {"date": int(sender.quality_at.timestamp())}


def _fault(sender: Sender) -> _Fault | None:
    if sender.status != "live":
        return 141000, "BLOCKED", "The sender is paused.", _ASK
    if not sender.registered:
        return 141000, "BLOCKED", "The number is not registered.", "Verify it by a code, then register it with a PIN."
    is_red = sender.quality == "RED"
    return (141000, "LIMITED", "Many people object to this number's messages.", _SEE) if is_red else None


def _automation(sender: Sender) -> dict[str, Any]:
    automation = sender.number.automation
    return {
        "id": sender.sender_id,
        "enable_welcome_message": automation.welcome,
        "prompts": list(automation.prompts),
        "commands": [{"command_name": one.name, "command_description": one.description} for one in automation.commands],
    }


def _country(phone: str) -> tuple[str | None, str | None]:
    """The country of a number, as two letters and as its calling code; None for what has none."""
    try:
        number = phonenumbers.parse(f"+{phone}")
    except phonenumbers.NumberParseException:
        return None, None
    return phonenumbers.region_code_for_number(number), str(number.country_code)


def _currency(business: Business, snapshot: Snapshot) -> str | None:
    """The currency of the newest version of the company's rate card."""
    card = snapshot.prices.newest(business.card)
    return card.currency if card is not None else None


def _callbacks(sender: Sender, snapshot: Snapshot, app_id: str) -> dict[str, str] | None:
    """Where an app hears of a sender's messages; the first of these counts."""
    nodes = {"phone_number": sender.sender_id, "whatsapp_business_account": sender.business.waba_id}
    found = {name: snapshot.overrides.get((app_id, node)) for name, node in nodes.items()}
    found["application"] = next(
        (e for e in snapshot.endpoints.values() if e.app_id == app_id and e.object == WEBHOOK_OBJECT), None
    )
    shown = {name: one.callback_url for name, one in found.items() if one is not None and one.callback_url}
    return shown or None


def _health(*entities: dict[str, Any]) -> dict[str, Any]:
    worst = min((one["can_send_message"] for one in entities), key=_WORST_FIRST.index)
    return {"can_send_message": worst, "entities": list(entities)}


def _entity(kind: str, identifier: str, fault: _Fault | None) -> dict[str, Any]:
    if fault is None:
        return {"entity_type": kind, "id": identifier, "can_send_message": "AVAILABLE"}
    code, level, sentence, solution = fault
    shown: dict[str, Any] = {"entity_type": kind, "id": identifier, "can_send_message": level}
    if level == "LIMITED":
        shown["additional_info"] = [f"{sentence} {solution}"]
    shown["errors"] = [{"error_code": code, "error_description": sentence, "possible_solution": solution}]
    return shown


def _of_portfolio(business: Business) -> dict[str, Any]:
    return _entity("BUSINESS", business.portfolio_id, None)


def _of_stage(business: Business, *, funded: bool) -> dict[str, Any]:
    hardest = max((one.kind for one in business.measures), key=KINDS.index, default="")
    found = [_STAGE_FAULTS.get(business.stage), _MEASURE_FAULTS.get(hardest), None if funded else _BROKE]
    faults = [one for one in found if one is not None]
    return _entity("WABA", business.waba_id, min(faults, key=lambda one: _WORST_FIRST.index(one[1]), default=None))
