"""Flows as nodes of the Cloud API: faults with their places in the text, and the webhook of a change of status."""

import json
from collections.abc import Sequence
from typing import Any

from takt.core.flow_fault import Fault, Place, place_of
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


def render_error_rate(flow_id: str, name: str, percent: int, threshold: int) -> str:
    """One alert in the field `flows`: the endpoint fails more often than the threshold, both in per cent."""
    told = {
        "event": "ENDPOINT_ERROR_RATE",
        "message": f"The endpoint of flow {name} failed in {percent} % of its requests within 30 minutes.",
        "flow_id": flow_id,
        "error_rate": percent,
        "threshold": threshold,
        "alert_state": "ACTIVATED",
    }
    return json.dumps({"value": told, "field": "flows"}, separators=(",", ":"))


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
