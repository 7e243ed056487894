"""Content: what a message may hold, as a company asks for it and as people see it.

docs/content.md describes the same as JSON. Limits are those of the Cloud API (reference, "Simple types" and
"Interactive messages"); they are checked where a request is parsed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from takt.core.value import value

BODY_CHARS_MAX: Final = 4096
CAPTION_CHARS_MAX: Final = 1024
PREVIEW_CHARS: Final = 120
MEDIA_KINDS: Final = frozenset({"image", "video", "audio", "document", "sticker"})
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@value
class Source:
    """A medium as a company names it: by the id of an upload, or by a link that we fetch. Exactly one of the two."""

    media_id: str | None = None
    link: str | None = None


@value
class File:
    """A medium that we hold: what its bytes are, whatever anybody called them. `sha256` is hex, `size` in bytes."""

    media_id: str
    mime_type: str
    sha256: str
    size: int
    filename: str | None = None
    animated: bool = False


@value
class MediaFault:
    """A medium that cannot be sent: one sentence that names the field and what would be right."""

    details: str


Files = Mapping[Source, File]
"""What was found behind the sources of a content."""
NO_FILES: Final[Files] = MappingProxyType({})


@value
class TextContent:
    """Free text of 1 to 4096 characters; the first link in it is previewed on request."""

    body: str
    preview_url: bool = False


@value
class MediaContent:
    """An image, video, audio, document or sticker, maybe with a caption. `voice` is a recorded note."""

    kind: str
    source: Source
    caption: str | None = None
    filename: str | None = None
    voice: bool = False


@value
class LocationContent:
    """A place: degrees, and maybe what it is called and where it is."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


@value
class ContactsContent:
    """Address cards in the shape of the Cloud API, holding its known fields alone. `origin` only of people's."""

    contacts: tuple[Mapping[str, Any], ...]
    origin: str | None = None


@value
class ReactionContent:
    """An emoji on a message (`message_id` as the wire has it); an empty one takes it back."""

    message_id: str
    emoji: str


@value
class Header:
    """What stands above a card: `text`, a medium, a location or a product."""

    kind: str
    text: str = ""
    source: Source | None = None
    filename: str | None = None
    location: LocationContent | None = None
    product: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@value
class Button:
    """A button as the person sees it; `more` is what its kind needs (docs/content.md)."""

    kind: str
    text: str
    more: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@value
class Card:
    """Header, body, footer and buttons: the frame of templates, interactive messages and carousel cards."""

    header: Header | None = None
    body: str = ""
    footer: str | None = None
    buttons: tuple[Button, ...] = ()


@value
class InteractiveContent:
    """A message that invites to act. `sections` is of lists and product lists, `cards` of a carousel."""

    kind: str
    card: Card
    sections: tuple[Mapping[str, Any], ...] = ()
    cards: tuple[Card, ...] = ()


@value
class Parameter:
    """One value for a template variable or place; `name` only for templates with named parameters.

    `value` is a text, a `Source` (image, video, document, gif), a `LocationContent`, or a mapping (product, action,
    limited_time_offer), as its `kind` says. `filename` is of documents.
    """

    kind: str
    value: Any
    name: str | None = None
    filename: str | None = None


@value
class TemplateComponent:
    """The values for one component. `sub_type` and `index` tell which button is meant, `cards` are of a carousel."""

    kind: str
    parameters: tuple[Parameter, ...] = ()
    sub_type: str | None = None
    index: int = 0
    cards: tuple[tuple["TemplateComponent", ...], ...] = ()


@value
class TemplateContent:
    """A template by name and exact language, with its values."""

    name: str
    language: str
    components: tuple[TemplateComponent, ...] = ()


@value
class Filled:
    """A template with its values in place; `offer` is text, code and end of a limited-time offer."""

    name: str
    language: str
    card: Card
    cards: tuple[Card, ...] = ()
    offer: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@value
class Press:
    """A quick reply of a template: the payload behind the button and what stood on it."""

    payload: str
    text: str


@value
class Reply:
    """An answer picked from an interactive message: `button_reply` or `list_reply`."""

    kind: str
    id: str
    title: str
    description: str | None = None


@value
class FormReply:
    """A form that was filled in: `flow` or `address_message`, with what was entered."""

    name: str
    response: Mapping[str, Any]


@value
class CallReply:
    """Whether the person lets the company call."""

    accepted: bool


@value
class OrderContent:
    """Products a person wants, as the Cloud API has them (`product_items`)."""

    catalog_id: str
    text: str
    product_items: tuple[Mapping[str, Any], ...]


Said = (
    TextContent | Press | Reply | FormReply | CallReply | LocationContent | MediaContent | ContactsContent
    | ReactionContent | OrderContent
)  # fmt: skip
"""What a person may say."""

FreeContent = TextContent | MediaContent | LocationContent | ContactsContent | ReactionContent | InteractiveContent
Content = FreeContent | TemplateContent
Shown = FreeContent | Filled


def sources(content: Content) -> Iterator[tuple[str, str, Source]]:
    """The media that a content names: the place in the request, the kind of medium it must be, and the source.

    Voice notes are of the kind `voice`: they must be a recording, which other audio need not.
    """
    match content:
        case MediaContent():
            yield content.kind, "voice" if content.voice else content.kind, content.source
        case InteractiveContent():
            yield from _in_header("interactive.header", content.card.header)
            for number, card in enumerate(content.cards):
                yield from _in_header(f"interactive.action.cards[{number}].header", card.header)
        case TemplateContent():
            for number, component in enumerate(content.components):
                yield from _in_component(f"template.components[{number}]", component)
        case _:
            return


def _in_header(path: str, header: Header | None) -> Iterator[tuple[str, str, Source]]:
    if header is not None and header.source is not None:
        yield f"{path}.{header.kind}", header.kind, header.source


def _in_component(path: str, component: TemplateComponent) -> Iterator[tuple[str, str, Source]]:
    for number, parameter in enumerate(component.parameters):
        if isinstance(parameter.value, Source):
            yield f"{path}.parameters[{number}].{parameter.kind}", parameter.kind, parameter.value
    for number, card in enumerate(component.cards):
        for place, inner in enumerate(card):
            yield from _in_component(f"{path}.cards[{number}].components[{place}]", inner)
