"""The rules that XRechnung 3.0 adds to EN 16931, for documents in UBL: those that can apply to what Takt writes.

The names are KoSIT's; each check is our own reading of the rule's text. Left out are the rules about what no document of
ours has: attachments, card payments, places of delivery, tax representatives, allowances and charges. A document that had
any of these would break UNKNOWN, so nothing passes for not having been looked at.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from lxml import etree
from stdnum import iban

from takt.core.printed import Finding
from takt.wire.invoice_terms import XRECHNUNG

NAMESPACES: Final = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
SELLER: Final = "/*/cac:AccountingSupplierParty/cac:Party"
BUYER: Final = "/*/cac:AccountingCustomerParty/cac:Party"
LINES: Final = "(/*/cac:InvoiceLine|/*/cac:CreditNoteLine)"
TYPES: Final = ("326", "380", "381", "384", "389", "875", "876", "877")
TAXED: Final = ("S", "Z", "E", "AE", "K", "G", "L", "M")


def _filled(path: str) -> str:
    return f"boolean({path}[normalize-space(.) != ''])"


def _none(path: str) -> str:
    return f"not({path})"


def _one_of(path: str, words: tuple[str, ...]) -> str:
    return " or ".join(f"{path} = '{word}'" for word in words)


CREDITOR: Final = f"{SELLER}/cac:PartyIdentification/cbc:ID[@schemeID = 'SEPA']"
MEANS: Final = "/*/cac:PaymentMeans"
PERIOD: Final = "/*/cac:InvoicePeriod"

# The rules that one XPath expression says: it is true where the rule holds.
STATED: Final[tuple[tuple[str, str], ...]] = (
    ("BR-DE-1", f"boolean({MEANS})"),
    ("BR-DE-2", f"boolean({SELLER}/cac:Contact)"),
    ("BR-DE-3", _filled(f"{SELLER}/cac:PostalAddress/cbc:CityName")),
    ("BR-DE-4", _filled(f"{SELLER}/cac:PostalAddress/cbc:PostalZone")),
    ("BR-DE-5", _filled(f"{SELLER}/cac:Contact/cbc:Name")),
    ("BR-DE-6", _filled(f"{SELLER}/cac:Contact/cbc:Telephone")),
    ("BR-DE-7", _filled(f"{SELLER}/cac:Contact/cbc:ElectronicMail")),
    ("BR-DE-8", _filled(f"{BUYER}/cac:PostalAddress/cbc:CityName")),
    ("BR-DE-9", _filled(f"{BUYER}/cac:PostalAddress/cbc:PostalZone")),
    ("BR-DE-14", _none("//cac:TaxSubtotal/cac:TaxCategory[not(cbc:Percent)]")),
    ("BR-DE-15", _filled("/*/cbc:BuyerReference")),
    (
        "BR-DE-16",
        f"not(//cac:TaxCategory[{_one_of('cbc:ID', TAXED)}]) or {_filled(f'{SELLER}/cac:PartyTaxScheme/cbc:CompanyID')}",
    ),
    ("BR-DE-17", _one_of("(/*/cbc:InvoiceTypeCode|/*/cbc:CreditNoteTypeCode)", TYPES)),
    ("BR-DE-21", f"/*/cbc:CustomizationID = '{XRECHNUNG}'"),
    ("BR-DE-23-a", _none(f"{MEANS}[cbc:PaymentMeansCode = '30' or cbc:PaymentMeansCode = '58'][not(cac:PayeeFinancialAccount)]")),
    ("BR-DE-23-b", _none(f"{MEANS}[cbc:PaymentMeansCode = '30' or cbc:PaymentMeansCode = '58'][cac:PaymentMandate]")),
    ("BR-DE-25-a", _none(f"{MEANS}[cbc:PaymentMeansCode = '59'][not(cac:PaymentMandate)]")),
    ("BR-DE-25-b", _none(f"{MEANS}[cbc:PaymentMeansCode = '59'][cac:PayeeFinancialAccount]")),
    ("BR-DE-26", "not(/*/cbc:InvoiceTypeCode = '384') or boolean(/*/cac:BillingReference)"),
    ("BR-DE-30", f"not({MEANS}/cac:PaymentMandate) or {_filled(CREDITOR)}"),
    ("BR-DE-31", _none(f"{MEANS}/cac:PaymentMandate[not(cac:PayerFinancialAccount/cbc:ID)]")),
    ("BR-DE-TMP-32", f"boolean(/*/cac:Delivery/cbc:ActualDeliveryDate|{PERIOD}) or not({LINES}[not(cac:InvoicePeriod)])"),
    ("PEPPOL-EN16931-R001", _filled("/*/cbc:ProfileID")),
    ("PEPPOL-EN16931-R005", "not(/*/cbc:TaxCurrencyCode) or /*/cbc:TaxCurrencyCode != /*/cbc:DocumentCurrencyCode"),
    ("PEPPOL-EN16931-R008", _none("//*[not(*)][normalize-space(.) = '']")),
    ("PEPPOL-EN16931-R010", _filled(f"{BUYER}/cbc:EndpointID[@schemeID]")),
    ("PEPPOL-EN16931-R020", _filled(f"{SELLER}/cbc:EndpointID[@schemeID]")),
    ("PEPPOL-EN16931-R053", "count(/*/cac:TaxTotal[cac:TaxSubtotal]) = 1"),
    ("PEPPOL-EN16931-R054", "count(/*/cac:TaxTotal[not(cac:TaxSubtotal)]) = count(/*/cbc:TaxCurrencyCode)"),
    ("PEPPOL-EN16931-R061", _none(f"{MEANS}[cbc:PaymentMeansCode = '59'][not(cac:PaymentMandate/cbc:ID)]")),
    (
        "UNKNOWN",
        _none(
            "(//cac:AdditionalDocumentReference|//cac:CardAccount|//cac:DeliveryLocation|//cac:AllowanceCharge"
            "|//cac:TaxRepresentativeParty|//cac:PayeeParty|//cac:SubInvoiceLine)"
        ),
    ),
)  # fmt: skip

_SKONTO: Final = re.compile(r"#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}(#BASISBETRAG=-?\d+\.\d{2})?#")
_MAIL: Final = re.compile(r"[^@\s.][^@\s]*[^@\s.]@[^@\s.]+(\.[^@\s.]+)+")
_SLACK: Final = Decimal("0.02")

Root = Any
"""The root of a document as lxml has it."""


def _texts(root: Root, path: str) -> list[str]:
    found = root.xpath(path, namespaces=NAMESPACES)
    return [one.text or "" for one in found]


def _skonto(root: Root) -> bool:
    notes = [line.strip() for note in _texts(root, "/*/cac:PaymentTerms/cbc:Note") for line in note.splitlines()]
    return all(_SKONTO.fullmatch(line) for line in notes if line.startswith("#"))


def _payee(root: Root) -> bool:
    numbers = _texts(root, f"{MEANS}[cbc:PaymentMeansCode = '58']/cac:PayeeFinancialAccount/cbc:ID")
    return all(iban.is_valid(number) for number in numbers)


def _payer(root: Root) -> bool:
    numbers = _texts(root, f"{MEANS}[cbc:PaymentMeansCode = '59']/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID")
    return all(iban.is_valid(number) for number in numbers)


def _phone(root: Root) -> bool:
    return all(sum(map(str.isdigit, text)) >= 3 for text in _texts(root, f"{SELLER}/cac:Contact/cbc:Telephone"))


def _mail(root: Root) -> bool:
    return all(_MAIL.fullmatch(text) for text in _texts(root, f"{SELLER}/cac:Contact/cbc:ElectronicMail"))


def _within(root: Root, edge: str) -> bool:
    """Whether no line's period begins, or ends, outside the document's."""
    first, last = (_texts(root, f"{PERIOD}/cbc:{name}") for name in ("StartDate", "EndDate"))
    days = _texts(root, f"{LINES}/cac:InvoicePeriod/cbc:{edge}")
    return all((not first or first[0] <= day) and (not last or day <= last[0]) for day in days)


def _product(root: Root) -> bool:
    """Whether each line comes to quantity times price."""
    quantities = _texts(root, f"{LINES}/cbc:InvoicedQuantity|{LINES}/cbc:CreditedQuantity")
    prices, nets = _texts(root, f"{LINES}/cac:Price/cbc:PriceAmount"), _texts(root, f"{LINES}/cbc:LineExtensionAmount")
    if not len(quantities) == len(prices) == len(nets):
        return False
    every = zip(quantities, prices, nets, strict=True)
    return all(abs(Decimal(some) * Decimal(price) - Decimal(net)) <= _SLACK for some, price, net in every)


WORKED_OUT: Final[tuple[tuple[str, Callable[[Root], bool]], ...]] = (
    ("BR-DE-18", _skonto),
    ("BR-DE-19", _payee),
    ("BR-DE-20", _payer),
    ("BR-DE-27", _phone),
    ("BR-DE-28", _mail),
    ("PEPPOL-EN16931-R110", lambda root: _within(root, "StartDate")),
    ("PEPPOL-EN16931-R111", lambda root: _within(root, "EndDate")),
    ("PEPPOL-EN16931-R120", _product),
)
COVERED: Final = tuple(name for name, _ in (*STATED, *WORKED_OUT))
"""The names of all rules that are checked."""


class GermanRules:
    """The rules with their expressions compiled."""

    def __init__(self) -> None:
        self._stated = [(name, etree.XPath(path, namespaces=NAMESPACES)) for name, path in STATED]

    def broken(self, root: Root) -> Iterator[Finding]:
        """Every rule that a document breaks."""
        broken = [name for name, path in self._stated if path(root) is not True]
        broken += [name for name, holds in WORKED_OUT if not holds(root)]
        for name in broken:
            yield Finding("XRechnung", name, f"{name} of XRechnung 3.0 does not hold")
