"""Templates: their variables, and filling them in.

The stored components have the shape of the Cloud API's template list (HEADER, BODY, FOOTER, BUTTONS, CAROUSEL,
LIMITED_TIME_OFFER); variables are written `{{1}}` or `{{name}}`. Filling checks number, name and kind of every
parameter, as the real platform does when a message is posted (Cloud API, "Template message").
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from takt.core.content import (
    NOTHING,
    Button,
    Card,
    Filled,
    Header,
    LocationContent,
    Parameter,
    Source,
    TemplateComponent,
    TemplateContent,
)
from takt.core.denial import PARAMETER_COUNT, PARAMETER_FORMAT, PARAMETER_VALUE, TEXT_FORMAT, TEXT_TOO_LONG
from takt.core.library_values import value_fault
from takt.core.template_buttons import ButtonPlan, fill_button, plan_button
from takt.core.value import value
from takt.core.variables import Mismatch, fill_in_order, replace, variables

HEADER_CHARS_MAX: Final = 60
FILLED_BODY_CHARS_MAX: Final = 1024

MEDIA: Final = frozenset({"image", "video", "document", "gif"})
TEXTS: Final = frozenset({"text", "currency", "date_time"})
CARD_PARTS: Final = frozenset({"header", "body", "button"})
"""The kinds of component that every card may bring."""
_RAGGED: Final = re.compile(r"[\n\r\t]| {5}")


@value
class CardPlan:
    """A card before it is filled: the kind of its header (None when it has none), texts with variables, buttons."""

    header: str | None
    header_text: str
    body: str
    footer: str | None
    buttons: tuple[ButtonPlan, ...]


@value
class Template:
    """An own text of a business in one language, with its category and review state."""

    template_id: str
    business_id: str
    name: str
    language: str
    category: str
    status: str
    named: bool
    ttl_s: int
    plan: CardPlan
    cards: tuple[CardPlan, ...] = ()
    offer: Mapping[str, Any] | None = None
    kinds: tuple[str, ...] = ()
    """Kinds of the body's values, of templates from the library."""
    purpose: str = "marketing"
    """What a person must have agreed to, if it is marketing."""
    detected: str = ""
    """The category that the filter reads in what it sends, if it has a quarrel with the declared one."""
    parts: frozenset[str] = CARD_PARTS
    """The kinds of component that may come."""
    room: int | None = None
    """How many messages may go out in the stage of pacing that began at `paced_at`; None is all of them."""
    paced_at: datetime | None = None


def from_components(row: Mapping[str, Any], components: Sequence[Mapping[str, Any]]) -> Template:
    """A template from its stored columns and its components as the Cloud API lists them."""
    by_type = _by_type(components)
    offer = by_type.get("LIMITED_TIME_OFFER")
    cards = tuple(_plan(_by_type(card["components"])) for card in by_type.get("CAROUSEL", {}).get("cards", ()))
    return Template(
        template_id=row["template_id"],
        business_id=str(row["business_id"]),
        name=row["name"],
        language=row["language"],
        category=row["category"],
        status=row["status"],
        named=row["parameter_format"] == "NAMED",
        ttl_s=row["ttl_s"],
        plan=_plan(by_type),
        cards=cards,
        offer=offer.get("limited_time_offer", NOTHING) if offer is not None else None,
        kinds=tuple(row.get("kinds", ())),
        purpose=row.get("purpose", "marketing"),
        room=row.get("room"),
        paced_at=row.get("paced_at"),
        detected=row.get("detected", ""),
        parts=CARD_PARTS | ({"carousel"} if cards else set()) | (set() if offer is None else {"limited_time_offer"}),
    )


def fill(template: Template, content: TemplateContent) -> Filled | Mismatch:
    """The template with the values of `content`, or the first thing about them that does not fit."""
    card = _fill_card(template.plan, content.components, _Whole(template, "", template.named))
    if isinstance(card, Mismatch):
        return card
    if template.kinds:
        fault = value_fault(template.kinds, [p.value for p in _of_kind(content.components, "body")])
        if fault is not None:
            return Mismatch(PARAMETER_VALUE, f"body: parameter {fault[0]} must be {fault[1]}")
    cards = _fill_cards(template, content)
    if isinstance(cards, Mismatch):
        return cards
    offer = _fill_offer(template, content, card)
    if isinstance(offer, Mismatch):
        return offer
    return Filled(template.name, template.language, card, cards, offer)


@value
class _Whole:
    """What is being filled: the template itself or, at a place such as `card 0: `, one of its cards."""

    template: Template
    place: str
    named: bool

    @property
    def parts(self) -> frozenset[str]:
        """The kinds of component that may come."""
        return CARD_PARTS if self.place else self.template.parts


def _by_type(components: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(component["type"]).upper(): component for component in components}


def _plan(by_type: Mapping[str, Mapping[str, Any]]) -> CardPlan:
    header, footer = by_type.get("HEADER"), by_type.get("FOOTER")
    return CardPlan(
        header=str(header.get("format", "TEXT")).lower() if header is not None else None,
        header_text=header.get("text", "") if header is not None else "",
        body=by_type.get("BODY", {}).get("text", ""),
        footer=footer.get("text") if footer is not None else None,
        buttons=(
            *(plan_button(one) for one in by_type.get("BUTTONS", {}).get("buttons", ())),
            *(plan_button(one) for name, one in by_type.items() if name == "CALL_PERMISSION_REQUEST"),
        ),
    )


def _fill_card(plan: CardPlan, components: Sequence[TemplateComponent], whole: _Whole) -> Card | Mismatch:
    stray = _stray_component(plan, components, whole)
    if stray is not None:
        return stray
    for_header = _of_kind(components, "header")
    header = _fill_header(plan, for_header, whole) if for_header or plan.header is not None else None
    if isinstance(header, Mismatch):
        return header
    body = _fill_text(f"{whole.place}body", plan.body, _of_kind(components, "body"), named=whole.named)
    if isinstance(body, Mismatch):
        return body
    if len(body) > FILLED_BODY_CHARS_MAX:
        return Mismatch(
            TEXT_TOO_LONG, f"{whole.place}body is {len(body)} characters long, at most {FILLED_BODY_CHARS_MAX}"
        )
    buttons = _fill_buttons(plan, components, whole)
    return buttons if isinstance(buttons, Mismatch) else Card(header, body, plan.footer, buttons)


def _of_kind(components: Sequence[TemplateComponent], kind: str) -> tuple[Parameter, ...]:
    found: tuple[Parameter, ...] = ()
    for component in components:
        if component.kind == kind:
            found += component.parameters
    return found


def _stray_component(plan: CardPlan, components: Sequence[TemplateComponent], whole: _Whole) -> Mismatch | None:
    name, parts = whole.template.name, whole.parts
    for component in components:
        if component.kind not in parts:
            return Mismatch(
                PARAMETER_FORMAT, f"{whole.place}component '{component.kind}' is not part of template '{name}'"
            )
        if component.kind == "button" and not 0 <= component.index < len(plan.buttons):
            return Mismatch(
                PARAMETER_FORMAT,
                f"{whole.place}button index {component.index} does not exist; template '{name}' has "
                f"{len(plan.buttons)} button(s)",
            )
    return None


def _fill_header(plan: CardPlan, parameters: tuple[Parameter, ...], whole: _Whole) -> Header | Mismatch | None:
    place = f"{whole.place}header"
    given = tuple(p for p in parameters if p.kind != "tap_target_configuration")
    if plan.header in (None, "text"):
        text = _fill_text(place, plan.header_text, given, named=whole.named)
        if isinstance(text, Mismatch) or plan.header is None:
            return text if isinstance(text, Mismatch) else None
        if len(text) > HEADER_CHARS_MAX:
            return Mismatch(TEXT_TOO_LONG, f"{place} is {len(text)} characters long, at most {HEADER_CHARS_MAX}")
        return Header("text", text)
    if len(given) != 1:
        return Mismatch(PARAMETER_COUNT, f"{place}: expected 1 parameter of type {plan.header}, got {len(given)}")
    one = given[0]
    if one.kind != plan.header:
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter type must be {plan.header}, got '{one.kind}'")
    return _shown_header(one)


def _shown_header(one: Parameter) -> Header:
    match one.value:
        case Source():
            return Header(one.kind, source=one.value, filename=one.filename)
        case LocationContent():
            return Header(one.kind, location=one.value)
        case _:
            return Header(one.kind, product=one.value)


def _fill_text(place: str, text: str, parameters: tuple[Parameter, ...], *, named: bool) -> str | Mismatch:
    expected = variables(text)
    if len(parameters) != len(expected):
        return Mismatch(
            PARAMETER_COUNT,
            f"{place}: number of localizable_params ({len(parameters)}) does not match the expected number of "
            f"params ({len(expected)})",
        )
    if not expected:
        return text
    fault = _fault_of_texts(place, parameters)
    if fault is not None:
        return fault
    return _fill_named(place, text, expected, parameters) if named else fill_in_order(text, parameters)


def _fault_of_texts(place: str, parameters: tuple[Parameter, ...]) -> Mismatch | None:
    for one in parameters:
        if one.kind not in TEXTS:
            return Mismatch(PARAMETER_FORMAT, f"{place}: parameter type must be text, got '{one.kind}'")
    for number, one in enumerate(parameters):
        if _RAGGED.search(one.value):
            return Mismatch(
                TEXT_FORMAT,
                f"{place}: parameter {number} must not have line breaks, tabs or more than 4 spaces in a row",
            )
    return None


def _fill_named(place: str, text: str, expected: tuple[str, ...], parameters: tuple[Parameter, ...]) -> str | Mismatch:
    values = {p.name: p.value for p in parameters}
    missing = [name for name in expected if name not in values]
    if missing:
        return Mismatch(PARAMETER_FORMAT, f"{place}: parameter_name '{missing[0]}' is missing")
    return replace(text, {name: values[name] for name in expected})


def _fill_buttons(
    plan: CardPlan, components: Sequence[TemplateComponent], whole: _Whole
) -> tuple[Button, ...] | Mismatch:
    if not plan.buttons:
        return ()
    given = {c.index: c for c in components if c.kind == "button"}
    filled: list[Button] = []
    for index, button in enumerate(plan.buttons):
        one = fill_button(f"{whole.place}button {index}", button, given.get(index))
        if isinstance(one, Mismatch):
            return one
        filled.append(one)
    return tuple(filled)


def _fill_cards(template: Template, content: TemplateContent) -> tuple[Card, ...] | Mismatch:
    if not template.cards:
        return ()
    given = next((c.cards for c in content.components if c.kind == "carousel"), ())
    if len(given) != len(template.cards):
        return Mismatch(PARAMETER_COUNT, f"carousel: expected {len(template.cards)} cards, got {len(given)}")
    filled: list[Card] = []
    for index, (plan, components) in enumerate(zip(template.cards, given, strict=True)):
        one = _fill_card(plan, components, _Whole(template, f"card {index}: ", template.named))
        if isinstance(one, Mismatch):
            return one
        filled.append(one)
    return tuple(filled)


def _fill_offer(template: Template, content: TemplateContent, card: Card) -> Mapping[str, Any] | Mismatch:
    if template.offer is None:
        return NOTHING
    offer: dict[str, Any] = {"text": template.offer.get("text", "")}
    code = next((one.more["code"] for one in card.buttons if one.kind == "copy_code"), None)
    if code is not None:
        offer["code"] = code
    if not template.offer.get("has_expiration"):
        return offer
    given = _of_kind(content.components, "limited_time_offer")
    if len(given) != 1 or given[0].kind != "limited_time_offer":
        return Mismatch(PARAMETER_COUNT, "limited_time_offer: expected 1 parameter with expiration_time_ms")
    if given[0].value <= 0:
        return Mismatch(PARAMETER_VALUE, "limited_time_offer.expiration_time_ms must be an instant in milliseconds")
    return {**offer, "expires_at": given[0].value}
