"""A cinema that has been here for two months and pays by invoice: who works there, who goes there, and what it sent.

All telephone numbers are reserved for fiction in Germany.
"""

from datetime import timedelta
from typing import Final

from takt.core.value import value
from takt.demo.world import BusinessSeed, SenderSeed, StaffSeed, TemplateSeed

KEY: Final = "lichtspiel"
SINCE: Final = timedelta(days=75)
EVENING: Final = timedelta(hours=61)
"""From one evening to the next: two or three a week, at other hours each time."""
CREDIT_MICROS: Final = 50_000_000

BUSINESS: Final = BusinessSeed(
    KEY, "200493023128", "300493023128", "Lichtspiel am Hafen", "live", verified=True,
    about="A small cinema in Hamburg. Tickets, reminders, codes.",
    imprint="Lichtspiel am Hafen eG, Große Elbstraße 9, 22767 Hamburg, GnR 000003",
    funds_micros=0, credit_micros=CREDIT_MICROS, since=SINCE,
    senders=(SenderSeed(KEY, "100493023125005", "493023125005", "Lichtspiel am Hafen", "outreach"),),
)  # fmt: skip

STAFF: Final = (StaffSeed("greta", "Greta Hinrichs", "finance", KEY),)

TEMPLATES: Final = (
    TemplateSeed(
        "400493023125010", "ticket", "de", "utility",
        ({"type": "BODY", "text": "Ihre Karten für {{1}}: Reihe {{2}}. Wir freuen uns auf Sie.",
          "example": {"body_text": [["Der dritte Mann", "5"]]}},),
        business=KEY,
    ),
    TemplateSeed(
        "400493023125011", "entry_code", "de", "authentication",
        ({"type": "BODY", "text": "{{1}} ist Ihr Einlasscode. Geben Sie ihn niemandem.",
          "example": {"body_text": [["482913"]]}},),
        ttl_s=600, business=KEY,
    ),
)  # fmt: skip

FILMS: Final = ("Der dritte Mann", "Metropolis", "Große Freiheit Nr. 7", "Das Leben der Anderen", "Lola rennt")


@value
class GuestSeed:
    """Somebody who goes to the cinema, and to nobody else here; signs in nowhere."""

    name: str
    wa_id: str


GUESTS: Final = tuple(
    GuestSeed(name, f"4917139200{10 + place}")
    for place, name in enumerate(
        (
            "Anke Dierks",
            "Bela Krohn",
            "Carla Timm",
            "Deniz Aydin",
            "Emil Voss",
            "Fatma Yilmaz",
            "Gesa Petersen",
            "Hauke Jensen",
        )
    )
)
