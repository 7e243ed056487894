"""What Nordwind's service shows of itself, and what it and Mara said to each other, as plain values."""

import json
from typing import Any, Final

from takt.core.value import value

ORIGIN: Final = "http://127.0.0.1:8080"


@value
class FileSeed:
    """A file of Nordwind's beside this module; `shown_name` is what people see, if it has a name for them."""

    key: str
    name: str
    shown_name: str | None = None


FILES: Final = (
    FileSeed("face", "face.png"),
    FileSeed("jacket", "jacket.jpg"),
    FileSeed("care", "care.pdf", "Pflege Ihrer Regenjacke.pdf"),
    FileSeed("greeting", "greeting.ogg"),
)

PROFILE: Final = json.dumps({
    "about": "Wetterfest seit 1998.",
    "description": "Regenjacken und Rucksäcke aus Hamburg. Wir antworten montags bis samstags von 8 bis 20 Uhr.",
    "address": "Am Sandtorkai 1, 20457 Hamburg",
    "email": "service@nordwind.example",
    "websites": ["https://nordwind.example"],
    "vertical": "APPAREL",
})  # fmt: skip

AUTOMATION: Final = json.dumps({
    "prompts": ["Wo ist mein Paket?", "Welche Größe passt mir?", "Wann habt ihr geöffnet?"],
    "commands": [
        {"name": "paket", "description": "Eine Sendung verfolgen"},
        {"name": "termin", "description": "Einen Termin zur Anprobe machen"},
        {"name": "mensch", "description": "Mit jemandem sprechen"},
    ],
})  # fmt: skip

QUESTION: Final = "Moin! Ich suche eine Regenjacke für den Herbst auf Amrum. Was empfehlt ihr?"
JACKET: Final = "Moin Mara! Da passt unsere *Strandläufer*: winddicht, wasserdicht und leuchtend gelb."

SIZES: Final[dict[str, Any]] = {
    "type": "list",
    "header": {"type": "text", "text": "Strandläufer"},
    "body": {"text": "In welcher Größe dürfen wir sie zurücklegen?"},
    "footer": {"text": "Umtausch ist kostenlos"},
    "action": {
        "button": "Größe wählen",
        "sections": [
            {
                "title": "Vorrätig",
                "rows": [
                    {"id": "size-s", "title": "S", "description": "Brustumfang 84 bis 90 cm"},
                    {"id": "size-m", "title": "M", "description": "Brustumfang 91 bis 97 cm"},
                    {"id": "size-l", "title": "L", "description": "Brustumfang 98 bis 105 cm"},
                ],
            },
            {"title": "In zwei Wochen", "rows": [{"id": "size-xl", "title": "XL"}]},
        ],
    },
}
SIZE: Final = {"id": "size-m", "title": "M", "description": "Brustumfang 91 bis 97 cm"}
CARE: Final = "Ist zurückgelegt. So bleibt sie lange dicht:"

FITTING: Final[dict[str, Any]] = {
    "type": "flow",
    "body": {"text": "Möchten Sie sie anprobieren? Suchen Sie sich einen Termin aus."},
    "footer": {"text": "Am Sandtorkai 1, Hamburg"},
    "action": {
        "name": "flow",
        "parameters": {
            "flow_message_version": "3", "flow_id": "500493023125001", "flow_token": "anprobe-mara",
            "flow_cta": "Termin aussuchen",
        },
    },
}  # fmt: skip
THANKS: Final = "Wunderbar, danke! Ich sehe nach, wann es passt."
