"""Who lives in the demo world, as plain values. All telephone numbers are reserved for fiction in Germany."""

from datetime import timedelta
from typing import Any, Final

from takt.core.denial import Text
from takt.core.purpose import Purpose
from takt.core.value import value

CURRENCY: Final = "EUR"
API_VERSION: Final = "v24.0"

_ALWAYS: Final[dict[str, Any]] = {"from": "00:00", "to": "24:00", "quiet_days": []}
POLICY: Final[dict[str, Any]] = {
    "quiet_hours": {
        "default": _ALWAYS,
        "countries": dict.fromkeys(("BR", "FR", "IN", "KR", "KZ", "US", "VN"), _ALWAYS),
    },
    "caps": {"person_per_day": 1000, "person_per_week": 1000, "sender_per_day": 1000, "sender_per_week": 1000},
    "admission": {"cap_per_week": 100},
}
"""Whoever tries the demo may do so at night and as often as they like; what people set for themselves holds here, too."""


@value
class SenderSeed:
    """A sender; the key is its name in `demo.env`."""

    key: str
    sender_id: str
    phone: str
    name: str
    kind: str


@value
class BusinessSeed:
    """A company, with the money it starts with and what it may owe, in micro-euro; it has been here `since` so long."""

    key: str
    waba_id: str
    app_id: str
    name: str
    stage: str
    verified: bool
    about: str
    imprint: str
    funds_micros: int
    senders: tuple[SenderSeed, ...]
    credit_micros: int = 0
    since: timedelta = timedelta()


@value
class PurposeSeed:
    """What a company asks consent for, in words of its own."""

    business: str
    purpose: Purpose


@value
class RequestSeed:
    """A company asks a person for consent."""

    person: str
    sender_id: str
    purpose: str


@value
class PersonSeed:
    """A user of the messenger; `marketing_of` are companies whose marketing they allowed."""

    key: str
    name: str
    wa_id: str
    locale: str
    marketing_of: tuple[str, ...] = ()


@value
class StaffSeed:
    """Somebody who works for a company, or for the operator."""

    key: str
    name: str
    role: str
    business: str | None


@value
class FlowSeed:
    """A published flow of Nordwind, without an endpoint."""

    flow_id: str
    name: str
    category: str
    body: dict[str, Any]


@value
class TemplateSeed:
    """A template of a company in one language."""

    template_id: str
    name: str
    language: str
    category: str
    components: tuple[dict[str, Any], ...]
    named: bool = False
    status: str = "APPROVED"
    ttl_s: int = 2_592_000
    business: str = "nordwind"


BUSINESSES: Final = (
    BusinessSeed(
        "nordwind", "200493023125", "300493023125", "Nordwind", "live", verified=True,
        about="Outdoor clothing from Hamburg. Orders, advice and now and then an offer.",
        imprint="Nordwind Handels GmbH, Am Sandtorkai 1, 20457 Hamburg, HRB 000001",
        funds_micros=100_000_000,
        senders=(
            SenderSeed("outreach", "100493023125001", "493023125001", "Nordwind", "outreach"),
            SenderSeed("support", "100493023125002", "493023125002", "Nordwind Support", "support"),
        ),
    ),
    BusinessSeed(
        "kurz", "200493023126", "300493023126", "Bäckerei Kurz", "applied", verified=False,
        about="Family bakery. Would like to tell regulars when the rye bread is ready.",
        imprint="Bäckerei Kurz, Inh. Petra Kurz, Lange Straße 7, 27580 Bremerhaven",
        funds_micros=0,
        senders=(SenderSeed("kurz", "100493023125003", "493023125003", "Bäckerei Kurz", "outreach"),),
    ),
    BusinessSeed(
        "rabattkiste", "200493023127", "300493023127", "Rabattkiste", "live", verified=False,
        about="Deals, deals, deals. Every day.",
        imprint="Rabattkiste UG (haftungsbeschränkt), Industriestraße 12, 45127 Essen, HRB 000002",
        funds_micros=10_000_000,
        senders=(SenderSeed("rabattkiste", "100493023125004", "493023125004", "Rabattkiste", "outreach"),),
    ),
)  # fmt: skip

PURPOSES: Final = (
    PurposeSeed("nordwind", Purpose(
        "marketing", 1, Text("Offers and news", "Angebote und Neuigkeiten"),
        Text("Nordwind may send me offers on outdoor clothing, at most two a week.",
             "Nordwind darf mir Angebote zu Kleidung für draußen schicken, höchstens zwei in der Woche."),
        "Nordwind Handels GmbH",
    )),
    PurposeSeed("nordwind", Purpose(
        "events", 1, Text("Invitations", "Einladungen"),
        Text("Nordwind may invite me to evenings in the shop and to hikes.",
             "Nordwind darf mich zu Abenden im Laden und zu Wanderungen einladen."),
        "Nordwind Handels GmbH",
    )),
)  # fmt: skip

REQUESTS: Final = (RequestSeed("jonas", "100493023125004", "marketing"),)

PEOPLE: Final = (
    PersonSeed("mara", "Mara Brandt", "491713920001", "de", ("nordwind",)),
    PersonSeed("jonas", "Jonas Weber", "491713920002", "de"),
    PersonSeed("leyla", "Leyla Demir", "491713920003", "en"),
)

STAFF: Final = (
    StaffSeed("ines", "Ines Albrecht", "agent", "nordwind"),
    StaffSeed("tom", "Tom Harms", "agent", "nordwind"),
    StaffSeed("aylin", "Aylin Kaya", "marketer", "nordwind"),
    StaffSeed("dev", "Dev Patel", "developer", "nordwind"),
    StaffSeed("frida", "Frida Lange", "finance", "nordwind"),
    StaffSeed("olga", "Olga Petrowa", "operator", None),
    StaffSeed("otto", "Otto Brinkmann", "operator", None),
)

TEMPLATES: Final = (
    TemplateSeed(
        "400493023125001", "hello_world", "en_US", "utility",
        ({"type": "HEADER", "format": "TEXT", "text": "Hello"},
         {"type": "BODY", "text": "Welcome to Nordwind. This message shows that everything works."},
         {"type": "FOOTER", "text": "Nordwind, Hamburg"}),
    ),
    TemplateSeed(
        "400493023125002", "order_update", "de", "utility",
        ({"type": "BODY", "text": "Hallo {{1}}, Ihre Bestellung {{2}} ist unterwegs.",
          "example": {"body_text": [["Mara", "4711"]]}},),
    ),
    TemplateSeed(
        "400493023125003", "order_update", "en_US", "utility",
        ({"type": "BODY", "text": "Hi {{1}}, your order {{2}} is on its way.",
          "example": {"body_text": [["Leyla", "4711"]]}},),
    ),
    TemplateSeed(
        "400493023125004", "parcel_tracking", "de", "utility",
        ({"type": "HEADER", "format": "TEXT", "text": "Paket {{1}}", "example": {"header_text": ["00340434"]}},
         {"type": "BODY", "text": "Ihr Paket kommt {{1}} zwischen {{2}} Uhr.",
          "example": {"body_text": [["morgen", "10 und 12"]]}},
         {"type": "BUTTONS", "buttons": [
             {"type": "URL", "text": "Verfolgen", "url": "https://nordwind.example/paket/{{1}}",
              "example": ["https://nordwind.example/paket/00340434"]}]}),
    ),
    TemplateSeed(
        "400493023125005", "appointment", "de", "utility",
        ({"type": "BODY", "text": "{{name}}, wir sehen uns am {{day}} zur Anprobe.",
          "example": {"body_text_named_params": [
              {"param_name": "name", "example": "Jonas"}, {"param_name": "day", "example": "Freitag"}]}},
         {"type": "BUTTONS", "buttons": [
             {"type": "QUICK_REPLY", "text": "Passt"}, {"type": "QUICK_REPLY", "text": "Verschieben"}]}),
        named=True,
    ),
    TemplateSeed(
        "400493023125006", "autumn_offer", "de", "marketing",
        ({"type": "HEADER", "format": "TEXT", "text": "Herbst bei Nordwind"},
         {"type": "BODY", "text": "{{1}}, bis Sonntag 20 % auf alle Regenjacken. Ihr Code: {{2}}",
          "example": {"body_text": [["Mara", "HERBST20"]]}},
         {"type": "FOOTER", "text": "Mit STOP bestellen Sie Werbung ab."},
         {"type": "BUTTONS", "buttons": [
             {"type": "URL", "text": "Zum Angebot", "url": "https://nordwind.example/herbst"},
             {"type": "QUICK_REPLY", "text": "Kein Interesse"}]}),
    ),
    TemplateSeed(
        "400493023125007", "autumn_offer", "en_US", "marketing",
        ({"type": "HEADER", "format": "TEXT", "text": "Autumn at Nordwind"},
         {"type": "BODY", "text": "{{1}}, 20 % off all rain jackets until Sunday. Your code: {{2}}",
          "example": {"body_text": [["Leyla", "AUTUMN20"]]}},
         {"type": "FOOTER", "text": "Reply STOP to end offers."},
         {"type": "BUTTONS", "buttons": [
             {"type": "URL", "text": "See the offer", "url": "https://nordwind.example/autumn"},
             {"type": "QUICK_REPLY", "text": "Not interested"}]}),
    ),
    TemplateSeed(
        "400493023125008", "login_code", "de", "authentication",
        ({"type": "BODY", "text": "{{1}} ist Ihr Anmeldecode. Geben Sie ihn niemandem.",
          "example": {"body_text": [["482913"]]}},),
        ttl_s=600,
    ),
    TemplateSeed(
        "400493023125009", "winter_offer", "de", "marketing",
        ({"type": "BODY", "text": "Der Winter kommt. {{1}}", "example": {"body_text": [["Jetzt vorbestellen."]]}},),
        status="PAUSED",
    ),
)  # fmt: skip

FITTING: Final[dict[str, Any]] = {
    "version": "7.3",
    "screens": [
        {
            "id": "TERMIN",
            "title": "Termin zur Anprobe",
            "layout": {
                "type": "SingleColumnLayout",
                "children": [
                    {"type": "TextHeading", "text": "Wann passt es Ihnen?"},
                    {"type": "TextBody", "text": "Die Anprobe dauert etwa 30 Minuten. Am Sandtorkai 1 in Hamburg."},
                    {"type": "DatePicker", "name": "tag", "label": "Tag", "required": True},
                    {
                        "type": "RadioButtonsGroup", "name": "uhrzeit", "label": "Uhrzeit", "required": True,
                        "data-source": [
                            {"id": "10:00", "title": "10 Uhr"}, {"id": "13:00", "title": "13 Uhr"},
                            {"id": "16:30", "title": "16.30 Uhr"},
                        ],
                    },
                    {
                        "type": "Footer", "label": "Weiter",
                        "on-click-action": {
                            "name": "navigate", "next": {"type": "screen", "name": "BEMERKUNG"},
                            "payload": {"tag": "${form.tag}", "uhrzeit": "${form.uhrzeit}"},
                        },
                    },
                ],
            },
        },
        {
            "id": "BEMERKUNG",
            "title": "Noch etwas?",
            "terminal": True,
            "data": {
                "tag": {"type": "string", "__example__": "2026-12-01"},
                "uhrzeit": {"type": "string", "__example__": "10:00"},
            },
            "layout": {
                "type": "SingleColumnLayout",
                "children": [
                    {"type": "TextBody", "text": "`'Gewählt: ' ${data.tag} ' um ' ${data.uhrzeit} ' Uhr'`"},
                    {
                        "type": "TextArea", "name": "bemerkung", "label": "Bemerkung", "max-length": 300,
                        "helper-text": "Zum Beispiel Ihre Größe",
                    },
                    {
                        "type": "Footer", "label": "Termin anfragen",
                        "on-click-action": {
                            "name": "complete",
                            "payload": {
                                "tag": "${data.tag}", "uhrzeit": "${data.uhrzeit}", "bemerkung": "${form.bemerkung}",
                            },
                        },
                    },
                ],
            },
        },
    ],
}  # fmt: skip

FLOWS: Final = (FlowSeed("500493023125001", "Termin zur Anprobe", "APPOINTMENT_BOOKING", FITTING),)
