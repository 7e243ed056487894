"""Webhook events about templates: one element of `changes` each, as ASCII text fixed when it is written.

Cloud API reference, "message_template_status_update" and "Other fields". The id of a template is a number here.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from takt.core.value import value

STATUS: Final = "message_template_status_update"
QUALITY: Final = "message_template_quality_update"
COMPONENTS: Final = "message_template_components_update"
CATEGORY: Final = "template_category_update"
DETECTION: Final = "template_correct_category_detection"


@value
class Named:
    """Which template an event is about."""

    template_id: str
    name: str
    language: str

    def render(self) -> dict[str, Any]:
        """As every event names it."""
        return {
            "message_template_id": int(self.template_id),
            "message_template_name": self.name,
            "message_template_language": self.language,
        }


@value
class StatusNews:
    """A new status: `event` as the wire calls it, the wire's `reason` (None when there can be none).

    `title` and `description` say more of pauses, `because` and `advice` of a rejection for its format.
    """

    event: str
    reason: str | None
    category: str
    title: str | None = None
    description: str | None = None
    disabled_at: datetime | None = None
    because: str | None = None
    advice: str | None = None


def render_status(named: Named, news: StatusNews) -> str:
    """A template has another status."""
    told = {
        "event": news.event,
        **named.render(),
        "reason": news.reason,
        "message_template_category": news.category.upper(),
    }
    if news.disabled_at is not None:
        told["disable_info"] = {"disable_date": int(news.disabled_at.timestamp())}
    if news.title is not None:
        told["other_info"] = {"title": news.title, "description": news.description}
    if news.because is not None:
        told["rejection_info"] = {"reason": news.because, "recommendation": news.advice}
    return _change(STATUS, told)


def render_quality(named: Named, before: str, after: str) -> str:
    """A template has another quality."""
    return _change(QUALITY, {"previous_quality_score": before, "new_quality_score": after, **named.render()})


def render_components(named: Named, components: Sequence[Mapping[str, Any]]) -> str:
    """An edited template was approved and says this now."""
    by_type = {one["type"]: one for one in components}
    told = named.render()
    if by_type.get("HEADER", {}).get("text"):
        told["message_template_title"] = by_type["HEADER"]["text"]
    told["message_template_element"] = by_type["BODY"]["text"]
    if "FOOTER" in by_type:
        told["message_template_footer"] = by_type["FOOTER"]["text"]
    buttons = [_button(one) for one in by_type.get("BUTTONS", {}).get("buttons", ())]
    if buttons:
        told["message_template_buttons"] = buttons
    return _change(COMPONENTS, told)


def render_impending_category(named: Named, category: str, correct: str, at: datetime) -> str:
    """A template will have another category at that instant."""
    told = {
        **named.render(),
        "correct_category": correct.upper(),
        "new_category": category.upper(),
        "category_update_timestamp": int(at.timestamp()),
    }
    return _change(CATEGORY, told)


def render_category(named: Named, before: str, after: str) -> str:
    """A template has another category."""
    return _change(CATEGORY, {**named.render(), "previous_category": before.upper(), "new_category": after.upper()})


def render_detection(named: Named, category: str, correct: str) -> str:
    """Another category than the present one would be right."""
    return _change(DETECTION, {**named.render(), "category": category.upper(), "correct_category": correct.upper()})


def _button(button: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"message_template_button_type": button["type"], "message_template_button_text": button["text"]}
    for name in ("url", "phone_number"):
        if name in button:
            shown[f"message_template_button_{name}"] = button[name]
    return shown


def _change(field: str, told: Mapping[str, Any]) -> str:
    return json.dumps({"value": told, "field": field}, separators=(",", ":"))
