"""Flows as nodes of the Cloud API: faults with their places in the text, and the webhooks of changes and alerts."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from takt.core.flow_fault import Fault, Place, place_of
from takt.core.flow_health import Count, Kind, News
from takt.core.flow_state import FlowDenial
from takt.wire.errors import WireError


def render_faults(text: str, faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """The `validation_errors` of a flow's JSON."""
    shown = []
    for fault in faults:
        place = _place(place_of(text, fault.path))
        pointer = {**place, "path": fault.shown_path()}
        words = {"error": fault.error, "error_type": fault.error_type, "message": fault.message}
        shown.append({**words, **place, "pointers": [pointer]})
    return shown


def render_status_change(flow_id: str, name: str, old: str | None, new: str) -> str:
    """One change in the field `flows`, as ASCII; a flow that is new has no old status."""
    told: dict[str, Any] = {
        "event": "FLOW_STATUS_CHANGE",
        "message": f"Flow {name} changed status from {old} to {new}." if old else f"Flow {name} has been created.",
        "flow_id": flow_id,
        "new_status": new,
    }
    if old is not None:
        told["old_status"] = old
    return json.dumps({"value": told, "field": "flows"}, separators=(",", ":"))


def render_alert(flow_id: str, name: str, news: News, count: Count) -> str:
    """One change in the field `flows`: the endpoint of a flow reached a threshold, or recovered from it.

    Thresholds are in per cent; those of latency in milliseconds, of nine answers in ten.
    """
    event, what, figures = _FIGURES[news.kind](count)
    turn = "has reached" if news.reached else "has recovered from"
    told = {
        "event": event,
        "message": f"The endpoint of flow {name} {turn} the threshold: {what} within 30 minutes.",
        "flow_id": flow_id,
        **figures,
        "threshold": news.threshold,
        "alert_state": "ACTIVATED" if news.reached else "DEACTIVATED",
    }
    return json.dumps({"value": told, "field": "flows"}, separators=(",", ":"))


_Figures = tuple[str, str, dict[str, int | None]]


def _errors(count: Count) -> _Figures:
    figures: dict[str, int | None] = {"error_rate": count.percent, "requests_count": count.exchanges}
    return "ENDPOINT_ERROR_RATE", f"{count.percent} % of its requests failed", figures


def _latency(count: Count) -> _Figures:
    half, most = count.latency_ms(50), count.latency_ms(90)
    figures = {"p50_latency": half, "p90_latency": most, "requests_count": count.exchanges}
    return "ENDPOINT_LATENCY", f"nine of ten answers took at most {most} ms", figures


def _availability(count: Count) -> _Figures:
    figures: dict[str, int | None] = {"availability": count.availability, "requests_count": count.exchanges}
    return "ENDPOINT_AVAILABILITY", f"{count.availability} % of its requests were answered", figures


_FIGURES: Final[dict[Kind, Callable[[Count], _Figures]]] = {
    "errors": _errors,
    "latency": _latency,
    "availability": _availability,
}


def denied(denial: FlowDenial) -> WireError:
    """A no about a flow as a client gets it."""
    return WireError(denial.code, f"(#{denial.code}) {denial.title}", denial.details)


def _place(place: Place) -> dict[str, int]:
    return {
        "line_start": place.line_start,
        "line_end": place.line_end,
        "column_start": place.column_start,
        "column_end": place.column_end,
    }
