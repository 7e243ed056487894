"""What stands on the page of a document besides its contents, in German and English."""

from typing import Final

from takt.core.invoice_texts import Pair

LABELS: Final[dict[str, Pair]] = {
    "number": ("Nummer", "Number"),
    "date": ("Datum", "Date"),
    "period": ("Leistungszeitraum", "Service period"),
    "due": ("Zahlbar bis", "Due by"),
    "reference": ("Ihre Referenz", "Your reference"),
    "contract": ("Vertrag", "Contract"),
    "their_vat_id": ("Ihre USt-IdNr.", "Your VAT ID"),
    "corrects": ("Zu Rechnung", "Regarding invoice"),
    "position": ("Pos.", "No."),
    "service": ("Leistung", "Service"),
    "quantity": ("Menge", "Quantity"),
    "price": ("Einzelpreis", "Unit price"),
    "amount": ("Betrag", "Amount"),
    "net": ("Summe netto", "Net total"),
    "vat": ("zzgl. {rate} % USt. auf {net}", "plus {rate} % VAT on {net}"),
    "no_vat": ("Umsatzsteuer", "VAT"),
    "service_net": ("Leistungen netto", "Services, net"),
    "service_gross": ("Leistungen mit Umsatzsteuer", "Services with VAT"),
    "taken_off": ("abzüglich Anzahlungen, netto", "less advances, net"),
    "tax_taken_off": ("abzüglich Umsatzsteuer darin", "less the VAT in them"),
    "put_back": ("wieder offene Anzahlungen, netto", "advances open again, net"),
    "tax_put_back": ("Umsatzsteuer darin", "the VAT in them"),
    "gross": ("Gesamtbetrag", "Total"),
    "credited": ("Gutschriftsbetrag", "Amount credited"),
    "used": ("Verbraucht", "Used"),
    "paid": ("Bereits bezahlt", "Already paid"),
    "payable": ("Zahlbetrag", "Amount due"),
    "in_euro": ("Umsatzsteuer in Euro", "VAT in euro"),
    "payment": ("Zahlung", "Payment"),
    "holder": ("Empfänger", "Payee"),
    "purpose": ("Verwendungszweck", "Payment reference"),
    "bank": ("Bank", "Bank"),
    "code": ("Mit der Banking-App scannen", "Scan with your banking app"),
    "code_alt": ("GiroCode mit Betrag, Konto und Verwendungszweck", "GiroCode with amount, account and reference"),
    "logo_alt": ("Logo von {name}", "Logo of {name}"),
    "contact": ("Kontakt", "Contact"),
    "managers": ("Geschäftsführung", "Managing directors"),
    "vat_id": ("USt-IdNr.", "VAT ID"),
    "tax_number": ("Steuernummer", "Tax number"),
    "register": ("Register", "Register"),
    "no_bill": (
        "Dieser Nachweis ist keine Rechnung. Die Leistungen wurden mit dem Guthaben bezahlt.",
        "This statement is no invoice. The services were paid from the balance.",
    ),
    "electronic": (
        "Diese Datei enthält die Rechnung auch als strukturierte Daten (Factur-X/ZUGFeRD, EN 16931).",
        "This file also holds the invoice as structured data (Factur-X/ZUGFeRD, EN 16931).",
    ),
    "page": ("Seite", "Page"),
    "of": ("von", "of"),
}
UNITS: Final[dict[str, tuple[Pair, Pair]]] = {"MON": (("Monat", "month"), ("Monate", "months"))}
"""Units that are named on the page: for one, and for several."""
