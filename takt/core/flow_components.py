"""The components of a flow's screens: which properties each has, of what sort, and how long its texts may be.

Names and lengths are those of Flow JSON (Cloud API, "Flow components"). A property may always be dynamic instead,
which is checked by what it refers to.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from takt.core.value import value

HEADING_CHARS_MAX: Final = 80
BODY_CHARS_MAX: Final = 4096
CAPTION_CHARS_MAX: Final = 409
LABEL_CHARS_MAX: Final = 80
SHORT_LABEL_CHARS_MAX: Final = 40
CONSENT_CHARS_MAX: Final = 300
HINT_CHARS_MAX: Final = 300
LINK_CHARS_MAX: Final = 35
ANSWER_CHARS_MAX: Final = 3000
CHOICES_MAX: Final = 200
IMAGES_MAX: Final = 10
FILES_MAX: Final = 30
PICTURE_CHARS_MAX: Final = 500_000


@value
class Property:
    """One property: its sort (`text`, `rich`, `bool`, `number`, `date`, `choice`, `list`, `children`, `action`, `any`).

    `most` bounds characters or entries, `one_of` are the words of a choice or the names of actions.
    """

    sort: str
    required: bool = False
    most: int = 0
    one_of: tuple[str, ...] = ()


Kind = Mapping[str, Property]

_BOOL: Final = Property("bool")
_NUMBER: Final = Property("number")
_NAME: Final = Property("name", required=True)
_ANY: Final = Property("any")
_MOVES: Final = ("navigate", "data_exchange", "complete")
_SELECT: Final = Property("action", one_of=("data_exchange", "update_data"))
_STEP: Final = Property("action", one_of=("navigate", "data_exchange"))


def _text(most: int, *, required: bool = False) -> Property:
    return Property("text", required=required, most=most)


def _kind(visible: Property | None = _BOOL, **properties: Property) -> Kind:
    named = {name.rstrip("_").replace("_", "-"): one for name, one in properties.items()}
    return MappingProxyType(named if visible is None else {**named, "visible": visible})


def _choices(**properties: Property) -> Kind:
    return _kind(
        name=_NAME, data_source=Property("options", required=True, most=CHOICES_MAX), description=_text(HINT_CHARS_MAX),
        required=_BOOL, enabled=_BOOL, init_value=_ANY, error_message=_ANY, media_size=_ANY, on_select_action=_SELECT,
        on_unselect_action=_SELECT, **properties,
    )  # fmt: skip


_LABEL: Final = _text(LABEL_CHARS_MAX, required=True)
_MARKED: Final = {"font_weight": _ANY, "strikethrough": _BOOL, "markdown": _BOOL}
_ENTRY: Final = {
    "name": _NAME, "label": _text(SHORT_LABEL_CHARS_MAX, required=True), "required": _BOOL, "enabled": _BOOL,
    "helper_text": _text(LABEL_CHARS_MAX), "init_value": _ANY, "error_message": _ANY, "label_variant": _ANY,
}  # fmt: skip
_PICKED: Final = {
    "name": _NAME, "label": _LABEL, "description": _text(HINT_CHARS_MAX), "max_file_size_kb": _NUMBER, "enabled": _BOOL,
    "error_message": _ANY,
}  # fmt: skip
_DATES: Final = {
    "min_date": Property("date"), "max_date": Property("date"), "unavailable_dates": _ANY,
    "on_select_action": Property("action", one_of=("data_exchange",)),
}  # fmt: skip

COMPONENTS: Final[Mapping[str, Kind]] = MappingProxyType({
    "TextHeading": _kind(text=_text(HEADING_CHARS_MAX, required=True)),
    "TextSubheading": _kind(text=_text(HEADING_CHARS_MAX, required=True)),
    "TextBody": _kind(text=Property("rich", required=True, most=BODY_CHARS_MAX), **_MARKED),
    "TextCaption": _kind(text=Property("rich", required=True, most=CAPTION_CHARS_MAX), **_MARKED),
    "RichText": _kind(text=Property("rich", required=True, most=BODY_CHARS_MAX)),
    "TextInput": _kind(
        input_type=Property("choice", one_of=("text", "number", "email", "password", "passcode", "phone")),
        pattern=_text(HINT_CHARS_MAX), min_chars=_NUMBER, max_chars=_NUMBER, **_ENTRY,
    ),
    "TextArea": _kind(max_length=_NUMBER, **_ENTRY),
    "CheckboxGroup": _choices(label=_LABEL, min_selected_items=_NUMBER, max_selected_items=_NUMBER),
    "RadioButtonsGroup": _choices(label=_LABEL),
    "Dropdown": _choices(label=_LABEL),
    "ChipsSelector": _choices(label=_LABEL, min_selected_items=_NUMBER, max_selected_items=_NUMBER),
    "DatePicker": _kind(**_ENTRY, **_DATES),
    "CalendarPicker": _kind(
        **{**_ENTRY, "label": Property("any", required=True)}, **_DATES, title=_text(LABEL_CHARS_MAX),
        description=_text(HINT_CHARS_MAX), mode=Property("choice", one_of=("single", "range")), min_days=_NUMBER,
        max_days=_NUMBER, include_days=_ANY,
    ),
    "OptIn": _kind(
        name=_NAME, label=_text(CONSENT_CHARS_MAX, required=True), required=_BOOL, init_value=_BOOL,
        on_click_action=Property("action", one_of=("navigate", "data_exchange", "open_url")), on_select_action=_SELECT,
        on_unselect_action=_SELECT,
    ),
    "EmbeddedLink": _kind(
        text=_text(LINK_CHARS_MAX, required=True),
        on_click_action=Property("action", required=True, one_of=("navigate", "data_exchange", "open_url", "update_data")),
    ),
    "Image": _kind(
        src=_text(PICTURE_CHARS_MAX, required=True), width=_NUMBER, height=_NUMBER, scale_type=_ANY, aspect_ratio=_NUMBER,
        alt_text=_text(HINT_CHARS_MAX),
    ),
    "ImageCarousel": _kind(
        images=Property("list", required=True, most=IMAGES_MAX), aspect_ratio=_ANY, scale_type=_ANY,
    ),
    "NavigationList": _kind(
        name=_NAME, list_items=Property("list", required=True, most=CHOICES_MAX), label=_text(LABEL_CHARS_MAX),
        description=_text(HINT_CHARS_MAX), media_size=_ANY, on_click_action=_STEP,
    ),
    "PhotoPicker": _kind(
        photo_source=Property("choice", one_of=("camera_gallery", "camera", "gallery")), min_uploaded_photos=_NUMBER,
        max_uploaded_photos=_NUMBER, **_PICKED,
    ),
    "DocumentPicker": _kind(
        min_uploaded_documents=_NUMBER, max_uploaded_documents=_NUMBER, allowed_mime_types=_ANY, **_PICKED,
    ),
    "Footer": _kind(
        visible=None, label=_text(LINK_CHARS_MAX, required=True), left_caption=_text(LINK_CHARS_MAX),
        center_caption=_text(LINK_CHARS_MAX), right_caption=_text(LINK_CHARS_MAX), enabled=_BOOL,
        on_click_action=Property("action", required=True, one_of=_MOVES),
    ),
    "Form": _kind(
        visible=None, name=_NAME, children=Property("children", required=True), init_values=_ANY, error_messages=_ANY,
    ),
    "If": _kind(
        visible=None, condition=_text(HINT_CHARS_MAX, required=True), then=Property("children", required=True),
        else_=Property("children"),
    ),
    "Switch": _kind(visible=None, value=_text(HINT_CHARS_MAX, required=True), cases=Property("any", required=True)),
})  # fmt: skip
