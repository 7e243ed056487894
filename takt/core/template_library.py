"""Our own library of templates: texts that are written well, in a category already, for everyday occasions.

Types of parameters: ADDRESS, TEXT, AMOUNT, DATE, PHONE NUMBER, EMAIL, NUMBER (Cloud API reference, "Endpoints"). Their
order is that of the variables, which stand in the text as `{{1}}`.
"""

from typing import Final

from takt.core.value import value


@value
class LibraryText:
    """A template of the library in one language; `params` are type and sample of each variable.

    `button` is the text of a link that the company brings, "" for none.
    """

    name: str
    language: str
    topic: str
    usecase: str
    industries: tuple[str, ...]
    body: str
    params: tuple[tuple[str, str], ...]
    button: str = ""


def _pair(
    name: str, topic: str, usecase: str, texts: tuple[str, str], params: tuple[tuple[str, str], ...],
    buttons: tuple[str, str] = ("", ""),
) -> tuple[LibraryText, LibraryText]:  # fmt: skip
    industries = ("FINANCIAL_SERVICES",) if topic == "PAYMENTS" else ("E_COMMERCE",)
    english, german = (
        LibraryText(name, language, topic, usecase, industries, text, params, button)
        for language, text, button in zip(("en_US", "de"), texts, buttons, strict=True)
    )
    return english, german


_NAME: Final = ("TEXT", "Mara")
_ORDER: Final = ("TEXT", "4711")
_DAY: Final = ("DATE", "2026-11-30")
_SUM: Final = ("AMOUNT", "49.90 EUR")

LIBRARY: Final[tuple[LibraryText, ...]] = (
    *_pair(
        "order_confirmed", "ORDER_MANAGEMENT", "ORDER_CONFIRMATION",
        ("Hello {{1}}, thank you. We have your order {{2}} and will write again when it leaves us.",
         "Hallo {{1}}, vielen Dank. Ihre Bestellung {{2}} ist bei uns. Wir melden uns, sobald sie unser Haus verlässt."),
        (_NAME, _ORDER), ("See order", "Bestellung ansehen"),
    ),
    *_pair(
        "order_shipped", "ORDER_MANAGEMENT", "SHIPMENT_CONFIRMATION",
        ("Hello {{1}}, your order {{2}} is on its way and should arrive by {{3}} at the latest.",
         "Hallo {{1}}, Ihre Bestellung {{2}} ist unterwegs und kommt voraussichtlich bis {{3}} bei Ihnen an."),
        (_NAME, _ORDER, _DAY), ("Track parcel", "Paket verfolgen"),
    ),
    *_pair(
        "order_out_for_delivery", "ORDER_MANAGEMENT", "DELIVERY_UPDATE",
        ("Your parcel for order {{1}} comes today. Please have somebody at home at {{2}} to take it.",
         "Ihr Paket zur Bestellung {{1}} kommt heute. Bitte sorgen Sie dafür, dass es an der Adresse {{2}} jemand annimmt."),
        (_ORDER, ("ADDRESS", "Sandtorkai 1, Hamburg")),
    ),
    *_pair(
        "order_delayed", "ORDER_MANAGEMENT", "ORDER_DELAY",
        ("Hello {{1}}, your order {{2}} takes longer than we said, and we are sorry. The new date is {{3}} or earlier.",
         "Hallo {{1}}, Ihre Bestellung {{2}} dauert länger als angekündigt. Das tut uns leid. Neuer Termin ist {{3}} oder früher."),
        (_NAME, _ORDER, _DAY),
    ),
    *_pair(
        "order_cancelled", "ORDER_MANAGEMENT", "ORDER_ACTION_NEEDED",
        ("Hello {{1}}, we have cancelled your order {{2}} as you asked. You need to do nothing more.",
         "Hallo {{1}}, wie gewünscht haben wir Ihre Bestellung {{2}} storniert. Sie müssen nichts weiter tun."),
        (_NAME, _ORDER),
    ),
    *_pair(
        "refund_sent", "PAYMENTS", "REFUND_CONFIRMATION",
        ("We have sent back {{1}} for your order {{2}}. It will be in your account within a few days.",
         "Wir haben Ihnen {{1}} für Ihre Bestellung {{2}} erstattet. Das Geld ist in wenigen Tagen auf Ihrem Konto."),
        (_SUM, _ORDER),
    ),
    *_pair(
        "payment_due", "PAYMENTS", "PAYMENT_REMINDER",
        ("Hello {{1}}, your invoice {{2}} for the amount of {{3}} is due on {{4}} in our books. If you paid already, all is well.",
         "Hallo {{1}}, Ihre Rechnung {{2}} über den Betrag von {{3}} ist bei uns am {{4}} fällig. Falls Sie schon gezahlt haben, ist alles gut."),
        (_NAME, ("TEXT", "R-2041"), _SUM, _DAY), ("See invoice", "Rechnung ansehen"),
    ),
    *_pair(
        "appointment_confirmed", "CUSTOMER_FEEDBACK", "APPOINTMENT_CONFIRMATION",
        ("Hello {{1}}, your appointment on {{2}} is confirmed. Call us at {{3}} if something comes between.",
         "Hallo {{1}}, Ihr Termin am {{2}} ist bestätigt. Rufen Sie uns unter {{3}} an, falls etwas dazwischenkommt."),
        (_NAME, _DAY, ("PHONE NUMBER", "+49 40 123456")),
    ),
    *_pair(
        "appointment_reminder", "EVENT_REMINDER", "APPOINTMENT_REMINDER",
        ("Hello {{1}}, a reminder of your appointment on {{2}} with us. Please tell us if you cannot come.",
         "Hallo {{1}}, wir erinnern an Ihren Termin am {{2}} bei uns. Bitte sagen Sie Bescheid, falls Sie verhindert sind."),
        (_NAME, _DAY), ("See appointment", "Termin ansehen"),
    ),
    *_pair(
        "request_received", "CUSTOMER_SUPPORT", "CASE_UPDATE",
        ("Hello {{1}}, your request has the number {{2}} with us. We answer to {{3}} as soon as we can.",
         "Hallo {{1}}, Ihre Anfrage hat bei uns die Nummer {{2}} bekommen. Wir antworten so bald wie möglich an {{3}} zurück."),
        (_NAME, ("NUMBER", "2041"), ("EMAIL", "mara@example.com")),
    ),
)  # fmt: skip

CODE_NAME: Final = "verify_code"
"""The authentication template of the library; its text is fixed."""
