"""An invoice as UN/CEFACT Cross Industry Invoice (D16B), the syntax inside Factur-X and ZUGFeRD, profile EN 16931."""

from datetime import date
from typing import Final

from takt.core.currency import plain, plain_price
from takt.core.invoice import Invoice, Line, Period, Subtotal
from takt.core.invoice_texts import notes, terms
from takt.core.party import Address, Buyer, Seller
from takt.core.tax import exemption
from takt.wire.invoice_terms import (
    EMAIL,
    FACTUR_X,
    PROCESS,
    buyer_reference,
    line_percent,
    means_code,
    percent,
    preceding,
    shows_vat_ids,
    type_code,
)
from takt.wire.markup import Node, maybe, node, render

NAMESPACES: Final = {
    "xmlns:rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "xmlns:ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "xmlns:udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "xmlns:qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}


def render_cii(invoice: Invoice) -> bytes:
    """The document."""
    assert invoice.issued_on is not None, "a draft has no XML"
    root = node(
        "rsm:CrossIndustryInvoice",
        [
            node("rsm:ExchangedDocumentContext", [
                node("ram:BusinessProcessSpecifiedDocumentContextParameter", [node("ram:ID", PROCESS)]),
                node("ram:GuidelineSpecifiedDocumentContextParameter", [node("ram:ID", FACTUR_X)]),
            ]),
            node("rsm:ExchangedDocument", [
                node("ram:ID", invoice.number),
                node("ram:TypeCode", type_code(invoice)),
                _on("ram:IssueDateTime", invoice.issued_on),
                *(node("ram:IncludedNote", [node("ram:Content", note)]) for note in notes(invoice)),
            ]),
            node("rsm:SupplyChainTradeTransaction", [
                *(_line(place, line, invoice.currency) for place, line in enumerate(invoice.lines, 1)),
                _agreement(invoice),
                node("ram:ApplicableHeaderTradeDelivery", [
                    node("ram:ActualDeliverySupplyChainEvent", [_on("ram:OccurrenceDateTime", invoice.period.last)]),
                ]),
                _settlement(invoice),
            ]),
        ],
        **NAMESPACES,
    )  # fmt: skip
    return render(root)


def _on(name: str, day: date) -> Node:
    return node(name, [node("udt:DateTimeString", f"{day:%Y%m%d}", format="102")])


def _period(period: Period) -> Node:
    return node(
        "ram:BillingSpecifiedPeriod", [_on("ram:StartDateTime", period.first), _on("ram:EndDateTime", period.last)]
    )


def _line(place: int, line: Line, currency: str) -> Node:
    return node("ram:IncludedSupplyChainTradeLineItem", [
        node("ram:AssociatedDocumentLineDocument", [node("ram:LineID", str(place))]),
        node("ram:SpecifiedTradeProduct", [node("ram:Name", line.text), maybe("ram:Description", line.note)]),
        node("ram:SpecifiedLineTradeAgreement", [
            node("ram:NetPriceProductTradePrice", [node("ram:ChargeAmount", plain_price(line.unit_price_micros))]),
        ]),
        node("ram:SpecifiedLineTradeDelivery", [
            node("ram:BilledQuantity", str(line.quantity), unitCode=line.unit),
        ]),
        node("ram:SpecifiedLineTradeSettlement", [
            node("ram:ApplicableTradeTax", [
                node("ram:TypeCode", "VAT"),
                node("ram:CategoryCode", line.vat.category),
                maybe("ram:RateApplicablePercent", line_percent(line.vat)),
            ]),
            _period(line.period),
            node("ram:SpecifiedTradeSettlementLineMonetarySummation", [
                node("ram:LineTotalAmount", plain(line.net, currency)),
            ]),
        ]),
    ])  # fmt: skip


def _agreement(invoice: Invoice) -> Node:
    shown = shows_vat_ids(invoice)
    return node("ram:ApplicableHeaderTradeAgreement", [
        node("ram:BuyerReference", buyer_reference(invoice)),
        _seller(invoice.seller, shown=shown),
        _buyer(invoice.buyer, shown=shown),
        node("ram:ContractReferencedDocument", [node("ram:IssuerAssignedID", invoice.contract)]),
    ])  # fmt: skip


def _seller(seller: Seller, *, shown: bool) -> Node:
    return node("ram:SellerTradeParty", [
        node("ram:Name", seller.name),
        node("ram:SpecifiedLegalOrganization", [node("ram:ID", seller.register)]) if seller.register else None,
        node("ram:DefinedTradeContact", [
            node("ram:PersonName", seller.contact),
            node("ram:TelephoneUniversalCommunication", [node("ram:CompleteNumber", seller.phone)]),
            node("ram:EmailURIUniversalCommunication", [node("ram:URIID", seller.email)]),
        ]),
        _address(seller.address),
        node("ram:URIUniversalCommunication", [node("ram:URIID", seller.email, schemeID=EMAIL)]),
        _registration("FC", seller.tax_number),
        _registration("VA", seller.vat_id if shown else ""),
    ])  # fmt: skip


def _buyer(buyer: Buyer, *, shown: bool) -> Node:
    contact = node("ram:DefinedTradeContact", [node("ram:PersonName", buyer.contact)]) if buyer.contact else None
    return node("ram:BuyerTradeParty", [
        node("ram:Name", buyer.name),
        contact,
        _address(buyer.address),
        node("ram:URIUniversalCommunication", [node("ram:URIID", buyer.email, schemeID=EMAIL)]),
        _registration("VA", buyer.vat_id if shown else ""),
    ])  # fmt: skip


def _address(address: Address) -> Node:
    return node("ram:PostalTradeAddress", [
        node("ram:PostcodeCode", address.postcode),
        node("ram:LineOne", address.street),
        maybe("ram:LineTwo", address.more),
        node("ram:CityName", address.city),
        node("ram:CountryID", address.country),
    ])  # fmt: skip


def _registration(scheme: str, number: str) -> Node | None:
    return node("ram:SpecifiedTaxRegistration", [node("ram:ID", number, schemeID=scheme)]) if number else None


def _settlement(invoice: Invoice) -> Node:
    euro = "EUR" if invoice.tax_in_euro is not None else ""
    return node("ram:ApplicableHeaderTradeSettlement", [
        maybe("ram:CreditorReferenceID", invoice.debit.creditor_id if invoice.debit else ""),
        node("ram:PaymentReference", invoice.number),
        maybe("ram:TaxCurrencyCode", euro),
        node("ram:InvoiceCurrencyCode", invoice.currency),
        _means(invoice),
        *(_tax(invoice, subtotal) for subtotal in invoice.breakdown),
        _period(invoice.span),
        node("ram:SpecifiedTradePaymentTerms", [
            node("ram:Description", terms(invoice)),
            _on("ram:DueDateDateTime", invoice.due_on),
            maybe("ram:DirectDebitMandateID", invoice.debit.mandate if invoice.debit else ""),
        ]),
        _sums(invoice),
        *(
            node("ram:InvoiceReferencedDocument", [
                node("ram:IssuerAssignedID", one.number),
                node("ram:FormattedIssueDateTime", [
                    node("qdt:DateTimeString", f"{one.issued_on:%Y%m%d}", format="102"),
                ]),
            ])
            for one in preceding(invoice)
        ),
    ])  # fmt: skip


def _means(invoice: Invoice) -> Node:
    account, debit = invoice.account, invoice.debit
    if debit is not None:
        return node("ram:SpecifiedTradeSettlementPaymentMeans", [
            node("ram:TypeCode", means_code(invoice)),
            node("ram:PayerPartyDebtorFinancialAccount", [node("ram:IBANID", debit.iban)]),
        ])  # fmt: skip
    bank = node("ram:PayeeSpecifiedCreditorFinancialInstitution", [node("ram:BICID", account.bic)])
    return node("ram:SpecifiedTradeSettlementPaymentMeans", [
        node("ram:TypeCode", means_code(invoice)),
        node("ram:PayeePartyCreditorFinancialAccount", [
            node("ram:IBANID", account.iban),
            node("ram:AccountName", account.holder or invoice.seller.name),
        ]),
        bank if account.bic else None,
    ])  # fmt: skip


def _tax(invoice: Invoice, subtotal: Subtotal) -> Node:
    code, sentence = exemption(subtotal.vat.category, invoice.language)
    return node("ram:ApplicableTradeTax", [
        node("ram:CalculatedAmount", plain(subtotal.tax, invoice.currency)),
        node("ram:TypeCode", "VAT"),
        maybe("ram:ExemptionReason", sentence),
        node("ram:BasisAmount", plain(subtotal.taxable, invoice.currency)),
        node("ram:CategoryCode", subtotal.vat.category),
        maybe("ram:ExemptionReasonCode", code),
        node("ram:RateApplicablePercent", percent(subtotal.vat)),
    ])  # fmt: skip


def _sums(invoice: Invoice) -> Node:
    currency, totals = invoice.currency, invoice.totals
    in_euro = invoice.tax_in_euro
    return node("ram:SpecifiedTradeSettlementHeaderMonetarySummation", [
        node("ram:LineTotalAmount", plain(totals.net, currency)),
        node("ram:TaxBasisTotalAmount", plain(totals.net, currency)),
        node("ram:TaxTotalAmount", plain(totals.tax, currency), currencyID=currency),
        None if in_euro is None else node("ram:TaxTotalAmount", plain(in_euro, "EUR"), currencyID="EUR"),
        node("ram:GrandTotalAmount", plain(totals.gross, currency)),
        node("ram:TotalPrepaidAmount", plain(totals.paid, currency)) if totals.paid else None,
        node("ram:DuePayableAmount", plain(totals.payable, currency)),
    ])  # fmt: skip
