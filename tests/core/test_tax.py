"""Value added tax: of which case a sale is, what that costs, and what a document says where no tax is charged."""

import pytest

from takt.core.tax import STANDARD_RATES, Sale, TaxCase, Vat, VatCategory, case_of, exemption, vat_of

PERCENT = """
    AT 20, BE 21, BG 20, CY 19, CZ 21, DE 19, DK 25, EE 24, ES 21, FI 25.5, FR 20, GR 24, HR 25, HU 27, IE 23, IT 22,
    LT 21, LU 17, LV 21, MT 18, NL 21, PL 23, PT 23, RO 21, SE 25, SI 22, SK 23
"""


def test_the_countries_of_the_union_and_their_standard_rates() -> None:
    told = dict(one.split() for one in PERCENT.split(","))
    assert {country: f"{rate / 100:g}" for country, rate in STANDARD_RATES.items()} == told


@pytest.mark.parametrize(
    ("sale", "case"),
    [
        (Sale("DE", True, small=False, union_rates=False), "domestic"),
        (Sale("DE", False, small=False, union_rates=True), "domestic"),
        (Sale("DE", True, small=True, union_rates=False), "small_operator"),
        (Sale("FR", True, small=False, union_rates=True), "reverse_charge"),
        (Sale("FR", True, small=True, union_rates=False), "reverse_charge"),
        (Sale("FR", False, small=True, union_rates=True), "small_operator"),
        (Sale("FR", False, small=False, union_rates=False), "consumer_home"),
        (Sale("FR", False, small=False, union_rates=True), "consumer_abroad"),
        (Sale("CH", True, small=True, union_rates=True), "third_country"),
        (Sale("CH", False, small=False, union_rates=False), "third_country"),
    ],
)
def test_the_place_decides_first_then_whether_the_operator_charges_tax(sale: Sale, case: str) -> None:
    assert case_of(sale) == TaxCase(case)


@pytest.mark.parametrize(
    ("case", "vat"),
    [
        (TaxCase.DOMESTIC, Vat(VatCategory("S"), 1900)),
        (TaxCase.CONSUMER_HOME, Vat(VatCategory("S"), 1900)),
        (TaxCase.CONSUMER_ABROAD, Vat(VatCategory("S"), 2550)),
        (TaxCase.REVERSE_CHARGE, Vat(VatCategory("AE"), 0)),
        (TaxCase.THIRD_COUNTRY, Vat(VatCategory("G"), 0)),
        (TaxCase.SMALL_OPERATOR, Vat(VatCategory("E"), 0)),
    ],
)
def test_a_case_has_a_category_and_a_rate(case: TaxCase, vat: Vat) -> None:
    assert vat_of(case, "FI", VatCategory.EXPORT, {}) == vat


def test_rates_of_a_document_of_the_operator_replace_those_known_here() -> None:
    newer = {"DE": 1600, "FI": 2600}
    rates = [vat_of(case, "FI", VatCategory.OUTSIDE, newer).rate_basis_points for case in TaxCase]
    assert dict(zip(TaxCase, rates, strict=True)) == {
        TaxCase.DOMESTIC: 1600, TaxCase.CONSUMER_HOME: 1600, TaxCase.CONSUMER_ABROAD: 2600, TaxCase.REVERSE_CHARGE: 0,
        TaxCase.THIRD_COUNTRY: 0, TaxCase.SMALL_OPERATOR: 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("category", "code", "german", "english"),
    [
        ("S", "", "", ""),
        ("AE", "VATEX-EU-AE", "Steuerschuldnerschaft des Leistungsempfängers",
         "Reverse charge: VAT is to be paid by the recipient"),
        ("E", "", "Umsatzsteuerfrei nach § 19 UStG (Kleinunternehmer)",
         "Exempt from VAT under § 19 of the German VAT act (small business)"),
        ("G", "VATEX-EU-G", "Steuerfreie Leistung in ein Drittland",
         "Exempt: supplied to a country outside the European Union"),
        ("O", "VATEX-EU-O", "In Deutschland nicht steuerbare Leistung", "Outside the scope of German VAT"),
    ],
)  # fmt: skip
def test_a_document_says_why_no_tax_is_charged(category: str, code: str, german: str, english: str) -> None:
    assert exemption(VatCategory(category), "de") == (code, german)
    assert exemption(VatCategory(category), "en") == (code, english)
