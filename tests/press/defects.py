"""Documents with one mistake each, and the rule that must find it: in totals, tax, parties, codes, dates and form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from takt.core.advances import Advance, taken_off
from takt.core.crediting import credit
from takt.core.exchange import converted
from takt.core.invoice import Debit, Invoice, Kind, Reference, draft, numbered
from takt.core.tax import TaxCase
from takt.wire.cii import render_cii
from takt.wire.ubl import render_ubl
from tests.documents import ISSUED, frame_for, invoice_for, line_of, rates_of


def sources() -> dict[str, bytes]:
    """Sound documents, by syntax and case."""
    made = {case.value: invoice_for(case) for case in TaxCase}
    made["debit"] = debited(made["domestic"])
    made["credit"] = numbered(credit(made["domestic"]), "RK-2026-000001", ISSUED)
    made["final"] = final_for(TaxCase.DOMESTIC)
    made["foreign"] = converted(invoice_for(currency="USD"), rates_of("USD"))
    found = {f"cii {name}": render_cii(one) for name, one in made.items()}
    return found | {f"ubl {name}": render_ubl(one) for name, one in made.items()}


def final_for(case: TaxCase) -> Invoice:
    """A final invoice of 113.42 net that takes 100.00 off."""
    frame = frame_for(case)
    lines = (line_of(frame, 1000, 113_100), line_of(frame, 7, 45_600))
    named = Reference("AN-2026-000001", ISSUED, Kind.ADVANCE)
    off = taken_off(frame, lines, [Advance(named, lines[0].vat, 10_000)])
    return numbered(draft(frame, (*lines, *off)), "RE-2026-000001", ISSUED)


def debited(invoice: Invoice) -> Invoice:
    return replace(invoice, debit=Debit("MD-0007", invoice.seller.creditor_id, "DE02120300000000202051"))


@dataclass(frozen=True)
class Defect:
    """What to find first in which document, what to put there instead, and the rule that this breaks."""

    source: str
    pattern: str
    instead: str
    rule: str

    def made(self, texts: Mapping[str, bytes]) -> bytes:
        spoilt, times = re.subn(self.pattern, self.instead, texts[self.source].decode(), count=1, flags=re.DOTALL)
        assert times == 1, self
        return spoilt.encode()


C, U = "cii domestic", "ubl domestic"
_SELLER = r"(AccountingSupplierParty>.*?)"

DEFECTS = (
    # Totals
    Defect(C, r"<ram:GrandTotalAmount>[^<]*", "<ram:GrandTotalAmount>134.98", "BR-CO-15"),
    Defect(C, r"<ram:DuePayableAmount>[^<]*", "<ram:DuePayableAmount>1.00", "BR-CO-16"),
    Defect(C, r"<ram:TaxBasisTotalAmount>[^<]*", "<ram:TaxBasisTotalAmount>113.41", "BR-CO-13"),
    Defect(C, r"<ram:LineTotalAmount>113.10", "<ram:LineTotalAmount>113.11", "BR-CO-10"),
    Defect(C, r"<ram:CalculatedAmount>[^<]*", "<ram:CalculatedAmount>11.00", "BR-CO-17"),
    Defect(C, r"<ram:BasisAmount>[^<]*", "<ram:BasisAmount>100.00", "BR-S-08"),
    Defect(U, r"(TaxInclusiveAmount[^>]*>)[^<]*", r"\g<1>1.00", "BR-CO-15"),
    Defect(U, r"(PayableAmount[^>]*>)[^<]*", r"\g<1>1.00", "BR-CO-16"),
    Defect(U, r"(TaxExclusiveAmount[^>]*>)[^<]*", r"\g<1>1.00", "BR-CO-13"),
    Defect(U, r"(LineExtensionAmount[^>]*>)[^<]*", r"\g<1>1.00", "BR-CO-10"),
    Defect(U, r"(<cac:TaxTotal><cbc:TaxAmount[^>]*>|<cac:TaxTotal>\s*<cbc:TaxAmount[^>]*>)[^<]*", r"\g<1>1.00", "BR-CO-14"),
    Defect(U, r"(PriceAmount[^>]*>)[^<]*", r"\g<1>0.2", "PEPPOL-EN16931-R120"),
    Defect("ubl credit", r"(PayableAmount[^>]*>)[^<]*", r"\g<1>1.00", "BR-CO-16"),
    Defect("cii credit", r"<ram:GrandTotalAmount>[^<]*", "<ram:GrandTotalAmount>0.01", "BR-CO-15"),
    Defect(U, r"(TaxableAmount[^>]*>)[^<]*", r"\g<1>113.425", "BR-DEC-19"),
    Defect(U, r"(PriceAmount[^>]*>)[^<]*", r"\g<1>-0.1131", "BR-27"),
    # Tax
    Defect("cii reverse_charge", r"<ram:RateApplicablePercent>0.00", "<ram:RateApplicablePercent>19.00", "BR-AE-05"),
    Defect("cii reverse_charge", r"<ram:CalculatedAmount>0.00", "<ram:CalculatedAmount>21.55", "BR-AE-09"),
    Defect("cii reverse_charge", r"<ram:ExemptionReason>.*</ram:ExemptionReasonCode>", "<ram:CategoryCode>AE</ram:CategoryCode>", "BR-AE-10"),
    Defect("ubl reverse_charge", r"<cac:PartyTaxScheme>\s*<cbc:CompanyID>BE.*?</cac:PartyTaxScheme>", "", "BR-AE-02"),
    Defect("ubl third_country", r"(AccountingCustomerParty>.*?)(<cac:PartyLegalEntity>)", r"\g<1><cac:PartyTaxScheme><cbc:CompanyID>CHE123456788</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\g<2>", "BR-O-02"),
    Defect("ubl third_country", r"<cbc:TaxExemptionReasonCode>.*?</cbc:TaxExemptionReason>", "", "BR-O-10"),
    Defect("ubl small_operator", r"<cbc:TaxExemptionReason>.*?</cbc:TaxExemptionReason>", "", "BR-E-10"),
    Defect("cii small_operator", r"<ram:CategoryCode>E", "<ram:CategoryCode>Z", "BR-Z-01"),
    Defect(U, r"(TaxCategory>\s*<cbc:ID>)S", r"\g<1>X", "BR-CL-17"),
    Defect(C, r"<ram:CategoryCode>S", "<ram:CategoryCode>AE", "BR-AE-01"),
    Defect("ubl consumer_abroad", r"<cbc:Percent>24.00", "<cbc:Percent>0.00", "BR-S-08"),
    Defect(C, r"<ram:SpecifiedTaxRegistration>.*?</ram:SpecifiedTradeParty>|<ram:ID schemeID=.VA.>DE136695976", '<ram:ID schemeID="VA">136695976', "BR-CO-09"),
    # Parties
    Defect(C, r"(<ram:SellerTradeParty>\s*)<ram:Name>[^<]*</ram:Name>", r"\g<1>", "BR-06"),
    Defect(C, r"<ram:CountryID>DE", "<ram:CountryID>XX", "FX-SCH-A-000580"),
    Defect(U, _SELLER + r"<cbc:ElectronicMail>[^<]*</cbc:ElectronicMail>", r"\g<1>", "BR-DE-7"),
    Defect(U, _SELLER + r"<cbc:Telephone>[^<]*", r"\g<1><cbc:Telephone>--", "BR-DE-27"),
    Defect(U, _SELLER + r"<cbc:ElectronicMail>[^<]*", r"\g<1><cbc:ElectronicMail>nobody", "BR-DE-28"),
    Defect(U, _SELLER + r"<cac:Contact>.*?</cac:Contact>", r"\g<1>", "BR-DE-2"),
    Defect(U, _SELLER + r"<cbc:CityName>[^<]*</cbc:CityName>", r"\g<1>", "BR-DE-3"),
    Defect(U, r"(AccountingCustomerParty>.*?)<cbc:PostalZone>[^<]*</cbc:PostalZone>", r"\g<1>", "BR-DE-9"),
    Defect(U, r"(AccountingCustomerParty>.*?)<cbc:EndpointID[^>]*>[^<]*</cbc:EndpointID>", r"\g<1>", "PEPPOL-EN16931-R010"),
    Defect(U, _SELLER + r"(<cbc:EndpointID schemeID=.)EM", r"\g<1>\g<2>XX", "BR-CL-25"),
    Defect(U, r"<cbc:BuyerReference>[^<]*</cbc:BuyerReference>", "", "BR-DE-15"),
    # Payment
    Defect(U, r"<cbc:ID>DE89370400440532013000", "<cbc:ID>DE89370400440532013001", "BR-DE-19"),
    Defect(U, r"<cac:PaymentMeans>.*</cac:PaymentMeans>", "", "BR-DE-1"),
    Defect(U, r"<cac:PayeeFinancialAccount>.*</cac:PayeeFinancialAccount>", "", "BR-DE-23-a"),
    Defect(U, r"<cbc:PaymentMeansCode>58", "<cbc:PaymentMeansCode>999", "BR-CL-16"),
    Defect("ubl debit", r"<cbc:ID>DE02120300000000202051", "<cbc:ID>DE02120300000000202052", "BR-DE-20"),
    Defect("ubl debit", r"<cac:PartyIdentification>.*?</cac:PartyIdentification>", "", "BR-DE-30"),
    Defect("ubl debit", r"<cac:PayerFinancialAccount>.*?</cac:PayerFinancialAccount>", "", "BR-DE-31"),
    Defect("ubl debit", r"<cac:PaymentMandate>.*?</cac:PaymentMandate>", "", "BR-DE-25-a"),
    Defect(U, r"(PaymentTerms>\s*<cbc:Note>)", r"\g<1>#SKONTO#2%#\n", "BR-DE-18"),
    # Final invoices
    Defect("cii final", r"<ram:LineTotalAmount>-100.00", "<ram:LineTotalAmount>-99.00", "BR-CO-10"),
    Defect("cii final", r"<ram:BasisAmount>13.42", "<ram:BasisAmount>113.42", "BR-S-08"),
    Defect("cii final", r"<ram:CalculatedAmount>2.55", "<ram:CalculatedAmount>21.55", "BR-CO-14"),
    Defect("cii final", r"<ram:DuePayableAmount>15.97", "<ram:DuePayableAmount>134.97", "BR-CO-16"),
    Defect("ubl final", r"(InvoicedQuantity[^>]*>)-1<", r"\g<1>1<", "PEPPOL-EN16931-R120"),
    Defect("ubl final", r"(TaxableAmount[^>]*>)13.42", r"\g<1>113.42", "BR-S-08"),
    Defect("ubl final", r"(TaxSubtotal>.*?<cbc:TaxAmount[^>]*>)2.55", r"\g<1>21.55", "BR-S-09"),
    Defect("ubl final", r"<cac:InvoiceDocumentReference>\s*<cbc:ID>[^<]*", "<cac:InvoiceDocumentReference><cbc:ID>", "PEPPOL-EN16931-R008"),
    # Tax in another currency
    Defect("cii foreign", r"<ram:TaxTotalAmount currencyID=.EUR.>[^<]*</ram:TaxTotalAmount>", "", "BR-53"),
    Defect("ubl foreign", r"<cac:TaxTotal>\s*<cbc:TaxAmount currencyID=.EUR.>[^<]*</cbc:TaxAmount>\s*</cac:TaxTotal>", "", "BR-53"),
    Defect("ubl foreign", r"<cbc:TaxCurrencyCode>[^<]*</cbc:TaxCurrencyCode>", "", "PEPPOL-EN16931-R054"),
    Defect("ubl foreign", r"<cbc:TaxCurrencyCode>EUR", "<cbc:TaxCurrencyCode>USD", "PEPPOL-EN16931-R005"),
    Defect("ubl foreign", r"(<cbc:TaxAmount currencyID=.EUR.>)[^<]*", r"\g<1>19.801", "UBL-DT-01"),
    # Codes, dates and form
    Defect(C, r"<ram:TypeCode>380", "<ram:TypeCode>999", "FX-SCH-A-000555"),
    Defect(U, r"InvoiceTypeCode>380", "InvoiceTypeCode>386", "BR-DE-17"),
    Defect(C, r'unitCode="C62"', 'unitCode="PIECE"', "FX-SCH-A-000613"),
    Defect(U, r'unitCode="C62"', 'unitCode="PIECE"', "BR-CL-23"),
    Defect(C, r"<ram:InvoiceCurrencyCode>EUR", "<ram:InvoiceCurrencyCode>EURO", "FX-SCH-A-000595"),
    Defect(U, r"DocumentCurrencyCode>EUR", "DocumentCurrencyCode>XXY", "BR-CL-04"),
    Defect(U, r"xrechnung_3.0", "xrechnung_2.0", "BR-DE-21"),
    Defect(U, r"<cbc:ProfileID>[^<]*</cbc:ProfileID>", "", "PEPPOL-EN16931-R001"),
    Defect(U, r"(<cac:InvoiceLine>.*?<cbc:StartDate>)2026-07-01", r"\g<1>2026-06-30", "PEPPOL-EN16931-R110"),
    Defect(C, r"<ram:InvoiceReferencedDocument>|(<ram:ExchangedDocument>)?<ram:ID>RE-2026-000001</ram:ID>", "<ram:ID></ram:ID>", "BR-02"),
    Defect(U, r"<cbc:IssueDate>2026-08-04", "<cbc:IssueDate>4.8.2026", "XSD"),
    Defect(U, r"<cbc:Name>Marketing[^<]*</cbc:Name>", "", "BR-25"),
    Defect(U, r"(InvoicePeriod>\s*<cbc:StartDate>)2026-07-01", r"\g<1>2026-08-01", "BR-29"),
    Defect("ubl credit", r"<cbc:CustomizationID>[^<]*</cbc:CustomizationID>", "", "BR-01"),
)  # fmt: skip
