"""Who stands on the demo's invoices: made-up companies with numbers that only look right."""

from typing import Any, Final

OPERATOR: Final[dict[str, Any]] = {
    "name": "Muster Messenger GmbH",
    "address": {"street": "Deichtorplatz 1", "postcode": "20095", "city": "Hamburg", "country": "DE"},
    "contact": "Olga Brandt",
    "phone": "+49 40 0000000",
    "email": "rechnung@messenger.example",
    "account": {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "bank": "Musterbank"},
    "vat_id": "DE136695976",
    "tax_number": "27/123/45678",
    "register": "HRB 000000, Hamburg",
    "managers": "Olga Brandt",
    "website": "messenger.example",
    "creditor_id": "DE98ZZZ09999999999",
}
CUSTOMERS: Final[dict[str, dict[str, Any]]] = {
    "nordwind": {
        "name": "Nordwind Handels GmbH",
        "address": {"street": "Am Sandtorkai 1", "postcode": "20457", "city": "Hamburg", "country": "DE"},
        "email": "finance@nordwind.example",
        "vat_id": "DE123456788",
        "contact": "Frida Holm",
    },
    "kurz": {
        "name": "Bäckerei Kurz, Inh. Petra Kurz",
        "address": {"street": "Lange Straße 7", "postcode": "27580", "city": "Bremerhaven", "country": "DE"},
        "email": "kurz@baeckerei.example",
    },
    "rabattkiste": {
        "name": "Rabattkiste UG (haftungsbeschränkt)",
        "address": {"street": "Industriestraße 12", "postcode": "45127", "city": "Essen", "country": "DE"},
        "email": "buchhaltung@rabattkiste.example",
    },
    "lichtspiel": {
        "name": "Lichtspiel am Hafen eG",
        "address": {"street": "Große Elbstraße 9", "postcode": "22767", "city": "Hamburg", "country": "DE"},
        "email": "kasse@lichtspiel.example",
        "contact": "Greta Hinrichs",
    },
}
