"""Nodes and edges of the Cloud API: which fields a caller selects, pages with cursors, lists in their many spellings.

Cloud API reference, "Layout", "Templates" and "Phone numbers". A field that the real platform has and Takt does not is
known, so that asking for it is no error; it is left out of the answer, as the real platform leaves out what is empty.
What a caller got wrong is raised as a Refusal.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from takt.core.value import value
from takt.wire import errors, fields
from takt.wire.errors import Refusal
from takt.wire.fields import Field

LIST_CHARS_MAX: Final = 8192
LIST_LENGTH_MAX: Final = 100
PAGE_MAX: Final = 1000
PAGE: Final = 25
CURSOR_CHARS_MAX: Final = 2048
QUERY_FIELDS_MAX: Final = 100


@value
class NodeKind:
    """A kind of node: its name in errors, the fields shown when none are asked for, and those that exist at all."""

    name: str
    shown: tuple[str, ...]
    known: frozenset[str]


def _kind(name: str, shown: str, more: str) -> NodeKind:
    return NodeKind(name, tuple(shown.split()), frozenset((*shown.split(), *more.split(), "health_status")))


def _bare_kind(name: str, shown: str, more: str = "") -> NodeKind:
    return NodeKind(name, tuple(shown.split()), frozenset(("id", *shown.split(), *more.split())))


PHONE_NUMBER: Final = _kind(
    "WhatsAppBusinessPhoneNumber",
    "id verified_name code_verification_status display_phone_number quality_rating platform_type throughput status"
    " webhook_configuration",
    "name_status new_name_status account_mode messaging_limit_tier whatsapp_business_manager_messaging_limit"
    " is_official_business_account is_pin_enabled is_on_biz_app is_preverified_number conversational_automation"
    " last_onboarded_time certificate new_certificate eligibility_for_api_business_global_search search_visibility"
    " host_platform quality_score country_code country_dial_code username",
)
PROFILE: Final = _bare_kind(
    "WhatsAppBusinessProfile",
    "about address description email profile_picture_url websites vertical messaging_product",
)
LINK: Final = _bare_kind("WhatsAppMessageQRDL", "code prefilled_message deep_link_url", "qr_image_url creation_time")
SETTINGS: Final = _bare_kind(
    "WhatsAppBusinessPhoneNumberSettings", "calling user_identity_change payload_encryption storage_configuration"
)
COMMERCE: Final = _bare_kind("WhatsAppCommerceSettings", "is_cart_enabled is_catalog_visible id", "catalog_id")
PORTFOLIO: Final = _kind("Business", "id name", "verification_status timezone_id primary_page created_time link")
BUSINESS_ACCOUNT: Final = _kind(
    "WhatsAppBusinessAccount",
    "id name timezone_id message_template_namespace",
    "currency country status business_verification_status is_enabled_for_insights marketing_messages_lite_api_status"
    " marketing_messages_onboarding_status on_behalf_of_business_info ownership_type subscribed_apps"
    " owner_business_info account_review_status disable_marketing_messages_on_cloud_api phone_numbers"
    " message_templates analytics conversation_analytics pricing_analytics call_analytics template_analytics"
    " template_group_analytics primary_funding_id purchase_order_number",
)
TEMPLATE: Final = _kind(
    "MessageTemplate",
    "id name parameter_format components language status category",
    "previous_category correct_category quality_score rejected_reason library_template_name message_send_ttl_seconds"
    " sub_category cta_url_link_tracking_opted_out last_updated_time degrees_of_freedom_spec",
)
FLOW: Final = _kind(
    "Flow",
    "id name status categories validation_errors",
    "json_version data_api_version data_channel_uri endpoint_uri preview whatsapp_business_account application"
    " updated_at metric",
)
APP: Final = _kind("Application", "id name link category", "namespace")

WEBHOOK_OBJECT: Final = "whatsapp_business_account"
WEBHOOK_FIELDS: Final = frozenset({
    "account_alerts", "account_review_update", "account_settings_update", "account_update", "automatic_events",
    "business_capability_update", "business_status_update", "business_username_updates", "calls", "flows",
    "group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update", "history",
    "message_echoes", "message_template_components_update", "message_template_quality_update",
    "message_template_status_update", "messages", "messaging_handovers", "partner_solutions",
    "payment_configuration_update", "phone_number_name_update", "phone_number_quality_update",
    "phone_number_username_update", "security", "smb_app_state_sync", "smb_message_echoes", "standby",
    "template_category_update", "template_correct_category_detection", "tracking_events", "user_actions",
    "user_preferences",
})  # fmt: skip
TEMPLATE_STATUSES: Final = frozenset({
    "APPROVED", "IN_APPEAL", "PENDING", "REJECTED", "PENDING_DELETION", "DELETED", "DISABLED", "PAUSED",
    "LIMIT_EXCEEDED", "ARCHIVED", "FLAGGED", "LOCKED",
})  # fmt: skip
TEMPLATE_CATEGORIES: Final = frozenset({"MARKETING", "UTILITY", "AUTHENTICATION"})


def parse_selection(text: str | None, kind: NodeKind) -> tuple[Field, ...]:
    """The selected fields, each once and `id` first; those shown by default when nothing is selected. Raises Refusal."""
    if text is None or not text.strip():
        return tuple(Field(name) for name in kind.shown)
    found = fields.parse(text)
    check_known(found, kind)
    return tuple({"id": Field("id"), **{one.name: one for one in found}}.values())


def check_known(selection: Iterable[Field], kind: NodeKind) -> None:
    """Every field must exist on that kind of node. Raises Refusal."""
    for one in selection:
        if one.name not in kind.known:
            raise Refusal(errors.unknown_field(one.name, kind.name))


def parse_fields(text: str | None, kind: NodeKind) -> tuple[str, ...]:
    """The names alone of what `parse_selection` gives."""
    return tuple(one.name for one in parse_selection(text, kind))


def select(values: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Those of the values that were selected; what is None is left out."""
    return {name: values[name] for name in fields if values.get(name) is not None}


def parse_list(name: str, value: object) -> list[str]:
    """The words of a list that comes joined by commas, as JSON in a text, or as a list."""
    if value is None or value == "":
        return []
    if isinstance(value, str) and len(value) <= LIST_CHARS_MAX:
        value = _unjoined(value)
    if isinstance(value, list) and len(value) <= LIST_LENGTH_MAX and all(isinstance(one, str) for one in value):
        return [one.strip() for one in value]
    raise _wrong(name, f"must be a list of at most {LIST_LENGTH_MAX} words")


def parse_choice(name: str, value: object, choices: frozenset[str]) -> list[str]:
    """As `parse_list`, in capitals, of words that are among the choices."""
    found = [word.upper() for word in parse_list(name, value)]
    if not choices.issuperset(found):
        raise _wrong(name, f"must be one of {', '.join(sorted(choices))}")
    return found


def parse_object(name: str, value: object) -> dict[str, Any]:
    """An object that comes as JSON in a text, or as an object."""
    if isinstance(value, str) and len(value) <= LIST_CHARS_MAX:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if isinstance(value, dict):
        return value
    raise _wrong(name, "must be an object")


def parse_limit(value: object) -> int:
    """How many entries a page has: 25 unless said otherwise, 1,000 at most."""
    if value is None or value == "":
        return PAGE
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= 1):
        raise _wrong("limit", f"must be a whole number from 1 to {PAGE_MAX}")
    return min(int(text), PAGE_MAX)


def decode_json(text: str) -> Any:
    """A value that came as JSON in a text, such as a list within a form; None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def pick(values: Mapping[str, Any], selection: Sequence[Field]) -> dict[str, Any]:
    """As `select`, with what is selected within: of an object, or of each row of a list or an edge."""
    return {one.name: _within(values[one.name], one) for one in selection if values.get(one.name) is not None}


def _within(shown: Any, chosen: Field) -> Any:
    if not chosen.within:
        return shown
    if isinstance(shown, list):
        return [_within(one, chosen) for one in shown]
    if isinstance(shown, dict) and isinstance(shown.get("data"), list):
        return {**shown, "data": _within(shown["data"], chosen)}
    return pick(shown, chosen.within) if isinstance(shown, dict) else shown


def render_cursor(key: Sequence[str]) -> str:
    """An opaque text for a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(list(key), separators=(",", ":")).encode()).decode()


def parse_cursor(name: str, value: object, length: int) -> tuple[str, ...] | None:
    """The key behind a cursor of ours; None when there is none."""
    if value is None or value == "":
        return None
    key = _unlocked(value) if isinstance(value, str) and len(value) <= CURSOR_CHARS_MAX else None
    if not isinstance(key, list) or len(key) != length:
        raise _wrong(name, "must be a cursor of an earlier page")
    if not all(isinstance(one, str) and one.isprintable() for one in key):
        raise _wrong(name, "must be a cursor of an earlier page")
    return tuple(key)


def render_page(
    rows: list[dict[str, Any]], keys: Sequence[Sequence[str]], here: str, *, more: bool, earlier: bool
) -> dict[str, Any]:
    """A page: its rows, cursors from the keys of its first and last, and absolute addresses of its neighbours.

    `here` is the absolute address that was asked for; what it carries is kept, but for the cursors.
    """
    page: dict[str, Any] = {"data": rows}
    if keys:
        before, after = render_cursor(keys[0]), render_cursor(keys[-1])
        page["paging"] = {"cursors": {"before": before, "after": after}}
        if more:
            page["paging"]["next"] = _with_cursor(here, "after", after)
        if earlier:
            page["paging"]["previous"] = _with_cursor(here, "before", before)
    return page


def _with_cursor(here: str, name: str, cursor: str) -> str:
    address, _, query = here.partition("?")
    kept = [pair for pair in parse_qsl(query, max_num_fields=QUERY_FIELDS_MAX) if pair[0] not in ("after", "before")]
    return f"{address}?{urlencode([*kept, (name, cursor)])}"


def _unlocked(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _unjoined(text: str) -> object:
    return decode_json(text) if text.lstrip().startswith("[") else text.split(",")


def _wrong(name: str, requirement: str) -> Refusal:
    return Refusal(errors.invalid_parameter(name, requirement))
