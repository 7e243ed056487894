"""The device API's JSON: what devices send, checked strictly, and what they are given.

Everything that comes in is bounded and can be stored; a fault names its field in one sentence.
"""

import re
from typing import Annotated, Final, Literal, TypeVar
from uuid import UUID

import msgspec

from takt.core.content import BODY_CHARS_MAX
from takt.core.document import MINUTES_A_DAY, parse_time
from takt.core.ids import parse_wamid
from takt.core.quiet_time import OwnQuiet
from takt.core.storable import MUST, is_storable
from takt.core.template_buttons import PAYLOAD_CHARS_MAX

CLIENT_ID_CHARS_MAX: Final = 64
BUTTON_CHARS_MAX: Final = 256
REPORT_CHARS_MAX: Final = 1000
NUMBER_MAX: Final = 2**62 - 1

Number = Annotated[int, msgspec.Meta(ge=0, le=NUMBER_MAX)]
SenderId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5,15}\Z")]
_Body = Annotated[str, msgspec.Meta(min_length=1, max_length=BODY_CHARS_MAX)]
ClientId = Annotated[str, msgspec.Meta(min_length=1, max_length=CLIENT_ID_CHARS_MAX)]
_Payload = Annotated[str, msgspec.Meta(max_length=PAYLOAD_CHARS_MAX)]
_ButtonText = Annotated[str, msgspec.Meta(min_length=1, max_length=BUTTON_CHARS_MAX)]
_Note = Annotated[str, msgspec.Meta(max_length=REPORT_CHARS_MAX)]
_Place = Annotated[str, msgspec.Meta(max_length=200)]
_Zone = Annotated[str, msgspec.Meta(max_length=64)]
_Person = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class InvalidError(Exception):
    """What came in is not what was asked for; `field` names the place, empty when it is the whole body."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request body: unknown fields are faults, so that a misspelt one is noticed."""


class TextBody(Strict, frozen=True):
    """A text to send."""

    body: _Body


class ButtonBody(Strict, frozen=True):
    """A quick reply that was pressed."""

    text: _ButtonText
    payload: _Payload


class PostReceipt(Strict, frozen=True):
    """`POST receipts`."""

    status: Literal["delivered", "read"]
    through: Number
    sender: SenderId | None = None


class PostTyping(Strict, frozen=True):
    """`POST typing`."""

    to: SenderId


class Told(Strict, frozen=True, kw_only=True):
    """What a device says of the circumstances of a word: where on the screen it was given, and the time zone there."""

    place: _Place = ""
    zone: _Zone = ""


class PutConsent(Told, frozen=True, kw_only=True):
    """`PUT senders/{id}/consent`; the purpose `*` is all of the company's marketing."""

    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    granted: bool


class PutPermission(Told, frozen=True, kw_only=True):
    """`PUT permissions/{company}`; the purpose `*` is all of the company's marketing."""

    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    granted: bool


class PutEverybody(Told, frozen=True, kw_only=True):
    """`PUT permissions`: stop the marketing of all companies, or let them ask again."""

    stopped: bool


class PostAnswer(Told, frozen=True, kw_only=True):
    """`POST requests/{request}`; `version` is the wording that was shown."""

    confirmed: bool
    version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class PostErasure(Told, frozen=True, kw_only=True):
    """`POST erasures`: at one company, by its id, or altogether. `sure` must be true, for it cannot be undone."""

    sure: Literal[True]
    company: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6,20}\Z")] | None = None


class ReportBody(Strict, frozen=True):
    """Why a person reports a sender."""

    reason: Literal["spam", "not_asked", "too_many", "fraud", "other"]
    note: _Note = ""


class PutBlock(Strict, frozen=True):
    """`PUT senders/{id}/block`. `reason` says why, `message` which message led to it.

    Without `blocked`, which only a report may leave out, the block stays as it is.
    """

    blocked: bool | None = None
    report: ReportBody | None = None
    reason: Literal["not_needed", "not_asked", "spam", "offensive", "code_not_asked", "other"] | None = None
    message: str | None = None


class PutMute(Strict, frozen=True):
    """`PUT senders/{id}/mute`. `message` is the one that led to it."""

    muted: bool
    message: str | None = None


class PutOpinion(Strict, frozen=True):
    """`PUT messages/{id}/opinion`; null takes it back."""

    opinion: Literal["interested", "not_interested"] | None


class QuietWish(Strict, frozen=True, rename={"start": "from"}):
    """When a person wants quiet, by their own clock; `for_all`: of all companies' messages but codes."""

    start: str
    to: str
    for_all: bool = False


class PutMe(Strict, frozen=True):
    """`PUT me`. What is left out stays; null takes a quiet time or a zone of one's own back."""

    locale: Literal["de", "en"] | None = None
    read_receipts: bool | None = None
    quiet: QuietWish | msgspec.UnsetType | None = msgspec.UNSET
    time_zone: _Zone | msgspec.UnsetType | None = msgspec.UNSET


def parse_quiet(wish: QuietWish) -> OwnQuiet:
    """The quiet time in a wish. Raises InvalidError."""
    minutes: dict[str, int] = {}
    for name, text in (("quiet.from", wish.start), ("quiet.to", wish.to)):
        found = parse_time(text)
        if found is None or found == MINUTES_A_DAY:
            raise InvalidError(name, f"{name} must be a time such as 21:30.")
        minutes[name] = found
    if minutes["quiet.from"] == minutes["quiet.to"]:
        raise InvalidError("quiet.to", "quiet.to must be another time than quiet.from.")
    return OwnQuiet(minutes["quiet.from"], minutes["quiet.to"], wish.for_all)


class PostSignIn(Strict, frozen=True):
    """`POST sign-in`."""

    person: _Person


T = TypeVar("T", bound=Strict)

_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")
_NAMED = re.compile(r"field `([^`]*)`")


def parse(raw: bytes, kind: type[T]) -> T:
    """The body as that kind of request. Raises InvalidError, which names the field."""
    try:
        found = msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as fault:
        raise _invalid(str(fault)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidError("", "The body must be JSON.") from None
    _check_storable(found, "")
    return found


def parse_message_id(text: str, field: str) -> UUID:
    """The id behind `wamid.…`. Raises InvalidError."""
    found = parse_wamid(text)
    if found is None:
        raise InvalidError(field, f"{field} must be the id of a message, such as wamid.….")
    return found


def parse_number(text: str | None, field: str, default: int, *, low: int = 0, high: int = NUMBER_MAX) -> int:
    """A whole number of an address or header; one that is left out is the default. Raises InvalidError."""
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and low <= int(text) <= high):
        raise InvalidError(field, f"{field} must be a whole number from {low} to {high}.")
    return int(text)


def render(answer: object) -> bytes:
    """An answer as JSON; instants are whole seconds of UTC, written as strings by `instant`."""
    return msgspec.json.encode(answer)


def _invalid(fault: str) -> InvalidError:
    """What msgspec says, as a sentence that begins with the field."""
    place, named = _PLACE.search(fault), _NAMED.search(fault)
    field = ".".join(part for part in (place and place.group(1), named and named.group(1)) if part)
    if named is not None:
        return InvalidError(field, f"{field} is missing." if "missing" in fault else f"{field} does not belong here.")
    if "matching regex" in fault:
        return InvalidError(field, f"{field} must be 5 to 15 digits.")
    words = _PLACE.sub("", fault).replace("`", "")
    return InvalidError(field, f"{field or 'The body'}: {words[:1].lower()}{words[1:]}.")


def _check_storable(value: object, path: str) -> None:
    """No text may hold what the database cannot: U+0000 and halves of surrogate pairs."""
    if isinstance(value, str):
        if not is_storable(value):
            raise InvalidError(path, f"{path} {MUST}.")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _check_storable(getattr(value, name), f"{path}.{name}" if path else name)
