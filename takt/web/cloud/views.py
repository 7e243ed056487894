"""What the Cloud API says about senders, companies, templates and apps."""

from datetime import UTC
from typing import Any, Final

import msgspec
import phonenumbers

from takt.core.template_life import SENDABLE
from takt.store.catalogue import Listed
from takt.store.reference import App, Business, Sender, Snapshot

HIGH_THROUGHPUT_PER_S: Final = 1000

# How bad, and a sentence.
_Fault = tuple[str, str] | None

_STAGE_FAULTS: Final[dict[str, tuple[str, str]]] = {
    "pilot": ("LIMITED", "The company is in its pilot and may write to members of the pilot alone."),
    "applied": ("BLOCKED", "The company has not been approved yet."),
    "paused": ("BLOCKED", "The company is paused."),
}


def of_sender(sender: Sender, snapshot: Snapshot) -> dict[str, Any]:
    """All that can be said about a sender as a phone number of the Cloud API."""
    business = sender.business
    live = sender.status == "live" and business.stage in ("live", "pilot")
    callback = next(iter(snapshot.listeners(business.business_id, "messages")), None)
    fault = None if sender.status == "live" else ("BLOCKED", "The sender is paused.")
    return {
        "id": sender.sender_id,
        "verified_name": sender.verified_name,
        "display_phone_number": displayed(sender.phone),
        "code_verification_status": "VERIFIED",
        "quality_rating": "UNKNOWN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "HIGH" if sender.throughput_per_s >= HIGH_THROUGHPUT_PER_S else "STANDARD"},
        "status": "CONNECTED" if live else "RESTRICTED",
        "webhook_configuration": {"application": callback.callback_url} if callback is not None else None,
        "name_status": "APPROVED",
        "account_mode": "LIVE" if business.stage == "live" else "SANDBOX",
        "is_official_business_account": business.verified,
        "is_pin_enabled": False,
        "is_on_biz_app": False,
        "is_preverified_number": False,
        "health_status": _health(_entity("PHONE_NUMBER", sender.sender_id, fault), _of_stage(business)),
    }


def of_business(business: Business, apps: list[dict[str, Any]]) -> dict[str, Any]:
    """All that can be said about a company as a WhatsApp Business Account; `apps` are those that hear of it."""
    return {
        "id": business.waba_id,
        "name": business.name,
        "timezone_id": "0",
        "message_template_namespace": str(business.business_id).replace("-", "_"),
        "status": "ACTIVE" if business.stage in ("live", "pilot") else "INACTIVE",
        "business_verification_status": "verified" if business.verified else "not_verified",
        "account_review_status": "PENDING" if business.stage == "applied" else "APPROVED",
        "ownership_type": "SELF",
        "is_enabled_for_insights": False,
        "owner_business_info": {"id": business.waba_id, "name": business.name},
        "subscribed_apps": {"data": apps},
        "health_status": _health(_of_stage(business)),
    }


def of_template(template: Listed) -> dict[str, Any]:
    """All that can be said about a template."""
    fault = None if template.status in SENDABLE else ("BLOCKED", f"The template is {template.status.lower()}.")
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
    return {"id": app.app_id, "name": app.name, "category": "Business"}


def of_linked(app_id: str, name: str, origin: str) -> dict[str, Any]:
    """An app that hears what happens to a company."""
    return {"whatsapp_business_api_data": {"id": app_id, "name": name, "link": f"{origin}/{app_id}"}}


def displayed(phone: str) -> str:
    """Digits as a telephone number that people read."""
    try:
        number = phonenumbers.parse(f"+{phone}")
    except phonenumbers.NumberParseException:
        return f"+{phone}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _health(*entities: dict[str, Any]) -> dict[str, Any]:
    worst_first = ("BLOCKED", "LIMITED", "AVAILABLE")
    worst = min((one["can_send_message"] for one in entities), key=worst_first.index)
    return {"can_send_message": worst, "entities": list(entities)}


def _entity(kind: str, identifier: str, fault: _Fault) -> dict[str, Any]:
    level = fault[0] if fault is not None else "AVAILABLE"
    shown: dict[str, Any] = {"entity_type": kind, "id": identifier, "can_send_message": level}
    if fault is not None and level == "LIMITED":
        shown["additional_info"] = [fault[1]]
    elif fault is not None:
        shown["errors"] = [
            {"error_code": 141000, "error_description": fault[1], "possible_solution": "Ask the operator."}
        ]
    return shown


def _of_stage(business: Business) -> dict[str, Any]:
    return _entity("WABA", business.waba_id, _STAGE_FAULTS.get(business.stage))
