"""What both syntaxes of an electronic invoice have in common: codes, identifiers, and what may be said of whom."""

from typing import Final

from takt.core.currency import decimal, exponent
from takt.core.invoice import Invoice, Kind, Reference
from takt.core.tax import Vat, VatCategory

FACTUR_X: Final = "urn:cen.eu:en16931:2017"
XRECHNUNG: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
PLACES: Final = 2
EMAIL: Final = "EM"
INVOICE_CODE: Final = "380"
CREDIT_CODE: Final = "381"
TRANSFER: Final = "30"
SEPA_TRANSFER: Final = "58"
SEPA_DEBIT: Final = "59"


def guideline_of(invoice: Invoice) -> str:
    """By which specification the UBL is written (BT-24).

    XRechnung compares lines with quantity times price to 0.02, whatever the currency: one without such coins cannot.
    """
    return XRECHNUNG if exponent(invoice.currency) == PLACES else FACTUR_X


def type_code(invoice: Invoice) -> str:
    """What the document is (BT-3): an advance invoice is an invoice to every program that reads it."""
    return CREDIT_CODE if invoice.kind is Kind.CREDIT_NOTE else INVOICE_CODE


def means_code(invoice: Invoice) -> str:
    """How it is paid (BT-81)."""
    if invoice.debit is not None:
        return SEPA_DEBIT
    return SEPA_TRANSFER if invoice.currency == "EUR" else TRANSFER


def percent(vat: Vat) -> str:
    """A rate in percent, such as 19.00."""
    return decimal(vat.rate_basis_points, 2)


def line_percent(vat: Vat) -> str:
    """The rate on a line: what is outside the scope of tax has none (BR-O-05)."""
    return "" if vat.category is VatCategory.OUTSIDE else percent(vat)


def shows_vat_ids(invoice: Invoice) -> bool:
    """Whether the VAT ids of the parties may stand there: not if it is outside the scope of tax (BR-O-02)."""
    return all(line.vat.category is not VatCategory.OUTSIDE for line in invoice.lines)


def buyer_reference(invoice: Invoice) -> str:
    """What the customer finds it by (BT-10): the own reference, else the contract."""
    return invoice.buyer.reference or invoice.contract


def preceding(invoice: Invoice) -> list[Reference]:
    """The documents that it follows (BG-3)."""
    corrected = [] if invoice.corrects is None else [invoice.corrects]
    return [*corrected, *(line.advance for line in invoice.advances if line.advance is not None)]
