"""What a person answered, held against the form: nothing that was not asked, and nothing left out that is required.

A flow with an endpoint is answered by what the endpoint gave at the end, which only its company can judge; there the
token alone is checked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from takt.core.denial import Text
from takt.core.flow import Flow, Screen, is_dynamic, references
from takt.core.flow_components import ANSWER_CHARS_MAX, FILES_MAX
from takt.core.refusal import Refusal
from takt.core.value import value

TOKEN: Final = "flow_token"  # noqa: S105 - the name of a field
RESPONSE_FIELDS_MAX: Final = 200
TRACE_STEPS_MAX: Final = 10

_ONE_OF_SEVERAL: Final = frozenset({"RadioButtonsGroup", "Dropdown"})
_SEVERAL: Final = frozenset({"CheckboxGroup", "ChipsSelector"})
_FILES: Final = frozenset({"PhotoPicker", "DocumentPicker"})
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


@value
class AnswerFault:
    """One answer that does not fit: the name it came under, and what would be right."""

    name: str
    requirement: Text


_UNKNOWN: Final = Text("is not asked for by this form.", "wird in diesem Formular nicht gefragt.")
_MISSING: Final = Text("has to be filled in.", "muss ausgefüllt werden.")
_NOT_OFFERED: Final = Text("must be one of the choices offered.", "muss eine der angebotenen Möglichkeiten sein.")
_WRONG: Final = Text("is not an answer to this question.", "ist keine Antwort auf diese Frage.")


def check_answers(flow: Flow, screen_id: str, answers: Mapping[str, Any]) -> tuple[AnswerFault, ...]:
    """What is wrong with the answers to one screen, by the names of its components."""
    screen = flow.screen(screen_id)
    if screen is None:
        return (AnswerFault(screen_id, _UNKNOWN),)
    inputs, shown = screen.inputs(), screen.always_shown()
    faults = [AnswerFault(name, _UNKNOWN) for name in answers if name not in inputs]
    for name, component in inputs.items():
        fault = _fault_of(component, answers.get(name), needed=name in shown)
        if fault is not None:
            faults.append(AnswerFault(name, fault))
    return tuple(faults)


def check_response(flow: Flow, response: Mapping[str, Any], token: str) -> Refusal | None:
    """What a finished form says, against the form that the message with this token opened; None when it fits."""
    if response.get(TOKEN) != token:
        return _refusal(TOKEN, Text("must be that of the message.", "muss das der Nachricht sein."))
    said = {name: answer for name, answer in response.items() if name != TOKEN}
    if flow.has_endpoint:
        return None
    endings = list(_endings(flow))
    faults = [_fault_of_payload(flow, screen, payload, said) for screen, payload in endings]
    if not faults:
        return _refusal("response", _WRONG)
    return None if None in faults else faults[0]


def check_step(flow: Flow, screen_id: str, said: Mapping[str, Any]) -> Refusal | None:
    """What a screen sends to the endpoint on the way, against what it says that it sends; None when it fits."""
    screen = flow.screen(screen_id)
    actions = [one for one in screen.actions() if one.get("name") == "data_exchange"] if screen is not None else []
    faults = [_fault_of_payload(flow, screen, one.get("payload", {}), said) for one in actions if screen is not None]
    if not faults:
        return _refusal("data", _WRONG)
    return None if None in faults else faults[0]


def _endings(flow: Flow) -> Iterator[tuple[Screen, Mapping[str, Any]]]:
    """Every way that a flow can be completed: the screen, and what its action hands over."""
    for screen in flow.screens:
        for action in screen.actions():
            if action.get("name") == "complete":
                yield screen, action.get("payload", {})


def _fault_of_payload(
    flow: Flow, screen: Screen, payload: Mapping[str, Any], said: Mapping[str, Any]
) -> Refusal | None:
    if len(said) > RESPONSE_FIELDS_MAX:
        return _refusal("response", Text("has too many fields.", "hat zu viele Felder."))
    for name in said:
        if name not in payload:
            return _refusal(name, _UNKNOWN)
    for name, wanted in payload.items():
        fault = _fault_of_value(flow, screen, wanted, said.get(name), TRACE_STEPS_MAX)
        if fault is not None:
            return _refusal(name, fault)
    return None


def _fault_of_value(flow: Flow, screen: Screen, wanted: Any, answer: Any, steps: int) -> Text | None:
    """What is wrong with the value that stands for `wanted` in a payload of this screen."""
    if not is_dynamic(wanted):
        return None if answer == wanted else _WRONG
    found = list(references(wanted))
    if len(found) != 1 or not (wanted.startswith("${") and wanted.endswith("}")):
        return None if isinstance(answer, str | int | float | bool | None) else _WRONG
    other, source, name = found[0]
    owner = flow.screen(other) if other is not None else screen
    assert owner is not None, "a flow that was read refers to screens that are there"
    if source == "form":
        return _fault_of(owner.inputs()[name], answer, needed=name in owner.always_shown())
    origins = list(_origins(flow, owner, name)) if steps > 0 else []
    faults = [_fault_of_value(flow, giver, given, answer, steps - 1) for giver, given in origins]
    # What no screen hands over came with the message: the company itself said it.
    return None if not faults or None in faults else faults[0]


def _origins(flow: Flow, screen: Screen, name: str) -> Iterator[tuple[Screen, Any]]:
    """Whence a screen gets that part of its data: the screens that lead to it, and what they hand over."""
    for giver in flow.screens:
        for action in giver.actions():
            following = action.get("next")
            leads = isinstance(following, Mapping) and following.get("name") == screen.id
            if leads and name in action.get("payload", {}):
                yield giver, action["payload"][name]


def _fault_of(component: Mapping[str, Any], answer: Any, *, needed: bool) -> Text | None:
    kind = component["type"]
    if answer in (None, "", []) or (kind == "OptIn" and answer is False):
        least = component.get("min-uploaded-photos", component.get("min-uploaded-documents", 0))
        required = component.get("required") is True or (kind in _FILES and least != 0)
        return _MISSING if needed and required else None
    if kind in _SEVERAL:
        return _fault_of_several(component, answer)
    if kind == "CalendarPicker" and component.get("mode") == "range":
        fits = isinstance(answer, Mapping) and answer.keys() == {"start-date", "end-date"}
        return None if fits and all(_is_date(one) for one in answer.values()) else _WRONG
    if kind == "OptIn" or kind in _FILES:
        fits = answer is True if kind == "OptIn" else isinstance(answer, list) and len(answer) <= FILES_MAX
        return None if fits else _WRONG
    return _fault_of_line(component, answer)


def _fault_of_line(component: Mapping[str, Any], answer: Any) -> Text | None:
    """What is wrong with an answer that has to be one text."""
    if not isinstance(answer, str) or len(answer) > ANSWER_CHARS_MAX:
        return _WRONG
    if component["type"] in _ONE_OF_SEVERAL:
        offered = _offered(component)
        return None if offered is None or answer in offered else _NOT_OFFERED
    if component["type"] in ("DatePicker", "CalendarPicker"):
        return _fault_of_date(component, answer)
    return _fault_of_text(component, answer)


def _fault_of_text(component: Mapping[str, Any], answer: str) -> Text | None:
    most = component.get("max-chars", component.get("max-length"))
    least = component.get("min-chars")
    if isinstance(most, int) and len(answer) > most:
        return Text(f"must have at most {most} characters.", f"darf höchstens {most} Zeichen haben.")
    if isinstance(least, int) and len(answer) < least:
        return Text(f"must have at least {least} characters.", f"muss mindestens {least} Zeichen haben.")
    match component.get("input-type"):
        case "email" if not _EMAIL.fullmatch(answer):
            return Text("must be an e-mail address.", "muss eine E-Mail-Adresse sein.")
        case "number" if not _NUMBER.fullmatch(answer):
            return Text("must be a number.", "muss eine Zahl sein.")
        case _:
            return None


def _fault_of_date(component: Mapping[str, Any], answer: str) -> Text | None:
    if not _is_date(answer):
        return Text("must be a date.", "muss ein Datum sein.")
    earliest, latest = component.get("min-date"), component.get("max-date")
    away = component.get("unavailable-dates")
    early = isinstance(earliest, str) and _is_date(earliest) and answer < earliest
    late = isinstance(latest, str) and _is_date(latest) and answer > latest
    return _NOT_OFFERED if early or late or (isinstance(away, list) and answer in away) else None


def _fault_of_several(component: Mapping[str, Any], answer: Any) -> Text | None:
    if (
        not isinstance(answer, list)
        or not all(isinstance(one, str) for one in answer)
        or len(set(answer)) < len(answer)
    ):
        return _WRONG
    offered = _offered(component)
    if offered is not None and not set(answer) <= offered:
        return _NOT_OFFERED
    least, most = component.get("min-selected-items"), component.get("max-selected-items")
    if isinstance(least, int) and len(answer) < least:
        return Text(f"needs at least {least} choices.", f"braucht mindestens {least} Angaben.")
    if isinstance(most, int) and len(answer) > most:
        return Text(f"takes at most {most} choices.", f"nimmt höchstens {most} Angaben.")
    return None


def _offered(component: Mapping[str, Any]) -> set[str] | None:
    """The ids to choose from; None when they only come with the screen's data."""
    source = component.get("data-source")
    return {one["id"] for one in source} if isinstance(source, Sequence) and not isinstance(source, str) else None


def _is_date(text: object) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _refusal(name: str, requirement: Text) -> Refusal:
    shown = name if len(name) <= RESPONSE_FIELDS_MAX else "…"
    return Refusal(
        "invalid_answer", 400, shown,
        Text(f"{shown} {requirement.en}", f"{shown} {requirement.de}"),
    )  # fmt: skip
