"""An invoice or credit note in UBL 2.1, as XRechnung 3.0 wants it."""

from typing import Final

from takt.core.currency import plain, plain_price
from takt.core.invoice import Invoice, Kind, Line, Period, Subtotal
from takt.core.invoice_texts import notes, terms
from takt.core.party import Address, Buyer, Seller
from takt.core.tax import Vat, exemption
from takt.wire.invoice_terms import (
    EMAIL,
    PROCESS,
    buyer_reference,
    guideline_of,
    line_percent,
    means_code,
    percent,
    preceding,
    shows_vat_ids,
    type_code,
)
from takt.wire.markup import Node, maybe, node, render

_OASIS: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_PREFIXES: Final = {
    "xmlns:cac": f"{_OASIS}CommonAggregateComponents-2",
    "xmlns:cbc": f"{_OASIS}CommonBasicComponents-2",
}


def render_ubl(invoice: Invoice) -> bytes:
    """The document, an XRechnung unless its currency stands against that."""
    name = "CreditNote" if invoice.kind is Kind.CREDIT_NOTE else "Invoice"
    parts = [
        *_head(invoice, name),
        _period("cac:InvoicePeriod", invoice.span),
        *(_reference(one.number, f"{one.issued_on}") for one in preceding(invoice)),
        node("cac:ContractDocumentReference", [node("cbc:ID", invoice.contract)]),
        _seller(invoice),
        _buyer(invoice),
        node("cac:Delivery", [node("cbc:ActualDeliveryDate", f"{invoice.period.last}")]),
        _means(invoice),
        node("cac:PaymentTerms", [node("cbc:Note", terms(invoice))]),
        *_taxes(invoice),
        _sums(invoice),
        *(_line(place, line, invoice.currency, name) for place, line in enumerate(invoice.lines, 1)),
    ]
    return render(node(name, list(parts), xmlns=f"{_OASIS}{name}-2", **_PREFIXES))


def _head(invoice: Invoice, name: str) -> list[Node | None]:
    due = node("cbc:DueDate", f"{invoice.due_on}") if name == "Invoice" else None
    return [
        node("cbc:CustomizationID", guideline_of(invoice)),
        node("cbc:ProfileID", PROCESS),
        node("cbc:ID", invoice.number),
        node("cbc:IssueDate", f"{invoice.issued_on}"),
        due,
        node(f"cbc:{name}TypeCode", type_code(invoice)),
        *(node("cbc:Note", note) for note in notes(invoice)),
        node("cbc:DocumentCurrencyCode", invoice.currency),
        node("cbc:TaxCurrencyCode", "EUR") if invoice.tax_in_euro is not None else None,
        node("cbc:BuyerReference", buyer_reference(invoice)),
    ]


def _period(name: str, period: Period) -> Node:
    return node(name, [node("cbc:StartDate", f"{period.first}"), node("cbc:EndDate", f"{period.last}")])


def _reference(number: str, issued_on: str) -> Node:
    document = node("cac:InvoiceDocumentReference", [node("cbc:ID", number), node("cbc:IssueDate", issued_on)])
    return node("cac:BillingReference", [document])


def _seller(invoice: Invoice) -> Node:
    seller = invoice.seller
    creditor = node("cbc:ID", invoice.debit.creditor_id, schemeID="SEPA") if invoice.debit else None
    return node("cac:AccountingSupplierParty", [node("cac:Party", [
        node("cbc:EndpointID", seller.email, schemeID=EMAIL),
        node("cac:PartyIdentification", [creditor]) if creditor else None,
        node("cac:PartyName", [node("cbc:Name", seller.name)]),
        _address(seller.address),
        _registration("VAT", seller.vat_id if shows_vat_ids(invoice) else ""),
        _registration("FC", seller.tax_number),
        _legal(seller),
        node("cac:Contact", [
            node("cbc:Name", seller.contact),
            node("cbc:Telephone", seller.phone),
            node("cbc:ElectronicMail", seller.email),
        ]),
    ])])  # fmt: skip


def _buyer(invoice: Invoice) -> Node:
    buyer = invoice.buyer
    contact = node("cac:Contact", [node("cbc:Name", buyer.contact)]) if buyer.contact else None
    return node("cac:AccountingCustomerParty", [node("cac:Party", [
        node("cbc:EndpointID", buyer.email, schemeID=EMAIL),
        node("cac:PartyName", [node("cbc:Name", buyer.name)]),
        _address(buyer.address),
        _registration("VAT", buyer.vat_id if shows_vat_ids(invoice) else ""),
        _legal(buyer),
        contact,
    ])])  # fmt: skip


def _address(address: Address) -> Node:
    return node("cac:PostalAddress", [
        node("cbc:StreetName", address.street),
        maybe("cbc:AdditionalStreetName", address.more),
        node("cbc:CityName", address.city),
        node("cbc:PostalZone", address.postcode),
        node("cac:Country", [node("cbc:IdentificationCode", address.country)]),
    ])  # fmt: skip


def _registration(scheme: str, number: str) -> Node | None:
    if not number:
        return None
    return node("cac:PartyTaxScheme", [node("cbc:CompanyID", number), node("cac:TaxScheme", [node("cbc:ID", scheme)])])


def _legal(party: Seller | Buyer) -> Node:
    register = party.register if isinstance(party, Seller) else ""
    return node("cac:PartyLegalEntity", [node("cbc:RegistrationName", party.name), maybe("cbc:CompanyID", register)])


def _means(invoice: Invoice) -> Node:
    account, debit = invoice.account, invoice.debit
    code = node("cbc:PaymentMeansCode", means_code(invoice))
    payment = node("cbc:PaymentID", invoice.number)
    if debit is not None:
        payer = node("cac:PayerFinancialAccount", [node("cbc:ID", debit.iban)])
        return node("cac:PaymentMeans", [
            code, payment, node("cac:PaymentMandate", [node("cbc:ID", debit.mandate), payer]),
        ])  # fmt: skip
    bank = node("cac:FinancialInstitutionBranch", [node("cbc:ID", account.bic)]) if account.bic else None
    name = node("cbc:Name", account.holder or invoice.seller.name)
    return node("cac:PaymentMeans", [
        code, payment, node("cac:PayeeFinancialAccount", [node("cbc:ID", account.iban), name, bank]),
    ])  # fmt: skip


def _taxes(invoice: Invoice) -> list[Node]:
    subtotals = [_subtotal(invoice, one) for one in invoice.breakdown]
    total = node("cac:TaxTotal", [_amount("cbc:TaxAmount", invoice.totals.tax, invoice.currency), *subtotals])
    if invoice.tax_in_euro is None:
        return [total]
    return [total, node("cac:TaxTotal", [_amount("cbc:TaxAmount", invoice.tax_in_euro, "EUR")])]


def _subtotal(invoice: Invoice, subtotal: Subtotal) -> Node:
    code, sentence = exemption(subtotal.vat.category, invoice.language)
    return node("cac:TaxSubtotal", [
        _amount("cbc:TaxableAmount", subtotal.taxable, invoice.currency),
        _amount("cbc:TaxAmount", subtotal.tax, invoice.currency),
        _category("cac:TaxCategory", subtotal.vat, percent(subtotal.vat), code, sentence),
    ])  # fmt: skip


def _category(name: str, vat: Vat, rate: str, code: str = "", sentence: str = "") -> Node:
    return node(name, [
        node("cbc:ID", vat.category),
        maybe("cbc:Percent", rate),
        maybe("cbc:TaxExemptionReasonCode", code),
        maybe("cbc:TaxExemptionReason", sentence),
        node("cac:TaxScheme", [node("cbc:ID", "VAT")]),
    ])  # fmt: skip


def _amount(name: str, minor: int, currency: str) -> Node:
    return node(name, plain(minor, currency), currencyID=currency)


def _sums(invoice: Invoice) -> Node:
    currency, totals = invoice.currency, invoice.totals
    return node("cac:LegalMonetaryTotal", [
        _amount("cbc:LineExtensionAmount", totals.net, currency),
        _amount("cbc:TaxExclusiveAmount", totals.net, currency),
        _amount("cbc:TaxInclusiveAmount", totals.gross, currency),
        _amount("cbc:PrepaidAmount", totals.paid, currency) if totals.paid else None,
        _amount("cbc:PayableAmount", totals.payable, currency),
    ])  # fmt: skip


def _line(place: int, line: Line, currency: str, name: str) -> Node:
    quantity = "cbc:CreditedQuantity" if name == "CreditNote" else "cbc:InvoicedQuantity"
    price = node("cbc:PriceAmount", plain_price(line.unit_price_micros), currencyID=currency)
    return node(f"cac:{name}Line", [
        node("cbc:ID", str(place)),
        node(quantity, str(line.quantity), unitCode=line.unit),
        _amount("cbc:LineExtensionAmount", line.net, currency),
        _period("cac:InvoicePeriod", line.period),
        node("cac:Item", [
            maybe("cbc:Description", line.note),
            node("cbc:Name", line.text),
            _category("cac:ClassifiedTaxCategory", line.vat, line_percent(line.vat)),
        ]),
        node("cac:Price", [price]),
    ])  # fmt: skip
