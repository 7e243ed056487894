"""Webhooks about templates have the shapes that clients were written for."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from takt.wire import webhook_templates as told
from takt.wire.webhook_templates import Named, StatusNews
from tests.wire.shapes import SAMPLES, same_shape, sample

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMED = Named("400010000000001", "order_here", "de")
BUTTONS = [
    {"type": "PHONE_NUMBER", "text": "Anrufen", "phone_number": "+4940"},
    {"type": "URL", "text": "Lesen", "url": "https://nordwind.example"},
]
COMPONENTS: list[dict[str, Any]] = [
    {"type": "HEADER", "format": "TEXT", "text": "Hallo"},
    {"type": "BODY", "text": "Größe M"},
    {"type": "FOOTER", "text": "Nordwind"},
    {"type": "BUTTONS", "buttons": BUTTONS},
]
CATEGORY = {
    "value.previous_category": "once it is done",
    "value.correct_category": "before it is done",
    "value.category_update_timestamp": "before it is done",
}


def components(name: str) -> dict[str, Any]:
    """One of the two samples, which lie a level deeper than others."""
    whole = json.loads((SAMPLES / "template_components_update.json").read_text())["element"]
    entry = whole["all"]["entry"] if name == "all" else whole["entry"]
    return dict(entry[0]["changes"][0])


@pytest.mark.parametrize(
    ("news", "name"),
    [
        (StatusNews("APPROVED", "NONE", "utility"), "approved"),
        (StatusNews("REJECTED", "INVALID_FORMAT", "utility", because="x", advice="y"), "rejected"),
    ],
)
def test_a_status(news: StatusNews, name: str) -> None:
    body = told.render_status(NAMED, news)
    assert body.isascii()
    assert same_shape(json.loads(body), sample("template_status_update", name)) == []


def test_a_pause_and_an_end() -> None:
    news = StatusNews("DISABLED", "NONE", "utility", "DISABLED", "x", AT)
    value = json.loads(told.render_status(NAMED, news))["value"]
    assert value["disable_info"] == {"disable_date": int(AT.timestamp())}
    assert value["other_info"] == {"title": "DISABLED", "description": "x"}


def test_a_quality() -> None:
    body = told.render_quality(NAMED, "GREEN", "YELLOW")
    assert same_shape(json.loads(body), sample("template_quality_update", "yellow")) == []


@pytest.mark.parametrize(("given", "name"), [(COMPONENTS, "all"), (COMPONENTS[1:2], "entry")])
def test_new_words(given: list[dict[str, Any]], name: str) -> None:
    body = told.render_components(NAMED, given)
    assert body.isascii()
    assert same_shape(json.loads(body), components(name)) == []


def test_a_category() -> None:
    done = json.loads(told.render_category(NAMED, "utility", "marketing"))
    coming = json.loads(told.render_impending_category(NAMED, "utility", "marketing", AT))
    for ours in (done, coming):
        assert same_shape(ours, sample("template_category_update", "marketing"), CATEGORY) == []
    assert (coming["value"]["new_category"], coming["value"]["correct_category"]) == ("UTILITY", "MARKETING")
